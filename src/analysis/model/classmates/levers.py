"""What an office could change for a list: answers it could get, applications it could add."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.assumptions import Assumptions
from analysis.model.application_list import ApplicationList
from analysis.model.correlation import scenarios
from analysis.model.list_curves import next_application

__all__ = ["answers_at_stake", "further_applications"]


def answers_at_stake(found: ApplicationList, assumptions: Assumptions) -> pd.DataFrame:
    """How far a list's match chance moves with what one program has not said.

    Parameters
    ----------
    found : ApplicationList
        A list.
    assumptions : Assumptions
        ``match_given_interview`` and ``latent_correlation``.

    Returns
    -------
    DataFrame
        A row for each program of the list that leaves something open: program_id, unknown (columns,
        separated by ``;``), if_open, if_closes (match chance of the list if the program's answers
        are yes, or no; the list stays as it is).
    """
    rows = found.programs[found.programs["unknown"] != ""]
    answer = rows[["program_id", "unknown"]].reset_index(drop=True)
    if rows.empty:
        return answer.assign(if_open=0.0, if_closes=0.0)
    rate = assumptions.value("match_given_interview")
    rho = assumptions.values("latent_correlation")
    refused = 1 - found.market.chance[found.choice.chosen]
    by_others = np.stack([np.prod(np.delete(refused, at, axis=0), axis=0) for at in rows.index])
    for name in ("if_open", "if_closes"):
        offers = scenarios(rows[f"chance_{name}"].to_numpy(dtype=np.float64), rate, rho)
        answer[name] = 1 - (by_others * (1 - offers.chance)) @ offers.weight
    return answer


def further_applications(found: ApplicationList, number: int) -> tuple[int, float, float]:
    """What further applications would bring on top of a list, beyond the student's own limit.

    Parameters
    ----------
    found : ApplicationList
        A list, which stays; further programs get no signal.
    number : int
        How many more, at most.

    Returns
    -------
    added : int
        How many more have any chance.
    gain : float
        Match chance, 0-1.
    fee_usd : float
        Their fees.
    """
    problem, length = found.problem, len(found.chosen)
    curve = next_application(
        found.market,
        problem.utility,
        length + number,
        problem.constraints.fees,
        problem.constraints.specialties(len(problem.programs)),
        must=found.choice.chosen,
        never=problem.constraints.never,
    )
    further = curve.iloc[length:]
    return len(further), float(further["match_gain"].sum()), float(further["next_fee_usd"].sum())
