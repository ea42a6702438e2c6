"""A list during the interview season: what is in hand, what it is worth, and whom to write to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.arrays import Floats
from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.chance import interview_chance
from analysis.model.choice.problem import ListWishes, list_problem
from analysis.model.choice.value import match_chance
from analysis.model.correlation import Mechanism, Scenarios, mechanism, scenarios
from analysis.model.match_stage import curve_by_interviews, match_rates
from analysis.model.profile import specialties_of

SILENT = "silent"
# A chance at which the model rules an interview out, and an invitation came all the same: it says
# nothing of the student's standing elsewhere.
NO_CHANCE = 1e-12


@dataclass(frozen=True)
class Standing:
    """Where a student stands in the season.

    Parameters
    ----------
    programs : DataFrame
        A row an application, interviews first in rank order, then the silent programs in the order
        in which a letter may help most: program_id, program_name, specialty, state, status
        (``interview``, ``declined``, ``refused``, ``silent``), interview_chance_before (0-1, as
        when the list was made), interview_chance (0-1, today), match_gain (what an interview there
        would add to the match chance, or, of an interview in hand, what the match chance would lose
        without it), preference (0-1), rank (1 first; 0 without an interview), write (1 first; 0
        where there is nothing to write for).
    market : Scenarios
        Offer chances today, by row of ``programs``.
    interviews : int
        In hand.
    match_chance, match_chance_before, match_chance_in_hand : float
        0-1: today, when the applications were sent, and of the interviews in hand alone.
    curve : DataFrame
        interviews, match_chance: of so many interviews and no more.
    one_more_gain : float
        Match chance that one more interview would add, 0-1.
    accept_more : bool
        Whether that is worth what an interview costs.
    soap_below : int
        Number of interviews under which to prepare for SOAP.
    preference_from : str
        What the rank order rests on, as in `ListProblem`; "" if the student said nothing.
    fingerprint : str
        Of the assumptions.
    """

    programs: pd.DataFrame
    market: Scenarios
    interviews: int
    match_chance: float
    match_chance_before: float
    match_chance_in_hand: float
    curve: pd.DataFrame
    one_more_gain: float
    accept_more: bool
    soap_below: int
    preference_from: str
    fingerprint: str

    @property
    def soap_alert(self) -> bool:
        """Whether there are so few interviews that SOAP should be prepared."""
        return self.interviews < self.soap_below

    @property
    def rank_order(self) -> tuple[str, ...]:
        """Programs with an interview by true preference, the order to submit."""
        ranked = self.programs[self.programs["rank"] > 0].sort_values("rank")
        return tuple(ranked["program_id"])


def ranked_outcome(found: Standing, order: Sequence[str]) -> pd.DataFrame:
    """Where a student ends under one rank order of the interviews in hand.

    The Match goes down the order and stops at the first program that wants the student. Whether
    that is any program at all does not hang on the order; which one it is does.

    Parameters
    ----------
    found : Standing
        The season.
    order : sequence of str
        Program ids, the first choice first.

    Returns
    -------
    DataFrame
        A row a program of the order: program_id, preference, match_share (chance of ending there).

    Raises
    ------
    ModelError
        For a program without an interview, or one that is ranked twice.
    """
    at = {program: row for row, program in enumerate(found.programs["program_id"])}
    in_hand = set(found.rank_order)
    if len(set(order)) < len(order) or not set(order) <= in_hand:
        message = f"a rank order takes programs with an interview, each once: {', '.join(order)}"
        raise ModelError(message)
    offers = found.market.chance[[at[program] for program in order]]
    reached = np.ones_like(offers)
    reached[1:] = np.cumprod(1 - offers, axis=0)[:-1]
    rows = found.programs.set_index("program_id").loc[list(order), ["preference"]].reset_index()
    return rows.assign(match_share=(offers * reached) @ found.market.weight)


def season_standing(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    offers: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
) -> Standing:
    """Where a student stands, from what programs have answered so far (docs/methods-list.md)."""
    # Answers so far are evidence about the common factor behind the others: each state of the world
    # is weighed by the chance of these invitations, refusals and silences in it. An interview in
    # hand is then a fact; a silent program keeps the share of its invitations that is still to
    # come.
    row = student.iloc[0]
    student_id = str(row["student_id"])
    if pd.isna(row.get("step2_ck", np.nan)):
        message = f"student {student_id} has no Step 2 CK score yet: no chance can be computed"
        raise ModelError(message)
    problem = list_problem(student, programs, assumptions, preferences, ListWishes())
    ids = problem.programs["program_id"].astype(str).tolist()
    sent = offers["program_id"].astype(str).tolist()
    unknown = [one for one in sent if one not in ids]
    if unknown or len(set(sent)) < len(sent) or not sent:
        why = f"not among the student's programs: {', '.join(unknown)}" if unknown else ""
        why = why or ("a program is named twice" if sent else "no application")
        message = f"offers: {why}; expected one row for each application sent"
        raise ModelError(message)
    at = np.array([ids.index(one) for one in sent], dtype=np.int64)
    own = problem.programs.iloc[at].reset_index(drop=True)
    status = [s if isinstance(s, str) and s else SILENT for s in offers["status"]]
    chances = interview_chance(
        student, own, assumptions, _as_sent(preferences, offers, student_id), with_range=False
    )
    by_id = chances.set_index("program_id")["interview_chance"]
    before = by_id.loc[sent].to_numpy(dtype=np.float64)
    kinds = specialties_of(row, assumptions)
    ties = tuple(problem.ties[p] for p in at)
    rate = match_rates(row, own["specialty"], kinds, ties, assumptions)
    usual, how = assumptions.value("match_given_interview"), mechanism(assumptions)
    ahead = assumptions.value("interviews.still_to_come")
    first = scenarios(before, rate, how)
    now, given = _todays(before, first, status, rate, how, ahead)
    order = np.lexsort((np.arange(at.size), at, -problem.utility[at]))
    rows = own[["program_id", "program_name", "specialty", "state"]].copy()
    rows["status"] = status
    rows["interview_chance_before"] = before
    rows["interview_chance"] = given
    rows["preference"] = problem.preference[at]
    sure = scenarios(np.ones(at.size), rate, how).chance
    rows["match_gain"] = _gains(now, sure, status)
    in_hand = [s == "interview" for s in status]
    rows["rank"] = _numbered([p for p in order if in_hand[p]], at.size)
    may_help = rows["match_gain"] * given * (1 - given)
    silent = [p for p in np.argsort(-may_help, kind="stable") if status[p] == SILENT and given[p]]
    rows["write"] = _numbered(silent, at.size)
    interviews = sum(in_hand)
    last = max(interviews + 5, int(assumptions.value("interviews.curve_to")))
    curve = {0: 0.0} | curve_by_interviews(tuple(range(1, last + 1)), assumptions)
    everything = np.arange(at.size)
    matched = match_chance(now, everything)
    one_more = np.vstack([now.chance, scenarios(np.ones(1), usual, how).chance])
    more = match_chance(Scenarios(one_more, now.weight), np.arange(at.size + 1))
    gain = more - matched
    worth = gain * assumptions.value("list.worth_of_match_usd")
    sorting = rows["status"].map({"interview": 0, SILENT: 1, "declined": 2, "refused": 3})
    placed = np.lexsort((rows["program_id"], rows["write"], rows["rank"], sorting))
    return Standing(
        programs=rows.iloc[placed].reset_index(drop=True),
        market=Scenarios(now.chance[placed], now.weight),
        interviews=interviews,
        match_chance=matched,
        match_chance_before=match_chance(first, everything),
        match_chance_in_hand=match_chance(now, np.flatnonzero(in_hand)),
        curve=pd.DataFrame(list(curve.items()), columns=["interviews", "match_chance"]),
        one_more_gain=gain,
        accept_more=bool(worth >= assumptions.value("interviews.cost_usd")),
        soap_below=int(assumptions.value("interviews.soap_below")),
        preference_from=problem.preference_from,
        fingerprint=assumptions.fingerprint,
    )


def _as_sent(
    preferences: pd.DataFrame | None, offers: pd.DataFrame, student_id: str
) -> pd.DataFrame | None:
    """Preferences with the signals that were sent."""
    if "signal" not in offers or offers["signal"].isna().all():
        return preferences
    sent = offers[["program_id", "signal"]].assign(student_id=student_id)
    if preferences is None:
        return sent.assign(tie=None)
    known = preferences[preferences["student_id"].astype(str) == student_id]
    ties = known[["program_id", "tie"]] if "tie" in known else known.assign(tie=None)
    return sent.merge(ties[["program_id", "tie"]], on="program_id", how="left")


def _todays(
    before: Floats,
    first: Scenarios,
    status: list[str],
    rate: float | Floats,
    how: Mechanism,
    ahead: float,
) -> tuple[Scenarios, Floats]:
    """Offer chances in each state, the states weighed by the answers; interview chances today."""
    sure = scenarios(np.ones(before.size), rate, how).chance
    # The chance of an interview in a state: that of a match there over that of a match given one.
    invited = np.clip(first.chance / np.maximum(sure, NO_CHANCE), 0.0, 1.0)
    likely = np.ones(first.weight.size)
    offers = np.zeros_like(sure)
    later = invited * ahead / np.maximum(1 - invited * (1 - ahead), NO_CHANCE)
    for at, answer in enumerate(status):
        if answer in {"interview", "declined"} and before[at] > NO_CHANCE:
            likely = likely * invited[at]
        elif answer == "refused":
            likely = likely * (1 - invited[at])
        elif answer == SILENT:
            likely = likely * (1 - invited[at] * (1 - ahead))
        if answer == "interview":
            offers[at] = sure[at]
        elif answer == SILENT:
            offers[at] = later[at] * sure[at]
    weight = first.weight * likely
    # Answers that the model rules out in every state leave the states as they were.
    weight = weight / weight.sum() if weight.sum() > 0 else first.weight
    known = {"interview": 1.0, "declined": 1.0, "refused": 0.0}
    given = np.array([known.get(s, float(later[at] @ weight)) for at, s in enumerate(status)])
    return Scenarios(offers, weight), given


def _gains(now: Scenarios, sure: Floats, status: list[str]) -> Floats:
    """What an interview would add at each silent program, and what each in hand carries."""
    gains = np.zeros(len(status))
    refused = 1 - now.chance
    for at, answer in enumerate(status):
        others = np.prod(np.delete(refused, at, axis=0), axis=0)
        if answer == "interview":
            gains[at] = float((others * now.chance[at]) @ now.weight)
        elif answer == SILENT:
            gains[at] = float((others * (sure[at] - now.chance[at])) @ now.weight)
    return gains


def _numbered(order: list[int], size: int) -> NDArray[np.int64]:
    """1, 2, ... at the positions given, 0 elsewhere."""
    numbers = np.zeros(size, dtype=np.int64)
    numbers[order] = np.arange(1, len(order) + 1)
    return numbers
