import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from analysis.errors import FigureError
from analysis.figures import style
from analysis.figures.interview_chances import alt_interview_chances, draw_interview_chances
from tests.figures.conftest import (
    assert_legible,
    collisions,
    intervals,
    outside,
    visible_texts,
)

LONG = [
    "Leave of absence for academic reasons",
    "Several pre-clinical failures in two years, each made up, with a repeated first year",
    "Pneumonoultramicroscopicsilicovolcanoconiosis",
    "None",
]


def chances(count: int, interval: bool = True, long: bool = False) -> pd.DataFrame:
    rng = np.random.default_rng(count)
    value = rng.uniform(0.01, 0.99, count)
    rows = pd.DataFrame(
        {
            "red_flag": [f"{LONG[i % 4]} {i}" if long else f"flag_{i}" for i in range(count)],
            "interview_chance": value,
            "n": rng.integers(12, 90, count).astype(float),
            "source": "sample survey",
            "edition": "2025",
            "basis": "synthetic",
        }
    )
    if interval:
        rows["low"], rows["high"] = np.clip(value - 0.1, 0, 1), np.clip(value + 0.1, 0, 1)
    return rows


def test_bars_are_the_articles_five_chances_each_with_its_value(axes, article):
    draw_interview_chances(article("interview_chances"), axes)
    assert [bar.get_width() for bar in axes.patches] == [0.8, 0.65, 0.45, 0.35, 0.3]
    assert [text.get_text() for text in axes.texts] == ["80%", "65%", "45%", "35%", "30%"]
    assert axes.get_xlim() == (0, 1)


def test_the_first_row_stands_on_top(axes, article):
    draw_interview_chances(article("interview_chances"), axes)
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names[0] == "No red flags"
    assert axes.yaxis_inverted()


def test_the_marked_flag_is_told_by_words_and_weight_and_not_by_color_alone(axes, article):
    draw_interview_chances(article("interview_chances"), axes, marked="Step 1 failure")
    assert "this student's worst flag" in [text.get_text() for text in axes.texts]
    assert [label.get_fontweight() for label in axes.get_yticklabels()] == [400, 400, 600, 400, 400]
    colors = [to_hex(bar.get_facecolor()) for bar in axes.patches]
    assert colors == [style.PALE_BLUE] * 2 + [style.ORANGE] + [style.PALE_BLUE] * 2


def test_a_short_marked_bar_has_the_words_beside_it(axes, article):
    draw_interview_chances(article("interview_chances"), axes, marked="Academic LOA")
    assert axes.texts[-1].get_text() == "30% · this student's worst flag"


def test_a_flag_that_is_not_there_cannot_be_marked(axes, article):
    with pytest.raises(FigureError, match="'Professionalism', is not among the rows"):
        draw_interview_chances(article("interview_chances"), axes, marked="Professionalism")


def test_labels_of_the_caller_replace_codes(axes):
    rows = chances(2, interval=False).assign(label=["First", None])
    draw_interview_chances(rows, axes)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["First", "flag_1"]


def test_intervals_are_lines_and_numbers_and_the_footer_says_what_they_are(axes):
    rows = chances(3).assign(interval="95% interval")
    draw_interview_chances(rows, axes)
    assert intervals(axes) == list(zip(rows["low"], rows["high"], strict=True))
    footer = [text.get_text() for text in axes.figure.texts]
    assert footer[0] == "Synthetic sample data: no real programs or people"
    assert footer[1].endswith("Thin lines and brackets: 95% interval")
    assert all("(" in text.get_text() for text in axes.texts)


def test_a_suppressed_cell_has_a_name_and_no_bar(axes):
    rows = chances(3).astype({"interview_chance": float})
    rows.loc[1, ["interview_chance", "low", "high", "n"]] = [np.nan, np.nan, np.nan, 4]
    draw_interview_chances(rows, axes)
    assert axes.patches[1].get_width() == 0
    assert axes.texts[1].get_text() == "not shown: n under 10"
    assert "flag_1 not shown: n under 10" in alt_interview_chances(rows)


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("count", [1, 2, 5, 12, 25, 40])
def test_nothing_collides_is_clipped_or_under_eight_points(axes, count, long):
    rows = chances(count, long=long)
    draw_interview_chances(rows, axes, marked=rows["red_flag"].iloc[count // 2])
    assert_legible(axes)
    width, height = axes.figure.get_size_inches()
    assert width == 6.5
    assert height <= 9


@pytest.mark.parametrize("count", [5, 12])
def test_names_and_sources_of_several_lines_have_their_room(axes, count):
    name = "Several pre-clinical failures in two years, each made up, and a repeated first year at "
    rows = chances(count).assign(
        red_flag=[f"{name * 2}{i}" for i in range(count)], source=f"survey of {name * 3}"
    )
    draw_interview_chances(rows, axes)
    assert axes.get_yticklabels()[0].get_text().count("\n") == 2
    assert axes.figure.texts[1].get_text().count("\n") >= 2
    texts = visible_texts(axes)
    assert collisions(texts) == []
    assert outside(axes, texts) == []


def test_the_same_axes_can_be_drawn_on_again(axes, article):
    draw_interview_chances(chances(40), axes)
    draw_interview_chances(article("interview_chances"), axes)
    assert len(axes.patches) == 5
    assert len(axes.figure.texts) == 2


def test_axes_among_others_keep_their_place():
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 4))
    before = right.get_position().bounds
    draw_interview_chances(chances(3), right)
    assert right.get_position().bounds == before
    assert figure.get_size_inches().tolist() == [13, 4]
    assert left.patches[:] == []


def test_alt_text_has_every_number_and_the_marked_flag(article):
    assert alt_interview_chances(article("interview_chances"), marked="Academic LOA") == (
        "Horizontal bars. Chance of an interview with a high Step 2 CK, by red flag: No red "
        "flags 80%; Single early course failure 65%; Step 1 failure 45%; Multiple pre-clinical "
        "failures 35%; Academic LOA 30%. Marked as this student's worst flag: Academic LOA. "
        "Illustrative figures, not "
        "measurements. Source: Residency Advisor article of January 6, 2026."
    )


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (chances(3).iloc[:0], "nothing is selected"),
        (chances(41), "41 rows are not legible on a page; choose 40 at most"),
        (chances(3).drop(columns="red_flag"), "no column red_flag"),
        (chances(3).assign(interview_chance=np.nan), "no interview_chance is known"),
    ],
)
def test_what_cannot_be_read_is_an_error_and_never_an_empty_chart(axes, rows, message):
    with pytest.raises(FigureError, match=message):
        draw_interview_chances(rows, axes)
    with pytest.raises(FigureError, match=message):
        alt_interview_chances(rows)
