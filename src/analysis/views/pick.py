"""One student's application list, from files and options."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from typing import Any

import pandas as pd

from analysis.assumptions import Assumptions, read_assumptions
from analysis.errors import ModelError
from analysis.model.chance import wilson_interval
from analysis.model.choice.application_list import (
    ApplicationList,
    application_list,
    budget_lifted,
    list_frontier,
    list_room,
    next_applications,
)
from analysis.model.choice.couples import Couple, couple_plan
from analysis.model.choice.plans import LinkedYears, Plan, plan_rows, second_plan, years_for
from analysis.model.choice.problem import ListWishes
from analysis.model.choice.score_outlook import ScoreOutlook, score_outlook
from analysis.model.portfolio import Method
from analysis.model.what_if import what_if
from analysis.tables import read_if_given, read_programs, read_student, refuse_strangers
from analysis.tables.codes import DIVISIONS, STATES, specialty_name
from analysis.text.labels import level_words
from analysis.text.list_overview import (
    PLACED_IN_PUBLICATION,
    flat_curve,
    independence_sentence,
    list_summary,
    match_chance_sentence,
    method_sentence,
    next_application_sentence,
    office_placement_sentence,
    unknowns_sentence,
)
from analysis.text.list_words import (
    BELOW_PRICE,
    FLOOR_DROPPED,
    WHY_LEGEND,
    drops_code,
    left_out_reason,
    no_list_sentence,
    optional_sentence,
    places_unused_sentence,
    room_sentence,
    score_sentences,
    to_verify,
)
from analysis.text.what_ifs import what_if_sentence
from analysis.views.student import score_record

__all__ = [
    "PROGRAM_COLUMNS",
    "ListWishes",
    "PickAnswer",
    "changed_wishes",
    "curve_sentences",
    "degree_of",
    "list_comparison",
    "list_sentences",
    "pick",
    "placement_check",
    "wished_places",
]


def wished_places(texts: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """States that are preferred, and that are ruled out.

    Parameters
    ----------
    texts : sequence of str
        Places separated by semicolons: a state by its two letters or its name, or a census
        division; ``not`` before a place rules it out.

    Returns
    -------
    preferred, excluded : tuple of str
        Codes of states.

    Raises
    ------
    ModelError
        For an unknown place, with the nearest known one, and for a state both preferred and ruled
        out.

    Examples
    --------
    >>> wished_places(["Ohio; not TX", "Middle Atlantic"])
    (('OH', 'NJ', 'NY', 'PA'), ('TX',))
    """
    known: dict[str, tuple[str, ...]] = {code.casefold(): (code,) for code in STATES.values()}
    known |= {name.casefold(): (code,) for name, code in STATES.items()}
    known |= {name.casefold(): states for name, states in DIVISIONS.items()}
    sides: dict[bool, dict[str, None]] = {False: {}, True: {}}
    for place in (part.strip() for text in texts for part in text.split(";")):
        if not place:
            continue
        name = " ".join(place.casefold().split())
        ruled_out = name.startswith("not ")
        name = name.removeprefix("not ")
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.0)[0]
            shown = near.upper() if len(near) == 2 else near.title()
            message = (
                f"place {place!r}: expected a state (OH or Ohio) or a census division, such as "
                f"{shown}; 'not' before it rules it out"
            )
            raise ModelError(message)
        sides[ruled_out] |= dict.fromkeys(known[name])
    both = [code for code in sides[False] if code in sides[True]]
    if both:
        message = f"places both preferred and ruled out: {', '.join(both)}"
        raise ModelError(message)
    return tuple(sides[False]), tuple(sides[True])


def list_sentences(found: ApplicationList, assumptions: Assumptions) -> list[str]:
    """What a list is, its match chance with range, and what that rests on."""
    number, room = len(found.programs), list_room(found)
    if number == 0:
        return [no_list_sentence(room)]
    unknowns = unknowns_sentence(found.unknowns, number, found.match_chance_if_unknowns_close)
    sentences = [
        list_summary(
            found.programs.to_dict("records"),
            assumptions.value("groups.possible_from"),
            assumptions.value("groups.likely_from"),
        ),
        method_sentence(found.choice.certified_gap),
        match_chance_sentence(
            found.match_chance,
            found.match_chance_low,
            found.match_chance_high,
            found.chance_basis,
            number,
            found.expected_interviews,
            level_words(assumptions),
        ),
        independence_sentence(found.match_chance_by_rho.to_dict("records"), found.match_chance),
        room_sentence(room),
        places_unused_sentence(room),
        optional_sentence(found.optional.to_dict("records"), number, found.match_chance),
        *exception_sentences(found),
        f"The application fees come to ${found.fee_usd:,.0f}.",
    ]
    sentences.insert(0 if 3 * found.unknowns > number else 3, unknowns)
    return [sentence for sentence in sentences if sentence]


def exception_sentences(found: ApplicationList) -> list[str]:
    """What had to be given up so that there is a list at all."""
    said = []
    if found.floor_dropped and not found.filled:
        said.append(FLOOR_DROPPED)
    if found.below_price:
        said.append(BELOW_PRICE)
    return said


def curve_sentences(
    curve: pd.DataFrame, worth_sending: int | None, listed: int, assumptions: Assumptions
) -> list[str]:
    """What one more application would add and cost, and where a further one stops paying."""
    if curve.empty:
        return []
    further = curve[curve["applications"] == listed + 1].to_dict("records")
    said = [next_application_sentence(listed, further[0])] if further and listed else []
    return [*said, flat_curve(worth_sending, assumptions.value("list.flat_gain"), len(curve))]


def degree_of(student: pd.DataFrame) -> str:
    """Degree of a student, one row of students; that of a US MD school where it is not given."""
    cell = student.iloc[0].get("degree")
    return cell if isinstance(cell, str) and cell else "us_md"


def placement_check(
    graduates: pd.DataFrame | None, assumptions: Assumptions, degree: str = "us_md"
) -> str:
    """What a match chance may be held against, and never taken for."""
    published = PLACED_IN_PUBLICATION if degree == "us_md" else ""
    if graduates is None:
        return published
    placed = graduates.groupby("graduate_id")["matched"].max().dropna()
    if len(placed) < assumptions.value("graduates.smallest_cell"):
        return published
    count = int(placed.sum())
    low, high = wilson_interval(count, len(placed), assumptions.value("survey.confidence"))
    years = graduates["year"].astype(int)
    return office_placement_sentence(
        count, len(placed), float(low), float(high), int(years.min()), int(years.max())
    )


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
Files = str | os.PathLike[str]


@dataclass(frozen=True)
class PickAnswer:
    """A list, and the lists under each what-if.

    Parameters
    ----------
    found : ApplicationList
        The list.
    what_ifs : dict of str to ApplicationList
        By the changes as they were asked for.
    assumptions : Assumptions
        What everything rests on.
    degree : str
        The student's.
    plans : tuple of Plan
        One specialty against two; empty unless the student has two.
    years : LinkedYears, optional
        Preliminary years beside advanced positions.
    couple : Couple, optional
        Lists of the student and a partner.
    score : ScoreOutlook, optional
        Where the score is not known and the list rests on an estimate.
    """

    found: ApplicationList
    what_ifs: dict[str, ApplicationList]
    assumptions: Assumptions
    degree: str
    plans: tuple[Plan, ...] = ()
    years: LinkedYears | None = None
    couple: Couple | None = None
    score: ScoreOutlook | None = None

    def rows(self) -> pd.DataFrame:
        """The list as a table, in order for use.

        Returns
        -------
        DataFrame
            A row a program: program_id, program_name, rank, group, interview_chance, low, high,
            signal, why (codes of `WHY_LEGEND`), drops_if (as `drops_code`), verify (text).
        """
        own = self.found.programs
        names = ["program_id", "program_name", "rank", "group", "interview_chance", "low", "high"]
        table = own[[*names, "signal"]].copy()
        table["why"] = [" ".join(codes) for codes in own["why"]]
        table["drops_if"] = [drops_code(row) for row in own.to_dict("records")]
        table["verify"] = ["; ".join(to_verify(unknown)) for unknown in own["unknown"]]
        return table

    def record(self) -> dict[str, Any]:
        """The answer for JSON.

        Returns
        -------
        dict
            As in docs/methods.md, section 5: numbers that are not known are None.
        """
        found = self.found
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
        sentences = list_sentences(found, self.assumptions)
        score = score_record(self.score)
        if score is not None:
            sentences += score_sentences(score)
        if found.chosen:
            sentences += curve_sentences(curve, worth_sending, len(found.chosen), self.assumptions)
            sentences += filter(None, [placement_check(None, self.assumptions, self.degree)])
        codes = {code for why in found.programs["why"] for code in why}
        rho = found.match_chance_by_rho[["rho", "match_chance", "independent"]]
        record = {
            "chosen": list(found.chosen),
            "recommended": list(found.recommended),
            "rank_order": list(found.rank_order),
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
            "sentences": sentences,
            "what_ifs": [row | {"sentence": what_if_sentence(row)} for row in self._compared()],
            "plans": plan_rows(self.plans),
            "tracks": None if self.years is None else _years_record(self.years),
            "couple": None if self.couple is None else _couple_record(self.couple),
            "score": score,
            "fingerprint": found.fingerprint,
        }
        return {name: _plain(value) for name, value in record.items()}

    def _compared(self) -> list[dict[str, Any]]:
        """The what-ifs beside the list, and which of them leave its budget out of account."""
        return [
            row | {"budget_lifted": budget_lifted(self.found, self.what_ifs[row["changes"]])}
            for row in list_comparison(self.found, self.what_ifs)
        ]

    def frontier(self) -> pd.DataFrame:
        """Reach against safety, as `list_frontier`."""
        return list_frontier(self.found, self.assumptions)


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


def pick(
    student_id: str,
    students_csv: Files,
    programs_csv: Files,
    preferences_csv: Files = "",
    assumptions_toml: Files | None = None,
    overrides: Sequence[str] = (),
    wishes: ListWishes | None = None,
    method: Method = "auto",
    what_ifs: Sequence[str] = (),
    *,
    with_range: bool = True,
    second: str = "",
    partner: str = "",
    together_by: str = "state",
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
    together_by : {"state", "institution_id"}
        What makes two programs one place for a couple.

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
    programs = read_programs(programs_csv)
    preferences = read_if_given("preferences", preferences_csv)
    refuse_strangers(students_csv, programs_csv, preferences_csv)
    asked = wishes or ListWishes()
    found = application_list(
        student, programs, assumptions, preferences, asked, method=method, with_range=with_range
    )
    changed = {}
    for changes in what_ifs:
        other, others = changed_wishes(student, asked, changes, found)
        try:
            changed[changes] = application_list(
                other, programs, assumptions, preferences, others, method=method, with_range=False
            )
        except ModelError as error:
            message = f"what-if {changes}: {error}"
            raise ModelError(message) from None
    plans: tuple[Plan, ...] = ()
    if second or len(found.problem.specialties) == 2:
        named = specialty_name(second)[0] if second else ""
        plans = second_plan(student, programs, assumptions, preferences, asked, named)
    years = years_for(found, student, programs, assumptions, preferences)
    other_id = partner or student.iloc[0].get("partner_id")
    couple = None
    if isinstance(other_id, str) and other_id:
        both = (student, read_student(students_csv, other_id))
        couple = couple_plan(both, programs, assumptions, preferences, asked, together_by)
    score = score_outlook(student, found, programs, assumptions, preferences, asked)
    return PickAnswer(found, changed, assumptions, degree_of(student), plans, years, couple, score)
