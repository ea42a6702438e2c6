import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.model.cohort import season
from tests.unit.model.cohort.classes import assumed, enumerated, member, room

SEED = 20260915


def after(members, draws=20_000, **how):
    return season(members, assumed(members, **how), room(members), draws, SEED)


def test_two_students_who_want_one_place_match_as_often_as_counted_by_hand():
    # Each would be taken with chance .5; both in a quarter of cases, and then one goes without.
    pair = [member("S1", "A", [1.0]), member("S2", "A", [1.0])]
    found = after(pair)
    assert found.alone.mean(axis=0) == pytest.approx([0.5, 0.5], abs=0.01)
    assert found.lost == pytest.approx([0.125, 0.125], abs=0.01)
    assert found.placed.sum(axis=1).mean() == pytest.approx(0.75, abs=0.01)


def test_who_is_likelier_to_be_taken_is_likelier_to_get_the_place():
    pair = [member("S1", "A", [0.9]), member("S2", "A", [0.4])]
    found = after(pair)
    expected = np.array([m.match_chance for m in pair]) - found.lost
    assert expected == pytest.approx(enumerated(pair, steps=200), abs=0.01)
    assert found.lost[0] < found.lost[1]


def test_two_places_for_two_students_cost_nothing():
    pair = [member("S1", "A", [1.0]), member("S2", "A", [1.0])]
    assert after(pair, most=2).lost.tolist() == [0, 0]


def test_a_class_of_one_loses_nothing():
    found = after([member("S1", "A B", [0.5, 0.7])], rho=0.4)
    assert found.lost.tolist() == [0]
    assert (found.alone == found.placed).all()


def test_drawing_agrees_with_summing_over_the_states():
    one = [member("S1", "A B C", [0.2, 0.5, 0.8], rho=0.4)]
    found = after(one, draws=40_000, rho=0.4)
    assert found.alone.mean() == pytest.approx(one[0].match_chance, abs=0.01)


def test_a_common_season_moves_the_spread_and_not_the_mean():
    crowd = [member(f"S{i}", f"P{i}", [0.6], rho=0.8) for i in range(12)]
    apart, together = after(crowd, rho=0.8, shared=0.0), after(crowd, rho=0.8, shared=1.0)
    means = [found.placed.sum(axis=1).mean() for found in (apart, together)]
    assert means[0] == pytest.approx(3.6, abs=0.15)
    assert means[1] == pytest.approx(3.6, abs=0.15)
    assert together.placed.sum(axis=1).std() > 1.5 * apart.placed.sum(axis=1).std()


def test_lost_matches_are_shared_out_among_the_programs_that_turned_away():
    trio = [member(f"S{i}", "A B", [0.9, 0.9], rate=0.9) for i in range(3)]
    found = after(trio, rate=0.9)
    assert found.pairs["matches_lost"].sum() == pytest.approx(found.lost.sum())
    assert found.pairs["ends"].sum() == pytest.approx(found.placed.sum() / len(found.placed))


CHANCES = st.lists(st.floats(0.05, 0.95), min_size=1, max_size=3)


@given(st.lists(CHANCES, min_size=2, max_size=4), st.sampled_from([0.0, 0.4]))
def test_a_classmate_never_raises_anothers_chance_and_luck_is_each_students_own(lists, rho):
    members = [
        member(f"S{i}", " ".join("ABC"[: len(chances)]), chances, rho=rho)
        for i, chances in enumerate(lists)
    ]
    whole = after(members, draws=200, rho=rho, shared=0.3)
    fewer = after(members[:-1], draws=200, rho=rho, shared=0.3)
    assert (whole.alone[:, :-1] == fewer.alone).all()
    assert not (whole.placed[:, :-1] & ~fewer.placed).any()
    assert not (whole.placed & ~whole.alone).any()


@given(st.permutations(range(4)))
@settings(max_examples=10)
def test_the_order_of_the_class_changes_nothing(order):
    members = [member(f"S{i}", "A B", [0.2 + 0.2 * i, 0.5]) for i in range(4)]
    turned = [members[at] for at in order]
    assert after(turned, draws=300).lost.tolist() == after(members, draws=300).lost[order].tolist()


def test_draws_in_blocks_are_the_same_draws(monkeypatch):
    members = [member(f"S{i}", "A B", [0.4, 0.5]) for i in range(3)]
    whole = after(members, draws=101)
    monkeypatch.setattr("analysis.model.cohort.CELLS_AT_A_TIME", 60)
    assert (after(members, draws=101).placed == whole.placed).all()
