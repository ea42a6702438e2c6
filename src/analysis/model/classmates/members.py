"""A student of a class as the others meet them: an ordered list, its chances, and luck."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.assumptions import Assumptions
from analysis.model.application_list import ApplicationList
from analysis.model.chance import chance_draws
from analysis.model.list_chances import with_signals

__all__ = ["Member", "member_of"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Member:
    """A student with a list.

    Parameters
    ----------
    student_id : str
        Whose.
    programs : tuple of str
        Ids of the programs on the list, the most wanted first.
    chance : ndarray of float, shape (k,)
        Chances of an interview, 0-1, signals included.
    drawn : ndarray of float, shape (draws, k)
        The same under joint draws of the assumptions; without rows, nothing is varied.
    match_chance : float
        Of the list alone, 0-1.
    signal : tuple of str
        ``none``, ``silver`` or ``gold`` at each program.
    """

    student_id: str
    programs: tuple[str, ...]
    chance: Floats
    drawn: Floats
    match_chance: float
    signal: tuple[str, ...] = ()


def member_of(
    student: pd.DataFrame,
    found: ApplicationList,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
) -> Member:
    """Take from a student's list what concerns classmates.

    Parameters
    ----------
    student : DataFrame
        One row of students.
    found : ApplicationList
        The student's list.
    assumptions : Assumptions
        ``uncertainty``.
    preferences : DataFrame, optional
        Ties.

    Returns
    -------
    Member
    """
    chosen = found.choice.chosen
    decided = dict(zip(chosen.tolist(), found.choice.option, strict=True))
    sent = with_signals(student, preferences, found.problem, decided)
    drawn = chance_draws(student, found.problem.programs, assumptions, sent)[:, chosen]
    return Member(
        str(student["student_id"].iloc[0]),
        found.chosen,
        found.programs["interview_chance"].to_numpy(dtype=np.float64),
        drawn,
        found.match_chance,
        found.choice.option,
    )
