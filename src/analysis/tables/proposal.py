"""A first mapping of a foreign file, for a person to read, correct and keep."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from analysis.errors import Problem, TableError
from analysis.tables.codes import FLAG_CODES, FLAG_SPELLINGS
from analysis.tables.columns import Column
from analysis.tables.headers import column_of, nearest_table, resembled, table_of
from analysis.tables.loading import checked_rows, listed_problems
from analysis.tables.mapping import MAPPING_FILE, mapped_rows, mapping_from
from analysis.tables.reading import NOT_KNOWN, RawRows, Refused, blank_words, interpreted, read_rows
from analysis.tables.schemas import SCHEMAS
from analysis.vocabulary import folded

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


# A column that has no list of codes, and whose words tell of red flags.
TELLS_OF_FLAGS = "red flags, in words"
SHOWN_ROWS, TRIED_ROWS = 5, 200


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a foreign column, how often it comes, and what it means: perhaps, or surely."""

    theirs: str
    ours: str
    count: int
    sure: bool


@dataclass(frozen=True, slots=True)
class Foreign:
    """A column of a foreign file, and which of ours it is: perhaps, surely, or "" for none."""

    theirs: str
    cells: Counter[str]
    ours: str
    sure: bool
    codes: tuple[Word, ...]
    flags: tuple[Word, ...]

    @property
    def holds(self) -> str:
        """How many cells are filled, and with what; names and passwords are not shown."""
        filled = f"{sum(self.cells.values())} filled"
        if not self.ours or self.ours in NEITHER_SHOWN or not self.cells:
            return filled
        shown = ", ".join(_quoted(cell[:30])[1:-1] for cell, _ in self.cells.most_common(3))
        return f"{filled}, such as {shown}"

    @property
    def question(self) -> str:
        """What a person must decide, "" for nothing."""
        if any(not word.sure for word in self.flags):
            return f"{self.theirs}: which red flags its words mean"
        if not self.sure:
            return f"{self.theirs}: whether it is {self.ours}"
        unsure = sum(not word.sure for word in self.codes)
        return f"{self.ours}: what {unsure} of its words mean" if unsure else ""


@dataclass(frozen=True)
class Proposal:
    """How a foreign file reads as one of our tables, column by column."""

    # file, table: Names of the file and of our table.
    file: str
    table: str
    rows: int
    columns: tuple[Foreign, ...]  # in the order of the file
    # Our columns that the file has not, and what a person says that every row holds.
    constants: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""  # of a workbook, where one was chosen

    @property
    def lacking(self) -> list[str]:
        """Our columns that must be there, and that no column of the file may be."""
        there = {one.ours for one in self.columns}
        if TELLS_OF_FLAGS in there or any(one.flags for one in self.columns):
            there.add("red_flags")
        return [
            name
            for name, column in SCHEMAS[self.table].columns.items()
            if column.required and not column.regex and name not in there
        ]

    def unknown(self, name: str) -> bool:
        """Whether every row may be read without this column."""
        column = SCHEMAS[self.table].columns[name]
        return column.empty and not column.empty_says and name != "specialty"

    @property
    def questions(self) -> list[str]:
        """What a person must decide."""
        asked = [one.question for one in self.columns if one.question]
        return asked + [
            f"{name}: no column holds it for sure"
            for name in self.lacking
            if name not in self.constants and not self.unknown(name)
        ]

    @property
    def readings(self) -> list[dict[str, str]]:
        """How each column reads, in words."""
        return [
            {
                "Your column": one.theirs,
                "Read as": "left out"
                if not one.ours
                else f"to decide: perhaps {one.ours.partition(',')[0].replace(' ', '_')}"
                if not one.sure or one.flags
                else one.ours,
                "Holds": one.holds,
            }
            for one in self.columns
        ]

    def toml(self, most: int = SHOWN_WORDS) -> str:
        """A part of mapping.toml; what is not sure stands behind a number sign."""
        table, ours = self.table, SCHEMAS[self.table].columns
        lines = [f"[{table}]", f"# Proposed for {self.file}, {self.rows} rows. Lines that begin"]
        lines += ["# with # are questions: take the mark off what is right."]
        lines += [f"sheet = {_quoted(self.sheet)}"] if self.sheet else []
        if ignored := [_quoted(one.theirs) for one in self.columns if not one.ours]:
            told = "left out; to read one, name it below instead: ours = theirs"
            lines.append(f"ignore = [{', '.join(ignored)}]  # {told}")
        read: dict[tuple[bool, str], list[Foreign]] = {}
        for one in self.columns:
            if one.ours in ours:
                read.setdefault((not one.sure, one.ours), []).append(one)
        mapped = []
        for (question, name), several in sorted(read.items(), key=lambda item: item[0][0]):
            if [folded(one.theirs) for one in several] == [name] and not question:
                continue
            # A first name stands before a last one, a first specialty before a second.
            several.sort(
                key=lambda o: (not folded(o.theirs).startswith(("first", "given")), o.theirs)
            )
            names = [_quoted(one.theirs) for one in several]
            theirs = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
            mark, told = "# " * question, "; ".join(one.holds for one in several)
            mapped.append(f"{mark}{name} = {theirs}  # {told}")
        if mapped:
            lines += ["", f"[{table}.columns]  # ours = theirs", *mapped]
        constants = []
        for name in self.lacking:
            if name in self.constants:
                constants.append(f"{name} = {_quoted(self.constants[name])}")
            elif self.unknown(name):
                constants.append(f'{name} = ""  # the file has none: unknown in every row')
            elif says := ours[name].empty_says:
                constants.append(f'# {name} = "none"  # the file has none: {says} in every row?')
            else:
                constants.append(f'# {name} = ""  # the file has none, and every row needs one')
        if constants:
            lines += ["", f"[{table}.constants]  # the same in every row", *constants]
        codes: dict[str, dict[str, Word]] = {}
        for one in self.columns:
            codes.setdefault(one.ours, {}).update({word.theirs: word for word in one.codes})
        for name, words in codes.items():
            if words:
                head = (
                    f"[{table}.codes.{name}]  # theirs = ours: {', '.join(ours[name].options[:12])}"
                )
                none = bool(ours[name].empty_says)
                lines += ["", head, *_word_lines([*words.values()], most, none=none)]
        for one in self.columns:
            if one.flags:
                head = f"[{table}.flags.{_quoted(one.theirs)}]  # codes: {', '.join(FLAG_CODES)}"
                lines += ["", head, *_word_lines(one.flags, most, none=True)]
        return "\n".join(lines) + "\n"


def _word_lines(words: Sequence[Word], most: int, *, none: bool) -> list[str]:
    # Where an empty cell says that there is ``none``, one that is not known must not be read so.
    lines = [
        f'{"" if word.sure else "# "}{_quoted(word.theirs)} = "{word.ours}"  # {_rows(word.count)}'
        + "; as it stands, it would be read as none" * (none and folded(word.theirs) in NOT_KNOWN)
        for word in words[:most]
    ]
    return [*lines, f"# and {len(words) - most} more"] if len(words) > most else lines


def foreign(table: str, theirs: str, cells: Counter[str], ours: str, *, sure: bool) -> Foreign:
    """A column of a foreign file read as one of ours, with the words that we do not understand."""
    column = SCHEMAS[table].columns.get(ours)
    codes = _codes(ours, column, cells) if column is not None and sure else ()
    tells = ours in {TELLS_OF_FLAGS, "explanation"}
    return Foreign(theirs, cells, ours, sure, codes, _flags(theirs, cells) if tells else ())


def proposal_of(name: str, raw: RawRows, table: str = "") -> Proposal:
    """Propose how the rows of a foreign file read as one of our tables."""
    table = table or table_of(raw.header)
    if not table:
        table, known = nearest_table(raw.header)
        if known < 2:
            raise TableError(Problem(name, f"a table of ours; say which with --table {table}"))
    ours_of = [column_of(word, table) for word in raw.header]
    found = []
    for at, header in enumerate(raw.header):
        cells = Counter(row[at] for row in raw.rows if row[at])
        if not header:
            continue
        ours, sure = ours_of[at], ours_of.count(ours_of[at]) == 1
        if not _known(ours, table):
            ours, sure = resembled(header, table, cells), False
            if ours == "red_flags":
                ours, sure = TELLS_OF_FLAGS, True
        found.append(
            foreign(table, raw.origins.get(header, header), cells, ours, sure=sure or not ours)
        )
    return Proposal(name, table, len(raw.rows), tuple(found))


def _known(ours: str, table: str) -> bool:
    columns = SCHEMAS[table].columns
    return ours in columns or any(c.regex and re.fullmatch(n, ours) for n, c in columns.items())


def propose(path: Path, table: str = "") -> Proposal:
    """Propose how a foreign file reads as one of our tables."""
    return proposal_of(path.name, read_rows(path), table)


def preview(file: str, raw: RawRows, mapping: str) -> tuple[list[dict[str, str]], str]:
    """The first rows of a file as a mapping reads them, and what is wrong with them."""
    few = replace(
        raw,
        rows=raw.rows[:TRIED_ROWS],
        lines=raw.lines[:TRIED_ROWS],
        several_lines={p: last for p, last in raw.several_lines.items() if p[0] < TRIED_ROWS},
    )
    how = mapping_from(mapping)
    try:
        checked = checked_rows(Path(file), mapped_rows(file, few, how), how.table)
    except TableError as error:
        return [], listed_problems(error.problems[:SHOWN_ROWS])
    columns = SCHEMAS[how.table].columns
    shown = [
        {
            name: "not shown" if name in columns and columns[name].private else _shown(cell)
            for name, cell in row.items()
            if _shown(cell)
        }
        for row in checked.rows.head(SHOWN_ROWS).to_dict("records")
    ]
    names = [name for name in checked.rows if any(name in row for row in shown)]
    rows = [{name: row.get(name, "") for name in names} for row in shown]
    return rows, listed_problems(checked.problems[:SHOWN_ROWS])


def _shown(cell: Any) -> str:
    if isinstance(cell, tuple):
        return "; ".join(map(str, cell))
    if isinstance(cell, float):
        return "" if cell != cell else f"{cell:g}"
    return "" if cell is None else str(cell)


def write_mapping(path: Path, target: Path, table: str = "") -> str:
    """Write a proposal below what other tables have there; give what a person must decide."""
    proposal = propose(path, table)
    text = proposal.toml()
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
    said += [f"  to decide: {one}" for one in proposal.questions]
    if left_out := [one.theirs for one in proposal.columns if not one.ours]:
        said.append(f"  left out: {', '.join(left_out)}")
    beside = target == path.parent / MAPPING_FILE  # where every command looks for it
    option = "" if beside else f" --mapping {target}"
    said.append(f"Edit it once; then: countersignal check {path}{option}")
    return "\n".join(said)


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


def _quoted(word: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in word)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _codes(ours: str, column: Column, cells: Counter[str]) -> tuple[Word, ...]:
    """Words that our reader does not understand by itself, each a question."""
    if not column.options:
        return ()
    listed = column.kind == "items"
    entries: Counter[str] = Counter()
    for cell, count in cells.items():
        for entry in cell.split(";") if listed else [cell]:
            entries[entry.strip()] += count
    unknown = []
    for entry, count in entries.items():
        if folded(entry) in blank_words(column):
            continue
        guess = "us_img or non_us_img" if folded(entry) == "img" else ""
        try:
            interpreted(entry, column)
        except Refused:
            if ours == "red_flags":
                guess = _flag_of("", entry)
        else:
            if not guess or ours != "degree":
                continue
        unknown.append(Word(entry, guess, count, sure=False))
    return tuple(unknown)


def _flags(header: str, cells: Counter[str]) -> tuple[Word, ...]:
    """Words of a column that tells of red flags, each with the code that it may mean."""
    certain = () if any(one in folded(header) for one in GOOD_NEWS) else NO_WORDS
    return tuple(
        Word(cell, _flag_of(header, cell), count, sure=folded(cell) in certain)
        for cell, count in cells.most_common()
    )


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
