import numpy as np
import pandas as pd
import pytest

from analysis.errors import FigureError
from analysis.figures.class_matches import alt_class_matches, draw_class_matches
from analysis.figures.class_standing import alt_class_standing, draw_class_standing
from tests.figures.conftest import (
    assert_legible,
    collisions,
    intervals,
    marks,
    outside,
    visible_texts,
)


def steps() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "step": ["independent", "assumptions"],
            "label": ["Each student a coin of their own", "The model's assumptions vary as well"],
            "expected": [27.26, 26.31],
            "low": [23.0, 16.0],
            "high": [31.0, 34.0],
            "interval": "holds in 90 of 100 seasons",
            "basis": "assumption",
            "source": "model",
        }
    )


def students(count: int) -> pd.DataFrame:
    value = np.linspace(0.01, 0.99, count)
    return pd.DataFrame(
        {
            "student_id": [f"S{i:03d}" for i in range(count)],
            "label": [f"S{i:03d} · Emergency Medicine and Internal Medicine" for i in range(count)],
            "match_chance": value,
            "low": np.clip(value - 0.2, 0, 1),
            "high": np.clip(value + 0.2, 0, 1),
            "interval": "5–95% range",
            "source": "model",
        }
    )


def test_each_step_is_a_dot_with_its_interval_and_its_numbers(axes):
    draw_class_matches(steps(), axes, students=39)
    (dots,) = marks(axes)
    assert list(dots.get_xdata()) == [27.26, 26.31]
    assert intervals(axes) == [(23, 31), (16, 34)]
    words = [text.get_text() for text in axes.texts if text.get_text()]
    assert words == ["Expected (interval)", "27 (23–31)", "26 (16–34)"]
    assert axes.get_xlim() == (0, 40)


def test_the_alt_text_of_the_steps_has_every_number():
    text = alt_class_matches(steps(), students=39)
    assert "Each student a coin of their own: 27 (23–31)" in text
    assert "of 39 with a list" in text
    assert text.endswith("holds in 90 of 100 seasons.")


def test_each_student_is_a_dot_and_the_line_stands_where_the_risk_begins(axes):
    draw_class_standing(students(3), axes, line=0.75)
    drawn = [list(one.get_xdata()) for one in axes.lines]
    assert [0.75, 0.75] in drawn
    assert pytest.approx([0.01, 0.5, 0.99]) in drawn


def test_the_alt_text_of_the_students_has_every_number_and_what_the_line_is():
    text = alt_class_standing(students(2), line=0.75)
    assert "S000 · Emergency Medicine and Internal Medicine 1% (0–21)" in text
    assert text.endswith(
        "Dashed line: 75%; a list is looked at first if its chance, less what classmates take, is "
        "under it."
    )
    assert "Dashed line" not in alt_class_standing(students(2))


def test_who_is_looked_at_first_is_bold_also_above_the_line_and_named_in_the_alt_text(axes):
    rows = students(3).assign(match_chance=[0.5, 0.77, 0.9], look_first=[True, True, False])
    draw_class_standing(rows, axes, line=0.75)
    weights = [name.get_fontweight() for name in axes.get_yticklabels()]
    assert weights == [600, 600, 400]
    drawn = " ".join(text.get_text().replace("\n", " ") for text in visible_texts(axes))
    assert "less what classmates take, is under it (bold)" in drawn
    assert "Looked at first: S000; S001." in alt_class_standing(rows, line=0.75)


@pytest.mark.parametrize("count", [1, 7, 40])
def test_nothing_of_a_class_collides_is_clipped_or_under_eight_points(axes, count):
    draw_class_standing(students(count), axes, line=0.75)
    assert_legible(axes)


@pytest.mark.parametrize("count", [1, 5, 39, 400])
def test_nothing_of_the_steps_collides_or_is_clipped(axes, count):
    draw_class_matches(steps(), axes, students=count)
    texts = visible_texts(axes)
    assert collisions(texts) == []
    assert outside(axes, texts) == []


def test_a_class_without_lists_or_with_too_many_for_a_page_is_an_error(axes):
    with pytest.raises(FigureError, match="nothing is selected"):
        draw_class_matches(steps().iloc[:0], axes, students=0)
    with pytest.raises(FigureError, match="not legible"):
        draw_class_standing(students(41), axes)
