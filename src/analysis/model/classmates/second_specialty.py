"""What applications to another specialty would add to a list (docs/methods-class.md)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.assumptions import Assumptions
from analysis.model.application_list import ApplicationList
from analysis.model.chance import interview_chance
from analysis.model.constraints import fee_usd
from analysis.model.correlation import Scenarios, scenarios
from analysis.model.flags import listed
from analysis.model.list_problem import application_fees

__all__ = ["second_specialties"]

COLUMNS = ["student_id", "specialty", "added", "gain", "fee_usd"]


def second_specialties(
    students: pd.DataFrame,
    lists: Mapping[str, ApplicationList],
    programs: pd.DataFrame,
    assumptions: Assumptions,
    number: int,
) -> pd.DataFrame:
    """What a few applications to each other specialty would add to lists.

    The file reads there as at home, and one common factor stands behind all answers. Only
    specialties whose chances have the same basis as the list's are held beside it.

    Parameters
    ----------
    students : DataFrame
        Rows of students with a list.
    lists : mapping of str to ApplicationList
        Their lists, which stay.
    programs : DataFrame
        Rows of programs.
    assumptions : Assumptions
        Every number of the model.
    number : int
        Applications to the other specialty, at most; those that add most, without signals.

    Returns
    -------
    DataFrame
        A row a student and specialty, the greatest gain first: student_id, specialty, added (how
        many have any chance), gain (match chance, 0-1), fee_usd.
    """
    rate = assumptions.value("match_given_interview")
    rho = assumptions.values("latent_correlation")
    fees = application_fees(assumptions)
    rows = []
    for specialty in sorted(set(programs["specialty"]) & set(assumptions.season)):
        new = ~students["specialty"].map(lambda own, one=specialty: one in listed(own))
        asked = students[new].assign(specialty=specialty, competitiveness=None)
        if asked.empty:
            continue
        pairs = interview_chance(asked, programs, assumptions, with_range=False)
        for student_id, own in pairs.groupby("student_id", sort=False):
            found = lists[str(student_id)]
            if own["chance_basis"].iloc[0] != found.chance_basis:
                continue
            offers = scenarios(own["interview_chance"].to_numpy(), rate, rho)
            added, gain = _added(found, offers, number)
            rows.append((student_id, specialty, added, gain, fee_usd(fees, [added])))
    table = pd.DataFrame(rows, columns=COLUMNS)
    order = ["gain", "student_id", "specialty"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def _added(found: ApplicationList, offers: Scenarios, number: int) -> tuple[int, float]:
    """Add the programs that raise the match chance most, one after the other."""
    listed_offers = found.market.chance[found.choice.chosen]
    refused: NDArray[np.float64] = np.prod(1 - listed_offers, axis=0) * offers.weight
    left, before = np.ones(len(offers.chance), dtype=bool), float(refused.sum())
    added = 0
    while added < min(number, left.size):
        gains = np.where(left, offers.chance @ refused, 0.0)
        best = int(gains.argmax())
        if gains[best] <= 0:
            break
        refused = refused * (1 - offers.chance[best])
        left[best] = False
        added += 1
    return added, before - float(refused.sum())
