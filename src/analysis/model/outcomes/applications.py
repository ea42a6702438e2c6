"""What the survey's model says of applications that were sent, and how each flag moves it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.chance import log_odds_terms
from analysis.model.level import ProgramLevels, program_levels
from analysis.model.parameters import EXAM_FAILURES, FLAGS, chance_parameters, listed
from analysis.model.pool import SIGNALS
from analysis.model.profile import profile_levels, specialties_of
from analysis.model.terms import gate

__all__ = ["RELIEF", "SLOPES", "application_chances"]

# Step of the numeric slope in a flag's log-odds; the penalty is piecewise linear in it.
STEP = 1e-4
NO_SCORE = "no Step 2 CK score"
NO_PROGRAM = "program not in the programs file, and no type"
CLOSED = "gate closed"
# Components whose slopes are learned, and shares of a flag's weight that a high score takes off.
SLOPES = ("step2_ck", "clerkships", "letters", "research")
RELIEF = {"relief_minor": "minor", "relief_major": "major", "relief_none": "none"}


def application_chances(
    applications: pd.DataFrame, assumptions: Assumptions, programs: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Chance of each application as it was sent (docs/methods.md, sections 3 and 7)."""
    # ``logit`` is that of whoever is read: neither the gate nor the highest chance is in it.
    if applications.empty:
        message = "there are no graduates' applications"
        raise ModelError(message)
    rows = _placed(applications.reset_index(drop=True), programs)
    found = rows[["graduate_id", "year", "interviewed", "matched", "program_type"]].copy()
    found["degree"] = rows.get("degree", np.nan)
    found["specialty"], found["signal"] = rows["own_specialty"], rows["signal"]
    found["red_flags"] = rows["red_flags"].map(listed)
    found = found.assign(interview_chance=np.nan, logit=np.nan, gate=np.nan)
    found = found.assign(prestige=np.nan, chance_basis="")
    found["left_out"] = np.where(rows["target"] == "", NO_PROGRAM, "")
    moved_by = [f"exposure_{name}" for name in ("level", *SLOPES, *RELIEF, *FLAGS)]
    exposures = pd.DataFrame(0.0, index=rows.index, columns=moved_by)
    found = pd.concat([found, exposures], axis=1)
    targets = _targets(rows[rows["target"] != ""], programs)
    if not targets.empty:
        levels = program_levels(targets, assumptions)
        found["chance_basis"] = levels.basis
        scored = rows[rows["target"] != ""]
        kinds = _kinds(scored, assumptions)
        for kind in dict.fromkeys(kinds):
            part = scored[kinds == kind]
            _fill(found, part, kind, targets, levels, assumptions)
    found.loc[found["logit"].isna() & (found["left_out"] == ""), "left_out"] = NO_SCORE
    found.loc[(found["gate"] == 0) & (found["left_out"] == ""), "left_out"] = CLOSED
    return found.set_axis(applications.index)


def _placed(rows: pd.DataFrame, programs: pd.DataFrame | None) -> pd.DataFrame:
    """Rows with the program each went to: one of the file, or the typical one of a type."""
    for name in ("program_id", "program_type", "signal", "red_flags"):
        if name not in rows:
            rows[name] = pd.Series(np.nan, index=rows.index, dtype=object)
    first = rows["specialty"].map(lambda cell: (listed(cell) or ("",))[0])
    own_type = rows["program_type"].astype(object)
    in_file = pd.Series(False, index=rows.index)
    if programs is not None:
        listing = programs.set_index("program_id")
        in_file = rows["program_id"].isin(listing.index)
        first = first.where(~in_file, rows["program_id"].map(listing["specialty"]))
        own_type = own_type.where(~in_file, rows["program_id"].map(listing["program_type"]))
    typical = "type:" + own_type.astype(str) + ":" + first.astype(str)
    target = typical.where(~in_file, "id:" + rows["program_id"].astype(str))
    target = target.where(in_file | own_type.notna(), "")
    return rows.assign(target=target, own_specialty=first, program_type=own_type)


def _targets(rows: pd.DataFrame, programs: pd.DataFrame | None) -> pd.DataFrame:
    """Programs that were applied to, indexed by target, in the shape of programs."""
    each = rows.drop_duplicates("target").set_index("target")
    typical = each[each.index.str.startswith("type:")]
    frame = pd.DataFrame(
        {
            "program_id": typical.index,
            "specialty": typical["own_specialty"],
            "program_type": typical["program_type"],
        },
        index=typical.index,
    )
    if programs is None:
        return frame
    own = programs.set_axis("id:" + programs["program_id"].astype(str), axis=0)
    own = own[own.index.isin(each.index)]
    return own if frame.empty else pd.concat([own, frame])


def _kinds(rows: pd.DataFrame, assumptions: Assumptions) -> pd.Series:
    """Competitiveness of each row's specialty, the graduate's own word before the season's."""
    competitiveness = rows["competitiveness"] if "competitiveness" in rows else [()] * len(rows)
    words = map(listed, rows["specialty"]), map(listed, competitiveness), rows["own_specialty"]
    own = list(zip(*words, strict=True))
    known: dict[tuple[object, ...], str] = {}
    for at, key in enumerate(own):
        if key not in known:
            row = rows.iloc[at]
            kinds = specialties_of(row, assumptions)
            alone = {"specialty": row["own_specialty"]}
            known[key] = kinds.get(row["own_specialty"]) or next(
                iter(specialties_of(alone, assumptions).values())
            )
    return pd.Series([known[key] for key in own], index=rows.index)


def _fill(
    found: pd.DataFrame,
    part: pd.DataFrame,
    kind: str,
    targets: pd.DataFrame,
    levels: ProgramLevels,
    assumptions: Assumptions,
) -> None:
    """Write chances and exposures of one class of specialties into the result."""
    column = targets.index.get_indexer(part["target"])
    person = part.groupby(["graduate_id", "year"], sort=False).ngroup().to_numpy()
    students = part.loc[~pd.Series(person, index=part.index).duplicated()]
    profiles = profile_levels(students, assumptions)
    parameters = chance_parameters(assumptions)

    terms = log_odds_terms(profiles, kind, levels, parameters, assumptions)
    shape = (len(students), len(targets))
    total = np.asarray(sum(np.broadcast_to(term, shape) for term in terms.values()))
    signals = part["signal"].astype(object).where(part["signal"].notna(), "none").to_numpy()
    by_signal = {
        one: levels.signal_term(np.full(len(targets), one, dtype=object), kind, parameters)
        for one in SIGNALS
    }
    further = np.stack([by_signal[one] for one in SIGNALS]) + levels.place_term(None, kind)
    sent = [SIGNALS.index(one) for one in signals]
    log_odds = total[person, column] + further[sent, column]
    opening = np.ones(len(part))
    scores = students["step2_ck"].to_numpy(dtype=np.float64)[person]
    # One gate for all whom it asks the same, but for the score.
    for alike in _alike_at_the_gate(students, profiles["red_flags"]):
        own = np.flatnonzero(np.isin(person, alike))
        student = {**students.iloc[alike[0]], "step2_ck": scores[own]}
        flags = profiles["red_flags"].iloc[alike[0]]
        programs = targets.iloc[column[own]]
        doors = gate(student, flags, programs, assumptions, None, signals[own])
        opening[own] = doors.opening
    found.loc[part.index, "gate"] = opening
    found.loc[part.index, "prestige"] = levels.prestige[column]
    read = expit(log_odds)
    found.loc[part.index, "interview_chance"] = opening * np.minimum(
        read, assumptions.value("highest_chance")
    )
    found.loc[part.index, "logit"] = log_odds
    found.loc[part.index, "exposure_level"] = 1.0
    held = {
        name: replace(
            parameters,
            weights={**parameters.weights, name: parameters.weights[name] * (1 - STEP)},
        )
        for name in SLOPES
    }
    for name, severity in RELIEF.items():
        less = {k: v - STEP * (k[1] == severity) for k, v in parameters.kappa.items()}
        held[name] = replace(parameters, kappa=less)
    for flag in sorted({flag for flags in profiles["red_flags"] for flag in flags}):
        gamma = {**parameters.gamma, flag: parameters.gamma[flag] - STEP}
        held[flag] = replace(parameters, gamma=gamma)
    for name, lower in held.items():
        moved = log_odds_terms(profiles, kind, levels, lower, assumptions)
        below = np.asarray(sum(np.broadcast_to(term, shape) for term in moved.values()))
        slope = (total - below)[person, column] / STEP
        found.loc[part.index, f"exposure_{name}"] = slope


def _alike_at_the_gate(students: pd.DataFrame, red_flags: pd.Series) -> list[NDArray[np.intp]]:
    """Positions of students whom `gate` asks the same, but for the score."""
    asked = students.reindex(columns=["degree", "comlex_only", "needs_visa"]).astype(object)
    asked["exam"] = [bool(EXAM_FAILURES & set(flags)) for flags in red_flags]
    asked["conduct"] = ["professionalism" in flags for flags in red_flags]
    group = asked.groupby(list(asked), dropna=False, sort=False).ngroup().to_numpy()
    return [np.flatnonzero(group == one) for one in range(group.max() + 1)]
