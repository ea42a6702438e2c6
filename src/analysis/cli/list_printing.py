"""One student's list on a terminal: the table, what it promises, and what-ifs beside it."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import Any

from analysis.cli.printing import print_table
from analysis.plain_text import visible

__all__ = ["print_list"]

WIDEST = 100


def print_list(student_id: str, record: dict[str, Any]) -> None:
    """Print the answer of ``pick`` for a reader.

    Parameters
    ----------
    student_id : str
        Whose list.
    record : dict
        Of `PickAnswer.record`.
    """
    if record["programs"]:
        title = f"{student_id}: {len(record['chosen'])} applications, the most wanted first"
        columns = ["rank", "program", "group", "chance", "range", "signal", "why"]
        print_table([_program(row) for row in record["programs"]], columns, title)
    if record["unknowns"]:
        print("* something to verify before paying: --format csv or json says what")
    for sentence in record["sentences"]:
        _print_wrapped(sentence)
    curve = ", ".join(
        f"{row['rho']:g}: {_percent(row['match_chance'])}{' (independent)' * row['independent']}"
        for row in record["match_chance_by_rho"]
    )
    if record["programs"]:
        _print_wrapped(f"Match chance by the correlation of answers: {curve}.")
    if record["left_out"]:
        print("The best left out, and why:")
    for row in record["left_out"]:
        chance = _percent(row["interview_chance"])
        _print_wrapped(f"- {row['program_id']} ({chance}): {row['why']}", "  ")
    if record["what_ifs"]:
        _print_what_ifs(record)
    print(f"Chances by {record['chance_basis']}; assumptions {record['fingerprint']}.")


def _program(row: dict[str, Any]) -> dict[str, Any]:
    low, high = (f"{100 * row[end]:.0f}" for end in ("low", "high"))
    return {
        "rank": row["rank"],
        "program": row["program_id"] + ("*" if row["verify"] else ""),
        "group": row["group"],
        "chance": row["interview_chance"],
        "range": f"{low} to {high} %",
        "signal": "–" if row["signal"] == "none" else row["signal"],
        "why": row["why"],
    }


def _print_what_ifs(record: dict[str, Any]) -> None:
    base = {
        "changes": "as it is",
        "match_chance": record["match_chance"],
        "match_chance_if_unknowns_close": record["match_chance_if_unknowns_close"],
        "expected_interviews": record["expected_interviews"],
        "applications": len(record["chosen"]),
        "fee_usd": record["fee_usd"],
        "enters": [],
        "leaves": [],
    }
    rows = [
        {
            "what if": row["changes"],
            "match_chance": row["match_chance"],
            "if closed": _percent(row["match_chance_if_unknowns_close"]),
            "interviews": f"{row['expected_interviews']:.1f}",
            "sent": row["applications"],
            "fees": f"${row['fee_usd']:,.0f}",
            "enter": len(row["enters"]),
            "leave": len(row["leaves"]),
        }
        for row in [base, *record["what_ifs"]]
    ]
    print_table(rows, list(rows[0]), "Side by side")
    for row in record["what_ifs"]:
        _print_wrapped(row["sentence"])


def _print_wrapped(words: str, indent: str = "") -> None:
    text = visible(words)
    if not sys.stdout.isatty():
        # Into a pipe a sentence is a line.
        print(text)
        return
    width = min(shutil.get_terminal_size().columns, WIDEST)
    print(textwrap.fill(text, width, subsequent_indent=indent))


def _percent(share: float | None) -> str:
    return "not known" if share is None else f"{share * 100:.0f} %"
