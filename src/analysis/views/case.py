"""One case on the advisors' page, and its words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.assumptions import COMPONENTS, Assumptions
from analysis.errors import ModelError
from analysis.text import sentence, sentences
from analysis.text.labels import CASE_FIELDS, FACTORS, SET_HERE_WHY


def differences(before: Case, after: Case) -> list[str]:
    """What differs between two cases.

    Examples
    --------
    >>> one = Case("S1", ("Psychiatry",), 240.0, red_flags=("loa_academic",))
    >>> differences(one, Case("S1", ("Psychiatry",), 250.0))
    ['Step 2 CK 240, now 250', 'without: leave of absence for academic reasons']
    """

    def news(name: str, new: Case, old: Case) -> list[Any]:
        return [one for one in getattr(new, name) if one not in getattr(old, name)]

    ids = (before.student_id, after.student_id)
    changed = [(name, getattr(before, name), getattr(after, name)) for name in CASE_FIELDS]
    weights = list(zip(FACTORS.values(), after.weights, strict=False))
    return sentences(
        "page/differences",
        students=ids if ids[0] != ids[1] else (),
        fields=[(name, old, new) for name, old, new in changed if old != new],
        added=news("red_flags", after, before),
        removed=news("red_flags", before, after),
        marked=[" ".join(filter(None, one)) for one in news("marks", after, before)],
        unmarked=[one[0] for one in news("marks", before, after)],
        confirmed=[" ".join(filter(None, one)) for one in news("confirmed", after, before)],
        unconfirmed=[one[0] for one in news("confirmed", before, after)],
        weights=None if before.weights == after.weights else weights,
    )


NUMBERS = (
    "step2_ck",
    "clerkship_honors_fraction",
    "letters",
    "research_items",
    "application_limit",
    "fee_budget_usd",
)
LISTS = (
    "specialty",
    "red_flags",
    "competitiveness",
    "preferred_states",
    "exclude_states",
    "must_apply",
    "never_apply",
    "gold_signals",
    "silver_signals",
)
STEP1_FLAG = "step1_failure"
PASSWORD = "pdf_password"  # noqa: S105 - a column's name; no case has it, since cases are saved
WHAT_IF, LONGEST_ID = "-what-if", 32
# A share that a slider may give one weight: the other four keep something.
LEAST_WEIGHT, MOST_WEIGHT = 0.01, 0.9


@dataclass(frozen=True)
class Case:
    """A profile, what is wished of the list, and the weights; None or () is "not given"."""

    student_id: str
    specialty: tuple[str, ...]
    step2_ck: float | None = None  # the score; without it there are no chances
    step1_result: str = ""  # ``pass``, ``fail_then_pass`` or ""
    red_flags: tuple[str, ...] = ()
    # degree, needs_visa: As in students.csv.
    degree: str = "us_md"
    needs_visa: str = "no"
    competitiveness: tuple[str, ...] = ()  # one word a specialty; () takes the season's
    # clerkship_honors_fraction, letters, research_items: As in students.csv.
    clerkship_honors_fraction: float | None = None
    letters: float | None = None
    research_items: float | None = None
    # preferred_states, exclude_states: Two letters each.
    preferred_states: tuple[str, ...] = ()
    exclude_states: tuple[str, ...] = ()
    # must_apply, never_apply: Ids of programs.
    must_apply: tuple[str, ...] = ()
    never_apply: tuple[str, ...] = ()
    # application_limit, fee_budget_usd: What the list keeps to.
    application_limit: float | None = None
    fee_budget_usd: float | None = None
    # gold_signals, silver_signals: One number a specialty; () takes the season's.
    gold_signals: tuple[int, ...] = ()
    silver_signals: tuple[int, ...] = ()
    # Program, tie (``home``, ``rotation``, ``contact`` or "") and signal (``gold``, ``silver`` or
    # "") as marked on the page, in place of the office's row of preferences.
    marks: tuple[tuple[str, str, str], ...] = ()
    # Program, column and value of a policy that the program has confirmed.
    confirmed: tuple[tuple[str, str, str], ...] = ()
    # Shares of the five components in the order of ``COMPONENTS``; () takes the assumptions'.
    weights: tuple[float, ...] = ()
    rest: tuple[tuple[str, Any], ...] = ()  # the row's other columns, which stay as they are

    def student(self) -> pd.DataFrame:
        """The case as a typed row of students; what a changed flag contradicts is unknown."""
        row: dict[str, Any] = {name: getattr(self, name) for name in COLUMNS}
        told = {"fail_then_pass": True, "pass": False}.get(self.step1_result)
        if told is not None and told != (STEP1_FLAG in self.red_flags):
            row["step1_result"] = ""
        frame = {}
        for name, value in {**row, **dict(self.rest)}.items():
            if name in NUMBERS:
                frame[name] = pd.Series([np.nan if value is None else float(value)])
            elif isinstance(value, tuple):
                frame[name] = pd.Series([value], dtype=object)
            elif isinstance(value, str):
                frame[name] = pd.Series([value or None], dtype="str")
            else:
                frame[name] = pd.Series([value])
        return pd.DataFrame(frame)


OF_THE_PAGE = {"marks", "confirmed", "weights", "rest"}
COLUMNS = tuple(f.name for f in fields(Case) if f.name not in OF_THE_PAGE)


def case_of_row(row: Mapping[str, Any]) -> Case:
    """Case of one row of students."""
    own: dict[str, Any] = {"student_id": str(row["student_id"])}
    for name in COLUMNS[1:]:
        value = row.get(name)
        if name in LISTS:
            own[name] = tuple(value) if isinstance(value, tuple) else ()
        elif name in NUMBERS:
            own[name] = None if value is None or pd.isna(value) else float(value)
        else:
            own[name] = value if isinstance(value, str) else ""
    rest = tuple(
        (str(name), value)
        for name, value in row.items()
        if name not in (*COLUMNS, PASSWORD)
        and (bool(value) if isinstance(value, tuple) else pd.notna(value))
    )
    return Case(**own, rest=rest)


def as_what_if(case: Case, changed: str) -> Case:
    """The case as a row that nobody takes for the office's own record of the student."""
    own = dict(case.rest)
    said = sentence("page/what_if_record", changed=changed)
    own["advisor_note"] = "\n\n".join(filter(None, (said, own.get("advisor_note"))))
    if own.get("name"):
        own["name"] = sentence("page/what_if_name", name=own["name"])
    student_id = f"{case.student_id[: LONGEST_ID - len(WHAT_IF)]}{WHAT_IF}"
    return replace(case, student_id=student_id, rest=tuple(own.items()))


def case_json(case: Case) -> dict[str, Any]:
    """The case as plain values, which `case_from_json` reads back."""
    return json.loads(json.dumps(asdict(case), default=lambda value: value.item()))


def case_from_json(values: Mapping[str, Any]) -> Case:
    """A case that was written as plain values."""
    try:
        own = {name: values[name] for name in (f.name for f in fields(Case)) if name in values}
        for name in (*LISTS, "weights"):
            own[name] = tuple(own.get(name) or ())
        for name in ("marks", "confirmed"):
            own[name] = tuple(tuple(map(str, one)) for one in own.get(name) or ())
        own["rest"] = tuple(
            (str(name), tuple(value) if isinstance(value, list) else value)
            for name, value in own.get("rest") or ()
            if name != PASSWORD  # of a file that an earlier version wrote
        )
        for name in NUMBERS:
            own[name] = None if own.get(name) is None else float(own[name])
        case = Case(**own)
        if not (isinstance(case.student_id, str) and case.specialty):
            raise TypeError
    except (KeyError, TypeError, ValueError):
        message = "a saved case that cannot be read: it was changed or cut short"
        raise ModelError(message) from None
    return case


def case_assumptions(case: Case, base: Assumptions) -> Assumptions:
    """Assumptions under the case's weights."""
    if not case.weights:
        return base
    weights = {f"weights.{name}": n for name, n in zip(COMPONENTS, case.weights, strict=True)}
    return base.with_values(weights, basis="assumption", why=SET_HERE_WHY, source="none")


def with_weight(case: Case, component: str, share: float, base: Assumptions) -> Case:
    """Give one weight a share; the others share the rest in the proportions they have."""
    before = dict(zip(COMPONENTS, case.weights or base.weights.values(), strict=True))
    kept = min(max(share, LEAST_WEIGHT), MOST_WEIGHT)
    rest = 1 - before[component]
    after = {name: own / rest * (1 - kept) for name, own in before.items()}
    after[component] = kept
    return replace(case, weights=tuple(after[name] for name in COMPONENTS))
