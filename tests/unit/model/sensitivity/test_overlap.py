import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.errors import ModelError
from analysis.model.sensitivity import smaa as overlap

LISTS = [[2, 0], [2, 0], [0, 2], [1, 2]]


def test_the_share_of_draws_that_choose_a_program_is_counted():
    programs = overlap.selection_acceptability(overlap.list_places(LISTS, 4), [2, 0])
    assert programs["selection_acceptability"].tolist() == [0.75, 0.25, 1, 0]
    assert programs["in_base_list"].tolist() == [True, False, True, False]
    assert programs["low"].iloc[2] == pytest.approx(4 / (4 + 1.959963984540054**2))
    assert (programs["high"] >= programs["selection_acceptability"]).all()


def test_the_share_of_draws_that_take_a_program_at_a_place_is_counted():
    places = overlap.place_acceptability(overlap.list_places(LISTS, 4))
    table = places.pivot(index="program", columns="place", values="acceptability")
    assert table.columns.tolist() == [1, 2]
    assert table.loc[2].tolist() == [0.5, 0.5]
    assert table.loc[3].tolist() == [0, 0]
    assert table.sum().tolist() == [1, 1]


@given(st.integers(0, 10_000), st.integers(0, 6), st.integers(1, 6))
def test_tau_agrees_with_scipy(seed, size, base_size):
    rng = np.random.default_rng(seed)
    base, other = rng.permutation(6)[:base_size], rng.permutation(6)[:size]
    (reference,), places = overlap.list_places([base], 6), overlap.list_places([other], 6)
    (ours,) = overlap.kendall_tau(places, base)
    assert ours == pytest.approx(stats.kendalltau(reference, places[0]).statistic, nan_ok=True)


def test_the_same_list_has_tau_one_and_a_reversed_full_one_minus_one():
    places = overlap.list_places([[0, 1, 2], [2, 1, 0]], 3)
    assert overlap.kendall_tau(places, [0, 1, 2]).tolist() == [1, -1]


def test_no_lists_and_an_empty_base_are_refused():
    with pytest.raises(ModelError):
        overlap.list_places([], 3)
