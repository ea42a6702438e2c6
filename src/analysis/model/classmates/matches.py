"""How many of a class match: expected, and how far off it may be (docs/methods-class.md)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.model.classmates.seasons import Season

__all__ = ["STEPS", "matches_by_step", "matches_if_independent"]

Floats = NDArray[np.float64]
STEPS = ("independent", "one_season", "shared_places", "assumptions")


def matches_if_independent(match_chance: Iterable[float]) -> Floats:
    """Chances of 0, 1, 2, ... matches if every student's match were a coin of its own.

    Parameters
    ----------
    match_chance : iterable of float
        One a student, 0-1.

    Returns
    -------
    ndarray of float, shape (students + 1,)
        With sum 1.

    Examples
    --------
    >>> matches_if_independent([0.5, 0.5]).tolist()
    [0.25, 0.5, 0.25]
    """
    number = np.ones(1)
    for chance in match_chance:
        number = np.convolve(number, [1 - chance, chance])
    return number


def matches_by_step(
    match_chance: ArrayLike, base: Season, varied: Season, tails: tuple[float, float]
) -> pd.DataFrame:
    """Number of matches and its interval, as one thing after the other is taken into account.

    Parameters
    ----------
    match_chance : array_like of float, shape (students,)
        Of each list alone.
    base : Season
        As assumed.
    varied : Season
        With the assumptions varied together.
    tails : tuple of float
        Ends of the interval, as shares.

    Returns
    -------
    DataFrame
        A row for each of `STEPS`: step, expected, low, high (numbers of students). ``independent``
        adds up coins; ``one_season`` lets answers to classmates come together; in
        ``shared_places`` they compete; in ``assumptions`` those vary as well, and the expected
        number is the average over the draws. An interval holds at least the share asked for.
    """
    alone = np.asarray(match_chance, dtype=np.float64)
    coins = np.cumsum(matches_if_independent(alone))
    ends = [int(np.searchsorted(coins, tail - 1e-12)) for tail in tails]
    rows = [("independent", alone.sum(), *ends)]
    steps = (
        ("one_season", base.alone, alone.sum()),
        ("shared_places", base.placed, alone.sum() - base.lost.sum()),
        ("assumptions", varied.placed, varied.placed.sum(axis=1).mean()),
    )
    for step, matched, expected in steps:
        low, high = np.quantile(matched.sum(axis=1), tails, method="inverted_cdf")
        rows.append((step, expected, int(low), int(high)))
    frame = pd.DataFrame(rows, columns=["step", "expected", "low", "high"])
    return frame.astype({"expected": float, "low": float, "high": float})
