"""Which years teach and which year tests, and which columns know the answer beforehand."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from analysis.errors import ModelError

__all__ = ["knowing_columns", "ranking_auc", "temporal_split"]


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


def _rate_elsewhere(
    words: pd.Series, happened: NDArray[np.float64], half: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Rate of each row's word among the applicants of the other half."""
    score = np.full(len(words), happened.mean())
    for side in (0, 1):
        rate = pd.Series(happened[half != side]).groupby(words[half != side].to_numpy()).mean()
        here = half == side
        score[here] = words[here].map(rate).fillna(happened.mean()).to_numpy(dtype=np.float64)
    return score
