"""Columns and linear rules of the optimization (section 5)."""

from __future__ import annotations

import ctypes
import os
import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from analysis.arrays import Floats
from analysis.errors import ModelError
from analysis.model.choice.constraints import OPTIONS, Constraints
from analysis.model.choice.value import checked_utility, program_order
from analysis.model.correlation import Scenarios


def undominated(
    offers: Floats, utility: Floats, cells: NDArray[Any], most: int
) -> NDArray[np.bool_]:
    """Which programs can be on the best list of at most ``most`` programs."""
    # A program is left out where so many others of its cell are wanted as much and offer as much in
    # every state: one of them is not on the list, and may take its place.
    kept = np.ones(len(offers), dtype=bool)
    if most >= len(offers) or most == 0:
        return kept & (most > 0)
    _, cell = np.unique(cells, axis=0, return_inverse=True)
    mean = offers.sum(axis=1)
    for own in range(cell.max() + 1):
        members = np.flatnonzero(cell == own)
        chain = members[np.argsort(-mean[members], kind="stable")]
        # Programs of one match rate stand in the same order in every state, so that the sum over
        # states tells it all. One that does not fit in is kept and shuts out no other.
        if (offers[chain[1:]] > offers[chain[:-1]]).any():
            links = [chain[0]]
            for at in chain[1:]:
                if (offers[at] <= offers[links[-1]]).all():
                    links.append(at)
            chain = np.array(links)
        seen: list[float] = []
        for at in chain[np.argsort(-utility[chain], kind="stable")].tolist():
            place = bisect_right(seen, -mean[at])
            kept[at] = place < most
            if kept[at]:
                seen.insert(place, -mean[at])
    return kept


STDOUT = 1
_lock = Lock()


def _flush_c() -> None:
    """Empty the C library's buffers, where a remark would wait until the program ends."""
    library = "ucrtbase" if sys.platform == "win32" else None
    ctypes.CDLL(library).fflush(None)


@contextmanager
def muted_solver() -> Iterator[None]:
    """Discard what compiled code writes to standard output."""
    with _lock:
        try:
            kept = os.dup(STDOUT)
        except OSError:  # No standard output at all, as under pythonw: nothing to protect.
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            if sys.stdout is not None:
                sys.stdout.flush()
            _flush_c()
            os.dup2(nowhere, STDOUT)
            yield
        finally:
            _flush_c()
            os.dup2(kept, STDOUT)
            os.close(kept)
            os.close(nowhere)


Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Columns:
    """Ways to list a program: one column for each signal it may get.

    Columns of one program stand side by side, programs in order of preference.
    """

    program: Positions  # shape (columns,): Position of the program
    option: Positions  # shape (columns,): Signal, as a place in `OPTIONS`
    offers: Floats  # shape (columns, states): Chance of an offer
    utility: Floats  # shape (columns,): Falls along the columns
    weight: Floats  # shape (states,): Weights of the states

    def value(self, taken: Positions) -> float:
        """Expected utility of a set of columns, given in rising order."""
        offers = self.offers[taken]
        reached = np.ones_like(offers)
        np.cumprod(1 - offers[:-1], axis=0, out=reached[1:])
        return float(((offers * reached) @ self.weight) @ self.utility[taken])


def options_of(scenarios: Scenarios | Mapping[str, Scenarios]) -> dict[str, Scenarios]:
    """Scenarios by signal, in the order of `OPTIONS`."""
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
    """Columns that may enter a list."""
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
        allowed[option][list(constraints.barred.get(option, ()))] = False
    most = constraints.most_affordable()
    if prune and most is not None:
        # A program that shuts out another is no substitute. What is left of a program may be one
        # of its signals only: whoever takes its place gets the same one.
        cells = constraints.cells(count, constraints.unlike(count))
        for option, open_to in allowed.items():
            at = np.flatnonzero(open_to)
            best = undominated(scenarios[option].chance[at], wanted[at], cells[at], most)
            open_to[at] = best | must[at]
    order = program_order(wanted)
    rows, ways = np.nonzero(np.column_stack([allowed[option][order] for option in allowed]))
    program = order[rows]
    option_at = np.array([OPTIONS.index(option) for option in allowed])[ways]
    offers = np.empty((program.size, base.weight.size))
    for option, states in scenarios.items():
        rows = option_at == OPTIONS.index(option)
        offers[rows] = states.chance[program[rows]]
    return Columns(program, option_at, offers, wanted[program], base.weight)


@dataclass(frozen=True)
class Rule:
    """One row: ``low <= row @ (columns, fees) <= high``."""

    name: str
    row: Floats
    low: float
    high: float


def check_plain_conflicts(constraints: Constraints) -> None:
    """Refuse wishes that contradict each other whatever the programs are."""
    both = [at for at in constraints.must if at in constraints.never]
    if both:
        names = ", ".join(constraints.name(at) for at in both)
        message = f"on both the must and the never list: {names}"
        raise ModelError(message)
    if constraints.limit is not None and len(constraints.must) > constraints.limit:
        message = (
            f"{len(constraints.must)} programs must be listed (asked for, or with a decided "
            f"signal), and the limit is {_applications(constraints.limit)}"
        )
        raise ModelError(message)


def _applications(number: int) -> str:
    return f"{number} application{'' if number == 1 else 's'}"


def rules_of(columns: Columns, constraints: Constraints, programs: int) -> list[Rule]:
    """Rows of everything a list must keep to (docs/methods.md, section 5)."""
    specialty = constraints.specialties(programs)
    groups = int(specialty.max(initial=0)) + 1
    count = columns.program.size
    width = count + 2 * groups
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
    for first, second in constraints.apart:
        pair = np.isin(columns.program, (first, second))
        names = f"{constraints.name(first)} and {constraints.name(second)}"
        rules.append(rule(f"not both {names}", pair, high=1))
    rules += _fee_rules(columns, constraints, own, groups)
    rules += [
        rule(f"{constraints.name(at)} must be listed", columns.program == at, low=1)
        for at in constraints.must
    ]
    for quota in constraints.quotas:
        inside = np.isin(columns.program, np.asarray(quota.members, dtype=np.int64))
        high = np.inf if quota.at_most is None else float(quota.at_most)
        rules.append(rule(quota.name, inside, float(quota.at_least), high))
    return rules


def _fee_rules(
    columns: Columns, constraints: Constraints, own: Positions, groups: int
) -> list[Rule]:
    """Rows that make the fees at least what the programs of each specialty cost, and the budget."""
    if constraints.budget_usd is None and constraints.price is None:
        return []
    count = columns.program.size
    width = count + 2 * groups
    rules, total = [], np.zeros(width)
    for group, fees in enumerate(constraints.fees_of(groups)):
        inside = own == group
        for slope, level in fees.pieces:
            if slope == level == 0:
                continue
            row = np.zeros(width)
            row[:count] = slope * inside
            row[count + group] = -1
            rules.append(Rule("", row, -np.inf, -level))
        total[count + group] = 1
        total[count + groups + group] = fees.block_usd
        if fees.block_usd:
            # A block is due with any program. One row for each bounds a part of a list tightest.
            for program in np.unique(columns.program[inside]):
                row = np.zeros(width)
                row[:count] = columns.program == program
                row[count + groups + group] = -1
                rules.append(Rule("", row, -np.inf, 0.0))
    if constraints.budget_usd is not None:
        name = f"a budget of ${constraints.budget_usd:g}"
        rules.append(Rule(name, total, 0.0, constraints.budget_usd))
    return rules


def check_feasible(rules: Sequence[Rule], columns: Columns) -> None:
    """Refuse rules that no list can keep, before anything is optimised."""
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


def variable_bounds(count: int, width: int) -> Bounds:
    """Bounds of columns, fees and blocks: all but the fees lie between 0 and 1, and are whole."""
    groups = (width - count) // 2
    fee = (np.arange(width) >= count) & (np.arange(width) < count + groups)
    return Bounds(np.zeros(width), np.where(fee, np.inf, 1.0))


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
            bounds=variable_bounds(count, width),
            integrality=np.isfinite(variable_bounds(count, width).ub),
        )
    return bool(found.x is not None)
