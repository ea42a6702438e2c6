"""Horizontal bars with their values beside them: for names that do not fit under a column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.figures.style.look import BLUE, ORANGE, PALE_BLUE, PAPER, SIZE, SMALL_SIZE
from analysis.figures.style.marks import draw_bars, draw_beside
from analysis.figures.style.page import Margins, chart_width
from analysis.figures.style.words import LINE, text_width, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["horizontal_bars"]

TALLEST = 540.0  # points of drawing that still fit a page with title, footer and caption
ROOMY_PITCH = 23.0
BAR_SHARE = 0.68
LEAST_LEADING = 3.0
ROOM_INSIDE = 18.0  # lower rows have no place for words in a bar
NAME_GAP, VALUE_GAP = 8.0, 5.0
SLACK = 2.0  # letters on a grid of pixels are a little wider than drawn as outlines
AXIS_BELOW = 32.0  # tick labels and the axis' title
WIDEST_NAMES = 0.42  # share of the chart's width
LINES_BY_ROWS = ((12, 3), (22, 2), (99, 1))


def horizontal_bars(
    ax: Axes,
    names: Sequence[str],
    values: Sequence[float],
    words: Sequence[str],
    *,
    end: float,
    lows: Sequence[float],
    highs: Sequence[float],
    marked: int | None = None,
    mark: str = "",
    beside: Sequence[float] = (),
) -> Margins:
    """Draw one bar a row, the first on top, with name on the left and value on the right."""
    count = len(names)
    width = chart_width(ax)
    size = SIZE if count <= 22 else SMALL_SIZE
    most_lines = next(lines for most, lines in LINES_BY_ROWS if count <= most)
    weights = [600 if row == marked else 400 for row in range(count)]
    shown = [
        wrapped(name, WIDEST_NAMES * width, size, weight, most_lines)
        for name, weight in zip(names, weights, strict=True)
    ]
    left = (
        NAME_GAP
        + SLACK
        + max(
            text_width(line, size, weight)
            for name, weight in zip(shown, weights, strict=True)
            for line in name.split("\n")
        )
    )
    lines = max(name.count("\n") + 1 for name in shown)
    pitch = max(min(ROOMY_PITCH, TALLEST / count), lines * size * LINE + LEAST_LEADING)

    others = beside or [0.0] * count
    ends = [
        max([0.0, *(x for x in reached if x == x)]) / end
        for reached in zip(values, highs, others, strict=True)
    ]
    value_weights = [600 if row == marked else 400 for row in range(count)]
    beside = [text_width(w, size, wt) for w, wt in zip(words, value_weights, strict=True)]
    plain = _drawing_width(width - left, ends, beside)
    inside = pitch >= ROOM_INSIDE and _fits_inside(marked, mark, values, lows, end, plain, size)
    texts = list(words)
    if marked is not None and mark and not inside:
        texts[marked] = f"{words[marked]} · {mark}"
        beside[marked] = text_width(texts[marked], size, 600)
    drawing = _drawing_width(width - left, ends, beside)

    colors = [
        BLUE if marked is None else ORANGE if row == marked else PALE_BLUE for row in range(count)
    ]
    draw_bars(ax, values, lows, highs, colors=colors, share=BAR_SHARE, orient="h")
    if beside:
        draw_beside(ax, beside, upright=False)
    places = list(range(count))
    for row in places:
        ax.annotate(
            texts[row],
            (ends[row] * end, row),
            (VALUE_GAP, 0),
            textcoords="offset points",
            va="center_baseline",
            size=size,
            weight=value_weights[row],
            annotation_clip=False,
        )
    if inside:
        ax.annotate(
            mark,
            (0, places[marked or 0]),
            (VALUE_GAP, 0),
            textcoords="offset points",
            va="center_baseline",
            size=size,
            weight=600,
            color=PAPER,
        )
    ax.set_xlim(0, end)
    ax.set_ylim(count - 0.5, -0.5)
    ax.set_yticks(places, shown, size=size, linespacing=1.05)
    for row, name in enumerate(ax.get_yticklabels()):
        name.set_fontweight(weights[row])
    ax.tick_params(axis="y", pad=NAME_GAP - 2)
    ax.set(xlabel="", ylabel="")
    ax.grid(axis="x")
    ax.spines[["bottom"]].set_visible(False)
    return Margins(pitch * count, left, width - left - drawing, AXIS_BELOW)


def _drawing_width(room: float, ends: Sequence[float], beside: Sequence[float]) -> float:
    """Widest drawing at which every value still has its place beside its bar."""
    limits = [
        (room - VALUE_GAP - SLACK - text) / share
        for share, text in zip(ends, beside, strict=True)
        if share > 0
    ]
    return min([room - 14, *limits])


def _fits_inside(
    marked: int | None,
    mark: str,
    values: Sequence[float],
    lows: Sequence[float],
    end: float,
    drawing: float,
    size: float,
) -> bool:
    """Whether the mark has room in its bar, left of the interval."""
    if marked is None:
        return False
    free = min(x for x in (values[marked], lows[marked], end) if x == x)
    return free / end * drawing > text_width(mark, size, 600) + 2 * VALUE_GAP + 4
