"""Interview chances of one student's programs under the signals of a list (section 5)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.assumptions import Assumptions
from analysis.model.chance import chance_columns, drawn_chances
from analysis.model.list_problem import ListProblem
from analysis.model.market import Market, Part
from analysis.model.parameters import chance_parameters

__all__ = ["ListChances"]

Floats = NDArray[np.float64]


class ListChances:
    """Chances of one student at the programs of a problem, whatever is signalled.

    What hangs on the student and the programs alone is looked up once.

    Parameters
    ----------
    student : DataFrame
        One row of students.
    problem : ListProblem
        The programs, m of them.
    assumptions : Assumptions
        Every number of the model.
    preferences : DataFrame, optional
        With ``tie``; its signals are left out.
    """

    def __init__(
        self,
        student: pd.DataFrame,
        problem: ListProblem,
        assumptions: Assumptions,
        preferences: pd.DataFrame | None,
    ) -> None:
        self._assumptions = assumptions
        self._student_id = student["student_id"].iloc[0]
        self._count = len(problem.programs)
        (self._parts,) = Market(problem.programs, assumptions, preferences).parts(student)

    def if_all_sent(self, option: str) -> Floats:
        """Chances if every program got the same signal.

        Parameters
        ----------
        option : {"none", "silver", "gold"}
            The signal.

        Returns
        -------
        ndarray of float, shape (m,)
            In [0, 1], in the order of the problem's programs.
        """
        chances = np.empty(self._count)
        parameters = chance_parameters(self._assumptions)
        for part in self._sending(dict.fromkeys(range(self._count), option)):
            chances[part.at] = part.chances(parameters, self._assumptions)[0]
        return chances

    def with_signals(self, signals: Mapping[int, str]) -> pd.DataFrame:
        """Everything about the chances with the signals of a list.

        Parameters
        ----------
        signals : mapping of int to str
            ``silver`` or ``gold`` by position; ``none`` where there is no entry.

        Returns
        -------
        DataFrame
            The columns of `interview_chance`, a row a program in the order of the problem's; low
            and high are NaN.
        """
        parts = self._sending(signals)
        found = chance_columns([(self._student_id, parts)], self._assumptions, with_range=False)
        order = np.argsort(np.concatenate([part.at for part in parts]))
        return found.iloc[order].reset_index(drop=True)

    def drawn(self, signals: Mapping[int, str]) -> Floats:
        """Chances with the signals of a list under joint draws of the assumptions.

        Parameters
        ----------
        signals : mapping of int to str
            As for `with_signals`.

        Returns
        -------
        ndarray of float, shape (draws, m)
            Gate included.
        """
        return drawn_chances(self._sending(signals), self._assumptions)

    def _sending(self, signals: Mapping[int, str]) -> list[Part]:
        sent = np.array([signals.get(at, "none") for at in range(self._count)], dtype=object)
        return [part.sending(sent[part.at], self._assumptions) for part in self._parts]
