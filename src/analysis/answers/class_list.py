"""A class as the batch needs it: who can be rendered, who cannot and why."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analysis.advice.standing import report_date
from analysis.answers.row_digest import row_digest, row_key
from analysis.assumptions import read_assumptions, toml_text
from analysis.errors import Problem, RowError
from analysis.tables.check import check_table
from analysis.tables.loading import checked_rows
from analysis.tables.reading import read_rows
from analysis.tables.rows_alone import rows_alone

__all__ = ["ClassList", "Listed", "class_list"]

FilePath = str | os.PathLike[str]
# Columns that no number rests on: they are wanted when a report is finished, and not before.
PASSWORD = "pdf_password"  # noqa: S105 - a column's name
LAST_STEP = ("name", PASSWORD)


@dataclass(frozen=True, slots=True)
class Listed:
    """A student whose row is good.

    Parameters
    ----------
    student_id : str
        The id.
    line : int
        Line of students.csv.
    row_digest : str
        Digest of the row but its password, so that a later run can tell whether it changed.
    row_csv : str
        The row as a class of one, without name and password and without columns that are no part
        of the table: all that a report is computed from.
    display_name, pdf_password : str
        For the last step alone; "" for none.
    """

    student_id: str
    line: int
    row_digest: str
    row_csv: str = field(repr=False)
    display_name: str = field(repr=False)
    pdf_password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ClassList:
    """A class, checked, with the assumptions its reports rest on.

    Parameters
    ----------
    students : tuple of Listed
        Who can be rendered, in the order of the file.
    problems : tuple of Problem
        What is wrong with the others' rows.
    repairs : tuple of str
        What was done to read the files.
    assumptions_toml : str
        The effective set, to be written beside the reports.
    fingerprint : str
        Its fingerprint.
    """

    students: tuple[Listed, ...]
    problems: tuple[Problem, ...]
    repairs: tuple[str, ...]
    assumptions_toml: str
    fingerprint: str


def class_list(
    students_csv: FilePath,
    programs_csv: FilePath,
    preferences_csv: FilePath = "",
    graduates_csv: FilePath = "",
    assumptions_toml: FilePath | None = None,
    overrides: Sequence[str] = (),
    only: Sequence[str] = (),
    date: str = "",
) -> ClassList:
    """Read and check everything that a class's reports rest on, before anything is written.

    Parameters
    ----------
    students_csv, programs_csv, preferences_csv, graduates_csv : str or path-like
        The files; "" for an optional one that is not there.
    assumptions_toml : str or path-like, optional
        Assumptions; the default set without.
    overrides : sequence of str
        ``--set key=value``.
    only : sequence of str
        Ids to take; all without.
    date : str
        Date of the data, as `report_date` takes it.

    Returns
    -------
    ClassList
        Good students and bad rows.

    Raises
    ------
    TableError
        If a file cannot be read as its table; bad rows of any but students.csv are such too.
    AssumptionError
        If the assumptions are not understood.
    ModelError
        If the date of the data is none, or no program has one.
    RowError
        If one of `only` is not among the good students.
    """
    assumptions = read_assumptions(assumptions_toml, overrides)
    raw = read_rows(Path(students_csv))
    checked = checked_rows(Path(students_csv), raw, "students")
    alone = dict(zip(raw.lines, rows_alone(raw, "students", LAST_STEP), strict=True))
    repairs = [f"{checked.path.name}: {repair}" for repair in checked.repairs]
    others = {"programs": programs_csv, "preferences": preferences_csv, "graduates": graduates_csv}
    for table, path in others.items():
        if str(path):
            other = check_table(Path(path), table)
            other.whole()
            if table == "programs":
                report_date(other.rows, date)
            repairs += [f"{other.path.name}: {repair}" for repair in other.repairs]
    key = row_key()
    students = []
    for row, line in zip(checked.rows.to_dict("records"), checked.lines, strict=True):
        words = {key: "" if value != value else str(value) for key, value in row.items()}
        digest = row_digest((cell for name, cell in words.items() if name != PASSWORD), key)
        last_step = (words[name] for name in LAST_STEP)
        students.append(Listed(words["student_id"], line, digest, alone[line], *last_step))
    problems = checked.problems
    if only:
        problems = tuple(p for p in problems if p.row_id in only)
        good = {student.student_id for student in students}
        if problems:
            raise RowError(problems)
        for student_id in only:
            if student_id not in good:
                expected = "the id of a student of the class"
                raise RowError(Problem(checked.path.name, expected, None, "student_id", student_id))
        students = [student for student in students if student.student_id in only]
    return ClassList(
        tuple(students),
        problems,
        tuple(repairs),
        toml_text(assumptions),
        assumptions.fingerprint,
    )
