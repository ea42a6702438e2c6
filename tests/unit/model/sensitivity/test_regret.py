"""What a list gives up when the assumptions are others, and overlap beyond chance."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.model.choice.value import expected_utility
from analysis.model.correlation import scenarios
from analysis.model.sensitivity.smaa import kept_beyond_chance, list_regret, resampled_lists
from benchmarks.robustness_redraws import case


def test_regret_is_the_value_of_the_best_list_less_that_of_the_list_by_trying_all():
    draws, utility = case(draws=12, programs=6, seed=3)
    base = [5, 0]
    best = [
        max(
            (list(pair) for pair in combinations(range(6), 2)),
            key=lambda pair, at=at: expected_utility(scenarios(*at), utility, pair),
        )
        for at in zip(*draws[:3], strict=True)
    ]
    by_trying = [
        expected_utility(scenarios(*at), utility, own)
        - expected_utility(scenarios(*at), utility, base)
        for at, own in zip(zip(*draws[:3], strict=True), best, strict=True)
    ]
    assert list_regret(draws, utility, best, base) == pytest.approx(by_trying, abs=1e-12)


@given(st.integers(0, 10_000))
@settings(max_examples=30, derandomize=True, deadline=None)
def test_the_list_of_a_draw_is_never_regretted_there_and_no_regret_is_below_zero(seed):
    draws, utility = case(draws=5, programs=7, seed=seed)
    lists = resampled_lists(draws, utility, 3)
    for number, own in enumerate(lists):
        regret = list_regret(draws, utility, lists, own)
        assert regret[number] == 0
        assert regret.min() >= 0


def test_lists_drawn_by_lot_share_nothing_beyond_chance():
    rng = np.random.default_rng(1)
    kept = [np.isin(rng.choice(40, 10, replace=False), range(10)).sum() for _ in range(4_000)]
    assert kept_beyond_chance(kept, 10, 40).mean() == pytest.approx(0, abs=0.02)


def test_overlap_beyond_chance_is_one_for_the_same_list_and_unknown_where_all_are_listed():
    assert kept_beyond_chance([10], 10, 40).tolist() == [1.0]
    assert np.isnan(kept_beyond_chance([4, 4], 4, 4)).all()
