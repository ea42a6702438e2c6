"""Who of a class ends where, when a program takes only so many of them (docs/methods-class.md)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

__all__ = ["Placements", "Room", "placements", "room_of"]


@dataclass(frozen=True)
class Room:
    """How many students programs take.

    Parameters
    ----------
    program_id : tuple of str
        The programs.
    positions : ndarray of float, shape (programs,)
        Places of each; infinite if not known.
    home : ndarray of bool, shape (programs,)
        Whether the program is home to a student of the class: then no more is taken as its limit
        than its positions.
    """

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
    """Read off how many students some programs take.

    Parameters
    ----------
    program_id : tuple of str
        Which programs.
    programs : DataFrame
        Rows of programs; ``positions`` may be missing or empty.
    preferences : DataFrame, optional
        ``tie`` says whose home a program is.

    Returns
    -------
    Room
        In the order of ``program_id``.
    """
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
    """Where each student ends in each draw.

    Parameters
    ----------
    ends_at : ndarray of int, shape (draws, students)
        Place on the student's own list, from 0; -1 for no match.
    turned_away : ndarray of bool, shape (draws, students, longest)
        Where a program would have taken the student and gave its places to classmates.
    """

    ends_at: NDArray[np.int64]
    turned_away: NDArray[np.bool_]


def placements(
    margin: NDArray[np.floating], program: NDArray[np.int64], most: ArrayLike
) -> Placements:
    """Match the students of one class, each draw by itself.

    Students ask the programs of their list in order; a program keeps those whose margin is
    greatest, as many as it has places for this class, and turns the others away (Gale and Shapley,
    American Mathematical Monthly 69, 1962). No student is ever better off for another's asking.

    Parameters
    ----------
    margin : ndarray of float, shape (draws, students, longest)
        How far a student is over a program's bar, the most wanted program first; 0 or less where
        the program would not take the student, or the list has ended.
    program : ndarray of int, shape (students, longest)
        Which program stands there; any number where the list has ended.
    most : array_like of int, shape (draws, programs)
        Places of each program for this class, at least 1; what broadcasts to that shape.

    Returns
    -------
    Placements
        Of equal margins at one program the first student's counts.

    Examples
    --------
    Both would be taken at program 0, which has one place; the second goes on to program 1.

    >>> both = np.array([[[0.4, 0.0], [0.1, 0.2]]])
    >>> found = placements(both, np.array([[0, 1], [0, 1]]), [[1, 1]])
    >>> found.ends_at.tolist(), found.turned_away.tolist()
    ([[0, 1]], [[[False, False], [True, False]]])
    """
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
