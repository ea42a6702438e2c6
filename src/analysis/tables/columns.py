"""Kinds of columns: what a cell may hold, in pandera's checks and in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandera.pandas as pa

from analysis.plain_text import password_fault
from analysis.tables.codes import PLACES, STATE_SPELLINGS, STATES

__all__ = [
    "ID_PATTERN",
    "choice",
    "date",
    "items",
    "number",
    "password",
    "places",
    "state",
    "text",
    "whole_items",
    "yes_no",
]

NO_SPELLINGS: Mapping[str, str] = MappingProxyType({})
ID_PATTERN = r"^(?!(?i:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])$)[A-Za-z0-9_-]{1,32}$"


def _column(
    kind: str,
    what: str,
    expected: str,
    checks: Any = None,
    *,
    required: bool,
    empty: bool,
    **more: Any,
) -> pa.Column:
    dtype = {"number": float, "text": str, "choice": str, "date": str}.get(kind, object)
    may_be_empty = ", or empty" if empty else ""
    return pa.Column(
        dtype,
        checks=checks,
        nullable=True,
        required=required,
        description=what,
        metadata={"kind": kind, "expected": expected + may_be_empty, "empty": empty, **more},
    )


def number(
    what: str,
    low: float,
    high: float,
    *,
    required: bool = False,
    empty: bool = True,
    whole: bool = False,
    percent: bool = False,
) -> pa.Column:
    """Column of numbers in a closed range."""
    kind = "a whole number" if whole else "a percentage" if percent else "a number"
    expected = f"{kind} from {low:g} to {high:g}"
    if high >= 1e9:
        expected = f"{kind} of at least {low:g}"
    checks = [pa.Check.in_range(low, high)]
    if whole:
        checks.append(pa.Check(lambda values: values % 1 == 0, name="whole"))
    return _column(
        "number",
        what,
        expected,
        checks,
        required=required,
        empty=empty,
        low=low,
        high=high,
        percent=percent,
        yes_no=whole and (low, high) == (0, 1),
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
) -> pa.Column:
    """Column of text.

    Parameters
    ----------
    what : str
        What the column says.
    required, empty : bool
        As for `number`.
    pattern : str
        Regular expression that a cell matches.
    longest : int
        Most characters of a cell without a pattern; what is longer is cut there, and that is said.
    private : bool
        Whether no message may show what a cell holds.
    lines : bool
        Whether a cell may go over several lines.

    Returns
    -------
    pandera.pandas.Column
        str; NaN is unknown.
    """
    expected = f"text of up to {longest:,} characters (more is cut)"
    checks = []
    if pattern:
        expected = (
            "an id of 1 to 32 of A-Z a-z 0-9 - _ that is not a name Windows keeps for itself"
            if pattern == ID_PATTERN
            else f"text like {pattern}"
        )
        checks = [pa.Check.str_matches(pattern)]
    return _column(
        "text",
        what,
        expected,
        checks,
        required=required,
        empty=empty,
        cut_at=0 if pattern else longest,
        private=private,
        lines=lines,
    )


def date(what: str) -> pa.Column:
    """Column of dates, kept as YYYY-MM-DD."""
    return _column(
        "date", what, "a date such as 2026-09-15 or 9/15/2026", required=False, empty=True
    )


def password(what: str, longest: int) -> pa.Column:
    """Column of passwords: never cut, never shown."""

    def fits(word: str) -> bool:
        return not password_fault(word, longest)

    return _column(
        "text",
        what,
        f"a password of at most {longest} bytes in UTF-8, of characters that a person can type "
        "(no control, invisible or private-use characters)",
        [pa.Check(fits, element_wise=True, name="password")],
        required=False,
        empty=True,
        cut_at=0,
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
) -> pa.Column:
    """Column of one of a few words."""
    expected = entry or f"one of {', '.join(options)}"
    return _column(
        "choice",
        what,
        expected,
        [pa.Check.isin(list(options))],
        required=required,
        empty=empty,
        options=tuple(options),
        spellings=dict(spellings),
    )


def state(what: str, *, required: bool = False) -> pa.Column:
    """Column of one state, by its two letters or its name."""
    entry = "a state or Canadian province, as two letters or by name (OH or Ohio)"
    return choice(
        what, tuple(STATES.values()), required=required, spellings=STATE_SPELLINGS, entry=entry
    )


def places(what: str, *, ruled_out: bool = False) -> pa.Column:
    """Column of states and census divisions; ``ruled_out`` where ``not`` may stand before one."""
    options, spellings = tuple(PLACES), dict(STATE_SPELLINGS)
    entry = "a state (OH or Ohio) or a census division (New England)"
    if ruled_out:
        entry += ", with not before it where the student will not move (not TX)"
        options += tuple(f"not {place}" for place in options)
        spellings |= {f"not_{word}": f"not {code}" for word, code in spellings.items()}
    return items(what, options, spellings=spellings, entry=entry)


def yes_no(what: str) -> pa.Column:
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
) -> pa.Column:
    """Column of lists, separated by semicolons.

    Parameters
    ----------
    what : str
        What the list says.
    options : sequence of str
        The words an entry may be; any id-like text without.
    required : bool
        As for `number`.
    longest : int
        Most characters of an entry without `options`.
    entry : str
        What an entry is, where the options are too many to name.
    one_each : bool
        Whether there is an entry for each specialty, so that two may be the same; else what is
        given twice is taken once.
    most : int
        Most entries of a cell.
    spellings : mapping of str to str
        Other words that surely mean an option, folded.
    """
    entries = f"of {', '.join(options)}" if options else f"each of at most {longest} characters"
    entries = f"each {entry}" if entry else entries
    expected = f"a list separated by semicolons, {entries}"
    if most < 10:
        expected = f"at most {most} entries separated by semicolons, {entries}"

    def fits(values: tuple[str, ...]) -> bool:
        return all(v in options if options else len(v) <= longest for v in values)

    check = pa.Check(fits, element_wise=True, name="items")
    return _column(
        "items",
        what,
        expected,
        [check],
        required=required,
        empty=True,
        options=tuple(options),
        one_each=one_each,
        most=most,
        spellings=dict(spellings),
    )


def whole_items(what: str, high: int) -> pa.Column:
    """Column of lists of whole numbers, one a specialty, separated by semicolons."""
    expected = f"a whole number from 0 to {high}, one for each specialty, separated by semicolons"

    def fits(values: tuple[int, ...]) -> bool:
        return all(0 <= v <= high for v in values)

    check = pa.Check(fits, element_wise=True, name="whole_items")
    return _column("whole_items", what, expected, [check], required=False, empty=True)
