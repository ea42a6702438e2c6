"""The same student, had something been different, and with one flag after another."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.chance import interview_chance
from analysis.model.parameters import CLASSES, FLAGS, listed
from analysis.model.profile import specialties_of, typical_cells
from analysis.vocabulary import DEGREES, NO_FLAG

# Name on the command line: column, lowest and highest value.
NUMBERS: Mapping[str, tuple[str, float, float]] = MappingProxyType(
    {
        "step2_ck": ("step2_ck", 214, 300),
        "clerkships": ("clerkship_honors_fraction", 0, 1),
        "clerkship_honors_fraction": ("clerkship_honors_fraction", 0, 1),
        "letters": ("letters", 0, 1),
        "research": ("research_items", 0, 500),
        "research_items": ("research_items", 0, 500),
    }
)
WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "competitiveness": CLASSES,
        "degree": tuple(DEGREES),
        "needs_visa": ("yes", "no"),
        "red_flags": ("none", *FLAGS),
        "drop": FLAGS,
        "add": FLAGS,
    }
)
STEP1_FLAG = "step1_failure"


def _checked(change: str) -> tuple[str, Any]:
    name, equals, text = (part.strip() for part in change.partition("="))
    known = [*NUMBERS, *WORDS]
    if not equals or name not in known:
        near = get_close_matches(name, known, n=1, cutoff=0.0)[0]
        message = f"what-if {change.strip()!r}: expected name=value; the nearest name is {near}"
        raise ModelError(message)
    if name in WORDS:
        words = listed(text)
        if not words or not set(words) <= set(WORDS[name]):
            message = f"what-if {name}={text}: expected {', '.join(WORDS[name])}"
            raise ModelError(message)
        return name, words
    _, low, high = NUMBERS[name]
    relative = text.startswith(("+", "-"))
    try:
        number = float(text)
    except ValueError:
        number = np.nan
    if not (abs(number) <= high - low if relative else low <= number <= high):
        message = (
            f"what-if {name}={text}: expected a number from {low:g} to {high:g}, or a change of at "
            f"most {high - low:g} with its sign"
        )
        raise ModelError(message)
    return name, (number, relative)


def _moved(students: pd.DataFrame, name: str, number: float, relative: bool) -> Any:
    """A column set to a number, or moved by it within its range; what is unknown stays so."""
    column, low, high = NUMBERS[name]
    if not relative:
        return number
    known = students[column] if column in students else pd.Series(np.nan, students.index)
    if known.isna().all():
        message = f"what-if {name}={number:+g}: {column} is not given, so nothing can be moved"
        raise ModelError(message)
    return (known.astype(float) + number).clip(low, high)


def _changed_flags(flags: tuple[str, ...], changes: Mapping[str, Any]) -> tuple[str, ...]:
    if "red_flags" in changes:
        flags = tuple(flag for flag in changes["red_flags"] if flag != "none")
    kept = [flag for flag in flags if flag not in changes.get("drop", ())]
    return tuple(dict.fromkeys([*kept, *changes.get("add", ())]))


def what_if(students: pd.DataFrame, changes: str) -> pd.DataFrame:
    """Students with some of their facts changed.

    Parameters
    ----------
    students : DataFrame
        Rows of students.
    changes : str
        ``name=value`` separated by commas: step2_ck, clerkships, letters, research (with a sign,
        ``letters=+0.1``, what is there is moved, at most to the end of its range),
        competitiveness, degree, needs_visa; ``red_flags=a;b`` (or ``none``), ``drop=a`` and
        ``add=a``.

    Returns
    -------
    DataFrame
        A copy. A flag that goes takes with it what implies it: without ``step1_failure`` a
        step1_result that says so is unknown.

    Raises
    ------
    ModelError
        For a name that is not known (the nearest is named) or a value out of its range.

    Examples
    --------
    >>> row = pd.DataFrame({"step2_ck": [240.0], "red_flags": ["step1_failure"]})
    >>> what_if(row, "step2_ck=260, drop=step1_failure").to_dict("records")
    [{'step2_ck': 260.0, 'red_flags': ()}]
    """
    found = dict(_checked(change) for change in changes.split(",") if change.strip())
    if not found:
        message = "what-if: expected at least one name=value"
        raise ModelError(message)
    changed = students.copy()
    for name, value in found.items():
        if name in NUMBERS:
            changed[NUMBERS[name][0]] = _moved(students, name, *value)
        elif name == "competitiveness":
            changed[name] = _for_each_specialty(students, value)
        elif name in {"degree", "needs_visa"}:
            changed[name] = pd.Series(value[0], changed.index, dtype="str")
    if {"red_flags", "drop", "add"} & found.keys():
        flags = [_changed_flags(listed(cell), found) for cell in students["red_flags"]]
        changed["red_flags"] = pd.Series(flags, changed.index, dtype=object)
        if "step1_result" in changed:
            # The exam's result is a flag told twice: the flag as changed is what counts.
            failed = np.array([STEP1_FLAG in own for own in flags])
            said = (changed["step1_result"] == "fail_then_pass").to_numpy()
            passed = (changed["step1_result"] == "pass").to_numpy()
            contradicted = (said & ~failed) | (passed & failed)
            changed["step1_result"] = changed["step1_result"].where(~contradicted)
    return changed


def _for_each_specialty(students: pd.DataFrame, words: tuple[str, ...]) -> pd.Series:
    counts = [len(listed(cell)) for cell in students["specialty"]]
    if any(len(words) not in {1, count} for count in counts):
        message = "what-if competitiveness: expected one word, or one for each specialty"
        raise ModelError(message)
    classes = [words * count if len(words) == 1 else words for count in counts]
    return pd.Series(classes, students.index, dtype=object)


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
    ).assign(**typical_cells(assumptions))
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
    """Chances by flag at a student's score and first specialty, at a mid-tier program."""
    score = student["step2_ck"].iloc[0]
    kind = next(iter(specialties_of(student.iloc[0], assumptions).values()))
    reference = assumptions.value("reference.step2_ck") if pd.isna(score) else float(score)
    chances = chances_by_flag(reference, kind, TYPICAL, assumptions)
    return chances.iloc[:0] if pd.isna(score) else chances


def chances_with_and_without(student: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """One student's chance at a typical program of each specialty, with the flags and without."""
    copies = _profiles(student, [listed(student["red_flags"].iloc[0]), ()])
    rows = []
    for specialty, kind in specialties_of(student.iloc[0], assumptions).items():
        program = type_program(TYPICAL, specialty, assumptions)
        both = copies.assign(specialty=specialty, competitiveness=kind)
        chances = interview_chance(both, program, assumptions)
        own = chances.loc[0, ["specialty", "interview_chance", "low", "high"]]
        rows.append({**own, "without_flags": chances.loc[1, "interview_chance"]})
    return pd.DataFrame(rows)
