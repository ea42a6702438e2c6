import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from analysis.errors import FigureError
from analysis.figures.frontier import alt_frontier, draw_frontier
from tests.figures.conftest import (
    assert_legible,
)


def sweep(*lists: tuple[float, float, float], used: float | None = None) -> pd.DataFrame:
    rows = pd.DataFrame(lists, columns=["match_utility", "match_chance", "preference_if_matched"])
    return rows if used is None else rows.assign(used=rows["match_utility"] == used)


THREE = ((0.2, 0.6, 0.8), (0.7, 0.75, 0.7), (1.0, 0.8, 0.4))


def names(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_lists_are_points_from_reaching_to_safe(axes):
    draw_frontier(sweep(*reversed(THREE)), axes)
    np.testing.assert_allclose(axes.lines[0].get_xdata(), [0.6, 0.75, 0.8])
    np.testing.assert_allclose(axes.lines[0].get_ydata(), [0.8, 0.7, 0.4])
    assert names(axes) == ["0.2", "0.7", "1"]


def test_the_list_given_is_a_square_with_a_name(axes):
    draw_frontier(sweep(*THREE, used=0.7), axes)
    np.testing.assert_allclose(axes.collections[1].get_offsets(), [[0.75, 0.7]])
    assert "0.7, the list given" in names(axes)
    assert "at 0.7 (the list given), chance of a match 75%" in alt_frontier(sweep(*THREE, used=0.7))


def test_worths_that_lead_to_one_list_share_a_point(axes):
    rows = sweep((0.1, 0.6, 0.8), (0.3, 0.6, 0.8), (0.5, 0.6, 0.8), (0.9, 0.7, 0.5), used=0.3)
    draw_frontier(rows, axes)
    assert names(axes) == ["0.1–0.5, the list given", "0.9"]


def test_one_list_for_every_worth_is_one_point(axes):
    draw_frontier(sweep((0.0, 0.8, 0.5), (1.0, 0.8, 0.5)), axes)
    assert names(axes) == ["0–1"]
    low, high = axes.get_xlim()
    assert low < 0.8 < high


def test_the_footer_says_that_the_axes_do_not_begin_at_nought(axes):
    draw_frontier(sweep(*THREE), axes)
    assert "The axes do not begin at 0" in axes.figure.texts[-1].get_text().replace("\n", " ")


def test_no_tick_promises_more_than_certainty(axes):
    draw_frontier(sweep((0.1, 0.9, 1.0), (0.7, 0.97, 0.6), (1.0, 0.999, 0.0)), axes)
    ticks = [*axes.get_xticks(), *axes.get_yticks()]
    assert min(ticks) >= 0
    assert max(ticks) <= 1


def test_lists_without_a_chance_are_counted_and_left_out(axes):
    rows = sweep(*THREE, (0.0, 0.0, np.nan))
    draw_frontier(rows, axes)
    assert len(axes.lines[0].get_xdata()) == 3
    assert "1 without a chance of a match left out" in alt_frontier(rows)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [1, 2, 9, 21])
def test_nothing_collides_is_clipped_or_under_eight_points(axes, count, seed):
    rng = np.random.default_rng(seed)
    chance, wish = np.sort(rng.uniform(0.3, 0.9, count)), -np.sort(-rng.uniform(0.2, 0.9, count))
    worth = np.linspace(0, 1, count).round(2)
    draw_frontier(sweep(*zip(worth, chance, wish, strict=True), used=worth[count // 2]), axes)
    assert_legible(axes)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (sweep(*THREE).iloc[:0], "nothing is selected"),
        (sweep((0.5, 0.0, np.nan)), "no preference_if_matched is known"),
        (sweep(*THREE).drop(columns="match_utility"), "no column match_utility"),
    ],
)
def test_what_cannot_be_drawn_is_an_error(axes, rows, message):
    with pytest.raises(FigureError, match=message):
        draw_frontier(rows, axes)
