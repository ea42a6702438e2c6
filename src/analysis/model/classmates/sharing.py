"""Which programs and signals classmates share, and what that costs (docs/methods-class.md)."""

from __future__ import annotations

import pandas as pd

__all__ = ["shared_programs", "shared_signals"]

SIGNALS = ("gold", "silver")


def shared_programs(pairs: pd.DataFrame) -> pd.DataFrame:
    """Programs that more than one student of a class lists.

    Parameters
    ----------
    pairs : DataFrame
        Of `Season`.

    Returns
    -------
    DataFrame
        A row a program, the one that costs the class most first, then the one on most lists:
        program_id, lists, gold, silver (how many signal it), ends (how many of the class are
        expected to end there), turned_away (how many it would take and turns away for a classmate),
        matches_lost.
    """
    counted = pairs.assign(**{name: pairs["signal"] == name for name in SIGNALS})
    sums = counted.groupby("program_id").agg(
        lists=("student_id", "size"),
        **{name: (name, "sum") for name in SIGNALS},
        ends=("ends", "sum"),
        turned_away=("turned_away", "sum"),
        matches_lost=("matches_lost", "sum"),
    )
    shared = sums[sums["lists"] > 1].reset_index()
    order = ["matches_lost", "lists", "turned_away", "program_id"]
    return shared.sort_values(order, ascending=[False, False, False, True], ignore_index=True)


def shared_signals(pairs: pd.DataFrame) -> pd.DataFrame:
    """Signals of a class, and how many of them meet a classmate's.

    Parameters
    ----------
    pairs : DataFrame
        Of `Season`.

    Returns
    -------
    DataFrame
        A row for ``gold`` and ``silver``, as far as any are sent: signal, sent, programs, shared
        (sent to a program that a classmate signals too), turned_away (expected to meet a program
        that would take the student and takes classmates), matches_lost.
    """
    sent = pairs[pairs["signal"].isin(SIGNALS)]
    together = sent.groupby("program_id")["student_id"].transform("size") > 1
    marked = sent.assign(shared=together)
    rows = marked.groupby("signal").agg(
        sent=("student_id", "size"),
        programs=("program_id", "nunique"),
        shared=("shared", "sum"),
        turned_away=("turned_away", "sum"),
        matches_lost=("matches_lost", "sum"),
    )
    return rows.reindex([name for name in SIGNALS if name in rows.index]).reset_index()
