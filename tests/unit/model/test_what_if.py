import re

import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.model.what_if import what_if
from tests.unit.model.pairs import frame, student


def changed(changes, **usual):
    return what_if(frame(student(**usual)), changes).iloc[0]


def test_numbers_are_replaced_and_the_rest_stays():
    row = changed("step2_ck=270, clerkships=.9,letters=1,research=7", degree="us_do")
    assert row[["step2_ck", "clerkship_honors_fraction", "letters", "research_items"]].tolist() == [
        270, 0.9, 1, 7,
    ]  # fmt: skip
    assert row["degree"] == "us_do"


def test_a_number_with_a_sign_moves_what_is_there_at_most_to_the_end():
    row = changed(
        "step2_ck=-5,letters=+0.1,clerkships=+0.5,research=+3",
        step2_ck=250.0,
        letters=0.6,
        clerkship_honors_fraction=0.75,
        research_items=2.0,
    )
    assert row[["step2_ck", "clerkship_honors_fraction", "research_items"]].tolist() == [245, 1, 5]
    assert row["letters"] == pytest.approx(0.7)


def test_what_is_unknown_cannot_be_moved():
    with pytest.raises(ModelError, match=r"letters=\+0.1: letters is not given"):
        changed("letters=+0.1", letters=None)


def test_the_students_given_are_left_as_they_are():
    students = frame(student())
    before = students.copy()
    what_if(students, "step2_ck=270,red_flags=loa_academic")
    pd.testing.assert_frame_equal(students, before)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ("drop=step1_failure", ("loa_academic",)),
        ("drop=step1_failure;loa_academic", ()),
        ("red_flags=none", ()),
        ("red_flags=mspe_concern", ("mspe_concern",)),
        ("add=mspe_concern", ("step1_failure", "loa_academic", "mspe_concern")),
        ("add=mspe_concern,drop=loa_academic", ("step1_failure", "mspe_concern")),
    ],
)
def test_flags_come_and_go(changes, expected):
    row = changed(changes, red_flags=("step1_failure", "loa_academic"))
    assert row["red_flags"] == expected


def test_a_flag_that_goes_takes_what_implies_it_with_it():
    told = {"red_flags": ("step1_failure",), "step1_result": "fail_then_pass"}
    assert pd.isna(changed("drop=step1_failure", **told)["step1_result"])
    assert changed("add=loa_academic", **told)["step1_result"] == "fail_then_pass"


def test_a_flag_that_comes_does_not_contradict_the_exams_result():
    row = changed("add=step1_failure", step1_result="pass")
    assert pd.isna(row["step1_result"])


def test_competitiveness_is_given_for_every_specialty():
    assert changed("competitiveness=ultra", specialty="Neurology;Urology")["competitiveness"] == (
        "ultra", "ultra",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ("step2ck=260", "step2_ck"),
        ("step2_ck", "name=value"),
        ("step2_ck=213", "214 to 300"),
        ("step2_ck=high", "214 to 300"),
        ("step2_ck=nan", "214 to 300"),
        ("letters=70", "0 to 1"),
        ("drop=tardiness", "step1_failure"),
        ("red_flags=", "none"),
        ("degree=phd", "us_md"),
        ("competitiveness=ultra;less;less", "one for each specialty"),
        ("", "name=value"),
    ],
)
def test_a_what_if_that_is_not_understood_says_what_was_expected(changes, words):
    with pytest.raises(ModelError, match=re.escape(words)):
        changed(changes)
