"""Flags in order, and the assumptions as numbers that broadcast: once, or as joint draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from analysis import vocabulary
from analysis.assumptions import COMPONENTS, Assumptions
from analysis.errors import ModelError
from analysis.vocabulary import EXAM_FAILURES

FLAGS = tuple(vocabulary.FLAGS)
RELIEF = MappingProxyType({code: flag.relief for code, flag in vocabulary.FLAGS.items()})
CLASSES = tuple(vocabulary.COMPETITIVENESS)


def listed(cell: Any) -> tuple[str, ...]:
    """Read a list cell of a frame, whoever built the frame.

    Examples
    --------
    >>> listed("loa_academic; step1_failure"), listed(float("nan"))
    (('loa_academic', 'step1_failure'), ())
    """
    if type(cell) is tuple:
        return cell
    if isinstance(cell, str):
        return tuple(entry.strip() for entry in cell.split(";") if entry.strip())
    if isinstance(cell, Iterable):
        return tuple(str(entry) for entry in cell)
    if cell is None or cell != cell:
        return ()
    message = f"a list cell holds {cell!r}; expected entries separated by semicolons"
    raise ModelError(message)


def heaviest_first(flags: Iterable[str], anchors: Mapping[str, float]) -> tuple[str, ...]:
    """Flags in the order of their weight.

    Examples
    --------
    >>> chances = {"step1_failure": 0.45, "loa_academic": 0.3}
    >>> heaviest_first(["step1_failure", "loa_academic"], chances)
    ('loa_academic', 'step1_failure')
    """
    return tuple(sorted(flags, key=lambda flag: (anchors[flag], flag)))


Floats = NDArray[np.floating]
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
    group_factor: Number = 1.0
    signal_factor: Number = 1.0


@lru_cache(maxsize=8)
def chance_parameters(assumptions: Assumptions) -> ChanceParameters:
    """Read the chance's numbers out of a set of assumptions (docs/methods.md, section 3)."""
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
    # After the others, so that a further uncertainty leaves their draws as they are.
    scale, groups, signals = (
        random.uniform(1 - spread, 1 + spread, draws)
        for spread in (
            assumptions.value("robustness.logit_scale_spread"),
            uncertainty("group_spread"),
            uncertainty("signal_spread"),
        )
    )
    return ChanceParameters(
        spotless=column(center.spotless + shifts[:, -1]),
        gamma={
            flag: column(np.minimum(center.gamma[flag] + shifts[:, at] - shifts[:, -1], 0))
            for at, flag in enumerate(FLAGS)
        },
        weights={name: column(weights[:, at]) for at, name in enumerate(COMPONENTS)},
        logit_scale=column(center.logit_scale * scale),
        kappa={k: column(np.minimum(v * kappa_factor, 0.999)) for k, v in center.kappa.items()},
        tolerance_shift=column(tolerance),
        group_odds=column(odds),
        group_factor=column(groups),
        signal_factor=column(signals),
    )


def relief(
    flag: str, kind: str, score: Floats, parameters: ChanceParameters, assumptions: Assumptions
) -> Number:
    """Share of a flag's weight that stays at a score, relative to the anchors' (section 3.2)."""
    # 1 at and above the full score in a moderately competitive specialty.
    start, full = assumptions.value("relief.from"), assumptions.value("relief.full")
    reached = np.clip((score - start) / (full - start), 0, 1)
    own = parameters.kappa[kind, RELIEF[flag]]
    return (1 - own * reached) / (1 - parameters.kappa["moderate", RELIEF[flag]])
