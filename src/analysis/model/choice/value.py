"""The value of a list under correlated decisions (section 5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import Floats
from analysis.errors import ModelError
from analysis.model.correlation import Scenarios

Positions = NDArray[np.int64]


def program_order(utility: ArrayLike) -> Positions:
    """Positions of the programs from the most to the least wanted."""
    return np.argsort(-np.asarray(utility, dtype=np.float64), kind="stable").astype(np.int64)


def checked_utility(scenarios: Scenarios, utility: ArrayLike) -> Floats:
    """Utilities as floats, one a program, none negative."""
    worth = np.asarray(utility, dtype=np.float64)
    if worth.shape != scenarios.chance.shape[:1]:
        message = f"{worth.size} utilities for {scenarios.chance.shape[0]} programs"
        raise ModelError(message)
    if not (np.isfinite(worth).all() and (worth >= 0).all()):
        message = "a utility is negative or not known"
        raise ModelError(message)
    return worth


def checked_positions(positions: ArrayLike, programs: int, name: str) -> Positions:
    """Positions of programs as integers, each once."""
    given = np.asarray(positions)
    found = given.astype(np.int64)
    if found.ndim != 1 or not np.array_equal(found, given):
        message = f"{name}: expected positions of programs"
        raise ModelError(message)
    if found.size and (found.min() < 0 or found.max() >= programs):
        message = f"{name}: a position outside 0 to {programs - 1}"
        raise ModelError(message)
    if len(set(found.tolist())) < found.size:
        message = f"{name}: a program is named twice"
        raise ModelError(message)
    return found


def match_shares(scenarios: Scenarios, utility: ArrayLike, chosen: ArrayLike) -> Floats:
    """Chance that the applicant ends at each program of a list (section 5)."""
    worth = checked_utility(scenarios, utility)
    listed = checked_positions(chosen, worth.size, "list")
    # Equally wanted programs are ranked as they stand among all, whatever the order of the list.
    rank = np.lexsort((listed, -worth[listed]))
    offers = scenarios.chance[listed[rank]]
    refused = np.cumprod(1 - offers, axis=0)
    reached = np.ones_like(refused)
    reached[1:] = refused[:-1]
    shares = np.empty(listed.size)
    shares[rank] = (offers * reached) @ scenarios.weight
    return shares


def expected_utility(scenarios: Scenarios, utility: ArrayLike, chosen: ArrayLike) -> float:
    """Expected worth of a list: where it ends, times what that is worth (section 5)."""
    worth = np.asarray(utility, dtype=np.float64)
    shares = match_shares(scenarios, worth, chosen)
    return float(shares @ worth[np.asarray(chosen, dtype=np.int64)])


def match_chance(scenarios: Scenarios, chosen: ArrayLike) -> float:
    """Chance that at least one program on a list takes the applicant (section 5).

    Parameters
    ----------
    scenarios : Scenarios
        Offer chances.
    chosen : array_like of int
        Positions of the programs on the list.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ModelError
        If a position is out of range or given twice.

    Examples
    --------
    >>> match_chance(Scenarios(np.array([[0.5], [0.5]]), np.ones(1)), [0, 1])
    0.75
    """
    listed = checked_positions(chosen, scenarios.chance.shape[0], "list")
    refused = np.prod(1 - scenarios.chance[listed], axis=0)
    return float(np.clip((1 - refused) @ scenarios.weight, 0.0, 1.0))
