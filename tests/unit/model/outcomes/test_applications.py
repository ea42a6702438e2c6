import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from analysis.assumptions import read_assumptions
from analysis.errors import ModelError
from analysis.model.chance import interview_chance
from analysis.model.outcomes.graduates import CLOSED, NO_PROGRAM, NO_SCORE, application_chances
from tests.unit.model.outcomes.simulated_class import graduates

BASE = read_assumptions(overrides=["level.basis=article"])

PROGRAMS = pd.DataFrame(
    {
        "program_id": ["P1", "P2", "P3"],
        "program_name": ["One", "Two", "Three"],
        "specialty": ["Internal Medicine", "Internal Medicine", "General Surgery"],
        "program_type": ["community", "high_tier_academic", "community"],
        "state": "OH",
        "prestige": [4.0, np.nan, 5.0],
        "red_flag_tolerance": [7.0, 2.5, np.nan],
        "step2_cutoff": [np.nan, 255.0, 230.0],
        "auto_screen_any_failure": pd.Series(["no", None, "yes"], dtype="str"),
    }
)


def one(**changed):
    row = {
        "graduate_id": "G1",
        "year": 2024.0,
        "specialty": ("Internal Medicine",),
        "step2_ck": 252.0,
        "red_flags": ("step1_failure",),
        "program_id": "P1",
        "program_type": np.nan,
        "signal": np.nan,
        "interviewed": 1.0,
        "matched": 0.0,
    }
    return pd.DataFrame([row | changed])


@pytest.mark.parametrize("program_id", ["P1", "P2", "P3"])
@pytest.mark.parametrize("signal", [np.nan, "gold"])
@pytest.mark.parametrize("flags", [(), ("step1_failure",), ("loa_academic", "step2_failure")])
def test_a_chance_is_the_one_that_students_get(program_id, signal, flags):
    specialty = PROGRAMS.set_index("program_id").at[program_id, "specialty"]
    row = one(program_id=program_id, signal=signal, red_flags=flags, specialty=(specialty,))
    student = row.rename(columns={"graduate_id": "student_id"})
    sent = pd.DataFrame({"student_id": ["G1"], "program_id": program_id, "signal": [signal]})
    expected = interview_chance(student, PROGRAMS, BASE, sent, with_range=False)
    expected = expected.set_index("program_id").at[program_id, "interview_chance"]
    found = application_chances(row, BASE, PROGRAMS)["interview_chance"].iloc[0]
    assert found == pytest.approx(expected, abs=1e-12)


def test_a_program_that_is_not_in_the_file_is_a_typical_one_of_its_type():
    typical = PROGRAMS.assign(prestige=np.nan, red_flag_tolerance=np.nan, step2_cutoff=np.nan)
    by_type = one(program_id=np.nan, program_type="community", red_flags=())
    by_id = one(red_flags=())
    chances = [
        application_chances(by_type, BASE)["interview_chance"],
        application_chances(by_id, BASE, typical)["interview_chance"],
    ]
    assert chances[0].iloc[0] == pytest.approx(chances[1].iloc[0])


def test_exposures_say_how_far_an_anchor_moves_the_log_odds():
    rows = graduates(0, BASE, people=32, sent=3)
    before = application_chances(rows, BASE)
    for key in ("step1_failure", "clerkship_chronic_low", "course_failure_remediated"):
        old = BASE.value(f"anchors.{key}")
        moved = BASE.with_set([f"anchors.{key}={expit(logit(old) - 0.01)}"])
        after = application_chances(rows, moved)
        change = (after["logit"] - before["logit"]).to_numpy()
        expected = -0.01 * before[f"exposure_{key}"].to_numpy()
        assert change == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize("name", ["step2_ck", "clerkships", "letters", "research"])
def test_a_slopes_exposure_says_how_far_that_component_moves_the_log_odds(name):
    rows = graduates(0, BASE, people=32, sent=3)
    spotless = rows[rows["red_flags"].map(len) == 0]
    before = application_chances(spotless, BASE)
    # One slope falls by a hundredth: less weight, and a smaller scale for weights that sum to 1.
    total = 1 - 0.01 * BASE.weights[name]
    changed = {f"weights.{other}": value / total for other, value in BASE.weights.items()}
    changed[f"weights.{name}"] *= 0.99
    changed["logit_scale"] = BASE.value("logit_scale") * total
    less = BASE.with_values(changed, basis="assumption", why="a test", source="none")
    change = (application_chances(spotless, less)["logit"] - before["logit"]).to_numpy()
    assert change == pytest.approx(-0.01 * before[f"exposure_{name}"].to_numpy(), abs=1e-3)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"step2_ck": np.nan}, NO_SCORE),
        ({"program_id": "PX"}, NO_PROGRAM),
        ({"program_id": "P2"}, CLOSED),
    ],
)
def test_rows_that_teach_nothing_are_named(changed, why):
    assert application_chances(one(**changed), BASE, PROGRAMS)["left_out"].tolist() == [why]


def test_rows_keep_their_index_and_order():
    rows = graduates(1, BASE, people=20, sent=2)
    whole = application_chances(rows, BASE)
    part = application_chances(rows.iloc[[7, 3, 11]], BASE)
    assert part.index.tolist() == [7, 3, 11]
    assert part["interview_chance"].tolist() == whole.loc[[7, 3, 11], "interview_chance"].tolist()


def test_no_applications_are_refused():
    with pytest.raises(ModelError, match="no graduates' applications"):
        application_chances(one().iloc[:0], BASE)
