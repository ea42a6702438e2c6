"""A what-if of a list: other facts of the student, or other wishes; lists side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.errors import ModelError
from analysis.model.application_list import ApplicationList
from analysis.model.list_problem import ListProblem, ListWishes
from analysis.model.what_if import what_if

__all__ = ["changed_wishes", "list_comparison"]

OF_LIST = ("limit", "budget", "gold", "silver", "specialty")


def changed_wishes(
    student: pd.DataFrame, wishes: ListWishes, changes: str, problem: ListProblem
) -> tuple[pd.DataFrame, ListWishes]:
    """The student's row and wishes, had something been different.

    Parameters
    ----------
    student : DataFrame
        One row of students.
    wishes : ListWishes
        What was asked of the list.
    changes : str
        ``name=value`` separated by commas: what `what_if` knows, and ``limit=40`` or ``limit=+10``
        (ten more than now, whatever they cost), ``budget=500`` or ``budget=+300``, ``gold=5`` and
        ``silver=10`` (``5;3`` for two specialties), ``specialty=Family Medicine``.
    problem : ListProblem
        The list's problem as it is, to count from.

    Returns
    -------
    student : DataFrame
        A changed copy.
    wishes : ListWishes
        The changed wishes.

    Raises
    ------
    ModelError
        For a name or value that is not understood.
    """
    of_student: list[str] = []
    other, asked = student, wishes
    for change in (part.strip() for part in changes.split(",")):
        name, _, text = (part.strip() for part in change.partition("="))
        if name not in OF_LIST:
            of_student.append(change)
        elif name == "specialty":
            other = _with_specialty(other, text)
            asked = replace(asked, gold=None, silver=None)
        elif name == "limit" and text.startswith("+"):
            # More applications cost more: an old budget would leave no room for them.
            other = other.assign(fee_budget_usd=math.nan)
            asked = replace(_with_number(asked, name, text, problem), budget_usd=None)
        else:
            asked = _with_number(asked, name, text, problem)
    if any(of_student):
        other = what_if(other, ",".join(of_student))
    return other, asked


def _with_number(wishes: ListWishes, name: str, text: str, problem: ListProblem) -> ListWishes:
    message = f"what-if {name}={text}: expected a whole number of at least 0"
    if name == "limit" and text.startswith("+"):
        if not text[1:].isdigit():
            raise ModelError(message)
        return replace(wishes, limit=problem.most + int(text[1:]))
    if name == "budget":
        base = problem.constraints.budget_usd if text.startswith("+") else 0.0
        if base is None:
            message = f"what-if budget={text}: there is no budget to add to; give it whole"
            raise ModelError(message)
        return replace(wishes, budget_usd=_dollars(text) + base)
    numbers = text.split(";")
    if not all(number.strip().isdigit() for number in numbers):
        raise ModelError(message)
    counts = tuple(int(number) for number in numbers)
    if name == "limit":
        return replace(wishes, limit=counts[0])
    return replace(wishes, gold=counts) if name == "gold" else replace(wishes, silver=counts)


def _dollars(text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        amount = math.nan
    if not 0 <= amount < math.inf:
        raise ModelError(f"what-if budget={text}: expected an amount in dollars")
    return amount


def _with_specialty(student: pd.DataFrame, text: str) -> pd.DataFrame:
    """Another specialty: what was given for the old one does not hold for it."""
    changed = student.copy()
    names = tuple(part.strip() for part in text.split(";") if part.strip())
    if not names:
        raise ModelError("what-if specialty=: expected the name of a specialty")
    changed["specialty"] = pd.Series([names], changed.index, dtype=object)
    given = ("competitiveness", "gold_signals", "silver_signals", "must_apply", "never_apply")
    for column in given:
        if column in changed:
            changed[column] = pd.Series([()], changed.index, dtype=object)
    return changed


def list_comparison(
    base: ApplicationList, what_ifs: Mapping[str, ApplicationList]
) -> list[dict[str, Any]]:
    """The what-ifs side by side with the list.

    Parameters
    ----------
    base : ApplicationList
        The list.
    what_ifs : mapping of str to ApplicationList
        By the changes.

    Returns
    -------
    list of dict
        One a what-if: changes, match_chance, match_chance_base, match_chance_if_unknowns_close,
        expected_interviews, applications, fee_usd, places_unused, enters, leaves, signals_moved
        (program_ids on both lists whose signal is another).
    """
    before = dict(zip(base.chosen, base.choice.option, strict=True))
    rows = []
    for changes, found in what_ifs.items():
        after = dict(zip(found.chosen, found.choice.option, strict=True))
        rows.append(
            {
                "changes": changes,
                "match_chance": found.match_chance,
                "match_chance_base": base.match_chance,
                "match_chance_if_unknowns_close": found.match_chance_if_unknowns_close,
                "expected_interviews": found.expected_interviews,
                "applications": len(found.chosen),
                "fee_usd": found.fee_usd,
                "places_unused": found.places_unused,
                "enters": [one for one in found.chosen if one not in before],
                "leaves": [one for one in base.chosen if one not in after],
                "signals_moved": [
                    one for one in found.chosen if one in before and before[one] != after[one]
                ],
            }
        )
    return rows
