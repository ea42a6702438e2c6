"""What a class's reports rest on: every file read once, checked, and kept as it was read."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from analysis.assumptions import Assumptions, read_assumptions, toml_text
from analysis.bundle import FileBundle
from analysis.errors import ModelError, Problem, RowError, TableError, problems_by_row
from analysis.paths import FilePath, project_root
from analysis.tables.check import notes_together, problems_together
from analysis.tables.loading import Checked, checked_rows, rows_csv, single_row_csv
from analysis.tables.mapping import raw_rows
from analysis.tables.reading import RawRows

PASSWORD = "pdf_password"  # noqa: S105 - a column's name
# Columns that no number rests on: they are wanted when a report is finished, and not before.
LAST_STEP = ("name", PASSWORD)
ARTICLE = {
    "importance_csv": "data/article/factor_importance.csv",
    "chances_csv": "data/article/interview_chances.csv",
    "tolerance_csv": "data/article/program_tolerance.csv",
}
EFFECTIVE = "data/private/effective/assumptions.toml"
KEY = "data/private/cache/rows.key"
KEY_BYTES = 32


def date_of_data(programs: pd.DataFrame, chosen: str = "") -> str:
    """ISO date of the data a report rests on: as chosen, or the programs' own; never today's."""
    if chosen:
        try:
            return datetime.date.fromisoformat(chosen).isoformat()
        except ValueError:
            message = f"report_date: found {chosen!r}; expected a date as YYYY-MM-DD"
            raise ModelError(message) from None
    newest = programs["as_of"].dropna().max() if "as_of" in programs else None
    if not isinstance(newest, str):
        message = "no program has an as_of date: give report_date (YYYY-MM-DD)"
        raise ModelError(message)
    return newest


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A student whose row is good. Only the id is in its printed form, which a log may hold."""

    student_id: str
    line: int  # line of students.csv
    # Keyed hash of the row but its password, so that a later run can tell whether it changed.
    row_hash: str = field(repr=False)
    # The row as a class of one, without name and password and without columns that are no part of
    # the table: all that a report is computed from.
    row_csv: str = field(repr=False)
    name_hash: str = field(default="", repr=False)  # keyed hash of the name; "" without one
    red_flags: tuple[str, ...] = field(default=(), repr=False)  # codes as read
    # display_name, pdf_password: For the last step alone; "" for none.
    display_name: str = field(default="", repr=False)
    pdf_password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Inputs:
    """Files of a class, read and checked.

    Parameters
    ----------
    students : tuple of StudentRow
        Who can be rendered, in the order of the file.
    problems : tuple of Problem
        What is wrong with the others' rows.
    repairs : tuple of str
        What was done to read the files.
    assumptions : Assumptions
        The effective set.
    bundle : FileBundle
        Every file that a report may read, as it was read here; the class itself is not in it.
    parameters : mapping of str to str
        Of the report notebook, all but the student's own; files by their names in `bundle`.
    students_file : tuple of str and bytes
        Path and content of the class, which only a report on all of it may read.
    key_hash : str
        Of the key that the rows' and names' hashes are made with.
    """

    students: tuple[StudentRow, ...]
    problems: tuple[Problem, ...]
    repairs: tuple[str, ...]
    assumptions: Assumptions
    bundle: FileBundle
    parameters: Mapping[str, str]
    students_file: tuple[str, bytes] = field(repr=False)
    key_hash: str = field(repr=False)

    @property
    def refused(self) -> dict[str, tuple[int | None, str]]:
        """Line and message of each row that is left out, by its id or, without one, its line."""
        return {
            who: (wrong[0].line, "; ".join(problem.wanted for problem in wrong))
            for who, wrong in problems_by_row(self.problems).items()
        }

    @property
    def assumptions_toml(self) -> str:
        """The effective set as a file."""
        return toml_text(self.assumptions)

    @classmethod
    def load(
        cls,
        students: FilePath,
        programs: FilePath,
        *,
        preferences: FilePath | None = None,
        graduates: FilePath | None = None,
        assumptions: FilePath | None = None,
        sets: Sequence[str] = (),
        only: Sequence[str] = (),
        report_date: str = "",
    ) -> Inputs:
        """Read and check everything that a class's reports rest on, before anything is written.

        Parameters
        ----------
        students, programs, preferences, graduates : path
            The files; None for an optional one that is not there.
        assumptions : path, optional
            Assumptions; the default set without.
        sets : sequence of str
            ``--set key=value``.
        only : sequence of str
            Ids to take; all without.
        report_date : str
            Date of the data, YYYY-MM-DD; the newest of the programs without.

        Returns
        -------
        Inputs
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
        effective = read_assumptions(assumptions, sets)
        class_file = Path(students).resolve()
        raw = raw_rows(class_file, "students")
        key = row_key()
        rows, problems, repairs, of_class = _students(class_file, raw, key)
        together = {"students": of_class}
        students_file = str(class_file), _as_read(class_file, raw, "students")
        bundle = FileBundle()
        parameters = {name: bundle.put(path) for name, path in ARTICLE.items()}
        parameters |= {"assumptions_toml": bundle.put(EFFECTIVE, toml_text(effective).encode())}
        parameters |= {"report_date": report_date}
        files = {"programs": programs, "preferences": preferences, "graduates": graduates}
        for table, path in files.items():
            parameters[f"{table}_csv"] = ""
            if path is None or not str(path):
                continue
            file = Path(path).resolve()
            raw = raw_rows(file, table)
            checked = checked_rows(file, raw, table)
            checked.whole()
            together[table] = checked
            parameters[f"{table}_csv"] = bundle.put(str(file), _as_read(file, raw, table))
            if table == "programs":
                date_of_data(checked.rows, report_date)
            repairs += [f"{file.name}: {repair}" for repair in checked.repairs]
        found = problems_together(together)
        if strangers := [problem for problem in found if problem.row_id is None]:
            raise TableError(strangers)
        out = {problem.row_id for problem in found}
        rows = [row for row in rows if row.student_id not in out]
        problems = sorted([*problems, *found], key=lambda problem: problem.line or 0)
        repairs += notes_together(together)
        if only:
            rows, problems = _chosen(rows, problems, only, class_file.name)
        read = (tuple(rows), tuple(problems), tuple(repairs), effective, bundle, parameters)
        return cls(*read, students_file, row_hash([], key))

    def with_password(self, password: str) -> Inputs:
        """The same, with a password for students whose row has none; "" changes nothing."""
        rows = (replace(row, pdf_password=row.pdf_password or password) for row in self.students)
        return replace(self, students=tuple(rows))


def _students(
    path: Path, raw: RawRows, key: bytes
) -> tuple[list[StudentRow], Sequence[Problem], list[str], Checked]:
    checked = checked_rows(path, raw, "students")
    single = dict(zip(raw.lines, single_row_csv(raw, "students", LAST_STEP), strict=True))
    rows = []
    for row, line in zip(checked.rows.to_dict("records"), checked.lines, strict=True):
        words = {name: "" if value != value else str(value) for name, value in row.items()}
        rows.append(
            StudentRow(
                words["student_id"],
                line,
                row_hash((cell for name, cell in words.items() if name != PASSWORD), key),
                single[line],
                row_hash([words["name"]], key) if words["name"] else "",
                row["red_flags"],
                words["name"],
                words[PASSWORD],
            )
        )
    repairs = [f"{path.name}: {repair}" for repair in checked.repairs]
    return rows, checked.problems, repairs, checked


def _as_read(file: Path, raw: RawRows, table: str) -> bytes:
    """Content of a file that was just checked, which reads to the same cells anywhere.

    If it changes just now, reports and hash both rest on what is taken here. What is read through a
    mapping or from a workbook goes on as a table of ours.
    """
    if not raw.plain:
        return rows_csv(raw, table)
    try:
        return file.read_bytes()
    except OSError as error:
        raise TableError(
            Problem(file.name, f"a file that can be read ({error.strerror})")
        ) from None


def _chosen(
    rows: list[StudentRow], problems: Sequence[Problem], only: Sequence[str], file: str
) -> tuple[list[StudentRow], Sequence[Problem]]:
    problems = tuple(problem for problem in problems if problem.row_id in only)
    if problems:
        raise RowError(problems)
    good = {row.student_id for row in rows}
    for student_id in only:
        if student_id not in good:
            near = get_close_matches(student_id, sorted(good), n=1, cutoff=0.5)
            hint = f" (is {near[0]} meant?)" if near else ""
            expected = f"the id of a student of the class{hint}"
            raise RowError(Problem(file, expected, None, "student_id", student_id))
    return [row for row in rows if row.student_id in only], ()


def row_hash(cells: Iterable[str], key: bytes) -> str:
    """Hash of a row (HMAC-SHA-256, hexadecimal) that only this checkout can make."""
    # It goes into manifest.json. A plain hash there would let whoever gets hold of that file try
    # out names and scores until one fits.
    return hmac.new(key, "\x1f".join(cells).encode(), hashlib.sha256).hexdigest()


def row_key() -> bytes:
    """The key of this checkout, made when it is first asked for and readable by its owner alone."""
    # It is the same until the cache is deleted; then ``--resume`` renders each report again, and
    # knows the class by its ids alone. Where it cannot be kept, it is another each time.
    path = project_root() / KEY
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        if not path.exists():
            _leave(path, secrets.token_bytes(KEY_BYTES))
        key = path.read_bytes()
        if len(key) == KEY_BYTES:
            return key
    return secrets.token_bytes(KEY_BYTES)


def _leave(path: Path, key: bytes) -> None:
    """Put the key there whole; of two that try at once the first wins."""
    part = path.with_suffix(f".{os.getpid()}.part")
    handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(key)
    with suppress(FileExistsError):
        os.link(part, path)
    part.unlink()
