import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.errors import ModelError
from analysis.model.sensitivity import inputs as w

BASE = [0.30, 0.25, 0.20, 0.15, 0.10]
bases = st.lists(st.floats(0, 10), min_size=2, max_size=6).filter(lambda b: sum(b) > 0.01)


def test_a_weight_of_thirty_percent_scatters_by_six_points_at_fifty():
    drawn = w.gamma_weights(np.random.default_rng(1).random((20_000, 5)), BASE, 50)
    assert drawn.mean(0) == pytest.approx(BASE, abs=0.002)
    assert drawn[:, 0].std() == pytest.approx(0.0642, abs=0.001)


@given(bases, st.floats(1e-3, 1e9), st.integers(0, 99))
def test_drawn_weights_are_shares_whatever_the_base_and_its_hold(base, hold, seed):
    quantiles = np.random.default_rng(seed).random((5, len(base)))
    drawn = w.gamma_weights(quantiles, base, hold)
    assert np.all(drawn >= 0)
    assert drawn.sum(1) == pytest.approx(np.ones(5))
    assert np.all(drawn[:, np.asarray(base) == 0] == 0)


def test_normalized_gammas_are_distributed_as_the_dirichlet():
    quantiles = np.random.default_rng(3).random((5_000, 5))
    drawn = w.gamma_weights(quantiles, BASE, 50)
    for column, share in zip(drawn.T, BASE, strict=True):
        assert stats.kstest(column, stats.beta(50 * share, 50 * (1 - share)).cdf).pvalue > 0.01


def test_a_gamma_quantile_raises_its_own_weight_and_lowers_the_others():
    low, high = w.gamma_weights([[0.5] * 5, [0.9] + [0.5] * 4], BASE, 50)
    assert high[0] > low[0]
    assert np.all(high[1:] < low[1:])


def test_a_fixed_share_keeps_the_proportions_of_the_others():
    (fixed,) = w.rescaled_weights(BASE, 0, [0.5])
    assert fixed == pytest.approx([0.5, 0.25 / 1.4, 0.2 / 1.4, 0.15 / 1.4, 0.1 / 1.4])


def test_fixing_a_weight_at_its_base_changes_nothing():
    for component, share in enumerate(BASE):
        assert w.rescaled_weights(BASE, component, share)[0] == pytest.approx(BASE, abs=1e-15)


def test_a_survey_of_one_voice_has_no_sampling_error():
    drawn = w.bootstrap_weights([[4, 1], [4, 1]], lambda a: a.mean(0), 6, seed=1)
    assert drawn == pytest.approx(np.tile([0.8, 0.2], (6, 1)))


def test_a_survey_of_two_voices_scatters_as_the_binomial_says():
    drawn = w.bootstrap_weights([[1, 0], [0, 1]], lambda a: a.mean(0), 4_000, seed=1)
    shares = [(drawn[:, 0] == value).mean() for value in (0, 0.5, 1)]
    assert shares == pytest.approx([0.25, 0.5, 0.25], abs=0.03)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: w.gamma_weights([[0.5] * 5], [0, 0], 50),
        lambda: w.gamma_weights([[0.5] * 5], [1, -1], 50),
        lambda: w.gamma_weights([[0.5] * 5], [1, np.nan], 50),
        lambda: w.gamma_weights([[0.5] * 5], BASE, 0),
        lambda: w.gamma_weights([[0.5] * 5], BASE, np.inf),
        lambda: w.rescaled_weights(BASE, 0, [1.2]),
        lambda: w.rescaled_weights([1, 0], 0, [0.5]),
        lambda: w.bootstrap_weights(np.empty((0, 2)), lambda a: a.mean(0), 1, 0),
        lambda: w.bootstrap_weights([[0, 0]], lambda a: a.mean(0), 1, 0),
    ],
)
def test_what_is_no_set_of_weights_is_refused(wrong):
    with pytest.raises(ModelError):
        wrong()
