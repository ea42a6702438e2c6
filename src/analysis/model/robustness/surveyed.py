"""Weights of a raw survey, and how far another sample of its respondents would have moved them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.robustness.weights import bootstrap_weights, checked_base
from analysis.model.survey import (
    WAYS,
    component_weights,
    factor_ratings,
    survey_assumptions,
    weighing,
)

__all__ = ["Surveyed", "matched_concentration", "surveyed_weights"]

Floats = NDArray[np.float64]
# Surveys drawn again: enough for the 5 % point of a weight to stand still in what is printed.
SURVEYS = 1_000


@dataclass(frozen=True)
class Surveyed:
    """A survey's weights, and their sampling error.

    Attributes
    ----------
    assumptions : Assumptions
        The set with the survey's weights, basis ``office``.
    drawn : ndarray of float, shape (surveys, 5)
        Weights of the survey with its respondents drawn again, in the order of the components.
    respondents : int
        How many answered.
    """

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
    """Weights from a raw survey with its own sampling error (docs/methods.md, section 6).

    Parameters
    ----------
    responses : DataFrame
        One row a respondent, one column a factor: 1-5, NaN = not cited.
    components : mapping of str to str
        Component of each factor.
    assumptions : Assumptions
        What else holds; ``survey.smallest_cell`` and ``robustness.seed``.
    source : str
        Which survey, for the record.
    specialties : sequence of str
        Whose respondents count; all of them if none answered, or none is named.
    way : str
        One of `analysis.model.survey.WAYS`.

    Returns
    -------
    Surveyed
        Same responses, same bytes.

    Raises
    ------
    ModelError
        If a component has no factor with enough respondents, or `way` is unknown.
    """
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
