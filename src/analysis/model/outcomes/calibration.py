"""How good chances were: scores, calibration, and intervals by drawing graduates.

Drawing applications instead of graduates would make intervals too narrow: the answers to one
graduate come together (docs/methods-graduates.md). Weights are one a row, or a matrix with a line a
drawing; a score of a matrix is one number a line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, ndtri

from analysis.arrays import Floats
from analysis.errors import ModelError
from analysis.model.correlation import answers_at

SMALLEST_CHANCE = float(np.finfo(np.float64).eps)
BINS = 10


def scored_rows(
    outcome: ArrayLike, chance: ArrayLike, weight: ArrayLike | None = None
) -> tuple[Floats, Floats, Floats]:
    """Outcome, chance and weight as checked arrays of one length."""
    happened = np.asarray(outcome, dtype=np.float64)
    said = np.asarray(chance, dtype=np.float64)
    counts = np.ones_like(said) if weight is None else np.asarray(weight, dtype=np.float64)
    if happened.ndim != 1 or happened.shape != said.shape or counts.shape[-1:] != said.shape:
        lengths = f"{happened.size}, {said.size}, {counts.shape[-1]}"
        message = f"outcomes, chances and weights differ in length: {lengths}"
        raise ModelError(message)
    if happened.size == 0 or not (counts.sum(axis=-1) > 0).all():
        message = "there is no application to score"
        raise ModelError(message)
    if not np.isin(happened, (0.0, 1.0)).all():
        message = "an outcome is neither 0 nor 1"
        raise ModelError(message)
    if not ((said >= 0) & (said <= 1)).all():
        message = "a chance is unknown or outside 0 to 1"
        raise ModelError(message)
    return happened, said, counts


def _plain(found: Any) -> Any:
    """One number as Python's own, numbers of several lines as they are."""
    return found if np.ndim(found) else float(found)


def _mean(loss: Floats, counts: Floats) -> Any:
    return _plain(counts @ loss / counts.sum(axis=-1))


def brier(outcome: ArrayLike, chance: ArrayLike, weight: ArrayLike | None = None) -> Any:
    """Mean squared distance of chances from outcomes; 0 is perfect, .25 is a coin."""
    happened, said, counts = scored_rows(outcome, chance, weight)
    return _mean((happened - said) ** 2, counts)


def log_loss(outcome: ArrayLike, chance: ArrayLike, weight: ArrayLike | None = None) -> Any:
    """Mean surprise in nats; a chance of exactly 0 or 1 counts as one rounding step off."""
    happened, said, counts = scored_rows(outcome, chance, weight)
    inside = np.clip(said, SMALLEST_CHANCE, 1 - SMALLEST_CHANCE)
    return _mean(-np.where(happened == 1, np.log(inside), np.log1p(-inside)), counts)


def skill(score: ArrayLike, reference: ArrayLike) -> Any:
    """Share of a reference's loss that a forecast takes away; 0 is no better, below 0 worse.

    Examples
    --------
    >>> round(skill(0.15, 0.2), 12)
    0.25
    """
    known = np.where(np.asarray(reference) > 0, reference, np.nan)
    return _plain(1 - np.asarray(score) / known)


def chance_bins(chance: ArrayLike) -> NDArray[np.intp]:
    """Bin number of each chance: tenths of the way from 0 to 1, the last closed."""
    # A step of 1e-9 keeps 0.3 in the fourth bin, where floating point would drop it.
    width = np.floor(np.asarray(chance, dtype=np.float64) * BINS + 1e-9)
    return np.minimum(width, BINS - 1).astype(np.intp)


@dataclass(frozen=True, slots=True)
class BrierParts:
    """Murphy's parts; the score is reliability - resolution + uncertainty + within_bins."""

    reliability: float
    resolution: float
    uncertainty: float
    within_bins: float


def brier_parts(
    outcome: ArrayLike, chance: ArrayLike, weight: ArrayLike | None = None
) -> BrierParts:
    """Brier score taken apart (Murphy 1973), over tenths of the chances."""
    happened, said, counts = scored_rows(outcome, chance, weight)
    bin_of = chance_bins(said)
    size = np.bincount(bin_of, counts)
    used = size > 0
    share = size[used] / size.sum()
    rate = np.bincount(bin_of, counts * happened)[used] / size[used]
    mean_chance = np.bincount(bin_of, counts * said)[used] / size[used]
    overall = float(share @ rate)
    reliability = float(share @ (mean_chance - rate) ** 2)
    resolution = float(share @ (rate - overall) ** 2)
    uncertainty = overall * (1 - overall)
    whole = brier(happened, said, counts)
    return BrierParts(
        reliability, resolution, uncertainty, whole - reliability + resolution - uncertainty
    )


# Chances are kept this far from 0 and 1 before their logit is taken.
EDGE = 1e-6
STEPS = 50
STEP_DONE = 1e-10
LARGEST_SLOPE = 50.0
# Simulated years behind the error of a perfect model.
YEARS = 200


def calibration_in_the_large(
    outcome: ArrayLike, chance: ArrayLike, weight: ArrayLike | None = None
) -> Any:
    """Observed rate minus mean chance: above 0, more interviews came than were said."""
    happened, said, counts = scored_rows(outcome, chance, weight)
    return _mean(happened - said, counts)


def calibration_line(
    outcome: ArrayLike, chance: ArrayLike, weight: ArrayLike | None = None
) -> tuple[Any, Any]:
    """Slope and intercept of the logit of outcomes on the logit of chances, by Newton's method."""
    happened, said, counts = scored_rows(outcome, chance, weight)
    score = logit(np.clip(said, EDGE, 1 - EDGE))
    level = _newton(np.ones((score.size, 1)), score, happened, counts)
    both = _newton(np.column_stack([np.ones(score.size), score]), 0 * score, happened, counts)
    return _plain(both[..., 1]), _plain(level[..., 0])


def _newton(
    design: Floats,
    offset: Floats,
    happened: Floats,
    counts: Floats,
) -> Floats:
    """Maximum-likelihood coefficients of logistic regressions, one a line of weights."""
    # NaN where there are none.
    columns = design.shape[1]
    products = (design[:, :, None] * design[:, None, :]).reshape(-1, columns**2)
    found = np.full((*counts.shape[:-1], columns), np.nan)
    lines = np.atleast_2d(counts)
    flat = found.reshape(-1, columns)
    varied = (np.ptp(np.where(lines > 0, c, c[lines.argmax(axis=1)][:, None]), axis=1)
              for c in (happened, *design.T[1:]))  # fmt: skip
    open_now = np.flatnonzero(np.min(list(varied), axis=0) > 0)
    beta = np.zeros((len(open_now), columns))
    for _ in range(STEPS):
        own = lines[open_now]
        said = expit(offset + beta @ design.T)
        information = ((own * said * (1 - said)) @ products).reshape(-1, columns, columns)
        told = np.linalg.cond(information) <= 1 / EDGE**2
        open_now, beta, own, said = open_now[told], beta[told], own[told], said[told]
        if not len(open_now):
            break
        uphill = (own * (happened - said)) @ design
        step = np.linalg.solve(information[told], uphill[:, :, None])[:, :, 0]
        # Steps of at most 2 logits keep Newton's method from jumping over the top.
        largest = np.abs(step).max(axis=1, keepdims=True)
        beta = beta + step * np.minimum(1.0, 2.0 / np.maximum(largest, EDGE))
        done = largest[:, 0] < STEP_DONE
        flat[open_now[done]] = beta[done]
        going = ~done & (np.abs(beta).max(axis=1) <= LARGEST_SLOPE)
        open_now, beta = open_now[going], beta[going]
    return found


def ece(outcome: ArrayLike, chance: ArrayLike, weight: ArrayLike | None = None) -> Any:
    """Expected calibration error: mean distance of the tenths' rates from their mean chances."""
    happened, said, counts = scored_rows(outcome, chance, weight)
    inside = chance_bins(said)[:, None] == np.arange(BINS)
    gap = (counts * (happened - said)) @ inside
    return _plain(np.abs(gap).sum(axis=-1) / counts.sum(axis=-1))


def simulated_outcomes(
    chance: ArrayLike,
    applicant: ArrayLike,
    rho: float,
    draws: int,
    generator: np.random.Generator,
) -> NDArray[np.bool_]:
    """Outcomes as if every chance were right, by applicants with a common factor."""
    if not 0 <= rho < 1:
        message = f"the correlation of one applicant's outcomes is {rho}, not in [0, 1)"
        raise ModelError(message)
    code = np.unique(np.asarray(applicant), return_inverse=True)[1]
    threshold = ndtri(np.asarray(chance, dtype=np.float64))
    order = np.lexsort([threshold, code])
    common = generator.standard_normal((draws, int(code.max()) + 1))[:, code[order]]
    given = answers_at(threshold[order], rho, common)
    fell = np.empty(given.shape, dtype=np.bool_)
    fell[:, order] = generator.random(given.shape) < given
    return fell


def ece_null(
    chance: ArrayLike,
    applicant: ArrayLike,
    rho: float,
    *,
    seed: int = 0,
) -> float:
    """Mean calibration error that a perfect model would show; to be taken off `ece`."""
    said = np.asarray(chance, dtype=np.float64)
    fell = simulated_outcomes(said, applicant, rho, YEARS, np.random.default_rng(seed))
    return float(np.mean([ece(row, said) for row in fell.astype(np.float64)]))


def reliability(
    outcome: ArrayLike,
    chance: ArrayLike,
    applicant: ArrayLike,
    rho: float,
    *,
    smallest_cell: int,
    draws: int = 400,
    seed: int = 0,
) -> pd.DataFrame:
    """Reliability diagram with consistency bands: where a perfect model's bins would fall.

    Parameters
    ----------
    outcome, chance : array_like, shape (n,)
        As in `analysis.model.outcomes.calibration.scored_rows`.
    applicant, rho
        As in `simulated_outcomes`; the band widens with the correlation.
    smallest_cell : int
        Bins with fewer applicants are kept without numbers (privacy) and marked.
    draws, seed : int
        How many simulated years, and from which seed.

    Returns
    -------
    DataFrame
        One row a bin that holds applications: mean_chance, rate, band_low, band_high (5 to 95%),
        n_applications, n_applicants, suppressed.
    """
    happened, said, counts = scored_rows(outcome, chance)
    who = np.asarray(applicant)
    bin_of = chance_bins(said)
    fell = simulated_outcomes(said, who, rho, draws, np.random.default_rng(seed))
    rows = []
    for number in np.unique(bin_of):
        here = bin_of == number
        low, high = np.quantile(fell[:, here].mean(axis=1), [0.05, 0.95])
        n_applicants = len(np.unique(who[here]))
        shown = n_applicants >= smallest_cell
        numbers = (said[here].mean(), happened[here].mean(), low, high)
        rows.append(
            (
                *(numbers if shown else (np.nan,) * 4),
                int(counts[here].sum()) if shown else pd.NA,
                n_applicants if shown else pd.NA,
                not shown,
            )
        )
    columns = ["mean_chance", "rate", "band_low", "band_high"]
    counted = ["n_applications", "n_applicants"]
    return pd.DataFrame(rows, columns=[*columns, *counted, "suppressed"]).astype(
        dict.fromkeys(columns, "float64") | dict.fromkeys(counted, "Int64") | {"suppressed": bool}
    )


# Fewer usable draws than this, and the ends of an interval are not known.
LEAST_USABLE = 0.9


def applicant_intervals(
    statistics: Callable[[Floats], Mapping[str, Any]],
    applicant: ArrayLike,
    *,
    draws: int,
    seed: int,
    level: float = 0.9,
) -> pd.DataFrame:
    """Percentile intervals over resampled applicants (docs/methods.md, section 7)."""
    # ``statistics`` gives one number a line of a matrix of weights.
    code = np.unique(np.asarray(applicant), return_inverse=True)[1]
    if code.size == 0:
        message = "there is no application to resample"
        raise ModelError(message)
    people = int(code.max()) + 1
    generator = np.random.default_rng(seed)
    times = generator.multinomial(people, np.full(people, 1 / people), size=draws)
    weights = np.vstack([np.ones(code.size), times[:, code].astype(np.float64)])
    every = pd.DataFrame(dict(statistics(weights)), dtype="float64")
    value, drawn = every.iloc[0], every.iloc[1:]
    ends = drawn.quantile([0.5 - level / 2, 0.5 + level / 2])
    ends.loc[:, drawn.notna().mean() < LEAST_USABLE] = np.nan
    return pd.DataFrame({"value": value, "low": ends.iloc[0], "high": ends.iloc[1]})


def temporal_split(
    year: ArrayLike, applicant: ArrayLike
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows to learn from (earlier years) and rows to score (the last year)."""
    years, who = np.asarray(year), np.asarray(applicant)
    if len(np.unique(years)) < 2:
        message = "a back-test needs graduates of two years: one to learn from, the last to score"
        raise ModelError(message)
    score = years == years.max()
    learn = ~np.isin(who, who[score])
    if not learn.any():
        message = "every graduate applied in the last year too: there is no one to learn from"
        raise ModelError(message)
    return learn, score


def ranking_auc(outcome: ArrayLike, score: ArrayLike) -> float:
    """Chance that a row with the outcome scores above one without; ties count half."""
    happened = np.asarray(outcome, dtype=np.float64)
    yes = float(happened.sum())
    no = happened.size - yes
    if yes == 0 or no == 0:
        return float("nan")
    from scipy.stats import rankdata  # a second to import, and only this asks for it

    return float((rankdata(score) @ happened - yes * (yes + 1) / 2) / (yes * no))


def knowing_columns(
    features: pd.DataFrame, outcome: ArrayLike, applicant: ArrayLike, threshold: float
) -> list[str]:
    """Columns that rank outcomes too well to have been known before: filled in afterwards, say."""
    happened = np.asarray(outcome, dtype=np.float64)
    half = np.unique(np.asarray(applicant), return_inverse=True)[1] % 2
    found = []
    for name, column in features.items():
        tries = [column.isna().to_numpy(dtype=np.float64)]
        if pd.api.types.is_numeric_dtype(column):
            known = column.notna().to_numpy()
            if known.any():
                number = column.to_numpy(dtype=np.float64)
                tries.append(np.where(known, number, np.median(number[known])))
        else:
            tries.append(_rate_elsewhere(column.astype(str), happened, half))
        areas = [ranking_auc(happened, tried) for tried in tries]
        if any(max(area, 1 - area) >= threshold for area in areas):
            found.append(str(name))
    return found


def _rate_elsewhere(words: pd.Series, happened: Floats, half: NDArray[np.intp]) -> Floats:
    """Rate of each row's word among the applicants of the other half."""
    score = np.full(len(words), happened.mean())
    for side in (0, 1):
        rate = pd.Series(happened[half != side]).groupby(words[half != side].to_numpy()).mean()
        here = half == side
        score[here] = words[here].map(rate).fillna(happened.mean()).to_numpy(dtype=np.float64)
    return score
