"""Whose report it is and where the student stands, in a few sentences."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import pandas as pd

from analysis.advice.labels import COMPETITIVENESS, DEGREES, FLAGS, joined, percent
from analysis.advice.level import ARTICLE_LEVEL
from analysis.errors import ModelError

__all__ = ["facts", "report_date", "report_title", "standing"]

NOT_KNOWN = "not given"
EXAM_RESULTS = {"pass": "passed", "fail_then_pass": "failed, then passed"}
STEP1_FLAG = "step1_failure"
OTHER_DEGREE = (
    "The model has no figures of its own for DO or international applicants: it counts the degree "
    "only where a program takes none of them or sponsors no visa, so these chances may be too high."
)


def report_title(student_id: str) -> str:
    """Title of a student's report.

    Parameters
    ----------
    student_id : str
        The id; never the name, which stays out of the file's metadata.

    Returns
    -------
    str
        The title.
    """
    return f"What a high Step 2 CK can outweigh: student {student_id}"


def report_date(programs: pd.DataFrame, chosen: str = "") -> str:
    """Date of the data that a report rests on; never today's.

    Parameters
    ----------
    programs : DataFrame
        With ``as_of``.
    chosen : str
        A date to print instead, as YYYY-MM-DD.

    Returns
    -------
    str
        ISO date.

    Raises
    ------
    ModelError
        If the chosen date is none, or no program says what date its row is of.
    """
    if chosen:
        try:
            return datetime.date.fromisoformat(chosen).isoformat()
        except ValueError:
            message = f"report_date: found {chosen!r}; expected a date as YYYY-MM-DD"
            raise ModelError(message) from None
    newest = programs["as_of"].dropna().max() if "as_of" in programs else None
    if not isinstance(newest, str):
        message = "no program has an as_of date: give report_date (YYYY-MM-DD)"
        raise ModelError(message)
    return newest


def facts(student: pd.DataFrame, kinds: dict[str, str]) -> pd.DataFrame:
    """What the report knows of the student.

    Parameters
    ----------
    student : DataFrame
        One row of students.
    kinds : dict of str to str
        Competitiveness by specialty.

    Returns
    -------
    DataFrame
        Two columns, a row a fact.
    """
    row = student.iloc[0]
    flags = [FLAGS[flag] for flag in row["red_flags"]] or [FLAGS["none"]]
    lines = [
        ("Specialty", joined(f"{name} ({COMPETITIVENESS[kind]})" for name, kind in kinds.items())),
        ("Step 2 CK", _shown(row.get("step2_ck"))),
        ("Step 1", EXAM_RESULTS.get(str(row.get("step1_result")), NOT_KNOWN)),
        ("Red flags", "; ".join(flags)),
        ("Clerkships with honors", _shown(row.get("clerkship_honors_fraction"), share=True)),
        ("Letters, as the office judges them (0 to 1)", _shown(row.get("letters"))),
        ("Research items", _shown(row.get("research_items"))),
        ("Degree", DEGREES.get(str(row.get("degree")), NOT_KNOWN)),
    ]
    if row.get("needs_visa") == "yes":
        lines.append(("Needs a visa", "yes"))
    return pd.DataFrame(lines, columns=["This report is about", "as the office gave it"])


def _shown(cell: Any, *, share: bool = False) -> str:
    if cell is None or pd.isna(cell):
        return NOT_KNOWN
    return percent(float(cell)) if share else f"{cell:g}"


def standing(
    student: pd.DataFrame,
    typical: pd.DataFrame,
    taken_as_typical: Iterable[str] = (),
    level: str = ARTICLE_LEVEL,
) -> str:
    """Where the student stands.

    Parameters
    ----------
    student : DataFrame
        One row of students.
    typical : DataFrame
        Of `analysis.model.by_flag.chances_with_and_without`.
    taken_as_typical : iterable of str
        Columns that were empty and stand at the reference.
    level : str
        Of `level_words`.

    Returns
    -------
    str
        Markdown: the sentence, and what was assumed for it.
    """
    row = student.iloc[0]
    if pd.isna(row["step2_ck"]):
        return (
            "**There is no Step 2 CK score yet, so this report gives no chances.** Everything "
            "below that does not need the score holds already; the rest can be had as soon as "
            "the score is known."
        )
    score, flags = f"{row['step2_ck']:g}", row["red_flags"]
    places = typical.to_dict("records")
    if len(places) == 1:
        where = f"a typical mid-tier program in {places[0]['specialty']} that reads your file"
        stated = f"at {_chance_in_words(places[0])}"
    else:
        where = "a typical mid-tier program that reads your file"
        stated = joined(f"in {p['specialty']} at {_chance_in_words(p)}" for p in places)
    sentence = (
        f"With a Step 2 CK of {score}{'' if flags else ' and no red flag'}, the model puts your "
        f"chance of an interview at {where} {stated}"
    )
    sentences = [f"{sentence}."]
    if flags:
        without = joined(dict.fromkeys(percent(place["without_flags"]) for place in places))
        several = len(flags) > 1
        sentences = [
            f"{sentence}; the same record without the red flag{'s' if several else ''} "
            f"would stand at {without}.",
            f"The score is newer evidence beside the flag{'s' if several else ''}; it does not "
            f"remove {'them' if several else 'it'} from the file.",
        ]
    sentences.append(
        f"The percentages begin at {level}, and 80 % at one program does not mean four interviews "
        "from five applications."
    )
    empty = [COLUMN_WORDS[name] for name in taken_as_typical]
    if empty:
        verb = "was" if empty == [COLUMN_WORDS["research_items"]] else "were"
        sentences.append(
            f"{joined(empty).capitalize()} {verb} not given and {verb} taken as typical."
        )
    if str(row.get("step1_result")) not in EXAM_RESULTS and STEP1_FLAG not in flags:
        sentences.append("The result of Step 1 was not given and is counted as passed.")
    if row.get("degree") in ("us_do", "img"):
        sentences.append(OTHER_DEGREE)
    return " ".join(sentences)


def _chance_in_words(place: dict[str, Any]) -> str:
    chance = f"**{percent(place['interview_chance'])}**"
    if percent(place["low"]) == percent(place["high"]):
        return f"{chance}, the highest chance it ever states"
    return f"{chance} (range {percent(place['low'])} to {percent(place['high'])})"


COLUMN_WORDS = {
    "clerkship_honors_fraction": "clerkship grades",
    "letters": "letters",
    "research_items": "research",
}
