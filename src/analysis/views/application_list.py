"""A student's list as a reader sees it: one set of numbers for report, overview, page and pick."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.choice.application_list import (
    ApplicationList,
    list_outcome,
    next_applications,
)
from analysis.model.parameters import listed
from analysis.model.what_if import what_if
from analysis.plain_text import escape_markdown
from analysis.text import percent
from analysis.vocabulary import CHANCE_GROUPS

__all__ = [
    "ASK",
    "ListView",
    "WhatIf",
    "ladder_data",
    "ladder_table",
    "list_view",
    "what_ifs_of",
    "worksheet_data",
    "worksheet_table",
]

# What a program has not told, by column, with the code that stands beside the program.
ASK: Mapping[str, str] = MappingProxyType(
    {
        "auto_screen_any_failure": "S",
        "step2_cutoff": "C",
        "veto_professionalism": "P",
        "accepts_do": "D",
        "accepts_comlex": "X",
        "visa": "V",
        "step2_ck": "K",
    }
)
BETTER_LETTERS = 0.2
MORE_APPLICATIONS = 10


@dataclass(frozen=True)
class ListView:
    """One student's list, in codes and numbers; the words are in the templates.

    Parameters
    ----------
    match, low, high : float
        Estimated match chance of the list (0-1), and its 5th and 95th percentile.
    if_all_no : float
        The same if every unconfirmed policy turns out to be a no.
    independent : float
        What treating each program as independent would give.
    programs : DataFrame
        The list in order for use: program_id, name, state, specialty, group, chance, low, high
        (0-1), signal, tiered (whether its specialty has gold and silver signals), rank, ask (codes
        of `ASK`), why (codes), must, replacement (program_id or ""), replacement_name.
    optional : DataFrame
        Further programs: program_id, name, state, chance, match_gain, total_fee_usd.
    curve : DataFrame
        applications, match_chance: how far the first so many applications get.
    further : DataFrame
        The same of `next_applications`, some applications past the list and the optional programs.
    worth_sending : int or None
        Applications after which none of `further` adds much; None if each does.
    fee_usd : float
        Fees of the list.
    with_all : float
        Match chance with the optional programs too.
    all_fee_usd : float
        Fees of all of them.
    screened_out : int
        Programs of the specialty whose screening rules close them to this file.
    considered : int
        Programs of the specialty.
    left_out : DataFrame
        The best programs that are not recommended: name, program_id, chance, reason.
    gap : float
        Certified gap of the choice.
    floor_dropped, below_price : bool
        Whether the least chance, or the price, was dropped so that there is a list.
    ranked : bool
        Whether the student stated wishes, so that there is a rank order to show.
    short_names : dict of str to str
        Of the specialties, where the list has more than one.
    """

    match: float
    low: float
    high: float
    if_all_no: float
    independent: float
    programs: pd.DataFrame
    optional: pd.DataFrame
    curve: pd.DataFrame
    further: pd.DataFrame
    worth_sending: int | None
    fee_usd: float
    with_all: float
    all_fee_usd: float
    screened_out: int
    considered: int
    left_out: pd.DataFrame
    gap: float
    floor_dropped: bool
    below_price: bool
    ranked: bool
    short_names: dict[str, str]

    @property
    def empty(self) -> bool:
        """Whether no program is on the list."""
        return self.programs.empty

    @property
    def gain(self) -> int:
        """What the optional programs add, in the whole numbers of 100 that are shown."""
        return round(100 * self.with_all) - round(100 * self.match)

    @property
    def enough(self) -> int:
        """How many of the best programs come within 2 in 100 of the list."""
        near = self.curve["match_chance"] >= self.match - 0.02
        return int(self.curve.loc[near, "applications"].min())

    @property
    def enough_match(self) -> float:
        """Match chance of those."""
        at = self.curve["applications"] == self.enough
        return float(self.curve.loc[at, "match_chance"].iloc[0])

    @property
    def unconfirmed(self) -> pd.DataFrame:
        """Programs that have something to confirm, the most likely first."""
        return self.programs[self.programs["ask"].map(bool)]

    def signaled(self, tier: str) -> list[str]:
        """Names of the programs that get a signal of a tier."""
        return self.programs.loc[self.programs["signal"] == tier, "name"].tolist()


def list_view(found: ApplicationList, assumptions: Assumptions) -> ListView:
    """Read a list for a reader.

    Parameters
    ----------
    found : ApplicationList
        With ranges.
    assumptions : Assumptions
        As it was made with.

    Returns
    -------
    ListView
    """
    own, optional = found.programs, found.optional
    known = found.problem.programs.set_index("program_id")["program_name"]
    programs = own.rename(columns={"program_name": "name", "interview_chance": "chance"})
    programs = programs.assign(
        tiered=own["specialty"].map(lambda name: bool(assumptions.season_of(name).silver_signals)),
        ask=[
            tuple(ASK[name] for name in str(unknown).split(";") if name in ASK)
            for unknown in own["unknown"]
        ],
        replacement_name=[known.get(other, "") for other in own["replacement"]],
    )
    within = len(own) + len(optional)
    further, worth_sending = next_applications(found, assumptions, within + MORE_APPLICATIONS)
    more = optional.iloc[-1] if len(optional) else None
    by_rho = found.match_chance_by_rho
    independent = by_rho.loc[by_rho["independent"], "match_chance"].iloc[0]
    return ListView(
        match=found.match_chance,
        low=found.match_chance_low,
        high=found.match_chance_high,
        if_all_no=found.match_chance_if_unknowns_close,
        independent=float(independent),
        programs=programs,
        optional=optional.rename(columns={"program_name": "name", "interview_chance": "chance"}),
        curve=further[["applications", "match_chance"]].iloc[:within],
        further=further,
        worth_sending=worth_sending,
        fee_usd=found.fee_usd,
        with_all=found.match_chance if more is None else float(more["match_chance"]),
        all_fee_usd=found.fee_usd if more is None else float(more["total_fee_usd"]),
        screened_out=int(np.sum(found.by_option["none"].marginal <= 0)),
        considered=len(found.problem.programs),
        left_out=found.left_out.rename(
            columns={"program_name": "name", "interview_chance": "chance"}
        ),
        gap=found.choice.certified_gap,
        floor_dropped=found.floor_dropped,
        below_price=found.below_price,
        ranked=bool(np.ptp(found.problem.utility) > 0),
        short_names=_short_names(own["specialty"].unique().tolist()),
    )


def _short_names(specialties: list[str]) -> dict[str, str]:
    """Initials of two specialties, which a row has room for; a single word stays as it is."""
    if len(specialties) < 2:
        return {}
    words = {name: [word for word in name.split() if word[0].isupper()] for name in specialties}
    return {
        name: "".join(word[0] for word in own) if len(own) > 1 else name
        for name, own in words.items()
    }


@dataclass(frozen=True)
class WhatIf:
    """One change of a student's record or wishes, and what the list then gives."""

    change: str
    match: float
    applications: int
    fee_usd: float


def what_ifs_of(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None,
    found: ApplicationList,
) -> dict[str, WhatIf]:
    """The best list after a change: no red flag, stronger letters, a typical score, more programs.

    Parameters
    ----------
    student, programs, assumptions, preferences
        As for `application_list`.
    found : ApplicationList
        The list as it is.

    Returns
    -------
    dict of str to WhatIf
        By ``no_flags``, ``letters``, ``typical_score``, ``more``; a change that means nothing for
        this student, or that the student's wishes forbid, is left out.
    """
    row = student.iloc[0]
    flags = listed(row["red_flags"])
    letters = row.get("letters", np.nan)
    now = assumptions.value("reference.letters") if pd.isna(letters) else float(letters)
    typical = assumptions.value("applicants.step2_mean")
    asked: dict[str, str] = {}
    if flags:
        asked["no_flags"] = "red_flags=none"
    if row["step2_ck"] > typical:
        asked["typical_score"] = f"step2_ck={typical:g}"
    if now + BETTER_LETTERS <= 1:
        asked["letters"] = f"letters={now + BETTER_LETTERS:g}"
    lists: dict[str, WhatIf] = {}
    for name, change in asked.items():
        # What the student's own wishes forbid is no what-if, and no reason to fail a report.
        with suppress(ModelError):
            other = what_if(student, change)
            outcome = list_outcome(other, programs, assumptions, preferences)
            lists[name] = WhatIf(change, *outcome)
    if len(found.optional):
        # The first of the optional programs: the same numbers as on page 1 and in the curve.
        sent = min(MORE_APPLICATIONS, len(found.optional))
        last = found.optional.iloc[sent - 1]
        lists["more"] = WhatIf(
            "more",
            float(last["match_chance"]),
            len(found.chosen) + sent,
            float(last["total_fee_usd"]),
        )
    return lists


HEAD = ("Program", "Interview", "Signal", "Ask", "Rank")


def ladder_data(plan: ListView | None) -> dict[str, Any]:
    """What ``ladder`` of blocks.typ draws.

    Parameters
    ----------
    plan : ListView or None
        The list; without one there are no groups.

    Returns
    -------
    dict
        ``head``, and ``groups`` with label and programs.
    """
    groups: list[dict[str, Any]] = []
    for group, label in CHANCE_GROUPS.items():
        if plan is None:
            break
        own = plan.programs[plan.programs["group"] == group]
        if len(own):
            programs = [_rung(row, plan) for row in own.to_dict("records")]
            groups.append({"label": f"{label} ({len(own)})", "programs": programs})
    ranked = plan is not None and plan.ranked
    return {"head": list(HEAD if ranked else HEAD[:-1]), "groups": groups}


def ladder_table(plan: ListView | None) -> str:
    """The same as a Markdown table, for whoever reads the notebook itself."""
    lines = ["| Program | Interview | Range | Signal | Ask | Rank |", "|:--|--:|:--|:--|:--|--:|"]
    for group in ladder_data(plan)["groups"]:
        lines.append(f"| **{group['label']}** | | | | | |")
        for rung in group["programs"]:
            low, high = percent(rung["low"]), percent(rung["high"])
            ends = low if low == high else f"{low} to {high}"
            cells = (escape_markdown(rung["name"]), rung["text"], ends, *_last(rung))
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) if len(lines) > 2 else ""


def worksheet_data(plan: ListView | None) -> dict[str, Any]:
    """What ``worksheet`` of blocks.typ draws: programs with something to confirm, and room."""
    rows = [] if plan is None else plan.unconfirmed.to_dict("records")
    cells = [
        [f"{row['name']} ({row['program_id']})", ", ".join(row["ask"]), "", ""] for row in rows
    ]
    return {"head": ["Program", "Ask", "Answer", "Date"], "rows": cells}


def worksheet_table(plan: ListView | None) -> str:
    """The same as a Markdown table."""
    data = worksheet_data(plan)
    rows = [[escape_markdown(cell) for cell in row] for row in data["rows"]]
    lines = [
        " | ".join(data["head"]),
        "|".join([":--"] * len(data["head"])),
        *map(" | ".join, rows),
    ]
    return "\n".join(f"| {line} |" for line in lines) if rows else ""


def _last(rung: dict[str, Any]) -> tuple[str, str, str]:
    return rung["signal_text"], rung["ask"], rung["rank"]


def _rung(row: dict[str, Any], plan: ListView) -> dict[str, Any]:
    short = plan.short_names.get(row["specialty"], "")
    signal = row["signal"] if row["tiered"] else "yes"
    return {
        "name": f"{row['name']}, {row['state']}" + (f" · {short}" if short else ""),
        "chance": row["chance"],
        "low": row["low"],
        "high": row["high"],
        # A row has room for a sign, not for "or more" and "less than".
        "text": percent(row["chance"]).replace(" or more", "+").replace("less than ", "<"),
        "signal": row["signal"],
        "signal_text": "" if row["signal"] == "none" else signal,
        "ask": ", ".join(row["ask"]),
        "rank": str(row["rank"]) if plan.ranked else "",
    }
