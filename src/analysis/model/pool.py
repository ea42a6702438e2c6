"""The applicants of a specialty: groups, signals, places, flags and the spread of their evidence.

A program's interview rate is an average over them; its level is the one that gives the rate back
(docs/methods.md, section 3.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit, ndtr, ndtri

from analysis.arrays import Floats
from analysis.assumptions import GROUPS, Assumptions
from analysis.errors import ModelError
from analysis.model.correlation import hermite
from analysis.model.parameters import ChanceParameters, chance_parameters, relief

SIGNALS = ("none", "silver", "gold")
PLACES = ("elsewhere", "preferred_division", "same_state")
FLAG_CELLS = ("none", "exam_failure", "other")
COMPENSATING = ("step2_ck", "clerkships", "letters", "research")
# Numerical method: nodes of the evidence, and when a level is solved.
NODES, COARSE_NODES = 40, 16
TOLERANCE, MOST_STEPS, WIDEST_STEP = 1e-13, 100, 3.0
ROWS_AT_A_TIME = 64
HALVINGS = 80


@dataclass(frozen=True)
class Pool:
    """Who applies to a typical program of a specialty."""

    rate: float  # interviews per application, in (0, 1)
    group: Floats  # shape (4,): Shares of `GROUPS` among applications
    signal: Floats  # shape (4, 3): Shares of `SIGNALS` among a group's applications
    # place, flag: shape (3,): Shares of `PLACES` and of `FLAG_CELLS`.
    place: Floats
    flag: Floats
    # group_odds, signal_odds: shape (4,) and (3,): Marginal odds ratios of an interview, against US
    # MD seniors and no signal.
    group_odds: Floats
    signal_odds: Floats
    place_odds: Floats  # shape (3,): Odds ratios at equal evidence
    applications: Floats  # shape (4,): Programs that a typical applicant of each group applies to
    # step2_mean, step2_sd: Step 2 CK of the applicants.
    step2_mean: float
    step2_sd: float


@lru_cache(maxsize=256)
def pool_of(specialty: str, kind: str, assumptions: Assumptions) -> Pool:
    """Applicants of a specialty: season.csv where it has a number, else the class's."""
    season = assumptions.season_of(specialty)

    def number(name: str) -> float:
        own = getattr(season, name)
        return assumptions.value(f"pool.{kind}.{name}") if own is None else float(own)

    own_share = [getattr(season, f"share_{group}") for group in GROUPS]
    usual = np.array([assumptions.value(f"pool.{kind}.share_{group}") for group in GROUPS])
    given = sum(share for share in own_share if share is not None)
    free = [at for at, share in enumerate(own_share) if share is None]
    if given > 1 + 1e-9 or (free and given >= 1):
        message = f"season.csv: shares of {specialty} sum to {given:g}; expected at most 1"
        raise ModelError(message)
    group = np.array([np.nan if share is None else share for share in own_share], dtype=float)
    group[free] = usual[free] / usual[free].sum() * (1 - given) if free else group[free]
    applications = np.array([number(f"mean_applications_{group_}") for group_ in GROUPS])
    used = assumptions.value("pool.signals_used")
    used = used if season.signals_used is None else season.signals_used
    gold = np.minimum(1.0, season.gold_signals * used / applications)
    silver = np.minimum(1.0 - gold, season.silver_signals * used / applications)
    place = np.array([0, *(assumptions.value(f"place.{name}_share") for name in PLACES[1:])])
    flag = np.array([0, *(assumptions.value(f"pool.{name}_share") for name in FLAG_CELLS[1:])])
    place[0], flag[0] = 1 - place.sum(), 1 - flag.sum()
    shift = assumptions.value(f"applicants.{kind}")
    mean = season.pool_step2_mean or assumptions.value("applicants.step2_mean") + shift
    gold_odds, silver_odds = number("odds_gold"), number("odds_silver")
    # A class's number beside a specialty's own keeps the order: a gold signal is worth no less.
    if season.odds_gold is None:
        gold_odds = max(gold_odds, silver_odds)
    else:
        silver_odds = min(gold_odds, silver_odds)
    pool = Pool(
        rate=number("interview_rate"),
        group=group / group.sum(),
        signal=np.column_stack([1 - gold - silver, silver, gold]),
        place=place,
        flag=flag,
        group_odds=np.array([1.0, *(number(f"odds_{name}") for name in GROUPS[1:])]),
        signal_odds=np.array([1.0, silver_odds, gold_odds]),
        place_odds=np.array(
            [1.0, *(assumptions.value(f"place.{name}_odds") for name in PLACES[1:])]
        ),
        applications=applications,
        step2_mean=mean,
        step2_sd=season.pool_step2_sd or assumptions.value("pool.step2_sd"),
    )
    for part in vars(pool).values():
        if isinstance(part, np.ndarray):
            part.flags.writeable = False
    return pool


def expected_value(mean: ArrayLike, sd: float, assumptions: Assumptions) -> Floats:
    """Expected value of a Step 2 CK score that is normal: E[v(s)] (section 3.3)."""
    worst, best = assumptions.value("scale.step2_worst"), assumptions.value("scale.step2_best")
    center = np.asarray(mean, dtype=float)

    def over(end: float) -> Floats:
        """Expected excess of the score over an end."""
        z = (center - end) / sd
        return np.asarray(sd * (z * ndtr(z) + np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)))

    return (over(worst) - over(best)) / (best - worst)


@dataclass(frozen=True)
class Evidence:
    """How far applicants of one pool differ, in log-odds."""

    tau: Floats  # shape (draws,): Standard deviation, at most ``pool.highest_tau``
    step2_correlation: Floats  # shape (draws,): Correlation of the whole with the Step 2 CK score


def evidence_of(pool: Pool, parameters: ChanceParameters, assumptions: Assumptions) -> Evidence:
    """Spread of a pool's evidence: ``tau^2 = k^2 w' Sigma w`` (section 3.3)."""
    worst, best = assumptions.value("scale.step2_worst"), assumptions.value("scale.step2_best")
    sds = {"step2_ck": pool.step2_sd / (best - worst)} | _sds(COMPENSATING[1:], assumptions)
    spread, with_step2 = _spread(sds, parameters, assumptions)
    highest = assumptions.value("pool.highest_tau")
    return Evidence(np.minimum(spread, highest), np.clip(with_step2, -1, 1))


def _sds(names: Iterable[str], assumptions: Assumptions) -> dict[str, float]:
    return {name: assumptions.value(f"pool.{name}_sd") for name in names}


def _spread(
    sds: Mapping[str, float], parameters: ChanceParameters, assumptions: Assumptions
) -> tuple[Floats, Floats]:
    """Spread of some components together, shape (draws,), and how far the first goes with it."""
    sigma = np.full((len(sds), len(sds)), assumptions.value("pool.correlation"))
    np.fill_diagonal(sigma, 1.0)
    slopes = [
        np.ravel(np.asarray(parameters.logit_scale * parameters.weights[name], dtype=float)) * sd
        for name, sd in sds.items()
    ]
    steps = np.stack(np.broadcast_arrays(*slopes))
    spread = np.sqrt(np.einsum("ad,ab,bd->d", steps, sigma, steps))
    return spread, (sigma[0] @ steps) / np.maximum(spread, 1e-12)


def drawn_evidence(
    names: Sequence[str], parameters: ChanceParameters, assumptions: Assumptions
) -> Floats:
    """Log-odds, one a draw, of components that may be any of a pool's, shape (draws, 1, 1)."""
    spread, _ = _spread(_sds(names, assumptions), parameters, assumptions)
    # Multiples of an irrational number: even over any run of draws, and no random numbers.
    even = (np.arange(1, spread.size + 1) * np.sqrt(2)) % 1.0
    return np.asarray((spread * ndtri(even)).reshape(-1, 1, 1))


@dataclass(frozen=True)
class Odds:
    """Log-odds of the cells of a pool at equal evidence, one row a draw."""

    # shape (draws,): Log-odds of a US MD senior of mean evidence, without signal, place or flag, at
    # a program of the specialty's own rate.
    level: Floats
    group: Floats  # shape (draws, 4): Against US MD seniors; ``group[:, 0]`` is 0
    signal: Floats  # shape (draws, 3): Against no signal
    tau: Floats  # shape (draws,): Standard deviation of the evidence


def conditional_odds(
    pool: Pool,
    tau: Floats,
    penalty: Floats,
    assumptions: Assumptions,
    *,
    group_factor: ArrayLike = 1.0,
    signal_factor: ArrayLike = 1.0,
    nodes: int = NODES,
) -> Odds:
    """Odds ratios at equal evidence that give back the marginal ones (section 3.3)."""
    # A published odds ratio compares applications of all kinds of evidence; at equal evidence it is
    # larger. Solved together with the specialty's level.
    x, w = hermite(nodes)
    draws = tau.size
    cap = assumptions.value("highest_chance")
    opening = np.array([1.0, 1 - assumptions.value("auto_screen_share"), 1.0])
    shares = np.einsum("p,f,f,j->pfj", pool.place, pool.flag, opening, w)
    fixed = (np.log(pool.place_odds)[:, None, None] + penalty[None, :, None])[None] + (
        tau[:, None, None, None] * x
    )
    group_log = np.log(pool.group_odds) * np.broadcast_to(group_factor, draws)[:, None]
    signal_log = np.log(pool.signal_odds) * np.broadcast_to(signal_factor, draws)[:, None]
    wanted = logit(pool.rate)
    of_signal = pool.group[:, None] * pool.signal
    sent = of_signal.sum(axis=0) > 0
    of_signal = np.where(sent, of_signal / np.where(sent, of_signal.sum(axis=0), 1), 0.25)
    level, group, signal = np.full(draws, wanted), group_log.copy(), signal_log.copy()
    for _ in range(MOST_STEPS):
        eta = (level[:, None, None] + group[:, :, None] + signal[:, None, :])[..., None, None, None]
        with np.errstate(over="ignore"):
            chance = np.minimum(1 / (1 + np.exp(-(eta + fixed[:, None, None]))), cap)
        cell = np.einsum("dgtpfj,pfj->dgt", chance, shares)
        by_group = np.einsum("dgt,gt->dg", cell, pool.signal)
        by_signal = np.einsum("dgt,gt->dt", cell, of_signal)
        found = logit(by_group @ pool.group)
        moves = (
            wanted - found,
            group_log - (logit(by_group) - logit(by_group[:, :1])),
            # A signal that nobody sends keeps its marginal odds.
            np.where(sent, signal_log - (logit(by_signal) - logit(by_signal[:, :1])), 0.0),
        )
        level, group, signal = level + moves[0], group + moves[1], signal + moves[2]
        if max(float(np.abs(move).max()) for move in moves) < TOLERANCE * 100:
            return Odds(level, group, signal, tau)
    if nodes < NODES:  # coarse rows are differences: the last digits do not matter
        return Odds(level, group, signal, tau)
    message = "the odds ratios of groups and signals cannot all be true of one pool"
    raise ModelError(message)


@dataclass(frozen=True)
class Gates:
    """Who applies to each program, and which of them it reads."""

    share: Floats  # shape (m, 4): Share of each group among its applications
    signal: Floats  # shape (m, 4, 3): Shares of `SIGNALS` among a group's applications
    group: Floats  # shape (m, 4): Chance that a member of each group is read
    flag: Floats  # shape (m, 3): The same for each of `FLAG_CELLS`
    # shape (m,): Standardised Step 2 CK cutoff in the program's own pool; -inf for none.
    cutoff: Floats

    def rows(self, rows: slice | NDArray[np.int64]) -> Gates:
        """The same for some of the programs."""
        return Gates(*(values[rows] for values in vars(self).values()))

    def passes(self, nodes: Floats, correlation: float) -> Floats:
        """Chance to reach the cutoff at each node of the evidence, shape (m, nodes)."""
        left = np.sqrt(max(1 - correlation**2, 1e-9))
        return np.asarray(ndtr((correlation * nodes - self.cutoff[:, None]) / left))

    def open_share(self, pool: Pool) -> Floats:
        """Share of the pool that each program reads, E[G], shape (m,)."""
        readable = ndtr(-self.cutoff)
        by_group = (self.group * self.share).sum(axis=1)
        return np.asarray(by_group * (self.flag @ pool.flag) * readable)


def own_shares(pool: Pool, group: Floats, gold: Floats, silver: Floats) -> tuple[Floats, Floats]:
    """Shares of groups and signals at each program: its own where it has some (section 3.3)."""
    unknown = np.isnan(group)
    given = np.nansum(group, axis=1)
    usual = np.where(unknown, pool.group, 0.0)
    left = np.maximum(1 - given, 0)[:, None] * usual
    share = np.where(unknown, left / np.maximum(usual.sum(axis=1, keepdims=True), 1e-12), group)
    share /= share.sum(axis=1, keepdims=True)
    tiers = [
        np.where(
            np.isnan(own)[:, None],
            pool.signal[:, tier],
            _sent_as_often(pool.signal[:, tier], share, np.nan_to_num(own)),
        )
        for tier, own in enumerate((silver, gold), start=1)
    ]
    sent = np.stack(tiers, axis=2)
    # Both tiers of a group end at 1 together.
    sent /= np.maximum(sent.sum(axis=2, keepdims=True), 1)
    return share, np.concatenate([1 - sent.sum(axis=2, keepdims=True), sent], axis=2)


def _sent_as_often(usual: Floats, share: Floats, own: Floats) -> Floats:
    """Each group's share of signals, as many times the usual one as gives a program's own."""
    each = np.maximum(usual, 1e-6)
    low, high = np.zeros(own.size), np.full(own.size, 1 / each.min())
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        over = (share * np.minimum(middle[:, None] * each, 1)).sum(axis=1) > own
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    return np.minimum(low[:, None] * each, 1)


@dataclass(frozen=True)
class LevelProblem:
    """Programs of one specialty: who applies, whom each reads, and the rate to give back."""

    pool: Pool
    evidence: Evidence
    typical: Floats  # shape (3,): `typical_penalty`
    penalty: Floats  # shape (m, 3): the same at each program's own tolerance
    gates: Gates
    rate: Floats  # shape (m,): interviews per application
    highest: float

    def rows(self, rows: NDArray[np.int64]) -> LevelProblem:
        """The same for some of the programs."""
        gates = self.gates.rows(rows)
        return replace(self, penalty=self.penalty[rows], gates=gates, rate=self.rate[rows])

    def mean_chance(
        self, level: Floats, odds: Odds, *, placed: bool = True, nodes: int = NODES
    ) -> tuple[Floats, Floats]:
        """Mean chance of each program's applicants at a level, and its slope (section 3.3)."""
        x, w = hermite(nodes)
        place = self.pool.place if placed else np.array([1.0])
        place_log = np.log(self.pool.place_odds)[: place.size]
        cells = (odds.signal[0][:, None] + place_log).ravel()[:, None]
        with np.errstate(over="ignore"):
            inverse = np.exp(-(odds.group[0][:, None, None] + cells + odds.tau[0] * x))
        mean, slope = np.zeros(level.size), np.zeros(level.size)
        for start in range(0, level.size, ROWS_AT_A_TIME):
            rows = slice(start, start + ROWS_AT_A_TIME)
            own = self.gates.rows(rows)
            by_node = own.passes(x, float(self.evidence.step2_correlation[0])) * w
            within = (own.signal[..., None] * place).reshape(*own.share.shape, -1)
            for flag, share in enumerate(self.pool.flag):
                with np.errstate(over="ignore"):
                    scale = np.exp(-(level[rows] + self.penalty[rows, flag]))
                chance = 1 / (1 + scale[:, None, None, None] * inverse)
                rise = np.where(chance < self.highest, chance * (1 - chance), 0.0)
                np.minimum(chance, self.highest, out=chance)
                weight = share * own.flag[:, flag]
                for values, sums in ((chance, mean), (rise, slope)):
                    by_group = np.einsum("mgcj,mgc->mgj", values, within)
                    found = np.einsum("mgj,mj->mg", by_group, by_node)
                    sums[rows] += weight * np.einsum("mg,mg,mg->m", found, own.group, own.share)
        return mean, slope

    def level(
        self, odds: Odds, *, placed: bool = True, nodes: int = NODES, start: Floats | None = None
    ) -> Floats:
        """Level at which the mean chance of a program's applicants is its rate (section 3.3)."""
        # One root a program, all side by side: Newton on the log-odds of the mean, bisection where
        # a step would leave the bracket.
        target = logit(self.rate)
        known = odds.level[0] + target - logit(self.pool.rate)
        level = known if start is None else start.copy()
        low, high = np.full(level.size, -60.0), np.full(level.size, 60.0)
        left = np.arange(level.size)
        accuracy = TOLERANCE if nodes == NODES else 1e-7
        for _ in range(MOST_STEPS):
            some = self.rows(left)
            mean, slope = some.mean_chance(level[left], odds, placed=placed, nodes=nodes)
            with np.errstate(divide="ignore", invalid="ignore"):
                excess = logit(mean) - target[left]
                step = -excess * mean * (1 - mean) / slope
            here = level[left]
            low[left] = np.where(excess <= 0, here, low[left])
            high[left] = np.where(excess >= 0, here, high[left])
            there = here + np.clip(np.nan_to_num(step, nan=np.inf), -WIDEST_STEP, WIDEST_STEP)
            inside = (there > low[left]) & (there < high[left])
            there = np.where(inside, there, (low[left] + high[left]) / 2)
            done = np.abs(mean - some.rate) <= accuracy * some.rate
            level[left] = np.where(done, here, there)
            left = left[~done & (np.abs(there - here) > 1e-14 * (1 + np.abs(here)))]
            if left.size == 0:
                break
        return level


def typical_penalty(pool: Pool, kind: str, assumptions: Assumptions) -> Floats:
    """Log-odds that the flags of `FLAG_CELLS` take off at the reference's tolerance, shape (3,)."""
    # An exam failure stands for itself, a leave for the others: those are the two of which a share
    # of applicants is known; both at the pool's mean score.
    base = chance_parameters(assumptions)
    weight = base.weights["red_flags"] / assumptions.value("reference.red_flags_weight")
    score = np.array(pool.step2_mean)
    return np.array(
        [0.0]
        + [
            float(base.gamma[flag] * weight * relief(flag, kind, score, base, assumptions))
            for flag in ("step1_failure", "loa_academic")
        ]
    )
