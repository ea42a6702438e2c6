import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis.errors import FigureError
from analysis.figures.factor_importance import alt_factor_importance, draw_factor_importance
from tests.figures.conftest import (
    assert_legible,
    collisions,
    outside,
    visible_texts,
)

NAMES = [
    "Letters of recommendation in the specialty",
    "Step 2 CK",
    "Perceived interest in the program",
    "Visa status",
    "Otorhinolaryngological subinternship",
]


def importance(*pairs: object) -> pd.DataFrame:
    return pd.DataFrame({"factor": pairs[::2], "importance": pairs[1::2]})


def survey(count: int, interval: bool = True) -> pd.DataFrame:
    rng = np.random.default_rng(count)
    value = rng.uniform(1, 5, count)
    rows = pd.DataFrame(
        {
            "factor": [f"{NAMES[i % 5]} {i}" for i in range(count)],
            "importance": value,
            "n": rng.integers(12, 90, count).astype(float),
            "response_rate": 0.42,
            "source": "sample survey of program directors",
            "basis": "synthetic",
        }
    )
    return rows.assign(low=value - 0.4, high=value + 0.4) if interval else rows


def test_bars_carry_the_values_in_the_order_given():
    ax = Figure().subplots()
    draw_factor_importance(importance("Letters", 20, "Research", 10), ax)
    assert [bar.get_height() for bar in ax.patches] == [20, 10]
    assert [label.get_text() for label in ax.texts] == ["20", "10"]


def test_the_articles_weights_stand_in_the_chart_and_its_alt_text(axes, article):
    rows = article("factor_importance")
    draw_factor_importance(rows, axes)
    assert [bar.get_height() for bar in axes.patches] == [30, 25, 20, 15, 10]
    assert axes.get_ylabel() == "Importance (points of 100)"
    assert (
        "Step 2 CK 30; Clerkship Grades 25; Letters 20; Red Flags 15; Research 10. Importance "
        "(points of 100). Illustrative figures, not measurements." in alt_factor_importance(rows)
    )


def test_the_axis_begins_at_nought_and_ends_above_the_largest_value(axes):
    draw_factor_importance(importance("Letters", 20, "Research", 31), axes)
    low, high = axes.get_ylim()
    assert low == 0
    assert 31 <= high <= 62


def test_names_that_do_not_fit_under_a_column_make_the_bars_lie(axes):
    rows = survey(12)
    draw_factor_importance(rows, axes)
    assert [bar.get_width() for bar in axes.patches] == rows["importance"].tolist()


def test_points_of_100_are_claimed_only_where_they_sum_to_100(axes):
    draw_factor_importance(importance("Letters", 4.1, "Research", 3.2), axes)
    assert axes.get_ylabel() == "Importance"
    assert [label.get_text() for label in axes.texts] == ["4.1", "3.2"]


def test_ties_and_noughts_are_drawn_as_they_are(axes):
    draw_factor_importance(importance("A", 0, "B", 5, "C", 5), axes)
    assert [bar.get_height() for bar in axes.patches] == [0, 5, 5]


@pytest.mark.parametrize("interval", [False, True])
@pytest.mark.parametrize("count", [1, 2, 5, 12, 40])
def test_nothing_collides_is_clipped_or_under_eight_points(axes, count, interval):
    draw_factor_importance(survey(count, interval), axes)
    assert_legible(axes)


@pytest.mark.parametrize("count", [2, 5, 7])
def test_columns_with_intervals_are_as_tidy(axes, count):
    rows = survey(count).assign(factor=[f"Part {i}" for i in range(count)])
    draw_factor_importance(rows, axes)
    assert axes.patches[0].get_height() == rows["importance"].iloc[0]
    texts = visible_texts(axes)
    assert collisions(texts) == []
    assert outside(axes, texts) == []


def test_an_empty_selection_is_an_error(axes):
    with pytest.raises(FigureError, match="nothing is selected"):
        draw_factor_importance(survey(3).iloc[:0], axes)


def diamonds(ax):
    return [line for line in ax.collections if hasattr(line, "get_offsets")]


def test_a_lying_bar_has_a_diamond_where_it_is_compared_and_none_without(axes):
    rows = survey(12, interval=False).assign(importance=[float(n) for n in range(1, 13)])
    draw_factor_importance(rows, axes)
    assert axes.get_ylim() == (11.5, -0.5)
    assert diamonds(axes) == []
    compared = [n + 0.5 if n % 2 else float(n) for n in range(1, 13)]
    draw_factor_importance(rows.assign(article_importance=compared), axes)
    places = {(x, y) for one in diamonds(axes) for x, y in one.get_offsets() if x == x}
    assert places == {(n + 0.5, n - 1.0) for n in range(1, 13, 2)}


def test_names_under_columns_stand_on_common_lines(axes):
    names = ["Standing (rank)", "gap years of a file (any)", "ace of some other place", "letters"]
    draw_factor_importance(importance(*(x for name in names for x in (name, 20))), axes)
    axes.figure.draw_without_rendering()
    second = [text for text in axes.texts if text.get_text() != "20"]
    texts = [*axes.get_xticklabels(), *second]
    assert " ".join(text.get_text() for text in texts).count(" ") > len(second) > 1
    # A text of one line, held at its baseline, stands where it is put whatever its letters are.
    assert {(text.get_va(), "\n" in text.get_text()) for text in texts} == {("baseline", False)}
    lines = {text.get_transform().transform(text.get_position())[1] for text in texts[: len(names)]}
    assert len(lines) == len({text.xyann[1] for text in second}) == 1
