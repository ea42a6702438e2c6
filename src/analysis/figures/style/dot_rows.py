"""Rows of dots with ranges, their numbers in columns at the right: for two answers a row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.figures.style.look import BLUE, GRID, INK, PAPER, SIZE, SMALL_SIZE
from analysis.figures.style.marks import draw_points
from analysis.figures.style.page import Margins, chart_width, root_figure
from analysis.figures.style.words import LINE, text_width, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Dots", "dot_rows"]

TALLEST = 520.0  # points of drawing that still fit a page with title, footer and caption
ROOMY_PITCH = 19.0
WIDEST_NAMES = 0.36  # share of the chart's width
MANY, WIDEST_OF_MANY = 24, 0.42  # rows that get one line each, so that names need more of it
NAME_GAP, COLUMN_GAP, HEAD_DOT = 9.0, 14.0, 9.0
SLACK = 2.0
HEAD = 17.0  # points above the drawing, for the heads of the columns
AXIS_BELOW = 32.0
APART = 0.15  # of a row, between the two answers of a row where both have a range
LOOKS: tuple[dict[str, Any], ...] = (
    {"marker": "D", "ms": 6.0, "mfc": PAPER, "mec": INK, "mew": 1.3},
    {"marker": "o", "ms": 7.5, "mfc": BLUE, "mec": PAPER, "mew": 0.8},
)


class Dots(NamedTuple):
    """One answer for every row."""

    head: str
    values: Sequence[float]
    lows: Sequence[float]
    highs: Sequence[float]
    words: Sequence[str]


def dot_rows(
    ax: Axes,
    names: Sequence[str],
    answers: Sequence[Dots],
    *,
    end: float,
    marked: Collection[int] = (),
) -> Margins:
    """Draw a row a name, the first on top: a hollow diamond, a filled dot, ranges as lines."""
    count, width = len(names), chart_width(ax)
    size = SIZE if count <= MANY else SMALL_SIZE
    widest = (WIDEST_NAMES if count <= MANY else WIDEST_OF_MANY) * width
    weights = [600 if row in marked else 400 for row in range(count)]
    for most_lines in (3, 2, 1):
        shown = [
            wrapped(name, widest, size, weight, most_lines)
            for name, weight in zip(names, weights, strict=True)
        ]
        lines = max(name.count("\n") + 1 for name in shown)
        least = lines * size * LINE + 3
        if least * count <= TALLEST:
            break
    pitch = max(min(ROOMY_PITCH, TALLEST / count), least)
    widths = [
        text_width(line, size, weight)
        for name, weight in zip(shown, weights, strict=True)
        for line in name.split("\n")
    ]
    left = NAME_GAP + SLACK + max(widths)
    right = _draw_columns(ax, answers, size)

    ranged = [any(low == low for low in dots.lows) for dots in answers]
    for place, (dots, look) in enumerate(zip(answers, LOOKS[-len(answers) :], strict=True)):
        shift = APART * (2 * place - 1) if all(ranged) and len(answers) > 1 else 0.0
        rows = [row + shift for row in range(count)]
        line = look["mec"] if look["mfc"] == PAPER else look["mfc"]
        marks = {"zorder": 3 + place, "clip_on": False, **look}
        draw_points(ax, dots.values, dots.lows, dots.highs, rows, color=line, look=marks)
    ax.hlines([row + 0.5 for row in range(count - 1)], 0, end, color=GRID, lw=0.5)
    ax.set(xlabel="", ylabel="")
    ax.set_xlim(0, end)
    ax.set_ylim(count - 0.5, -0.5)
    ax.set_yticks(range(count), shown, size=size, linespacing=1.05)
    for name, weight in zip(ax.get_yticklabels(), weights, strict=True):
        name.set_fontweight(weight)
    ax.tick_params(axis="y", pad=NAME_GAP - 2)
    ax.grid(axis="x")
    ax.spines[["bottom"]].set_visible(False)
    return Margins(pitch * count, left, right, AXIS_BELOW, HEAD)


def _draw_columns(ax: Axes, answers: Sequence[Dots], size: float) -> float:
    """Write the numbers in columns right of the drawing; the points that they take."""
    right = COLUMN_GAP
    for dots, look in zip(answers, LOOKS[-len(answers) :], strict=True):
        head = text_width(dots.head, SIZE, 600) + HEAD_DOT + SLACK
        column = max([head, *(text_width(word, size) + SLACK for word in dots.words)])
        _at_right(ax, dots.head, 1, (right + HEAD_DOT, 6), size=SIZE, weight=600, va="bottom")
        sign = {key: value for key, value in look.items() if key != "marker"}
        _sign(ax, look["marker"], right + HEAD_DOT / 2 - 2, sign)
        for row, word in enumerate(dots.words):
            _at_right(ax, word, row, (right, 0), size=size, va="center_baseline")
        right += column + COLUMN_GAP
    return right - COLUMN_GAP


def _at_right(
    ax: Axes, text: str, row: float, gap: tuple[float, float], *, size: float, **look: Any
) -> None:
    """Write right of the drawing, at a row, or at 1 of the height if it is a head."""
    head = "weight" in look
    ax.annotate(
        text,
        (1, row),
        gap,
        xycoords=("axes fraction", "axes fraction" if head else "data"),
        textcoords="offset points",
        size=size,
        annotation_clip=False,
        **look,
    )


def _sign(ax: Axes, marker: str, gap: float, look: dict[str, Any]) -> None:
    """Draw the sign of an answer before the head of its column."""
    from matplotlib.transforms import ScaledTranslation

    scale = root_figure(ax).dpi_scale_trans
    place = ax.transAxes + ScaledTranslation(gap / 72, 10 / 72, scale)
    ax.plot([1], [1], marker=marker, ls="", transform=place, clip_on=False, **look)
