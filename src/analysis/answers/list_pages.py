"""The list pages of a report, with its what-ifs and similar graduates."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass

import pandas as pd

from analysis.advice.labels import FEATURES, joined, percent
from analysis.advice.list_words import (
    drops_if,
    left_out_reason,
    listed_because,
    to_verify,
)
from analysis.advice.robustness_words import list_robustness_sentences
from analysis.advice.what_if_words import moves, what_if_label
from analysis.answers.pick import (
    changed_wishes,
    curve_sentences,
    degree_of,
    list_comparison,
    list_sentences,
    placement_check,
)
from analysis.assumptions import Assumptions, read_assumptions
from analysis.errors import ModelError
from analysis.model.by_flag import NO_FLAG, heaviest_flag
from analysis.model.choice.application_list import (
    ApplicationList,
    application_list,
    budget_lifted,
    next_applications,
)
from analysis.model.choice.problem import ListWishes
from analysis.model.graduates import Alike, graduates_alike
from analysis.model.sensitivity import report_lists
from analysis.paths import from_root
from analysis.tables import read_student
from analysis.tables.graduate_files import read_graduate_files

__all__ = [
    "ListPages",
    "alike_table",
    "graduates_like",
    "graduates_like_table",
    "list_pages",
    "printed_what_ifs",
]


def graduates_like(
    student: pd.DataFrame, graduates: pd.DataFrame | None, assumptions: Assumptions
) -> Alike | str:
    """What became of the graduates most like a student, or why nothing is said.

    Parameters
    ----------
    student : DataFrame
        One row of students.
    graduates : DataFrame or None
        Rows of graduates; None if the office has given no file.
    assumptions : Assumptions
        ``graduates.smallest_cell``, ``graduates.most_alike``.

    Returns
    -------
    Alike or str
        The group, or one sentence.
    """
    if graduates is None:
        return "No file of past graduates was given, so none are counted here."
    try:
        return graduates_alike(
            student.iloc[0].to_dict(),
            graduates,
            smallest_cell=int(assumptions.value("graduates.smallest_cell")),
            most=int(assumptions.value("graduates.most_alike")),
        )
    except ModelError as error:
        return f"Nothing is said about past graduates: {error}."


def alike_table(found: Alike | str) -> pd.DataFrame:
    """Rows of a table about graduates like a student.

    Parameters
    ----------
    found : Alike or str
        From `graduates_like`.

    Returns
    -------
    DataFrame
        ``what`` and ``value``, both text.
    """
    if isinstance(found, str):
        rows = [("Graduates like this student", found)]
    else:
        rows = [
            ("Graduates counted", f"{found.n} of {found.n_graduates}"),
            ("Compared by", joined([FEATURES[name] for name in found.compared])),
            (
                "How far from the student (0 the same, 1 nothing shared)",
                f"{found.median_distance:.2f} in the middle, {found.largest_distance:.2f} at most",
            ),
            (
                "Interviews for each 100 of their applications",
                f"{100 * found.interview_rate:.0f} ({100 * found.low:.0f} to "
                f"{100 * found.high:.0f}), from {found.n_applications} applications",
            ),
            (
                "Share who matched at a program of the file",
                f"{100 * found.matched_rate:.0f} % ({100 * found.matched_low:.0f} to "
                f"{100 * found.matched_high:.0f} %)",
            ),
        ]
    return pd.DataFrame(rows, columns=["what", "value"])


def graduates_like_table(
    student_id: str,
    students_csv: str | os.PathLike[str],
    graduates_csv: str | os.PathLike[str],
    assumptions_toml: str | os.PathLike[str] | None = None,
    mapping_toml: str | os.PathLike[str] = "",
) -> pd.DataFrame:
    """Table about graduates like one student, from files.

    Parameters
    ----------
    student_id : str
        Whose row of the class.
    students_csv, graduates_csv : str or path-like
        The class, and the office's own outcomes; the latter may be "".
    assumptions_toml : str or path-like, optional
        Assumptions; the project's own without.
    mapping_toml : str or path-like
        A column mapping for the office's own export, or "".

    Returns
    -------
    DataFrame
        As `alike_table`.

    Raises
    ------
    TableError
        If a file cannot be used.
    RowError
        If the student's row or a graduate's is wrong.
    """
    student = read_student(from_root(students_csv), student_id)
    mapping = from_root(mapping_toml) if str(mapping_toml) else None
    files = [from_root(graduates_csv)] if str(graduates_csv) else []
    graduates = read_graduate_files(files, mapping) if files else None
    return alike_table(graduates_like(student, graduates, read_assumptions(assumptions_toml)))


MORE = 10


def printed_what_ifs(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None,
    found: ApplicationList,
    wishes: ListWishes | None = None,
) -> pd.DataFrame:
    """The list beside the two lists that are asked about most."""
    lists = {}
    for changes in _worth_printing(student, assumptions, found):
        asked = wishes or ListWishes()
        other, others = changed_wishes(student, asked, changes, found)
        # What the student's own wishes forbid is no what-if, and no reason to fail a report.
        with suppress(ModelError):
            lists[changes] = application_list(
                other,
                programs,
                assumptions,
                preferences,
                others,
                with_range=False,
                left_out_number=0,
            )
    rows = [row for row in list_comparison(found, lists) if row["applications"] or found.chosen]
    if not rows:
        return pd.DataFrame()
    known = programs.drop_duplicates("program_id").set_index("program_id")["program_name"]
    base = {
        "Had it been otherwise": "The list as it is",
        "Chance of a match": percent(found.match_chance),
        "Applications, fees": _cost(len(found.chosen), found.fee_usd),
        "What changes on the list": "–",
    }
    return pd.DataFrame(
        [
            base,
            *(
                {
                    "Had it been otherwise": what_if_label(
                        row["changes"], budget_lifted=budget_lifted(found, lists[row["changes"]])
                    ),
                    "Chance of a match": percent(row["match_chance"]),
                    "Applications, fees": _cost(row["applications"], row["fee_usd"]),
                    "What changes on the list": _sentence(moves(row, known.to_dict())),
                }
                for row in rows
            ),
        ]
    )


def _worth_printing(
    student: pd.DataFrame, assumptions: Assumptions, found: ApplicationList
) -> list[str]:
    asked = []
    # Programs without a chance are never listed: more than the others cannot be sent.
    open_to = found.by_option["none"].marginal > 0
    open_to[[*found.problem.constraints.never, *found.choice.chosen]] = False
    more = min(MORE, int(open_to.sum()))
    if more:
        asked.append(f"limit=+{more}")
    flag = heaviest_flag(student, assumptions)
    if flag != NO_FLAG:
        asked.append(f"drop={flag}")
    elif set(found.choice.option) - {"none"} and not found.problem.constraints.fixed_signal:
        asked.append("gold=0,silver=0")
    return asked


def _cost(applications: int, fee_usd: float) -> str:
    return f"{applications}, ${fee_usd:,.0f}"


def _sentence(phrase: str) -> str:
    return f"{phrase[0].upper()}{phrase[1:]}."


WITHOUT_SCORE = (
    "The list needs a Step 2 CK score; as soon as it is known, this page can be made. Until then "
    "the programs to look at are those that read the whole file."
)
MARK = "†"


@dataclass(frozen=True)
class ListPages:
    """What a report says of a list; empty frames where there is no score."""

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
