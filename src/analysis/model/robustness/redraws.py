"""A list made again for every draw of the inputs, and the match chance of one list over draws.

Draws of one correlation share their quadrature, so their programs are solved side by side: as
many programs as a block of draws holds, one call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import ModelError
from analysis.model.correlation import Scenarios, scenarios
from analysis.model.greedy import greedy

__all__ = ["Draws", "match_chances", "redrawn_lists", "unheard"]

Floats = NDArray[np.float64]
# Draws solved side by side: enough to hide the cost of a call, few enough for the cache (timed).
BLOCK = 16


class Draws(NamedTuple):
    """What a list rests on, once a draw.

    Attributes
    ----------
    chance : ndarray of float, shape (draws, programs)
        Interview chances.
    match_given_interview : ndarray of float, shape (draws,)
    rho : ndarray of float, shape (draws,)
        Correlation of the answers; one value a draw.
    """

    chance: Floats
    match_given_interview: Floats
    rho: Floats


def unheard(done: int) -> None:
    """Progress that nobody listens to."""


class Offers(NamedTuple):
    """Offer chances of a block of draws that share one correlation.

    Attributes
    ----------
    draws : ndarray of int, shape (b,)
        Which draws.
    chance : ndarray of float, shape (b, programs, states)
    weight : ndarray of float, shape (states,)
    """

    draws: NDArray[np.int64]
    chance: Floats
    weight: Floats


def offers(draws: Draws, programs: NDArray[np.int64]) -> Iterator[Offers]:
    """Offer chances of some programs in every draw, block by block, in no order of draws."""
    if draws.chance.ndim != 2 or not (
        len(draws.chance) == len(draws.rho) == len(draws.match_given_interview)
    ):
        raise ModelError("a draw needs a chance for every program, one rho and one match rate")
    for rho in np.unique(draws.rho):
        same = np.flatnonzero(draws.rho == rho)
        for start in range(0, same.size, BLOCK):
            block = same[start : start + BLOCK]
            chance = draws.chance[np.ix_(block, programs)]
            rate = np.repeat(draws.match_given_interview[block], programs.size)
            together = scenarios(chance.ravel(), rate, float(rho))
            offered = together.chance.reshape(block.size, programs.size, -1)
            yield Offers(block, offered, together.weight)


def redrawn_lists(
    draws: Draws,
    utility: ArrayLike,
    limit: int,
    must: ArrayLike = (),
    never: ArrayLike = (),
    progress: Callable[[int], object] = unheard,
) -> list[NDArray[np.int64]]:
    """The greedy list of every draw.

    docs/methods.md, section 6. Greedy without exchange: its gap is under a percent, and a list made
    10,000 times must not take minutes; compare with a base list made the same way.

    Parameters
    ----------
    draws : Draws
        As many as lists are wanted.
    utility : array_like of float, shape (programs,)
        The student's own, the same in every draw.
    limit : int
        Applications.
    must, never : array_like of int, optional
        Positions of programs that every list takes first, or none takes.
    progress : callable, optional
        Is told how many draws are done, from time to time.

    Returns
    -------
    list of ndarray of int
        One list a draw, in the order in which programs were taken.

    Raises
    ------
    ModelError
        If the draws do not fit each other.
    """
    worth = np.asarray(utility, dtype=np.float64)
    lists: dict[int, NDArray[np.int64]] = {}
    for block in offers(draws, np.arange(worth.size)):
        for draw, chance in zip(block.draws, block.chance, strict=True):
            drawn = Scenarios(chance, block.weight)
            lists[int(draw)] = greedy(drawn, worth, limit, must=must, never=never)
        progress(len(lists))
    return [lists[draw] for draw in range(len(lists))]


def match_chances(draws: Draws, chosen: ArrayLike) -> Floats:
    """Match chance of one list in every draw.

    Parameters
    ----------
    draws : Draws
        Any number.
    chosen : array_like of int
        Positions of the programs on the list.

    Returns
    -------
    ndarray of float, shape (draws,)
        In [0, 1].

    Raises
    ------
    ModelError
        If the draws do not fit each other.
    """
    programs = np.asarray(chosen, dtype=np.int64)
    answers = np.zeros(len(draws.chance))
    for block in offers(draws, programs):
        refused = np.prod(1 - block.chance, axis=1)
        # Not a matrix product: its last digit would depend on the draws beside a draw.
        answers[block.draws] = np.einsum("ds,s->d", 1 - refused, block.weight)
    return np.clip(answers, 0.0, 1.0)
