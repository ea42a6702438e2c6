"""Slow and plain ways to the same answers, and the markets they are asked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from analysis.model.choice.constraints import OPTIONS, Constraints
from analysis.model.choice.value import expected_utility, program_order
from analysis.model.correlation import Scenarios, scenarios

ODDS = {"none": 1.0, "silver": 2.7, "gold": 5.0}


def plain_value(
    offers: NDArray[np.float64], weight: NDArray[np.float64], worth: list[float]
) -> float:
    """Value of programs given in order of preference, by the definition: state by state."""
    total = 0.0
    for state, share in enumerate(weight):
        refused = 1.0
        for offer, utility in zip(offers[:, state], worth, strict=True):
            total += share * refused * offer * utility
            refused *= 1 - offer
    return total


def random_chances(
    random: np.random.Generator, programs: int, *, ties: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Chances and utilities; with ties, from few values and with zeros among the chances."""
    if ties:
        chance = random.choice([0.0, 0.1, 0.3, 0.6], programs)
        return chance, random.choice([0.7, 0.8, 1.0], programs)
    return random.uniform(0, 0.95, programs), random.uniform(0.7, 1, programs)


def random_market(
    seed: int, programs: int, rho: float | list[float], *, ties: bool = False
) -> tuple[Scenarios, NDArray[np.float64]]:
    """Offer chances and utilities."""
    chance, utility = random_chances(np.random.default_rng(seed), programs, ties=ties)
    return scenarios(chance, 0.5, rho), utility


def signal_scenarios(
    seed: int, programs: int, rho: float | list[float], *, ties: bool = False
) -> tuple[dict[str, Scenarios], NDArray[np.float64]]:
    """The same with a silver and a gold signal."""
    chance, utility = random_chances(np.random.default_rng(seed), programs, ties=ties)
    raised = {
        option: np.minimum(odds * chance / (1 - chance + odds * chance), 0.95)
        for option, odds in ODDS.items()
    }
    return {option: scenarios(p, 0.5, rho) for option, p in raised.items()}, utility


def within_signals(
    chosen: tuple[int, ...],
    signals: tuple[str, ...],
    specialty: NDArray[np.int64],
    constraints: Constraints,
) -> bool:
    """Whether a list sends no more signals than are at hand in each specialty."""
    groups = int(specialty.max(initial=0)) + 1
    for option in ("silver", "gold"):
        sent = [specialty[p] for p, s in zip(chosen, signals, strict=True) if s == option]
        if (
            np.bincount(np.asarray(sent, dtype=np.int64), minlength=groups)
            > constraints.signals(option, groups)
        ).any():
            return False
    return True


def feasible_lists(
    programs: int, options: list[str], constraints: Constraints
) -> Iterator[tuple[tuple[int, str], ...]]:
    """Every list that keeps all constraints, by trying each."""
    specialty = constraints.specialties(programs)
    groups = int(specialty.max(initial=0)) + 1
    most = programs if constraints.limit is None else min(programs, constraints.limit)
    for size in range(most + 1):
        for chosen in combinations(range(programs), size):
            inside = set(chosen)
            if not set(constraints.must) <= inside or inside & set(constraints.never):
                continue
            if any(set(pair) <= inside for pair in constraints.apart):
                continue
            counts = np.bincount(specialty[list(chosen)], minlength=groups)
            if constraints.budget_usd is not None:
                fees = constraints.fees_of(groups)
                paid = sum(one.of(int(n)) for one, n in zip(fees, counts, strict=True))
                if paid > constraints.budget_usd + 1e-9:
                    continue
            held = [len(inside & set(quota.members)) for quota in constraints.quotas]
            if any(
                n < q.at_least or (q.at_most is not None and n > q.at_most)
                for n, q in zip(held, constraints.quotas, strict=True)
            ):
                continue
            for signals in product(options, repeat=size):
                shut = (
                    p in constraints.barred.get(s, ()) for p, s in zip(chosen, signals, strict=True)
                )
                if not any(shut) and within_signals(chosen, signals, specialty, constraints):
                    yield tuple(zip(chosen, signals, strict=True))


def brute_force(
    by_option: Mapping[str, Scenarios], utility: NDArray[np.float64], constraints: Constraints
) -> float:
    """Largest value of any feasible list, less its price; -inf without one."""
    options = [option for option in OPTIONS if option in by_option]
    best = -np.inf
    place = np.argsort(program_order(utility))
    weight = by_option["none"].weight
    for chosen in feasible_lists(len(utility), options, constraints):
        ranked = sorted(chosen, key=lambda way: place[way[0]])
        refused = np.ones(weight.size)
        value = 0.0
        for program, option in ranked:
            offers = by_option[option].chance[program]
            value += utility[program] * float(weight @ (refused * offers))
            refused = refused * (1 - offers)
        best = max(best, value - plain_price([p for p, _ in chosen], len(utility), constraints))
    return best


def plain_price(chosen: list[int], programs: int, constraints: Constraints) -> float:
    """What a list costs in units of value, dollar by dollar."""
    if constraints.price is None:
        return 0.0
    specialty = constraints.specialties(programs)
    usd = 0.0
    for group, fees in enumerate(constraints.fees_of(int(specialty.max(initial=0)) + 1)):
        number = sum(specialty[p] == group for p in chosen)
        usd += fees.block_usd if number else 0.0
        for nth in range(fees.block_number + 1, number + 1):
            step = sum(nth > start for start, _ in fees.steps) - 1
            usd += fees.steps[step][1]
    return (usd + constraints.price.effort_usd * len(chosen)) / constraints.price.worth_usd


def best_subset(market: Scenarios, utility: NDArray[np.float64], limit: int) -> float:
    """Largest value of at most so many programs."""
    return max(
        expected_utility(market, utility, list(chosen))
        for chosen in combinations(range(len(utility)), min(limit, len(utility)))
    )


def dp_independent(
    offers: NDArray[np.float64],
    utility: NDArray[np.float64],
    limit: int,
    silver: int,
    gold: int,
) -> float:
    """Optimum at rho 0 by dynamic programming over places, silver and gold signals left.

    ``offers`` has a column for none, silver and gold. Programs are met from the least wanted up, so
    that putting one in front multiplies what stands behind by its refusal.
    """
    best = np.zeros((limit + 1, silver + 1, gold + 1))
    for program in program_order(utility)[::-1]:
        worth = utility[program]
        taken = best.copy()
        for option, cost in enumerate([(1, 0, 0), (1, 1, 0), (1, 0, 1)]):
            offer = offers[program, option]
            n, s, g = (size - c for size, c in zip(best.shape, cost, strict=True))
            if n > 0 and s > 0 and g > 0:
                with_it = offer * worth + (1 - offer) * best[:n, :s, :g]
                into = taken[cost[0] :, cost[1] :, cost[2] :]
                np.maximum(into, with_it, out=into)
        best = taken
    return float(best[-1, -1, -1])


def dp_common_score(offers: NDArray[np.float64], utility: NDArray[np.float64], limit: int) -> float:
    """Optimum as rho goes to 1: one score decides, and an offer there is an offer below it.

    With the list's offer chances rising, ``v = sum u_l (q_l - q_{l-1})`` counts the best of those
    that would take the applicant; a program less wanted than a surer one adds nothing.
    """
    order = np.lexsort((-utility, offers))
    best: dict[tuple[int, int], float] = {(0, -1): 0.0}
    for at, program in enumerate(order):
        for (used, last), value in list(best.items()):
            if used == limit:
                continue
            before = 0.0 if last < 0 else offers[order[last]]
            if last >= 0 and utility[program] > utility[order[last]]:
                continue
            state = (used + 1, at)
            gained = value + utility[program] * (offers[program] - before)
            best[state] = max(best.get(state, 0.0), gained)
    return max(best.values())
