import pytest

from analysis.assumptions import read_assumptions
from analysis.text.labels import level_words


@pytest.mark.parametrize(
    ("basis", "level"),
    [
        ("article", "the article's figures, which are illustrative"),
        ("office", "the office's own figures"),
        ("assumption", "assumed figures"),
    ],
)
def test_the_level_is_said_to_be_whose_it_is(basis, level):
    learned = read_assumptions(overrides=["level.basis=article"]).with_values(
        {"anchors.none": 0.7}, basis=basis, why="for this test", source="none"
    )
    assert level_words(learned) == level


def test_levels_by_counts_are_not_said_to_be_the_articles():
    assert "article" not in level_words(read_assumptions())
