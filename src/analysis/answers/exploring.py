"""What a case comes to: the quick numbers of a profile, and the list behind them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from analysis import advice
from analysis.advice.labels import FACTORS, percent
from analysis.advice.list_overview import list_summary, unknowns_sentence
from analysis.advice.list_words import left_out_reason, listed_because, no_list_sentence, to_verify
from analysis.answers.case import Case, case_assumptions, cell_text
from analysis.assumptions import Assumptions, read_assumptions, toml_text
from analysis.errors import Problem, TableError
from analysis.model.by_flag import chances_at_score, chances_with_and_without
from analysis.model.choice.application_list import ApplicationList, application_list, list_room
from analysis.model.profile import profile_levels, profile_points, specialties_of
from analysis.paths import from_root
from analysis.tables import read_interview_chances
from analysis.tables.check import check_table
from analysis.tables.loading import Checked, report_of

__all__ = [
    "Desk",
    "ListOf",
    "Source",
    "Standing",
    "case_toml",
    "checked_file",
    "list_of",
    "read_desk",
    "rows_csv",
    "standing_of",
    "whose_data",
]

FilePath = str | os.PathLike[str]
SOURCE = "Countersignal model"
SAMPLES = "data/sample"
NAMES_OF_TABLES = {
    "students": ("Class", "student", "students"),
    "programs": ("Programs", "program", "programs"),
    "preferences": ("Preferences", "row", "rows"),
}
NO_PROGRAMS = (
    "There is no list yet: no programs file is in use. Hand in the office's own under Data."
)


@dataclass(frozen=True)
class Source:
    """A file that lies on the desk.

    Parameters
    ----------
    table : str
        Which table it is.
    name : str
        Of the file, as the office calls it; "" where there is none.
    used, refused : int
        Rows that are used, and rows that are left out because something in them is wrong.
    said : str
        The loader's own words: every problem by line and column, and what was repaired.
    """

    table: str
    name: str = ""
    used: int = 0
    refused: int = 0
    said: str = ""


@dataclass(frozen=True)
class Desk:
    """What lies on the desk while exploring: the tables and the assumptions, read once.

    Parameters
    ----------
    students, programs : DataFrame
        Checked rows; without rows where there is no file.
    preferences : DataFrame or None
        Wishes, ties and signals.
    article : DataFrame
        The article's chances by red flag.
    assumptions : Assumptions
        What cases start from.
    sources : tuple of Source
        The files of students, programs and preferences, in this order.
    made_up : bool
        Whether these are the project's own made-up samples.
    """

    students: pd.DataFrame
    programs: pd.DataFrame
    preferences: pd.DataFrame | None
    article: pd.DataFrame
    assumptions: Assumptions
    sources: tuple[Source, ...] = ()
    made_up: bool = False


def read_desk(
    students_csv: FilePath,
    programs_csv: FilePath,
    preferences_csv: FilePath = "",
    assumptions_toml: FilePath | None = None,
    chances_csv: FilePath = "data/article/interview_chances.csv",
) -> Desk:
    """Read what exploring needs; rows that are refused are left out and counted.

    Parameters
    ----------
    students_csv, programs_csv, preferences_csv : str or path-like
        The tables, from the project root; "" for none.
    assumptions_toml : str or path-like, optional
        Assumptions; the project's own without.
    chances_csv : str or path-like
        The article's chances.

    Returns
    -------
    Desk
        The tables.

    Raises
    ------
    TableError
        If a file cannot be used, no row of it can, or the sample stands beside a file that is not.
    AssumptionError
        If the assumptions are not understood.
    """
    paths = {"students": students_csv, "programs": programs_csv, "preferences": preferences_csv}
    given = {table: from_root(path) for table, path in paths.items() if path}
    made_up = {table: path.parent == from_root(SAMPLES) for table, path in given.items()}
    if len(set(made_up.values())) > 1:
        table = next(name for name, sample in made_up.items() if sample)
        expected = "a file of your own: made-up sample data never stand beside real data"
        raise TableError(Problem(given[table].name, expected))
    checked = {table: _usable(path, table) for table, path in given.items()}
    rows = {table: one.rows for table, one in checked.items()}
    return Desk(
        rows.get("students", pd.DataFrame({"student_id": []}, dtype="str")),
        rows.get("programs", pd.DataFrame({"program_id": [], "specialty": []}, dtype="str")),
        rows.get("preferences"),
        read_interview_chances(from_root(chances_csv)),
        read_assumptions(assumptions_toml or None),
        tuple(_source(table, checked.get(table)) for table in paths),
        any(made_up.values()),
    )


def _usable(path: Path, table: str) -> Checked:
    checked = check_table(path, table)
    if checked.rows.empty and checked.problems:
        raise TableError(checked.problems)
    return checked


def _source(table: str, checked: Checked | None) -> Source:
    if checked is None:
        return Source(table)
    refused = len({problem.line for problem in checked.problems})
    return Source(table, checked.path.name, len(checked.rows), refused, report_of(checked))


def checked_file(path: FilePath, table: str) -> tuple[str, bool]:
    """What the loader says of a file, and whether a row of it can be used."""
    try:
        checked = check_table(Path(path), table)
    except TableError as error:
        return f"{Path(path).name}: cannot be used\n{error}", False
    return report_of(checked), len(checked.rows) > 0


def whose_data(desk: Desk) -> str:
    """Whose data are shown, from which files, with how many rows used and refused."""
    if desk.made_up:
        return "Made-up sample data: no real student and no real program."
    parts = []
    for source in desk.sources:
        name, one, many = NAMES_OF_TABLES[source.table]
        if not source.name:
            parts.append(f"{name}: none yet")
            continue
        counted = f"{source.used} {one if source.used == 1 else many} used"
        if source.refused:
            rows = "row" if source.refused == 1 else "rows"
            counted += f", {source.refused} {rows} refused and left out"
        parts.append(f"{name}: {source.name} ({counted})")
    return f"Your office's data. {'. '.join(parts)}."


def rows_csv(rows: pd.DataFrame) -> str:
    """Rows of a table as CSV that the loader reads back; unknown is empty."""
    return rows.map(cell_text).to_csv(index=False, lineterminator="\n")


def case_toml(case: Case, desk: Desk) -> str:
    """The assumptions a case rests on, whole, as a file that every command takes."""
    return toml_text(case_assumptions(case, desk.assumptions))


@dataclass(frozen=True)
class Standing:
    """The quick numbers of a case.

    Parameters
    ----------
    rows : mapping of str to str
        What is counted, and its number in words.
    chance : float
        Of an interview at a typical mid-tier program of the first specialty; NaN without a score.
    by_flag : DataFrame
        Model and article by red flag at this score; without rows where there is no score.
    title : str
        Of the chart of `by_flag`.
    weights : DataFrame
        factor, importance (points of 100), basis, source: the weights in force.
    notes : tuple of str
        What was taken as typical, and the like.
    """

    rows: Mapping[str, str]
    chance: float
    by_flag: pd.DataFrame
    title: str
    weights: pd.DataFrame
    notes: tuple[str, ...]


def standing_of(case: Case, desk: Desk) -> Standing:
    """Where a case stands, without a list: some hundredths of a second."""
    student, assumptions = case.student(), case_assumptions(case, desk.assumptions)
    kinds = specialties_of(student.iloc[0], assumptions)
    typical = chances_with_and_without(student, assumptions)
    here = advice.beside_article(chances_at_score(student, assumptions), desk.article)
    points = profile_points(student, assumptions)
    return Standing(
        MappingProxyType(_standing_rows(typical, points)),
        float(typical["interview_chance"].iloc[0]),
        here,
        "" if here.empty else advice.place_title(student, kinds),
        _weights_frame(case, assumptions),
        _notes(case, student, assumptions),
    )


def _standing_rows(typical: pd.DataFrame, points: pd.DataFrame) -> dict[str, str]:
    rows = {}
    several = len(typical) > 1
    for place in typical.to_dict("records"):
        where = f" in {place['specialty']}" if several else ""
        known = not pd.isna(place["interview_chance"])
        rows[f"Interview at a typical mid-tier program{where}"] = (
            _with_range(place["interview_chance"], place["low"], place["high"])
            if known
            else "no score, no chance"
        )
        rows[f"The same record without a red flag{where}"] = (
            percent(place["without_flags"]) if known else "no score, no chance"
        )
    total = points["points"].sum() if points["value"].notna().all() else None
    rows["Profile, of 100 points"] = "cannot be weighed up" if total is None else f"{total:.0f}"
    return rows


def _with_range(chance: float, low: float, high: float) -> str:
    ends = "" if pd.isna(low) else f" ({percent(low)} to {percent(high)})"
    return f"{percent(chance)}{ends}"


def _weights_frame(case: Case, assumptions: Assumptions) -> pd.DataFrame:
    own = bool(case.weights)
    return pd.DataFrame(
        {
            "factor": [FACTORS[name] for name in assumptions.weights],
            "importance": [100 * share for share in assumptions.weights.values()],
            "basis": [
                "assumption" if own else assumptions.entry(f"weights.{name}").basis
                for name in assumptions.weights
            ],
            "source": "set on this page"
            if own
            else [assumptions.entry(f"weights.{name}").source for name in assumptions.weights],
        }
    )


def _notes(case: Case, student: pd.DataFrame, assumptions: Assumptions) -> tuple[str, ...]:
    if case.step2_ck is None:
        return ("No Step 2 CK score yet: move its slider to ask what a score would do.",)
    words = {
        "clerkship_honors_fraction": "clerkship grades",
        "letters": "letters",
        "research_items": "research",
    }
    taken = profile_levels(student, assumptions)["taken_as_typical"].iloc[0]
    empty = [words[name] for name in taken]
    return (f"Not given and taken as typical: {', '.join(empty)}.",) if empty else ()


@dataclass(frozen=True)
class ListOf:
    """The list of a case, in numbers and words.

    Parameters
    ----------
    rows : mapping of str to str
        What is counted, and its number in words.
    found : ApplicationList or None
        The list itself; None without a score.
    programs : DataFrame
        A row a program in words: No., Program, State, Group, Chance, Range, Signal, Why, Ask.
    left_out : DataFrame
        Program, Chance, Why not.
    curve : DataFrame
        The match chance by rho.
    used : tuple of float
        Values of rho that are mixed.
    sentences : tuple of str
        What to say beside the list.
    """

    rows: Mapping[str, str]
    found: ApplicationList | None
    programs: pd.DataFrame
    left_out: pd.DataFrame
    curve: pd.DataFrame
    used: tuple[float, ...]
    sentences: tuple[str, ...]

    @property
    def names(self) -> dict[str, str]:
        """Names of the programs on the list, by id."""
        ids = self.found.chosen if self.found is not None else ()
        names = self.programs["Program"] if len(self.programs) else ()
        return dict(zip(ids, names, strict=True))


def list_of(case: Case, desk: Desk) -> ListOf:
    """The list a case comes to.

    Parameters
    ----------
    case : Case
        Any.
    desk : Desk
        The tables.

    Returns
    -------
    ListOf
        Equal cases give equal lists; without a score there is none, and a sentence says so.

    Raises
    ------
    ModelError, AssumptionError
        If the case or its wishes are not understood or contradict each other.
    """
    assumptions = case_assumptions(case, desk.assumptions)
    used = assumptions.values("latent_correlation")
    missing = (
        NO_PROGRAMS
        if desk.programs.empty
        else "There is no list without a Step 2 CK score."
        if case.step2_ck is None
        else ""
    )
    if missing:
        empty = pd.DataFrame()
        return ListOf(MappingProxyType({}), None, empty, empty, empty, used, (missing,))
    programs = desk.programs[~desk.programs["state"].isin(case.exclude_states)]
    found = application_list(case.student(), programs, assumptions, desk.preferences)
    records = found.programs.to_dict("records")
    sentences = (
        list_summary(records) if records else no_list_sentence(list_room(found)),
        unknowns_sentence(found.unknowns, len(records), found.match_chance_if_unknowns_close)
        if records
        else "",
        f"The chances begin at {advice.level_words(assumptions)}: compare cases with them; they "
        "are no forecast."
        if found.chance_basis == "article"
        else "",
    )
    return ListOf(
        MappingProxyType(_list_rows(found)),
        found,
        pd.DataFrame([_program_words(row) for row in records]),
        pd.DataFrame([_left_out_words(row) for row in found.left_out.to_dict("records")]),
        # Of an empty list there is nothing to draw.
        found.match_chance_by_rho.assign(basis="assumption", source=SOURCE)
        if records
        else pd.DataFrame(),
        used,
        tuple(sentence for sentence in sentences if sentence),
    )


def _list_rows(found: ApplicationList) -> dict[str, str]:
    return {
        "A match, with the list below": _with_range(
            found.match_chance, found.match_chance_low, found.match_chance_high
        ),
        "A match, if all that is to verify turns out badly": percent(
            found.match_chance_if_unknowns_close
        ),
        "Expected interviews": f"{found.expected_interviews:.1f}",
        "Applications on the list": str(len(found.programs)),
        "Application fees": f"${found.fee_usd:,.0f}",
    }


def _program_words(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "No.": str(row["rank"]),
        "Program": str(row["program_name"]),
        "State": str(row["state"]),
        "Group": str(row["group"]),
        "Chance": percent(row["interview_chance"]),
        "Range": f"{percent(row['low'])} to {percent(row['high'])}",
        "Signal": "–" if row["signal"] == "none" else str(row["signal"]),
        "Why it is here": listed_because(row),
        "To ask": "; ".join(to_verify(row["unknown"])) or "–",
    }


def _left_out_words(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "Program": str(row["program_name"]),
        "Chance": percent(row["interview_chance"]),
        "Why it is not on the list": left_out_reason(row),
    }
