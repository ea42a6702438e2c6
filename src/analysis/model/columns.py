"""Programs times signals as the columns of one problem (docs/methods.md, section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import ModelError
from analysis.model.constraints import OPTIONS, Constraints
from analysis.model.correlation import Scenarios
from analysis.model.list_value import checked_utility, program_order
from analysis.model.pruning import undominated

__all__ = ["Columns", "columns_of", "options_of"]

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Columns:
    """Ways to list a program: one column for each signal it may get.

    Columns of one program stand side by side, programs in order of preference.

    Parameters
    ----------
    program : ndarray of int, shape (columns,)
        Position of the program.
    option : ndarray of int, shape (columns,)
        Signal, as a place in `OPTIONS`.
    offers : ndarray of float, shape (columns, states)
        Chance of an offer.
    utility : ndarray of float, shape (columns,)
        Falls along the columns.
    weight : ndarray of float, shape (states,)
        Weights of the states.
    """

    program: Positions
    option: Positions
    offers: Floats
    utility: Floats
    weight: Floats

    def value(self, taken: Positions) -> float:
        """Expected utility of a set of columns.

        Parameters
        ----------
        taken : ndarray of int
            Columns in rising order.

        Returns
        -------
        float
            At least 0.
        """
        offers = self.offers[taken]
        reached = np.ones_like(offers)
        np.cumprod(1 - offers[:-1], axis=0, out=reached[1:])
        return float(((offers * reached) @ self.weight) @ self.utility[taken])


def options_of(scenarios: Scenarios | Mapping[str, Scenarios]) -> dict[str, Scenarios]:
    """Scenarios by signal, in the order of `OPTIONS`.

    Parameters
    ----------
    scenarios : Scenarios or mapping of str to Scenarios
        Without signals, or by ``none``, ``silver`` and ``gold``.

    Returns
    -------
    dict of str to Scenarios
        At least ``none``.

    Raises
    ------
    ModelError
        If the signals are others, or their programs or states do not agree.
    """
    if isinstance(scenarios, Scenarios):
        return {"none": scenarios}
    if "none" not in scenarios or not set(scenarios) <= set(OPTIONS):
        message = f"scenarios for {', '.join(scenarios)}; expected none, and silver or gold"
        raise ModelError(message)
    found = {option: scenarios[option] for option in OPTIONS if option in scenarios}
    base = found["none"]
    for option, other in found.items():
        same = other.chance.shape == base.chance.shape
        if not (same and np.array_equal(other.weight, base.weight)):
            message = f"the scenarios with a {option} signal have other programs or states"
            raise ModelError(message)
    return found


def columns_of(
    scenarios: Mapping[str, Scenarios],
    utility: ArrayLike,
    constraints: Constraints,
    *,
    prune: bool = True,
) -> Columns:
    """Columns that may enter a list.

    Left out are programs on the never list, ways without any chance unless the program must be
    listed, signals of which none is at hand, and, with ``prune``, programs that a better one always
    replaces.

    Parameters
    ----------
    scenarios : mapping of str to Scenarios
        From `options_of`.
    utility : array_like of float, shape (programs,)
        Worth of a match at each program.
    constraints : Constraints
        What the list must keep to.
    prune : bool
        Whether dominated programs are left out; never changes the optimum.

    Returns
    -------
    Columns
        In order of preference.
    """
    base = scenarios["none"]
    wanted = checked_utility(base, utility)
    count = wanted.size
    specialty = constraints.specialties(count)
    allowed = {option: np.ones(count, dtype=bool) for option in scenarios}
    for option in allowed:
        if option != "none":
            at_hand = constraints.signals(option, int(specialty.max(initial=0)) + 1)
            allowed[option] &= at_hand[specialty] > 0
    for position, decided in constraints.fixed_signal.items():
        for option in allowed:
            allowed[option][position] = option == decided
    must = np.zeros(count, dtype=bool)
    must[list(constraints.must)] = True
    never = np.zeros(count, dtype=bool)
    never[list(constraints.never)] = True
    for option in allowed:
        allowed[option] &= ~never & ((scenarios[option].marginal > 0) | must)
    order = program_order(wanted)
    kept = order[np.any([open_to[order] for open_to in allowed.values()], axis=0)]
    most = constraints.most_affordable()
    if prune and most is not None and not constraints.fixed_signal:
        cells = np.column_stack(
            [specialty[kept]]
            + [np.isin(kept, np.asarray(quota.members)) for quota in constraints.quotas]
        )
        offers = np.concatenate([scenarios[o].chance[kept] for o in allowed], axis=1)
        kept = kept[undominated(offers, cells, most) | must[kept]]
    ways = [
        (int(position), OPTIONS.index(option))
        for position in kept
        for option in allowed
        if allowed[option][position]
    ]
    program = np.asarray([position for position, _ in ways], dtype=np.int64)
    option_at = np.asarray([option for _, option in ways], dtype=np.int64)
    offers = np.empty((program.size, base.weight.size))
    for option, states in scenarios.items():
        rows = option_at == OPTIONS.index(option)
        offers[rows] = states.chance[program[rows]]
    return Columns(program, option_at, offers, wanted[program], base.weight)
