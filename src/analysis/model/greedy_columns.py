"""Greedy list and exchanges under signals, fees and upper quotas (section 5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.errors import ModelError
from analysis.model.columns import Columns
from analysis.model.constraints import OPTIONS, Constraints, fee_usd
from analysis.model.correlation import Scenarios
from analysis.model.greedy import LEAST_GAIN, TIE, MarginalGains
from analysis.model.swap import gains_beside

__all__ = ["columns_in_order", "greedy_columns", "swapped_columns"]

Positions = NDArray[np.int64]


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

    def take(self, column: int) -> None:
        """Count a column that was taken."""
        group = self.specialty[column]
        self.counts[group] += 1
        self.signals[self.option[column], group] -= 1
        self.held = [
            n + int(members[column]) for n, (members, _) in zip(self.held, self.inside, strict=True)
        ]

    def open(self) -> NDArray[np.bool_]:
        """Columns that one more program may be, by these rules."""
        limit, budget, fees = (
            self.constraints.limit,
            self.constraints.budget_usd,
            self.constraints.fees,
        )
        if limit is not None and self.counts.sum() >= limit:
            return np.zeros(self.option.size, dtype=bool)
        free = self.signals[self.option, self.specialty] > 0
        if budget is not None and fees is not None:
            more = np.eye(self.groups, dtype=np.int64) + self.counts
            paid = np.array([fee_usd(fees, row.tolist()) for row in more])
            free &= (paid <= budget)[self.specialty]
        for n, (members, most) in zip(self.held, self.inside, strict=True):
            if most is not None and n >= most:
                free &= ~members
        return free


def greedy_columns(columns: Columns, constraints: Constraints, programs: int) -> Positions:
    """Columns taken one by one, each the one that adds most among those there is room for.

    Parameters
    ----------
    columns : Columns
        Ways to list a program.
    constraints : Constraints
        What the list must keep to, known to be feasible; musts take no signal of their own choice.
    programs : int
        How many programs there are.

    Returns
    -------
    ndarray of int
        Columns in rising order.

    Raises
    ------
    ModelError
        For an "at least", which a list built one by one cannot promise.
    """
    if any(quota.at_least for quota in constraints.quotas):
        message = "an 'at least' needs --method exact or auto"
        raise ModelError(message)
    gains = MarginalGains(Scenarios(columns.offers, columns.weight), columns.utility)
    room = _Room(columns, constraints, programs)
    taken: list[int] = []

    def take(column: int) -> None:
        gains.take(column)
        room.take(column)
        for own in np.flatnonzero(columns.program == columns.program[column]):
            gains.close(int(own))
        taken.append(column)

    for position in constraints.must:
        take(int(np.flatnonzero(columns.program == position)[0]))
    while True:
        gain = np.where(room.open(), gains.all(), 0.0)
        best = gain.max(initial=0.0)
        if best < LEAST_GAIN:
            break
        take(int((gain >= best * (1 - TIE)).argmax()))
    return np.sort(np.asarray(taken, dtype=np.int64))


def columns_in_order(
    columns: Columns, constraints: Constraints, programs: int, order: Positions
) -> Positions:
    """Columns taken in a given order, each for which there is room; musts before all others.

    Parameters
    ----------
    columns : Columns
        Ways to list a program.
    constraints : Constraints
        What the list must keep to; an "at least" is not looked at.
    programs : int
        How many programs there are.
    order : ndarray of int
        Columns, the first to be taken first.

    Returns
    -------
    ndarray of int
        Columns in rising order, none of a program twice.
    """
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
    """Columns after exchanges of one program for another with the same signal.

    An exchange stays within specialty and quota cells, so that every rule holds as before.

    Parameters
    ----------
    columns : Columns
        Ways to list a program.
    constraints : Constraints
        What the list must keep to.
    taken : ndarray of int
        Columns of a feasible list.
    programs : int
        How many programs there are.

    Returns
    -------
    ndarray of int
        Columns in rising order, never worth less.
    """
    market = Scenarios(columns.offers, columns.weight)
    cells = np.column_stack(
        [columns.option, constraints.specialties(programs)[columns.program]]
        + [np.isin(columns.program, np.asarray(q.members)) for q in constraints.quotas]
    )
    taken = taken.copy()
    value, improved = columns.value(taken), True
    while improved:
        improved = False
        for at, column in enumerate(taken):
            if columns.program[column] in constraints.must:
                continue
            gain = gains_beside(market, columns.utility, np.delete(taken, at))
            gain[np.isin(columns.program, columns.program[taken])] = -np.inf
            gain[(cells != cells[column]).any(axis=1)] = -np.inf
            trial = taken.copy()
            trial[at] = int(gain.argmax())
            if np.isfinite(gain[trial[at]]):
                worth = columns.value(np.sort(trial))
                if worth > value * (1 + TIE):
                    taken, value, improved = trial, worth, True
    return np.sort(taken)
