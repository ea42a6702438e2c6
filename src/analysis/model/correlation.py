"""From interview to offer, with decisions that come together (docs/methods-list.md, section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from analysis.arrays import Floats
from analysis.assumptions import Assumptions
from analysis.errors import ModelError

HIGHEST_RHO = 0.95
# Numerical method, not the model: where each quadrature is exact to the marginals' 1e-10.
HERMITE_UP_TO, HERMITE_NODES = 0.6, 32
# Where thousands of draws are solved for the ends of a range: match chances to some 2e-4, with two
# factors to 2e-3. A step so small on the latent scale is taken along the tangent, which is right to
# 5e-5 in every state.
COARSE_NODES, COARSE_STEP = 16, 0.02
LEGENDRE_NODES, LEGENDRE_REACH = 96, 7.0
# Nodes of each factor where there are two, up to these correlations: match chances to 1e-3 with
# marginals that are exact; above the last of them Legendre's.
GRID = ((0.1, 4), (0.25, 6), (0.45, 8), (0.6, 12))
GRID_LEGENDRE = 48
# Calibration: bracket of the threshold, and when a Newton step no longer matters.
BRACKET, STEP_TOLERANCE, MOST_STEPS = 9.0, 1e-12, 100
# Chances below this are none: their states would underflow.
SMALLEST = 1e-40
SMALL_STEP = 1e-8  # a Newton step whose square is beyond the last digits


@dataclass(frozen=True)
class Scenarios:
    """Chances of an offer in each state of the world."""

    chance: Floats
    weight: Floats

    def __post_init__(self) -> None:
        if self.chance.ndim != 2 or self.weight.shape != self.chance.shape[1:]:
            message = (
                f"scenarios of shape {self.chance.shape} with {self.weight.shape} weights: "
                "expected (programs, states) and (states,)"
            )
            raise ModelError(message)

    @property
    def marginal(self) -> Floats:
        """Chance of an offer over all states, shape (programs,)."""
        return np.asarray(self.chance @ self.weight, dtype=np.float64)


@dataclass(frozen=True)
class Mechanism:
    """How answers to one applicant come together, before and after the interview (section 4).

    Parameters
    ----------
    rho : tuple of float
        Correlation of invitations, in [0, .95]; several are mixed in equal parts.
    match_correlation : float, optional
        Correlation of ranking decisions after interviews; that of the invitations if None.
    link : float
        In [0, 1]: how far the factor behind the ranking is the one behind the invitations. 0 is
        the published P(match | n interviews); 1 with one correlation is a single factor.
    by_score : ndarray of float, shape (k, programs), optional
        Of a student whose score is not known: chances at each group of scores, in units of the
        mean. All programs see one score, so answers come together through it too.
    score_weight : ndarray of float, shape (k,), optional
        Chance of each group of scores.
    """

    rho: tuple[float, ...]
    match_correlation: float | None = None
    link: float = 1.0
    by_score: Floats | None = field(default=None, compare=False)
    score_weight: Floats | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        highest = max((*self.rho, self.match_correlation or 0.0), default=-1.0)
        if not self.rho:
            message = "no correlation given"
            raise ModelError(message)
        if min(self.rho) < 0 or highest > HIGHEST_RHO or not 0 <= self.link <= 1:
            message = (
                f"correlations {self.rho} and {self.match_correlation} with a link of "
                f"{self.link:g}; expected some from 0 to {HIGHEST_RHO:g}, and a link from 0 to 1"
            )
            raise ModelError(message)

    def at(self, rho: float) -> Mechanism:
        """The same with one correlation of invitations; at 0 rankings do not come together."""
        if rho == 0:
            return replace(self, rho=(0.0,), match_correlation=None, link=1.0)
        return replace(self, rho=(rho,))

    def of(self, programs: NDArray[np.int64]) -> Mechanism:
        """The same for some of the programs."""
        return self if self.by_score is None else replace(self, by_score=self.by_score[:, programs])

    def with_scores(self, chances: Floats, weight: Floats) -> Mechanism:
        """The same for chances at groups of scores, shape (k, programs); as it is for one group."""
        if len(chances) == 1:
            return self
        mean = weight @ chances
        by_score = chances / np.where(mean > 0, mean, 1.0)
        return replace(self, by_score=by_score, score_weight=weight)

    @property
    def parts(self) -> tuple[tuple[float, float], ...]:
        """Correlations of invitations and of rankings that are mixed."""
        own = self.match_correlation
        return tuple((rho, rho if own is None else own) for rho in self.rho)


def mechanism(assumptions: Assumptions) -> Mechanism:
    """Mechanism of ``latent_correlation``, ``match_correlation`` and ``match_link``."""
    return Mechanism(
        assumptions.values("latent_correlation"),
        assumptions.value("match_correlation"),
        assumptions.value("match_link"),
    )


@cache
def hermite(count: int) -> tuple[Floats, Floats]:
    """Gauss-Hermite nodes and weights of a standard normal."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    return _fixed(nodes, weights)


@cache
def _legendre(count: int) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes of a standard normal, as far as `LEGENDRE_REACH`, with weights."""
    unit, weights = np.polynomial.legendre.leggauss(count)
    nodes = LEGENDRE_REACH * unit
    return _fixed(nodes, weights * np.exp(-0.5 * nodes**2))


def _fixed(nodes: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Nodes and weights that sum to 1, shared by all callers and so not to be written."""
    weights = weights / weights.sum()
    nodes.flags.writeable = weights.flags.writeable = False
    return nodes, weights


def _grid(rho: float, *, coarse: bool) -> tuple[Floats, Floats]:
    """Nodes and weights of one of two factors."""
    if rho == 0:
        return np.zeros(1), np.ones(1)
    count = next((nodes for end, nodes in GRID if rho <= end), 0)
    if count == 0:
        return _legendre(GRID_LEGENDRE)
    return hermite(max(3, (2 * count) // 3) if coarse else count)


def quadrature(rho: float, *, coarse: bool = False) -> tuple[Floats, Floats]:
    """Nodes and weights of the common factor, a standard normal (section 4)."""
    if not 0 <= rho <= HIGHEST_RHO:
        message = f"a correlation of {rho:g}; expected one from 0 to {HIGHEST_RHO:g}"
        raise ModelError(message)
    if rho == 0:
        return np.zeros(1), np.ones(1)
    if rho > HERMITE_UP_TO:
        return _legendre(LEGENDRE_NODES)
    return hermite(COARSE_NODES if coarse else HERMITE_NODES)


def _checked_chance(chance: ArrayLike) -> Floats:
    chances = np.atleast_1d(np.asarray(chance, dtype=np.float64))
    if chances.ndim != 1:
        message = f"chances of shape {chances.shape}; expected one chance a program"
        raise ModelError(message)
    if not (np.isfinite(chances).all() and (chances >= 0).all() and (chances <= 1).all()):
        message = "a chance lies outside 0 to 1 or is not known; without a score there is no list"
        raise ModelError(message)
    return chances


def answers_at(latent: ArrayLike, rho: ArrayLike, factor: ArrayLike) -> Floats:
    """Chance of a yes at a value of the common factor (section 4)."""
    pull = np.sqrt(rho) * np.asarray(factor)
    return np.asarray(ndtr((np.asarray(latent) + pull) / np.sqrt(1 - np.asarray(rho))))


def interview_states(
    chance: ArrayLike, rho: float, *, coarse: bool = False
) -> tuple[Floats, Floats]:
    """Chances of an interview in each state, which average to the chances given (section 4)."""
    chances = _checked_chance(chance)
    nodes, weight = quadrature(float(rho), coarse=coarse)
    if rho == 0:
        return chances[:, None].copy(), weight
    return answers_at(ndtri(chances)[:, None], rho, nodes), weight


def scenarios(
    chance: ArrayLike,
    match_given_interview: ArrayLike,
    rho: float | Sequence[float] | Mechanism,
    *,
    coarse: bool = False,
) -> Scenarios:
    """Chances of an offer in each state of the world (docs/methods-list.md, section 4).

    An offer takes an interview and then a match. Both are driven by one common factor, or, with a
    `Mechanism`, each by its own: states are then all pairs of the two. The threshold of the match
    is set so that the chance of a match *given* an interview is the one asked for; multiplying two
    correlated chances would overstate it.

    Parameters
    ----------
    chance : array_like of float, shape (programs,)
        Chances of an interview, in [0, 1].
    match_given_interview : float or array_like of float, shape (programs,)
        In [.01, .99].
    rho : float, sequence of float or Mechanism
        Correlation in [0, .95]; several are mixed in equal parts, their states side by side.
    coarse : bool
        Whether match chances to some 2e-3 will do, as for the ends of a range.

    Returns
    -------
    Scenarios
        Offer chances, programs x states. A chance of 0 stays 0 in every state.

    Raises
    ------
    ModelError
        If a chance, a match rate or a correlation is out of range.

    Examples
    --------
    >>> scenarios([0.5], 0.5, 0.0).chance.tolist()
    [[0.25]]
    """
    chances = _checked_chance(chance)
    rates = _checked_rates(match_given_interview, chances.size)
    how = _mechanism_of(rho)
    if how.by_score is not None and how.score_weight is not None:
        known = replace(how, by_score=None)
        each = [
            scenarios(np.minimum(chances * factor, 1.0), rates, known, coarse=coarse)
            for factor in how.by_score
        ]
        return Scenarios(
            np.concatenate([one.chance for one in each], axis=1),
            np.concatenate([w * one.weight for w, one in zip(how.score_weight, each, strict=True)]),
        )
    parts = [
        _offer_states(chances, rates, one, coarse=coarse)
        if how.link == 1 and one == after
        else _paired_states(chances, rates, one, after, how.link, coarse=coarse)
        for one, after in how.parts
    ]
    if len(parts) == 1:
        return Scenarios(*parts[0])
    return Scenarios(
        np.concatenate([offers for offers, _ in parts], axis=1),
        np.concatenate([weight / len(parts) for _, weight in parts]),
    )


def _mechanism_of(rho: float | Sequence[float] | Mechanism) -> Mechanism:
    if isinstance(rho, Mechanism):
        return rho
    return Mechanism(tuple(float(r) for r in np.atleast_1d(np.asarray(rho, dtype=np.float64))))


def _paired_states(
    chances: Floats, rates: Floats, rho: float, after: float, link: float, *, coarse: bool
) -> tuple[Floats, Floats]:
    """Offers in each pair of states: one factor behind invitations, one behind rankings."""
    first, first_weight = _grid(rho, coarse=coarse)
    second, second_weight = _grid(after * (1 - link**2), coarse=coarse)
    invited = _exact_states(chances, rho, first, first_weight)
    weight = np.outer(first_weight, second_weight).ravel()
    factor = (link * first[:, None] + np.sqrt(1 - link**2) * second).ravel()
    if link == 0:
        match = _ranked(rates, after, coarse=coarse)
        return (invited[:, :, None] * match[:, None, :]).reshape(chances.size, -1), weight
    interview = np.repeat(invited, second.size, axis=1)
    offers = np.zeros_like(interview)
    asked = chances >= SMALLEST
    if asked.any():
        held = interview[asked]
        together = link * float(np.sqrt(rho * after))
        _, match = _calibrated(
            chances[asked], held, rates[asked], after, weight, factor, together, coarse=coarse
        )
        offers[asked] = held * match
    return offers, weight


def states_apart(
    chances: Floats, rates: Floats, how: Mechanism, *, coarse: bool = False
) -> tuple[Floats, Floats, Floats, Floats]:
    """Invitations and matches, each in states of its own, and the weights of these two kinds.

    An offer in a pair of states is the product of the two, of shapes (programs, z) and
    (programs, w); where one factor is behind both, w is 1.
    """
    after = how.match_correlation
    if how.link or after is None or how.by_score is not None:
        together = scenarios(chances, rates, how, coarse=coarse)
        return together.chance, np.ones((chances.size, 1)), together.weight, np.ones(1)
    match = _ranked(_checked_rates(rates, chances.size), after, coarse=coarse)
    grids = [_grid(rho, coarse=coarse) for rho in how.rho]
    each = [
        _exact_states(_checked_chance(chances), rho, *grid)
        for rho, grid in zip(how.rho, grids, strict=True)
    ]
    weight = np.concatenate([weight / len(grids) for _, weight in grids])
    return np.concatenate(each, axis=1), match, weight, _grid(after, coarse=coarse)[1]


def _ranked(rates: Floats, after: float, *, coarse: bool) -> Floats:
    """Match chances where rankings hang on their own factor alone, shape (programs, w)."""
    own, of_own = rates[:1], np.zeros(rates.size, dtype=np.int64)
    if (rates != own).any():
        own, of_own = np.unique(rates, return_inverse=True)
    return _ranked_states(tuple(own.tolist()), after, coarse=coarse)[of_own]


@lru_cache(maxsize=256)
def _ranked_states(rates: tuple[float, ...], after: float, *, coarse: bool) -> Floats:
    """Match chances in each state of a ranking that hangs on its own factor, a row a rate."""
    # Nothing of a student is in them, so that the lists of a class share them.
    nodes, weight = _grid(after, coarse=coarse)
    sure = np.ones((len(rates), nodes.size))
    own = np.asarray(rates)
    _, match = _calibrated(sure[:, 0], sure, own, after, weight, nodes, together=0.0, coarse=False)
    match.flags.writeable = False
    return match


def _exact_states(chances: Floats, rho: float, nodes: Floats, weight: Floats) -> Floats:
    """Chances in each state whose mean over few states is the chance, to the last digits."""
    if rho == 0:
        return chances[:, None].copy()
    found = np.repeat(chances[:, None], nodes.size, axis=1)
    asked = (chances >= SMALLEST) & (chances < 1)
    if not asked.any():
        return found
    target, latent = chances[asked], np.asarray(ndtri(chances[asked]))
    spread = np.sqrt(1 - rho)
    for _ in range(4):
        at = (latent[:, None] + np.sqrt(rho) * nodes) / spread
        states = ndtr(at)
        mean = states @ weight
        rise = (np.exp(-0.5 * at * at) @ weight) / (spread * np.sqrt(2 * np.pi))
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.log(target / mean) * mean / rise
        step[np.isnan(step)] = 0.0
        latent = latent + np.clip(step, -1, 1)
        if np.abs(step).max() < SMALL_STEP:
            break
    states = answers_at(latent[:, None], rho, nodes)
    found[asked] = np.minimum(states * (target / (states @ weight))[:, None], 1.0)
    return found


def _checked_rates(match_given_interview: ArrayLike, programs: int) -> Floats:
    rate = np.asarray(match_given_interview, dtype=np.float64)
    if rate.ndim > 1 or (rate.ndim == 1 and rate.size != programs):
        message = f"{rate.size} match rates for {programs} programs"
        raise ModelError(message)
    if not ((rate >= 0.01) & (rate <= 0.99)).all():
        message = "the chance of a match given an interview must lie between .01 and .99"
        raise ModelError(message)
    return np.broadcast_to(rate, (programs,))


def match_thresholds(
    chance: ArrayLike,
    match_given_interview: ArrayLike,
    rho: float | Mechanism,
    *,
    coarse: bool = False,
) -> Floats:
    """Where each program draws the line after an interview, on the latent scale (section 4)."""
    # For whoever draws the factors instead of summing over their states; see `offers_at`. Of a
    # mixture, the first correlation counts.
    chances = _checked_chance(chance)
    rates = _checked_rates(match_given_interview, chances.size)
    how = _mechanism_of(rho)
    one, after = how.parts[0]
    # What the ranking shares with the invitation; the rest of its factor is integrated out.
    shared = after * how.link**2
    thresholds = np.full(chances.size, np.inf)
    asked = chances >= SMALLEST
    if one == 0 or shared == 0:
        thresholds[asked] = 0.0 - ndtri(rates[asked])
    elif asked.any():
        interview, weight = interview_states(chances[asked], one, coarse=coarse)
        nodes, _ = quadrature(one, coarse=coarse)
        together = float(np.sqrt(one * shared))
        thresholds[asked], _ = _calibrated(
            chances[asked], interview, rates[asked], shared, weight, nodes, together, coarse=coarse
        )
    return thresholds


def offers_at(
    chance: ArrayLike,
    threshold: ArrayLike,
    rho: ArrayLike,
    factor: ArrayLike,
    match_factor: ArrayLike | None = None,
    match_correlation: ArrayLike | None = None,
    link: float = 1.0,
) -> Floats:
    """Chance of an offer at a value of the common factor, or of the two factors (section 4)."""
    interview = answers_at(ndtri(chance), rho, factor)
    after = rho if match_correlation is None else match_correlation
    behind = link * np.asarray(factor)
    if match_factor is not None:
        behind = behind + np.sqrt(1 - link**2) * np.asarray(match_factor)
    return interview * answers_at(-np.asarray(threshold), after, behind)


def _offer_states(
    chances: Floats, rates: Floats, rho: float, *, coarse: bool
) -> tuple[Floats, Floats]:
    interview, weight = interview_states(chances, rho, coarse=coarse)
    if rho == 0:
        return interview * rates[:, None], weight
    offers = np.zeros_like(interview)
    asked = chances >= SMALLEST
    if asked.any():
        held = interview if asked.all() else interview[asked]
        nodes, _ = quadrature(rho, coarse=coarse)
        _, match = _calibrated(
            chances[asked], held, rates[asked], rho, weight, nodes, rho, coarse=coarse
        )
        offers[asked] = held * match
    return offers, weight


def _calibrated(
    chances: Floats,
    interview: Floats,
    rates: Floats,
    rho: float,
    weight: Floats,
    nodes: Floats,
    together: float,
    *,
    coarse: bool,
) -> tuple[Floats, Floats]:
    """Thresholds, and match chances in each state, that make offers ``rates`` times interviews."""
    # ``nodes`` is the factor behind the ranking in each state, ``together`` the correlation of a
    # program's two answers, which only the first guess needs.
    spread = np.sqrt(1 - rho)
    slope, shift = 1 / spread, np.sqrt(rho) * nodes / spread
    weighed = interview * weight
    target = np.log(rates) + np.log(weighed.sum(axis=1))
    low, high = np.full(chances.size, -BRACKET), np.full(chances.size, BRACKET)
    threshold = np.clip(_first_guess(chances, rates, together), -BRACKET, BRACKET)
    match = np.empty_like(interview)
    open_rows = np.arange(chances.size)
    for _ in range(MOST_STEPS):
        rows: NDArray[np.int64] | slice = (
            slice(None) if open_rows.size == chances.size else open_rows
        )
        latent = shift - (threshold[rows] * slope)[:, None]
        match[rows] = ndtr(latent)
        density = np.exp(-0.5 * latent * latent) * (slope / np.sqrt(2 * np.pi))
        met = np.einsum("ps,ps->p", weighed[rows], match[rows])
        fall = np.einsum("ps,ps->p", weighed[rows], density)
        with np.errstate(divide="ignore", invalid="ignore"):
            excess = np.log(met) - target[rows]
            step = excess * met / fall
        here = threshold[rows]
        low[rows] = np.where(excess >= 0, here, low[rows])
        high[rows] = np.where(excess <= 0, here, high[rows])
        there = here + step
        inside = (there > low[rows]) & (there < high[rows])
        there = np.where(inside, there, (low[rows] + high[rows]) / 2)
        move = there - here
        close = COARSE_STEP / slope if coarse else STEP_TOLERANCE * (1 + np.abs(here))
        settled = (excess == 0) | (np.abs(move) <= close)
        if coarse:
            threshold[rows] = there
            match[rows] -= move[:, None] * density
        else:
            # A settled row keeps the threshold its match chances belong to.
            threshold[rows] = np.where(settled, here, there)
        open_rows = open_rows[~settled]
        if open_rows.size == 0:
            break
    return threshold, match


def _first_guess(chances: Floats, rates: Floats, rho: float) -> Floats:
    """Threshold if the second answer were normal with its first two moments given an interview."""
    certain = chances >= 1
    bounded = np.where(certain, 0.5, chances)
    cut = -np.asarray(ndtri(bounded))
    mills = np.exp(-0.5 * cut * cut) / (np.sqrt(2 * np.pi) * bounded)
    mean = np.where(certain, 0.0, rho * mills)
    kept = np.where(certain, 1.0, 1 - rho * rho * mills * (mills - cut))
    return np.asarray(mean - ndtri(rates) * np.sqrt(np.maximum(kept, 0.05)), dtype=np.float64)
