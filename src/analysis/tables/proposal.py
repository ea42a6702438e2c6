"""A first mapping of a foreign file, for a person to read, correct and keep."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from analysis.errors import Problem, TableError
from analysis.tables.codes import FLAG_CODES, FLAG_SPELLINGS, folded
from analysis.tables.columns import Column
from analysis.tables.headers import column_of, resembled, table_of
from analysis.tables.mapping import raw_rows
from analysis.tables.reading import RawRows, Refused, interpreted, read_rows
from analysis.tables.schemas import SCHEMAS

__all__ = ["columns_as_read", "propose", "write_mapping"]

SHOWN_WORDS = 12
NO_WORDS = frozenset({"no", "n", "0", "none", "false"})
# What words of a free text may mean, in the order in which they are tried; a person confirms.
FLAG_HINTS = (
    (("professional", "misconduct", "honor_code"), "professionalism"),
    (("step_2", "step2"), "step2_failure"),
    (("step_1", "step1"), "step1_failure"),
    (("mspe", "dean_s_letter"), "mspe_concern"),
    (("loa", "leave"), "loa_academic"),
    (("clerkship", "rotation", "shelf"), "clerkship_chronic_low"),
    (("multiple", "several", "two_courses", "m1_and_m2"), "preclinical_failures_multiple"),
    (("fail", "remediat", "repeat"), "course_failure_remediated"),
)
NEITHER_SHOWN = frozenset({"name", "pdf_password", "advisor_note", "explanation"})
# In a header they turn yes and no around: "no" to these is bad news.
GOOD_NEWS = ("pass", "good", "first_attempt", "on_time", "without")


def propose(path: Path, table: str = "") -> tuple[str, list[str]]:
    """Propose how a foreign file reads as one of our tables.

    Returns
    -------
    str
        A part of mapping.toml; what is not sure stands behind a number sign.
    list of str
        What a person must decide.
    """
    raw = read_rows(path)
    table = table or table_of(raw.header) or _nearest_table(path.name, raw)
    columns = SCHEMAS[table].columns
    ours_of = [column_of(word, table) for word in raw.header]
    lines = [f"[{table}]", f"# Proposed for {path.name}, {len(raw.rows)} rows. Lines that begin"]
    lines += ["# with # are questions: take the mark off what is right."]
    asked: list[str] = []
    mapped: list[str] = []
    codes: list[str] = []
    flags: list[str] = []
    perhaps: dict[str, list[tuple[str, str]]] = {}
    ignored: list[str] = []
    for at, header in enumerate(raw.header):
        cells = Counter(row[at] for row in raw.rows if row[at])
        ours = ours_of[at]
        if not header:
            continue
        if any(column.regex and re.fullmatch(name, ours) for name, column in columns.items()):
            continue
        if ours in columns:
            if folded(header) != ours:
                mapped.append(f"{ours} = {_quoted(header)}  # {_examples(ours, cells)}")
            codes += _codes(ours, columns[ours], cells, asked)
            if ours == "explanation" and cells:
                flags += _flags(header, cells)
                asked.append(f"{header}: which red flags its words mean")
            continue
        near = resembled(header, table, cells)
        if near == "red_flags":
            flags += _flags(header, cells)
            asked.append(f"{header}: which red flags its words mean")
        elif near:
            perhaps.setdefault(near, []).append((header, _examples(near, cells)))
            asked.append(f"{header}: whether it is {near}")
        else:
            ignored.append(header)
    for near, several in perhaps.items():
        # A first name stands before a last one, a first specialty before a second.
        several.sort(key=lambda one: (not folded(one[0]).startswith(("first", "given")), one[0]))
        names = [_quoted(header) for header, _ in several]
        theirs = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
        mapped.append(f"# {near} = {theirs}  # {'; '.join(told for _, told in several)}")
    lacking = [
        name
        for name, column in columns.items()
        if column.required and not column.regex and name not in ours_of
    ]
    has_flags = bool(flags)
    constants = []
    for name in lacking:
        if (name == "red_flags" and has_flags) or name in perhaps:
            continue
        if columns[name].empty and name != "specialty":
            constants.append(f'{name} = ""  # the file has none: unknown in every row')
        else:
            constants.append(f'# {name} = ""  # the file has none, and every row needs one')
            asked.append(f"{name}: no column holds it for sure")
    if ignored:
        lines.append(f"ignore = [{', '.join(map(_quoted, ignored))}]")
    if mapped:
        lines += ["", f"[{table}.columns]  # ours = theirs", *mapped]
    if constants:
        lines += ["", f"[{table}.constants]  # the same in every row", *constants]
    lines += [line.replace("{table}", table) for line in (*codes, *flags)]
    return "\n".join(lines) + "\n", asked


def write_mapping(path: Path, target: Path, table: str = "") -> str:
    """Write a proposal beside a file, below what other tables have there already.

    Parameters
    ----------
    path : Path
        The file.
    target : Path
        The mapping, such as mapping.toml beside it.
    table : str
        As for `propose`.

    Returns
    -------
    str
        What was written, and what a person must decide.

    Raises
    ------
    TableError
        If the mapping has a part for this table already, or cannot be written.
    """
    text, asked = propose(path, table)
    head = text.partition("\n")[0]
    try:
        before = target.read_text(encoding="utf-8") if target.exists() else ""
        if head in before.splitlines():
            expected = f"no part {head} yet: edit it there, or take it out and run this again"
            raise TableError(Problem(target.name, expected))
        target.write_text(f"{before}\n{text}" if before else text, encoding="utf-8")
        target.chmod(0o600)
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(Problem(target.name, f"a file that can be written ({error})")) from None
    said = [f"{target}: written, {head}"]
    said += [f"  to decide: {one}" for one in asked]
    said.append(f"Edit it once; then: countersignal check {path.name} --mapping {target.name}")
    return "\n".join(said)


def columns_as_read(path: Path, table: str) -> list[dict[str, str]]:
    """Say how each column of a file reads, with examples, whether or not it can be used.

    Parameters
    ----------
    path : Path
        The file.
    table : str
        Which table it must be.

    Returns
    -------
    list of dict
        ``Your column``, ``Read as``, ``Holds``; names and passwords are not among the examples.

    Raises
    ------
    TableError
        If the file cannot be read at all.
    """
    raw = raw_rows(path, table)
    columns = SCHEMAS[table].columns
    shown = []
    for at, header in enumerate(raw.header):
        if not header:
            continue
        cells = Counter(row[at] for row in raw.rows if row[at])
        ours = column_of(header, table)
        near = "" if ours in columns else resembled(header, table, cells)
        of_a_family = any(c.regex and re.fullmatch(n, ours) for n, c in columns.items())
        reading = ours if ours in columns or of_a_family else "left out"
        shown.append(
            {
                "Your column": raw.origins.get(header, header),
                "Read as": f"to decide: perhaps {near}" if near else reading,
                "Holds": f"{sum(cells.values())} filled"
                if reading == "left out" and not near
                else _examples(near or ours, cells),
            }
        )
    return shown


def _nearest_table(name: str, raw: RawRows) -> str:
    def known(table: str) -> int:
        columns = SCHEMAS[table].columns
        return sum(
            column_of(word, table) in columns or bool(resembled(word, table, ()))
            for word in raw.header
        )

    tables = ("students", "programs", "graduates", "preferences", "applicants")
    best = max(tables, key=known)
    if known(best) < 2:
        raise TableError(Problem(name, f"a table of ours; say which with --table {best}"))
    return best


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


def _quoted(word: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in word)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _examples(ours: str, cells: Counter[str]) -> str:
    """How many cells are filled, and with what; names and passwords are not shown."""
    filled = f"{sum(cells.values())} filled"
    if ours in NEITHER_SHOWN or not cells:
        return filled
    shown = ", ".join(_quoted(cell[:30])[1:-1] for cell, _ in cells.most_common(3))
    return f"{filled}, such as {shown}"


def _codes(ours: str, column: Column, cells: Counter[str], asked: list[str]) -> list[str]:
    """Words that our reader does not understand by itself, each a question."""
    if column.kind not in {"choice", "items"} or not column.options:
        return []
    unknown = []
    for cell, count in cells.items():
        try:
            interpreted(cell, column)
        except Refused:
            unknown.append((cell, count))
        else:
            if ours == "degree" and folded(cell) == "img":
                unknown.append((cell, count))
    if not unknown:
        return []
    asked.append(f"{ours}: what {len(unknown)} of its words mean")
    options = ", ".join(column.options[:12])
    lines = ["", f"[{{table}}.codes.{ours}]  # theirs = ours: {options}"]
    for cell, count in unknown[:SHOWN_WORDS]:
        guess = "us_img or non_us_img" if folded(cell) == "img" else ""
        lines.append(f'# {_quoted(cell)} = "{guess}"  # {_rows(count)}')
    if len(unknown) > SHOWN_WORDS:
        lines.append(f"# and {len(unknown) - SHOWN_WORDS} more")
    return lines


def _flags(header: str, cells: Counter[str]) -> list[str]:
    """Words of a column that tells of red flags, each with the code that it may mean."""
    lines = ["", f"[{{table}}.flags.{_quoted(header)}]  # codes: {', '.join(FLAG_CODES)}"]
    certain = () if any(one in folded(header) for one in GOOD_NEWS) else NO_WORDS
    for cell, count in cells.most_common(SHOWN_WORDS):
        mark = "" if folded(cell) in certain else "# "
        lines.append(f'{mark}{_quoted(cell)} = "{_flag_of(header, cell)}"  # {_rows(count)}')
    if len(cells) > SHOWN_WORDS:
        lines.append(f"# and {len(cells) - SHOWN_WORDS} more")
    return lines


def _flag_of(header: str, cell: str) -> str:
    word = folded(cell)
    if word in NO_WORDS or ("attempt" in folded(header) and word == "1"):
        return ""
    if word.isdigit() and int(word) > 1 and "attempt" not in folded(header):
        return "preclinical_failures_multiple"
    if word in FLAG_SPELLINGS:
        return FLAG_SPELLINGS[word]
    for text in (word, folded(header)):
        for signs, code in FLAG_HINTS:
            if any(sign in text for sign in signs):
                personal = code == "loa_academic" and any(
                    sign in word for sign in ("medical", "personal", "family", "parental")
                )
                return "" if personal else code
    return ""
