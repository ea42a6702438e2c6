"""What is wrong with a file: everything at once, by line, column, value and expectation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import Problem, RowError, TableError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Checked", "check_files", "check_table", "listed_problems", "report_of"]

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


def check_files(
    paths: Sequence[Path], mapping: Path | None = None, write: Path | None = None
) -> tuple[str, int]:
    """Check several files and say what was found; graduates also over all their files.

    Parameters
    ----------
    paths : sequence of Path
        The files.
    mapping : Path, optional
        A column mapping by which all of them are read.
    write : Path, optional
        Where to write the good rows of all files of graduates as one graduates.csv; a file that
        is there is not written over.

    Returns
    -------
    str
        The report, a paragraph a file, then what only shows over all graduates.
    int
        0 if all is well, 1 with problems in rows, 2 if a file cannot be read as a table.
    """
    from analysis.tables.graduate_files import graduates_together, report_of_graduates
    from analysis.tables.mapping import check_mapped, read_mapping

    texts, worst, graduates = [], 0, []
    try:
        how = None if mapping is None else read_mapping(mapping)
    except TableError as error:
        return f"{Path(str(mapping)).name}: cannot be used\n{listed_problems(error.problems)}", 2
    for path in paths:
        try:
            checked = check_table(path) if how is None else check_mapped(path, how)
        except TableError as error:
            texts.append(f"{path.name}: cannot be used\n" + listed_problems(error.problems))
            worst = 2
        else:
            texts.append(report_of(checked))
            worst = max(worst, 1 if checked.problems else 0)
            graduates += [checked] if checked.table == "graduates" else []
    if graduates:
        together = graduates_together(graduates)
        texts.append(report_of_graduates(together))
        worst = max(worst, 1 if together.problems else 0)
        if write is not None and worst < 2:
            said, written = _written(together.rows, write)
            texts.append(said)
            worst = max(worst, 0 if written else 2)
    elif write is not None:
        texts.append(f"{write.name}: not written, there is no file of graduates")
        worst = 2
    return "\n\n".join(text for text in texts if text), worst


def _written(graduates: pd.DataFrame, target: Path) -> tuple[str, bool]:
    """Write good rows for their owner alone, and say so."""
    from analysis.tables.graduate_files import graduates_csv

    if graduates.empty:
        return f"{target.name}: not written, no row is good", False
    try:
        with target.open("x", encoding="utf-8", newline="") as stream:
            target.chmod(0o600)
            stream.write(graduates_csv(graduates))
    except FileExistsError:
        return f"{target.name}: is there already, not written; choose another name", False
    except OSError as error:
        return f"{target.name}: cannot be written ({error.strerror})", False
    return f"{target.name}: written, {len(graduates)} good rows of graduates", True


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
