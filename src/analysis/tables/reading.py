"""Reading a file's bytes into cells: encodings, dialects, lines and numbers."""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
import stat
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import Problem, TableError, line_ranges
from analysis.plain_text import text_of_formula
from analysis.tables.codes import NOT_SIGN
from analysis.tables.columns import Column
from analysis.tables.headers import known_words, tells_of_a_password
from analysis.vocabulary import NO_FLAG, folded

NOT_KNOWN = frozenset({"unknown", "not_known", "unclear", "tbd", "pending", "unsure", "not_sure"})
UNKNOWN = frozenset({"na", "n_a", "unknown", "nan", "null", "none_known"})
NOTHING = frozenset("-–—") | {"--"}  # how people leave a cell empty that asks for a code or number
YES_NO = {"y": "yes", "true": "yes", "1": "yes", "1_0": "yes"}
YES_NO |= {"n": "no", "false": "no", "0": "no", "0_0": "no"}
WORDS_OF_YES_NO = {"yes": 1.0, "y": 1.0, "true": 1.0, "no": 0.0, "n": 0.0, "false": 0.0}
SAID = frozenset({"img", "f", "fail", "failed"})  # readings that a person may want to check
TWICE = "what is given twice in a list taken once"
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?")
DECIMAL_COMMA = re.compile(r"[+-]?\d+,(?:\d{1,2}|\d{4,})%?")
# 1.200 is one and a fifth here, and twelve hundred where commas are decimal.
EITHER_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+%?|[1-9]\d{0,2}(?:,\d{3})+")
THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:([, \u00a0\u202f'’])\d{3})(?:\1\d{3})*(?:\.\d+)?")


# What a spreadsheet shows where a formula fails (#N/A, #REF!, #BEZUG!), or where a cell is narrow.
ERROR_VALUE = re.compile(r"#(?:N/?[ADV]|[A-ZÀ-Ü_]+(?:/0)?[!?]|#{2,})|Err:\d{3}")
# Signs beside a word that may turn it round or put it in doubt: - TX, ~no, pass*, yes?
DOUBT = re.compile(r"\s*[-!~\u00ac\u2010-\u2015\u2212\u2260\u2717\u2718\u274c]|.*[?*\u2020\u2021]")


class Refused(ValueError):  # noqa: N818 - it is a verdict on a cell, not a failure of the program
    """A cell that does not hold what its column holds."""


Interpreted = tuple[Any, str]  # value, repair in words or ""


def _number(cell: str, column: Column) -> Interpreted:
    bare, repair = cell, ""
    if column.yes_no and (word := _code(cell)) in WORDS_OF_YES_NO:
        return WORDS_OF_YES_NO[word], "yes and no read as 1 and 0"
    percent = bare.endswith("%")
    if percent:
        bare, repair = bare[:-1].strip(), "percent signs taken off"
    if column.grouped:
        plain = bare.removeprefix("$").strip()
        if THOUSANDS.fullmatch(plain):
            plain = re.sub(r"[^\d.]", "", plain)
        if EITHER_THOUSANDS.fullmatch(plain) and "." in plain:  # $1.200 has no thirds of a cent
            raise Refused
        if plain != bare:
            bare, repair = plain, "thousands separators and dollar signs taken off"
    if DECIMAL_COMMA.fullmatch(bare):
        bare, repair = bare.replace(",", "."), "decimal commas read as points"
    if not NUMBER.fullmatch(bare):
        raise Refused
    value = float(bare)
    if percent and column.share:
        value, repair = value / 100, "percentages turned into shares"
    elif percent and not column.percent:
        raise Refused
    return value, repair


def _code(cell: str) -> str:
    """A code's word, folded, with a sign before it as ``not``; refused where one leaves doubt."""
    said = NOT_SIGN.sub("not ", cell)
    if DOUBT.match(said):
        raise Refused
    return folded(said)


def _choice(cell: str, column: Column) -> Interpreted:
    word = _code(cell)
    if column.options == ("yes", "no"):
        word = YES_NO.get(word, word)
    for option in column.options:
        if word == folded(option):
            return option, "" if cell == option else "spelling of codes made uniform"
    if other := column.spellings.get(word):
        return (
            other,
            f"{word} read as {other}" if word in SAID else "spelling of codes made uniform",
        )
    raise Refused


def _items(cell: str, column: Column) -> Interpreted:
    entries = [entry.strip() for entry in cell.split(";") if entry.strip()]
    if not column.options:
        return _once(entries)
    codes = {**column.spellings, **{folded(option): option for option in column.options}}
    # Among known words a comma separates too, but in Washington, D.C.
    entries = [
        part.strip()
        for entry in entries
        for part in ([entry] if folded(entry) in codes else entry.split(","))
        if part.strip()
    ]
    words: list[str] = []
    for entry in entries:
        word = codes.get(_code(entry), "")
        if word == NO_FLAG:
            continue
        if word not in column.options:
            raise Refused
        words.append(word)
    kept, twice = (tuple(words), "") if column.one_each else _once(words)
    if len(kept) > column.most:
        raise Refused
    said = "spelling of codes made uniform" if words != entries else ""
    return kept, ", ".join(one for one in (said, twice) if one)


def _once(entries: list[str]) -> tuple[tuple[str, ...], str]:
    kept = tuple(dict.fromkeys(entries))
    return kept, "" if len(kept) == len(entries) else TWICE


def _whole_items(cell: str, _: Column) -> Interpreted:
    entries = [entry.strip() for entry in cell.split(";")]
    if not all(re.fullmatch(r"\d{1,6}(?:\.0)?", entry) for entry in entries):
        raise Refused
    return tuple(int(float(entry)) for entry in entries), ""


def _cell_text(cell: str, column: Column) -> Interpreted:
    longest = column.cut_at
    if not longest or len(cell) <= longest:
        return cell, ""
    return cell[: longest - 1] + "…", f"text over {longest:,} characters cut"


# Slashes and hyphens stand for the month first, as in the US; with points, 9.10.2026 is refused.
DATES = ("%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%m-%d-%y", "%B %d %Y",
         "%b %d %Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d-%B-%Y")  # fmt: skip
TIME_OF_DAY = re.compile(r"(?<=\d)[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?Z?\Z")
DOTTED_MONTH = re.compile(
    r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)t?\.?(?=\s)", re.IGNORECASE
)


def _date(cell: str, _: Column) -> Interpreted:
    bare = DOTTED_MONTH.sub(lambda m: m[1][:3], TIME_OF_DAY.sub("", cell)).replace(",", " ")
    bare = " ".join(bare.split())
    for form in DATES:
        try:
            day = datetime.strptime(bare, form).date().isoformat()
        except ValueError:
            continue
        return day, "" if day == cell else "dates written as YYYY-MM-DD"
    raise Refused


KINDS: dict[str, tuple[Callable[[str, Column], Interpreted], Any]] = {
    "number": (_number, np.nan),
    "choice": (_choice, None),
    "items": (_items, ()),
    "whole_items": (_whole_items, ()),
    "text": (_cell_text, None),
    "date": (_date, None),
}


def interpreted(cell: str, column: Column) -> Interpreted:
    """Value of one cell and its repair; `Refused` where it does not hold what its column holds."""
    found = KINDS[column.kind][0](cell, column)
    if not column.fits(found[0]):
        raise Refused
    return found


def ambiguous_numbers(columns: Collection[np.ndarray]) -> list[np.ndarray]:
    """By column of numbers: which cells are ambiguous, as ``1.200`` is beside ``0,75``."""
    each = [pd.factorize(cells) for cells in columns]
    if not any(DECIMAL_COMMA.fullmatch(cell) for _, different in each for cell in different):
        return [np.zeros(len(cells), dtype=bool) for cells in columns]
    return [
        np.array([EITHER_THOUSANDS.fullmatch(c) is not None for c in different])[codes]
        for codes, different in each
    ]


def blank_words(column: Column) -> frozenset[str]:
    """Words that are read as an empty cell of a column."""
    return UNKNOWN - NOT_KNOWN if column.empty_says else UNKNOWN


def typed_column(
    cells: np.ndarray, column: Column
) -> tuple[np.ndarray | pd.api.extensions.ExtensionArray, np.ndarray, np.ndarray, Counter[str]]:
    """Interpret a column: its values, which cells are refused, which repaired, and how often."""
    unknown = KINDS[column.kind][1]
    codes, different = pd.factorize(cells, use_na_sentinel=False)
    values = np.empty(len(different), dtype=object)
    refused = np.zeros(len(different), dtype=bool)
    changed = np.zeros(len(different), dtype=bool)
    repaired: Counter[str] = Counter()
    counts = np.bincount(codes, minlength=len(different)).tolist()
    blank = blank_words(column)
    words_may_be_blank = column.empty and (
        column.kind != "text" or not (column.private or column.lines)
    )
    for position, cell in enumerate(different):
        values[position] = unknown
        if not cell:
            continue
        if cell[0] in "#E" and ERROR_VALUE.fullmatch(cell):
            refused[position] = True
            continue
        if words_may_be_blank and (cell in NOTHING or folded(cell) in blank):
            repair = f"NA and the like read as {column.empty_says or 'empty'}"
        else:
            try:
                values[position], repair = interpreted(cell, column)
            except Refused:
                refused[position] = True
                continue
        if repair:
            changed[position] = True
            repaired[repair] += counts[position]
    typed = values[codes]
    if column.kind == "number":
        typed = typed.astype("float64")
    elif column.kind in {"text", "choice", "date"}:
        typed = pd.array(typed, dtype="str")
    return typed, refused[codes], changed[codes], repaired


# What is over these is no table of an office; they bound the memory that a file can ask for.
MOST_BYTES = 200 * 2**20
LONGEST_LINE = 1_000_000
MOST_COLUMNS = 1_000
MOST_CELLS = MOST_LINES = 5_000_000
BYTE_ORDER_MARKS = {
    "UTF-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
    "UTF-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
}
SEPARATORS = (",", ";", "\t", "|")
OTHER_FILES = {
    re.compile(r"\s*<(?:!|\?|html|head|body|table)", re.IGNORECASE): "a web page or XML",
    re.compile("%PDF"): "a PDF",
    re.compile(r"\s*(?:\[\s*)?\{"): "JSON",
}
LINE_END = re.compile(r"\r\n?|\n")
WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# How far down a header line is looked for, and what the first cell of a line of totals says.
TITLE_LINES = 30
MOST_TRIMMED = 100_000
TOTALS = frozenset(
    {"total", "totals", "grand_total", "subtotal", "sum", "average", "averages", "mean", "count",
     "median", "summe", "gesamt", "total_students", "total_programs", "n"}
)  # fmt: skip
SEPARATOR_LINE = re.compile(r"\ufeff*\"?sep=(.)\"?\s*", re.IGNORECASE)
# What a cell says in a line of units below the header.
UNIT = re.compile(
    r"\(.*\)|\[.*\]|[%$#n]|[01] ?(?:-|–|to) ?\d+|[py]/[fn]|yes/no|pass/fail|points?|scores?|"
    r"numbers?|counts?|percent|text|date|codes?|id|usd|m+/d+/y+|y+-m+-d+|integer|fraction|share",
    re.IGNORECASE,
)
# ="00123", by which a program keeps a spreadsheet from reading a number, and '00123 of a person.
FORMULA_TEXT = re.compile(r"\A\s*(?:=\"([^\"]*)\"|'(\d+))\s*\Z")
# UTF-8 read as Windows-1252 somewhere before us, a sign that another program could not write, or
# one inside a word that no word has: the file was in the encoding of another system.
GARBLED = re.compile(
    r"[ÃÂ][\u0080-\u00bf\u0152-\u2122]|\ufffd|[^\W\d_]\?+[^\W\d_]|\?\?"
    r"|[^\W\d_][\u0080-\u009f€‚„†‡‰‹›•™¡¢£¤¥¦§©«¬®¯±¶¸»¼½¾¿×÷][^\W\d_]"
)


@dataclass(frozen=True, slots=True)
class RawRows:
    """Rows of a file as text."""

    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    repairs: list[str]
    problems: list[Problem]
    spilled: set[int] = field(default_factory=set)
    # By row and column: the last line of a cell that begins on the row's line.
    several_lines: dict[tuple[int, int], int] = field(default_factory=dict)
    separator: str = ","
    header_line: int = 1
    sha256: str = ""
    plain: bool = True  # whether the file's own bytes read to these cells without more ado
    origins: dict[str, str] = field(default_factory=dict)  # our name: the file's, where mapped
    # Filled cells: of the whole file but its header line; of lines that are passed over; of lines
    # that are refused; of columns that are left out.
    filled: int = 0
    passed_over: int = 0
    unread: int = 0
    left_out: int = 0
    # By column that is not one column of the file: how many filled cells each row's cell is from,
    # and whether it says the same in other words.
    made_of: dict[str, tuple[list[int], list[bool]]] = field(default_factory=dict)


def read_rows(path: Path, known: Collection[str] = (), sheet: str = "") -> RawRows:
    """Read a table of an office, whatever program wrote it."""
    # CSV in UTF-8 with or without a byte order mark, UTF-16, Windows-1252; comma, semicolon or tab,
    # or what a first line ``sep=`` says; any line end. Workbooks (.xlsx, .xls, .ods). Empty lines,
    # titles above the header, a header that comes again and totals at the end are passed over, and
    # that is said.
    from analysis.tables.workbook import workbook_cells

    name = path.name
    words = known_words() | {folded(word) for word in known}
    data = _content(path)
    if data.startswith(WORKBOOK):
        cells, repairs = workbook_cells(name, data, words, sheet)
        cells = ((line, last, list(map(_typed_text, row))) for line, last, row in cells)
        raw = replace(_table(name, cells, "", words, repairs), plain=False)
    else:
        text, repairs = _text(name, data)
        separator, begin = _separator(text, words)
        if separator != ",":
            shown = "a tab" if separator == "\t" else repr(separator)
            repairs.append(f"read with {shown} as separator")
        cells = _csv_cells(name, text, separator, begin)
        raw = _table(name, cells, separator, words, repairs)
    _refuse_swallowed_rows(name, raw)
    if data.startswith(WORKBOOK) or ((not text.isascii() or "?" in text) and GARBLED.search(text)):
        raw.repairs.extend(_garbled(raw))
    return replace(raw, sha256=hashlib.sha256(data).hexdigest())


def sheet_names(path: Path) -> list[str]:
    """Sheets of a workbook that have something on them, and are seen; none of another file."""
    from analysis.tables.workbook import filled_sheets

    data = _content(path)
    return filled_sheets(path.name, data) if data.startswith(WORKBOOK) else []


def _csv_cells(
    name: str, text: str, separator: str, begin: int
) -> Iterator[tuple[int, int, list[str]]]:
    """First and last line of each record, and its cells."""
    csv.field_size_limit(LONGEST_LINE)
    lines = _lines(text)
    for _ in range(begin):
        next(lines)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    marks = "'" in text
    formulas = '="' in text
    byte_order_marks = "\ufeff" in text
    before = 0
    try:
        for cells in reader:
            line, before = begin + before + 1, reader.line_num
            if byte_order_marks:
                cells = [cell.lstrip("\ufeff") for cell in cells]
            if formulas or marks:
                cells = list(map(_typed_text, cells))
            yield line, begin + before, cells
    except csv.Error as error:
        expected = f"a well-formed CSV row ({error}): look for a quotation mark that is not closed"
        raise TableError(Problem(name, expected, begin + before + 1)) from None


def _typed_text(cell: str) -> str:
    """A cell without what keeps a spreadsheet from computing it."""
    return FORMULA_TEXT.sub(r"\1\2", text_of_formula(cell))


def _table(
    name: str,
    records: Iterator[tuple[int, int, list[str]]],
    separator: str,
    words: Collection[str],
    repairs: list[str],
) -> RawRows:
    """Header and rows among the records of a file; what is passed over is said.

    A workbook has no ``separator``, and each of its rows is one line.
    """
    trimmed: list[tuple[int, list[int]]] = []
    records = (_stripped(record, trimmed) for record in records)
    first = list(islice(records, TITLE_LINES))
    filled = [record for record in first if any(record[2])]
    if not filled:
        filled = list(islice((record for record in records if any(record[2])), 1))
        first += filled
    if not filled:
        raise TableError(Problem(name, "a header line and at least one row; the file is empty"))
    header_line, _, header = _header_record(filled, words)
    titles = [line for line, _, cells in filled if line < header_line]
    if titles:
        repairs.append(f"above the header, passed over: {line_ranges(titles)}")
    width = max((at for at, cell in enumerate(header, start=1) if cell), default=0)
    header = header if len(header) <= MOST_COLUMNS else header[:width]
    if len(header) > MOST_COLUMNS:
        raise TableError(Problem(name, f"at most {MOST_COLUMNS:,} columns", header_line))
    plain_header = [folded(cell) for cell in header]
    initials = [cell[:1].casefold() for cell in header[:2]]  # cheap, and true of few rows
    rows: list[list[str]] = []
    lines: list[int] = []
    problems: list[Problem] = []
    spilled: set[int] = set()
    several: dict[tuple[int, int], int] = {}
    again: list[int] = []
    units: list[int] = []
    cells_filled = passed_over = unread = 0
    torn: list[Problem] = []
    short = 0
    for line, last, cells in chain(first, records):
        count = len(cells) - cells.count("")
        cells_filled += count if line != header_line else 0
        if line <= header_line or not count:
            passed_over += count if line != header_line else 0
            continue
        if len(rows) * len(header) > MOST_CELLS:
            raise TableError(Problem(name, f"a table of at most {MOST_CELLS:,} cells", line))
        if (
            width > 1
            and [cell[:1].casefold() for cell in cells[:2]] == initials
            and [folded(cell) for cell in cells[: len(header)]] == plain_header
        ):
            again.append(line)
            passed_over += count
        elif not rows and not problems and all(UNIT.fullmatch(cell) for cell in cells if cell):
            units.append(line)
            passed_over += count
        elif len(cells) != len(header) and _swallows_rows(
            cells, last > line or not separator, separator, len(header)
        ):
            torn.append(Problem(name, _one_a_line(line, last), line))
        elif (len(cells) < len(header) and separator and any(separator in c for c in cells)) or (
            count == 1 < len(header) and _row_in_a_cell(max(cells), len(header))
        ):
            expected = (
                f"{len(header)} cells as in the header, not {len(cells)}: one cell holds what "
                "separates cells, so a quotation mark may be missing or too many"
            )
            problems.append(Problem(name, expected, line))
            unread += count
        elif len(cells) == len(header) or not any(cells[len(header) :]):
            short += len(cells) < len(header)
            if len(cells) > len(header):
                spilled.add(line)
            if last > line or (not separator and any(map(LINE_END.search, cells))):
                several |= {
                    (len(rows), at): last
                    for at, cell in enumerate(cells[: len(header)])
                    if LINE_END.search(cell)
                }
            if len(cells) != len(header):
                cells = (cells + [""] * len(header))[: len(header)]
            rows.append(cells)
            lines.append(line)
        else:
            expected = (
                f"{len(header)} cells as in the header, not {len(cells)}: a cell that holds what "
                "separates cells needs quotation marks around it"
            )
            problems.append(Problem(name, expected, line, value=(separator or ",").join(cells)))
            unread += count
    if torn:
        raise TableError(torn)
    passed_over += _take_totals_off(rows, lines, repairs, several)
    secret = {at for at, word in enumerate(header) if tells_of_a_password(word)}
    for line, places in trimmed:
        cut = [at for at in places if at in secret]
        if cut and line > header_line:
            repairs.append(f"{header[cut[0]]}: spaces around a password cut, line {line}")
    if units:
        repairs.append(f"units below the header, passed over: {line_ranges(units)}")
    if again:
        repairs.append(f"the header again, passed over: {line_ranges(again)}")
    if short:
        repairs.append(f"rows with fewer cells than the header taken as ending empty ({short})")
    if not rows and not problems:
        raise TableError(Problem(name, "at least one row below the header"))
    return RawRows(
        header,
        rows,
        lines,
        repairs,
        problems,
        spilled,
        several,
        separator,
        header_line,
        filled=cells_filled,
        passed_over=passed_over,
        unread=unread,
    )


def _stripped(
    record: tuple[int, int, list[str]], trimmed: list[tuple[int, list[int]]]
) -> tuple[int, int, list[str]]:
    """A record without spaces around its cells; where such spaces were, for passwords."""
    line, last, cells = record
    bare = list(map(str.strip, cells))
    if bare != cells and len(trimmed) < MOST_TRIMMED:
        trimmed.append((line, [at for at, cell in enumerate(cells) if cell != bare[at]]))
    return line, last, bare


def _header_record(
    records: list[tuple[int, int, list[str]]], words: Collection[str]
) -> tuple[int, int, list[str]]:
    """The first record, unless it is a title and one below has names of columns."""
    counts = [_known(cells, words) for _, _, cells in records]
    most = max(counts)
    filled = [[cell for cell in cells if cell] for _, _, cells in records]
    if counts[0] < 2 <= most and len(filled[0]) <= most * 4:
        return records[counts.index(most)]
    if counts[0] == 0 and len(filled[0]) == 1:
        # Of names that nobody knows: several words, and a row below that is no wider.
        width = [len(cells) - [*map(bool, reversed(cells))].index(True) for _, _, cells in records]
        for at in range(1, len(records) - 1):
            names = {*filled[at]}
            if (
                1 < len(names) == len(filled[at])
                and not any(map(NUMBER.fullmatch, names))
                and 1 < width[at + 1] <= width[at]
            ):
                return records[at]
    return records[0]


def _known(cells: list[str], words: Collection[str]) -> int:
    return len({word for cell in cells if (word := folded(cell)) in words})


def _take_totals_off(
    rows: list[list[str]],
    lines: list[int],
    repairs: list[str],
    several: dict[tuple[int, int], int],
) -> int:
    """Take lines of totals and notes off the end, say which, and count their cells."""
    taken, count = [], 0
    while len(rows) > 1 and len(rows[-1]) > 2:
        cells = [cell for cell in rows[-1] if cell]
        total = folded(cells[0]).rstrip("_") in TOTALS and 2 * len(cells) <= len(rows[-1]) + 2
        note = len(cells) == 1 and rows[-1][0] and len(cells[0].split()) > 1
        if not note and not (total and not all(rows[-1])):
            break
        count += len(cells)
        rows.pop()
        taken.append(lines.pop())
        for place in [place for place in several if place[0] == len(rows)]:
            del several[place]
    if taken:
        repairs.append(f"totals or notes at the end, passed over: {line_ranges(taken)}")
    return count


def _refuse_swallowed_rows(name: str, raw: RawRows) -> None:
    """Refuse a file in which a cell over several lines holds what are rows of this table."""
    problems = [
        Problem(name, _one_a_line(raw.lines[at], last), raw.lines[at], raw.header[column])
        for (at, column), last in raw.several_lines.items()
        if _swallows_rows([raw.rows[at][column]], True, raw.separator, len(raw.header))
    ]
    if problems:
        raise TableError(problems)


def _one_a_line(first: int, last: int) -> str:
    if first == last:
        return (
            f"one student or program a row: a cell of row {first} holds what looks like rows of "
            "this table; give each a row of its own"
        )
    return (
        f"one student or program a line: a quotation mark on line {first} is closed on line "
        f"{last}, and what stands between looks like rows of this table; take out the mark that "
        'is too many (or write "" for one that belongs to the text)'
    )


def _swallows_rows(cells: list[str], several: bool, separator: str, width: int) -> bool:
    """Whether cells over several lines hold lines that are rows themselves."""
    return several and any(
        _like_a_row(line.split(mark), width)
        for mark in ([separator] if separator else SEPARATORS)
        for cell in cells
        for line in LINE_END.split(cell)[1:]
    )


def _row_in_a_cell(cell: str, width: int) -> bool:
    """Whether the one filled cell of a line is a row of its own, in another program's separator."""
    return any(_like_a_row(cell.split(mark), width) for mark in SEPARATORS)


def _like_a_row(cells: list[str], width: int) -> bool:
    """Whether a line inside a cell has about as many cells as a row, or begins like one."""
    if len(cells) < min(3, width):
        return False
    # After a comma of prose comes a space; between the cells of a file that is rare.
    close = sum(not cell.startswith(" ") for cell in cells[1:]) > (len(cells) - 1) / 2
    first = cells[0].strip()
    begins = bool(re.fullmatch(r"[\"'=]*[\w-]{1,32}[\"']*", first))
    return (begins and (close or any(map(str.isdigit, first)))) or (
        close and len(cells) >= max(4, width - 1)
    )


def _garbled(raw: RawRows) -> list[str]:
    """Warn of lines with letters that another program has spoilt."""
    lines = [
        line
        for line, row in zip(raw.lines, raw.rows, strict=True)
        if any(GARBLED.search(cell) and "://" not in cell for cell in row)
    ]
    if not lines:
        return []
    return [
        f"letters look garbled (such as Ã¼ or n?n), {line_ranges(lines)}: compare the names with "
        "their source; if they are wrong, export again as CSV UTF-8"
    ]


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


def _content(path: Path) -> bytes:
    name = path.name
    try:
        if path.is_dir():
            raise TableError(Problem(name, "a CSV file, not a folder"))
        return _bytes(path)
    except FileNotFoundError:
        raise TableError(Problem(str(path), "a file that exists")) from None
    except OSError as error:
        raise TableError(Problem(name, f"a file that can be read ({error.strerror})")) from None


def _text(name: str, data: bytes) -> tuple[str, list[str]]:
    text, repairs = _decoded(name, data)
    text = text.lstrip("\ufeff").removeprefix("ï»¿")  # the mark, decoded wrongly before us
    if other := next((what for sign, what in OTHER_FILES.items() if sign.match(text)), ""):
        expected = (
            f"a CSV file or a workbook; this is {other}: open it where it was made and export"
        )
        raise TableError(Problem(name, f"{expected} it as CSV UTF-8 or .xlsx"))
    place = text.find("\0")
    if place >= 0:
        line = 1 + sum(1 for _ in LINE_END.finditer(text, 0, place))
        expected = "text without NUL characters: save it again as CSV UTF-8"
        raise TableError(Problem(name, expected, line))
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
    for kind, marks in BYTE_ORDER_MARKS.items():
        if data.startswith(marks):
            try:
                return data.decode(kind), [f"read as {kind}"]
            except UnicodeDecodeError:
                expected = f"{kind} text as its first bytes say: save it again as CSV UTF-8"
                raise TableError(Problem(name, expected)) from None
    if wide := _utf16_without_mark(data):
        try:
            return data.decode(wide), ["read as UTF-16, which its first bytes do not say"]
        except UnicodeDecodeError:
            pass
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    return _decoded_by_line(name, data)


def _utf16_without_mark(data: bytes) -> str:
    """Name of the encoding where every other byte of the beginning is 0."""
    begin = data[:400]
    if len(begin) < 8 or len(data) % 2:
        return ""
    for encoding, zeros, others in (
        ("utf-16-le", begin[1::2], begin[::2]),
        ("utf-16-be", begin[::2], begin[1::2]),
    ):
        if zeros.count(0) > 0.8 * len(zeros) and not others.count(0):
            return encoding
    return ""


def _decoded_by_line(name: str, data: bytes) -> tuple[str, list[str]]:
    """Each line as UTF-8 where it is that, else as Windows-1252."""
    texts, other, mixed = [], [], False
    for line, part in enumerate(re.split(rb"(?<=\n)|(?<=\r)(?!\n)", data), start=1):
        try:
            texts.append(part.decode("utf-8-sig" if line == 1 else "utf-8"))
            mixed |= not part.isascii()
            continue
        except UnicodeDecodeError:
            other.append(line)
        try:
            texts.append(part.decode("cp1252"))
        except UnicodeDecodeError:
            expected = "text in UTF-8, UTF-16 or Windows-1252: save it again as CSV UTF-8"
            raise TableError(Problem(name, expected, line)) from None
    rest = "and the rest as UTF-8" if mixed else "since the file is not UTF-8"
    said = f"{line_ranges(other)} read as Windows-1252 {rest}: compare the names"
    return "".join(texts), [said]


def _separator(text: str, words: Collection[str]) -> tuple[str, int]:
    """What separates the cells, and how many lines at the top only say so."""
    lines = [line for line, _ in zip(_lines(text), range(TITLE_LINES), strict=False)]
    if lines and (said := SEPARATOR_LINE.fullmatch(lines[0])) and said[1] in SEPARATORS:
        return said[1], 1
    # A title has no separator.
    header = next((line for line in lines if any(one in line for one in SEPARATORS)), "")

    def known(separator: str) -> int:
        cells = ([cell.strip().strip('"') for cell in line.split(separator)] for line in lines)
        return max((_known(one, words) for one in cells), default=0)

    best = max(SEPARATORS, key=known)
    if known(best) >= 2:
        return best, 0
    outside_quotes = "".join(header.split('"')[::2])
    return max(SEPARATORS, key=outside_quotes.count), 0
