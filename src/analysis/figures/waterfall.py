"""Chart: how a chance gets from a typical applicant's to a student's, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.figures import style
from analysis.vocabulary import COMPONENTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

NEEDED = ("part", "chance", "change")
CHART = style.Chart("the chart of what moves the chance", "waterfall", NEEDED, frame=False)
WORDS = CHART.words()
ENDS = ("typical", "own")
ROW, LEFT, RIGHT, BELOW = 18.5, 103.0, 9.0, 39.6
THICK = 0.62  # of a row


@CHART.draws
def draw_waterfall(parts: DataFrame, ax: Axes) -> Axes:
    """Draw the two chances as bars, and each part between them as the step it makes.

    Parameters
    ----------
    parts : DataFrame
        One row a step: ``part`` (``typical``, codes of `COMPONENTS`, ``own``), ``chance`` (0-1,
        after it) and ``change`` (0-1; NaN at both ends).
    ax : Axes
        What is drawn on; cleared first.
    """
    CHART.check(parts)
    with style.chart(ax):
        before = 0.0
        most = max(parts["chance"].max(), 0.2)
        for row, step in enumerate(parts.itertuples()):
            end = step.part in ENDS
            left, right = sorted((0.0 if end else before, step.chance))
            color = style.INK if end else style.BLUE if step.change >= 0 else style.ORANGE
            hatch = "" if end or step.change >= 0 else "////"
            ax.barh(
                row,
                right - left,
                left=left,
                height=THICK,
                color=style.PAPER if hatch else color,
                edgecolor=color,
                hatch=hatch,
            )
            ax.text(right + 0.008, row, _value(step), va="center", ha="left", weight=600)
            if row + 1 < len(parts):
                ax.plot(
                    [step.chance] * 2,
                    [row + THICK / 2, row + 1 - THICK / 2],
                    color=style.MUTED,
                    lw=0.6,
                    zorder=0,
                )
            before = step.chance
        ax.set_yticks(range(len(parts)), [{**COMPONENTS, **WORDS}[part] for part in parts["part"]])
        ax.invert_yaxis()
        ax.set_xlim(0, min(1.12, most + 0.12))
        ax.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}")
        ax.set_xlabel(WORDS["axis"], loc="left")
        ax.grid(axis="x")
        ax.spines["left"].set_visible(False)
        margins = style.Margins(ROW * len(parts) + 10, LEFT, RIGHT, BELOW, above=4)
        return CHART.finished(ax, parts, margins)


def alt_waterfall(parts: DataFrame) -> str:
    """Say in one sentence what `draw_waterfall` shows.

    Examples
    --------
    >>> import pandas as pd
    >>> none = float("nan")
    >>> steps = [("typical", 0.4, none), ("letters", 0.6, 0.2), ("own", 0.6, none)]
    >>> alt_waterfall(pd.DataFrame(steps, columns=["part", "chance", "change"]))
    'Steps from 40% for a typical applicant to 60% for you; letters change it most, by +20 points.'
    """
    CHART.check(parts)
    steps = parts[parts["change"].notna()]
    largest = steps.loc[steps["change"].abs().idxmax()]
    return CHART.alt(
        parts,
        first=parts["chance"].iloc[0],
        last=parts["chance"].iloc[-1],
        part=largest["part"],
        name=COMPONENTS[largest["part"]],
        points=_points(largest["change"]),
    )


def _points(change: float) -> str:
    """A change in whole points with its sign; "" where it is less than one."""
    whole = round(100 * change)
    return f"{'+' if whole > 0 else '−'}{abs(whole)}" if whole else ""


def _value(step: object) -> str:
    """What stands beside a bar, as short as in the list of programs."""
    chance, change, part = step.chance, step.change, step.part  # type: ignore[attr-defined]
    share = chance if part in ENDS else abs(change)
    small = "<1" if share > 0 and not round(100 * share) else ""
    if part in ENDS:
        return f"{small or round(100 * share)}%"
    return small or _points(change) or "0"
