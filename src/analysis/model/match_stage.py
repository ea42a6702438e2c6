"""From interviews to a match: rates by specialty, group and tie, and typical applicants.

docs/methods.md, sections 3.8 and 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtri

from analysis.assumptions import GROUPS, Assumptions
from analysis.model.correlation import answers_at, mechanism, scenarios
from analysis.model.level import IDENTITY
from analysis.model.parameters import chance_parameters
from analysis.model.pool import conditional_odds, evidence_of, nodes_of, pool_of, typical_penalty

__all__ = [
    "HIGHEST_RATE",
    "LOWEST_RATE",
    "TypicalApplicant",
    "curve_by_interviews",
    "match_rates",
    "typical_applicant",
]

Floats = NDArray[np.float64]
LOWEST_RATE, HIGHEST_RATE = 0.01, 0.99
# Nodes of the evidence; and the log-odds beyond which a calibration is not believed: matches after
# an interview would be all but certain.
EVIDENCE_NODES, REACH = 16, 2.0


@dataclass(frozen=True)
class TypicalApplicant:
    """What the model says of the applicants of one group to one specialty.

    Parameters
    ----------
    specialty, kind, group : str
        Name, competitiveness, one of `GROUPS`.
    applications : float
        How many each sends.
    interview_chance : float
        Interviews per application, 0-1.
    interviews : float
        Expected number.
    at_least_one : float
        Share with any interview, 0-1.
    match_raw, match : float
        Share that matches: with the rate of the assumptions, and calibrated where a rate is cited.
    published : float or None
        The cited match rate of the specialty and group.
    shift : float
        Log-odds by which a match after an interview is moved; 0 where nothing is cited.
    """

    specialty: str
    kind: str
    group: str
    applications: float
    interview_chance: float
    interviews: float
    at_least_one: float
    match_raw: float
    match: float
    published: float | None
    shift: float


@lru_cache(maxsize=512)
def typical_applicant(
    specialty: str, kind: str, group: str, assumptions: Assumptions
) -> TypicalApplicant:
    """Match chance of a specialty's applicants over their evidence and flags (section 3.8).

    Parameters
    ----------
    specialty, kind : str
        Name and competitiveness.
    group : str
        One of `GROUPS`.
    assumptions : Assumptions
        With the season.

    Returns
    -------
    TypicalApplicant
        Over programs of the specialty's own rate, with the signals that the group sends.
    """
    pool = pool_of(specialty, kind, assumptions)
    at = GROUPS.index(group)
    penalty = typical_penalty(pool, kind, assumptions)
    evidence = evidence_of(pool, chance_parameters(assumptions), assumptions)
    odds = conditional_odds(pool, evidence.tau, penalty, assumptions)
    nodes, weight = nodes_of(EVIDENCE_NODES)
    opening = np.array([1.0, 1 - assumptions.value("auto_screen_share"), 1.0])
    # A person is a flag and a record; an application a signal; places are met by chance.
    eta = odds.level[0] + odds.group[0, at] + odds.signal[0] + penalty[:, None]
    eta = eta[:, None, :, None] + (odds.tau[0] * nodes)[:, None, None] + np.log(pool.place_odds)
    read = np.minimum(expit(eta), assumptions.value("highest_chance")) @ pool.place
    chance = (opening[:, None, None] * read).reshape(-1, 3)
    person = np.outer(pool.flag, weight).ravel()
    number = pool.applications[at] * pool.signal[at]
    sent = chance @ number
    how = mechanism(assumptions)

    def anyone(rate: float) -> float:
        offers = scenarios(chance.ravel(), rate, how)
        refused = np.log1p(-np.minimum(offers.chance, 1 - 1e-12)).reshape(*chance.shape, -1)
        none = np.exp(np.einsum("pts,t->ps", refused, number))
        return float(person @ (1 - none @ offers.weight))

    rate = assumptions.value("match_given_interview")
    raw = anyone(rate)
    heard = float(person @ (1 - _silence(chance, number, how.rho)))
    published = getattr(assumptions.season_of(specialty), f"match_rate_{group}")
    shift = 0.0
    if published is not None and published < heard:

        def missed(moved: float) -> float:
            return anyone(_within(logit(rate) + moved)) - float(published)

        if missed(-REACH) < 0 < missed(REACH):
            shift = float(brentq(missed, -REACH, REACH, xtol=1e-6))
    return TypicalApplicant(
        specialty=specialty,
        kind=kind,
        group=group,
        applications=float(pool.applications[at]),
        interview_chance=float(person @ sent / pool.applications[at]),
        interviews=float(person @ sent),
        at_least_one=heard,
        match_raw=raw,
        match=anyone(_within(logit(rate) + shift)) if shift else raw,
        published=None if published is None else float(published),
        shift=shift,
    )


def _silence(chance: Floats, number: Floats, rhos: tuple[float, ...]) -> Floats:
    """Chance of no interview at all of each person, shape (persons,)."""
    found = np.zeros(len(chance))
    nodes, weight = nodes_of(32)
    for rho in rhos:
        held = answers_at(ndtri(chance)[..., None], rho, nodes) if rho else chance[..., None]
        none = np.exp(np.einsum("pts,t->ps", np.log1p(-np.minimum(held, 1 - 1e-12)), number))
        found += (none @ weight if rho else none[:, 0]) / len(rhos)
    return found


def _within(log_odds: float) -> float:
    return float(np.clip(expit(log_odds), LOWEST_RATE, HIGHEST_RATE))


def match_rates(
    student: Mapping[str, Any],
    specialty: ArrayLike,
    kinds: Mapping[str, str],
    ties: ArrayLike | None,
    assumptions: Assumptions,
) -> Floats:
    """Chance of a match after an interview at each program, given no from all better ones.

    Parameters
    ----------
    student : mapping
        A row of students: its ``degree``.
    specialty : array_like of str, shape (programs,)
        Of each program.
    kinds : mapping of str to str
        Competitiveness of each of the student's specialties.
    ties : array_like of str, shape (programs,), optional
        ``rotation`` or ``home`` raise the odds as published.
    assumptions : Assumptions
        ``match_given_interview``, ``match_odds``, and the season's cited match rates.

    Returns
    -------
    ndarray of float, shape (programs,)
        In [.01, .99].
    """
    names = np.asarray(specialty, dtype=object)
    degree = student.get("degree")
    group = "non_us_img" if degree == "img" else degree if degree in GROUPS else GROUPS[0]
    odds = np.full(names.size, float(logit(assumptions.value("match_given_interview"))))
    if assumptions.text("level.basis") == IDENTITY:
        for name in dict.fromkeys(names):
            typical = typical_applicant(str(name), kinds[name], str(group), assumptions)
            odds[names == name] += typical.shift
    if ties is not None:
        for tie in ("rotation", "home"):
            own = np.asarray(ties, dtype=object) == tie
            odds[own] += np.log(assumptions.value(f"match_odds.{tie}"))
    return np.clip(expit(odds), LOWEST_RATE, HIGHEST_RATE)


def curve_by_interviews(numbers: tuple[int, ...], assumptions: Assumptions) -> dict[int, float]:
    """P(match given n interviews) of the assumptions, before any calibration.

    Examples
    --------
    >>> from analysis.assumptions import read_assumptions
    >>> {n: round(p, 2) for n, p in curve_by_interviews((1, 5), read_assumptions()).items()}
    {1: 0.54, 5: 0.86}
    """
    found = {}
    for number in numbers:
        offers = scenarios(
            np.ones(number), assumptions.value("match_given_interview"), mechanism(assumptions)
        )
        found[number] = float(1 - np.prod(1 - offers.chance, axis=0) @ offers.weight)
    return found
