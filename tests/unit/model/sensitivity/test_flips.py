import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.model.sensitivity import influence as flips
from analysis.model.sensitivity import influence as swings
from analysis.model.sensitivity.inputs import rescaled_weights

seeds = st.integers(0, 10_000)


def case(seed, alternatives=4, components=3):
    rng = np.random.default_rng(seed)
    return rng.random((alternatives, components)), rng.dirichlet(np.ones(components))


def orders_at(values, weights, component, shares):
    scores = rescaled_weights(weights, component, shares) @ values.T
    return [tuple(order) for order in np.argsort(-scores, axis=1)]


@given(seeds)
def test_at_the_flip_two_scores_are_equal(seed):
    values, weights = case(seed, 2)
    share = flips.pairwise_flip(values[0], values[1], weights, 1)
    if np.isfinite(share):
        first, second = values @ rescaled_weights(weights, 1, share)[0]
        assert first == pytest.approx(second, abs=1e-9)


@given(seeds)
def test_the_nearest_flip_of_an_order_agrees_with_brute_force(seed):
    values, weights = case(seed)
    grid = np.linspace(0, 1, 2001)
    (base,) = orders_at(values, weights, 0, weights[0])
    orders = orders_at(values, weights, 0, grid)
    changed = [share for share, order in zip(grid, orders, strict=True) if order != base]
    flip = flips.order_flip(values, weights, 0)
    if changed:
        nearest = min(abs(s - weights[0]) for s in changed)
        assert nearest - 1 / 2000 <= flip.distance <= nearest + 1e-12
    else:
        # What flips closer to an end than one step of the grid is not seen by it.
        assert np.isnan(flip.value) or min(flip.value, 1 - flip.value) <= 1 / 2000


@given(seeds)
def test_the_search_finds_the_flip_of_the_closed_form(seed):
    values, weights = case(seed)
    flip = flips.order_flip(values, weights, 0)
    found = flips.flip_in_range(
        lambda shares: orders_at(values, weights, 0, shares),
        float(weights[0]), 0.0, 1.0, 400,
    )  # fmt: skip
    if np.isfinite(found.value):
        assert flip.distance <= found.distance + 1e-7
        # Equal unless two changes within one step undid each other.
        assert found.distance - flip.distance < 1e-7 or found.distance - flip.distance < 1 / 200
    else:
        assert np.isnan(flip.value)


def test_a_dominated_alternative_never_wins():
    assert np.isnan(flips.pairwise_flip([0.9, 0.9], [0.1, 0.1], [0.5, 0.5], 0))
    flip = flips.order_flip([[0.9, 0.9], [0.1, 0.1]], [0.5, 0.5], 0)
    assert np.isnan(flip.value)
    assert flip.outcome == ()


def test_the_pair_that_changes_places_is_named_the_falling_one_first():
    # (1, 0) against (0, 1): equal at a half, from .7 downwards.
    flip = flips.order_flip([[0, 1], [1, 0]], [0.7, 0.3], 0)
    assert flip.value == pytest.approx(0.5)
    assert flip.distance == pytest.approx(0.2)
    assert flip.outcome == (1, 0)


def test_the_nearer_of_two_flips_is_the_answer():
    flip = flips.flip_in_range(lambda x: [int(v < 0.1) - int(v > 0.6) for v in x], 0.4, 0, 1, 10)
    assert flip.value == pytest.approx(0.6)
    assert flip.outcome == -1


def test_a_result_that_holds_over_the_whole_range_does_not_flip():
    flip = flips.flip_in_range(lambda x: [0] * len(x), 0.4, 0, 1, 10)
    assert np.isnan(flip.value)
    assert np.isnan(flip.distance)
    assert flip.outcome == 0


def test_a_flip_at_the_very_end_of_the_range_is_found():
    assert flips.flip_in_range(lambda x: list(x >= 1), 0.4, 0, 1, 7).value == 1
    assert flips.flip_in_range(lambda x: list(x <= 0), 0.4, 0, 1, 7).value == pytest.approx(0)


def test_a_base_at_the_end_of_its_range_is_searched_on_the_other_side():
    assert flips.flip_in_range(lambda x: list(x > 0.25), 0, 0, 1, 8).value == pytest.approx(0.25)


def test_a_base_outside_its_range_is_refused():
    with pytest.raises(ModelError):
        flips.flip_in_range(lambda x: [0] * len(x), 2, 0, 1, 10)
    with pytest.raises(ModelError):
        flips.pairwise_flip([1, 0], [0, 1], [1, 0], 0)
    with pytest.raises(ModelError):
        swings.tornado(lambda _, x: x, {"a": (0, 2, 1)})
    with pytest.raises(ModelError):
        swings.tornado(lambda _, x: x * np.nan, {"a": (0, 1, 2)})


def test_the_widest_bar_of_a_tornado_comes_first_and_keeps_its_ends():
    slopes = {"narrow": 1.0, "wide": -3.0}
    bars = swings.tornado(
        lambda name, x: slopes[name] * x, {"narrow": (0, 1, 2), "wide": (0, 1, 2)}
    )
    assert bars["input"].tolist() == ["wide", "narrow"]
    assert bars.loc[0, ["answer_low", "answer_base", "answer_high", "swing"]].tolist() == [
        0, -3, -6, 6,
    ]  # fmt: skip
