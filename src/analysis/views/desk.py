"""What a case comes to: the quick numbers of a profile, and the list behind them."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.assumptions import Assumptions, read_assumptions, toml_text
from analysis.errors import Problem, TableError
from analysis.model.chance import interview_chance
from analysis.model.choice.application_list import (
    ApplicationList,
    application_list,
)
from analysis.model.profile import (
    profile_levels,
    profile_points,
    specialties_of,
    typical_cells,
)
from analysis.model.what_if import chances_at_score, chances_with_and_without
from analysis.paths import FilePath, from_root
from analysis.plain_text import formula_as_text, percent
from analysis.tables import read_interview_chances
from analysis.tables.check import check_table, problems_together
from analysis.tables.loading import Checked, listed_problems, report_of
from analysis.text import named_lines, render, sentence, sentences, table
from analysis.text.labels import (
    FACTORS,
    KEY_NUMBERS,
    LIST_SHEET,
    OUR_MODEL,
    OWN_FLAG,
    POLICIES,
    PROGRAM_TYPES,
    SET_HERE,
    TERMS,
    beside_article,
    place_title,
    to_verify,
)
from analysis.views.application_list import ListView
from analysis.views.case import Case, case_assumptions
from analysis.views.pick import left_out_reason, list_words, listed_because
from analysis.vocabulary import NO_FLAG

SAMPLES = "data/sample"
FEWEST = 5  # people of a group that is told of
FEWER = (KEY_NUMBERS["interviews"], KEY_NUMBERS["applications"])


@dataclass(frozen=True)
class Source:
    """A file that lies on the desk."""

    table: str  # which table it is
    name: str = ""  # of the file, as the office calls it; "" where there is none
    # used, refused: Rows that are used, and rows that are left out because something in them is
    # wrong.
    used: int = 0
    refused: int = 0
    # The loader's own words: every problem by line and column, and what was repaired.
    said: str = ""


@dataclass(frozen=True)
class Desk:
    """What lies on the desk while exploring: the tables and the assumptions, read once."""

    # students, programs: Checked rows; without rows where there is no file.
    students: pd.DataFrame
    programs: pd.DataFrame
    preferences: pd.DataFrame | None  # wishes, ties and signals
    article: pd.DataFrame  # the article's chances by red flag
    assumptions: Assumptions  # what cases start from
    # The files of students, programs, preferences and graduates, in this order.
    sources: tuple[Source, ...] = ()
    made_up: bool = False  # whether these are the project's own made-up samples
    graduates: pd.DataFrame | None = None  # past applications of the office's own

    @cached_property
    def usual(self) -> dict[str, float]:
        """Cells of a record, as the model takes them where a student's are not given."""
        score = self.assumptions.value("applicants.step2_mean")
        return {"step2_ck": score, **typical_cells(self.assumptions)}


def read_desk(
    students_csv: FilePath,
    programs_csv: FilePath,
    preferences_csv: FilePath = "",
    assumptions_toml: FilePath | None = None,
    chances_csv: FilePath = "data/article/interview_chances.csv",
    graduates_csv: FilePath = "",
) -> Desk:
    """Read what exploring needs; rows that are refused are left out and counted."""
    paths = {"students": students_csv, "programs": programs_csv, "preferences": preferences_csv}
    paths["graduates"] = graduates_csv
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
        tuple(_source(table, checked) for table in paths),
        any(made_up.values()),
        rows.get("graduates"),
    )


def _usable(path: Path, table: str) -> Checked:
    checked = check_table(path, table)
    if checked.rows.empty and checked.problems:
        raise TableError(checked.problems)
    return checked


def _source(table: str, files: Mapping[str, Checked]) -> Source:
    checked = files.get(table)
    if checked is None:
        return Source(table)
    refused = len({problem.line for problem in checked.problems})
    said = report_of(checked)
    strangers = [p for p in problems_together(files) if p.file == checked.path.name]
    if strangers:
        said += "\n" + render("page/strangers", problems=listed_problems(strangers))
    return Source(table, checked.path.name, len(checked.rows), refused, said)


def checked_file(path: FilePath, table: str) -> tuple[str, bool]:
    """What the loader says of a file, and whether a row of it can be used."""
    try:
        checked = check_table(Path(path), table)
    except TableError as error:
        return render("page/refused", name=Path(path).name, error=error), False
    return report_of(checked), len(checked.rows) > 0


def case_toml(case: Case, desk: Desk) -> str:
    """The assumptions a case rests on, whole, as a file that every command takes."""
    return toml_text(case_assumptions(case, desk.assumptions))


@dataclass(frozen=True)
class Standing:
    """The quick numbers of a case."""

    rows: Mapping[str, str]  # what is counted, and its number in words
    # Of an interview at a typical mid-tier program of the first specialty; NaN without a score.
    chance: float
    # Model and article by red flag at this score; without rows where there is no score.
    by_flag: pd.DataFrame
    title: str  # of the chart of `by_flag`
    weights: pd.DataFrame  # factor, importance (points of 100), basis, source: the weights in force
    notes: tuple[str, ...]  # what was taken as typical, and the like


def standing_of(case: Case, desk: Desk) -> Standing:
    """Where a case stands, without a list: some hundredths of a second."""
    student, assumptions = case.student(), case_assumptions(case, desk.assumptions)
    kinds = specialties_of(student.iloc[0], assumptions)
    typical = chances_with_and_without(student, assumptions)
    here = beside_article(chances_at_score(student, assumptions), desk.article)
    own = here["red_flag"].isin(case.red_flags or (NO_FLAG,))
    here["label"] = here["label"].mask(own, [OWN_FLAG.format(label) for label in here["label"]])
    points = profile_points(student, assumptions)
    total = points["points"].sum() if points["value"].notna().all() else None
    places = typical.to_dict("records")
    rows = named_lines("page/standing", label=KEY_NUMBERS, places=places, points=total)
    return Standing(
        rows,
        float(typical["interview_chance"].iloc[0]),
        here,
        "" if here.empty else place_title(student, kinds),
        _weights_frame(case, assumptions),
        _notes(case, student, assumptions),
    )


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
            "source": SET_HERE
            if own
            else [assumptions.entry(f"weights.{name}").source for name in assumptions.weights],
        }
    )


def _notes(case: Case, student: pd.DataFrame, assumptions: Assumptions) -> tuple[str, ...]:
    typical = profile_levels(student, assumptions)["taken_as_typical"].iloc[0]
    return tuple(sentences("page/notes", no_score=case.step2_ck is None, typical=typical))


@dataclass(frozen=True)
class ListOf:
    """The list of a case, in numbers and words."""

    rows: Mapping[str, str]  # what is counted, and its number in words
    found: ApplicationList | None  # the list itself; None without a score
    view: ListView | None  # the list as the report reads it; None without a score
    curve: pd.DataFrame  # the match chance by rho
    used: tuple[float, ...]  # values of rho that are mixed
    sentences: tuple[str, ...]  # what to say beside the list
    case: Case = field(repr=False)
    preferences: pd.DataFrame | None = field(default=None, repr=False)

    @property
    def names(self) -> dict[str, str]:
        """Names of the programs on the list, by id, in its order."""
        if self.view is None or self.view.empty:
            return {}
        return self.view.programs.set_index("program_id")["name"].astype(str).to_dict()

    @property
    def lines(self) -> list[str]:
        """Programs on the list, each with its state and interview chance, in its order."""
        rows = [] if self.view is None else self.view.programs.to_dict("records")
        return [f"{row['name']} ({row['state']}) {percent(row['chance'])}" for row in rows]

    @property
    def states(self) -> dict[str, int]:
        """How many programs of the list each state has, the most first."""
        if self.view is None or self.view.empty:
            return {}
        return self.view.programs["state"].value_counts().to_dict()

    @cached_property
    def programs(self) -> pd.DataFrame:
        """Every program of the case's specialties in words, those on the list first, by id."""
        rows = [] if self.found is None else _program_rows(self.case, self.found, self.preferences)
        shown = table("page/programs_table", rows=rows)
        return shown.set_index(shown.columns[0])


def list_of(case: Case, desk: Desk) -> ListOf:
    """The list a case comes to; without a score there is none, and a sentence says so."""
    assumptions = case_assumptions(case, desk.assumptions)
    used = assumptions.values("latent_correlation")
    no_programs = desk.programs.empty
    if no_programs or case.step2_ck is None:
        why = (sentence("page/no_list", no_programs=no_programs),)
        return ListOf({}, None, None, pd.DataFrame(), used, why, case)
    programs, preferences = case_tables(case, desk)
    student = case.student()
    found = application_list(
        student, programs, assumptions, preferences, left_out_number=len(programs)
    )
    view = ListView(found, assumptions)
    words = list_words(view)
    said = sentences("pick/sentences" if view.empty else "page/list", **words)
    return ListOf(
        named_lines("page/numbers", label=KEY_NUMBERS, **words),
        found,
        view,
        # Of an empty list there is nothing to draw.
        pd.DataFrame()
        if view.empty
        else found.match_chance_by_rho.assign(basis="assumption", source=OUR_MODEL),
        used,
        tuple(said),
        case,
        preferences,
    )


def case_tables(case: Case, desk: Desk) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Programs and preferences as a case has them."""
    programs = desk.programs.copy() if case.confirmed else desk.programs
    for program_id, column, value in case.confirmed:
        if column in programs.columns:
            here = programs["program_id"] == program_id
            number = programs[column].dtype.kind == "f"
            programs.loc[here, column] = float(value) if number else value
    if desk.preferences is None and not case.marks:
        return programs, None
    known = set(programs["program_id"])
    own: dict[str, dict[str, Any]] = {}
    columns = ["student_id", "program_id", "preference", "tie", "signal"]
    if desk.preferences is not None:
        columns = list(desk.preferences.columns)
        rows = desk.preferences[desk.preferences["student_id"] == case.student_id]
        own = {row["program_id"]: row for row in rows.to_dict("records")}
    for program_id, tie, signal in case.marks:
        row = own.setdefault(program_id, {"student_id": case.student_id, "program_id": program_id})
        row |= {"tie": tie or None, "signal": signal or None}
    rows = pd.DataFrame([row for one, row in own.items() if one in known], columns=columns)
    kinds = {name: "float64" if name == "preference" else "str" for name in columns}
    return programs, rows.astype(kinds)


def policies_to_confirm(case: Case, desk: Desk, program_id: str) -> list[str]:
    """Policies of a program to ask about for this case, and those that it has confirmed."""
    unknown = _own_chance(case, desk, program_id)["unknown"].split(";")
    unknown += [column for one, column, _ in case.confirmed if one == program_id]
    return [column for column in POLICIES if column in unknown]


def _program_rows(
    case: Case, found: ApplicationList, preferences: pd.DataFrame | None
) -> list[dict[str, Any]]:
    """What is told of every program of the case's specialties."""
    about = found.problem.programs.set_index("program_id")
    ties: dict[str, str] = {}
    if preferences is not None:
        own = preferences[preferences["student_id"] == case.student_id]
        ties = dict(own.set_index("program_id")["tie"].dropna())
    optional = set(found.optional["program_id"]) if len(found.optional) else set()
    rows = []
    listed = [(row, True) for row in found.programs.to_dict("records")]
    for row, on in [*listed, *((row, False) for row in found.left_out.to_dict("records"))]:
        program_id = str(row["program_id"])
        row |= {
            "on_list": on,
            "optional": program_id in optional,
            "state": about.at[program_id, "state"],
            "type": PROGRAM_TYPES[about.at[program_id, "program_type"]],
            "tie": ties.get(program_id, ""),
            "pinned": program_id in case.must_apply,
            "excluded": program_id in case.never_apply,
            "why": listed_because(row) if on else left_out_reason(row),
            "confirm": to_verify(row["unknown"]) if on else [],
        }
        rows.append(row)
    return rows


def program_card(case: Case, desk: Desk, listed: ListOf, program_id: str) -> dict[str, str]:
    """What there is to say of one program for one case, by name."""
    program = case_tables(case, desk)[0].set_index("program_id").loc[program_id]
    own = _own_chance(case, desk, program_id)
    told = {
        column: None if pd.isna(program.get(column)) else program[column]
        for column in (*POLICIES, "note", "source", "as_of")
    }
    offered, received = program["interviews_offered"], program["applications_received"]
    drives = [
        f"{name} {points:+.0f} points"
        for name, points in _drivers(own).items()
        if abs(points) >= 0.5
    ]
    return named_lines(
        "page/program",
        row=listed.programs.loc[program_id],
        state=program["state"],
        rate=None if pd.isna(offered) or pd.isna(received) else offered / received,
        interviews=offered,
        applications=received,
        drives=drives,
        confirm=to_verify(own["unknown"]),
        **told,
    )


def _own_chance(case: Case, desk: Desk, program_id: str) -> pd.Series:
    """The chance of a case at one program, with its parts and what is unknown for this student."""
    programs, _ = case_tables(case, desk)
    programs = programs[programs["program_id"] == program_id]
    assumptions = case_assumptions(case, desk.assumptions)
    return interview_chance(case.student(), programs, assumptions).iloc[0]


def _drivers(chances: pd.Series) -> dict[str, float]:
    """Points of interview chance that each part of the record moves at one program."""
    terms = {name: chances[name] for name in chances.index if name.startswith("logit_")}
    chance = float(chances["interview_chance"])
    if not 0 < chance < 1:
        return {}
    logit = math.log(chance / (1 - chance))
    moved = {}
    for name, value in terms.items():
        words = TERMS.get(name.removeprefix("logit_"))
        if words and pd.notna(value):
            without = 1 / (1 + math.exp(float(value) - logit))
            moved[words] = 100 * (chance - without)
    return moved


def list_rows(listed: ListOf, said: str) -> pd.DataFrame:
    """The table of programs as a file has it: what a spreadsheet would run is text there."""
    rows = listed.programs.reset_index()
    rows = rows.map(lambda value: formula_as_text(value) if isinstance(value, str) else value)
    if said:
        rows.insert(0, "What-if", said)
    return rows


def list_xlsx(rows: pd.DataFrame) -> bytes:
    """Rows as a workbook."""
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs={"options": options}) as book:
        rows.to_excel(book, sheet_name=LIST_SHEET, index=False, freeze_panes=(1, 0))
        sheet = book.sheets[LIST_SHEET]
        for at, name in enumerate(rows.columns):
            longest = max([len(str(name)), *(len(str(v)) for v in rows[name])])
            sheet.set_column(at, at, min(60, longest + 2))
        sheet.autofilter(0, 0, len(rows), len(rows.columns) - 1)
    return buffer.getvalue()


def beside_graduates(case: Case, desk: Desk, by_flag: pd.DataFrame) -> list[str]:
    """What the office's own graduates say beside the model; fewer than five are not shown."""
    if desk.graduates is None:
        return []
    graduates = desk.graduates
    specialty = case.specialty[0]
    rows = graduates[[specialty in _several(names) for names in graduates["specialty"]]]
    people = rows.groupby("graduate_id").agg(
        step2_ck=("step2_ck", "first"),
        matched=("matched", "max"),
        applied=("matched", "size"),
        interviewed=("interviewed", "sum"),
        red_flags=("red_flags", "first"),
    )
    scores = people.loc[people["matched"] == 1, "step2_ck"].dropna()
    percentile = None
    if case.step2_ck is not None and len(scores) >= FEWEST:
        below = (scores < case.step2_ck).mean() + (scores == case.step2_ck).mean() / 2
        percentile = round(100 * below)
    modeled = dict(
        zip(by_flag.get("red_flag", ()), by_flag.get("interview_chance", ()), strict=True)
    )
    flags = []
    for flag in case.red_flags:
        own = people[[flag in _several(held) for held in people["red_flags"]]]
        applied = own["applied"].sum()
        flags.append(
            {
                "flag": flag,
                "graduates": len(own),
                "matched": int(own["matched"].sum()),
                "interviewed": own["interviewed"].sum() / applied if applied else 0.0,
                "modeled": modeled.get(flag),
            }
        )
    return sentences(
        "page/graduates",
        specialty=specialty,
        score=case.step2_ck,
        fewest=FEWEST,
        percentile=percentile,
        matched=len(scores),
        flags=flags,
    )


def _several(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def changed_lines(before: Mapping[str, str], after: ListOf, old: Mapping[str, str]) -> list[str]:
    """How a list differs from another: at most three lines, at most five programs named."""
    new = after.names
    short = {name: said.split(" (")[0] for name, said in after.rows.items()}
    was = {name: before[name].split(" (")[0] for name in short if name in before}
    # A better record needs fewer applications, and then expects fewer interviews.
    fewer = [name for name in was if name in FEWER and float(short[name]) < float(was[name])]
    return sentences(
        "page/changed",
        numbers=[(name, was[name], short[name]) for name in was if was[name] != short[name]],
        on_shorter_list=KEY_NUMBERS["interviews"] if len(fewer) == len(FEWER) else "",
        enter=[new[one] for one in new if one not in old],
        leave=[old[one] for one in old if one not in new],
    )
