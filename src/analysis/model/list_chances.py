"""Interview chances of one student's programs under the signals of a list (section 5)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.assumptions import Assumptions
from analysis.model.chance import interview_chance
from analysis.model.list_problem import ListProblem

__all__ = ["chances_by_option", "list_chances", "with_signals"]

Floats = NDArray[np.float64]


def with_signals(
    student: pd.DataFrame,
    preferences: pd.DataFrame | None,
    problem: ListProblem,
    signals: dict[int, str],
) -> pd.DataFrame:
    """The student's ties, with signals as a list would send them.

    Parameters
    ----------
    student : DataFrame
        One row of students.
    preferences : DataFrame, optional
        With ``tie``; its signals are left out.
    problem : ListProblem
        The programs.
    signals : dict of int to str
        ``silver`` or ``gold`` by position; ``none`` where there is no entry.

    Returns
    -------
    DataFrame
        Preferences as `interview_chance` takes them, a row a program of the problem.
    """
    student_id = student["student_id"].iloc[0]
    ids = problem.programs["program_id"]
    ties = pd.Series(None, ids, dtype=object)
    if preferences is not None and "tie" in preferences:
        own = preferences[preferences["student_id"] == student_id].drop_duplicates("program_id")
        ties = own.set_index("program_id")["tie"].astype(object).reindex(ids)
    sent = [signals.get(at, "none") for at in range(len(ids))]
    return pd.DataFrame(
        {
            "student_id": student_id,
            "program_id": ids.to_numpy(),
            "tie": ties.to_numpy(),
            "signal": [None if signal == "none" else signal for signal in sent],
        }
    )


def chances_by_option(
    student: pd.DataFrame,
    preferences: pd.DataFrame | None,
    problem: ListProblem,
    assumptions: Assumptions,
    options: list[str],
) -> dict[str, Floats]:
    """Chances if every program got the same signal.

    Parameters
    ----------
    student, preferences, problem
        As for `with_signals`.
    assumptions : Assumptions
        Every number of the model.
    options : list of str
        ``none``, and ``silver`` or ``gold`` where there are any.

    Returns
    -------
    dict of str to ndarray of float, shape (programs,)
        In [0, 1], in the order of the problem's programs.
    """
    sent = []
    for option in options:
        every = dict.fromkeys(range(len(problem.programs)), option)
        sent.append(with_signals(student, preferences, problem, every).assign(student_id=option))
    # The same student once a signal, so that what belongs to the programs is looked up once.
    same = pd.concat([student.assign(student_id=option) for option in options], ignore_index=True)
    asked = pd.concat(sent, ignore_index=True)
    found = interview_chance(same, problem.programs, assumptions, asked, with_range=False)
    return {
        option: own.set_index("program_id")["interview_chance"]
        .loc[problem.programs["program_id"]]
        .to_numpy()
        for option, own in found.groupby("student_id")
    }


def list_chances(
    student: pd.DataFrame,
    problem: ListProblem,
    assumptions: Assumptions,
    sent: pd.DataFrame,
    *,
    with_range: bool,
) -> pd.DataFrame:
    """Chances with the signals of a list, in the order of the problem's programs.

    Parameters
    ----------
    student, problem, assumptions
        As for `chances_by_option`.
    sent : DataFrame
        Of `with_signals`.
    with_range : bool
        Whether ``low`` and ``high`` are wanted.

    Returns
    -------
    DataFrame
        The columns of `interview_chance`, a row a program.
    """
    found = interview_chance(student, problem.programs, assumptions, sent, with_range=with_range)
    return found.set_index("program_id").loc[problem.programs["program_id"]].reset_index()
