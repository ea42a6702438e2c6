import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.transforms import Bbox

from analysis.errors import FigureError
from analysis.figures import style
from analysis.figures.program_risk_tolerance import (
    alt_program_risk_tolerance,
    draw_program_risk_tolerance,
)
from tests.figures.conftest import collisions, outside, overlap, smallest_print, visible_texts

KINDS = ["University Hospital", "Community Hospital", "Medical Center, Department of Medicine"]


def programs(count: int, seed: int = 0, scale: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    prestige = rng.uniform(0, 10, count)
    tolerance = np.clip(10 - prestige * 0.7 + rng.normal(0, 1.5, count), 0, 10)
    return pd.DataFrame(
        {
            "program_id": [f"P{i:03d}" for i in range(count)],
            "program_name": [f"Town {i} {KINDS[i % 3]}" for i in range(count)],
            "prestige": prestige.round(scale),
            "red_flag_tolerance": tolerance.round(scale),
            "basis": "synthetic",
        }
    )


def point_boxes(ax: Axes) -> list:
    """Boxes of the marks in pixels, from their middle and size."""
    figure = ax.get_figure(root=True)
    boxes = []
    for points in ax.collections:
        half = np.sqrt(points.get_sizes()[0]) / 2 / 72 * figure.dpi
        for x, y in ax.transData.transform(places(points)):
            boxes.append(Bbox([[x - half, y - half], [x + half, y + half]]))
    return boxes


def places(points: PathCollection) -> np.ndarray:
    """Where points stand, in the units of the axes."""
    return np.asarray(points.get_offsets())


def assert_tidy(ax: Axes) -> None:
    texts = visible_texts(ax)
    assert collisions(texts) == []
    assert outside(ax, texts) == []
    assert smallest_print(texts) >= 8
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    marks = point_boxes(ax)
    assert [name for name, box in boxes if any(overlap(box, mark) for mark in marks)] == []


def test_points_stand_where_the_article_puts_them_with_their_names(axes, article):
    draw_program_risk_tolerance(article("program_tolerance"), axes)
    (points,) = axes.collections
    wanted = np.array([(9, 3), (6, 5), (4, 7), (2, 8), (3, 7)])
    np.testing.assert_allclose(places(points), wanted)
    assert {text.get_text() for text in axes.texts} == {
        "High-tier academic",
        "Mid-tier academic",
        "Community",
        "Rural FM",
        "DO-friendly",
    }
    assert axes.get_xlabel() == "Prestige and competitiveness (0 to 10)"
    assert_tidy(axes)


@pytest.mark.parametrize("scale", [0, 1])
@pytest.mark.parametrize("count", [1, 5, 12, 40])
def test_no_label_meets_a_point_another_label_or_an_axis(axes, count, scale):
    draw_program_risk_tolerance(programs(count, scale=scale), axes)
    assert len(axes.texts) == count
    assert_tidy(axes)


@settings(max_examples=6)
@given(st.integers(0, 10**6), st.sampled_from([5, 12, 40]), st.sampled_from([0, 1]))
def test_whatever_the_seed_no_label_meets_anything(seed, count, scale):
    ax = style.new_axes()
    rows = programs(count, seed, scale)
    draw_program_risk_tolerance(rows, ax, chosen=rows["program_id"].iloc[::3])
    assert_tidy(ax)


@pytest.mark.soak
@settings(max_examples=300)
@given(st.integers(0, 10**6), st.sampled_from([5, 12, 40]), st.sampled_from([0, 1]))
def test_over_hundreds_of_seeds_no_label_meets_anything(seed, count, scale):
    ax = style.new_axes()
    draw_program_risk_tolerance(programs(count, seed, scale), ax)
    assert_tidy(ax)


def test_names_that_have_no_room_become_numbers_with_a_key(axes):
    rows = programs(40)
    draw_program_risk_tolerance(rows, axes)
    assert sorted(int(text.get_text()) for text in axes.texts) == list(range(1, 41))
    written = [text.get_text() for text in axes.figure.texts]
    assert "Town 0 University Hospital" in written
    assert written[written.index("Town 7 Community Hospital") - 1] == "8"


def test_the_chosen_are_squares_with_bold_names_and_the_footer_says_so(axes):
    rows = programs(5)
    draw_program_risk_tolerance(rows, axes, chosen=["P001", "P003"], mark="on your list")
    others, chosen = axes.collections
    wanted = rows.loc[[1, 3], ["prestige", "red_flag_tolerance"]].to_numpy()
    np.testing.assert_allclose(places(chosen), wanted)
    assert len(others.get_offsets()) == 3
    assert "Squares: on your list (2); rings: the others" in axes.figure.texts[1].get_text()


def test_above_forty_only_the_chosen_are_named_and_the_chart_says_so(axes):
    rows = programs(150)
    chosen = rows["program_id"].iloc[::10]
    draw_program_risk_tolerance(rows, axes, chosen=chosen)
    assert len(axes.texts) == 15
    footer = axes.figure.texts[1].get_text().replace("\n", " ")
    assert "150 programs, more than can be named: only those are named" in footer
    assert "150 points with prestige from" in alt_program_risk_tolerance(rows, chosen=chosen)


def test_points_at_one_place_are_set_side_by_side_and_the_footer_says_so(axes):
    rows = programs(3).assign(prestige=4.0, red_flag_tolerance=7.0)
    draw_program_risk_tolerance(rows, axes)
    drawn = places(axes.collections[0])
    np.testing.assert_allclose(drawn[0], [4, 7])
    assert len({tuple(place) for place in drawn}) == 3
    assert np.abs(drawn - [4, 7]).max() < 0.6
    assert "side by side" in axes.figure.texts[1].get_text()


def test_rows_without_both_values_are_counted_and_left_out(axes):
    rows = programs(4)
    rows.loc[2, "red_flag_tolerance"] = np.nan
    draw_program_risk_tolerance(rows, axes)
    assert len(axes.collections[0].get_offsets()) == 3
    assert "1 without both values left out" in axes.figure.texts[1].get_text()


def test_alt_text_has_every_point(article):
    assert alt_program_risk_tolerance(article("program_tolerance")) == (
        "Scatter. Prestige, and willingness to consider red flags, as prestige / willingness: "
        "High-tier academic 9 / 3; Mid-tier academic 6 / 5; Community 4 / 7; Rural FM 2 / 8; "
        "DO-friendly 3 / 7. Illustrative figures, not measurements. Source: Residency Advisor "
        "article of January 6, 2026."
    )


@pytest.mark.parametrize(
    ("rows", "chosen", "message"),
    [
        (programs(3).iloc[:0], [], "nothing is selected"),
        (programs(3).assign(prestige=np.nan), [], "no prestige is known"),
        (programs(3).assign(prestige=11), [], "between 0 and 10"),
        (programs(3), ["P009"], "P009 cannot be marked"),
        (programs(3)[["prestige", "red_flag_tolerance"]], [], "no column with a name"),
    ],
)
def test_what_cannot_be_drawn_is_an_error(axes, rows, chosen, message):
    with pytest.raises(FigureError, match=message):
        draw_program_risk_tolerance(rows, axes, chosen=chosen)
