"""Graduates: chances of what they applied to, the most alike, and rates by flag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from analysis.arrays import Floats
from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.chance import wilson_interval
from analysis.model.level import ProgramLevels, program_levels
from analysis.model.parameters import FLAGS, ChanceParameters, chance_parameters, listed
from analysis.model.pool import SIGNALS
from analysis.model.profile import profile_levels, specialties_of
from analysis.model.terms import gate, terms_of
from analysis.vocabulary import EXAM_FAILURES

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

    def summed(moved: ChanceParameters) -> Floats:
        """Log-odds of each student at each target, without signal and place."""
        terms = terms_of(profiles, kind, levels, moved, assumptions).named().values()
        shape = (len(students), len(targets))
        return np.asarray(sum(np.broadcast_to(term, shape) for term in terms))

    total = summed(parameters)
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
    slopes = [(total - summed(lower))[person, column] / STEP for lower in held.values()]
    found.loc[part.index, [f"exposure_{name}" for name in held]] = np.column_stack(slopes)


def _alike_at_the_gate(students: pd.DataFrame, red_flags: pd.Series) -> list[NDArray[np.intp]]:
    """Positions of students whom `gate` asks the same, but for the score."""
    asked = students.reindex(columns=["degree", "comlex_only", "needs_visa"]).astype(object)
    asked["exam"] = [bool(EXAM_FAILURES & set(flags)) for flags in red_flags]
    asked["conduct"] = ["professionalism" in flags for flags in red_flags]
    group = asked.groupby(list(asked), dropna=False, sort=False).ngroup().to_numpy()
    return [np.flatnonzero(group == one) for one in range(group.max() + 1)]


# How two people are held side by side: by distance, by sameness, by shared entries of a list.
FEATURES: Mapping[str, str] = {
    "specialty": "list",
    "step2_ck": "number",
    "step1_result": "word",
    "red_flags": "list",
    "degree": "word",
    "clerkship_honors_fraction": "number",
    "letters": "number",
    "research_items": "number",
}


@dataclass(frozen=True, slots=True)
class Alike:
    """What became of the graduates most like a student."""

    n: int
    n_graduates: int  # how many were looked at
    n_applications: int  # applications of the n
    # median_distance, largest_distance: Gower distance, 0 (the same in all that is known) to 1.
    median_distance: float
    largest_distance: float
    # interview_rate, low, high: Interviews an application, with its 90% interval.
    interview_rate: float
    low: float
    high: float
    # matched_rate, matched_low, matched_high: Share of the n who matched at a program of the file.
    matched_rate: float
    matched_low: float
    matched_high: float
    compared: tuple[str, ...]  # features that the student's row gives
    # same_specialty, same_flag: How many of the n applied in a specialty of the student's, and had
    # one of the student's red flags.
    same_specialty: int
    same_flag: int


def gower_distance(student: Mapping[str, Any], graduates: pd.DataFrame) -> Floats:
    """Mean difference over what is known of both, each feature from 0 to 1 (Gower 1971)."""
    total, known = np.zeros(len(graduates)), np.zeros(len(graduates))
    for name, kind in FEATURES.items():
        if name not in graduates or name not in student:
            continue
        column, own = graduates[name], student[name]
        if kind == "list":
            mine, theirs = set(listed(own)), [set(listed(value)) for value in column]
            if name == "specialty" and not mine:
                continue
            apart = np.array([len(mine ^ t) / len(mine | t) if mine | t else 0.0 for t in theirs])
            both = np.ones(len(theirs), dtype=bool)
        elif pd.isna(own):
            continue
        elif kind == "number":
            number = column.to_numpy(dtype=np.float64)
            both = ~np.isnan(number)
            ends = [*number[both], float(own)]
            width = (max(ends) - min(ends)) or 1.0
            apart = np.abs(np.where(both, number, float(own)) - float(own)) / width
        else:
            both = column.notna().to_numpy()
            apart = (column.astype(object).to_numpy() != own).astype(np.float64)
        total += np.where(both, apart, 0.0)
        known += both
    mean = np.divide(total, known, out=np.full(len(graduates), np.nan), where=known > 0)
    return np.asarray(mean, dtype=np.float64)


def graduates_alike(
    student: Mapping[str, Any], applications: pd.DataFrame, *, smallest_cell: int, most: int
) -> Alike:
    """Interview rate of the graduates most like a student, with how alike and how sure."""
    of_kind = _same_kind(student, applications)
    people, distance, nearest = _nearest(student, of_kind, smallest_cell, most)
    k = nearest.size
    chosen = applications[applications["graduate_id"].isin(people["graduate_id"].iloc[nearest])]
    by_person = chosen.groupby("graduate_id").agg(
        sent=("interviewed", "size"), got=("interviewed", "sum"), matched=("matched", "max")
    )
    rate = float(by_person["got"].sum() / by_person["sent"].sum())
    effective = _effective_number(by_person, rate)
    low, high = wilson_interval(rate * effective, effective, 0.9)
    matched = float(by_person["matched"].mean())
    matched_low, matched_high = wilson_interval(matched * k, k, 0.9)
    return Alike(
        k,
        len(people),
        len(chosen),
        float(np.median(distance[nearest])),
        float(distance[nearest].max()),
        rate,
        float(low),
        float(high),
        matched,
        float(matched_low),
        float(matched_high),
        compared=tuple(
            name
            for name, kind in FEATURES.items()
            if name in people and name in student and (kind == "list" or pd.notna(student[name]))
        ),
        same_specialty=_sharing("specialty", student, chosen),
        same_flag=_sharing("red_flags", student, chosen),
    )


def _sharing(name: str, student: Mapping[str, Any], applications: pd.DataFrame) -> int:
    """How many graduates share one of the student's words of a column in some application."""
    mine = set(listed(student.get(name)))
    shared = applications[name].map(lambda words: bool(mine & set(listed(words))))
    return int(applications.loc[shared, "graduate_id"].nunique())


def most_matched(
    student: Mapping[str, Any],
    applications: pd.DataFrame,
    lowest: float,
    *,
    smallest_cell: int,
    most: int,
) -> float:
    """Largest `Alike.matched_high` at the student's score and the whole ones from ``lowest`` to it.

    Other graduates are nearest to each score, but a better one never allows less than a lower one.
    """
    people = _same_kind(student, applications)
    matched = applications.groupby("graduate_id")["matched"].max().reindex(people["graduate_id"])
    people = people.assign(matched=matched.to_numpy())
    own = float(student.get("step2_ck", np.nan))
    found = 0.0
    for score in (own, *np.arange(lowest, own)) if own > lowest else (own,):
        asked = {**student, "step2_ck": score}
        others, _, nearest = _nearest(asked, people, smallest_cell, most)
        count = others["matched"].iloc[nearest].mean() * nearest.size
        found = max(found, float(wilson_interval(count, nearest.size, 0.9)[1]))
    return found


def _same_kind(student: Mapping[str, Any], applications: pd.DataFrame) -> pd.DataFrame:
    """Graduates of the student's degree, with a red flag if the student has one, by id."""
    # What became of others says little about this record.
    people = applications.drop_duplicates("graduate_id", keep="last").sort_values("graduate_id")
    flagged = people["red_flags"].map(lambda flags: bool(listed(flags))).to_numpy()
    people = people[flagged == bool(listed(student.get("red_flags")))]
    degree = student.get("degree")
    if isinstance(degree, str) and degree and "degree" in people:
        people = people[people["degree"].isna() | (people["degree"] == degree)]
    return people


def _nearest(
    student: Mapping[str, Any], people: pd.DataFrame, smallest_cell: int, most: int
) -> tuple[pd.DataFrame, Floats, NDArray[np.intp]]:
    """Who can be compared, how far each is from the student, and positions of the nearest."""
    # The root of their number is taken, at least ``smallest_cell`` and at most ``most``; of equally
    # distant ones the first by id.
    distance = gower_distance(student, people)
    comparable = ~np.isnan(distance)
    people, distance = people[comparable], distance[comparable]
    if len(people) < smallest_cell:
        message = (
            f"{len(people)} past graduates can be compared; under {smallest_cell} nothing is said, "
            "so that no one is recognized"
        )
        raise ModelError(message)
    k = min(most, len(people), max(smallest_cell, round(float(np.sqrt(len(people))))))
    return people, distance, np.argsort(distance, kind="stable")[:k]


def _effective_number(by_person: pd.DataFrame, rate: float) -> float:
    """Independent applications that tell as much as these, which come by persons."""
    sent = float(by_person["sent"].sum())
    people = len(by_person)
    residual = by_person["got"] - rate * by_person["sent"]
    variance = float((residual**2).sum()) / sent**2 * people / max(people - 1, 1)
    if variance == 0:
        return float(people)
    return float(np.clip(rate * (1 - rate) / variance, people, sent))


ALL, SPOTLESS, FLAGGED = "all", "none", "any"


def groups_of_flags(red_flags: pd.Series) -> dict[str, pd.Series]:
    """Who belongs to which group."""
    flags = red_flags.map(listed)
    groups = {ALL: flags.map(lambda _: True), SPOTLESS: ~flags.map(bool), FLAGGED: flags.map(bool)}
    for name in sorted({flag for own in flags for flag in own}):
        groups[name] = flags.map(lambda own, name=name: name in own)
    return {name: members.astype(bool) for name, members in groups.items()}


def matched_by_flag(graduates: pd.DataFrame, smallest_cell: int) -> pd.DataFrame:
    """Share of past graduates who matched, by group."""
    known = graduates[graduates["matched"].notna()]
    people = known.drop_duplicates("graduate_id", keep="last").set_index("graduate_id")
    matched = known.groupby("graduate_id")["matched"].max().reindex(people.index)
    rows: list[dict[str, object]] = []
    shown: list[pd.Series] = []
    for group, members in groups_of_flags(people["red_flags"]).items():
        n = int(members.sum())
        if n < smallest_cell or any(0 < rest < smallest_cell for rest in _rests(members, shown)):
            rows.append({"group": group})
            continue
        shown.append(members)
        count = float(matched[members].sum())
        low, high = map(float, wilson_interval(count, n, 0.9))
        rows.append({"group": group, "n": n, "matched": count / n, "low": low, "high": high})
    return pd.DataFrame(rows, columns=["group", "n", "matched", "low", "high"])


def _rests(members: pd.Series, shown: list[pd.Series]) -> Iterator[int]:
    """Sizes of what is left of each group shown when a group inside it, or it in one, is known."""
    for larger in shown:
        if not (members & ~larger).any():
            yield int((larger & ~members).sum())
        elif not (larger & ~members).any():
            yield int((members & ~larger).sum())


def commonest_flag(applications: pd.DataFrame, smallest_cell: int) -> str:
    """Flag that most graduates have; "" where none has enough of them."""
    people = applications.drop_duplicates(["graduate_id", "year"])
    counts = {
        flag: int(people["red_flags"].map(lambda own, f=flag: f in listed(own)).sum())
        for flag in FLAGS
    }
    flag = max(counts, key=counts.__getitem__)
    return flag if counts[flag] >= smallest_cell else ""
