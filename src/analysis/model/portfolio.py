"""The application list: the contract's names in one place (docs/methods.md, section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analysis.errors import ModelError
from analysis.model.choice.columns import (
    check_feasible,
    check_plain_conflicts,
    columns_of,
    options_of,
    rules_of,
)
from analysis.model.choice.constraints import (
    OPTIONS,
    Constraints,
    Fees,
    Price,
    Quota,
    fee_usd,
    members_of,
)
from analysis.model.choice.exact import Choice, exact
from analysis.model.choice.greedy import (
    gains_beside,
    gains_without,
    greedy,
    greedy_columns,
    interchangeable,
    swap,
    swapped_columns,
)
from analysis.model.choice.value import (
    expected_utility,
    match_chance,
    match_shares,
    program_order,
)
from analysis.model.correlation import Scenarios

Method = Literal["auto", "greedy", "swap", "exact"]
METHODS: tuple[Method, ...] = ("auto", "greedy", "swap", "exact")


def best_list(
    scenarios: Scenarios | Mapping[str, Scenarios],
    utility: ArrayLike,
    constraints: Constraints,
    method: Method = "auto",
) -> Choice:
    """List by the method asked for; ``auto`` is exact where more than a number binds."""
    if method not in METHODS:
        message = f"no method {method!r}; expected one of {', '.join(METHODS)}"
        raise ModelError(message)
    if method == "exact" or (method == "auto" and constraints.binds):
        return exact(scenarios, utility, constraints)
    options = options_of(scenarios)
    base = options["none"]
    programs = base.chance.shape[0]
    constraints.checked(programs)
    check_plain_conflicts(constraints)
    plain = constraints.price is None and not any(constraints.barred.values())
    if constraints.binds or constraints.fixed_signal or not plain:
        return _listed_by_columns(options, utility, constraints, method)
    limit = programs if constraints.limit is None else constraints.limit
    must, never = constraints.must, constraints.never
    picked = greedy(base, utility, limit, must=must, never=never)
    if method != "greedy":
        picked = swap(base, utility, picked, must=must, never=never)
    worth = np.asarray(utility, dtype=np.float64)
    ranked = program_order(worth)
    chosen = ranked[np.isin(ranked, picked)]
    value = expected_utility(base, worth, chosen)
    return Choice(chosen, value, float("inf"), float("nan"), ("none",) * chosen.size)


def _listed_by_columns(
    options: Mapping[str, Scenarios], utility: ArrayLike, constraints: Constraints, method: Method
) -> Choice:
    """Greedy or exchanges where a program may be listed in several ways."""
    programs = options["none"].chance.shape[0]
    columns = columns_of(options, utility, constraints, prune=False)
    check_feasible(rules_of(columns, constraints, programs), columns)
    taken = np.sort(greedy_columns(columns, constraints, programs))
    if method != "greedy":
        taken = swapped_columns(columns, constraints, taken, programs)
    return Choice(
        columns.program[taken],
        columns.value(taken),
        float("inf"),
        float("nan"),
        tuple(OPTIONS[at] for at in columns.option[taken]),
        constraints.cost_of(columns.program[taken], programs),
    )
