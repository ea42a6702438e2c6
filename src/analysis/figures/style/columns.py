"""Upright columns with their values above them: for few and short names."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import TYPE_CHECKING

from analysis.figures.style.look import BLUE, MUTED, PAPER, SIZE
from analysis.figures.style.marks import draw_bars, draw_beside
from analysis.figures.style.page import UPWARD_TITLE, Margins, chart_width
from analysis.figures.style.words import LINE, text_width, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["columns_fit", "upright_columns"]

HEIGHT = 80.0
WIDEST_SLOT = 92.0
COLUMN_SHARE = 0.62
AXIS_LEFT = 26.0  # tick labels
VALUE_ABOVE = 14.0
NAME_GAP = 6.0
MARK_ABOVE = 6.0  # from the middle of a diamond to the value over it
MOST_LINES = 3


def _slot(ax: Axes, count: int) -> float:
    """Points that one column and its name have."""
    return min(WIDEST_SLOT, (chart_width(ax) - AXIS_LEFT) / count)


def columns_fit(ax: Axes, names: Sequence[str], words: Sequence[str]) -> bool:
    """Whether every name fits under its column, in few lines and without a broken word."""
    room = _slot(ax, len(names)) - NAME_GAP
    longest = [max(name.split() or [""], key=text_width) for name in names]
    return all(text_width(word) <= room for word in [*longest, *words]) and all(
        wrapped(name, room).count("\n") < MOST_LINES for name in names
    )


def upright_columns(
    ax: Axes,
    names: Sequence[str],
    values: Sequence[float],
    words: Sequence[str],
    *,
    end: float,
    lows: Sequence[float],
    highs: Sequence[float],
    beside: Sequence[float] = (),
) -> Margins:
    """Draw one column a row, from left to right, and a diamond where it is compared with."""
    count = len(names)
    slot = _slot(ax, count)
    shown = [wrapped(name, slot - NAME_GAP) for name in names]
    lines = max(name.count("\n") + 1 for name in shown)
    places = list(range(count))
    draw_bars(ax, values, lows, highs, colors=[BLUE] * count, share=COLUMN_SHARE, orient="v")
    if beside:
        draw_beside(ax, beside, upright=True)
    others = beside or [nan] * count
    for place, value, high, other, word in zip(places, values, highs, others, words, strict=True):
        tops = [0.0, *(x for x in (value, high, other) if x == x)]
        ax.annotate(
            word,
            (place, max(tops)),
            (0, MARK_ABOVE if other == max(tops) else 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            bbox={"fc": PAPER, "ec": "none", "pad": 0.5},
            annotation_clip=False,
        )
    ax.set_xlim(-0.5, count - 0.5)
    ax.set_ylim(0, end)
    ax.set_xticks(places, shown, linespacing=1.1)
    ax.set(xlabel="", ylabel="")
    ax.grid(axis="y")
    ax.tick_params(axis="y", labelcolor=MUTED)
    ax.spines["left"].set_visible(False)
    return Margins(
        height=HEIGHT,
        left=AXIS_LEFT,
        right=max(0.0, chart_width(ax) - AXIS_LEFT - slot * count),
        below=lines * SIZE * LINE + NAME_GAP,
        above=VALUE_ABOVE + UPWARD_TITLE,
    )
