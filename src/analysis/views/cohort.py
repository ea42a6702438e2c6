"""The class overview in numbers (docs/methods-class.md); its words are in text/overview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.choice.application_list import ApplicationList, application_list
from analysis.model.choice.problem import ListWishes
from analysis.model.cohort import answers_at_stake, further_applications, second_specialties
from analysis.model.outcomes.graduates import groups_of_flags
from analysis.text import sentence
from analysis.text.labels import joined
from analysis.views.application_list import ListView
from analysis.views.graduates import alike_record
from analysis.views.pick import changed_wishes, list_words

FACTS = ("student_id", "name", "specialty", "step2_ck", "red_flags")
WHOLE = ["applications", "gold", "silver", "unknowns", "more_applications", "other_applications"]
OF_A_LIST = [
    "match_chance",
    "low",
    "high",
    "if_unknowns_close",
    "chance_basis",
    "applications",
    "fee_usd",
    "gold",
    "silver",
    "expected_interviews",
    "unknowns",
    "more_applications",
    "more_gain",
    "more_fee_usd",
    "fee_budget_usd",
]
# Columns for a spreadsheet, in order; a name only where it is asked for.
COLUMNS = [
    *("student_id", "name", "look_first", "risk_of_no_match", "status", "problem"),
    *("specialty", "step2_ck", "red_flags", "match_chance", "low", "high", "if_unknowns_close"),
    *("lost_to_classmates", "chance_basis", "applications", "fee_usd", "gold", "silver"),
    *("expected_interviews", "unknowns", "more_applications", "more_gain", "more_fee_usd"),
    *("other_specialty", "other_applications", "other_gain", "other_fee_usd", "fingerprint"),
]
LISTED, NO_SCORE, NO_LIST = "list", "no_step2_ck", "no_list"
LEAST_STEP = 0.02  # of a match: what is less is no step to begin with


def class_lists(
    rows: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
    graduates: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, dict[str, ApplicationList]]:
    """Make each student's list, number for number that of the student's own report.

    Parameters
    ----------
    rows, programs : DataFrame
        Of `analysis.tables`.
    assumptions : Assumptions
        For everyone.
    preferences, graduates : DataFrame, optional
        Of `analysis.tables.read_preferences`; the office's own outcomes.

    Returns
    -------
    students : DataFrame
        A row a student: ``status`` (``list``, ``no_list`` with its ``problem``, ``no_step2_ck``),
        the list's numbers, what further applications would add, and ``plan_on``, the match chance
        or the most that similar graduates allow of it.
    lists : dict of str to ApplicationList
        By student_id; those that hold no program too.
    """
    table, lists = [], {}
    for at in range(len(rows)):
        student = rows.iloc[[at]].reset_index(drop=True)
        row, found = _student_row(student, programs, assumptions, preferences)
        if row["status"] == LISTED:
            alike = alike_record(student, graduates, assumptions, row["match_chance"])
            row["plan_on"] = min(row["match_chance"], 1.0 if alike is None else alike["most"])
        table.append(row)
        if found is not None:
            lists[str(row["student_id"])] = found
    students = pd.DataFrame(table, columns=[*FACTS, "status", "problem", *OF_A_LIST, "plan_on"])
    numbers = [name for name in (*OF_A_LIST, "plan_on") if name != "chance_basis"]
    return students.astype(dict.fromkeys(numbers, float)), lists


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
    row |= {"fee_budget_usd": found.problem.constraints.budget_usd}
    if not found.chosen:
        # Signals that no list uses are free for the further ones, as in the student's own report.
        other, wishes = changed_wishes(student, ListWishes(), f"limit=+{more}", found)
        grown = application_list(
            other, programs, assumptions, preferences, wishes, with_range=False, left_out_number=0
        )
        return row | {
            "status": NO_LIST,
            "problem": sentence("pick/no_list", **list_words(plan))
            or sentence("overview/no_chance"),
            "more_applications": len(grown.chosen),
            "more_gain": grown.match_chance,
            "more_fee_usd": grown.fee_usd,
        }, found
    return row | {
        "status": LISTED,
        "applications": len(found.chosen),
        "fee_usd": found.fee_usd,
        "gold": len(plan.signaled("gold")),
        "silver": len(plan.signaled("silver")),
        "expected_interviews": found.expected_interviews,
        "unknowns": found.unknowns,
        "chance_basis": found.chance_basis,
        "match_chance": found.match_chance,
        "low": found.match_chance_low,
        "high": found.match_chance_high,
        "if_unknowns_close": found.match_chance_if_unknowns_close,
        "more_applications": added,
        "more_gain": gain,
        "more_fee_usd": fee,
    }, found


def helpful_specialty(
    students: pd.DataFrame,
    lists: Mapping[str, ApplicationList],
    programs: pd.DataFrame,
    assumptions: Assumptions,
) -> pd.DataFrame:
    """What the other specialty that helps most would bring each of these students."""
    number = int(assumptions.value("classmates.further_applications"))
    found = second_specialties(students, lists, programs, assumptions, number)
    columns = {"specialty": "other_specialty", "added": "other_applications"}
    columns |= {"gain": "other_gain", "fee_usd": "other_fee_usd"}
    return found[found["gain"] > 0].drop_duplicates("student_id").rename(columns=columns)


def next_steps(students: pd.DataFrame) -> list[str]:
    """Which step moves each student's chance most: ``other``, ``ask``, ``more`` or none."""
    return [_next_step(row) for row in students.to_dict("records")]


def _next_step(row: Mapping[Any, Any]) -> str:
    drop = row["match_chance"] - row["if_unknowns_close"] if row["unknowns"] else 0.0
    gains = {"other": row["other_gain"], "ask": drop, "more": row["more_gain"]}
    known = {step: gain for step, gain in gains.items() if gain >= LEAST_STEP}
    return max(known, key=lambda one: known[one], default="")


def calls_at_stake(
    lists: Mapping[str, ApplicationList],
    first: set[str],
    programs: pd.DataFrame,
    assumptions: Assumptions,
) -> pd.DataFrame:
    """What one call to a program would settle, over all lists, the most first.

    Parameters
    ----------
    lists : mapping of str to ApplicationList
        By student_id.
    first : set of str
        Students to meet first.
    programs : DataFrame
        Of `analysis.tables.read_programs`.
    assumptions : Assumptions
        As the lists were made with.

    Returns
    -------
    DataFrame
        program_id, program_name, unknown, lists, first (how many of them), expected matches
        if_open, if_closes and their difference swing.
    """
    names = programs.set_index("program_id")["program_name"]
    stakes = [
        answers_at_stake(found, assumptions).assign(first=student_id in first)
        for student_id, found in lists.items()
        if found.chosen
    ]
    columns = ["program_id", "unknown", "if_open", "if_closes", "first"]
    rows = pd.concat(stakes, ignore_index=True) if stakes else pd.DataFrame(columns=columns)
    calls = rows.assign(swing=rows["if_open"] - rows["if_closes"]).groupby(
        "program_id", as_index=False
    )
    table = calls.agg(
        unknown=("unknown", lambda texts: ";".join(dict.fromkeys(";".join(texts).split(";")))),
        lists=("first", "size"),
        first=("first", "sum"),
        if_open=("if_open", "sum"),
        if_closes=("if_closes", "sum"),
        swing=("swing", "sum"),
    ).assign(program_name=lambda own: own["program_id"].map(names))
    order = ["swing", "lists", "program_id"]
    return table.sort_values(order, ascending=[False, False, True], ignore_index=True)


def counted_by_specialty(listed: pd.DataFrame) -> pd.DataFrame:
    """Students with a list, expected matches and students to meet first, the last row for all."""
    rows = listed.assign(
        specialty=listed["specialty"].map(joined), expected=1 - listed["risk_of_no_match"]
    )
    named = {"students": ("student_id", "size"), "expected": ("expected", "sum")}
    named["first"] = ("look_first", "sum")
    table = rows.groupby("specialty", as_index=False).agg(**named)
    total = table.drop(columns="specialty").sum().to_frame().T.assign(specialty="")
    return pd.concat([table, total], ignore_index=True) if len(table) else table


def what_more_brings(students: pd.DataFrame) -> pd.DataFrame:
    """Further applications that would give a student without a list one, if any do.

    ``where`` is ``own`` or ``other`` specialty, or empty; ``applications``, ``gain``, ``fee_usd``
    and whether they are ``over_budget`` are of these.
    """
    own, other = students["more_gain"], students["other_gain"]
    elsewhere = (other > own) | (own.isna() & other.notna())
    where = (students["more_applications"] > 0).map({True: "own", False: ""})
    chosen = {
        name: students[f"more_{name}"].where(~elsewhere, students[f"other_{name}"])
        for name in ("applications", "gain", "fee_usd")
    }
    return students.assign(
        **chosen,
        where=where.where(~elsewhere, "other"),
        over_budget=chosen["fee_usd"] > students["fee_budget_usd"],
    )


def beside_graduates(graduates: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Past graduates by group, of `matched_by_flag`, with how many of this class and its chance."""
    ours = groups_of_flags(listed["red_flags"])
    expected = {group: (1 - listed["risk_of_no_match"])[members] for group, members in ours.items()}
    own = [expected.get(group, pd.Series(dtype=float)) for group in graduates["group"]]
    return graduates.assign(
        students=[len(rows) for rows in own], expected=[rows.mean() for rows in own]
    )


def rows_for_spreadsheet(
    students: pd.DataFrame, left_out: Mapping[str, str], fingerprint: str, *, with_names: bool
) -> pd.DataFrame:
    """Everyone of the class file in a row, those with a wrong row too."""
    rows = students.assign(
        specialty=students["specialty"].map(";".join),
        red_flags=students["red_flags"].map(";".join),
        look_first=["yes" if first else "no" for first in students["look_first"]],
    ).astype(dict.fromkeys(WHOLE, "Int64"))
    wrong = pd.DataFrame(left_out.items(), columns=["student_id", "problem"])
    wrong = wrong.assign(status="left_out", look_first="no")
    together = pd.concat([rows, wrong], ignore_index=True) if len(wrong) else rows
    columns = [name for name in COLUMNS if with_names or name != "name"]
    return together.assign(fingerprint=fingerprint)[columns]
