"""Programs that cannot be on the best list, left out beforehand (docs/methods.md, section 5)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["undominated"]

Floats = NDArray[np.float64]


def undominated(offers: Floats, cells: NDArray[Any], most: int) -> NDArray[np.bool_]:
    """Which programs can be on the best list of at most ``most`` programs.

    A program is left out if at least ``most`` others stand before it, of the same specialty and
    quota cells and with at least its chance in every state: a list with it has room for at most
    ``most - 1`` of them, and the one missing can take its place.

    Parameters
    ----------
    offers : ndarray of float, shape (programs, states)
        Offer chances in order of preference, the states of every signal side by side.
    cells : ndarray, shape (programs, k)
        What must be equal for one program to take another's place.
    most : int
        Largest number of programs of one cell on a list.

    Returns
    -------
    ndarray of bool, shape (programs,)
        False for those left out.
    """
    kept = np.ones(len(offers), dtype=bool)
    if most >= len(offers):
        return kept
    _, cell = np.unique(cells, axis=0, return_inverse=True)
    mean = offers.sum(axis=1)
    for at in range(most, len(offers)):
        # The sum over states is a cheap first sieve: a lower sum cannot be at least as good.
        before = np.flatnonzero((cell[:at] == cell[at]) & (mean[:at] >= mean[at]))
        if before.size >= most:
            better = (offers[before] >= offers[at]).all(axis=1)
            kept[at] = np.count_nonzero(better) < most
    return kept
