"""A list improved by exchanging one program at a time (docs/methods.md, section 5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.model.correlation import Scenarios
from analysis.model.greedy import TIE
from analysis.model.list_value import (
    checked_positions,
    checked_utility,
    expected_utility,
    program_order,
)

__all__ = ["gains_beside", "swap"]

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]


def gains_beside(scenarios: Scenarios, utility: ArrayLike, chosen: ArrayLike) -> Floats:
    """What each program would add to a list (section 5).

    Parameters
    ----------
    scenarios : Scenarios
        Offer chances.
    utility : array_like of float, shape (programs,)
        Worth of a match at each program.
    chosen : array_like of int
        The list, in any order.

    Returns
    -------
    ndarray of float, shape (programs,)
        Gains of expected utility; for a program on the list, what it would add a second time.

    Examples
    --------
    >>> gains_beside(Scenarios(np.array([[0.5], [0.2]]), np.ones(1)), [4, 10], [0]).tolist()
    [1.0, 1.6]
    """
    wanted = checked_utility(scenarios, utility)
    listed = checked_positions(chosen, wanted.size, "list")
    order = program_order(wanted)
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    return _gains(scenarios, wanted, place, np.sort(place[listed]), order)


def _gains(
    scenarios: Scenarios, wanted: Floats, place: Positions, taken: Positions, order: Positions
) -> Floats:
    # Every program between two on the list meets the same state of affairs: what is refused
    # before it, and what it would displace behind it.
    ranked = order[taken]
    offers = scenarios.chance[ranked]
    states = scenarios.weight.size
    refused = np.ones((ranked.size + 1, states))
    np.cumprod(1 - offers, axis=0, out=refused[1:])
    displaced = np.zeros((ranked.size + 1, states))
    shares = offers * refused[:-1] * wanted[ranked][:, None]
    displaced[:-1] = np.cumsum(shares[::-1], axis=0)[::-1]
    gap = np.searchsorted(taken, place)
    free = np.einsum("ps,ps->p", scenarios.chance, (refused * scenarios.weight)[gap])
    lost = np.einsum("ps,ps->p", scenarios.chance, (displaced * scenarios.weight)[gap])
    return np.asarray(wanted * free - lost)


def swap(
    scenarios: Scenarios,
    utility: ArrayLike,
    chosen: ArrayLike,
    *,
    must: ArrayLike = (),
    never: ArrayLike = (),
) -> Positions:
    """Improve a list by exchanging one program at a time, until no exchange helps (section 5).

    Parameters
    ----------
    scenarios : Scenarios
        Offer chances.
    utility : array_like of float, shape (programs,)
        Worth of a match at each program.
    chosen : array_like of int
        The list to start from, such as that of `greedy`.
    must, never : array_like of int, optional
        Programs that are not given up, or not taken in.

    Returns
    -------
    ndarray of int
        A list of the same length, never worth less; an exchanged program stands where the one it
        replaces stood.

    Raises
    ------
    ModelError
        If positions or utilities do not fit the programs.
    """
    wanted = checked_utility(scenarios, utility)
    picked = checked_positions(chosen, wanted.size, "list").copy()
    kept = checked_positions(must, wanted.size, "must")
    barred = checked_positions(never, wanted.size, "never")
    order = program_order(wanted)
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    free = np.flatnonzero(~np.isin(picked, kept))
    value = expected_utility(scenarios, wanted, picked)
    unimproved = 0
    while unimproved < free.size:
        for at in free:
            others = np.delete(picked, at)
            gain = _gains(scenarios, wanted, place, np.sort(place[others]), order)
            gain[picked] = gain[barred] = -np.inf
            incoming = int(order[np.argmax(gain[order])])
            trial = picked.copy()
            trial[at] = incoming
            unimproved += 1
            if np.isfinite(gain[incoming]):
                worth = expected_utility(scenarios, wanted, trial)
                if worth > value * (1 + TIE):
                    picked, value, unimproved = trial, worth, 0
            if unimproved >= free.size:
                break
    return picked
