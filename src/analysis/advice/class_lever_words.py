"""What could change in a class, in plain sentences: answers, other programs, more applications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.advice.class_words import LITTLE, matches
from analysis.advice.labels import counted, joined, percent

__all__ = [
    "empty_handed_sentence",
    "further_sentence",
    "second_sentence",
    "spreading_sentence",
    "unknowns_of_class",
]

Row = Mapping[str, Any]


def unknowns_of_class(unknowns: int, applications: int, if_closed: float, expected: float) -> str:
    """How much of a class rests on what programs have not said.

    Parameters
    ----------
    unknowns, applications : int
        Applications with something to verify, and all.
    if_closed, expected : float
        Expected matches of the lists, each alone, if all of it closes, and as assumed.

    Returns
    -------
    str
    """
    if not unknowns:
        return "Nothing on any list rests on something a program has not said."
    return (
        f"**Ask the programs.** {unknowns} of {applications} applications rest on something the "
        "program has not said. If all of it turned out against the class, its lists would be worth "
        f"{matches(if_closed)} matches instead of {matches(expected)}. One call settles it for "
        "every list; these move most:"
    )


def spreading_sentence(programs: Sequence[str], lost: float) -> str:
    """What could be won back if classmates did not share programs.

    Parameters
    ----------
    programs : sequence of str
        Where most is lost, at least one.
    lost : float
        Expected matches lost.

    Returns
    -------
    str
    """
    if lost < LITTLE:
        return f"**Spreading the lists** would win back {matches(lost)} expected matches."
    return (
        f"**Spreading the lists** could win back {matches(lost)} expected matches at most. To look "
        f"at: the students who share {joined(programs)}, where most of it is lost, and whether "
        "each of them wants the program as much as one that nobody shares."
    )


def further_sentence(students: int, number: int, gain: float, fee_usd: float) -> str:
    """What more applications would bring the students who stand first.

    Parameters
    ----------
    students : int
        How many of them could send more.
    number : int
        Applications added to each, at most.
    gain : float
        Expected matches.
    fee_usd : float
        Fees together.

    Returns
    -------
    str
    """
    if not students:
        return "**More applications** would add nothing for the students who stand first."
    whom = "one" if students == 1 else f"each of {students}"
    return (
        f"**More applications** in the own specialty, up to {number} for {whom} of those who stand "
        f"first, would add {matches(gain)} expected matches for ${fee_usd:,.0f}, whatever limits "
        "and budgets they have now."
    )


def empty_handed_sentence(row: Row) -> str:
    """Why a student's list holds no program, and what could change that.

    Parameters
    ----------
    row : mapping
        student_id, problem, fee_budget_usd, more_applications, more_gain, more_fee_usd and
        other_specialty, other_applications, other_gain, other_fee_usd; NaN for none.

    Returns
    -------
    str
        One sentence or two.
    """
    own, other = row["more_gain"], row["other_gain"]
    said = f"{row['student_id']}: {row['problem']}."
    if other > own or (own != own and other == other):
        number, gain, fee = row["other_applications"], other, row["other_fee_usd"]
        where = f"to {row['other_specialty']}, without signals,"
    elif row["more_applications"] > 0:
        number, gain, fee = row["more_applications"], own, row["more_fee_usd"]
        where = "in the student's own specialty"
    else:
        return said
    said += (
        f" {counted(number, 'application').capitalize()} {where} would bring a chance of a match "
        f"of {percent(gain)} for ${fee:,.0f}"
    )
    if fee > row["fee_budget_usd"]:
        said += f", which is over the budget of ${row['fee_budget_usd']:,.0f}"
    return f"{said}."


def second_sentence(best: Sequence[Row], number: int, gain: float, fee_usd: float) -> str:
    """What a second specialty would bring the students who stand first.

    Parameters
    ----------
    best : sequence of mapping
        other_specialty and students, the most frequent first.
    number : int
        Applications to it, at most.
    gain : float
        Expected matches.
    fee_usd : float
        Fees together.

    Returns
    -------
    str
        "" if no specialty helps anyone.
    """
    if not best:
        return ""
    where = joined(f"{row['other_specialty']} ({row['students']})" for row in best)
    return (
        f"**A second specialty**, {number} applications to the one that helps each of them most, "
        f"would add {matches(gain)} for ${fee_usd:,.0f}, whatever limits and budgets they have "
        f"now: {where}. That takes the file to read "
        "there as at home; letters and rotations of that field are not counted, and whether "
        "students want it is theirs to say."
    )
