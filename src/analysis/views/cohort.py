"""The class overview: its numbers and tables."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.assumptions import Assumptions, read_assumptions
from analysis.errors import ModelError, Problem
from analysis.model.choice.application_list import ApplicationList, application_list
from analysis.model.choice.problem import ListWishes
from analysis.model.cohort import (
    Member,
    answers_at_stake,
    as_assumed,
    as_varied,
    further_applications,
    matches_by_step,
    member_of,
    room_of,
    season,
    second_specialties,
    shared_programs,
    shared_signals,
)
from analysis.model.outcomes.graduates import (
    ALL,
    FLAGGED,
    SPOTLESS,
    groups_of_flags,
    matched_by_flag,
)
from analysis.tables import read_if_given, read_programs
from analysis.tables.check import check_table
from analysis.text import of_100, render, sentence
from analysis.text.labels import FLAGS, joined, to_verify
from analysis.views.application_list import ListView
from analysis.views.pick import changed_wishes, list_words

__all__ = [
    "LISTED",
    "NO_LIST",
    "NO_SCORE",
    "SOURCE",
    "ClassOverview",
    "by_specialty",
    "calls_rows",
    "class_overview",
    "first_rows",
    "graduate_rows",
    "list_rows",
    "next_step",
    "rests_on",
    "shared_rows",
    "standing",
]

ROWS_OF_THE_CHART = 40  # a page
SOURCE = "Countersignal model; the office's files"
RESTS_ON = {
    "classmates.most_at_a_program": "Students of one class that a program takes, unless it is "
    "their home",
    "classmates.shared_factor": "Share of what decides beyond the file that is common to "
    "classmates",
    "match_given_interview": "Chance of a match at a program after an interview there",
    "latent_correlation": "How far programs decide alike",
    "classmates.risk_of_no_match": "Risk of no match above which a student stands first",
}
OF_A_RANGE = {
    "classmates.most_at_a_program": "classmates.most_at_a_program_range",
    "classmates.shared_factor": "classmates.shared_factor_range",
    "match_given_interview": "uncertainty.match_given_interview",
}
GROUPS = {ALL: "All", SPOTLESS: "Without a red flag", FLAGGED: "With a red flag"}


def _specialty(cell: Any) -> str:
    return joined(cell) if not isinstance(cell, str) else cell


def _flags(cell: Any) -> str:
    return "; ".join(FLAGS[code] for code in cell) if len(cell) else FLAGS["none"]


def by_specialty(listed: pd.DataFrame) -> pd.DataFrame:
    """Students, expected matches and who stands first, by specialty; the last row is for all."""
    if listed.empty:
        return pd.DataFrame()
    rows = listed.assign(
        Specialty=listed["specialty"].map(_specialty), expected=1 - listed["risk_of_no_match"]
    )
    table = rows.groupby("Specialty", as_index=False).agg(
        students=("student_id", "size"), expected=("expected", "sum"), first=("look_first", "sum")
    )
    total = {"Specialty": "Together", **table.drop(columns="Specialty").sum()}
    table = pd.concat([table, pd.DataFrame([total])], ignore_index=True)
    table["expected"] = table["expected"].round()
    return table.astype({"students": int, "first": int, "expected": int}).rename(
        columns={
            "students": "Students with a list",
            "expected": "Expected matches",
            "first": "To meet first",
        }
    )


LEAST_STEP = 0.02  # of a match: what is less is no step to begin with


def next_step(row: dict[str, Any]) -> str:
    """The step that moves a student's chance most, as one sentence."""
    drop = row["match_chance"] - row["if_unknowns_close"] if row["unknowns"] else 0.0
    gains = {"other": row["other_gain"], "ask": drop, "more": row["more_gain"]}
    known = {step: gain for step, gain in gains.items() if gain >= LEAST_STEP}
    step = max(known, key=lambda one: known[one], default="")
    conduct = "professionalism" in row["red_flags"]
    more = row["more_gain"] if row["more_gain"] == row["more_gain"] else 0.0
    told = row | {"conduct": conduct, "step": step, "more_gain": more}
    return render("overview/next_step", row=told)


def _of_the_list(row: dict[str, Any]) -> dict[str, str]:
    """The match chance of a student's list in words."""
    ends = f"{of_100(row['low'])}–{of_100(row['high'])}"
    return {"Match (range)": f"{of_100(row['match_chance'])} ({ends})"}


def list_rows(listed: pd.DataFrame, called: dict[str, str]) -> pd.DataFrame:
    """Students with a list in words, in the order given."""
    return pd.DataFrame(
        [
            {
                "Student": called[row["student_id"]],
                "Specialty": _specialty(row["specialty"]),
                "Step 2 CK": f"{row['step2_ck']:g}",
                "Red flags": _flags(row["red_flags"]),
                **_of_the_list(row),
                "No match": of_100(row["risk_of_no_match"]),
                "If all screen out": of_100(row["if_unknowns_close"]) if row["unknowns"] else "–",
            }
            for row in listed.to_dict("records")
        ]
    )


def first_rows(first: pd.DataFrame, called: dict[str, str]) -> pd.DataFrame:
    """Who to meet first, the highest risk on top, with a next step each."""
    return pd.DataFrame(
        [
            {
                "Student": called[row["student_id"]],
                "Record": f"{_specialty(row['specialty'])}, {row['step2_ck']:g}. "
                f"{_flags(row['red_flags'])}.",
                **_of_the_list(row),
                "Next step": next_step(row),
            }
            for row in first.to_dict("records")
        ]
    )


def standing(listed: pd.DataFrame, called: dict[str, str]) -> pd.DataFrame:
    """Rows of the one chart: the lowest chance on top, as many students as a page has room for."""
    columns = ["student_id", "match_chance", "low", "high", "look_first"]
    rows = listed[columns].assign(
        label=[
            f"{called[one]} · {_specialty(specialty)}"
            for one, specialty in zip(listed["student_id"], listed["specialty"], strict=True)
        ],
        interval="as our assumptions vary",
        source=SOURCE,
        basis="assumption",
    )
    rows = rows.sort_values(["match_chance", "student_id"], ignore_index=True)
    return rows.head(ROWS_OF_THE_CHART)


def _in_100_seasons(number: float) -> str:
    """An expected number a season, as a count in a hundred of them."""
    whole = round(100 * number)
    return "less than 1" if whole == 0 and number > 0 else str(whole)


def shared_rows(programs: pd.DataFrame) -> pd.DataFrame:
    """Programs that classmates share, in words."""
    return pd.DataFrame(
        [
            {
                "Program": f"{row['program_name']} ({row['program_id']})",
                "Lists": row["lists"],
                "Signals": ", ".join(
                    f"{row[name]} {name}" for name in ("gold", "silver") if row[name]
                )
                or "–",
                "Matches there": _in_100_seasons(row["ends"]),
                "Displaced by a classmate": _in_100_seasons(row["turned_away"]),
                "Matches lost": _in_100_seasons(row["matches_lost"]),
            }
            for row in programs.to_dict("records")
        ]
    )


def calls_rows(calls: pd.DataFrame) -> pd.DataFrame:
    """What to ask which program, in words."""
    return pd.DataFrame(
        [
            {
                "Program": f"{row['program_name']} ({row['program_id']})",
                "Ask": f"{'; '.join(to_verify(row['unknown']))}",
                "Lists (to meet first)": f"{row['lists']} ({row['first']})",
                "Matches at stake in 100 seasons": _in_100_seasons(row["swing"]),
            }
            for row in calls.to_dict("records")
        ]
    )


def graduate_rows(found: ClassOverview) -> pd.DataFrame:
    """Past graduates by group beside this class; small groups stand without numbers."""
    if found.graduates is None or found.listed.empty:
        return pd.DataFrame()
    listed = found.listed
    expected = 1 - listed["risk_of_no_match"]
    ours = groups_of_flags(listed["red_flags"])
    smallest = int(found.assumptions.value("graduates.smallest_cell"))
    rows = []
    for row in found.graduates.to_dict("records"):
        members = ours.get(row["group"])
        known = pd.notna(row["matched"])
        past = (
            f"{of_100(row['matched'])} ({of_100(row['low'])} to {of_100(row['high'])})"
            if known
            else f"not shown: under {smallest}"
        )
        ours_too = expected[members] if members is not None else expected[:0]
        rows.append(
            {
                "Group": GROUPS.get(row["group"], FLAGS.get(row["group"], row["group"])),
                "Past graduates": f"{row['n']:.0f}" if known else "–",
                "Matched, of 100 (90% interval)": past,
                "This class": len(ours_too),
                "Model expects, of 100": of_100(float(ours_too.mean())) if len(ours_too) else "–",
            }
        )
    return pd.DataFrame(rows)


def rests_on(found: ClassOverview) -> pd.DataFrame:
    """The assumptions that the class's own figures rest on: value, range and why."""

    def shown(key: str) -> str:
        content = found.assumptions.entries[key].content
        return (
            ", ".join(f"{n:g}" for n in content) if isinstance(content, tuple) else f"{content:g}"
        )

    def value(key: str) -> str:
        span = OF_A_RANGE.get(key)
        return f"{shown(key)} ({' to '.join(shown(span).split(', '))})" if span else shown(key)

    entries = found.assumptions.entries
    return pd.DataFrame(
        [
            {"Assumption": said, "Value (range)": value(key), "Why": entries[key].why}
            for key, said in RESTS_ON.items()
        ]
    )


FACTS = ("student_id", "name", "specialty", "step2_ck", "red_flags")
OF_A_LIST = [
    "applications",
    "fee_usd",
    "gold",
    "silver",
    "expected_interviews",
    "unknowns",
    "match_chance",
    "low",
    "high",
    "if_unknowns_close",
    "more_applications",
    "more_gain",
    "more_fee_usd",
    "fee_budget_usd",
]
FilePath = str | os.PathLike[str]
LISTED, NO_SCORE, NO_LIST = "list", "no_step2_ck", "no_list"
NO_CHANCE = "no program offers any chance as the table has it"


@dataclass(frozen=True)
class ClassOverview:
    """A class in numbers."""

    students: pd.DataFrame
    problems: tuple[Problem, ...]
    matches: pd.DataFrame
    programs: pd.DataFrame
    signals: pd.DataFrame
    calls: pd.DataFrame
    graduates: pd.DataFrame | None
    programs_read: pd.DataFrame
    assumptions: Assumptions

    @property
    def listed(self) -> pd.DataFrame:
        """Rows of the students who have a list."""
        return self.students[self.students["status"] == LISTED]

    @property
    def empty_handed(self) -> pd.DataFrame:
        """Rows of the students whose list holds no program; they count as without one."""
        no_list = self.students["status"] == NO_LIST
        # What contradicts itself has no list to add to.
        return self.students[no_list & self.students["more_applications"].notna()]

    @property
    def first(self) -> pd.DataFrame:
        """Rows of the students to look at first."""
        return self.students[self.students["look_first"]]


def class_overview(
    students_csv: FilePath,
    programs_csv: FilePath,
    preferences_csv: FilePath = "",
    graduates_csv: FilePath = "",
    assumptions_toml: FilePath | None = None,
    overrides: Sequence[str] = (),
) -> ClassOverview:
    """Look at a class as one (docs/methods-class.md).

    Parameters
    ----------
    students_csv, programs_csv, preferences_csv, graduates_csv : str or path-like
        The files; "" for an optional one that is not there.
    assumptions_toml : str or path-like, optional
        Assumptions; the default set without.
    overrides : sequence of str
        ``--set key=value``.

    Returns
    -------
    ClassOverview
        Each student's list is the one of the student's report, number for number.

    Raises
    ------
    TableError
        If a file cannot be read as its table; bad rows of any but students.csv are such too.
    AssumptionError
        If the assumptions are not understood.
    """
    assumptions = read_assumptions(assumptions_toml, overrides)
    programs = read_programs(programs_csv)
    preferences = read_if_given("preferences", preferences_csv)
    graduates = read_if_given("graduates", graduates_csv)
    checked = check_table(Path(students_csv), "students")
    rows: list[dict[str, Any]] = []
    members: list[Member] = []
    stakes: list[pd.DataFrame] = []
    lists: dict[str, ApplicationList] = {}
    for at in range(len(checked.rows)):
        student = checked.rows.iloc[[at]].reset_index(drop=True)
        row, found = _student_row(student, programs, assumptions, preferences)
        rows.append(row)
        if found is not None:
            lists[row["student_id"]] = found
        if found is not None and found.chosen:
            members.append(member_of(row["student_id"], found))
            stakes.append(answers_at_stake(found, assumptions).assign(student_id=row["student_id"]))
    students = pd.DataFrame(rows, columns=[*FACTS, "status", "problem", "chance_basis", *OF_A_LIST])
    students = students.astype(dict.fromkeys(OF_A_LIST, float))
    together = _together(members, programs, preferences, assumptions)
    lost = students["student_id"].map(together.lost).fillna(0.0)
    students["lost_to_classmates"] = lost.where(students["status"] == LISTED)
    students["risk_of_no_match"] = 1 - students["match_chance"] + students["lost_to_classmates"]
    threshold = assumptions.value("classmates.risk_of_no_match")
    students["look_first"] = students["risk_of_no_match"] > threshold
    empty_handed = students["student_id"].isin(lists) & (students["status"] == NO_LIST)
    helped = checked.rows[(students["look_first"] | empty_handed).to_numpy(dtype=bool)]
    students = students.merge(_other_specialty(helped, lists, programs, assumptions), how="left")
    order = ["look_first", "risk_of_no_match", "student_id"]
    students = students.sort_values(order, ascending=[False, False, True], ignore_index=True)
    names = programs.set_index("program_id")["program_name"]
    smallest = int(assumptions.value("graduates.smallest_cell"))
    return ClassOverview(
        students,
        checked.problems,
        together.matches,
        _named(together.programs, names),
        together.signals,
        _named(_calls(stakes, set(students.loc[students["look_first"], "student_id"])), names),
        None if graduates is None else matched_by_flag(graduates, smallest),
        programs,
        assumptions,
    )


def _student_row(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None,
) -> tuple[dict[str, Any], ApplicationList | None]:
    own = student.iloc[0]
    row = {name: own.get(name) for name in FACTS} | {"problem": ""}
    if pd.isna(own["step2_ck"]):
        return row | {"status": NO_SCORE}, None
    try:
        found = application_list(student, programs, assumptions, preferences, left_out_number=0)
    except ModelError as error:
        return row | {"status": NO_LIST, "problem": str(error)}, None
    plan = ListView(found, assumptions)
    more = int(assumptions.value("classmates.further_applications"))
    added, gain, fee = further_applications(found, more)
    beyond = {
        "more_applications": added,
        "more_gain": gain,
        "more_fee_usd": fee,
        "fee_budget_usd": found.problem.constraints.budget_usd,
    }
    if not found.chosen:
        why = sentence("pick/no_list", **list_words(plan)) or NO_CHANCE
        # Signals that no list uses are free for the further ones, as in the student's own report.
        other, wishes = changed_wishes(student, ListWishes(), f"limit=+{more}", found)
        grown = application_list(
            other, programs, assumptions, preferences, wishes, with_range=False, left_out_number=0
        )
        beyond["more_applications"] = len(grown.chosen)
        beyond["more_gain"], beyond["more_fee_usd"] = grown.match_chance, grown.fee_usd
        return row | {"status": NO_LIST, "problem": why} | beyond, found
    return row | {
        "status": LISTED,
        "applications": len(found.chosen),
        "fee_usd": plan.fee_usd,
        "gold": len(plan.signaled("gold")),
        "silver": len(plan.signaled("silver")),
        "expected_interviews": found.expected_interviews,
        "unknowns": found.unknowns,
        "chance_basis": found.chance_basis,
        "match_chance": plan.match,
        "low": plan.low,
        "high": plan.high,
        "if_unknowns_close": plan.if_all_no,
        **beyond,
    }, found


@dataclass(frozen=True)
class _Together:
    """What the members of a class do to one another."""

    lost: dict[str, float]
    matches: pd.DataFrame
    programs: pd.DataFrame
    signals: pd.DataFrame


def _together(
    members: Sequence[Member],
    programs: pd.DataFrame,
    preferences: pd.DataFrame | None,
    assumptions: Assumptions,
) -> _Together:
    if not members:
        empty = pd.DataFrame()
        return _Together({}, empty, empty, empty)
    ids = tuple(sorted({one for member in members for one in member.programs}))
    room = room_of(ids, programs, preferences)
    draws = int(assumptions.value("classmates.draws"))
    seed = int(assumptions.value("classmates.seed"))
    base = season(members, as_assumed(members, assumptions), room, draws, seed)
    varied = season(members, as_varied(members, assumptions), room, draws, seed)
    tails = (assumptions.value("uncertainty.low"), assumptions.value("uncertainty.high"))
    alone = [member.match_chance for member in members]
    return _Together(
        dict(zip([m.student_id for m in members], base.lost.tolist(), strict=True)),
        matches_by_step(alone, base, varied, tails),
        shared_programs(base.pairs),
        shared_signals(base.pairs),
    )


def _other_specialty(
    first: pd.DataFrame,
    lists: dict[str, ApplicationList],
    programs: pd.DataFrame,
    assumptions: Assumptions,
) -> pd.DataFrame:
    """What the specialty that helps most would bring each of these students."""
    number = int(assumptions.value("classmates.further_applications"))
    found = second_specialties(first, lists, programs, assumptions, number)
    columns = {"specialty": "other_specialty", "added": "other_applications"}
    columns |= {"gain": "other_gain", "fee_usd": "other_fee_usd"}
    return found[found["gain"] > 0].drop_duplicates("student_id").rename(columns=columns)


def _calls(stakes: Sequence[pd.DataFrame], first: set[str]) -> pd.DataFrame:
    columns = ["program_id", "unknown", "lists", "first", "if_open", "if_closes", "swing"]
    if not any(len(rows) for rows in stakes):
        return pd.DataFrame(columns=columns)
    together = pd.concat(stakes, ignore_index=True)
    together["swing"] = together["if_open"] - together["if_closes"]
    together["first"] = together["student_id"].isin(first)
    calls = together.groupby("program_id", as_index=False).agg(
        unknown=("unknown", _all_columns),
        lists=("student_id", "size"),
        first=("first", "sum"),
        if_open=("if_open", "sum"),
        if_closes=("if_closes", "sum"),
        swing=("swing", "sum"),
    )
    order = ["swing", "lists", "program_id"]
    return calls.sort_values(order, ascending=[False, False, True], ignore_index=True)[columns]


def _all_columns(unknown: pd.Series) -> str:
    return ";".join(dict.fromkeys(one for words in unknown for one in words.split(";")))


def _named(rows: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    return rows if rows.empty else rows.assign(program_name=rows["program_id"].map(names))
