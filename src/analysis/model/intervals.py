"""How far a share that was counted may lie from the true one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

__all__ = ["wilson_interval"]

Floats = NDArray[np.float64]


def wilson_interval(successes: ArrayLike, n: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """Wilson's interval of a share (Wilson 1927).

    Parameters
    ----------
    successes, n : array_like of float
        0 <= successes <= n; need not be whole.
    level : float
        Mass of the interval, in (0, 1), such as 0.95.

    Returns
    -------
    low, high : ndarray of float
        In [0, 1]; 0 and 1 where n is 0.

    Examples
    --------
    >>> low, high = wilson_interval(8, 10, 0.95)
    >>> round(float(low), 4), round(float(high), 4)
    (0.4902, 0.9433)
    """
    cases = np.asarray(n, dtype=np.float64)
    known = np.where(cases > 0, cases, 1.0)
    share = np.asarray(successes, dtype=np.float64) / known
    z = ndtri((1 + level) / 2)
    middle = (share + z**2 / (2 * known)) / (1 + z**2 / known)
    half = z / (1 + z**2 / known) * np.sqrt(share * (1 - share) / known + (z / (2 * known)) ** 2)
    low, high = np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
    return np.where(cases > 0, low, 0.0), np.where(cases > 0, high, 1.0)
