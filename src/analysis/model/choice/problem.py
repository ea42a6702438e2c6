"""The choice problem of one student: wishes, programs, chances and utility (section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.chance import chance_columns, drawn_chances
from analysis.model.choice.constraints import Constraints, Fees, Quota, members_of
from analysis.model.flags import listed
from analysis.model.level import program_levels
from analysis.model.market import Market, Part
from analysis.model.parameters import chance_parameters
from analysis.model.profile import specialties_of

__all__ = [
    "ListChances",
    "ListProblem",
    "ListWishes",
    "application_fees",
    "list_problem",
    "list_utility",
    "preference",
]

Floats = NDArray[np.float64]
# The scale of prestige, as of the column in programs.csv.
MOST_PRESTIGE = 10.0


def preference(
    prestige: ArrayLike,
    state: ArrayLike,
    preferred_states: tuple[str, ...] = (),
    own: ArrayLike | None = None,
) -> Floats:
    """How much a student wants each program, from 0 to 1."""
    wanted = np.asarray(prestige, dtype=np.float64) / MOST_PRESTIGE
    if preferred_states:
        near = np.isin(np.asarray(state, dtype=object).astype(str), preferred_states)
        wanted = (near + wanted) / 2
    if own is not None:
        wished = np.asarray(own, dtype=np.float64)
        wanted = np.where(np.isnan(wished), wanted, wished)
    if not ((wanted >= 0) & (wanted <= 1)).all():
        message = "a preference or prestige lies outside its scale (0 to 1, 0 to 10)"
        raise ModelError(message)
    return np.asarray(wanted, dtype=np.float64)


def list_utility(wanted: ArrayLike, match_utility: float) -> Floats:
    """Worth of a match at each program, between that of any match and 1."""
    if not 0 <= match_utility <= 1:
        message = f"the worth of any match is {match_utility:g}; expected 0 to 1"
        raise ModelError(message)
    return np.asarray(
        match_utility + (1 - match_utility) * np.asarray(wanted, dtype=np.float64), dtype=np.float64
    )


@dataclass(frozen=True)
class ListWishes:
    """What may be asked of a list beyond the student's row; None leaves it to the row.

    Parameters
    ----------
    limit : int, optional
        Most applications.
    budget_usd : float, optional
        Most to spend on fees.
    gold, silver : tuple of int, optional
        Signals at hand, one number for each specialty.
    quotas : tuple of str
        ``state=OH>=3`` or ``program_type=community<=10``.
    flat_preference : bool
        Whether every program is wanted alike.
    """

    limit: int | None = None
    budget_usd: float | None = None
    gold: tuple[int, ...] | None = None
    silver: tuple[int, ...] | None = None
    quotas: tuple[str, ...] = ()
    flat_preference: bool = False


@dataclass(frozen=True)
class ListProblem:
    """One student's list problem; arrays by row of ``programs``.

    Parameters
    ----------
    programs : DataFrame
        Programs of the student's specialties in order of program_id, the never list among them.
    preference, utility : ndarray of float, shape (programs,)
        How much the student wants each, and what a match there is worth.
    constraints : Constraints
        What the list must keep to, with positions in ``programs``.
    specialties : tuple of str
        In the student's order; ``constraints.specialty`` counts in it.
    preferred_states : tuple of str
        Where the student would like to live.
    limit_from, budget_from : str
        Whose the number and the amount are: ``row`` (the student's), ``asked``, ``assumption``
        (``list.limit``), or "" for none.
    """

    programs: pd.DataFrame
    preference: Floats
    utility: Floats
    constraints: Constraints
    specialties: tuple[str, ...]
    preferred_states: tuple[str, ...]
    limit_from: str = ""
    budget_from: str = ""

    @property
    def most(self) -> int:
        """Most programs that number and budget leave room for."""
        ends = [len(self.programs) - len(self.constraints.never)]
        if self.constraints.limit is not None:
            ends.append(self.constraints.limit)
        budget = self.constraints.budget_usd
        if budget is not None:
            ends.append(affordable(self.constraints.fees_of(len(self.specialties)), budget))
        return min(ends)


def application_fees(assumptions: Assumptions) -> Fees:
    """Prices of applications."""
    return Fees(
        assumptions.value("fees.first_usd"),
        int(assumptions.value("fees.first_number")),
        assumptions.value("fees.further_usd"),
    )


def list_problem(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
    wishes: ListWishes | None = None,
) -> ListProblem:
    """State one student's list problem (docs/methods.md, section 5).

    Parameters
    ----------
    student : DataFrame
        One row of students.
    programs : DataFrame
        Rows of programs, of any specialty.
    assumptions : Assumptions
        ``match_utility``, ``list.limit``, ``fees`` and the season.
    preferences : DataFrame, optional
        The student's own wishes, and signals already decided on.
    wishes : ListWishes, optional
        What overrides the student's row.

    Returns
    -------
    ListProblem
        Equal inputs in another order of rows give an equal problem.

    Raises
    ------
    ModelError
        If a program of the must or never list is not among the student's, there are more signals
        decided on than at hand, or a quota is not understood.
    """
    asked = wishes or ListWishes()
    row = student.iloc[0]
    specialties = tuple(specialties_of(row, assumptions))
    own = programs[programs["specialty"].isin(specialties)]
    own = own.sort_values("program_id", kind="stable").reset_index(drop=True)
    missing = [name for name in specialties if name not in set(own["specialty"])]
    if missing:
        message = f"no program of {missing[0]} for student {row['student_id']}"
        raise ModelError(message)
    ids = own["program_id"].astype(str).tolist()
    wished = _of_student(preferences, str(row["student_id"]), ids)
    kinds = tuple(specialties.index(name) for name in own["specialty"])
    states = listed(row.get("preferred_states"))
    if asked.flat_preference:
        wanted = np.ones(len(own))
    else:
        prestige = program_levels(own, assumptions).prestige
        stated = wished.get("preference")
        wanted = preference(prestige, own["state"], states, stated)
    limit, limit_from = _end(row, "application_limit", asked.limit)
    budget, budget_from = _end(row, "fee_budget_usd", asked.budget_usd)
    if limit is None and budget is None:
        limit, limit_from = assumptions.value("list.limit"), "assumption"
    gold = _signals(row, "gold_signals", asked.gold, specialties, assumptions)
    silver = _signals(row, "silver_signals", asked.silver, specialties, assumptions)
    decided = _decided(wished, ids, kinds, {"gold": gold, "silver": silver}, specialties)
    constraints = Constraints(
        limit=None if limit is None else int(limit),
        must=_positions(listed(row.get("must_apply")), ids, "must_apply"),
        never=_positions(listed(row.get("never_apply")), ids, "never_apply"),
        specialty=kinds,
        gold=gold,
        silver=silver,
        budget_usd=budget,
        fees=application_fees(assumptions),
        quotas=tuple(_quota(text, own) for text in asked.quotas),
        fixed_signal=decided,
        names=tuple(ids),
    )
    utility = list_utility(wanted, assumptions.value("match_utility"))
    return ListProblem(
        own, wanted, utility, constraints, specialties, states, limit_from, budget_from
    )


def _of_student(preferences: pd.DataFrame | None, student_id: str, ids: list[str]) -> pd.DataFrame:
    if preferences is None or preferences.empty:
        return pd.DataFrame(index=ids)
    own = preferences[preferences["student_id"] == student_id]
    return own.drop_duplicates("program_id").set_index("program_id").reindex(ids)


def _end(row: Mapping[str, Any], column: str, asked: float | None) -> tuple[float | None, str]:
    """What a list may hold or cost at most, and whose number that is."""
    if asked is not None:
        return asked, "asked"
    cell = row.get(column)
    return (None, "") if cell is None or pd.isna(cell) else (float(cell), "row")


def _signals(
    row: Mapping[str, Any],
    column: str,
    asked: tuple[int, ...] | None,
    specialties: tuple[str, ...],
    assumptions: Assumptions,
) -> tuple[int, ...]:
    cell = row.get(column)
    if isinstance(cell, int | float | np.integer) and not pd.isna(cell):
        cell = (cell,)
    given = asked if asked is not None else tuple(int(float(n)) for n in listed(cell))
    if given:
        if len(given) not in {1, len(specialties)} or min(given) < 0:
            message = f"{column}: expected one number for each of {len(specialties)} specialties"
            raise ModelError(message)
        # One number for two specialties is that of the first: signals are not shared out.
        return (*given, *([0] * (len(specialties) - len(given))))
    return tuple(int(getattr(assumptions.season_of(name), column)) for name in specialties)


def _positions(wanted: tuple[str, ...], ids: list[str], column: str) -> tuple[int, ...]:
    unknown = [one for one in wanted if one not in ids]
    if unknown:
        near = get_close_matches(unknown[0], ids, n=1, cutoff=0.0)[0]
        message = (
            f"{column}: {', '.join(unknown)} not among the programs of the student's "
            f"specialties (nearest to {unknown[0]}: {near})"
        )
        raise ModelError(message)
    return tuple(dict.fromkeys(ids.index(one) for one in wanted))


def _decided(
    wished: pd.DataFrame,
    ids: list[str],
    kinds: tuple[int, ...],
    at_hand: Mapping[str, tuple[int, ...]],
    specialties: tuple[str, ...],
) -> dict[int, str]:
    if "signal" not in wished:
        return {}
    decided = {
        at: str(cell) for at, cell in enumerate(wished["signal"]) if cell in {"gold", "silver"}
    }
    for option, numbers in at_hand.items():
        for group, number in enumerate(numbers):
            named = [ids[at] for at, o in decided.items() if o == option and kinds[at] == group]
            if len(named) > number:
                noun = "program" if len(named) == 1 else "programs"
                message = (
                    f"preferences.csv gives a {option} signal to {len(named)} {noun} of "
                    f"{specialties[group]} ({', '.join(named)}); signals at hand: {number}"
                )
                raise ModelError(message)
    return decided


def _quota(text: str, programs: pd.DataFrame) -> Quota:
    for sign in (">=", "<="):
        wanted, found, number = text.partition(sign)
        column, _, kind = (part.strip() for part in wanted.partition("="))
        if not found or column not in {"state", "program_type"} or not number.strip().isdigit():
            continue
        members = members_of(programs[column], kind)
        if not members and sign == ">=":
            message = f"quota {text!r}: no program of the student's has {column} {kind}"
            raise ModelError(message)
        count = int(number)
        if sign == ">=":
            return Quota(f"at least {count} with {column} {kind}", members, at_least=count)
        return Quota(f"at most {count} with {column} {kind}", members, at_most=count)
    message = f"quota {text!r}: expected state=OH>=3 or program_type=community<=10"
    raise ModelError(message)


class ListChances:
    """Chances of one student at the programs of a problem, whatever is signalled."""

    def __init__(
        self,
        student: pd.DataFrame,
        problem: ListProblem,
        assumptions: Assumptions,
        preferences: pd.DataFrame | None,
    ) -> None:
        self._assumptions = assumptions
        self._student_id = student["student_id"].iloc[0]
        self._count = len(problem.programs)
        (self._parts,) = Market(problem.programs, assumptions, preferences).parts(student)

    def if_all_sent(self, option: str) -> Floats:
        """Chances if every program got the same signal."""
        chances = np.empty(self._count)
        parameters = chance_parameters(self._assumptions)
        for part in self._sending(dict.fromkeys(range(self._count), option)):
            chances[part.at] = part.chances(parameters, self._assumptions)[0]
        return chances

    def with_signals(self, signals: Mapping[int, str]) -> pd.DataFrame:
        """Everything about the chances with the signals of a list."""
        parts = self._sending(signals)
        found = chance_columns([(self._student_id, parts)], self._assumptions, with_range=False)
        order = np.argsort(np.concatenate([part.at for part in parts]))
        return found.iloc[order].reset_index(drop=True)

    def drawn(self, signals: Mapping[int, str]) -> Floats:
        """Chances with the signals of a list under joint draws of the assumptions."""
        return drawn_chances(self._sending(signals), self._assumptions)

    def _sending(self, signals: Mapping[int, str]) -> list[Part]:
        sent = np.array([signals.get(at, "none") for at in range(self._count)], dtype=object)
        return [part.sending(sent[part.at], self._assumptions) for part in self._parts]
