"""The sensitivity analysis over a class: whose list hangs on the assumptions, and on which."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.assumptions import Assumptions, read_assumptions
from analysis.bundle import FileBundle
from analysis.errors import CountersignalError, ModelError
from analysis.model.sensitivity import Case, match_variance, resampled
from analysis.model.sensitivity.influence import ALL_WEIGHTS
from analysis.model.sensitivity.smaa import unheard
from analysis.paths import FilePath, from_root
from analysis.tables import read_if_given, read_programs, read_programs_and_wishes
from analysis.tables.check import check_table
from analysis.views.robustness import cache_path, cached_result, case_of, keep_result
from analysis.workers.work import Work, Workers

Row = dict[str, Any]
# No number rests on these, so they travel nowhere and tell no kept answer from another.
NOT_COMPUTED_WITH = ["name", "pdf_password", "advisor_note"]
LEAST_SECONDS, SECONDS_A_DRAW = 300.0, 0.1  # time limit of a student, far above what it takes


@dataclass(frozen=True, slots=True)
class StudentTask:
    """One student's task. Only the id is in its printed form, which a log may hold."""

    student_id: str
    student: pd.DataFrame = field(repr=False)
    programs_csv: str = field(repr=False)
    preferences_csv: str = field(repr=False)
    assumptions: Assumptions = field(repr=False)
    draws: int
    seed: int


def class_robustness(
    students_csv: FilePath,
    programs_csv: FilePath,
    preferences_csv: FilePath = "",
    assumptions_toml: FilePath | None = None,
    overrides: Sequence[str] = (),
    draws: int | None = None,
    seed: int | None = None,
    progress: Callable[[int], object] = unheard,
    *,
    workers: Workers | None = None,
    cached: bool = False,
) -> pd.DataFrame:
    """The sensitivity analysis over a class: whose list hangs on the assumptions, and on which.

    Parameters
    ----------
    students_csv, programs_csv, preferences_csv, assumptions_toml, overrides
        As for `robustness`; rows of students that are wrong are left out here.
    draws : int, optional
        For each student; by default ``robustness.report_draws``.
    seed : int, optional
        By default ``robustness.seed``; the same draws for every student.
    progress : callable, optional
        Is told how many students are done.
    workers : Workers, optional
        Who does it, a student a task; this process without. The table is the same to the byte.
    cached : bool
        Whether a student's row is taken from ``data/private/cache`` and left there, so that a run
        that was stopped goes on where it was.

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
        As for `robustness`; what is wrong with one student stands in that student's row.
    ClusterError
        If the workers went away.
    """
    assumptions = read_assumptions(assumptions_toml, overrides)
    count = int(assumptions.value("robustness.report_draws")) if draws is None else draws
    start = int(assumptions.value("robustness.seed")) if seed is None else seed
    # What is wrong with a file is said before the first student.
    read_programs_and_wishes(students_csv, programs_csv, preferences_csv)
    question = ["class", assumptions.fingerprint, count, start]
    kept_at = cache_path(question, (programs_csv, preferences_csv)) if cached else None
    students = check_table(Path(students_csv), "students").rows.drop(columns=NOT_COMPUTED_WITH)
    students = students[students["step2_ck"].notna()].reset_index(drop=True)
    files = FileBundle() if workers else None
    given = (_absolute(programs_csv), _absolute(preferences_csv))
    shared = given if files is None else (files.put(given[0]), files.put(given[1]))
    rows: dict[str, Row] = {str(name): {} for name in students["student_id"]}
    tasks = []
    for position in range(len(students)):
        student = students.iloc[[position]].reset_index(drop=True)
        name = str(student["student_id"].iloc[0])
        kept = None if kept_at is None else cached_result(_place(kept_at, student))
        if kept is None:
            tasks.append(StudentTask(name, student, *shared, assumptions, count, start))
        else:
            rows[name] = {key: math.nan if cell is None else cell for key, cell in kept.items()}
    done = len(rows) - len(tasks)
    limit = max(LEAST_SECONDS, SECONDS_A_DRAW * count)
    for task, result in _results(tasks, workers, files, limit):
        done += 1
        progress(done)
        if isinstance(result, CountersignalError):
            rows[task.student_id] = _without_list(task.student_id, str(result))
            continue
        rows[task.student_id] = result
        if kept_at is not None:
            known = {key: None if cell != cell else cell for key, cell in result.items()}
            keep_result(_place(kept_at, task.student), known)
    return pd.DataFrame(list(rows.values())).assign(fingerprint=assumptions.fingerprint)


def _place(kept_at: Path, student: pd.DataFrame) -> Path:
    """Where a student's row is kept, below the place of the class's question."""
    question = f"{kept_at.stem} {student.iloc[0].to_dict()!r}"
    return kept_at.with_stem(hashlib.sha256(question.encode()).hexdigest()[:32])


def _absolute(path: FilePath) -> str:
    return str(Path(path).resolve()) if str(path) else ""


def _results(
    tasks: Sequence[StudentTask], workers: Workers | None, files: FileBundle | None, seconds: float
) -> Iterator[tuple[StudentTask, Row | CountersignalError]]:
    if workers is None or files is None:
        return ((task, student_row(task)) for task in tasks)
    return workers.results(Work(student_row, seconds, __name__), tasks, files)


def student_row(task: StudentTask) -> Row:
    """One student's row, in whatever process."""
    files = [
        from_root(path) if path else None for path in (task.programs_csv, task.preferences_csv)
    ]
    times = [file.stat().st_mtime_ns if file else 0 for file in files]
    programs, preferences = _tables(task.programs_csv, task.preferences_csv, *times)
    try:
        case = case_of(task.student, programs, preferences, task.assumptions)
        return _class_row(task.student_id, case, task.assumptions, task.draws, task.seed)
    except ModelError as error:
        return _without_list(task.student_id, str(error))


@lru_cache(maxsize=1)
def _tables(
    programs_csv: str, preferences_csv: str, *_: int
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """What all students share, read once a process; the times tell a file that changed."""
    programs = read_programs(from_root(programs_csv))
    return programs, read_if_given("preferences", preferences_csv)


def _without_list(student_id: str, problem: str) -> Row:
    return {"student_id": student_id, "list_length": 0, "problem": problem}


def _class_row(
    student_id: str, case: Case, assumptions: Assumptions, draws: int, seed: int
) -> dict[str, Any]:
    row: dict[str, Any] = {"student_id": student_id, "list_length": 0, "problem": ""}
    if case.base:
        lists = resampled(case, case.inputs.drawn(draws, seed))
        sample = int(assumptions.value("robustness.variance_sample"))
        totals = match_variance(case, sample, seed).set_index("input")["total"]
        single = totals.drop(index=ALL_WEIGHTS).dropna()
        row |= {
            "list_length": len(case.base),
            "kept_in_95_percent": lists.least_kept,
            "mean_overlap": float(lists.draws["overlap"].mean()),
            "doubtful": len(lists.unstable(assumptions.value("robustness.kept_share"))),
            "match_chance": float(case.match_chances(case.inputs.base())[0]),
            "moves_most": str(single.idxmax()) if len(single) else "",
            "moves_most_share": float(single.max()) if len(single) else math.nan,
            "weights_share": float(totals[ALL_WEIGHTS]),
        }
    return row
