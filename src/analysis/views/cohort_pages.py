"""The class overview as pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.errors import problems_by_row
from analysis.model.outcomes.graduates import ALL
from analysis.text import render
from analysis.text.labels import joined
from analysis.views import cohort as tables
from analysis.views.cohort import NO_LIST, NO_SCORE, ClassOverview

__all__ = ["ClassPages", "class_pages"]

MOST_SHARED, MOST_CALLS = 5, 6
LEAST_SWING = 0.005  # of a match: less would be shown as 0.00
COLUMNS = [
    "student_id",
    "name",
    "look_first",
    "risk_of_no_match",
    "status",
    "problem",
    "specialty",
    "step2_ck",
    "red_flags",
    "match_chance",
    "low",
    "high",
    "if_unknowns_close",
    "lost_to_classmates",
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
    "other_specialty",
    "other_applications",
    "other_gain",
    "other_fee_usd",
    "fingerprint",
]


@dataclass(frozen=True)
class ClassPages:
    """What an overview says; frames without rows where there is nothing to say."""

    facts: pd.DataFrame
    summary: str
    by_specialty: pd.DataFrame
    first_words: str
    first: pd.DataFrame
    standing: pd.DataFrame
    standing_caption: str
    others_words: str
    others: pd.DataFrame
    line: float
    shared_words: str
    shared: pd.DataFrame
    calls_words: str
    calls: pd.DataFrame
    change: str
    left_out: pd.DataFrame
    graduates_words: str
    graduates: pd.DataFrame
    rests_on: pd.DataFrame
    csv: pd.DataFrame


def class_pages(found: ClassOverview, show_names: bool = False) -> ClassPages:
    """Put a class into words and tables."""
    assumptions = found.assumptions
    listed, first = found.listed, found.first
    threshold = assumptions.value("classmates.risk_of_no_match")
    low, high = assumptions.value("uncertainty.low"), assumptions.value("uncertainty.high")
    holds = f"{100 * (high - low):.0f}"
    called = _called(found.students, show_names)
    article = listed.loc[listed["chance_basis"] == "article", "student_id"].sort_values()
    without = found.students.loc[found.students["status"] == NO_LIST, "student_id"].sort_values()
    lost = float(listed["lost_to_classmates"].sum())
    return ClassPages(
        facts=_facts(found, called),
        summary=render(
            "overview/summary",
            steps=found.matches.to_dict("records"),
            students=len(listed),
            of_100_seasons=holds,
            article=article.tolist(),
        ),
        by_specialty=tables.by_specialty(listed),
        first_words=render(
            "overview/first",
            students=len(listed),
            first=len(first),
            threshold=threshold,
            without=without.tolist(),
        ),
        first=tables.first_rows(first, called),
        standing=tables.standing(listed, called),
        standing_caption=render(
            "overview/standing", students=len(listed), most=tables.ROWS_OF_THE_CHART
        ),
        others_words=render("overview/others", students=len(listed) - len(first)),
        others=tables.list_rows(listed[~listed["look_first"]], called),
        line=1 - threshold,
        shared_words=render(
            "overview/shared",
            shared=len(found.programs),
            lost=lost,
            most=int(assumptions.value("classmates.most_at_a_program")),
            signals=found.signals.to_dict("records"),
        ),
        shared=tables.shared_rows(found.programs.head(MOST_SHARED)),
        calls_words=render(
            "overview/calls",
            students=len(listed),
            unknowns=int(listed["unknowns"].sum()),
            applications=int(listed["applications"].sum()),
            if_closed=float(listed["if_unknowns_close"].sum()),
            expected=float(listed["match_chance"].sum()),
        ),
        calls=tables.calls_rows(found.calls[found.calls["swing"] >= LEAST_SWING].head(MOST_CALLS)),
        change=_change(found, lost),
        left_out=pd.DataFrame(_left_out(found).items(), columns=["Left out", "What is wrong"]),
        graduates_words=_graduates_words(found),
        graduates=tables.graduate_rows(found),
        rests_on=tables.rests_on(found),
        csv=_csv(found, show_names),
    )


def _called(students: pd.DataFrame, with_names: bool) -> dict[str, str]:
    """How each student is called on the page."""
    known = {}
    for row in students[["student_id", "name"]].to_dict("records"):
        name = row["name"] if with_names and pd.notna(row["name"]) else ""
        known[row["student_id"]] = f"{row['student_id']} {name}".strip()
    return known


def _facts(found: ClassOverview, called: dict[str, str]) -> pd.DataFrame:
    status = found.students["status"]
    without = [called[one] for one in found.students.loc[status == NO_SCORE, "student_id"]]
    rows = [
        ("Students with a list", str(len(found.listed))),
        ("Without a Step 2 CK score, so without a list", joined(without) if without else "none"),
    ]
    no_list = found.students[status == NO_LIST].to_dict("records")
    rows += [(f"No list for {called[row['student_id']]}", row["problem"]) for row in no_list]
    left_out = list(_left_out(found))
    rows.append(("Rows of the class file left out", joined(left_out) if left_out else "none"))
    rows.append(("Programs in the office's file", str(len(found.programs_read))))
    return pd.DataFrame(rows, columns=["What these files hold", "Count or reason"])


def _left_out(found: ClassOverview) -> dict[str, str]:
    """What is wrong with each row that is left out, by its id or, without one, its line."""
    return {
        who: "; ".join(f"{problem.wanted} (line {problem.line})" for problem in wrong)
        for who, wrong in problems_by_row(found.problems).items()
    }


def _change(found: ClassOverview, lost: float) -> str:
    """What the office could change."""
    first, status = found.first, found.students["status"]
    more = first[first["more_applications"] > 0]
    others = first.groupby("other_specialty", as_index=False).agg(students=("student_id", "size"))
    others = others.sort_values(["students", "other_specialty"], ascending=[False, True])
    return render(
        "overview/change",
        first=len(first),
        number=int(found.assumptions.value("classmates.further_applications")),
        more={"students": len(more), **_sums(more, "more")},
        other=_sums(first, "other"),
        others=others.to_dict("records"),
        shared=found.programs["program_id"].head(3).tolist() if len(found.programs) else [],
        lost=lost,
        empty=[_way_out(row) for row in _rows_of(found.empty_handed)],
        no_score=found.students.loc[status == NO_SCORE, "student_id"].tolist(),
        mend=bool(found.problems or (status == NO_LIST).sum() > len(found.empty_handed)),
    )


def _sums(rows: pd.DataFrame, which: str) -> dict[str, float]:
    """What further applications bring together, and cost."""
    return {
        "gain": float(rows[f"{which}_gain"].sum()),
        "fee_usd": float(rows[f"{which}_fee_usd"].sum()),
    }


def _rows_of(students: pd.DataFrame) -> list[dict[str, Any]]:
    return students.sort_values("student_id").to_dict("records")


def _way_out(row: dict[str, Any]) -> dict[str, Any]:
    """Which further applications would give a student a list, if any do."""
    own, other = row["more_gain"], row["other_gain"]
    elsewhere = other > own or (own != own and other == other)
    where = "other" if elsewhere else "own" if row["more_applications"] > 0 else ""
    which = "other" if elsewhere else "more"
    fee = row[f"{which}_fee_usd"]
    return {
        **row,
        "where": where,
        "applications": row[f"{which}_applications"],
        "gain": row[f"{which}_gain"],
        "fee_usd": fee,
        "over_budget": fee > row["fee_budget_usd"],
    }


def _graduates_words(found: ClassOverview) -> str:
    graduates = None if found.listed.empty else found.graduates
    given = graduates is not None
    matched = None if graduates is None else graduates.set_index("group")["matched"].get(ALL)
    return render(
        "overview/graduates",
        given=given,
        matched=None if matched is None or pd.isna(matched) else float(matched),
        expected=float((1 - found.listed["risk_of_no_match"]).mean()) if given else 0.0,
    )


def _csv(found: ClassOverview, with_names: bool) -> pd.DataFrame:
    rows = found.students.assign(
        specialty=found.students["specialty"].map(lambda cell: ";".join(cell)),
        red_flags=found.students["red_flags"].map(lambda cell: ";".join(cell)),
        look_first=["yes" if first else "no" for first in found.students["look_first"]],
        fingerprint=found.assumptions.fingerprint,
    )
    whole = ["applications", "gold", "silver", "unknowns"]
    whole += ["more_applications", "other_applications"]
    for name in whole:
        if name in rows:
            rows[name] = rows[name].astype("Int64")
    left_out = pd.DataFrame(
        [
            {
                "student_id": who,
                "status": "left_out",
                "problem": what,
                "look_first": "no",
                "fingerprint": found.assumptions.fingerprint,
            }
            for who, what in _left_out(found).items()
        ]
    )
    together = pd.concat([rows, left_out], ignore_index=True) if len(left_out) else rows
    columns = [name for name in COLUMNS if name in together and (with_names or name != "name")]
    return together[columns]
