"""What the class handout says: the article's three charts and two tables, about no one student."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.text import table
from analysis.vocabulary import FLAGS, NO_FLAG, PROGRAM_TYPES

# The two flags whose order in the article's words is not the order in its chart.
DISAGREE = ("step1_failure", "preclinical_failures_multiple")


@dataclass(frozen=True)
class HandoutView:
    """A handout for a whole class."""

    # weighs, programs: The factor that counts ``most`` (``name``, ``points`` of 100); the types of
    # programs that are ``most`` and ``least`` willing to consider a red flag (``name``, ``willing``
    # of 10).
    weighs: dict[str, Any]
    # ``worst`` and ``least`` flag (``name``, ``drop`` in whole points of 100), and whether the
    # article's words and its chart ``disagree``.
    flags: dict[str, Any]
    programs: dict[str, Any]
    # severity, relief: Tables as printed.
    severity: pd.DataFrame
    relief: pd.DataFrame


def handout_view(
    importance: pd.DataFrame,
    chances: pd.DataFrame,
    types: pd.DataFrame,
    severity: pd.DataFrame,
    relief: pd.DataFrame,
) -> HandoutView:
    """Put the article's tables side by side."""
    share = dict(zip(chances["red_flag"], chances["interview_chance"], strict=True))
    start = share[NO_FLAG]
    drops = {
        flag: round(100 * (start - chance)) for flag, chance in share.items() if flag != NO_FLAG
    }
    named = [
        {"name": FLAGS[flag].label, "drop": drop}
        for flag, drop in sorted(drops.items(), key=lambda item: (-item[1], item[0]))
    ]
    higher, lower = (share.get(flag) for flag in DISAGREE)
    factor = importance.loc[importance["importance"].idxmax()]
    willing = [
        {
            "name": PROGRAM_TYPES[row["program_type"]].label,
            "willing": f"{row['red_flag_tolerance']:g}",
        }
        for row in types.sort_values(["red_flag_tolerance", "program_type"]).to_dict("records")
    ]
    return HandoutView(
        weighs={"most": {"name": factor["factor"], "points": f"{factor['importance']:g}"}},
        programs={"most": willing[-1], "least": willing[0]},
        flags={
            "worst": named[0],
            "least": named[-1],
            "disagree": higher is not None and lower is not None and higher > lower,
        },
        severity=table(
            "handout/severity_table",
            rows=[
                row | {"chance": _shown(row["red_flags"].split(";"), share)}
                for row in severity.to_dict("records")
            ],
        ),
        relief=table("handout/relief_table", rows=relief.to_dict("records")),
    )


def _shown(codes: list[str], share: dict[str, float]) -> float | None:
    """The article's chance of a group of flags, where it has one."""
    given = [share[code] for code in codes if code in share]
    return given[0] if given else None
