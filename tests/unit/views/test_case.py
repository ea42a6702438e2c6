import math
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.assumptions import COMPONENTS, read_assumptions
from analysis.model.profile import profile_points
from analysis.paths import from_root
from analysis.tables import read_students
from analysis.tables.check import check_table
from analysis.tables.loading import frame_csv
from analysis.views.case import (
    Case,
    case_assumptions,
    case_of_row,
    differences,
    with_weight,
)

ASSUMPTIONS = read_assumptions()
CLASS = read_students(from_root("data/sample/students.csv"))
SCORE = Case("S1", ("Psychiatry",), 240.0)


def read_back(case, folder):
    path = folder / "case.csv"
    path.write_text(frame_csv(case.student()), encoding="utf-8")
    return check_table(path, "students")


@pytest.mark.parametrize("at", [0, 3, 10, 16])
def test_a_row_of_the_class_comes_back_from_its_case(at):
    row = CLASS.iloc[at].to_dict()
    own = case_of_row(row).student().iloc[0].to_dict()
    for column, value in row.items():
        unknown = value == () or (not isinstance(value, tuple) and pd.isna(value))
        assert own.get(column, value) is value or not unknown or pd.isna(own[column])
        assert unknown or own[column] == value


@given(
    score=st.none() | st.integers(218, 300).map(float),
    flags=st.sets(st.sampled_from(["course_failure_remediated", "step1_failure", "loa_academic"])),
    step1=st.sampled_from(["", "pass", "fail_then_pass"]),
    honors=st.none() | st.integers(0, 100).map(lambda n: n / 100),
    letters=st.none() | st.integers(0, 20).map(lambda n: n / 20),
    items=st.none() | st.integers(0, 40).map(float),
    states=st.lists(st.sampled_from(["OH", "PA", "TX"]), unique=True).map(tuple),
    gold=st.sampled_from([(), (0,), (7,)]),
)
def test_the_saved_row_is_read_back_as_the_case_that_was_shown(
    tmp_path_factory, score, flags, step1, honors, letters, items, states, gold
):
    case = Case(
        "S1",
        ("Psychiatry",),
        score,
        step1,
        tuple(sorted(flags)),
        clerkship_honors_fraction=honors,
        letters=letters,
        research_items=items,
        preferred_states=states,
        gold_signals=gold,
    )
    checked = read_back(case, tmp_path_factory.mktemp("row"))
    assert checked.problems == ()
    again = case_of_row(checked.rows.iloc[0].to_dict())
    # A failure and the exam's result are one fact; the saved row tells it once, the case too.
    assert replace(again, step1_result="", red_flags=()) == replace(
        case, step1_result="", red_flags=()
    )
    assert set(again.red_flags) == flags


def test_a_flag_taken_away_takes_the_exams_result_with_it():
    failed = Case("S1", ("Psychiatry",), 240.0, "fail_then_pass", ("step1_failure",))
    assert failed.student()["step1_result"].tolist() == ["fail_then_pass"]
    assert replace(failed, red_flags=()).student()["step1_result"].isna().all()


def test_an_advisors_note_and_a_name_ride_along_to_the_saved_row(tmp_path):
    row = {**CLASS.iloc[0].to_dict(), "advisor_note": 'Call, "today"'}
    saved = read_back(case_of_row(row), tmp_path).rows.iloc[0]
    assert (saved["name"], saved["advisor_note"]) == (row["name"], 'Call, "today"')


def test_a_weight_of_a_half_leaves_the_others_their_proportions():
    moved = with_weight(SCORE, "letters", 0.5, ASSUMPTIONS)
    # 30, 25, 15 and 10 of the 80 that are left share one half.
    expected = [0.5 * 30 / 80, 0.5 * 25 / 80, 0.5, 0.5 * 15 / 80, 0.5 * 10 / 80]
    assert moved.weights == pytest.approx(expected)
    assert list(case_assumptions(moved, ASSUMPTIONS).weights.values()) == pytest.approx(expected)


@given(
    st.lists(st.tuples(st.sampled_from(COMPONENTS), st.floats(0, 1)), min_size=1, max_size=6),
)
def test_weights_moved_in_any_order_stay_positive_and_sum_to_one(moves):
    case = SCORE
    for component, share in moves:
        case = with_weight(case, component, share, ASSUMPTIONS)
        assert math.isclose(sum(case.weights), 1)
        assert min(case.weights) > 0
    assert case_assumptions(case, ASSUMPTIONS).fingerprint != ""


def test_a_weight_says_that_it_was_set_while_exploring():
    moved = case_assumptions(with_weight(SCORE, "letters", 0.5, ASSUMPTIONS), ASSUMPTIONS)
    entry = moved.entry("weights.letters")
    assert (entry.basis, entry.value) == ("assumption", 0.5)
    assert "exploring" in entry.why
    assert case_assumptions(SCORE, ASSUMPTIONS) is ASSUMPTIONS


def test_points_follow_a_moved_weight():
    moved = case_assumptions(with_weight(SCORE, "research", 0.4, ASSUMPTIONS), ASSUMPTIONS)
    points = profile_points(SCORE.student(), moved).set_index("factor")
    assert points.at["research", "weight"] == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"step2_ck": None}, ["Step 2 CK 240, now not given"]),
        ({"clerkship_honors_fraction": 0.5}, ["clerkships with honors not given, now 50%"]),
        ({"red_flags": ("loa_academic",)}, ["with: leave of absence for academic reasons"]),
        ({"gold_signals": (3, 5)}, ["gold signals not given, now 3, 5"]),
        ({}, []),
    ],
)
def test_what_differs_between_two_cases_is_said(change, said):
    assert differences(SCORE, replace(SCORE, **change)) == said
