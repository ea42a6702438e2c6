"""Other plans for a list: more applications, another specialty, waiting for a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.arrays import Floats
from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.choice.application_list import (
    ApplicationList,
    application_list,
    list_offers,
    list_outcome,
)
from analysis.model.choice.constraints import Constraints, Price, fee_usd
from analysis.model.choice.problem import ListChances, ListWishes, application_fees, with_ties
from analysis.model.choice.value import match_chance
from analysis.model.correlation import Scenarios, mechanism, scenarios
from analysis.model.match_stage import match_rates
from analysis.model.parameters import listed
from analysis.model.portfolio import best_list
from analysis.model.profile import ExpectedScore, expected_score, specialties_of

PER_SPECIALTY = ("gold_signals", "silver_signals")
# Of a row, what belongs to the programs of its own specialties alone.
OF_THE_LIST = ("competitiveness", "must_apply", "never_apply")


@dataclass(frozen=True)
class Plan:
    """A list for one specialty or two, under the same limits."""

    specialties: tuple[str, ...]  # in the student's order
    found: ApplicationList
    # Chance of ending in each, 0-1; their sum is the match chance.
    match_by_specialty: dict[str, float]
    # Value less the price of the applications and, with two specialties on the list, of a second
    # story; the value where the list was filled whatever it costs.
    net: float


def second_plan(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
    wishes: ListWishes | None = None,
    second: str = "",
) -> tuple[Plan, ...]:
    """One plan against two: each specialty alone, then both, under the same limit and budget."""
    asked = wishes or ListWishes()
    own = list(specialties_of(student.iloc[0], assumptions))
    names = list(dict.fromkeys([*own[:1], second] if second else own))
    if len(names) != 2:
        message = f"a second plan needs two specialties; found {', '.join(names)}"
        raise ModelError(message)
    plans = []
    for chosen in ([names[0]], [names[1]], names):
        other, wished = _only(student, own, chosen, programs, assumptions, asked)
        found = application_list(
            other, programs, assumptions, preferences, wished, with_range=False, left_out_number=0
        )
        plans.append(_plan(tuple(chosen), found, assumptions.value("plans.story_usd")))
    first, last, both = plans
    better = max((first, last), key=lambda plan: plan.net)
    if better.net > both.net:
        alone = {name: better.match_by_specialty.get(name, 0.0) for name in names}
        both = replace(better, specialties=tuple(names), match_by_specialty=alone)
    return first, last, both


def _plan(names: tuple[str, ...], found: ApplicationList, story_usd: float) -> Plan:
    shares = found.programs.groupby("specialty")["match_share"].sum()
    rules = found.problem.constraints
    cost = rules.cost_of(found.choice.chosen, len(found.problem.programs))
    if rules.price is not None and len(shares) == 2:
        cost += story_usd / rules.price.worth_usd
    by_specialty = {name: float(shares.get(name, 0.0)) for name in names}
    return Plan(names, found, by_specialty, found.choice.value - cost)


def _only(
    student: pd.DataFrame,
    own: Sequence[str],
    names: Sequence[str],
    programs: pd.DataFrame,
    assumptions: Assumptions,
    asked: ListWishes,
) -> tuple[pd.DataFrame, ListWishes]:
    """The student's row and wishes for some specialties, with what belongs to those alone."""
    changed, row = student.copy(), student.iloc[0]

    def cell(value: Any) -> pd.Series:
        return pd.Series([value], changed.index, dtype=object)

    changed["specialty"] = cell(tuple(names))
    kinds = listed(row.get("competitiveness"))
    known = dict(zip(own, kinds, strict=False)) if len(kinds) == len(own) else {}
    held = tuple(known[name] for name in names if name in known)
    changed["competitiveness"] = cell(held if len(held) == len(names) else None)
    signals: dict[str, tuple[int, ...]] = {}
    for column, given in zip(PER_SPECIALTY, (asked.gold, asked.silver), strict=True):
        of_row = _numbers(row.get(column)) if given is None else given
        at_hand = dict(zip(own, of_row, strict=False))
        season = {n: int(getattr(assumptions.season_of(n), column)) for n in names}
        signals[column] = tuple(at_hand.get(name, season[name]) for name in names)
        changed[column] = cell(None)
    inside = set(programs.loc[programs["specialty"].isin(list(names)), "program_id"].astype(str))
    for column in ("must_apply", "never_apply"):
        changed[column] = cell(tuple(one for one in listed(row.get(column)) if one in inside))
    return changed, replace(
        asked,
        gold=signals["gold_signals"],
        silver=signals["silver_signals"],
        must=tuple(one for one in asked.must if one in inside),
        never=tuple(one for one in asked.never if one in inside),
        home=tuple(one for one in asked.home if one in inside),
        rotation=tuple(one for one in asked.rotation if one in inside),
    )


def _numbers(cell: Any) -> tuple[int, ...]:
    if isinstance(cell, int | float | np.integer):
        return () if pd.isna(cell) else (int(cell),)
    return tuple(int(float(part)) for part in listed(cell))


@dataclass(frozen=True)
class LinkedYears:
    """Preliminary years beside advanced positions, and what can come of both."""

    # A row a preliminary program to apply to, the most likely first: program_id, program_name,
    # specialty, state, interview_chance, match_gain (chance that it alone saves from a match
    # without a first year).
    programs: pd.DataFrame
    # with_first_year, without_first_year, unmatched: 0-1; they sum to 1. A categorical match has
    # its first year.
    with_first_year: float
    without_first_year: float
    unmatched: float
    fee_usd: float  # of the preliminary applications


def linked_years(
    main: Scenarios,
    utility: Floats,
    chosen: NDArray[np.int64],
    advanced: NDArray[np.bool_],
    years: Scenarios,
    constraints: Constraints,
    without_first_year: float,
) -> tuple[NDArray[np.int64], tuple[float, float, float], list[float]]:
    """Best preliminary years beside a list, and the chances of each outcome."""
    # In a state of the world the student ends at an advanced position with some chance, and then
    # needs a first year; what preliminary programs save is that chance times their own match
    # chance. So they are the list problem once more, its states weighed by that chance. Given back:
    # positions in ``years``; chances of a match with a first year, without one, and of none; what
    # each position picked alone saves.
    offers = main.chance[chosen]
    reached = np.ones_like(offers)
    reached[1:] = np.cumprod(1 - offers, axis=0)[:-1]
    needs = main.weight * (offers * reached * advanced[chosen][:, None]).sum(axis=0)
    if constraints.price is not None and advanced[chosen].any():
        # An advanced match is worth what the student gives it, and so is its first year.
        mean = float(utility[chosen][advanced[chosen]].mean())
        price = Price(constraints.price.worth_usd * mean, constraints.price.effort_usd)
        constraints = replace(constraints, price=price)
    worth = np.full(years.chance.shape[0], 1 - without_first_year)
    picked = best_list(Scenarios(years.chance, needs), worth, constraints, "exact").chosen

    def without(some: NDArray[np.int64]) -> float:
        return float(needs @ np.prod(1 - years.chance[some], axis=0))

    left = without(picked)
    gains = [without(np.delete(picked, at)) - left for at in range(picked.size)]
    unmatched = float(main.weight @ np.prod(1 - offers, axis=0))
    return picked, (1 - unmatched - left, left, unmatched), gains


def years_for(
    found: ApplicationList,
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
) -> LinkedYears | None:
    """Preliminary years for a student's list; None if it has no advanced position."""
    problem = found.problem
    if "track" not in problem.programs or not found.chosen:
        return None
    advanced = problem.programs["track"].eq("advanced").to_numpy(dtype=bool)
    if not advanced[found.choice.chosen].any():
        return None
    kinds = programs["track"].eq("preliminary") & ~programs["state"].isin(problem.excluded_states)
    own = programs[kinds]
    specialties = tuple(dict.fromkeys(own["specialty"]))
    years = Scenarios(np.zeros((0, found.market.weight.size)), found.market.weight)
    chance = np.zeros(0)
    if len(own):
        # The file reads there as at home: a preliminary year asks no other story.
        asked = student.assign(specialty=pd.Series([specialties], student.index, dtype=object))
        asked = asked.assign(**dict.fromkeys((*PER_SPECIALTY, *OF_THE_LIST)))
        offers = list_offers(asked, own, assumptions, preferences, ListWishes(fill=True))
        years, chance, own = (
            offers.by_option["none"],
            offers.if_sent["none"],
            offers.problem.programs,
        )
    rules = Constraints(
        limit=problem.constraints.limit,
        specialty=tuple(specialties.index(name) for name in own["specialty"]),
        fees=application_fees(assumptions, specialties),
        names=tuple(own["program_id"]),
        price=problem.constraints.price,
    )
    picked, outcomes, gains = linked_years(
        found.market,
        problem.utility,
        found.choice.chosen,
        advanced,
        years,
        rules,
        assumptions.value("tracks.without_first_year"),
    )
    names = ["program_id", "program_name", "specialty", "state"]
    rows = own.iloc[picked][names].reset_index(drop=True)
    rows["interview_chance"] = chance[picked]
    rows["match_gain"] = gains
    rows = rows.sort_values(
        ["interview_chance", "program_id"], ascending=[False, True], ignore_index=True
    )
    counts = rules.counts(picked, len(own))
    return LinkedYears(rows, *outcomes, fee_usd(rules.fees_of(len(counts)), counts))


def plan_rows(plans: Sequence[Plan]) -> list[dict[str, Any]]:
    """One plan against two, as data."""
    alone = {plan.specialties: plan.found.match_chance for plan in plans[:2]}
    rows: list[dict[str, Any]] = []
    for plan in plans:
        found = plan.found
        count = found.programs.groupby("specialty").size()
        rows.append(
            {
                "specialties": list(plan.specialties),
                "chosen": list(found.chosen),
                "applications": {name: int(count.get(name, 0)) for name in plan.specialties},
                "match_chance": found.match_chance,
                "match_by_specialty": plan.match_by_specialty,
                "adds": found.match_chance - alone[plans[0].specialties],
                "fee_usd": found.fee_usd,
                "gold": found.choice.option.count("gold"),
                "silver": found.choice.option.count("silver"),
                "net": plan.net,
            }
        )
    return rows


# Ends of the likely scores, and at how many of them the lists are compared.
TAILS, SCORES = (0.05, 0.95), 9


@dataclass(frozen=True)
class ScoreOutlook:
    """What a score that is not known yet may do to a list."""

    expected: ExpectedScore  # chances of each score
    # low, high: Scores at the 5th and 95th percentile; the lower is NaN where a fail is that
    # likely.
    low: float
    high: float
    # Programs of the list that state a cutoff: program_id, program_name, step2_cutoff, under_cutoff
    # (chance to score below it, 0-1); the likeliest to be missed first.
    cutoffs: pd.DataFrame
    # A row a group of equally likely scores: score (its middle), weight, now (match chance of the
    # list as it is) and waiting (of the list that would be chosen with that score).
    by_score: pd.DataFrame
    least_gain: float  # match chance from which waiting is advised

    @property
    def now(self) -> float:
        """Match chance of the list as it is, over the groups of scores."""
        return float(self.by_score["weight"] @ self.by_score["now"])

    @property
    def waiting(self) -> float:
        """Match chance where the list is chosen once the score is known."""
        return float(self.by_score["weight"] @ self.by_score["waiting"])

    @property
    def wait(self) -> bool:
        """Whether to choose the list when the score is in, if it comes before applications open."""
        return self.waiting - self.now >= self.least_gain


def score_outlook(
    student: pd.DataFrame,
    found: ApplicationList,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
    wishes: ListWishes | None = None,
) -> ScoreOutlook | None:
    """What a score that is not known yet may do to a list; None where none is to come."""
    row = student.iloc[0].to_dict()
    expected = expected_score(row, assumptions)
    if expected is None or expected.exam == "comlex2":
        return None
    problem, chosen = found.problem, found.choice.chosen
    middle, weight = expected.grouped(expected.score[:, None], SCORES)
    kinds = specialties_of(row, assumptions)
    rate = match_rates(row, problem.programs["specialty"], kinds, problem.ties, assumptions)
    asked = wishes or ListWishes()
    ties = with_ties(preferences, str(row["student_id"]), asked)
    signals = dict(zip(chosen.tolist(), found.choice.option, strict=True))
    rows = []
    for (score,), share in zip(np.round(middle), weight, strict=True):
        if score == 0:  # the group of failing scores
            rows.append((np.nan, share, 0.0, 0.0))
            continue
        known = student.assign(step2_ck=score)
        chances = ListChances(known, problem, assumptions, ties).by_score(signals)[0]
        offers = scenarios(chances[chosen], rate[chosen], mechanism(assumptions))
        now = match_chance(offers, np.arange(chosen.size)) if chosen.size else 0.0
        waiting, _, _ = list_outcome(known, programs, assumptions, preferences, asked)
        rows.append((score, share, now, waiting))
    listed = found.programs.merge(programs[["program_id", "step2_cutoff"]], on="program_id")
    cutoffs = listed[["program_id", "program_name", "step2_cutoff"]].dropna().reset_index(drop=True)
    cutoffs["under_cutoff"] = expected.under(cutoffs["step2_cutoff"].to_numpy())
    return ScoreOutlook(
        expected,
        expected.quantile(TAILS[0]),
        expected.quantile(TAILS[1]),
        cutoffs.sort_values("under_cutoff", ascending=False, ignore_index=True, kind="stable"),
        pd.DataFrame(rows, columns=["score", "weight", "now", "waiting"]),
        assumptions.value("list.flat_gain"),
    )
