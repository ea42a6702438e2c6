"""A list as a whole in plain sentences: its chance, its unknowns, its length, its what-ifs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analysis.advice.labels import PROGRAM_TYPES, joined, percent
from analysis.advice.list_words import points

__all__ = [
    "flat_curve",
    "independence_sentence",
    "list_summary",
    "match_chance_sentence",
    "places_unused_sentence",
    "unknowns_sentence",
    "what_if_sentence",
]

Row = Mapping[str, Any]
GROUPS = ("reach", "target", "safer")


def match_chance_sentence(
    chance: float, low: float, high: float, chance_basis: str, applications: int
) -> str:
    """The match chance of a list with its range and its basis.

    Parameters
    ----------
    chance, low, high : float
        0-1; NaN ends if there is no range.
    chance_basis : {"article", "base_rate"}
        What the chances are levelled by.
    applications : int
        Programs on the list.

    Returns
    -------
    str
        One or two sentences.
    """
    spread = "" if math.isnan(low) else f" (range {percent(low)} to {percent(high)})"
    said = (
        f"In the model, this list of {_counted(applications, 'application')} ends in a match with "
        f"a chance of {percent(chance)}{spread}."
    )
    if chance_basis == "article":
        said += (
            " Its level begins at the article's figures, which are illustrative: read it to "
            "compare lists, not as a forecast."
        )
    return said


def unknowns_sentence(unknowns: int, applications: int, if_closed: float) -> str:
    """How much of a list rests on something nobody has verified.

    Parameters
    ----------
    unknowns, applications : int
        Programs with something to verify, and programs on the list.
    if_closed : float
        Match chance if every unknown turns out against the student.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> unknowns_sentence(0, 20, 0.8)
    'Nothing on this list rests on an unknown.'
    """
    if unknowns == 0:
        return "Nothing on this list rests on an unknown."
    verb = "rests" if unknowns == 1 else "rest"
    return (
        f"{unknowns} of {_counted(applications, 'program')} {verb} on something to verify; "
        f"if all of it turns out against you, the chance of a match is {percent(if_closed)}."
    )


def independence_sentence(curve: Iterable[Row], used: float) -> str:
    """What other calculators would claim, beside what this one says.

    Parameters
    ----------
    curve : iterable of mapping
        Rows of `match_chance_by_rho`.
    used : float
        Match chance of the list.

    Returns
    -------
    str
        One sentence; empty without an independent answer.
    """
    for row in curve:
        if row["independent"]:
            return (
                "A calculator that takes the programs' answers as independent would claim "
                f"{percent(row['match_chance'])}; every program reads the same file, so refusals "
                f"come together, and with that counted it is {percent(used)}."
            )
    return ""


def places_unused_sentence(places: int) -> str:
    """Say that a list is shorter than it might be, and why.

    Parameters
    ----------
    places : int
        Places left.

    Returns
    -------
    str
        One sentence, empty if every place is used.

    Examples
    --------
    >>> places_unused_sentence(1)
    '1 place is left unused: no further program adds any chance.'
    """
    if places == 0:
        return ""
    verb = "is" if places == 1 else "are"
    return f"{_counted(places, 'place')} {verb} left unused: no further program adds any chance."


def flat_curve(worth_sending: int | None, least_gain: float, applications: int) -> str:
    """Where a further application stops paying.

    Parameters
    ----------
    worth_sending : int or None
        Applications after which none adds ``least_gain``; None if each one does.
    least_gain : float
        Match chance, 0-1.
    applications : int
        Length of the curve.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> flat_curve(14, 0.005, 40)
    'After 14 applications none of the next adds 0.5 points to the chance of a match.'
    """
    if worth_sending is None:
        return (
            f"Each of {_counted(applications, 'application')} adds at least {points(least_gain)} "
            "to the chance of a match."
        )
    return (
        f"After {_counted(worth_sending, 'application')} none of the next adds "
        f"{points(least_gain)} to the chance of a match."
    )


def list_summary(rows: Sequence[Row]) -> str:
    """What a list is made of.

    Parameters
    ----------
    rows : sequence of mapping
        Of `ApplicationList.programs`: group and, where there is one, program_type.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> list_summary([{"group": "reach"}, {"group": "safer"}, {"group": "reach"}])
    '3 programs: 2 reach and 1 safer.'
    """
    if not rows:
        return "No program offers any chance as the table has it: there is no list."
    groups = [row["group"] for row in rows]
    parts = [f"{groups.count(group)} {group}" for group in GROUPS if group in groups]
    said = f"{_counted(len(rows), 'program')}: {joined(parts)}"
    types = [row["program_type"] for row in rows if "program_type" in row]
    if types:
        most = max(dict.fromkeys(types), key=types.count)
        said += f"; most often {PROGRAM_TYPES.get(most, most)} ({types.count(most)})"
    return f"{said}."


def what_if_sentence(row: Row) -> str:
    """What a change does to the list and the match chance.

    Parameters
    ----------
    row : mapping
        changes, match_chance, match_chance_base, enters, leaves, signals_moved.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> what_if_sentence({"changes": "limit=+10", "match_chance": 0.8, "match_chance_base": 0.75,
    ...     "enters": ["IM1"], "leaves": [], "signals_moved": []})
    'With limit=+10: chance of a match 80 % instead of 75 %; 1 program enters.'
    """
    after, before = percent(row["match_chance"]), percent(row["match_chance_base"])
    told = f"still {after}" if after == before else f"{after} instead of {before}"
    moves = [
        f"{_counted(len(row[name]), noun)} {verb if len(row[name]) == 1 else plural}"
        for name, noun, verb, plural in (
            ("enters", "program", "enters", "enter"),
            ("leaves", "program", "leaves", "leave"),
            ("signals_moved", "signal", "moves", "move"),
        )
        if row[name]
    ]
    return (
        f"With {row['changes']}: chance of a match {told}; "
        f"{joined(moves) if moves else 'the list stays the same'}."
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
