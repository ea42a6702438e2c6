"""A student's profile: levels between named ends, and its value in points (section 2)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.assumptions import GROUPS, Assumptions
from analysis.errors import ModelError
from analysis.model.parameters import CLASSES, FLAGS, RELIEF, chance_parameters, listed

__all__ = [
    "clerkship_value",
    "flags_value",
    "profile_levels",
    "profile_points",
    "specialties_of",
    "step2_value",
]

LEAVE = "loa_academic"


def step2_value(score: ArrayLike, assumptions: Assumptions) -> NDArray[np.float64]:
    """Value of a Step 2 CK score between the named worst and best (section 2)."""
    worst, best = assumptions.value("scale.step2_worst"), assumptions.value("scale.step2_best")
    return np.clip((np.asarray(score, dtype=float) - worst) / (best - worst), 0, 1)


def clerkship_value(honors: ArrayLike, assumptions: Assumptions) -> NDArray[np.float64]:
    """Value of a share of clerkships with honors (section 2)."""
    share = np.asarray(honors, dtype=float)
    floor = assumptions.value("scale.clerkships_floor")
    slope = assumptions.value("scale.clerkships_slope")
    typical = assumptions.value("scale.clerkships_typical")
    return np.where(share < typical, floor + slope * share, share)


def flags_value(red_flags: tuple[str, ...], assumptions: Assumptions) -> float:
    """Value of a record's red flags: 1 spotless, 0 at an academic leave (section 2)."""
    if "professionalism" in red_flags:
        return float("nan")
    gamma = chance_parameters(assumptions).gamma
    penalties = {flag: float(gamma[flag]) for flag in red_flags}
    if {"course_failure_remediated", "preclinical_failures_multiple"} <= set(penalties):
        penalties.pop("course_failure_remediated")
    if not penalties:
        return 1.0
    share = assumptions.value("several_flags.share")
    whole = (1 - share) * min(penalties.values()) + share * sum(penalties.values())
    return max(0.0, 1 - whole / float(gamma[LEAVE]))


def specialties_of(student: Mapping[str, Any], assumptions: Assumptions) -> dict[str, str]:
    """Competitiveness of each specialty a student applies to, in the student's order."""
    names = listed(student["specialty"])
    given = listed(student.get("competitiveness"))
    found: dict[str, str] = {}
    for at, name in enumerate(names):
        if len(given) == len(names):
            found[name] = given[at]
        else:
            found[name] = assumptions.season_of(name).competitiveness
        if found[name] not in CLASSES:
            message = f"competitiveness {found[name]!r}; expected one of {', '.join(CLASSES)}"
            raise ModelError(message)
    return found


def profile_levels(students: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Levels of each student, unknown ones at the reference and named (section 2)."""

    def column(name: str) -> NDArray[np.float64]:
        if name not in students:
            return np.full(len(students), np.nan)
        return students[name].to_numpy(dtype=float)

    score = column("step2_ck")
    honors = column("clerkship_honors_fraction")
    letters, items = column("letters"), column("research_items")
    best = assumptions.value("scale.research_best")
    reference = assumptions.group("reference")
    levels = pd.DataFrame(
        {
            "score": score,
            "step2": step2_value(score, assumptions),
            "clerkships": np.where(
                np.isnan(honors), reference["clerkships"], clerkship_value(honors, assumptions)
            ),
            "letters": np.where(np.isnan(letters), reference["letters"], letters),
            "research": np.where(
                np.isnan(items), reference["research"], np.minimum(items, best) / best
            ),
        },
        index=students.index,
    )
    empty = {
        "clerkship_honors_fraction": np.isnan(honors),
        "letters": np.isnan(letters),
        "research_items": np.isnan(items),
    }
    levels["taken_as_typical"] = [
        tuple(name for name, unknown in empty.items() if unknown[at]) for at in range(len(students))
    ]
    levels["group"] = _groups(students)
    lowest = assumptions.value("passing.lowest")
    if np.any(score < lowest):
        message = (
            f"step2_ck {score[score < lowest][0]:g} is a failing score: record step2_failure and "
            f"the passing score, at least {lowest:g}"
        )
        raise ModelError(message)
    cells = students["red_flags"] if "red_flags" in students else [()] * len(students)
    exams = students["step1_result"] if "step1_result" in students else [None] * len(students)
    levels["red_flags"] = [
        _known_flags(listed(cell), exam) for cell, exam in zip(cells, exams, strict=True)
    ]
    return levels


def _groups(students: pd.DataFrame) -> list[str]:
    """Group of applicants of each student: US MD seniors where the degree is not known."""
    cells = students["degree"] if "degree" in students else [None] * len(students)
    groups = ["non_us_img" if cell == "img" else cell for cell in cells]
    return [str(one) if one in GROUPS else GROUPS[0] for one in groups]


@lru_cache(maxsize=4096)
def _known_flags(flags: tuple[str, ...], step1_result: Any) -> tuple[str, ...]:
    """Flags in their one order, with the one that the exam's result implies."""
    unknown = [flag for flag in flags if flag not in RELIEF]
    if unknown:
        message = f"unknown red flag {unknown[0]!r}; expected one of {', '.join(FLAGS)}"
        raise ModelError(message)
    if step1_result == "pass" and "step1_failure" in flags:
        message = "step1_result pass and red_flags step1_failure contradict each other"
        raise ModelError(message)
    if step1_result == "fail_then_pass":
        flags = (*flags, "step1_failure")
    return tuple(flag for flag in FLAGS if flag in flags)


def profile_points(student: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Weigh one student's profile, factor by factor (section 2).

    Parameters
    ----------
    student : DataFrame
        One row of students.
    assumptions : Assumptions
        Weights and scales.

    Returns
    -------
    DataFrame
        A row a factor: ``factor`` (code), ``weight``, ``level`` (what the row holds, as text),
        ``value`` in [0, 1] or NaN (unknown score, or a concern that is not compensable),
        ``points`` = 100 * weight * value, ``swing`` (the range the weight swings over),
        ``taken_as_typical``.
    """
    levels = profile_levels(student, assumptions).iloc[0]
    row = student.iloc[0]
    worst, best = assumptions.value("scale.step2_worst"), assumptions.value("scale.step2_best")
    most = assumptions.value("scale.research_best")
    floor = assumptions.value("scale.clerkships_floor")
    values = {
        "step2_ck": levels["step2"],
        "clerkships": levels["clerkships"],
        "letters": levels["letters"],
        "red_flags": flags_value(levels["red_flags"], assumptions),
        "research": levels["research"],
    }
    source = {
        "step2_ck": "step2_ck",
        "clerkships": "clerkship_honors_fraction",
        "letters": "letters",
        "research": "research_items",
    }
    swing = {
        "step2_ck": f"{worst:g} to {best:g}",
        "clerkships": f"no honors (counts {100 * floor:.0f}%) to all",
        "letters": "lukewarm to best",
        "red_flags": "academic leave to none",
        "research": f"none to {most:g} or more",
    }

    def level(factor: str) -> str:
        if factor == "red_flags":
            return ";".join(levels["red_flags"]) or "none"
        cell = row.get(source[factor])
        return "" if cell is None or pd.isna(cell) else f"{cell:g}"

    weights = assumptions.weights
    return pd.DataFrame(
        [
            {
                "factor": factor,
                "weight": weights[factor],
                "level": level(factor),
                "value": value,
                "points": 100 * weights[factor] * value,
                "swing": swing[factor],
                "taken_as_typical": source.get(factor) in levels["taken_as_typical"],
            }
            for factor, value in values.items()
        ]
    )
