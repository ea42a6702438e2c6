"""An office's own export read as one of our tables: its names to ours, its codes to ours.

A mapping is a TOML file::

    table = "graduates"
    [columns]            # ours = "theirs"
    graduate_id = "Student No."
    [constants]          # ours = the same in every row
    specialty = "Internal Medicine"
    [separators]         # of list columns, where it is not a semicolon
    red_flags = ","
    [codes.red_flags]    # "theirs" = "ours"
    "LOA - academic" = "loa_academic"
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import Problem, TableError
from analysis.tables.loading import Checked
from analysis.toml_file import toml_content

if TYPE_CHECKING:
    from analysis.tables.reading import RawRows

__all__ = ["Mapping", "check_mapped", "mapped_rows", "read_mapping"]

PARTS = ("table", "columns", "constants", "separators", "codes")


@dataclass(frozen=True, slots=True)
class Mapping:
    """How an export reads as a table.

    Parameters
    ----------
    name : str
        Name of the mapping's file.
    table : str
        Which of our tables.
    columns : dict of str to str
        Our column, and the name it has in the export.
    constants : dict of str to str
        Our column, and the text that every row gets.
    separators : dict of str to str
        Our list column, and what separates its entries in the export.
    codes : dict of str to dict of str to str
        Our column, and by the export's word ours; compared without regard to case.
    """

    name: str
    table: str
    columns: dict[str, str]
    constants: dict[str, str]
    separators: dict[str, str]
    codes: dict[str, dict[str, str]]


def read_mapping(path: Path) -> Mapping:
    """Read a mapping and check that it speaks of columns and words that exist."""
    from analysis.tables.schemas import SCHEMAS

    name = Path(path).name
    content = _toml(Path(path))
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
    for part in PARTS[1:]:
        given = content.get(part, {})
        if not isinstance(given, dict):
            problems.append(Problem(name, "a table of names", column=part, value=str(given)))
            given = {}
        for ours in given:
            if ours not in known:
                near = get_close_matches(ours, known, n=1, cutoff=0.0)[0]
                expected = f"a column of {table}, such as {near}"
                problems.append(Problem(name, expected, column=part, value=ours))
        parts[part] = {ours: words for ours, words in given.items() if ours in known}
    problems += _wrong_words(name, parts, known)
    if problems:
        raise TableError(problems)
    constants = {ours: str(word) for ours, word in parts["constants"].items()}
    codes = {
        ours: {str(theirs).strip().casefold(): str(word) for theirs, word in words.items()}
        for ours, words in parts["codes"].items()
    }
    return Mapping(name, table, parts["columns"], constants, parts["separators"], codes)


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
            if not isinstance(word, str) or not word:
                problems.append(Problem(name, "text", column=f"{part}.{ours}", value=str(word)))
    problems += [
        Problem(name, "either a column or a constant", column=ours)
        for ours in sorted(set(parts["columns"]) & set(parts["constants"]))
    ]
    for ours, words in parts["codes"].items():
        if not isinstance(words, dict):
            problems.append(Problem(name, "a table of words", column=f"codes.{ours}"))
            continue
        options = known[ours].metadata.get("options") or ()
        problems += [
            Problem(
                name, f"one of {', '.join(options)}, or empty", None, f"codes.{ours}", str(word)
            )
            for word in words.values()
            if options and word and not set(str(word).split(";")) <= {*options, "none"}
        ]
    return problems


def check_mapped(path: Path, mapping: Mapping) -> Checked:
    """Read an export through a mapping, step by step, and check it as the table it becomes."""
    from analysis.tables.loading import checked_rows
    from analysis.tables.reading import read_rows

    raw, steps = mapped_rows(Path(path).name, read_rows(Path(path)), mapping)
    checked = checked_rows(Path(path), raw, mapping.table)
    problems = tuple(
        replace(problem, column=f"{problem.column} (from {mapping.columns[problem.column]!r})")
        if problem.column in mapping.columns
        else problem
        for problem in checked.problems
    )
    return replace(checked, problems=problems, repairs=(*steps, *checked.repairs))


def mapped_rows(name: str, raw: RawRows, mapping: Mapping) -> tuple[RawRows, list[str]]:
    """Rename columns and words of rows that were read, and say each step."""
    from analysis.tables.schemas import SCHEMAS

    at = {header.strip(): place for place, header in reversed(list(enumerate(raw.header)))}
    missing = []
    for ours, theirs in mapping.columns.items():
        if theirs not in at:
            near = get_close_matches(theirs, at, n=1, cutoff=0.0)
            expected = f"a column {theirs!r}, which {mapping.name} reads as {ours}"
            hint = f" (is {near[0]!r} meant?)" if near else ""
            missing.append(Problem(name, expected + hint, 1))
    if missing:
        raise TableError(missing)
    sources = {ours: at[theirs] for ours, theirs in mapping.columns.items()}
    plain = [h for h in at if h in SCHEMAS[mapping.table].columns]
    taken = {*sources, *mapping.constants}
    sources |= {ours: at[ours] for ours in plain if ours not in taken}
    steps = [f"{theirs!r} read as {ours}" for ours, theirs in mapping.columns.items()]
    columns = []
    for ours, place in sources.items():
        cells, said = _translated(ours, [row[place] for row in raw.rows], mapping)
        columns.append(cells)
        steps += said
    for ours, word in mapping.constants.items():
        columns.append([word] * len(raw.rows))
        steps.append(f"{ours} is {word!r} in every row")
    spare = [header for header, place in at.items() if header and place not in sources.values()]
    if spare:
        steps.append(f"columns left out: {', '.join(spare)}")
    header = [*sources, *mapping.constants]
    rows = [list(cells) for cells in zip(*columns, strict=True)] if columns else []
    return replace(raw, header=header, rows=rows), steps


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
