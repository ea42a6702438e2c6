"""Greedy choice and the swaps that improve it (section 5)."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import Floats
from analysis.errors import ModelError
from analysis.model.choice.columns import Columns
from analysis.model.choice.constraints import OPTIONS, Constraints, fee_usd
from analysis.model.choice.value import (
    checked_positions,
    checked_utility,
    expected_utility,
    program_order,
)
from analysis.model.correlation import Scenarios

Positions = NDArray[np.int64]
# A program that adds less than this is not listed: it would be money for nothing.
LEAST_GAIN = 1e-9
# Gains closer than this, relatively, are a tie; and an exchange must bring more.
TIE = 1e-12
MOST_CELLS = 4_000_000  # of lists x places x states at once: 32 MB an array


class MarginalGains:
    """What each program would add to the list so far."""

    def __init__(self, scenarios: Scenarios, utility: ArrayLike) -> None:
        wanted = checked_utility(scenarios, utility)
        self.order = program_order(wanted)
        self.place = np.empty_like(self.order)
        self.place[self.order] = np.arange(self.order.size)
        self.offers = np.ascontiguousarray(scenarios.chance[self.order])
        self.weighed = self.offers * scenarios.weight
        self.worth = np.repeat(wanted[self.order][:, None], scenarios.weight.size, axis=1)

    def take(self, place: int) -> None:
        """Put the program at a place of the order on the list."""
        offer = self.offers[place]
        self.worth[:place] -= offer * self.worth[place]
        self.worth[place:] *= 1 - offer

    def close(self, place: int) -> None:
        """Bar the program at a place of the order: from now on it adds nothing."""
        self.weighed[place] = 0

    def all(self) -> Floats:
        """Gains by place in the order, shape (programs,)."""
        return np.asarray(np.einsum("ps,ps->p", self.weighed, self.worth))


def greedy(
    scenarios: Scenarios,
    utility: ArrayLike,
    limit: int,
    *,
    must: ArrayLike = (),
    never: ArrayLike = (),
) -> Positions:
    """List that takes the program that adds most, again and again (section 5).

    Stops at the limit, or when nothing adds anything: a program without a chance is never listed
    unless it must be. Optimal where answers are independent; within .85% else, and lists of
    different lengths are nested.

    Parameters
    ----------
    scenarios : Scenarios
        Offer chances.
    utility : array_like of float, shape (programs,)
        Worth of a match at each program.
    limit : int
        Most programs on the list, >= 0.
    must, never : array_like of int, optional
        Positions of programs that are taken first, or not at all.

    Returns
    -------
    ndarray of int
        Positions in the order picked, the musts first.

    Raises
    ------
    ModelError
        If a program is both must and never, or there are more musts than the limit.

    Examples
    --------
    >>> market = Scenarios(np.array([[0.2], [0.5], [0.1], [0.6], [0.1]]), np.ones(1))
    >>> greedy(market, [1, 4, 9, 1, 8], 5).tolist()
    [1, 2, 4, 3, 0]
    """
    gains = MarginalGains(scenarios, utility)
    programs = gains.order.size
    first = checked_positions(must, programs, "must")
    barred = checked_positions(never, programs, "never")
    if np.intersect1d(first, barred).size:
        message = "a program is on both the must and the never list"
        raise ModelError(message)
    if first.size > limit:
        message = f"{first.size} programs must be listed, and the limit is {limit}"
        raise ModelError(message)
    for position in barred:
        gains.close(int(gains.place[position]))
    picked: list[int] = []
    for position in first:
        place = int(gains.place[position])
        gains.take(place)
        gains.close(place)
        picked.append(int(position))
    while len(picked) < min(limit, programs):
        gain = gains.all()
        best = gain.max()
        if best < LEAST_GAIN:
            break
        place = int((gain >= best * (1 - TIE)).argmax())
        gains.take(place)
        gains.close(place)
        picked.append(int(gains.order[place]))
    return np.asarray(picked, dtype=np.int64)


def interchangeable(
    scenarios: Scenarios, utility: ArrayLike, chosen: ArrayLike
) -> dict[int, tuple[int, ...]]:
    """Programs left out that would do exactly as well as one on the list."""
    wanted = checked_utility(scenarios, utility)
    listed = checked_positions(chosen, wanted.size, "list")
    out = np.setdiff1d(np.arange(wanted.size), listed)
    found: dict[int, tuple[int, ...]] = {}
    for position in listed:
        same = out[wanted[out] == wanted[position]]
        same = same[(scenarios.chance[same] == scenarios.chance[position]).all(axis=1)]
        if same.size:
            found[int(position)] = tuple(int(other) for other in same)
    return found


def net_value(columns: Columns, constraints: Constraints, taken: Positions, programs: int) -> float:
    """Value of a set of columns less what they cost."""
    chosen = columns.program[taken]
    return columns.value(taken) - constraints.cost_of(chosen, programs)


class _Room:
    """What number, signals, budget and upper quotas still leave room for."""

    def __init__(self, columns: Columns, constraints: Constraints, programs: int) -> None:
        self.constraints = constraints
        own = constraints.specialties(programs)
        self.groups = int(own.max(initial=0)) + 1
        self.specialty = own[columns.program]
        self.option = columns.option
        self.counts = np.zeros(self.groups, dtype=np.int64)
        unlimited = np.full(self.groups, 2**31)
        self.signals = np.array(
            [unlimited, *(constraints.signals(option, self.groups) for option in OPTIONS[1:])]
        )
        self.inside = [
            (np.isin(columns.program, np.asarray(quota.members, dtype=np.int64)), quota.at_most)
            for quota in constraints.quotas
        ]
        self.held = [0] * len(self.inside)
        self.fees = constraints.fees_of(self.groups)
        self.closed = np.zeros(self.option.size, dtype=bool)
        self.apart = [np.isin(columns.program, pair) for pair in constraints.apart]

    def take(self, column: int) -> None:
        """Count a column that was taken."""
        group = self.specialty[column]
        self.counts[group] += 1
        self.signals[self.option[column], group] -= 1
        self.held = [
            n + int(members[column]) for n, (members, _) in zip(self.held, self.inside, strict=True)
        ]
        for pair in self.apart:
            if pair[column]:
                self.closed |= pair

    def charges(self) -> Floats:
        """What one more program costs in units of value, by column."""
        now = self.constraints.cost(self.counts.tolist())
        more = np.eye(self.groups, dtype=np.int64) + self.counts
        return np.array([self.constraints.cost(row.tolist()) - now for row in more])[self.specialty]

    def open(self) -> NDArray[np.bool_]:
        """Columns that one more program may be, by these rules."""
        limit, budget = self.constraints.limit, self.constraints.budget_usd
        if limit is not None and self.counts.sum() >= limit:
            return np.zeros(self.option.size, dtype=bool)
        free = (self.signals[self.option, self.specialty] > 0) & ~self.closed
        if budget is not None:
            more = np.eye(self.groups, dtype=np.int64) + self.counts
            paid = np.array([fee_usd(self.fees, row.tolist()) for row in more])
            free &= (paid <= budget)[self.specialty]
        for n, (members, most) in zip(self.held, self.inside, strict=True):
            if most is not None and n >= most:
                free &= ~members
        return free


def greedy_columns(
    columns: Columns, constraints: Constraints, programs: int, begin: Positions | None = None
) -> Positions:
    """Columns taken one by one while there is room, each adding most, less its price."""
    if any(quota.at_least for quota in constraints.quotas):
        message = "an 'at least' needs --method exact or auto"
        raise ModelError(message)
    groups = int(constraints.specialties(programs).max(initial=0)) + 1
    blocks = [g for g, fees in enumerate(constraints.fees_of(groups)) if fees.block_usd]
    first = [*(() if begin is None else begin.tolist())]
    started = set(columns.program[first].tolist())
    first += [
        int(np.flatnonzero(columns.program == position)[0])
        for position in constraints.must
        if position not in started
    ]
    if constraints.price is None or not blocks:
        return _grown(columns, constraints, programs, first, ())
    # A block is due with the first program and pays only for several: each choice of specialties
    # with a block is tried as if theirs were paid already.
    tried = [
        _grown(columns, constraints, programs, first, opened)
        for size in range(len(blocks) + 1)
        for opened in combinations(blocks, size)
    ]
    return max(tried, key=lambda taken: net_value(columns, constraints, np.sort(taken), programs))


def _grown(
    columns: Columns,
    constraints: Constraints,
    programs: int,
    first: list[int],
    opened: tuple[int, ...],
) -> Positions:
    """Columns taken one by one where the blocks of some specialties count as paid."""
    gains = MarginalGains(Scenarios(columns.offers, columns.weight), columns.utility)
    room = _Room(columns, constraints, programs)
    taken: list[int] = []

    def take(column: int) -> None:
        gains.take(column)
        room.take(column)
        for own in np.flatnonzero(columns.program == columns.program[column]):
            gains.close(int(own))
        taken.append(column)

    for column in first:
        take(column)
    worth = 0.0 if constraints.price is None else constraints.price.worth_usd
    while True:
        added = gains.all()
        if constraints.price is not None:
            charges = room.charges()
            for group in opened:
                if room.counts[group] == 0:
                    paid = constraints.fees_of(room.groups)[group].block_usd / worth
                    charges = charges - paid * (room.specialty == group)
            added = added - charges
        gain = np.where(room.open(), added, 0.0)
        best = gain.max(initial=0.0)
        if best < LEAST_GAIN:
            break
        take(int((gain >= best * (1 - TIE)).argmax()))
    return np.asarray(taken, dtype=np.int64)


def columns_in_order(
    columns: Columns, constraints: Constraints, programs: int, order: Positions
) -> Positions:
    """Columns taken in a given order, each for which there is room; musts before all others."""
    room = _Room(columns, constraints, programs)
    first = np.isin(columns.program[order], np.asarray(constraints.must, dtype=np.int64))
    taken: dict[int, int] = {}
    for column in (*order[first].tolist(), *order[~first].tolist()):
        program = int(columns.program[column])
        if program not in taken and room.open()[column]:
            room.take(column)
            taken[program] = column
    return np.sort(np.asarray([*taken.values()], dtype=np.int64))


def swapped_columns(
    columns: Columns, constraints: Constraints, taken: Positions, programs: int
) -> Positions:
    """Columns after exchanges, additions and removals of one program at a time."""
    market = Scenarios(columns.offers, columns.weight)
    cells = np.column_stack([columns.option, constraints.cells(programs)[columns.program]])
    _, cell = np.unique(cells, axis=0, return_inverse=True)
    # A program that shuts out another is exchanged by the solver alone.
    shut = constraints.unlike(programs)[columns.program] >= 0
    must = np.isin(columns.program, np.asarray(constraints.must, dtype=np.int64))
    taken = np.sort(taken)
    best, improved = net_value(columns, constraints, taken, programs), True
    while improved:
        improved = False
        gains = gains_without(market, columns.utility, taken)
        for at in range(taken.size):
            column = taken[at]
            open_to = ~shut & (cell == cell[column])
            open_to[np.isin(columns.program, columns.program[taken])] = False
            gain = np.where(open_to, gains[at], -np.inf)
            most = gain.max(initial=-np.inf)
            if must[column] or most <= gains[at, column]:
                continue
            trial = taken.copy()
            trial[at] = int((gain >= most * (1 - TIE)).argmax())
            worth = net_value(columns, constraints, np.sort(trial), programs)
            if worth > best + TIE * abs(best):
                taken, best, improved = trial, worth, True
                gains = gains_without(market, columns.utility, taken)
        if constraints.price is None:
            continue
        own = gains[np.arange(taken.size), taken]
        for trial in (
            _without_worst(columns, constraints, taken, own, programs),
            _with_best(columns, constraints, market, taken, programs),
        ):
            worth = net_value(columns, constraints, trial, programs)
            if worth > best + max(TIE * abs(best), LEAST_GAIN):
                taken, best, improved = trial, worth, True
                break
    return np.sort(taken)


def _without_worst(
    columns: Columns, constraints: Constraints, taken: Positions, own: Floats, programs: int
) -> Positions:
    """The columns without the one that adds least against its price, if no rule asks for it."""
    kept = np.isin(columns.program[taken], np.asarray(constraints.must, dtype=np.int64))
    for quota in constraints.quotas:
        inside = np.isin(columns.program[taken], np.asarray(quota.members, dtype=np.int64))
        if inside.sum() <= quota.at_least:
            kept |= inside
    saved = constraints.saved(columns.program[taken], programs)
    order = np.argsort(taken)
    lost = np.where(kept, np.inf, own - saved)[order]
    if not np.isfinite(lost).any():
        return taken[order]
    return np.delete(taken[order], int((lost <= lost.min() + TIE).argmax()))


def _with_best(
    columns: Columns,
    constraints: Constraints,
    market: Scenarios,
    taken: Positions,
    programs: int,
) -> Positions:
    """The columns and the one that adds most against its price, among those there is room for."""
    room = _Room(columns, constraints, programs)
    for column in taken:
        room.take(int(column))
    gain = gains_beside(market, columns.utility, taken) - room.charges()
    gain[np.isin(columns.program, columns.program[taken]) | ~room.open()] = -np.inf
    if not np.isfinite(gain).any():
        return np.sort(taken)
    return np.sort(np.append(taken, int(gain.argmax())))


def gains_beside(scenarios: Scenarios, utility: ArrayLike, chosen: ArrayLike) -> Floats:
    """What each program would add to a list (section 5)."""
    wanted = checked_utility(scenarios, utility)
    listed = checked_positions(chosen, wanted.size, "list")
    order = program_order(wanted)
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    return _gains(scenarios, wanted, place, np.sort(place[listed]), order)


def _gains(
    scenarios: Scenarios, wanted: Floats, place: Positions, taken: Positions, order: Positions
) -> Floats:
    # Every program between two on the list meets the same state of affairs: what is refused
    # before it, and what it would displace behind it.
    ranked = order[taken]
    offers = scenarios.chance[ranked]
    states = scenarios.weight.size
    refused = np.ones((ranked.size + 1, states))
    np.cumprod(1 - offers, axis=0, out=refused[1:])
    displaced = np.zeros((ranked.size + 1, states))
    shares = offers * refused[:-1] * wanted[ranked][:, None]
    displaced[:-1] = np.cumsum(shares[::-1], axis=0)[::-1]
    gap = np.searchsorted(taken, place)
    free = np.einsum("ps,ps->p", scenarios.chance, (refused * scenarios.weight)[gap])
    lost = np.einsum("ps,ps->p", scenarios.chance, (displaced * scenarios.weight)[gap])
    return np.asarray(wanted * free - lost)


def gains_without(
    scenarios: Scenarios, utility: ArrayLike, chosen: ArrayLike, rows: ArrayLike | None = None
) -> Floats:
    """What each program would add beside a list without one of its own, shape (k, programs).

    A row a program of the list, in the order given, or of ``rows`` only (places on the list).
    """
    wanted = checked_utility(scenarios, utility)
    listed = checked_positions(chosen, wanted.size, "list")
    asked = np.arange(listed.size) if rows is None else np.asarray(rows, dtype=np.int64)
    most = max(1, MOST_CELLS // max(1, listed.size * scenarios.weight.size))
    if asked.size > most:
        parts = np.split(asked, range(most, asked.size, most))
        return np.concatenate([gains_without(scenarios, utility, chosen, part) for part in parts])
    order = program_order(wanted)
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    taken = np.sort(place[listed])
    ranked = order[taken]
    leaving = np.searchsorted(taken, place[listed[asked]])
    # As in `_gains`, a list a row, where the one that leaves offers nothing and refuses nothing.
    shape = (asked.size, ranked.size, scenarios.weight.size)
    offers = np.broadcast_to(scenarios.chance[ranked], shape).copy()
    offers[np.arange(asked.size), leaving] = 0
    refused = np.ones((shape[0], shape[1] + 1, shape[2]))
    displaced = np.zeros_like(refused)
    # Row by row: numpy's own running product takes the middle axis element by element.
    for at in range(ranked.size):
        np.multiply(refused[:, at], 1 - offers[:, at], out=refused[:, at + 1])
    offers *= refused[:, :-1]
    offers *= wanted[ranked][:, None]
    for at in range(ranked.size - 1, -1, -1):
        np.add(displaced[:, at + 1], offers[:, at], out=displaced[:, at])
    refused *= scenarios.weight
    displaced *= scenarios.weight
    gap = np.searchsorted(taken, place)
    gains = np.empty((asked.size, wanted.size))
    for between in range(ranked.size + 1):
        here = np.flatnonzero(gap == between)
        if here.size:
            chance = scenarios.chance[here].T
            free = refused[:, between] @ chance
            gains[:, here] = wanted[here] * free - displaced[:, between] @ chance
    return gains


def swap(
    scenarios: Scenarios,
    utility: ArrayLike,
    chosen: ArrayLike,
    *,
    must: ArrayLike = (),
    never: ArrayLike = (),
) -> Positions:
    """Improve a list by exchanging one program at a time, until no exchange helps (section 5)."""
    wanted = checked_utility(scenarios, utility)
    picked = checked_positions(chosen, wanted.size, "list").copy()
    kept = checked_positions(must, wanted.size, "must")
    barred = checked_positions(never, wanted.size, "never")
    order = program_order(wanted)
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    free = np.flatnonzero(~np.isin(picked, kept))
    value = expected_utility(scenarios, wanted, picked)
    unimproved = 0
    while unimproved < free.size:
        for at in free:
            others = np.delete(picked, at)
            gain = _gains(scenarios, wanted, place, np.sort(place[others]), order)
            gain[picked] = gain[barred] = -np.inf
            incoming = int(order[np.argmax(gain[order])])
            trial = picked.copy()
            trial[at] = incoming
            unimproved += 1
            if np.isfinite(gain[incoming]):
                worth = expected_utility(scenarios, wanted, trial)
                if worth > value * (1 + TIE):
                    picked, value, unimproved = trial, worth, 0
            if unimproved >= free.size:
                break
    return picked
