"""What can go wrong, said once and in full: file, line, column, value, expectation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.plain_text import escaped, visible

LONGEST_VALUE = 60
MOST_ALIKE, MOST_RANGES = 3, 20


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
        return _said([self])


# What a model of settings wants, in place of the model's own words.
WANTED = {
    "path_type": "the path of a file, as text",
    "model_type": "a table with value, basis, why and source",
    "string_type": "text in quotation marks",
    "int_parsing": "a whole number",
    "float_parsing": "a number",
    "extra_forbidden": "a name that is known here",
}


def wanted_by_model(error: Mapping[str, Any]) -> str:
    """What a field of a settings model wants, of one of its errors."""
    said = WANTED.get(error["type"], error["msg"])
    for opening in ("Value error, ", "Input should be ", "String should have "):
        said = said.removeprefix(opening)
    return said[:1].lower() + said[1:]


def _said(alike: Sequence[Problem]) -> str:
    """One message for problems that differ in line and value alone."""
    where, lines = alike[0].file, {one.line for one in alike if one.line is not None}
    if lines:
        where += f", {line_ranges(lines)}"
    if alike[0].column is not None:
        where += f", column {alike[0].column}"
    values = list(dict.fromkeys(shown(one.value) for one in alike if one.value is not None))
    more = " and others" if len(values) > MOST_ALIKE else ""
    found = f"found {', '.join(values[:MOST_ALIKE])}{more}; " if values else ""
    return visible(f"{where}: {found}expected {alike[0].expected}").replace("\n", "\\n")


def line_ranges(lines: Iterable[int]) -> str:
    """Lines as the first twenty ranges of them, and how many there are.

    Examples
    --------
    >>> line_ranges([4]), line_ranges([9, 2, 3, 4])
    ('line 4', 'lines 2-4, 9 (4)')
    """
    ranges: list[tuple[int, int]] = []
    for line in sorted(set(lines)):
        begins = ranges.pop()[0] if ranges and ranges[-1][1] == line - 1 else line
        ranges.append((begins, line))
    words = [f"{first}-{last}" if last > first else str(first) for first, last in ranges]
    count, shown = [sum(b - a + 1 for a, b in some) for some in (ranges, ranges[:MOST_RANGES])]
    if count == 1:
        return f"line {words[0]}"
    more = f" and {count - shown:,} more lines" if count > shown else ""
    return f"lines {', '.join(words[:MOST_RANGES])}{more} ({count:,})"


def problem_lines(problems: Iterable[Problem]) -> list[str]:
    """A message a problem; where more than three of a column are alike, one for all of them."""
    kinds: dict[tuple[object, ...], list[tuple[int, Problem]]] = {}
    for place, one in enumerate(problems):
        kinds.setdefault((one.file, one.column, one.expected), []).append((place, one))
    messages = []
    for alike in kinds.values():
        if len({one.line for _, one in alike}) > MOST_ALIKE:
            messages.append((alike[0][0], _said([one for _, one in alike])))
        else:
            messages += [(place, str(one)) for place, one in alike]
    return [message for _, message in sorted(messages)]


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
        super().__init__("\n".join(problem_lines(self.problems)))

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


class StoppedError(CountersignalError):
    """Work that the user broke off; what is finished is whole."""

    exit_code = 130


def is_ours(name: str) -> bool:
    """Whether an error of this name tells its user everything by its text."""
    ours: list[type[CountersignalError]] = [CountersignalError]
    for kind in ours:
        ours += kind.__subclasses__()
    return any(kind.__name__ == name for kind in ours)
