import numpy as np
import pandas as pd
import pytest

from analysis.errors import FigureError
from analysis.figures.class_standing import alt_class_standing, draw_class_standing
from tests.figures.conftest import (
    assert_legible,
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


def test_each_student_is_a_dot_and_the_line_stands_where_the_risk_begins(axes):
    draw_class_standing(students(3), axes, line=0.75)
    drawn = [list(one.get_xdata()) for one in axes.lines]
    assert [0.75, 0.75] in drawn
    assert pytest.approx([0.01, 0.5, 0.99]) in drawn


def test_the_alt_text_of_the_students_has_every_number_and_what_the_line_is():
    text = alt_class_standing(students(2), line=0.75)
    assert "S000 · Emergency Medicine and Internal Medicine 1% (0–21)" in text
    assert text.endswith("Dashed line: 75%.")
    assert "Dashed line" not in alt_class_standing(students(2))


def test_who_is_looked_at_first_is_bold_also_above_the_line_and_named_in_the_alt_text(axes):
    rows = students(3).assign(match_chance=[0.5, 0.77, 0.9], look_first=[True, True, False])
    draw_class_standing(rows, axes, line=0.75)
    weights = [name.get_fontweight() for name in axes.get_yticklabels()]
    assert weights == [600, 600, 400]
    assert "Looked at first: S000; S001." in alt_class_standing(rows, line=0.75)


@pytest.mark.parametrize("count", [1, 7, 40])
def test_nothing_of_a_class_collides_is_clipped_or_under_eight_points(axes, count):
    draw_class_standing(students(count), axes, line=0.75)
    assert_legible(axes)


def test_a_class_without_lists_or_with_too_many_for_a_page_is_an_error(axes):
    with pytest.raises(FigureError, match="nothing is selected"):
        draw_class_standing(students(0), axes)
    with pytest.raises(FigureError, match="not legible"):
        draw_class_standing(students(41), axes)
