"""The robustness bench over a class: whose list hangs on the assumptions, and on which."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.advice.robustness_words import least_kept
from analysis.answers.robustness import case_of, unheard
from analysis.assumptions import Assumptions, read_assumptions
from analysis.errors import ModelError
from analysis.model.robustness import Case, match_variance, redrawn
from analysis.model.robustness.uncertain import ALL_WEIGHTS
from analysis.tables import read_if_given, read_programs
from analysis.tables.check import check_table

__all__ = ["class_robustness"]

Files = str | os.PathLike[str]


def class_robustness(
    students_csv: Files,
    programs_csv: Files,
    preferences_csv: Files = "",
    assumptions_toml: Files | None = None,
    overrides: Sequence[str] = (),
    draws: int | None = None,
    seed: int | None = None,
    progress: Callable[[int], object] = unheard,
) -> pd.DataFrame:
    """The bench over a class: whose list hangs on the assumptions, and on which.

    Parameters
    ----------
    students_csv, programs_csv, preferences_csv, assumptions_toml, overrides
        As for `student_bench`; rows of students that are wrong are left out here.
    draws : int, optional
        For each student; by default ``robustness.report_draws``.
    seed : int, optional
        By default ``robustness.seed``; the same draws for every student.
    progress : callable, optional
        Is told how many students are done.

    Returns
    -------
    DataFrame
        One row a student with a Step 2 CK score: student_id, list_length (0, and the rest
        missing, where no program has a chance), kept_in_95_percent,
        mean_overlap, doubtful (programs that fewer than ``robustness.kept_share`` of the draws
        choose), match_chance, moves_most (input with the largest total index), its share, and
        weights_share (all weights together), problem (why there is no list; "" if there is one or
        no program has a chance), fingerprint.

    Raises
    ------
    TableError, AssumptionError
        As for `student_bench`; what is wrong with one student stands in that student's row.
    """
    assumptions = read_assumptions(assumptions_toml, overrides)
    programs = read_programs(programs_csv)
    preferences = read_if_given("preferences", preferences_csv)
    students = check_table(Path(students_csv), "students").rows
    students = students[students["step2_ck"].notna()].reset_index(drop=True)
    count = int(assumptions.value("robustness.report_draws")) if draws is None else draws
    start = int(assumptions.value("robustness.seed")) if seed is None else seed
    rows = []
    for done in range(len(students)):
        student = students.iloc[[done]].reset_index(drop=True)
        name = str(student["student_id"].iloc[0])
        try:
            case = case_of(student, programs, preferences, assumptions)
            rows.append(_class_row(name, case, assumptions, count, start))
        except ModelError as error:
            rows.append({"student_id": name, "list_length": 0, "problem": str(error)})
        progress(done + 1)
    return pd.DataFrame(rows).assign(fingerprint=assumptions.fingerprint)


def _class_row(
    student_id: str, case: Case, assumptions: Assumptions, draws: int, seed: int
) -> dict[str, Any]:
    row: dict[str, Any] = {"student_id": student_id, "list_length": 0, "problem": ""}
    base = case.best_at_base()
    if base.size:
        lists = redrawn(case, case.inputs.drawn(draws, seed), base)
        sample = int(assumptions.value("robustness.variance_sample"))
        totals = match_variance(case, sample, seed, base).set_index("input")["total"]
        single = totals.drop(index=ALL_WEIGHTS).dropna()
        row |= {
            "list_length": int(base.size),
            "kept_in_95_percent": least_kept(lists.draws["kept"].tolist()),
            "mean_overlap": float(lists.draws["overlap"].mean()),
            "doubtful": len(lists.doubtful(assumptions.value("robustness.kept_share"))),
            "match_chance": float(case.match_chances(case.inputs.base(), base)[0]),
            "moves_most": str(single.idxmax()) if len(single) else "",
            "moves_most_share": float(single.max()) if len(single) else math.nan,
            "weights_share": float(totals[ALL_WEIGHTS]),
        }
    return row
