"""A student's profile, weighed factor by factor, and a score not known yet (sections 2, 3.9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from analysis.arrays import Floats
from analysis.assumptions import GROUPS, Assumptions
from analysis.errors import ModelError
from analysis.model.parameters import CLASSES, FLAGS, RELIEF, chance_parameters, listed

LEAVE = "loa_academic"
# Cells of which an empty one is taken as typical, and the component that each belongs to.
TYPICAL_CELLS = {
    "clerkship_honors_fraction": "clerkships",
    "letters": "letters",
    "research_items": "research",
}


def step2_value(score: ArrayLike, assumptions: Assumptions) -> Floats:
    """Value of a Step 2 CK score between the named worst and best (section 2)."""
    worst, best = assumptions.value("scale.step2_worst"), assumptions.value("scale.step2_best")
    return np.clip((np.asarray(score, dtype=float) - worst) / (best - worst), 0, 1)


def clerkship_value(honors: ArrayLike, assumptions: Assumptions) -> Floats:
    """Value of a share of clerkships with honors (section 2)."""
    share = np.asarray(honors, dtype=float)
    floor = assumptions.value("scale.clerkships_floor")
    slope = assumptions.value("scale.clerkships_slope")
    typical = assumptions.value("scale.clerkships_typical")
    return np.where(share < typical, floor + slope * share, share)


def typical_cells(assumptions: Assumptions) -> dict[str, float]:
    """Cells of a row of students that tell a record at the reference."""
    reference = assumptions.group("reference")
    honors = reference["clerkships"]
    if honors < assumptions.value("scale.clerkships_typical"):
        floor = assumptions.value("scale.clerkships_floor")
        honors = (honors - floor) / assumptions.value("scale.clerkships_slope")
    return {
        "clerkship_honors_fraction": honors,
        "letters": reference["letters"],
        "research_items": reference["research"] * assumptions.value("scale.research_best"),
    }


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

    def column(name: str) -> Floats:
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
    empty = dict(zip(TYPICAL_CELLS, map(np.isnan, (honors, letters, items)), strict=True))
    levels["taken_as_typical"] = [
        tuple(name for name, unknown in empty.items() if unknown[at]) for at in range(len(students))
    ]
    degrees = students["degree"] if "degree" in students else [None] * len(students)
    levels["group"] = [group_of(degree) for degree in degrees]
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


def group_of(degree: Any) -> str:
    """Group of applicants by degree: US MD seniors where it is not known."""
    return "non_us_img" if degree == "img" else degree if degree in GROUPS else GROUPS[0]


def needs_visa(student: Mapping[str, Any]) -> bool:
    """Whether a visa is needed; of a non-US IMG of whom it is not said, it is taken as needed."""
    said = student.get("needs_visa")
    return said == "yes" or (said != "no" and group_of(student.get("degree")) == "non_us_img")


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
    source = {"step2_ck": "step2_ck", **{name: cell for cell, name in TYPICAL_CELLS.items()}}
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


HIGHEST = 300  # to which scores are reported
EXAMS = ("step2_ck", "step2_estimate", "comlex2")


@dataclass(frozen=True)
class ExpectedScore:
    """Chances of each score."""

    # mean, sd: Of the office's estimate.
    mean: float
    sd: float
    score: Floats  # shape (k,): Passing scores, whole and rising
    weight: Floats  # shape (k,): Chance of each; with ``failing`` they sum to 1
    failing: float  # chance of a score under the passing one
    # {"step2_ck", "comlex2"}: Which exam is not known, or stands in for Step 2 CK.
    exam: str = "step2_ck"

    def under(self, cutoff: Any) -> Floats:
        """Chance to score below each cutoff, a failing score among them; NaN without a cutoff."""
        cutoffs = np.asarray(cutoff, dtype=float)
        below = (self.score < cutoffs[..., None]) @ self.weight + self.failing
        return np.where(np.isnan(cutoffs), np.nan, below)

    def quantile(self, share: float) -> float:
        """Score that the given share of sittings would not exceed; NaN where that is no pass."""
        reached = self.failing + np.cumsum(self.weight)
        if share <= self.failing:
            return float("nan")
        return float(self.score[min(int(np.searchsorted(reached, share)), len(self.score) - 1)])

    def grouped(self, by_score: Floats, groups: int = 5) -> tuple[Floats, Floats]:
        """Means over groups of scores, the axis before the last, and the chance of each group.

        Failing scores come last.
        """
        whole = self.weight.sum()
        groups = min(groups, len(self.score))
        ends = np.linspace(0, whole, groups + 1)
        upper = np.cumsum(self.weight)
        lower = upper - self.weight
        inside = np.minimum(upper, ends[1:, None]) - np.maximum(lower, ends[:-1, None])
        inside = np.maximum(inside, 0.0)
        share = inside.sum(axis=1)
        means = (inside @ by_score) / share[:, None]
        if self.failing == 0:
            return means, share
        none = np.zeros_like(means[..., :1, :])
        return np.concatenate([means, none], axis=-2), np.append(share, self.failing)

    def drawn(self, draws: int) -> NDArray[np.int64]:
        """Position of a score for each draw, spread evenly; ``k`` for a failing one."""
        # Multiples of the golden ratio: even over any run of draws, and no random numbers.
        even = (np.arange(1, draws + 1) * 0.6180339887498949) % 1.0
        return np.searchsorted(np.cumsum(self.weight), even, side="right")


def has_score(student: Mapping[str, Any] | pd.Series) -> bool:
    """Whether chances can be computed: Step 2 CK, an estimate of it, or COMLEX Level 2 is known."""
    return not all(pd.isna(student.get(name, np.nan)) for name in EXAMS)


def expected_score(student: Mapping[str, Any], assumptions: Assumptions) -> ExpectedScore | None:
    """Chances of each score of a student whose score is not known; None where there is nothing.

    Examples
    --------
    >>> from analysis.assumptions import read_assumptions
    >>> found = expected_score({"step2_estimate": 230.0}, read_assumptions())
    >>> round(found.failing, 3), found.quantile(0.5), round(float(found.under(225)), 3)
    (0.019, 230.0, 0.18)
    """
    # The score is normal around the estimate and reported whole. One under today's passing score
    # brings no interview until the exam is passed. A COMLEX Level 2 score without either is read as
    # the Step 2 CK scores of those who took both exams, by one published correlation: passed, and
    # far from exact.
    known, mean, comlex = (student.get(name, np.nan) for name in EXAMS)
    if not pd.isna(known) or (pd.isna(mean) and pd.isna(comlex)):
        return None
    exam, sd = "step2_ck", student.get("step2_estimate_sd", np.nan)
    sd = assumptions.value("step2_estimate.sd") if pd.isna(sd) else float(sd)
    if pd.isna(mean):
        like = assumptions.group("comlex")
        exam, sd = "comlex2", like["step2_sd"]
        mean = like["step2_center"] + like["step2_slope"] * (float(comlex) - like["center"])
    passing = assumptions.value("passing.since_july_2025")
    scores = np.arange(passing, HIGHEST + 1)
    edges = np.append(scores, HIGHEST + 1) - 0.5
    edges[-1] = np.inf
    if sd < 0.01:  # a score that is as good as known
        reached = (edges > float(np.clip(np.round(mean), 0, HIGHEST))).astype(float)
    else:
        reached = ndtr((edges - mean) / sd)
    weight = np.diff(reached)
    kept = weight > 1e-12
    if not kept.any():
        message = (
            f"step2_estimate {mean:g} with a standard deviation of {sd:g} is a failing score; "
            f"expected one that can reach {passing:g}, or an empty cell"
        )
        raise ModelError(message)
    failing = 0.0 if exam == "comlex2" else float(reached[0])
    weight = weight[kept] / weight[kept].sum() * (1 - failing)
    return ExpectedScore(float(mean), sd, scores[kept], weight, failing, exam)
