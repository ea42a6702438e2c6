"""A list in sentences: what stands beside its match chance on a terminal and on paper alike."""

from __future__ import annotations

import pandas as pd

from analysis.advice.level import level_words
from analysis.advice.list_overview import (
    PLACED_IN_PUBLICATION,
    flat_curve,
    independence_sentence,
    list_summary,
    match_chance_sentence,
    method_sentence,
    next_application_sentence,
    office_placement_sentence,
    unknowns_sentence,
)
from analysis.advice.list_room_words import (
    no_list_sentence,
    places_unused_sentence,
    room_sentence,
)
from analysis.assumptions import Assumptions
from analysis.model.application_list import ApplicationList
from analysis.model.intervals import wilson_interval
from analysis.model.list_room import list_room

__all__ = ["curve_sentences", "degree_of", "list_sentences", "placement_check"]


def list_sentences(found: ApplicationList, assumptions: Assumptions) -> list[str]:
    """What a list is, its match chance with range, and what that rests on.

    Parameters
    ----------
    found : ApplicationList
        The list.
    assumptions : Assumptions
        ``groups``.

    Returns
    -------
    list of str
        In the order of reading: the unknowns first if they decide more than a third of the list;
        of an empty list why there is none, and nothing else.
    """
    number, room = len(found.programs), list_room(found)
    if number == 0:
        return [no_list_sentence(room)]
    unknowns = unknowns_sentence(found.unknowns, number, found.match_chance_if_unknowns_close)
    sentences = [
        list_summary(
            found.programs.to_dict("records"),
            assumptions.value("groups.reach_below"),
            assumptions.value("groups.safer_above"),
        ),
        method_sentence(found.choice.certified_gap),
        match_chance_sentence(
            found.match_chance,
            found.match_chance_low,
            found.match_chance_high,
            found.chance_basis,
            number,
            found.expected_interviews,
            level_words(assumptions),
        ),
        independence_sentence(found.match_chance_by_rho.to_dict("records"), found.match_chance),
        room_sentence(room),
        places_unused_sentence(room),
        f"The application fees come to ${found.fee_usd:,.0f}.",
    ]
    sentences.insert(0 if 3 * found.unknowns > number else 3, unknowns)
    return [sentence for sentence in sentences if sentence]


def curve_sentences(
    curve: pd.DataFrame, worth_sending: int | None, listed: int, assumptions: Assumptions
) -> list[str]:
    """What one more application would add and cost, and where a further one stops paying.

    Parameters
    ----------
    curve : DataFrame
        Of `next_applications`.
    worth_sending : int or None
        Of `next_applications`.
    listed : int
        Programs on the list.
    assumptions : Assumptions
        ``list.flat_gain``.

    Returns
    -------
    list of str
        Empty without a program.
    """
    if curve.empty:
        return []
    further = curve[curve["applications"] == listed + 1].to_dict("records")
    said = [next_application_sentence(listed, further[0])] if further and listed else []
    return [*said, flat_curve(worth_sending, assumptions.value("list.flat_gain"), len(curve))]


def degree_of(student: pd.DataFrame) -> str:
    """Degree of a student, one row of students; that of a US MD school where it is not given."""
    cell = student.iloc[0].get("degree")
    return cell if isinstance(cell, str) and cell else "us_md"


def placement_check(
    graduates: pd.DataFrame | None, assumptions: Assumptions, degree: str = "us_md"
) -> str:
    """What a match chance may be held against, and never taken for.

    Parameters
    ----------
    graduates : DataFrame or None
        The office's own outcomes, one row an application.
    assumptions : Assumptions
        ``graduates.smallest_cell``, ``survey.confidence``.
    degree : str
        The student's; the publication is about US MD schools.

    Returns
    -------
    str
        The office's own placement rate; the published pair without enough graduates, "" for a
        student whom it is not about.
    """
    published = PLACED_IN_PUBLICATION if degree == "us_md" else ""
    if graduates is None:
        return published
    placed = graduates.groupby("graduate_id")["matched"].max().dropna()
    if len(placed) < assumptions.value("graduates.smallest_cell"):
        return published
    count = int(placed.sum())
    low, high = wilson_interval(count, len(placed), assumptions.value("survey.confidence"))
    years = graduates["year"].astype(int)
    return office_placement_sentence(
        count, len(placed), float(low), float(high), int(years.min()), int(years.max())
    )
