"""Likelihood of applicants whose outcomes share one latent factor, with its slope and curvature.

An applicant's applications fall together: p_i(z) = Phi((Phi^-1(p_i) + sqrt(rho) z)/sqrt(1-rho)),
z standard normal, one per applicant (docs/methods.md, sections 4 and 7). The mean over z is p_i, so
effects keep their meaning for the chance that is printed, whatever the correlation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, log_ndtr, logsumexp, ndtri

from analysis.errors import ModelError

__all__ = ["Applicants", "Likelihood", "likelihood"]

# An even grid: 60 outcomes of one applicant make the integrand too narrow for Gauss-Hermite.
NODES = np.linspace(-5.0, 5.0, 37)
LOG_WEIGHTS = -0.5 * NODES**2 - logsumexp(-0.5 * NODES**2)
LARGEST_LOGIT = 30.0
LOG_ROOT_TWO_PI = 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True, slots=True)
class Applicants:
    """Outcomes in order of applicants.

    Parameters
    ----------
    outcome : ndarray of float, shape (n,)
        0 or 1.
    logit : ndarray of float, shape (n,)
        Log-odds of the chance that the survey gives.
    design : ndarray of float, shape (n, d)
        How far each effect moves each row's log-odds.
    start : ndarray of int, shape (applicants,)
        First row of each applicant.
    order : ndarray of int, shape (n,)
        Where the rows stood before they were put in order.
    """

    outcome: NDArray[np.float64]
    logit: NDArray[np.float64]
    design: NDArray[np.float64]
    start: NDArray[np.intp]
    order: NDArray[np.intp]

    @classmethod
    def of(
        cls, outcome: ArrayLike, logit: ArrayLike, design: ArrayLike, applicant: ArrayLike
    ) -> Applicants:
        """Rows checked and put in order of applicants.

        Parameters
        ----------
        outcome, logit : array_like, shape (n,)
            Outcomes 0 or 1, and finite log-odds.
        design : array_like, shape (n, d)
            Finite.
        applicant : array_like, shape (n,)
            Whose row it is.

        Returns
        -------
        Applicants

        Raises
        ------
        ModelError
            If there is no row, or one that is not finite (a closed gate has no log-odds).
        """
        happened = np.asarray(outcome, dtype=np.float64)
        base = np.asarray(logit, dtype=np.float64)
        effects = np.asarray(design, dtype=np.float64)
        code = np.unique(np.asarray(applicant), return_inverse=True)[1]
        if happened.size == 0:
            message = "there is no application to learn from"
            raise ModelError(message)
        if not (np.isfinite(base).all() and np.isfinite(effects).all()):
            message = "a row without log-odds: leave out applications behind a closed gate"
            raise ModelError(message)
        if not np.isin(happened, (0.0, 1.0)).all():
            message = "an outcome is neither 0 nor 1"
            raise ModelError(message)
        order = np.argsort(code, kind="stable")
        start = np.flatnonzero(np.diff(code[order], prepend=-1))
        return cls(happened[order], base[order], effects[order], start, order)


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Log-likelihood at one point.

    Parameters
    ----------
    value : float
        Sum over applicants.
    gradient : ndarray of float, shape (d,)
        Slope in each effect.
    hessian : ndarray of float, shape (d, d)
        Curvature.
    posterior : ndarray of float, shape (applicants, nodes)
        Weight of each value of the latent factor, given the applicant's outcomes.
    """

    value: float
    gradient: NDArray[np.float64]
    hessian: NDArray[np.float64]
    posterior: NDArray[np.float64]


def likelihood(applicants: Applicants, effects: ArrayLike, rho: float) -> Likelihood:
    """Log-likelihood of effects and correlation, with gradient and Hessian in the effects.

    Parameters
    ----------
    applicants : Applicants
        Outcomes, log-odds and design.
    effects : array_like of float, shape (d,)
        Shifts of the log-odds, one a column of the design.
    rho : float
        In [0, 1).

    Returns
    -------
    Likelihood
    """
    shifted = applicants.logit + applicants.design @ np.asarray(effects, dtype=np.float64)
    chance = expit(np.clip(shifted, -LARGEST_LOGIT, LARGEST_LOGIT))
    threshold = ndtri(chance)
    sign = 2 * applicants.outcome[:, None] - 1
    scale = 1 / np.sqrt(1 - rho)
    inside = sign * scale * (threshold[:, None] + np.sqrt(rho) * NODES)
    log_chance = log_ndtr(inside)
    joint = np.add.reduceat(log_chance, applicants.start, axis=0) + LOG_WEIGHTS
    each = logsumexp(joint, axis=1)
    posterior = np.exp(joint - each[:, None])

    # Slope and curvature in the threshold, then, by the chain rule, in the log-odds.
    mills = np.exp(-0.5 * inside**2 - LOG_ROOT_TWO_PI - log_chance)
    variance = chance * (1 - chance)
    steep = variance * np.exp(0.5 * threshold**2 + LOG_ROOT_TWO_PI)
    bend = steep * (1 - 2 * chance) + threshold * steep**2
    slope = scale * sign * mills
    curve = -(scale**2) * mills * (inside + mills)
    curve = curve * (steep**2)[:, None] + slope * bend[:, None]
    slope = slope * steep[:, None]

    lengths = np.diff(np.append(applicants.start, applicants.outcome.size))
    row_weight = np.repeat(posterior, lengths, axis=0)
    design = applicants.design
    gradient = design.T @ np.einsum("ns,ns->n", row_weight, slope)
    hessian = (design * np.einsum("ns,ns->n", row_weight, curve)[:, None]).T @ design
    by_node = np.zeros((len(lengths), len(NODES), design.shape[1]))
    person = np.repeat(np.arange(len(lengths)), lengths)
    for at, column in enumerate(design.T):
        # Most columns concern few rows: those of one flag, or of one kind of program.
        rows = np.flatnonzero(column)
        if rows.size:
            begin = np.flatnonzero(np.diff(person[rows], prepend=-1))
            part = np.add.reduceat(slope[rows] * column[rows, None], begin, axis=0)
            by_node[person[rows[begin]], :, at] = part
    mean = np.einsum("as,asd->ad", posterior, by_node)
    flat = (by_node * np.sqrt(posterior)[:, :, None]).reshape(-1, design.shape[1])
    hessian = hessian + flat.T @ flat - mean.T @ mean
    return Likelihood(float(each.sum()), gradient, hessian, posterior)
