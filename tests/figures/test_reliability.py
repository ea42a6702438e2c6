import numpy as np
import pandas as pd
import pytest

from analysis.errors import FigureError
from analysis.figures.reliability import alt_reliability, draw_reliability
from tests.figures.conftest import (
    assert_legible,
)

TWO = [(0.1, 0.2, 0.0, 0.3, 40, False), (0.6, 0.9, 0.4, 0.8, 25, False)]


def bins(rows=TWO) -> pd.DataFrame:
    columns = ["mean_chance", "rate", "band_low", "band_high", "n_applications", "suppressed"]
    return pd.DataFrame(rows, columns=columns).assign(source="sample", basis="office")


def test_a_dot_a_tenth_stands_over_its_band_with_its_applications(axes):
    draw_reliability(bins(), axes)
    bands, dots = axes.lines[1::2], axes.lines[2::2]
    assert [(*line.get_xdata(), *line.get_ydata()) for line in bands] == [
        (0.1, 0.1, 0.0, 0.3),
        (0.6, 0.6, 0.4, 0.8),
    ]
    assert [(dot.get_xdata()[0], dot.get_ydata()[0]) for dot in dots] == [(0.1, 0.2), (0.6, 0.9)]
    assert [text.get_text() for text in axes.texts] == ["40", "25"]


def test_a_tenth_with_too_few_graduates_is_counted_and_not_drawn(axes):
    hidden = bins([*TWO, (np.nan, np.nan, np.nan, np.nan, pd.NA, True)])
    draw_reliability(hidden, axes)
    assert len(axes.lines) == 5
    assert "1 tenth with too few graduates not shown" in alt_reliability(hidden)


def test_alt_text_has_every_number_and_the_source():
    assert alt_reliability(bins(), title="Told and come") == (
        "Reliability diagram. Told and come: said 10%, came 20% (luck: 0% to 30%; 40 "
        "applications); said 60%, came 90% (luck: 40% to 80%; 25 applications). The office's "
        "own figures. Source: sample."
    )


@pytest.mark.parametrize("rate", [0.0, 0.5, 1.0])
def test_no_text_collides_or_leaves_the_page(axes, rate):
    places = np.linspace(0.05, 0.95, 10)
    full = bins([(p, rate, p / 2, (1 + p) / 2, 1234, False) for p in places])
    draw_reliability(full, axes)
    assert_legible(axes)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "nothing is selected"),
        ([(0.1, 0.2, 0.0, 0.3, 4, True)], "too few graduates"),
        ([(0.1, 1.2, 0.0, 0.3, 40, False)], "between 0 and 1"),
    ],
)
def test_what_cannot_be_shown_is_an_error(axes, rows, message):
    with pytest.raises(FigureError, match=message):
        draw_reliability(bins(rows), axes)
