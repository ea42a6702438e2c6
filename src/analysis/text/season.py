"""Words about the interview season."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.text.labels import counted, joined

__all__ = ["SOAP_STEPS", "WHY_TRUE_ORDER", "answer_words", "season_sentences"]

Row = Mapping[str, Any]
MOST_LETTERS = 3
WHY_TRUE_ORDER = (
    "Submit your rank order by true preference. The Match goes down your order and stops at the "
    "first program that wants you. Ranking a likelier program higher can only cost you one that "
    "you like better."
)
SOAP_STEPS = (
    "Ask the dean's office now who will work with you in Match Week.",
    "Keep Match Week free, and your application documents complete and up to date.",
    "Have a personal statement and letters ready for a second specialty and for preliminary years.",
    "Agree with your advisor which specialties and places you would accept.",
)


def season_sentences(record: Row) -> list[str]:
    """Say where a student stands and what follows, the answer first.

    Parameters
    ----------
    record : mapping
        Of `analysis.views.season.SeasonAnswer.record`: interviews, match_chance,
        match_chance_before, match_chance_in_hand, write_to, one_more_gain, accept_more, rank_order,
        preference_from, soap_alert, soap_below.

    Returns
    -------
    list of str
        One thing each.
    """
    number = record["interviews"]
    said = [
        f"{counted(number, 'interview')} in hand. Of 100 students with this file and these "
        f"answers, about {round(100 * record['match_chance'])} would match. It was about "
        f"{round(100 * record['match_chance_before'])} when the applications were sent.",
        f"The interviews in hand alone give {round(100 * record['match_chance_in_hand'])}%. The "
        "rest comes from programs that have not answered.",
    ]
    if record["soap_alert"]:
        said.append(
            f"With fewer than {record['soap_below']} interviews, prepare for SOAP beside the "
            f"season. {' '.join(SOAP_STEPS)}"
        )
    write = record["write_to"][:MOST_LETTERS]
    if write:
        said.append(f"Write first to {joined(write)}: an interview there would help most.")
    verb = "Accept" if record["accept_more"] else "You may decline"
    said.append(
        f"{verb} one more interview: it would add {_points(record['one_more_gain'])} to your match "
        "chance."
    )
    if number > 1:
        said.append(WHY_TRUE_ORDER)
        if record["preference_from"]:
            said.append(f"By the preferences you gave: {joined(record['rank_order'])}.")
        else:
            said.append("You gave no preferences, so the order is yours to make after interviews.")
    return said


def _points(share: float) -> str:
    points = 100 * share
    return "less than 1 point" if points < 1 else counted(round(points), "point")


def answer_words(statuses: Sequence[str]) -> list[str]:
    """Answers of programs as a table has them."""
    words = {
        "interview": "interview",
        "declined": "you declined",
        "refused": "refused",
        "silent": "no answer yet",
    }
    return [words[status] for status in statuses]
