"""Chart: who of a class stands where, by the chance that the student's list ends in a match."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.figures import style
from analysis.figures.style.marks import Dots, dot_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

NEEDED = ("student_id", "match_chance")
CHART = style.Chart("the chart of a class", "class_standing", NEEDED, intervals=True)
WORDS = CHART.words()
TITLE = WORDS["title"]


@CHART.draws
def draw_class_standing(
    students: DataFrame, ax: Axes, *, line: float | None = None, title: str = TITLE
) -> Axes:
    """Draw a dot with its range for each student.

    Parameters
    ----------
    students : DataFrame
        One row a student, 1 to 40, in the order drawn: ``student_id``, ``match_chance`` (0-1);
        optional ``label``, ``low`` and ``high`` (0-1), ``look_first`` (their names are bold),
        ``interval`` (what kind), ``source``, ``basis``.
    ax : Axes
        What is drawn on; cleared first.
    line : float, optional
        Chance under which, less what classmates take, a student is looked at first.
    title : str
        What is shown.
    """
    CHART.check(students)
    lows, highs = style.interval_ends(students)
    words = style.value_texts(students, "match_chance", share=True)
    dots = Dots(WORDS["head"], students["match_chance"].tolist(), lows, highs, words)
    with style.chart(ax):
        names, marked = style.labels(students, "student_id"), _first_rows(students)
        margins = dot_rows(ax, names, [dots], end=1.0, marked=marked)
        if line is not None:
            ax.axvline(line, color=style.ORANGE, lw=1.1, dashes=(4, 2), zorder=1)
        ax.set_xticks(*style.PERCENT_TICKS)
        ax.set_xlabel(WORDS["across"], loc="left")
        footer = _footer(students, line)
        return CHART.finished(ax, students, margins, title, footer)


def alt_class_standing(
    students: DataFrame, *, line: float | None = None, title: str = TITLE
) -> str:
    """Say in words and numbers what `draw_class_standing` shows."""
    CHART.check(students)
    first = students["student_id"].iloc[_first_rows(students)].tolist()
    values = style.named_values(students, "student_id", "match_chance")
    return CHART.alt(students, _footer(students, line), title=title, values=values, first=first)


def _first_rows(students: DataFrame) -> list[int]:
    if "look_first" not in students:
        return []
    return [row for row, first in enumerate(students["look_first"]) if first]


def _footer(students: DataFrame, line: float | None) -> str:
    if line is None:
        return CHART.footer(students)
    return CHART.footer(students, CHART.words(line=line)["rule"])
