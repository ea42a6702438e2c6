"""A what-if of a list: other facts of the student, or other wishes."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis.errors import ModelError
from analysis.model.list_problem import ListProblem, ListWishes
from analysis.model.what_if import what_if

__all__ = ["changed_wishes"]

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
        ``name=value`` separated by commas: what `what_if` knows, and ``limit=40`` or ``limit=+10``,
        ``budget=500``, ``gold=5`` and ``silver=10`` (``5;3`` for two specialties),
        ``specialty=Family Medicine``.
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
        limit = problem.constraints.limit
        return replace(wishes, limit=(problem.most if limit is None else limit) + int(text[1:]))
    if name == "budget":
        try:
            return replace(wishes, budget_usd=float(text))
        except ValueError:
            raise ModelError(f"what-if budget={text}: expected an amount in dollars") from None
    numbers = text.split(";")
    if not all(number.strip().isdigit() for number in numbers):
        raise ModelError(message)
    counts = tuple(int(number) for number in numbers)
    if name == "limit":
        return replace(wishes, limit=counts[0])
    return replace(wishes, gold=counts) if name == "gold" else replace(wishes, silver=counts)


def _with_specialty(student: pd.DataFrame, text: str) -> pd.DataFrame:
    """Another specialty: what was given for the old one does not hold for it."""
    changed = student.copy()
    names = tuple(part.strip() for part in text.split(";") if part.strip())
    if not names:
        raise ModelError("what-if specialty=: expected the name of a specialty")
    changed["specialty"] = pd.Series([names], changed.index, dtype=object)
    for column in ("competitiveness", "gold_signals", "silver_signals", "must_apply"):
        if column in changed:
            changed[column] = pd.Series([()], changed.index, dtype=object)
    return changed
