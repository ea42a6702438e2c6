"""How much one graduate's answers fall together: rho, from the over-dispersion of interviews."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import chi2

from analysis.model.graduates.clusters import Applicants
from analysis.model.graduates.pooling import Pooled, laplace

__all__ = ["Estimate", "applicant_correlation", "profile_interval"]

LARGEST_RHO = 0.9
TOLERANCE = 2e-3
# Far from its top a height may be slow to find, so an interval's ends are approached from within.
FIRST_STEP = 0.08


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number learned from the office's outcomes.

    Parameters
    ----------
    value : float
        Most probable value.
    low, high : float
        Ends of the 90 % interval.
    n : int
        How many graduates, or cells, it rests on.
    at_bound : bool
        Whether the interval ends where the search did: read it as "at least" or "at most".
    """

    value: float
    low: float
    high: float
    n: int
    at_bound: bool = False


def profile_interval(
    log_likelihood: Callable[[float], float],
    lowest: float,
    highest: float,
    n: int,
    tolerance: float = TOLERANCE,
) -> Estimate:
    """Top of a log-likelihood in one number, and its 90 % interval: a fall by half a chi-squared.

    Parameters
    ----------
    log_likelihood : callable
        Of one number.
    lowest, highest : float
        Range searched.
    n : int
        Passed on to the estimate.
    tolerance : float
        How exactly the number is wanted.

    Returns
    -------
    Estimate
    """
    height = lru_cache(maxsize=None)(log_likelihood)
    top = minimize_scalar(
        lambda x: -height(float(x)),
        bounds=(lowest, highest),
        method="bounded",
        options={"xatol": tolerance},
    )
    # The search never looks at its ends themselves.
    near = [end for end in (lowest, highest) if abs(end - float(top.x)) < 3 * tolerance]
    best = max((float(top.x), *near), key=height)
    floor = height(best) - 0.5 * float(chi2.ppf(0.9, 1))

    def end_towards(limit: float) -> float:
        """Where the height has fallen to the floor, in growing steps and then exactly."""
        inside, step = best, FIRST_STEP * (limit - best)
        while inside != limit:
            outside = limit if abs(limit - inside) <= abs(step) else inside + step
            if height(outside) < floor:
                return float(brentq(lambda x: height(x) - floor, inside, outside, xtol=tolerance))
            inside, step = outside, 2 * step
        return limit

    low, high = end_towards(lowest), end_towards(highest)
    return Estimate(best, low, high, n, at_bound=low == lowest or high == highest)


def applicant_correlation(
    applicants: Applicants, spread: NDArray[np.float64], begin: NDArray[np.float64]
) -> Estimate:
    """Latent correlation of one applicant's answers, with the effects integrated out."""
    shifts = {0.0: begin}

    def evidence(rho: float) -> float:
        nearest = min(shifts, key=lambda known: abs(known - rho))
        fit: Pooled = laplace(applicants, spread, rho, shifts[nearest])
        shifts[rho] = fit.shift
        return fit.log_evidence

    return profile_interval(evidence, 0.0, LARGEST_RHO, len(applicants.start))
