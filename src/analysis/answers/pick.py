"""One student's application list, from files and options."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.advice.list_words import (
    drops_if,
    left_out_reason,
    listed_because,
    to_verify,
)
from analysis.advice.what_if_words import what_if_sentence
from analysis.answers.list_sentences import (
    curve_sentences,
    degree_of,
    list_sentences,
    placement_check,
)
from analysis.answers.pick_what_if import changed_wishes, list_comparison
from analysis.assumptions import Assumptions, read_assumptions
from analysis.errors import ModelError
from analysis.model.application_list import (
    ApplicationList,
    application_list,
    list_frontier,
    next_applications,
)
from analysis.model.list_problem import ListWishes
from analysis.model.list_room import budget_lifted
from analysis.model.portfolio import Method
from analysis.tables import read_if_given, read_programs, read_student

__all__ = ["PROGRAM_COLUMNS", "ListWishes", "PickAnswer", "pick"]

BASE = "base"
# Of a program in an answer, in order, so that a table without programs has its header too.
PROGRAM_COLUMNS = (
    "program_id",
    "program_name",
    "rank",
    "group",
    "interview_chance",
    "low",
    "high",
    "signal",
    "why",
    "drops_if",
    "verify",
    "match_gain",
    "interchangeable",
)
Files = str | os.PathLike[str]


@dataclass(frozen=True)
class PickAnswer:
    """A list, and the lists under each what-if.

    Parameters
    ----------
    found : ApplicationList
        The list.
    what_ifs : dict of str to ApplicationList
        By the changes as they were asked for.
    assumptions : Assumptions
        What everything rests on.
    degree : str
        The student's.
    """

    found: ApplicationList
    what_ifs: dict[str, ApplicationList]
    assumptions: Assumptions
    degree: str

    def rows(self) -> pd.DataFrame:
        """The list as a table, with its sentences.

        Returns
        -------
        DataFrame
            A row a program: program_id, program_name, rank, group, interview_chance, low, high,
            signal, why, drops_if, verify (text).
        """
        own = self.found.programs
        table = own[
            ["program_id", "program_name", "rank", "group", "interview_chance", "low", "high"]
        ].copy()
        records = own.to_dict("records")
        table["signal"] = own["signal"]
        table["why"] = [listed_because(row) for row in records]
        table["drops_if"] = [drops_if(row) for row in records]
        table["verify"] = ["; ".join(to_verify(row["unknown"])) for row in records]
        return table

    def record(self) -> dict[str, Any]:
        """The answer for JSON.

        Returns
        -------
        dict
            As in docs/methods.md, section 5: numbers that are not known are None.
        """
        found = self.found
        curve, worth_sending = next_applications(found, self.assumptions)
        programs = self.rows().drop(columns="verify").to_dict("records")
        for row, own in zip(programs, found.programs.to_dict("records"), strict=True):
            row["verify"] = to_verify(own["unknown"])
            row["match_gain"] = own["match_gain"]
            row["interchangeable"] = list(own["interchangeable"])
        left_out = [
            {
                "program_id": row["program_id"],
                "program_name": row["program_name"],
                "interview_chance": row["interview_chance"],
                "reason": row["reason"],
                "why": left_out_reason(row),
            }
            for row in found.left_out.to_dict("records")
        ]
        sentences = list_sentences(found, self.assumptions)
        if found.chosen:
            sentences += curve_sentences(curve, worth_sending, len(found.chosen), self.assumptions)
            sentences += filter(None, [placement_check(None, self.assumptions, self.degree)])
        rho = found.match_chance_by_rho[["rho", "match_chance", "independent"]]
        record = {
            "chosen": list(found.chosen),
            "value": found.choice.value,
            "match_chance": found.match_chance,
            "match_chance_low": found.match_chance_low,
            "match_chance_high": found.match_chance_high,
            "match_chance_if_unknowns_close": found.match_chance_if_unknowns_close,
            "match_chance_by_rho": rho.to_dict("records"),
            "expected_interviews": found.expected_interviews,
            "certified_gap": found.choice.certified_gap,
            "fee_usd": found.fee_usd,
            "places_unused": found.places_unused,
            "unknowns": found.unknowns,
            "chance_basis": found.chance_basis,
            "programs": programs,
            "left_out": left_out,
            "next_applications": curve[
                [
                    "applications",
                    "program_id",
                    "match_chance",
                    "match_gain",
                    "next_fee_usd",
                    "usd_per_point",
                ]
            ].to_dict("records"),
            "worth_sending": worth_sending,
            "sentences": sentences,
            "what_ifs": [row | {"sentence": what_if_sentence(row)} for row in self._compared()],
            "fingerprint": found.fingerprint,
        }
        return {name: _plain(value) for name, value in record.items()}

    def _compared(self) -> list[dict[str, Any]]:
        """The what-ifs beside the list, and which of them leave its budget out of account."""
        return [
            row | {"budget_lifted": budget_lifted(self.found, self.what_ifs[row["changes"]])}
            for row in list_comparison(self.found, self.what_ifs)
        ]

    def frontier(self) -> pd.DataFrame:
        """Reach against safety, as `list_frontier`."""
        return list_frontier(self.found, self.assumptions)


def _plain(value: Any) -> Any:
    """Numbers and lists as JSON has them; what is not finite is None."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def pick(
    student_id: str,
    students_csv: Files,
    programs_csv: Files,
    preferences_csv: Files = "",
    assumptions_toml: Files | None = None,
    overrides: Sequence[str] = (),
    wishes: ListWishes | None = None,
    method: Method = "auto",
    what_ifs: Sequence[str] = (),
    *,
    with_range: bool = True,
) -> PickAnswer:
    """Application list of one student.

    Parameters
    ----------
    student_id : str
        Whose list.
    students_csv, programs_csv, preferences_csv : str or path-like
        The tables; preferences may be "".
    assumptions_toml : str or path-like, optional
        Assumptions; the project's own without.
    overrides : sequence of str
        ``--set key=value``.
    wishes : ListWishes, optional
        ``--limit``, ``--budget``, ``--gold``, ``--silver``, ``--quota``.
    method : {"auto", "greedy", "swap", "exact"}
        How the list is built.
    what_ifs : sequence of str
        Each as `changed_wishes` takes it: ``step2_ck=260``, ``drop=step1_failure``, ``limit=+10``,
        ``specialty=Family Medicine``, ``gold=5,silver=10``.
    with_range : bool
        Whether ranges are wanted; never for the what-ifs.

    Returns
    -------
    PickAnswer
        Equal inputs give equal bytes.

    Raises
    ------
    TableError
        If a file cannot be used.
    RowError
        If the student's row is refused or missing.
    AssumptionError, ModelError
        If an assumption or a wish is not understood, or wishes contradict each other.
    """
    assumptions = read_assumptions(assumptions_toml, overrides)
    student = read_student(students_csv, student_id)
    programs = read_programs(programs_csv)
    preferences = read_if_given("preferences", preferences_csv)
    asked = wishes or ListWishes()
    found = application_list(
        student, programs, assumptions, preferences, asked, method=method, with_range=with_range
    )
    changed = {}
    for changes in what_ifs:
        other, others = changed_wishes(student, asked, changes, found.problem)
        try:
            changed[changes] = application_list(
                other, programs, assumptions, preferences, others, method=method, with_range=False
            )
        except ModelError as error:
            message = f"what-if {changes}: {error}"
            raise ModelError(message) from None
    return PickAnswer(found, changed, assumptions, degree_of(student))
