"""The uncertain inputs and their ranges; weights as draws, or with a survey's own error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betaincinv, expit, gammaincinv, logit, ndtri

from analysis.arrays import Floats
from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.survey import (
    WAYS,
    component_weights,
    factor_ratings,
    survey_assumptions,
    weighing,
)


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
    return normalized(np.where(weights > 0, gammas, 0.0), weights)


def normalized(gammas: Floats, weights: Floats) -> Floats:
    """Rows divided by their sum; a row that underflowed to 0 altogether takes the base."""
    total = gammas.sum(axis=1, keepdims=True)
    return np.where(total > 0, gammas / np.where(total > 0, total, 1.0), weights)


def bootstrap_weights(
    responses: ArrayLike, weights_of: Callable[[Floats], ArrayLike], draws: int, seed: int
) -> Floats:
    """Weights (draws, k) from a survey's own sampling error: respondents drawn again."""
    # Responses have a row a respondent, NaN for not cited; each row of weights sums to 1.
    answers = np.asarray(responses, dtype=np.float64)
    if answers.ndim != 2 or answers.shape[0] == 0:
        raise ModelError("weights cannot be drawn from a survey without respondents")
    rows = np.random.default_rng(seed).integers(0, answers.shape[0], size=(draws, answers.shape[0]))
    return np.stack([checked_base(weights_of(answers[row])) for row in rows])


def rescaled_weights(base: ArrayLike, component: int, share: ArrayLike) -> Floats:
    """Weights with one share fixed and the others rescaled in proportion.

    Examples
    --------
    >>> rescaled_weights([0.5, 0.3, 0.2], 0, [0.0]).tolist()
    [[0.0, 0.6, 0.4]]
    """
    # What ``--set weights.X=v`` does, for many values of v at once.
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

    Examples
    --------
    >>> round(matched_concentration([0.5, 0.5], [[0.4, 0.6], [0.6, 0.4]]), 6)
    24.0
    """
    # Its variances sum to ``sum(w (1 - w)) / (nu + 1)``.
    shares = checked_base(base)
    scatter = float(((np.asarray(drawn, dtype=np.float64) - shares) ** 2).mean(axis=0).sum())
    concentration = float(shares @ (1 - shares)) / scatter - 1 if scatter > 0 else 0.0
    if not concentration > 0:
        raise ModelError("the survey's weights, drawn again, do not scatter as weights can")
    return concentration


Values = dict[str, Floats]
# Share of an input's values beyond either end of its range.
TAIL = 0.05


@dataclass(frozen=True)
class Input:
    """One uncertain number."""

    name: str
    base: float
    quantile: Callable[[Floats], Floats]
    choices: tuple[float, ...] = ()  # all values that it may take, where they are few

    def range(self, tail: float) -> tuple[float, float, float]:
        """Lower quantile, base and upper quantile, widened where the base lies outside."""
        low, high = self.quantile(np.array([tail, 1 - tail]))
        return min(float(low), self.base), self.base, max(float(high), self.base)


def between(name: str, base: float, low: float, high: float) -> Input:
    """An input that is uniform between two ends.

    Examples
    --------
    >>> between("match_given_interview", 0.5, 0.25, 0.75).range(0.0)
    (0.25, 0.5, 0.75)
    """
    checked_ends(name, low, high)
    return Input(name, base, lambda p: low + (high - low) * p)


def log_between(name: str, base: float, low: float, high: float) -> Input:
    """A positive input that is uniform on the logarithmic scale, as suits odds and scales."""
    checked_ends(name, low, high)
    if not low > 0:
        raise ModelError(f"{name}: a range on the logarithmic scale must lie above 0")
    return Input(name, base, lambda p: np.asarray(low * (high / low) ** p, dtype=np.float64))


def logit_around(name: str, base: float, deviation: float) -> Input:
    """A chance whose logit is normal around that of the base, with a standard deviation >= 0."""
    if not (0 < base < 1 and deviation >= 0):
        raise ModelError(f"{name}: a chance in (0, 1) and a deviation of at least 0 are needed")
    return Input(name, base, lambda p: expit(logit(base) + deviation * ndtri(p)))


def one_of(name: str, base: float, values: ArrayLike) -> Input:
    """An input that takes each of a few values with the same probability."""
    choices = np.sort(np.asarray(values, dtype=np.float64))
    if choices.ndim != 1 or choices.size == 0:
        raise ModelError(f"{name}: at least one value is needed")
    last = choices.size - 1
    return Input(
        name,
        base,
        lambda p: choices[np.minimum((p * choices.size).astype(np.int64), last)],
        tuple(choices.tolist()),
    )


def checked_ends(name: str, low: float, high: float) -> None:
    """Refuse a range that is none."""
    if not (np.isfinite(low) and np.isfinite(high) and low <= high):
        raise ModelError(f"{name}: {low:g} to {high:g} is not a range")


@dataclass(frozen=True)
class Inputs:
    """All that is uncertain at once: a set of weights and any number of single inputs."""

    weight_names: tuple[str, ...]
    weights: tuple[float, ...]
    concentration: float
    others: tuple[Input, ...]
    surveyed: Floats | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all inputs, the weights first."""
        return self.weight_names + tuple(single.name for single in self.others)

    def base(self, draws: int = 1) -> Values:
        """The base value of every input, once a draw."""
        shares = checked_base(self.weights)
        bases = [*shares, *(single.base for single in self.others)]
        return {
            name: np.full(draws, value, dtype=np.float64)
            for name, value in zip(self.names, bases, strict=True)
        }

    def at(self, quantiles: ArrayLike) -> Values:
        """Values at points of the unit cube; the weights come from normalized Gammas."""
        points = np.asarray(quantiles, dtype=np.float64)
        count = len(self.weight_names)
        drawn = gamma_weights(points[:, :count], self.weights, self.concentration)
        values = dict(zip(self.weight_names, drawn.T, strict=True))
        for column, single in enumerate(self.others, start=count):
            values[single.name] = single.quantile(points[:, column])
        return values

    def drawn(self, draws: int, seed: int, only: Sequence[str] | None = None) -> Values:
        """Seeded joint draws of all inputs, or of some while the others keep their base."""
        points = np.random.default_rng(seed).random((draws, len(self.names)))
        values = self.at(np.clip(points, 1e-12, 1 - 1e-12))
        if self.surveyed is not None:
            row = (points[:, 0] * len(self.surveyed)).astype(np.int64)
            values |= dict(zip(self.weight_names, self.surveyed[row].T, strict=True))
        moving = set(self.names if only is None else only)
        return {
            name: values[name] if name in moving else still
            for name, still in self.base(draws).items()
        }

    def with_one(self, name: str, values: ArrayLike) -> Values:
        """One input at given values and all others at their base; other weights rescaled."""
        if name not in self.names:
            raise ModelError(f"{name} is not one of the inputs {', '.join(self.names)}")
        numbers = np.atleast_1d(np.asarray(values, dtype=np.float64))
        together = self.base(numbers.size)
        if name in self.weight_names:
            moved = rescaled_weights(self.weights, self.weight_names.index(name), numbers)
            return together | dict(zip(self.weight_names, moved.T, strict=True))
        return together | {name: numbers}

    def ranges(self) -> dict[str, tuple[float, float, float]]:
        """5% quantile, base and 95% quantile of every input."""
        found = {}
        for at, share in enumerate(checked_base(self.weights)):
            name = self.weight_names[at]
            firm = self.concentration * share, self.concentration * (1 - share)
            if self.surveyed is not None:
                low, high = np.quantile(self.surveyed[:, at], [TAIL, 1 - TAIL])
            else:
                fixed = share in (0, 1)
                low, high = (share, share) if fixed else betaincinv(*firm, [TAIL, 1 - TAIL])
            found[name] = (
                min(float(low), float(share)),
                float(share),
                max(float(high), float(share)),
            )
        return found | {single.name: single.range(TAIL) for single in self.others}

    def columns(self, groups: Mapping[str, Sequence[str]] | None = None) -> dict[str, list[int]]:
        """Columns of the unit cube of every input, and of every group of inputs by its name."""
        places = {name: [column] for column, name in enumerate(self.names)}
        together = {
            group: [places[name][0] for name in members]
            for group, members in (groups or {}).items()
        }
        return places | together
