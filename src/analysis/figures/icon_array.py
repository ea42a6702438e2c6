"""Chart: a chance as people out of so many, each a dot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.figures import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

CHART = style.Chart("the array of dots", "icon_array", ("outcome", "count"), frame=False)
MOST = 200
PITCH, EDGE = 13.32, 3.6  # points
# How full the dots of each row are, in order: sure of their outcome, unsure of it, without it.
FACES = (style.BLUE, style.PALE_BLUE, style.PAPER)


@CHART.draws
def draw_icon_array(outcomes: DataFrame, ax: Axes, *, columns: int = 10) -> Axes:
    """Draw one dot a person, outcome after outcome, row by row.

    Parameters
    ----------
    outcomes : DataFrame
        One row an outcome, 1 to 3: ``outcome`` and ``count`` (whole, 0 or more). The first is drawn
        full, the second pale, the last open, so that gray print shows them too.
    ax : Axes
        What is drawn on; cleared first.
    columns : int
        Dots side by side.
    """
    counts = _counts(outcomes)
    faces = [FACES[0], *FACES[1:]] if len(counts) == len(FACES) else [FACES[0], FACES[-1]]
    face = np.repeat(np.array(faces[: len(counts)], dtype=object), counts)
    at = np.arange(face.size)
    with style.chart(ax):
        rows = -(-face.size // columns)
        ax.scatter(
            at % columns,
            -(at // columns),
            s=82,
            c=list(face),
            edgecolors=style.BLUE,
            linewidths=0.9,
        )
        ax.set_xlim(-0.55, min(columns, face.size) - 0.45)
        ax.set_ylim(-rows + 0.45, 0.55)
        ax.set_axis_off()
        width = PITCH * min(columns, face.size) + EDGE
        return CHART.finished(ax, outcomes, style.Margins(PITCH * rows + EDGE, width=width))


def alt_icon_array(outcomes: DataFrame) -> str:
    """Say in one sentence what `draw_icon_array` shows.

    Examples
    --------
    >>> import pandas as pd
    >>> alt_icon_array(pd.DataFrame({"outcome": ["match", "do not match"], "count": [81, 19]}))
    '100 dots: 81 match, 19 do not match.'
    """
    counts = _counts(outcomes)
    told = list(zip(counts, outcomes["outcome"], strict=True))
    return CHART.alt(outcomes, total=sum(counts), told=told)


def _counts(outcomes: DataFrame) -> list[int]:
    CHART.check(outcomes)
    counts = [int(count) for count in outcomes["count"]]
    if len(counts) > len(FACES) or min(counts) < 0 or not 0 < sum(counts) <= MOST:
        raise CHART.refusal(f"expected 1 to {len(FACES)} outcomes and 1 to {MOST} dots")
    return counts
