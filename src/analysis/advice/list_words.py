"""Why a program is on the list, what would drop it and what to verify, in plain sentences."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from analysis.advice.labels import PROGRAM_TYPES, joined, percent

__all__ = [
    "GROUPS",
    "VERIFY",
    "drops_if",
    "flat_curve",
    "independence_sentence",
    "left_out_reason",
    "list_summary",
    "listed_because",
    "match_chance_sentence",
    "places_unused_sentence",
    "points",
    "to_verify",
    "unknowns_sentence",
    "what_if_sentence",
]

Row = Mapping[str, Any]

GROUPS = MappingProxyType({"reach": "reach", "target": "target", "safer": "safer"})
VERIFY = MappingProxyType(
    {
        "step2_cutoff": "whether it has a Step 2 CK cutoff, and which",
        "auto_screen_any_failure": "whether it screens out any failed licensing exam",
        "veto_professionalism": "whether it refuses any professionalism concern",
        "accepts_do": "whether it takes DO applicants",
        "visa": "which visas it sponsors",
        "step2_ck": "whether a score from before July 2025 is still accepted as a pass",
    }
)


def points(share: float) -> str:
    """Write a gain of match chance in points.

    Parameters
    ----------
    share : float
        0-1.

    Returns
    -------
    str
        Such as ``"1.9 points"``; ``"less than 0.1 points"`` below what is worth a digit.

    Examples
    --------
    >>> points(0.019), points(0.0004)
    ('1.9 points', 'less than 0.1 points')
    """
    if abs(share) < 0.0005:
        return "less than 0.1 points"
    return f"{100 * share:.1f} points"


def listed_because(row: Row) -> str:
    """Why a program is on the list.

    Parameters
    ----------
    row : mapping
        Of `ApplicationList.programs`: match_gain, match_share, must, in_preferred_state, signal,
        interchangeable.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> listed_because({"match_gain": 0.019, "match_share": 0.1, "must": False,
    ...     "in_preferred_state": True, "signal": "none", "interchangeable": ()})
    'Raises the chance of matching by 1.9 points; your state.'
    """
    said = []
    if row["must"]:
        said.append("On your must list")
    if row["match_gain"] >= 0.0005:
        said.append(f"raises the chance of matching by {points(row['match_gain'])}")
    else:
        said.append(
            f"you would end there in {percent(row['match_share'])} of cases, mostly in place of a "
            "program you want less"
        )
    if row["in_preferred_state"]:
        said.append("your state")
    if row["signal"] != "none":
        said.append(f"worth a {row['signal']} signal")
    if row["interchangeable"]:
        others = joined(row["interchangeable"], "or")
        said.append(f"{others} would do exactly as well")
    sentence = "; ".join(said)
    return f"{sentence[0].upper()}{sentence[1:]}."


def drops_if(row: Row) -> str:
    """What would take a program off the list.

    Parameters
    ----------
    row : mapping
        Of `ApplicationList.programs`: must, drops_below, replacement, chance_if_closes,
        interview_chance.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> drops_if({"must": False, "drops_below": 0.12, "replacement": "IM7",
    ...     "chance_if_closes": 0.3, "interview_chance": 0.3})
    'Leaves the list if its chance is under 12 %: IM7 would then take its place.'
    """
    if row["must"]:
        return "Stays as long as it is on your must list."
    if not row["drops_below"] > 0:
        return "Leaves the list only if it offers no chance at all: there is room for it."
    said = f"Leaves the list if its chance is under {_chance(row['drops_below'])}"
    if row["replacement"]:
        said += f": {row['replacement']} would then take its place"
    if row["chance_if_closes"] < row["drops_below"] <= row["interview_chance"]:
        said += "; that is so if what is to verify turns out against you"
    return f"{said}."


def _chance(share: float) -> str:
    """A chance with a digit where whole percents would say nothing."""
    return f"{100 * share:.1f} %" if share < 0.1 else percent(share)


def to_verify(unknown: str | Sequence[str]) -> list[str]:
    """What to ask a program before paying for the application.

    Parameters
    ----------
    unknown : str or sequence of str
        Columns, separated by ``;`` if they are text.

    Returns
    -------
    list of str
        Plain words.

    Examples
    --------
    >>> to_verify("visa")
    ['which visas it sponsors']
    """
    columns = unknown.split(";") if isinstance(unknown, str) else list(unknown)
    return [VERIFY.get(column, column) for column in columns if column]


def left_out_reason(row: Row) -> str:
    """Why a program is not on the list; never a verdict on the student.

    Parameters
    ----------
    row : mapping
        Of `ApplicationList.left_out`: reason, gate_reason, match_gain, weakest.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> left_out_reason({"reason": "adds_less", "gate_reason": "", "match_gain": 0.002,
    ...     "weakest": "IM027"})
    'Adds less to this list (0.2 points) than IM027, which it would have to replace.'
    """
    if row["reason"] == "never":
        return "On your never list."
    if row["reason"] == "no_chance":
        why = str(row["gate_reason"]).split(";")
        told = joined([part for part in why if part]) if any(why) else "no way in is known"
        return f"As the table has it, the file would not be read there: {told}."
    added = points(row["match_gain"])
    if row["reason"] == "rule":
        return f"Would add {added}, but the budget, the signals or a rule of yours stands between."
    if not row["weakest"]:
        return f"Would add {added} to this list."
    return (
        f"Adds less to this list ({added}) than {row['weakest']}, which it would have to replace."
    )


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
    parts = [f"{groups.count(group)} {GROUPS[group]}" for group in GROUPS if group in groups]
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
