"""Everything a student's report speaks of, computed once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.assumptions import Assumptions, FeeStep
from analysis.model.choice.application_list import application_list
from analysis.model.choice.plans import score_outlook, second_plan
from analysis.model.sensitivity import report_lists
from analysis.text import table
from analysis.views.application_list import ListView, WhatIf, what_ifs_of
from analysis.views.graduates import alike_record
from analysis.views.student import StudentView, parts_of_chance, score_record, student_view

ISO_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
UNLIKELY = 0.1  # match chance under which no list is likely to lead to a match


@dataclass(frozen=True)
class Firmness:
    """How many programs of a list stay when it is chosen again under other assumptions."""

    lists: int
    kept: int


@dataclass(frozen=True)
class Half:
    """One of two specialties: what a list of it alone and its share of both promise.

    ``alone`` is under the same limits, ``within`` the chance of ending in it by the list of both.
    """

    specialty: str
    alone: float
    within: float


@dataclass(frozen=True)
class Fees:
    """Whose application fees the price counts in a specialty, and where they change."""

    specialty: str
    platform: str
    steps: tuple[FeeStep, ...]
    source: str


@dataclass(frozen=True)
class ReportView:
    """What a report speaks of; the templates of text/report take its fields by name."""

    student: StudentView
    # The list; None without a score or an estimate of it, or without a program of the specialty.
    list: ListView | None
    # Of `score_record`, where the list rests on an estimate of the score.
    score: dict[str, Any] | None
    no_programs: bool  # whether the programs file has none of the specialty
    what_ifs: dict[str, WhatIf | None]  # of `what_ifs_of`, None where a change means nothing
    parts: pd.DataFrame  # of `parts_of_chance`; empty without a list
    # Of `alike_record`: similar graduates; None where they cannot be told of.
    alike: dict[str, Any] | None
    graduates_on_file: bool  # whether the office gave a file of graduates
    firm: Firmness | None
    # Cited match rate of all applicants of this degree in this specialty: rate (0-1), source.
    published: dict[str, Any] | None
    # Each of two specialties, in the student's order; empty for one specialty or without a list.
    halves: tuple[Half, ...]
    fees: tuple[Fees, ...]  # what the price is made of, a specialty each
    calendar: dict[str, str]
    report_date: str  # ISO date of the data

    @property
    def words(self) -> dict[str, Any]:
        """The fields by name, for a template."""
        told = ("sent", "hurts", "helps", "lowers", "letters_lift", "unlikely", "plan_on")
        more = ("graduates_differ", "lower_scores_did_better", "passed")
        names = (*self.__dataclass_fields__, *told, *more)
        return {name: getattr(self, name) for name in names}

    @property
    def passed(self) -> tuple[str, ...]:
        """Days of the calendar that lie before the report's; entries in words are skipped."""
        days = {name: day for name, day in self.calendar.items() if ISO_DAY.fullmatch(day)}
        return tuple(name for name, day in days.items() if day < self.report_date)

    @property
    def sent(self) -> int:
        """Applications of the list."""
        return 0 if self.list is None else len(self.list.programs)

    @property
    def hurts(self) -> bool:
        """Whether the list would give enough more without the flags for a page to speak of."""
        return self._lifts("no_flags")

    @property
    def helps(self) -> bool:
        """Whether the score gives so much that a typical one would not."""
        return self._change("typical_score") <= -self._least_change

    @property
    def lowers(self) -> bool:
        """Whether a typical score would give so much more."""
        return self._lifts("typical_score")

    @property
    def letters_lift(self) -> bool:
        """Whether somewhat stronger letters would, and there is time to ask for them."""
        return self._lifts("letters") and "submission" not in self.passed

    def _lifts(self, what_if: str) -> bool:
        # What lifts almost nothing to little more explains nothing to who cannot change it.
        other = self.what_ifs.get(what_if)
        told = other is not None and other.match >= UNLIKELY
        return told and self._change(what_if) >= self._least_change

    @property
    def unlikely(self) -> bool:
        """Whether no list is likely to lead to a match."""
        return self.list is not None and self.list.found.match_chance < UNLIKELY

    @property
    def _least_change(self) -> int:
        return 0 if self.list is None else self.list.least_change

    def _change(self, what_if: str) -> float:
        """What a what-if adds to the match chance, of 100; NaN where nobody asked it."""
        other = self.what_ifs.get(what_if)
        return np.nan if other is None or self.list is None else self.list.more_than(other.match)

    @property
    def plan_on(self) -> float:
        """Match chance to plan on: the list's, or the most that the count of graduates allows."""
        # A rule of ours, and no estimate: a better score never plans on less.
        if self.list is None:
            return 0.0
        most = 1.0 if self.alike is None else float(self.alike["most"])
        return min(self.list.found.match_chance, most)

    @property
    def lower_scores_did_better(self) -> bool:
        """Whether the number to plan on rests on graduates who are like a lower score."""
        return self.alike is not None and round(100 * self.plan_on) > round(
            100 * self.alike["high"]
        )

    @property
    def graduates_differ(self) -> str:
        """Whether similar graduates did ``lower`` or ``higher`` than the list, beyond chance."""
        if self.alike is None or self.list is None or self.list.empty:
            return ""
        shown = round(100 * self.list.found.match_chance)
        if shown > round(100 * self.alike["most"]):
            return "lower"
        return "higher" if shown < round(100 * self.alike["low"]) else ""

    @property
    def curve(self) -> pd.DataFrame:
        """Match chance by the number of applications."""
        return pd.DataFrame() if self.list is None else self.list.curve

    @property
    def outcomes(self) -> pd.DataFrame:
        """Of 100 applicants: match in the low case too, match by the estimate, do not match.

        Where graduates did worse: match as planned on, match by the model alone, do not match.
        """
        if self.list is None or self.list.empty:
            return pd.DataFrame(columns=["outcome", "count"])
        found, planned = self.list.found, self.graduates_differ == "lower"
        match, low = round(100 * found.match_chance), round(100 * found.match_chance_low)
        sure = min(match, low) if found.match_chance_low < found.match_chance_high else match
        sure = round(100 * self.plan_on) if planned else sure
        counts = {"sure": sure, "more": match - sure, "rest": 100 - match}
        return table("report/outcomes_table", planned=planned, **counts)

    @property
    def graduates(self) -> pd.DataFrame:
        """Similar graduates, by whether they matched."""
        if self.alike is None:
            return pd.DataFrame(columns=["outcome", "count"])
        matched = self.alike["matched"]
        return table("report/graduates_table", matched=matched, rest=self.alike["n"] - matched)


def report_view(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
    graduates: pd.DataFrame | None = None,
    *,
    calendar: dict[str, str],
    report_date: str,
) -> ReportView:
    """Compute what one student's report speaks of.

    Parameters
    ----------
    student : DataFrame
        One row of students.
    programs : DataFrame
        Rows of programs.
    assumptions : Assumptions
        Every number of the model.
    preferences, graduates : DataFrame, optional
        Wishes, ties and signals; the office's own outcomes.
    calendar : dict of str to str
        Of `read_calendar`.
    report_date : str
        ISO date of the data.

    Returns
    -------
    ReportView

    Raises
    ------
    ModelError
        If the student's wishes contradict each other.
    """
    record = student_view(student, assumptions)
    known = set(programs["specialty"])
    no_programs = not known & set(record.specialties)
    found = None
    if (record.score is not None or record.expected is not None) and not no_programs:
        found = application_list(student, programs, assumptions, preferences)
    plan = None if found is None else ListView(found, assumptions)
    outlook = None
    if found is not None:
        outlook = score_outlook(student, found, programs, assumptions, preferences)
    score = score_record(outlook)
    what_ifs: dict[str, WhatIf | None] = dict.fromkeys(
        ("no_flags", "letters", "typical_score", "us_md")
    )
    parts, firm = pd.DataFrame(), None
    halves: tuple[Half, ...] = ()
    if found is not None and plan is not None and not plan.empty:
        what_ifs |= what_ifs_of(student, programs, assumptions, preferences)
        parts = parts_of_chance(student, programs, assumptions, record, found.programs)
        drawn = report_lists(found, assumptions)
        if len(record.specialties) > 1:
            *single, _ = second_plan(student, programs, assumptions, preferences)
            within = found.programs.groupby("specialty")["match_share"].sum()
            halves = tuple(
                Half(name, one.found.match_chance, float(within.get(name, 0.0)))
                for name, one in zip(record.specialties, single, strict=True)
            )
        kept = drawn.draws["kept"].to_numpy()
        firm = Firmness(kept.size, int(np.quantile(kept, 0.05, method="lower")))
    return ReportView(
        student=record,
        list=plan,
        score=score,
        no_programs=no_programs,
        what_ifs=what_ifs,
        parts=parts,
        alike=alike_record(
            student, graduates, assumptions, 0.0 if found is None else found.match_chance
        ),
        graduates_on_file=graduates is not None,
        firm=firm,
        published=_published(record, assumptions),
        halves=halves,
        fees=tuple(_fees(name, assumptions) for name in record.specialties),
        calendar=calendar,
        report_date=report_date,
    )


def _fees(specialty: str, assumptions: Assumptions) -> Fees:
    """Fees of the specialty's own service; ERAS's where the season file gives none."""
    season, steps = assumptions.season_of(specialty), assumptions.fee_steps(specialty)
    if season.fee_steps:
        return Fees(specialty, season.platform, steps, season.citations.get("fees", ""))
    return Fees(specialty, "ERAS", steps, assumptions.entry("fees.first_usd").source)


def _published(record: StudentView, assumptions: Assumptions) -> dict[str, Any] | None:
    """Cited match rate to hold the estimate against; of one specialty, since two have none."""
    if len(record.specialties) != 1 or not record.degree:
        return None
    season = assumptions.season_of(record.specialties[0])
    name = f"match_rate_{record.degree}"
    rate = getattr(season, name)
    return None if rate is None else {"rate": float(rate), "source": season.citations.get(name, "")}
