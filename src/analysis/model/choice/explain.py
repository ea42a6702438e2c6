"""Why each program is on a list, what would change it, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.model.choice.constraints import Constraints
from analysis.model.choice.greedy import LEAST_GAIN, gains_beside
from analysis.model.choice.value import match_chance, program_order
from analysis.model.correlation import Mechanism, Scenarios, scenarios
from analysis.model.portfolio import Choice

__all__ = ["left_out", "reasons_on_list"]

Floats = NDArray[np.float64]
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
) -> pd.DataFrame:
    """What each program adds to a list, and how low its chance could be before another replaced it.

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
    chance : array_like of float, shape (programs,)
        Interview chances under the signals of the list.
    match_given_interview, rho
        As in `scenarios`.

    Returns
    -------
    DataFrame
        A row a program on the list: program (position), value_gain, match_gain (what the list loses
        without it), must, replacement (position of the program that would come in, -1 for none),
        replacement_gain, and drops_below (interview chance under which it would leave the list; 0
        if it stays as long as there is any, NaN for a must).
    """
    worth = np.asarray(utility, dtype=np.float64)
    market = market_of(by_option, choice)
    listed = choice.chosen
    room = _has_room(constraints, listed)
    cells = _cells(constraints, worth.size)
    barred = np.zeros(worth.size, dtype=bool)
    barred[list(constraints.never)] = True
    barred[listed] = True
    whole = match_chance(market, listed)
    rows = []
    beside = np.empty((listed.size, market.weight.size))
    for at, position in enumerate(listed):
        others = np.delete(listed, at)
        gains = gains_beside(market, worth, others)
        same = (cells == cells[position]).all(axis=1) & ~barred
        option = choice.option[at]
        coming = _with_option(by_option, option, market, others, worth)
        coming = np.where(same, coming, 0.0)
        best = program_order(coming)[0]
        found = coming[best] >= LEAST_GAIN and not room
        beside[at] = _worth_beside(market, worth, others, int(position))
        rows.append(
            {
                "program": int(position),
                "value_gain": float(gains[position]),
                "match_gain": whole - match_chance(market, others),
                "must": int(position) in constraints.must,
                "replacement": int(best) if found else -1,
                "replacement_gain": float(coming[best]) if found else 0.0,
            }
        )
    columns = ["program", "value_gain", "match_gain", "must", "replacement", "replacement_gain"]
    reasons = pd.DataFrame(rows, columns=columns)
    chances = np.asarray(chance, dtype=np.float64)[listed]
    rates = np.broadcast_to(match_given_interview, worth.shape)[listed]
    needed = reasons["replacement_gain"].to_numpy(dtype=np.float64)
    threshold = _thresholds(chances, rates, rho, beside, market.weight, needed)
    reasons["drops_below"] = np.where(reasons["must"].to_numpy(dtype=bool), np.nan, threshold)
    return reasons


def market_of(by_option: Mapping[str, Scenarios], choice: Choice) -> Scenarios:
    """Offer chances under the signals of a list; programs left out get none."""
    offers = by_option["none"].chance.copy()
    for position, option in zip(choice.chosen, choice.option, strict=True):
        offers[position] = by_option[option].chance[position]
    return Scenarios(offers, by_option["none"].weight)


def _with_option(
    by_option: Mapping[str, Scenarios],
    option: str,
    market: Scenarios,
    others: Positions,
    worth: Floats,
) -> Floats:
    """Gains of programs that come in with the signal of the one that leaves."""
    offers = by_option[option].chance.copy()
    offers[others] = market.chance[others]
    return gains_beside(Scenarios(offers, market.weight), worth, others)


def _has_room(constraints: Constraints, listed: Positions) -> bool:
    """Whether the list could be longer, so that nothing is dropped for another's sake."""
    if constraints.budget_usd is not None:
        return False
    return constraints.limit is None or listed.size < constraints.limit


def _cells(constraints: Constraints, programs: int) -> NDArray[np.int64]:
    """What must be equal for one program to take another's place under every rule."""
    columns = [constraints.specialties(programs)]
    for quota in constraints.quotas:
        inside = np.zeros(programs, dtype=np.int64)
        inside[list(quota.members)] = 1
        columns.append(inside)
    return np.column_stack(columns)


def _worth_beside(market: Scenarios, worth: Floats, others: Positions, position: int) -> Floats:
    """What an offer from one program adds in each state, beside the others on the list."""
    order = program_order(worth[others])
    ranked = others[order]
    # Equally wanted programs stand by position, as everywhere.
    ahead = (worth[ranked] > worth[position]) | (
        (worth[ranked] == worth[position]) & (ranked < position)
    )
    before, after = ranked[ahead], ranked[~ahead]
    refused = np.prod(1 - market.chance[before], axis=0)
    left = worth[position] * refused
    for program in after:
        left = left - market.chance[program] * worth[program] * refused
        refused = refused * (1 - market.chance[program])
    return np.asarray(left)


def _thresholds(
    chances: Floats,
    rates: Floats,
    rho: float | tuple[float, ...] | Mechanism,
    beside: Floats,
    weight: Floats,
    needed: Floats,
) -> Floats:
    low, high = np.zeros(chances.size), chances.copy()
    if chances.size == 0:
        return low
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        offers = scenarios(middle, rates, rho).chance
        enough = np.einsum("ps,ps,s->p", offers, beside, weight) > needed
        high = np.where(enough, middle, high)
        low = np.where(enough, low, middle)
    return np.where(needed <= 0, 0.0, high)


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
        the one that would add most first: program, reason (``never``, ``no_chance``, ``adds_less``
        or ``rule``: a budget, signal or quota stands between), value_gain and match_gain if it were
        added to the list as it is, weakest (position of the program on the list that adds least)
        and weakest_gain.
    """
    worth = np.asarray(utility, dtype=np.float64)
    market = market_of(by_option, choice)
    gains = gains_beside(market, worth, choice.chosen)
    out = np.setdiff1d(np.arange(worth.size), choice.chosen)
    ranked = out[np.lexsort((out, -worth[out], -np.maximum(gains[out], 0)))][:number]
    whole = match_chance(market, choice.chosen)
    free = reasons[~reasons["must"].to_numpy(dtype=bool)]
    weakest = int(free["value_gain"].idxmin()) if len(free) else -1
    least = float(free["value_gain"].min()) if len(free) else np.nan
    never = set(constraints.never)
    rows = []
    for position in ranked:
        gain = float(gains[position])
        if int(position) in never:
            reason = "never"
        elif market.chance[position].max() == 0:
            reason = "no_chance"
        else:
            reason = "rule" if gain > least else "adds_less"
        with_it = np.append(choice.chosen, position)
        rows.append(
            {
                "program": int(position),
                "reason": reason,
                "value_gain": gain,
                "match_gain": match_chance(market, with_it) - whole,
                "weakest": int(reasons["program"].iloc[weakest]) if weakest >= 0 else -1,
                "weakest_gain": least,
            }
        )
    columns = ["program", "reason", "value_gain", "match_gain", "weakest", "weakest_gain"]
    return pd.DataFrame(rows, columns=columns)
