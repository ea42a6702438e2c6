from functools import partial

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.model.outcomes.calibration import applicant_intervals, calibration_in_the_large
from tests.parallel import on_every_core
from tests.unit.model.outcomes.simulated import answers


def mean_of(outcome):
    return lambda weight: {"rate": weight @ np.asarray(outcome) / weight.sum(axis=1)}


def test_the_value_is_the_statistic_of_the_rows_as_they_are():
    found = applicant_intervals(mean_of([1, 0, 0, 1]), [0, 0, 1, 1], draws=50, seed=1)
    assert found.loc["rate", "value"] == 0.5


def test_graduates_with_equal_rows_leave_no_uncertainty_where_rows_would():
    outcome = np.array([1, 0] * 20)
    people = applicant_intervals(mean_of(outcome), np.repeat(np.arange(20), 2), draws=50, seed=1)
    rows = applicant_intervals(mean_of(outcome), np.arange(40), draws=50, seed=1)
    assert people.loc["rate", "low"] == people.loc["rate", "high"] == 0.5
    assert rows.loc["rate", "high"] > rows.loc["rate", "low"]


def test_the_same_seed_gives_the_same_interval():
    run = [applicant_intervals(mean_of([1, 0, 1]), [0, 1, 2], draws=30, seed=s) for s in (4, 4, 5)]
    assert run[0].equals(run[1])


def test_an_interval_that_most_draws_cannot_tell_has_no_ends():
    found = applicant_intervals(
        lambda weight: {"slope": np.where((weight == 1).all(axis=1), 1.0, np.nan)},
        [0, 1, 2],
        draws=60,
        seed=0,
    )
    assert found.loc["slope", "value"] == 1
    assert np.isnan(found.loc["slope", "low"])


def test_no_rows_are_refused():
    with pytest.raises(ModelError, match="no application"):
        applicant_intervals(mean_of([]), [], draws=3, seed=0)


def gaps_held(seed, draws):
    """Whether 95 % intervals hold the true difference, 0, by graduates and by rows."""
    generator = np.random.default_rng(seed)
    applicant = np.repeat(np.arange(80), 20)
    truth = np.clip(generator.normal(0.5, 0.05, applicant.size), 0.2, 0.8)
    outcome = answers(truth, applicant, 0.3, generator)
    ends = [
        applicant_intervals(
            lambda weight: {"gap": calibration_in_the_large(outcome, truth, weight)},
            unit, draws=draws, seed=seed, level=0.95,
        ).loc["gap"]
        for unit in (applicant, np.arange(applicant.size))
    ]  # fmt: skip
    return [gap["low"] <= 0 <= gap["high"] for gap in ends]


def test_drawing_rows_fails_where_drawing_graduates_holds():
    by_graduates, by_rows = np.mean([gaps_held(seed, 100) for seed in range(40)], axis=0)
    assert by_rows < 0.75 < 0.85 <= by_graduates


@pytest.mark.soak
def test_drawing_graduates_holds_its_ninety_five_per_cent_over_many_runs():
    found = on_every_core(partial(gaps_held, draws=300), range(1000, 1400))
    by_graduates, by_rows = np.mean(found, axis=0)
    assert by_rows < 0.7
    assert 0.91 <= by_graduates <= 0.98
