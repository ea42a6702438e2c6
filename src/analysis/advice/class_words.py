"""Words about a class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from analysis.advice.labels import ARTICLE_LEVEL, counted, joined, percent

__all__ = [
    "LIMITS",
    "NOBODY",
    "STEPS",
    "WITHOUT_GRADUATES",
    "article_sentence",
    "empty_handed_sentence",
    "expected_sentence",
    "first_sentence",
    "further_sentence",
    "graduates_sentence",
    "interval_words",
    "matches",
    "second_sentence",
    "sharing_sentence",
    "signals_sentence",
    "spreading_sentence",
    "unknowns_of_class",
    "without_list_sentence",
]

Row = Mapping[str, Any]


def unknowns_of_class(unknowns: int, applications: int, if_closed: float, expected: float) -> str:
    """How much of a class rests on what programs have not said."""
    if not unknowns:
        return "Nothing on any list rests on something a program has not said."
    return (
        f"**Ask the programs.** {unknowns} of {applications} applications rest on something the "
        "program has not said. If all of it turned out against the class, its lists would be worth "
        f"{matches(if_closed)} matches instead of {matches(expected)}. One call settles it for "
        "every list; these move most:"
    )


def spreading_sentence(programs: Sequence[str], lost: float) -> str:
    """What could be won back if classmates did not share programs."""
    if lost < LITTLE:
        return f"**Spreading the lists** would win back {matches(lost)} expected matches."
    return (
        f"**Spreading the lists** could win back {matches(lost)} expected matches at most. To look "
        f"at: the students who share {joined(programs)}, where most of it is lost, and whether "
        "each of them wants the program as much as one that nobody shares."
    )


def further_sentence(students: int, number: int, gain: float, fee_usd: float) -> str:
    """What more applications would bring the students who stand first."""
    if not students:
        return "**More applications** would add nothing for the students who stand first."
    whom = "one" if students == 1 else f"each of {students}"
    return (
        f"**More applications** in the own specialty, up to {number} for {whom} of those who stand "
        f"first, would add {matches(gain)} expected matches for ${fee_usd:,.0f}, whatever limits "
        "and budgets they have now."
    )


def empty_handed_sentence(row: Row) -> str:
    """Why a student's list holds no program, and what could change that."""
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
    """What a second specialty would bring the students who stand first."""
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


STEPS = MappingProxyType(
    {
        "independent": "Each student independent of the others",
        "one_season": "One school, one season: answers come together",
        "shared_places": "Classmates compete for the same places",
        "assumptions": "The model's assumptions vary as well",
    }
)
LIMITS = """\
- **An expected number is not a promise, and a risk no verdict.** Most numbers behind it are \
assumptions; the interval shows how far it moves when they vary together.
- **A list is taken as it is recommended.** What students really send, how they interview and how \
they rank is not in the files.
- **Classmates are those in this file.** Students of other schools compete as well; they are part \
of each program's own counts.
- **This overview is for the office.** It speaks of single students; it is not to be handed on.
"""
NOBODY = "No student has a list, so there is nothing to expect."
WITHOUT_GRADUATES = (
    "No file of past graduates was given, so the expected number cannot be held against the "
    "office's own record. Published, as a counter-check and not a chance: of US graduates who "
    "entered medical school in 2014-15, 96.3 % without and 79.7 % with a leave of absence were "
    "placed in graduate training (Nguyen et al., JAMA 2024)."
)
MOST_NAMED = 6  # students in a sentence
LITTLE = 0.05  # of a match: what is shown as 0.0 or 0.1 is no reason to spend money


def matches(number: float) -> str:
    """Write an expected number of matches.

    Parameters
    ----------
    number : float
        At least 0.

    Returns
    -------
    str
        To a tenth; "less than 0.1" where that would be 0.0.

    Examples
    --------
    >>> matches(26.31), matches(0.02), matches(0)
    ('26.3', 'less than 0.1', '0')
    """
    if number == 0:
        return "0"
    return f"{number:.1f}" if number >= LITTLE else "less than 0.1"


def interval_words(low: float, high: float) -> str:
    """Say how often an interval holds."""
    return f"in {100 * (high - low):.0f} of 100 seasons"


def expected_sentence(steps: Sequence[Row], students: int, holds: str) -> str:
    """How many of a class match, and what the interval would miss otherwise."""
    coins, last = steps[0], steps[-1]
    whole = "the one student" if students == 1 else f"the {students} students"
    expected = round(last["expected"])
    said = (
        f"**About {expected} of {whole} with a list {'is' if expected == 1 else 'are'} expected "
        f"to match; {holds} it is between {last['low']:.0f} and {last['high']:.0f}.**"
    )
    if (coins["low"], coins["high"]) == (last["low"], last["high"]):
        return said
    return (
        f"{said} Adding up the students' chances as if they were independent would claim "
        f"{coins['low']:.0f} to {coins['high']:.0f}. That is too sure: classmates come from one "
        "school and apply in one season, they compete for the same places, and nobody knows the "
        "model's numbers exactly. The chart takes these in one after the other."
    )


def article_sentence(students: Sequence[str], level: str = ARTICLE_LEVEL) -> str:
    """Say whose chances begin at the article's level."""
    if not students:
        return ""
    whom = joined(students) if len(students) <= MOST_NAMED else f"{len(students)} students"
    return (
        f"For {whom} too few programs publish counts; the level of these chances begins at "
        f"{level}: read them to compare, not as a forecast."
    )


def first_sentence(first: int, students: int, threshold: float) -> str:
    """Who stands first, and why."""
    if students == 0:
        return NOBODY
    if first == 0:
        return f"No list carries a risk of no match above {percent(threshold)}."
    verb = "carries" if first == 1 else "carry"
    return (
        f"{first} of {students} lists {verb} a risk of no match above {percent(threshold)}, the "
        "highest first. Where the line is drawn is our assumption "
        "(classmates.risk_of_no_match); the risk counts that classmates compete, the chance and "
        "its range are those of the student's own report. The last column is what further "
        "applications would add, in the specialty where they add most, whatever limit or budget "
        "the student has. All this is a reason to meet early, not a verdict."
    )


def without_list_sentence(students: Sequence[str]) -> str:
    """Who is not among those who are ordered by risk, for want of a list."""
    if not students:
        return ""
    if len(students) > MOST_NAMED:
        return (
            f"{len(students)} students have no list at all and stand outside of this order; who "
            "and why is said at the top."
        )
    verbs = (
        "has no list at all and stands" if len(students) == 1 else "have no list at all and stand"
    )
    return f"{joined(students)} {verbs} outside of this order; why is said at the top."


def sharing_sentence(shared: int, lost: float, places: float) -> str:
    """What sharing programs costs a class."""
    if shared == 0:
        return "No program stands on more than one list: classmates do not compete."
    stand = "1 program stands" if shared == 1 else f"{shared} programs stand"
    taken = "one student" if places == 1 else f"{places:.0f} students"
    return (
        f"{stand} on more than one list. If a program takes at most {taken} of the class, unless "
        f"it is a student's home, this costs the class {matches(lost)} expected matches. The chart "
        "of matches varies that number too."
    )


def signals_sentence(signals: Sequence[Row]) -> str:
    """How many signals meet a classmate's."""
    if not signals:
        return ""
    shares = [f"{row['shared']} of {row['sent']} {row['signal']}" for row in signals]
    turned_away = sum(row["turned_away"] for row in signals)
    lost = sum(row["matches_lost"] for row in signals)
    return (
        f"{joined(shares)} signals go to a program that a classmate signals too. "
        f"{matches(turned_away).capitalize()} of all signals are expected to meet a program that "
        f"would take the student and takes a classmate; {matches(lost)} matches are lost with them."
    )


def graduates_sentence(expected: float, students: int, matched: float | None) -> str:
    """Hold a class's expected share beside the office's own record."""
    if matched is None:
        return (
            "There are too few past graduates with a known outcome to say anything without making "
            "someone recognisable."
        )
    return (
        f"Of the office's past graduates {percent(matched)} matched at a program of the file; of "
        f"those of this class with a list the model expects {percent(expected / students)} to. The "
        "two differ in who applied where and when: a wide gap is a reason to look, not a "
        "correction."
    )
