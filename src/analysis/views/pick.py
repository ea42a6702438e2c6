"""One student's application list, from files and options."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd

from analysis.assumptions import Assumptions, read_assumptions
from analysis.errors import ModelError, RowError
from analysis.model.choice.application_list import (
    ApplicationList,
    application_list,
    budget_lifted,
    list_room,
    next_applications,
)
from analysis.model.choice.couples import Couple, couple_plan
from analysis.model.choice.plans import (
    LinkedYears,
    Plan,
    ScoreOutlook,
    plan_rows,
    score_outlook,
    second_plan,
    years_for,
)
from analysis.model.choice.problem import ListWishes
from analysis.model.portfolio import Method
from analysis.model.profile import has_score
from analysis.model.what_if import what_if
from analysis.paths import FilePath
from analysis.tables import read_programs_and_wishes, read_student
from analysis.tables.codes import specialty_name
from analysis.text import sentence, sentences
from analysis.text.labels import (
    PROGRAM_TYPES,
    WHY_LEGEND,
    drops_code,
    joined,
    level_words,
    to_verify,
)
from analysis.views.application_list import ListView
from analysis.views.student import score_record
from analysis.vocabulary import CHANCE_GROUPS


def list_words(plan: ListView) -> dict[str, Any]:
    """What the templates of text/pick say of a list."""
    found, assumptions = plan.found, plan.assumptions
    own = plan.programs
    types = own["program_type"].value_counts(sort=True) if len(own) else pd.Series(dtype=int)
    groups = own["group"].tolist() if len(own) else []
    room = list_room(found)
    return {
        "room": room,
        "specialty": "specialty" if room["specialties"] == 1 else "specialties",
        "listed": len(own),
        "groups": {name: groups.count(name) for name in CHANCE_GROUPS if name in groups},
        "least_chance": assumptions.value("list.least_chance"),
        "possible_from": assumptions.value("groups.possible_from"),
        "likely_from": assumptions.value("groups.likely_from"),
        "most_type": PROGRAM_TYPES[types.index[0]] if len(types) else "",
        "most_type_count": int(types.iloc[0]) if len(types) else 0,
        "unknowns": found.unknowns,
        "if_closed": found.match_chance_if_unknowns_close,
        "match": found.match_chance,
        "low": found.match_chance_low,
        "high": found.match_chance_high,
        "expected_interviews": found.expected_interviews,
        "article": found.chance_basis == "article",
        "level": level_words(assumptions),
        "independent": plan.independent,
        "ranked": found.problem.preference_from != "",
        "gap": found.choice.certified_gap,
        "more": len(plan.optional),
        "more_fee_usd": plan.all_fee_usd - found.fee_usd,
        "more_gain": plan.with_all - found.match_chance,
        "floor_dropped": found.floor_dropped and not found.filled,
        "below_price": found.below_price,
        "fee_usd": found.fee_usd,
    }


def curve_sentences(
    curve: pd.DataFrame, worth_sending: int | None, listed: int, assumptions: Assumptions
) -> list[str]:
    """What one more application would add and cost, and where a further one stops paying."""
    if curve.empty:
        return []
    further = curve[curve["applications"] == listed + 1].to_dict("records")
    return sentences(
        "pick/curve",
        listed=listed,
        next=further[0] if further and listed else None,
        worth_sending=worth_sending,
        flat_gain=assumptions.value("list.flat_gain"),
        applications=len(curve),
    )


def left_out_reason(row: Mapping[str, Any]) -> str:
    """Why a program is not on the list, for a row of `ApplicationList.left_out`."""
    return sentence("pick/left_out", row=row, not_read=_not_read(row))


def listed_because(row: Mapping[str, Any]) -> str:
    """Why a program is on the list, for a row of `ApplicationList.programs`."""
    return sentence("pick/listed", row=row, not_read=_not_read(row))


def _not_read(row: Mapping[str, Any]) -> str:
    """Why a program with a closed gate would not read the file; "" where nothing says so."""
    return joined([part for part in str(row["gate_reason"]).split(";") if part] or [""])


def degree_of(student: pd.DataFrame) -> str:
    """Degree of a student, one row of students; that of a US MD school where it is not given."""
    cell = student.iloc[0].get("degree")
    return cell if isinstance(cell, str) and cell else "us_md"


OF_LIST = ("limit", "budget", "gold", "silver", "specialty")


def changed_wishes(
    student: pd.DataFrame, wishes: ListWishes, changes: str, base: ApplicationList
) -> tuple[pd.DataFrame, ListWishes]:
    """The student's row and wishes, had something been different."""
    of_student: list[str] = []
    other, asked = student, wishes
    for change in (part.strip() for part in changes.split(",")):
        name, _, text = (part.strip() for part in change.partition("="))
        if name not in OF_LIST:
            of_student.append(change)
        elif name == "specialty":
            other = _with_specialty(other, text)
            asked = replace(asked, gold=None, silver=None)
        elif name == "limit" and text.startswith("+"):
            # More applications cost more: an old budget would leave no room for them.
            other = other.assign(fee_budget_usd=math.nan)
            asked = replace(_with_number(asked, name, text, base), budget_usd=None)
        else:
            asked = _with_number(asked, name, text, base)
    if any(of_student):
        other = what_if(other, ",".join(of_student))
    return other, asked


def _with_number(wishes: ListWishes, name: str, text: str, base: ApplicationList) -> ListWishes:
    message = f"what-if {name}={text}: expected a whole number of at least 0"
    if name == "limit" and text.startswith("+"):
        if not text[1:].isdigit():
            raise ModelError(message)
        return replace(wishes, limit=len(base.chosen) + int(text[1:]), fill=True)
    if name == "budget":
        before = base.problem.constraints.budget_usd if text.startswith("+") else 0.0
        if before is None:
            message = f"what-if budget={text}: there is no budget to add to; give it whole"
            raise ModelError(message)
        return replace(wishes, budget_usd=_dollars(text) + before)
    numbers = text.split(";")
    if not all(number.strip().isdigit() for number in numbers):
        raise ModelError(message)
    counts = tuple(int(number) for number in numbers)
    if name == "limit":
        return replace(wishes, limit=counts[0])
    return replace(wishes, gold=counts) if name == "gold" else replace(wishes, silver=counts)


def _dollars(text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        amount = math.nan
    if not 0 <= amount < math.inf:
        raise ModelError(f"what-if budget={text}: expected an amount in dollars")
    return amount


def _with_specialty(student: pd.DataFrame, text: str) -> pd.DataFrame:
    """Another specialty: what was given for the old one does not hold for it."""
    changed = student.copy()
    names = tuple(part.strip() for part in text.split(";") if part.strip())
    if not names:
        raise ModelError("what-if specialty=: expected the name of a specialty")
    changed["specialty"] = pd.Series([names], changed.index, dtype=object)
    given = ("competitiveness", "gold_signals", "silver_signals", "must_apply", "never_apply")
    for column in given:
        if column in changed:
            changed[column] = pd.Series([()], changed.index, dtype=object)
    return changed


def list_comparison(
    base: ApplicationList, what_ifs: Mapping[str, ApplicationList]
) -> list[dict[str, Any]]:
    """The what-ifs side by side with the list."""
    before = dict(zip(base.chosen, base.programs["signal"], strict=True))
    rows = []
    for changes, found in what_ifs.items():
        after = dict(zip(found.chosen, found.programs["signal"], strict=True))
        rows.append(
            {
                "changes": changes,
                "match_chance": found.match_chance,
                "match_chance_base": base.match_chance,
                "match_chance_if_unknowns_close": found.match_chance_if_unknowns_close,
                "expected_interviews": found.expected_interviews,
                "applications": len(found.chosen),
                "fee_usd": found.fee_usd,
                "places_unused": found.places_unused,
                "enters": [one for one in found.chosen if one not in before],
                "leaves": [one for one in base.chosen if one not in after],
                "signals_moved": [
                    one for one in found.chosen if one in before and before[one] != after[one]
                ],
                "budget_lifted": budget_lifted(base, found),
            }
        )
    return rows


BASE = "base"
# Of a program in an answer, in order, so that a table without programs has its header too.
PROGRAM_COLUMNS = (
    "program_id",
    "program_name",
    "rank",
    "group",
    "interview_chance",
    "low",
    "high",
    "signal",
    "why",
    "drops_if",
    "verify",
    "drops_below",
    "drops_reason",
    "replacement",
    "under_floor",
    "cost_usd",
    "match_gain",
    "interchangeable",
)


@dataclass(frozen=True)
class PickAnswer:
    """A list, and the lists under each what-if."""

    found: ApplicationList
    what_ifs: dict[str, ApplicationList]  # by the changes as they were asked for
    assumptions: Assumptions
    degree: str
    plans: tuple[Plan, ...] = ()  # one specialty against two; empty unless the student has two
    years: LinkedYears | None = None  # preliminary years beside advanced positions
    couple: Couple | None = None  # lists of the student and a partner
    # Where the score is not known and the list rests on an estimate.
    score: ScoreOutlook | None = None

    def rows(self) -> pd.DataFrame:
        """The list as a table, in order for use."""
        own = self.found.programs
        names = ["program_id", "program_name", "rank", "group", "interview_chance", "low", "high"]
        table = own[[*names, "signal"]].copy()
        if not self.found.problem.preference_from:
            table["rank"] = None
        table["why"] = [" ".join(codes) for codes in own["why"]]
        table["drops_if"] = [drops_code(row) for row in own.to_dict("records")]
        table["verify"] = ["; ".join(to_verify(unknown)) for unknown in own["unknown"]]
        return table

    def record(self) -> dict[str, Any]:
        """The answer for JSON (docs/methods.md, section 5); unknown numbers are None."""
        found, plan = self.found, ListView(self.found, self.assumptions)
        curve, worth_sending = next_applications(found, self.assumptions)
        programs = self.rows().drop(columns="verify").to_dict("records")
        for row, own in zip(programs, found.programs.to_dict("records"), strict=True):
            row["why"] = list(own["why"])
            row["verify"] = to_verify(own["unknown"])
            told = ("drops_below", "drops_reason", "replacement", "under_floor", "cost_usd")
            row |= {name: own[name] for name in (*told, "match_gain")}
            row["interchangeable"] = list(own["interchangeable"])
        left_out = [
            {
                "program_id": row["program_id"],
                "program_name": row["program_name"],
                "interview_chance": row["interview_chance"],
                "reason": row["reason"],
                "why": left_out_reason(row),
            }
            for row in found.left_out.to_dict("records")
        ]
        said = sentences("pick/sentences", **list_words(plan))
        score = score_record(self.score)
        said += sentences("pick/score", **score) if score else []
        if found.chosen:
            said += curve_sentences(curve, worth_sending, len(found.chosen), self.assumptions)
            said += sentences("pick/placement") if self.degree == "us_md" else []
        plans = plan_rows(self.plans)
        tracks = None if self.years is None else _years_record(self.years)
        couple = None if self.couple is None else _couple_record(self.couple)
        if plans:
            story = self.assumptions.value("plans.story_usd")
            said += sentences("pick/plans", plans=plans, story_usd=story)
        said += sentences("pick/tracks", **tracks) if tracks else []
        said += sentences("pick/couple", **couple) if couple else []
        codes = {code for why in found.programs["why"] for code in why}
        rho = found.match_chance_by_rho[["rho", "match_chance", "independent"]]
        record = {
            "chosen": list(found.chosen),
            "recommended": list(found.recommended),
            "rank_order": list(found.rank_order) if found.problem.preference_from else [],
            "optional": found.optional.to_dict("records"),
            "filled": found.filled,
            "floor_dropped": found.floor_dropped,
            "below_price": found.below_price,
            "preference_from": found.problem.preference_from,
            "value": found.choice.value,
            "price": found.choice.price,
            "net": found.choice.net,
            "match_chance": found.match_chance,
            "match_chance_low": found.match_chance_low,
            "match_chance_high": found.match_chance_high,
            "match_chance_if_unknowns_close": found.match_chance_if_unknowns_close,
            "match_chance_by_rho": rho.to_dict("records"),
            "expected_interviews": found.expected_interviews,
            "certified_gap": found.choice.certified_gap,
            "fee_usd": found.fee_usd,
            "places_unused": found.places_unused,
            "unknowns": found.unknowns,
            "chance_basis": found.chance_basis,
            "programs": programs,
            "legend": {code: words for code, words in WHY_LEGEND.items() if code in codes},
            "left_out": left_out,
            "next_applications": curve[
                [
                    "applications",
                    "program_id",
                    "match_chance",
                    "match_gain",
                    "next_fee_usd",
                    "usd_per_point",
                ]
            ].to_dict("records"),
            "worth_sending": worth_sending,
            "sentences": said,
            "what_ifs": [
                row | {"sentence": sentence("pick/what_if", row=row)}
                for row in list_comparison(found, self.what_ifs)
            ],
            "plans": plans,
            "tracks": tracks,
            "couple": couple,
            "score": score,
            "fingerprint": found.fingerprint,
        }
        return {name: _plain(value) for name, value in record.items()}


def _years_record(years: LinkedYears) -> dict[str, Any]:
    return {
        "with_first_year": years.with_first_year,
        "without_first_year": years.without_first_year,
        "unmatched": years.unmatched,
        "fee_usd": years.fee_usd,
        "programs": years.programs.to_dict("records"),
    }


def _couple_record(couple: Couple) -> dict[str, Any]:
    mine, partners = couple.programs
    return {
        **asdict(couple.outcomes),
        "by": couple.by,
        "places": list(couple.places),
        "fee_usd": list(couple.fee_usd),
        "programs": mine.to_dict("records"),
        "partner_programs": partners.to_dict("records"),
    }


def _plain(value: Any) -> Any:
    """Numbers and lists as JSON has them; what is not finite is None."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _partner(student: pd.DataFrame, students_csv: FilePath, asked: str) -> pd.DataFrame | None:
    """Row of the student to match together with; the one asked for must be there, with a score."""
    named = student.iloc[0].get("partner_id")
    if asked or not isinstance(named, str) or not named:
        return read_student(students_csv, asked) if asked else None
    try:
        other = read_student(students_csv, named)
    except RowError:
        return None
    return other if has_score(other.iloc[0]) else None


def pick(
    student_id: str,
    students_csv: FilePath,
    programs_csv: FilePath,
    preferences_csv: FilePath = "",
    assumptions_toml: FilePath | None = None,
    overrides: Sequence[str] = (),
    wishes: ListWishes | None = None,
    method: Method = "auto",
    what_ifs: Sequence[str] = (),
    *,
    with_range: bool = True,
    second: str = "",
    partner: str = "",
    together_by: str = "",
) -> PickAnswer:
    """Application list of one student.

    Parameters
    ----------
    student_id : str
        Whose list.
    students_csv, programs_csv, preferences_csv : str or path-like
        The tables; preferences may be "".
    assumptions_toml : str or path-like, optional
        Assumptions; the project's own without.
    overrides : sequence of str
        ``--set key=value``.
    wishes : ListWishes, optional
        ``--limit``, ``--budget``, ``--gold``, ``--silver``, ``--quota``.
    method : {"auto", "greedy", "swap", "exact"}
        How the list is built.
    what_ifs : sequence of str
        Each as `changed_wishes` takes it: ``step2_ck=260``, ``drop=step1_failure``, ``limit=+10``,
        ``specialty=Family Medicine``, ``gold=5,silver=10``.
    with_range : bool
        Whether ranges are wanted; never for the what-ifs.
    second : str
        Another specialty: one plan against two. A row of two specialties needs none.
    partner : str
        Id of a student of the class to match together with; the row's own ``partner_id`` without.
    together_by : str
        What makes two programs one place for a couple, of `couples.PLACES`.

    Returns
    -------
    PickAnswer
        Equal inputs give equal bytes.

    Raises
    ------
    TableError
        If a file cannot be used.
    RowError
        If the student's row is refused or missing.
    AssumptionError, ModelError
        If an assumption or a wish is not understood, or wishes contradict each other.
    """
    assumptions = read_assumptions(assumptions_toml, overrides)
    student = read_student(students_csv, student_id)
    programs, preferences = read_programs_and_wishes(students_csv, programs_csv, preferences_csv)
    asked = wishes or ListWishes()
    found = application_list(
        student, programs, assumptions, preferences, asked, method=method, with_range=with_range
    )
    changed = {}
    for changes in what_ifs:
        row, others = changed_wishes(student, asked, changes, found)
        try:
            changed[changes] = application_list(
                row,
                programs,
                assumptions,
                preferences,
                others,
                method=method,
                with_range=False,
            )
        except ModelError as error:
            message = f"what-if {changes}: {error}"
            raise ModelError(message) from None
    plans: tuple[Plan, ...] = ()
    if second or len(found.problem.specialties) == 2:
        named = specialty_name(second)[0] if second else ""
        plans = second_plan(student, programs, assumptions, preferences, asked, named)
    years = years_for(found, student, programs, assumptions, preferences)
    couple = None
    other = _partner(student, students_csv, partner)
    if other is not None:
        both = (student, other)
        couple = couple_plan(both, programs, assumptions, preferences, asked, together_by)
    score = score_outlook(student, found, programs, assumptions, preferences, asked)
    return PickAnswer(found, changed, assumptions, degree_of(student), plans, years, couple, score)
