"""What each input moves: alone (tornado, flips) and of the variance (Sobol)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import logit

from analysis.arrays import Floats
from analysis.assumptions import COMPONENTS, Assumptions
from analysis.errors import ModelError
from analysis.model.parameters import ChanceParameters, chance_parameters
from analysis.model.sensitivity.inputs import (
    Input,
    Inputs,
    Values,
    between,
    checked_base,
    log_between,
    logit_around,
    matched_concentration,
    one_of,
)
from analysis.vocabulary import EXAM_FAILURES


def tornado(
    answer: Callable[[str, Floats], Floats],
    ends: Mapping[str, tuple[float, float, float]],
) -> pd.DataFrame:
    """How far an answer moves when one input goes through its range alone.

    docs/methods.md, section 6. Ends are usually the 5% and 95% points of an input; a weight that
    moves rescales the others, which is the business of `answer`.

    Parameters
    ----------
    answer : callable
        Takes the name of an input and its values, shape (v,), all other inputs at their base;
        gives answers, shape (v,).
    ends : mapping of str to (low, base, high)
        Range of each input, low <= base <= high.

    Returns
    -------
    DataFrame
        One row an input, the widest swing first, ties by name: input, low, base, high,
        answer_low, answer_base, answer_high, swing. `answer_low` belongs to the low end of the
        input and may be the higher of the two; swing is the distance between them.

    Raises
    ------
    ModelError
        If a base lies outside its range or an answer is not finite.

    Examples
    --------
    >>> tornado(lambda name, x: 2 * x, {"a": (0, 1, 3)})[["answer_low", "swing"]].values.tolist()
    [[0.0, 6.0]]
    """
    rows = []
    for name, (low, base, high) in ends.items():
        if not low <= base <= high:
            raise ModelError(f"{name}: the base {base:g} lies outside its range {low:g}-{high:g}")
        answers = answer(name, np.array([low, base, high], dtype=np.float64))
        if not np.all(np.isfinite(answers)):
            raise ModelError(f"{name}: the answer at an end of its range is not a number")
        rows.append(
            {
                "input": name,
                "low": float(low),
                "base": float(base),
                "high": float(high),
                "answer_low": float(answers[0]),
                "answer_base": float(answers[1]),
                "answer_high": float(answers[2]),
                "swing": float(abs(answers[2] - answers[0])),
            }
        )
    inputs = pd.DataFrame(rows)
    return inputs.sort_values(["swing", "input"], ascending=[False, True], ignore_index=True)


# Parts that a bracket of a flip is cut into, all looked at together, and how often: it shrinks by
# 2**24, below what is printed.
SECTIONS, ROUNDS = 16, 6


class Flip(NamedTuple):
    """The smallest change of one input that alters a result."""

    value: float
    distance: float
    outcome: Any  # what the result is there; that of the base where nothing alters it


def pairwise_flip(better: ArrayLike, worse: ArrayLike, weights: ArrayLike, component: int) -> float:
    """Share of one weight at which two additive scores are equal, the others rescaled."""
    shares = checked_base(weights)
    if shares[component] >= 1:
        raise ModelError("a weight that holds everything leaves no others to rescale")
    gap = np.asarray(better, dtype=np.float64) - np.asarray(worse, dtype=np.float64)
    others = (shares @ gap - shares[component] * gap[component]) / (1 - shares[component])
    if others == gap[component]:
        return float("nan")
    share = float(others / (others - gap[component]))
    return share if 0 <= share <= 1 else float("nan")


def order_flip(values: ArrayLike, weights: ArrayLike, component: int) -> Flip:
    """Nearest share of one weight at which the order of additive scores changes."""
    table = np.asarray(values, dtype=np.float64)
    shares = checked_base(weights)
    scores = table @ shares
    flips = []
    for first, second in np.argwhere(scores[:, None] > scores).tolist():
        share = pairwise_flip(table[first], table[second], shares, component)
        if np.isfinite(share):
            flips.append(Flip(share, abs(share - float(shares[component])), (first, second)))
    nothing = Flip(float("nan"), float("nan"), ())
    return min(flips, key=lambda flip: flip.distance, default=nothing)


def flip_in_range(
    result: Callable[[Floats], list[Hashable]],
    base: float,
    low: float,
    high: float,
    steps: int,
) -> Flip:
    """Nearest value of one input at which a result differs from its base, by search."""
    if not low <= base <= high or steps < 1:
        raise ModelError(f"the base {base:g} must lie in {low:g}-{high:g}, and steps be at least 1")
    (unchanged,) = result(np.array([base], dtype=np.float64))
    step = max(base - low, high - base) / steps
    found = []
    for end in (low, high):
        # Whole steps and the end itself, so that both ends are looked at.
        path = base + np.sign(end - base) * step * np.arange(1, steps + 1)
        inside = path[(path - end) * np.sign(end - base) < 0]
        path = np.append(inside, end) if end != base else np.empty(0)
        outcomes = result(path) if path.size else []
        place = next((at for at, one in enumerate(outcomes) if one != unchanged), None)
        if place is not None:
            kept = float(path[place - 1]) if place else base
            flip = Flip(float(path[place]), abs(float(path[place]) - base), outcomes[place])
            found.append((abs(kept - base), kept, flip))
    nearest = min((flip.distance for _, _, flip in found), default=float("nan"))
    # The other end's can be no nearer where what it keeps reaches beyond.
    flips = [
        narrowed(result, unchanged, kept, flip, base)
        for reach, kept, flip in found
        if reach < nearest
    ]
    nothing = Flip(float("nan"), float("nan"), unchanged)
    return min(flips, key=lambda flip: flip.distance, default=nothing)


def flip_among(
    result: Callable[[Floats], list[Hashable]],
    base: float,
    unchanged: Hashable,
    choices: Sequence[float],
) -> Flip:
    """Nearest of a few values of one input at which a result differs from its base."""
    nearest = np.array(sorted(choices, key=lambda value: (abs(value - base), value)))
    for value, outcome in zip(nearest.tolist(), result(nearest), strict=True):
        if outcome != unchanged:
            return Flip(value, abs(value - base), outcome)
    return Flip(float("nan"), float("nan"), unchanged)


def narrowed(
    result: Callable[[Floats], list[Hashable]],
    unchanged: Hashable,
    kept: float,
    flip: Flip,
    base: float,
) -> Flip:
    """The flip between a value that keeps the result and one that changes it."""
    for _ in range(ROUNDS):
        between = np.linspace(kept, flip.value, SECTIONS + 1)[1:-1]
        outcomes = result(between)
        first = next((at for at, one in enumerate(outcomes) if one != unchanged), None)
        if first != 0:
            kept = float(between[-1 if first is None else first - 1])
        if first is not None:
            value = float(between[first])
            flip = Flip(value, abs(value - base), outcomes[first])
    return flip


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
        # At its base all of them are mixed, as in the list.
        one_of(CORRELATION, float(np.mean(mix)), mix),
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
    share that stays if everything else were known. A 95% interval covers the error of sampling
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
