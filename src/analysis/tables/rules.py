"""What must hold between the columns of one row, and between rows of one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from analysis.tables.codes import offers_column, specialty_name, wished_states

# Position of the row, column, what stands there, what was expected.
Finding = tuple[int, str, str, str]
Rule = Callable[[pd.DataFrame, list[str]], Iterator[Finding]]

LOWEST_PASSING = 214
GROUP_SHARES = ("share_us_md", "share_us_do", "share_us_img", "share_non_us_img")
SIGNAL_SHARES = ("share_gold", "share_silver")
SHARE_ROUNDING = 0.03  # of figures printed as whole percents
MOST_INTERVIEWED = 0.95  # of its applicants, by the model's highest chance


def _unique(column: str) -> Rule:
    def rule(rows: pd.DataFrame, _: list[str]) -> Iterator[Finding]:
        ids = rows[column].str.casefold()
        for at in ids.index[ids.duplicated(keep=False) & ids.notna()]:
            expected = (
                "an id that no other row has (capitals do not count); all such rows are refused"
            )
            yield at, column, rows.at[at, column], expected

    return rule


def _unique_pairs(rows: pd.DataFrame, _: list[str]) -> Iterator[Finding]:
    pairs = rows["student_id"].str.casefold() + "\n" + rows["program_id"].str.casefold()
    for at in pairs.index[pairs.duplicated(keep=False) & pairs.notna()]:
        yield at, "program_id", rows.at[at, "program_id"], "one row for a student and program"


def _exam_facts(rows: pd.DataFrame, repairs: list[str]) -> Iterator[Finding]:
    """``step1_result`` and ``red_flags`` tell one story."""
    failed = rows["red_flags"].map(lambda flags: "step1_failure" in flags).astype(bool)
    implied = (rows["step1_result"] == "fail_then_pass") & ~failed
    if implied.any():
        repairs.append(
            "step1_failure added to red_flags where step1_result is fail_then_pass "
            f"({implied.sum()})"
        )
        told = np.empty(len(rows), dtype=object)
        told[:] = [
            (*flags, "step1_failure") if added else flags
            for flags, added in zip(rows["red_flags"], implied, strict=True)
        ]
        rows["red_flags"] = told
    for at in rows.index[failed & (rows["step1_result"] == "pass")]:
        expected = (
            "fail_then_pass in step1_result, or no step1_failure in red_flags: the two columns "
            "contradict each other"
        )
        yield at, "step1_result, red_flags", "pass, step1_failure", expected


def _specialties(*, many: bool, known: bool = True) -> Rule:
    """One spelling of each specialty; of one that is not known it is said what follows."""

    def rule(rows: pd.DataFrame, repairs: list[str]) -> Iterator[Finding]:
        if "specialty" not in rows:
            return
        # Each different entry is looked up once: a long table has few.
        cells = rows["specialty"]
        codes, entries = pd.factorize(cells.to_numpy(dtype=object), use_na_sentinel=False)
        named = np.empty(len(entries), dtype=object)
        unknown: dict[str, int] = {}
        times = np.bincount(codes, minlength=len(entries))
        twice = np.zeros(len(entries), dtype=bool)
        for code, entry in enumerate(entries):
            words = entry if many else (() if pd.isna(entry) else (entry,))
            found = [specialty_name(word) for word in words]
            for word, (_, warning) in zip(words, found, strict=True):
                if warning and known:
                    # A cell of a student's row may be a name that slipped: it is not shown.
                    said = f"a name {warning}" if many else f"{word!r} {warning}"
                    unknown[said] = unknown.get(said, 0) + int(times[code])
            names = tuple(dict.fromkeys(name for name, _ in found))
            named[code] = entry
            if names != tuple(words):
                named[code] = names if many else names[0]
                twice[code] = len(names) < len(words)
        changed = sum(
            int(count)
            for entry, name, count in zip(entries, named, times, strict=True)
            if entry is not name
        )
        if changed:
            rows["specialty"] = pd.Series(named[codes], index=rows.index, dtype=cells.dtype)
            repairs.append(f"spelling of specialty made uniform ({changed})")
        again = int(twice[codes].sum())
        if again:
            repairs.append(f"specialty: two names of one specialty taken once ({again})")
        repairs += [
            f"specialty: {warning}, so the defaults of a moderately competitive specialty without "
            f"signals are used; correct the name, or add a row there ({count})"
            for warning, count in unknown.items()
        ]
        yield from ()

    return rule


def _one_for_each_specialty(rows: pd.DataFrame, _: list[str]) -> Iterator[Finding]:
    counts = rows["specialty"].map(len)
    for at in rows.index[(counts == 0) | (counts > 2)]:
        shown = ";".join(rows.at[at, "specialty"])
        yield at, "specialty", shown, "one specialty, or two separated by a semicolon"
    for column in ("competitiveness", "gold_signals", "silver_signals"):
        if column in rows:
            lengths = rows[column].map(len)
            for at in rows.index[(lengths > 0) & (lengths != counts) & counts.isin([1, 2])]:
                shown = ";".join(map(str, rows.at[at, column]))
                yield at, column, shown, "as many entries as specialty has, in the same order"


def _must_against_never(rows: pd.DataFrame, _: list[str]) -> Iterator[Finding]:
    for at, must, never in zip(rows.index, rows["must_apply"], rows["never_apply"], strict=True):
        for program_id in sorted(set(must) & set(never)):
            yield at, "must_apply, never_apply", program_id, "a program in one of the two at most"


def _must_within_limit(rows: pd.DataFrame, _: list[str]) -> Iterator[Finding]:
    if "application_limit" not in rows:
        return
    wanted = rows["must_apply"].map(lambda ids: len(set(ids)))
    for at in rows.index[wanted > rows["application_limit"]]:
        shown = f"{wanted[at]} programs, {rows.at[at, 'application_limit']:g}"
        expected = "no more programs than application_limit, or a higher limit"
        yield at, "must_apply, application_limit", shown, expected


def _no_more_than(interviews: str, applications: str) -> Rule:
    def rule(rows: pd.DataFrame, _: list[str]) -> Iterator[Finding]:
        for at in rows.index[rows[interviews] > rows[applications]]:
            shown = f"{rows.at[at, interviews]:g} > {rows.at[at, applications]:g}"
            expected = "no more interviews than applications"
            yield at, f"{interviews}, {applications}", shown, expected

    return rule


def _open_for_applications(rows: pd.DataFrame, _: list[str]) -> Iterator[Finding]:
    """A program that has no place, or no interviews that can be held against applications."""
    if "positions" in rows:
        for at in rows.index[rows["positions"] == 0]:
            expected = (
                "at least 1, or empty where it is not known: a program with no position takes "
                "nobody, so take its row out"
            )
            yield at, "positions", "0", expected
    rate = rows["interviews_offered"] / rows["applications_received"]
    for at in rows.index[(rate >= MOST_INTERVIEWED) & (rate <= 1)]:
        counts = (rows.at[at, name] for name in ("interviews_offered", "applications_received"))
        expected = (
            f"interviews for less than {MOST_INTERVIEWED:.0%} of applications: correct the two "
            "counts, or leave both empty where they are not known"
        )
        shown = ", ".join(f"{count:g}" for count in counts)
        yield at, "interviews_offered, applications_received", shown, expected
    unasked = (rows["interviews_offered"] == 0) & rows["applications_received"].isna()
    for at in rows.index[unasked]:
        expected = (
            "the applications received as well, or interviews_offered empty where it is not known"
        )
        yield at, "interviews_offered, applications_received", "0", expected


def _shares_sum_to_one(rows: pd.DataFrame, _: list[str]) -> Iterator[Finding]:
    """Shares of applications by group are parts of one whole."""
    for names in (GROUP_SHARES, SIGNAL_SHARES):
        there = [name for name in names if name in rows]
        total = rows[there].sum(axis=1) if there else pd.Series(0.0, index=rows.index)
        for at in rows.index[total > 1 + SHARE_ROUNDING]:
            expected = "shares that sum to at most 1"
            yield at, ", ".join(there), f"{total[at]:g}", expected


def _interval(center: str) -> Rule:
    def rule(rows: pd.DataFrame, _: list[str]) -> Iterator[Finding]:
        wrong = (rows["low"] > rows[center]) | (rows["high"] < rows[center])
        for at in rows.index[wrong]:
            shown = ", ".join(f"{rows.at[at, name]:g}" for name in ("low", center, "high"))
            yield at, f"low, {center}, high", shown, f"an interval that holds {center}"

    return rule


def _program_or_type(rows: pd.DataFrame, _: list[str]) -> Iterator[Finding]:
    for at in rows.index[rows["program_id"].isna() & rows["program_type"].isna()]:
        yield at, "program_id, program_type", "", "a program_id or a program_type"


def _one_story(rows: pd.DataFrame, _: list[str]) -> Iterator[Finding]:
    """A graduate matches at most once a year, and only where there was an interview."""
    for at in rows.index[(rows["matched"] == 1) & (rows["interviewed"] == 0)]:
        yield at, "interviewed, matched", "0, 1", "an interview where there was a match"
    matched = rows[rows["matched"] == 1]
    again = matched.duplicated(["graduate_id", "year"], keep=False)
    for at in matched.index[again]:
        yield at, "matched", "1", "at most one match a graduate and year"


def _offers_rise(rows: pd.DataFrame, _: list[str]) -> Iterator[Finding]:
    """Offers by date rise, and the last count is no more than the interviews."""
    dated = sorted((day, name) for name in rows if (day := offers_column(str(name))))
    for at, row in zip(rows.index, rows.to_dict("records"), strict=True):
        known = [(name, row[name]) for _, name in dated if row[name] == row[name]]
        for (name, before), (later, after) in pairwise([*known, ("interviews", row["interviews"])]):
            if after < before:
                expected = "no fewer than at the earlier date"
                yield at, f"{name}, {later}", f"{before:g}, {after:g}", expected


def _places(rows: pd.DataFrame, repairs: list[str]) -> Iterator[Finding]:
    """Divisions become their states, and what ``not`` rules out is among the excluded states."""
    changed = 0
    for at in rows.index:
        named, excluded = rows.at[at, "preferred_states"], rows.at[at, "exclude_states"]
        away = (*excluded, *(place[4:] for place in named if place.startswith("not ")))
        wanted = [place for place in named if not place.startswith("not ")]
        both = [place for place in wanted if place in away]
        if both:
            expected = f"a place that is not ruled out too ({', '.join(both)})"
            yield at, "preferred_states", ";".join(named), expected
            continue
        found = wished_states(wanted, away)
        if found != (named, excluded):
            rows.at[at, "preferred_states"], rows.at[at, "exclude_states"] = found
            changed += 1
    if changed:
        repairs.append(f"divisions and places ruled out written as states ({changed})")


RULES: dict[str, tuple[Any, ...]] = {
    "factor_importance": (
        _interval("importance"),
        _specialties(many=False, known=False),
    ),
    "pd_responses": (
        _unique("respondent_id"),
        _specialties(many=False, known=False),
    ),
    "interview_chances": (_unique("red_flag"), _interval("interview_chance")),
    "program_tolerance": (_unique("program_type"),),
    "students": (
        _unique("student_id"),
        _specialties(many=True),
        _one_for_each_specialty,
        _exam_facts,
        _must_against_never,
        _must_within_limit,
        _places,
    ),
    "programs": (
        _unique("program_id"),
        _specialties(many=False),
        _no_more_than("interviews_offered", "applications_received"),
        _open_for_applications,
        _shares_sum_to_one,
    ),
    "preferences": (_unique_pairs,),
    "applicants": (
        _specialties(many=False),
        _no_more_than("interviews", "applications"),
        _exam_facts,
        _offers_rise,
    ),
    "offers": (_unique("program_id"),),
    "graduates": (
        _specialties(many=True),
        _one_for_each_specialty,
        _exam_facts,
        _program_or_type,
        _one_story,
    ),
}
