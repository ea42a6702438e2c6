"""Two students who match together: pairs of programs by place, and what can come of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.choice.constraints import Constraints
from analysis.model.choice.problem import (
    ListChances,
    ListProblem,
    ListWishes,
    list_problem,
    with_least_chance,
)
from analysis.model.correlation import Scenarios, mechanism, scenarios

__all__ = ["Couple", "CoupleOutcomes", "couple_lists", "couple_outcomes", "couple_plan"]

Floats = NDArray[np.float64]
Picks = tuple[tuple[int, ...], tuple[int, ...]]
LEAST_GAIN = 1e-9


@dataclass(frozen=True)
class CoupleOutcomes:
    """What can come of two lists; 0-1.

    Parameters
    ----------
    together : float
        Both match in one place.
    both : float
        Both match, in one place or not.
    one : float
        Exactly one matches.
    neither : float
        Nobody does.
    """

    together: float
    both: float
    one: float
    neither: float

    def value(self, apart: float, alone: float) -> float:
        """Worth of the outcomes, both in one place being worth 1."""
        return self.together + apart * (self.both - self.together) + alone * self.one


def couple_outcomes(
    markets: tuple[Scenarios, Scenarios],
    places: tuple[Sequence[str], Sequence[str]],
    lists: Picks,
) -> CoupleOutcomes:
    """Chances of each outcome of two lists.

    The couple ranks every pair of programs: those in one place first, then those apart, then each
    alone. It ends in one place if any place has an offer for both. What is common to the answers
    of one student is independent of the other's.

    Parameters
    ----------
    markets : pair of Scenarios
        Offer chances of each student's programs, each in states of its own.
    places : pair of sequence of str
        Where each program is; "" for nowhere in common.
    lists : pair of tuple of int
        Positions on each list.

    Returns
    -------
    CoupleOutcomes

    Examples
    --------
    >>> sure = Scenarios(np.array([[0.5]]), np.ones(1))
    >>> couple_outcomes((sure, sure), (["OH"], ["OH"]), ((0,), (0,))).together
    0.25
    """
    none: list[Floats] = []
    for market, own in zip(markets, lists, strict=True):
        none.append(np.prod(1 - market.chance[list(own)], axis=0))
    apart = np.ones((none[0].size, none[1].size))
    shared = {places[0][at] for at in lists[0]} & {places[1][at] for at in lists[1]}
    for place in sorted(shared - {""}):
        there = [
            1 - np.prod(1 - market.chance[[at for at in own if where[at] == place]], axis=0)
            for market, own, where in zip(markets, lists, places, strict=True)
        ]
        apart *= 1 - np.outer(there[0], there[1])
    weight = [market.weight for market in markets]
    missed = [float(refused @ w) for refused, w in zip(none, weight, strict=True)]
    together = float(weight[0] @ (1 - apart) @ weight[1])
    both = (1 - missed[0]) * (1 - missed[1])
    neither = missed[0] * missed[1]
    return CoupleOutcomes(together, both, 1 - both - neither, neither)


def couple_lists(
    markets: tuple[Scenarios, Scenarios],
    places: tuple[Sequence[str], Sequence[str]],
    rules: tuple[Constraints, Constraints],
    apart: float,
    alone: float,
) -> tuple[Picks, float]:
    """Two lists whose outcomes are worth most together, less their price.

    Built by adding the program, or the pair in one place, that brings most; then improved by
    adding, dropping and exchanging programs until nothing helps. Not certified.

    Parameters
    ----------
    markets, places
        As for `couple_outcomes`.
    rules : pair of Constraints
        Limit, must, never, barred programs, fees and price of each; signals are not chosen here.
    apart, alone : float
        Worth of both in different places, and of one match, against both in one place.

    Returns
    -------
    lists : pair of tuple of int
        Positions in rising order.
    net : float
        Worth less price.
    """

    def net(lists: Picks) -> float:
        cost = sum(
            rule.cost_of(list(own), market.chance.shape[0])
            for rule, own, market in zip(rules, lists, markets, strict=True)
        )
        return couple_outcomes(markets, places, lists).value(apart, alone) - cost

    free = [_free(market, rule) for market, rule in zip(markets, rules, strict=True)]
    best: Picks = (tuple(sorted(rules[0].must)), tuple(sorted(rules[1].must)))
    worth = net(best)
    while True:
        trials = _grown(best, free, places, rules) + _changed(best, free, rules)
        values = [net(trial) for trial in trials]
        top = int(np.argmax(values)) if trials else -1
        if top < 0 or values[top] <= worth + LEAST_GAIN:
            return best, worth
        best, worth = trials[top], values[top]


def _free(market: Scenarios, rule: Constraints) -> list[int]:
    barred = {*rule.never, *rule.must, *rule.barred.get("none", ())}
    open_to = np.flatnonzero(market.marginal > 0)
    return [int(at) for at in open_to if int(at) not in barred]


def _room(own: tuple[int, ...], rule: Constraints) -> bool:
    return rule.limit is None or len(own) < rule.limit


def _grown(
    lists: Picks,
    free: list[list[int]],
    places: tuple[Sequence[str], Sequence[str]],
    rules: tuple[Constraints, Constraints],
) -> list[Picks]:
    """The lists with one program more, or with a pair in one place."""
    more = [
        [at for at in own_free if at not in own] if _room(own, rule) else []
        for own, own_free, rule in zip(lists, free, rules, strict=True)
    ]
    trials: list[Picks] = [(_with(lists[0], at), lists[1]) for at in more[0]]
    trials += [(lists[0], _with(lists[1], at)) for at in more[1]]
    trials += [
        (_with(lists[0], first), _with(lists[1], second))
        for first in more[0]
        for second in more[1]
        if places[0][first] and places[0][first] == places[1][second]
    ]
    return trials


def _changed(
    lists: Picks, free: list[list[int]], rules: tuple[Constraints, Constraints]
) -> list[Picks]:
    """The lists with one program dropped, or exchanged for another."""
    trials: list[Picks] = []
    for side in (0, 1):
        own = lists[side]
        for leaving in own:
            if leaving in rules[side].must:
                continue
            rest = tuple(at for at in own if at != leaving)
            coming = [at for at in free[side] if at not in own]
            changed = [rest, *(_with(rest, at) for at in coming)]
            trials += [(new, lists[1]) if side == 0 else (lists[0], new) for new in changed]
    return trials


def _with(own: tuple[int, ...], at: int) -> tuple[int, ...]:
    return tuple(sorted((*own, at)))


@dataclass(frozen=True)
class Couple:
    """Two lists made together.

    Parameters
    ----------
    programs : pair of DataFrame
        Of each student: program_id, program_name, specialty, state, place, interview_chance,
        shared (whether the other's list has a program there), the most likely first.
    outcomes : CoupleOutcomes
        Of the two lists.
    places : tuple of str
        Places with programs of both.
    fee_usd : pair of float
        Of each list.
    """

    programs: tuple[pd.DataFrame, pd.DataFrame]
    outcomes: CoupleOutcomes
    places: tuple[str, ...]
    fee_usd: tuple[float, float]


def couple_plan(
    students: tuple[pd.DataFrame, pd.DataFrame],
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
    wishes: ListWishes | None = None,
    by: str = "state",
) -> Couple:
    """Lists of two students who match together, by state or institution; without signals to give.

    Parameters
    ----------
    students : pair of DataFrame
        One row of students each.
    programs, assumptions, preferences, wishes
        As for `application_list`; wishes hold for both.
    by : {"state", "institution_id"}
        What makes two programs one place.

    Returns
    -------
    Couple

    Raises
    ------
    ModelError
        If one has no score, or programs.csv has no such column.
    """
    if by not in {"state", "institution_id"} or by not in programs:
        message = f"couples by {by}: expected state or institution_id, a column of programs.csv"
        raise ModelError(message)
    rate, how = assumptions.value("match_given_interview"), mechanism(assumptions)
    least, fewest = assumptions.value("list.least_chance"), int(assumptions.value("list.fewest"))
    problems: list[ListProblem] = []
    chances: list[Floats] = []
    for student in students:
        if pd.isna(student.iloc[0].get("step2_ck", np.nan)):
            message = f"student {student.iloc[0]['student_id']} has no Step 2 CK score yet"
            raise ModelError(message)
        problem = list_problem(student, programs, assumptions, preferences, wishes)
        plain = replace(problem.constraints, gold=(), silver=(), barred={})
        problem = replace(problem, constraints=plain)
        chance = ListChances(student, problem, assumptions, preferences).if_all_sent("none")
        problems.append(with_least_chance(problem, {"none": chance}, least, fewest)[0])
        chances.append(chance)
    # Pairs of states of two students: few states each will do.
    first, second = (scenarios(chance, rate, how, coarse=True) for chance in chances)
    places = tuple(problem.programs[by].fillna("").astype(str).tolist() for problem in problems)
    lists, _ = couple_lists(
        (first, second),
        (places[0], places[1]),
        (problems[0].constraints, problems[1].constraints),
        assumptions.value("couples.apart"),
        assumptions.value("couples.alone"),
    )
    there = [{where[at] for at in own} for own, where in zip(lists, places, strict=True)]
    shared = (there[0] & there[1]) - {""}
    frames = []
    for problem, chance, own, where in zip(problems, chances, lists, places, strict=True):
        rows = problem.programs.iloc[list(own)][
            ["program_id", "program_name", "specialty", "state"]
        ].reset_index(drop=True)
        rows["place"] = [where[at] for at in own]
        rows["interview_chance"] = chance[list(own)]
        rows["shared"] = rows["place"].isin(shared)
        frames.append(
            rows.sort_values(
                ["interview_chance", "program_id"], ascending=[False, True], ignore_index=True
            )
        )
    fees = [
        sum(
            one.of(n)
            for one, n in zip(
                p.constraints.fees_of(len(p.specialties)),
                p.constraints.counts(list(own), len(p.programs)),
                strict=True,
            )
        )
        for p, own in zip(problems, lists, strict=True)
    ]
    return Couple(
        (frames[0], frames[1]),
        couple_outcomes((first, second), (places[0], places[1]), lists),
        tuple(sorted(shared)),
        (float(fees[0]), float(fees[1])),
    )
