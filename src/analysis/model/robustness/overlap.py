"""How much of a list stays when it is made again: selection, places, overlap, Kendall's tau."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.errors import ModelError
from analysis.model.intervals import wilson_interval

__all__ = [
    "kendall_tau",
    "list_places",
    "overlap_at",
    "place_acceptability",
    "selection_acceptability",
]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


def list_places(lists: Sequence[ArrayLike], programs: int) -> Places:
    """Place of each program on each list, and one shared place for all that are not on it.

    Parameters
    ----------
    lists : sequence of array_like of int
        Positions of the chosen programs, in the order in which they were taken.
    programs : int
        How many programs there are.

    Returns
    -------
    ndarray of int, shape (lists, programs)
        0 = taken first; `programs` = not on the list.

    Raises
    ------
    ModelError
        If there is no list.

    Examples
    --------
    >>> list_places([[2, 0]], 3).tolist()
    [[1, 3, 0]]
    """
    if not lists:
        raise ModelError("overlap needs at least one list that was made again")
    places = np.full((len(lists), programs), programs, dtype=np.int64)
    for row, chosen in zip(places, lists, strict=True):
        taken = np.asarray(chosen, dtype=np.int64)
        row[taken] = np.arange(taken.size)
    return places


def selection_acceptability(places: Places, base: ArrayLike) -> pd.DataFrame:
    """Share of the draws in which a program is on the list.

    Parameters
    ----------
    places : ndarray of int, shape (draws, programs)
        From `list_places`.
    base : array_like of int
        Positions of the programs on the base list.

    Returns
    -------
    DataFrame
        One row a program, in the order given: program, selection_acceptability, low, high
        (95 % sampling error of the draws), in_base_list.
    """
    draws, programs = places.shape
    chosen = (places < programs).sum(axis=0)
    low, high = wilson_interval(chosen, draws, 0.95)
    return pd.DataFrame(
        {
            "program": np.arange(programs),
            "selection_acceptability": chosen / draws,
            "low": low,
            "high": high,
            "in_base_list": np.isin(np.arange(programs), np.asarray(base, dtype=np.int64)),
        }
    )


def place_acceptability(places: Places) -> pd.DataFrame:
    """Share of the draws in which a program is taken at each place of the list.

    Parameters
    ----------
    places : ndarray of int, shape (draws, programs)
        From `list_places`.

    Returns
    -------
    DataFrame
        One row a program and place, places from 1 to the length of the longest list: program,
        place, acceptability. The rest of a program's draws left it off the list.
    """
    programs = places.shape[1]
    longest = int(np.max(np.where(places < programs, places + 1, 0)))
    shares = np.stack([(places == place).mean(axis=0) for place in range(longest)], axis=1)
    return pd.DataFrame(
        {
            "program": np.repeat(np.arange(programs), longest),
            "place": np.tile(np.arange(1, longest + 1), programs),
            "acceptability": shares.ravel(),
        }
    )


def overlap_at(places: Places, base: ArrayLike, size: int) -> Floats:
    """Share of the first programs of the base list that are among the first of another.

    Parameters
    ----------
    places : ndarray of int, shape (draws, programs)
        From `list_places`.
    base : array_like of int
        The base list, in the order taken.
    size : int
        How many of the first programs are compared, at least 1; a shorter base list as a whole.

    Returns
    -------
    ndarray of float, shape (draws,)
        In [0, 1].

    Raises
    ------
    ModelError
        If the base list is empty.

    Examples
    --------
    >>> overlap_at(list_places([[2, 0], [1, 2]], 3), [2, 0], 2).tolist()
    [1.0, 0.5]
    """
    first = np.asarray(base, dtype=np.int64)[:size]
    if first.size == 0:
        raise ModelError("overlap with an empty list is not defined")
    return np.asarray((places[:, first] < first.size).mean(axis=1), dtype=np.float64)


def kendall_tau(places: Places, base: ArrayLike) -> Floats:
    """Kendall's tau-b between the order of the base list and that of each other list.

    Programs that are not on a list share its last place.

    Parameters
    ----------
    places : ndarray of int, shape (draws, programs)
        From `list_places`.
    base : array_like of int
        The base list, in the order taken.

    Returns
    -------
    ndarray of float, shape (draws,)
        In [-1, 1]; NaN where a list does not tell any two programs apart.
    """
    programs = places.shape[1]
    (reference,) = list_places([base], programs)
    upper = np.triu_indices(programs, 1)
    base_sign = np.sign(reference[upper[0]] - reference[upper[1]]).astype(np.int8)
    taus = np.full(len(places), np.nan)
    for draw, row in enumerate(places):
        sign = np.sign(row[upper[0]] - row[upper[1]]).astype(np.int8)
        told = np.sqrt(float(np.count_nonzero(base_sign)) * float(np.count_nonzero(sign)))
        if told:
            taus[draw] = float(np.sum(base_sign * sign, dtype=np.int64)) / told
    return taus
