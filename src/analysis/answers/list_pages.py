"""The list pages of a report: one student's application list in tables and plain sentences."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.advice.labels import percent
from analysis.advice.list_words import (
    drops_if,
    left_out_reason,
    listed_because,
    to_verify,
)
from analysis.advice.robustness_words import list_robustness_sentences
from analysis.answers.list_sentences import (
    curve_sentences,
    degree_of,
    list_sentences,
    placement_check,
)
from analysis.answers.printed_what_ifs import printed_what_ifs
from analysis.assumptions import Assumptions
from analysis.model.application_list import ApplicationList, application_list, next_applications
from analysis.model.robustness import report_lists

__all__ = ["ListPages", "list_pages"]

WITHOUT_SCORE = (
    "The list needs a Step 2 CK score; as soon as it is known, this page can be made. Until then "
    "the programs to look at are those that read the whole file."
)
MARK = "†"


@dataclass(frozen=True)
class ListPages:
    """What a report says of a list; empty frames where there is no score.

    Parameters
    ----------
    summary : str
        Markdown: what the list is, its match chance with range, what rests on unknowns.
    programs : DataFrame
        A row a program, in words, the most wanted first.
    after : str
        Markdown: how firm the list is, where a further application stops paying.
    left_out : DataFrame
        The best programs that are not on it, and why.
    what_ifs : DataFrame
        The list beside at most two others: `printed_what_ifs`.
    by_rho : DataFrame
        rho, match_chance: the curve over the correlation of answers.
    used : tuple of float
        Values of rho that the match chance mixes.
    match_chance : float or None
        0-1.
    """

    summary: str
    programs: pd.DataFrame
    after: str
    left_out: pd.DataFrame
    what_ifs: pd.DataFrame
    by_rho: pd.DataFrame
    used: tuple[float, ...]
    match_chance: float | None


def list_pages(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
    graduates: pd.DataFrame | None = None,
) -> ListPages:
    """Make one student's list and put it into words.

    Parameters
    ----------
    student : DataFrame
        One row of students.
    programs : DataFrame
        Rows of programs.
    assumptions : Assumptions
        Every number of the model.
    preferences : DataFrame, optional
        Wishes, ties and signals.
    graduates : DataFrame, optional
        The office's own outcomes, for the counter-check.

    Returns
    -------
    ListPages
        Without a score, a sentence that says so.

    Raises
    ------
    ModelError
        If the student's wishes contradict each other.
    """
    used = assumptions.values("latent_correlation")
    if pd.isna(student["step2_ck"].iloc[0]):
        empty = pd.DataFrame()
        return ListPages(WITHOUT_SCORE, empty, "", empty, empty, empty, used, None)
    found = application_list(student, programs, assumptions, preferences)
    doubtful, firmness = _firmness(student, found, assumptions, preferences)
    curve, worth_sending = next_applications(found, assumptions)
    length = curve_sentences(curve, worth_sending, len(found.chosen), assumptions)
    check = placement_check(graduates, assumptions, degree_of(student))
    after = [" ".join([*firmness, *length]), *filter(None, [check])]
    by_rho = found.match_chance_by_rho.assign(
        basis="assumption", source="Countersignal model; no published value of rho"
    )
    if found.programs.empty:
        # Nothing to hold against anything, and nothing to draw.
        after, by_rho = [], by_rho.iloc[:0]
    return ListPages(
        " ".join(list_sentences(found, assumptions)),
        _program_rows(found, doubtful),
        "\n\n".join(after),
        _left_out_rows(found),
        printed_what_ifs(student, programs, assumptions, preferences, found),
        by_rho,
        used,
        found.match_chance,
    )


def _firmness(
    student: pd.DataFrame,
    found: ApplicationList,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None,
) -> tuple[frozenset[str], list[str]]:
    """Programs that too few of the draws choose, and what of the list stays."""
    if not len(found.choice.chosen):
        return frozenset(), []
    redrawn = report_lists(
        student, found.problem, assumptions, found.choice.chosen.tolist(), preferences
    )
    share = assumptions.value("robustness.kept_share")
    doubtful = frozenset(redrawn.doubtful(share))
    names = found.problem.programs.set_index("program_id")["program_name"]
    kept = redrawn.draws["kept"].tolist()
    sentences = list_robustness_sentences(
        kept, len(found.choice.chosen), [f"{names[i]} {MARK}" for i in sorted(doubtful)], share
    )
    return doubtful, sentences


def _program_rows(found: ApplicationList, doubtful: frozenset[str]) -> pd.DataFrame:
    rows = []
    for row in found.programs.to_dict("records"):
        mark = MARK if row["program_id"] in doubtful else ""
        ask = to_verify(row["unknown"])
        words = [listed_because(row), drops_if(row)]
        words += [f"Ask {', and '.join(ask)}."] if ask else []
        rows.append(
            {
                "No.": str(row["rank"]),
                "Program": f"{row['program_name']}, {row['state']} ({row['program_id']}){mark}",
                "Chance, range": f"{row['group']}, {percent(row['interview_chance'])} "
                f"({percent(row['low'])} to {percent(row['high'])})",
                "Signal": "–" if row["signal"] == "none" else row["signal"],
                "Why it is on the list, what would take it off": " ".join(words),
            }
        )
    return pd.DataFrame(rows)


def _left_out_rows(found: ApplicationList) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Not on the list": f"{row['program_name']} ({row['program_id']})",
                "Chance, no signal": percent(row["interview_chance"]),
                "Why not": left_out_reason(row),
            }
            for row in found.left_out.to_dict("records")
        ]
    )
