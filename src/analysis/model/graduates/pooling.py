"""How far the office's own outcomes move the survey's effects, flag by flag and tier by tier.

Partial pooling: the survey's log-odds are the offset, each effect is a shift drawn around 0, and
how far shifts of one kind go is learned from all of them (docs/methods.md, section 7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from analysis.errors import ModelError
from analysis.model.graduates.clusters import Applicants, likelihood

__all__ = ["Pooled", "Prior", "laplace", "pooled_effects"]

NEWTON_STEPS = 40
VARIANCE_STEPS = 30
# Log-likelihood still to be gained, under which a search ends: a step of .04 standard errors.
DONE = 1e-3
SPREAD_DONE = 1e-2
INTERVAL = 0.9


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of shifts of one kind before the office's data."""

    spread: float
    worth: float | None = None


@dataclass(frozen=True, slots=True)
class Pooled:
    """Shifts of the log-odds with their uncertainty."""

    shift: NDArray[np.float64]
    covariance: NDArray[np.float64]
    spread: NDArray[np.float64]
    log_evidence: float

    @property
    def standard_error(self) -> NDArray[np.float64]:
        """Standard deviation of each shift, shape (d,)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    def interval(self, level: float = INTERVAL) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lower and upper end of each shift, each of shape (d,), with mass ``level`` between."""
        reach = norm.ppf(0.5 + level / 2) * self.standard_error
        return self.shift - reach, self.shift + reach


def laplace(
    applicants: Applicants, spread: NDArray[np.float64], rho: float, begin: ArrayLike
) -> Pooled:
    """Most probable shifts under fixed spreads, by Newton's method, and the curvature there."""
    precision = spread**-2.0
    shift = np.asarray(begin, dtype=np.float64)
    here = likelihood(applicants, shift, rho)
    height = here.value - 0.5 * float(precision @ shift**2)
    for _ in range(NEWTON_STEPS):
        bowl = np.diag(precision) - here.hessian
        least = float(np.linalg.eigvalsh(bowl)[0])
        if least <= 0:
            # Far from the top the mixture is not concave; a ridge keeps the step uphill.
            bowl = bowl + np.eye(len(shift)) * (1.0 - least)
        slope = here.gradient - precision * shift
        step = np.linalg.solve(bowl, slope)
        rise = 0.5 * float(slope @ step)
        if rise < DONE and least > 0:
            # So near the top, the last step and its rise are those of a parabola.
            covariance: NDArray[np.float64] = np.asarray(np.linalg.inv(bowl), dtype=np.float64)
            volume = float(np.linalg.slogdet(covariance)[1] + np.log(precision).sum())
            return Pooled(shift + step, covariance, spread, height + rise + 0.5 * volume)
        for halving in range(20):
            there = shift + step * 0.5**halving
            ahead = likelihood(applicants, there, rho)
            height_there = ahead.value - 0.5 * float(precision @ there**2)
            if height_there >= height - DONE:
                break
        shift, here, height = there, ahead, height_there
    message = "the effects of the graduates' outcomes could not be found: no step goes uphill"
    raise ModelError(message)


def pooled_effects(
    applicants: Applicants,
    kinds: Sequence[str],
    priors: Mapping[str, Prior],
    rho: float,
    begin: Pooled | None = None,
) -> Pooled:
    """Shifts with the spread of each kind learned from the shifts themselves."""
    if len(kinds) != applicants.design.shape[1] or not set(kinds) <= set(priors):
        message = f"kinds {sorted(set(kinds))} do not fit the design or its priors"
        raise ModelError(message)
    if not all(priors[kind].spread > 0 for kind in kinds):
        message = "the standard deviation of a shift must be more than 0"
        raise ModelError(message)
    kind_of = np.asarray(kinds)
    spread = np.array([priors[kind].spread for kind in kinds])
    if begin is not None:
        spread = begin.spread
    pooled = laplace(
        applicants, spread, rho, np.zeros(len(kinds)) if begin is None else begin.shift
    )
    for _ in range(VARIANCE_STEPS):
        second = pooled.shift**2 + np.diag(pooled.covariance)
        spread = pooled.spread.copy()
        for kind in set(kinds):
            worth, at = priors[kind].worth, kind_of == kind
            if worth is not None:
                spread[at] = np.sqrt(
                    (second[at].sum() + worth * priors[kind].spread ** 2) / (at.sum() + worth)
                )
        if np.abs(np.log(spread / pooled.spread)).max() < SPREAD_DONE:
            return pooled
        pooled = laplace(applicants, spread, rho, pooled.shift)
    return pooled
