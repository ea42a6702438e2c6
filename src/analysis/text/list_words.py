"""Words about a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from analysis.text.labels import counted, joined, percent

__all__ = [
    "BELOW_PRICE",
    "FLOOR_DROPPED",
    "VERIFY",
    "WHY_LEGEND",
    "drops_code",
    "left_out_reason",
    "listed_because",
    "no_list_reason",
    "no_list_sentence",
    "optional_sentence",
    "places_unused_sentence",
    "points",
    "room_sentence",
    "score_sentences",
    "to_verify",
]

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
    """Say that a list is shorter than it might be, and why."""
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
    if room.get("priced"):
        return "no further program adds as much as its fee and the work on it cost"
    return "no further program adds any chance that counts"


# Why a program is on a list: one legend for all rows.
WHY_LEGEND = MappingProxyType(
    {
        "must": "You asked for it.",
        "home": "Your home program.",
        "rotation": "You rotated there.",
        "contact": "You have a contact there.",
        "rule": "A rule of yours asks for programs of its kind.",
        "own": "You gave it a number of your own.",
        "place": "It is where you would like to live.",
        "gold": "It gets a gold signal.",
        "silver": "It gets a silver signal.",
        "adds": "It adds more than its fee and the work on it cost.",
        "under_floor": "Its interview chance is under 3 in 100.",
    }
)
FLOOR_DROPPED = (
    "Too few programs offer an interview chance of 3 in 100 or more, so that lower chances are "
    "listed too; they are marked."
)
BELOW_PRICE = (
    "By these numbers no application is worth its fee and the work on it. The best few are shown "
    "all the same; talk them over with your advisor."
)


def optional_sentence(rows: Sequence[Row], listed: int, match_chance: float) -> str:
    """What the further applications that the limit allows would add and cost together.

    Parameters
    ----------
    rows : sequence of mapping
        Of `ApplicationList.optional`: match_chance, fee_usd.
    listed : int
        Programs on the list.
    match_chance : float
        Of the list, 0-1.

    Returns
    -------
    str
        One sentence; empty without further programs.

    Examples
    --------
    >>> optional_sentence([{"match_chance": 0.81, "fee_usd": 11.0}], 15, 0.8)
    '1 more than these 15 would cost $11 and add 1.0 points to the chance of a match.'
    """
    if not rows:
        return ""
    added = points(rows[-1]["match_chance"] - match_chance)
    cost = sum(row["fee_usd"] for row in rows)
    return (
        f"{len(rows)} more than these {listed} would cost {_dollars(cost)} and add {added} to the "
        "chance of a match."
    )


def score_sentences(score: Row) -> list[str]:
    r"""What a list rests on while the score is not in, and whether to wait for it.

    Parameters
    ----------
    score : mapping
        Of `score_record`.

    Returns
    -------
    list of str

    Examples
    --------
    >>> score = {"expected": 250, "sd": 6, "low": 240, "high": 260, "failing": 0.0, "now": 0.8,
    ...     "waiting": 0.81, "wait": True, "cutoffs": []}
    >>> print(*score_sentences(score), sep="\n")
    Step 2 CK is not in yet: chances are averages over an expected 250, most likely 240 to 260.
    Chosen once the score is in, the list would match 81 in 100, against 80 now.
    If the score comes before applications open, choose the list then.
    """
    likely = "" if score["low"] is None else f", most likely {score['low']:g} to {score['high']:g}"
    sentences = [
        "Step 2 CK is not in yet: chances are averages over an expected "
        f"{score['expected']:g}{likely}."
    ]
    if score["failing"] >= FAILING_TOLD:
        sentences.append(
            f"A failing score, which brings no interview, has a chance of "
            f"{percent(score['failing'])}."
        )
    missed = [row for row in score["cutoffs"] if row["under_cutoff"] >= CUTOFF_TOLD]
    if missed:
        named = [
            f"{row['program_id']} ({row['step2_cutoff']:g}) {percent(row['under_cutoff'])}"
            for row in missed[:3]
        ]
        sentences.append(
            f"Chance to score below a cutoff on the list, at {counted(len(missed), 'program')} at "
            f"least {percent(CUTOFF_TOLD)}: {joined(named)}."
        )
    sentences.append(
        f"Chosen once the score is in, the list would match {100 * score['waiting']:.0f} in 100, "
        f"against {100 * score['now']:.0f} now."
    )
    sentences.append(
        "If the score comes before applications open, choose the list then."
        if score["wait"]
        else "Waiting would hardly change the list, so it can be chosen now."
    )
    return sentences


# Chances of a fail and of a missed cutoff from which on they are told.
FAILING_TOLD, CUTOFF_TOLD = 0.005, 0.05


def drops_code(row: Row) -> str:
    """Below which interview chance a program leaves the list, and for which other, in short.

    Parameters
    ----------
    row : mapping
        Of `ApplicationList.programs`: must, drops_below, drops_reason, replacement.

    Returns
    -------
    str
        Such as ``below 12%: IM021``; empty where nothing would take it off.

    Examples
    --------
    >>> drops_code({"must": False, "drops_below": 0.123, "drops_reason": "replaced",
    ...     "replacement": "IM021"})
    'below 12%: IM021'
    """
    if row["must"] or not row["drops_below"] > 0:
        return ""
    below = row["drops_below"]
    said = f"below {100 * below:.1f}%" if below < 0.1 else f"below {100 * below:.0f}%"
    return f"{said}: {row['replacement']}" if row["drops_reason"] == "replaced" else said


def no_list_reason(room: Row) -> str:
    """Why nothing is on a list, where the student's own wishes or means are why."""
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
    """Say that there is no list, and why."""
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
        Of `ApplicationList.programs`: interview_chance, gate_reason, match_gain, match_share,
        must, in_preferred_state, signal, interchangeable.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> listed_because({"interview_chance": 0.2, "match_gain": 0.019, "match_share": 0.1,
    ...     "must": False, "in_preferred_state": True, "signal": "none", "interchangeable": ()})
    'Raises the chance of matching by 1.9 points; your state.'
    """
    said = []
    if row["must"]:
        said.append("On your must list")
    if row["interview_chance"] == 0:
        # Only a wish or a rule keeps such a program on a list, and no gain is to be spoken of.
        kept = said or ["On the list by a rule of yours"]
        return f"{kept[0]}; {_not_read(row)}."
    if row["match_gain"] >= 0.0005:
        said.append(f"raises the chance of matching by {points(row['match_gain'])}")
    else:
        said.append(
            f"you would end there in {percent(row['match_share'])} of cases, mostly instead of one "
            "you want less"
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


def _not_read(row: Row) -> str:
    """Why a program with a closed gate would not look at the file."""
    why = [part for part in str(row["gate_reason"]).split(";") if part]
    told = joined(why) if why else "no way in is known"
    return f"as the table has it, the file would not be read there: {told}"


def to_verify(unknown: str | Sequence[str]) -> list[str]:
    """What to ask a program before paying for the application."""
    columns = unknown.split(";") if isinstance(unknown, str) else list(unknown)
    return [VERIFY.get(column, column) for column in columns if column]


def left_out_reason(row: Row) -> str:
    """Why a program is not on the list; never a verdict on the student."""
    if row["reason"] == "never":
        return "On your never list."
    if row["reason"] == "no_chance":
        told = _not_read(row)
        return f"{told[0].upper()}{told[1:]}."
    added = points(row["match_gain"])
    if row["reason"] == "floor":
        return "Its interview chance is under 3 in 100."
    if row["reason"] == "price":
        return f"Would add {added}, less than the {_dollars(round(row['cost_usd']))} it costs."
    if row["reason"] == "rule":
        return f"Would add {added}, but the budget, the signals or a rule of yours stands between."
    if not row["weakest"]:
        return f"Would add {added}, but the limit, the budget or a rule of yours leaves no room."
    return (
        f"Adds less to this list ({added}) than {row['weakest']}, which it would have to replace."
    )
