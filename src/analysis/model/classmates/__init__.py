"""A class as one: classmates share programs, a season and a school (docs/methods-class.md)."""

from analysis.model.classmates.assumed import Assumed, as_assumed, as_varied
from analysis.model.classmates.levers import answers_at_stake, further_applications
from analysis.model.classmates.matches import STEPS, matches_by_step, matches_if_independent
from analysis.model.classmates.members import Member, member_of
from analysis.model.classmates.places import Placements, Room, placements, room_of
from analysis.model.classmates.seasons import Season, season
from analysis.model.classmates.second_specialty import second_specialties
from analysis.model.classmates.sharing import shared_programs, shared_signals

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
