"""Chart: the chance of an interview by red flag, with a student's worst flag marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.figures import style
from analysis.figures.style.marks import horizontal_bars

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

NEEDED = ("red_flag", "interview_chance")
CHART = style.Chart("the chart of interview chances", "interview_chances", NEEDED, intervals=True)
WORDS = CHART.words()
TITLE = WORDS["title"]
MARK = WORDS["mark"]


@CHART.draws
def draw_interview_chances(
    chances: DataFrame,
    ax: Axes,
    *,
    marked: str | None = None,
    mark: str = MARK,
    title: str = TITLE,
) -> Axes:
    """Draw a horizontal bar for each red flag, in the order given.

    Parameters
    ----------
    chances : DataFrame
        One row a red flag, 1 to 40: ``red_flag`` and ``interview_chance`` (0-1); optional
        ``label``, ``low`` and ``high`` (0-1), ``interval`` (what kind), ``n``, ``edition``,
        ``source``, ``basis``.
    ax : Axes
        What is drawn on; cleared first.
    marked : str, optional
        The ``red_flag`` whose bar is set apart: by words, weight and color.
    mark : str
        The words.
    title : str
        What is shown.
    """
    CHART.check(chances)
    row = _marked_row(chances, marked)
    lows, highs = style.interval_ends(chances)
    with style.chart(ax):
        margins = horizontal_bars(
            ax,
            style.labels(chances, "red_flag"),
            chances["interview_chance"].tolist(),
            style.value_texts(chances, "interview_chance", share=True),
            end=1.0,
            lows=lows,
            highs=highs,
            marked=row,
            mark=mark,
        )
        ax.set_xticks(*style.PERCENT_TICKS)
        ax.set_xlabel(WORDS["across"], loc="left")
        return CHART.finished(ax, chances, margins, title)


def alt_interview_chances(
    chances: DataFrame, *, marked: str | None = None, mark: str = MARK, title: str = TITLE
) -> str:
    """Say in words and numbers what `draw_interview_chances` shows.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"red_flag": ["Leave"], "interview_chance": [0.3]})
    >>> alt_interview_chances(rows, title="Chances")
    'Horizontal bars. Chances: Leave 30%. Source: not stated.'
    """
    CHART.check(chances)
    row = _marked_row(chances, marked)
    values = style.named_values(chances, "red_flag", "interview_chance")
    own = "" if row is None else values[row][0]
    return CHART.alt(chances, title=title, values=values, mark=mark, own=own)


def _marked_row(chances: DataFrame, marked: str | None) -> int | None:
    if marked is None:
        return None
    rows = [row for row, flag in enumerate(chances["red_flag"]) if flag == marked]
    if not rows:
        raise CHART.refusal(f"the flag to be marked, {marked!r}, is not among the rows")
    return rows[0]
