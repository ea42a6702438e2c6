import numpy as np
import pandas as pd
import pytest

from analysis.assumptions import read_assumptions
from analysis.errors import FigureError
from analysis.figures.factor_importance import alt_factor_importance, draw_factor_importance
from analysis.figures.survey_table import alt_survey_table, draw_survey_table
from analysis.model.survey import weights_in_force
from analysis.paths import from_root
from analysis.tables.check import check_table
from tests.figures.conftest import (
    assert_legible,
    collisions,
    marks,
    visible_texts,
)


def survey(factors: int, specialties: tuple[str, ...] = ("Surgery", "Psychiatry")) -> pd.DataFrame:
    rng = np.random.default_rng(factors)
    return pd.DataFrame(
        [
            {
                "factor": f"A factor with a name of some length, number {row}",
                "specialty": specialty,
                "percent_citing": rng.uniform(0.1, 0.95),
                "mean_importance": rng.uniform(2.5, 4.9),
            }
            for row in range(factors)
            for specialty in specialties
        ]
    )


TWO = pd.DataFrame(
    {
        "factor": ["Research", "Letters", "Research", "Letters"],
        "specialty": ["Surgery", "Surgery", "Psychiatry", "Psychiatry"],
        "percent_citing": [0.3, 0.9, 0.5, 0.8],
        "mean_importance": [3.2, 4.1, 3.0, 4.5],
    }
)


def test_the_most_cited_factor_is_on_top_and_each_specialty_has_its_mark(axes):
    draw_survey_table(TWO, axes)
    assert [name.get_text() for name in axes.get_yticklabels()] == ["Letters", "Research"]
    surgery, psychiatry = marks(axes)
    assert list(surgery.get_xdata()) == [0.9, 0.3]
    assert list(psychiatry.get_xdata()) == [0.8, 0.5]
    words = [text.get_text() for text in axes.texts if text.get_text()]
    assert words == ["Surgery", "90% · 4.1", "30% · 3.2", "Psychiatry", "80% · 4.5", "50% · 3.0"]


@pytest.mark.parametrize("factors", [1, 8, 34])
def test_nothing_collides_is_clipped_or_under_eight_points(axes, factors):
    draw_survey_table(survey(factors), axes)
    assert_legible(axes)
    assert axes.figure.get_size_inches()[1] <= 9


def test_no_name_of_a_published_table_of_34_factors_is_cut(axes):
    rows = check_table(from_root("tests/fixtures/exports/survey_table.csv")).strict()
    draw_survey_table(rows, axes)
    assert {name.get_text() for name in axes.get_yticklabels()} == set(rows["factor"])
    assert_legible(axes)


def test_alt_text_is_the_point():
    assert "Surgery cites Letters most (90%) and Research least (30%)" in alt_survey_table(TWO)


def test_three_specialties_side_by_side_are_refused(axes):
    with pytest.raises(FigureError, match="3 specialties are not legible"):
        draw_survey_table(survey(2, ("A", "B", "C")), axes)


def test_a_set_weight_reaches_the_chart_with_the_articles_beside_it(axes):
    weights = weights_in_force(read_assumptions(None, ["weights.step2_ck=0.4"]))
    draw_factor_importance(weights, axes)
    assert axes.patches[0].get_height() == pytest.approx(40)
    beside = axes.collections[0].get_offsets()[:, 1]
    assert list(beside) == pytest.approx([30, 25, 20, 15, 10])
    assert "Step 2 CK 40 (article 30)" in alt_factor_importance(weights)
    texts = visible_texts(axes)
    assert collisions(texts) == []


def test_the_articles_own_weights_have_no_diamonds(axes):
    draw_factor_importance(weights_in_force(read_assumptions()), axes)
    assert not axes.collections
