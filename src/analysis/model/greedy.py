"""The list built one program at a time (docs/methods.md, section 5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import ModelError
from analysis.model.correlation import Scenarios
from analysis.model.list_value import (
    checked_positions,
    checked_utility,
    program_order,
)

__all__ = ["LEAST_GAIN", "TIE", "MarginalGains", "greedy", "interchangeable"]

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]
# A program that adds less than this is not listed: it would be money for nothing.
LEAST_GAIN = 1e-9
# Gains closer than this, relatively, are a tie; and an exchange must bring more.
TIE = 1e-12


class MarginalGains:
    """What each program would add to the list so far.

    Programs are held in order of preference. ``worth[j, s]`` is what an offer from j would add in
    state s: its utility where everything better has refused, less what it would displace.

    Parameters
    ----------
    scenarios : Scenarios
        Offer chances.
    utility : array_like of float, shape (programs,)
        Worth of a match at each.
    """

    def __init__(self, scenarios: Scenarios, utility: ArrayLike) -> None:
        wanted = checked_utility(scenarios, utility)
        self.order = program_order(wanted)
        self.place = np.empty_like(self.order)
        self.place[self.order] = np.arange(self.order.size)
        self.offers = np.ascontiguousarray(scenarios.chance[self.order])
        self.weighed = self.offers * scenarios.weight
        self.worth = np.repeat(wanted[self.order][:, None], scenarios.weight.size, axis=1)

    def take(self, place: int) -> None:
        """Put the program at a place of the order on the list.

        Parameters
        ----------
        place : int
            Place in the order of preference.
        """
        offer = self.offers[place]
        self.worth[:place] -= offer * self.worth[place]
        self.worth[place:] *= 1 - offer

    def close(self, place: int) -> None:
        """Bar the program at a place of the order: from now on it adds nothing.

        Parameters
        ----------
        place : int
            Place in the order of preference.
        """
        self.weighed[place] = 0

    def all(self) -> Floats:
        """Gains by place in the order, shape (programs,)."""
        return np.asarray(np.einsum("ps,ps->p", self.weighed, self.worth))


def greedy(
    scenarios: Scenarios,
    utility: ArrayLike,
    limit: int,
    *,
    must: ArrayLike = (),
    never: ArrayLike = (),
) -> Positions:
    """List that takes the program that adds most, again and again (section 5).

    Stops at the limit, or when nothing adds anything: a program without a chance is never listed
    unless it must be. Optimal where answers are independent; within .85 % else, and lists of
    different lengths are nested.

    Parameters
    ----------
    scenarios : Scenarios
        Offer chances.
    utility : array_like of float, shape (programs,)
        Worth of a match at each program.
    limit : int
        Most programs on the list, >= 0.
    must, never : array_like of int, optional
        Positions of programs that are taken first, or not at all.

    Returns
    -------
    ndarray of int
        Positions in the order picked, the musts first.

    Raises
    ------
    ModelError
        If a program is both must and never, or there are more musts than the limit.

    Examples
    --------
    >>> market = Scenarios(np.array([[0.2], [0.5], [0.1], [0.6], [0.1]]), np.ones(1))
    >>> greedy(market, [1, 4, 9, 1, 8], 5).tolist()
    [1, 2, 4, 3, 0]
    """
    gains = MarginalGains(scenarios, utility)
    programs = gains.order.size
    first = checked_positions(must, programs, "must")
    barred = checked_positions(never, programs, "never")
    if np.intersect1d(first, barred).size:
        message = "a program is on both the must and the never list"
        raise ModelError(message)
    if first.size > limit:
        message = f"{first.size} programs must be listed, and the limit is {limit}"
        raise ModelError(message)
    for position in barred:
        gains.close(int(gains.place[position]))
    picked: list[int] = []
    for position in first:
        place = int(gains.place[position])
        gains.take(place)
        gains.close(place)
        picked.append(int(position))
    while len(picked) < min(limit, programs):
        gain = gains.all()
        best = gain.max()
        if best < LEAST_GAIN:
            break
        place = int((gain >= best * (1 - TIE)).argmax())
        gains.take(place)
        gains.close(place)
        picked.append(int(gains.order[place]))
    return np.asarray(picked, dtype=np.int64)


def interchangeable(
    scenarios: Scenarios, utility: ArrayLike, chosen: ArrayLike
) -> dict[int, tuple[int, ...]]:
    """Programs left out that would do exactly as well as one on the list.

    Parameters
    ----------
    scenarios : Scenarios
        Offer chances.
    utility : array_like of float, shape (programs,)
        Worth of a match at each program.
    chosen : array_like of int
        Positions of the programs on the list.

    Returns
    -------
    dict of int to tuple of int
        By position on the list, those left out with the same utility and the same chance in every
        state; only where there are any.

    Examples
    --------
    >>> market = Scenarios(np.array([[0.2], [0.2], [0.3]]), np.ones(1))
    >>> interchangeable(market, [1, 1, 1], [0, 2])
    {0: (1,)}
    """
    wanted = checked_utility(scenarios, utility)
    listed = checked_positions(chosen, wanted.size, "list")
    out = np.setdiff1d(np.arange(wanted.size), listed)
    found: dict[int, tuple[int, ...]] = {}
    for position in listed:
        same = out[wanted[out] == wanted[position]]
        same = same[(scenarios.chance[same] == scenarios.chance[position]).all(axis=1)]
        if same.size:
            found[int(position)] = tuple(int(other) for other in same)
    return found
