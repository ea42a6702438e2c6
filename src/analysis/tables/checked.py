"""A table that was read and checked, and what to say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import Problem, RowError, TableError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Checked", "listed_problems", "report_of"]

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
    return head + repairs + (f"\n{listed_problems(checked.problems)}" if checked.problems else "")


def listed_problems(problems: Sequence[Problem]) -> str:
    """Write problems one a line, the first `SHOWN_PROBLEMS` of them.

    Parameters
    ----------
    problems : sequence of Problem
        In the order in which they are to be read.

    Returns
    -------
    str
        Lines indented by two spaces.
    """
    lines = [f"  {problem}" for problem in problems[:SHOWN_PROBLEMS]]
    if len(problems) > SHOWN_PROBLEMS:
        lines.append(f"  and {len(problems) - SHOWN_PROBLEMS} more")
    return "\n".join(lines)
