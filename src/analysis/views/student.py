"""A student's record as a reader sees it: the facts, the story they tell, what moves the chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.assumptions import Assumptions
from analysis.model.chance import interview_chance
from analysis.model.choice.plans import ScoreOutlook
from analysis.model.parameters import heaviest_first, listed
from analysis.model.profile import ExpectedScore, expected_score, needs_visa, specialties_of
from analysis.vocabulary import DEGREES, EXAM_FAILURES, FLAGS

ACADEMIC = EXAM_FAILURES | {
    "course_failure_remediated",
    "preclinical_failures_multiple",
    "loa_academic",
}
ABOUT_TYPICAL = 3  # points from the typical score within which no page praises or blames one


@dataclass(frozen=True)
class StudentView:
    """One student's record, in codes and numbers; the words are in the templates."""

    student_id: str
    specialties: tuple[str, ...]  # one, or two for a parallel plan
    score: int | None  # Step 2 CK; None if it is not known yet
    expected: ExpectedScore | None  # chances of the scores it may be, where the office estimates it
    step1_failed: bool  # whether Step 1 took a second attempt
    flags: tuple[str, ...]  # codes of the red flags, the heaviest first
    degree: str  # code of the degree, "" if it was not given
    needs_visa: bool  # whether a visa is needed
    couple: bool  # whether the student applies together with a partner
    # honors, letters, research: Honors fraction (0-1), strength of letters (0-1), research items;
    # None where the office gave none, and then a typical value stands in.
    honors: float | None
    letters: float | None
    research: float | None
    typical: dict[str, float]  # the typical values: step2_ck, honors, letters, research
    # Shape of the record: conduct, letter, wards, volatile, recovery, repair or steady
    # (text/report/story.md.j2).
    story: str

    @property
    def degree_label(self) -> str:
        """The degree in words."""
        return DEGREES.get(self.degree, "")

    @property
    def flag_labels(self) -> tuple[str, ...]:
        """The red flags in words, the heaviest first."""
        return tuple(FLAGS[flag].label for flag in self.flags)

    @property
    def score_level(self) -> str:
        """Where the score lies: ``low``, ``typical`` or ``high``; "" without one."""
        return _score_level(self.score, self.typical)

    @property
    def exam_failed(self) -> bool:
        """Whether a licensing exam was failed."""
        return bool(EXAM_FAILURES & set(self.flags))


def student_view(student: pd.DataFrame, assumptions: Assumptions) -> StudentView:
    """Read one student's record for a reader."""
    row = student.iloc[0]
    flags = tuple(heaviest_first(listed(row["red_flags"]), assumptions.group("anchors")))
    typical = {
        "step2_ck": assumptions.value("applicants.step2_mean"),
        "honors": assumptions.value("reference.clerkships"),
        "letters": assumptions.value("reference.letters"),
        "research": 10 * assumptions.value("reference.research"),
    }
    score = _number(row, "step2_ck")
    honors = _number(row, "clerkship_honors_fraction")
    return StudentView(
        student_id=str(row["student_id"]),
        specialties=tuple(specialties_of(row, assumptions)),
        score=None if score is None else int(score),
        expected=expected_score(row, assumptions),
        step1_failed="step1_failure" in flags,
        flags=flags,
        degree=_word(row, "degree"),
        needs_visa=needs_visa(row),
        couple=bool(_word(row, "partner_id")),
        honors=honors,
        letters=_number(row, "letters"),
        research=_number(row, "research_items"),
        typical=typical,
        story=_story(set(flags), score, honors, typical),
    )


def advisor_note(student: pd.DataFrame) -> str:
    """The advisor's note as it was typed, of one row of students; "" without a note."""
    note = student["advisor_note"].iloc[0] if "advisor_note" in student else None
    return "" if note is None or pd.isna(note) else str(note)


def _story(
    flags: set[str], score: float | None, honors: float | None, typical: dict[str, float]
) -> str:
    """Shape of the record: what weighs most decides, then how much of it there is."""
    high = _score_level(score, typical) == "high"
    if "professionalism" in flags:
        return "conduct"
    if "mspe_concern" in flags:
        return "letter"
    if "clerkship_chronic_low" in flags:
        return "wards"
    if len(flags & ACADEMIC) > 1:
        return "volatile"
    if flags:
        return "recovery" if high else "repair"
    weak_wards = honors is not None and honors < typical["honors"] / 2
    return "wards" if weak_wards and high else "steady"


def _score_level(score: float | None, typical: dict[str, float]) -> str:
    if score is None:
        return ""
    above = score - typical["step2_ck"]
    return "typical" if abs(above) <= ABOUT_TYPICAL else "high" if above > 0 else "low"


def _number(row: pd.Series, column: str) -> float | None:
    cell = row.get(column, np.nan)
    return None if cell is None or pd.isna(cell) else float(cell)


def _word(row: pd.Series, column: str) -> str:
    cell = row.get(column)
    return cell if isinstance(cell, str) else ""


def score_record(outlook: ScoreOutlook | None) -> dict[str, Any] | None:
    """What is known of a score that is not in yet, as plain values."""
    if outlook is None:
        return None

    def rows(table: pd.DataFrame) -> list[dict[str, Any]]:
        return table.astype(object).where(table.notna(), None).to_dict("records")

    return {
        "expected": outlook.expected.mean,
        "sd": outlook.expected.sd,
        "low": None if np.isnan(outlook.low) else outlook.low,
        "high": None if np.isnan(outlook.high) else outlook.high,
        "failing": outlook.expected.failing,
        "now": outlook.now,
        "waiting": outlook.waiting,
        "wait": outlook.wait,
        "by_score": rows(outlook.by_score),
        "cutoffs": rows(outlook.cutoffs),
    }


# Order in which a record's parts replace a typical applicant's: the newest evidence first.
PARTS = ("step2_ck", "clerkships", "letters", "research", "red_flags")
COLUMNS = {
    "step2_ck": "step2_ck",
    "clerkships": "clerkship_honors_fraction",
    "letters": "letters",
    "research": "research_items",
}


def parts_of_chance(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    view: StudentView,
    sent: pd.DataFrame,
) -> pd.DataFrame:
    """How the mean interview chance gets from a typical applicant's to the student's, by part."""
    # One part of the record after another takes the student's own value, in the order of `PARTS`,
    # so that the steps add up. Signals and ties are the list's at every step, since they are no
    # part of a record; with them the last step is the mean of the chances that the list shows.
    typical = student.drop(columns=["step1_result"], errors="ignore").assign(
        step2_ck=view.typical["step2_ck"],
        clerkship_honors_fraction=view.typical["honors"],
        letters=view.typical["letters"],
        research_items=view.typical["research"],
    )
    typical["red_flags"] = pd.Series([()], index=typical.index, dtype=object)
    steps = [typical]
    for part in PARTS:
        step = steps[-1].copy()
        if part == "red_flags":
            step = student
        elif getattr(
            view, {"step2_ck": "score", "clerkships": "honors"}.get(part, part)
        ) is not None or (part == "step2_ck" and view.expected):
            step[COLUMNS[part]] = student[COLUMNS[part]]
        steps.append(step)
    copies = pd.concat(steps, ignore_index=True)
    copies["student_id"] = [f"step{number}" for number in range(len(steps))]
    ties = sent[["program_id", "signal", "tie"]].replace({"": None, "none": None})
    ties = copies[["student_id"]].merge(ties.assign(preference=np.nan), how="cross")
    chances = interview_chance(copies, programs, assumptions, ties, with_range=False)
    chances = chances[chances["program_id"].isin(sent["program_id"])]
    mean = chances.groupby("student_id", sort=False)["interview_chance"].mean().to_numpy()
    rows: list[dict[str, Any]] = [{"part": "typical", "chance": mean[0], "change": np.nan}]
    rows += [
        {"part": part, "chance": after, "change": after - before}
        for part, before, after in zip(PARTS, mean[:-1], mean[1:], strict=True)
    ]
    rows.append({"part": "own", "chance": mean[-1], "change": np.nan})
    return pd.DataFrame(rows)
