"""Chart: how the chance of a match falls the more programs decide alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.arrays import Floats
from analysis.figures import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame


NEEDED = ("rho", "match_chance")
HEIGHT = 190.0
LEFT, RIGHT, BELOW, ABOVE = 34.0, 12.0, 32.0, 18.0
NOTE_GAP = 8.0
LOOK: dict[str, Any] = {"linespacing": 1.15, "bbox": {"fc": style.PAPER, "ec": "none", "pad": 0.8}}
NOTE_SHARE = 0.47  # of the drawing, for each of the two notes
CHART = style.Chart(
    "the chart of the match chance over rho", "match_chance_by_rho", NEEDED, most=None
)
WORDS = CHART.words()
TITLE = WORDS["title"]


@CHART.draws
def draw_match_chance_by_rho(
    curve: DataFrame,
    ax: Axes,
    *,
    used: Sequence[float] = (),
    match_chance: float | None = None,
    title: str = TITLE,
) -> Axes:
    """Draw the curve of one list's match chance, its independent end named.

    Parameters
    ----------
    curve : DataFrame
        One row a rho, at least 2 different ones: ``rho`` and ``match_chance`` (0-1); optional
        ``source``, ``basis``. The row with rho 0 is the independent answer.
    ax : Axes
        What is drawn on; cleared first.
    used : sequence of float
        Values of rho that are mixed; each must be a row.
    match_chance : float, optional
        What the mixture gives: a line across the chart.
    title : str
        What is shown.
    """
    rhos, chances = _points(curve)
    _check_used(used, rhos)
    with style.chart(ax):
        room = style.chart_width(ax) - LEFT - RIGHT
        ax.plot(rhos, chances, color=style.BLUE, lw=2, zorder=2.5)
        if match_chance is not None:
            ax.axhline(match_chance, color=style.INK, lw=0.9, ls=(0, (4, 3)))
            words = f"{style.percent(match_chance)}: {WORDS['mixed']}"
            note = style.wrapped(words, room * NOTE_SHARE, weight=600)
            at = (rhos[-1], match_chance)
            style.write(ax, note, at, (-2, 4), "right", "bottom", weight=600, **LOOK)
        for rho in used:
            own = float(chances[np.isclose(rhos, rho)][0])
            ax.plot(rho, own, "o", ms=6, color=style.BLUE, clip_on=False)
            # The curve falls, so that below and left of a point there is room.
            style.write(ax, style.percent(own), (rho, own), (-3, -5), "right", "top", **LOOK)
        above = ABOVE
        if rhos[0] == 0:
            ax.plot(
                0, chances[0], "o", ms=7, mfc=style.PAPER, mec=style.ORANGE, mew=2, clip_on=False
            )
            words = f"{style.percent(chances[0])} {WORDS['independent']}"
            note = style.wrapped(words, room * NOTE_SHARE)
            style.write(ax, note, (0, chances[0]), (2, NOTE_GAP), va="bottom", **LOOK)
            # A note over the curve's left end may reach past the drawing.
            lines = (note.count("\n") + 1) * style.SIZE * style.LINE
            above += max(0.0, lines + NOTE_GAP - (1 - float(chances[0])) * HEIGHT)
        ax.set_xlim(0, max(rhos[-1], 0.1))
        ax.set_ylim(0, 1)
        ax.set_yticks(*style.PERCENT_TICKS)
        margins = style.Margins(HEIGHT, LEFT, RIGHT, BELOW, above)
        style.put_axis_titles(ax, WORDS["across"], WORDS["upward"], margins)
        footer = " · ".join([*([WORDS["dots"]] if used else []), style.provenance(curve)])
        return CHART.finished(ax, curve, margins, title, footer)


def alt_match_chance_by_rho(
    curve: DataFrame,
    *,
    used: Sequence[float] = (),
    match_chance: float | None = None,
    title: str = TITLE,
) -> str:
    """Say in words and numbers what `draw_match_chance_by_rho` shows.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"rho": [0.0, 0.4], "match_chance": [0.985, 0.7]})
    >>> alt_match_chance_by_rho(rows, title="Over rho").split(" Source")[0]
    'Curve. Over rho: rho 0 98%; rho 0.4 70%. Treating each program as \
independent gives 98%.'
    """
    rhos, chances = _points(curve)
    _check_used(used, rhos)
    return CHART.alt(
        curve,
        style.provenance(curve),
        title=title,
        points=list(zip(rhos, chances, strict=True)),
        used=used,
        mixed=WORDS["mixed"],
        match_chance=match_chance,
    )


def _points(curve: DataFrame) -> tuple[Floats, Floats]:
    """Curve in rising order of rho."""
    CHART.check(curve)
    known = curve[curve["match_chance"].notna() & curve["rho"].notna()].sort_values("rho")
    rhos, chances = (known[column].to_numpy(dtype=np.float64) for column in NEEDED)
    if len(np.unique(rhos)) < len(rhos) or len(rhos) < 2:
        raise CHART.refusal("a curve needs two values of rho or more, each once")
    if rhos[0] < 0 or rhos[-1] > 1 or chances.min() < 0 or chances.max() > 1:
        raise CHART.refusal("rho and match_chance lie between 0 and 1")
    return rhos, chances


def _check_used(used: Sequence[float], rhos: Floats) -> None:
    missing = [f"{rho:g}" for rho in used if not np.isclose(rhos, rho).any()]
    if missing:
        raise CHART.refusal(f"the used rho {', '.join(missing)} is not among the rows")
