import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from analysis.errors import ModelError
from analysis.model.outcomes.calibration import brier, brier_parts, chance_bins, log_loss, skill

rows = st.lists(
    st.tuples(st.integers(0, 1), st.floats(0, 1), st.integers(0, 4)), min_size=1, max_size=40
).filter(lambda found: sum(w for *_, w in found) > 0)


@given(rows)
def test_the_brier_score_is_scikit_learns(found):
    outcome, chance, weight = map(np.array, zip(*found, strict=True))
    expected = metrics.brier_score_loss(outcome, chance, sample_weight=weight, labels=[0, 1])
    assert brier(outcome, chance, weight) == pytest.approx(expected, abs=1e-12)


@given(rows)
def test_the_log_loss_is_scikit_learns(found):
    outcome, chance, weight = map(np.array, zip(*found, strict=True))
    expected = metrics.log_loss(outcome, chance, sample_weight=weight, labels=[0, 1])
    assert log_loss(outcome, chance, weight) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@given(rows)
def test_murphys_parts_sum_to_the_brier_score(found):
    outcome, chance, weight = map(np.array, zip(*found, strict=True))
    parts = brier_parts(outcome, chance, weight)
    total = parts.reliability - parts.resolution + parts.uncertainty + parts.within_bins
    assert total == pytest.approx(brier(outcome, chance, weight), abs=1e-12)


def test_nothing_is_hidden_within_bins_of_equal_chances():
    parts = brier_parts([1, 0, 0, 1, 1], [0.25, 0.25, 0.25, 0.75, 0.75])
    assert parts.within_bins == pytest.approx(0, abs=1e-15)
    assert parts.uncertainty == pytest.approx(0.24)
    assert parts.reliability == pytest.approx(0.6 * (0.25 - 1 / 3) ** 2 + 0.4 * 0.25**2)


def test_a_row_of_weight_two_counts_as_two_rows():
    assert brier([1, 0], [0.3, 0.4], [2, 1]) == pytest.approx(brier([1, 1, 0], [0.3, 0.3, 0.4]))


def test_a_tenth_belongs_to_the_bin_it_opens():
    edges = np.arange(10) / 10
    assert chance_bins(edges).tolist() == list(range(10))


def test_skill_is_the_share_of_the_loss_taken_away():
    assert skill(0.1, 0.2) == 0.5
    assert skill(0.3, 0.2) == pytest.approx(-0.5)
    assert np.isnan(skill(0.1, 0.0))


@pytest.mark.parametrize(
    ("outcome", "chance", "says"),
    [
        ([], [], "no application"),
        ([1], [0.5, 0.5], "differ in length"),
        ([2], [0.5], "neither 0 nor 1"),
        ([1], [1.5], "outside 0 to 1"),
        ([1], [np.nan], "unknown"),
    ],
)
def test_rows_that_cannot_be_scored_are_refused(outcome, chance, says):
    with pytest.raises(ModelError, match=says):
        brier(outcome, chance)
