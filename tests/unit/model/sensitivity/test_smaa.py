import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.spatial import ConvexHull, HalfspaceIntersection

from analysis.errors import ModelError
from analysis.model.sensitivity import smaa

tables = st.integers(0, 10_000).map(
    lambda seed: np.random.default_rng(seed).integers(0, 4, size=(7, 4)).astype(float)
)


def simplex_share(halfspaces):
    """Share of the weights (a, b, 1 - a - b) with all ``n . (a, b) + d <= 0``, by Qhull."""
    triangle = [[-1, 0, 0], [0, -1, 0], [1, 1, -1]]
    planes = np.array(triangle + list(halfspaces), dtype=float)
    # The center of the largest inscribed circle is an inner point, if there is one.
    norms = np.linalg.norm(planes[:, :2], axis=1)
    center = linprog(
        [0, 0, -1],
        A_ub=np.c_[planes[:, :2], norms],
        b_ub=-planes[:, 2],
        bounds=[(None, None)] * 2 + [(0, None)],
    )
    if center.status != 0 or center.x[2] < 1e-9:
        return 0.0
    corners = HalfspaceIntersection(planes, center.x[:2]).intersections
    return ConvexHull(corners).volume / 0.5


def test_three_weights_agree_with_the_areas_that_qhull_computes():
    values = np.array([[0.9, 0.1, 0.3], [0.2, 0.8, 0.5], [0.5, 0.5, 0.6], [0.4, 0.4, 0.1]])
    exact = np.zeros((4, 4))
    for order in itertools.permutations(range(4)):
        # order[0] >= order[1] >= ...: (v_next - v_before) . w <= 0, with c = 1 - a - b
        gaps = [values[after] - values[before] for before, after in itertools.pairwise(order)]
        area = simplex_share([[d[0] - d[2], d[1] - d[2], d[2]] for d in gaps])
        for place, alternative in enumerate(order):
            exact[alternative, place] += area
    assert exact.sum() == pytest.approx(4)
    drawn = smaa.rank_acceptability(
        np.random.default_rng(1).dirichlet(np.ones(3), 40_000) @ values.T
    )
    assert drawn == pytest.approx(exact, abs=0.01)


def test_two_weights_agree_with_the_interval_on_which_each_is_best():
    # .8 w + .2 (1 - w) > .5 exactly when w > .5; the third is never best.
    values = np.array([[0.8, 0.2], [0.5, 0.5], [0.1, 0.1]])
    weights = np.linspace(0.0005, 0.9995, 1000)
    drawn = np.c_[weights, 1 - weights]
    assert smaa.rank_acceptability(drawn @ values.T)[:, 0].tolist() == [0.5, 0.5, 0]
    central = smaa.central_weights(drawn @ values.T, drawn)
    assert central[0] == pytest.approx([0.75, 0.25])
    assert central[1] == pytest.approx([0.25, 0.75])
    assert np.isnan(central[2]).all()


@given(tables)
def test_acceptabilities_agree_with_counting_one_by_one(values):
    expected = np.zeros((4, 4))
    for row in values:
        order = sorted(range(4), key=lambda j: (-row[j], j))
        for place, alternative in enumerate(order):
            expected[alternative, place] += 1 / len(values)
    assert smaa.rank_acceptability(values) == pytest.approx(expected)


@given(tables)
def test_a_win_and_its_mirror_make_one(values):
    wins = smaa.pairwise_wins(values)
    assert wins + wins.T == pytest.approx(np.ones((4, 4)))
    assert wins[0, 1] == pytest.approx(np.mean([(a > b) + (a == b) / 2 for a, b in values[:, :2]]))


def test_an_endless_hold_gives_acceptabilities_of_nothing_and_all():
    values = np.random.default_rng(0).random((6, 5))
    drawn = np.tile([0.3, 0.25, 0.2, 0.15, 0.1], (20, 1)) @ values.T
    assert set(np.unique(smaa.rank_acceptability(drawn))) == {0, 1}


@pytest.mark.parametrize("values", [np.empty((0, 3)), [[np.nan, 1.0]], [1.0, 2.0]])
def test_draws_without_values_are_refused(values):
    with pytest.raises(ModelError):
        smaa.ranks(values)
