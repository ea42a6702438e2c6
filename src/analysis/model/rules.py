"""The rules of a list as rows over its columns, and which of them contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from analysis.errors import ModelError
from analysis.model.columns import Columns
from analysis.model.constraints import OPTIONS, Constraints
from analysis.model.solver_output import muted_solver

__all__ = ["Rule", "check_feasible", "check_plain_conflicts", "rules_of"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rule:
    """One row: ``low <= row @ (columns, fees) <= high``.

    Parameters
    ----------
    name : str
        For a message; empty if the rule is part of the problem and never to blame.
    row : ndarray of float, shape (columns + specialties,)
        The last entries belong to the fee of each specialty.
    low, high : float
        Ends.
    """

    name: str
    row: Floats
    low: float
    high: float


def check_plain_conflicts(constraints: Constraints) -> None:
    """Refuse wishes that contradict each other whatever the programs are.

    Parameters
    ----------
    constraints : Constraints
        What the list must keep to.

    Raises
    ------
    ModelError
        Names the must that is also a never, or the limit that the musts exceed.
    """
    both = [at for at in constraints.must if at in constraints.never]
    if both:
        names = ", ".join(constraints.name(at) for at in both)
        message = f"on both the must and the never list: {names}"
        raise ModelError(message)
    if constraints.limit is not None and len(constraints.must) > constraints.limit:
        message = (
            f"{len(constraints.must)} programs must be listed, "
            f"and the limit is {_applications(constraints.limit)}"
        )
        raise ModelError(message)


def _applications(number: int) -> str:
    return f"{number} application{'' if number == 1 else 's'}"


def rules_of(columns: Columns, constraints: Constraints, programs: int) -> list[Rule]:
    """Rows of everything a list must keep to (docs/methods.md, section 5).

    Parameters
    ----------
    columns : Columns
        Ways to list a program.
    constraints : Constraints
        What the list must keep to.
    programs : int
        How many programs there are, those without a column among them.

    Returns
    -------
    list of Rule
        One signal a program, fees, signals, number, budget, musts, quotas.
    """
    specialty = constraints.specialties(programs)
    groups = int(specialty.max(initial=0)) + 1
    count = columns.program.size
    width = count + groups
    own = specialty[columns.program]

    def rule(
        name: str, where: NDArray[np.bool_], low: float = -np.inf, high: float = np.inf
    ) -> Rule:
        row = np.zeros(width)
        row[:count] = where
        return Rule(name, row, low, high)

    rules = []
    _, starts, sizes = np.unique(columns.program, return_index=True, return_counts=True)
    for start, size in zip(starts, sizes, strict=True):
        if size > 1:
            row = np.zeros(width)
            row[start : start + size] = 1
            rules.append(Rule("", row, -np.inf, 1))
    for option in OPTIONS[1:]:
        at_hand = constraints.signals(option, groups)
        sent = columns.option == OPTIONS.index(option)
        for group in range(groups):
            if (sent & (own == group)).any():
                name = f"{at_hand[group]} {option} signal{'' if at_hand[group] == 1 else 's'}"
                rules.append(rule(name, sent & (own == group), high=float(at_hand[group])))
    if constraints.limit is not None:
        name = f"at most {_applications(constraints.limit)}"
        rules.append(rule(name, np.ones(count, dtype=bool), high=constraints.limit))
    if constraints.budget_usd is not None and constraints.fees is not None:
        for group in range(groups):
            for slope, intercept in constraints.fees.pieces:
                row = np.zeros(width)
                row[:count] = slope * (own == group)
                row[count + group] = -1
                rules.append(Rule("", row, -np.inf, -intercept))
        row = np.zeros(width)
        row[count:] = 1
        name = f"a budget of ${constraints.budget_usd:g}"
        rules.append(Rule(name, row, 0.0, constraints.budget_usd))
    rules += [
        rule(f"{constraints.name(at)} must be listed", columns.program == at, low=1)
        for at in constraints.must
    ]
    for quota in constraints.quotas:
        inside = np.isin(columns.program, np.asarray(quota.members, dtype=np.int64))
        high = np.inf if quota.at_most is None else float(quota.at_most)
        rules.append(rule(quota.name, inside, float(quota.at_least), high))
    return rules


def check_feasible(rules: Sequence[Rule], columns: Columns) -> None:
    """Refuse rules that no list can keep, before anything is optimised.

    Parameters
    ----------
    rules : sequence of Rule
        From `rules_of`.
    columns : Columns
        Ways to list a program.

    Raises
    ------
    ModelError
        Names a smallest set of rules that cannot hold together.
    """
    if all(rule.low <= 0 <= rule.high for rule in rules) or _feasible(rules, columns):
        return
    blamed = list(rules)
    for rule in rules:
        without = [other for other in blamed if other is not rule]
        if rule.name and not _feasible(without, columns):
            blamed = without
    names = [rule.name for rule in blamed if rule.name]
    if len(names) == 1:
        message = (
            f"no list can meet this rule: {names[0]} "
            "(programs that are on the never list or offer no chance do not count)"
        )
    else:
        message = f"no list can meet these rules together: {'; '.join(names)}"
    raise ModelError(message)


def _feasible(rules: Sequence[Rule], columns: Columns) -> bool:
    """Whether some list keeps all rules."""
    count = columns.program.size
    if not rules:
        return True
    if count == 0:
        return all(rule.low <= 0 <= rule.high for rule in rules)
    rows = np.array([rule.row for rule in rules])
    width = rows.shape[1]
    with muted_solver():
        found = milp(
            np.zeros(width),
            constraints=LinearConstraint(
                csr_array(rows), [rule.low for rule in rules], [rule.high for rule in rules]
            ),
            bounds=Bounds(np.zeros(width), np.where(np.arange(width) < count, 1.0, np.inf)),
            integrality=np.arange(width) < count,
        )
    return bool(found.x is not None)
