"""The list as a ladder: programs by group, each with its chance, range, signal and questions."""

from __future__ import annotations

from typing import Any

from analysis.plain_text import escape_markdown
from analysis.text import percent
from analysis.views import ListView
from analysis.vocabulary import CHANCE_GROUPS

__all__ = ["ladder_data", "ladder_table", "worksheet_data", "worksheet_table"]

HEAD = ("Program", "Interview", "Signal", "Ask", "Rank")


def ladder_data(plan: ListView | None) -> dict[str, Any]:
    """What ``ladder`` of blocks.typ draws.

    Parameters
    ----------
    plan : ListView or None
        The list; without one there are no groups.

    Returns
    -------
    dict
        ``head``, and ``groups`` with label and programs.
    """
    groups: list[dict[str, Any]] = []
    for group, label in CHANCE_GROUPS.items():
        if plan is None:
            break
        own = plan.programs[plan.programs["group"] == group]
        if len(own):
            programs = [_rung(row, plan) for row in own.to_dict("records")]
            groups.append({"label": f"{label} ({len(own)})", "programs": programs})
    ranked = plan is not None and plan.ranked
    return {"head": list(HEAD if ranked else HEAD[:-1]), "groups": groups}


def ladder_table(plan: ListView | None) -> str:
    """The same as a Markdown table, for whoever reads the notebook itself."""
    lines = ["| Program | Interview | Range | Signal | Ask | Rank |", "|:--|--:|:--|:--|:--|--:|"]
    for group in ladder_data(plan)["groups"]:
        lines.append(f"| **{group['label']}** | | | | | |")
        for rung in group["programs"]:
            low, high = percent(rung["low"]), percent(rung["high"])
            ends = low if low == high else f"{low} to {high}"
            cells = (escape_markdown(rung["name"]), rung["text"], ends, *_last(rung))
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) if len(lines) > 2 else ""


def worksheet_data(plan: ListView | None) -> dict[str, Any]:
    """What ``worksheet`` of blocks.typ draws: programs with something to confirm, and room."""
    rows = [] if plan is None else plan.unconfirmed.to_dict("records")
    cells = [
        [f"{row['name']} ({row['program_id']})", ", ".join(row["ask"]), "", ""] for row in rows
    ]
    return {"head": ["Program", "Ask", "Answer", "Date"], "rows": cells}


def worksheet_table(plan: ListView | None) -> str:
    """The same as a Markdown table."""
    data = worksheet_data(plan)
    rows = [[escape_markdown(cell) for cell in row] for row in data["rows"]]
    lines = [
        " | ".join(data["head"]),
        "|".join([":--"] * len(data["head"])),
        *map(" | ".join, rows),
    ]
    return "\n".join(f"| {line} |" for line in lines) if rows else ""


def _last(rung: dict[str, Any]) -> tuple[str, str, str]:
    return rung["signal_text"], rung["ask"], rung["rank"]


def _rung(row: dict[str, Any], plan: ListView) -> dict[str, Any]:
    short = plan.short_names.get(row["specialty"], "")
    signal = row["signal"] if row["tiered"] else "yes"
    return {
        "name": f"{row['name']}, {row['state']}" + (f" · {short}" if short else ""),
        "chance": row["chance"],
        "low": row["low"],
        "high": row["high"],
        # A row has room for a sign, not for "or more" and "less than".
        "text": percent(row["chance"]).replace(" or more", "+").replace("less than ", "<"),
        "signal": row["signal"],
        "signal_text": "" if row["signal"] == "none" else signal,
        "ask": ", ".join(row["ask"]),
        "rank": str(row["rank"]) if plan.ranked else "",
    }
