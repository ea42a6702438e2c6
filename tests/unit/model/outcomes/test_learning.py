"""Clusters, pooling, over-dispersion, shrinkage: each against an oracle or a known truth."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from scipy.special import expit, logit, ndtr, ndtri
from sklearn.linear_model import LogisticRegression

from analysis.errors import ModelError
from analysis.model.outcomes.posterior import (
    Applicants,
    Prior,
    design_effect,
    gaussian,
    likelihood,
    on_a_grid,
    posterior,
    prior_sample_size,
)
from tests.unit.model.outcomes.simulated import PRIORS, World, world

PLACES = np.log([0.3, 0.7]), np.array([0.2, 0.6])


def applicants_of(drawn):
    return Applicants.of(drawn.outcome, logit(drawn.prior), drawn.design, drawn.applicant)


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
def test_the_likelihood_is_the_integral_over_the_common_factor(rho):
    chance, outcome = np.array([0.2, 0.6, 0.7]), np.array([0, 1, 0])

    def product(z):
        p = ndtr((ndtri(chance) + np.sqrt(rho) * z) / np.sqrt(1 - rho))
        return stats.norm.pdf(z) * np.prod(np.where(outcome == 1, p, 1 - p))

    rows = Applicants.of(outcome, logit(chance), np.zeros((3, 1)), ["a"] * 3)
    expected = np.log(quad(product, -9, 9, epsabs=1e-13)[0])
    assert likelihood(rows, [0.0], rho).value == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("places", [None, PLACES])
@pytest.mark.parametrize("highest", [1.0, 0.8])
def test_slope_and_curvature_are_those_of_finite_differences(highest, places):
    drawn = world(0, applicants=30)
    doors = np.where(drawn.tier == 1, 0.6, 1.0)
    rows = Applicants.of(
        drawn.outcome,
        logit(drawn.prior),
        drawn.design,
        drawn.applicant,
        opening=doors,
        highest=highest,
        places=places,
    )
    at, step = np.random.default_rng(1).normal(0, 0.3, len(World.kinds)), 1e-5
    here = likelihood(rows, at, 0.3)
    ahead = [likelihood(rows, at + step * unit, 0.3) for unit in np.eye(len(World.kinds))]
    behind = [likelihood(rows, at - step * unit, 0.3) for unit in np.eye(len(World.kinds))]
    slope = [(a.value - b.value) / (2 * step) for a, b in zip(ahead, behind, strict=True)]
    curve = [(a.gradient - b.gradient) / (2 * step) for a, b in zip(ahead, behind, strict=True)]
    assert here.gradient == pytest.approx(slope, abs=1e-6)
    assert here.hessian == pytest.approx(np.array(curve), abs=1e-5)


def test_a_chance_is_that_of_the_door_times_the_readers_at_most_the_highest():
    rows = Applicants.of(
        [0, 0, 0], [0.0, 5.0, 1.0], np.ones((3, 1)), [0, 1, 2], opening=[0.5, 0.5, 1], highest=0.8
    )
    # Far from the corner it is the model's own chance; a log-odds of 1 is a chance of .731.
    assert rows.shifted([0.0])[0] == pytest.approx([0.25, 0.4, expit(1)], abs=2e-3)


def test_files_at_the_highest_chance_do_not_make_a_slope_look_flat():
    generator = np.random.default_rng(5)
    better = generator.normal(0, 1.5, 4000)
    truth = np.minimum(expit(1 + 1.5 * better), 0.8)
    got = generator.random(4000) < truth
    who = np.arange(4000)
    design = np.column_stack([np.ones(4000), better])
    found = [
        gaussian(
            Applicants.of(got, np.zeros(4000), design, who, highest=highest),
            np.full(2, 10.0),
            0.0,
            np.zeros(2),
        )
        for highest in (0.8, 1.0)
    ]
    error = 3 * np.sqrt(found[0].covariance[1, 1])
    assert found[0].shift[1] == pytest.approx(1.5, abs=error)
    assert found[1].shift[1] < 1.5 - error


def test_given_a_match_the_likelihood_is_divided_by_the_chance_of_one():
    chance, outcome, rho = np.array([0.2, 0.6, 0.7]), np.array([0, 1, 0]), 0.3

    def at(z):
        return ndtr((ndtri(chance) + np.sqrt(rho) * z) / np.sqrt(1 - rho))

    def integral(of):
        return quad(lambda z: stats.norm.pdf(z) * of(at(z)), -9, 9, epsabs=1e-13)[0]

    seen = integral(lambda p: np.prod(np.where(outcome == 1, p, 1 - p)))
    unmatched = integral(lambda p: 0.3 * np.prod(1 - 0.2 * p) + 0.7 * np.prod(1 - 0.6 * p))
    rows = Applicants.of(outcome, logit(chance), np.zeros((3, 1)), ["a"] * 3, places=PLACES)
    expected = np.log(seen / (1 - unmatched))
    assert likelihood(rows, [0.0], rho).value == pytest.approx(expected, abs=1e-6)


def test_a_match_that_is_all_but_impossible_still_has_a_likelihood():
    outcome, odds = np.array([1.0, 0.0, 0.0, 0.0]), np.full(4, -40.0)
    rows = Applicants.of(outcome, odds, np.ones((4, 1)), ["a"] * 4, places=PLACES)
    found = likelihood(rows, [0.0], 0.85)
    assert np.isfinite([found.value, *found.gradient, *found.hessian.ravel()]).all()


def test_the_order_of_rows_does_not_matter():
    drawn = world(1, applicants=20)
    mixed = drawn.rows(np.random.default_rng(2).permutation(len(drawn.flag)))
    at = np.linspace(-0.3, 0.3, len(World.kinds))
    values = [likelihood(applicants_of(w), at, 0.3).value for w in (drawn, mixed)]
    assert values[0] == pytest.approx(values[1], rel=1e-12)


@pytest.mark.parametrize(
    ("outcome", "odds", "says"),
    [([], [], "no application"), ([1], [-np.inf], "closed gate"), ([2], [0.0], "neither 0 nor 1")],
)
def test_rows_that_teach_nothing_are_refused(outcome, odds, says):
    with pytest.raises(ModelError, match=says):
        Applicants.of(outcome, odds, np.ones((len(outcome), 1)), outcome)


def test_without_data_on_a_flag_its_shift_is_known_no_better_than_before():
    drawn = world(2, applicants=40)
    spotless = drawn.rows(drawn.flag == 0)
    found = posterior(applicants_of(spotless), World.kinds, PRIORS)
    assert found.shift[1:6] == pytest.approx(np.zeros(5), abs=0.1)
    # With a scale from a half-normal of 1 the standard deviation is 1.
    assert found.draws[:, 1:6].std(axis=0) == pytest.approx(np.ones(5), abs=0.25)


def test_a_wide_prior_gives_the_maximum_likelihood_and_a_narrow_one_the_survey():
    rows = applicants_of(world(3, applicants=60, level=0.8))
    one = replace(rows, design=rows.design[:, :1])
    wide, narrow = (gaussian(one, np.array([s]), 0.0, [0.0]).shift[0] for s in (1e3, 1e-4))
    assert expit(one.logit + wide).mean() == pytest.approx(one.outcome.mean(), abs=1e-6)
    assert narrow == pytest.approx(0, abs=1e-4)


def test_with_independent_answers_the_top_is_scikit_learns_ridge_regression():
    drawn = world(6, applicants=60, rho=0.0, level=0.5)
    design = drawn.design[:, :6]
    rows = Applicants.of(drawn.outcome, np.zeros(len(design)), design, drawn.applicant)
    found = gaussian(rows, np.full(6, 1.5), 0.0, np.zeros(6)).shift
    ridge = LogisticRegression(C=1.5**2, fit_intercept=False, tol=1e-10, max_iter=1000)
    # The last step of the search is a parabola's: off by a twentieth of a standard error at most.
    assert found == pytest.approx(ridge.fit(design, drawn.outcome).coef_[0], abs=2e-3)


def test_the_draws_are_those_of_a_posterior_worked_out_on_a_grid():
    generator = np.random.default_rng(8)
    who, slope = np.repeat(np.arange(50), 6), generator.normal(0, 1, 300)
    common = generator.standard_normal(50)[who]
    given = ndtr((ndtri(expit(0.3 + 0.8 * slope)) + np.sqrt(0.3) * common) / np.sqrt(0.7))
    got = (generator.random(300) < given).astype(float)
    rows = Applicants.of(got, np.zeros(300), np.column_stack([np.ones(300), slope]), who)
    fit = gaussian(rows, np.array([1.0, 0.7]), 0.3, np.zeros(2))
    z, weight = np.polynomial.hermite_e.hermegauss(40)
    levels, slopes = np.linspace(-0.8, 1.4, 45), np.linspace(-0.2, 1.8, 45)
    height = np.empty((45, 45))
    for (i, level), (j, steep) in product(enumerate(levels), enumerate(slopes)):
        at = ndtri(expit(level + steep * slope))[:, None] + np.sqrt(0.3) * z
        log_each = np.log(ndtr((2 * got[:, None] - 1) * at / np.sqrt(0.7)))
        together = np.exp(log_each.reshape(50, 6, -1).sum(axis=1)) @ weight
        height[i, j] = np.log(together).sum() - level**2 / 2 - steep**2 / (2 * 0.49)
    density = np.exp(height - height.max())
    for column, values in enumerate((levels, slopes)):
        share = density.sum(axis=1 - column) / density.sum()
        mean = share @ values
        spread = np.sqrt(share @ (values - mean) ** 2)
        assert fit.shift[column] == pytest.approx(mean, abs=0.1 * spread)
        assert np.sqrt(fit.covariance[column, column]) == pytest.approx(spread, rel=0.05)


def test_shifted_flags_are_found():
    shifts = np.array([0.9, -0.8, 0.9, -0.9, 0.8])
    found = posterior(applicants_of(world(4, shifts=shifts)), World.kinds, PRIORS)
    low, high = np.quantile(found.draws[:, 1:6], [0.05, 0.95], axis=0)
    assert ((low <= shifts) & (shifts <= high)).sum() >= 4


def test_kinds_that_do_not_fit_the_design_are_refused():
    with pytest.raises(ModelError, match="do not fit"):
        posterior(applicants_of(world(0, applicants=12)), ["level"], PRIORS)


def test_the_correlation_of_one_graduates_answers_is_found():
    found = posterior(applicants_of(world(4, applicants=80, rho=0.3)), World.kinds, PRIORS).rho
    assert found.low <= 0.3 <= found.high
    assert found.high - found.low < 0.3
    assert found.n == 80


def leaves_without_an_interview():
    """Twelve leaves, 180 applications, no interview; 120 others with three of ten."""
    who = np.repeat(np.arange(132), 15)
    leave = who < 12
    outcome = ((np.arange(who.size) % 10 < 3) & ~leave).astype(float)
    base = np.where(leave, logit(0.3), logit(0.3))
    return Applicants.of(outcome, base, np.column_stack([np.ones(who.size), leave]), who)


def test_a_flag_without_an_interview_is_rare_and_not_impossible():
    rows = leaves_without_an_interview()
    priors = {"level": Prior(1.0), "flag": Prior(1.0, pooled=True)}
    found = posterior(rows, ["level", "flag"], priors, sparse=[1])
    low, middle, high = np.quantile(expit(logit(0.3) + found.draws.sum(axis=1)), [0.05, 0.5, 0.95])
    assert 0.0002 < low < 0.005 < middle < 0.015 < high < 0.05


def test_the_draws_of_an_empty_cell_follow_the_exact_posterior():
    # One shift of known spread and independent answers: 40 refusals, and a normal prior.
    rows = Applicants.of(np.zeros(40), np.zeros(40), np.ones((40, 1)), np.arange(40))
    found = posterior(rows, ["flag"], {"flag": Prior(2.0)}, sparse=[0])
    grid = np.linspace(-12, 4, 4001)
    density = np.exp(-40 * np.log1p(np.exp(grid)) - grid**2 / 8)
    share = np.cumsum(density) / density.sum()
    exact = np.interp([0.05, 0.5, 0.95], share, grid)
    # The correlation cannot be told from single answers and leaves each mean as it is.
    assert np.quantile(found.draws[:, 0], [0.05, 0.5, 0.95]) == pytest.approx(exact, abs=0.12)


def test_a_grid_gives_the_interval_of_a_normal_for_a_parabola():
    found = on_a_grid(lambda x: -0.5 * (x - 1) ** 2, np.linspace(-5, 5, 9), 3)
    assert (found.low, found.value, found.high) == pytest.approx((-0.644854, 1, 2.644854), abs=1e-2)
    assert not found.at_bound


def test_a_density_that_never_falls_says_that_it_ends_where_the_search_did():
    found = on_a_grid(lambda x: x / 100, [0.0, 1.0, 2.0, 5.0], 3)
    assert found.at_bound


def test_the_worth_of_the_survey_is_the_top_of_the_beta_binomial_likelihood():
    generator = np.random.default_rng(7)
    prior = generator.uniform(0.1, 0.8, 60)
    tried = generator.integers(5, 60, 60)
    got = generator.binomial(tried, generator.beta(20 * prior, 20 * (1 - prior)))
    found = prior_sample_size(got, tried, prior, 500.0)
    grid = np.exp(np.linspace(np.log(2), np.log(300), 2000))
    heights = [stats.betabinom.logpmf(got, tried, v * prior, v * (1 - prior)).sum() for v in grid]
    assert found.low < grid[np.argmax(heights)] < found.high
    assert found.low < 20 < found.high


def test_cells_that_keep_to_the_survey_make_it_worth_the_cap():
    found = prior_sample_size([20] * 12, [40] * 12, [0.5] * 12, 500.0)
    assert found.value > 200
    assert found.at_bound


def test_single_applications_do_not_tell_how_far_cells_stray():
    with pytest.raises(ModelError, match="two applications"):
        prior_sample_size([1, 0], [1, 1], [0.5, 0.5], 500.0)


def test_the_design_effect_is_the_variance_of_simulated_counts_over_a_binomials():
    applicant = np.repeat(np.arange(6), 4)
    chance = np.tile([0.2, 0.4, 0.6, 0.6], 6)
    cell = np.tile([0, 0, 1, 1], 6)
    generator = np.random.default_rng(0)
    common = generator.standard_normal((40_000, 6))[:, applicant]
    given_it = ndtr((ndtri(chance) + np.sqrt(0.3) * common) / np.sqrt(0.7))
    fell = generator.random(given_it.shape) < given_it
    counted = [fell[:, cell == c].sum(axis=1).var() for c in (0, 1)]
    coin = [12 * 0.3 * 0.7, 12 * 0.6 * 0.4]
    found = design_effect(chance, applicant, cell, 0.3)
    assert found == pytest.approx(np.divide(counted, coin), rel=0.03)


def test_independent_equal_chances_need_no_correction():
    assert design_effect([0.3] * 4, [0, 0, 1, 1], [0, 0, 0, 2], 0.0) == pytest.approx([1, 1, 1])
