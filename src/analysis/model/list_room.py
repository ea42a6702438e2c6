"""What a list has room for, and why it is no longer: its ends, and what is not on it."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.model.application_list import ApplicationList
from analysis.model.constraints import fee_usd
from analysis.model.greedy import LEAST_GAIN
from analysis.model.swap import gains_beside

__all__ = ["budget_lifted", "list_room"]


def list_room(found: ApplicationList) -> dict[str, Any]:
    """What a list was made for, and what keeps the other programs off it.

    Parameters
    ----------
    found : ApplicationList
        The list.

    Returns
    -------
    dict
        limit, budget_usd (None for none), limit_from, budget_from (as in `ListProblem`),
        first_fee_usd (what one application costs), specialties (how many), listed, unused (places
        of the limit), never (programs that the student rules out), others (programs of the file
        that are neither listed nor ruled out), closed (how many of them offer no chance),
        wanted (how many would add something), over_budget (whether none of those that would can be
        paid for) and ruled (whether there is a rule on kinds of programs).
    """
    problem = found.problem
    constraints = problem.constraints
    chosen = found.choice.chosen
    others = np.setdiff1d(np.arange(len(problem.programs)), [*constraints.never, *chosen])
    chance = found.by_option["none"].marginal
    gains = gains_beside(found.market, problem.utility, chosen)
    wanted = others[(gains[others] >= LEAST_GAIN) & (chance[others] > 0)]
    fees, budget = constraints.fees, constraints.budget_usd
    over = False
    if fees is not None and budget is not None:
        kinds = constraints.specialties(len(problem.programs))
        counts = np.bincount(kinds[chosen], minlength=len(problem.specialties))
        more = [np.add(counts, np.arange(counts.size) == kind) for kind in set(kinds[wanted])]
        over = all(fee_usd(fees, numbers.tolist()) > budget for numbers in more)
    return {
        "limit": constraints.limit,
        "limit_from": problem.limit_from,
        "budget_usd": budget,
        "budget_from": problem.budget_from,
        "first_fee_usd": np.nan if fees is None else fees.of(1),
        "specialties": len(problem.specialties),
        "listed": int(chosen.size),
        "unused": found.places_unused,
        "never": len(constraints.never),
        "others": int(others.size),
        "closed": int((chance[others] == 0).sum()),
        "wanted": int(wanted.size),
        "over_budget": bool(over and wanted.size),
        "ruled": bool(constraints.quotas),
    }


def budget_lifted(found: ApplicationList, other: ApplicationList) -> bool:
    """Whether a what-if leaves out of account a budget that the list keeps to.

    Parameters
    ----------
    found, other : ApplicationList
        The list, and that of the what-if.

    Returns
    -------
    bool
        True if only the first has a budget.
    """
    before, after = (one.problem.constraints.budget_usd for one in (found, other))
    return before is not None and after is None
