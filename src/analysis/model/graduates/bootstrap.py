"""Intervals by drawing graduates, not applications: one graduate's answers come together."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.errors import ModelError

__all__ = ["applicant_intervals"]

# Fewer usable draws than this, and the ends of an interval are not known.
LEAST_USABLE = 0.9


def applicant_intervals(
    statistics: Callable[[NDArray[np.float64]], Mapping[str, float]],
    applicant: ArrayLike,
    *,
    draws: int,
    seed: int,
    level: float = 0.9,
) -> pd.DataFrame:
    """Percentile intervals over resampled applicants (docs/methods.md, section 7)."""
    code = np.unique(np.asarray(applicant), return_inverse=True)[1]
    if code.size == 0:
        message = "there is no application to resample"
        raise ModelError(message)
    people = int(code.max()) + 1
    generator = np.random.default_rng(seed)
    times = generator.multinomial(people, np.full(people, 1 / people), size=draws)
    value = pd.Series(dict(statistics(np.ones(code.size))), dtype="float64")
    drawn = pd.DataFrame([dict(statistics(row[code].astype(np.float64))) for row in times])
    ends = drawn.quantile([0.5 - level / 2, 0.5 + level / 2])
    ends.loc[:, drawn.notna().mean() < LEAST_USABLE] = np.nan
    return pd.DataFrame({"value": value, "low": ends.iloc[0], "high": ends.iloc[1]})
