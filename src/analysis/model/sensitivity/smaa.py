"""What holds of a list when its inputs are drawn (SMAA-2; sections 6.3 and 6.4)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from analysis.arrays import Floats
from analysis.errors import ModelError
from analysis.model.chance import wilson_interval
from analysis.model.choice.constraints import OPTIONS, Constraints
from analysis.model.choice.exact import GAP, LEAST_VALUE
from analysis.model.choice.greedy import LEAST_GAIN
from analysis.model.choice.many import (
    ManyLists,
    ManyOffers,
    ManyRules,
    list_values,
    many_lists,
    near_programs,
)
from analysis.model.choice.value import program_order
from analysis.model.correlation import Mechanism, states_apart
from analysis.model.match_stage import HIGHEST_RATE, LOWEST_RATE
from analysis.model.profile import ExpectedScore
from analysis.model.sensitivity.influence import (
    ALL_WEIGHTS,
    CORRELATION,
    MATCH,
    flip_among,
    flip_in_range,
    sobol_indices,
    sobol_sample,
    tornado,
)
from analysis.model.sensitivity.inputs import Inputs, Values

Chosen = NDArray[np.int64]
# Draws solved side by side: enough to hide the cost of a call, few enough for the cache (timed).
BLOCK = 32
MOST_SLACK = 1e-3  # share of a list's value that few states may be wrong by, at most


def unheard(done: int) -> None:
    """Progress that nobody listens to."""


@dataclass(frozen=True)
class Floor:
    """The least chance of a program on a list, as `with_least_chance` has it."""

    least: float
    spared: NDArray[np.bool_]  # shape (programs,): of which no least chance is asked


@dataclass(frozen=True)
class Lists:
    """Lists made again, one a draw."""

    chosen: list[Chosen]  # positions in the order taken
    option: list[Chosen]  # the signal of each, as a place in `OPTIONS`
    # Shape (draws,): what the list itself gives up against that of the draw, less the price; 0
    # where it stays.
    regret: Floats


@dataclass(frozen=True)
class Case:
    """The list problem of one student, as a function of the uncertain inputs."""

    program_id: tuple[str, ...]  # of all programs that the problem has
    utility: Floats  # shape (programs,): The student's own; certain
    rules: Constraints
    inputs: Inputs
    # From values of the inputs, each of shape (n,), and positions of programs to interview chances
    # by signal, at each score that the student may have: (n, k, programs).
    chance: Callable[[Values, Chosen], Mapping[str, Floats]]
    how: Mechanism  # how answers come together at the base; a draw has one of its correlations
    # The list itself with its signals, in any order; made here where it is not given.
    held: Mapping[int, str] | None = None
    added: Floats | float = 0.0  # log-odds by which a match rate differs from the input's
    expected: ExpectedScore | None = None  # where the score is not known
    floor: Floor | None = None
    few: Constraints | None = None  # rules of the best few, whatever their chance and price
    coarse: bool = True  # whether few states do for the choice

    @cached_property
    def base(self) -> Mapping[int, str]:
        """The list with every input at its base, in the order taken there, and its signals."""
        if self.held is None:
            made = self.made(self.inputs.base())
            options = [OPTIONS[at] for at in made.option[0]]
            return dict(zip(made.chosen[0].tolist(), options, strict=True))
        offers = self._at_base
        taken = self._itself(offers).in_order(offers, self.utility, self._bare).taken[0]
        order = offers.program[0, taken[taken >= 0]].tolist()
        # One that adds nothing is not taken, and comes last.
        return {at: self.held[at] for at in dict.fromkeys([*order, *self.held])}

    def base_list(self) -> Chosen:
        """Positions of the list itself, in the order taken."""
        if not self.base:
            raise ModelError("no program has a chance above 0: there is no list to vary")
        return np.array(list(self.base), dtype=np.int64)

    @cached_property
    def _at_base(self) -> ManyOffers:
        ((_, here, how),) = self.blocks(self.inputs.base(), BLOCK)
        return self.offers(here, how)

    @cached_property
    def _known(self) -> ManyRules:
        return ManyRules(self.rules, self.utility.size)

    @cached_property
    def _few(self) -> ManyRules | None:
        return None if self.few is None else ManyRules(self.few, self.utility.size)

    @cached_property
    def _bare(self) -> ManyRules:
        """Room for the list itself and nothing else."""
        room = Constraints(limit=len(self.held or ()), must=self.rules.must)
        return ManyRules(room, self.utility.size)

    @cached_property
    def _order(self) -> Chosen:
        return program_order(self.utility)

    @cached_property
    def _rates(self) -> tuple[Floats, Chosen]:
        """What differs between match rates, and which of it each program has."""
        added = np.broadcast_to(np.asarray(self.added, dtype=np.float64), self.utility.shape)
        return np.unique(added, return_inverse=True)

    @cached_property
    def _open(self) -> NDArray[np.bool_]:
        """What the rules leave open whatever the chances, shape (options, programs)."""
        known, programs = self._known, np.arange(self.utility.size)
        open_to = np.ones((len(OPTIONS), programs.size), dtype=bool)
        for at, option in enumerate(OPTIONS):
            if at:
                open_to[at] = self.rules.signals(option, known.groups)[known.specialty] > 0
            open_to[at] &= (known.decided < 0) | (known.decided == at)
            open_to[at, list(self.rules.barred.get(option, ()))] = False
        open_to[:, list(self.rules.never)] = False
        return open_to if open_to[1:].any() else open_to[:1]

    def signalled(self, values: Values, signals: Mapping[int, str], programs: Chosen) -> Floats:
        """Chances of some programs with signals, over the scores, shape (n, programs)."""
        return self._over_scores(self._sent(values, signals, programs))

    def _sent(self, values: Values, signals: Mapping[int, str], programs: Chosen) -> Floats:
        by_option = self.chance(values, programs)
        sent = np.array([signals.get(at, "none") for at in programs.tolist()], dtype=object)
        found = by_option["none"].copy()
        for option in set(signals.values()) - {"none"}:
            found[..., sent == option] = by_option[option][..., sent == option]
        return found

    def _over_scores(self, by_score: Floats) -> Floats:
        if self.expected is None:
            return np.asarray(by_score[:, 0])
        return np.asarray(self.expected.weight @ by_score)

    def rates(self, values: Values, programs: Chosen) -> Floats:
        """Chance of a match after an interview, shape (n, programs)."""
        added, which = self._rates
        each = expit(logit(values[MATCH])[:, None] + added)
        return np.clip(each, LOWEST_RATE, HIGHEST_RATE)[:, which[programs]]

    def blocks(self, values: Values, size: int) -> Iterator[tuple[Chosen, Values, Mechanism]]:
        """Draws of one correlation, some at a time; at its base all are mixed, as in the list."""
        lengths = {np.shape(column) for column in values.values()}
        if len(lengths) != 1:
            raise ModelError("each input needs one value a draw")
        middle = self.inputs.base()[CORRELATION][0]
        rhos = values[CORRELATION]
        for rho in np.unique(rhos):
            how = self.how if rho == middle else self.how.at(float(rho))
            same = np.flatnonzero(rhos == rho)
            for start in range(0, same.size, size):
                draws = same[start : start + size]
                yield draws, {name: column[draws] for name, column in values.items()}, how

    def _states(
        self, by_score: Floats, rates: Floats, how: Mechanism, *, coarse: bool
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """Invitations (z, ..., n, m), matches (w, n, m), and the weights of their states.

        ``by_score`` has the shape (..., n, groups, m), ``rates`` (n, m).
        """
        groups = self._groups
        invited, first = [], []
        for at, share in enumerate(groups):
            chance = by_score[..., at, :]
            every = np.broadcast_to(rates, chance.shape)
            found, match, weight, second = states_apart(
                chance.ravel(), every.ravel(), how, coarse=coarse
            )
            invited.append(np.moveaxis(found.reshape(*chance.shape, -1), -1, 0))
            first.append(share * weight)
        # What follows an interview is the same whatever was signalled.
        match = np.moveaxis(match.reshape(-1, *rates.shape, match.shape[1])[0], -1, 0)
        together = np.ascontiguousarray(np.concatenate(invited))
        return together, np.ascontiguousarray(match), np.concatenate(first), second

    @cached_property
    def _groups(self) -> Floats:
        """Chances of the groups of scores that the student may have."""
        if self.expected is None:
            return np.ones(1)
        return self.expected.grouped(np.empty((len(self.expected.score), 0)))[1]

    def _grouped(self, by_score: Floats) -> Floats:
        return by_score if self.expected is None else self.expected.grouped(by_score)[0]

    @cached_property
    def _cells(self) -> Chosen:
        """A number for each program; of two with one number, the better chance is the better."""
        both = np.column_stack([self._known.cells, self._rates[1]])
        return np.unique(both, axis=0, return_inverse=True)[1][self._order]

    def offers(self, values: Values, how: Mechanism) -> ManyOffers:
        """What each draw offers, at the programs that a list of it may name."""
        by_option = self.chance(values, np.arange(self.utility.size))
        options = OPTIONS[: len(self._open)]
        by_score = np.stack([by_option.get(one, by_option["none"]) for one in options])
        chance = np.stack([self._over_scores(each) for each in by_score])
        forced = np.zeros(self.utility.size, dtype=bool)
        forced[list(self.rules.must)] = True
        whatever = self._open[:, None] & ((chance > 0) | forced)
        open_to = whatever
        if self.floor is not None:
            open_to = whatever & ((chance >= self.floor.least) | self.floor.spared)
        forced[list(self.held or ())] = True
        order = self._order
        by_score = self._grouped(by_score)[..., order]
        open_to, whatever = open_to[..., order], whatever[..., order]
        near = np.broadcast_to(forced[order], open_to.shape[1:]).copy()
        scarce = np.zeros(len(near), dtype=bool)
        if self._few is not None:
            scarce = open_to[0].sum(axis=1) < self._few.longest
        for each, own, any_chance in zip(by_score, open_to, whatever, strict=True):
            if how.link:  # a threshold that hangs on the chance: the better chance does not tell
                near |= own | (any_chance & scarce[:, None])
                continue
            offered = np.moveaxis(each, 1, 0)
            near |= self._near(np.where(own, offered, 0.0), self._known)
            if self._few is not None and scarce.any():
                offered = np.where(any_chance[scarce], offered[:, scarce], 0.0)
                near[scarce] |= self._near(offered, self._few)
        # Those near come first and keep their order; a row that has fewer is filled up.
        place = np.argsort(~near, axis=1, kind="stable")[:, : max(1, int(near.sum(axis=1).max()))]
        real = np.take_along_axis(near, place, axis=1)
        by_score = np.take_along_axis(by_score, place[None, :, None], axis=3)
        program = order[place]
        rates = np.take_along_axis(self.rates(values, np.arange(order.size)), program, axis=1)
        invited, match, first, second = self._states(by_score, rates, how, coarse=self.coarse)
        open_to = np.take_along_axis(open_to, place[None], axis=2) & real
        whatever = np.take_along_axis(whatever, place[None], axis=2) & real
        return ManyOffers(program, open_to, whatever, invited, match, first, second)

    def _near(self, offered: Floats, known: ManyRules) -> NDArray[np.bool_]:
        return near_programs(offered, self.utility[self._order], self._cells, known.rivals)

    def _itself(self, offers: ManyOffers) -> ManyLists:
        """The list itself among the offers of each draw."""
        held = self.held or {}
        where = np.full(self.utility.size, len(held))
        where[list(held)] = np.arange(len(held))
        option = np.zeros_like(where)
        option[list(held)] = [OPTIONS.index(one) for one in held.values()]
        taken = np.argsort(where[offers.program], axis=1, kind="stable")[:, : len(held)]
        own = ManyLists(taken, option[offers.program], np.zeros(len(taken)))
        return own._replace(value=list_values(offers, own, self.utility))

    def made(self, values: Values, progress: Callable[[int], object] = unheard) -> Lists:
        """The list of each draw, in the order taken.

        Where there is a list itself, it stays unless another one is worth more by more than the
        gap to which it is solved, or the draw puts one of its programs under the least chance.
        """
        count = len(values[MATCH])
        chosen, option = ([np.empty(0, dtype=np.int64)] * count for _ in range(2))
        regret = np.zeros(count)
        done = 0
        for draws, here, how in self.blocks(values, BLOCK):
            for rows, offers, own, found, known in self._found(self.offers(here, how)):
                if self.held:
                    found, regret[draws[rows]] = self._kept(offers, own, found, known)
                for row, taken, sent, ids in zip(
                    draws[rows], found.taken, found.option, offers.program, strict=True
                ):
                    own = taken[taken >= 0]
                    chosen[row], option[row] = ids[own], sent[own]
            done += draws.size
            progress(done)
        return Lists(chosen, option, regret)

    def _found(
        self, offers: ManyOffers
    ) -> Iterator[tuple[Chosen, ManyOffers, ManyLists, ManyLists, ManyRules]]:
        """The list itself and that of each draw, some rows at a time, and the rules of these."""
        rows, own = np.arange(len(offers.program)), self._itself(offers)
        found = many_lists(offers, self.utility, self._known, own if self.held else None)
        if self._few is not None:
            # As in `best_choice`.
            short = np.minimum((found.taken >= 0).sum(axis=1), offers.open_to[0].sum(axis=1))
            (short,) = np.nonzero(short < self._few.longest)
            if short.size:
                some = offers.of(short)
                some = some._replace(open_to=some.whatever)
                few = many_lists(some, self.utility, self._few)
                better = few.value > found.value[short] + LEAST_GAIN
                if better.any():
                    at = short[better]
                    yield at, some.of(better), own.of(at), few.of(better), self._few
                    rows = np.setdiff1d(rows, at)
                    offers, own, found = offers.of(rows), own.of(rows), found.of(rows)
        if rows.size:
            yield rows, offers, own, found, self._known

    def _kept(
        self, offers: ManyOffers, own: ManyLists, found: ManyLists, known: ManyRules
    ) -> tuple[ManyLists, Floats]:
        """The list itself where it stays, that of the draw elsewhere; and what is given up."""
        open_to = np.take_along_axis(offers.open_to, own.option[None], axis=0)[0]
        stays = known.more(found, own, offers.program) <= self._slack * own.value
        stays &= (own.listed() <= open_to).all(axis=1) & (own.taken.shape[1] <= known.longest)
        # The price is asked even where no program is worth it.
        lost = np.maximum(self._known.more(found, own, offers.program), 0.0)
        if stays.any():
            own = own.of(stays).in_order(offers.of(stays), self.utility, self._bare)
            found = found.put(stays, own)
        return found, np.where(stays, 0.0, lost)

    @cached_property
    def _slack(self) -> float:
        """Share of its value by which the list itself may seem worse in a draw, and stay."""
        # At the base it is best to within the solver's gap: what seems better there is an error
        # of few states.
        ((_, offers, own, found, known),) = self._found(self._at_base)
        more = float(known.more(found, own, offers.program)[0])
        share = more / max(float(own.value[0]), LEAST_VALUE) * (1 + 1e-9)
        return min(max(GAP, share), MOST_SLACK)

    def lists(self, values: Values) -> list[Chosen]:
        """The list at each of the values, in the order taken."""
        return self.made(values).chosen

    def settled(self) -> Case:
        """The same with the list at the base as the list itself, where none was given."""
        self.base_list()
        return self if self.held is not None else replace(self, held=self.base)

    def match_chances(self, values: Values, signals: Mapping[int, str] | None = None) -> Floats:
        """Match chance of a list with its signals, by default the list itself, at each value."""
        sent = self.base if signals is None else signals
        programs = np.array(list(sent), dtype=np.int64)
        answers = np.zeros(len(values[MATCH]))
        for draws, here, how in self.blocks(values, 8 * BLOCK):
            by_score = self._grouped(self._sent(here, sent, programs))
            rates = self.rates(here, programs)
            invited, match, first, second = self._states(by_score, rates, how, coarse=False)
            refused = np.prod(1 - invited[:, None] * match, axis=3)
            answers[draws] = np.einsum("zwn,z,w->n", 1 - refused, first, second)
        return np.clip(answers, 0.0, 1.0)

    def worths(self, values: Values) -> Iterator[tuple[Chosen, dict[str, Floats]]]:
        """Worth of each application by itself, by signal; a decided one stays: draws at a time."""
        every, decided = np.arange(self.utility.size), self._known.decided
        for draws, here, _ in self.blocks(values, 8 * BLOCK):
            each = self.rates(here, every) * self.utility
            sent = {way: self._over_scores(one) for way, one in self.chance(here, every).items()}
            for at, option in enumerate(OPTIONS):
                own = decided == at
                if own.any():
                    for chance in sent.values():
                        chance[:, own] = sent[option][:, own]
            yield draws, {option: chance * each for option, chance in sent.items()}


Places = NDArray[np.int64]


def kept_beyond_chance(
    kept: ArrayLike, listed: int, programs: int, again: ArrayLike | None = None
) -> Floats:
    """Overlap corrected for what lists drawn by lot would share; ``again``: their lengths.

    Examples
    --------
    >>> kept_beyond_chance([10, 5, 2.5], 10, 40).tolist()
    [1.0, 0.3333333333333333, 0.0]
    """
    # ``(kept - k m / N) / (k - k m / N)`` for lists of k and m among N programs: 1 is a list that
    # holds all of the other, 0 no more than chance, below 0 less.
    length = np.asarray(listed if again is None else again, dtype=np.float64)
    chance = listed * length / programs
    with np.errstate(divide="ignore", invalid="ignore"):
        beyond = (np.asarray(kept, dtype=np.float64) - chance) / (listed - chance)
    return np.where(np.maximum(length, listed) >= programs, np.nan, beyond)


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


def kendall_tau(places: Places, base: ArrayLike) -> Floats:
    """Kendall's tau-b between the order of the base list and that of each other list."""
    # Programs off both lists tell nothing of one another, and each of them stands behind whatever
    # is listed: only pairs on either list are gone through.
    programs, length = places.shape[1], len(np.asarray(base))
    (reference,) = list_places([base], programs)
    taus = np.full(len(places), np.nan)
    for draw, row in enumerate(places):
        either = (row < programs) | (reference < programs)
        first, second = reference[either], row[either]
        both = int(np.count_nonzero((first < programs) & (second < programs)))
        alike = np.sign(first[:, None] - first) * np.sign(second[:, None] - second)
        again = int(np.count_nonzero(second < programs))
        told = [k * (programs - k) + k * (k - 1) / 2 for k in (length, again)]
        if min(told) > 0:
            agree = alike.sum() / 2 + both * (programs - first.size)
            taus[draw] = agree / np.sqrt(told[0] * told[1])
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
    drawn, table = np.asarray(weights, dtype=np.float64), np.asarray(values, dtype=np.float64)
    best, alternatives = table.argmax(axis=1), table.shape[1]
    wins = np.bincount(best, minlength=alternatives)
    sums = np.stack(
        [np.bincount(best, weights=column, minlength=alternatives) for column in drawn.T], axis=1
    )
    means: Floats = np.full(sums.shape, np.nan, dtype=np.float64)
    np.divide(sums, wins[:, None], out=means, where=wins[:, None] > 0)
    return means


def pairwise_wins(values: ArrayLike, others: ArrayLike | None = None) -> Floats:
    """Share of the draws in which one alternative beats another; a tie counts half."""
    table = np.asarray(values, dtype=np.float64)
    ranks(table[:1])
    against = table if others is None else np.asarray(others, dtype=np.float64)
    wins = [
        (column[:, None] > against).mean(0) + (column[:, None] == against).mean(0) / 2
        for column in table.T
    ]
    return np.asarray(wins, dtype=np.float64).reshape(table.shape[1], against.shape[1])


@dataclass(frozen=True)
class Resampled:
    """Lists made again under drawn inputs, held against a base list."""

    programs: pd.DataFrame
    places: pd.DataFrame
    draws: pd.DataFrame
    base: Chosen
    signals: pd.DataFrame  # program_id, signal, share of the draws, sent_in_base_list

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


def resampled(case: Case, values: Values, progress: Callable[[int], object] = unheard) -> Resampled:
    """Make the list again for every draw, and count what stays.

    docs/methods.md, section 6.

    Parameters
    ----------
    case : Case
        The student's list problem.
    values : dict of str to ndarray of float, shape (draws,)
        From `Inputs.drawn`.
    progress : callable, optional
        Is told how many draws are done.

    Returns
    -------
    Resampled
        Shares with their sampling error; of each draw, how many programs stay (``kept``, also as a
        share and beyond what chance alone keeps), what the list gives up (``regret``, in units of
        utility, less the price) and how far the order stays (``kendall_tau``); and how often each
        program of the list gets which signal.
    """
    case = case.settled()
    held, made = case.base_list(), case.made(values, progress)
    places = list_places(made.chosen, len(case.program_id))
    names = np.asarray(case.program_id, dtype=object)
    programs, at = selection_acceptability(places, held), place_acceptability(places)
    for frame in (programs, at):
        frame.insert(0, "program_id", names[frame.pop("program").to_numpy()])
    stays = places[:, held] < len(names)
    kept = stays.sum(axis=1)
    open_to_choice = len(names) - len(set(case.rules.never))
    lengths = [chosen.size for chosen in made.chosen]
    draws = pd.DataFrame(
        {
            "kept": kept,
            "overlap": kept / held.size,
            "beyond_chance": kept_beyond_chance(kept, held.size, open_to_choice, lengths),
            "regret": made.regret,
            "kendall_tau": kendall_tau(places, held),
        }
    )
    return Resampled(programs, at, draws, held, _signals(case, made))


def _signals(case: Case, made: Lists) -> pd.DataFrame:
    """How often a list made again sends which signal to which program."""
    sent = np.zeros((len(OPTIONS), len(case.program_id)), dtype=np.int64)
    for chosen, option in zip(made.chosen, made.option, strict=True):
        sent[option, chosen] += 1
    option, program = np.nonzero(sent[1:])
    rows = pd.DataFrame(
        {
            "program_id": np.asarray(case.program_id, dtype=object)[program],
            "signal": np.asarray(OPTIONS, dtype=object)[option + 1],
            "share": sent[1:][option, program] / len(made.chosen),
            "sent_in_base_list": [
                case.base.get(int(at)) == OPTIONS[way + 1]
                for at, way in zip(program, option, strict=True)
            ],
        }
    )
    return rows.sort_values(
        ["signal", "share", "program_id"], ascending=[True, False, True], ignore_index=True
    )


def list_tornado(case: Case) -> pd.DataFrame:
    """How far each input alone moves the match chance of the list, and how much of the list stays.

    Parameters
    ----------
    case : Case
        The student's list problem.

    Returns
    -------
    DataFrame
        As `tornado`, the answers being match chances of the unchanged list, with kept_low and
        kept_high: programs of the base list that a list made at that end still holds.
    """
    case = case.settled()
    held = case.base_list()
    bars = tornado(
        lambda name, values: case.match_chances(case.inputs.with_one(name, values)),
        case.inputs.ranges(),
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
    case = case.settled()
    base = frozenset(case.base_list().tolist())

    def sets(name: str) -> Callable[[Floats], list[Hashable]]:
        return lambda values: [
            frozenset(chosen.tolist()) for chosen in case.lists(case.inputs.with_one(name, values))
        ]

    few = {single.name: single.choices for single in case.inputs.others}
    for name, (low, middle, high) in case.inputs.ranges().items():
        if few.get(name):
            flip = flip_among(sets(name), middle, base, few[name])
        else:
            flip = flip_in_range(sets(name), middle, low, high, steps)
        # Where nothing flips, the outcome is the list at the base as a draw has it.
        after = flip.outcome if np.isfinite(flip.value) else base
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


def match_variance(case: Case, n: int, seed: int) -> pd.DataFrame:
    """Which inputs the uncertainty of the match chance comes from: Sobol indices."""
    case.base_list()
    inputs = case.inputs
    sample = sobol_sample(inputs.columns({ALL_WEIGHTS: inputs.weight_names}), n, seed)
    shares = sobol_indices(lambda points: case.match_chances(inputs.at(points)), sample, seed)
    return shares.sort_values(["total", "input"], ascending=[False, True], ignore_index=True)
