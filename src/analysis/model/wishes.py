"""What a match at each program is worth to the student (docs/methods.md, section 5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import ModelError

__all__ = ["list_utility", "preference"]

Floats = NDArray[np.float64]
# The scale of prestige, as of the column in programs.csv.
MOST_PRESTIGE = 10.0


def preference(
    prestige: ArrayLike,
    state: ArrayLike,
    preferred_states: tuple[str, ...] = (),
    own: ArrayLike | None = None,
) -> Floats:
    """How much a student wants each program, from 0 to 1.

    Parameters
    ----------
    prestige : array_like of float, shape (programs,)
        0-10.
    state : array_like of str, shape (programs,)
        Two letters.
    preferred_states : tuple of str
        Where the student would like to live. Prestige and place count half each; without
        preferred states prestige alone does.
    own : array_like of float, shape (programs,), optional
        The student's own wish, 0 to 1, which replaces the formula where it is given (not NaN).

    Returns
    -------
    ndarray of float, shape (programs,)
        In [0, 1].

    Examples
    --------
    >>> preference([6, 4], ["OH", "TX"], ("OH",)).tolist()
    [0.8, 0.2]
    """
    wanted = np.asarray(prestige, dtype=np.float64) / MOST_PRESTIGE
    if preferred_states:
        near = np.isin(np.asarray(state, dtype=object).astype(str), preferred_states)
        wanted = (near + wanted) / 2
    if own is not None:
        wished = np.asarray(own, dtype=np.float64)
        wanted = np.where(np.isnan(wished), wanted, wished)
    if not ((wanted >= 0) & (wanted <= 1)).all():
        message = "a preference or prestige lies outside its scale (0 to 1, 0 to 10)"
        raise ModelError(message)
    return np.asarray(wanted, dtype=np.float64)


def list_utility(wanted: ArrayLike, match_utility: float) -> Floats:
    """Worth of a match at each program, between that of any match and 1.

    Parameters
    ----------
    wanted : array_like of float, shape (programs,)
        Preference in [0, 1].
    match_utility : float
        Worth of a match at the least wanted program, in [0, 1]; no match is worth 0.

    Returns
    -------
    ndarray of float, shape (programs,)
        In [match_utility, 1].

    Examples
    --------
    >>> list_utility([0.0, 1.0], 0.75).tolist()
    [0.75, 1.0]
    """
    if not 0 <= match_utility <= 1:
        message = f"the worth of any match is {match_utility:g}; expected 0 to 1"
        raise ModelError(message)
    return np.asarray(
        match_utility + (1 - match_utility) * np.asarray(wanted, dtype=np.float64), dtype=np.float64
    )
