import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from analysis.errors import ModelError
from analysis.model.outcomes.calibration import (
    calibration_in_the_large,
    calibration_line,
    ece,
    ece_null,
    reliability,
    simulated_outcomes,
)


def drawn(n, slope, level, seed=0):
    generator = np.random.default_rng(seed)
    chance = generator.uniform(0.05, 0.95, n)
    return (generator.random(n) < expit(level + slope * logit(chance))).astype(float), chance


def test_the_slope_is_scikit_learns_without_penalty():
    outcome, chance = drawn(800, 0.7, -0.4)
    fitted = LogisticRegression(C=np.inf, tol=1e-10).fit(logit(chance)[:, None], outcome)
    assert calibration_line(outcome, chance)[0] == pytest.approx(fitted.coef_[0, 0], abs=1e-5)


def test_the_intercept_makes_the_mean_chance_right_at_slope_one():
    outcome, chance = drawn(800, 1, -0.5)
    _, intercept = calibration_line(outcome, chance)
    assert expit(logit(chance) + intercept).mean() == pytest.approx(outcome.mean(), abs=1e-9)


def test_weights_count_as_copies():
    outcome, chance = drawn(60, 0.8, 0.2)
    weight = np.arange(60) % 3
    copied = calibration_line(np.repeat(outcome, weight), np.repeat(chance, weight))
    assert calibration_line(outcome, chance, weight)[0] == pytest.approx(copied[0])


@pytest.mark.parametrize(
    ("outcome", "chance"),
    [([1, 1, 1], [0.2, 0.5, 0.6]), ([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9])],
    ids=["all alike", "separated"],
)
def test_a_slope_that_the_data_cannot_tell_is_not_a_number(outcome, chance):
    assert np.isnan(calibration_line(outcome, chance)[0])


def test_one_chance_for_all_has_a_level_and_no_slope():
    slope, level = calibration_line([1, 0, 0, 0], [0.5] * 4)
    assert level == pytest.approx(logit(0.25))
    assert np.isnan(slope)


def test_calibration_in_the_large_is_the_rate_minus_the_mean_chance():
    assert calibration_in_the_large([1, 1, 0, 0], [0.2, 0.4, 0.2, 0.4]) == pytest.approx(0.2)


def test_the_calibration_error_weighs_bins_by_their_rows():
    # .15 twice with rate .5 is .35 off, .85 once with rate 1 is .15 off.
    assert ece([1, 0, 1], [0.15, 0.15, 0.85]) == pytest.approx((2 * 0.35 + 0.15) / 3)


def test_a_perfect_model_of_a_hundred_applications_shows_an_error_of_a_tenth():
    chance = np.random.default_rng(4).uniform(0, 1, 100)
    assert ece_null(chance, np.arange(100), 0.0) == pytest.approx(0.112, abs=0.02)


def test_applications_that_fall_together_make_a_perfect_model_look_worse():
    chance = np.random.default_rng(4).uniform(0.4, 0.6, 400)
    applicant = np.repeat(np.arange(20), 20)
    assert ece_null(chance, applicant, 0.4) > 1.5 * ece_null(chance, applicant, 0.0)


def test_simulated_outcomes_keep_every_chance_and_repeat():
    chance = np.array([0.0, 0.2, 0.5, 0.9, 1.0])
    fell = [
        simulated_outcomes(chance, np.zeros(5), 0.4, 20_000, np.random.default_rng(1))
        for _ in range(2)
    ]
    assert fell[0].mean(axis=0) == pytest.approx(chance, abs=0.015)
    assert (fell[0] == fell[1]).all()


def test_a_correlation_of_one_is_refused():
    with pytest.raises(ModelError, match=r"not in \[0, 1\)"):
        ece_null([0.5], [0], 1.0)


def test_a_bin_of_few_applicants_shows_no_numbers():
    chance = [0.25] * 40 + [0.75] * 40
    applicant = [*range(40), *[f"x{i % 9}" for i in range(40)]]
    bins = reliability([1, 0] * 40, chance, applicant, 0.1, smallest_cell=10, draws=20)
    assert bins["suppressed"].tolist() == [False, True]
    assert bins.loc[1].drop("suppressed").isna().all()
    assert bins.loc[0, "n_applicants"] == 40


def test_consistency_bands_hold_nine_of_ten_bins_of_a_perfect_model():
    generator = np.random.default_rng(3)
    inside = []
    for seed in range(30):
        chance = generator.uniform(0, 1, 600)
        applicant = np.repeat(np.arange(60), 10)
        outcome = simulated_outcomes(chance, applicant, 0.3, 1, generator)[0]
        bins = reliability(outcome, chance, applicant, 0.3, smallest_cell=10, draws=200, seed=seed)
        inside += bins["rate"].between(bins["band_low"], bins["band_high"]).tolist()
    assert np.mean(inside) == pytest.approx(0.9, abs=0.05)
