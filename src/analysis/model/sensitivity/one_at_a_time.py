"""One input at a time: tornado swings and flip values."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.errors import ModelError
from analysis.model.sensitivity.weights import checked_base

__all__ = ["Flip", "flip_in_range", "order_flip", "pairwise_flip", "tornado"]

Floats = NDArray[np.float64]


def tornado(
    answer: Callable[[str, Floats], Floats],
    ends: Mapping[str, tuple[float, float, float]],
) -> pd.DataFrame:
    """How far an answer moves when one input goes through its range alone.

    docs/methods.md, section 6. Ends are usually the 5 % and 95 % points of an input; a weight that
    moves rescales the others, which is the business of `answer`.

    Parameters
    ----------
    answer : callable
        Takes the name of an input and its values, shape (v,), all other inputs at their base;
        gives answers, shape (v,).
    ends : mapping of str to (low, base, high)
        Range of each input, low <= base <= high.

    Returns
    -------
    DataFrame
        One row an input, the widest swing first, ties by name: input, low, base, high,
        answer_low, answer_base, answer_high, swing. `answer_low` belongs to the low end of the
        input and may be the higher of the two; swing is the distance between them.

    Raises
    ------
    ModelError
        If a base lies outside its range or an answer is not finite.

    Examples
    --------
    >>> tornado(lambda name, x: 2 * x, {"a": (0, 1, 3)})[["answer_low", "swing"]].values.tolist()
    [[0.0, 6.0]]
    """
    rows = []
    for name, (low, base, high) in ends.items():
        if not low <= base <= high:
            raise ModelError(f"{name}: the base {base:g} lies outside its range {low:g}-{high:g}")
        answers = answer(name, np.array([low, base, high], dtype=np.float64))
        if not np.all(np.isfinite(answers)):
            raise ModelError(f"{name}: the answer at an end of its range is not a number")
        rows.append(
            {
                "input": name,
                "low": float(low),
                "base": float(base),
                "high": float(high),
                "answer_low": float(answers[0]),
                "answer_base": float(answers[1]),
                "answer_high": float(answers[2]),
                "swing": float(abs(answers[2] - answers[0])),
            }
        )
    inputs = pd.DataFrame(rows)
    return inputs.sort_values(["swing", "input"], ascending=[False, True], ignore_index=True)


# Bisections after a flip was bracketed: the bracket shrinks by 2**24, below what is printed.
BISECTIONS = 24


class Flip(NamedTuple):
    """The smallest change of one input that alters a result."""

    value: float
    distance: float
    outcome: Hashable


def pairwise_flip(better: ArrayLike, worse: ArrayLike, weights: ArrayLike, component: int) -> float:
    """Share of one weight at which two additive scores are equal, the others rescaled."""
    shares = checked_base(weights)
    if shares[component] >= 1:
        raise ModelError("a weight that holds everything leaves no others to rescale")
    gap = np.asarray(better, dtype=np.float64) - np.asarray(worse, dtype=np.float64)
    others = (shares @ gap - shares[component] * gap[component]) / (1 - shares[component])
    if others == gap[component]:
        return float("nan")
    share = float(others / (others - gap[component]))
    return share if 0 <= share <= 1 else float("nan")


def order_flip(values: ArrayLike, weights: ArrayLike, component: int) -> Flip:
    """Nearest share of one weight at which the order of additive scores changes."""
    table = np.asarray(values, dtype=np.float64)
    shares = checked_base(weights)
    scores = table @ shares
    nearest = Flip(float("nan"), float("nan"), ())
    for first in range(len(table)):
        for second in range(len(table)):
            if not scores[first] > scores[second]:
                continue
            share = pairwise_flip(table[first], table[second], shares, component)
            distance = abs(share - float(shares[component]))
            if distance < nearest.distance or (np.isnan(nearest.value) and np.isfinite(share)):
                nearest = Flip(share, distance, (first, second))
    return nearest


def flip_in_range(
    result: Callable[[Floats], list[Hashable]],
    base: float,
    low: float,
    high: float,
    steps: int,
) -> Flip:
    """Nearest value of one input at which a result differs from its base, by search."""
    if not low <= base <= high or steps < 1:
        raise ModelError(f"the base {base:g} must lie in {low:g}-{high:g}, and steps be at least 1")
    (unchanged,) = result(np.array([base], dtype=np.float64))
    step = max(base - low, high - base) / steps
    found = []
    for end in (low, high):
        # Whole steps and the end itself, so that both ends are looked at.
        path = base + np.sign(end - base) * step * np.arange(1, steps + 1)
        inside = path[(path - end) * np.sign(end - base) < 0]
        path = np.append(inside, end) if end != base else np.empty(0)
        changed = [outcome != unchanged for outcome in result(path)] if path.size else []
        if any(changed):
            place = changed.index(True)
            kept = path[place - 1] if place else base
            found.append(bisected(result, unchanged, float(kept), float(path[place]), base))
    if not found:
        return Flip(float("nan"), float("nan"), unchanged)
    return min(found, key=lambda flip: flip.distance)


def bisected(
    result: Callable[[Floats], list[Hashable]],
    unchanged: Hashable,
    kept: float,
    changed: float,
    base: float,
) -> Flip:
    """The flip between a value that keeps the result and one that changes it."""
    for _ in range(BISECTIONS):
        middle = (kept + changed) / 2
        if middle in (kept, changed):
            break
        if result(np.array([middle]))[0] == unchanged:
            kept = middle
        else:
            changed = middle
    return Flip(changed, abs(changed - base), result(np.array([changed]))[0])
