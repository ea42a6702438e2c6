import pytest

from analysis.advice.labels import level_words, place_caption, sources_text
from analysis.assumptions import read_assumptions


@pytest.mark.parametrize(
    ("basis", "level", "owner"),
    [
        ("article", "the article's figures, which are illustrative", "the article's 70 %"),
        ("office", "the office's own figures", "the office's own 70 %"),
        ("assumption", "assumed figures", "an assumed 70 %"),
    ],
)
def test_the_level_is_said_to_be_whose_it_is(basis, level, owner):
    learned = read_assumptions(overrides=["level.basis=article"]).with_values(
        {"anchors.none": 0.7}, basis=basis, why="for this test", source="none"
    )
    assert level_words(learned) == level
    assert owner in place_caption(learned)
    assert f"rest on {level}; no counts" in sources_text(learned, "article")


def test_levels_by_counts_are_not_said_to_be_the_articles():
    assert "article" not in level_words(read_assumptions())
    assert "article" not in place_caption(read_assumptions())
