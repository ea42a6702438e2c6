"""Two students who match together: pairs of programs by place, and what can come of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.arrays import Floats
from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.choice.application_list import best_choice, list_fee, list_offers
from analysis.model.choice.columns import check_plain_conflicts, columns_of, options_of, rules_of
from analysis.model.choice.constraints import OPTIONS, Constraints, fee_usd
from analysis.model.choice.explain import market_of
from analysis.model.choice.problem import ListWishes
from analysis.model.correlation import Scenarios
from analysis.model.portfolio import Choice, best_list

Positions = NDArray[np.int64]
# What may make two programs one place for a couple; the first that the programs have is used.
PLACES = ("city", "state", "institution_id")
LEAST_GAIN = 1e-9


@dataclass(frozen=True)
class CoupleOutcomes:
    """What can come of two lists; 0-1."""

    together: float  # both match in one place
    both: float  # both match, in one place or not
    one: float  # exactly one matches
    neither: float

    def value(self, apart: float, alone: float) -> float:
        """Worth of the outcomes, both in one place being worth 1."""
        return self.together + apart * (self.both - self.together) + alone * self.one


def couple_outcomes(
    markets: tuple[Scenarios, Scenarios],
    places: tuple[Sequence[str], Sequence[str]],
    lists: tuple[Sequence[int], Sequence[int]],
) -> CoupleOutcomes:
    """Chances of each outcome of two lists.

    Examples
    --------
    >>> sure = Scenarios(np.array([[0.5]]), np.ones(1))
    >>> couple_outcomes((sure, sure), (["OH"], ["OH"]), ((0,), (0,))).together
    0.25
    """
    # The couple ranks every pair of programs: those in one place first, then those apart, then each
    # alone. It ends in one place if any place has an offer for both. What is common to the answers
    # of one student is independent of the other's.
    missed = [
        float(np.prod(1 - market.chance[list(own)], axis=0) @ market.weight)
        for market, own in zip(markets, lists, strict=True)
    ]
    apart = np.ones((markets[0].weight.size, markets[1].weight.size))
    shared = {places[0][at] for at in lists[0]} & {places[1][at] for at in lists[1]}
    for place in sorted(shared - {""}):
        there = [
            1 - np.prod(1 - market.chance[[at for at in own if where[at] == place]], axis=0)
            for market, own, where in zip(markets, lists, places, strict=True)
        ]
        apart *= 1 - np.outer(there[0], there[1])
    together = float(1 - markets[0].weight @ apart @ markets[1].weight)
    both, neither = (1 - missed[0]) * (1 - missed[1]), missed[0] * missed[1]
    return CoupleOutcomes(together, both, 1 - both - neither, neither)


class _Side:
    """One student's ways to list a program, where each is, and what the list keeps to."""

    def __init__(
        self, market: Mapping[str, Scenarios], place: Sequence[str], rules: Constraints
    ) -> None:
        self.programs = len(place)
        self.rules = rules
        self.columns = columns_of(market, np.ones(self.programs), rules, prune=False)
        found = rules_of(self.columns, replace(rules, price=None, budget_usd=None), self.programs)
        count = self.columns.program.size
        self.rows = np.array([rule.row[:count] for rule in found]).reshape(len(found), count)
        self.low = np.array([rule.low for rule in found])
        self.high = np.array([rule.high for rule in found])
        self.kinds = rules.specialties(self.programs)[self.columns.program]
        self.groups = int(rules.specialties(self.programs).max(initial=0)) + 1
        self.refusal = 1 - self.columns.offers
        self.place = np.array([place[at] for at in self.columns.program], dtype=object)

    def counts(self, taken: Positions) -> Positions:
        return np.bincount(self.kinds[taken], minlength=self.groups)

    def cost(self, taken: Positions) -> float:
        return self.rules.cost(self.counts(taken).tolist())

    def after(self, taken: Positions) -> tuple[NDArray[np.bool_], Floats]:
        """Which columns may be added, and what the list then costs."""
        more = self.counts(taken) + np.eye(self.groups, dtype=np.int64)
        cost = np.array([self.rules.cost(row.tolist()) for row in more])[self.kinds]
        used = self.rows[:, taken].sum(axis=1)
        free = (self.rows + used[:, None] <= self.high[:, None] + LEAST_GAIN).all(axis=0)
        free &= ~np.isin(self.columns.program, self.columns.program[taken])
        if self.rules.budget_usd is not None:
            fees = self.rules.fees_of(self.groups)
            paid = np.array([fee_usd(fees, row.tolist()) for row in more])
            free &= (paid <= self.rules.budget_usd)[self.kinds]
        return free, cost

    def may_be(self, taken: Positions) -> bool:
        """Whether a list keeps every rule but the budget, which `after` sees to."""
        used = self.rows[:, taken].sum(axis=1)
        return bool((used >= self.low).all() and (used <= self.high).all())

    def begin(self, picked: Positions, option: Sequence[str]) -> Positions:
        """Columns of a list."""
        ways = list(zip(self.columns.program.tolist(), self.columns.option.tolist(), strict=True))
        asked = zip(picked.tolist(), option, strict=True)
        return np.sort([ways.index((at, OPTIONS.index(o))) for at, o in asked]).astype(int)

    def choice(self, taken: Positions, worth: float) -> Choice:
        order = taken[np.argsort(self.columns.program[taken])]
        options = tuple(OPTIONS[at] for at in self.columns.option[order])
        own = self.columns.program[order]
        return Choice(own, worth, np.inf, np.nan, options, self.cost(taken))


class _Search:
    """Exchanges on two lists whose worth hangs on both."""

    def __init__(self, sides: tuple[_Side, _Side], apart: float, alone: float) -> None:
        self.sides, self.apart, self.alone = sides, apart, alone
        common = set(sides[0].place) & set(sides[1].place) - {""}
        self.places = sorted(common)

    def worth(self, together: Floats, missed: Floats, other: Floats) -> Floats:
        """Worth of the outcomes by the chances that each matches nowhere."""
        both = (1 - missed) * (1 - other)
        one = missed + other - 2 * missed * other
        return np.asarray((1 - self.apart) * together + self.apart * both + self.alone * one)

    def left(self, side: _Side, taken: Positions) -> Floats:
        """Chance of no offer in each common place and state, and last of none at all."""
        here = [side.refusal[taken[side.place[taken] == place]] for place in self.places]
        return np.array([refusal.prod(axis=0) for refusal in (*here, side.refusal[taken])])

    def net(self, lists: Sequence[Positions]) -> float:
        first, second = (self.left(s, own) for s, own in zip(self.sides, lists, strict=True))
        weight, other = (side.columns.weight for side in self.sides)
        together = 1 - weight @ self.unmet(first, second).prod(axis=0) @ other
        worth = self.worth(together, first[-1] @ weight, second[-1] @ other)
        return float(worth) - sum(s.cost(own) for s, own in zip(self.sides, lists, strict=True))

    def unmet(self, first: Floats, second: Floats) -> Floats:
        """Chance, by place and pair of states, that not both have an offer there."""
        there = np.einsum("ps,pt->pst", 1 - first[:-1], 1 - second[:-1])
        return np.concatenate([1 - there, np.ones((1, *there.shape[1:]))])

    def additions(self, at: int, own: Positions, other: Positions) -> tuple[int, float]:
        """The column that brings most beside a list of one side, and the net worth with it."""
        side, partner = self.sides[at], self.sides[1 - at]
        free, cost = side.after(own)
        if not free.any():
            return -1, -np.inf
        mine, theirs = self.left(side, own), self.left(partner, other)
        unmet = self.unmet(mine, theirs)
        apart = unmet.prod(axis=0)
        weight, beside = side.columns.weight, partner.columns.weight
        together = np.full(free.size, 1 - weight @ apart @ beside)
        for p, place in enumerate(self.places):
            here = np.flatnonzero(free & (side.place == place))
            rest = apart / unmet[p]
            meets = weight * (rest @ ((1 - theirs[p]) * beside))
            offers = 1 - mine[p] * side.refusal[here]
            together[here] = 1 - weight @ rest @ beside + offers @ meets
        missed = (side.refusal * mine[-1]) @ weight
        nets = self.worth(together, missed, theirs[-1] @ beside) - cost - partner.cost(other)
        best = int(np.where(free, nets, -np.inf).argmax())
        return best, float(nets[best])

    def pairs(self, lists: Sequence[Positions]) -> tuple[tuple[int, int], float]:
        """The two columns in one place that bring most together, and the net worth with them."""
        (side, partner), (own, other) = self.sides, lists
        (free, cost), (open_to, price) = side.after(own), partner.after(other)
        mine, theirs = self.left(side, own), self.left(partner, other)
        unmet = self.unmet(mine, theirs)
        apart = unmet.prod(axis=0)
        weight, beside = side.columns.weight, partner.columns.weight
        best, top = (-1, -1), -np.inf
        for p, place in enumerate(self.places):
            first = np.flatnonzero(free & (side.place == place))
            second = np.flatnonzero(open_to & (partner.place == place))
            if not (first.size and second.size):
                continue
            rest = apart / unmet[p]
            offers = (1 - mine[p] * side.refusal[first]) * weight
            answers = (1 - theirs[p] * partner.refusal[second]) * beside
            together = 1 - weight @ rest @ beside + offers @ rest @ answers.T
            missed = (side.refusal[first] * mine[-1]) @ weight
            others = (partner.refusal[second] * theirs[-1]) @ beside
            nets = self.worth(together, missed[:, None], others)
            nets = nets - cost[first][:, None] - price[second]
            if nets.max() > top:
                row, column = np.unravel_index(int(nets.argmax()), nets.shape)
                best, top = (int(first[row]), int(second[column])), float(nets.max())
        return best, top

    def step(self, lists: list[Positions]) -> tuple[list[Positions], float]:
        """The best of one program more, less or exchanged, or a pair in one place more."""
        pair, top = self.pairs(lists)
        best = [np.append(own, at) for own, at in zip(lists, pair, strict=True)]
        for at, side in enumerate(self.sides):
            own, other = lists[at], lists[1 - at]
            for leaving in (-1, *own):
                rest = own[own != leaving]
                trials = [(rest, self.net(_sides(at, rest, other)))] if leaving >= 0 else []
                coming, worth = self.additions(at, rest, other)
                trials.append((np.append(rest, coming), worth))
                for trial, reached in trials:
                    if reached > top and side.may_be(trial):
                        best, top = _sides(at, trial, other), reached
        return best, top

    def signals_moved(self, lists: list[Positions]) -> tuple[list[Positions], float]:
        """The best exchange of signals between two programs of a list."""
        best, top = lists, -np.inf
        for at, side in enumerate(self.sides):
            ways = list(
                zip(side.columns.program.tolist(), side.columns.option.tolist(), strict=True)
            )
            where = {way: column for column, way in enumerate(ways)}
            for first in lists[at]:
                for second in lists[at]:
                    (one, sent), (two, other) = ways[first], ways[second]
                    if sent <= other or not {(one, other), (two, sent)} <= set(where):
                        continue
                    kept = lists[at][~np.isin(lists[at], (first, second))]
                    trial = np.append(kept, [where[one, other], where[two, sent]])
                    moved = _sides(at, trial, lists[1 - at])
                    if side.may_be(trial) and (worth := self.net(moved)) > top:
                        best, top = moved, worth
        return best, top

    def pair_exchanged(self, lists: list[Positions]) -> tuple[list[Positions], float]:
        """The best exchange of a program on each list, or on one, for a pair in one place."""
        best, top = lists, -np.inf
        for leaving in product((-1, *lists[0]), (-1, *lists[1])):
            rest = [own[own != at] for own, at in zip(lists, leaving, strict=True)]
            pair, worth = self.pairs(rest)
            if worth > top:
                trial = [np.append(own, at) for own, at in zip(rest, pair, strict=True)]
                if all(side.may_be(own) for side, own in zip(self.sides, trial, strict=True)):
                    best, top = trial, worth
        return best, top

    def improved(self, lists: list[Positions]) -> tuple[list[Positions], float]:
        """The lists after exchanges, until none helps."""
        worth = self.net(lists)
        while True:
            for change in (self.step, self.signals_moved, self.pair_exchanged):
                trial, reached = change(lists)
                if reached > worth + LEAST_GAIN:
                    lists, worth = trial, reached
                    break
            else:
                return lists, worth


def _sides(at: int, own: Positions, other: Positions) -> list[Positions]:
    return [own, other] if at == 0 else [other, own]


def couple_lists(
    markets: tuple[Mapping[str, Scenarios], Mapping[str, Scenarios]],
    places: tuple[Sequence[str], Sequence[str]],
    rules: tuple[Constraints, Constraints],
    apart: float,
    alone: float,
) -> tuple[Choice, Choice]:
    """Two lists whose outcomes are worth most together, less their price."""
    # Begun with the best list of each alone, and with what must be listed; improved by adding,
    # dropping and exchanging programs, by adding pairs in one place and by moving signals, until
    # nothing helps; the better one is kept. Not certified.
    sides = []
    begun: list[list[Positions]] = [[], []]
    for market, place, rule in zip(markets, places, rules, strict=True):
        check_plain_conflicts(rule)
        side = _Side(options_of(market), place, rule)
        solo = best_list(options_of(market), np.ones(len(place)), rule, "auto")
        begun[0].append(side.begin(solo.chosen, solo.option))
        first = [int(np.flatnonzero(side.columns.program == at)[0]) for at in rule.must]
        begun[1].append(np.array(first, dtype=np.int64))
        sides.append(side)
    search = _Search((sides[0], sides[1]), apart, alone)
    if any(quota.at_least for rule in rules for quota in rule.quotas):
        begun = begun[:1]
    lists, net = max((search.improved(one) for one in begun), key=lambda found: found[1])
    worth = net + sum(side.cost(own) for side, own in zip(sides, lists, strict=True))
    return sides[0].choice(lists[0], worth), sides[1].choice(lists[1], worth)


@dataclass(frozen=True)
class Couple:
    """Two lists made together."""

    # Of each student: program_id, program_name, specialty, state, place, interview_chance, signal,
    # shared (whether the other's list has a program there), the most likely first.
    programs: tuple[pd.DataFrame, pd.DataFrame]
    outcomes: CoupleOutcomes  # of the two lists
    by: str  # what makes two programs one place, of `PLACES`
    places: tuple[str, ...]  # places with programs of both
    fee_usd: tuple[float, float]  # of each list


def couple_plan(
    students: tuple[pd.DataFrame, pd.DataFrame],
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
    wishes: ListWishes | None = None,
    by: str = "",
) -> Couple:
    """Lists of two students who match together (docs/methods-list.md, Couples)."""
    held = [name for name in PLACES if name in programs and programs[name].notna().any()]
    by = by or (held or [""])[0]
    if by not in held:
        message = f"couples by {by}: expected one of {', '.join(held)}, which programs.csv has"
        raise ModelError(message)
    asked = wishes or ListWishes()
    # Pairs of states of two students: few states each will do.
    first, second = (
        list_offers(student, programs, assumptions, preferences, wished, coarse=True)
        for student, wished in zip(students, (asked, ListWishes(fill=asked.fill)), strict=True)
    )
    mine, theirs = first.problem, second.problem
    places = (_places(mine.programs, by), _places(theirs.programs, by))
    lists = couple_lists(
        (first.by_option, second.by_option),
        places,
        (best_choice(first)[1], best_choice(second)[1]),
        assumptions.value("couples.apart"),
        assumptions.value("couples.alone"),
    )
    signalled = (market_of(first.by_option, lists[0]), market_of(second.by_option, lists[1]))
    there = [{where[at] for at in p.chosen} for p, where in zip(lists, places, strict=True)]
    shared = (there[0] & there[1]) - {""}
    frames, fees = [], []
    for offers, picked, where in zip((first, second), lists, places, strict=True):
        problem = offers.problem
        names = ["program_id", "program_name", "specialty", "state"]
        rows = problem.programs.iloc[picked.chosen][names].reset_index(drop=True)
        rows["place"] = [where[at] for at in picked.chosen]
        ways = zip(picked.chosen, picked.option, strict=True)
        rows["interview_chance"] = [float(offers.if_sent[option][at]) for at, option in ways]
        rows["signal"] = list(picked.option)
        rows["shared"] = rows["place"].isin(shared)
        order = ["interview_chance", "program_id"]
        frames.append(rows.sort_values(order, ascending=[False, True], ignore_index=True))
        fees.append(list_fee(problem, picked))
    return Couple(
        (frames[0], frames[1]),
        couple_outcomes(signalled, places, (lists[0].chosen.tolist(), lists[1].chosen.tolist())),
        by,
        tuple(sorted(shared)),
        (fees[0], fees[1]),
    )


def _places(programs: pd.DataFrame, by: str) -> list[str]:
    """Where each program is; a city is told from its namesakes by the state."""
    names = programs[by].fillna("").astype(str)
    if by == "city" and "state" in programs:
        names = names.where(names.eq(""), names + ", " + programs["state"].astype(str))
    return names.tolist()
