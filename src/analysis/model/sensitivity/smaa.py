"""What holds of a list when its inputs are drawn (SMAA-2; sections 6.3 and 6.4)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.errors import ModelError
from analysis.model.chance import wilson_interval
from analysis.model.choice.greedy import greedy
from analysis.model.choice.value import expected_utility
from analysis.model.correlation import Mechanism, Scenarios, scenarios
from analysis.model.sensitivity.influence import (
    ALL_WEIGHTS,
    CORRELATION,
    MATCH,
    flip_in_range,
    sobol_indices,
    sobol_sample,
    tornado,
)
from analysis.model.sensitivity.inputs import Inputs, Values

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


Chosen = NDArray[np.int64]


@dataclass(frozen=True)
class Case:
    """The list problem of one student."""

    program_id: tuple[str, ...]  # programs that may be chosen
    utility: Floats  # shape (programs,): The student's own; certain
    limit: int
    inputs: Inputs
    # From values of the inputs, each of shape (n,), to interview chances, (n, programs).
    chance: Callable[[Values], Floats]
    # must, never: Positions of programs that every list takes, or none.
    must: tuple[int, ...] = ()
    never: tuple[int, ...] = ()
    # What happens after the interviews; one factor behind all answers without.
    how: Mechanism | None = None

    def drawn(self, values: Values) -> Draws:
        """What lists rest on at given values of the inputs."""
        return Draws(self.chance(values), values[MATCH], values[CORRELATION], self.how)

    def lists(self, values: Values, progress: Callable[[int], object] = unheard) -> list[Chosen]:
        """The list at each of the values, in the order taken."""
        return resampled_lists(
            self.drawn(values), self.utility, self.limit, self.must, self.never, progress
        )

    def best_at_base(self) -> Chosen:
        """The list with every input at its base; empty if no program has a chance."""
        (chosen,) = self.lists(self.inputs.base())
        return chosen

    def base_list(self) -> Chosen:
        """The list with every input at its base."""
        chosen = self.best_at_base()
        if chosen.size == 0:
            raise ModelError("no program has a chance above 0: there is no list to vary")
        return chosen

    def match_chances(self, values: Values, chosen: Chosen) -> Floats:
        """Match chance of one list at each of the values."""
        # Only the chances of the list itself are asked for in the scenarios.
        return match_chances(self.drawn(values), chosen)


@dataclass(frozen=True)
class Resampled:
    """Lists made again under drawn inputs, held against a base list."""

    programs: pd.DataFrame
    places: pd.DataFrame
    draws: pd.DataFrame
    base: Chosen

    @property
    def least_kept(self) -> int:
        """How many programs of the base list stay in all but the worst twentieth of the draws."""
        return int(self.draws["kept"].sort_values().iloc[int(0.05 * len(self.draws))])

    def unstable(self, kept_share: float) -> tuple[str, ...]:
        """Programs of the base list that fewer draws than a share choose, the rarest first."""
        rare = self.programs["selection_acceptability"] < kept_share
        rows = self.programs[self.programs["in_base_list"] & rare]
        return tuple(rows.sort_values(["selection_acceptability", "program_id"])["program_id"])

    def often_chosen(self, most: int) -> pd.DataFrame:
        """Places of the programs that are chosen most often, for a heat map."""
        places = self.places.rename(columns={"program_id": "program"})
        weighed = places.assign(taken=places["place"] * places["acceptability"])
        sums = weighed.groupby("program")[["acceptability", "taken"]].sum().reset_index()
        sums = sums[sums["acceptability"] > 0]
        sums["early"] = sums["taken"] / sums["acceptability"]
        sums["often"] = -sums["acceptability"].round(9)
        order = sums.sort_values(["often", "early", "program"])["program"].head(most).tolist()
        rank = {program: at for at, program in enumerate(order)}
        kept = places[places["program"].isin(order)]
        return kept.sort_values(
            ["program", "place"],
            key=lambda column: column.map(rank) if column.name == "program" else column,
            ignore_index=True,
        )


def resampled(
    case: Case,
    values: Values,
    base: Chosen | None = None,
    progress: Callable[[int], object] = unheard,
) -> Resampled:
    """Make the list again for every draw, and count what stays.

    docs/methods.md, section 6.

    Parameters
    ----------
    case : Case
        The student's list problem.
    values : dict of str to ndarray of float, shape (draws,)
        From `Inputs.drawn`.
    base : ndarray of int, optional
        The list that was given to the student; `Case.base_list` by default.
    progress : callable, optional
        Is told how many draws are done.

    Returns
    -------
    Resampled
        Shares with their sampling error; of each draw, how many programs stay (``kept``, also as a
        share and beyond what chance alone keeps), what the list gives up (``regret``, in units of
        utility) and how far the order stays (``kendall_tau``).
    """
    held = case.base_list() if base is None else base
    lists = case.lists(values, progress)
    places = list_places(lists, len(case.program_id))
    names = np.asarray(case.program_id, dtype=object)
    programs, at = selection_acceptability(places, held), place_acceptability(places)
    for frame in (programs, at):
        frame.insert(0, "program_id", names[frame.pop("program").to_numpy()])
    overlap = overlap_at(np.where(places < len(names), 0, len(names)), held, held.size)
    kept = np.rint(overlap * held.size).astype(np.int64)
    open_to_choice = len(names) - len(set(case.never))
    draws = pd.DataFrame(
        {
            "kept": kept,
            "overlap": overlap,
            "beyond_chance": kept_beyond_chance(kept, held.size, open_to_choice),
            "regret": list_regret(case.drawn(values), case.utility, lists, held),
            "kendall_tau": kendall_tau(places, held),
        }
    )
    return Resampled(programs, at, draws, held)


def list_tornado(case: Case, base: Chosen | None = None) -> pd.DataFrame:
    """How far each input alone moves the match chance of the list, and how much of the list stays.

    Parameters
    ----------
    case : Case
        The student's list problem.
    base : ndarray of int, optional
        The list; `Case.base_list` by default.

    Returns
    -------
    DataFrame
        As `tornado`, the answers being match chances of the unchanged list, with kept_low and
        kept_high: programs of the base list that a list made at that end still holds.
    """
    held = case.base_list() if base is None else base
    ends = case.inputs.ranges()
    bars = tornado(
        lambda name, values: case.match_chances(case.inputs.with_one(name, values), held), ends
    )
    kept = [
        [
            np.isin(held, again).sum()
            for again in case.lists(case.inputs.with_one(name, [low, high]))
        ]
        for name, low, high in bars[["input", "low", "high"]].itertuples(index=False)
    ]
    bars[["kept_low", "kept_high"]] = np.asarray(kept, dtype=np.int64)
    return bars


def list_flips(case: Case, steps: int) -> pd.DataFrame:
    """For each input, the nearest value at which the list is another one."""
    rows = []
    base = frozenset(case.base_list().tolist())

    def sets(name: str) -> Callable[[Floats], list[Hashable]]:
        return lambda values: [
            frozenset(chosen.tolist()) for chosen in case.lists(case.inputs.with_one(name, values))
        ]

    for name, (low, middle, high) in case.inputs.ranges().items():
        flip = flip_in_range(sets(name), middle, low, high, steps)
        after = flip.outcome if isinstance(flip.outcome, frozenset) else base
        rows.append(
            {
                "input": name,
                "base": middle,
                "low": low,
                "high": high,
                "flip_value": flip.value,
                "share_of_range": flip.distance / (high - low) if high > low else float("nan"),
                "leaves": named(case.program_id, base - after),
                "enters": named(case.program_id, after - base),
            }
        )
    flips = pd.DataFrame(rows)
    return flips.sort_values(["share_of_range", "input"], ignore_index=True)


def named(program_id: Sequence[str], positions: frozenset[int]) -> tuple[str, ...]:
    """Ids at some positions, sorted."""
    return tuple(sorted(program_id[position] for position in positions))


def match_variance(case: Case, n: int, seed: int, base: Chosen | None = None) -> pd.DataFrame:
    """Which inputs the uncertainty of the match chance comes from: Sobol indices."""
    held = case.base_list() if base is None else base
    inputs = case.inputs
    sample = sobol_sample(inputs.columns({ALL_WEIGHTS: inputs.weight_names}), n, seed)
    shares = sobol_indices(lambda points: case.match_chances(inputs.at(points), held), sample, seed)
    return shares.sort_values(["total", "input"], ascending=[False, True], ignore_index=True)
