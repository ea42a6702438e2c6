import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from analysis.errors import ModelError
from analysis.model.outcomes.calibration import knowing_columns, ranking_auc, temporal_split

people = st.lists(st.tuples(st.integers(2020, 2023), st.integers(0, 9)), min_size=2, max_size=40)


@given(people)
def test_no_graduate_lies_on_both_sides_of_the_split(rows):
    year, who = map(np.array, zip(*rows, strict=True))
    try:
        learn, score = temporal_split(year, who)
    except ModelError:
        return
    assert not set(who[learn]) & set(who[score])
    assert year[learn].max() < year[score].min()


def test_one_year_is_not_enough():
    with pytest.raises(ModelError, match="two years"):
        temporal_split([2024, 2024], ["a", "b"])


def test_a_school_whose_graduates_all_applied_again_teaches_nothing():
    with pytest.raises(ModelError, match="no one to learn from"):
        temporal_split([2024, 2025], ["a", "a"])


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5)), min_size=2, max_size=30))
def test_the_ranking_area_is_scikit_learns(rows):
    outcome, score = zip(*rows, strict=True)
    if len(set(outcome)) < 2:
        assert np.isnan(ranking_auc(outcome, score))
    else:
        assert ranking_auc(outcome, score) == pytest.approx(roc_auc_score(outcome, score))


def features(outcome):
    generator = np.random.default_rng(0)
    n = len(outcome)
    return pd.DataFrame(
        {
            "step2_ck": generator.normal(250, 10, n) + 4 * outcome,
            "interview_day": np.where(outcome == 1, generator.integers(1, 30, n), np.nan),
            "status": pd.Series(np.where(outcome == 1, "invited", "closed"), dtype="str"),
            "points": 10.0 * outcome + generator.random(n),
            "state": pd.Series(generator.choice(["OH", "NY", "TX"], n), dtype="str"),
            "one_word_a_row": pd.Series([f"p{i}" for i in range(n)], dtype="str"),
        }
    )


def test_columns_that_were_filled_in_afterwards_are_named():
    outcome = np.random.default_rng(1).integers(0, 2, 200)
    found = knowing_columns(features(outcome), outcome, np.repeat(np.arange(20), 10), 0.98)
    assert found == ["interview_day", "status", "points"]
