"""Captions of charts and the tables beneath them."""

from __future__ import annotations

import pandas as pd

from analysis.advice.labels import (
    COMPETITIVENESS,
    PROGRAM_TYPES,
    in_sentence,
    with_flag_labels,
)

__all__ = [
    "advisor_note",
    "beside_article",
    "place_title",
]


def place_title(student: pd.DataFrame, kinds: dict[str, str]) -> str:
    """Title of the chart that holds the model's chances at this score beside the source's.

    Parameters
    ----------
    student : DataFrame
        One row of students.
    kinds : dict of str to str
        Competitiveness by specialty.

    Returns
    -------
    str
        The title.
    """
    score = student["step2_ck"].iloc[0]
    kind = COMPETITIVENESS[next(iter(kinds.values()))]
    return f"Chance by red flag at Step 2 CK {score:g}, in {kind}"


def profile_title(step2_ck: str, program_type: str, competitiveness: str) -> str:
    """Title of the chart of chances by flag for a chosen score, kind of program and specialty.

    Parameters
    ----------
    step2_ck : str
        The score.
    program_type, competitiveness : str
        Their codes.

    Returns
    -------
    str
        The title.

    Examples
    --------
    >>> profile_title("250", "community", "ultra")
    'Chance of an interview at 250, community program, an ultra-competitive specialty'
    """
    kind = in_sentence(PROGRAM_TYPES[program_type])
    where = COMPETITIVENESS[competitiveness]
    return f"Chance of an interview at {step2_ck}, {kind} program, {where}"


def advisor_note(student: pd.DataFrame) -> str:
    """The advisor's note as it was typed.

    Parameters
    ----------
    student : DataFrame
        One row of students.

    Returns
    -------
    str
        Plain text; "" without a note.
    """
    note = student["advisor_note"].iloc[0] if "advisor_note" in student else None
    return "" if note is None or pd.isna(note) else str(note)


def beside_article(by_flag: pd.DataFrame, chances: pd.DataFrame) -> pd.DataFrame:
    """Put the source's chances beside the model's, flag by flag.

    Parameters
    ----------
    by_flag : DataFrame
        Of `analysis.model.by_flag.chances_by_flag`; may be without rows.
    chances : DataFrame
        Of `analysis.tables.read_interview_chances`.

    Returns
    -------
    DataFrame
        `by_flag` with ``article_chance`` (NaN where the source has none), ``label`` and
        ``interval``, what kind of range it is.
    """
    given = dict(zip(chances["red_flag"], chances["interview_chance"], strict=True))
    return with_flag_labels(by_flag).assign(
        article_chance=[given.get(flag, float("nan")) for flag in by_flag["red_flag"]],
        interval="range as our assumptions vary",
    )
