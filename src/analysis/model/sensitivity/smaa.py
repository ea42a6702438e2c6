"""Stochastic acceptability: how often a program or an order holds (SMAA-2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.errors import ModelError
from analysis.model.chance import wilson_interval
from analysis.model.choice.greedy import greedy
from analysis.model.choice.value import expected_utility
from analysis.model.correlation import Mechanism, Scenarios, scenarios

__all__ = [
    "Draws",
    "central_weights",
    "kendall_tau",
    "kept_beyond_chance",
    "list_places",
    "list_regret",
    "match_chances",
    "overlap_at",
    "pairwise_wins",
    "place_acceptability",
    "rank_acceptability",
    "ranks",
    "resampled_lists",
    "selection_acceptability",
    "unheard",
]

Floats = NDArray[np.float64]
# Draws solved side by side: enough to hide the cost of a call, few enough for the cache (timed).
BLOCK = 16


class Draws(NamedTuple):
    """What a list rests on, once a draw."""

    chance: Floats  # shape (draws, programs): Interview chances
    match_given_interview: Floats
    rho: Floats  # shape (draws,): Correlation of the answers; one value a draw
    # What happens after the interviews; one factor behind all answers without.
    how: Mechanism | None = None


def unheard(done: int) -> None:
    """Progress that nobody listens to."""


class Offers(NamedTuple):
    """Offer chances of a block of draws that share one correlation."""

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
            how = draws.how.at(float(rho)) if draws.how else float(rho)
            together = scenarios(chance.ravel(), rate, how, coarse=draws.how is not None)
            offered = together.chance.reshape(block.size, programs.size, -1)
            yield Offers(block, offered, together.weight)


def resampled_lists(
    draws: Draws,
    utility: ArrayLike,
    limit: int,
    must: ArrayLike = (),
    never: ArrayLike = (),
    progress: Callable[[int], object] = unheard,
) -> list[NDArray[np.int64]]:
    """The greedy list of every draw."""
    # docs/methods.md, section 6. Greedy without exchange: its gap is under a percent, and a list
    # made 10,000 times must not take minutes; compare with a base list made the same way.
    worth = np.asarray(utility, dtype=np.float64)
    lists: dict[int, NDArray[np.int64]] = {}
    for block in offers(draws, np.arange(worth.size)):
        for draw, chance in zip(block.draws, block.chance, strict=True):
            drawn = Scenarios(chance, block.weight)
            lists[int(draw)] = greedy(drawn, worth, limit, must=must, never=never)
        progress(len(lists))
    return [lists[draw] for draw in range(len(lists))]


def match_chances(draws: Draws, chosen: ArrayLike) -> Floats:
    """Match chance of one list in every draw."""
    programs = np.asarray(chosen, dtype=np.int64)
    answers = np.zeros(len(draws.chance))
    for block in offers(draws, programs):
        refused = np.prod(1 - block.chance, axis=1)
        # Not a matrix product: its last digit would depend on the draws beside a draw.
        answers[block.draws] = np.einsum("ds,s->d", 1 - refused, block.weight)
    return np.clip(answers, 0.0, 1.0)


def list_regret(
    draws: Draws, utility: ArrayLike, lists: Sequence[ArrayLike], base: ArrayLike
) -> Floats:
    """What a list gives up in every draw against the list that is made for that draw."""
    # ``V(best | draw) - V(base | draw)``, in units of utility: 1 is a certain match at a program
    # that the student wants most. The better of the two lists counts as the best, since greedy may
    # miss it by a little; so no regret is below 0.
    held = np.asarray(base, dtype=np.int64)
    among = np.unique(np.concatenate([held, *(np.asarray(chosen) for chosen in lists)]))
    among = among.astype(np.int64)
    worth = np.asarray(utility, dtype=np.float64)[among]
    regret = np.zeros(len(lists))
    kept = np.searchsorted(among, held)
    for block in offers(draws, among):
        for draw, chance in zip(block.draws, block.chance, strict=True):
            drawn = Scenarios(chance, block.weight)
            own = np.searchsorted(among, np.asarray(lists[int(draw)], dtype=np.int64))
            best = expected_utility(drawn, worth, own)
            regret[draw] = max(best - expected_utility(drawn, worth, kept), 0.0)
    return regret


Places = NDArray[np.int64]


def kept_beyond_chance(kept: ArrayLike, listed: int, programs: int) -> Floats:
    """Overlap corrected for what lists drawn by lot would share.

    Examples
    --------
    >>> kept_beyond_chance([10, 5, 2.5], 10, 40).tolist()
    [1.0, 0.3333333333333333, 0.0]
    """
    # ``(kept - k^2 / N) / (k - k^2 / N)`` for lists of k among N programs: 1 is the same list, 0 no
    # more than chance, below 0 less.
    chance = listed**2 / programs
    if listed >= programs:
        return np.full(np.shape(kept), np.nan)
    return np.asarray((np.asarray(kept, dtype=np.float64) - chance) / (listed - chance))


def list_places(lists: Sequence[ArrayLike], programs: int) -> Places:
    """Place of each program on each list, and one shared place for all that are not on it."""
    if not lists:
        raise ModelError("overlap needs at least one list that was made again")
    places = np.full((len(lists), programs), programs, dtype=np.int64)
    for row, chosen in zip(places, lists, strict=True):
        taken = np.asarray(chosen, dtype=np.int64)
        row[taken] = np.arange(taken.size)
    return places


def selection_acceptability(places: Places, base: ArrayLike) -> pd.DataFrame:
    """Share of the draws in which a program is on the list.

    Parameters
    ----------
    places : ndarray of int, shape (draws, programs)
        From `list_places`.
    base : array_like of int
        Positions of the programs on the base list.

    Returns
    -------
    DataFrame
        One row a program, in the order given: program, selection_acceptability, low, high
        (95% sampling error of the draws), in_base_list.
    """
    draws, programs = places.shape
    chosen = (places < programs).sum(axis=0)
    low, high = wilson_interval(chosen, draws, 0.95)
    return pd.DataFrame(
        {
            "program": np.arange(programs),
            "selection_acceptability": chosen / draws,
            "low": low,
            "high": high,
            "in_base_list": np.isin(np.arange(programs), np.asarray(base, dtype=np.int64)),
        }
    )


def place_acceptability(places: Places) -> pd.DataFrame:
    """Share of the draws in which a program is taken at each place of the list."""
    programs = places.shape[1]
    longest = int(np.max(np.where(places < programs, places + 1, 0)))
    shares = np.stack([(places == place).mean(axis=0) for place in range(longest)], axis=1)
    return pd.DataFrame(
        {
            "program": np.repeat(np.arange(programs), longest),
            "place": np.tile(np.arange(1, longest + 1), programs),
            "acceptability": shares.ravel(),
        }
    )


def overlap_at(places: Places, base: ArrayLike, size: int) -> Floats:
    """Share of the first programs of the base list that are among the first of another."""
    first = np.asarray(base, dtype=np.int64)[:size]
    if first.size == 0:
        raise ModelError("overlap with an empty list is not defined")
    return np.asarray((places[:, first] < first.size).mean(axis=1), dtype=np.float64)


def kendall_tau(places: Places, base: ArrayLike) -> Floats:
    """Kendall's tau-b between the order of the base list and that of each other list."""
    programs = places.shape[1]
    (reference,) = list_places([base], programs)
    upper = np.triu_indices(programs, 1)
    base_sign = np.sign(reference[upper[0]] - reference[upper[1]]).astype(np.int8)
    taus = np.full(len(places), np.nan)
    for draw, row in enumerate(places):
        sign = np.sign(row[upper[0]] - row[upper[1]]).astype(np.int8)
        told = np.sqrt(float(np.count_nonzero(base_sign)) * float(np.count_nonzero(sign)))
        if told:
            taus[draw] = float(np.sum(base_sign * sign, dtype=np.int64)) / told
    return taus


def ranks(values: ArrayLike) -> NDArray[np.int64]:
    """Place of each alternative in each draw, 0 being the best."""
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or 0 in table.shape or not np.all(np.isfinite(table)):
        raise ModelError("ranks need at least one draw of finite values for each alternative")
    order = np.argsort(-table, axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(table.shape[1])[None, :], axis=1)
    return places


def rank_acceptability(values: ArrayLike) -> Floats:
    """Share of the draws in which an alternative takes a place."""
    places = ranks(values)
    draws, alternatives = places.shape
    cells = np.arange(alternatives)[None, :] * alternatives + places
    counts = np.bincount(cells.ravel(), minlength=alternatives**2)
    return np.asarray(counts.reshape(alternatives, alternatives) / draws, dtype=np.float64)


def central_weights(values: ArrayLike, weights: ArrayLike) -> Floats:
    """Mean of the weights under which an alternative is the best: who would choose it."""
    drawn = np.asarray(weights, dtype=np.float64)
    best = ranks(values).argmin(axis=1)
    alternatives = np.asarray(values).shape[1]
    wins = np.bincount(best, minlength=alternatives)
    sums = np.stack(
        [np.bincount(best, weights=column, minlength=alternatives) for column in drawn.T], axis=1
    )
    means: Floats = np.full(sums.shape, np.nan, dtype=np.float64)
    np.divide(sums, wins[:, None], out=means, where=wins[:, None] > 0)
    return means


def pairwise_wins(values: ArrayLike) -> Floats:
    """Share of the draws in which one alternative beats another; a tie counts half."""
    table = np.asarray(values, dtype=np.float64)
    ranks(table[:1])
    wins = [
        (table[:, [j]] > table).mean(0) + (table[:, [j]] == table).mean(0) / 2
        for j in range(table.shape[1])
    ]
    return np.asarray(wins, dtype=np.float64)
