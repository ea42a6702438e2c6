"""Kinds of columns: what a cell may hold, as a rule and in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from analysis.plain_text import password_fault
from analysis.tables.codes import PLACES, STATE_SPELLINGS, STATES

NO_SPELLINGS: Mapping[str, str] = MappingProxyType({})
ID_PATTERN = r"^(?!(?i:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])$)[A-Za-z0-9_-]{1,32}$"


def _anything(_: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Column:
    """What a column is, and what its cells may hold."""

    kind: str  # ``number``, ``text``, ``choice``, ``date``, ``items`` or ``whole_items``
    # description, expected: What the column says; what a cell holds, for a message.
    description: str
    expected: str
    # required, empty: Whether the column must be there, and whether its cells may be empty.
    required: bool = False
    empty: bool = True
    # Whether a value, read as its kind, is one of this column.
    fits: Callable[[Any], bool] = _anything
    # options, spellings: Words that a cell may be, and other words that surely mean one of them,
    # folded.
    options: tuple[str, ...] = ()
    spellings: Mapping[str, str] = field(default_factory=dict)
    # percent, share, yes_no: Of numbers: in files 0-100 and here 0-1; at most 1, so that 45% is
    # .45; 1 and 0.
    percent: bool = False
    share: bool = False
    yes_no: bool = False
    grouped: bool = False  # of numbers: counts or dollars, so that 1,800 is eighteen hundred
    cut_at: int = 0  # of texts: what is longer is cut there; 0 for never
    # private, lines: Whether no message may show a cell; whether a cell may go over several lines.
    private: bool = False
    lines: bool = False
    # one_each, most: Of lists: one entry a specialty, so that two may be the same; most entries.
    one_each: bool = False
    most: int = 1000
    # What an empty cell says, if that is an answer: then a cell that says unknown is not empty.
    empty_says: str = ""
    # Whether the column's name is a pattern that several columns of a file may match.
    regex: bool = False

    def __post_init__(self) -> None:
        if self.empty:
            says = f" for {self.empty_says}" if self.empty_says else ""
            object.__setattr__(self, "expected", f"{self.expected}, or empty{says}")


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of one kind of file, by name."""

    columns: dict[str, Column]
    description: str


def number(
    what: str,
    low: float,
    high: float,
    *,
    required: bool = False,
    empty: bool = True,
    whole: bool = False,
    percent: bool = False,
    dollars: bool = False,
    regex: bool = False,
) -> Column:
    """Column of numbers in a closed range."""
    kind = "a whole number" if whole else "a percentage" if percent else "a number"
    expected = f"{kind} from {low:g} to {high:.12g}"
    if high >= 1e9:
        expected = f"{kind} of at least {low:g}"
    return Column(
        "number",
        what,
        expected,
        required,
        empty,
        lambda value: low <= value <= high and (not whole or value % 1 == 0),
        percent=percent,
        share=high <= 1,
        yes_no=whole and (low, high) == (0, 1),
        grouped=(whole and high >= 1000) or dollars,
        regex=regex,
    )


def text(
    what: str,
    *,
    required: bool = False,
    empty: bool = True,
    pattern: str = "",
    longest: int = 200,
    private: bool = False,
    lines: bool = False,
) -> Column:
    """Column of text; without a pattern what is longer than ``longest`` is cut and reported."""
    expected = f"text of up to {longest:,} characters (more is cut)"
    if pattern:
        expected = (
            "an id of 1 to 32 of A-Z a-z 0-9 - _ that is not a name Windows keeps for itself"
            if pattern == ID_PATTERN
            else f"text like {pattern}"
        )
    return Column(
        "text",
        what,
        expected,
        required,
        empty,
        fits=lambda words: re.match(pattern, words) is not None,
        cut_at=0 if pattern else longest,
        private=private,
        lines=lines,
    )


def date(what: str) -> Column:
    """Column of dates, kept as YYYY-MM-DD."""
    return Column(
        "date",
        what,
        "a date such as 2026-09-15 or 9/15/2026",
        fits=lambda day: "1990" <= day < "2101",
    )


def password(longest: int) -> Column:
    """Column of passwords: never cut, never shown."""
    return Column(
        "text",
        "Password that opens the PDF.",
        f"a password of at most {longest} bytes in UTF-8, of characters that a person can type "
        "(no control, invisible or private-use characters)",
        fits=lambda word: not password_fault(word, longest),
        private=True,
    )


def choice(
    what: str,
    options: Sequence[str],
    *,
    required: bool = False,
    empty: bool = True,
    spellings: Mapping[str, str] = NO_SPELLINGS,
    entry: str = "",
) -> Column:
    """Column of one of a few words."""
    expected = entry or f"one of {', '.join(options)}"
    return Column(
        "choice",
        what,
        expected,
        required,
        empty,
        options=tuple(options),
        spellings=dict(spellings),
    )


def state(what: str, *, required: bool = False) -> Column:
    """Column of one state, by its two letters or its name."""
    entry = "a state or Canadian province, as two letters or by name (OH or Ohio)"
    return choice(
        what, tuple(STATES.values()), required=required, spellings=STATE_SPELLINGS, entry=entry
    )


def places(what: str, *, ruled_out: bool = False) -> Column:
    """Column of states and census divisions; ``ruled_out`` where ``not`` may stand before one."""
    options, spellings = tuple(PLACES), dict(STATE_SPELLINGS)
    entry = "a state (OH or Ohio) or a census division (New England)"
    if ruled_out:
        entry += ", with not before it where the student will not move (not TX)"
        options += tuple(f"not {place}" for place in options)
        spellings |= {f"not_{word}": f"not {code}" for word, code in spellings.items()}
    return items(what, options, spellings=spellings, entry=entry)


def yes_no(what: str) -> Column:
    """Column of yes, no or unknown."""
    return choice(what, ("yes", "no"))


def items(
    what: str,
    options: Sequence[str] = (),
    *,
    required: bool = False,
    longest: int = 32,
    entry: str = "",
    one_each: bool = False,
    most: int = 1000,
    spellings: Mapping[str, str] = NO_SPELLINGS,
    empty_says: str = "",
) -> Column:
    """Column of lists separated by semicolons; any id-like text without ``options``."""
    entries = f"of {', '.join(options)}" if options else f"each of at most {longest} characters"
    entries = f"each {entry}" if entry else entries
    expected = f"a list separated by semicolons, {entries}"
    if most < 10:
        expected = f"at most {most} entries separated by semicolons, {entries}"
    return Column(
        "items",
        what,
        expected,
        required,
        empty_says=empty_says,
        fits=lambda entries: bool(options) or all(len(entry) <= longest for entry in entries),
        options=tuple(options),
        one_each=one_each,
        most=most,
        spellings=dict(spellings),
    )


def signals(what: str) -> Column:
    """Column of numbers of signals, one a specialty, separated by semicolons."""
    expected = "a whole number from 0 to 100, one for each specialty, separated by semicolons"
    return Column(
        "whole_items", what, expected, fits=lambda values: all(0 <= v <= 100 for v in values)
    )
