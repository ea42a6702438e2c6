"""Why each program is on a list, what would change it, and the curves that show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import Floats
from analysis.errors import ModelError
from analysis.model.choice.columns import undominated
from analysis.model.choice.constraints import Constraints, Fees, fee_usd
from analysis.model.choice.greedy import LEAST_GAIN, TIE, gains_beside, gains_without, greedy, swap
from analysis.model.choice.problem import list_utility
from analysis.model.choice.value import expected_utility, match_chance, match_shares
from analysis.model.correlation import Mechanism, Scenarios, scenarios
from analysis.model.portfolio import Choice

Positions = NDArray[np.int64]
# Halvings of the chance at which a program would drop out: to a ten-thousandth.
HALVINGS = 14


def reasons_on_list(
    by_option: Mapping[str, Scenarios],
    utility: ArrayLike,
    constraints: Constraints,
    choice: Choice,
    chance: ArrayLike,
    match_given_interview: ArrayLike,
    rho: float | tuple[float, ...] | Mechanism,
    least: Floats | None = None,
) -> pd.DataFrame:
    """What each program adds, and how low its chance could be before another replaced it."""
    worth = np.asarray(utility, dtype=np.float64)
    market = market_of(by_option, choice)
    listed = choice.chosen
    room = _has_room(constraints, listed)
    cells = constraints.cells(worth.size)
    ruled = _ruled(constraints, listed)
    saved = constraints.saved(listed, worth.size)
    whole = match_chance(market, listed)
    beside = _refused_beside(market, listed)
    matches = whole - np.clip((1 - beside) @ market.weight, 0.0, 1.0)
    rows: list[dict[str, Any]] = [{}] * listed.size
    for option in set(choice.option):
        # Programs that come in get the signal of the one that leaves.
        coming = _coming(by_option[option], option, worth, constraints, cells, listed)
        among = np.union1d(listed, coming)
        offers = by_option[option].chance[among]
        held = np.isin(among, listed)
        offers[held] = market.chance[among[held]]
        own = np.flatnonzero([one == option for one in choice.option])
        every = gains_without(
            Scenarios(offers, market.weight), worth[among], np.searchsorted(among, listed), own
        )
        for at, gains in zip(own.tolist(), every, strict=True):
            position = int(listed[at])
            open_to = ~held & (cells[among] == cells[position]).all(axis=1)
            if constraints.apart:
                open_to &= ~np.isin(among, _shut(constraints, np.delete(listed, at)))
            gain = np.where(open_to, gains, 0.0)
            best = int(gain.argmax())
            # Where there is room, one worth its price beside this one would be listed already.
            least_gain = LEAST_GAIN if constraints.price is None else max(saved[at], LEAST_GAIN)
            found = gain[best] >= least_gain and not (room and constraints.price is None)
            rows[at] = {
                "program": position,
                "value_gain": float(gains[np.searchsorted(among, position)]),
                "match_gain": float(matches[at]),
                "cost": saved[at],
                "must": position in constraints.must,
                "ruled": bool(ruled[at]),
                "replacement": int(among[best]) if found else -1,
                "replacement_gain": float(gain[best]) if found else 0.0,
            }
    columns = ["program", "value_gain", "match_gain", "cost", "must", "ruled"]
    reasons = pd.DataFrame(rows, columns=[*columns, "replacement", "replacement_gain"])
    chances = np.asarray(chance, dtype=np.float64)[listed]
    rates = np.broadcast_to(match_given_interview, worth.shape)[listed]
    replaced = reasons["replacement_gain"].to_numpy(dtype=np.float64)
    price = np.where(ruled, 0.0, saved)
    needed = np.maximum(replaced, price)
    how = rho.of(listed) if isinstance(rho, Mechanism) else rho
    threshold = _thresholds(
        chances, rates, how, _worth_beside(market, worth, listed), market.weight, needed
    )
    floors = np.zeros(listed.size) if least is None else np.minimum(least[listed], chances)
    must = reasons["must"].to_numpy(dtype=bool)
    why = np.select(
        [must, floors > threshold, (replaced > 0) & (replaced >= price), price > 0],
        ["", "floor", "replaced", "price"],
        "",
    )
    reasons["drops_below"] = np.where(must, np.nan, np.maximum(threshold, floors))
    reasons["drops_reason"] = why.astype(object)
    return reasons


def _ruled(constraints: Constraints, listed: Positions) -> NDArray[np.bool_]:
    """Which programs of a list an "at least" asks for."""
    asked = np.zeros(listed.size, dtype=bool)
    for quota in constraints.quotas:
        inside = np.isin(listed, np.asarray(quota.members, dtype=np.int64))
        if 0 < inside.sum() <= quota.at_least:
            asked |= inside
    return asked


def _refused_beside(market: Scenarios, listed: Positions) -> Floats:
    """Chance in each state that all programs of a list but one refuse, a row for each left out."""
    refused = np.ones((listed.size + 2, market.weight.size))
    refused[1:-1] = 1 - market.chance[listed]
    before = np.cumprod(refused, axis=0)[:-2]
    after = np.cumprod(refused[::-1], axis=0)[::-1][2:]
    return np.asarray(before * after)


def _shut(constraints: Constraints, listed: Positions) -> list[int]:
    """Programs that one of a list shuts out."""
    inside = set(listed.tolist())
    shut = []
    for first, second in constraints.apart:
        shut += [second] * (first in inside) + [first] * (second in inside)
    return shut


def market_of(by_option: Mapping[str, Scenarios], choice: Choice) -> Scenarios:
    """Offer chances under the signals of a list; programs left out get none."""
    offers = by_option["none"].chance.copy()
    for position, option in zip(choice.chosen, choice.option, strict=True):
        offers[position] = by_option[option].chance[position]
    return Scenarios(offers, by_option["none"].weight)


def _coming(
    offers: Scenarios,
    option: str,
    worth: Floats,
    constraints: Constraints,
    cells: NDArray[np.int64],
    listed: Positions,
) -> Positions:
    """Programs off a list that could come in with a signal: no other is as good in every way."""
    open_to = np.ones(worth.size, dtype=bool)
    open_to[[*constraints.never, *constraints.barred.get(option, ()), *listed]] = False
    at = np.flatnonzero(open_to)
    own = np.column_stack([cells, constraints.unlike(worth.size)])[at]
    return at[undominated(offers.chance[at], worth[at], own, 1)]


def _has_room(constraints: Constraints, listed: Positions) -> bool:
    """Whether the list could be longer, so that nothing is dropped for another's sake."""
    if constraints.budget_usd is not None:
        return False
    return constraints.limit is None or listed.size < constraints.limit


def _worth_beside(market: Scenarios, worth: Floats, listed: Positions) -> Floats:
    """What an offer from each program of a list adds in each state, beside the others."""
    # Equally wanted programs stand by position, as everywhere.
    rank = np.lexsort((listed, -worth[listed]))
    offers, wanted = market.chance[listed[rank]], worth[listed[rank]][:, None]
    before, after = np.ones_like(offers), np.zeros_like(offers)
    np.cumprod(1 - offers[:-1], axis=0, out=before[1:])
    for at in range(len(rank) - 2, -1, -1):
        after[at] = offers[at + 1] * wanted[at + 1] + (1 - offers[at + 1]) * after[at + 1]
    beside = np.empty_like(offers)
    beside[rank] = before * (wanted - after)
    return beside


def _thresholds(
    chances: Floats,
    rates: Floats,
    rho: float | tuple[float, ...] | Mechanism,
    beside: Floats,
    weight: Floats,
    needed: Floats,
) -> Floats:
    low, width = np.zeros(chances.size), chances.copy()
    if chances.size == 0:
        return low
    # Quarters rather than halves: three chances of each program at once cost little more than one.
    steps = np.arange(1, 4)[:, None] / 4
    every = np.tile(np.arange(chances.size), 3)
    how = rho.of(every) if isinstance(rho, Mechanism) else rho
    for _ in range(HALVINGS // 2):
        offers = scenarios((low + width * steps).ravel(), rates[every], how).chance
        added = np.einsum("kps,ps,s->kp", offers.reshape(3, *beside.shape), beside, weight)
        low, width = low + width * (added <= needed).sum(axis=0) / 4, width / 4
    return np.where(needed <= 0, 0.0, low + width)


def left_out(
    by_option: Mapping[str, Scenarios],
    utility: ArrayLike,
    constraints: Constraints,
    choice: Choice,
    reasons: pd.DataFrame,
    number: int,
) -> pd.DataFrame:
    """The best programs that are not on a list, and what they lack.

    Parameters
    ----------
    by_option : mapping of str to Scenarios
        Offer chances by signal.
    utility : array_like of float, shape (programs,)
        Worth of a match at each program.
    constraints : Constraints
        What the list keeps to.
    choice : Choice
        The list.
    reasons : DataFrame
        Of `reasons_on_list`.
    number : int
        Most rows.

    Returns
    -------
    DataFrame
        A row a program, the most wanted first among those named in the student's never list, then
        the one that would add most first: program, reason (``never``, ``no_chance``, ``floor``:
        under the least chance, ``price``: adds less than it costs, ``adds_less``, or ``rule``: a
        budget, signal or quota stands between), value_gain and match_gain if it were added to the
        list as it is, cost (in units of value), weakest (position of the program on the list that
        adds least) and weakest_gain.
    """
    worth = np.asarray(utility, dtype=np.float64)
    market = market_of(by_option, choice)
    gains = gains_beside(market, worth, choice.chosen)
    out = np.setdiff1d(np.arange(worth.size), choice.chosen)
    ranked = out[np.lexsort((out, -worth[out], -np.maximum(gains[out], 0)))][:number]
    # Where every program is worth the same, what one adds is what it adds to the match chance.
    matches = gains_beside(market, np.ones_like(worth), choice.chosen)
    free = reasons[~reasons["must"].to_numpy(dtype=bool)]
    least = float(free["value_gain"].min()) if len(free) else np.nan
    ties = free.index[free["value_gain"] <= least + TIE] if len(free) else [-1]
    weakest = int(ties[0])
    never, under = set(constraints.never), set(constraints.barred.get("none", ()))
    now = constraints.cost_of(choice.chosen, worth.size)
    replaced = int(reasons["program"].iloc[weakest]) if weakest >= 0 else -1
    rows = []
    for position in ranked:
        gain = float(gains[position])
        cost = constraints.cost_of(np.append(choice.chosen, position), worth.size) - now
        if int(position) in never:
            reason = "never"
        elif market.chance[position].max() == 0:
            reason = "no_chance"
        elif int(position) in under:
            reason = "floor"
        elif cost > 0 and gain < cost:
            reason = "price"
        else:
            reason = "rule" if gain > least else "adds_less"
        rows.append(
            {
                "program": int(position),
                "reason": reason,
                "value_gain": gain,
                "match_gain": float(matches[position]),
                "cost": cost,
                "weakest": replaced,
                "weakest_gain": least,
            }
        )
    columns = ["program", "reason", "value_gain", "match_gain", "cost", "weakest", "weakest_gain"]
    return pd.DataFrame(rows, columns=columns)


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
    """What each further application adds, in points and in dollars (section 5)."""
    # Along the greedy list, whose lengths are nested: the curve is one list read from its start.
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
    """Reach against safety: the list at each worth of any match (section 5)."""
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
