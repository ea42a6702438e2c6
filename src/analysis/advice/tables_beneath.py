"""The numbers beneath each chart, as tables with plain words."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from analysis.advice.labels import FLAGS, PROGRAM_TYPES, SEVERITY, percent, with_flag_labels
from analysis.assumptions import factor_components

__all__ = ["beside_article", "chances_table", "levels_table", "rho_table", "tolerance_table"]


def levels_table(importance: pd.DataFrame, profile: pd.DataFrame) -> pd.DataFrame:
    """Importance of each factor, with the student's own level beside it.

    Parameters
    ----------
    importance : DataFrame
        The factors as drawn.
    profile : DataFrame
        Of `analysis.model.profile.profile_points`.

    Returns
    -------
    DataFrame
        A row a factor as drawn.
    """
    components = factor_components()
    own = {row["factor"]: row for row in profile.to_dict("records")}
    rows = []
    for drawn in importance.to_dict("records"):
        row = own.get(components.get(str(drawn["factor"]).casefold(), ""))
        rows.append(
            (drawn["factor"], f"{drawn['importance']:g}", *(_own_cells(row) if row else NOT_USED))
        )
    columns = [
        "Factor",
        "Importance",
        "From worst to best",
        "This student",
        "Points, as weighed here",
    ]
    return pd.DataFrame(rows, columns=columns)


NOT_USED = ("not part of the profile", "", "")


def _own_cells(row: dict[str, Any]) -> tuple[str, str, str]:
    most = f"{100 * row['weight']:.0f}"
    points = "cannot be weighed up" if pd.isna(row["value"]) else f"{row['points']:.0f} of {most}"
    return row["swing"], _level(row), points


def _level(row: dict[str, Any]) -> str:
    level = str(row["level"])
    if row["factor"] == "red_flags":
        return "; ".join(FLAGS[flag] for flag in level.split(";"))
    if row["factor"] == "clerkships" and level:
        return f"honors in {percent(float(level))}"
    if not level:
        return "not given, taken as typical" if row["taken_as_typical"] else "no score yet"
    if row["factor"] == "research":
        return "1 item" if level == "1" else f"{level} items"
    return level


def chances_table(
    chances: pd.DataFrame, by_flag: pd.DataFrame, own_flags: Collection[str]
) -> pd.DataFrame:
    """Chances by flag: as the source has them, and at this student's score and specialty.

    Parameters
    ----------
    chances : DataFrame
        Of `analysis.tables.read_interview_chances`.
    by_flag : DataFrame
        Of `analysis.model.by_flag.chances_by_flag`, or without rows where there is no score.
    own_flags : collection of str
        Codes of the student's flags.

    Returns
    -------
    DataFrame
        A row a flag of either.
    """
    given = dict(zip(chances["red_flag"], chances["interview_chance"], strict=True))
    ours = {row["red_flag"]: row for row in by_flag.to_dict("records")}
    words = SEVERITY if set(chances["basis"]) == {"article"} else {}
    rows = []
    for flag in dict.fromkeys([*given, *ours]):
        name = FLAGS.get(flag, flag)
        own = " (this student)" if flag in own_flags else ""
        row = {
            "Red flag": f"{name}{own}",
            "Source's figure": (percent(given[flag]) if flag in given else "none published")
            + (f', "{words[flag]}"' if flag in words else ""),
        }
        if ours:
            here = ours.get(flag)
            row["Model, typical record at this score"] = (
                f"{percent(here['interview_chance'])} "
                f"({percent(here['low'])} to {percent(here['high'])})"
                if here
                else "not known"
            )
        rows.append(row)
    return pd.DataFrame(rows)


def tolerance_table(types: pd.DataFrame) -> pd.DataFrame:
    """Types of programs with prestige and willingness.

    Parameters
    ----------
    types : DataFrame
        Of `analysis.tables.read_program_tolerance`.

    Returns
    -------
    DataFrame
        A row a type.
    """
    return pd.DataFrame(
        {
            "Type of program": [PROGRAM_TYPES.get(t, t) for t in types["program_type"]],
            "Prestige, 0 to 10": [f"{value:g}" for value in types["prestige"]],
            "Willingness to consider a flag, 0 to 10": [
                f"{value:g}" for value in types["red_flag_tolerance"]
            ],
        }
    )


def beside_article(by_flag: pd.DataFrame, chances: pd.DataFrame) -> pd.DataFrame:
    """Put the source's chances beside the model's, flag by flag.

    Parameters
    ----------
    by_flag : DataFrame
        Of `analysis.model.by_flag.chances_by_flag`; may be without rows.
    chances : DataFrame
        Of `analysis.tables.read_interview_chances`.

    Returns
    -------
    DataFrame
        `by_flag` with ``article_chance`` (NaN where the source has none), ``label`` and
        ``interval``, what kind of range it is.
    """
    given = dict(zip(chances["red_flag"], chances["interview_chance"], strict=True))
    return with_flag_labels(by_flag).assign(
        article_chance=[given.get(flag, float("nan")) for flag in by_flag["red_flag"]],
        interval="range as our assumptions vary",
    )


def rho_table(by_rho: pd.DataFrame) -> pd.DataFrame:
    """The match chance over the correlation of answers, in one line.

    Parameters
    ----------
    by_rho : DataFrame
        rho, match_chance; may be without rows.

    Returns
    -------
    DataFrame
        A column a value of rho, one row.
    """
    if by_rho.empty:
        return by_rho
    cells = {
        "0, independent" if row["rho"] == 0 else f"{row['rho']:g}": percent(row["match_chance"])
        for row in by_rho.to_dict("records")
    }
    return pd.DataFrame([{"Correlation": "Match chance", **cells}])
