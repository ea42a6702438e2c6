"""Points on two axes and their names: beside them where there is room, else numbers and a key."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import Floats
from analysis.figures.style.look import PAPER, SIZE, SMALL_SIZE
from analysis.figures.style.page import LINE, put_text, text_width, wrapped, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Box = tuple[float, float, float, float]  # left, bottom, right, top

# Between mark and label; farther off it is no longer clear whose it is.
DISTANCES = (3.0, 5.0, 8.0, 12.0)
DIRECTIONS = (
    (1, 0), (-1, 0), (0, 1), (0, -1), (0.7, 0.7), (0.7, -0.7), (-0.7, 0.7), (-0.7, -0.7),
    (0.92, 0.38), (0.92, -0.38), (-0.92, 0.38), (-0.92, -0.38),
)  # fmt: skip
ROUNDING = 1e-9
CLEARANCE = 1.0  # points between any two things


def stacked(points: ArrayLike, near: float, step: float, most: float) -> Floats:
    """Points set side by side where they would hide one another."""
    placed = np.asarray(points, dtype=np.float64).reshape(-1, 2).copy()
    rings = np.arange(step, most + step / 2, step / 2)
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    around = np.array([(r * np.cos(a), r * np.sin(a)) for r in rings for a in angles])
    for index in range(1, len(placed)):
        if np.linalg.norm(placed[:index] - placed[index], axis=1).min() >= near:
            continue
        tries = placed[index] + around
        gaps = np.linalg.norm(tries[:, None] - placed[None, :index], axis=2).min(axis=1)
        free = np.flatnonzero(gaps >= step - ROUNDING)
        placed[index] = tries[free[0] if len(free) else int(gaps.argmax())]
    return placed


def placed_labels(
    points: ArrayLike,
    radius: float,
    sizes: Sequence[tuple[float, float]],
    frame: Box,
    labeled: Sequence[int],
    obstacles: Sequence[Box] = (),
) -> dict[int, Box]:
    """Boxes of labels that meet neither a point, an obstacle nor one another."""
    centers = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    reach = radius + CLEARANCE
    marks = np.column_stack([centers - reach, centers + reach])
    taken = np.vstack([marks, np.asarray(obstacles, dtype=np.float64).reshape(-1, 4)])
    tries = {
        index: _free(_tries(centers[index], radius, sizes[index]), frame, taken)
        for index in labeled
    }
    placed: dict[int, Box] = {}
    waiting = list(labeled)
    while waiting:
        index = min(waiting, key=lambda i: len(tries[i]))
        waiting.remove(index)
        if not len(tries[index]):
            continue
        box = tries[index][0]
        placed[index] = (float(box[0]), float(box[1]), float(box[2]), float(box[3]))
        around = np.array([[*(box[:2] - CLEARANCE), *(box[2:] + CLEARANCE)]])
        for other in waiting:
            tries[other] = tries[other][~_meets(tries[other], around)]
    return placed


def _tries(center: Floats, radius: float, size: tuple[float, float]) -> Floats:
    """Boxes around a point, the nearest and most usual first."""
    width, height = size
    boxes = []
    for distance in DISTANCES:
        for right, up in DIRECTIONS:
            x = center[0] + right * (radius + distance)
            y = center[1] + up * (radius + distance)
            left = x if right > 0 else x - width if right < 0 else x - width / 2
            bottom = y if up > 0.5 else y - height if up < -0.5 else y - height / 2
            boxes.append((left, bottom, left + width, bottom + height))
    return np.array(boxes)


def _free(boxes: Floats, frame: Box, taken: Floats) -> Floats:
    inside = (boxes[:, :2] >= frame[:2]).all(axis=1) & (boxes[:, 2:] <= frame[2:]).all(axis=1)
    kept = boxes[inside]
    return kept[~_meets(kept, taken)]


def _meets(boxes: Floats, others: Floats) -> NDArray[np.bool_]:
    """Which boxes intersect at least one of the others."""
    over = (boxes[:, None, :2] < others[:, 2:]) & (boxes[:, None, 2:] > others[:, :2])
    return np.any(np.all(over, axis=2), axis=1)


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

    centers: Floats
    labels: dict[int, str]
    boxes: dict[int, Box]
    key: dict[int, str]


def point_layout(
    names: Sequence[str],
    places: ArrayLike,
    drawing: tuple[float, float],
    labeled: Sequence[int],
    bold: Collection[int] = (),
) -> PointLayout:
    """Find a place for every point and a label for those that are to be named."""
    centers = stacked(places, near=RADIUS, step=2 * RADIUS + 0.5, most=8 * RADIUS)
    weights = {index: 600 if index in bold else 400 for index in labeled}
    if len(labeled) <= MOST_BESIDE:
        beside = {
            index: wrapped(names[index], WIDEST_LABEL, SIZE, weights[index], MOST_LINES)
            for index in labeled
        }
        boxes = _boxes(centers, beside, weights, drawing)
        if len(boxes) == len(labeled):
            return PointLayout(centers, beside, boxes, {})
    numbers = {index: str(number) for number, index in enumerate(labeled, start=1)}
    boxes = _boxes(centers, numbers, weights, drawing)
    written = {index: numbers[index] for index in boxes}
    return PointLayout(centers, written, boxes, {index: names[index] for index in labeled})


def _boxes(
    centers: Floats,
    labels: dict[int, str],
    weights: dict[int, int],
    drawing: tuple[float, float],
) -> dict[int, Box]:
    sizes = [(0.0, 0.0)] * len(centers)
    for index, label in labels.items():
        lines = label.split("\n")
        width = max(text_width(line, SIZE, weights[index]) for line in lines) + SLACK
        sizes[index] = (width, (len(lines) * LINE + 0.2) * SIZE)
    frame = (1.0, 1.0, drawing[0] - 1, drawing[1] - 1)
    return placed_labels(centers, RADIUS, sizes, frame, list(labels))


def draw_point_labels(ax: Axes, layout: PointLayout, bold: Collection[int] = ()) -> None:
    """Write what stands beside the points."""
    for index, (left, bottom, right, top) in sorted(layout.boxes.items()):
        middle = ((left + right) / 2, (bottom + top) / 2)
        write(
            ax, layout.labels[index], (0, 0), middle, "center", "center",
            xycoords="axes fraction", size=SIZE, weight=600 if index in bold else 400,
            linespacing=1.1, bbox={"fc": PAPER, "ec": "none", "pad": 0.2},  # grid stops at letters
        )  # fmt: skip


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
