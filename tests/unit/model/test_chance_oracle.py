"""The chance against a plain scalar transcription of the equations."""

import pandas as pd
import pytest

from analysis.assumptions import read_assumptions
from analysis.model.chance import interview_chance
from tests.unit.model import scalar_chance
from tests.unit.model.pairs import drawn_pair, frame

ASSUMPTIONS = read_assumptions(overrides=["level.basis=article"])
OVERRIDES = {"home": 0.4, "rotation": 0.3, "contact": 0.1, "signal": 0.2}
WITH_OVERRIDES = read_assumptions(
    overrides=[
        "level.basis=article",
        *(f"override.{name}={share}" for name, share in OVERRIDES.items()),
    ]
)


def rate_of(program):
    received = program["applications_received"]
    return None if received is None else program["interviews_offered"] / received


def test_two_hundred_drawn_pairs_agree_with_the_scalar_transcription():
    worst = 0.0
    for seed in range(200):
        student, program = drawn_pair(seed)
        expected = scalar_chance.interview_chance(
            student, program, student["competitiveness"], rate=rate_of(program)
        )
        row = interview_chance(frame(student), frame(program), ASSUMPTIONS, with_range=False)
        worst = max(worst, abs(row["interview_chance"].iloc[0] - expected))
    assert worst < 1e-9


@pytest.mark.parametrize("tie", ["home", "rotation", "contact", None])
@pytest.mark.parametrize("signal", ["gold", "silver", None])
def test_ties_and_signals_agree_with_the_scalar_transcription(tie, signal):
    for seed in range(200, 205):
        student, program = drawn_pair(seed)
        preferences = frame({"student_id": "S1", "program_id": "P1", "tie": tie, "signal": signal})
        expected = scalar_chance.interview_chance(
            student,
            program,
            student["competitiveness"],
            rate=rate_of(program),
            tie=tie,
            signal=signal,
            overrides=OVERRIDES,
        )
        row = interview_chance(
            frame(student), frame(program), WITH_OVERRIDES, preferences, with_range=False
        )
        assert row["interview_chance"].iloc[0] == pytest.approx(expected, abs=1e-9)


def test_other_weights_agree_with_the_scalar_transcription():
    weights = {
        "step2_ck": 0.1,
        "clerkships": 0.3,
        "letters": 0.2,
        "red_flags": 0.25,
        "research": 0.15,
    }
    assumptions = read_assumptions(
        overrides=[
            "level.basis=article",
            *(f"weights.{name}={share}" for name, share in list(weights.items())[:4]),
        ]
    )
    for seed in range(300, 320):
        student, program = drawn_pair(seed)
        expected = scalar_chance.interview_chance(
            student,
            program,
            student["competitiveness"],
            rate=rate_of(program),
            weights=weights,
        )
        row = interview_chance(frame(student), frame(program), assumptions, with_range=False)
        assert row["interview_chance"].iloc[0] == pytest.approx(expected, abs=1e-9)


def test_many_pairs_at_once_are_the_pairs_one_by_one():
    pairs = [drawn_pair(seed) for seed in range(400, 412)]
    students = [s | {"student_id": f"S{at}"} for at, (s, _) in enumerate(pairs)]
    blank = {"interviews_offered": None, "applications_received": None}
    programs = [p | blank | {"program_id": f"P{at}"} for at, (_, p) in enumerate(pairs)]
    table = interview_chance(frame(*students), frame(*programs), ASSUMPTIONS, with_range=False)
    assert isinstance(table, pd.DataFrame)
    assert len(table) == 144
    found = table.set_index(["student_id", "program_id"])["interview_chance"]
    for student in students:
        for program in programs:
            expected = scalar_chance.interview_chance(student, program, student["competitiveness"])
            at = student["student_id"], program["program_id"]
            assert found[at] == pytest.approx(expected, abs=1e-9)
