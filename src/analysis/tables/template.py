"""Templates of tables and their columns in words, made from the schemas."""

from __future__ import annotations

import csv
import io
import textwrap
from types import MappingProxyType
from typing import Any

from analysis.errors import CountersignalError
from analysis.tables.schemas import SCHEMAS


def shown_name(table: str, name: str, column: Any) -> str:
    """Name of a column as a file has it."""
    if column.regex:
        return "<factor>" if table == "pd_responses" else "offers_by_2025_10_15"
    return f"{name}_percent" if (table, name) == ("interview_chances", "interview_chance") else name


def column_sheet(table: str) -> list[tuple[str, str, str, str]]:
    """Columns of a table in words."""
    return [
        (
            shown_name(table, name, column),
            "required" if column.required and not column.regex else "optional",
            column.expected,
            column.description,
        )
        for name, column in SCHEMAS[table].columns.items()
    ]


WIDTH = 100
WRITE_OVER = "example row: write over it"
_STUDENT = {
    "specialty": "Internal Medicine",
    "step2_ck": "252",
    "step1_result": "fail_then_pass",
    "red_flags": "step1_failure;course_failure_remediated",
    "degree": "us_md",
    "needs_visa": "no",
    "competitiveness": "moderate",
    "clerkship_honors_fraction": "0.5",
    "letters": "0.6",
    "research_items": "3",
    "home_state": "OH",
    "school_state": "OH",
    "preferred_divisions": "East North Central",
    "comlex2": "",
}
_PROVENANCE = {"source": WRITE_OVER, "basis": "office", "note": "Made up."}
# A value for every column of every table, by the name a file has; a test reads each row back.
EXAMPLES = MappingProxyType(
    {
        "factor_importance": {
            "factor": "Letters",
            "importance": "20",
            "low": "17",
            "high": "23",
            "specialty": "Internal Medicine",
            "edition": "2026",
            "percent_citing": "86",
            "mean_importance": "4.2",
            "n": "120",
            "response_rate": "31",
            **_PROVENANCE,
        },
        "pd_responses": {
            "respondent_id": "EXAMPLE1",
            "specialty": "Internal Medicine",
            "<factor>": "4",
            "source": WRITE_OVER,
        },
        "interview_chances": {
            "red_flag": "step1_failure",
            "interview_chance_percent": "45",
            "low": "35",
            "high": "55",
            "n": "96",
            "label": "Step 1 failure",
            "edition": "2026",
            **_PROVENANCE,
        },
        "program_tolerance": {
            "program_type": "community",
            "prestige": "4",
            "red_flag_tolerance": "7",
            "label": "Community",
            "edition": "2026",
            **_PROVENANCE,
        },
        "students": {
            "student_id": "EXAMPLE1",
            **_STUDENT,
            "name": "Example Student",
            "preferred_states": "OH;PA",
            "exclude_states": "TX",
            "wish_prestige": "0.2",
            "step2_estimate": "",
            "step2_estimate_sd": "",
            "partner_id": "",
            "must_apply": "EXAMPLE-P1",
            "never_apply": "",
            "application_limit": "40",
            "fee_budget_usd": "700",
            "gold_signals": "3",
            "silver_signals": "12",
            "pdf_password": "",
            "advisor_note": "Printed on the report as it stands.",
            "source": WRITE_OVER,
        },
        "programs": {
            "program_id": "EXAMPLE-P1",
            "program_name": "Example Hospital",
            "specialty": "Internal Medicine",
            "program_type": "community",
            "state": "OH",
            "city": "Columbus",
            "prestige": "4",
            "red_flag_tolerance": "7",
            **{name: "" for name in SCHEMAS["programs"].columns if name.startswith("tolerance_")},
            "step2_cutoff": "230",
            "auto_screen_any_failure": "no",
            "interviews_offered": "150",
            "applications_received": "1400",
            "applicant_step2": "246",
            "veto_professionalism": "yes",
            "accepts_do": "yes",
            "accepts_comlex": "yes",
            "visa": "j1",
            "positions": "12",
            "institution_id": "EXAMPLE-I1",
            "track": "categorical",
            "platform": "ERAS",
            **{name: "" for name in SCHEMAS["programs"].columns if name.startswith("share_")},
            "note": "Shown on the advisors' page.",
            "as_of": "2026-09-15",
            "source": WRITE_OVER,
        },
        "preferences": {
            "student_id": "EXAMPLE1",
            "program_id": "EXAMPLE-P1",
            "preference": "0.8",
            "tie": "rotation",
            "signal": "gold",
            "source": WRITE_OVER,
        },
        "applicants": {
            "applicant_id": "EXAMPLE1",
            "year": "2025",
            "specialty": "Internal Medicine",
            "degree": "us_md",
            "step2_ck": "252",
            "step1_result": "fail_then_pass",
            "red_flags": "step1_failure",
            "explanation": "In the applicant's own words.",
            "applications": "40",
            "interviews": "11",
            "matched": "1",
            "offers_by_2025_10_15": "4",
            "source": WRITE_OVER,
        },
        "graduates": {
            "graduate_id": "EXAMPLE1",
            "year": "2025",
            **_STUDENT,
            "program_id": "EXAMPLE-P1",
            "program_type": "community",
            "signal": "gold",
            "interviewed": "1",
            "matched": "0",
            "source": WRITE_OVER,
        },
        "offers": {
            "program_id": "EXAMPLE-P1",
            "status": "interview",
            "signal": "gold",
            "as_of": "2026-11-02",
            "source": WRITE_OVER,
        },
    }
)


def template(table: str) -> tuple[str, str]:
    """CSV with the header and one filled row of a table, and its columns in words.

    Parameters
    ----------
    table : str
        A key of `EXAMPLES`, which has every table.

    Returns
    -------
    str
        The CSV; required columns first, in the order of the schema within each kind.
    str
        The column sheet: name, whether it is required, what a cell holds, what it says.

    Raises
    ------
    CountersignalError
        If there is no template of that name.

    Examples
    --------
    >>> print(template("preferences")[0], end="")
    student_id,program_id,preference,tie,signal,source
    EXAMPLE1,EXAMPLE-P1,0.8,rotation,gold,example row: write over it
    """
    if table not in EXAMPLES:
        message = f"there is no template {table!r}: expected one of {', '.join(EXAMPLES)}"
        raise CountersignalError(message)
    columns = SCHEMAS[table].columns
    ordered = sorted(columns, key=lambda name: not columns[name].required)
    names = [shown_name(table, name, columns[name]) for name in ordered]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    writer.writerow([EXAMPLES[table][name] for name in names])
    return stream.getvalue(), _sheet(table, names)


def _sheet(table: str, names: list[str]) -> str:
    rows = sorted(column_sheet(table), key=lambda row: names.index(row[0]))
    parts = [f"{table}.csv: {SCHEMAS[table].description} Unknown is empty, never 0.", ""]
    for name, needed, holds, says in rows:
        words = f"{says} A cell holds {holds}."
        parts.append(f"{name} ({needed})")
        parts += textwrap.wrap(words, WIDTH, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(parts) + "\n"
