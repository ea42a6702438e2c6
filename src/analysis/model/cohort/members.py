"""The members of a class: their lists, assumed or chosen, and a second specialty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.chance import interview_chance
from analysis.model.choice.application_list import ApplicationList
from analysis.model.choice.constraints import fee_usd
from analysis.model.choice.problem import application_fees
from analysis.model.correlation import Scenarios, match_thresholds, mechanism, scenarios
from analysis.model.match_stage import HIGHEST_RATE, LOWEST_RATE, match_rates
from analysis.model.parameters import listed

__all__ = ["Assumed", "Member", "as_assumed", "as_varied", "member_of", "second_specialties"]

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
    rate : ndarray of float, shape (k,), optional
        Chances of a match after an interview; that of the assumptions without.
    """

    student_id: str
    programs: tuple[str, ...]
    chance: Floats
    drawn: Floats
    match_chance: float
    signal: tuple[str, ...] = ()
    rate: Floats | None = None


def member_of(student_id: str, found: ApplicationList) -> Member:
    """Take from a student's list what concerns classmates."""
    chance = found.ranked["interview_chance"].to_numpy(dtype=np.float64)
    offers = found.market.marginal[found.choice.chosen]
    return Member(
        student_id,
        found.rank_order,
        chance,
        found.drawn,
        found.match_chance,
        found.choice.option,
        # Ties and cited match rates are in the list's offers already.
        np.clip(offers / np.maximum(chance, 1e-12), LOWEST_RATE, HIGHEST_RATE),
    )


def _rates(members: Sequence[Member], assumptions: Assumptions) -> Floats:
    """Chance of a match after an interview at each program of each list."""
    usual = assumptions.value("match_given_interview")
    own = [np.full(len(m.programs), usual) if m.rate is None else m.rate for m in members]
    return np.concatenate([np.empty(0), *own])


PAIRS_AT_A_TIME = 50_000  # what a solver holds at once, whatever the class


@dataclass(frozen=True)
class Assumed:
    """States of the assumptions; each holds for the whole class at once."""

    chance: Floats
    threshold: Floats
    rho: Floats
    shared: Floats
    most: NDArray[np.int64]
    match_correlation: Floats | None = None
    link: float = 1.0


def as_assumed(members: Sequence[Member], assumptions: Assumptions) -> Assumed:
    """One state for each correlation that is mixed; everything else as assumed."""
    how = mechanism(assumptions)
    chance = np.concatenate([np.empty(0), *(member.chance for member in members)])
    rate = _rates(members, assumptions)
    threshold = np.stack([match_thresholds(chance, rate, how.at(rho)) for rho in how.rho])
    states = len(how.rho)
    return Assumed(
        np.broadcast_to(chance, threshold.shape),
        threshold,
        np.array(how.rho),
        np.full(states, assumptions.value("classmates.shared_factor")),
        np.full(states, int(assumptions.value("classmates.most_at_a_program"))),
        np.array([after for _, after in how.parts]),
        how.link,
    )


def as_varied(members: Sequence[Member], assumptions: Assumptions) -> Assumed:
    """One state for each joint draw of the assumptions (sections 3.6 and 8)."""
    counts = {len(member.drawn) for member in members} or {1}
    if len(counts) != 1 or counts == {0}:
        message = "members of a class need equally many joint draws, at least one"
        raise ModelError(message)
    (draws,) = counts
    chance = np.concatenate([np.empty((draws, 0)), *(m.drawn for m in members)], axis=1)
    seed = int(assumptions.value("uncertainty.seed"))
    rates = _between(assumptions.values("uncertainty.match_given_interview"), draws, seed, 1)
    added = logit(_rates(members, assumptions)) - logit(assumptions.value("match_given_interview"))
    how = mechanism(assumptions)
    rho = np.resize(np.array(how.rho), draws)
    threshold = np.empty_like(chance)
    at_a_time = max(1, PAIRS_AT_A_TIME // max(1, chance.shape[1]))
    for one in dict.fromkeys(how.rho):
        alike = np.flatnonzero(rho == one)
        for begin in range(0, alike.size, at_a_time):
            own = alike[begin : begin + at_a_time]
            rate = np.clip(expit(logit(rates[own])[:, None] + added), LOWEST_RATE, HIGHEST_RATE)
            found = match_thresholds(chance[own].ravel(), rate.ravel(), how.at(one), coarse=True)
            threshold[own] = found.reshape(own.size, -1)
    ends = assumptions.values("classmates.most_at_a_program_range")
    random = np.random.default_rng([seed, 3])
    return Assumed(
        chance,
        threshold,
        rho,
        _between(assumptions.values("classmates.shared_factor_range"), draws, seed, 2),
        random.integers(int(min(ends)), int(max(ends)), draws, endpoint=True),
        _between(assumptions.values("uncertainty.match_correlation"), draws, seed, 4),
        how.link,
    )


def _between(ends: Sequence[float], draws: int, seed: int, stream: int) -> Floats:
    return np.random.default_rng([seed, stream]).uniform(min(ends), max(ends), draws)


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
    """
    rho = mechanism(assumptions)
    rows = []
    for specialty in sorted(set(programs["specialty"]) & set(assumptions.season)):
        new = ~students["specialty"].map(lambda own, one=specialty: one in listed(own))
        asked = students[new].assign(specialty=specialty, competitiveness=None)
        if asked.empty:
            continue
        pairs = interview_chance(asked, programs, assumptions, with_range=False)
        kinds = {specialty: assumptions.season_of(specialty).competitiveness}
        records = {str(row["student_id"]): row for row in asked.to_dict("records")}
        for student_id, own in pairs.groupby("student_id", sort=False):
            found = lists[str(student_id)]
            if own["chance_basis"].iloc[0] != found.chance_basis:
                continue
            rate = match_rates(records[str(student_id)], own["specialty"], kinds, None, assumptions)
            offers = scenarios(own["interview_chance"].to_numpy(), rate, rho)
            added, gain = _added(found, offers, number)
            rows.append(
                (
                    student_id,
                    specialty,
                    added,
                    gain,
                    fee_usd(application_fees(assumptions, [specialty]), [added]),
                )
            )
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
