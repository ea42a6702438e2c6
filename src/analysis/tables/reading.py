"""A file in, rows of text with their line numbers out: encodings, separators, ragged lines."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import Problem, TableError

__all__ = ["RawRows", "read_rows"]

MOST_BYTES = 200 * 2**20
LONGEST_LINE = 1_000_000
SEPARATORS = (",", ";", "\t")
WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class RawRows:
    """Rows of a file as text.

    Parameters
    ----------
    header : list of str
        Column names as they stand.
    rows : list of list of str
        Cells, as many as the header has, white space at the ends taken off.
    lines : list of int
        Line of the file on which each row begins, the header's being 1 in a plain file.
    repairs : list of str
        What was done to read the file, in words.
    problems : list of Problem
        Rows that could not be taken.
    """

    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    repairs: list[str]
    problems: list[Problem]


def read_rows(path: Path) -> RawRows:
    """Read a CSV file of an office, whatever program wrote it.

    UTF-8 with or without a byte order mark, UTF-16, Windows-1252; comma, semicolon or tab; any
    line end. Empty lines are passed over.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    RawRows
        Text cells; nothing is interpreted.

    Raises
    ------
    TableError
        If the file is missing, no text, an Excel workbook, too large, empty or without a row.
    """
    name = path.name
    text, repairs = _text(path)
    separator = _separator(text)
    if separator != ",":
        shown = "a tab" if separator == "\t" else repr(separator)
        repairs.append(f"read with {shown} as separator")
    header: list[str] | None = None
    rows: list[list[str]] = []
    lines: list[int] = []
    problems: list[Problem] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = short = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if header is None:
                header = cells
            elif len(cells) == len(header) or not any(cells[len(header) :]):
                short += len(cells) < len(header)
                rows.append((cells + [""] * len(header))[: len(header)])
                lines.append(line)
            else:
                expected = f"{len(header)} cells as in the header, not {len(cells)}"
                problems.append(Problem(name, expected, line, value=separator.join(cells)))
    except csv.Error as error:
        raise TableError(Problem(name, f"a well-formed CSV row ({error})", before + 1)) from None
    if short:
        repairs.append(f"rows with fewer cells than the header taken as ending empty ({short})")
    if header is None:
        raise TableError(Problem(name, "a header line and at least one row; the file is empty"))
    if not rows and not problems:
        raise TableError(Problem(name, "at least one row below the header"))
    return RawRows(header, rows, lines, repairs, problems)


def _text(path: Path) -> tuple[str, list[str]]:
    name = path.name
    try:
        if path.is_dir():
            raise TableError(Problem(name, "a CSV file, not a folder"))
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise TableError(Problem(name, f"a CSV file of at most {MOST_BYTES // 2**20} MiB"))
        data = path.read_bytes()
    except FileNotFoundError:
        raise TableError(Problem(str(path), "a file that exists")) from None
    except OSError as error:
        raise TableError(Problem(name, f"a file that can be read ({error.strerror})")) from None
    if data.startswith(WORKBOOK):
        expected = 'CSV, and this is an Excel workbook: in Excel use File, Save As, "CSV UTF-8"'
        raise TableError(Problem(name, expected))
    text, repairs = _decoded(name, data)
    if "\0" in text:
        line = _line_after(text[: text.index("\0")])
        raise TableError(Problem(name, "text without NUL characters", line))
    for line, content in enumerate(io.StringIO(text, newline=""), start=1):
        if len(content) > LONGEST_LINE:
            raise TableError(Problem(name, f"lines of at most {LONGEST_LINE:,} characters", line))
    return text, repairs


def _line_after(text: str) -> int:
    """Number of the line on which a text ends, whatever its line ends."""
    return len(re.findall(r"\r\n?|\n", text)) + 1


def _decoded(name: str, data: bytes) -> tuple[str, list[str]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), ["read as UTF-16"]
        except UnicodeDecodeError:
            raise TableError(Problem(name, "UTF-16 text as its first bytes say")) from None
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), ["read as Windows-1252, since it is not UTF-8"]
    except UnicodeDecodeError as error:
        line = _line_after(data[: error.start].decode("latin-1"))
        raise TableError(Problem(name, "text in UTF-8, UTF-16 or Windows-1252", line)) from None


def _separator(text: str) -> str:
    header = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    outside_quotes = "".join(header.split('"')[::2])
    return max(SEPARATORS, key=outside_quotes.count)
