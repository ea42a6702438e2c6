"""A Step 2 CK score that is not known yet, as the chances of the scores it may be (section 3.9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from analysis.assumptions import Assumptions
from analysis.errors import ModelError

__all__ = ["ExpectedScore", "expected_score", "has_score"]

Floats = NDArray[np.float64]
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
        """Means over groups of scores, and the chance of each group; failing scores come last."""
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
        return np.vstack([means, np.zeros(by_score.shape[1])]), np.append(share, self.failing)

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
