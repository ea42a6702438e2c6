"""Workbooks (.xlsx, .xls, .ods) read into text cells, as a CSV file would hold them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from analysis.errors import Problem, TableError
from analysis.vocabulary import folded

__all__ = ["workbook_cells"]

# A workbook is a compressed file: these bound what it may become.
MOST_UNPACKED = 500 * 2**20
HEADER_ROWS = 30

Records = Iterator[tuple[int, int, list[str]]]


def workbook_cells(
    name: str, data: bytes, words: Collection[str], sheet: str = ""
) -> tuple[Records, list[str]]:
    """Cells of the one sheet of a workbook that is meant.

    Returns
    -------
    iterator of (int, int, list of str)
        Row of the sheet (twice, as a record of a CSV file has a first and a last line) and cells.
    list of str
        What was done.
    """
    sheets = _sheets(name, data)
    if sheet:
        chosen = next((one for one in sheets if one.casefold() == sheet.casefold()), "")
        if not chosen:
            expected = f"one of its sheets: {', '.join(sheets)}"
            raise TableError(Problem(name, expected, None, "sheet", sheet))
    else:
        chosen = _chosen(name, sheets, words)
    others = [one for one in sheets if one != chosen and sheets[one]]
    repairs = [f"read the sheet {chosen!r} of a workbook"]
    if others:
        repairs.append(f"other sheets not read: {', '.join(others)}")
    rows = sheets[chosen]
    return ((at, at, [_text(cell) for cell in row]) for at, row in enumerate(rows, 1)), repairs


def _sheets(name: str, data: bytes) -> dict[str, list[list[Any]]]:
    """Rows of every sheet."""
    from python_calamine import CalamineWorkbook

    if data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                unpacked = sum(part.file_size for part in packed.infolist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
            unpacked = 0  # said below
        if unpacked > MOST_UNPACKED:
            raise TableError(Problem(name, f"a workbook of at most {MOST_UNPACKED >> 20} MiB"))
    expected = (
        "a workbook (.xlsx, .xls or .ods) that is whole and without a password: open it, save it "
        "again, or save it as CSV UTF-8"
    )
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return {
            one: book.get_sheet_by_name(one).to_python(skip_empty_area=False)
            for one in book.sheet_names
        }
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # a damaged file ends its reader in a panic, which is no Exception
        raise TableError(Problem(name, expected)) from None


def _chosen(name: str, sheets: dict[str, list[list[Any]]], words: Collection[str]) -> str:
    filled = [one for one, rows in sheets.items() if any(map(any, rows))]
    if not filled:
        raise TableError(Problem(name, "a sheet with a header line and at least one row"))
    if len(filled) == 1:
        return filled[0]
    known = {
        one: max(
            len({folded(cell) for cell in row if isinstance(cell, str)} & {*words})
            for row in sheets[one][:HEADER_ROWS]
        )
        for one in filled
    }
    most = max(known.values())
    fitting = [one for one in filled if known[one] >= max(2, most - 1)]
    if len(fitting) != 1:
        expected = (
            f"one sheet with a table, and it has {', '.join(fitting or filled)}: name the one that "
            'is meant as sheet = "..." in mapping.toml, or save it as a file of its own'
        )
        raise TableError(Problem(name, expected))
    return fitting[0]


def _text(cell: Any) -> str:
    """A cell as a person sees it: dates as YYYY-MM-DD, whole numbers without a point."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell).strip()
