"""What a high Step 2 CK changes for each red flag, and what it cannot fix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from analysis.advice.labels import FLAGS, NO_FLAG

__all__ = ["FLAG_ADVICE", "FlagAdvice", "flag_advice_markdown"]


@dataclass(frozen=True, slots=True)
class FlagAdvice:
    """Words about one flag.

    Parameters
    ----------
    changes : str
        What a strong score does for it.
    cannot : str
        What stays, whatever the score.
    does : str
        What the student can do about it.
    """

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
