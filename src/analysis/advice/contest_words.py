"""Who comes first and who is close, in sentences computed from the robustness bench."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.advice.labels import joined, percent

__all__ = ["contest_finding", "first_finding"]

Row = Mapping[str, Any]
# A contest is settled where one side wins this share of the draws.
SETTLED = 0.95
# Names that a sentence spells out; the rest are counted.
MOST_NAMED = 3


def first_finding(firsts: Sequence[Row]) -> str:
    """Which application is worth most by itself, and how often.

    Parameters
    ----------
    firsts : sequence of mapping
        Rows with program_id and first (share of the draws), the most frequent first.

    Returns
    -------
    str
        One clause.

    Examples
    --------
    >>> first_finding([{"program_id": "IM1", "first": 0.9}, {"program_id": "IM3", "first": 0.1}])
    'IM1 is worth most by itself in 90 % of the draws, else IM3'
    """
    best, *others = [str(row["program_id"]) for row in firsts]
    if not others:
        return f"{best} is worth most by itself in every draw"
    named = others[:MOST_NAMED]
    if len(others) > MOST_NAMED:
        named.append(f"one of {len(others) - MOST_NAMED} more")
    share = percent(firsts[0]["first"])
    return f"{best} is worth most by itself in {share} of the draws, else {joined(named, 'or')}"


def contest_finding(contests: Sequence[Row]) -> str:
    """For how many programs of a list the choice against one left off is not settled.

    Parameters
    ----------
    contests : sequence of mapping
        Rows with program_id, against and wins (share of the draws), the closest first.

    Returns
    -------
    str
        One clause.

    Examples
    --------
    >>> contest_finding([{"program_id": "IM040", "against": "IM022", "wins": 0.48},
    ...                  {"program_id": "IM012", "against": "IM022", "wins": 1.0}])
    'One by one, 1 of 2 listed programs is not clearly worth more than one left off: IM040'
    """
    if not contests:
        return "No program is left off the list"
    close = [str(row["program_id"]) for row in contests if row["wins"] < SETTLED]
    of = len(contests)
    if not close:
        return f"One by one, each of {of} listed programs is clearly worth more than those left off"
    named = close[:MOST_NAMED]
    if len(close) > MOST_NAMED:
        named.append(f"{len(close) - MOST_NAMED} more")
    be = "is" if len(close) == 1 else "are"
    return (
        f"One by one, {len(close)} of {of} listed programs {be} not clearly worth more than "
        f"one left off: {joined(named)}"
    )
