"""Graduates like one student, as a table."""

from __future__ import annotations

import os

import pandas as pd

from analysis.assumptions import Assumptions, read_assumptions
from analysis.errors import ModelError
from analysis.model.outcomes import Alike, graduates_alike
from analysis.paths import from_root
from analysis.tables import read_student
from analysis.tables.graduate_files import read_graduate_files
from analysis.text.labels import FEATURES, joined

__all__ = ["alike_table", "graduates_like", "graduates_like_table"]


def graduates_like(
    student: pd.DataFrame, graduates: pd.DataFrame | None, assumptions: Assumptions
) -> Alike | str:
    """What became of the graduates most like a student, or why nothing is said."""
    if graduates is None:
        return "No file of past graduates was given, so none are counted here."
    try:
        return graduates_alike(
            student.iloc[0].to_dict(),
            graduates,
            smallest_cell=int(assumptions.value("graduates.smallest_cell")),
            most=int(assumptions.value("graduates.most_alike")),
        )
    except ModelError as error:
        return f"Nothing is said about past graduates: {error}."


def alike_table(found: Alike | str) -> pd.DataFrame:
    """Rows of a table about graduates like a student.

    Returns
    -------
    DataFrame
        ``what`` and ``value``, both text.
    """
    if isinstance(found, str):
        rows = [("Graduates like this student", found)]
    else:
        rows = [
            ("Graduates counted", f"{found.n} of {found.n_graduates}"),
            ("Compared by", joined([FEATURES[name] for name in found.compared])),
            (
                "How far from the student (0 the same, 1 nothing shared)",
                f"{found.median_distance:.2f} in the middle, {found.largest_distance:.2f} at most",
            ),
            (
                "Interviews for each 100 of their applications",
                f"{100 * found.interview_rate:.0f} ({100 * found.low:.0f} to "
                f"{100 * found.high:.0f}), from {found.n_applications} applications",
            ),
            (
                "Share who matched at a program of the file",
                f"{100 * found.matched_rate:.0f}% ({100 * found.matched_low:.0f} to "
                f"{100 * found.matched_high:.0f}%)",
            ),
        ]
    return pd.DataFrame(rows, columns=["what", "value"])


def graduates_like_table(
    student_id: str,
    students_csv: str | os.PathLike[str],
    graduates_csv: str | os.PathLike[str],
    assumptions_toml: str | os.PathLike[str] | None = None,
    mapping_toml: str | os.PathLike[str] = "",
) -> pd.DataFrame:
    """Table about graduates like one student, from files.

    Parameters
    ----------
    student_id : str
        Whose row of the class.
    students_csv, graduates_csv : str or path-like
        The class, and the office's own outcomes; the latter may be "".
    assumptions_toml : str or path-like, optional
        Assumptions; the project's own without.
    mapping_toml : str or path-like
        A column mapping for the office's own export, or "".

    Returns
    -------
    DataFrame
        As `alike_table`.

    Raises
    ------
    TableError
        If a file cannot be used.
    RowError
        If the student's row or a graduate's is wrong.
    """
    student = read_student(from_root(students_csv), student_id)
    mapping = from_root(mapping_toml) if str(mapping_toml) else None
    files = [from_root(graduates_csv)] if str(graduates_csv) else []
    graduates = read_graduate_files(files, mapping) if files else None
    return alike_table(graduates_like(student, graduates, read_assumptions(assumptions_toml)))
