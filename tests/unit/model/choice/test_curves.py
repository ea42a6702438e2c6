import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.model.choice.explain import (
    flat_from,
    frontier,
    match_chance_by_rho,
    match_chance_draws,
    next_application,
)
from analysis.model.choice.problem import list_utility, preference
from analysis.model.correlation import scenarios
from analysis.model.portfolio import Fees, expected_utility, greedy, match_chance
from tests.unit.model.list_oracles import random_market

ERAS = Fees(11, 30, 30)


def test_the_curve_over_rho_starts_at_the_independent_answer_and_falls():
    curve = match_chance_by_rho([0.2] * 10 + [0.9], 0.5, np.arange(10))
    assert curve["independent"].tolist() == [True] + [False] * 8
    assert curve["match_chance"][0] == pytest.approx(1 - 0.9**10, abs=1e-12)
    assert (np.diff(curve["match_chance"]) < 0).all()


def test_the_correlations_that_a_learned_set_mixes_are_points_of_the_curve():
    mixed = match_chance_by_rho([0.2] * 10, 0.5, np.arange(10), (0.29, 0.4))
    assert mixed["rho"].tolist() == [0, 0.1, 0.2, 0.29, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    assert mixed["match_chance"].is_monotonic_decreasing


def test_an_empty_list_never_matches():
    assert match_chance_by_rho([0.5], 0.5, [])["match_chance"].eq(0).all()
    assert match_chance_draws(np.empty((3, 0)), [0.5] * 3, 0.2).tolist() == [0, 0, 0]


def test_each_draw_is_the_match_chance_of_its_own_chances():
    random = np.random.default_rng(2)
    chances, rates = random.uniform(0.05, 0.9, (4, 12)), random.uniform(0.3, 0.6, 4)
    drawn = match_chance_draws(chances, rates, [0.1, 0.4])
    for draw in range(4):
        alone = scenarios(chances[draw], rates[draw], [0.1, 0.4])
        assert drawn[draw] == pytest.approx(match_chance(alone, np.arange(12)), abs=3e-4)


def test_draws_of_other_shapes_are_refused():
    with pytest.raises(ModelError, match="do not belong together"):
        match_chance_draws(np.zeros((3, 2)), [0.5] * 2, 0.2)


def test_the_next_application_costs_more_after_30_and_adds_what_the_list_gains():
    market, utility = random_market(8, 40, 0.2)
    curve = next_application(market, utility, 40, ERAS)
    assert curve["next_fee_usd"].tolist() == [11.0] * 30 + [30.0] * 10
    assert curve["fee_usd"].iloc[-1] == 330 + 300
    picked = curve["program"].to_numpy()
    assert picked.tolist() == greedy(market, utility, 40).tolist()
    assert curve["value"].iloc[9] == pytest.approx(expected_utility(market, utility, picked[:10]))
    assert curve["match_gain"].sum() == pytest.approx(match_chance(market, picked))
    first = curve.iloc[0]
    assert first["usd_per_point"] == pytest.approx(11 / (100 * first["match_gain"]))


def test_two_specialties_each_pay_the_first_price():
    market, utility = random_market(8, 40, 0.2)
    curve = next_application(market, utility, 40, ERAS, np.arange(40) % 2)
    assert curve["next_fee_usd"].eq(11).all()


def test_a_curve_is_flat_from_where_no_later_step_reaches_the_gain_asked_for():
    steps = pd.DataFrame({"applications": [1, 2, 3, 4], "match_gain": [0.3, 0.001, 0.02, 0.004]})
    assert flat_from(steps, 0.005) == 3
    assert flat_from(steps, 0.5) == 0
    assert flat_from(steps, 0.004) is None
    assert flat_from(steps[:0], 0.005) is None


def test_the_more_any_match_is_worth_the_safer_and_the_less_wished_for_the_list():
    random = np.random.default_rng(0)
    chance = np.linspace(0.05, 0.9, 30)
    wished = np.clip(1 - chance + random.uniform(-0.1, 0.1, 30), 0, 1)
    swept = frontier(scenarios(chance, 0.5, 0.3), wished, 6, [0.0, 0.5, 1.0])
    assert (np.diff(swept["match_chance"]) >= 0).all()
    assert (np.diff(swept["preference_if_matched"]) <= 0).all()
    assert [len(chosen) for chosen in swept["chosen"]] == [6, 6, 6]


def test_preference_is_the_place_and_prestige_only_as_far_as_it_is_wished():
    prestige, there = [6, 4, 10], [False, True, True]
    flat = preference(prestige, there, places_stated=False)
    assert flat.tolist() == [1.0, 1.0, 1.0]
    assert preference(prestige, there, places_stated=True).tolist() == [0.0, 1.0, 1.0]
    half = preference(prestige, there, places_stated=True, wish_prestige=0.5)
    assert half.tolist() == [0.3, 0.7, 1.0]
    own = [np.nan, 0.25, np.nan]
    named = preference(prestige, there, places_stated=True, wish_prestige=0.5, own=own)
    assert named.tolist() == [0.3, 0.25, 1.0]


def test_wishes_off_their_scale_are_refused():
    with pytest.raises(ModelError, match="outside its scale"):
        preference([12], [True], places_stated=True, wish_prestige=0.5)
    with pytest.raises(ModelError, match="expected 0 to 1"):
        list_utility([0.5], 1.2)
