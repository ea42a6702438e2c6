import numpy as np
import pytest

from analysis.assumptions import read_assumptions
from analysis.model.chance import interview_chance
from analysis.model.terms import term_points
from tests.unit.model.pairs import frame, program, student

ASSUMPTIONS = read_assumptions(overrides=["level.basis=article"])


def points(**changes):
    rows = interview_chance(
        frame(student(**changes)), frame(program()), ASSUMPTIONS, with_range=False
    )
    return term_points(rows, ASSUMPTIONS).iloc[0]


def test_a_flag_alone_costs_the_distance_of_its_anchor():
    found = points(red_flags=("course_failure_remediated",))
    assert found["red_flags"] == pytest.approx(65 - 80)
    assert found.drop("red_flags").abs().max() == pytest.approx(0)


def test_points_are_what_goes_when_a_term_goes():
    # Log-odds .8 at the reference, and .25 * 14.89 * (.9 - .6) from clerkships.
    with_honors = 100 / (1 + np.exp(-(np.log(4) + 1.11675)))
    assert points(clerkship_honors_fraction=0.9)["clerkships"] == pytest.approx(with_honors - 80)


def test_an_unknown_score_has_no_points():
    assert points(step2_ck=None).isna().all()
