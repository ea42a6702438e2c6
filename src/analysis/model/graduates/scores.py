"""How good chances were, one number at a time: Brier score, log loss, and skill.

Every score takes a weight a row, so that a bootstrap of applicants needs no copies of rows.
The formulas are those of docs/methods.md, section 7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import ModelError

__all__ = ["BrierParts", "brier", "brier_parts", "chance_bins", "log_loss", "scored_rows", "skill"]

SMALLEST_CHANCE = float(np.finfo(np.float64).eps)
BINS = 10


def scored_rows(
    outcome: ArrayLike, chance: ArrayLike, weight: ArrayLike | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Outcome, chance and weight as checked arrays of one length."""
    happened = np.asarray(outcome, dtype=np.float64)
    said = np.asarray(chance, dtype=np.float64)
    counts = np.ones_like(said) if weight is None else np.asarray(weight, dtype=np.float64)
    if happened.ndim != 1 or happened.shape != said.shape or counts.shape != said.shape:
        lengths = f"{happened.size}, {said.size}, {counts.size}"
        message = f"outcomes, chances and weights differ in length: {lengths}"
        raise ModelError(message)
    if happened.size == 0 or not counts.sum() > 0:
        message = "there is no application to score"
        raise ModelError(message)
    if not np.isin(happened, (0.0, 1.0)).all():
        message = "an outcome is neither 0 nor 1"
        raise ModelError(message)
    if not ((said >= 0) & (said <= 1)).all():
        message = "a chance is unknown or outside 0 to 1"
        raise ModelError(message)
    return happened, said, counts


def brier(outcome: ArrayLike, chance: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Mean squared distance of chances from outcomes; 0 is perfect, .25 is a coin."""
    happened, said, counts = scored_rows(outcome, chance, weight)
    return float(np.average((happened - said) ** 2, weights=counts))


def log_loss(outcome: ArrayLike, chance: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Mean surprise in nats; a chance of exactly 0 or 1 counts as one rounding step off."""
    happened, said, counts = scored_rows(outcome, chance, weight)
    inside = np.clip(said, SMALLEST_CHANCE, 1 - SMALLEST_CHANCE)
    surprise = -np.where(happened == 1, np.log(inside), np.log1p(-inside))
    return float(np.average(surprise, weights=counts))


def skill(score: float, reference: float) -> float:
    """Share of a reference's loss that a forecast takes away; 0 is no better, below 0 worse.

    Parameters
    ----------
    score, reference : float
        Loss of the forecast and of what it is held against; lower is better.

    Returns
    -------
    float
        At most 1; NaN against a reference without loss.

    Examples
    --------
    >>> round(skill(0.15, 0.2), 12)
    0.25
    """
    return float("nan") if reference <= 0 else (reference - score) / reference


def chance_bins(chance: ArrayLike) -> NDArray[np.intp]:
    """Bin number of each chance: tenths of the way from 0 to 1, the last closed."""
    # A step of 1e-9 keeps 0.3 in the fourth bin, where floating point would drop it.
    width = np.floor(np.asarray(chance, dtype=np.float64) * BINS + 1e-9)
    return np.minimum(width, BINS - 1).astype(np.intp)


@dataclass(frozen=True, slots=True)
class BrierParts:
    """Murphy's parts; the score is reliability - resolution + uncertainty + within_bins."""

    reliability: float
    resolution: float
    uncertainty: float
    within_bins: float


def brier_parts(
    outcome: ArrayLike, chance: ArrayLike, weight: ArrayLike | None = None
) -> BrierParts:
    """Brier score taken apart (Murphy 1973), over tenths of the chances."""
    happened, said, counts = scored_rows(outcome, chance, weight)
    bin_of = chance_bins(said)
    size = np.bincount(bin_of, counts)
    used = size > 0
    share = size[used] / size.sum()
    rate = np.bincount(bin_of, counts * happened)[used] / size[used]
    mean_chance = np.bincount(bin_of, counts * said)[used] / size[used]
    overall = float(share @ rate)
    reliability = float(share @ (mean_chance - rate) ** 2)
    resolution = float(share @ (rate - overall) ** 2)
    uncertainty = overall * (1 - overall)
    whole = brier(happened, said, counts)
    return BrierParts(
        reliability, resolution, uncertainty, whole - reliability + resolution - uncertainty
    )
