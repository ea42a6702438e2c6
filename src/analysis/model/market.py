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
from analysis.model.level import ProgramLevels, program_levels
from analysis.model.parameters import ChanceParameters
from analysis.model.profile import profile_levels, specialties_of
from analysis.model.screening import Gate, gate
from analysis.model.terms import Terms, terms_of

__all__ = ["Market", "Part"]

Floats = NDArray[np.floating]


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
    signal: NDArray[np.float64]

    def sending(self, signals: NDArray[Any], assumptions: Assumptions) -> Part:
        """Give the same part with other signals, shape (m,)."""
        flags = self.profile["red_flags"].iloc[0]
        doors = gate(self.student, flags, self.programs, assumptions, self.ties, signals)
        return replace(self, gate=doors, signal=_log_odds_of(signals, assumptions))

    def terms(self, parameters: ChanceParameters, assumptions: Assumptions) -> Terms:
        """Terms of the log-odds at some parameters."""
        return terms_of(self.profile, self.kind, self.levels, parameters, assumptions)

    def chances(self, parameters: ChanceParameters, assumptions: Assumptions) -> Floats:
        """Chances at each set of the parameters, gate included, shape (draws, m)."""
        read = self.terms(parameters, assumptions).chance(self.signal)
        return np.asarray(read.reshape(-1, len(self.programs)) * self.gate.opening)


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
        for at, row in enumerate(students.to_dict("records")):
            yield list(self._parts_of(row, profiles.iloc[[at]]))

    def _parts_of(self, row: Mapping[str, Any], profile: pd.DataFrame) -> Iterator[Part]:
        kinds = specialties_of(row, self._assumptions)
        flags = profile["red_flags"].iloc[0]
        slices = self._slices(tuple(kinds), row)
        for (specialty, kind), (at, programs, levels) in zip(kinds.items(), slices, strict=True):
            ties, signals = self._ties(str(row["student_id"]), programs)
            doors = gate(row, flags, programs, self._assumptions, ties, signals)
            signal = _log_odds_of(signals, self._assumptions)
            yield Part(at, specialty, kind, programs, profile, levels, row, ties, doors, signal)

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


def _log_odds_of(signals: NDArray[Any], assumptions: Assumptions) -> NDArray[np.float64]:
    found = np.zeros(len(signals))
    for colour in ("gold", "silver"):
        found[signals == colour] = np.log(assumptions.value(f"signals.{colour}"))
    return found
