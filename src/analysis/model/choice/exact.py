"""Exact choice by outer approximation and a mixed-integer program (section 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from analysis.arrays import Floats
from analysis.errors import ModelError
from analysis.model.choice.columns import (
    Columns,
    Rule,
    check_feasible,
    check_plain_conflicts,
    columns_of,
    muted_solver,
    options_of,
    rules_of,
    variable_bounds,
)
from analysis.model.choice.constraints import OPTIONS, Constraints
from analysis.model.choice.greedy import (
    LEAST_GAIN,
    columns_in_order,
    greedy_columns,
    net_value,
    swapped_columns,
)
from analysis.model.correlation import Scenarios

Positions = NDArray[np.int64]
# Numerical method: relative gaps asked for, and where a problem is small enough for the finer one.
GAP, FINE_GAP, FINE_COLUMNS = 1e-4, 1e-10, 64
LP_ROUNDS, MILP_ROUNDS = 14, 60
HIGHEST_OFFER = 1 - 1e-12
# A gap is relative to the value of the list, or to this where there is next to none.
LEAST_VALUE = 1e-9
# The solver stops at an absolute gap of 1e-6: in the first unit, times the largest utility, that is
# as fine as the gap asked for. A coarser one is tried where it finds the numbers too large.
FINE_UNITS, UNITS = (1e-4, 1e-3, 1e-2, 1.0), (1.0,)


@dataclass(frozen=True)
class Choice:
    """A list with its value and how far it can be from the best."""

    chosen: Positions
    value: float
    upper_bound: float
    certified_gap: float
    option: tuple[str, ...]
    price: float = 0.0

    @property
    def net(self) -> float:
        """Value less price."""
        return self.value - self.price


def exact(
    scenarios: Scenarios | Mapping[str, Scenarios],
    utility: ArrayLike,
    constraints: Constraints,
    *,
    gap: float | None = None,
    prune: bool = True,
) -> Choice:
    """Best list under all constraints (docs/methods.md, section 5).

    The value of a list is a concave function of its columns, equal at whole lists. Its tangent
    planes bound it from above; a linear program over the planes, less the price, gives a bound,
    and, rounded, a list, and planes are added until the two meet; where rounding is not enough, a
    mixed-integer program goes on. Last, exchanges, additions and removals of one program are tried.

    Parameters
    ----------
    scenarios : Scenarios or mapping of str to Scenarios
        Offer chances, or those by signal: ``none``, ``silver``, ``gold``.
    utility : array_like of float, shape (programs,)
        Worth of a match at each program.
    constraints : Constraints
        What the list must keep to.
    gap : float, optional
        Relative gap at which to stop: 1e-4, or 1e-10 for up to 64 columns.
    prune : bool
        Whether dominated programs are left out beforehand.

    Returns
    -------
    Choice
        The list in order of preference, with its certified gap.

    Raises
    ------
    ModelError
        If the constraints contradict each other: names which.

    Examples
    --------
    >>> market = Scenarios(np.array([[0.2], [0.5], [0.1], [0.6], [0.1]]), np.ones(1))
    >>> best = exact(market, [1, 4, 9, 1, 8], Constraints(limit=2))
    >>> best.chosen.tolist(), round(best.value, 6), round(best.certified_gap, 6)
    ([2, 1], 2.7, 0.0)
    """
    options = options_of(scenarios)
    programs = options["none"].chance.shape[0]
    constraints.checked(programs)
    check_plain_conflicts(constraints)
    columns = columns_of(options, utility, constraints, prune=prune)
    rules = rules_of(columns, constraints, programs)
    if constraints.must or any(quota.at_least for quota in constraints.quotas):
        # Asked of all programs: a pruned one may be what a contradiction is about.
        whole = columns_of(options, utility, constraints, prune=False)
        check_feasible(rules_of(whole, constraints, programs), whole)
    if columns.program.size == 0:
        return Choice(np.empty(0, dtype=np.int64), 0.0, 0.0, 0.0, ())
    asked = gap if gap is not None else _usual_gap(columns.program.size)
    taken, bound = _solved(columns, rules, constraints, programs, asked)
    taken = _without_idle(columns, rules, constraints, taken, programs)
    value = columns.value(taken)
    price = constraints.cost_of(columns.program[taken], programs)
    net = value - price
    bound = max(bound, net)
    return Choice(
        columns.program[taken],
        value,
        bound,
        (bound - net) / max(value, LEAST_VALUE),
        tuple(OPTIONS[at] for at in columns.option[taken]),
        price,
    )


def _usual_gap(columns: int) -> float:
    return FINE_GAP if columns <= FINE_COLUMNS else GAP


class _Tangents:
    """Planes above the value, each ``theta <= level + slope @ x``."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.logs = np.log1p(-np.minimum(columns.offers, HIGHEST_OFFER))
        self.steps = columns.utility - np.append(columns.utility[1:], 0.0)
        self.largest = float(columns.utility.max()) or 1.0
        self.slopes: list[Floats] = []
        self.levels: list[float] = []

    def add(self, point: Floats) -> float:
        """Add the plane that touches at a point; returns the value there."""
        # Columns stand in the order of utility. `left` is, for each state of the world, the chance
        # that none of the first k makes an offer; a column taken in part counts as that power of
        # its refusal. The value is then concave in the parts and exact at whole ones, so that each
        # tangent plane lies above every list: that is what makes a bound of it.
        left = np.exp(np.cumsum(self.logs * point[:, None], axis=0))
        steps = self.steps[:, None]
        height = float((steps * (1 - left)).sum(axis=0) @ self.columns.weight)
        behind = np.cumsum((steps * left)[::-1], axis=0)[::-1]
        slope = -(self.logs * behind) @ self.columns.weight
        self.slopes.append(slope)
        self.levels.append(height - float(slope @ point))
        return height


def _solved(
    columns: Columns, rules: Sequence[Rule], constraints: Constraints, programs: int, gap: float
) -> tuple[Positions, float]:
    """Columns of the best list found, exchanges tried, and the bound; both net of the price."""
    tangents = _Tangents(columns)
    count = columns.program.size
    charges = _charges(columns, constraints, programs)
    # One plane to begin with, so that the first master is bounded.
    tangents.add(np.full(count, min(1.0, 10 / count)))
    top, best, taken = np.inf, -np.inf, np.empty(0, dtype=np.int64)

    def consider(found: Positions) -> None:
        nonlocal best, taken
        net = net_value(columns, constraints, found, programs)
        if net > best:
            best, taken = net, found

    def proven() -> bool:
        return top - best <= gap * max(columns.value(taken), LEAST_VALUE)

    def swapped() -> Positions:
        # The first list was exchanged already.
        return taken if taken is first else swapped_columns(columns, constraints, taken, programs)

    first = None
    if not any(quota.at_least for quota in constraints.quotas):
        found = np.sort(greedy_columns(columns, constraints, programs))
        if constraints.price is not None:
            # Rounding a part of a list knows no price: a good list to begin with saves rounds.
            first = found = swapped_columns(columns, constraints, found, programs)
        consider(found)
        tangents.add(_point(found, count))
    # Parts of programs first: a linear program is cheap, and each of its optima shows where a plane
    # is missing. Whole numbers would cost as much a round and need all these planes as well.
    for _ in range(LP_ROUNDS):
        answer, unit = _master(tangents, rules, charges, whole=False, gap=gap)
        top = min(top, -answer.fun * unit)
        point = np.clip(answer.x[:count], 0, 1)
        # A list from the parts: programs in the order of their share, as far as the rules allow.
        order = np.argsort(-point, kind="stable")[: np.count_nonzero(point)]
        found = columns_in_order(columns, constraints, programs, order)
        if _meets(rules, found):
            consider(found)
        if proven():
            return swapped(), top
        # Where the planes touch the value as closely as this, more of them move no whole list.
        here = tangents.add(point) - float(charges @ answer.x[:-1])
        if top - here <= gap / 4 * max(top, FINE_UNITS[0] * tangents.largest):
            break
    seen: set[bytes] = set()
    for _ in range(MILP_ROUNDS):
        answer, unit = _master(tangents, rules, charges, whole=True, gap=gap / 4)
        point = np.round(answer.x[:count])
        top = min(top, -answer.mip_dual_bound * unit)
        consider(np.flatnonzero(point))
        # A list that came before adds no plane, and the master would give it for ever.
        if proven() or point.tobytes() in seen:
            break
        seen.add(point.tobytes())
        tangents.add(point)
    return swapped(), top


def _charges(columns: Columns, constraints: Constraints, programs: int) -> Floats:
    """Price of each variable of the rules: a column's effort, a dollar of fees, a block."""
    groups = int(constraints.specialties(programs).max(initial=0)) + 1
    count = columns.program.size
    charges = np.zeros(count + 2 * groups)
    if constraints.price is not None:
        blocks = [fees.block_usd for fees in constraints.fees_of(groups)]
        charges[:count] = constraints.price.effort_usd
        charges[count:] = [*([1.0] * groups), *blocks]
        charges /= constraints.price.worth_usd
    return charges


def _point(taken: Positions, count: int) -> Floats:
    point = np.zeros(count)
    point[taken] = 1
    return point


def _meets(rules: Sequence[Rule], taken: Positions) -> bool:
    """Whether columns that no upper rule forbids reach what the others ask for."""
    return all(rule.low <= 0 or rule.row[taken].sum() >= rule.low for rule in rules)


def _master(
    tangents: _Tangents, rules: Sequence[Rule], charges: Floats, *, whole: bool, gap: float
) -> tuple[Any, float]:
    """Best list under the planes so far, parts of programs allowed unless ``whole``; its unit."""
    count = tangents.columns.program.size
    width = charges.size + 1
    bounds = variable_bounds(count, charges.size)
    bounds.lb, bounds.ub = np.append(bounds.lb, 0.0), np.append(bounds.ub, np.inf)
    planes = np.zeros((len(tangents.slopes), width))
    planes[:, :count] = -np.array(tangents.slopes)
    levels = np.array(tangents.levels)
    kept = np.zeros((len(rules), width))
    if rules:
        kept[:, :-1] = [rule.row for rule in rules]
    rows_kept = csr_array(kept)
    low = np.concatenate([np.full(len(planes), -np.inf), [rule.low for rule in rules]])
    cost = np.zeros(width)
    cost[-1] = -1
    for step in FINE_UNITS if gap < GAP / 10 else UNITS:
        unit = step * tangents.largest
        scaled = planes / unit
        scaled[:, -1] = 1
        cost[:-1] = charges / unit
        high = np.concatenate([levels / unit, [rule.high for rule in rules]])
        with muted_solver():
            answer = milp(
                cost,
                constraints=LinearConstraint(vstack([csr_array(scaled), rows_kept]), low, high),
                bounds=bounds,
                integrality=np.isfinite(bounds.ub) if whole else np.zeros(width),
                options={"mip_rel_gap": gap, "presolve": False},
            )
        if answer.x is not None:
            return answer, unit
    message = f"the solver found no list ({answer.message})"
    raise ModelError(message)


def _without_idle(
    columns: Columns,
    rules: Sequence[Rule],
    constraints: Constraints,
    taken: Positions,
    programs: int,
) -> Positions:
    """The same list without programs that add less than their price and that no rule asks for."""
    full = net_value(columns, constraints, taken, programs)
    for column in taken[::-1]:
        trial = taken[taken != column]
        asked = any(
            rule.low > 0 and rule.row[column] and rule.row[trial].sum() < rule.low for rule in rules
        )
        if not asked and full - net_value(columns, constraints, trial, programs) < LEAST_GAIN:
            taken = trial
    return taken
