"""A student's application list, from profile to chosen programs (section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from analysis.arrays import Floats
from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.chance import range_ends
from analysis.model.choice.columns import columns_of
from analysis.model.choice.constraints import OPTIONS, Constraints, fee_usd
from analysis.model.choice.explain import (
    flat_from,
    frontier,
    left_out,
    market_of,
    match_chance_by_rho,
    match_chance_draws,
    next_application,
    reasons_on_list,
)
from analysis.model.choice.greedy import LEAST_GAIN, gains_beside, greedy, greedy_columns
from analysis.model.choice.problem import (
    ListChances,
    ListProblem,
    ListWishes,
    list_problem,
    undominated_programs,
    with_least_chance,
    with_ties,
)
from analysis.model.choice.value import match_chance, match_shares
from analysis.model.correlation import Mechanism, Scenarios, mechanism, scenarios
from analysis.model.match_stage import HIGHEST_RATE, LOWEST_RATE, match_rates
from analysis.model.parameters import chance_parameters
from analysis.model.portfolio import Choice, Method, best_list, interchangeable
from analysis.model.profile import has_score, specialties_of


@dataclass(frozen=True)
class ApplicationList:
    """A list, what it promises and how far that can be trusted.

    Parameters
    ----------
    problem : ListProblem
        What was asked.
    choice : Choice
        Positions in ``problem.programs``, and signals.
    offers : ListOffers
        The chances in it.
    programs : DataFrame
        A row a program on the list in order for use: likely, possible, long_shot, and the most
        likely first. program_id, program_name, specialty, program_type, state, rank (rank order for
        the Match: by preference, 1 first), group, interview_chance, low, high, signal, preference,
        match_share (chance of ending there), value_gain, match_gain, cost_usd (fee and effort saved
        without it), must, ruled, tie, in_preferred_state, under_floor, replacement and
        replacement_gain, drops_below, drops_reason, why (codes, see `WHY`), interchangeable,
        unknown, chance_if_open, chance_if_closes, gate_reason.
    optional : DataFrame
        Further programs that the limit allows, in the order in which they add most: program_id,
        program_name, specialty, state, group, interview_chance, signal, match_gain (beside the list
        and those before), match_chance (with it), fee_usd, total_fee_usd, under_floor.
    filled : bool
        Whether the list was asked to fill its limit: no price, no least chance.
    floor_dropped : bool
        Whether the best few are given with programs under the least chance among them.
    below_price : bool
        Whether the best few are given though none of them is worth its price.
    left_out : DataFrame
        A row a program: program_id, program_name, interview_chance, reason (as of
        `explain.left_out`; ``place``: in a state that the student rules out), gate_reason,
        value_gain, match_gain, cost_usd, weakest (program_id), weakest_gain.
    drawn : ndarray of float, shape (draws, k)
        Interview chances of the k programs of ``choice.chosen`` under joint draws; without rows if
        ranges were not asked for.
    match_chance, match_chance_low, match_chance_high : float
        0-1; the ends under joint draws of what is uncertain, NaN if they were not asked for.
    match_chance_if_unknowns_close : float
        If every unknown turns out against the student.
    match_chance_by_rho : DataFrame
        rho, match_chance, independent.
    expected_interviews : float
        Sum of the chances.
    fee_usd : float
        Fees of the list.
    places_unused : int
        Places of the limit that nothing deserves; 0 without a limit.
    chance_basis : str
        ``identity``, ``article`` or ``base_rate``.
    fingerprint : str
        Of the assumptions.
    """

    problem: ListProblem
    choice: Choice
    offers: ListOffers
    programs: pd.DataFrame
    optional: pd.DataFrame
    filled: bool
    floor_dropped: bool
    below_price: bool
    left_out: pd.DataFrame
    drawn: Floats
    match_chance: float
    match_chance_low: float
    match_chance_high: float
    match_chance_if_unknowns_close: float
    match_chance_by_rho: pd.DataFrame
    expected_interviews: float
    fee_usd: float
    places_unused: int
    chance_basis: str
    fingerprint: str

    @property
    def by_option(self) -> dict[str, Scenarios]:
        """Offer chances of all programs by signal."""
        return self.offers.by_option

    @cached_property
    def market(self) -> Scenarios:
        """Offer chances of all programs under the signals of the list."""
        return market_of(self.by_option, self.choice)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ids of the programs in order for use."""
        return tuple(self.programs["program_id"])

    @property
    def recommended(self) -> tuple[str, ...]:
        """Ids in order for use without programs that only a wish keeps on the list."""
        kept = [("adds" in why) or not must for why, must in self._why_and_must()]
        return tuple(self.programs["program_id"][kept])

    @property
    def rank_order(self) -> tuple[str, ...]:
        """Ids in rank order for the Match: by preference."""
        return tuple(self.ranked["program_id"])

    @property
    def ranked(self) -> pd.DataFrame:
        """The programs in rank order, as ``choice.chosen`` and ``drawn`` have them."""
        return self.programs.sort_values("rank", kind="stable", ignore_index=True)

    def _why_and_must(self) -> Iterable[tuple[tuple[str, ...], bool]]:
        return zip(self.programs["why"], self.programs["must"], strict=True)

    @property
    def unknowns(self) -> int:
        """How many programs of the list rest on something to verify."""
        return int((self.programs["unknown"] != "").sum())


GROUPS = ("likely", "possible", "long_shot")
# Why a program is on a list, in the order in which it is told.
WHY = (
    "must",
    "home",
    "rotation",
    "contact",
    "rule",
    "own",
    "place",
    "gold",
    "silver",
    "adds",
    "under_floor",
)


def group_of(chance: float, assumptions: Assumptions) -> str:
    """Group of a program by its chance as it is printed, in whole percents (section 3.6)."""
    percent = round(100 * chance)
    if percent >= round(100 * assumptions.value("groups.likely_from")):
        return "likely"
    possible = percent >= round(100 * assumptions.value("groups.possible_from"))
    return "possible" if possible else "long_shot"


def application_list(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
    wishes: ListWishes | None = None,
    *,
    method: Method = "auto",
    with_range: bool = True,
    left_out_number: int = 5,
) -> ApplicationList:
    """One student's application list (docs/methods.md, sections 4 and 5).

    Parameters
    ----------
    student : DataFrame
        One row of students.
    programs : DataFrame
        Rows of programs.
    assumptions : Assumptions
        Every number of the model.
    preferences : DataFrame, optional
        Wishes, ties and decided signals.
    wishes : ListWishes, optional
        What overrides the student's row.
    method : {"auto", "greedy", "swap", "exact"}
        How the list is built.
    with_range : bool
        Whether the ranges of chances and of the match chance are wanted.
    left_out_number : int
        How many of the best left out are explained.

    Returns
    -------
    ApplicationList
        Equal inputs give equal bytes.

    Raises
    ------
    ModelError
        If there is no score, or wishes contradict each other.
    """
    asked = wishes or ListWishes()
    every = list_offers(student, programs, assumptions, preferences, asked)
    # What is told of programs off the list asks for a few more than fit on it.
    near = every.near(1 + left_out_number)
    offers = every.of(near)
    choice, rules = best_choice(offers, method)
    few = rules is offers.short
    problem, by_option = offers.problem, offers.by_option
    least = assumptions.value("list.least_chance")
    decided = dict(zip(choice.chosen.tolist(), choice.option, strict=True))
    rate, rho = offers.rate, offers.together(decided)
    chance = offers.chances(decided)
    market = market_of(by_option, choice)
    floors = np.where(problem.kept_anyway | few | asked.fill, 0.0, least)
    reasons = reasons_on_list(by_option, problem.utility, rules, choice, chance, rate, rho, floors)
    # Of the best few the price is no rule, and yet a reason.
    kept = replace(rules, price=problem.constraints.price)
    out = left_out(by_option, problem.utility, kept, choice, reasons, left_out_number)
    # One more, so that there is a row where nothing is listed or left out.
    shown = np.union1d([0], np.concatenate([choice.chosen, out["program"]])).astype(np.int64)
    told = every.own.of(near[shown])
    signals = {int(np.searchsorted(shown, at)): option for at, option in decided.items()}
    chances, listed = told.with_signals(signals), np.searchsorted(shown, choice.chosen)
    drawn = np.empty((0, choice.chosen.size))
    low = high = np.nan
    if with_range:
        drawn = told.drawn(signals)[:, listed]
        ends = range_ends(drawn, chance[choice.chosen], assumptions)
        chances.loc[listed, "low"], chances.loc[listed, "high"] = ends
        low, high = _match_range(drawn, rate[choice.chosen], assumptions, rho)
    matched = match_chance(market, choice.chosen)
    # What an unknown costs is asked of the list as it is, nothing re-chosen.
    closed = chances["chance_if_closes"].to_numpy()[listed]
    everything = np.arange(closed.size)
    if_closed = (
        match_chance(scenarios(closed, rate[choice.chosen], rho.of(choice.chosen)), everything)
        if closed.size
        else 0.0
    )
    limit = problem.constraints.limit
    alike = dict(zip(choice.chosen.tolist(), _alike(every, near, decided), strict=True))
    rows = _listed(problem, choice, chances.iloc[listed], reasons, market, alike, assumptions)
    under = (chance < least) & ~problem.kept_anyway
    return ApplicationList(
        problem=every.problem,
        choice=replace(choice, chosen=near[choice.chosen]),
        offers=every,
        programs=rows,
        optional=_optional(offers.whole, choice, by_option, offers.if_sent, assumptions),
        filled=asked.fill,
        floor_dropped=few and bool(under[choice.chosen].any()),
        below_price=few and not any("adds" in why for why in rows["why"]),
        left_out=_left_out_frame(
            problem, chances.iloc[np.searchsorted(shown, out["program"])], out, assumptions
        ),
        drawn=drawn,
        match_chance=matched,
        match_chance_low=min(low, matched),
        match_chance_high=max(high, matched),
        match_chance_if_unknowns_close=min(if_closed, matched),
        match_chance_by_rho=match_chance_by_rho(chance, rate, choice.chosen, rho),
        expected_interviews=float(chance[choice.chosen].sum()),
        fee_usd=list_fee(problem, choice),
        places_unused=0 if limit is None else max(limit - choice.chosen.size, 0),
        chance_basis=str(chances["chance_basis"].iloc[0]),
        fingerprint=assumptions.fingerprint,
    )


@dataclass(frozen=True)
class ListOffers:
    """A list problem and the chances in it."""

    # whole, problem: As asked for, and without programs under the least chance.
    whole: ListProblem
    problem: ListProblem
    short: Constraints | None  # what the best few keep to; None where a list is to be filled
    own: ListChances  # the student's chances, whatever is signalled
    rate: Floats  # shape (programs,): Chance of a match given an interview
    # By signal, chances at each score that the student may have if every program got it, shape
    # (k, programs), and their means over the scores.
    by_score: dict[str, Floats]
    if_sent: dict[str, Floats]
    how: Mechanism  # how answers come together where the score is known
    coarse: bool  # whether few states will do

    @cached_property
    def by_option(self) -> dict[str, Scenarios]:
        """Offer chances by signal."""
        return {
            option: scenarios(
                chances,
                self.rate,
                self._together(self.by_score[option]),
                coarse=self.coarse,
            )
            for option, chances in self.if_sent.items()
        }

    def near(self, spare: int) -> NDArray[np.int64]:
        """Programs that a list may name; all where rankings hang on the invitations."""
        if self.how.link:
            # A threshold that hangs on the chance: one chance above another does not tell all.
            return np.arange(self.rate.size)
        found = undominated_programs(self.problem, self.by_score, self.rate, spare)
        if self.short is None or found.size == self.rate.size:
            return found
        few = replace(self.whole, constraints=self.short)
        return np.union1d(found, undominated_programs(few, self.by_score, self.rate, spare))

    def of(self, positions: NDArray[np.int64]) -> ListOffers:
        """The same among some of the programs, whose positions then count from 0."""
        if positions.size == self.rate.size:
            return self
        whole = self.whole.of(positions)
        rules = self.problem.constraints.of(positions)
        return replace(
            self,
            whole=whole,
            problem=replace(whole, constraints=rules),
            short=None if self.short is None else self.short.of(positions),
            own=self.own.of(positions),
            rate=self.rate[positions],
            by_score={option: each[:, positions] for option, each in self.by_score.items()},
            if_sent={option: each[positions] for option, each in self.if_sent.items()},
        )

    def chances(self, signals: Mapping[int, str]) -> Floats:
        """Interview chances with the signals of a list."""
        found = self.if_sent["none"].copy()
        for at, option in signals.items():
            found[at] = self.if_sent[option][at]
        return found

    def together(self, signals: Mapping[int, str]) -> Mechanism:
        """How answers come together with the signals of a list."""
        found = self.by_score["none"].copy()
        for at, option in signals.items():
            found[:, at] = self.by_score[option][:, at]
        return self._together(found)

    def _together(self, by_score: Floats) -> Mechanism:
        """Through a score that is not known yet as well."""
        expected = self.own.expected
        return self.how if expected is None else self.how.with_scores(*expected.grouped(by_score))


def list_offers(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None,
    asked: ListWishes,
    *,
    coarse: bool = False,
) -> ListOffers:
    """State a student's list problem and compute the chances in it."""
    row = student.iloc[0]
    if not has_score(row):
        message = (
            f"student {row['student_id']} has no Step 2 CK score yet: there is no list; give "
            "step2_ck, what you expect as step2_estimate, or comlex2"
        )
        raise ModelError(message)
    whole = list_problem(student, programs, assumptions, preferences, asked)
    at_hand = {"gold": whole.constraints.gold, "silver": whole.constraints.silver}
    options = [o for o in OPTIONS if o == "none" or any(at_hand[o])]
    kinds = specialties_of(row, assumptions)
    rate = match_rates(row, whole.programs["specialty"], kinds, whole.ties, assumptions)
    ties = with_ties(preferences, str(row["student_id"]), asked)
    own = ListChances(student, whole, assumptions, ties)
    sent = own.if_sent(options)(chance_parameters(assumptions))
    by_score = {option: chances[0] for option, chances in sent.items()}
    if_sent = {option: own.over_scores(chances) for option, chances in by_score.items()}
    problem, short = whole, None
    if not asked.fill:
        problem = with_least_chance(whole, if_sent, assumptions.value("list.least_chance"))
        short = the_best_few(whole.constraints, int(assumptions.value("list.fewest")))
    how = mechanism(assumptions)
    return ListOffers(whole, problem, short, own, rate, by_score, if_sent, how, coarse)


def best_choice(offers: ListOffers, method: Method = "auto") -> tuple[Choice, Constraints]:
    """The best list and the rules that it keeps to."""
    problem, rules, short = offers.problem, offers.problem.constraints, offers.short
    choice = best_list(offers.by_option, problem.utility, rules, method)
    # Where the least chance leaves few, it may ask for signals that do more good elsewhere.
    reached = problem.utility.size - len({*rules.never, *rules.barred.get("none", ())})
    if short is None or min(choice.chosen.size, reached) >= (short.limit or 0):
        return choice, rules
    few = best_list(offers.by_option, problem.utility, short, method)
    return (few, short) if few.value > choice.value + LEAST_GAIN else (choice, rules)


def list_outcome(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
    wishes: ListWishes | None = None,
) -> tuple[float, int, float]:
    """What a list comes to, where nobody asks why each program is on it."""
    every = list_offers(student, programs, assumptions, preferences, wishes or ListWishes())
    offers = every.of(every.near(1))
    choice, _ = best_choice(offers)
    matched = match_chance(market_of(offers.by_option, choice), choice.chosen)
    return matched, len(choice.chosen), list_fee(offers.problem, choice)


def the_best_few(rules: Constraints, number: int) -> Constraints:
    """The rules without a price, for the best few programs whatever their chance and price."""
    limit = number if rules.limit is None else min(number, rules.limit)
    return replace(rules, price=None, limit=limit)


def _optional(
    problem: ListProblem,
    choice: Choice,
    by_option: Mapping[str, Scenarios],
    if_sent: Mapping[str, Floats],
    assumptions: Assumptions,
) -> pd.DataFrame:
    """Further programs within limit, budget and signals, whatever they cost, the best first."""
    programs, groups = len(problem.programs), len(problem.specialties)
    quotas = tuple(replace(quota, at_least=0) for quota in problem.constraints.quotas)
    must = tuple({*problem.constraints.must, *choice.chosen.tolist()})
    rules = replace(problem.constraints, price=None, quotas=quotas, must=must)
    columns = columns_of(by_option, problem.utility, rules)
    ways = list(zip(columns.program.tolist(), columns.option.tolist(), strict=True))
    listed = zip(choice.chosen.tolist(), map(OPTIONS.index, choice.option), strict=True)
    begin = np.array([ways.index(way) for way in listed], dtype=np.int64)
    taken = greedy_columns(columns, rules, programs, begin)
    at = np.arange(begin.size, taken.size + 1)
    refused = np.cumprod(1 - columns.offers[taken], axis=0)
    refused = np.vstack([np.ones((1, columns.weight.size)), refused])
    matched = (1 - refused[at]) @ columns.weight
    fees = rules.fees_of(groups)
    paid = [fee_usd(fees, rules.counts(columns.program[taken[:number]], programs)) for number in at]
    more = taken[begin.size :]
    rows = problem.programs.iloc[columns.program[more]].reset_index(drop=True)
    names = ("program_id", "program_name", "specialty", "state")
    rows = rows[[name for name in names if name in rows]].copy()
    rows["signal"] = [OPTIONS[option] for option in columns.option[more]]
    rows["interview_chance"] = [
        float(if_sent[option][position])
        for option, position in zip(rows["signal"], columns.program[more], strict=True)
    ]
    rows["group"] = [group_of(chance, assumptions) for chance in rows["interview_chance"]]
    rows["match_gain"], rows["match_chance"] = np.diff(matched), matched[1:]
    rows["fee_usd"], rows["total_fee_usd"] = np.diff(paid), paid[1:]
    rows["under_floor"] = rows["interview_chance"] < assumptions.value("list.least_chance")
    return rows


def _match_range(
    drawn: Floats, rate: Floats, assumptions: Assumptions, how: Mechanism
) -> tuple[float, float]:
    """Ends of the match chance under joint draws (section 3.6)."""
    seed = int(assumptions.value("uncertainty.seed"))
    ends = assumptions.values("uncertainty.match_given_interview")
    # Another stream of the same seed, so that these draws do not repeat those of the weights.
    rates = np.random.default_rng([seed, 1]).uniform(min(ends), max(ends), len(drawn))
    # What ties and a specialty's cited match rate add to the log-odds is the same in each draw.
    added = logit(rate) - logit(assumptions.value("match_given_interview"))
    rates = np.clip(expit(logit(rates)[:, None] + added), LOWEST_RATE, HIGHEST_RATE)
    # Correlations are drawn as well: each draw has one before and one after the interviews.
    mixed = len(how.rho)
    after = (*assumptions.values("uncertainty.match_correlation"), how.match_correlation)
    matches = np.empty(len(drawn))
    for at in range(mixed * len(after)):
        own = slice(at, None, mixed * len(after))
        one = Mechanism((how.rho[at % mixed],), after[at // mixed], how.link)
        matches[own] = match_chance_draws(drawn[own], rates[own], one)
    tails = [assumptions.value("uncertainty.low"), assumptions.value("uncertainty.high")]
    low, high = np.quantile(matches, tails)
    return float(low), float(high)


def list_fee(problem: ListProblem, choice: Choice) -> float:
    """Fees of a list, US dollars."""
    rules, programs = problem.constraints, len(problem.programs)
    if rules.fees is None:
        return 0.0
    return fee_usd(rules.fees_of(len(problem.specialties)), rules.counts(choice.chosen, programs))


def _listed(
    problem: ListProblem,
    choice: Choice,
    chances: pd.DataFrame,
    reasons: pd.DataFrame,
    market: Scenarios,
    alike: Mapping[int, tuple[str, ...]],
    assumptions: Assumptions,
) -> pd.DataFrame:
    own = problem.programs.iloc[choice.chosen].reset_index(drop=True)
    found = chances.reset_index(drop=True)
    ids = problem.programs["program_id"].to_numpy(dtype=object)
    names = ["program_id", "program_name", "specialty", "program_type", "state"]
    told = ("value_gain", "match_gain", "must", "ruled", "replacement_gain", "drops_below")
    least = assumptions.value("list.least_chance")
    # One frame at last: column by column a frame costs more than the list.
    rows = pd.DataFrame(
        {
            **{name: own[name] for name in names if name in own},
            "rank": np.arange(1, len(own) + 1),
            "group": [group_of(chance, assumptions) for chance in found["interview_chance"]],
            **{name: found[name] for name in ("interview_chance", "low", "high")},
            "signal": list(choice.option),
            "preference": problem.preference[choice.chosen],
            "match_share": match_shares(market, problem.utility, choice.chosen),
            **{name: reasons[name].to_numpy() for name in (*told, "drops_reason")},
            "cost_usd": _saved_usd(problem, choice, assumptions),
            "tie": [problem.ties[at] for at in choice.chosen],
            "replacement": [ids[at] if at >= 0 else "" for at in reasons["replacement"]],
            "in_preferred_state": own["state"].isin(problem.preferred_states),
            "under_floor": found["interview_chance"].to_numpy() < least,
            "interchangeable": [alike.get(int(at), ()) for at in choice.chosen],
            **{
                name: found[name]
                for name in ("unknown", "chance_if_open", "chance_if_closes", "gate_reason")
            },
        }
    )
    numbered = problem.numbered[choice.chosen]
    worth = rows["value_gain"] * assumptions.value("list.worth_of_match_usd")
    rows["why"] = [
        _why(row, numbered=bool(own_number), worth_it=bool(value >= row["cost_usd"]))
        for row, own_number, value in zip(rows.to_dict("records"), numbered, worth, strict=True)
    ]
    # As it is shown, so that programs that read alike stand by preference.
    chance = rows["interview_chance"]
    highest = chance >= assumptions.value("highest_chance") - 1e-9
    order = np.lexsort((rows["rank"], ~highest, -np.round(100 * chance)))
    return rows.iloc[order].reset_index(drop=True)


def _alike(
    every: ListOffers, near: NDArray[np.int64], signals: Mapping[int, str]
) -> list[tuple[str, ...]]:
    """Programs that would do exactly as well as each of a list: wanted as much, same chances."""
    sent = {int(near[at]): option for at, option in signals.items()}
    chances = every.by_score["none"].copy()
    for at, option in sent.items():
        chances[:, at] = every.by_score[option][:, at]
    # A chance of none is none at whatever rate.
    told = np.vstack([chances, np.where(chances.any(axis=0), every.rate, 0.0)]).T
    same = interchangeable(
        Scenarios(told, np.ones(told.shape[1])), every.problem.utility, list(sent)
    )
    ids = every.problem.programs["program_id"].to_numpy(dtype=object)
    never = {*every.problem.constraints.never}
    return [tuple(str(ids[x]) for x in same.get(at, ()) if x not in never) for at in sent]


def _saved_usd(problem: ListProblem, choice: Choice, assumptions: Assumptions) -> list[float]:
    """Fee and effort that the list saves without each of its programs."""
    rules, programs = problem.constraints, len(problem.programs)
    fees = rules.fees_of(len(problem.specialties))
    now, effort = list_fee(problem, choice), assumptions.value("list.effort_usd")
    return [
        now - fee_usd(fees, rules.counts(np.delete(choice.chosen, at), programs)) + effort
        for at in range(choice.chosen.size)
    ]


def _why(row: Mapping[str, Any], *, numbered: bool, worth_it: bool) -> tuple[str, ...]:
    """Codes of why a program is on the list, as `WHY` orders them."""
    holds = {
        "must": row["must"],
        row["tie"]: True,
        "rule": row["ruled"],
        "own": numbered,
        "place": row["in_preferred_state"],
        row["signal"]: True,
        "adds": worth_it,
        "under_floor": row["under_floor"],
    }
    return tuple(code for code in WHY if holds.get(code, False))


def _left_out_frame(
    problem: ListProblem, chances: pd.DataFrame, out: pd.DataFrame, assumptions: Assumptions
) -> pd.DataFrame:
    at = out["program"].to_numpy(dtype=np.int64)
    ids = problem.programs["program_id"].to_numpy(dtype=object)
    rows = pd.DataFrame({"program_id": ids[at]})
    rows["program_name"] = problem.programs["program_name"].to_numpy(dtype=object)[at]
    rows["interview_chance"] = chances["interview_chance"].to_numpy()
    rows["gate_reason"] = chances["gate_reason"].to_numpy(dtype=object)
    for name in ("reason", "value_gain", "match_gain", "weakest_gain"):
        rows[name] = out[name].to_numpy()
    if problem.excluded_states:
        inside = problem.programs["state"].iloc[at].isin(problem.excluded_states).to_numpy()
        rows.loc[inside & rows["reason"].eq("never"), "reason"] = "place"
    worth = assumptions.value("list.worth_of_match_usd")
    rows["cost_usd"] = out["cost"].to_numpy(dtype=np.float64) * worth
    rows["weakest"] = [ids[w] if w >= 0 else "" for w in out["weakest"]]
    return rows


def next_applications(
    found: ApplicationList, assumptions: Assumptions, most: int | None = None
) -> tuple[pd.DataFrame, int | None]:
    """What each application adds, those of the list first, and from which number on it adds little.

    Parameters
    ----------
    found : ApplicationList
        The list, whose signals are kept; those it leaves go to its optional programs.
    assumptions : Assumptions
        ``list.flat_gain``.
    most : int, optional
        Applications at which the curve ends; all programs without it.

    Returns
    -------
    curve : DataFrame
        As `next_application`, with program_id.
    worth_sending : int or None
        Applications after which none adds ``list.flat_gain`` of match chance; None if each does.
    """
    problem, listed = found.problem, found.choice.chosen
    programs = len(problem.programs)
    # That which adds most first, then most beside it.
    others = np.setdiff1d(np.arange(programs), listed)
    first = greedy(found.market, problem.utility, listed.size, never=others)
    curve = next_application(
        _with_optional(found),
        problem.utility,
        programs if most is None else min(most, programs),
        problem.constraints.fees,
        problem.constraints.specialties(programs),
        must=np.concatenate([first, np.setdiff1d(listed, first)]),
        never=problem.constraints.never,
    )
    ids = problem.programs["program_id"].to_numpy(dtype=object)
    curve["program_id"] = ids[curve["program"].to_numpy(dtype=np.int64)]
    return curve, flat_from(curve, assumptions.value("list.flat_gain"))


def _with_optional(found: ApplicationList) -> Scenarios:
    """Offer chances under the signals of the list, and of those that go to further programs."""
    own, more = found.choice, found.optional[found.optional["signal"] != "none"]
    at = pd.Index(found.problem.programs["program_id"]).get_indexer(more["program_id"])
    every = (np.append(own.chosen, at), (*own.option, *more["signal"]))
    return market_of(found.by_option, replace(own, chosen=every[0], option=every[1]))


def list_frontier(found: ApplicationList, assumptions: Assumptions) -> pd.DataFrame:
    """Reach against safety for one student; ``used`` marks the list that is given."""
    # The list's signals are kept; the row used is that of ``match_utility``.
    used = assumptions.value("match_utility")
    sweep = sorted({*assumptions.values("list.frontier"), used})
    problem = found.problem
    rows = frontier(
        found.market,
        problem.preference,
        max(found.choice.chosen.size, len(problem.constraints.must)),
        sweep,
        must=problem.constraints.must,
        never=problem.constraints.never,
    )
    rows["used"] = rows["match_utility"] == used
    return rows


def list_room(found: ApplicationList) -> dict[str, Any]:
    """What a list was made for, and what keeps the other programs off it."""
    problem = found.problem
    constraints = problem.constraints
    chosen = found.choice.chosen
    others = np.setdiff1d(np.arange(len(problem.programs)), [*constraints.never, *chosen])
    chance = found.by_option["none"].marginal
    gains = gains_beside(found.market, problem.utility, chosen)
    wanted = others[(gains[others] >= LEAST_GAIN) & (chance[others] > 0)]
    fees, budget = constraints.fees_of(len(problem.specialties)), constraints.budget_usd
    over = False
    if budget is not None:
        kinds = constraints.specialties(len(problem.programs))
        counts = np.bincount(kinds[chosen], minlength=len(problem.specialties))
        more = [np.add(counts, np.arange(counts.size) == kind) for kind in set(kinds[wanted])]
        over = all(fee_usd(fees, numbers.tolist()) > budget for numbers in more)
    return {
        "limit": constraints.limit,
        "limit_from": problem.limit_from,
        "budget_usd": budget,
        "budget_from": problem.budget_from,
        "first_fee_usd": min(one.of(1) for one in fees),
        "specialties": len(problem.specialties),
        "listed": int(chosen.size),
        "unused": found.places_unused,
        "never": len(constraints.never),
        "others": int(others.size),
        "closed": int((chance[others] == 0).sum()),
        "wanted": int(wanted.size),
        "over_budget": bool(over and wanted.size),
        "ruled": bool(constraints.quotas),
        "priced": constraints.price is not None,
        "few": found.floor_dropped or found.below_price,
        "under_floor": int(np.isin(wanted, constraints.barred.get("none", ())).sum()),
    }


def budget_lifted(found: ApplicationList, other: ApplicationList) -> bool:
    """Whether a what-if leaves out of account a budget that the list keeps to."""
    before, after = (one.problem.constraints.budget_usd for one in (found, other))
    return before is not None and after is None
