"""Which assumptions of the chance and the list are uncertain, and how far."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from analysis.assumptions import COMPONENTS, Assumptions
from analysis.model.flags import EXAM_FAILURES
from analysis.model.parameters import ChanceParameters, chance_parameters
from analysis.model.robustness.inputs import (
    Input,
    Inputs,
    Values,
    between,
    log_between,
    logit_around,
    one_of,
)
from analysis.model.robustness.surveyed import matched_concentration

__all__ = [
    "ALL_WEIGHTS",
    "CORRELATION",
    "MATCH",
    "WEIGHTS",
    "parameters_at",
    "uncertain_inputs",
]

Floats = NDArray[np.float64]
# Name of the group that holds all weights in a variance analysis.
ALL_WEIGHTS = "all weights"
WEIGHTS = tuple(f"weights.{component}" for component in COMPONENTS)
CORRELATION = "latent_correlation"
MATCH = "match_given_interview"
SCALE = "logit_scale"
ODDS = "base_rate.group_odds"
RELIEF = "relief"
TOLERANCE = "tolerance"
# As in the ranges of a chance: no draw of a relief share takes a penalty away altogether.
MOST_RELIEF = 0.999


def uncertain_inputs(
    assumptions: Assumptions,
    red_flags: Sequence[str],
    concentration: float | None = None,
    surveyed: Floats | None = None,
) -> Inputs:
    """The uncertain assumptions behind one student's list.

    docs/methods.md, section 6. An anchor is an input only if the student has its flag.

    Parameters
    ----------
    assumptions : Assumptions
        The base, and the spread of each input under ``uncertainty`` and ``robustness``.
    red_flags : sequence of str
        The student's flag codes.
    concentration : float, optional
        How firmly the weights are held; ``uncertainty.weights_nu`` by default.
    surveyed : ndarray of float, shape (surveys, 5), optional
        Weights of a survey drawn again, instead of a concentration.

    Returns
    -------
    Inputs
        Weights; anchors; logit_scale; relief (a factor on every relief share, base 1); tolerance
        (points added to every tolerance, base 0); base_rate.group_odds; match_given_interview;
        latent_correlation (one of the mixed values in a draw, the middle one as base).
    """
    deviation = assumptions.value("uncertainty.anchors_sd")
    scale = assumptions.value(SCALE)
    spread = assumptions.value("robustness.logit_scale_spread")
    relief = assumptions.value("uncertainty.kappa_spread")
    points = assumptions.value("uncertainty.tolerance_spread")
    mix = sorted(assumptions.values(CORRELATION))
    others: list[Input] = [
        logit_around(f"anchors.{flag}", assumptions.value(f"anchors.{flag}"), deviation)
        for flag in ("none", *red_flags)
    ]
    others += [
        between(SCALE, scale, scale * (1 - spread), scale * (1 + spread)),
        between(RELIEF, 1.0, 1 - relief, 1 + relief),
        between(TOLERANCE, 0.0, -points, points),
        log_between(ODDS, assumptions.value(ODDS), *ends(assumptions, "uncertainty.group_odds")),
        between(MATCH, assumptions.value(MATCH), *ends(assumptions, f"uncertainty.{MATCH}")),
        one_of(CORRELATION, mix[len(mix) // 2], mix),
    ]
    weights = tuple(assumptions.weights[component] for component in COMPONENTS)
    firm = assumptions.value("uncertainty.weights_nu") if concentration is None else concentration
    if surveyed is not None:
        firm = matched_concentration(weights, surveyed)
    return Inputs(WEIGHTS, weights, firm, tuple(others), surveyed)


def ends(assumptions: Assumptions, key: str) -> tuple[float, float]:
    """Lower and upper end of a range that an assumption gives as two numbers."""
    numbers = assumptions.values(key)
    return min(numbers), max(numbers)


def parameters_at(values: Values, assumptions: Assumptions) -> ChanceParameters:
    """The chance's parameters at given values of the inputs.

    Parameters
    ----------
    values : dict of str to ndarray of float, shape (n,)
        From `Inputs`.
    assumptions : Assumptions
        For everything that is not an input.

    Returns
    -------
    ChanceParameters
        Arrays of shape (n, 1, 1); at the base they are the assumptions' own.
    """
    center = chance_parameters(assumptions)

    def column(numbers: Floats) -> Floats:
        return np.asarray(numbers, dtype=np.float64).reshape(-1, 1, 1)

    spotless = logit(values["anchors.none"])
    gamma = {flag: column(np.repeat(held, spotless.size)) for flag, held in center.gamma.items()}
    for flag in gamma:
        if f"anchors.{flag}" in values:
            anchored = logit(read_chance(flag, values[f"anchors.{flag}"], assumptions))
            # A flag never raises a chance, whatever was drawn.
            gamma[flag] = column(np.minimum(anchored - spotless, 0))
    return ChanceParameters(
        spotless=column(spotless),
        gamma=gamma,
        weights={name: column(values[f"weights.{name}"]) for name in COMPONENTS},
        logit_scale=column(values[SCALE]),
        kappa={
            key: column(np.minimum(share * values[RELIEF], MOST_RELIEF))
            for key, share in center.kappa.items()
        },
        tolerance_shift=column(values[TOLERANCE]),
        group_odds=column(values[ODDS]),
    )


def read_chance(flag: str, anchor: Floats, assumptions: Assumptions) -> Floats:
    """An anchor as the chance at a program that reads the file (docs/methods.md, section 3.4)."""
    if assumptions.text("anchor_basis") == "population" and flag in EXAM_FAILURES:
        share = assumptions.value("auto_screen_share")
        return np.minimum(anchor / (1 - share), 1 - 1e-12)
    return anchor
