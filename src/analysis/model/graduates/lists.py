"""Would a shorter list have held an interview: hit rates by length, for two ways of ordering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.choice.greedy import greedy
from analysis.model.correlation import mechanism, scenarios

__all__ = ["BY_CHANCE", "BY_LIST", "list_hit_rates", "list_orders"]

BY_LIST, BY_CHANCE = "list", "sort_by_chance"


def list_orders(chances: pd.DataFrame, assumptions: Assumptions) -> dict[str, NDArray[np.float64]]:
    """Order of each graduate's own applications: as the list would pick them, and by chance."""
    rate = assumptions.value("match_given_interview")
    rho = mechanism(assumptions)
    chance = chances["interview_chance"].to_numpy(dtype=np.float64)
    # Nobody's wishes are in the file: every match counts alike.
    utility = np.ones(len(chances))
    places = np.zeros(len(chances))
    by_chance = np.zeros(len(chances))
    for own in chances.reset_index(drop=True).groupby(["graduate_id", "year"]).indices.values():
        falling = own[np.argsort(-chance[own], kind="stable")]
        by_chance[falling] = np.arange(1, len(own) + 1)
        picked = greedy(scenarios(chance[own], rate, rho), utility[own], len(own))
        rest = np.setdiff1d(falling, own[picked], assume_unique=True)
        places[np.concatenate([own[picked], rest])] = np.arange(1, len(own) + 1)
    return {BY_LIST: places, BY_CHANCE: by_chance}


def list_hit_rates(
    outcome: ArrayLike,
    applicant: ArrayLike,
    orders: Mapping[str, ArrayLike],
    lengths: Sequence[int],
    smallest_cell: int,
) -> pd.DataFrame:
    """Share of graduates with the outcome among the first k of their own applications."""
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
