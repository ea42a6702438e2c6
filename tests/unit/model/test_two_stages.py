"""Interviews and rankings have a factor each; answers that came change those still out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from analysis.assumptions import read_assumptions
from analysis.errors import ModelError
from analysis.model.correlation import Mechanism, after_answers, scenarios
from analysis.model.match_stage import curve_by_interviews

HOW = Mechanism((0.1, 0.2, 0.4), 0.51, 0.0)
chances = st.lists(st.floats(0, 1), min_size=1, max_size=8)


def matched(found):
    return float(1 - np.prod(1 - found.chance, axis=0) @ found.weight)


def test_the_published_curve_comes_back():
    curve = curve_by_interviews((1, 3, 5, 10, 15), read_assumptions())
    assert list(curve.values()) == pytest.approx([0.545, 0.786, 0.861, 0.927, 0.951], abs=1e-3)


@given(chances, st.floats(0.05, 0.95), st.floats(0, 0.9), st.floats(0, 0.9), st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_an_offer_has_the_chance_of_an_interview_times_that_of_a_match(p, r, rho, after, link):
    found = scenarios(p, r, Mechanism((rho,), after, link))
    assert found.weight.sum() == pytest.approx(1)
    assert found.marginal == pytest.approx(r * np.array(p), abs=1e-6)
    assert ((found.chance >= 0) & (found.chance <= 1)).all()


@pytest.mark.parametrize("rho", [0.0, 0.2, 0.7])
def test_one_factor_with_one_correlation_is_the_single_factor_model(rho):
    p = [0.02, 0.3, 0.9]
    old, new = scenarios(p, 0.5, rho), scenarios(p, 0.5, Mechanism((rho,), rho, 1.0))
    assert np.array_equal(old.chance, new.chance)
    assert np.array_equal(old.weight, new.weight)


def test_two_factors_agree_with_a_simulation():
    random = np.random.default_rng(5)
    p, n = np.array([0.1, 0.3, 0.3, 0.6, 0.05]), 400_000
    z, w = random.standard_normal((2, n))
    own = random.standard_normal((2, n, p.size))
    invited = np.sqrt(0.3) * z[:, None] + np.sqrt(0.7) * own[0] < ndtri(p)
    ranked = np.sqrt(0.51) * w[:, None] + np.sqrt(0.49) * own[1] < ndtri(0.5)
    simulated = (invited & ranked).any(axis=1).mean()
    assert matched(scenarios(p, 0.5, Mechanism((0.3,), 0.51, 0.0))) == pytest.approx(
        simulated, abs=4e-3
    )


def test_few_states_are_close_to_many():
    p = np.random.default_rng(2).beta(0.6, 3, 30)
    x, weight = np.polynomial.hermite_e.hermegauss(60)
    weight = weight / weight.sum()
    after = ndtr((np.sqrt(0.51) * x + ndtri(0.5445)) / np.sqrt(0.49))
    exact = 0.0
    for rho in HOW.rho:
        held = ndtr((ndtri(p)[:, None] + np.sqrt(rho) * x) / np.sqrt(1 - rho))
        exact += weight @ (1 - np.prod(1 - held[:, :, None] * after, axis=0)) @ weight / 3
    assert matched(scenarios(p, 0.5445, HOW)) == pytest.approx(exact, abs=1e-3)


def test_an_interview_in_hand_raises_the_others_and_a_refusal_lowers_them():
    p = np.full(4, 0.3)
    none = np.zeros(4, dtype=bool)
    first = np.array([True, False, False, False])
    _, before = after_answers(p, 0.5, HOW, none, none)
    invited, up = after_answers(p, 0.5, HOW, first, none)
    refused, down = after_answers(p, 0.5, HOW, none, first)
    assert before == pytest.approx(p, abs=1e-6)
    assert up[0] == 1
    assert down[0] == 0
    assert (up[1:] > 0.3).all()
    assert (down[1:] < 0.3).all()
    assert invited.marginal[0] == pytest.approx(0.5, abs=1e-6)
    assert refused.marginal[0] == 0


def test_answers_that_came_agree_with_the_simulated_seasons_in_which_they_came():
    random = np.random.default_rng(8)
    p, n = np.array([0.2, 0.3, 0.4]), 600_000
    z, w = random.standard_normal((2, n))
    own = random.standard_normal((2, n, 3))
    invited = np.sqrt(0.4) * z[:, None] + np.sqrt(0.6) * own[0] < ndtri(p)
    ranked = np.sqrt(0.51) * w[:, None] + np.sqrt(0.49) * own[1] < ndtri(0.5)
    told = invited[:, 0] & ~invited[:, 1]
    found, now = after_answers(
        p, 0.5, Mechanism((0.4,), 0.51, 0.0), [True, False, False], [False, True, False]
    )
    assert now[2] == pytest.approx(invited[told, 2].mean(), abs=6e-3)
    assert matched(found) == pytest.approx((invited & ranked)[told].any(axis=1).mean(), abs=8e-3)


def test_a_program_cannot_have_said_both():
    with pytest.raises(ModelError, match="one entry a program"):
        after_answers([0.3], 0.5, HOW, [True], [True])
