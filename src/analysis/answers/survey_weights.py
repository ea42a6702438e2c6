"""Weights from a raw survey of program directors, as a set of assumptions for any command."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.assumptions import Assumptions, factor_components
from analysis.model.survey import WAYS, component_weights, factor_ratings, survey_assumptions
from analysis.tables import read_pd_responses
from analysis.tables.specialties import specialty_name

__all__ = ["WAYS", "SurveyWeights", "survey_weights"]


@dataclass(frozen=True)
class SurveyWeights:
    """A survey's weights and what they rest on.

    Parameters
    ----------
    assumptions : Assumptions
        The set with the survey's weights.
    weights : DataFrame
        Of `component_weights`: every way side by side.
    way : str
        The one taken.
    respondents : int
        How many answered.
    source : str
        As it stands in the set.
    """

    assumptions: Assumptions
    weights: pd.DataFrame
    way: str
    respondents: int
    source: str

    def sentences(self) -> list[str]:
        """What was made of the survey, and what was left out of it.

        Returns
        -------
        list of str
            Plain sentences.
        """
        said = [f"Weights from {self.source}, by {self.way.replace('_', ' ')}."]
        for row in self.weights.to_dict("records"):
            shares = ", ".join(f"{way.replace('_', ' ')} {row[way]:.3f}" for way in WAYS)
            said.append(f"{row['component']}: {shares}.")
        for name, reason in (
            ("unmapped", "no component in factors.toml, left out"),
            ("suppressed", "too few respondents, left out"),
        ):
            if self.weights.attrs[name]:
                said.append(f"{', '.join(self.weights.attrs[name])}: {reason}.")
        return said


def survey_weights(
    survey_csv: str | os.PathLike[str],
    assumptions: Assumptions,
    specialty: str = "",
    way: str = WAYS[0],
) -> SurveyWeights:
    """Weights of a survey (docs/methods.md, section 2), all other assumptions as they are.

    Parameters
    ----------
    survey_csv : str or path-like
        Raw responses.
    assumptions : Assumptions
        The set whose weights they replace.
    specialty : str
        Directors of one specialty, in any of its spellings; "" for all.
    way : str
        One of `WAYS`.

    Returns
    -------
    SurveyWeights
        With the new set.

    Raises
    ------
    TableError
        If the survey cannot be used.
    ModelError
        If it has no response of the specialty, or too few that speak for a component.
    """
    responses = read_pd_responses(survey_csv)
    name = specialty_name(specialty)[0] or specialty
    ratings = factor_ratings(responses, assumptions, name or None)
    weights = component_weights(ratings, factor_components())
    count = int(ratings["n"].iloc[0])
    whose = f"{count} responses of {name}" if name else f"{count} responses"
    source = f"{Path(survey_csv).name} ({whose})"
    if "source" in responses:
        told = sorted({str(one) for one in responses["source"].dropna()})
        source = "; ".join([source, *told])
    own = survey_assumptions(assumptions, weights, source, way)
    return SurveyWeights(own, weights, way, count, source)
