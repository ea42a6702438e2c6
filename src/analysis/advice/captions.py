"""Captions, and the sentences that stand beside a chart or a count."""

from __future__ import annotations

import pandas as pd

from analysis.advice.labels import (
    BASES,
    COMPETITIVENESS,
    FLAGS,
    NO_FLAG,
    PROGRAM_TYPES,
    SEVERITY,
    in_sentence,
    joined,
    percent,
)
from analysis.assumptions import Assumptions

__all__ = [
    "advisor_note",
    "chances_caption",
    "drawn_flag",
    "importance_caption",
    "mark_words",
    "place_title",
    "place_words",
    "programs_summary",
    "tolerance_caption",
]


def _whose(rows: pd.DataFrame) -> str:
    """Whose figures the rows are, as a sentence."""
    words = joined(BASES.get(basis, basis) for basis in dict.fromkeys(rows["basis"]))
    return f"{words[:1].upper()}{words[1:]}."


def importance_caption(importance: pd.DataFrame) -> str:
    """Caption of the factor chart.

    Parameters
    ----------
    importance : DataFrame
        As drawn.

    Returns
    -------
    str
        What is shown and whose figures they are.
    """
    return f"{_whose(importance)} The table shows where this student stands on each factor."


def drawn_flag(chances: pd.DataFrame, flag: str) -> str | None:
    """Flag to mark in a chart of chances, if the chart has its bar.

    Parameters
    ----------
    chances : DataFrame
        As drawn.
    flag : str
        Code of the student's heaviest flag, or ``none``.

    Returns
    -------
    str or None
        The flag.
    """
    return flag if (chances["red_flag"] == flag).any() else None


def chances_caption(chances: pd.DataFrame, flag: str) -> str:
    """Caption of the chances by flag.

    Parameters
    ----------
    chances : DataFrame
        As drawn.
    flag : str
        Code of the student's heaviest flag, or ``none``.

    Returns
    -------
    str
        What is shown, whose figures, and whose bar is marked.
    """
    text = f"{_whose(chances)}{_disagreement(chances)}"
    if drawn_flag(chances, flag) is None:
        return f"{text} There is no published bar for: {in_sentence(FLAGS[flag])}."
    which = "a spotless record" if flag == NO_FLAG else in_sentence(FLAGS[flag])
    return f"{text} The marked bar is this student's: {which}."


def _disagreement(chances: pd.DataFrame) -> str:
    """That the article's words of severity and its chart disagree, where they are shown."""
    share = dict(zip(chances["red_flag"], chances["interview_chance"], strict=True))
    pair = ("step1_failure", "preclinical_failures_multiple")
    if set(chances["basis"]) != {"article"} or not set(pair) <= set(share):
        return ""
    told = " but ".join(
        f'"{SEVERITY[one]}" for {in_sentence(FLAGS[one])} at {percent(share[one])}' for one in pair
    )
    return f" Its words of severity (in quotes below) and its chart disagree: {told}."


def mark_words(flag: str) -> str:
    """Words at the marked bar of the chances by flag.

    Parameters
    ----------
    flag : str
        Code of the student's heaviest flag, or ``none``.

    Returns
    -------
    str
        Whose bar it is.
    """
    return "this student" if flag == NO_FLAG else "this student's worst flag"


def tolerance_caption(types: pd.DataFrame) -> str:
    """Caption of the types of programs.

    Parameters
    ----------
    types : DataFrame
        As drawn.

    Returns
    -------
    str
        What is shown and whose figures they are.
    """
    return f"{_whose(types)} Each dot is a type of program."


def place_words(student: pd.DataFrame, kinds: dict[str, str]) -> str:
    """Say what the model's column of the chances table is about.

    Parameters
    ----------
    student : DataFrame
        One row of students.
    kinds : dict of str to str
        Competitiveness by specialty.

    Returns
    -------
    str
        Markdown; "" without a score.
    """
    score = student["step2_ck"].iloc[0]
    if pd.isna(score):
        return ""
    kind = COMPETITIVENESS[next(iter(kinds.values()))]
    return (
        f"The model's column is for a record that is typical but for the flag, with a Step 2 CK of "
        f"{score:g}, at a mid-tier program in {kind}. In brackets stands the range that the chance "
        "moves in when our assumptions vary together."
    )


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


def programs_summary(pairs: pd.DataFrame, assumptions: Assumptions) -> str:
    """Count the programs of the student's specialty by what the model says of them.

    Parameters
    ----------
    pairs : DataFrame
        Of `analysis.model.chance.interview_chance`, one student.
    assumptions : Assumptions
        ``groups``.

    Returns
    -------
    str
        Markdown; "" without a score.
    """
    if pairs["interview_chance"].isna().all():
        return ""
    reach, safer = assumptions.value("groups.reach_below"), assumptions.value("groups.safer_above")
    chance, gate = pairs["interview_chance"], pairs["gate"]
    counts = {
        "closed by a stated screen": int((gate == 0).sum()),
        f"under {percent(reach)} (reach)": int(((gate > 0) & (chance < reach)).sum()),
        "between (target)": int(((gate > 0) & (chance >= reach) & (chance <= safer)).sum()),
        f"over {percent(safer)} (safer)": int((chance > safer).sum()),
    }
    # What is closed anyway does not hang on an answer.
    verify = int(((pairs["unknown"] != "") & (gate > 0)).sum())
    numbers = joined(f"{number} {name}" for name, number in counts.items() if number)
    plural = "s" if len(pairs) > 1 else ""
    yours = "your specialties" if pairs["specialty"].nunique() > 1 else "your specialty"
    said = (
        f"Of the {len(pairs)} program{plural} of {yours} in the office's file, before signals are "
        f"chosen: {numbers}."
    )
    if not verify:
        return f"{said} None of them leaves open whether your file is read."
    who, ask = ("One of them leaves", "it") if verify == 1 else (f"{verify} of them leave", "them")
    return f"{said} {who} something open that decides whether your file is read; ask {ask}."


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
