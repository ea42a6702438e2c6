"""Bars and points drawn by seaborn, with intervals that are known and not estimated from rows.

seaborn computes estimate and interval from observations. Here a row's observations are its value
and the two ends of its interval; the estimator takes the first, the error bar the other two.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import nan
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from analysis.figures.style.look import (
    BLUE,
    GRID,
    INK,
    MUTED,
    ORANGE,
    PALE_BLUE,
    PAPER,
    SIZE,
    SMALL_SIZE,
)
from analysis.figures.style.page import (
    LINE,
    UPWARD_TITLE,
    Margins,
    chart_width,
    root_figure,
    text_width,
    wrapped,
    write,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame, Series

WIDTH = 1.1  # of an interval's line, in points


def draw_bars(
    ax: Axes,
    values: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    *,
    colors: Sequence[str],
    share: float,
    orient: Literal["h", "v"],
) -> None:
    """Draw a bar at 0, 1, 2, ... with a thin line where its interval is known."""
    import seaborn as sns

    rows = _observations([v if v == v else 0.0 for v in values], lows, highs, range(len(values)))
    along = {"x": "value", "y": "place"} if orient == "h" else {"x": "place", "y": "value"}
    sns.barplot(
        rows,
        **along,
        hue="place",
        palette=list(colors),
        orient=orient,
        native_scale=True,
        estimator=_value,
        errorbar=_interval,
        err_kws={"color": INK, "linewidth": WIDTH},
        capsize=share / 2,
        width=share,
        saturation=1,
        dodge=False,
        legend=False,
        ax=ax,
    )


def draw_beside(ax: Axes, values: Sequence[float], *, upright: bool) -> None:
    """Draw an open diamond on each bar at another value that it is compared with."""
    import seaborn as sns

    places = list(range(len(values)))
    x, y = (places, values) if upright else (values, places)
    look = {"marker": "D", "facecolor": PAPER, "edgecolor": INK, "linewidth": 1.3, "zorder": 4}
    sns.scatterplot(x=x, y=list(y), s=36, legend=False, ax=ax, **look)
    ax.set(**({"xlabel": ""} if upright else {"ylabel": ""}))


def draw_points(
    ax: Axes,
    values: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    places: Sequence[float],
    *,
    color: str,
    look: Mapping[str, Any],
) -> None:
    """Draw a mark for each row at its place down the axis, with its interval as a line."""
    import seaborn as sns

    sns.pointplot(
        _observations(values, lows, highs, places),
        x="value",
        y="place",
        orient="h",
        native_scale=True,
        estimator=_value,
        errorbar=_interval,
        color=color,
        linestyle="none",
        err_kws={"linewidth": 1.6},
        ax=ax,
        **look,
    )


def _observations(
    values: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    places: Sequence[float],
) -> DataFrame:
    from pandas import DataFrame

    return DataFrame(
        {"place": [*places] * 3, "value": [*values, *lows, *highs]}, dtype=float
    ).dropna()


def _value(observations: Series) -> float:
    return float(observations.iloc[0])


def _interval(observations: Series) -> tuple[float, float]:
    return float(observations.iloc[1]), float(observations.iloc[-1])


TALLEST = 540.0  # points of drawing that still fit a page with title, footer and caption
ROOMY_PITCH = 23.0
BAR_SHARE = 0.68
LEAST_LEADING = 3.0
ROOM_INSIDE = 18.0  # lower rows have no place for words in a bar
BAR_GAP, VALUE_GAP = 8.0, 5.0
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
    left = BAR_GAP + SLACK + _widest(shown, size, weights)
    lines = max(name.count("\n") + 1 for name in shown)
    pitch = max(min(ROOMY_PITCH, TALLEST / count), lines * size * LINE + LEAST_LEADING)

    others = beside or [0.0] * count
    ends = [
        max([0.0, *(x for x in reached if x == x)]) / end
        for reached in zip(values, highs, others, strict=True)
    ]
    taken = [text_width(w, size, weight) for w, weight in zip(words, weights, strict=True)]
    plain = _drawing_width(width - left, ends, taken)
    inside = pitch >= ROOM_INSIDE and _fits_inside(marked, mark, values, lows, end, plain, size)
    texts = list(words)
    if marked is not None and mark and not inside:
        texts[marked] = f"{words[marked]} · {mark}"
        taken[marked] = text_width(texts[marked], size, 600)
    drawing = _drawing_width(width - left, ends, taken)

    colors = [
        BLUE if marked is None else ORANGE if row == marked else PALE_BLUE for row in range(count)
    ]
    draw_bars(ax, values, lows, highs, colors=colors, share=BAR_SHARE, orient="h")
    if beside:
        draw_beside(ax, beside, upright=False)
    places = list(range(count))
    for row in places:
        at = ((ends[row] * end, row), (VALUE_GAP, 0), "left", "center_baseline")
        write(ax, texts[row], *at, size=size, weight=weights[row])
    if inside:
        at = ((0.0, places[marked or 0]), (VALUE_GAP, 0), "left", "center_baseline")
        write(ax, mark, *at, size=size, weight=600, color=PAPER)
    _name_rows(ax, shown, size, weights, BAR_GAP)
    ax.set_xlim(0, end)
    return Margins(pitch * count, left, width - left - drawing, AXIS_BELOW)


def _widest(names: Sequence[str], size: float, weights: Sequence[int]) -> float:
    """Points of the widest line of all names."""
    return max(
        text_width(line, size, weight)
        for name, weight in zip(names, weights, strict=True)
        for line in name.split("\n")
    )


def _name_rows(
    ax: Axes, names: Sequence[str], size: float, weights: Sequence[int], gap: float
) -> None:
    """Write the names left of their rows, the first on top."""
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_yticks(range(len(names)), names, size=size, linespacing=1.05)
    for label, weight in zip(ax.get_yticklabels(), weights, strict=True):
        label.set_fontweight(weight)
    ax.tick_params(axis="y", pad=gap - 2)
    ax.set(xlabel="", ylabel="")
    ax.grid(axis="x")
    ax.spines[["bottom"]].set_visible(False)


def _drawing_width(room: float, ends: Sequence[float], taken: Sequence[float]) -> float:
    """Widest drawing at which every value still has its place beside its bar."""
    limits = [
        (room - VALUE_GAP - SLACK - text) / share
        for share, text in zip(ends, taken, strict=True)
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


HEIGHT = 80.0
WIDEST_SLOT = 92.0
COLUMN_SHARE = 0.62
ASCENT = 0.75  # of the size, from the top of a line to where its letters stand
AXIS_LEFT = 26.0  # tick labels
VALUE_ABOVE = 14.0
COLUMN_NAME_GAP = 6.0
MARK_ABOVE = 6.0  # from the middle of a diamond to the value over it
MOST_LINES = 3


def _slot(ax: Axes, count: int) -> float:
    """Points that one column and its name have."""
    return min(WIDEST_SLOT, (chart_width(ax) - AXIS_LEFT) / count)


def columns_fit(ax: Axes, names: Sequence[str], words: Sequence[str]) -> bool:
    """Whether every name fits under its column, in few lines and without a broken word."""
    room = _slot(ax, len(names)) - COLUMN_NAME_GAP
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
    shown = [wrapped(name, slot - COLUMN_NAME_GAP).split("\n") for name in names]
    lines = max(map(len, shown))
    places = list(range(count))
    draw_bars(ax, values, lows, highs, colors=[BLUE] * count, share=COLUMN_SHARE, orient="v")
    if beside:
        draw_beside(ax, beside, upright=True)
    others = beside or [nan] * count
    for place, value, high, other, word in zip(places, values, highs, others, words, strict=True):
        tops = [0.0, *(x for x in (value, high, other) if x == x)]
        over = (place, max(tops)), (0, MARK_ABOVE if other == max(tops) else 3)
        write(ax, word, *over, "center", "bottom", bbox={"fc": PAPER, "ec": "none", "pad": 0.5})
    ax.set_xlim(-0.5, count - 0.5)
    ax.set_ylim(0, end)
    # A line apiece: of a text in several lines, letters decide how deep its first line lies.
    ax.set_xticks(places, [name[0] for name in shown], va="baseline")
    ax.tick_params(axis="x", pad=COLUMN_NAME_GAP + ASCENT * SIZE)
    for place, name in zip(places, shown, strict=True):
        for at, line in enumerate(name[1:], 1):
            down = COLUMN_NAME_GAP + (ASCENT + LINE * at) * SIZE
            write(ax, line, (place, 0), (0, -down), "center")
    ax.set(xlabel="", ylabel="")
    ax.grid(axis="y")
    ax.tick_params(axis="y", labelcolor=MUTED)
    ax.spines["left"].set_visible(False)
    return Margins(
        height=HEIGHT,
        left=AXIS_LEFT,
        right=max(0.0, chart_width(ax) - AXIS_LEFT - slot * count),
        below=lines * SIZE * LINE + COLUMN_NAME_GAP,
        above=VALUE_ABOVE + UPWARD_TITLE,
    )


DOTS_TALLEST = 520.0  # points of drawing that still fit a page with title, footer and caption
DOTS_ROOMY_PITCH = 19.0
DOTS_WIDEST_NAMES = 0.36  # share of the chart's width
MANY, WIDEST_OF_MANY = 24, 0.53  # rows that get one line each, so that names need more of it
ROW_GAP, COLUMN_GAP, HEAD_DOT = 9.0, 14.0, 9.0

HEAD = 17.0  # points above the drawing, for the heads of the columns

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
    widest = (DOTS_WIDEST_NAMES if count <= MANY else WIDEST_OF_MANY) * width
    weights = [600 if row in marked else 400 for row in range(count)]
    for most_lines in (3, 2, 1):
        shown = [
            wrapped(name, widest, size, weight, most_lines)
            for name, weight in zip(names, weights, strict=True)
        ]
        lines = max(name.count("\n") + 1 for name in shown)
        least = lines * size * LINE + 3
        if least * count <= DOTS_TALLEST:
            break
    pitch = max(min(DOTS_ROOMY_PITCH, DOTS_TALLEST / count), least)
    left = ROW_GAP + SLACK + _widest(shown, size, weights)
    right = _draw_columns(ax, answers, size)

    ranged = [any(low == low for low in dots.lows) for dots in answers]
    for place, (dots, look) in enumerate(zip(answers, LOOKS[-len(answers) :], strict=True)):
        shift = APART * (2 * place - 1) if all(ranged) and len(answers) > 1 else 0.0
        rows = [row + shift for row in range(count)]
        line = look["mec"] if look["mfc"] == PAPER else look["mfc"]
        marks = {"zorder": 3 + place, "clip_on": False, **look}
        draw_points(ax, dots.values, dots.lows, dots.highs, rows, color=line, look=marks)
    ax.hlines([row + 0.5 for row in range(count - 1)], 0, end, color=GRID, lw=0.5)
    _name_rows(ax, shown, size, weights, ROW_GAP)
    ax.set_xlim(0, end)
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
    coordinates = ("axes fraction", "axes fraction" if head else "data")
    write(ax, text, (1, row), gap, xycoords=coordinates, size=size, **look)


def _sign(ax: Axes, marker: str, gap: float, look: dict[str, Any]) -> None:
    """Draw the sign of an answer before the head of its column."""
    from matplotlib.transforms import ScaledTranslation

    scale = root_figure(ax).dpi_scale_trans
    place = ax.transAxes + ScaledTranslation(gap / 72, 10 / 72, scale)
    ax.plot([1], [1], marker=marker, ls="", transform=place, clip_on=False, **look)
