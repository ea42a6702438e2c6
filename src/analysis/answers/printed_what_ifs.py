"""The at most two what-ifs that a report prints; all others are asked of ``pick --what-if``."""

from __future__ import annotations

from contextlib import suppress

import pandas as pd

from analysis.advice.labels import percent
from analysis.advice.what_if_words import moves, what_if_label
from analysis.answers.pick_what_if import changed_wishes, list_comparison
from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.application_list import ApplicationList, application_list
from analysis.model.by_flag import NO_FLAG, heaviest_flag
from analysis.model.list_problem import ListWishes
from analysis.model.list_room import budget_lifted

__all__ = ["printed_what_ifs"]

MORE = 10


def printed_what_ifs(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None,
    found: ApplicationList,
    wishes: ListWishes | None = None,
) -> pd.DataFrame:
    """The list beside the two lists that are asked about most.

    Ten more applications, which the student can still decide on, whatever they cost; and the list
    without the heaviest flag, which is what the report is about. Without a flag, the list without
    signals.

    Parameters
    ----------
    student, programs, assumptions, preferences, wishes
        As for `application_list`.
    found : ApplicationList
        The list as it is.

    Returns
    -------
    DataFrame
        A row the list and each what-if, in words; empty if there is nothing to set beside it.
    """
    lists = {}
    for changes in _worth_printing(student, assumptions, found):
        asked = wishes or ListWishes()
        other, others = changed_wishes(student, asked, changes, found.problem)
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
