import pandas as pd
import pytest

from analysis.assumptions import read_assumptions
from analysis.model import terms
from analysis.model.chance import interview_chance
from tests.unit.model.pairs import frame, program, student

OPENING = read_assumptions(
    overrides=[
        "override.home=0.5",
        "override.contact=0.1",
        "override.signal=0.2",
        "level.basis=article",
    ]
)
EXAM, CONDUCT = {"red_flags": ("step1_failure",)}, {"red_flags": ("professionalism",)}


def gate(applicant, asked, assumptions=None, tie=None, signal=None):
    preferences = frame({"student_id": "S1", "program_id": "P1", "tie": tie, "signal": signal})
    return interview_chance(
        frame(student(**applicant)),
        frame(program(**asked)),
        assumptions or OPENING,
        preferences,
        with_range=False,
    ).iloc[0]


@pytest.mark.parametrize(
    ("applicant", "asked", "opening", "unknown"),
    [
        ({}, {}, 1, ""),
        ({"step2_ck": 239}, {"step2_cutoff": 240}, 0, ""),
        ({"step2_ck": 240}, {"step2_cutoff": 240}, 1, ""),
        ({}, {"step2_cutoff": None}, 1, "step2_cutoff"),
        (EXAM, {"auto_screen_any_failure": "yes"}, 0, ""),
        (EXAM, {"auto_screen_any_failure": "no"}, 1, ""),
        (EXAM, {"auto_screen_any_failure": None}, 0.7, "auto_screen_any_failure"),
        ({"red_flags": ("step2_failure",)}, {"auto_screen_any_failure": "yes"}, 0, ""),
        ({"red_flags": ("loa_academic",)}, {"auto_screen_any_failure": "yes"}, 1, ""),
        ({"red_flags": ("course_failure_remediated",)}, {"auto_screen_any_failure": "yes"}, 1, ""),
        ({}, {"auto_screen_any_failure": None}, 1, ""),
        (CONDUCT, {"veto_professionalism": "yes"}, 0, ""),
        (CONDUCT, {"veto_professionalism": None}, 1, "veto_professionalism"),
        ({}, {"veto_professionalism": "yes"}, 1, ""),
        ({"degree": "us_do"}, {"accepts_do": "no"}, 0, ""),
        ({"degree": "us_do"}, {"accepts_do": None}, 1, "accepts_do"),
        ({"degree": "us_md"}, {"accepts_do": "no"}, 1, ""),
        ({"needs_visa": "yes"}, {"visa": "none"}, 0, ""),
        ({"needs_visa": "yes"}, {"visa": "j1"}, 1, ""),
        ({"needs_visa": "yes"}, {"visa": None}, 1, "visa"),
        ({"needs_visa": "no"}, {"visa": "none"}, 1, ""),
        ({"degree": "non_us_img"}, {"visa": "none"}, 0, ""),
        ({"degree": "img"}, {"visa": None}, 1, "visa"),
        ({"degree": "non_us_img", "needs_visa": "no"}, {"visa": "none"}, 1, ""),
        ({"degree": "us_img"}, {"visa": "none"}, 1, ""),
        ({"step2_ck": 217}, {}, 1, "step2_ck"),
        ({"step2_ck": 218}, {}, 1, ""),
    ],
)
def test_what_opens_and_closes_the_gate(applicant, asked, opening, unknown):
    row = gate(applicant, asked)
    assert row["gate"] == pytest.approx(opening)
    assert row["unknown"] == unknown


@pytest.mark.parametrize(
    ("applicant", "asked"),
    [
        ({"step2_ck": 230}, {"step2_cutoff": 240}),
        (EXAM, {"auto_screen_any_failure": "yes"}),
        (CONDUCT, {"veto_professionalism": "yes"}),
        ({"degree": "us_do"}, {"accepts_do": "no"}),
        ({"needs_visa": "yes"}, {"visa": "none"}),
    ],
)
def test_a_closed_gate_says_why(applicant, asked):
    assert gate(applicant, asked)["gate_reason"]
    assert gate({}, {})["gate_reason"] == ""


def test_the_largest_override_that_applies_opens_a_closed_gate():
    closed = {"step2_cutoff": 280}
    assert gate({}, closed)["gate"] == 0
    assert gate({}, closed, tie="home")["gate"] == pytest.approx(0.5)
    assert gate({}, closed, tie="contact", signal="gold")["gate"] == pytest.approx(0.2)
    assert gate({}, closed, tie="home", signal="silver")["gate"] == pytest.approx(0.5)
    assert gate(EXAM, {"auto_screen_any_failure": None}, tie="home")["gate"] == pytest.approx(
        0.7 + 0.5 * 0.3
    )


def test_no_tie_opens_a_gate_until_the_office_says_how_far():
    assert gate({}, {"step2_cutoff": 280}, read_assumptions(), tie="home")["gate"] == 0


def test_no_tie_brings_a_visa_or_a_place_for_another_degree():
    assert gate({"needs_visa": "yes"}, {"visa": "none"}, tie="home")["gate"] == 0
    assert gate({"degree": "us_do"}, {"accepts_do": "no"}, tie="home")["gate"] == 0


def test_an_unknown_screen_shows_both_chances():
    row = gate(EXAM, {"auto_screen_any_failure": None})
    assert row["chance_if_open"] == pytest.approx(0.45)
    assert row["interview_chance"] == pytest.approx(0.7 * 0.45)
    assert row["chance_if_closes"] == 0


def test_an_unknown_cutoff_counts_as_open_and_shows_what_happens_if_it_is_not():
    row = gate({}, {"step2_cutoff": None})
    assert row["interview_chance"] == row["chance_if_open"] == pytest.approx(0.8)
    assert row["chance_if_closes"] == 0


@pytest.mark.parametrize(
    ("score", "stated", "asked"),
    [
        (240, [240] * 19, False),  # 1 in 20 that one more lies above
        (240, [240] * 18, True),  # 1 in 19
        (239, [*[230] * 38, 240], False),  # 2 in 40
        (239, [*[230] * 37, 240], True),  # 2 in 39
        (300, [], True),
        (float("nan"), [240] * 40, True),
    ],
)
def test_an_unstated_cutoff_is_asked_about_where_its_own_specialty_makes_it_likely(
    score, stated, asked
):
    programs = pd.DataFrame(
        {
            "step2_cutoff": [*stated, float("nan"), *[280.0] * 50],
            "specialty": ["Psychiatry"] * (len(stated) + 1) + ["General Surgery"] * 50,
        }
    )
    doors = terms.gate({"step2_ck": score}, (), programs, read_assumptions())
    at = len(stated)
    assert doors.unknown[at] == ("step2_cutoff" if asked else "")
    assert doors.if_closes[at] == (0 if asked else 1)
    assert doors.opening[at] == doors.if_open[at] == 1


def test_what_is_unknown_does_not_matter_where_another_screen_is_shut():
    row = gate(EXAM, {"auto_screen_any_failure": None, "step2_cutoff": 280})
    assert row["chance_if_open"] == row["chance_if_closes"] == 0
