"""Chart: how the chance of a match falls the more programs decide alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.figures import style
from analysis.text import named_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

Floats = NDArray[np.float64]

NEEDED = ("rho", "match_chance")
WORDS = named_lines("figures/match_chance_by_rho")
TITLE = WORDS["title"]
X_AXIS = WORDS["across"]
Y_AXIS = WORDS["upward"]
INDEPENDENT = WORDS["independent"]
MIXED = WORDS["mixed"]
HEIGHT = 190.0
LEFT, RIGHT, BELOW, ABOVE = 34.0, 12.0, 32.0, 18.0
NOTE_GAP = 8.0
DOTS = WORDS["dots"]
NOTE_SHARE = 0.47  # of the drawing, for each of the two notes
CHART = style.Chart("the chart of the match chance over rho", NEEDED, "Curve.", most=None)


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

    Returns
    -------
    Axes
        The same.

    Raises
    ------
    FigureError
        If there is no curve to draw, or a used rho is not among the rows.
    """
    rhos, chances = _points(curve)
    _check_used(used, rhos)
    with style.chart(ax):
        room = style.chart_width(ax) - LEFT - RIGHT
        ax.plot(rhos, chances, color=style.BLUE, lw=2, zorder=2.5)
        if match_chance is not None:
            ax.axhline(match_chance, color=style.INK, lw=0.9, ls=(0, (4, 3)))
            words = f"{style.percent(match_chance)}: {MIXED}"
            note = style.wrapped(words, room * NOTE_SHARE, weight=600)
            _write(ax, note, (rhos[-1], match_chance), (-2, 4), "right", "bottom", 600)
        for rho in used:
            _draw_used(ax, rho, float(chances[np.isclose(rhos, rho)][0]))
        above = ABOVE
        if rhos[0] == 0:
            ax.plot(
                0, chances[0], "o", ms=7, mfc=style.PAPER, mec=style.ORANGE, mew=2, clip_on=False
            )
            words = f"{style.percent(chances[0])} {INDEPENDENT}"
            note = style.wrapped(words, room * NOTE_SHARE)
            _write(ax, note, (0, chances[0]), (2, NOTE_GAP), "left", "bottom", 400)
            above += _overshoot(note, float(chances[0]))
        ax.set_xlim(0, max(rhos[-1], 0.1))
        ax.set_ylim(0, 1)
        ax.set_yticks(*style.PERCENT_TICKS)
        ax.grid(axis="y")
        ax.spines["left"].set_visible(False)
        ax.set_xlabel(X_AXIS, loc="left")
        ax.set_ylabel(Y_AXIS, rotation=0, ha="left", va="bottom")
        ax.yaxis.set_label_coords(-LEFT / room, 1 + (above - 12) / HEIGHT)
        return CHART.finished(
            ax, curve, style.Margins(HEIGHT, LEFT, RIGHT, BELOW, above), title, _footer(curve, used)
        )


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
    points = [f"rho {rho:g} {style.percent(p)}" for rho, p in zip(rhos, chances, strict=True)]
    parts = [f"{title}: {'; '.join(points)}"]
    if rhos[0] == 0:
        parts.append(f"Treating each program as independent gives {style.percent(chances[0])}")
    if used:
        parts.append(f"Mixed are the rho {', '.join(f'{rho:g}' for rho in used)}")
    if match_chance is not None:
        parts.append(f"{style.percent(match_chance)} is {MIXED}")
    return CHART.alt(curve, parts, style.provenance(curve))


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


def _overshoot(note: str, chance: float) -> float:
    """Points by which a note over the curve's left end reaches past the drawing."""
    lines = note.count("\n") + 1
    return max(0.0, lines * style.SIZE * style.LINE + NOTE_GAP - (1 - chance) * HEIGHT)


def _footer(curve: DataFrame, used: Sequence[float]) -> str:
    return " · ".join([*([DOTS] if used else []), style.provenance(curve)])


def _draw_used(ax: Axes, rho: float, chance: float) -> None:
    ax.plot(rho, chance, "o", ms=6, color=style.BLUE, clip_on=False)
    # The curve falls, so that below and left of a point there is room.
    _write(ax, style.percent(chance), (rho, chance), (-3, -5), "right", "top", 400)


def _write(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    offset: tuple[float, float],
    ha: str,
    va: str,
    weight: int,
) -> None:
    ax.annotate(
        text,
        at,
        offset,
        textcoords="offset points",
        ha=ha,
        va=va,
        weight=weight,
        linespacing=1.15,
        bbox={"fc": style.PAPER, "ec": "none", "pad": 0.8},
        annotation_clip=False,
    )
