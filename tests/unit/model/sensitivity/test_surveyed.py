import numpy as np
import pandas as pd
import pytest

from analysis.assumptions import factor_components, read_assumptions
from analysis.errors import ModelError
from analysis.model.sensitivity.influence import WEIGHTS, uncertain_inputs
from analysis.model.sensitivity.inputs import (
    matched_concentration,
    surveyed_weights,
)
from analysis.paths import from_root
from analysis.tables import read_pd_responses

BASE = read_assumptions(overrides=["level.basis=article"])
RESPONSES = read_pd_responses(from_root("data/sample/pd_responses.csv"))


def surveyed(responses=RESPONSES, **options):
    return surveyed_weights(responses, factor_components(), BASE, "a survey", **options)


def test_the_weights_are_the_surveys_own_and_say_so():
    found = surveyed(specialties=("Internal Medicine",))
    assert found.respondents == (RESPONSES["specialty"] == "Internal Medicine").sum()
    assert sum(found.assumptions.weights.values()) == pytest.approx(1)
    assert found.assumptions.entries["weights.letters"].basis == "office"
    assert found.assumptions.fingerprint != BASE.fingerprint


def test_surveys_drawn_again_scatter_around_the_surveys_weights_less_if_more_answered():
    few = surveyed()
    many = surveyed(pd.concat([RESPONSES] * 4, ignore_index=True))
    own = list(few.assumptions.weights.values())
    assert few.drawn.mean(axis=0) == pytest.approx(own, abs=0.003)
    assert few.drawn.std(axis=0) == pytest.approx(2 * many.drawn.std(axis=0), rel=0.15)


def test_a_specialty_that_nobody_answered_for_takes_all_respondents():
    assert surveyed(specialties=("Nowhere",)).respondents == len(RESPONSES)


def test_an_unknown_way_to_weigh_is_refused():
    with pytest.raises(ModelError, match="not a way to weigh"):
        surveyed(way="by_heart")


@pytest.mark.parametrize("concentration", [8.0, 50.0, 400.0])
def test_the_concentration_of_dirichlet_weights_is_found_again(concentration):
    base = [0.3, 0.25, 0.2, 0.15, 0.1]
    drawn = np.random.default_rng(1).dirichlet(concentration * np.array(base), 40_000)
    assert matched_concentration(base, drawn) == pytest.approx(concentration, rel=0.03)


def test_weights_that_do_not_scatter_have_no_concentration():
    with pytest.raises(ModelError, match="do not scatter"):
        matched_concentration([0.5, 0.5], [[0.5, 0.5]])


def test_draws_are_rows_of_the_survey_and_ranges_its_quantiles():
    found = surveyed()
    inputs = uncertain_inputs(found.assumptions, (), surveyed=found.drawn)
    values = inputs.drawn(300, seed=3)
    drawn = np.stack([values[name] for name in WEIGHTS], axis=1)
    assert set(map(tuple, drawn)) <= set(map(tuple, found.drawn))
    low, base, high = inputs.ranges()["weights.letters"]
    at = WEIGHTS.index("weights.letters")
    assert [low, high] == pytest.approx(np.quantile(found.drawn[:, at], [0.05, 0.95]).tolist())
    assert base == pytest.approx(found.assumptions.value("weights.letters"))


def test_without_a_survey_the_draws_are_what_they_were():
    plain, with_none = uncertain_inputs(BASE, ()), uncertain_inputs(BASE, (), surveyed=None)
    for name, value in plain.drawn(20, seed=1).items():
        assert np.array_equal(with_none.drawn(20, seed=1)[name], value)
