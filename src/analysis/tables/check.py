"""What is wrong with a file: everything at once, by line, column, value and expectation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import Problem, RowError, TableError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Checked", "check_files", "check_table", "report_of"]

SHOWN_PROBLEMS = 200


@dataclass(frozen=True)
class Checked:
    """A table that was read and checked.

    Parameters
    ----------
    table : str
        Which table it is.
    path : Path
        The file.
    rows : DataFrame
        The good rows, typed; ``line`` is not among the columns but in `lines`.
    lines : tuple of int
        Line of the file of each good row.
    problems : tuple of Problem
        Everything that is wrong, in the order of the file.
    repairs : tuple of str
        What was done to read it, in words.
    """

    table: str
    path: Path
    rows: pd.DataFrame
    lines: tuple[int, ...]
    problems: tuple[Problem, ...]
    repairs: tuple[str, ...]

    def strict(self) -> pd.DataFrame:
        """Good rows, if there are no others.

        Returns
        -------
        DataFrame
            The rows.

        Raises
        ------
        RowError
            With every problem of every row.
        """
        if self.problems:
            raise RowError(self.problems)
        return self.rows

    def whole(self) -> pd.DataFrame:
        """All rows, of a file that is of use only as a whole.

        Returns
        -------
        DataFrame
            The rows.

        Raises
        ------
        TableError
            With every problem of every row.
        """
        if self.problems:
            raise TableError(self.problems)
        return self.rows


def check_table(path: Path, table: str | None = None) -> Checked:
    """Read a file as a table and collect what is wrong with its rows.

    Parameters
    ----------
    path : Path
        The file.
    table : str, optional
        Which table it must be; found by its columns without.

    Returns
    -------
    Checked
        Good rows, problems and repairs.

    Raises
    ------
    TableError
        If the file as a whole cannot be this table: unreadable, a required column missing, a
        column twice, no row.
    """
    from analysis.tables.loading import checked_table

    return checked_table(Path(path), table)


def check_files(paths: Sequence[Path]) -> tuple[str, int]:
    """Check several files and say what was found.

    Parameters
    ----------
    paths : sequence of Path
        The files.

    Returns
    -------
    str
        The report, a paragraph a file.
    int
        0 if all is well, 1 with problems in rows, 2 if a file cannot be read as a table.
    """
    texts, worst = [], 0
    for path in paths:
        try:
            checked = check_table(path)
        except TableError as error:
            texts.append(f"{path.name}: cannot be used\n" + _listed(error.problems))
            worst = 2
        else:
            texts.append(report_of(checked))
            worst = max(worst, 1 if checked.problems else 0)
    return "\n\n".join(texts), worst


def report_of(checked: Checked) -> str:
    """Say what a check found.

    Parameters
    ----------
    checked : Checked
        A checked table.

    Returns
    -------
    str
        Which table it is, how many rows are good, what was repaired, what is wrong.
    """
    good = len(checked.rows)
    refused = len({problem.line for problem in checked.problems})
    rows = "row" if good == 1 else "rows"
    head = f"{checked.path.name}: read as {checked.table}, {good} good {rows}"
    head += f", {refused} refused" if refused else ", nothing wrong"
    repairs = "".join(f"\n  repaired: {repair}" for repair in checked.repairs)
    return head + repairs + (f"\n{_listed(checked.problems)}" if checked.problems else "")


def _listed(problems: Sequence[Problem]) -> str:
    lines = [f"  {problem}" for problem in problems[:SHOWN_PROBLEMS]]
    if len(problems) > SHOWN_PROBLEMS:
        lines.append(f"  and {len(problems) - SHOWN_PROBLEMS} more")
    return "\n".join(lines)
