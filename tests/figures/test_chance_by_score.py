import numpy as np
import pandas as pd
import pytest

from analysis.errors import FigureError
from analysis.figures.chance_by_score import alt_chance_by_score, draw_chance_by_score
from tests.figures.conftest import (
    assert_legible,
)


def curves(with_flag=0.3, without=0.6, observed=(0.25, np.nan)) -> pd.DataFrame:
    rows = []
    for flagged, chance in ((False, without), (True, with_flag)):
        for at, score in enumerate((220.0, 245.0, 270.0)):
            middle = chance + 0.1 * (at - 1)
            seen = observed[flagged] if at == 1 else np.nan
            rows.append((flagged, score, middle, middle - 0.05, middle + 0.05, middle - 0.1, seen))
    columns = ["flagged", "step2_ck", "chance", "low", "high", "assumed", "observed"]
    found = pd.DataFrame(rows, columns=columns)
    found["n"] = pd.array([12 if o == o else None for o in found["observed"]], dtype="Int64")
    return found.assign(source="sample", basis="office")


def test_each_group_has_its_line_its_dashed_one_its_band_and_its_dots(axes):
    draw_chance_by_score(curves(), axes)
    learned, assumed, dots = axes.lines[:3]
    assert learned.get_ydata() == pytest.approx([0.5, 0.6, 0.7])
    assert assumed.get_ydata() == pytest.approx([0.4, 0.5, 0.6])
    assert (list(dots.get_xdata()), list(dots.get_ydata())) == ([245.0], [0.25])
    assert len(axes.lines[5].get_xdata()) == 0
    assert len(axes.collections) == 2
    assert [text.get_text() for text in axes.texts] == ["without a flag", "with the flag"]


def test_alt_text_has_the_numbers_and_says_where_graduates_are_too_few():
    told = alt_chance_by_score(curves(), title="Found")
    assert "Found. without a flag: at 220 50 of 100 (45 to 55; assumed 40)" in told
    assert "Came: at 245 25 of 100, 12 graduates" in told
    assert "Came: too few graduates to show" in told


@pytest.mark.parametrize(("with_flag", "without"), [(0.3, 0.6), (0.55, 0.55), (0.2, 0.21)])
def test_no_text_collides_or_leaves_the_page(axes, with_flag, without):
    draw_chance_by_score(curves(with_flag, without), axes)
    assert_legible(axes)


def test_where_no_rate_may_be_shown_the_lines_are_drawn_all_the_same(axes):
    draw_chance_by_score(curves(observed=(np.nan, np.nan)), axes)
    assert [len(line.get_xdata()) for line in axes.lines] == [3, 3, 0, 3, 3, 0]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda rows: rows.iloc[:0], "nothing is selected"),
        (lambda rows: rows[rows["flagged"]], "both needed"),
        (lambda rows: rows.assign(high=1.2), "between 0 and 1"),
    ],
)
def test_what_cannot_be_drawn_is_refused(axes, spoil, message):
    with pytest.raises(FigureError, match=message):
        draw_chance_by_score(spoil(curves()), axes)
