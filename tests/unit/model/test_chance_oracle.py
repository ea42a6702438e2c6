"""The chance against a plain scalar transcription of the equations."""

import pandas as pd
import pytest

from analysis.assumptions import read_assumptions
from analysis.model.chance import interview_chance
from analysis.model.parameters import chance_parameters
from analysis.model.pool import conditional_odds, evidence_of, pool_of, typical_penalty
from tests.unit.model import scalar_chance, scalar_level
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


IDENTITY = read_assumptions()


@pytest.fixture(scope="module")
def conditional():
    return {kind: scalar_level.conditional(kind) for kind in scalar_level.POOL}


def test_conditional_odds_agree_with_the_scalar_transcription(conditional):
    for kind, (level, group, signal) in conditional.items():
        pool = pool_of("Internal Medicine", kind, IDENTITY)
        tau = evidence_of(pool, chance_parameters(IDENTITY), IDENTITY).tau
        found = conditional_odds(pool, tau, typical_penalty(pool, kind, IDENTITY), IDENTITY)
        assert tau[0] == pytest.approx(scalar_level.spread()[0], abs=1e-9)
        # The package sums over 40 nodes; chances end at 95% with a kink.
        assert found.level[0] == pytest.approx(level, abs=2e-4)
        assert found.group[0] == pytest.approx(group, abs=2e-4)
        assert found.signal[0] == pytest.approx(signal, abs=2e-4)


@pytest.mark.parametrize("seed", range(500, 512))
def test_a_pair_by_the_identity_agrees_with_the_scalar_transcription(seed, conditional):
    student, program = drawn_pair(seed)
    if program["applications_received"] is not None:
        program |= {"interviews_offered": 20 + 3 * (seed % 40), "applications_received": 1100}
    if program["step2_cutoff"] is not None:
        program["step2_cutoff"] = min(program["step2_cutoff"], 240)
    signal = (None, "silver", "gold")[seed % 3]
    kind = student["competitiveness"]
    expected = scalar_level.interview_chance(student, program, kind, conditional[kind], signal)
    preferences = frame({"student_id": "S1", "program_id": "P1", "tie": None, "signal": signal})
    row = interview_chance(frame(student), frame(program), IDENTITY, preferences, with_range=False)
    assert "against its screens" not in row["imputed"].iloc[0]
    assert row["interview_chance"].iloc[0] == pytest.approx(expected, abs=1e-4)
