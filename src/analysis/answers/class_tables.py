"""The tables and charts' rows of a class overview, in plain words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.advice.labels import FLAGS, joined, percent
from analysis.advice.list_words import to_verify
from analysis.answers.class_overview import ClassOverview
from analysis.model.graduates.matched import ALL, FLAGGED, SPOTLESS, groups_of_flags

__all__ = [
    "SOURCE",
    "by_specialty",
    "calls_rows",
    "first_rows",
    "graduate_rows",
    "list_rows",
    "rests_on",
    "shared_rows",
    "standing",
]

ROWS_A_CHART = 40
SOURCE = "Countersignal model; the office's files"
RESTS_ON = {
    "classmates.most_at_a_program": "Students of one class that a program takes, unless it is "
    "their home",
    "classmates.shared_factor": "Share of what decides beyond the file that is common to "
    "classmates",
    "match_given_interview": "Chance of a match at a program after an interview there",
    "latent_correlation": "How far a student's answers come together",
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
    """Count a class by specialty, with a last row for all.

    Parameters
    ----------
    listed : DataFrame
        Rows of `ClassOverview.listed`.

    Returns
    -------
    DataFrame
        Students, expected matches (in company, as assumed) and how many stand first.
    """
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
    table["expected"] = table["expected"].round(1)
    return table.astype({"students": int, "first": int}).rename(
        columns={
            "students": "Students with a list",
            "expected": "Expected matches, as assumed",
            "first": "To look at first",
        }
    )


def _most_for(row: dict[str, Any]) -> str:
    """What further applications add where they add most."""
    if row["other_gain"] > row["more_gain"]:
        return f"{100 * row['other_gain']:.1f}: {row['other_specialty']}"
    if row["more_applications"]:
        return f"{100 * row['more_gain']:.1f}: {_specialty(row['specialty'])}"
    return "none"


def list_rows(listed: pd.DataFrame, called: dict[str, str]) -> pd.DataFrame:
    """Students with a list in words, in the order given.

    Parameters
    ----------
    listed : DataFrame
        Rows of `ClassOverview.listed`.
    called : dict of str to str
        How each student is called on the page, by id.

    Returns
    -------
    DataFrame
        A row a student.
    """
    return pd.DataFrame(
        [
            {
                "Student": called[row["student_id"]],
                "Record": f"{_specialty(row['specialty'])}, {row['step2_ck']:g}. "
                f"{_flags(row['red_flags'])}.",
                "List": int(row["applications"]),
                "Chance": percent(row["match_chance"]),
                "Range (%)": f"{100 * row['low']:.0f}–{100 * row['high']:.0f}",
                "Risk of no match": percent(row["risk_of_no_match"]),
                "If unknowns close": percent(row["if_unknowns_close"]) if row["unknowns"] else "–",
            }
            for row in listed.to_dict("records")
        ]
    )


def first_rows(first: pd.DataFrame, called: dict[str, str], number: int) -> pd.DataFrame:
    """Who stands first, in words, the highest risk on top.

    Parameters
    ----------
    first, called
        As for `list_rows`.
    number : int
        Further applications that were tried.

    Returns
    -------
    DataFrame
        A row a student.
    """
    most = [_most_for(row) for row in first.to_dict("records")]
    return list_rows(first, called).assign(
        **{f"Points from {number} more where they add most": most}
    )


def standing(listed: pd.DataFrame, called: dict[str, str]) -> list[pd.DataFrame]:
    """Rows of the charts of everyone, the lowest chance on top.

    Parameters
    ----------
    listed, called
        As for `list_rows`.

    Returns
    -------
    list of DataFrame
        As even as may be, 40 students each at most.
    """
    columns = ["student_id", "match_chance", "low", "high", "look_first"]
    rows = listed[columns].assign(
        label=[
            f"{called[one]} · {_specialty(specialty)}"
            for one, specialty in zip(listed["student_id"], listed["specialty"], strict=True)
        ],
        interval="5–95 % as the assumptions vary",
        source=SOURCE,
        basis="assumption",
    )
    rows = rows.sort_values(["match_chance", "student_id"], ignore_index=True)
    charts = -(-len(rows) // ROWS_A_CHART)
    each = -(-len(rows) // charts) if charts else 1
    return [rows.iloc[at : at + each] for at in range(0, len(rows), each)]


def shared_rows(programs: pd.DataFrame) -> pd.DataFrame:
    """Programs that classmates share, in words.

    Parameters
    ----------
    programs : DataFrame
        Rows of `ClassOverview.programs`.

    Returns
    -------
    DataFrame
        A row a program.
    """
    return pd.DataFrame(
        [
            {
                "Program": f"{row['program_name']} ({row['program_id']})",
                "Lists": row["lists"],
                "Signals": ", ".join(
                    f"{row[name]} {name}" for name in ("gold", "silver") if row[name]
                )
                or "–",
                "Expected to end there": f"{row['ends']:.2f}",
                "Turned away for a classmate": f"{row['turned_away']:.2f}",
                "Matches lost": f"{row['matches_lost']:.2f}",
            }
            for row in programs.to_dict("records")
        ]
    )


def calls_rows(calls: pd.DataFrame) -> pd.DataFrame:
    """What to ask which program, in words.

    Parameters
    ----------
    calls : DataFrame
        Rows of `ClassOverview.calls`.

    Returns
    -------
    DataFrame
        A row a program.
    """
    return pd.DataFrame(
        [
            {
                "Program": f"{row['program_name']} ({row['program_id']})",
                "Ask": f"{'; '.join(to_verify(row['unknown']))}",
                "Lists (of students first)": f"{row['lists']} ({row['first']})",
                "Matches at stake": f"{row['swing']:.2f}",
            }
            for row in calls.to_dict("records")
        ]
    )


def graduate_rows(found: ClassOverview) -> pd.DataFrame:
    """Past graduates by group beside this class; small groups of graduates stand without numbers.

    Parameters
    ----------
    found : ClassOverview
        The class.

    Returns
    -------
    DataFrame
        A row a group; none without a file or without lists.
    """
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
            f"{percent(row['matched'])} ({100 * row['low']:.0f} to {100 * row['high']:.0f})"
            if known
            else f"not shown: under {smallest}"
        )
        ours_too = expected[members] if members is not None else expected[:0]
        rows.append(
            {
                "Group": GROUPS.get(row["group"], FLAGS.get(row["group"], row["group"])),
                "Past graduates": f"{row['n']:.0f}" if known else "–",
                "Matched (90 % interval)": past,
                "This class": len(ours_too),
                "Model expects": percent(float(ours_too.mean())) if len(ours_too) else "–",
            }
        )
    return pd.DataFrame(rows)


def rests_on(found: ClassOverview) -> pd.DataFrame:
    """The assumptions that the class's own figures rest on.

    Parameters
    ----------
    found : ClassOverview
        The class.

    Returns
    -------
    DataFrame
        What, the value with its range, and why.
    """

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
