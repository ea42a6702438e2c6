"""Students who share programs: places and overlap of a class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

__all__ = ["Placements", "Room", "placements", "room_of", "shared_programs", "shared_signals"]


@dataclass(frozen=True)
class Room:
    """How many students programs take."""

    program_id: tuple[str, ...]
    positions: NDArray[np.float64]
    home: NDArray[np.bool_]

    def for_class(self, most: NDArray[np.int64]) -> NDArray[np.float64]:
        """Places for one class, shape (states, programs), if elsewhere no more than ``most``."""
        elsewhere = np.minimum(most[:, None], self.positions)
        return np.maximum(np.where(self.home, self.positions, elsewhere), 1)


def room_of(
    program_id: tuple[str, ...], programs: pd.DataFrame, preferences: pd.DataFrame | None = None
) -> Room:
    """Read off how many students some programs take."""
    known = programs.set_index("program_id").reindex(program_id)
    positions = np.full(len(program_id), np.inf)
    if "positions" in known:
        given = known["positions"].to_numpy(dtype=np.float64, na_value=np.nan)
        positions = np.where(np.isnan(given), np.inf, given)
    homes: set[str] = set()
    if preferences is not None and "tie" in preferences:
        homes = set(preferences.loc[preferences["tie"] == "home", "program_id"])
    return Room(program_id, positions, np.array([one in homes for one in program_id], dtype=bool))


@dataclass(frozen=True)
class Placements:
    """Where each student ends in each draw."""

    ends_at: NDArray[np.int64]
    turned_away: NDArray[np.bool_]


def placements(
    margin: NDArray[np.floating], program: NDArray[np.int64], most: ArrayLike
) -> Placements:
    """Match the students of one class, each draw by itself."""
    draws = margin.shape[0]
    willing = margin > 0
    turned_away = np.zeros_like(willing)
    programs = int(program.max(initial=0)) + 1
    room = np.broadcast_to(np.asarray(most), (draws, programs))
    open_draws = np.arange(draws)
    while open_draws.size:
        here = willing[open_draws]
        row, student = np.nonzero(here.any(axis=2))
        draw = open_draws[row]
        rank = here.argmax(axis=2)[row, student]
        asked = program[student, rank]
        cell = draw * programs + asked
        order = np.lexsort((student, -margin[draw, student, rank], cell))
        at = np.arange(order.size)
        begins = np.diff(cell[order], prepend=-1) != 0
        place = at - np.maximum.accumulate(np.where(begins, at, 0))
        out = order[place >= room[draw, asked][order]]
        willing[draw[out], student[out], rank[out]] = False
        turned_away[draw[out], student[out], rank[out]] = True
        open_draws = np.unique(draw[out])
    ends_at = np.where(willing.any(axis=2), willing.argmax(axis=2), -1)
    return Placements(ends_at, turned_away)


SIGNALS = ("gold", "silver")


def shared_programs(pairs: pd.DataFrame) -> pd.DataFrame:
    """Programs that more than one student of a class lists."""
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
