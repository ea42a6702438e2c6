"""Words about where a student stands."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from analysis.advice.labels import (
    ARTICLE_LEVEL,
    COMPETITIVENESS,
    DEGREES,
    FACTORS,
    FLAGS,
    NO_FLAG,
    joined,
    percent,
)
from analysis.assumptions import Assumptions
from analysis.errors import ModelError

__all__ = [
    "FLAG_ADVICE",
    "FlagAdvice",
    "facts",
    "flag_advice_markdown",
    "report_date",
    "report_title",
    "standing",
    "terms_table",
    "terms_words",
]

TERM = MappingProxyType(
    {
        **FACTORS,
        "program": "How high the program's own applicants score",
        "degree": "Degree, against a US MD senior",
        "place": "Home state, school's state or preferred region",
        "signal": "A signal",
    }
)
LEAST = 0.05  # points that round to a digit


def terms_table(points: pd.DataFrame) -> pd.DataFrame:
    """Points of each part of the record, the weightiest first.

    Parameters
    ----------
    points : DataFrame
        Of `analysis.model.by_flag.points_at_typical`.

    Returns
    -------
    DataFrame
        A row a part, a column a specialty; no rows without a score.

    Examples
    --------
    >>> rows = {"specialty": "Neurology", "term": ["letters", "red_flags"], "points": [1.0, -15.0]}
    >>> terms_table(pd.DataFrame(rows)).to_dict("list")
    {'Part of the record': ['Red flags', 'Letters'], 'Neurology': ['-15.0 points', '+1.0 points']}
    """
    shown = points[points["points"].abs() >= LEAST]
    if shown.empty:
        return pd.DataFrame()
    wide = shown.pivot(index="term", columns="specialty", values="points")
    wide = wide[list(dict.fromkeys(shown["specialty"]))].fillna(0.0)
    wide = wide.loc[wide.abs().max(axis=1).sort_values(ascending=False, kind="stable").index]
    words = {name: [f"{value:+.1f} points" for value in wide[name]] for name in wide.columns}
    return pd.DataFrame({"Part of the record": [TERM[term] for term in wide.index], **words})


def terms_words(points: pd.DataFrame, assumptions: Assumptions) -> str:
    """How to read the points, and what ten points of Step 2 CK are worth.

    Parameters
    ----------
    points : DataFrame
        Of `analysis.model.by_flag.points_at_typical`.
    assumptions : Assumptions
        ``logit_scale``, ``weights``, ``scale``.

    Returns
    -------
    str
        Markdown; "" without points.
    """
    if terms_table(points).empty:
        return ""
    span = assumptions.value("scale.step2_best") - assumptions.value("scale.step2_worst")
    slope = assumptions.value("logit_scale") * assumptions.weights["step2_ck"]
    typical = ", ".join(
        (
            f"Step 2 CK {assumptions.value('reference.step2_ck'):g}",
            "typical clerkships, letters and research",
            "no red flag",
        )
    )
    return (
        "Each line is the chance above less the chance without that part, which is to say with the "
        f"reference in its place ({typical}). The parts work together, so the points do not add "
        f"up. Ten points of Step 2 CK multiply the odds by {math.exp(10 * slope / span):.2f}, an "
        "assumption of ours."
    )


@dataclass(frozen=True, slots=True)
class FlagAdvice:
    """Words about one flag."""

    changes: str
    cannot: str
    does: str


FLAG_ADVICE = MappingProxyType(
    {
        NO_FLAG: FlagAdvice(
            changes="There is no flag for the score to outweigh: it counts in full as what it is, "
            "recent evidence of knowledge.",
            cannot="It does not stand in for clinical grades and letters, which programs weigh "
            "together with it.",
            does="Use the score to widen the choice of programs, and keep enough safer ones.",
        ),
        "course_failure_remediated": FlagAdvice(
            changes="A strong score is newer than the failed course and speaks to the same doubt. "
            "With solid clerkships beside it, many programs will read the course as a stumble that "
            "was dealt with.",
            cannot="The course stays on the transcript, next to the score, for every reader.",
            does="Say in two or three sentences what happened, what you changed, and what has gone "
            "well since.",
        ),
        "preclinical_failures_multiple": FlagAdvice(
            changes="A strong score makes it easier to believe that the difficult stretch is over, "
            "and earns the file a closer reading.",
            cannot="More than one failure looks like a pattern. It will be discussed, and some "
            "programs will wait for more proof than one exam.",
            does="Name the cause once, then the change, then every later result that bears it out; "
            "favour programs that are known to read the whole file.",
        ),
        "step1_failure": FlagAdvice(
            changes="A clearly higher result in the next large exam answers the worry about later "
            "exams, at every program that opens the file.",
            cannot="The first attempt stays on the score report. Where a program screens out any "
            "failed licensing exam, no later score is seen.",
            does="Ask each program whether it screens on a failed attempt before you pay for the "
            "application.",
        ),
        "step2_failure": FlagAdvice(
            changes="The passing score shows recovery in the very exam that was failed.",
            cannot="Both attempts stay on the score report, and screens for a failed licensing "
            "exam count this one too.",
            does="Ask each program whether it screens on a failed attempt, and have a letter that "
            "speaks to how you prepared the second time.",
        ),
        "loa_academic": FlagAdvice(
            changes="A strong score after the return is the plainest sign that the return worked.",
            cannot="The leave stays on the record, and the reason for it will be asked. In one "
            "national cohort 20.3 % of students with a leave and 3.7 % without one were not placed "
            "in graduate training (Nguyen et al., JAMA 2024): a real difference, and still most "
            "were placed.",
            does="Prepare one calm account of the leave: why, what changed, and how long it has "
            "held.",
        ),
        "clerkship_chronic_low": FlagAdvice(
            changes="Very little. The exam measures knowledge; this doubt is about work with "
            "patients and teams.",
            cannot="No score speaks to how you work on the wards, and in this model the penalty is "
            "the same at 230 and at 275.",
            does="Newer clinical evidence is what counts: a sub-internship done well, and letters "
            "from people who watched you work.",
        ),
        "professionalism": FlagAdvice(
            changes="Nothing, in this model. A score says nothing about conduct.",
            cannot="Of 231 internal medicine program directors asked, 157 (68 %) would not invite "
            "an applicant at a hint of unprofessional behaviour (Angus et al., Acad Med 2019).",
            does="Talk with the dean's office before applying: how the matter is described, what "
            "was done about it, and who can vouch for the time since.",
        ),
        "mspe_concern": FlagAdvice(
            changes="Very little. Readers of the dean's letter look for what is said about you and "
            "what is left out.",
            cannot="The letter's wording stands, whatever the score.",
            does="Read the letter with the dean's office, correct what is wrong in it, and let "
            "other letters answer the rest.",
        ),
    }
)


def flag_advice_markdown(red_flags: Iterable[str]) -> str:
    """Advice for a student's flags, or for a spotless record.

    Parameters
    ----------
    red_flags : iterable of str
        Flag codes, the heaviest first.

    Returns
    -------
    str
        Markdown: a third-level heading and three labelled paragraphs a flag.
    """
    return "\n\n".join(
        f"### {FLAGS[flag]}\n\n"
        f"**What a high Step 2 CK changes.** {words.changes}\n\n"
        f"**What it cannot fix.** {words.cannot}\n\n"
        f"**What helps.** {words.does}"
        for flag in (tuple(red_flags) or (NO_FLAG,))
        for words in (FLAG_ADVICE[flag],)
    )


NOT_KNOWN = "not given"
EXAM_RESULTS = {"pass": "passed", "fail_then_pass": "failed, then passed"}
STEP1_FLAG = "step1_failure"
OTHER_DEGREE = (
    "The chances of DO and international applicants rest on odds against US MD seniors. Where the "
    "season file cites none, these odds are our assumptions, so these chances are less certain."
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
    return pd.DataFrame(lines, columns=["This report is about", "as entered"])


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
    if row.get("degree") in ("us_do", "us_img", "non_us_img"):
        sentences.append(OTHER_DEGREE)
    return " ".join(sentences)


def _chance_in_words(place: dict[str, Any]) -> str:
    chance = f"**{percent(place['interview_chance'])}**"
    if percent(place["low"]) == percent(place["high"]):
        return f"{chance} or more, the highest chance it ever states"
    return f"{chance} (range {percent(place['low'])} to {percent(place['high'])})"


COLUMN_WORDS = {
    "clerkship_honors_fraction": "clerkship grades",
    "letters": "letters",
    "research_items": "research",
}
