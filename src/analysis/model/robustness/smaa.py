"""Which alternative comes where, over all the weights that might be: SMAA-2.

Source: Lahdelma & Salminen, Operations Research 49 (2001); docs/methods.md, section 6.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import ModelError

__all__ = ["central_weights", "pairwise_wins", "rank_acceptability", "ranks"]

Floats = NDArray[np.float64]


def ranks(values: ArrayLike) -> NDArray[np.int64]:
    """Place of each alternative in each draw, 0 being the best.

    Parameters
    ----------
    values : array_like of float, shape (draws, m)
        Value of each alternative in each draw; more is better.

    Returns
    -------
    ndarray of int, shape (draws, m)
        A permutation of 0..m-1 in every row; ties go to the alternative that comes first.

    Raises
    ------
    ModelError
        If there are no draws or a value is not finite.

    Examples
    --------
    >>> ranks([[0.2, 0.9, 0.5]]).tolist()
    [[2, 0, 1]]
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or 0 in table.shape or not np.all(np.isfinite(table)):
        raise ModelError("ranks need at least one draw of finite values for each alternative")
    order = np.argsort(-table, axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(table.shape[1])[None, :], axis=1)
    return places


def rank_acceptability(values: ArrayLike) -> Floats:
    """Share of the draws in which an alternative takes a place.

    Parameters
    ----------
    values : array_like of float, shape (draws, m)
        As in `ranks`.

    Returns
    -------
    ndarray of float, shape (m, m)
        Row: alternative, column: place from the best. Rows and columns sum to 1.

    Examples
    --------
    >>> rank_acceptability([[1, 0], [1, 0], [1, 0], [0, 1]]).tolist()
    [[0.75, 0.25], [0.25, 0.75]]
    """
    places = ranks(values)
    draws, alternatives = places.shape
    cells = np.arange(alternatives)[None, :] * alternatives + places
    counts = np.bincount(cells.ravel(), minlength=alternatives**2)
    return np.asarray(counts.reshape(alternatives, alternatives) / draws, dtype=np.float64)


def central_weights(values: ArrayLike, weights: ArrayLike) -> Floats:
    """Mean of the weights under which an alternative is the best: who would choose it.

    Parameters
    ----------
    values : array_like of float, shape (draws, m)
        As in `ranks`.
    weights : array_like of float, shape (draws, k)
        The weights of each draw.

    Returns
    -------
    ndarray of float, shape (m, k)
        NaN for an alternative that is never the best.

    Examples
    --------
    >>> central_weights([[1, 0], [1, 0]], [[0.2, 0.8], [0.4, 0.6]]).round(2).tolist()
    [[0.3, 0.7], [nan, nan]]
    """
    drawn = np.asarray(weights, dtype=np.float64)
    best = ranks(values).argmin(axis=1)
    alternatives = np.asarray(values).shape[1]
    wins = np.bincount(best, minlength=alternatives)
    sums = np.stack(
        [np.bincount(best, weights=column, minlength=alternatives) for column in drawn.T], axis=1
    )
    means: Floats = np.full(sums.shape, np.nan, dtype=np.float64)
    np.divide(sums, wins[:, None], out=means, where=wins[:, None] > 0)
    return means


def pairwise_wins(values: ArrayLike) -> Floats:
    """Share of the draws in which one alternative beats another; a tie counts half.

    Parameters
    ----------
    values : array_like of float, shape (draws, m)
        As in `ranks`.

    Returns
    -------
    ndarray of float, shape (m, m)
        Row beats column; .5 on the diagonal; a cell and its mirror sum to 1.

    Examples
    --------
    >>> pairwise_wins([[2, 1], [1, 1]]).tolist()
    [[0.5, 0.75], [0.25, 0.5]]
    """
    table = np.asarray(values, dtype=np.float64)
    ranks(table[:1])
    wins = [
        (table[:, [j]] > table).mean(0) + (table[:, [j]] == table).mean(0) / 2
        for j in range(table.shape[1])
    ]
    return np.asarray(wins, dtype=np.float64)
