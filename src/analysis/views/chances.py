"""Interview chances of a class, or of one student, from files and options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.assumptions import read_assumptions
from analysis.errors import Problem
from analysis.model.chance import interview_chance
from analysis.model.what_if import what_if
from analysis.paths import FilePath
from analysis.tables import read_programs_and_wishes, read_student
from analysis.tables.check import check_table

BASE = "base"
COLUMNS = (
    "student_id",
    "program_id",
    "scenario",
    "interview_chance",
    "low",
    "high",
    "chance_basis",
    "gate",
    "gate_reason",
    "unknown",
    "chance_if_open",
    "chance_if_closes",
    "imputed",
)
LISTS = ("unknown", "imputed")


@dataclass(frozen=True)
class ChancesAnswer:
    """Chances, and what could not be answered."""

    # A row a student, program and scenario (``base``, ``what_if_1`` ...): the columns of
    # `interview_chance`, ``scenario`` and ``fingerprint``.
    chances: pd.DataFrame
    problems: tuple[Problem, ...]  # rows of students.csv that were refused; the rest is answered
    fingerprint: str

    @property
    def exit_code(self) -> int:
        """1 if a row was refused, else 0."""
        return 1 if self.problems else 0

    def records(self) -> list[dict[str, Any]]:
        """Rows for JSON: unknown numbers are None, lists are lists."""
        rows = self.chances.astype(object).where(self.chances.notna(), None)
        records: list[dict[str, Any]] = rows.to_dict("records")
        for record in records:
            for name in LISTS:
                record[name] = [part for part in (record[name] or "").split(";") if part]
        return records


def chances(
    students_csv: FilePath,
    programs_csv: FilePath,
    preferences_csv: FilePath = "",
    assumptions_toml: FilePath | None = None,
    overrides: Sequence[str] = (),
    what_ifs: Sequence[str] = (),
    student_id: str = "",
    *,
    with_range: bool = True,
) -> ChancesAnswer:
    """Interview chances of every student at every program of their specialty.

    Parameters
    ----------
    students_csv, programs_csv, preferences_csv : str or path-like
        The tables; preferences may be "".
    assumptions_toml : str or path-like, optional
        Assumptions; the project's own without.
    overrides : sequence of str
        ``--set key=value``.
    what_ifs : sequence of str
        Scenarios beside the base, each as `what_if` takes it.
    student_id : str
        One student alone; "" for the class.
    with_range : bool
        Whether ``low`` and ``high`` are wanted.

    Returns
    -------
    ChancesAnswer
        Students and programs in the order of the files, scenarios of a pair together.

    Raises
    ------
    TableError
        If a file cannot be used.
    RowError
        If the one student is refused or missing.
    AssumptionError, ModelError
        If an assumption or a what-if is not understood.
    """
    assumptions = read_assumptions(assumptions_toml, overrides)
    programs, preferences = read_programs_and_wishes(students_csv, programs_csv, preferences_csv)
    problems: tuple[Problem, ...] = ()
    if student_id:
        students = read_student(students_csv, student_id)
    else:
        checked = check_table(Path(students_csv), "students")
        students, problems = checked.rows, checked.problems
    scenarios = {BASE: students}
    for number, changes in enumerate(what_ifs, start=1):
        scenarios[f"what_if_{number}"] = what_if(students, changes)
    found = [
        interview_chance(rows, programs, assumptions, preferences, with_range=with_range).assign(
            scenario=name
        )
        for name, rows in scenarios.items()
        if len(rows)
    ]
    if not found:
        return ChancesAnswer(
            pd.DataFrame(columns=[*COLUMNS, "fingerprint"]), problems, assumptions.fingerprint
        )
    table = pd.concat(found, ignore_index=True)
    # Side by side: the scenarios of a pair stand together, pairs as the base has them.
    pairs = pd.MultiIndex.from_frame(found[0][["student_id", "program_id"]])
    at = pairs.get_indexer(pd.MultiIndex.from_frame(table[["student_id", "program_id"]]))
    table = table.iloc[np.argsort(at, kind="stable")]
    terms = [name for name in table if name.startswith("logit_")]
    table = table[[*COLUMNS, *terms]].assign(fingerprint=assumptions.fingerprint)
    return ChancesAnswer(table.reset_index(drop=True), problems, assumptions.fingerprint)
