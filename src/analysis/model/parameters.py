"""The assumptions as numbers that broadcast: once, or as joint draws for a range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from analysis.assumptions import COMPONENTS, Assumptions
from analysis.model.flags import CLASSES, EXAM_FAILURES, FLAGS

__all__ = ["ChanceParameters", "chance_parameters", "joint_draws"]

Number = float | NDArray[np.float64]


@dataclass(frozen=True)
class ChanceParameters:
    """Numbers of docs/methods.md, section 3; each a float, or an array of shape (draws, 1, 1)."""

    spotless: Number
    gamma: Mapping[str, Number]
    weights: Mapping[str, Number]
    logit_scale: Number
    kappa: Mapping[tuple[str, str], Number]
    tolerance_shift: Number
    group_odds: Number


@lru_cache(maxsize=8)
def _chance_parameters(assumptions: Assumptions) -> ChanceParameters:
    anchors = assumptions.group("anchors")
    if assumptions.text("anchor_basis") == "population":
        for flag in EXAM_FAILURES:
            anchors[flag] /= 1 - assumptions.value("auto_screen_share")
    spotless = float(logit(anchors["none"]))
    return ChanceParameters(
        spotless=spotless,
        gamma={flag: float(logit(anchors[flag])) - spotless for flag in FLAGS},
        weights=assumptions.weights,
        logit_scale=assumptions.value("logit_scale"),
        kappa={
            (kind, relief): assumptions.value(f"relief.{kind}.{relief}")
            for kind in CLASSES
            for relief in ("minor", "major", "none")
        },
        tolerance_shift=0.0,
        group_odds=assumptions.value("base_rate.group_odds"),
    )


def chance_parameters(assumptions: Assumptions) -> ChanceParameters:
    """Read the chance's numbers out of a set of assumptions (docs/methods.md, section 3)."""
    return _chance_parameters(assumptions)


@lru_cache(maxsize=8)
def joint_draws(assumptions: Assumptions, draws: int, seed: int) -> ChanceParameters:
    """Draw the uncertain assumptions jointly (docs/methods.md, section 3.6)."""
    random = np.random.default_rng(seed)
    center = chance_parameters(assumptions)

    def uncertainty(name: str) -> float:
        return assumptions.value(f"uncertainty.{name}")

    def column(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values.reshape(draws, 1, 1)

    concentration = uncertainty("weights_nu") * np.array(list(assumptions.weights.values()))
    weights = random.dirichlet(concentration, draws)
    shifts = random.normal(0, uncertainty("anchors_sd"), (draws, len(FLAGS) + 1))
    spread, points = uncertainty("kappa_spread"), uncertainty("tolerance_spread")
    kappa_factor = random.uniform(1 - spread, 1 + spread, draws)
    tolerance = random.uniform(-points, points, draws)
    low, high = assumptions.values("uncertainty.group_odds")
    odds = np.exp(random.uniform(np.log(low), np.log(high), draws))
    return ChanceParameters(
        spotless=column(center.spotless + shifts[:, -1]),
        gamma={
            flag: column(np.minimum(center.gamma[flag] + shifts[:, at] - shifts[:, -1], 0))
            for at, flag in enumerate(FLAGS)
        },
        weights={name: column(weights[:, at]) for at, name in enumerate(COMPONENTS)},
        logit_scale=center.logit_scale,
        kappa={k: column(np.minimum(v * kappa_factor, 0.999)) for k, v in center.kappa.items()},
        tolerance_shift=column(tolerance),
        group_odds=column(odds),
    )
