"""What keeps places of a list unused, on the sample class."""

import pandas as pd
import pytest

from analysis.model.choice.application_list import list_room
from analysis.model.choice.problem import ListWishes
from analysis.paths import from_root
from analysis.views.pick import pick

STUDENTS, PROGRAMS = (from_root(f"data/sample/{name}.csv") for name in ("students", "programs"))


def room_of(student_id, students=STUDENTS, **wishes):
    asked = ListWishes(fill=True, **wishes)
    return list_room(pick(student_id, students, PROGRAMS, wishes=asked, with_range=False).found)


def with_cells(folder, student_id, **cells):
    rows = pd.read_csv(STUDENTS, dtype=str, keep_default_na=False)
    for column, cell in cells.items():
        rows.loc[rows["student_id"] == student_id, column] = cell
    rows.to_csv(folder / "students.csv", index=False)
    return folder / "students.csv"


NO_MORE = tuple(
    f"program_type={kind}<={2 * (kind == 'community')}"
    for kind in ("community", "high_tier_academic", "mid_tier_academic", "do_friendly", "rural_fm")
)


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        ({"limit": 20, "budget_usd": 55}, {"unused": 15, "over_budget": True}),
        ({"limit": 20, "quotas": NO_MORE}, {"unused": 18, "ruled": True, "over_budget": False}),
        ({"limit": 60}, {"unused": 18, "others": 18, "closed": 18}),
    ],
)
def test_places_left_unused_have_their_true_reason(wishes, expected):
    room = room_of("S002", **wishes)
    assert {name: room[name] for name in expected} == expected


def test_the_limit_of_the_row_of_the_command_and_our_own_are_told_apart(tmp_path):
    own = with_cells(tmp_path, "S005", fee_budget_usd="120.5")
    room = room_of("S005", own, limit=4)
    assert (room["limit_from"], room["budget_from"]) == ("asked", "row")
    assert room_of("S006")["limit_from"] == "row"
    assert room_of("S005")["limit_from"] == "assumption"


def test_a_never_list_is_told_from_programs_that_are_not_there(tmp_path):
    few = room_of("S006", with_cells(tmp_path, "S006", never_apply="ORT001;ORT002"))
    assert (few["others"], few["never"]) == (0, 2)
