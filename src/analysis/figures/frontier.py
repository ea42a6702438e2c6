"""Chart: reach against safety, as any match is worth more or less beside the wished-for ones."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from analysis.arrays import Floats
from analysis.figures import style
from analysis.figures.style.page import UPWARD_TITLE, Margins
from analysis.figures.style.points import placed_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame


NEEDED = ("match_utility", "match_chance", "preference_if_matched")
HEIGHT = 190.0
LEFT, RIGHT, BELOW = 28.0, 10.0, 32.0
RADIUS = 3.6
ROOM = 0.12  # of the span, free on both sides of the outermost points
LEAST_SPAN = 0.1  # a frontier of one point still has an axis
STEPS = 5
SLACK = 4.0
SAME = 1e-9
LINE_STEP = 6.0  # points between two stones that keep labels off the line
CHART = style.Chart("the chart of reach against safety", "frontier", NEEDED)
WORDS = CHART.words()
TITLE = WORDS["title"]


@CHART.draws
def draw_frontier(sweep: DataFrame, ax: Axes, *, title: str = TITLE) -> Axes:
    """Draw one point a list, from reaching to safe, each with its worth of any match.

    The axes do not begin at 0, since the differences are the question; the footer says so.

    Parameters
    ----------
    sweep : DataFrame
        One row a list: ``match_utility``, ``match_chance`` and ``preference_if_matched`` (0-1);
        optional ``used`` (the list that is given), ``source``, ``basis``. Lists without any chance
        are left out.
    ax : Axes
        What is drawn on; cleared first.
    title : str
        What is shown.
    """
    known = _known(sweep)
    values = known[["match_chance", "preference_if_matched"]].to_numpy(dtype=np.float64)
    points, names, used = _distinct(known, values)
    with style.chart(ax):
        margins = Margins(HEIGHT, LEFT, RIGHT, BELOW, UPWARD_TITLE)
        low, high = _limits(points)
        drawing = np.array(style.drawing_size(ax, margins))
        ax.plot(points[:, 0], points[:, 1], color=style.PALE_BLUE, lw=1.4, zorder=2)
        _draw_marks(ax, points, used)
        _draw_labels(ax, (points - low) / (high - low) * drawing, drawing, names, used)
        _draw_axes(ax, low, high)
        style.put_upward_title(ax, WORDS["upward"], margins)
        return CHART.finished(ax, known, margins, title, _footer(sweep, known))


def alt_frontier(sweep: DataFrame, *, title: str = TITLE) -> str:
    """Say in words and numbers what `draw_frontier` shows.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"match_utility": [0.5], "match_chance": [0.8],
    ...                      "preference_if_matched": [0.61]})
    >>> alt_frontier(rows, title="Lists").split(" Numbers")[0]
    'Line with points. Lists: at 0.5, chance of a match 80%, wished-for 0.61.'
    """
    known = _known(sweep)
    lists = list(zip(*(known[column] for column in NEEDED), _used(known), strict=True))
    return CHART.alt(known, _footer(sweep, known), title=title, lists=lists, used=WORDS["used"])


def _known(sweep: DataFrame) -> DataFrame:
    """Lists with a chance of a match, the most reaching first."""
    CHART.check(sweep)
    known = sweep[sweep[list(NEEDED)].notna().all(axis=1)]
    if known.empty:
        raise CHART.refusal("no list has a chance of a match, so there is nothing to draw")
    return known.sort_values("match_utility", kind="stable").reset_index(drop=True)


def _distinct(known: DataFrame, values: Floats) -> tuple[Floats, list[str], int | None]:
    """Different points, the worths of a match that lead to each, and which one is used."""
    moves = np.abs(np.diff(values, axis=0)).max(axis=1, initial=0.0) > SAME
    heaps = np.split(np.arange(len(known)), np.flatnonzero(moves) + 1)
    worths, marks = known["match_utility"].tolist(), _used(known)
    names, used = [], None
    for place, heap in enumerate(heaps):
        first, last = worths[heap[0]], worths[heap[-1]]
        name = f"{first:g}" if len(heap) == 1 else f"{first:g}–{last:g}"
        if any(marks[row] for row in heap):
            used = place
            name += f", {WORDS['used']}"
        names.append(name)
    return values[[heap[0] for heap in heaps]], names, used


def _used(known: DataFrame) -> list[bool]:
    """Which row is the list that is given."""
    if "used" not in known.columns:
        return [False] * len(known)
    return [mark is True or mark == 1 for mark in known["used"].tolist()]


def _draw_marks(ax: Axes, points: Floats, used: int | None) -> None:
    """Draw dots, and a square for the list that is given: told apart without color."""
    dots = points if used is None else np.delete(points, used, axis=0)
    ax.scatter(dots[:, 0], dots[:, 1], s=46, color=style.BLUE, edgecolors=style.PAPER, zorder=3)
    if used is not None:
        x, y = points[used]
        ax.scatter([x], [y], s=58, marker="s", color=style.ORANGE, edgecolors=style.PAPER, zorder=4)


def _limits(points: Floats) -> tuple[Floats, Floats]:
    span = np.maximum(np.ptp(points, axis=0), LEAST_SPAN)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    half = span * (0.5 + ROOM)
    return middle - half, middle + half


def _draw_labels(
    ax: Axes, places: Floats, drawing: Floats, names: list[str], used: int | None
) -> None:
    """Write each list's worth of a match beside its point, off the line."""
    weights = [600 if index == used else 400 for index in range(len(names))]
    sizes = [
        (style.text_width(name, style.SIZE, weight) + SLACK, style.SIZE * (style.LINE + 0.2))
        for name, weight in zip(names, weights, strict=True)
    ]
    order = sorted(range(len(names)), key=lambda index: index != used)
    frame = (1.0, 1.0, float(drawing[0]) - 1, float(drawing[1]) - 1)
    boxes = placed_labels(places, RADIUS, sizes, frame, order, _stones(places))
    for index, (left, bottom, right, top) in sorted(boxes.items()):
        middle = ((left + right) / 2, (bottom + top) / 2)
        at = ((0, 0), middle, "center", "center")
        style.write(ax, names[index], *at, xycoords="axes fraction", weight=weights[index])


def _stones(places: Floats) -> list[tuple[float, float, float, float]]:
    """Small boxes along the line, which labels keep off."""
    stones = []
    for start, end in pairwise(places):
        count = max(int(np.hypot(*(end - start)) / LINE_STEP), 1)
        for share in np.linspace(0, 1, count + 1):
            x, y = start + share * (end - start)
            stones.append((x - 1, y - 1, x + 1, y + 1))
    return stones


def _draw_axes(ax: Axes, low: Floats, high: Floats) -> None:
    from matplotlib.ticker import MaxNLocator

    ax.set_xlim(low[0], high[0])
    ax.set_ylim(low[1], high[1])
    across, upward = (
        [tick for tick in MaxNLocator(steps, steps=[1, 2, 5, 10]).tick_values(*ends)
         if max(0.0, ends[0]) <= tick <= min(1.0, ends[1])]
        for steps, ends in ((STEPS + 1, ax.get_xlim()), (STEPS, ax.get_ylim()))
    )  # fmt: skip
    ax.set_xticks(across, [f"{tick * 100:.4g}" for tick in across])
    ax.set_yticks(upward, [f"{tick:.4g}" for tick in upward])
    ax.grid()
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.set_xlabel(WORDS["across"], loc="left")


def _footer(sweep: DataFrame, known: DataFrame) -> str:
    own = [style.provenance(known)] if style.has_column(known, "source") else []
    words = CHART.words(left_out=len(sweep) - len(known))
    notes = [words[name] for name in ("points", "axes", "left_out") if name in words]
    return " · ".join([*own, *notes])
