import numpy as np
import pandas as pd
import pytest

from analysis.errors import FigureError
from analysis.figures.profile_chances import alt_profile_chances, draw_profile_chances
from tests.figures.conftest import (
    assert_legible,
    intervals,
    marks,
)


def chances(count: int, article: bool = True) -> pd.DataFrame:
    rng = np.random.default_rng(count)
    value = rng.uniform(0, 1, count)
    rows = pd.DataFrame(
        {
            "red_flag": [f"Flag {i} with a name of several words" for i in range(count)],
            "interview_chance": value,
            "low": np.clip(value - 0.2, 0, 1),
            "high": np.clip(value + 0.2, 0, 1),
            "interval": "5–95% range",
            "basis": "assumption",
            "source": "model",
        }
    )
    if article:
        rows["article_chance"] = np.where(np.arange(count) % 2, np.nan, 0.4)
    return rows


def two_flags() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "red_flag": ["None", "Leave"],
            "interview_chance": [0.28, 0.06],
            "low": [0.12, 0.01],
            "high": [0.51, 0.2],
            "article_chance": [0.8, np.nan],
        }
    )


def test_both_answers_are_dots_and_only_the_model_has_a_range(axes):
    draw_profile_chances(two_flags(), axes)
    article, model = marks(axes)
    np.testing.assert_allclose(article.get_xdata(), [0.8])
    np.testing.assert_allclose(model.get_xdata(), [0.28, 0.06])
    assert intervals(axes) == [(0.12, 0.51), (0.01, 0.2)]


def test_numbers_stand_in_columns_with_heads(axes):
    draw_profile_chances(two_flags(), axes)
    words = [text.get_text() for text in axes.texts if text.get_text()]
    assert words == ["Article", "80%", "Model", "28% (12–51)", "6% (1–20)"]


def test_without_the_article_there_is_one_column(axes):
    draw_profile_chances(chances(3, article=False), axes)
    assert "Article" not in [text.get_text() for text in axes.texts]


def test_alt_text_has_both_answers_and_what_the_article_is():
    text = alt_profile_chances(two_flags(), title="Chances at 245")
    assert text == (
        "Dots on a scale. Chances at 245: None model 28% (12–51), article 80%; Leave model 6% "
        "(1–20). Source: not stated. Thin lines and brackets: interval. Article: illustrative, at "
        "one reference program."
    )


@pytest.mark.parametrize("article", [False, True])
@pytest.mark.parametrize("count", [1, 5, 9, 40])
def test_nothing_collides_is_clipped_or_under_eight_points(axes, count, article):
    draw_profile_chances(chances(count, article), axes)
    assert_legible(axes)


def test_an_empty_selection_is_an_error(axes):
    with pytest.raises(FigureError, match="nothing is selected"):
        draw_profile_chances(chances(3).iloc[:0], axes)
