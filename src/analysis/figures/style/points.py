"""Points on two axes and their names: beside them where there is room, else numbers and a key."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.figures.style.look import PAPER, SIZE, SMALL_SIZE
from analysis.figures.style.page import put_text
from analysis.figures.style.placement import Box, placed_labels, stacked
from analysis.figures.style.words import LINE, text_width, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["PointLayout", "draw_key", "draw_point_labels", "key_height", "point_layout"]

RADIUS = 4.0
WIDEST_LABEL = 125.0
MOST_LINES = 2
SLACK = 3.0  # letters on a grid of pixels are a little wider than drawn as outlines
MOST_BESIDE = 16  # more names than this are a thicket, even where each has its place
KEY_GAP, KEY_LINE = 10.0, 1.5
SHORT_KEY = 6
KEY_NUMBER = 16.0  # points from a number to its name


@dataclass(frozen=True, slots=True)
class PointLayout:
    """Where points and labels stand, in points from the drawing's lower left corner."""

    centres: NDArray[np.float64]
    labels: dict[int, str]
    boxes: dict[int, Box]
    key: dict[int, str]


def point_layout(
    names: Sequence[str],
    places: ArrayLike,
    drawing: tuple[float, float],
    labelled: Sequence[int],
    bold: Collection[int] = (),
) -> PointLayout:
    """Find a place for every point and a label for those that are to be named."""
    centres = stacked(places, near=RADIUS, step=2 * RADIUS + 0.5, most=8 * RADIUS)
    weights = {index: 600 if index in bold else 400 for index in labelled}
    if len(labelled) <= MOST_BESIDE:
        beside = {
            index: wrapped(names[index], WIDEST_LABEL, SIZE, weights[index], MOST_LINES)
            for index in labelled
        }
        boxes = _boxes(centres, beside, weights, drawing)
        if len(boxes) == len(labelled):
            return PointLayout(centres, beside, boxes, {})
    numbers = {index: str(number) for number, index in enumerate(labelled, start=1)}
    boxes = _boxes(centres, numbers, weights, drawing)
    return PointLayout(
        centres,
        {index: numbers[index] for index in boxes},
        boxes,
        {index: names[index] for index in labelled},
    )


def _boxes(
    centres: NDArray[np.float64],
    labels: dict[int, str],
    weights: dict[int, int],
    drawing: tuple[float, float],
) -> dict[int, Box]:
    sizes = [(0.0, 0.0)] * len(centres)
    for index, label in labels.items():
        lines = label.split("\n")
        width = max(text_width(line, SIZE, weights[index]) for line in lines) + SLACK
        sizes[index] = (width, (len(lines) * LINE + 0.2) * SIZE)
    frame = (1.0, 1.0, drawing[0] - 1, drawing[1] - 1)
    return placed_labels(centres, RADIUS, sizes, frame, list(labels))


def draw_point_labels(ax: Axes, layout: PointLayout, bold: Collection[int] = ()) -> None:
    """Write what stands beside the points."""
    for index, (left, bottom, right, top) in sorted(layout.boxes.items()):
        ax.annotate(
            layout.labels[index],
            (0, 0),
            ((left + right) / 2, (bottom + top) / 2),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="center",
            va="center",
            size=SIZE,
            weight=600 if index in bold else 400,
            linespacing=1.1,
            bbox={"fc": PAPER, "ec": "none", "pad": 0.2},  # grid lines stop at letters
            annotation_clip=False,
        )


def _columns(layout: PointLayout, width: float) -> int:
    """Columns of the key: three where they hold the longest name, else two, or one for few."""
    longest = max(text_width(name, SMALL_SIZE, 600) for name in layout.key.values())
    fitting = int(width // (longest + KEY_NUMBER + 10))
    return min(3, max(fitting, 1 if len(layout.key) <= SHORT_KEY else 2))


def key_height(layout: PointLayout, width: float) -> float:
    """Points that the key takes beneath the axis."""
    if not layout.key:
        return 0.0
    rows = -(-len(layout.key) // _columns(layout, width))
    return KEY_GAP + rows * SMALL_SIZE * KEY_LINE


def draw_key(
    ax: Axes, layout: PointLayout, width: float, left: float, below: float, bold: Collection[int]
) -> None:
    """Write the names to the numbers, down the columns."""
    if not layout.key:
        return
    columns = _columns(layout, width)
    rows = -(-len(layout.key) // columns)
    room = width / columns - KEY_NUMBER - 6
    for place, (index, name) in enumerate(layout.key.items()):
        column, row = divmod(place, rows)
        right = column * width / columns - left
        up = -below - KEY_GAP - row * SMALL_SIZE * KEY_LINE
        weight = 600 if index in bold else 400
        put_text(ax, str(place + 1), right, up, weight=weight)
        short = wrapped(name, room, SMALL_SIZE, weight, most_lines=1)
        put_text(ax, short, right + KEY_NUMBER, up, weight=weight)
