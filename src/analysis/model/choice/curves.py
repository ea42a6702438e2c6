"""Curves of a list: the next application, correlation, and the frontier of reach and safety."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.errors import ModelError
from analysis.model.choice.constraints import Fees, fee_usd
from analysis.model.choice.greedy import greedy, swap
from analysis.model.choice.problem import list_utility
from analysis.model.choice.value import expected_utility, match_chance, match_shares
from analysis.model.correlation import Mechanism, Scenarios, scenarios

__all__ = [
    "RHO_CURVE",
    "flat_from",
    "frontier",
    "match_chance_by_rho",
    "match_chance_draws",
    "next_application",
]

Floats = NDArray[np.float64]
# Chances that are calibrated side by side: so few that they stay in a core's cache.
BLOCK = 4096
RHO_CURVE = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


def match_chance_by_rho(
    chance: ArrayLike,
    match_given_interview: ArrayLike,
    chosen: ArrayLike,
    mixed: Sequence[float] | Mechanism = (),
) -> pd.DataFrame:
    """Match chance of one list over the correlation of its answers (section 4).

    Parameters
    ----------
    chance : array_like of float, shape (programs,)
        Chances of an interview, signals included.
    match_given_interview : float or array_like of float
        As in `scenarios`.
    chosen : array_like of int
        Positions of the programs on the list.
    mixed : sequence of float or Mechanism
        Correlations that a set of assumptions mixes: points of the curve beside `RHO_CURVE`; a
        mechanism also says what happens after the interviews.

    Returns
    -------
    DataFrame
        A row a rho: rho, match_chance, independent (True at rho 0, the answer of calculators that
        multiply refusals).
    """
    listed = np.asarray(chosen, dtype=np.int64)
    chances = np.asarray(chance, dtype=np.float64)[listed]
    rates = np.broadcast_to(match_given_interview, np.shape(chance))[listed]
    everything = np.arange(listed.size)
    how = mixed if isinstance(mixed, Mechanism) else None
    rhos = sorted({*RHO_CURVE, *map(float, how.rho if how else mixed)})  # type: ignore[arg-type]

    def matched(rho: float) -> float:
        # At 0 all answers are independent, those after the interviews too.
        together = how.at(rho).of(listed) if how else rho
        return match_chance(scenarios(chances, rates, together), everything)

    return pd.DataFrame(
        {
            "rho": rhos,
            "match_chance": [matched(rho) if listed.size else 0.0 for rho in rhos],
            "independent": [rho == 0 for rho in rhos],
        }
    )


def match_chance_draws(
    chance_draws: ArrayLike, match_draws: ArrayLike, rho: float | Sequence[float] | Mechanism
) -> Floats:
    """Match chance of one list in each joint draw of what is uncertain (sections 3.6 and 5)."""
    drawn = np.asarray(chance_draws, dtype=np.float64)
    rates = np.asarray(match_draws, dtype=np.float64)
    if drawn.ndim != 2 or rates.shape not in {drawn.shape[:1], drawn.shape}:
        message = f"draws of shapes {drawn.shape} and {rates.shape} do not belong together"
        raise ModelError(message)
    draws, programs = drawn.shape
    if programs == 0:
        return np.zeros(draws)
    each = np.broadcast_to(rates if rates.ndim == 2 else rates[:, None], drawn.shape)
    matches = np.empty(draws)
    rows = max(1, BLOCK // programs)
    for start in range(0, draws, rows):
        here = slice(start, start + rows)
        chances = drawn[here]
        together = scenarios(chances.ravel(), each[here].ravel(), rho, coarse=True)
        refused = (1 - together.chance.reshape(*chances.shape, -1)).prod(axis=1)
        matches[here] = (1 - refused) @ together.weight
    return np.clip(matches, 0.0, 1.0)


def next_application(
    market: Scenarios,
    utility: ArrayLike,
    limit: int,
    fees: Fees | tuple[Fees, ...] | None = None,
    specialty: ArrayLike | None = None,
    *,
    must: ArrayLike = (),
    never: ArrayLike = (),
) -> pd.DataFrame:
    """What each further application adds, in points and in dollars (section 5).

    Along the greedy list, whose lengths are nested: the curve is one list read from its start.

    Returns
    -------
    DataFrame
        A row an application: applications (1, 2, ...), program (position), value, match_chance,
        value_gain, match_gain (0-1), fee_usd, next_fee_usd, and usd_per_point: dollars a point of
        match chance; inf where it adds none.
    """
    picked = greedy(market, utility, limit, must=must, never=never)
    kinds = np.zeros(market.chance.shape[0], dtype=np.int64)
    if specialty is not None:
        kinds = np.asarray(specialty, dtype=np.int64)
    groups = int(kinds.max(initial=0)) + 1
    values, matches, paid = [0.0], [0.0], [0.0]
    for number in range(1, picked.size + 1):
        listed = picked[:number]
        values.append(expected_utility(market, utility, listed))
        matches.append(match_chance(market, listed))
        counts = np.bincount(kinds[listed], minlength=groups).tolist()
        paid.append(fee_usd(fees, counts) if fees else np.nan)
    points = 100 * np.diff(matches)
    price = np.diff(paid)
    return pd.DataFrame(
        {
            "applications": np.arange(1, picked.size + 1),
            "program": picked,
            "value": values[1:],
            "match_chance": matches[1:],
            "value_gain": np.diff(values),
            "match_gain": points / 100,
            "fee_usd": paid[1:],
            "next_fee_usd": price,
            "usd_per_point": np.divide(
                price, points, out=np.full(price.size, np.inf), where=points > 0
            ),
        }
    )


def flat_from(curve: pd.DataFrame, least_gain: float) -> int | None:
    """Number of applications from which on none adds as much as asked."""
    enough = curve["applications"][curve["match_gain"] >= least_gain]
    last = int(enough.max()) if len(enough) else 0
    return None if last == len(curve) else last


def frontier(
    market: Scenarios,
    preference: ArrayLike,
    limit: int,
    match_utilities: Sequence[float],
    *,
    must: ArrayLike = (),
    never: ArrayLike = (),
) -> pd.DataFrame:
    """Reach against safety: the list at each worth of any match (section 5).

    Returns
    -------
    DataFrame
        A row a match_utility: match_utility, match_chance, preference_if_matched (mean over where
        the list ends; NaN without any chance), chosen (tuple of positions in the order picked).
    """
    wished = np.asarray(preference, dtype=np.float64)
    rows = []
    for worth in match_utilities:
        utility = list_utility(wished, worth)
        start = greedy(market, utility, limit, must=must, never=never)
        chosen = swap(market, utility, start, must=must, never=never)
        shares = match_shares(market, utility, chosen)
        total = float(shares.sum())
        rows.append(
            {
                "match_utility": float(worth),
                "match_chance": min(total, 1.0),
                "preference_if_matched": float(shares @ wished[chosen]) / total
                if total > 0
                else np.nan,
                "chosen": tuple(chosen.tolist()),
            }
        )
    return pd.DataFrame(rows)
