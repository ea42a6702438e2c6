"""Weights that might have been: drawn around a base, from a survey, or changed one at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

from analysis.errors import ModelError

__all__ = [
    "bootstrap_weights",
    "dirichlet_weights",
    "gamma_weights",
    "rescaled_weights",
    "uniform_weights",
]

Floats = NDArray[np.float64]


def checked_base(base: ArrayLike) -> Floats:
    """Weights as shares that sum to 1; refuses what cannot be a set of weights."""
    weights = np.asarray(base, dtype=np.float64)
    if weights.ndim != 1 or not np.all(np.isfinite(weights)) or np.any(weights < 0):
        raise ModelError("weights must be a row of numbers, none of them below 0")
    if not weights.sum() > 0:
        raise ModelError("weights must not all be 0")
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def dirichlet_weights(base: ArrayLike, concentration: float, draws: int, seed: int) -> Floats:
    """Weights drawn around a base: Dirichlet(concentration * base).

    Source: docs/methods.md, section 6. The standard deviation of a weight w is
    ``sqrt(w (1 - w) / (concentration + 1))``.

    Parameters
    ----------
    base : array_like of float, shape (k,)
        Base weights, none below 0; normalised here. A weight of 0 stays 0.
    concentration : float
        How firmly the base is held, > 0; infinity gives the base itself in every draw.
    draws : int
        How many sets of weights.
    seed : int
        Same seed, same draws.

    Returns
    -------
    ndarray of float, shape (draws, k)
        Each row sums to 1.

    Raises
    ------
    ModelError
        If the base is no set of weights or the concentration is not above 0.

    Examples
    --------
    >>> dirichlet_weights([30, 70], float("inf"), 2, seed=1).tolist()
    [[0.3, 0.7], [0.3, 0.7]]
    """
    weights = checked_base(base)
    if not concentration > 0:
        raise ModelError(f"the concentration of weight draws must be above 0, not {concentration}")
    if np.isinf(concentration):
        return np.tile(weights, (draws, 1))
    # Independent Gammas rather than Generator.dirichlet: that one refuses a weight of 0.
    gammas = np.random.default_rng(seed).standard_gamma(
        concentration * weights, size=(draws, weights.size)
    )
    return normalised(gammas, weights)


def uniform_weights(components: int, draws: int, seed: int) -> Floats:
    """Weights drawn uniformly from the simplex: no preference information at all.

    Parameters
    ----------
    components : int
        How many weights, at least 1.
    draws, seed : int
        As in `dirichlet_weights`.

    Returns
    -------
    ndarray of float, shape (draws, components)
        Each row sums to 1.
    """
    return dirichlet_weights(np.ones(components), float(components), draws, seed)


def gamma_weights(quantiles: ArrayLike, base: ArrayLike, concentration: float) -> Floats:
    """Dirichlet weights from independent quantiles, so that variance shares are defined.

    Sobol indices need independent inputs; Dirichlet weights are not. Independent Gammas,
    normalised inside the model, have the same distribution (docs/methods.md, section 6).

    Parameters
    ----------
    quantiles : array_like of float, shape (n, k)
        In (0, 1); column j drives weight j.
    base : array_like of float, shape (k,)
        Base weights, none below 0.
    concentration : float
        Finite and > 0.

    Returns
    -------
    ndarray of float, shape (n, k)
        Each row sums to 1.

    Raises
    ------
    ModelError
        If the base is no set of weights or the concentration is not a finite number above 0.
    """
    weights = checked_base(base)
    if not 0 < concentration < np.inf:
        raise ModelError(f"the concentration of weight draws must be above 0, not {concentration}")
    shape = np.where(weights > 0, concentration * weights, 1.0)
    gammas = gammaincinv(shape, np.asarray(quantiles, dtype=np.float64))
    return normalised(np.where(weights > 0, gammas, 0.0), weights)


def normalised(gammas: Floats, weights: Floats) -> Floats:
    """Rows divided by their sum; a row that underflowed to 0 altogether takes the base."""
    total = gammas.sum(axis=1, keepdims=True)
    return np.where(total > 0, gammas / np.where(total > 0, total, 1.0), weights)


def bootstrap_weights(
    responses: ArrayLike, weights_of: Callable[[Floats], ArrayLike], draws: int, seed: int
) -> Floats:
    """Weights from a survey's own sampling error: respondents drawn again with replacement.

    Parameters
    ----------
    responses : array_like of float, shape (respondents, k)
        One row a respondent; NaN = not cited.
    weights_of : callable
        Takes responses of the same shape, gives k weights (any scale).
    draws, seed : int
        As in `dirichlet_weights`.

    Returns
    -------
    ndarray of float, shape (draws, k)
        Each row sums to 1.

    Raises
    ------
    ModelError
        If there are no respondents, or a draw leaves no weight above 0.
    """
    answers = np.asarray(responses, dtype=np.float64)
    if answers.ndim != 2 or answers.shape[0] == 0:
        raise ModelError("weights cannot be drawn from a survey without respondents")
    rows = np.random.default_rng(seed).integers(0, answers.shape[0], size=(draws, answers.shape[0]))
    return np.stack([checked_base(weights_of(answers[row])) for row in rows])


def rescaled_weights(base: ArrayLike, component: int, share: ArrayLike) -> Floats:
    """Weights with one share fixed and the others rescaled in proportion.

    What ``--set weights.X=v`` does, for many values of v at once.

    Parameters
    ----------
    base : array_like of float, shape (k,)
        Base weights.
    component : int
        Which weight is fixed.
    share : array_like of float, shape (n,)
        Its share, in [0, 1].

    Returns
    -------
    ndarray of float, shape (n, k)
        Each row sums to 1.

    Raises
    ------
    ModelError
        If a share lies outside [0, 1], or nothing is left to rescale.

    Examples
    --------
    >>> rescaled_weights([0.5, 0.3, 0.2], 0, [0.0]).tolist()
    [[0.0, 0.6, 0.4]]
    """
    weights = checked_base(base)
    shares = np.atleast_1d(np.asarray(share, dtype=np.float64))
    if not np.all((shares >= 0) & (shares <= 1)):
        raise ModelError("the share of a weight must lie between 0 and 1")
    if weights[component] == 1 and np.any(shares < 1):
        raise ModelError("a weight that holds everything leaves no others to rescale")
    others = weights.copy()
    others[component] = 0.0
    scaled = (1 - shares)[:, None] * (others / max(others.sum(), np.finfo(float).tiny))
    scaled[:, component] = shares
    return np.asarray(scaled, dtype=np.float64)
