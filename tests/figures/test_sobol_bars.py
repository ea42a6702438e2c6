import numpy as np
import pandas as pd
import pytest

from analysis.errors import FigureError
from analysis.figures.sobol_bars import alt_sobol_bars, draw_sobol_bars
from tests.figures.conftest import (
    assert_legible,
    marks,
)


def indices(count: int, interval: bool = True) -> pd.DataFrame:
    rng = np.random.default_rng(count)
    first = rng.uniform(-0.01, 0.5, count)
    rows = pd.DataFrame(
        {
            "input": [f"An input with a name of some length, number {row}" for row in range(count)],
            "first": first,
            "total": first + rng.uniform(0, 0.2, count),
            "basis": "synthetic",
        }
    )
    if interval:
        for column in ("first", "total"):
            rows[f"{column}_low"], rows[f"{column}_high"] = rows[column] - 0.05, rows[column] + 0.05
    return rows


TWO = pd.DataFrame({"input": ["weights", "rho"], "first": [0.05, 0.6], "total": [0.1, 0.7]})


def test_each_input_has_a_dot_for_its_share_alone_and_one_with_others(axes):
    draw_sobol_bars(TWO, axes)
    alone, together = marks(axes)
    assert list(alone.get_xdata()) == [0.6, 0.05]
    assert list(together.get_xdata()) == [0.7, 0.1]
    assert alone.get_marker() != together.get_marker()
    assert axes.get_xlim() == (0, 0.8)


def test_numbers_stand_in_columns_under_what_they_are(axes):
    draw_sobol_bars(TWO, axes)
    assert [text.get_text() for text in axes.texts] == [
        *("Alone", "60%", "5%"),
        *("With others", "70%", "10%"),
    ]


def test_an_estimate_below_nought_is_drawn_and_written_as_nought(axes):
    draw_sobol_bars(TWO.assign(first=[-0.004, 0.6]), axes)
    assert "0%" in [text.get_text() for text in axes.texts]
    assert "weights 0% alone" in alt_sobol_bars(TWO.assign(first=[-0.004, 0.6]))


@pytest.mark.parametrize("interval", [False, True])
@pytest.mark.parametrize("count", [1, 2, 12, 40])
def test_nothing_collides_is_clipped_or_under_eight_points(axes, count, interval):
    draw_sobol_bars(indices(count, interval), axes)
    assert_legible(axes)
    assert axes.figure.get_size_inches()[1] <= 9


def test_alt_text_has_both_shares_and_their_intervals():
    rows = TWO.assign(total_low=[0.05, 0.6], total_high=[0.15, 0.8], interval="95% interval")
    assert alt_sobol_bars(rows, title="Variance") == (
        "Dots in rows. Variance: rho 60% alone, 70% (60–80) with others; weights 5% alone, "
        "10% (5–15) with others. Alone: first-order index; with others: total index, interactions "
        "included. Lines and brackets: 95% interval. Source: not stated."
    )


def test_no_inputs_is_an_error(axes):
    with pytest.raises(FigureError, match="nothing is selected"):
        draw_sobol_bars(TWO.iloc[:0], axes)
