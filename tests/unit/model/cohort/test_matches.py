from itertools import product

import numpy as np
import pytest

from analysis.assumptions import read_assumptions
from analysis.errors import ModelError
from analysis.model.cohort import (
    as_assumed,
    as_varied,
    matches_by_step,
    matches_if_independent,
    season,
)
from tests.unit.model.cohort.classes import assumed, member, room

ASSUMPTIONS = read_assumptions()


def test_coins_are_counted_as_by_hand():
    chances = [0.1, 0.5, 0.8]
    by_hand = np.zeros(4)
    for coins in product([0, 1], repeat=3):
        by_hand[sum(coins)] += np.prod(
            [c if x else 1 - c for c, x in zip(chances, coins, strict=True)]
        )
    assert matches_if_independent(chances) == pytest.approx(by_hand)


def steps_of(members, draws=4000, tails=(0.05, 0.95), **how):
    base = season(members, assumed(members, **how), room(members), draws, 1)
    alone = [m.match_chance for m in members]
    return matches_by_step(alone, base, base, tails).set_index("step")


def test_a_class_of_one_is_expected_to_match_with_the_students_own_chance():
    one = [member("S1", "A B", [0.5, 0.7], rho=0.4)]
    steps = steps_of(one, rho=0.4)
    assert steps.loc[["independent", "one_season", "shared_places"], "expected"].tolist() == (
        [one[0].match_chance] * 3
    )


def test_sharing_takes_what_is_lost_off_the_sum_of_the_chances():
    pair = [member("S1", "A", [1.0]), member("S2", "A", [1.0])]
    expected = steps_of(pair, draws=20_000)["expected"]
    assert expected["one_season"] == 1
    assert expected["shared_places"] == pytest.approx(0.75, abs=0.01)


def test_the_interval_holds_at_least_as_often_as_it_says():
    crowd = [member(f"S{i}", f"P{i % 5}", [0.3 + 0.05 * i]) for i in range(10)]
    coins = np.cumsum(matches_if_independent([m.match_chance for m in crowd]))
    row = steps_of(crowd).loc["independent"]
    low, high = int(row["low"]), int(row["high"])
    assert coins[high] - (coins[low - 1] if low else 0) >= 0.9
    # One narrower at either end, and it would hold too rarely on that side.
    assert coins[low] >= 0.05
    assert coins[high - 1] < 0.95


def test_a_season_in_common_widens_the_interval():
    crowd = [member(f"S{i}", f"P{i}", [0.6], rho=0.8) for i in range(20)]
    steps = steps_of(crowd, rho=0.8, shared=0.9)
    width = steps["high"] - steps["low"]
    assert width["one_season"] > width["independent"]


def test_what_is_assumed_is_read_from_the_assumptions():
    members = [member("S1", "A", [0.4]), member("S2", "A B", [0.3, 0.6])]
    found = as_assumed(members, ASSUMPTIONS)
    assert found.rho.tolist() == [0.1, 0.2, 0.4]
    assert found.chance[2].tolist() == [0.4, 0.3, 0.6]
    assert set(found.most.tolist()) == {1}


def test_what_is_varied_is_varied_for_all_at_once_and_the_same_each_time():
    drawn = np.linspace(0.1, 0.9, 30)[:, None]
    one = member("S1", "A", [0.4])
    members = [type(one)(f"S{i}", ("A",), one.chance, drawn, 0.2) for i in range(2)]
    found, again = (as_varied(members, ASSUMPTIONS) for _ in range(2))
    assert found.chance[:, 0].tolist() == drawn[:, 0].tolist()
    assert (found.threshold == again.threshold).all()
    assert set(found.most.tolist()) == {1, 2, 3}
    assert 0 <= found.shared.min() < found.shared.max() <= 0.5


def test_members_without_draws_cannot_be_varied():
    one = member("S1", "A", [0.4])
    other = type(one)("S2", ("A",), one.chance, np.empty((0, 1)), 0.2)
    with pytest.raises(ModelError, match="equally many joint draws"):
        as_varied([one, other], ASSUMPTIONS)
