"""What can go wrong, said once and in full: file, line, column, value, expectation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.plain_text import escaped, visible

__all__ = [
    "AssumptionError",
    "CountersignalError",
    "FigureError",
    "ModelError",
    "Problem",
    "ReportError",
    "RowError",
    "SettingsError",
    "TableError",
    "is_ours",
    "problems_by_row",
]

LONGEST_VALUE = 60


def shown(value: str) -> str:
    """Quote a value for a message: escapes made visible, long ones cut."""
    cut = value if len(value) <= LONGEST_VALUE else value[:LONGEST_VALUE] + "…"
    return "'" + "".join(c if c.isprintable() else escaped(c) for c in cut) + "'"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one place of one file."""

    file: str  # name of the file as the user gave it
    expected: str  # what would have been right, as the end of "expected ..."
    line: int | None = None  # line of the file, the first being 1
    column: str | None = None  # column name, or the key of a TOML file
    value: str | None = None  # what stands there
    row_id: str | None = None  # id of the row, so that a batch can name the student who is left out

    @property
    def wanted(self) -> str:
        """Column and expectation, where file and line are known."""
        return f"{self.column or 'row'}: expected {self.expected}"

    def __str__(self) -> str:
        where = self.file
        if self.line is not None:
            where += f", line {self.line}"
        if self.column is not None:
            where += f", column {self.column}"
        found = "" if self.value is None else f"found {shown(self.value)}; "
        return visible(f"{where}: {found}expected {self.expected}").replace("\n", "\\n")


def problems_by_row(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    """Problems of each row that is left out."""
    rows: dict[str, list[Problem]] = {}
    for problem in problems:
        rows.setdefault(problem.row_id or f"line {problem.line}", []).append(problem)
    return rows


class CountersignalError(Exception):
    """Base of every error a user may see; its text is the whole message."""

    exit_code = 2


class TableError(CountersignalError):
    """A file that cannot be read as its table: nothing of it is used."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[TableError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class RowError(TableError):
    """Rows that are refused while the file as a whole can be read."""

    exit_code = 1


class AssumptionError(CountersignalError):
    """An assumptions file or a ``--set`` that is not understood."""


class ModelError(CountersignalError):
    """Inputs for which the model has no answer."""


class FigureError(CountersignalError):
    """A chart that would be empty or unreadable."""


class ReportError(CountersignalError):
    """A report that was not made, or must not be delivered."""

    exit_code = 1


class SettingsError(CountersignalError):
    """A settings file (branding) that is not understood."""


def is_ours(name: str) -> bool:
    """Whether an error of this name tells its user everything by its text."""
    ours: list[type[CountersignalError]] = [CountersignalError]
    for kind in ours:
        ours += kind.__subclasses__()
    return any(kind.__name__ == name for kind in ours)
