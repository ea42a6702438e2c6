"""An office's own export read as one of our tables: its names to ours, its codes to ours.

A mapping is a TOML file for one table, or for several by their names::

    [students]
    sheet = "Class of 2026"          # of a workbook
    ignore = ["Email"]               # columns that are left out
    [students.columns]               # ours = "theirs", or several that are joined
    student_id = "Student No."
    name = ["First name", "Last name"]
    [students.constants]             # ours = the same in every row
    degree = "us_md"
    [students.separators]            # of list columns, where it is not a semicolon
    red_flags = ","
    [students.codes.red_flags]       # "theirs" = "ours"
    "LOA - academic" = "loa_academic"
    [students.flags."LOA reason"]    # a column that tells of flags: its words = codes
    academic = "loa_academic"

`countersignal map FILE` writes a first one.
"""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from analysis.errors import Problem, TableError, shown
from analysis.paths import toml_content
from analysis.tables.headers import column_of
from analysis.tables.reading import RawRows, read_rows
from analysis.tables.schemas import SCHEMAS
from analysis.vocabulary import folded

MAPPING_FILE = "mapping.toml"
TABLES = ("columns", "constants", "separators", "codes", "flags")
PARTS = ("table", *TABLES, "ignore", "sheet")


@dataclass(frozen=True, slots=True)
class Mapping:
    """How an export reads as a table."""

    name: str  # name of the mapping's file
    table: str  # which of our tables
    columns: dict[str, tuple[str, ...]]
    constants: dict[str, str]  # our column, and the text that every row gets
    separators: dict[str, str]  # our list column, and what separates its entries in the export
    # Our column, and by the export's word ours; compared without regard to case.
    codes: dict[str, dict[str, str]]
    # The export's column, and by its word the codes of red flags that it means, "" for none.
    flags: dict[str, dict[str, str]] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()  # the export's columns that are left out
    sheet: str = ""  # sheet of a workbook; "" for the one with a header

    @property
    def theirs(self) -> set[str]:
        """Every column of the export that is named."""
        return {*(word for words in self.columns.values() for word in words), *self.flags}


@dataclass(eq=False, slots=True)
class Headers:
    """Columns of the files that one command has read, and names it was asked to ignore."""

    asked: tuple[str, ...] = ()
    met: dict[str, str] = field(default_factory=dict)  # as they stand there, by the folded name

    def in_no_file(self) -> list[str]:
        """One message for each ignored name that no column has."""
        if not self.met:  # the files are read elsewhere
            return []
        messages = []
        for name in (name for name in self.asked if folded(name) not in self.met):
            near = get_close_matches(folded(name), self.met, 1)
            hint = f" (is {shown(self.met[near[0]])} meant?)" if near else ""
            expected = f"a column of one of the files{hint}"
            messages.append(f"--ignore-column: found {shown(name)}; expected {expected}")
        return messages


@dataclass(frozen=True, slots=True)
class HowToRead:
    """What a command says about every file that it reads."""

    mapping: Path | None = None
    ignored: frozenset[str] = frozenset()
    # One for all that is read the usual way: with another each time, each file would be read again.
    headers: Headers = field(default=Headers(), compare=False)

    def environment(self) -> dict[str, str]:
        """Variables by which a process that this one starts reads in the same way."""
        ignored = "\n".join(sorted(self.ignored))
        return {
            MAPPING_VARIABLE: str(self.mapping.resolve()) if self.mapping else "",
            IGNORED_VARIABLE: ignored,
        }


MAPPING_VARIABLE = "COUNTERSIGNAL_MAPPING"
IGNORED_VARIABLE = "COUNTERSIGNAL_IGNORED_COLUMNS"
HOW: ContextVar[HowToRead | None] = ContextVar("how_to_read", default=None)


def how_to_read() -> HowToRead:
    """What the command that runs says about every file; else the one that started it."""
    told = HOW.get()
    if told is not None:
        return told
    mapping = os.environ.get(MAPPING_VARIABLE, "")
    ignored = os.environ.get(IGNORED_VARIABLE, "").split("\n")
    return HowToRead(Path(mapping) if mapping else None, frozenset(filter(None, ignored)))


@contextmanager
def reading_with(mapping: Path | None = None, ignored: tuple[str, ...] = ()) -> Iterator[Headers]:
    """Read files through a mapping, else mapping.toml beside each, and without some columns."""
    before = HOW.get() or HowToRead()  # not what a process above says, which was for its own files
    ignored_too = before.ignored | frozenset(map(folded, ignored))
    headers = Headers(ignored) if ignored else before.headers
    token = HOW.set(HowToRead(mapping or before.mapping, ignored_too, headers))
    try:
        yield headers
    finally:
        HOW.reset(token)


def raw_rows(path: Path, table: str | None = None) -> RawRows:
    """Read a file as it is, or through the mapping that is given or lies beside it."""
    path, how = Path(path), how_to_read()
    # A mapping that bears the file's own name is for this file alone.
    own, beside = path.with_name(f"{path.name}.{MAPPING_FILE}"), path.with_name(MAPPING_FILE)
    place = own if own.is_file() else how.mapping or (beside if beside.is_file() else None)
    mappings = read_mappings(place) if place else {}
    if table:
        mappings = {name: one for name, one in mappings.items() if name == table}
    known = {word for one in mappings.values() for word in one.theirs}
    sheets = {one.sheet for one in mappings.values() if one.sheet}
    raw = read_rows(path, known, sheets.pop() if len(sheets) == 1 else "")
    there = {folded(word) for word in raw.header}
    # A mapping that lies there may be for another file, which has none of its columns.
    near = {
        name: len(there & {folded(word) for word in {*one.theirs, *one.ignore}})
        for name, one in mappings.items()
    }
    chosen = max(near, key=lambda name: near[name], default="")
    if how.ignored:
        how.headers.met.update({folded(word): word for word in raw.header})
    if chosen and (near[chosen] or (how.mapping and len(mappings) == 1)):
        raw = mapped_rows(path.name, raw, mappings[chosen])
    return _without(raw, how.ignored)


def _without(raw: RawRows, ignored: frozenset[str]) -> RawRows:
    """Rows without columns of some names."""
    kept = [at for at, word in enumerate(raw.header) if folded(word) not in ignored]
    if len(kept) == len(raw.header):
        return raw
    out = [word for word in raw.header if folded(word) in ignored]
    gone = [at for at in range(len(raw.header)) if at not in kept]
    lost = sum(
        sum(raw.made_of[raw.header[at]][0])
        if raw.header[at] in raw.made_of
        else sum(row[at] != "" for row in raw.rows)
        for at in gone
    )
    return replace(
        raw,
        header=[raw.header[at] for at in kept],
        rows=[[row[at] for at in kept] for row in raw.rows],
        several_lines={
            (row, kept.index(at)): last
            for (row, at), last in raw.several_lines.items()
            if at in kept
        },
        repairs=[*raw.repairs, f"columns ignored, as asked: {', '.join(out)}"],
        left_out=raw.left_out + lost,
        plain=False,
    )


def mapping_from(text: str) -> Mapping:
    """A mapping of one table, from the text of its file."""
    ((table, part),) = tomllib.loads(text).items()
    return _mapping(MAPPING_FILE, {**part, "table": table})


def read_mappings(path: Path) -> dict[str, Mapping]:
    """Read a mapping of one table or of several, by table."""
    name = Path(path).name
    content = _toml(Path(path))
    if content and set(content) <= set(SCHEMAS):
        parts = {}
        for table, part in content.items():
            if not isinstance(part, dict):
                raise TableError(Problem(name, "a table of names", None, table, str(part)))
            parts[table] = _mapping(name, {**part, "table": table})
        return parts
    one = _mapping(name, content)
    return {one.table: one}


def _mapping(name: str, content: dict[str, Any]) -> Mapping:
    problems = [
        Problem(name, f"one of {', '.join(PARTS)}", column=part)
        for part in content
        if part not in PARTS
    ]
    table = content.get("table", "graduates")
    if not isinstance(table, str) or table not in SCHEMAS:
        raise TableError(Problem(name, f"one of {', '.join(SCHEMAS)}", None, "table", str(table)))
    known = SCHEMAS[table].columns
    parts: dict[str, dict[str, Any]] = {}
    for part in TABLES:
        given = content.get(part, {})
        if not isinstance(given, dict):
            problems.append(Problem(name, "a table of names", column=part, value=str(given)))
            given = {}
        for ours in given if part != "flags" else ():
            if ours not in known and not (part == "columns" and table == "pd_responses"):
                near = get_close_matches(ours, known, n=1, cutoff=0.0)[0]
                expected = f"a column of {table}, such as {near}"
                problems.append(Problem(name, expected, column=part, value=ours))
        parts[part] = {
            ours: words for ours, words in given.items() if ours in known or part == "flags"
        }
    ignore, sheet = content.get("ignore", []), content.get("sheet", "")
    if not isinstance(ignore, list) or not all(isinstance(word, str) for word in ignore):
        problems.append(Problem(name, "a list of columns", column="ignore", value=str(ignore)))
        ignore = []
    if not isinstance(sheet, str):
        problems.append(Problem(name, "the name of a sheet", column="sheet", value=str(sheet)))
    if parts["flags"] and "red_flags" not in known:
        problems.append(Problem(name, f"no flags: {table} has no red_flags", column="flags"))
    problems += _wrong_words(name, parts, known)
    if problems:
        raise TableError(problems)

    def words(part: str) -> dict[str, dict[str, str]]:
        return {
            ours: {str(theirs).strip().casefold(): str(word) for theirs, word in pairs.items()}
            for ours, pairs in parts[part].items()
        }

    columns = {
        ours: (word,) if isinstance(word, str) else tuple(word)
        for ours, word in parts["columns"].items()
    }
    constants = {ours: str(word) for ours, word in parts["constants"].items()}
    return Mapping(
        name,
        table,
        columns,
        constants,
        parts["separators"],
        words("codes"),
        words("flags"),
        tuple(ignore),
        sheet,
    )


def _toml(path: Path) -> dict[str, Any]:
    try:
        return toml_content(path)
    except OSError as error:
        expected = f"a mapping that can be read ({error.strerror})"
    except ValueError as error:
        expected = f"a TOML file in UTF-8 ({error})"
    raise TableError(Problem(path.name, expected))


def _wrong_words(name: str, parts: dict[str, dict[str, Any]], known: Any) -> list[Problem]:
    """Values of the wrong kind, columns given twice, and codes that are none of ours."""
    problems = []
    for part in ("columns", "separators"):
        for ours, word in parts[part].items():
            several = part == "columns" and isinstance(word, list) and word
            if not all(isinstance(one, str) and one for one in (word if several else [word])):
                problems.append(Problem(name, "text", column=f"{part}.{ours}", value=str(word)))
    problems += [
        Problem(name, "either a column or a constant", column=ours)
        for ours in sorted(set(parts["columns"]) & set(parts["constants"]))
    ]
    for part, words_of in (("codes", parts["codes"]), ("flags", parts["flags"])):
        for ours, words in words_of.items():
            if not isinstance(words, dict):
                problems.append(Problem(name, "a table of words", column=f"{part}.{ours}"))
                continue
            column = ours if part == "codes" else "red_flags"
            options = known[column].options or () if column in known else ()
            problems += [
                Problem(
                    name,
                    f"one of {', '.join(options)}, or empty",
                    None,
                    f"{part}.{ours}",
                    str(word),
                )
                for word in words.values()
                if options and word and not set(str(word).split(";")) <= {*options, "none"}
            ]
    return problems


def mapped_rows(name: str, raw: RawRows, mapping: Mapping) -> RawRows:
    """Rename columns and words of rows that were read, and say each step."""
    at = {folded(header): place for place, header in reversed(list(enumerate(raw.header)))}
    shown = {folded(header): header for header in raw.header}
    missing = []
    for ours, theirs in (
        *((ours, word) for ours, words in mapping.columns.items() for word in words),
        *(("red_flags", word) for word in mapping.flags),
    ):
        if folded(theirs) not in at:
            near = get_close_matches(folded(theirs), at, n=1, cutoff=0.0)
            expected = f"a column {theirs!r}, which {mapping.name} reads as {ours}"
            hint = f" (is {shown[near[0]]!r} meant?)" if near else ""
            missing.append(Problem(name, expected + hint, raw.header_line))
    if missing:
        raise TableError(missing)
    steps: list[str] = []
    columns: dict[str, list[str]] = {}
    places: dict[str, tuple[int, ...]] = {}
    for ours, words in mapping.columns.items():
        places[ours] = tuple(at[folded(word)] for word in words)
        steps.append(f"{' and '.join(map(repr, words))} read as {ours}")
        joined = [_joined(ours, [row[p] for p in places[ours]], mapping) for row in raw.rows]
        columns[ours], said = _translated(ours, joined, mapping)
        steps += said
    for ours, word in mapping.constants.items():
        columns[ours], places[ours] = [word] * len(raw.rows), ()
        steps.append(f"{ours} is {word!r} in every row")
    used = {place for taken in places.values() for place in taken}
    used |= {at[folded(word)] for word in mapping.flags}
    ignored = {folded(word) for word in mapping.ignore}
    out = [header for header in raw.header if header and folded(header) in ignored]
    for place, title in enumerate(raw.header):
        ours = column_of(title, mapping.table)
        if place in used or folded(title) in ignored or ours in columns:
            continue
        known = ours in mapping.codes or ours in mapping.separators
        cells = [row[place] for row in raw.rows]
        columns[ours if known else title], said = (
            _translated(ours, cells, mapping) if known else (cells, [])
        )
        places[ours if known else title] = (place,)
        steps += said
    if mapping.flags:
        flags, said = _flags(raw, {word: at[folded(word)] for word in mapping.flags}, mapping)
        before = columns.get("red_flags", [""] * len(raw.rows))
        columns["red_flags"] = [
            ";".join(filter(None, pair)) for pair in zip(before, flags, strict=True)
        ]
        of_flags = tuple(at[folded(word)] for word in mapping.flags)
        places["red_flags"] = (*places.get("red_flags", ()), *of_flags)
        steps += said
    if out:
        steps.append(f"columns ignored, as {mapping.name} says: {', '.join(out)}")
    header = list(columns)
    rows = [list(cells) for cells in zip(*columns.values(), strict=True)]
    several = {
        (row, new): last
        for (row, old), last in raw.several_lines.items()
        for new, ours in enumerate(header)
        if old in places[ours]
    }
    gone = [
        at
        for at, word in enumerate(raw.header)
        if at not in {place for taken in places.values() for place in taken}
    ]
    origins = {ours: " and ".join(words) for ours, words in mapping.columns.items()}
    return replace(
        raw,
        header=header,
        rows=rows,
        repairs=[*steps, *raw.repairs],
        several_lines=several,
        left_out=sum(row[at] != "" for row in raw.rows for at in gone),
        made_of=_made_of(raw, columns, places),
        origins=origins,
        plain=False,
    )


def _made_of(
    raw: RawRows, columns: dict[str, list[str]], places: dict[str, tuple[int, ...]]
) -> dict[str, tuple[list[int], list[bool]]]:
    """Of how many filled cells each new cell is made, and whether it says them in other words."""
    found = {}
    claimed: set[int] = set()  # a column that is read as two of ours is counted once
    for ours, cells in columns.items():
        own = [place for place in places[ours] if place not in claimed]
        claimed.update(own)
        before = [[row[place] for place in places[ours]] for row in raw.rows]
        numbers = [sum(row[place] != "" for place in own) for row in raw.rows]
        altered = [
            len(there := [c for c in old if c]) > 1 or (there != [] and there[0] != new)
            for old, new in zip(before, cells, strict=True)
        ]
        found[ours] = (numbers, altered)
    return found


def _joined(ours: str, cells: list[str], mapping: Mapping) -> str:
    """Several cells as one: a list, or words with a space between."""
    column = SCHEMAS[mapping.table].columns.get(ours)
    listed = column is not None and column.kind == "items"
    separator = mapping.separators.get(ours, ";") if listed else " "
    return separator.join(filter(None, cells))


def _flags(raw: RawRows, places: dict[str, int], mapping: Mapping) -> tuple[list[str], list[str]]:
    """Codes of the red flags that whole columns tell of; a word that is not mapped stays."""
    found: list[list[str]] = [[] for _ in raw.rows]
    steps = []
    for theirs, place in places.items():
        count: Counter[str] = Counter()
        for entries, row in zip(found, raw.rows, strict=True):
            cell = row[place].casefold()
            if not cell:
                continue
            code = mapping.flags[theirs].get(cell)
            count[cell] += code is not None
            entries += filter(None, [row[place] if code is None else code])
        steps += [
            f"{theirs}: {cell!r} read as {mapping.flags[theirs][cell] or 'no flag'!r} ({n})"
            for cell, n in count.items()
            if n
        ]
    return [";".join(dict.fromkeys(entries)) for entries in found], steps


def _translated(ours: str, cells: list[str], mapping: Mapping) -> tuple[list[str], list[str]]:
    """Cells of one column in our words, and how often each word was changed."""
    separator, words = mapping.separators.get(ours), mapping.codes.get(ours)
    if separator is None and words is None:
        return cells, []
    count: Counter[str] = Counter()

    def translated(cell: str) -> str:
        entries = [entry.strip() for entry in cell.split(separator or ";")]
        found = []
        for entry in entries:
            word = (words or {}).get(entry.casefold())
            if word is not None:
                count[entry.casefold()] += 1
            found.append(entry if word is None else word)
        return ";".join(entry for entry in found if entry)

    result = [translated(cell) for cell in cells]
    said = [f"{ours}: {word!r} read as {(words or {})[word]!r} ({n})" for word, n in count.items()]
    said += [f"{ours}: {word!r} never occurs" for word in words or {} if word not in count]
    if separator is not None:
        said.append(f"{ours}: entries separated by {separator!r}")
    return result, said
