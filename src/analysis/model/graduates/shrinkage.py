"""Rates pulled towards the survey by how few cases there are, and how much the survey is worth."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, expit, ndtri

from analysis.errors import ModelError
from analysis.model.correlation import answers_at
from analysis.model.graduates.clusters import LOG_WEIGHTS, NODES
from analysis.model.graduates.overdispersion import Estimate, profile_interval

__all__ = ["design_effect", "prior_sample_size", "shrunk_rate"]

SMALLEST_WORTH = 0.5


def shrunk_rate(
    successes: ArrayLike, trials: ArrayLike, prior: ArrayLike, prior_sample_size: float
) -> NDArray[np.float64]:
    """Interview rate pulled towards the survey's chance, by how few cases there are."""
    got, tried, believed = _counts(successes, trials, prior)
    if not prior_sample_size > 0:
        message = f"the survey is worth {prior_sample_size} applications; it must be more than 0"
        raise ModelError(message)
    return np.asarray((got + prior_sample_size * believed) / (tried + prior_sample_size))


def prior_sample_size(
    successes: ArrayLike, trials: ArrayLike, prior: ArrayLike, cap: float
) -> Estimate:
    """How many applications the survey is worth, by how far cells stray from its chances."""
    got, tried, believed = _counts(successes, trials, prior)
    used = (tried > 0) & (believed > 0) & (believed < 1)
    if not (tried[used] > 1).any():
        message = "no cell has two applications: how far cells stray cannot be seen"
        raise ModelError(message)
    got, tried, believed = got[used], tried[used], believed[used]

    def log_marginal(log_worth: float) -> float:
        for_it, against = np.exp(log_worth) * believed, np.exp(log_worth) * (1 - believed)
        gain = betaln(got + for_it, tried - got + against) - betaln(for_it, against)
        return float(gain.sum())

    found = profile_interval(
        log_marginal, float(np.log(SMALLEST_WORTH)), float(np.log(cap)), int(used.sum())
    )
    value, low, high = (float(np.exp(x)) for x in (found.value, found.low, found.high))
    return Estimate(value, low, high, found.n, found.at_bound)


def design_effect(
    logit: ArrayLike, applicant: ArrayLike, cell: ArrayLike, rho: float
) -> NDArray[np.float64]:
    """By how much counts of a cell vary more than coin throws of its mean chance would."""
    chance = expit(np.asarray(logit, dtype=np.float64))
    cell_of = np.asarray(cell, dtype=np.intp)
    cells = int(cell_of.max()) + 1
    who = np.unique(np.asarray(applicant), return_inverse=True)[1]
    pair, start_of = np.unique(who * cells + cell_of, return_inverse=True)
    given = answers_at(ndtri(chance)[:, None], rho, NODES)
    mean = np.zeros((len(pair), len(NODES)))
    spread = np.zeros_like(mean)
    np.add.at(mean, start_of, given)
    np.add.at(spread, start_of, given * (1 - given))
    expected = np.bincount(start_of, chance, len(pair))
    variance = (mean**2 + spread) @ np.exp(LOG_WEIGHTS) - expected**2
    trials = np.bincount(cell_of, minlength=cells)
    average = np.bincount(cell_of, chance, cells) / np.maximum(trials, 1)
    coin = trials * average * (1 - average)
    total = np.bincount(pair % cells, variance, cells)
    return np.divide(total, coin, out=np.ones(cells), where=coin > 0)


def _counts(
    successes: ArrayLike, trials: ArrayLike, prior: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    got = np.asarray(successes, dtype=np.float64)
    tried = np.asarray(trials, dtype=np.float64)
    believed = np.asarray(prior, dtype=np.float64)
    if not ((got >= 0) & (got <= tried)).all():
        message = "more interviews than applications"
        raise ModelError(message)
    if not ((believed >= 0) & (believed <= 1)).all():
        message = "a survey chance is unknown or outside 0 to 1"
        raise ModelError(message)
    return got, tried, believed
