"""Whether a chance of 40 % came true in 40 of 100: level, slope, bins, and what luck alone does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, ndtri

from analysis.errors import ModelError
from analysis.model.correlation import answers_at
from analysis.model.graduates.scores import chance_bins, scored_rows

__all__ = [
    "CalibrationLine",
    "calibration_in_the_large",
    "calibration_line",
    "ece",
    "ece_null",
    "reliability",
    "simulated_outcomes",
]

# Chances are kept this far from 0 and 1 before their logit is taken.
EDGE = 1e-6
STEPS = 50
STEP_DONE = 1e-10
LARGEST_SLOPE = 50.0
# Simulated years behind the error of a perfect model.
YEARS = 200


def calibration_in_the_large(
    outcome: ArrayLike, chance: ArrayLike, weight: ArrayLike | None = None
) -> float:
    """Observed rate minus mean chance: above 0, more interviews came than were said."""
    happened, said, counts = scored_rows(outcome, chance, weight)
    return float(np.average(happened - said, weights=counts))


@dataclass(frozen=True, slots=True)
class CalibrationLine:
    """Straight line of the logit of outcomes on the logit of chances."""

    slope: float
    intercept: float


def calibration_line(
    outcome: ArrayLike, chance: ArrayLike, weight: ArrayLike | None = None
) -> CalibrationLine:
    """Slope and intercept of a logistic recalibration, by Newton's method."""
    happened, said, counts = scored_rows(outcome, chance, weight)
    score = logit(np.clip(said, EDGE, 1 - EDGE))
    level = _newton(np.ones((score.size, 1)), score, happened, counts)
    both = _newton(np.column_stack([np.ones(score.size), score]), 0 * score, happened, counts)
    return CalibrationLine(slope=float(both[1]), intercept=float(level[0]))


def _newton(
    design: NDArray[np.float64],
    offset: NDArray[np.float64],
    happened: NDArray[np.float64],
    counts: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Maximum-likelihood coefficients of a logistic regression; NaN where there are none."""
    unknown = np.full(design.shape[1], np.nan)
    used = counts > 0
    if np.ptp(happened[used]) == 0 or any(np.ptp(c[used]) == 0 for c in design.T[1:]):
        return unknown
    beta = np.zeros(design.shape[1])
    for _ in range(STEPS):
        said = expit(offset + design @ beta)
        information = (design * (counts * said * (1 - said))[:, None]).T @ design
        if np.linalg.cond(information) > 1 / EDGE**2:
            return unknown
        step = np.linalg.solve(information, design.T @ (counts * (happened - said)))
        # Steps of at most 2 logits keep Newton's method from jumping over the top.
        beta = beta + step * min(1.0, 2.0 / max(float(np.abs(step).max()), EDGE))
        if np.abs(step).max() < STEP_DONE:
            return beta
        if np.abs(beta).max() > LARGEST_SLOPE:
            return unknown
    return unknown


def ece(outcome: ArrayLike, chance: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Expected calibration error: mean distance of the tenths' rates from their mean chances."""
    happened, said, counts = scored_rows(outcome, chance, weight)
    gap = np.bincount(chance_bins(said), counts * (happened - said))
    return float(np.abs(gap).sum() / counts.sum())


def simulated_outcomes(
    chance: ArrayLike,
    applicant: ArrayLike,
    rho: float,
    draws: int,
    generator: np.random.Generator,
) -> NDArray[np.bool_]:
    """Outcomes as they would fall if every chance were right, by applicants with a common factor.

    Parameters
    ----------
    chance : array_like of float, shape (n,)
        In [0, 1].
    applicant : array_like, shape (n,)
        Whose application it is.
    rho : float
        Correlation of one applicant's outcomes on the latent scale, in [0, 1).
    draws : int
        How many times.
    generator : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    ndarray of bool, shape (draws, n)
        The order of the rows does not matter: a row takes its outcomes with it.
    """
    if not 0 <= rho < 1:
        message = f"the correlation of one applicant's outcomes is {rho}, not in [0, 1)"
        raise ModelError(message)
    code = np.unique(np.asarray(applicant), return_inverse=True)[1]
    threshold = ndtri(np.asarray(chance, dtype=np.float64))
    order = np.lexsort([threshold, code])
    common = generator.standard_normal((draws, int(code.max()) + 1))[:, code[order]]
    given = answers_at(threshold[order], rho, common)
    fell = np.empty(given.shape, dtype=np.bool_)
    fell[:, order] = generator.random(given.shape) < given
    return fell


def ece_null(
    chance: ArrayLike,
    applicant: ArrayLike,
    rho: float,
    *,
    seed: int = 0,
) -> float:
    """Mean calibration error that a perfect model would show on these applications.

    Parameters
    ----------
    chance, applicant, rho
        As in `simulated_outcomes`.
    seed : int
        Of the simulated years.

    Returns
    -------
    float
        To be taken off `ece` before anyone is worried.
    """
    said = np.asarray(chance, dtype=np.float64)
    fell = simulated_outcomes(said, applicant, rho, YEARS, np.random.default_rng(seed))
    return float(np.mean([ece(row, said) for row in fell.astype(np.float64)]))


def reliability(
    outcome: ArrayLike,
    chance: ArrayLike,
    applicant: ArrayLike,
    rho: float,
    *,
    smallest_cell: int,
    draws: int = 400,
    seed: int = 0,
) -> pd.DataFrame:
    """Reliability diagram with consistency bands: where a perfect model's bins would fall.

    Parameters
    ----------
    outcome, chance : array_like, shape (n,)
        As in `analysis.model.graduates.scores.scored_rows`.
    applicant, rho
        As in `simulated_outcomes`; the band widens with the correlation.
    smallest_cell : int
        Bins with fewer applicants are kept without numbers (privacy) and marked.
    draws, seed : int
        How many simulated years, and from which seed.

    Returns
    -------
    DataFrame
        One row a bin that holds applications: mean_chance, rate, band_low, band_high (5 to 95 %),
        n_applications, n_applicants, suppressed.
    """
    happened, said, counts = scored_rows(outcome, chance)
    who = np.asarray(applicant)
    bin_of = chance_bins(said)
    fell = simulated_outcomes(said, who, rho, draws, np.random.default_rng(seed))
    rows = []
    for number in np.unique(bin_of):
        here = bin_of == number
        low, high = np.quantile(fell[:, here].mean(axis=1), [0.05, 0.95])
        n_applicants = len(np.unique(who[here]))
        shown = n_applicants >= smallest_cell
        numbers = (said[here].mean(), happened[here].mean(), low, high)
        rows.append(
            (
                *(numbers if shown else (np.nan,) * 4),
                int(counts[here].sum()) if shown else pd.NA,
                n_applicants if shown else pd.NA,
                not shown,
            )
        )
    columns = ["mean_chance", "rate", "band_low", "band_high"]
    counted = ["n_applications", "n_applicants"]
    return pd.DataFrame(rows, columns=[*columns, *counted, "suppressed"]).astype(
        dict.fromkeys(columns, "float64") | dict.fromkeys(counted, "Int64") | {"suppressed": bool}
    )
