"""Would a shorter list have held an interview: hit rates by length, for two ways of ordering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.errors import ModelError

__all__ = ["list_hit_rates"]


def list_hit_rates(
    outcome: ArrayLike,
    applicant: ArrayLike,
    orders: Mapping[str, ArrayLike],
    lengths: Sequence[int],
    smallest_cell: int,
) -> pd.DataFrame:
    """Share of graduates with the outcome among the first k of their own applications.

    Only applications that were sent can be scored, so this compares orders of what was sent; it
    does not say what other programs would have answered.

    Parameters
    ----------
    outcome : array_like of int, shape (n,)
        Interviewed, or matched: 0 or 1.
    applicant : array_like, shape (n,)
        Whose application.
    orders : mapping of str to array_like of float, shape (n,)
        Place of each application in its applicant's list, by way of ordering; the lowest is first.
    lengths : sequence of int
        List lengths k.
    smallest_cell : int
        A length that fewer graduates' lists exceed is left out (privacy, and it compares nothing).

    Returns
    -------
    DataFrame
        One row a length and order: length, order, hit_rate, mean_hits, n_applicants.

    Raises
    ------
    ModelError
        If no length is left.
    """
    happened = np.asarray(outcome, dtype=np.float64)
    who = pd.Series(np.unique(np.asarray(applicant), return_inverse=True)[1])
    sent = who.map(who.value_counts()).to_numpy()
    rows = []
    for length in lengths:
        longer = sent > length
        people = int(who[longer].nunique())
        if people < smallest_cell:
            continue
        for name, order in orders.items():
            place = pd.Series(np.asarray(order, dtype=np.float64)).groupby(who).rank(method="first")
            kept = longer & (place.to_numpy() <= length)
            hits = pd.Series(happened[kept]).groupby(who[kept].to_numpy()).sum()
            rows.append((length, name, float((hits > 0).mean()), float(hits.mean()), people))
    if not rows:
        message = f"fewer than {smallest_cell} graduates sent more applications than any length"
        raise ModelError(message)
    return pd.DataFrame(rows, columns=["length", "order", "hit_rate", "mean_hits", "n_applicants"])
