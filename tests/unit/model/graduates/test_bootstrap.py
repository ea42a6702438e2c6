import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.model.graduates.bootstrap import applicant_intervals
from analysis.model.graduates.calibration import calibration_in_the_large
from tests.unit.model.graduates.simulated import answers


def mean_of(outcome):
    return lambda weight: {"rate": float(np.average(outcome, weights=weight))}


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
        lambda weight: {"slope": 1.0 if (weight == 1).all() else np.nan},
        [0, 1, 2],
        draws=60,
        seed=0,
    )
    assert found.loc["slope", "value"] == 1
    assert np.isnan(found.loc["slope", "low"])


def test_no_rows_are_refused():
    with pytest.raises(ModelError, match="no application"):
        applicant_intervals(mean_of([]), [], draws=3, seed=0)


def coverage(runs, draws, seed):
    """Share of runs in which 95 % intervals hold the true difference, by graduates and by rows."""
    generator = np.random.default_rng(seed)
    applicant = np.repeat(np.arange(80), 20)
    inside = {"applicants": 0, "rows": 0}
    for run in range(runs):
        truth = np.clip(generator.normal(0.5, 0.05, applicant.size), 0.2, 0.8)
        outcome = answers(truth, applicant, 0.3, generator)
        for name, unit in (("applicants", applicant), ("rows", np.arange(applicant.size))):
            found = applicant_intervals(
                lambda weight, o=outcome, t=truth: {"gap": calibration_in_the_large(o, t, weight)},
                unit, draws=draws, seed=run, level=0.95,
            ).loc["gap"]  # fmt: skip
            inside[name] += found["low"] <= 0 <= found["high"]
    return {name: count / runs for name, count in inside.items()}


def test_drawing_rows_fails_where_drawing_graduates_holds():
    found = coverage(runs=40, draws=100, seed=8)
    assert found["rows"] < 0.75 < 0.85 <= found["applicants"]


@pytest.mark.study
def test_drawing_graduates_holds_its_ninety_five_per_cent_over_many_runs():
    found = coverage(runs=400, draws=300, seed=9)
    assert found["rows"] < 0.7
    assert 0.91 <= found["applicants"] <= 0.98
