"""From interviews to a match: rates by specialty, group and tie, and typical applicants.

docs/methods.md, sections 3.8 and 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtri

from analysis.arrays import Floats
from analysis.assumptions import GROUPS, Assumptions
from analysis.model.correlation import answers_at, hermite, mechanism, scenarios
from analysis.model.level import IDENTITY
from analysis.model.parameters import CLASSES, chance_parameters
from analysis.model.pool import (
    Pool,
    conditional_odds,
    evidence_of,
    pool_of,
    typical_penalty,
)
from analysis.model.profile import group_of

LOWEST_RATE, HIGHEST_RATE = 0.01, 0.99
# Nodes of a person's evidence and of what differs between applications; and the log-odds within
# which a calibration is sought.
EVIDENCE_NODES, APPLICATION_NODES, REACH = 16, 4, 6.0


@dataclass(frozen=True)
class TypicalApplicant:
    """What the model says of the applicants of one group to one specialty."""

    # specialty, kind, group: Name, competitiveness, one of `GROUPS`.
    specialty: str
    kind: str
    group: str
    applications: float  # how many each sends
    interview_chance: float  # interviews per application, 0-1
    interviews: float
    at_least_one: float  # share with any interview, 0-1
    # match_raw, match: Share of all applicants that matches: with the rate of the assumptions, and
    # calibrated where a rate is cited.
    match_raw: float
    match: float
    match_by_flag: tuple[float, ...]  # ``match_raw`` of each of `FLAG_CELLS`
    # The cited match rate of the specialty and group, which counts those with a rank list.
    published: float | None
    shift: float  # as `match_shift` has it

    @property
    def rate_raw(self) -> float:
        """Share that matches of those with any interview, as published rates count."""
        return self.match_raw / self.at_least_one

    @property
    def rate(self) -> float:
        """The same after calibration."""
        return self.match / self.at_least_one


@lru_cache(maxsize=512)
def typical_applicant(
    specialty: str, kind: str, group: str, assumptions: Assumptions
) -> TypicalApplicant:
    """Match chance of a specialty's applicants over their evidence and flags (section 3.8)."""
    # Over programs of the specialty's own rate, with the signals that the group sends.
    pool = pool_of(specialty, kind, assumptions)
    at = GROUPS.index(group)
    penalty = typical_penalty(pool, kind, assumptions)
    evidence = evidence_of(pool, chance_parameters(assumptions), assumptions)
    odds = conditional_odds(pool, evidence.tau, penalty, assumptions)
    opening = np.array([1.0, 1 - assumptions.value("auto_screen_share"), 1.0])
    # A person is a flag and a record; an application a signal, a place, a reach or a safe choice.
    nodes, weight = hermite(EVIDENCE_NODES)
    own, among = hermite(APPLICATION_NODES)
    apart = _apart(pool, assumptions)
    steady = np.sqrt(odds.tau[0] ** 2 - apart**2)
    of_person = penalty[:, None] + steady * nodes
    kinds = np.add.outer(odds.signal[0], np.log(pool.place_odds))[..., None] + apart * own
    eta = odds.level[0] + odds.group[0, at] + of_person[..., None] + kinds.ravel()
    read = np.minimum(expit(eta), assumptions.value("highest_chance"))
    chance = (opening[:, None, None] * read).reshape(of_person.size, -1)
    person = np.outer(pool.flag, weight).ravel()
    shares = np.einsum("t,p,j->tpj", pool.signal[at], pool.place, among).ravel()
    number = pool.applications[at] * shares
    sent = chance @ number
    how = mechanism(assumptions)

    def matched(log_odds: float) -> Floats:
        """Chance of a match of each person."""
        rate = float(np.clip(expit(log_odds), LOWEST_RATE, HIGHEST_RATE))
        offers = scenarios(chance.ravel(), rate, how)
        refused = np.log1p(-np.minimum(offers.chance, 1 - 1e-12)).reshape(*chance.shape, -1)
        none = np.exp(np.einsum("pts,t->ps", refused, number))
        return np.asarray(1 - none @ offers.weight)

    given = logit(assumptions.value("match_given_interview")) + _group_log_odds(group, assumptions)
    raw = matched(given)
    heard = float(person @ (1 - _silence(chance, number, how.rho)))
    published = getattr(assumptions.season_of(specialty), f"match_rate_{group}")
    shift = 0.0 if published is not None else match_shift(specialty, kind, group, assumptions)
    if published is not None:

        def missed(moved: float) -> float:
            return float(person @ matched(given + moved)) / heard - float(published)

        if missed(-REACH) < 0 < missed(REACH):
            shift = float(brentq(missed, -REACH, REACH, xtol=1e-5))
    return TypicalApplicant(
        specialty=specialty,
        kind=kind,
        group=group,
        applications=float(pool.applications[at]),
        interview_chance=float(person @ sent / pool.applications[at]),
        interviews=float(person @ sent),
        at_least_one=heard,
        match_raw=float(person @ raw),
        match=float(person @ (matched(given + shift) if shift else raw)),
        match_by_flag=tuple((raw.reshape(-1, weight.size) @ weight).tolist()),
        published=None if published is None else float(published),
        shift=shift,
    )


def _apart(pool: Pool, assumptions: Assumptions) -> float:
    """How far a person's applications differ in evidence against each program's applicants."""
    # Applicants choose programs in part by their scores, so that they differ by less at one program
    # than over all. Then a person's standing differs from program to program by the SD at one
    # program times ``sqrt(1 - (SD at one program / SD over all)^2)``.
    among_all = max(assumptions.value("applicants.step2_sd"), pool.step2_sd)
    worst, best = assumptions.value("scale.step2_worst"), assumptions.value("scale.step2_best")
    parameters = chance_parameters(assumptions)
    slope = float(parameters.logit_scale * parameters.weights["step2_ck"]) / (best - worst)
    apart = slope * pool.step2_sd * float(np.sqrt(1 - (pool.step2_sd / among_all) ** 2))
    return min(apart, float(evidence_of(pool, parameters, assumptions).tau[0]))


def _group_log_odds(group: str, assumptions: Assumptions) -> float:
    """Log-odds of a match after an interview against US MD seniors, whose curve is published."""
    return 0.0 if group == GROUPS[0] else float(np.log(assumptions.value(f"match_odds.{group}")))


def match_shift(specialty: str, kind: str, group: str, assumptions: Assumptions) -> float:
    """Log-odds by which a match after an interview is moved; 0 where no match rate is cited."""
    season = assumptions.season_of(specialty)
    cited = [one for one in GROUPS if getattr(season, f"match_rate_{one}") is not None]
    if group in cited:
        return typical_applicant(specialty, kind, group, assumptions).shift
    before = {
        one: typical_applicant(specialty, kind, one, assumptions).shift
        for one in GROUPS[: GROUPS.index(group)]
        if one in cited
    }
    # The odds of a group are against US MD seniors, in a specialty where these match less too. And
    # the same interviews are worth no more than to a group before it whose own rate is cited.
    own = _group_log_odds(group, assumptions)
    ends = [_group_log_odds(one, assumptions) + shift - own for one, shift in before.items()]
    return min([before.get(GROUPS[0], 0.0), *ends])


@dataclass(frozen=True)
class AllSpecialties:
    """What the model says of all applicants of one group, in whatever specialty they match."""

    group: str  # one of `GROUPS`
    preferred: float  # share of applicants that matches in the preferred specialty, 0-1
    preferred_by_flag: tuple[float, ...]  # the same of each of `FLAG_CELLS`
    parallel: float  # share that matches in the specialty of a parallel plan
    any_interview: float  # share with an interview in one of the two

    @property
    def rate(self) -> float:
        """Share that matches of those with any interview, as published rates count."""
        return (self.preferred + self.parallel) / self.any_interview


@lru_cache(maxsize=32)
def all_specialties(group: str, assumptions: Assumptions) -> AllSpecialties:
    """All applicants of one group: a mixture over classes of specialties, with parallel plans."""
    # Of each class the plain mean over its specialties, weighed by the share of the group that
    # prefers the class. Parallel plans as published for one school; for other groups than US MD
    # seniors they succeed in proportion to the group's match in less competitive specialties.

    def of_class(kind: str, of_group: str) -> list[TypicalApplicant]:
        names = [n for n, row in assumptions.season.items() if row.competitiveness == kind]
        return [typical_applicant(name, kind, of_group, assumptions) for name in names]

    def mean(field: str, kind: str, of_group: str) -> Any:
        return np.mean([getattr(one, field) for one in of_class(kind, of_group)], axis=0)

    share = {kind: assumptions.value(f"pool.{kind}.preferred_by_{group}") for kind in CLASSES}
    total = sum(share.values())

    def over_classes(field: str) -> Any:
        return sum(share[kind] / total * mean(field, kind, group) for kind in CLASSES)

    preferred, heard = float(over_classes("match_raw")), float(over_classes("at_least_one"))
    as_good = mean("match_raw", "less", group) / mean("match_raw", "less", GROUPS[0])
    missing = assumptions.value("parallel.share") * assumptions.value("parallel.missed")
    found = missing * assumptions.value("parallel.matched") * float(as_good)
    with_a_plan = min(1.0, missing / (1 - preferred))
    heard += (1 - heard) * with_a_plan * float(mean("at_least_one", "less", group))
    by_flag = tuple(float(one) for one in over_classes("match_by_flag"))
    return AllSpecialties(group, preferred, by_flag, found, heard)


def _silence(chance: Floats, number: Floats, rhos: tuple[float, ...]) -> Floats:
    """Chance of no interview at all of each person, shape (persons,)."""
    found = np.zeros(len(chance))
    nodes, weight = hermite(32)
    for rho in rhos:
        held = answers_at(ndtri(chance)[..., None], rho, nodes) if rho else chance[..., None]
        none = np.exp(np.einsum("pts,t->ps", np.log1p(-np.minimum(held, 1 - 1e-12)), number))
        found += (none @ weight if rho else none[:, 0]) / len(rhos)
    return found


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
    group = group_of(student.get("degree"))
    odds = np.full(names.size, float(logit(assumptions.value("match_given_interview"))))
    if assumptions.text("level.basis") == IDENTITY:
        odds += _group_log_odds(group, assumptions)
        for name in dict.fromkeys(names):
            odds[names == name] += match_shift(str(name), kinds[name], group, assumptions)
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
