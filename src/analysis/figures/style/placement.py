"""Where labels stand beside points, so that no label meets a point or another label."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Box", "placed_labels", "stacked"]

Box = tuple[float, float, float, float]  # left, bottom, right, top

DISTANCES = (
    3.0,
    5.0,
    8.0,
    12.0,
)  # between mark and label; farther off it is no longer clear whose it is
DIRECTIONS = (
    (1, 0), (-1, 0), (0, 1), (0, -1), (0.7, 0.7), (0.7, -0.7), (-0.7, 0.7), (-0.7, -0.7),
    (0.92, 0.38), (0.92, -0.38), (-0.92, 0.38), (-0.92, -0.38),
)  # fmt: skip
ROUNDING = 1e-9
CLEARANCE = 1.0  # points between any two things


def stacked(points: ArrayLike, near: float, step: float, most: float) -> NDArray[np.float64]:
    """Points set side by side where they would hide one another."""
    placed = np.asarray(points, dtype=np.float64).reshape(-1, 2).copy()
    rings = np.arange(step, most + step / 2, step / 2)
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    around = np.array([(r * np.cos(a), r * np.sin(a)) for r in rings for a in angles])
    for index in range(1, len(placed)):
        if _distances(placed[index], placed[:index]).min() >= near:
            continue
        tries = placed[index] + around
        gaps = np.linalg.norm(tries[:, None] - placed[None, :index], axis=2).min(axis=1)
        free = np.flatnonzero(gaps >= step - ROUNDING)
        placed[index] = tries[free[0] if len(free) else int(gaps.argmax())]
    return placed


def _distances(point: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.linalg.norm(others - point, axis=1)


def placed_labels(
    points: ArrayLike,
    radius: float,
    sizes: Sequence[tuple[float, float]],
    frame: Box,
    labelled: Sequence[int],
    obstacles: Sequence[Box] = (),
) -> dict[int, Box]:
    """Boxes of labels that meet neither a point, an obstacle nor one another."""
    centres = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    reach = radius + CLEARANCE
    marks = np.column_stack([centres - reach, centres + reach])
    taken = np.vstack([marks, np.asarray(obstacles, dtype=np.float64).reshape(-1, 4)])
    tries = {
        index: _free(_tries(centres[index], radius, sizes[index]), frame, taken)
        for index in labelled
    }
    placed: dict[int, Box] = {}
    waiting = list(labelled)
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


def _tries(
    centre: NDArray[np.float64], radius: float, size: tuple[float, float]
) -> NDArray[np.float64]:
    """Boxes around a point, the nearest and most usual first."""
    width, height = size
    boxes = []
    for distance in DISTANCES:
        for right, up in DIRECTIONS:
            x = centre[0] + right * (radius + distance)
            y = centre[1] + up * (radius + distance)
            left = x if right > 0 else x - width if right < 0 else x - width / 2
            bottom = y if up > 0.5 else y - height if up < -0.5 else y - height / 2
            boxes.append((left, bottom, left + width, bottom + height))
    return np.array(boxes)


def _free(
    boxes: NDArray[np.float64], frame: Box, taken: NDArray[np.float64]
) -> NDArray[np.float64]:
    inside = (
        (boxes[:, 0] >= frame[0])
        & (boxes[:, 1] >= frame[1])
        & (boxes[:, 2] <= frame[2])
        & (boxes[:, 3] <= frame[3])
    )
    kept = boxes[inside]
    return kept[~_meets(kept, taken)]


def _meets(boxes: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which boxes intersect at least one of the others."""
    apart = (
        (boxes[:, None, 0] >= others[None, :, 2])
        | (boxes[:, None, 2] <= others[None, :, 0])
        | (boxes[:, None, 1] >= others[None, :, 3])
        | (boxes[:, None, 3] <= others[None, :, 1])
    )
    return np.asarray((~apart).any(axis=1))
