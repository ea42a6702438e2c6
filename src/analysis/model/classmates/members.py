"""A student of a class as the others meet them: an ordered list, its chances, and luck."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.model.application_list import ApplicationList

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


def member_of(student_id: str, found: ApplicationList) -> Member:
    """Take from a student's list what concerns classmates.

    Parameters
    ----------
    student_id : str
        Whose.
    found : ApplicationList
        The student's list, with ranges.

    Returns
    -------
    Member
    """
    return Member(
        student_id,
        found.chosen,
        found.programs["interview_chance"].to_numpy(dtype=np.float64),
        found.drawn,
        found.match_chance,
        found.choice.option,
    )
