"""Interviews and rankings have a factor each, which gives the published chances of a match."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from analysis.assumptions import GROUPS, read_assumptions
from analysis.model.correlation import Mechanism, scenarios
from analysis.model.match_stage import curve_by_interviews, match_rates

ASSUMPTIONS = read_assumptions()
HOW = Mechanism((0.1, 0.2, 0.4), 0.51, 0.0)
chances = st.lists(st.floats(0, 1), min_size=1, max_size=8)


def matched(found):
    return float(1 - np.prod(1 - found.chance, axis=0) @ found.weight)


def test_the_published_curve_comes_back():
    curve = curve_by_interviews((1, 3, 5, 10, 15), ASSUMPTIONS)
    assert list(curve.values()) == pytest.approx([0.545, 0.786, 0.861, 0.927, 0.951], abs=1e-3)


@given(chances, st.floats(0.05, 0.95), st.floats(0, 0.9), st.floats(0, 0.9), st.floats(0, 1))
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


def after_interview(specialty, assumptions):
    """Chance of a match after an interview of each group."""
    kinds = {specialty: assumptions.season_of(specialty).competitiveness}
    return [
        float(match_rates({"degree": group}, [specialty], kinds, None, assumptions)[0])
        for group in GROUPS
    ]


@pytest.mark.parametrize("specialty", sorted(ASSUMPTIONS.season))
def test_the_same_interviews_are_worth_no_more_to_a_group_further_down(specialty):
    found = after_interview(specialty, ASSUMPTIONS)
    assert found == sorted(found, reverse=True)


@given(st.lists(st.none() | st.floats(0.2, 0.95), min_size=4, max_size=4))
@settings(max_examples=15)
def test_whatever_is_cited_the_others_keep_their_odds_and_their_order(rates):
    cited = dict(zip((f"match_rate_{group}" for group in GROUPS), rates, strict=True))
    season = ASSUMPTIONS.season["Neurosurgery"].model_copy(update=cited)
    found = after_interview(
        "Neurosurgery", replace(ASSUMPTIONS, season={**ASSUMPTIONS.season, "Neurosurgery": season})
    )
    odds = [chance / (1 - chance) for chance in found]
    for at, group in enumerate(GROUPS):
        if rates[at] is None and at:
            own = odds[0] * ASSUMPTIONS.value(f"match_odds.{group}")
            before = [odds[one] for one in range(at) if rates[one] is not None]
            assert odds[at] == pytest.approx(min([own, *before]), rel=1e-6)


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


def test_states_are_as_near_to_a_fine_grid_as_the_methods_say():
    z = np.linspace(-8, 8, 401)
    share = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    taken = ndtr((ndtri(0.5445) + np.sqrt(0.51) * z) / np.sqrt(0.49))
    random = np.random.default_rng(1)
    for programs in (4, 15, 40):
        p = random.beta(1, 5, programs)
        by_hand = 0.0
        for rho in HOW.rho:
            invited = ndtr((ndtri(p)[:, None] + np.sqrt(rho) * z) / np.sqrt(1 - rho))
            nowhere = np.exp(sum(np.log1p(-np.outer(each, taken)) for each in invited))
            by_hand += float(1 - share @ nowhere @ share) / len(HOW.rho)
        assert matched(scenarios(p, 0.5445, HOW)) == pytest.approx(by_hand, abs=2e-4)
        assert matched(scenarios(p, 0.5445, HOW, coarse=True)) == pytest.approx(by_hand, abs=2e-3)
