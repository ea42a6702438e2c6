"""Captions of charts and the tables beneath them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

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
    with_flag_labels,
)
from analysis.assumptions import Assumptions, factor_components

__all__ = [
    "advisor_note",
    "beside_article",
    "chances_caption",
    "chances_table",
    "drawn_flag",
    "importance_caption",
    "levels_table",
    "mark_words",
    "place_title",
    "place_words",
    "programs_summary",
    "rho_table",
    "tolerance_caption",
    "tolerance_table",
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
    possible = assumptions.value("groups.possible_from")
    likely = assumptions.value("groups.likely_from")
    chance, gate = pairs["interview_chance"], pairs["gate"]
    printed = (100 * chance).round() / 100
    counts = {
        "closed by a stated screen": int((gate == 0).sum()),
        f"under {percent(possible)} (long shot)": int(((gate > 0) & (printed < possible)).sum()),
        "between (possible)": int(((printed >= possible) & (printed < likely)).sum()),
        f"{percent(likely)} or more (likelier than not)": int((printed >= likely).sum()),
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


def levels_table(importance: pd.DataFrame, profile: pd.DataFrame) -> pd.DataFrame:
    """Importance of each factor, with the student's own level beside it.

    Parameters
    ----------
    importance : DataFrame
        The factors as drawn.
    profile : DataFrame
        Of `analysis.model.profile.profile_points`.

    Returns
    -------
    DataFrame
        A row a factor as drawn.
    """
    components = factor_components()
    own = {row["factor"]: row for row in profile.to_dict("records")}
    rows = []
    for drawn in importance.to_dict("records"):
        row = own.get(components.get(str(drawn["factor"]).casefold(), ""))
        rows.append(
            (drawn["factor"], f"{drawn['importance']:g}", *(_own_cells(row) if row else NOT_USED))
        )
    columns = [
        "Factor",
        "Importance",
        "From worst to best",
        "This student",
        "Points, as weighed here",
    ]
    return pd.DataFrame(rows, columns=columns)


NOT_USED = ("not part of the profile", "", "")


def _own_cells(row: dict[str, Any]) -> tuple[str, str, str]:
    most = f"{100 * row['weight']:.0f}"
    points = "cannot be weighed up" if pd.isna(row["value"]) else f"{row['points']:.0f} of {most}"
    return row["swing"], _level(row), points


def _level(row: dict[str, Any]) -> str:
    level = str(row["level"])
    if row["factor"] == "red_flags":
        return "; ".join(FLAGS[flag] for flag in level.split(";"))
    if row["factor"] == "clerkships" and level:
        return f"honors in {percent(float(level))}"
    if not level:
        return "not given, taken as typical" if row["taken_as_typical"] else "no score yet"
    if row["factor"] == "research":
        return "1 item" if level == "1" else f"{level} items"
    return level


def chances_table(
    chances: pd.DataFrame, by_flag: pd.DataFrame, own_flags: Collection[str]
) -> pd.DataFrame:
    """Chances by flag: as the source has them, and at this student's score and specialty.

    Parameters
    ----------
    chances : DataFrame
        Of `analysis.tables.read_interview_chances`.
    by_flag : DataFrame
        Of `analysis.model.by_flag.chances_by_flag`, or without rows where there is no score.
    own_flags : collection of str
        Codes of the student's flags.

    Returns
    -------
    DataFrame
        A row a flag of either.
    """
    given = dict(zip(chances["red_flag"], chances["interview_chance"], strict=True))
    ours = {row["red_flag"]: row for row in by_flag.to_dict("records")}
    words = SEVERITY if set(chances["basis"]) == {"article"} else {}
    rows = []
    for flag in dict.fromkeys([*given, *ours]):
        name = FLAGS.get(flag, flag)
        own = " (this student)" if flag in own_flags else ""
        row = {
            "Red flag": f"{name}{own}",
            "Source's figure": (percent(given[flag]) if flag in given else "none published")
            + (f', "{words[flag]}"' if flag in words else ""),
        }
        if ours:
            here = ours.get(flag)
            row["Model, typical record at this score"] = (
                f"{percent(here['interview_chance'])} "
                f"({percent(here['low'])} to {percent(here['high'])})"
                if here
                else "not known"
            )
        rows.append(row)
    return pd.DataFrame(rows)


def tolerance_table(types: pd.DataFrame) -> pd.DataFrame:
    """Types of programs with prestige and willingness.

    Parameters
    ----------
    types : DataFrame
        Of `analysis.tables.read_program_tolerance`.

    Returns
    -------
    DataFrame
        A row a type.
    """
    return pd.DataFrame(
        {
            "Type of program": [PROGRAM_TYPES.get(t, t) for t in types["program_type"]],
            "Prestige, 0 to 10": [f"{value:g}" for value in types["prestige"]],
            "Willingness to consider a flag, 0 to 10": [
                f"{value:g}" for value in types["red_flag_tolerance"]
            ],
        }
    )


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


def rho_table(by_rho: pd.DataFrame) -> pd.DataFrame:
    """The match chance over the correlation of answers, in one line.

    Parameters
    ----------
    by_rho : DataFrame
        rho, match_chance; may be without rows.

    Returns
    -------
    DataFrame
        A column a value of rho, one row.
    """
    if by_rho.empty:
        return by_rho
    cells = {
        "0, independent" if row["rho"] == 0 else f"{row['rho']:g}": percent(row["match_chance"])
        for row in by_rho.to_dict("records")
    }
    return pd.DataFrame([{"Correlation": "Match chance", **cells}])
