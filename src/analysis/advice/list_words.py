"""Why a program is on the list, what would drop it and what to verify, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from analysis.advice.labels import joined, percent

__all__ = [
    "VERIFY",
    "drops_if",
    "left_out_reason",
    "listed_because",
    "points",
    "to_verify",
]

Row = Mapping[str, Any]

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
    'IM7 takes its place if its chance is under 12 %.'
    """
    if row["must"]:
        return "Stays as long as it is on your must list."
    if row["interview_chance"] == 0:
        return "Stays as long as that rule holds."
    if not row["drops_below"] > 0:
        return "Leaves the list only if it offers no chance at all: there is room for it."
    said = f"{row['replacement']} takes its place" if row["replacement"] else "Leaves the list"
    said += f" if its chance is under {_chance(row['drops_below'])}"
    if row["chance_if_closes"] < row["drops_below"] <= row["interview_chance"]:
        said += ", as it is if what is to verify turns out against you"
    return f"{said}."


def _not_read(row: Row) -> str:
    """Why a program with a closed gate would not look at the file."""
    why = [part for part in str(row["gate_reason"]).split(";") if part]
    told = joined(why) if why else "no way in is known"
    return f"as the table has it, the file would not be read there: {told}"


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
        told = _not_read(row)
        return f"{told[0].upper()}{told[1:]}."
    added = points(row["match_gain"])
    if row["reason"] == "rule":
        return f"Would add {added}, but the budget, the signals or a rule of yours stands between."
    if not row["weakest"]:
        return f"Would add {added}, but the limit, the budget or a rule of yours leaves no room."
    return (
        f"Adds less to this list ({added}) than {row['weakest']}, which it would have to replace."
    )
