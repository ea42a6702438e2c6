"""Variance-based sensitivity: Sobol indices over all inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logit

from analysis.assumptions import COMPONENTS, Assumptions
from analysis.errors import ModelError
from analysis.model.flags import EXAM_FAILURES
from analysis.model.parameters import ChanceParameters, chance_parameters
from analysis.model.sensitivity.inputs import (
    Input,
    Inputs,
    Values,
    between,
    log_between,
    logit_around,
    one_of,
)
from analysis.model.sensitivity.weights import matched_concentration

__all__ = [
    "ALL_WEIGHTS",
    "CORRELATION",
    "MATCH",
    "WEIGHTS",
    "SobolSample",
    "parameters_at",
    "sobol_indices",
    "sobol_sample",
    "uncertain_inputs",
]

Floats = NDArray[np.float64]
# Name of the group that holds all weights in a variance analysis.
ALL_WEIGHTS = "all weights"
WEIGHTS = tuple(f"weights.{component}" for component in COMPONENTS)
CORRELATION = "latent_correlation"
MATCH = "match_given_interview"
GROUPS, SIGNALS = "groups", "signals"
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
    """The uncertain assumptions behind one student's list."""
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
        *_level_inputs(assumptions),
        between(MATCH, assumptions.value(MATCH), *ends(assumptions, f"uncertainty.{MATCH}")),
        one_of(CORRELATION, mix[len(mix) // 2], mix),
    ]
    weights = tuple(assumptions.weights[component] for component in COMPONENTS)
    firm = assumptions.value("uncertainty.weights_nu") if concentration is None else concentration
    if surveyed is not None:
        firm = matched_concentration(weights, surveyed)
    return Inputs(WEIGHTS, weights, firm, tuple(others), surveyed)


def _level_inputs(assumptions: Assumptions) -> list[Input]:
    """What the level of programs rests on, in the basis in force."""
    if assumptions.text("level.basis") == "article":
        held = assumptions.value(ODDS)
        return [log_between(ODDS, held, *ends(assumptions, "uncertainty.group_odds"))]
    spreads = (
        (name, assumptions.value(f"uncertainty.{key}"))
        for name, key in ((GROUPS, "group_spread"), (SIGNALS, "signal_spread"))
    )
    return [between(name, 1.0, 1 - spread, 1 + spread) for name, spread in spreads]


def ends(assumptions: Assumptions, key: str) -> tuple[float, float]:
    """Lower and upper end of a range that an assumption gives as two numbers."""
    numbers = assumptions.values(key)
    return min(numbers), max(numbers)


def parameters_at(values: Values, assumptions: Assumptions) -> ChanceParameters:
    """The chance's parameters at given values of the inputs."""
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
        group_odds=column(values[ODDS]) if ODDS in values else center.group_odds,
        group_factor=column(values[GROUPS]) if GROUPS in values else 1.0,
        signal_factor=column(values[SIGNALS]) if SIGNALS in values else 1.0,
    )


def read_chance(flag: str, anchor: Floats, assumptions: Assumptions) -> Floats:
    """An anchor as the chance at a program that reads the file (docs/methods.md, section 3.4)."""
    if assumptions.text("anchor_basis") == "population" and flag in EXAM_FAILURES:
        share = assumptions.value("auto_screen_share")
        return np.minimum(anchor / (1 - share), 1 - 1e-12)
    return anchor


RESAMPLES = 200


class SobolSample(NamedTuple):
    """Points of the unit cube at which a model is asked, for one analysis."""

    inputs: tuple[str, ...]
    first: Floats
    second: Floats
    mixed: Floats


def sobol_sample(columns: Mapping[str, Sequence[int]], n: int, seed: int) -> SobolSample:
    """Sample points for Sobol indices."""
    if n < 2 or n & (n - 1):
        raise ModelError(f"the sample of a variance analysis must be a power of 2, not {n}")
    if not columns:
        raise ModelError("a variance analysis needs at least one input")
    dimensions = 1 + max(max(places) for places in columns.values())
    from scipy.stats import qmc  # a second to import, and only this asks for it

    points = qmc.Sobol(2 * dimensions, rng=np.random.default_rng(seed)).random(n)
    points = np.clip(points, 1e-12, 1 - 1e-12)
    first, second = points[:, :dimensions], points[:, dimensions:]
    mixed = np.repeat(first[None], len(columns), axis=0)
    for plane, places in zip(mixed, columns.values(), strict=True):
        plane[:, list(places)] = second[:, list(places)]
    return SobolSample(tuple(columns), first, second, mixed)


def sobol_indices(
    model: Callable[[Floats], Floats], sample: SobolSample, seed: int
) -> pd.DataFrame:
    """First and total Sobol indices of a model's answer.

    First index: the share of the variance that goes if this input alone were known. Total: the
    share that stays if everything else were known. A 95 % interval covers the error of sampling
    alone, not of the assumed ranges.

    Parameters
    ----------
    model : callable
        Takes points of the unit cube, shape (n, d), gives answers, shape (n,).
    sample : SobolSample
        From `sobol_sample`.
    seed : int
        For the resampling behind the intervals.

    Returns
    -------
    DataFrame
        One row an input, in the order given: input, first, first_low, first_high, total,
        total_low, total_high. All indices are NaN where the answer does not vary at all.

    Raises
    ------
    ModelError
        If an answer is not finite.
    """
    answers_first, answers_second = model(sample.first), model(sample.second)
    answers_mixed = np.stack([model(points) for points in sample.mixed])
    if not all(np.all(np.isfinite(a)) for a in (answers_first, answers_second, answers_mixed)):
        raise ModelError("a variance analysis needs a finite answer at every point")
    n = answers_first.size
    rows = np.random.default_rng(seed).integers(0, n, size=(RESAMPLES, n))
    point = indices(answers_first, answers_second, answers_mixed)
    again = np.stack(
        [indices(answers_first[r], answers_second[r], answers_mixed[:, r]) for r in rows]
    )
    with np.errstate(invalid="ignore"):
        low, high = np.quantile(again, [0.025, 0.975], axis=0)
    return pd.DataFrame(
        {
            "input": sample.inputs,
            "first": point[0],
            "first_low": low[0],
            "first_high": high[0],
            "total": point[1],
            "total_low": low[1],
            "total_high": high[1],
        }
    )


def indices(first: Floats, second: Floats, mixed: Floats) -> Floats:
    """First (row 0) and total (row 1) indices from answers of shape (n,), (n,), (inputs, n)."""
    both = np.concatenate([first, second])
    variance = both.var()
    # Rounding leaves a "variance" of a constant answer; it is none.
    if variance <= (1e-12 * max(1.0, float(np.abs(both).max()))) ** 2:
        return np.full((2, mixed.shape[0]), np.nan)
    # Centring B changes no expectation and takes most of the first index's noise away.
    explained = ((second - both.mean()) * (mixed - first)).mean(axis=1)
    left = ((first - mixed) ** 2).mean(axis=1) / 2
    return np.asarray(np.stack([explained, left]) / variance, dtype=np.float64)
