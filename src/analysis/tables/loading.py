"""Loading a table: columns recognized, cells checked, every problem named at once."""

from __future__ import annotations

import csv
import io
import math
import re
from bisect import bisect
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import Problem, RowError, TableError, problem_lines
from analysis.plain_text import formula_as_text
from analysis.tables.codes import FLAG_SPELLINGS, TYPE_SPELLINGS, offers_column
from analysis.tables.columns import ID_PATTERN, Column
from analysis.tables.headers import column_of, in_other_letters, nearest_table, resembled, table_of
from analysis.tables.reading import (
    EITHER_THOUSANDS,
    ERROR_VALUE,
    NOT_KNOWN,
    NUMBER,
    RawRows,
    ambiguous_numbers,
    typed_column,
)
from analysis.tables.rules import LOWEST_PASSING, RULES
from analysis.tables.schemas import SCHEMAS
from analysis.vocabulary import folded

SHOWN_PROBLEMS = 200
SHORT_LIST = 20
AMBIGUOUS = (
    "a number that can be read in one way: other cells of this file write decimals with a comma, "
    "so this may be a fraction or thousands; write plain digits, such as 1200 or 1.2"
)


@dataclass(frozen=True)
class CellCounts:
    """What became of every filled cell of a file, so that nothing is lost in silence."""

    read: int  # filled cells of the file, its header line apart
    used: int  # cells of good rows that are used as they stand
    # Those that are used in another spelling: a code for a word, a date written otherwise.
    repaired: int
    refused: int  # cells of rows that are refused
    left_out: int  # cells of columns that are left out, which the report names
    # Cells of titles, of a repeated header and of totals, whose lines the report names.
    passed_over: int

    def __str__(self) -> str:
        names = ("used", "repaired", "refused", "left_out", "passed_over")
        parts = [(getattr(self, name), name.replace("_", " ")) for name in names]
        return f"{self.read} cells: " + ", ".join(f"{n} {name}" for n, name in parts if n)


@dataclass(frozen=True)
class Checked:
    """A table that was read and checked."""

    table: str
    path: Path
    rows: pd.DataFrame
    lines: tuple[int, ...]
    problems: tuple[Problem, ...]
    repairs: tuple[str, ...]
    cells: CellCounts

    def strict(self) -> pd.DataFrame:
        """Good rows, if there are no others."""
        if self.problems:
            raise RowError(self.problems)
        return self.rows

    def whole(self) -> pd.DataFrame:
        """All rows, of a file that is of use only as a whole."""
        if self.problems:
            raise TableError(self.problems)
        return self.rows


def report_of(checked: Checked) -> str:
    """Say what a check found."""
    good = len(checked.rows)
    refused = len({problem.line for problem in checked.problems})
    rows = "row" if good == 1 else "rows"
    head = f"{checked.path.name}: read as {checked.table}, {good} good {rows}"
    head += f", {refused} refused" if refused else ", nothing wrong"
    repairs = "".join(f"\n  repaired: {repair}" for repair in checked.repairs)
    return f"{head}\n  {checked.cells}{repairs}" + (
        f"\n{listed_problems(checked.problems)}" if checked.problems else ""
    )


def listed_problems(problems: Sequence[Problem]) -> str:
    """Write problems, those that are alike as one, the first `SHOWN_PROBLEMS` of them."""
    messages = problem_lines(problems)
    lines = [f"  {message}" for message in messages[:SHOWN_PROBLEMS]]
    if len(messages) > SHOWN_PROBLEMS:
        left = len(messages) - SHOWN_PROBLEMS
        lines.append(f"  and {left} more: countersignal check --format csv lists all")
    return "\n".join(lines)


# The article's own shape: two columns, and what they are in each of our tables.
ARTICLE_HEADER = ["category", "value"]
CHART_TABLES = {
    "factor_importance": ("factor", "importance"),
    "interview_chances": ("red_flag", "interview_chance_percent"),
    "program_tolerance": ("program_type", "prestige", "red_flag_tolerance"),
}
CODED = {
    "interview_chances": ("red_flag", FLAG_SPELLINGS),
    "program_tolerance": ("program_type", TYPE_SPELLINGS),
}


def checked_rows(path: Path, raw: RawRows, table: str | None) -> Checked:
    """Check rows that were read from a file, and perhaps renamed since."""
    raw = _survey_shape(_article_shape(raw, table), table)
    table = table or _table_of(path.name, raw)
    header = header_names(path.name, raw, table)
    schema = SCHEMAS[table]
    repairs = list(raw.repairs)
    columns = _columns(path.name, header, raw, table, repairs)
    cells = np.array(raw.rows, dtype=object).reshape(len(raw.rows), len(header))
    not_there = np.full(len(cells), "", dtype=object)
    findings: list[tuple[int, str, str, str]] = []
    typed: dict[str, Any] = {}
    mended: dict[str, np.ndarray] = {}
    for name, column in columns.items():
        texts = cells[:, header.index(name)] if name in header else not_there
        typed[name], refused, mended[name], repaired = typed_column(texts, column)
        repairs += [f"{name}: {what} ({count})" for what, count in repaired.items()]
        wrong = np.flatnonzero(refused if column.empty else refused | (texts == ""))
        findings += [
            (at, name, texts[at], _expected(name, column, texts[at])) for at in wrong.tolist()
        ]
    # What is told of a cell in place of what its kind would say of it.
    broken = list(_over_several_lines(raw, header, columns))
    numbers = [n for n, c in columns.items() if c.kind == "number" and n in header]
    texts_of = [cells[:, header.index(name)] for name in numbers]
    for name, texts, wrong in zip(numbers, texts_of, ambiguous_numbers(texts_of), strict=True):
        broken += [(at, name, texts[at], AMBIGUOUS) for at in np.flatnonzero(wrong).tolist()]
    rows = pd.DataFrame(typed)
    there = {(at, name) for at, name, *_ in broken}
    findings = [*broken, *(f for f in findings if (f[0], f[1]) not in there)]
    for name, column in columns.items():
        if column.percent:
            rows[name] = rows[name] / 100
    _coded(table, rows)
    if "basis" in rows:
        rows["basis"] = rows["basis"].fillna("office")
    before = rows.copy()
    refused_cells = {(at, name) for at, name, *_ in findings}
    for rule in RULES[table]:
        # What follows from a cell that is refused already is not told again.
        findings += [
            finding
            for finding in rule(rows, repairs)
            if not any((finding[0], name) in refused_cells for name in finding[1].split(", "))
        ]
    # Messages name columns and show values as they stand in the file, and a column of any name
    # keeps the name that the file gives it.
    spelled = dict(zip(header, raw.header, strict=True))
    spelled |= {n: f"{n} (from {theirs!r})" for n, theirs in raw.origins.items()}

    private = {n for n, c in columns.items() if c.private and n in header}

    def stands(at: int, names: list[str], value: str) -> str | None:
        # A name may also stand one cell too far right, behind a comma that nobody quoted.
        if private.intersection(names) or (private and raw.lines[at] in raw.spilled):
            return None
        cells_there = ", ".join(raw.rows[at][header.index(n)] for n in names if n in header)
        return value if value in cells_there or not cells_there else cells_there

    problems = [
        Problem(
            path.name,
            expected,
            raw.lines[at],
            ", ".join(spelled.get(n, n) for n in name.split(", ")),
            stands(at, name.split(", "), value),
            _row_id(rows, at),
        )
        for at, name, value, expected in sorted(findings, key=lambda f: f[0])
    ]
    good = ~rows.index.isin([at for at, *_ in findings])
    if not rows.equals(before):
        for name in columns:
            changed = rows[name].ne(before[name]) & rows[name].notna()
            mended[name] |= changed.to_numpy(dtype=bool)
    counted = _cell_counts(raw, cells, header, mended, good)
    family = [n for n in columns if n not in schema.columns]
    rows = rows.rename(columns={n: offers_column(n) or spelled[n] for n in family})
    # A line of too many cells may show a name, under whatever header it stands.
    unread = [p if table in CHART_TABLES else replace(p, value=None) for p in raw.problems]
    problems = sorted([*unread, *problems], key=lambda p: p.line or 0)
    return Checked(
        table,
        path,
        rows[good].reset_index(drop=True),
        tuple(line for line, kept in zip(raw.lines, good, strict=True) if kept),
        tuple(problems),
        tuple(repairs),
        counted,
    )


def _cell_counts(
    raw: RawRows,
    cells: np.ndarray,
    header: list[str],
    mended: dict[str, np.ndarray],
    good: np.ndarray,
) -> CellCounts:
    """What became of every filled cell."""
    count = dict.fromkeys(("used", "repaired", "refused"), 0)
    left_out = raw.left_out
    filled = cells != ""
    for place, name in enumerate(header):
        own, altered = filled[:, place], np.array(False)
        if raw.header[place] in raw.made_of:
            own, altered = map(np.array, raw.made_of[raw.header[place]])
        if name not in mended:
            left_out += int(own.sum())
            continue
        changed = mended[name] | altered
        count["refused"] += int(own[~good].sum())
        count["repaired"] += int(own[good & changed].sum())
        count["used"] += int(own[good & ~changed].sum())
    count["refused"] += raw.unread
    return CellCounts(raw.filled, **count, left_out=left_out, passed_over=raw.passed_over)


def _row_id(rows: pd.DataFrame, at: int) -> str | None:
    """Id of a row; what is no id, and may be a name or a trick, is not passed on as one."""
    value = rows.iloc[at, 0]
    return value if isinstance(value, str) and re.fullmatch(ID_PATTERN, value) else None


def _article_shape(raw: RawRows, table: str | None) -> RawRows:
    """Rename the article's ``Category,Value``; its third value has no header of its own."""
    header = [folded(name) for name in raw.header]
    if header != ARTICLE_HEADER:
        return raw
    table = table if table in CHART_TABLES else _chart_of(raw)
    rows, lines, problems = [*raw.rows], [*raw.lines], [*raw.problems]
    if table == "program_tolerance":
        for problem in raw.problems:  # unquoted "name,9,3"
            cells = (problem.value or "").split(",")
            if len(cells) == 3 and problem.line:
                place = bisect(lines, problem.line)
                rows.insert(place, [cells[0], f"{cells[1]},{cells[2]}"])
                lines.insert(place, problem.line)
                problems.remove(problem)
        rows = [[row[0], *map(str.strip, row[1].split(",", 1))] for row in rows]
        rows = [[*row, ""][:3] for row in rows]
    header = list(CHART_TABLES[table])
    pairs = {}
    if table == "program_tolerance":  # one cell holds both numbers, unless they came unquoted
        unquoted = [line not in raw.lines for line in lines]
        pairs = {header[2]: (list(map(int, unquoted)), [False] * len(rows))}
    return replace(
        raw,
        header=header,
        rows=rows,
        lines=lines,
        repairs=[*raw.repairs, "read the article's Category,Value"],
        problems=problems,
        unread=sum(len((p.value or "").split(",")) for p in problems),
        made_of=pairs,
    )


def _chart_of(raw: RawRows) -> str:
    """Which chart an article's table is: by its words, else by whether its values are pairs."""
    words = {folded(row[0]) for row in raw.rows}
    words |= {folded((problem.value or "").split(",")[0]) for problem in raw.problems}
    if words & set(TYPE_SPELLINGS):
        return "program_tolerance"
    if words & set(FLAG_SPELLINGS):
        return "interview_chances"
    pairs = all("," in row[1] for row in raw.rows)
    return "program_tolerance" if pairs else "factor_importance"


def _survey_shape(raw: RawRows, table: str | None) -> RawRows:
    """Give a published survey, which has no importance of its own, share citing times mean."""
    names = [column_of(word, "factor_importance") for word in raw.header]
    if table not in (None, "factor_importance") or "factor" not in names or "importance" in names:
        return raw
    parts = [name for name in ("percent_citing", "mean_importance") if name in names]
    if not parts:
        return raw
    places = [names.index(name) for name in parts]

    def product(row: list[str]) -> str:
        values = [_plain_number(row[place]) for place in places]
        if any(value is None for value in values):
            return ""  # the cell itself is refused, or the row lacks a figure
        return f"{math.prod(v for v in values if v is not None):.6g}"

    said = f"importance computed as {' times '.join(parts)}"
    rows = [[*row, product(row)] for row in raw.rows]
    made_of = raw.made_of | {"importance": ([0] * len(rows), [False] * len(rows))}
    return replace(
        raw,
        header=[*raw.header, "importance"],
        rows=rows,
        repairs=[*raw.repairs, said],
        made_of=made_of,
    )


def _plain_number(cell: str) -> float | None:
    try:
        value = float(cell.rstrip("% ").replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def header_names(name: str, raw: RawRows, table: str) -> list[str]:
    """Names of the columns as the schemas have them, whatever spelling the file has."""
    header = [column_of(word, table) for word in raw.header]
    for position, word in enumerate(header):
        if word and word in header[:position]:
            first = raw.header[header.index(word)]
            expected = "each column once"
            if first != raw.header[position]:
                expected += f" ({first!r} and this both mean {word}: --ignore-column one of them)"
            raise TableError(Problem(name, expected, raw.header_line, raw.header[position]))
    return header


def _table_of(name: str, raw: RawRows) -> str:
    """Name the table by its key, else by the most required columns that are there."""
    if table := table_of(raw.header):
        return table

    def names(table: str) -> set[str]:
        return {column_of(word, table) for word in raw.header}

    def required(table: str) -> set[str]:
        return {n for n, c in SCHEMAS[table].columns.items() if c.required and not c.regex}

    fitting = [table for table in SCHEMAS if required(table) <= names(table)]
    if fitting:
        return max(
            fitting, key=lambda t: (len(required(t)), len(names(t) & set(SCHEMAS[t].columns)))
        )
    if len(raw.header) == 1:
        cells = "a header line of several cells, with a comma, a semicolon, a tab or | between them"
        raise TableError(Problem(name, cells, raw.header_line))
    nearest = max(SCHEMAS, key=lambda t: len(required(t) & names(t)) / len(required(t)))
    lacking = ", ".join(sorted(required(nearest) - names(nearest)))
    like, _ = nearest_table(raw.header)
    raise TableError(
        Problem(
            name,
            f"the columns of a known table; nearest is {nearest}, which also needs {lacking}. "
            "Other names are read by a mapping: "
            f"countersignal map {name} --table {like} proposes one",
            raw.header_line,
        )
    )


def _columns(
    name: str, header: list[str], raw: RawRows, table: str, repairs: list[str]
) -> dict[str, Column]:
    schema = SCHEMAS[table]
    columns = {n: c for n, c in schema.columns.items() if not c.regex}
    spare = [word for word in header if word and word not in columns]
    lacking = [n for n, c in columns.items() if c.required and n not in header]
    pattern, family = next(((n, c) for n, c in schema.columns.items() if c.regex), ("", None))
    members = [word for word in spare if family is not None and re.fullmatch(pattern, word)]
    spare = [word for word in spare if word not in members]
    left = {raw.header[at]: at for word in spare for at in [header.index(word)]}
    alike = {
        shown: resembled(shown, table, {row[at] for row in raw.rows}) for shown, at in left.items()
    }
    problems = []
    meant: dict[str, str] = {}
    map_it = f"countersignal map {name} --table {table}"
    for column in lacking:
        near = get_close_matches(column, header, n=1, cutoff=0.6)
        hint = ""
        # Of several that resemble it, none is to be taken for the whole.
        if near and list(alike.values()).count(column) < 2:
            meant[column] = raw.header[header.index(near[0])]
            hint = f" (is {meant[column]!r} meant? rename it)"
        expected = f"a column of this name for {table}{hint}"
        problems.append(Problem(name, expected, raw.header_line, column))
    if family is not None:
        if not members and not problems and table == "pd_responses":
            expected = f"at least one column of {table} named for a factor"
            raise TableError(Problem(name, expected, raw.header_line))
        columns |= dict.fromkeys(members, family)
    if spare:
        for shown, ours in alike.items():
            if meant.get(ours) == shown:
                continue
            same = [one for one in alike if alike[one] == ours]
            if ours == "red_flags":
                said = f"this one resembles {ours}: put its codes into red_flags"
            elif len(same) > 1 and ours:
                said = f"{' and '.join(same)} resemble {ours}: join them into one column {ours}"
            elif ours:
                cure = f"put its cells into {ours}" if ours in header else f"rename it {ours}"
                said = f"this one resembles {ours}: {cure}"
            elif in_other_letters(shown):
                said = "what this one holds cannot be told from its name: rename it"
            else:
                continue
            expected = (
                f"a column of {table}, and {said}, map it ({map_it}), or leave it out with "
                f'--ignore-column "{shown}"'
            )
            problems.append(Problem(name, expected, raw.header_line, shown))
        repairs.append(f"columns left out: {', '.join(left)}")
    unnamed = [
        at for at, word in enumerate(header) if not word and any(row[at] for row in raw.rows)
    ]
    if unnamed and table != "pd_responses":
        repairs.append(f"columns without a name left out ({len(unnamed)})")
    if problems:
        if lacking:
            last = problems.pop(len(lacking) - 1)
            hint = f"; if other columns hold it, {map_it} proposes a mapping"
            problems.insert(len(lacking) - 1, replace(last, expected=last.expected + hint))
        raise TableError(problems)
    return columns


def _over_several_lines(
    raw: RawRows, header: list[str], columns: dict[str, Column]
) -> Iterator[tuple[int, str, str, str]]:
    """Cells with a line end in columns that are one line by nature."""
    for (at, place), last in raw.several_lines.items():
        name = header[place]
        if name in columns and not columns[name].lines:
            first = raw.lines[at]
            expected = (
                f"one line; this cell begins on line {first} and ends on line {last}: look for a "
                "quotation mark that is too many or missing"
                if last > first
                else "one line: take the line ends out of this cell"
            )
            yield at, name, "", expected


def _expected(name: str, column: Column, cell: str) -> str:
    """What a cell that is refused should hold."""
    if ERROR_VALUE.fullmatch(cell):
        return (
            "a value: a formula ends in an error here or was never computed, or the column is too "
            "narrow; mend that in the spreadsheet and save, or paste the value"
        )
    if re.fullmatch(r"\d+(?:\.\d+)?[eE]\+?\d+", cell) and column.kind == "text":
        return (
            f"{column.expected}; a spreadsheet wrote a long number in short: format the column as "
            "text there, and type the id again"
        )
    failing = name == "step2_ck" and NUMBER.fullmatch(cell)
    if failing and 0 < float(cell) < LOWEST_PASSING:
        return (
            f"a passing score ({LOWEST_PASSING}-300): this is a failing score; record "
            "step2_failure in red_flags and the passing score here"
        )
    if column.kind == "number" and EITHER_THOUSANDS.fullmatch(cell.lstrip("$ ")):
        return f"{column.expected}, in plain digits such as 1800 or 1.8"
    if column.empty_says and NOT_KNOWN & set(map(folded, cell.split(";"))):
        return (
            f"what is known: an empty cell says {column.empty_says}, so find out, or leave the "
            "row out"
        )
    near = _nearest_option(column, cell)
    return column.expected + (f" (is {near} meant?)" if near else "")


def _nearest_option(column: Column, cell: str) -> str:
    """The word that a misspelt entry of a short list of words is most like."""
    if not 2 < len(column.options) < SHORT_LIST:
        return ""
    words = {folded(word): word for word in column.options} | dict(column.spellings)
    entries = [folded(one) for one in cell.split(";") if folded(one) not in words]
    near = get_close_matches(entries[0], words, n=1) if entries else []
    return words[near[0]] if near else ""


def _coded(table: str, rows: pd.DataFrame) -> None:
    """Turn the article's words into codes, and keep the file's words as the label."""
    if table not in CODED:
        return
    column, spellings = CODED[table]
    rows["label"] = rows["label"].fillna(rows[column]) if "label" in rows else rows[column]
    coded = [word if pd.isna(word) else spellings.get(folded(word), word) for word in rows[column]]
    rows[column] = pd.Series(coded, index=rows.index, dtype="str")


def cell_text(cell: Any) -> str:
    """A typed cell as a file has it; unknown is empty."""
    if isinstance(cell, tuple):
        return ";".join(map(str, cell))
    if cell is None or pd.isna(cell):
        return ""
    return f"{cell:.12g}" if isinstance(cell, float) else str(cell)


def frame_csv(rows: pd.DataFrame) -> str:
    """Typed rows as a CSV text that reads to the same."""
    return rows.map(cell_text).to_csv(index=False, lineterminator="\n")


def rows_csv(raw: RawRows, table: str) -> bytes:
    """All rows as a CSV file in our names, each on its line; without columns of several lines."""
    lines: list[str] = []
    long = {name for name, column in SCHEMAS[table].columns.items() if column.lines}
    rows = single_row_csv(_survey_shape(raw, table), table, without=long)
    for text, line in zip(rows, raw.lines, strict=True):
        header, *row = text.rstrip("\n").split("\n")
        lines = lines or [header]
        lines += [""] * (line - 1 - len(lines)) + row
    return "\n".join([*lines, ""]).encode()


def single_row_csv(raw: RawRows, table: str, without: Collection[str] = ()) -> Iterator[str]:
    """Each row as a CSV text that reads to the same cells."""
    known = SCHEMAS[table].columns.keys() - set(without)
    header = header_names(table, raw, table)
    kept = [position for position, name in enumerate(header) if name in known]
    for row in raw.rows:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([header[position] for position in kept])
        writer.writerow([formula_as_text(row[position]) for position in kept])
        yield text.getvalue()
