"""A list as a whole in plain sentences: its chance, its unknowns, its length, its counter-check."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analysis.text.labels import ARTICLE_LEVEL, PROGRAM_TYPES, counted, joined, percent
from analysis.text.list_words import points

__all__ = [
    "PLACED_IN_PUBLICATION",
    "flat_curve",
    "independence_sentence",
    "list_summary",
    "match_chance_sentence",
    "method_sentence",
    "next_application_sentence",
    "office_placement_sentence",
    "unknowns_sentence",
]

Row = Mapping[str, Any]
GROUPS = {
    "likely": "likelier than not",
    "possible": "possible",
    "long_shot": "long shot",
}
PLACED_IN_PUBLICATION = (
    "A counter-check, not a chance: of those who entered US MD schools in 2014-15, 96.3 % without "
    "and 79.7 % with a leave of absence were placed in graduate training (Nguyen et al., JAMA "
    "2024). A match chance far above such a figure deserves a second look."
)


def match_chance_sentence(
    chance: float,
    low: float,
    high: float,
    chance_basis: str,
    applications: int,
    expected_interviews: float,
    level: str = ARTICLE_LEVEL,
) -> str:
    """The match chance of a list with its range, its expected interviews and its basis.

    Parameters
    ----------
    chance, low, high : float
        0-1; NaN ends if there is no range.
    chance_basis : {"article", "base_rate"}
        What the chances are levelled by.
    applications : int
        Programs on the list.
    expected_interviews : float
        Sum of the chances.
    level : str
        Of `level_words`.

    Returns
    -------
    str
        Two or three sentences.
    """
    spread = "" if math.isnan(low) else f" (range {percent(low)} to {percent(high)})"
    said = (
        f"In the model, this list of {counted(applications, 'application')} ends in a match with "
        f"a chance of {percent(chance)}{spread}, "
        f"and brings {expected_interviews:.1f} interviews on average."
    )
    if chance_basis == "article":
        said += f" Both begin at {level}: read them to compare lists, not as a forecast."
    return said


def method_sentence(certified_gap: float) -> str:
    """In which order a list stands, and how far it is from the best."""
    order = (
        "They stand by how much you want them (your own numbers where you gave any, else preferred "
        "states and prestige), never by chance. "
    )
    if math.isnan(certified_gap):
        return order + (
            "The list was built one program at a time; how near it is to the best is not certified."
        )
    return (
        f"{order}No other list under the same rules is worth more than this one by over "
        f"{100 * max(certified_gap, 1e-4):.2f} %."
    )


def unknowns_sentence(unknowns: int, applications: int, if_closed: float) -> str:
    """How much of a list rests on something nobody has verified."""
    if unknowns == 0:
        return "Nothing on this list rests on an unknown."
    verb = "rests" if unknowns == 1 else "rest"
    return (
        f"{unknowns} of {counted(applications, 'program')} {verb} on something to verify; "
        f"if all of it turns out against you, the chance of a match is {percent(if_closed)}."
    )


def independence_sentence(curve: Iterable[Row], used: float) -> str:
    """What other calculators would claim, beside what this one says."""
    for row in curve:
        if row["independent"]:
            return (
                "A calculator that takes the programs' answers as independent would claim "
                f"{percent(row['match_chance'])}; every program reads the same file, so refusals "
                f"come together, and with that counted it is {percent(used)}."
            )
    return ""


def flat_curve(worth_sending: int | None, least_gain: float, applications: int) -> str:
    """Where a further application stops paying."""
    if worth_sending is None:
        return (
            f"Each of {counted(applications, 'application')} adds at least {points(least_gain)} "
            "to the chance of a match."
        )
    return (
        f"After {counted(worth_sending, 'application')} none of the next adds "
        f"{points(least_gain)} to the chance of a match."
    )


def list_summary(
    rows: Sequence[Row], possible_from: float | None = None, likely_from: float | None = None
) -> str:
    """What a list is made of.

    Parameters
    ----------
    rows : sequence of mapping
        Of `ApplicationList.programs`, at least one: group and, where there is one, program_type.
    possible_from, likely_from : float, optional
        Ends of the groups, 0-1, to print beside them.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> list_summary([{"group": "long_shot"}, {"group": "likely"}, {"group": "long_shot"}])
    '3 programs: 1 likelier than not and 2 long shots.'
    """
    groups = [row["group"] for row in rows]
    ends = dict.fromkeys(GROUPS, "")
    if possible_from is not None and likely_from is not None:
        between = f"{100 * possible_from:.0f} to {percent(likely_from)}"
        ends = {
            "likely": f" ({percent(likely_from)} or more)",
            "possible": f" ({between})",
            "long_shot": f" (under {percent(possible_from)})",
        }
    parts = [
        _group(group, groups.count(group)) + ends[group] for group in GROUPS if group in groups
    ]
    said = f"{counted(len(rows), 'program')}: {joined(parts)}"
    types = [row["program_type"] for row in rows if "program_type" in row]
    if types:
        most = max(dict.fromkeys(types), key=types.count)
        said += f"; most often {PROGRAM_TYPES.get(most, most)} ({types.count(most)})"
    return f"{said}."


def _group(group: str, number: int) -> str:
    plural = "s" if group == "long_shot" and number > 1 else ""
    return f"{number} {GROUPS[group]}{plural}"


def next_application_sentence(listed: int, row: Row) -> str:
    """What one application more than the list holds would add, and what it would cost."""
    each = row["usd_per_point"]
    price = f" (${each:,.0f} a point)" if row["match_gain"] >= 0.0005 and each > 0 else ""
    than = "this one" if listed == 1 else f"these {listed}"
    return (
        f"One more application than {than} would add {points(row['match_gain'])} and cost "
        f"${row['next_fee_usd']:,.0f}{price}."
    )


def office_placement_sentence(
    placed: int, graduates: int, low: float, high: float, first: int, last: int
) -> str:
    """The office's own placement rate as a counter-check."""
    years = str(first) if first == last else f"{first}-{last}"
    return (
        f"A counter-check, not a chance: of {graduates} graduates of this office ({years}), "
        f"{percent(placed / graduates)} ({100 * low:.0f} to {100 * high:.0f} %) matched at a "
        "program of its file. A match chance far above such a figure deserves a second look."
    )
