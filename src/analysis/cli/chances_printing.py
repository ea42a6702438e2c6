"""Interview chances on a terminal, what-ifs side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.cli.printing import print_table

__all__ = ["print_chances"]


def print_chances(
    records: Sequence[Mapping[str, Any]], what_ifs: Sequence[str], fingerprint: str
) -> None:
    """Print chances as a table: a row a student and program, a column a scenario.

    Parameters
    ----------
    records : sequence of mapping
        Of `ChancesAnswer.records`: the scenarios of a pair together, the base first.
    what_ifs : sequence of str
        The changes, in the order of ``what_if_1``, ``what_if_2`` and so on.
    fingerprint : str
        Of the assumptions.
    """
    names = {"base": "as it is"} | {f"what_if_{n}": text for n, text in enumerate(what_ifs, 1)}
    rows: list[dict[str, Any]] = []
    for record in records:
        if record["scenario"] == "base":
            rows.append({"student_id": record["student_id"], "program_id": record["program_id"]})
            rows[-1] |= {"gate_reason": record["gate_reason"], "unknown": record["unknown"]}
        rows[-1][names[record["scenario"]]] = _with_range(record)
    columns = ["student_id", "program_id", *names.values(), "gate_reason", "unknown"]
    basis = records[0]["chance_basis"] if records else "none"
    note = f"assumptions {fingerprint}; basis {basis}; in brackets the range as assumptions vary"
    print_table(rows, columns, note, to_the_right=tuple(names.values()))


def _with_range(record: Mapping[str, Any]) -> str:
    chance, low, high = (record[name] for name in ("interview_chance", "low", "high"))
    if chance is None:
        return "–"
    ends = "" if low is None else f" ({100 * low:.0f}-{100 * high:.0f})"
    return f"{100 * chance:.0f} %{ends}"
