"""A student's list as a reader sees it: one set of numbers for report, overview, page and pick."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.choice.application_list import (
    ApplicationList,
    list_outcome,
    next_applications,
)
from analysis.model.parameters import listed
from analysis.model.what_if import what_if
from analysis.text import table
from analysis.vocabulary import CHANCE_GROUPS

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
SHORT = {"program_name": "name", "interview_chance": "chance"}
MORE_APPLICATIONS = 10
ELSEWHERE = ("us_do", "us_img", "non_us_img")


@dataclass(frozen=True)
class ListView:
    """One student's list as every page tells of it, in codes and numbers.

    Report, class overview, `pick` and the page read their numbers here, so that they cannot differ;
    the words are in the templates. ``found`` has what the model gives, this what follows.
    """

    found: ApplicationList
    assumptions: Assumptions

    @property
    def independent(self) -> float:
        """What treating each program as independent would give."""
        by_rho = self.found.match_chance_by_rho
        return float(by_rho.loc[by_rho["independent"], "match_chance"].iloc[0])

    @cached_property
    def programs(self) -> pd.DataFrame:
        """The list in order for use."""
        # program_id, name, state, specialty, group, chance, low, high (0-1), signal, tiered
        # (whether its specialty has gold and silver signals), rank, ask (codes of `ASK`), why
        # (codes), must, replacement (program_id or ""), replacement_name.
        own, known = self.found.programs, self.found.problem.programs
        # Programs that the wishes do not tell apart share a rank, and the student decides.
        rank = own["preference"].round(6).rank(method="min", ascending=False)
        names = known.set_index("program_id")["program_name"]
        season = self.assumptions.season_of
        return own.rename(columns=SHORT).assign(
            rank=rank.astype(int),
            tiered=own["specialty"].map(lambda name: bool(season(name).silver_signals)),
            ask=[
                tuple(ASK[name] for name in str(unknown).split(";") if name in ASK)
                for unknown in own["unknown"]
            ],
            replacement_name=[names.get(other, "") for other in own["replacement"]],
        )

    @cached_property
    def optional(self) -> pd.DataFrame:
        """Further programs: program_id, name, state, chance, match_gain, total_fee_usd."""
        return self.found.optional.rename(columns=SHORT)

    @property
    def least_chance(self) -> float:
        """Interview chance under which a program is not recommended."""
        return float(self.assumptions.value("list.least_chance"))

    @property
    def effort_usd(self) -> float:
        """What the work on an application is taken to cost beside its fee."""
        return float(self.assumptions.value("list.effort_usd"))

    @property
    def instead(self) -> pd.DataFrame:
        """Further programs that may take the place of one that says no: none under the floor."""
        return self.optional[~self.optional["under_floor"].astype(bool)]

    @property
    def free(self) -> pd.DataFrame:
        """Those of them that the fees of the list pay for already."""
        paid = self.optional["specialty"].isin(self.found.programs["specialty"])
        return self.optional[(self.optional["fee_usd"] == 0) & paid]

    @cached_property
    def _next(self) -> tuple[pd.DataFrame, int | None]:
        within = len(self.found.chosen) + len(self.optional)
        return next_applications(self.found, self.assumptions, within + MORE_APPLICATIONS)

    @property
    def further(self) -> pd.DataFrame:
        """`next_applications`, some past the list and the optional programs."""
        return self._next[0]

    @property
    def worth_sending(self) -> int | None:
        """Applications after which none of `further` adds much; None if each does."""
        return self._next[1]

    @property
    def curve(self) -> pd.DataFrame:
        """How far the first so many applications get: applications, match_chance."""
        within = len(self.found.chosen) + len(self.optional)
        return self.further[["applications", "match_chance"]].iloc[:within]

    @property
    def with_all(self) -> float:
        """Match chance with the optional programs too."""
        with_each = self.optional["match_chance"]
        return float(with_each.iloc[-1]) if len(with_each) else self.found.match_chance

    @property
    def all_fee_usd(self) -> float:
        """Fees of all of them."""
        fees = self.optional["total_fee_usd"]
        return float(fees.iloc[-1]) if len(fees) else self.found.fee_usd

    @property
    def screened_out(self) -> int:
        """Programs that are off the list since their screening rules close them to this file."""
        return len(self._screening)

    @cached_property
    def screened_out_by(self) -> dict[str, int]:
        """How many of them have each rule, the commonest first; one may have several."""
        reasons = self.found.offers.own.of(self._screening).with_signals({})["gate_reason"]
        each = reasons.str.split(";").explode()
        return {str(rule): int(number) for rule, number in each[each != ""].value_counts().items()}

    @property
    def _screening(self) -> NDArray[np.int64]:
        closed = np.flatnonzero(self.found.by_option["none"].marginal <= 0)
        return np.setdiff1d(closed, [*self.found.choice.chosen, *self._ruled_out])

    @property
    def _ruled_out(self) -> tuple[int, ...]:
        return tuple(self.found.problem.constraints.never)

    @property
    def sum_of_programs(self) -> dict[str, int]:
        """How the programs of the specialty add up, by what becomes of them; none is in two."""
        parts = {
            "listed": len(self.programs),
            "next": len(self.optional),
            "ruled_out": len(self._ruled_out),
            "screened_out": self.screened_out,
        }
        return parts | {"beyond": self.considered - sum(parts.values())}

    @property
    def closed(self) -> pd.DataFrame:
        """Programs that only a wish keeps on the list: their stated rules screen the file out."""
        return self.programs[self.programs["chance"] <= 0]

    @property
    def considered(self) -> int:
        """Programs of the specialty."""
        return len(self.found.problem.programs)

    @property
    def left_out(self) -> pd.DataFrame:
        """The best programs off the list that may read the file: name, program_id, chance, reason.

        ``spare`` is the chance with a signal that the list does not use, NaN without one; ``equal``
        says whether it would do exactly as well as one of the list.
        """
        shown = self.found.left_out.rename(columns=SHORT)
        sent = self.optional[self.optional["signal"] != "none"].set_index("program_id")["chance"]
        shown = shown.assign(
            spare=shown["program_id"].map(sent).astype(float),
            equal=shown["program_id"].isin(self._as_good),
        )
        shown = shown[shown["reason"] != "no_chance"]
        return shown.sort_values("chance", ascending=False, kind="stable")

    @property
    def alike(self) -> dict[str, int]:
        """Programs of the list for which others do exactly as well, and how many others."""
        listed = self.found.programs["interchangeable"].map(bool)
        return {"listed": int(listed.sum()), "others": len(self._as_good)}

    @property
    def _as_good(self) -> set[str]:
        others = self.found.programs["interchangeable"].explode().dropna()
        return {*others} - {*self.found.chosen}

    @property
    def ranked(self) -> bool:
        """Whether the student's wishes tell programs apart: then there is a rank order."""
        return bool(self.found.problem.preference_from)

    @property
    def short_names(self) -> dict[str, str]:
        """Short names of the specialties, where the list has more than one."""
        return _short_names(self.found.programs["specialty"].unique().tolist())

    @property
    def empty(self) -> bool:
        """Whether no program is on the list."""
        return not self.found.chosen

    @property
    def gain(self) -> int:
        """What the optional programs add, in the whole numbers of 100 that are shown."""
        return self.more_than(self.with_all)

    def more_than(self, match: float) -> int:
        """How far another match chance lies above the list's, in the numbers that are shown."""
        return round(100 * match) - round(100 * self.found.match_chance)

    @property
    def least_change(self) -> int:
        """Change of the match chance in 100 from which a page speaks of it."""
        return round(100 * self.assumptions.value("report.least_change"))

    @property
    def more_helps(self) -> bool:
        """Whether the optional programs together add as much."""
        return self.gain >= self.least_change

    @property
    def free_gain(self) -> int:
        """What those that cost no further fee add, in the whole numbers that are shown."""
        # Each gain stands after those before it, so that beside fewer programs it is no smaller.
        return self.more_than(self.found.match_chance + float(self.free["match_gain"].sum()))

    @property
    def enough(self) -> int:
        """How many of the best programs come within 2 in 100 of the list."""
        near = self.curve["match_chance"] >= self.found.match_chance - 0.02
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
) -> dict[str, WhatIf]:
    """The best list after each change that is asked about."""
    row = student.iloc[0]
    flags = listed(row["red_flags"])
    letters = row.get("letters", np.nan)
    now = assumptions.value("reference.letters") if pd.isna(letters) else float(letters)
    typical = assumptions.value("applicants.step2_mean")
    asked: dict[str, str] = {}
    if flags:
        asked["no_flags"] = "red_flags=none"
        # This flag says of the grades what they say themselves: without it they are typical.
        usual = assumptions.value("reference.clerkships")
        if (
            "clerkship_chronic_low" in flags
            and row.get("clerkship_honors_fraction", np.nan) < usual
        ):
            asked["no_flags"] += f",clerkships={usual:g}"
    if pd.notna(row["step2_ck"]) and row["step2_ck"] != typical:
        asked["typical_score"] = f"step2_ck={typical:g}"
    if row.get("degree") in ELSEWHERE:
        asked["us_md"] = "degree=us_md,needs_visa=no"
    # One standard deviation among applicants: what "somewhat stronger" means.
    better = now + assumptions.value("pool.letters_sd")
    if better <= 1:
        asked["letters"] = f"letters={better:g}"
    lists: dict[str, WhatIf] = {}
    for name, change in asked.items():
        # What the student's own wishes forbid is no what-if, and no reason to fail a report.
        with suppress(ModelError):
            other = what_if(student, change)
            outcome = list_outcome(other, programs, assumptions, preferences)
            lists[name] = WhatIf(change, *outcome)
    return lists


def ladder_table(plan: ListView | None) -> pd.DataFrame:
    """The list as a table, group by group; a column in which no row has anything is left out."""
    rows = [] if plan is None else _grouped(plan).to_dict("records")
    shown = table("report/ladder_table", rows=rows, ranked=plan is not None and plan.ranked)
    return shown.loc[:, (shown != "").any()]


def ladder_data(plan: ListView | None) -> dict[str, Any]:
    """What ``ladder`` of blocks.typ draws: ``head``, ``sides`` of its last columns, and groups."""
    if plan is None or plan.empty:
        return {"head": [], "sides": [], "groups": []}
    shown = ladder_table(plan)
    program, chance, _, *short = shown.columns
    numbers = [shown[name].astype(str).str.isdecimal().all() for name in short]
    drawn = _grouped(plan)[["group", "chance", "low", "high", "signal"]].assign(
        name=shown[program], text=shown[chance], short=shown[short].to_numpy().tolist()
    )
    groups = [
        {"label": f"{label} ({len(own)})", "programs": own.drop(columns="group").to_dict("records")}
        for group, label in CHANCE_GROUPS.items()
        if len(own := drawn[drawn["group"] == group])
    ]
    sides = ["right" if number else "left" for number in numbers]
    return {"head": [program, chance, *short], "sides": sides, "groups": groups}


def _grouped(plan: ListView) -> pd.DataFrame:
    """Programs of the list, which stand group by group, with the short names of two specialties."""
    names = [plan.short_names.get(name, "") for name in plan.programs["specialty"]]
    return plan.programs.assign(short=names)


def worksheet_table(plan: ListView | None) -> pd.DataFrame:
    """Programs with something to confirm, and room for the answers."""
    rows = [] if plan is None else plan.unconfirmed.to_dict("records")
    return table("report/worksheet_table", rows=rows)


def worksheet_data(plan: ListView | None) -> dict[str, Any]:
    """What ``worksheet`` of blocks.typ draws."""
    shown = worksheet_table(plan)
    return {"head": shown.columns.tolist(), "rows": shown.to_numpy().tolist()}
