"""The class overview as pages."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.advice import class_words as levers
from analysis.advice import class_words as words
from analysis.advice.labels import joined, level_words
from analysis.answers import class_overview as tables
from analysis.answers.class_overview import NO_LIST, NO_SCORE, ClassOverview
from analysis.errors import problems_by_row
from analysis.model.cohort import STEPS
from analysis.model.graduates.matched import ALL
from analysis.plain_text import escape_markdown

__all__ = ["ClassPages", "class_pages"]

MOST_SHARED, MOST_CALLS = 10, 8
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
    steps: pd.DataFrame
    students: int
    by_specialty: pd.DataFrame
    first_words: str
    first: pd.DataFrame
    standing_words: str
    standing: list[pd.DataFrame]
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


def class_pages(found: ClassOverview, names: str = "no") -> ClassPages:
    """Put a class into words and tables.

    Parameters
    ----------
    found : ClassOverview
        The class.
    names : {"no", "yes"}
        Whether names stand beside the ids.

    Returns
    -------
    ClassPages
    """
    assumptions = found.assumptions
    listed, first = found.listed, found.first
    threshold = assumptions.value("classmates.risk_of_no_match")
    number = int(assumptions.value("classmates.further_applications"))
    steps = found.matches.to_dict("records")
    tails = (assumptions.value("uncertainty.low"), assumptions.value("uncertainty.high"))
    holds = words.interval_words(*tails)
    called = _called(found.students, names == "yes")
    article = listed.loc[listed["chance_basis"] == "article", "student_id"].sort_values()
    summary = [words.expected_sentence(steps, len(listed), holds)] if steps else [words.NOBODY]
    lost = float(listed["lost_to_classmates"].sum())
    most = assumptions.value("classmates.most_at_a_program")
    signals = words.signals_sentence(found.signals.to_dict("records"))
    sharing = words.sharing_sentence(len(found.programs), lost, most)
    others = tables.list_rows(listed[~listed["look_first"]], called)
    return ClassPages(
        facts=_facts(found, called),
        summary=" ".join(
            [*summary, words.article_sentence(_in_text(article), level_words(assumptions))]
        ).strip(),
        steps=found.matches.assign(
            label=[words.STEPS[step] for step in STEPS][: len(found.matches)],
            interval=f"holds {holds}",
            source=tables.SOURCE,
            basis="assumption",
        ),
        students=len(listed),
        by_specialty=tables.by_specialty(listed),
        first_words=_first_words(found, threshold),
        first=tables.first_rows(first, called, number),
        standing_words="" if len(listed) else words.NOBODY,
        standing=tables.standing(listed, called),
        others_words="The other lists, the highest risk of no match first:" if len(others) else "",
        others=others,
        line=1 - threshold,
        shared_words=" ".join([sharing, signals]).strip(),
        shared=tables.shared_rows(found.programs.head(MOST_SHARED)),
        calls_words=_calls_words(listed) if len(listed) else "",
        calls=tables.calls_rows(found.calls[found.calls["swing"] >= LEAST_SWING].head(MOST_CALLS)),
        change=_change(found, lost),
        left_out=pd.DataFrame(_left_out(found).items(), columns=["Left out", "What is wrong"]),
        graduates_words=_graduates_words(found),
        graduates=tables.graduate_rows(found),
        rests_on=tables.rests_on(found),
        csv=_csv(found, names == "yes"),
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
    return pd.DataFrame(rows, columns=["This overview is about", "as the office's files say"])


def _left_out(found: ClassOverview) -> dict[str, str]:
    """What is wrong with each row that is left out, by its id or, without one, its line."""
    return {
        who: "; ".join(f"{problem.wanted} (line {problem.line})" for problem in wrong)
        for who, wrong in problems_by_row(found.problems).items()
    }


def _first_words(found: ClassOverview, threshold: float) -> str:
    without = found.students.loc[found.students["status"] == NO_LIST, "student_id"].sort_values()
    said = words.first_sentence(len(found.first), len(found.listed), threshold)
    return f"{said} {words.without_list_sentence(_in_text(without))}".strip()


def _calls_words(listed: pd.DataFrame) -> str:
    return levers.unknowns_of_class(
        int(listed["unknowns"].sum()),
        int(listed["applications"].sum()),
        float(listed["if_unknowns_close"].sum()),
        float(listed["match_chance"].sum()),
    )


def _in_text(typed: pd.Series) -> list[str]:
    """Ids and names as running text shows them; tables do so by themselves."""
    return [escape_markdown(str(one)) for one in typed]


def _change(found: ClassOverview, lost: float) -> str:
    first, status = found.first, found.students["status"]
    number = int(found.assumptions.value("classmates.further_applications"))
    said = []
    if len(first):
        more = first[first["more_applications"] > 0]
        gain, fee = float(more["more_gain"].sum()), float(more["more_fee_usd"].sum())
        said.append(levers.further_sentence(len(more), number, gain, fee))
        other = first.groupby("other_specialty", as_index=False).agg(
            students=("student_id", "size")
        )
        other = other.sort_values(["students", "other_specialty"], ascending=[False, True])
        gain, fee = float(first["other_gain"].sum()), float(first["other_fee_usd"].sum())
        other["other_specialty"] = _in_text(other["other_specialty"])
        said.append(levers.second_sentence(other.to_dict("records"), number, gain, fee))
    if len(found.programs):
        top = found.programs["program_id"].head(3)
        said.append(levers.spreading_sentence(_in_text(top), lost))
    said += _empty_handed(found)
    without = _in_text(found.students.loc[status == NO_SCORE, "student_id"])
    if without:
        said.append(f"**Scores.** {joined(without)}: no list before Step 2 CK is known.")
    if found.problems or (status == NO_LIST).sum() > len(found.empty_handed):
        said.append(
            "**Files.** Mend the rows and wishes that stand in the way; nobody else is affected."
        )
    return "\n".join(f"- {sentence}" for sentence in said if sentence)


def _empty_handed(found: ClassOverview) -> list[str]:
    """A sentence for each of the first few, and how many more there are."""
    rows = found.empty_handed.sort_values("student_id").to_dict("records")
    typed = ("student_id", "other_specialty")
    said = [
        levers.empty_handed_sentence(
            row | {name: escape_markdown(str(row[name])) for name in typed}
        )
        for row in rows[: words.MOST_NAMED]
    ]
    if len(rows) > words.MOST_NAMED:
        said.append(f"{len(rows) - words.MOST_NAMED} more are named at the top.")
    return [f"**Without a list.** {' '.join(said)}"] if said else []


def _graduates_words(found: ClassOverview) -> str:
    if found.graduates is None or found.listed.empty:
        return words.WITHOUT_GRADUATES
    overall = found.graduates.set_index("group")["matched"].get(ALL)
    expected = float((1 - found.listed["risk_of_no_match"]).sum())
    matched = None if overall is None or pd.isna(overall) else float(overall)
    return words.graduates_sentence(expected, len(found.listed), matched)


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
