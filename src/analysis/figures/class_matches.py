"""Chart: how many of a class match, and how the interval grows with what is taken into account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.figures import style
from analysis.figures.style.marks import Dots, dot_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

__all__ = ["alt_class_matches", "draw_class_matches"]

NEEDED = ("step", "expected", "low", "high")
TITLE = "How many of the class match, and how sure that is"
UNIT = "Students who match"
HEAD = "Expected (interval)"
CHART = style.Chart("the chart of a class's matches", NEEDED, "Dots on a scale.", intervals=True)


def draw_class_matches(steps: DataFrame, ax: Axes, *, students: int) -> Axes:
    """Draw a dot with its interval for each step, the simplest reckoning on top.

    Parameters
    ----------
    steps : DataFrame
        One row a step, 1 to 40: ``step``, ``expected``, ``low``, ``high`` (numbers of students);
        optional ``label``, ``interval`` (what kind), ``source``, ``basis``.
    ax : Axes
        What is drawn on; cleared first.
    students : int
        All that have a list.

    Returns
    -------
    Axes
        The same.

    Raises
    ------
    FigureError
        If there is nothing to draw.
    """
    CHART.check(steps)
    lows, highs = style.interval_ends(steps)
    dots = Dots(HEAD, steps["expected"].tolist(), lows, highs, _words(steps))
    ticks = [tick for tick in style.round_ticks(float(students)) if tick == round(tick)]
    with style.chart(ax):
        margins = dot_rows(ax, style.labels(steps, "step"), [dots], end=ticks[-1])
        ax.set_xticks(ticks)
        ax.set_xlabel(f"{UNIT}, of {students} with a list", loc="left")
        return CHART.finished(ax, steps, margins, TITLE)


def alt_class_matches(steps: DataFrame, *, students: int) -> str:
    """Say in words and numbers what `draw_class_matches` shows.

    Of what was drawn: every value, source and basis.
    """
    CHART.check(steps)
    names = style.labels(steps, "step")
    values = "; ".join(f"{a}: {b}" for a, b in zip(names, _words(steps), strict=True))
    parts = [f"{TITLE}. {UNIT}, of {students} with a list: {values}"]
    return CHART.alt(steps, parts)


def _words(steps: DataFrame) -> list[str]:
    """Expected numbers and the ends of their intervals, whole."""
    return [
        f"{row.expected:.0f} ({row.low:.0f}–{row.high:.0f})"
        for row in steps[["expected", "low", "high"]].itertuples()
    ]
