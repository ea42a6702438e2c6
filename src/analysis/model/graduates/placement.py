"""How often an interview ends in a place: r, learned from who matched, given the common factor."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logsumexp

from analysis.errors import ModelError
from analysis.model.correlation import answers_at, match_thresholds
from analysis.model.graduates.clusters import NODES, Applicants, likelihood
from analysis.model.graduates.overdispersion import Estimate, profile_interval

__all__ = ["match_given_interview", "placed_given_interview"]


def placed_given_interview(chance: ArrayLike, rate: float, rho: float) -> NDArray[np.float64]:
    """Chance of a place after an interview at each value of the common factor."""
    return answers_at(-match_thresholds(chance, rate, rho)[:, None], rho, NODES)


def match_given_interview(
    applicants: Applicants, shift: NDArray[np.float64], rho: float, matched: ArrayLike
) -> Estimate:
    """Chance that an interview ends in a place, from which interviewed graduates matched.

    A graduate stays unmatched if every interview said no; what the interviews say about the common
    factor is taken into account.

    Parameters
    ----------
    applicants : Applicants
        Interviews as outcomes, log-odds and design.
    shift : ndarray of float, shape (d,)
        Fitted effects.
    rho : float
        Correlation of one graduate's answers.
    matched : array_like of int, shape (n,)
        Per row, in the order of the rows given to `Applicants.of`: 1 if matched there.

    Returns
    -------
    Estimate
        In [.01, .99]; n counts graduates with an interview.

    Raises
    ------
    ModelError
        If no one was interviewed.
    """
    there = np.asarray(matched, dtype=np.float64)[applicants.order]
    lengths = np.diff(np.append(applicants.start, applicants.outcome.size))
    code = np.repeat(np.arange(len(lengths)), lengths)
    seen = applicants.outcome == 1
    if not seen.any():
        message = "no graduate was interviewed: match given interview cannot be learned"
        raise ModelError(message)
    placed = np.bincount(code, there) > 0
    people = np.unique(code[seen])
    start = np.searchsorted(code[seen], people)
    log_posterior = np.log(
        np.maximum(likelihood(applicants, shift, rho).posterior[people], np.finfo(float).tiny)
    )
    chance = expit(applicants.logit + applicants.design @ shift)[seen]
    # Chances are rounded to a hundredth: the threshold d moves slowly with them, and few are left.
    levels, level_of = np.unique(np.clip(np.round(chance, 2), 0.01, 0.99), return_inverse=True)

    def log_likelihood(rate: float) -> float:
        refused = np.log1p(-np.minimum(placed_given_interview(levels, rate, rho), 1 - 1e-12))
        none = np.add.reduceat(refused[level_of], start, axis=0)
        some = np.log(-np.expm1(np.minimum(none, -1e-300)))
        each = np.where(placed[people][:, None], some, none)
        return float(logsumexp(each + log_posterior, axis=1).sum())

    return profile_interval(log_likelihood, 0.01, 0.99, len(people))
