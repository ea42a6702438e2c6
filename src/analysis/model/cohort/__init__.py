"""A class as one: classmates share programs, a season and a school (docs/methods-class.md)."""

from analysis.model.cohort.members import (
    Assumed,
    Member,
    as_assumed,
    as_varied,
    member_of,
    second_specialties,
)
from analysis.model.cohort.seasons import (
    STEPS,
    Placements,
    Room,
    Season,
    answers_at_stake,
    further_applications,
    matches_by_step,
    matches_if_independent,
    placements,
    room_of,
    season,
    shared_programs,
    shared_signals,
)

__all__ = [
    "STEPS",
    "Assumed",
    "Member",
    "Placements",
    "Room",
    "Season",
    "answers_at_stake",
    "as_assumed",
    "as_varied",
    "further_applications",
    "matches_by_step",
    "matches_if_independent",
    "member_of",
    "placements",
    "room_of",
    "season",
    "second_specialties",
    "shared_programs",
    "shared_signals",
]
