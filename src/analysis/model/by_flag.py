"""The same student with one flag after another, at a program of one type (section 3)."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

import pandas as pd

from analysis.assumptions import Assumptions
from analysis.model.chance import interview_chance
from analysis.model.flags import FLAGS, listed
from analysis.model.profile import specialties_of

__all__ = [
    "chances_at_score",
    "chances_by_flag",
    "chances_with_and_without",
    "type_program",
]

NO_FLAG = "none"
# Code of the program type that a student is shown at, before any program of a file.
TYPICAL = "mid_tier_academic"
SOURCE = "Countersignal model: {} anchors and our assumptions"
WHOSE = MappingProxyType({"article": "the article's", "office": "the office's"})


def type_program(program_type: str, specialty: str, assumptions: Assumptions) -> pd.DataFrame:
    """Make a program with the article's values of its type, and no screen."""
    return pd.DataFrame(
        {
            "program_id": [program_type],
            "specialty": [specialty],
            "program_type": [program_type],
            "prestige": [assumptions.value(f"program_types.{program_type}.prestige")],
            "red_flag_tolerance": [assumptions.value(f"program_types.{program_type}.tolerance")],
            "step2_cutoff": [0.0],
            "auto_screen_any_failure": ["no"],
            "veto_professionalism": ["no"],
        }
    )


def _profiles(student: pd.DataFrame, flag_sets: list[tuple[str, ...]]) -> pd.DataFrame:
    """Copies of a student with other flags; degree and visa do not matter here."""
    copies = pd.concat([student] * len(flag_sets), ignore_index=True)
    copies["red_flags"] = pd.Series(flag_sets, dtype=object)
    # The exam's result is a flag told twice; a copy without the flag is one without the failure.
    return copies.drop(columns=["step1_result", "degree", "needs_visa"], errors="ignore")


def chances_by_flag(
    step2_ck: float, competitiveness: str, program_type: str, assumptions: Assumptions
) -> pd.DataFrame:
    """Chances of a typical record with each flag, for one score, specialty class and type.

    Parameters
    ----------
    step2_ck : float
        Step 2 CK; everything else of the record is at the reference.
    competitiveness : {"ultra", "moderate", "less"}
        Class of the specialty.
    program_type : str
        Code of the type, with the article's prestige and tolerance.
    assumptions : Assumptions
        Every number of the model.

    Returns
    -------
    DataFrame
        A row a flag, the highest anchored chance first: red_flag, interview_chance, low, high
        (0-1), basis, source.
    """
    specialty = "any"
    student = pd.DataFrame(
        {
            "student_id": ["typical"],
            "specialty": [specialty],
            "competitiveness": [competitiveness],
            "step2_ck": [float(step2_ck)],
        }
    )
    anchors = assumptions.group("anchors")
    flags = sorted((NO_FLAG, *FLAGS), key=lambda flag: (-anchors[flag], flag))
    copies = _profiles(student, [() if flag == NO_FLAG else (flag,) for flag in flags])
    program = type_program(program_type, specialty, assumptions)
    chances = interview_chance(copies, program, assumptions)
    return pd.DataFrame(
        {
            "red_flag": flags,
            "interview_chance": chances["interview_chance"],
            "low": chances["low"],
            "high": chances["high"],
            "basis": "assumption",
            "source": SOURCE.format(WHOSE.get(assumptions.entry("anchors.none").basis, "assumed")),
        }
    )


def chances_at_score(student: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Chances by flag at a student's score and first specialty, at a mid-tier program.

    Returns
    -------
    DataFrame
        As `chances_by_flag`; without rows if there is no score.
    """
    score = student["step2_ck"].iloc[0]
    kind = next(iter(specialties_of(student.iloc[0], assumptions).values()))
    reference = assumptions.value("reference.step2_ck") if pd.isna(score) else float(score)
    chances = chances_by_flag(reference, kind, TYPICAL, assumptions)
    return chances.iloc[:0] if pd.isna(score) else chances


def _at_typical(
    student: pd.DataFrame, assumptions: Assumptions, *, with_range: bool = True
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each specialty, with the chances there of the student and of a copy without flags."""
    copies = _profiles(student, [listed(student["red_flags"].iloc[0]), ()])
    for specialty, kind in specialties_of(student.iloc[0], assumptions).items():
        program = type_program(TYPICAL, specialty, assumptions)
        both = copies.assign(specialty=specialty, competitiveness=kind)
        yield specialty, interview_chance(both, program, assumptions, with_range=with_range)


def chances_with_and_without(student: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """One student's chance at a typical program of each specialty, with the flags and without.

    Returns
    -------
    DataFrame
        A row a specialty: specialty, interview_chance, low, high, without_flags (0-1; NaN
        without a score).
    """
    rows = []
    for specialty, chances in _at_typical(student, assumptions):
        with_flags, without = chances.iloc[0], chances.iloc[1]
        rows.append(
            {
                "specialty": specialty,
                "interview_chance": with_flags["interview_chance"],
                "low": with_flags["low"],
                "high": with_flags["high"],
                "without_flags": without["interview_chance"],
            }
        )
    return pd.DataFrame(rows)
