"""Workbooks (.xlsx, .xls, .ods) read into text cells, as a CSV file would hold them."""

from __future__ import annotations

import io
import pickle
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from analysis.errors import Problem, TableError
from analysis.vocabulary import folded

# A workbook is a compressed file: these bound what it may become.
MOST_UNPACKED = 500 * 2**20
MOST_CELLS = 10_000_000  # the reader lays out every cell up to the last row and column of a sheet
HEADER_ROWS = 30

Records = Iterator[tuple[int, int, list[str]]]


def workbook_cells(
    name: str, data: bytes, words: Collection[str], sheet: str = ""
) -> tuple[Records, list[str]]:
    """Cells of the one sheet of a workbook that is meant."""
    sheets, hidden = _sheets(name, data)
    if sheet:
        chosen = next((one for one in sheets if one.casefold() == sheet.casefold()), "")
        if not chosen:
            expected = f"one of its sheets: {', '.join(sheets)}"
            raise TableError(Problem(name, expected, None, "sheet", sheet))
    else:
        # What nobody sees is meant only where it is named, or where there is nothing else.
        seen = {one: rows for one, rows in sheets.items() if one not in hidden}
        chosen = _chosen(
            name, seen if any(any(map(any, r)) for r in seen.values()) else sheets, words
        )
    others = [one for one in sheets if one != chosen and sheets[one]]
    repairs = [f"read the sheet {chosen!r} of a workbook"]
    if others:
        told = (f"{one} (hidden)" if one in hidden else one for one in others)
        repairs.append(f"other sheets not read: {', '.join(told)}")
    rows = sheets[chosen]
    return ((at, at, [_text(cell) for cell in row]) for at, row in enumerate(rows, 1)), repairs


def filled_sheets(name: str, data: bytes) -> list[str]:
    """Names of the sheets that are seen and hold something."""
    sheets, hidden = _sheets(name, data)
    return [one for one, rows in sheets.items() if one not in hidden and any(map(any, rows))]


@lru_cache(maxsize=1)  # a page looks at one workbook again and again: its sheets, columns, rows
def _sheets(name: str, data: bytes) -> tuple[dict[str, list[list[Any]]], set[str]]:
    """Rows of every sheet, and which sheets are hidden."""
    expected = (
        "a workbook (.xlsx, .xls or .ods) that is whole and without a password: open it, save it "
        "again, or save it as CSV UTF-8"
    )
    if data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                    few = f"a workbook of at most {MOST_UNPACKED >> 20} MiB"
                    raise TableError(Problem(name, few))
                cells = max((_extent(packed, part) for part in packed.namelist()), default=0)
        except (zipfile.BadZipFile, zlib.error, EOFError, *WRONG_ZIP):
            raise TableError(Problem(name, expected)) from None
        if cells > MOST_CELLS:
            few = (
                f"a sheet of at most {MOST_CELLS:,} cells up to its last row and column (this has "
                f"{cells:,}): delete what stands far below or right of the table"
            )
            raise TableError(Problem(name, few))
    elif found := XLS_ERROR.search(data):  # its reader takes an error for an empty cell
        row, column = (int.from_bytes(found[at] or found[at + 2], "little") for at in (1, 2))
        text = "a value: a formula ends in an error here; mend it, or save the workbook as .xlsx"
        raise TableError(Problem(name, text, row + 1, str(column + 1)))
    reader = [sys.executable, "-I", str(Path(__file__).with_name("workbook_reader.py"))]
    done = subprocess.run(reader, input=data, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise TableError(Problem(name, expected))
    read: tuple[dict[str, list[list[Any]]], set[str]]
    read = pickle.loads(done.stdout)  # noqa: S301 - our own process's
    return read


# What zipfile raises on a damaged file, beside its own error.
WRONG_ZIP = (ValueError, NotImplementedError, OSError, RuntimeError, KeyError)
# BIFF8 records BOOLERR, and FORMULA with an error as its value: row and column.
XLS_ERROR = re.compile(
    rb"\x05\x02\x08\x00(..)(..)..[\x00\x07\x0f\x17\x1d\x24\x2a]\x01"
    rb"|\x06\x00..(..)(..)..\x02.[\x00\x07\x0f\x17\x1d\x24\x2a].{3}\xff\xff",
    re.DOTALL,
)
XLSX_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(/?)>")
XLSX_PLACE = re.compile(rb"""\br=["']([A-Za-z]{1,9})(\d{1,12})["']""")
ODS_TABLE = re.compile(rb"<table:table[ >]")
ODS_PART = re.compile(rb"<(table:table-row|table:(?:covered-)?table-cell)\b([^>]*)>")
ODS_TIMES = re.compile(rb"""number-(?:rows|columns)-repeated=["'](\d{1,12})["']""")


def _extent(packed: zipfile.ZipFile, part: str) -> int:
    """Cells that a part of a workbook asks for: its last row times its last column."""
    if not part.endswith(".xml") or part.endswith("sharedStrings.xml"):
        return 0
    if part == "content.xml":
        return max(map(_ods_extent, ODS_TABLE.split(packed.read(part))))
    last_row = last_column = 0
    for attributes, empty in XLSX_CELL.findall(packed.read(part)):
        place = XLSX_PLACE.search(attributes)
        if place is None or empty:  # a cell that has only a color lays out nothing
            continue
        column = 0
        for letter in place[1].upper():
            column = 26 * column + letter - 64
        last_row, last_column = max(last_row, int(place[2])), max(last_column, column)
    return last_row * last_column


def _ods_extent(table: bytes) -> int:
    """The same of a table of an .ods file, whose rows and cells say how often they come."""
    row = again = column = last_row = last_column = 0
    for kind, attributes in ODS_PART.findall(table):
        times = int(found[1]) if (found := ODS_TIMES.search(attributes)) else 1
        if kind == b"table:table-row":
            row, again, column = row + again, times, 0
        else:
            column += times
            if b"value" in attributes or b"formula" in attributes:
                last_row, last_column = max(last_row, row + again), max(last_column, column)
    return last_row * last_column


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
