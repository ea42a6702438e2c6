"""What would have to be true for the advice to change: the value at which a result flips."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import ModelError
from analysis.model.robustness.weights import checked_base

__all__ = ["Flip", "flip_in_range", "order_flip", "pairwise_flip"]

Floats = NDArray[np.float64]
# Bisections after a flip was bracketed: the bracket shrinks by 2**24, below what is printed.
BISECTIONS = 24


class Flip(NamedTuple):
    """The smallest change of one input that alters a result.

    Attributes
    ----------
    value : float
        The nearest value at which the result differs; NaN = it does not flip in the range.
    distance : float
        Distance of that value from the base; NaN likewise.
    outcome : object
        The result there; the base's own when nothing flips.
    """

    value: float
    distance: float
    outcome: Hashable


def pairwise_flip(better: ArrayLike, worse: ArrayLike, weights: ArrayLike, component: int) -> float:
    """Share of one weight at which two additive scores are equal, the others rescaled.

    With ``d = better - worse``, ``R = sum_{k != j} w_k d_k / (1 - w_j)`` the difference is
    ``t d_j + (1 - t) R`` at share t, so ``t* = R / (R - d_j)``. docs/methods.md, section 6.

    Parameters
    ----------
    better, worse : array_like of float, shape (k,)
        Component values of the two alternatives.
    weights : array_like of float, shape (k,)
        Base weights.
    component : int
        Which weight moves; its base share must be below 1.

    Returns
    -------
    float
        In [0, 1], or NaN if no share makes them equal.

    Raises
    ------
    ModelError
        If the weight that moves holds everything.

    Examples
    --------
    >>> round(pairwise_flip([1, 0], [0, 1], [0.7, 0.3], 0), 12)
    0.5
    """
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
    """Nearest share of one weight at which the order of additive scores changes.

    Parameters
    ----------
    values : array_like of float, shape (m, k)
        Component values of each alternative.
    weights : array_like of float, shape (k,)
        Base weights.
    component : int
        Which weight moves, the others being rescaled.

    Returns
    -------
    Flip
        `value` is the share at which two alternatives tie, beyond which they have changed places;
        `outcome` is the pair of their positions, the one that falls first. No pair: an empty
        tuple. Alternatives that tie at the base are no pair.

    Examples
    --------
    >>> order_flip([[1, 0], [0, 1], [0.2, 0.2]], [0.7, 0.3], 0).outcome
    (1, 2)
    """
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
    """Nearest value of one input at which a result differs from its base, by search.

    Goes outwards from the base on both sides in equal steps, then bisects the first step that
    holds a change. A change that comes and goes within one step is not seen: more steps see more.

    Parameters
    ----------
    result : callable
        Takes values of the input, shape (v,), gives a list of v results that can be compared.
    base, low, high : float
        low <= base <= high.
    steps : int
        Steps from the base to the farther end, at least 1.

    Returns
    -------
    Flip
        `value` is NaN if nothing changes between low and high.

    Raises
    ------
    ModelError
        If the base lies outside the range or there are no steps.

    Examples
    --------
    >>> flip = flip_in_range(lambda x: list(x > 0.5), base=0.2, low=0.0, high=1.0, steps=8)
    >>> round(flip.value, 6)
    0.5
    """
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
