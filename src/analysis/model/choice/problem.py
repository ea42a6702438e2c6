"""The choice problem of one student: wishes, programs, chances and utility (section 5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import Floats
from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.chance import Market, Part, chance_columns, drawn_chances, in_order
from analysis.model.choice.columns import undominated
from analysis.model.choice.constraints import (
    Constraints,
    Fees,
    Price,
    Quota,
    affordable,
    members_of,
)
from analysis.model.level import program_levels
from analysis.model.parameters import ChanceParameters, chance_parameters, listed
from analysis.model.profile import ExpectedScore, specialties_of
from analysis.vocabulary import DIVISIONS

# The scale of prestige, as of the column in programs.csv.
MOST_PRESTIGE = 10.0
# States of so few programs cost no more than to find out which of them matter.
FEW = 100


def preference(
    prestige: ArrayLike,
    place: ArrayLike,
    *,
    places_stated: bool,
    wish_prestige: float = 0.0,
    own: ArrayLike | None = None,
    unstated: float = 0.5,
) -> Floats:
    """How much a student wants each program, from 0 to 1; 1 everywhere if nothing was said.

    Parameters
    ----------
    prestige : array_like of float, shape (programs,)
        0-10; counts only as far as it is wished.
    place : array_like of bool, shape (programs,)
        Whether a program is where the student would like to live.
    places_stated : bool
        Whether the student named any place.
    wish_prestige : float
        Share of prestige in the preference, 0-1.
    own : array_like of float, shape (programs,), optional
        The student's own numbers, which replace the rest where they are given (not NaN).
    unstated : float
        Preference for a program without a number where others have one and nothing else was said.

    Returns
    -------
    ndarray of float, shape (programs,)
        In [0, 1].

    Examples
    --------
    >>> preference([6, 4], [True, False], places_stated=True, wish_prestige=0.5).tolist()
    [0.8, 0.2]
    >>> preference([6, 4], [False, False], places_stated=False).tolist()
    [1.0, 1.0]
    """
    numbers = np.full(np.shape(prestige), np.nan)
    if own is not None:
        numbers = np.asarray(own, dtype=np.float64)
    said = ~np.isnan(numbers)
    base = np.asarray(place, dtype=np.float64)
    if not places_stated:
        base = np.full(base.shape, unstated if said.any() and not wish_prestige else 1.0)
    reputation = np.asarray(prestige, dtype=np.float64) / MOST_PRESTIGE
    wanted = base
    if wish_prestige:
        wanted = (1 - wish_prestige) * base + wish_prestige * reputation
    wanted = np.where(said, numbers, wanted)
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
    fill : bool
        Whether the list is filled to its limit: no price, no least chance.
    prefer_states, exclude_states : tuple of str
        Codes, in addition to those of the row; a state preferred here is not excluded by the row.
    must, never : tuple of str
        Program ids, in addition to those of the row.
    home, rotation : tuple of str
        Program ids with such a tie, in addition to those of preferences.csv.
    signal_home : bool, optional
        Whether a home program may get a signal; None leaves it to the specialty's season.
    wish_prestige : float, optional
        Share of prestige in the preference, 0-1.
    apart : bool
        Whether two specialties never meet at one institution.
    """

    limit: int | None = None
    budget_usd: float | None = None
    gold: tuple[int, ...] | None = None
    silver: tuple[int, ...] | None = None
    quotas: tuple[str, ...] = ()
    flat_preference: bool = False
    fill: bool = False
    prefer_states: tuple[str, ...] = ()
    exclude_states: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    home: tuple[str, ...] = ()
    rotation: tuple[str, ...] = ()
    signal_home: bool | None = None
    wish_prestige: float | None = None
    apart: bool = True


@dataclass(frozen=True)
class ListProblem:
    """One student's list problem; arrays by row of ``programs``."""

    # Programs of the student's specialties, in their order and that of program_id, the never list
    # among them.
    programs: pd.DataFrame
    # preference, utility: shape (programs,): How much the student wants each, and what a match
    # there is worth.
    preference: Floats
    utility: Floats
    constraints: Constraints  # what the list must keep to, with positions in ``programs``
    specialties: tuple[str, ...]  # in the student's order; ``constraints.specialty`` counts in it
    # Where the student would like to live, the states of preferred divisions among them.
    preferred_states: tuple[str, ...]
    # Where the student will not move; programs there are among ``constraints.never``.
    excluded_states: tuple[str, ...]
    ties: tuple[str, ...]  # ``home``, ``rotation`` or ``contact`` of each program; "" for none
    # shape (programs,): Which programs have a number of the student's own.
    numbered: NDArray[np.bool_]
    # What the preferences rest on: ``own``, ``place``, ``prestige``, joined by ``+``; "" if nothing
    # was said and every match counts alike.
    preference_from: str = ""
    # limit_from, budget_from: Whose the number and the amount are: ``row`` (the student's),
    # ``asked``, ``assumption`` (``list.limit``), or "" for none.
    limit_from: str = ""
    budget_from: str = ""

    @property
    def kept_anyway(self) -> NDArray[np.bool_]:
        """Programs of which no least chance is asked: musts, ties, what an "at least" is about."""
        kept = np.array([tie != "" for tie in self.ties], dtype=bool)
        kept[list(self.constraints.must)] = True
        for quota in self.constraints.quotas:
            if quota.at_least:
                kept[list(quota.members)] = True
        return kept

    def of(self, positions: NDArray[np.int64]) -> ListProblem:
        """The same among some of the programs, whose positions then count from 0."""
        return replace(
            self,
            programs=self.programs.iloc[positions].reset_index(drop=True),
            preference=self.preference[positions],
            utility=self.utility[positions],
            constraints=self.constraints.of(positions),
            ties=tuple(self.ties[at] for at in positions),
            numbered=self.numbered[positions],
        )

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


def undominated_programs(
    problem: ListProblem, chances: Mapping[str, Floats], rate: Floats, spare: int
) -> NDArray[np.int64]:
    """Positions of the programs that a list, or what is said of it, may name, rising."""
    # As `undominated`, which compares offers state by state, but by the chances alone (by signal,
    # of shape (k, programs)), before there are states: of two programs with one chance of a match
    # after an interview, the one with the higher chance of an interview offers more in every state.
    # ``spare`` more than fit on a list are kept, for what may replace one of it or comes next.
    rules, count = problem.constraints, len(problem.programs)
    most = rules.most_affordable()
    if most is None or count <= max(FEW, most + spare):
        return np.arange(count)
    # A program that shuts out another, or whose signal is decided, is no substitute.
    cells = rules.cells(count, rate, rules.unlike(count, *rules.fixed_signal))
    kept = np.zeros(count, dtype=bool)
    for option, by_score in chances.items():
        open_to = np.ones(count, dtype=bool)
        open_to[[*rules.never, *rules.barred.get(option, ())]] = False
        at = np.flatnonzero(open_to)
        kept[at] |= undominated(by_score.T[at], problem.utility[at], cells[at], most + spare)
    # Of the programs left out, those that would add most are named, whatever the rules.
    kept |= undominated(chances["none"].T, problem.utility, rate[:, None], most + spare)
    kept[list(rules.must)] = True
    return np.flatnonzero(kept)


def application_fees(assumptions: Assumptions, specialties: Sequence[str]) -> tuple[Fees, ...]:
    """Prices of applications to each specialty: its own steps in season.csv, else those of ERAS."""
    return tuple(Fees.from_steps(assumptions.fee_steps(name)) for name in specialties)


def with_ties(
    preferences: pd.DataFrame | None, student_id: str, wishes: ListWishes
) -> pd.DataFrame | None:
    """Preferences with the ties that were asked for beside them."""
    asked = dict.fromkeys(wishes.rotation, "rotation") | dict.fromkeys(wishes.home, "home")
    if not asked:
        return preferences
    columns = ["student_id", "program_id", "preference", "tie", "signal"]
    known = pd.DataFrame(columns=columns) if preferences is None else preferences.copy()
    for column in columns:
        if column not in known:
            known[column] = None
    known[["tie", "signal"]] = known[["tie", "signal"]].astype(object)
    own = known["student_id"].astype(str) == student_id
    for program, tie in asked.items():
        here = own & (known["program_id"].astype(str) == program)
        if here.any():
            known.loc[here, "tie"] = tie
        else:
            row = {"student_id": student_id, "program_id": program, "tie": tie}
            known = pd.concat([known, pd.DataFrame([row])], ignore_index=True)
            own = known["student_id"].astype(str) == student_id
    return known


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
    student_id = str(row["student_id"])
    specialties = tuple(specialties_of(row, assumptions))
    own = _eligible(programs, specialties)
    missing = [name for name in specialties if name not in set(own["specialty"])]
    if missing:
        message = f"no program of {missing[0]} for student {student_id}"
        raise ModelError(message)
    ids = own["program_id"].astype(str).tolist()
    for option, named in (("home", asked.home), ("rotation", asked.rotation)):
        _positions(named, ids, option)
    wished = _of_student(with_ties(preferences, student_id, asked), student_id, ids)
    kinds = tuple(specialties.index(name) for name in own["specialty"])
    ties = tuple(_texts(wished, "tie", len(own)))
    states = _preferred_states(row, asked)
    numbers = np.asarray(wished["preference"], dtype=np.float64) if "preference" in wished else None
    numbered = np.zeros(len(own), dtype=bool) if numbers is None else ~np.isnan(numbers)
    prestige_wish = _share(row, "wish_prestige", asked.wish_prestige)
    wanted, said = np.ones(len(own)), ""
    if not asked.flat_preference:
        wanted = preference(
            program_levels(own, assumptions).prestige,
            own["state"].isin(states) if "state" in own else np.zeros(len(own)),
            places_stated=bool(states),
            wish_prestige=prestige_wish,
            own=numbers,
            unstated=assumptions.value("list.unstated_preference"),
        )
        parts = {"own": numbered.any(), "place": bool(states), "prestige": prestige_wish > 0}
        said = "+".join(name for name, stated in parts.items() if stated)
    utility = list_utility(wanted, assumptions.value("match_utility"))
    if np.ptp(utility) == 0:
        said = ""  # wishes that tell no two programs apart are no order
    limit, limit_from = _end(row, "application_limit", asked.limit)
    budget, budget_from = _end(row, "fee_budget_usd", asked.budget_usd)
    if limit is None and budget is None:
        limit, limit_from = assumptions.value("list.limit"), "assumption"
    gold = _signals(row, "gold_signals", asked.gold, specialties, assumptions)
    silver = _signals(row, "silver_signals", asked.silver, specialties, assumptions)
    decided = _decided(wished, ids, kinds, {"gold": gold, "silver": silver}, specialties)
    must = (*listed(row.get("must_apply")), *asked.must)
    never = (*listed(row.get("never_apply")), *asked.never)
    nevers = _positions(never, ids, "never_apply")
    # A signal goes with an application: who has decided on one applies there.
    signaled = [at for at in decided if at not in nevers]
    musts = tuple(dict.fromkeys((*_positions(must, ids, "must_apply"), *signaled)))
    # What is asked for here counts before the row.
    excluded = [one for one in listed(row.get("exclude_states")) if one not in asked.prefer_states]
    excluded = [*excluded, *asked.exclude_states]
    constraints = Constraints(
        limit=None if limit is None else int(limit),
        must=musts,
        never=(*nevers, *_inside(own, excluded, {*musts, *nevers})),
        specialty=kinds,
        gold=gold,
        silver=silver,
        budget_usd=budget,
        fees=application_fees(assumptions, specialties),
        quotas=tuple(_quota(text, own) for text in asked.quotas),
        fixed_signal=decided,
        names=tuple(ids),
        price=None
        if asked.fill
        else Price(
            assumptions.value("list.worth_of_match_usd"), assumptions.value("list.effort_usd")
        ),
        barred=_unsignalled(own, ties, decided, asked, assumptions),
        # Who asks for two of one institution, or decides on both signals, means it.
        apart=tuple(pair for pair in _apart(own, kinds) if not {*pair} <= {*musts})
        if asked.apart
        else (),
    )
    return ListProblem(
        own,
        wanted,
        utility,
        constraints,
        specialties,
        states,
        tuple(dict.fromkeys(excluded)),
        ties,
        numbered,
        said,
        limit_from,
        budget_from,
    )


def with_least_chance(
    problem: ListProblem, chances: Mapping[str, Floats], least: float
) -> ListProblem:
    """The problem without programs under a least chance, the signal counted."""
    rules, free = problem.constraints, problem.kept_anyway
    under = {
        option: np.flatnonzero((chance < least) & ~free).tolist()
        for option, chance in chances.items()
    }
    barred = {
        option: tuple(sorted({*rules.barred.get(option, ()), *low}))
        for option, low in under.items()
    }
    return replace(problem, constraints=replace(rules, barred=barred))


def _eligible(programs: pd.DataFrame, specialties: tuple[str, ...]) -> pd.DataFrame:
    """Programs by specialty and id; a preliminary year only where there is no other."""
    # Nothing else said, a program of the specialty named first is preferred.
    names = programs["specialty"].to_numpy(dtype=object)
    place = np.array([specialties.index(n) if n in specialties else -1 for n in names], dtype=int)
    kept = place >= 0
    if "track" in programs:
        early = programs["track"].eq("preliminary").to_numpy(dtype=bool)
        for at in range(len(specialties)):
            if not early[place == at].all():
                kept &= ~(early & (place == at))
    ids = programs["program_id"].to_numpy(dtype=object)
    order = sorted(np.flatnonzero(kept).tolist(), key=lambda row: (place[row], ids[row]))
    return programs.iloc[order].reset_index(drop=True)


def _texts(frame: pd.DataFrame, column: str, length: int) -> list[str]:
    if column not in frame:
        return [""] * length
    return [cell if isinstance(cell, str) else "" for cell in frame[column]]


def _share(row: Mapping[str, Any], column: str, asked: float | None) -> float:
    cell = row.get(column) if asked is None else asked
    share = 0.0 if cell is None or pd.isna(cell) else float(cell)
    if not 0 <= share <= 1:
        message = f"{column}: found {share:g}; expected a number from 0 to 1"
        raise ModelError(message)
    return share


def _preferred_states(row: Mapping[str, Any], asked: ListWishes) -> tuple[str, ...]:
    states = [*listed(row.get("preferred_states")), *asked.prefer_states]
    for division in listed(row.get("preferred_divisions")):
        states += DIVISIONS[division]
    return tuple(dict.fromkeys(states))


def _inside(programs: pd.DataFrame, states: Sequence[str], named: set[int]) -> list[int]:
    """Programs in some states, but for those that a wish names."""
    if not states or "state" not in programs:
        return []
    return [int(at) for at in np.flatnonzero(programs["state"].isin(states)) if at not in named]


def _unsignalled(
    programs: pd.DataFrame,
    ties: tuple[str, ...],
    decided: Mapping[int, str],
    asked: ListWishes,
    assumptions: Assumptions,
) -> dict[str, tuple[int, ...]]:
    """Home programs that get no signal, as asked or by the specialty's custom."""
    unasked = assumptions.text("list.home_without_signal").split(";")
    spared = []
    for at, (tie, specialty) in enumerate(zip(ties, programs["specialty"], strict=True)):
        allowed = specialty not in unasked if asked.signal_home is None else asked.signal_home
        if tie == "home" and not allowed and at not in decided:
            spared.append(at)
    return {"silver": tuple(spared), "gold": tuple(spared)} if spared else {}


def _apart(programs: pd.DataFrame, kinds: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """Pairs of programs of two specialties at one institution."""
    if "institution_id" not in programs:
        return ()
    houses: dict[str, list[int]] = {}
    for at, house in enumerate(programs["institution_id"]):
        if isinstance(house, str) and house:
            houses.setdefault(house, []).append(at)
    return tuple(
        (first, second)
        for members in houses.values()
        for first, second in combinations(members, 2)
        if kinds[first] != kinds[second]
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

    def of(self, positions: NDArray[np.int64]) -> ListChances:
        """The same for some of the programs, whose positions then count from 0."""
        found = copy(self)
        found._count = positions.size
        found._parts = []
        for part in self._parts:
            rows = np.flatnonzero(np.isin(part.at, positions))
            if rows.size:
                found._parts.append(part.some(np.searchsorted(positions, part.at[rows]), rows))
        return found

    @property
    def red_flags(self) -> tuple[str, ...]:
        """The student's."""
        return tuple(self._parts[0].profile["red_flags"].iloc[0])

    @property
    def expected(self) -> ExpectedScore | None:
        """Scores that the student may have; None where it is known."""
        return self._parts[0].expected

    def over_scores(self, by_score: Floats) -> Floats:
        """Means of chances over the scores that the student may have, shape (programs,)."""
        return self._parts[0].over_scores(by_score)

    def if_sent(self, options: Sequence[str]) -> Callable[[ChanceParameters], dict[str, Floats]]:
        """Chances if every program got the same signal, as a function of the parameters.

        By signal, at each score that the student may have: of shape (draws, k, programs).
        """
        sending = [
            (
                part,
                {
                    o: part.sending(np.full(part.at.size, o, dtype=object), self._assumptions)
                    for o in options
                },
            )
            for part in self._parts
        ]

        def at(parameters: ChanceParameters) -> dict[str, Floats]:
            found: dict[str, list[Floats]] = {option: [] for option in options}
            for part, by_option in sending:
                terms = part.terms(parameters, self._assumptions)
                for option, each in found.items():
                    each.append(by_option[option].by_score(parameters, self._assumptions, terms))
            return {option: in_order(self._parts, each) for option, each in found.items()}

        return at

    def by_score(self, signals: Mapping[int, str]) -> Floats:
        """Chances at each score that the student may have, shape (k, programs); k is 1 if known."""
        parameters = chance_parameters(self._assumptions)
        parts = self._sending(signals)
        return in_order(parts, [part.by_score(parameters, self._assumptions)[0] for part in parts])

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
