"""A student's application list, from profile to chosen programs (section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.chance import range_ends
from analysis.model.choice.constraints import OPTIONS, fee_usd
from analysis.model.choice.curves import (
    flat_from,
    frontier,
    match_chance_by_rho,
    match_chance_draws,
    next_application,
)
from analysis.model.choice.explain import left_out, market_of, reasons_on_list
from analysis.model.choice.greedy import LEAST_GAIN, gains_beside, greedy
from analysis.model.choice.problem import ListChances, ListProblem, ListWishes, list_problem
from analysis.model.choice.value import match_chance, match_shares
from analysis.model.correlation import Mechanism, Scenarios, mechanism, scenarios
from analysis.model.portfolio import Choice, Method, best_list, interchangeable

__all__ = [
    "ApplicationList",
    "application_list",
    "budget_lifted",
    "group_of",
    "list_frontier",
    "list_room",
    "next_applications",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ApplicationList:
    """A list, what it promises and how far that can be trusted.

    Parameters
    ----------
    problem : ListProblem
        What was asked.
    choice : Choice
        Positions in ``problem.programs``, and signals.
    by_option : dict of str to Scenarios
        Offer chances by signal.
    market : Scenarios
        Offer chances under the signals of the list.
    programs : DataFrame
        A row a program on the list, the most wanted first: program_id, program_name, specialty,
        program_type, state, rank, group, interview_chance, low, high, signal, preference,
        match_share (chance of ending there), value_gain, match_gain, must, in_preferred_state,
        replacement and replacement_gain, drops_below, interchangeable, unknown, chance_if_open,
        chance_if_closes, gate_reason.
    left_out : DataFrame
        A row a program: program_id, program_name, interview_chance, reason, gate_reason,
        value_gain, match_gain, weakest (program_id), weakest_gain.
    drawn : ndarray of float, shape (draws, k)
        Interview chances of the k programs on the list under joint draws; without rows if ranges
        were not asked for.
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
        ``article`` or ``base_rate``.
    fingerprint : str
        Of the assumptions.
    """

    problem: ListProblem
    choice: Choice
    by_option: dict[str, Scenarios]
    market: Scenarios
    programs: pd.DataFrame
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
    def chosen(self) -> tuple[str, ...]:
        """Ids of the programs in rank order."""
        return tuple(self.programs["program_id"])

    @property
    def unknowns(self) -> int:
        """How many programs of the list rest on something to verify."""
        return int((self.programs["unknown"] != "").sum())


def group_of(chance: float, assumptions: Assumptions) -> str:
    """Group of a program by its chance alone (section 3.6)."""
    if chance < assumptions.value("groups.reach_below"):
        return "reach"
    return "safer" if chance > assumptions.value("groups.safer_above") else "target"


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
    row = student.iloc[0]
    if pd.isna(row.get("step2_ck", np.nan)):
        message = f"student {row['student_id']} has no Step 2 CK score yet: there is no list"
        raise ModelError(message)
    problem = list_problem(student, programs, assumptions, preferences, wishes)
    at_hand = {"gold": problem.constraints.gold, "silver": problem.constraints.silver}
    options = [o for o in OPTIONS if o == "none" or any(at_hand[o])]
    rate = assumptions.value("match_given_interview")
    rho = mechanism(assumptions)
    own = ListChances(student, problem, assumptions, preferences)
    by_option = {o: scenarios(own.if_all_sent(o), rate, rho) for o in options}
    choice = best_list(by_option, problem.utility, problem.constraints, method)
    decided = dict(zip(choice.chosen.tolist(), choice.option, strict=True))
    chances = own.with_signals(decided)
    chance = chances["interview_chance"].to_numpy()
    market = market_of(by_option, choice)
    reasons = reasons_on_list(
        by_option, problem.utility, problem.constraints, choice, chance, rate, rho
    )
    out = left_out(
        by_option, problem.utility, problem.constraints, choice, reasons, left_out_number
    )
    drawn = np.empty((0, choice.chosen.size))
    low = high = np.nan
    if with_range:
        every = own.drawn(decided)
        chances["low"], chances["high"] = range_ends(every, chance, assumptions)
        drawn = every[:, choice.chosen]
        low, high = _match_range(drawn, assumptions, rho)
    matched = match_chance(market, choice.chosen)
    # What an unknown costs is asked of the list as it is, nothing re-chosen.
    closed = chances["chance_if_closes"].to_numpy()[choice.chosen]
    everything = np.arange(closed.size)
    if_closed = match_chance(scenarios(closed, rate, rho), everything) if closed.size else 0.0
    limit = problem.constraints.limit
    return ApplicationList(
        problem=problem,
        choice=choice,
        by_option=by_option,
        market=market,
        programs=_listed(problem, choice, chances, reasons, market, assumptions),
        left_out=_left_out_frame(problem, chances, out),
        drawn=drawn,
        match_chance=matched,
        match_chance_low=min(low, matched),
        match_chance_high=max(high, matched),
        match_chance_if_unknowns_close=min(if_closed, matched),
        match_chance_by_rho=match_chance_by_rho(chance, rate, choice.chosen, rho),
        expected_interviews=float(chance[choice.chosen].sum()),
        fee_usd=_fee(problem, choice),
        places_unused=0 if limit is None else max(limit - choice.chosen.size, 0),
        chance_basis=str(chances["chance_basis"].iloc[0]),
        fingerprint=assumptions.fingerprint,
    )


def _match_range(drawn: Floats, assumptions: Assumptions, how: Mechanism) -> tuple[float, float]:
    """Ends of the match chance under joint draws (section 3.6)."""
    seed = int(assumptions.value("uncertainty.seed"))
    ends = assumptions.values("uncertainty.match_given_interview")
    # Another stream of the same seed, so that these draws do not repeat those of the weights.
    rates = np.random.default_rng([seed, 1]).uniform(min(ends), max(ends), len(drawn))
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


def _fee(problem: ListProblem, choice: Choice) -> float:
    fees = problem.constraints.fees
    if fees is None:
        return 0.0
    kinds = problem.constraints.specialties(len(problem.programs))[choice.chosen]
    return fee_usd(fees, np.bincount(kinds, minlength=len(problem.specialties)).tolist())


def _listed(
    problem: ListProblem,
    choice: Choice,
    chances: pd.DataFrame,
    reasons: pd.DataFrame,
    market: Scenarios,
    assumptions: Assumptions,
) -> pd.DataFrame:
    own = problem.programs.iloc[choice.chosen].reset_index(drop=True)
    found = chances.iloc[choice.chosen].reset_index(drop=True)
    ids = problem.programs["program_id"].to_numpy(dtype=object)
    alike = interchangeable(market, problem.utility, choice.chosen)
    names = ["program_id", "program_name", "specialty", "program_type", "state"]
    rows = own[[name for name in names if name in own]].copy()
    rows["rank"] = np.arange(1, len(rows) + 1)
    rows["group"] = [group_of(chance, assumptions) for chance in found["interview_chance"]]
    rows[["interview_chance", "low", "high"]] = found[["interview_chance", "low", "high"]]
    rows["signal"] = list(choice.option)
    rows["preference"] = problem.preference[choice.chosen]
    rows["match_share"] = match_shares(market, problem.utility, choice.chosen)
    for name in ("value_gain", "match_gain", "must", "replacement_gain", "drops_below"):
        rows[name] = reasons[name].to_numpy()
    rows["replacement"] = [ids[at] if at >= 0 else "" for at in reasons["replacement"]]
    rows["in_preferred_state"] = own["state"].isin(problem.preferred_states)
    rows["interchangeable"] = [
        tuple(str(ids[other]) for other in alike.get(int(at), ())) for at in choice.chosen
    ]
    for name in ("unknown", "chance_if_open", "chance_if_closes", "gate_reason"):
        rows[name] = found[name]
    return rows


def _left_out_frame(problem: ListProblem, chances: pd.DataFrame, out: pd.DataFrame) -> pd.DataFrame:
    at = out["program"].to_numpy(dtype=np.int64)
    ids = problem.programs["program_id"].to_numpy(dtype=object)
    rows = pd.DataFrame({"program_id": ids[at]})
    rows["program_name"] = problem.programs["program_name"].to_numpy(dtype=object)[at]
    rows["interview_chance"] = chances["interview_chance"].to_numpy()[at]
    rows["gate_reason"] = chances["gate_reason"].to_numpy(dtype=object)[at]
    for name in ("reason", "value_gain", "match_gain", "weakest_gain"):
        rows[name] = out[name].to_numpy()
    rows["weakest"] = [ids[w] if w >= 0 else "" for w in out["weakest"]]
    return rows


def next_applications(
    found: ApplicationList, assumptions: Assumptions
) -> tuple[pd.DataFrame, int | None]:
    """What each application adds, those of the list first, and from which number on it adds little.

    Parameters
    ----------
    found : ApplicationList
        The list, whose signals are kept.
    assumptions : Assumptions
        ``list.flat_gain``.

    Returns
    -------
    curve : DataFrame
        As `next_application`, with program_id.
    worth_sending : int or None
        Applications after which none adds ``list.flat_gain`` of match chance; None if each does.
    """
    problem = found.problem
    listed = found.choice.chosen
    others = np.setdiff1d(np.arange(len(problem.programs)), listed)
    worth_most = greedy(found.market, problem.utility, listed.size, never=others)
    curve = next_application(
        found.market,
        problem.utility,
        len(problem.programs),
        problem.constraints.fees,
        problem.constraints.specialties(len(problem.programs)),
        must=[*worth_most, *np.setdiff1d(listed, worth_most)],
        never=problem.constraints.never,
    )
    ids = problem.programs["program_id"].to_numpy(dtype=object)
    curve["program_id"] = ids[curve["program"].to_numpy(dtype=np.int64)]
    return curve, flat_from(curve, assumptions.value("list.flat_gain"))


def list_frontier(found: ApplicationList, assumptions: Assumptions) -> pd.DataFrame:
    """Reach against safety for one student, and where the list given stands.

    Parameters
    ----------
    found : ApplicationList
        The list, whose signals are kept.
    assumptions : Assumptions
        ``list.frontier`` and ``match_utility``.

    Returns
    -------
    DataFrame
        As `frontier`, with ``used`` for the match_utility of the assumptions.
    """
    used = assumptions.value("match_utility")
    sweep = sorted({*assumptions.values("list.frontier"), used})
    problem = found.problem
    rows = frontier(
        found.market,
        problem.preference,
        problem.most,
        sweep,
        must=problem.constraints.must,
        never=problem.constraints.never,
    )
    rows["used"] = rows["match_utility"] == used
    return rows


def list_room(found: ApplicationList) -> dict[str, Any]:
    """What a list was made for, and what keeps the other programs off it.

    Parameters
    ----------
    found : ApplicationList
        The list.

    Returns
    -------
    dict
        limit, budget_usd (None for none), limit_from, budget_from (as in `ListProblem`),
        first_fee_usd (what one application costs), specialties (how many), listed, unused (places
        of the limit), never (programs that the student rules out), others (programs of the file
        that are neither listed nor ruled out), closed (how many of them offer no chance),
        wanted (how many would add something), over_budget (whether none of those that would can be
        paid for) and ruled (whether there is a rule on kinds of programs).
    """
    problem = found.problem
    constraints = problem.constraints
    chosen = found.choice.chosen
    others = np.setdiff1d(np.arange(len(problem.programs)), [*constraints.never, *chosen])
    chance = found.by_option["none"].marginal
    gains = gains_beside(found.market, problem.utility, chosen)
    wanted = others[(gains[others] >= LEAST_GAIN) & (chance[others] > 0)]
    fees, budget = constraints.fees, constraints.budget_usd
    over = False
    if fees is not None and budget is not None:
        kinds = constraints.specialties(len(problem.programs))
        counts = np.bincount(kinds[chosen], minlength=len(problem.specialties))
        more = [np.add(counts, np.arange(counts.size) == kind) for kind in set(kinds[wanted])]
        over = all(fee_usd(fees, numbers.tolist()) > budget for numbers in more)
    return {
        "limit": constraints.limit,
        "limit_from": problem.limit_from,
        "budget_usd": budget,
        "budget_from": problem.budget_from,
        "first_fee_usd": np.nan if fees is None else fees.of(1),
        "specialties": len(problem.specialties),
        "listed": int(chosen.size),
        "unused": found.places_unused,
        "never": len(constraints.never),
        "others": int(others.size),
        "closed": int((chance[others] == 0).sum()),
        "wanted": int(wanted.size),
        "over_budget": bool(over and wanted.size),
        "ruled": bool(constraints.quotas),
    }


def budget_lifted(found: ApplicationList, other: ApplicationList) -> bool:
    """Whether a what-if leaves out of account a budget that the list keeps to."""
    before, after = (one.problem.constraints.budget_usd for one in (found, other))
    return before is not None and after is None
