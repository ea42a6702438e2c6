"""A class applies many times over: who matches alone, who in company (docs/methods-class.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.model.classmates.assumed import Assumed
from analysis.model.classmates.members import Member
from analysis.model.classmates.places import Room, placements
from analysis.model.correlation import offers_at

__all__ = ["Season", "margins", "season"]

Bools = NDArray[np.bool_]
CELLS_AT_A_TIME = 4_000_000


@dataclass(frozen=True)
class Season:
    """Outcomes of a class, draw by draw.

    Parameters
    ----------
    alone, placed : ndarray of bool, shape (draws, students)
        Whether a student's list ends in a match if no classmate applied, and as they all apply.
        Who is placed matches alone too.
    pairs : DataFrame
        A row a student and program: student_id, program_id, signal, ends (chance of ending there),
        turned_away (chance that the program would take the student and takes classmates),
        matches_lost (the share of the student's lost matches that falls to it).
    """

    alone: Bools
    placed: Bools
    pairs: pd.DataFrame

    @property
    def lost(self) -> NDArray[np.float64]:
        """Chance, by student, that a match is lost to classmates; in [0, 1]."""
        return np.asarray((self.alone & ~self.placed).mean(axis=0), dtype=np.float64)


class _Luck:
    """A stream of draws for each student and program, the same whoever else applies."""

    def __init__(self, members: Sequence[Member], seed: int) -> None:
        self._common = _stream(seed, "", "")
        self._own = [_stream(seed, member.student_id, "") for member in members]
        self._answers = [[_stream(seed, m.student_id, one) for one in m.programs] for m in members]

    def factors(self, shared: NDArray[np.float64]) -> NDArray[np.float64]:
        """Common factor of each student, shape (draws, students), standard normal."""
        common = self._common.standard_normal(shared.size)
        own = np.stack([stream.standard_normal(shared.size) for stream in self._own], axis=1)
        return np.sqrt(shared)[:, None] * common[:, None] + np.sqrt(1 - shared)[:, None] * own

    def answers(self, student: int, draws: int) -> NDArray[np.float64]:
        """Uniform luck at each program of a student, shape (draws, k)."""
        streams = self._answers[student]
        return np.stack([one.random(draws) for one in streams], axis=1)


def _stream(seed: int, student_id: str, program_id: str) -> np.random.Generator:
    name = f"{student_id}\0{program_id}".encode()
    return np.random.default_rng([seed, int.from_bytes(name)])


def season(
    members: Sequence[Member], assumed: Assumed, room: Room, draws: int, seed: int
) -> Season:
    """Let a class apply, many times.

    Parameters
    ----------
    members : sequence of Member
        Those with at least one program.
    assumed : Assumed
        States that the draws go through in turn.
    room : Room
        How many a program takes, for each program on any of the lists.
    draws : int
        How often.
    seed : int
        A student's luck hangs on it, the student_id and the program_id alone.

    Returns
    -------
    Season
        Students in the order of ``members``.
    """
    program = _padded(members, room.program_id)
    longest = program.shape[1]
    luck = _Luck(members, seed)
    alone, placed = (np.zeros((draws, len(members)), dtype=bool) for _ in range(2))
    sums = np.zeros((3, len(members), longest))
    at_a_time = max(1, CELLS_AT_A_TIME // max(1, program.size))
    for begin in range(0, draws, at_a_time):
        state = np.arange(begin, min(begin + at_a_time, draws)) % assumed.rho.size
        margin = margins(members, assumed, luck, state, longest)
        found = placements(margin, program, room.for_class(assumed.most[state]))
        rows = slice(begin, begin + state.size)
        alone[rows] = (margin > 0).any(axis=2)
        placed[rows] = found.ends_at >= 0
        sums += _shares(found.ends_at, found.turned_away, alone[rows] & ~placed[rows])
    return Season(alone, placed, _pair_rows(members, sums / draws))


def margins(
    members: Sequence[Member],
    assumed: Assumed,
    luck: _Luck,
    state: NDArray[np.int64],
    longest: int,
) -> NDArray[np.float64]:
    """How far each student is over each program's bar: the chance of an offer less the luck.

    Parameters
    ----------
    members, assumed
        As for `season`.
    luck : _Luck
        Gives the next draws.
    state : ndarray of int, shape (draws,)
        State of the assumptions in each draw.
    longest : int
        Programs of the longest list.

    Returns
    -------
    ndarray of float, shape (draws, students, longest)
        0 where a list has ended.
    """
    factor = luck.factors(assumed.shared[state])
    margin = np.zeros((state.size, len(members), longest))
    begin = 0
    for at, member in enumerate(members):
        own = slice(begin, begin + len(member.programs))
        offer = offers_at(
            assumed.chance[state, own],
            assumed.threshold[state, own],
            assumed.rho[state][:, None],
            factor[:, at, None],
        )
        margin[:, at, : len(member.programs)] = offer - luck.answers(at, state.size)
        begin = own.stop
    return margin


def _padded(members: Sequence[Member], ids: Sequence[str]) -> NDArray[np.int64]:
    place = {one: at for at, one in enumerate(ids)}
    program = np.zeros((len(members), max(len(m.programs) for m in members)), dtype=np.int64)
    for row, member in enumerate(members):
        program[row, : len(member.programs)] = [place[one] for one in member.programs]
    return program


def _shares(ends_at: NDArray[np.int64], turned_away: Bools, lost: Bools) -> NDArray[np.float64]:
    """Sums over draws of: ends there, turned away, share of a lost match, by student and rank."""
    ranks = np.arange(turned_away.shape[2])
    ends = (ends_at[:, :, None] == ranks).sum(axis=0)
    times = np.maximum(turned_away.sum(axis=2), 1)
    blame = np.einsum("dsl,ds->sl", turned_away, np.where(lost, 1 / times, 0.0))
    return np.stack([ends, turned_away.sum(axis=0), blame])


def _pair_rows(members: Sequence[Member], means: NDArray[np.float64]) -> pd.DataFrame:
    rows = [
        {
            "student_id": member.student_id,
            "program_id": one,
            "signal": member.signal[rank] if member.signal else "none",
            "ends": means[0, at, rank],
            "turned_away": means[1, at, rank],
            "matches_lost": means[2, at, rank],
        }
        for at, member in enumerate(members)
        for rank, one in enumerate(member.programs)
    ]
    return pd.DataFrame(rows)
