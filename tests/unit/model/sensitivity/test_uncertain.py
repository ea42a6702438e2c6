import numpy as np
import pytest
from scipy.special import expit

from analysis.assumptions import read_assumptions
from analysis.model.parameters import chance_parameters, joint_draws
from analysis.model.sensitivity import influence as u

ASSUMPTIONS = read_assumptions(overrides=["level.basis=article"])
FLAGS = ("step1_failure", "loa_academic")
INPUTS = u.uncertain_inputs(ASSUMPTIONS, FLAGS)


def test_at_the_base_the_parameters_are_the_assumptions_own():
    at_base, own = u.parameters_at(INPUTS.base(), ASSUMPTIONS), chance_parameters(ASSUMPTIONS)
    assert at_base.spotless.item() == pytest.approx(own.spotless, abs=1e-12)
    assert {f: g.item() for f, g in at_base.gamma.items()} == pytest.approx(dict(own.gamma))
    assert {k: w.item() for k, w in at_base.weights.items()} == pytest.approx(dict(own.weights))
    assert {k: w.item() for k, w in at_base.kappa.items()} == pytest.approx(dict(own.kappa))
    assert at_base.logit_scale.item() == own.logit_scale
    assert at_base.tolerance_shift.item() == own.tolerance_shift
    assert at_base.group_odds.item() == own.group_odds


def test_the_anchors_in_doubt_are_those_of_the_students_own_flags():
    assert [name for name in INPUTS.names if name.startswith("anchors.")] == [
        "anchors.none", "anchors.step1_failure", "anchors.loa_academic",
    ]  # fmt: skip


def test_every_kind_of_assumption_stands_among_the_inputs():
    assert {name.split(".")[0] for name in INPUTS.names} == {
        "weights", "anchors", "logit_scale", "relief", "tolerance", "base_rate",
        "match_given_interview", "latent_correlation",
    }  # fmt: skip


def test_the_inputs_scatter_as_the_joint_draws_of_the_ranges_do():
    ours = u.parameters_at(INPUTS.drawn(20_000, seed=1), ASSUMPTIONS)
    theirs = joint_draws(ASSUMPTIONS, 20_000, 1)

    def described(p):
        chance = expit(p.spotless + p.gamma["loa_academic"])
        numbers = [p.spotless, chance, p.tolerance_shift, np.log(p.group_odds)]
        numbers += [p.weights["letters"], p.kappa["moderate", "minor"]]
        return [[np.mean(n), np.std(n)] for n in numbers]

    assert described(ours) == pytest.approx(np.array(described(theirs)), abs=0.02)


def test_a_flag_never_raises_a_chance_whatever_is_drawn():
    drawn = u.parameters_at(INPUTS.drawn(2_000, seed=2), ASSUMPTIONS)
    assert max(gamma.max() for gamma in drawn.gamma.values()) <= 0


def test_an_anchor_over_all_programs_is_read_at_those_that_open_the_file():
    population = read_assumptions(overrides=["level.basis=article", "anchor_basis=population"])
    inputs = u.uncertain_inputs(population, FLAGS)
    at_base, own = u.parameters_at(inputs.base(), population), chance_parameters(population)
    assert at_base.gamma["step1_failure"].item() == pytest.approx(own.gamma["step1_failure"])


def test_weights_held_without_end_stay_at_their_base():
    firm = u.uncertain_inputs(ASSUMPTIONS, (), concentration=1e12)
    drawn = firm.drawn(50, seed=3, only=u.WEIGHTS)
    for name, value in firm.base(50).items():
        assert drawn[name] == pytest.approx(value, abs=1e-5)
