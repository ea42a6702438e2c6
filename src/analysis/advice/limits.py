"""What a report rests on: each number with its basis, and what the report cannot know."""

from __future__ import annotations

from types import MappingProxyType

import pandas as pd

from analysis.advice.labels import BASES
from analysis.advice.level import level_words
from analysis.assumptions import Assumptions

__all__ = ["LIMITS", "basis_table", "sources_text"]

LIMITS = """\
- **A chance is not a promise.** The chances with a high Step 2 CK come from an article that calls \
them illustrative, and the rest of the model from assumptions that are listed in its file with \
their reasons. The range shows how far the result moves when these assumptions vary.
- **Programs read the same file.** If one says no, others are likelier to say no as well. Chances \
at several programs must not be multiplied as if the answers were independent.
- **What nobody can see here:** personal statement, interview, who knows whom, and what letters \
say between the lines.
- **No program publishes how it weighs a red flag.** Tolerance and prestige are the office's own \
estimates or, where it has none, the article's value for the type of program.
- A program that has not said whether it screens is neither open nor closed: ask it.
"""


# What a reader knows the numbers by: the first keys of each, whose basis decides where it stands.
TOPICS = MappingProxyType(
    {
        "weights of the five factors": ("weights.",),
        "chances by red flag": ("anchors.none", "anchors.course_", "anchors.step1_", "anchors.loa"),
        "types of programs": ("program_types.",),
        "application fees": ("fees.",),
        "the minimum passing score": ("passing.",),
        "how much a high score relieves a flag": ("relief.",),
        "what ten points are worth": ("logit_scale",),
        "how strongly answers come together": ("latent_correlation",),
        "the chance of a match after an interview": ("match_given_interview",),
    }
)
MOST_EXAMPLES = 3


def basis_table(assumptions: Assumptions) -> pd.DataFrame:
    """Count the assumptions by whose they are.

    Parameters
    ----------
    assumptions : Assumptions
        The effective set.

    Returns
    -------
    DataFrame
        A row a basis: whose number it is, how many, examples.
    """
    held = [entry.basis for entry in assumptions.entries.values()]
    rows = [
        (words.capitalize(), held.count(basis), ", ".join(_examples(assumptions, basis)))
        for basis, words in BASES.items()
        if basis in held
    ]
    return pd.DataFrame(rows, columns=["Whose number", "How many", "Such as"])


def _examples(assumptions: Assumptions, basis: str) -> list[str]:
    """Topics all of whose numbers, else some, have a basis."""
    whole, partly = [], []
    for topic, starts in TOPICS.items():
        bases = {e.basis for key, e in assumptions.entries.items() if key.startswith(starts)}
        if bases == {basis}:
            whole.append(topic)
        elif basis in bases:
            partly.append(f"{topic} (some)")
    return (whole + partly)[:MOST_EXAMPLES] or ["see the file of assumptions"]


def sources_text(assumptions: Assumptions, chance_basis: str) -> str:
    """Say what the figures of a report come from.

    Parameters
    ----------
    assumptions : Assumptions
        The effective set.
    chance_basis : {"article", "base_rate"}
        What the chances at the programs of the list are levelled by.

    Returns
    -------
    str
        Markdown.
    """
    level = {
        "article": f"{level_words(assumptions)}; no counts of interviews are used",
        "base_rate": "the programs' own counts of interviews and applications, times the odds of "
        f"{assumptions.value('base_rate.group_odds'):g} that are our assumption and the weakest "
        "number of the model",
    }[chance_basis]
    return (
        f"Chances at single programs rest on {level}. The assumptions of this report have the "
        f"fingerprint `{assumptions.fingerprint}`; with the same fingerprint and the same files "
        "anyone gets the same figures."
    )
