"""What is wrong with a file: everything at once, by line, column, value and expectation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import TableError
from analysis.tables.loading import Checked, listed_problems, report_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check_files", "check_table"]


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
    from analysis.tables.together import notes_together, problems_together

    texts, worst, graduates = [], 0, []
    by_table: dict[str, Checked] = {}
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
            by_table.setdefault(checked.table, checked)
            graduates += [checked] if checked.table == "graduates" else []
    strangers, notes = problems_together(by_table), notes_together(by_table)
    if strangers or notes:
        lines = [listed_problems(strangers)] if strangers else []
        texts.append("\n".join(["all files together:", *lines, *(f"  note: {n}" for n in notes)]))
        worst = max(worst, 1 if strangers else 0)
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
