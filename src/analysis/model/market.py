"""The programs a student may apply to, specialty by specialty and all in one basis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.expected_score import ExpectedScore, expected_score
from analysis.model.level import ProgramLevels, program_levels
from analysis.model.parameters import ChanceParameters, chance_parameters, listed
from analysis.model.profile import profile_levels, specialties_of
from analysis.model.terms import Gate, Terms, gate, terms_of

__all__ = ["DIVISIONS", "Market", "Part", "place_log_odds"]

Floats = NDArray[np.float64]
# The nine divisions of the US Census Bureau, which ERAS offers as geographic preferences.
DIVISIONS = {
    "new_england": "CT ME MA NH RI VT",
    "middle_atlantic": "NJ NY PA",
    "east_north_central": "IL IN MI OH WI",
    "west_north_central": "IA KS MN MO NE ND SD",
    "south_atlantic": "DE DC FL GA MD NC SC VA WV",
    "east_south_central": "AL KY MS TN",
    "west_south_central": "AR LA OK TX",
    "mountain": "AZ CO ID MT NV NM UT WY",
    "pacific": "AK CA HI OR WA",
}
DIVISION_OF = {state: name for name, states in DIVISIONS.items() for state in states.split()}


@dataclass(frozen=True)
class Part:
    """One student and the programs of one of the student's specialties."""

    at: NDArray[np.int64]
    specialty: str
    kind: str
    programs: pd.DataFrame
    profile: pd.DataFrame
    levels: ProgramLevels
    student: Mapping[str, Any]
    ties: NDArray[Any]
    gate: Gate
    signals: NDArray[Any]
    place: NDArray[np.float64]
    place_known: bool
    expected: ExpectedScore | None = None

    def sending(self, signals: NDArray[Any], assumptions: Assumptions) -> Part:
        """Give the same part with other signals, shape (m,)."""
        flags = self.profile["red_flags"].iloc[0]
        asked = (flags, self.programs, assumptions, self.ties, signals)
        return replace(self, gate=_gates(self.student, self.expected, *asked), signals=signals)

    def some(self, at: NDArray[np.int64], rows: NDArray[np.int64]) -> Part:
        """The same for some of its programs, by row, at other places among all."""
        return replace(
            self,
            at=at,
            programs=self.programs.iloc[rows],
            levels=self.levels.some(rows),
            ties=self.ties[rows],
            gate=self.gate.some(rows),
            signals=self.signals[rows],
            place=self.place[rows],
        )

    @property
    def signal(self) -> NDArray[np.float64]:
        """Log-odds of the signals sent, shape (m,)."""
        return self._signal(chance_parameters(self.levels.assumptions))

    def _signal(self, parameters: ChanceParameters) -> NDArray[np.float64]:
        return self.levels.signal_term(self.signals, self.kind, parameters)

    def terms(self, parameters: ChanceParameters, assumptions: Assumptions) -> Terms:
        """Terms of the log-odds at some parameters."""
        return terms_of(self.profile, self.kind, self.levels, parameters, assumptions)

    def chances(self, parameters: ChanceParameters, assumptions: Assumptions) -> Floats:
        """Chances at each set of the parameters, gate included, shape (draws, m)."""
        return self.over_scores(self.by_score(parameters, assumptions))

    def by_score(
        self, parameters: ChanceParameters, assumptions: Assumptions, terms: Terms | None = None
    ) -> Floats:
        """Chances at each score that the student may have, shape (draws, k, m); k is 1 if known.

        ``terms``: those of the same parameters, where they are at hand.
        """
        further = self._signal(parameters) + self.place
        read = (terms or self.terms(parameters, assumptions)).chance(further)
        return np.asarray(
            read.reshape(-1, len(self.profile), len(self.programs)) * self.gate.opening
        )

    def over_scores(self, by_score: Floats) -> Floats:
        """Means over the scores that the student may have, of the axis before the last."""
        if self.expected is None:
            return by_score[..., 0, :]
        return np.einsum("k,...km->...m", self.expected.weight, by_score)

    def drawn(self, parameters: ChanceParameters, assumptions: Assumptions) -> Floats:
        """Chances of each draw, which draws a score too where none is known, shape (draws, m)."""
        by_score = self.by_score(parameters, assumptions)
        if self.expected is None:
            return by_score[:, 0]
        failing = np.zeros((len(by_score), 1, by_score.shape[2]))
        score = self.expected.drawn(len(by_score))
        padded = np.concatenate([by_score, failing], axis=1)
        return padded[np.arange(len(by_score)), score]


class Market:
    """Programs, looked up once for all students of the same specialties."""

    def __init__(
        self,
        programs: pd.DataFrame,
        assumptions: Assumptions,
        preferences: pd.DataFrame | None = None,
    ) -> None:
        self._programs = programs
        self._assumptions = assumptions
        self._wishes = (
            {}
            if preferences is None
            else {str(one): rows for one, rows in preferences.groupby("student_id")}
        )
        self._known: dict[tuple[str, ...], list[tuple[NDArray[np.int64], Any, Any]]] = {}

    def parts(self, students: pd.DataFrame) -> Iterator[list[Part]]:
        """Parts of each student, in the student's order of specialties."""
        profiles = profile_levels(students, self._assumptions)
        # A twentieth of the time of `to_dict`, which takes column by column for a single row too.
        for at, cells in enumerate(students.to_numpy(dtype=object)):
            row = dict(zip(students.columns, cells, strict=True))
            expected = expected_score(row, self._assumptions)
            profile = profiles.iloc[[at]]
            if expected is not None:
                each = students.iloc[[at] * len(expected.score)].assign(step2_ck=expected.score)
                profile = profile_levels(each, self._assumptions)
            yield list(self._parts_of(row, profile, expected))

    def _parts_of(
        self, row: Mapping[str, Any], profile: pd.DataFrame, expected: ExpectedScore | None
    ) -> Iterator[Part]:
        kinds = specialties_of(row, self._assumptions)
        flags = profile["red_flags"].iloc[0]
        slices = self._slices(tuple(kinds), row)
        for (specialty, kind), (at, programs, levels) in zip(kinds.items(), slices, strict=True):
            ties, signals = self._ties(str(row["student_id"]), programs)
            doors = _gates(row, expected, flags, programs, self._assumptions, ties, signals)
            known = place_log_odds(row, programs, ties, self._assumptions)
            place = levels.place_term(known, kind)
            yield Part(
                at,
                specialty,
                kind,
                programs,
                profile,
                levels,
                row,
                ties,
                doors,
                signals,
                place,
                known is not None,
                expected,
            )

    def _slices(self, names: tuple[str, ...], row: Mapping[str, Any]) -> list[Any]:
        if names not in self._known:
            eligible = self._programs[self._programs["specialty"].isin(list(names))]
            specialty = eligible["specialty"].to_numpy()
            missing = [name for name in names if not np.any(specialty == name)]
            if missing:
                message = f"no program of {missing[0]} for student {row['student_id']}"
                raise ModelError(message)
            levels = program_levels(eligible, self._assumptions)
            self._known[names] = []
            for name in names:
                at = np.flatnonzero(specialty == name)
                self._known[names].append((at, eligible.iloc[at], levels.at(at)))
        return self._known[names]

    def _ties(self, student_id: str, programs: pd.DataFrame) -> tuple[NDArray[Any], NDArray[Any]]:
        blank = np.full(len(programs), "", dtype=object)
        if student_id not in self._wishes:
            return blank, blank
        own = self._wishes[student_id]

        def column(name: str) -> NDArray[Any]:
            if name not in own or own[name].isna().all():
                return blank
            said = own[name].notna()
            words = dict(zip(own["program_id"][said], own[name][said], strict=True))
            return np.array([words.get(one, "") for one in programs["program_id"]], dtype=object)

        return column("tie"), column("signal")


def _gates(student: Mapping[str, Any], expected: ExpectedScore | None, *asked: Any) -> Gate:
    """Gate of a student, at each score that it may be: openings of shape (k, m)."""
    if expected is None:
        return gate(student, *asked)
    _, programs, *_ = asked
    cutoff = programs["step2_cutoff"].to_numpy(dtype=float)
    known: dict[bytes, Gate] = {}
    each = []
    for score in expected.score:
        under = (score < cutoff).tobytes()
        if under not in known:
            record = {**student, "step2_ck": score, "comlex_only": expected.exam == "comlex2"}
            known[under] = gate(record, *asked)
        each.append(known[under])
    highest = each[-1]
    openings = {name: np.stack([getattr(one, name) for one in each]) for name in OPENINGS}
    return Gate(**openings, reason=highest.reason, unknown=highest.unknown)


OPENINGS = ("opening", "if_open", "if_closes")


def place_log_odds(
    student: Mapping[str, Any],
    programs: pd.DataFrame,
    ties: NDArray[Any],
    assumptions: Assumptions,
) -> NDArray[np.float64] | None:
    """Log-odds of a student's place at each program; None where nothing is known of it."""
    own = {str(student.get(name)) for name in ("home_state", "school_state")} & set(DIVISION_OF)
    wanted = {_division(name) for name in listed(student.get("preferred_divisions"))} - {""}
    home = ties == "home"
    if not own and not wanted and not home.any():
        return None
    states = programs["state"].to_numpy(dtype=object) if "state" in programs else [""] * len(home)
    odds = np.ones(len(programs))
    for at, state in enumerate(states):
        if DIVISION_OF.get(state) in wanted:
            odds[at] = assumptions.value("place.preferred_division_odds")
        if state in own or home[at]:
            odds[at] = max(odds[at], assumptions.value("place.same_state_odds"))
    return np.asarray(np.log(odds))


def _division(name: str) -> str:
    """A census division by its name, however it is written; "" if there is none."""
    spelled = "".join(letter for letter in name.casefold() if letter.isalpha())
    return next((one for one in DIVISIONS if one.replace("_", "") == spelled), "")
