"""Where one student stands in the interview season, from files and options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.assumptions import read_assumptions
from analysis.model.choice.season import Standing, season_standing
from analysis.paths import FilePath
from analysis.tables import read_offers, read_programs_and_wishes, read_student
from analysis.text import sentence, sentences
from analysis.text.labels import SEASON_ANSWERS

# Of an application in an answer, in order.
SEASON_COLUMNS = (
    "program_id",
    "program_name",
    "specialty",
    "state",
    "status",
    "interview_chance_before",
    "interview_chance",
    "match_gain",
    "preference",
    "rank",
    "write",
)


@dataclass(frozen=True)
class SeasonAnswer:
    """A student's season so far."""

    found: Standing

    @property
    def _programs(self) -> pd.DataFrame:
        """Without ranks where there are no preferences: they would follow the ids."""
        found = self.found
        return found.programs if found.preference_from else found.programs.assign(rank=None)

    def printed(self) -> list[dict[str, Any]]:
        """Rows for a terminal."""
        return [
            {
                "program": row["program_id"],
                "answer": SEASON_ANSWERS[row["status"]],
                "chance": row["interview_chance"],
                "match_gain": row["match_gain"],
                "rank": row["rank"] or "",
                "write": row["write"] or "",
            }
            for row in self._programs.to_dict("records")
        ]

    def record(self) -> dict[str, Any]:
        """The answer for JSON (docs/methods-list.md, In the season)."""
        found = self.found
        letters = found.programs[found.programs["write"] > 0].sort_values("write")
        record: dict[str, Any] = {
            "interviews": found.interviews,
            "match_chance": found.match_chance,
            "match_chance_before": found.match_chance_before,
            "match_chance_in_hand": found.match_chance_in_hand,
            "one_more_gain": found.one_more_gain,
            "accept_more": found.accept_more,
            "write_to": letters["program_id"].tolist(),
            "rank_order": list(found.rank_order) if found.preference_from else [],
            "why_true_order": sentence("pick/rank_order"),
            "preference_from": found.preference_from,
            "soap_alert": found.soap_alert,
            "soap_below": found.soap_below,
            "soap_steps": sentences("season/soap") if found.soap_alert else [],
            "curve": found.curve.to_dict("records"),
            "programs": self._programs.to_dict("records"),
            "fingerprint": found.fingerprint,
        }
        return record | {"sentences": sentences("season/sentences", **record)}


def season(
    student_id: str,
    students_csv: FilePath,
    programs_csv: FilePath,
    offers_csv: FilePath,
    preferences_csv: FilePath = "",
    assumptions_toml: FilePath | None = None,
    overrides: Sequence[str] = (),
) -> SeasonAnswer:
    """Where one student stands in the interview season.

    Parameters
    ----------
    student_id : str
        Whose season.
    students_csv, programs_csv, offers_csv, preferences_csv : str or path-like
        The tables; preferences may be "".
    assumptions_toml : str or path-like, optional
        Assumptions; the project's own without.
    overrides : sequence of str
        ``--set key=value``.

    Returns
    -------
    SeasonAnswer

    Raises
    ------
    TableError
        If a file cannot be used.
    RowError
        If the student's row is refused or missing.
    AssumptionError, ModelError
        If an assumption is not understood, or the offers are not of this student's programs.
    """
    student = read_student(students_csv, student_id)
    programs, preferences = read_programs_and_wishes(students_csv, programs_csv, preferences_csv)
    assumptions = read_assumptions(assumptions_toml, overrides)
    found = season_standing(student, programs, read_offers(offers_csv), assumptions, preferences)
    return SeasonAnswer(found)
