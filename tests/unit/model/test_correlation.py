import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from scipy.stats import multivariate_normal, norm

from analysis.errors import ModelError
from analysis.model.correlation import Scenarios, interview_states, quadrature, scenarios

LONG = settings(max_examples=2000)

chances = st.lists(st.floats(0, 1), min_size=1, max_size=8)
rates = st.floats(0.01, 0.99)
rhos = st.floats(0, 0.95)


@given(chances, st.floats(0, 0.9))
def test_the_states_average_to_the_chance_that_was_given(chance, rho):
    states, weight = interview_states(chance, rho)
    np.testing.assert_allclose(states @ weight, chance, atol=1e-10)


test_the_states_average_to_the_chance_at_length = pytest.mark.soak(
    LONG(
        given(chances, st.floats(0, 0.9))(
            test_the_states_average_to_the_chance_that_was_given.hypothesis.inner_test
        )
    )
)


@given(chances, rates, rhos)
def test_a_match_given_an_interview_has_the_chance_asked_for(chance, rate, rho):
    interview, weight = interview_states(chance, rho)
    offered = scenarios(chance, rate, rho)
    np.testing.assert_allclose(offered.marginal, rate * (interview @ weight), rtol=1e-9, atol=1e-30)
    assert (offered.chance >= 0).all()
    assert (offered.chance <= interview + 1e-15).all()


test_a_match_given_an_interview_at_length = pytest.mark.soak(
    LONG(
        given(chances, rates, rhos)(
            test_a_match_given_an_interview_has_the_chance_asked_for.hypothesis.inner_test
        )
    )
)


def test_a_chance_of_none_stays_none_in_every_state():
    assert scenarios([0.0, 0.5], 0.5, [0.1, 0.4]).chance[0].max() == 0


def test_without_correlation_there_is_one_state_and_the_chances_multiply():
    offered = scenarios([0.4, 0.8], [0.5, 0.25], 0.0)
    np.testing.assert_allclose(offered.chance[:, 0], [0.2, 0.2])
    assert offered.weight.tolist() == [1.0]


def test_mixed_correlations_put_their_states_side_by_side_in_equal_parts():
    mixed = scenarios([0.3, 0.6], 0.5, [0.0, 0.2])
    alone = scenarios([0.3, 0.6], 0.5, 0.2)
    assert mixed.weight[0] == 0.5
    np.testing.assert_allclose(mixed.weight[1:], alone.weight / 2)
    np.testing.assert_array_equal(mixed.chance[:, 1:], alone.chance)


def test_multiplying_two_correlated_chances_would_turn_three_tenths_into_more_than_a_half():
    nodes, weight = quadrature(0.4)
    states = [norm.cdf((norm.ppf(p) + np.sqrt(0.4) * nodes) / np.sqrt(0.6)) for p in (0.1, 0.3)]
    careless = weight @ (states[0] * states[1]) / 0.1
    assert careless == pytest.approx(0.575, abs=5e-4)
    assert scenarios([0.1], 0.3, 0.4).marginal[0] / 0.1 == pytest.approx(0.3, abs=1e-10)


def test_the_threshold_agrees_with_the_bivariate_normal():
    # P(X > c, Y > d) of two normals with correlation rho is what the states integrate.
    p, r, rho = 0.35, 0.4, 0.4
    offered = scenarios([p], r, rho)
    assert offered.marginal[0] == pytest.approx(p * r, abs=1e-12)
    low, high = -5.0, 5.0
    joint = multivariate_normal([0, 0], [[1, rho], [rho, 1]])
    for _ in range(60):
        middle = (low + high) / 2
        both = joint.cdf([norm.ppf(p), -middle])
        low, high = (middle, high) if both > p * r else (low, middle)
    nodes, _ = quadrature(rho)
    interview, _ = interview_states([p], rho)
    threshold = np.sqrt(rho) * nodes - norm.ppf(offered.chance[0] / interview[0]) * np.sqrt(1 - rho)
    inner = np.abs(nodes) < 4
    np.testing.assert_allclose(threshold[inner], (low + high) / 2, atol=1e-4)


def test_forty_applications_at_a_tenth_promise_far_less_where_refusals_come_together():
    states, weight = interview_states(np.full(40, 0.1), 0.4)
    together = weight @ (1 - np.prod(1 - states, axis=0))
    independent = 1 - 0.9**40
    assert independent == pytest.approx(0.985, abs=5e-4)
    assert together == pytest.approx(0.70, abs=0.005)


@pytest.mark.parametrize("rho", [0.1, 0.4, 0.6, 0.7, 0.95])
def test_the_coarse_states_keep_the_rate_to_a_ten_thousandth(rho):
    random = np.random.default_rng(3)
    chance, rate = random.uniform(0.001, 0.95, 2000), random.uniform(0.3, 0.8, 2000)
    interview, weight = interview_states(chance, rho, coarse=True)
    found = scenarios(chance, rate, rho, coarse=True)
    assert found.marginal == pytest.approx(rate * (interview @ weight), abs=1e-4)
    assert found.chance.min() >= 0
    assert (found.chance <= interview + 1e-12).all()


def test_the_coarse_states_are_near_the_fine_ones():
    random = np.random.default_rng(5)
    chance = random.uniform(0.01, 0.95, 25)
    fine, coarse = (scenarios(chance, 0.4, [0.1, 0.2, 0.4], coarse=c) for c in (False, True))
    fine_match, coarse_match = (
        float(s.weight @ (1 - np.prod(1 - s.chance, axis=0))) for s in (fine, coarse)
    )
    assert coarse.weight.size == fine.weight.size / 2
    assert coarse_match == pytest.approx(fine_match, abs=3e-4)


@pytest.mark.parametrize(
    ("chance", "rate", "rho", "words"),
    [
        ([1.2], 0.5, 0.2, "outside 0 to 1"),
        ([np.nan], 0.5, 0.2, "not known"),
        ([0.5], 0.0, 0.2, "between .01 and .99"),
        ([0.5], 0.5, 0.96, "from 0 to 0.95"),
        ([0.5], 0.5, -0.1, "from 0 to 0.95"),
        ([0.5], [0.5, 0.5], 0.2, "2 match rates for 1 programs"),
        ([0.5], 0.5, [], "no correlation"),
        ([[0.5]], 0.5, 0.2, "one chance a program"),
    ],
)
def test_what_the_model_has_no_answer_for_is_refused(chance, rate, rho, words):
    with pytest.raises(ModelError, match=words):
        scenarios(chance, rate, rho)


def test_scenarios_and_weights_of_different_states_are_refused():
    with pytest.raises(ModelError, match="expected"):
        Scenarios(np.zeros((2, 3)), np.ones(2))
