"""Uncertain weights: Dirichlet draws, or a survey's own sampling error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.survey import (
    WAYS,
    component_weights,
    factor_ratings,
    survey_assumptions,
    weighing,
)

__all__ = [
    "Surveyed",
    "bootstrap_weights",
    "gamma_weights",
    "matched_concentration",
    "rescaled_weights",
    "surveyed_weights",
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


def gamma_weights(quantiles: ArrayLike, base: ArrayLike, concentration: float) -> Floats:
    """Dirichlet weights from independent quantiles, so that variance shares are defined."""
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
        How many, and where the random numbers start.

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


# Surveys drawn again: enough for the 5% point of a weight to stand still in what is printed.
SURVEYS = 1_000


@dataclass(frozen=True)
class Surveyed:
    """A survey's weights, and their sampling error."""

    assumptions: Assumptions
    drawn: Floats
    respondents: int


def surveyed_weights(
    responses: pd.DataFrame,
    components: Mapping[str, str],
    assumptions: Assumptions,
    source: str,
    specialties: Sequence[str] = (),
    way: str = WAYS[0],
) -> Surveyed:
    """Weights from a raw survey with its own sampling error (docs/methods.md, section 6)."""
    own = responses[responses["specialty"].isin(list(specialties))]
    own = responses if own.empty else own
    weights = component_weights(factor_ratings(own, assumptions), components)
    if way not in WAYS:
        raise ModelError(f"{way} is not a way to weigh; expected one of {', '.join(WAYS)}")
    factors = [factor for together in weights["factors"] for factor in together]
    drawn = bootstrap_weights(
        own[factors].to_numpy(dtype=np.float64),
        weighing(factors, components, way),
        SURVEYS,
        int(assumptions.value("robustness.seed")),
    )
    return Surveyed(survey_assumptions(assumptions, weights, source, way), drawn, len(own))


def matched_concentration(base: ArrayLike, drawn: ArrayLike) -> float:
    """Concentration of the Dirichlet that scatters around a base as drawn weights do.

    Its variances sum to ``sum(w (1 - w)) / (nu + 1)``.

    Parameters
    ----------
    base : array_like of float, shape (k,)
        Base weights.
    drawn : array_like of float, shape (draws, k)
        Weights, each row summing to 1.

    Returns
    -------
    float
        Above 0.

    Raises
    ------
    ModelError
        If the drawn weights do not vary, or vary more than any Dirichlet.

    Examples
    --------
    >>> round(matched_concentration([0.5, 0.5], [[0.4, 0.6], [0.6, 0.4]]), 6)
    24.0
    """
    shares = checked_base(base)
    scatter = float(((np.asarray(drawn, dtype=np.float64) - shares) ** 2).mean(axis=0).sum())
    concentration = float(shares @ (1 - shares)) / scatter - 1 if scatter > 0 else 0.0
    if not concentration > 0:
        raise ModelError("the survey's weights, drawn again, do not scatter as weights can")
    return concentration
