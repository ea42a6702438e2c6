"""Whose figures the level of the chances begins at, in words."""

from __future__ import annotations

from types import MappingProxyType

from analysis.advice.labels import percent
from analysis.assumptions import Assumptions

__all__ = ["ARTICLE_LEVEL", "level_words", "place_caption"]

SPOTLESS = "anchors.none"  # the chance that all others are held against
ARTICLE_LEVEL = "the article's figures, which are illustrative"
LEVELS = MappingProxyType(
    {
        "article": ARTICLE_LEVEL,
        "published": "published figures",
        "office": "the office's own figures",
        "assumption": "assumed figures",
    }
)
OWNERS = MappingProxyType({"article": "the article's", "office": "the office's own"})


def level_words(assumptions: Assumptions) -> str:
    """Whose figures the chances begin at where no counts of interviews level them.

    Parameters
    ----------
    assumptions : Assumptions
        ``anchors.none``.

    Returns
    -------
    str
        For the middle of a sentence.
    """
    return LEVELS[assumptions.entry(SPOTLESS).basis]


def place_caption(assumptions: Assumptions) -> str:
    """Caption of the chances by red flag at the student's score.

    Parameters
    ----------
    assumptions : Assumptions
        ``anchors.none``.

    Returns
    -------
    str
        Two sentences.
    """
    owner = OWNERS.get(assumptions.entry(SPOTLESS).basis, "an assumed")
    return (
        "A record typical but for the flag, at a mid-tier program. Level: "
        f"{owner} {percent(assumptions.value(SPOTLESS))} without a flag, not a frequency."
    )
