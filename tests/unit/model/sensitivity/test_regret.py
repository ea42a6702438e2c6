"""What a list gives up when the assumptions are others, and overlap beyond chance."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.model.choice.value import expected_utility
from analysis.model.correlation import scenarios
from analysis.model.sensitivity.smaa import kept_beyond_chance
from benchmarks.robustness_redraws import by_draw, case


def test_regret_is_the_value_of_the_draws_list_less_that_of_the_list_itself():
    what, values = case(draws=12, programs=6, seed=3, limit=2)
    held = replace(what, held={5: "none", 0: "none"}).made(values)
    for draw, own, regret in zip(
        by_draw(what, values), what.lists(values), held.regret, strict=True
    ):
        world = scenarios(*draw)
        more = expected_utility(world, what.utility, own)
        more -= expected_utility(world, what.utility, [5, 0])
        assert regret == pytest.approx(max(more, 0.0), abs=1e-12)
        best = max(
            expected_utility(world, what.utility, pair) for pair in combinations(range(6), 2)
        )
        assert regret <= best - expected_utility(world, what.utility, [5, 0]) + 1e-12


@given(st.integers(0, 10_000))
def test_the_list_of_a_draw_is_never_regretted_there_and_no_regret_is_below_zero(seed):
    what, values = case(draws=5, programs=7, seed=seed, limit=3)
    for number, own in enumerate(what.lists(values)):
        held = replace(what, held=dict.fromkeys(own.tolist(), "none")).made(values)
        assert held.regret[number] == pytest.approx(0, abs=1e-12)
        assert held.regret.min() >= 0
        # It stays where nothing found is worth more by more than the solver's own gap.
        assert sorted(held.chosen[number]) == sorted(own)


def test_lists_drawn_by_lot_share_nothing_beyond_chance():
    rng = np.random.default_rng(1)
    kept = [np.isin(rng.choice(40, 10, replace=False), range(10)).sum() for _ in range(4_000)]
    assert kept_beyond_chance(kept, 10, 40).mean() == pytest.approx(0, abs=0.02)


def test_overlap_beyond_chance_is_one_for_the_same_list_and_unknown_where_all_are_listed():
    assert kept_beyond_chance([10], 10, 40).tolist() == [1.0]
    assert np.isnan(kept_beyond_chance([4, 4], 4, 4)).all()
