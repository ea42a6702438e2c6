"""A file in, a checked typed frame out; a message with every problem otherwise.

Conventions of the frames: text columns are ``str`` with NaN for unknown, numbers float64 with NaN
for unknown, lists tuples, shares 0-1. Importing this package is cheap; pandas comes with the first
file that is read.
"""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import Problem, RowError, TableError
from analysis.paths import FilePath, from_root
from analysis.tables.check import check_table

if TYPE_CHECKING:
    import pandas as pd

    from analysis.tables.loading import Checked

MOST_KEPT = 8  # tables of a process: those that all reports of a class share


def _read(table: str, path: FilePath) -> pd.DataFrame:
    """Read a table strictly; a file that is as it was is read and checked once a process."""
    # Under pandas' copy-on-write this shares the cells, and a change stays with who makes it.
    return _checked(table, path).strict().copy(deep=False)


def _checked(table: str, path: FilePath) -> Checked:
    from analysis.tables.mapping import how_to_read

    try:
        state = Path(path).stat()
    except OSError:
        return check_table(Path(path), table)  # which says what is wrong with the path
    how = how_to_read()
    # With its headers, since a file that is not read again would tell nobody its columns.
    known = (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, how, how.headers)
    return _checked_once(table, Path(path), known)


@lru_cache(maxsize=MOST_KEPT)
def _checked_once(table: str, path: Path, known: tuple[object, ...]) -> Checked:
    """A file in the state that is known of it."""
    del known
    return check_table(path, table)


read_factor_importance = partial(_read, "factor_importance")
read_pd_responses = partial(_read, "pd_responses")
read_interview_chances = partial(_read, "interview_chances")
read_program_tolerance = partial(_read, "program_tolerance")
read_students = partial(_read, "students")
read_programs = partial(_read, "programs")
read_preferences = partial(_read, "preferences")
read_applicants = partial(_read, "applicants")
read_graduates = partial(_read, "graduates")
read_offers = partial(_read, "offers")


def read_if_given(table: str, path: FilePath) -> pd.DataFrame | None:
    """Read a table that a report can do without; None without a path."""
    return _read(table, from_root(path)) if str(path) else None


def read_student(path: FilePath, student_id: str) -> pd.DataFrame:
    """Read one student's row; what is wrong with others does not matter."""
    from difflib import get_close_matches

    checked = _checked("students", path)
    own = [problem for problem in checked.problems if problem.row_id == student_id]
    if own:
        raise RowError(own)
    rows = checked.rows[checked.rows["student_id"] == student_id].reset_index(drop=True)
    if rows.empty:
        near = get_close_matches(student_id, list(checked.rows["student_id"]), n=3, cutoff=0.0)
        expected = (
            f"an id of the class, such as {', '.join(near)}" if near else "an id of the class"
        )
        raise RowError(Problem(Path(path).name, expected, None, "student_id", student_id))
    return rows


def read_programs_and_wishes(
    students: FilePath,
    programs: FilePath,
    preferences: FilePath = "",
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Programs, and preferences if given: of this class and these programs, or refused."""
    from analysis.tables.check import problems_together

    found = read_programs(programs), read_if_given("preferences", preferences)
    if found[1] is None:
        return found
    paths = {"students": students, "programs": programs, "preferences": preferences}
    wrong = problems_together({t: _checked(t, from_root(path)) for t, path in paths.items()})
    if strangers := [problem for problem in wrong if problem.row_id is None]:
        raise TableError(strangers)
    return found
