"""Reading a file's bytes into cells: encodings, dialects, lines and numbers."""

from __future__ import annotations

import csv
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import Problem, TableError
from analysis.plain_text import text_of_formula
from analysis.vocabulary import NO_FLAG, folded

__all__ = ["RawRows", "Refused", "read_rows", "typed_column"]

UNKNOWN = frozenset({"na", "n_a", "unknown", "nan", "null", "none_known"})
YES_NO = {"y": "yes", "true": "yes", "1": "yes", "n": "no", "false": "no", "0": "no"}
TWICE = "what is given twice in a list taken once"
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?")
DECIMAL_COMMA = re.compile(r"[+-]?\d+,(?:\d{1,2}|\d{4,})")


class Refused(ValueError):  # noqa: N818 - it is a verdict on a cell, not a failure of the program
    """A cell that does not hold what its column holds."""


Interpreted = tuple[Any, str]  # value, repair in words or ""


def _number(cell: str, column: Mapping[str, Any]) -> Interpreted:
    bare, repair = cell, ""
    percent = bare.endswith("%")
    if percent:
        bare, repair = bare[:-1].strip(), "percent signs taken off"
    if DECIMAL_COMMA.fullmatch(bare):
        bare, repair = bare.replace(",", "."), "decimal commas read as points"
    if not NUMBER.fullmatch(bare):
        raise Refused
    value = float(bare)
    if percent and column["high"] <= 1:
        value, repair = value / 100, "percentages turned into shares"
    elif percent and not column["percent"]:
        raise Refused
    return value, repair


def _choice(cell: str, column: Mapping[str, Any]) -> Interpreted:
    word = folded(cell)
    if column["options"] == ("yes", "no"):
        word = YES_NO.get(word, word)
    for option in column["options"]:
        if word == folded(option):
            return option, "" if cell == option else "spelling of codes made uniform"
    if other := column["spellings"].get(word):
        return (
            other,
            f"{word} read as {other}" if word == "img" else "spelling of codes made uniform",
        )
    raise Refused


def _items(cell: str, column: Mapping[str, Any]) -> Interpreted:
    # Among known words a comma separates too: no state, flag or division has one.
    apart = re.split("[;,]" if column["options"] else ";", cell)
    entries = [entry.strip() for entry in apart if entry.strip()]
    if not column["options"]:
        return _once(entries)
    codes = {folded(option): option for option in column["options"]}
    words: list[str] = []
    for entry in entries:
        word = codes.get(folded(entry)) or column["spellings"].get(folded(entry), "")
        if word == NO_FLAG:
            continue
        if word not in column["options"]:
            raise Refused
        words.append(word)
    kept, twice = (tuple(words), "") if column["one_each"] else _once(words)
    if len(kept) > column["most"]:
        raise Refused
    said = "spelling of codes made uniform" if words != entries else ""
    return kept, ", ".join(one for one in (said, twice) if one)


def _once(entries: list[str]) -> tuple[tuple[str, ...], str]:
    kept = tuple(dict.fromkeys(entries))
    return kept, "" if len(kept) == len(entries) else TWICE


def _whole_items(cell: str, _: Mapping[str, Any]) -> Interpreted:
    entries = [entry.strip() for entry in cell.split(";")]
    if not all(re.fullmatch(r"\d{1,6}(?:\.0)?", entry) for entry in entries):
        raise Refused
    return tuple(int(float(entry)) for entry in entries), ""


def _cell_text(cell: str, column: Mapping[str, Any]) -> Interpreted:
    longest = column["cut_at"]
    if not longest or len(cell) <= longest:
        return cell, ""
    return cell[: longest - 1] + "…", f"text over {longest:,} characters cut"


def _date(cell: str, _: Mapping[str, Any]) -> Interpreted:
    for form in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            day = datetime.strptime(cell, form).date().isoformat()
        except ValueError:
            continue
        return day, "" if day == cell else "dates written as YYYY-MM-DD"
    raise Refused


KINDS: dict[str, tuple[Callable[[str, Mapping[str, Any]], Interpreted], Any]] = {
    "number": (_number, np.nan),
    "choice": (_choice, None),
    "items": (_items, ()),
    "whole_items": (_whole_items, ()),
    "text": (_cell_text, None),
    "date": (_date, None),
}


def typed_column(
    cells: pd.Series, column: Mapping[str, Any]
) -> tuple[pd.Series, pd.Series, dict[str, int]]:
    """Interpret a column."""
    interpret, unknown = KINDS[column["kind"]]
    codes, different = pd.factorize(cells.to_numpy(dtype=object), use_na_sentinel=False)
    values = np.empty(len(different), dtype=object)
    refused = np.zeros(len(different), dtype=bool)
    repaired: dict[str, int] = {}
    counts = np.bincount(codes, minlength=len(different))
    for position, cell in enumerate(different):
        values[position] = unknown
        if not cell:
            continue
        if column["kind"] != "text" and folded(cell) in UNKNOWN:
            repaired["NA and the like read as empty"] = repaired.get(
                "NA and the like read as empty", 0
            ) + int(counts[position])
            continue
        try:
            values[position], repair = interpret(cell, column)
        except Refused:
            refused[position] = True
            continue
        if repair:
            repaired[repair] = repaired.get(repair, 0) + int(counts[position])
    typed = pd.Series(values[codes], index=cells.index, dtype=object)
    if column["kind"] == "number":
        typed = typed.astype("float64")
    elif column["kind"] in {"text", "choice", "date"}:
        typed = typed.astype("str")
    return typed, pd.Series(refused[codes], index=cells.index), repaired


# What is over these is no table of an office; they bound the memory that a file can ask for.
MOST_BYTES = 200 * 2**20
LONGEST_LINE = 1_000_000
MOST_COLUMNS = 1_000
MOST_CELLS = MOST_LINES = 5_000_000
SEPARATORS = (",", ";", "\t")
LINE_END = re.compile(r"\r\n?|\n")
WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class RawRows:
    """Rows of a file as text."""

    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    repairs: list[str]
    problems: list[Problem]
    spilled: set[int] = field(default_factory=set)


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
        If the file is missing, no text, an Excel workbook, too large, empty or without a row, or
        if it changes while it is read.
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
    spilled: set[int] = set()
    marks = "'" in text
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader(_lines(text), delimiter=separator, strict=True)
    before = short = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            cells = [cell.strip() for cell in cells]
            if marks:
                cells = [text_of_formula(cell).strip() for cell in cells]
            if not any(cells):
                continue
            if header is None:
                header = cells
                if len(header) > MOST_COLUMNS:
                    raise TableError(Problem(name, f"at most {MOST_COLUMNS:,} columns", line))
            elif len(rows) * len(header) > MOST_CELLS:
                raise TableError(Problem(name, f"a table of at most {MOST_CELLS:,} cells", line))
            elif len(cells) == len(header) or not any(cells[len(header) :]):
                short += len(cells) < len(header)
                if len(cells) > len(header):
                    spilled.add(line)
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
    return RawRows(header, rows, lines, repairs, problems, spilled)


def _bytes(path: Path) -> bytes:
    """Content of a file, one state of it and no more than a table may have."""
    name = path.name
    before = path.stat()
    if not stat.S_ISREG(before.st_mode):
        raise TableError(Problem(name, "a file on the disk, not a pipe or a device"))
    if before.st_size > MOST_BYTES:
        raise TableError(Problem(name, f"a CSV file of at most {MOST_BYTES // 2**20} MiB"))
    with path.open("rb") as stream:
        data = stream.read(before.st_size + 1)
    after = path.stat()
    if (len(data), after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        expected = "a file that stays as it is while it is read: try again"
        raise TableError(Problem(name, expected))
    return data


def _text(path: Path) -> tuple[str, list[str]]:
    name = path.name
    try:
        if path.is_dir():
            raise TableError(Problem(name, "a CSV file, not a folder"))
        data = _bytes(path)
    except FileNotFoundError:
        raise TableError(Problem(str(path), "a file that exists")) from None
    except OSError as error:
        raise TableError(Problem(name, f"a file that can be read ({error.strerror})")) from None
    if data.startswith(WORKBOOK):
        expected = 'CSV, and this is an Excel workbook: in Excel use File, Save As, "CSV UTF-8"'
        raise TableError(Problem(name, expected))
    text, repairs = _decoded(name, data)
    place = text.find("\0")
    if place >= 0:
        line = 1 + sum(1 for _ in LINE_END.finditer(text, 0, place))
        raise TableError(Problem(name, "text without NUL characters", line))
    if text.count("\n") + text.count("\r") - text.count("\r\n") > MOST_LINES:
        raise TableError(Problem(name, f"a file of at most {MOST_LINES:,} lines"))
    begin = 0
    ends = chain(map(re.Match.end, LINE_END.finditer(text)), [len(text)])
    for line, end in enumerate(ends, start=1):
        if end - begin > LONGEST_LINE:
            raise TableError(Problem(name, f"lines of at most {LONGEST_LINE:,} characters", line))
        begin = end
    return text, repairs


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, without a second copy of a long text."""
    begin = 0
    for found in LINE_END.finditer(text):
        yield text[begin : found.end()]
        begin = found.end()
    if begin < len(text):
        yield text[begin:]


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
        line = 1 + len(re.findall(rb"\r\n?|\n", data[: error.start]))
        raise TableError(Problem(name, "text in UTF-8, UTF-16 or Windows-1252", line)) from None


def _separator(text: str) -> str:
    header = next((line for line in _lines(text) if line.strip()), "")
    outside_quotes = "".join(header.split('"')[::2])
    return max(SEPARATORS, key=outside_quotes.count)
