"""Likelihood of applicants whose outcomes share one latent factor, with its slope and curvature.

An applicant's applications fall together: p_i(z) = Phi((Phi^-1(p_i) + sqrt(rho) z)/sqrt(1-rho)),
z standard normal, one per applicant (docs/methods.md, sections 4 and 7). The mean over z is p_i, so
effects keep their meaning for the chance that is printed, whatever the correlation.
"""

from __future__ import annotations

from collections.abc import Iterator
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
# Rows and multiplications of one block: what is worked out for it stays in the processor's cache,
# and no product is so large that it is shared among threads, whose waiting costs more (timed).
BLOCK_ROWS = 256
BLOCK_PRODUCTS = 250_000
LOG_ROOT_TWO_PI = 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True, slots=True)
class Applicants:
    """Outcomes in order of applicants, those with few applications first."""

    outcome: NDArray[np.float64]
    logit: NDArray[np.float64]
    design: NDArray[np.float64]
    start: NDArray[np.intp]
    order: NDArray[np.intp]

    @classmethod
    def of(
        cls, outcome: ArrayLike, logit: ArrayLike, design: ArrayLike, applicant: ArrayLike
    ) -> Applicants:
        """Rows checked and put in order of applicants."""
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
        order = np.lexsort([code, np.bincount(code)[code]])
        start = np.flatnonzero(np.diff(code[order], prepend=-1))
        return cls(happened[order], base[order], effects[order], start, order)

    def blocks(self) -> Iterator[tuple[int, int, int]]:
        """First row, applicants and applications each, of short runs of who sent as many."""
        sent = np.diff(np.append(self.start, self.outcome.size))
        rows = min(BLOCK_ROWS, BLOCK_PRODUCTS // self.design.shape[1] ** 2)
        for each in np.unique(sent):
            people = self.start[sent == each]
            most = max(1, rows // int(each))
            for at in range(0, len(people), most):
                yield int(people[at]), len(people[at : at + most]), int(each)


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Log-likelihood at one point."""

    value: float
    gradient: NDArray[np.float64]
    hessian: NDArray[np.float64]
    posterior: NDArray[np.float64]


def likelihood(applicants: Applicants, effects: ArrayLike, rho: float) -> Likelihood:
    """Log-likelihood of effects and correlation, with gradient and Hessian in the effects."""
    shifted = applicants.logit + applicants.design @ np.asarray(effects, dtype=np.float64)
    chance = expit(np.clip(shifted, -LARGEST_LOGIT, LARGEST_LOGIT))
    threshold = ndtri(chance)
    # Slope and curvature in the threshold become, by the chain rule, those in the log-odds.
    steep = chance * (1 - chance) * np.exp(0.5 * threshold**2 + LOG_ROOT_TWO_PI)
    bend = steep * (1 - 2 * chance) + threshold * steep**2
    towards = (2 * applicants.outcome - 1) / np.sqrt(1 - rho)
    columns = applicants.design.shape[1]
    value, gradient, hessian = 0.0, np.zeros(columns), np.zeros((columns, columns))
    posteriors = []
    for begin, people, each in applicants.blocks():
        rows = slice(begin, begin + people * each)
        shape = (people, each, 1)
        inside = towards[rows].reshape(shape) * (
            threshold[rows].reshape(shape) + np.sqrt(rho) * NODES
        )
        log_chance = log_ndtr(inside)
        joint = log_chance.sum(axis=1) + LOG_WEIGHTS
        top = joint.max(axis=1, keepdims=True)
        posterior = np.exp(joint - top)
        total = posterior.sum(axis=1, keepdims=True)
        posterior /= total
        value += float((np.log(total) + top).sum())
        posteriors.append(posterior)

        mills = np.exp(-0.5 * inside**2 - LOG_ROOT_TWO_PI - log_chance)
        weighted = posterior[:, None, :] * mills
        mean = weighted.sum(axis=2)
        factor = (towards * steep)[rows].reshape(people, each)
        # How one applicant's slopes vary together over the latent factor, and each one's bend.
        together = weighted @ mills.transpose(0, 2, 1) - mean[:, :, None] * mean[:, None, :]
        together *= factor[:, :, None] * factor[:, None, :]
        diagonal = np.arange(each)
        together[:, diagonal, diagonal] += (towards * bend)[rows].reshape(people, each) * mean
        together[:, diagonal, diagonal] -= factor**2 * (weighted * (inside + mills)).sum(axis=2)
        design = applicants.design[rows]
        gradient += (factor * mean).ravel() @ design
        hessian += design.T @ (together @ design.reshape(people, each, -1)).reshape(-1, columns)
    return Likelihood(value, gradient, hessian, np.concatenate(posteriors))
