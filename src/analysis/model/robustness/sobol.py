"""Shares of an answer's variance by input: Sobol's first and total indices, with intervals.

Estimators: first order, Saltelli et al. (2010); total, Jansen (1999). Intervals by resampling
the sample points. docs/methods.md, section 6.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import qmc

from analysis.errors import ModelError

__all__ = ["SobolSample", "sobol_indices", "sobol_sample"]

Floats = NDArray[np.float64]
RESAMPLES = 200


class SobolSample(NamedTuple):
    """Points of the unit cube at which a model is asked, for one analysis.

    Attributes
    ----------
    inputs : tuple of str
        Names of the inputs, in the order of `mixed`.
    first, second : ndarray of float, shape (n, d)
        Two independent samples A and B.
    mixed : ndarray of float, shape (inputs, n, d)
        A with the columns of one input taken from B.
    """

    inputs: tuple[str, ...]
    first: Floats
    second: Floats
    mixed: Floats


def sobol_sample(columns: Mapping[str, Sequence[int]], n: int, seed: int) -> SobolSample:
    """Sample points for Sobol indices.

    Parameters
    ----------
    columns : mapping of str to sequence of int
        Which columns of the unit cube make up an input. Several columns make a group; inputs may
        share columns (a weight, and all weights together).
    n : int
        Size of the sample, a power of 2. The model is asked ``n * (inputs + 2)`` times.
    seed : int
        Same seed, same points.

    Returns
    -------
    SobolSample
        A scrambled Sobol sequence, strictly inside the unit cube.

    Raises
    ------
    ModelError
        If n is not a power of 2 or there is no input.
    """
    if n < 2 or n & (n - 1):
        raise ModelError(f"the sample of a variance analysis must be a power of 2, not {n}")
    if not columns:
        raise ModelError("a variance analysis needs at least one input")
    dimensions = 1 + max(max(places) for places in columns.values())
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
