import numpy as np
import pandas as pd
import pytest

from analysis import tables
from analysis.assumptions import COMPONENTS, factor_components, read_assumptions
from analysis.errors import ModelError
from analysis.model.sensitivity.inputs import bootstrap_weights
from analysis.model.survey import (
    WAYS,
    component_weights,
    factor_ratings,
    rank_order_centroid,
    survey_assumptions,
    weighing,
)
from analysis.paths import from_root

ASSUMPTIONS = read_assumptions()
COMPONENT_OF = {name: name for name in COMPONENTS} | {"second flag": "red_flags"}


def responses(citing, rating, of=20):
    """So many of `of` respondents cite each factor, all with the same rating."""
    rows = {
        name: [float(rating[name])] * count + [np.nan] * (of - count)
        for name, count in citing.items()
    }
    return pd.DataFrame({"respondent_id": [f"R{at}" for at in range(of)], "specialty": "X"} | rows)


CITING = dict(zip(COMPONENTS, (20, 16, 14, 12, 10), strict=True))
RATING = dict(zip(COMPONENTS, (4, 5, 3, 4, 2), strict=True))


def test_rank_order_centroids_of_five():
    found = rank_order_centroid(5)
    assert found == pytest.approx([137 / 300, 77 / 300, 47 / 300, 9 / 100, 1 / 25])
    assert found.sum() == pytest.approx(1)


def test_a_factor_is_rated_by_who_cites_it_and_how_much():
    ratings = factor_ratings(responses(CITING, RATING), ASSUMPTIONS, asked=80)
    row = ratings.set_index("factor").loc["clerkships"]
    assert row["n"] == 20
    assert row["n_citing"] == 16
    assert row["percent_citing"] == pytest.approx(0.8)
    assert row["mean_importance"] == 5
    assert row["importance"] == pytest.approx(4)
    assert row["low"] <= row["importance"] <= row["high"]
    assert row["response_rate"] == 0.25
    assert ratings["importance"].is_monotonic_decreasing


def test_a_factor_keeps_the_survey_s_wording_and_a_code_becomes_words():
    frame = responses(CITING, RATING).rename(columns={"letters": "USMLE Step 2 CK score"})
    labels = factor_ratings(frame, ASSUMPTIONS).set_index("factor")["label"]
    assert labels["USMLE Step 2 CK score"] == "USMLE Step 2 CK score"
    assert labels["red_flags"] == "Red flags"


def test_a_means_interval_is_students_t():
    frame = responses(CITING, RATING)
    frame["letters"] = [4.0] * 5 + [2.0] * 5 + [np.nan] * 10
    row = factor_ratings(frame, ASSUMPTIONS).set_index("factor").loc["letters"]
    # SD 1.0541 of ten, t(9) 2.2622: 3 -+ .754
    assert row[["mean_low", "mean_high"]].tolist() == pytest.approx([2.246, 3.754], abs=1e-3)


def test_cells_of_fewer_than_ten_people_show_no_number_but_their_name():
    few = CITING | {"research": 9}
    ratings = factor_ratings(responses(few, RATING), ASSUMPTIONS).set_index("factor")
    assert ratings.loc["research", "suppressed"]
    assert np.isnan(ratings.loc["research", "percent_citing"])
    assert np.isnan(ratings.loc["research", "n_citing"])
    assert not ratings.loc["red_flags", "suppressed"]


def test_a_component_without_a_factor_that_can_be_shown_is_named():
    ratings = factor_ratings(responses(CITING | {"research": 9}, RATING), ASSUMPTIONS)
    with pytest.raises(ModelError, match="research"):
        component_weights(ratings, COMPONENT_OF)


def test_the_ways_to_weigh_stand_side_by_side():
    ratings = factor_ratings(responses(CITING, RATING), ASSUMPTIONS)
    weights = component_weights(ratings, COMPONENT_OF).set_index("component")
    # Cited times mean: 4, 4, 2.1, 2.4, 1.
    assert weights["cited_times_mean"].tolist() == pytest.approx(
        np.array([4, 4, 2.1, 2.4, 1]) / 13.5
    )
    assert weights["mean_among_citing"].tolist() == pytest.approx(np.array([4, 5, 3, 4, 2]) / 18)
    first_two = (137 + 77) / 600
    assert weights["rank_order_centroid"].tolist() == pytest.approx(
        [first_two, first_two, 9 / 100, 47 / 300, 1 / 25]
    )
    assert weights[list(WAYS)].sum().tolist() == pytest.approx([1, 1, 1])


def test_factors_without_a_component_are_left_out_and_named():
    frame = responses(CITING, RATING).assign(couch=3.0, second_flag=2.0)
    weights = component_weights(factor_ratings(frame, ASSUMPTIONS), COMPONENT_OF)
    assert weights.attrs["unmapped"] == ("couch",)
    row = weights.set_index("component").loc["red_flags"]
    assert set(row["factors"]) == {"red_flags", "second_flag"}


def test_one_specialty_alone():
    frame = pd.concat([responses(CITING, RATING), responses(CITING, RATING).assign(specialty="Y")])
    assert set(factor_ratings(frame, ASSUMPTIONS)["n"]) == {40}
    assert set(factor_ratings(frame, ASSUMPTIONS, "Y")["n"]) == {20}
    with pytest.raises(ModelError, match="X, Y"):
        factor_ratings(frame, ASSUMPTIONS, "Z")


def test_more_answers_than_were_asked_are_refused():
    with pytest.raises(ModelError, match="asked"):
        factor_ratings(responses(CITING, RATING), ASSUMPTIONS, asked=19)


@pytest.mark.parametrize("way", WAYS)
def test_weighing_all_responses_is_the_weights_of_the_survey(way):
    frame = tables.read_pd_responses(from_root("data/sample/pd_responses.csv"))
    weights = component_weights(factor_ratings(frame, ASSUMPTIONS), factor_components())
    factors = [factor for own in weights["factors"] for factor in own]
    again = weighing(factors, factor_components(), way)(frame[factors].to_numpy(dtype=float))
    assert again == pytest.approx(weights[way].to_numpy())


def test_drawing_respondents_again_scatters_around_the_surveys_weights():
    frame = tables.read_pd_responses(from_root("data/sample/pd_responses.csv"))
    weights = component_weights(factor_ratings(frame, ASSUMPTIONS), factor_components())
    factors = [factor for own in weights["factors"] for factor in own]
    answers = frame[factors].to_numpy(dtype=float)
    drawn = bootstrap_weights(answers, weighing(factors, factor_components()), 300, seed=1)
    assert drawn.mean(axis=0) == pytest.approx(weights["cited_times_mean"].to_numpy(), abs=0.002)
    assert drawn.std(axis=0).min() > 0.001


def test_a_way_that_is_not_known_is_refused():
    with pytest.raises(ModelError, match="rank_order_centroid"):
        weighing(list(COMPONENTS), COMPONENT_OF, "by_gut")


def test_the_surveys_weights_become_assumptions():
    weights = component_weights(
        factor_ratings(responses(CITING, RATING), ASSUMPTIONS), COMPONENT_OF
    )
    own = survey_assumptions(ASSUMPTIONS, weights, "Survey of our directors, 2026")
    assert own.weights == pytest.approx(
        dict(zip(COMPONENTS, np.array([4, 4, 2.1, 2.4, 1]) / 13.5, strict=True))
    )
    assert own.entries["weights.letters"].basis == "office"
    assert own.entries["weights.letters"].source == "Survey of our directors, 2026"
    assert own.value("logit_scale") == ASSUMPTIONS.value("logit_scale")
    assert own.fingerprint != ASSUMPTIONS.fingerprint
