"""What a list was made for, whose number that is, and why it is no longer, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.advice.labels import counted, joined

__all__ = ["no_list_reason", "no_list_sentence", "places_unused_sentence", "room_sentence"]

Row = Mapping[str, Any]

WHOSE = {"row": "as the class file says", "asked": "as asked for here"}
OURS = "our assumption (list.limit), as the class file gives neither a limit nor a budget"
NO_CHANCE = (
    "There is no list: no program offers any chance as the table has it. What closes each stands "
    "beside it; programs that are not in the office's file may be open."
)


def room_sentence(room: Row) -> str:
    """How many applications a list was made for, or for how much, and who said so.

    Parameters
    ----------
    room : mapping
        Of `list_room`: limit, limit_from, budget_usd, budget_from.

    Returns
    -------
    str
        One sentence; empty without a limit and a budget.

    Examples
    --------
    >>> room_sentence({"limit": 45, "limit_from": "row", "budget_usd": None, "budget_from": ""})
    'This list was made for at most 45 applications, as the class file says.'
    """
    limit, budget = room["limit"], room["budget_usd"]
    if room["limit_from"] == "assumption":
        return f"This list was made for at most {counted(limit, 'application')}: {OURS}."
    ends = []
    if limit is not None:
        ends.append((f"at most {counted(limit, 'application')}", room["limit_from"]))
    if budget is not None:
        ends.append((f"a budget of {_dollars(budget)}", room["budget_from"]))
    if not ends:
        return ""
    if len({whose for _, whose in ends}) == 1:
        said = f"{joined(words for words, _ in ends)}, {WHOSE[ends[0][1]]}"
    else:
        said = ", and ".join(f"{words}, {WHOSE[whose]}" for words, whose in ends)
    return f"This list was made for {said}."


def places_unused_sentence(room: Row) -> str:
    """Say that a list is shorter than it might be, and why.

    Parameters
    ----------
    room : mapping
        Of `list_room`: unused, others, closed, wanted, over_budget, budget_usd, never, specialties.

    Returns
    -------
    str
        One sentence, empty if every place is used.

    Examples
    --------
    >>> places_unused_sentence({"unused": 20, "others": 0, "never": 0, "specialties": 1})
    "20 places are left unused: every program of the specialty in the office's file is on the list."
    """
    places = room["unused"]
    if places == 0:
        return ""
    verb = "is" if places == 1 else "are"
    return f"{counted(places, 'place')} {verb} left unused: {_why_unused(room)}."


def _why_unused(room: Row) -> str:
    here = f"of the {_kinds(room)} in the office's file"
    if room["others"] == 0:
        but = ", but for those on your never list" if room["never"] else ""
        return f"every program {here} is on the list{but}"
    if room["closed"] == room["others"]:
        apart = ", your never list apart," if room["never"] else ""
        if room["closed"] == 1:
            return f"the one other program {here}{apart} offers no chance as the table has it"
        closed = f"the other {room['closed']} programs {here}{apart}"
        return f"{closed} offer no chance as the table has it"
    if room["over_budget"]:
        return (
            f"the budget of {_dollars(room['budget_usd'])} does not pay for one program more that "
            "would add any chance"
        )
    if room["ruled"] and room["wanted"]:
        return "a rule of yours leaves no room for a program that would add any chance"
    return "no further program adds any chance that counts"


def no_list_reason(room: Row) -> str:
    """Why nothing is on a list, where the student's own wishes or means are why.

    Parameters
    ----------
    room : mapping
        Of `list_room`: limit, budget_usd, first_fee_usd, never, others, closed, specialties.

    Returns
    -------
    str
        A phrase; empty if the programs offer no chance.

    Examples
    --------
    >>> room = {"limit": None, "budget_usd": 5.0, "first_fee_usd": 11.0, "others": 30, "closed": 0}
    >>> no_list_reason(room)
    'the budget of $5 pays for no application (one costs $11)'
    """
    if room["others"] == 0:
        return f"the never list holds every program of the {_kinds(room)} in the office's file"
    if room["closed"] == room["others"]:
        return ""
    if room["limit"] == 0:
        return "a limit of 0 applications leaves room for none"
    budget, fee = room["budget_usd"], room["first_fee_usd"]
    if budget is not None and budget < fee:
        return (
            f"the budget of {_dollars(budget)} pays for no application (one costs {_dollars(fee)})"
        )
    return "the rules asked for leave room for none"


def no_list_sentence(room: Row) -> str:
    """Say that there is no list, and why.

    Parameters
    ----------
    room : mapping
        Of `list_room`.

    Returns
    -------
    str
        One sentence or two.
    """
    reason = no_list_reason(room)
    if reason:
        return f"There is no list: {reason}."
    if not room["never"]:
        return NO_CHANCE
    return NO_CHANCE.replace("no program offers", "no program that is not on the never list offers")


def _kinds(room: Row) -> str:
    return "specialty" if room["specialties"] == 1 else "specialties"


def _dollars(amount: float) -> str:
    return f"${amount:,.0f}" if amount == int(amount) else f"${amount:,.2f}"
