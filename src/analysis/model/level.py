"""The level of a program: how selective it is among its own applicants (section 3.3)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit

from analysis.arrays import Floats
from analysis.assumptions import GROUPS, Assumptions
from analysis.errors import ModelError
from analysis.model.parameters import FLAGS, ChanceParameters, Number, chance_parameters
from analysis.model.pool import (
    COARSE_NODES,
    COMPENSATING,
    SIGNALS,
    Gates,
    LevelProblem,
    Odds,
    Pool,
    conditional_odds,
    evidence_of,
    expected_value,
    own_shares,
    pool_of,
    typical_penalty,
)

IDENTITY = "identity"
# Levels of programs as read and as solved, so that a class pays once for a programs file.
KNOWN: OrderedDict[Any, Any] = OrderedDict()
MOST_KNOWN = 64
# Levels at draws of the assumptions, by the solved levels they are around, which are kept alive.
DRAWN: OrderedDict[Any, tuple[PoolLevels, Floats, Floats]] = OrderedDict()
MOST_DRAWN_BYTES = 64 * 2**20
# Where the coarse levels behind a range are solved: spreads of the evidence, and factors.
LOWEST_TAU, TAUS = 0.2, 8
FACTORS = (0.5, 1.5)
# A rate this close to all whom a program reads contradicts its screens.
CLOSE_TO_ALL = 0.98


def _kept(key: Any, make: Callable[[], Any]) -> Any:
    """What was made of the same once before, or made now."""
    found = KNOWN.pop(key, None) or make()
    KNOWN[key] = found  # the latest last; threads of the page may be here at once
    while len(KNOWN) > MOST_KNOWN:
        KNOWN.pop(next(iter(KNOWN)), None)
    return found


@dataclass(frozen=True)
class PoolLevels:
    """Solved levels of programs of one class of specialties, and the odds around them."""

    # shape (8, m): Log-odds of a US MD senior of mean evidence, without signal or flag, from
    # elsewhere; then of `GROUPS` and of `SIGNALS` at equal evidence.
    cells: Floats
    # shape (m,): What is added for a student of whose place nothing is known: the pool's average.
    unplaced: Floats
    tau: Floats  # shape (m,): Spread of the evidence in each program's specialty


@dataclass(frozen=True)
class Moves:
    """How `PoolLevels.cells` move with what is uncertain, for programs of one specialty.

    Levels are solved at a coarse quadrature for eight spreads of the evidence, through which a
    polynomial runs, and for two factors each on the log-odds of groups and of signals, through
    which parabolas run: right to a tenth of a log-odds where all move far at once, and a hundred
    times as fast as solving each draw.
    """

    tau: float  # spread as assumed
    # level, around: shapes (TAUS + 4, m) and (TAUS + 4, 7): Cells at each of `_taus`, those of
    # groups and signals being the same at all programs; then the line and the curve of the
    # parabola through what `FACTORS` on the groups' log-odds add, and that of the signals'.
    level: Floats
    around: Floats

    def at(self, tau: Floats, factors: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
        """What is added in each draw to the levels, (draws, m), and around them, (draws, 7)."""
        weights = _lagrange(tau) - _lagrange(np.array([self.tau]))
        steps = [(factor - 1) / (FACTORS[1] - 1) for factor in factors]
        weights = np.column_stack([weights, *(part for step in steps for part in (step, step**2))])
        return weights @ self.level, weights @ self.around


def _taus() -> Floats:
    """Chebyshev points of the spreads at which coarse levels are solved."""
    unit = np.cos(np.pi * (np.arange(TAUS) + 0.5) / TAUS)
    return (LOWEST_TAU + 2) / 2 + (2 - LOWEST_TAU) / 2 * unit


def _lagrange(tau: Floats) -> Floats:
    """Weights of the levels at `_taus` for each spread, shape (draws, TAUS)."""
    points = _taus()
    asked = np.clip(tau, LOWEST_TAU, 2.0)
    weights = np.ones((asked.size, points.size))
    for at, point in enumerate(points):
        for other in np.delete(points, at):
            weights[:, at] *= (asked - other) / (point - other)
    return weights


@dataclass(frozen=True, eq=False)
class ProgramLevels:
    """What the chance needs to know of programs; arrays of shape (programs,)."""

    specialty: NDArray[Any]
    prestige: Floats
    tolerance: Floats
    flag_tolerance: dict[str, Floats]
    own_conduct_tolerance: NDArray[np.bool_]
    applicant_step2: dict[str, Floats]
    rate: Floats | None
    facts: dict[str, Floats]
    imputed: NDArray[Any]
    basis: str
    assumptions: Assumptions
    _among: tuple[ProgramLevels, NDArray[np.int64]] | None = field(default=None, repr=False)
    _solved: dict[tuple[str, str], Any] = field(default_factory=dict, init=False, repr=False)

    def at(self, programs: NDArray[np.int64]) -> ProgramLevels:
        """Levels of some of the programs, still in the basis of all."""
        if np.array_equal(programs, np.arange(self.prestige.size)):
            return self
        shared = {id(values): values[programs] for values in self.flag_tolerance.values()}
        return replace(
            self,
            specialty=self.specialty[programs],
            prestige=self.prestige[programs],
            tolerance=self.tolerance[programs],
            flag_tolerance={flag: shared[id(v)] for flag, v in self.flag_tolerance.items()},
            own_conduct_tolerance=self.own_conduct_tolerance[programs],
            applicant_step2={kind: v[programs] for kind, v in self.applicant_step2.items()},
            rate=None if self.rate is None else self.rate[programs],
            facts={name: values[programs] for name, values in self.facts.items()},
            imputed=self.imputed[programs],
            _among=None,
        )

    def some(self, programs: NDArray[np.int64]) -> ProgramLevels:
        """Levels of some of the programs, which are looked up among all instead of solved."""
        return replace(self.at(programs), _among=(self, programs))

    def solved(self, kind: str) -> PoolLevels:
        """Levels by the accounting identity if the specialty is of a class."""
        if self._among is not None:
            whole, at = self._among
            every = whole.solved(kind)
            return PoolLevels(every.cells[:, at], every.unplaced[at], every.tau[at])
        return self._known(("levels", kind), _pool_levels)

    def moves(self, kind: str) -> list[tuple[NDArray[np.int64], Moves]]:
        """How they move with what is uncertain, specialty by specialty, with the positions."""
        return self._known(("moves", kind), _pool_moves)

    def _known(self, what: tuple[str, str], make: Any) -> Any:
        if what not in self._solved:
            key = (
                what,
                self.assumptions,
                tuple(self.specialty.tolist()),
                *(self.flag_tolerance[one].tobytes() for one in ("step1_failure", "loa_academic")),
                self.applicant_step2[what[1]].tobytes(),
                None if self.rate is None else self.rate.tobytes(),
                *(values.tobytes() for values in self.facts.values()),
            )
            self._solved[what] = _kept(key, lambda: make(self, what[1]))
        return self._solved[what]

    def program_term(self, kind: str, parameters: ChanceParameters) -> Number:
        """Log-odds of each program, shape (m,) or (draws, 1, m)."""
        slope = parameters.logit_scale * parameters.weights["step2_ck"]
        scale = self.assumptions.group("scale")
        if self.basis == IDENTITY:
            above = self._evidence_above_reference(kind)
            level, _ = self._cells(kind, parameters)
            shift = self.assumptions.value("level.shift")
            others = sum(
                parameters.logit_scale * parameters.weights[name] * gap
                for name, gap in above.items()
                if name != "step2_ck"
            )
            return level + shift - parameters.spotless - others - slope * above["step2_ck"]
        above_mean = self.applicant_step2[kind] - self.assumptions.value("applicants.step2_mean")
        program = -slope * (above_mean / (scale["step2_best"] - scale["step2_worst"]))
        if self.rate is not None:
            program = program + base_rate_level(
                self.rate, parameters.group_odds, parameters.spotless, self.assumptions
            )
        return np.asarray(program)

    def applicants_term(self, kind: str) -> Floats:
        """Log-odds by which a program's own applicants outscore the usual ones, shape (m,)."""
        parameters = chance_parameters(self.assumptions)
        slope = float(parameters.logit_scale * parameters.weights["step2_ck"])
        usual = self.assumptions.value("applicants.step2_mean")
        if self.basis == IDENTITY:
            pool = pool_of(str(self.specialty[0]), kind, self.assumptions)
            own = expected_value(self.applicant_step2[kind], pool.step2_sd, self.assumptions)
            return -slope * (own - expected_value(usual, pool.step2_sd, self.assumptions))
        scale = self.assumptions.group("scale")
        length = scale["step2_best"] - scale["step2_worst"]
        return np.asarray(-slope * (self.applicant_step2[kind] - usual) / length)

    def degree_term(self, group: pd.Series, kind: str, parameters: ChanceParameters) -> Number:
        """Log-odds of each student's group, shape (n, 1), (n, m) or with draws before."""
        if self.basis != IDENTITY:
            return np.zeros((len(group), 1))
        _, around = self._cells(kind, parameters)
        of_group = [GROUPS.index(name) for name in group]
        return around[of_group] if around.ndim == 2 else around[:, 0, of_group]

    def signal_term(self, signals: NDArray[Any], kind: str, parameters: ChanceParameters) -> Floats:
        """Log-odds of the signal that each program gets, shape (m,) or (draws, 1, m)."""
        sent = np.zeros(len(signals), dtype=int)
        for at, name in enumerate(SIGNALS[1:], start=1):
            sent[signals == name] = at
        if self.basis == IDENTITY:
            _, around = self._cells(kind, parameters)
            own = np.arange(sent.size) if around.shape[-1] > 1 else 0
            return np.asarray(around[..., 4 + sent, own])
        odds = [0.0, *(np.log(self.assumptions.value(f"signals.{name}")) for name in SIGNALS[1:])]
        return np.asarray(odds)[sent]

    def place_term(
        self, place: Floats | None, kind: str, home: NDArray[np.bool_] | None = None
    ) -> Floats:
        """Log-odds of the place, shape (m,); the pool's average where nothing is known of it.

        Which program is the student's own (``home``) says nothing of the others.
        """
        if self.basis != IDENTITY:
            return np.zeros(self.prestige.size)
        found = self.solved(kind).unplaced if place is None else place
        if home is None or not home.any():
            return found
        near = np.log(self.assumptions.value("place.same_state_odds"))
        return np.where(home, np.maximum(found, near), found)

    def _cells(self, kind: str, parameters: ChanceParameters) -> tuple[Floats, Floats]:
        """Levels, (m,) or (draws, 1, m); groups and signals, (7, m) or (draws, 1, 7, m).

        Of one specialty these are the same at all programs: the last axis is then 1.
        """
        if self._among is not None:
            whole, at = self._among
            level, around = whole._cells(kind, parameters)
            return level[..., at], around[..., at] if around.shape[-1] > 1 else around
        own = self.solved(kind)
        if parameters is chance_parameters(self.assumptions):
            return own.cells[0], own.cells[1:, :1] if self._alike else own.cells[1:]
        factors = parameters.group_factor, parameters.signal_factor
        drawn = (parameters.logit_scale, *parameters.weights.values(), *factors)
        # What draws do to programs holds for every student: a class pays for it once.
        key = (id(own), *(np.asarray(number).tobytes() for number in drawn))
        kept = DRAWN.get(key)
        if kept is None:
            kept = DRAWN[key] = own, *self._drawn_cells(kind, parameters, drawn)
            held = sum(level.nbytes + around.nbytes for _, level, around in list(DRAWN.values()))
            while held > MOST_DRAWN_BYTES and len(DRAWN) > 1:
                _, level, around = DRAWN.pop(next(iter(DRAWN)))
                held -= level.nbytes + around.nbytes
        return kept[1:]

    @cached_property
    def _alike(self) -> bool:
        return len(set(self.specialty)) == 1

    def _drawn_cells(
        self, kind: str, parameters: ChanceParameters, drawn: tuple[Number, ...]
    ) -> tuple[Floats, Floats]:
        """`_cells` at parameters that are not the assumptions' own."""
        own = self.solved(kind)
        factors = parameters.group_factor, parameters.signal_factor
        size = max(np.size(number) for number in drawn)
        groups, signals = (np.broadcast_to(np.ravel(np.asarray(f)), size) for f in factors)
        of_one = self._alike
        level = np.empty((size, self.prestige.size))
        around = np.empty((size, 7, 1 if of_one else self.prestige.size))
        for at, moves in self.moves(kind):
            pool = pool_of(str(self.specialty[at[0]]), kind, self.assumptions)
            tau = evidence_of(pool, parameters, self.assumptions).tau
            added, beside = moves.at(np.broadcast_to(tau, size), (groups, signals))
            here = slice(None) if of_one else at
            level[:, here] = added
            around[:, :, here] = beside[:, :, None]
        level += own.cells[0]
        around += own.cells[1:, :1] if of_one else own.cells[1:]
        level.flags.writeable = around.flags.writeable = False
        if max(np.ndim(number) for number in drawn) == 0:
            return level[0], around[0]
        return level[:, None], around[:, None]

    def _evidence_above_reference(self, kind: str) -> dict[str, Number]:
        """How far the value of the pool's mean lies above the reference, by component."""
        reference = self.assumptions.group("reference")
        worst = self.assumptions.value("scale.step2_worst")
        best = self.assumptions.value("scale.step2_best")
        sd = np.empty(self.prestige.size)
        for name in dict.fromkeys(self.specialty):
            sd[self.specialty == name] = pool_of(name, kind, self.assumptions).step2_sd
        value = np.empty(self.prestige.size)
        for one in np.unique(sd):
            own = sd == one
            value[own] = expected_value(
                self.applicant_step2[kind][own], float(one), self.assumptions
            )
        typical = (reference["step2_ck"] - worst) / (best - worst)
        means = self.assumptions.group("pool_mean")
        return {"step2_ck": value - typical} | {
            name: means[name] - reference[name] for name in COMPENSATING[1:]
        }


def _problems(levels: ProgramLevels, kind: str) -> Iterator[tuple[NDArray[np.int64], LevelProblem]]:
    assumptions = levels.assumptions
    for name in dict.fromkeys(levels.specialty):
        at = np.flatnonzero(levels.specialty == name)
        own = levels.at(at)
        pool = pool_of(name, kind, assumptions)
        evidence = evidence_of(pool, chance_parameters(assumptions), assumptions)
        typical = typical_penalty(pool, kind, assumptions)
        heavier = [
            (10 - own.flag_tolerance[flag]) / (10 - assumptions.value("reference.tolerance"))
            for flag in ("step1_failure", "loa_academic")
        ]
        assert own.rate is not None  # noqa: S101 - the identity always has one
        problem = LevelProblem(
            pool=pool,
            evidence=evidence,
            typical=typical,
            penalty=np.column_stack([np.zeros(at.size), *heavier]) * typical,
            gates=_gates(own, kind, pool),
            rate=own.rate,
            highest=assumptions.value("highest_chance"),
        )
        yield at, problem


def _pool_levels(levels: ProgramLevels, kind: str) -> PoolLevels:
    """Solve the levels of all programs, specialty by specialty."""
    count = levels.prestige.size
    found = PoolLevels(np.empty((8, count)), np.empty(count), np.empty(count))
    for at, problem in _problems(levels, kind):
        odds = conditional_odds(
            problem.pool, problem.evidence.tau, problem.typical, levels.assumptions
        )
        level = problem.level(odds)
        found.cells[:, at] = _cells(level, odds)
        found.unplaced[at] = problem.level(odds, placed=False) - level
        found.tau[at] = problem.evidence.tau
    return found


def _pool_moves(levels: ProgramLevels, kind: str) -> list[tuple[NDArray[np.int64], Moves]]:
    known = levels.solved(kind).cells[0]
    found = []
    for at, problem in _problems(levels, kind):
        spreads = np.concatenate([np.repeat(problem.evidence.tau, 5), _taus()])
        factors = np.ones((2, spreads.size))
        factors[0, 1:3] = factors[1, 3:5] = FACTORS
        coarse = conditional_odds(
            problem.pool,
            spreads,
            problem.typical,
            levels.assumptions,
            group_factor=factors[0],
            signal_factor=factors[1],
            nodes=COARSE_NODES,
        )
        rows = []
        for draw in range(spreads.size):
            odds = Odds(*(values[draw : draw + 1] for values in vars(coarse).values()))
            level = problem.level(odds, nodes=COARSE_NODES, start=known[at])
            rows.append(_cells(level, odds))
        cells = np.stack(rows)
        (of_groups, more_groups), (of_signals, more_signals) = (
            ((up - down) / 2, (up + down) / 2)
            for down, up in (cells[1:5] - cells[0]).reshape(2, 2, *cells.shape[1:])
        )
        ways = np.stack([*cells[5:], of_groups, more_groups, of_signals, more_signals])
        tau = float(problem.evidence.tau[0])
        found.append((at, Moves(tau, ways[:, 0].copy(), ways[:, 1:, 0].copy())))
    return found


def _cells(level: Floats, odds: Odds) -> Floats:
    """Level, groups and signals side by side, shape (8, m)."""
    around = np.concatenate([odds.group[0], odds.signal[0]])
    return np.concatenate([level[None], np.repeat(around[:, None], level.size, axis=1)])


def _gates(levels: ProgramLevels, kind: str, pool: Pool) -> Gates:
    """Who applies to the programs, and what they screen out of it."""
    facts = levels.facts
    count = levels.prestige.size
    group, flag = np.ones((count, 4)), np.ones((count, 3))
    group[:, GROUPS.index("us_do")] = facts["takes_do"]
    group[:, GROUPS.index("non_us_img")] = facts["takes_visa"]
    flag[:, 1] = facts["reads_exam_failure"]
    mean = levels.applicant_step2[kind]
    cutoff = np.where(facts["cutoff_counts"] > 0, (facts["cutoff"] - mean) / pool.step2_sd, -np.inf)
    own = np.column_stack([facts[f"share_{name}"] for name in GROUPS])
    return Gates(
        *own_shares(pool, own, facts["share_gold"], facts["share_silver"]), group, flag, cutoff
    )


def program_levels(programs: pd.DataFrame, assumptions: Assumptions) -> ProgramLevels:
    """Levels of the programs of one list, all in one basis."""
    content = tuple(
        (name, cells.tobytes() if cells.dtype.kind in "bif" else tuple(cells.tolist()))
        for name in READ
        if name in programs
        for cells in [programs[name].to_numpy()]
    )
    return _kept((content, assumptions), lambda: _program_levels(programs, assumptions))


# The columns of programs that their levels rest on, and the one that messages name.
READ = (
    *("program_id", "specialty", "program_type", "prestige", "red_flag_tolerance"),
    *(f"tolerance_{flag}" for flag in FLAGS),
    *("applicant_step2", "interviews_offered", "applications_received", "step2_cutoff"),
    *("auto_screen_any_failure", "accepts_do", "visa"),
    *(f"share_{name}" for name in (*GROUPS, *SIGNALS[1:])),
)


def _program_levels(programs: pd.DataFrame, assumptions: Assumptions) -> ProgramLevels:
    """`program_levels`, computed."""
    count = len(programs)
    imputed: list[list[str]] = [[] for _ in range(count)]

    def column(name: str) -> Floats:
        if name not in programs:
            return np.full(count, np.nan)
        return programs[name].to_numpy(dtype=float)

    def filled(values: Floats, fill: Floats, name: str) -> Any:
        for at in np.flatnonzero(np.isnan(values)):
            imputed[at].append(name)
        return np.where(np.isnan(values), fill, values)

    usual_of_type = assumptions.group("program_types")
    types = programs["program_type"].to_numpy(dtype=object)
    unknown = sorted({str(kind) for kind in types if f"{kind}.prestige" not in usual_of_type})
    if unknown:
        message = f"unknown program_type {unknown[0]!r}"
        raise ModelError(message)

    def of_type(name: str) -> Floats:
        return np.array([usual_of_type[f"{kind}.{name}"] for kind in types], dtype=float)

    prestige = filled(column("prestige"), of_type("prestige"), "prestige")
    tolerance = filled(column("red_flag_tolerance"), of_type("tolerance"), "red_flag_tolerance")
    own = {flag: column(f"tolerance_{flag}") for flag in FLAGS}
    general = assumptions.group("applicants")
    reference = assumptions.value("reference.prestige")
    usual = general["step2_mean"] + general["per_prestige"] * (prestige - reference)
    given = column("applicant_step2")
    identity = assumptions.text("level.basis") == IDENTITY
    counts = _counts(column)
    found = ProgramLevels(
        specialty=programs["specialty"].to_numpy(dtype=object),
        prestige=prestige,
        tolerance=tolerance,
        # One array for all flags without a tolerance of their own: the penalty tells by that.
        flag_tolerance={
            flag: tolerance if np.isnan(v).all() else np.where(np.isnan(v), tolerance, v)
            for flag, v in own.items()
        },
        own_conduct_tolerance=~np.isnan(own["professionalism"]),
        applicant_step2={
            kind: np.where(np.isnan(given), usual + general[kind], given)
            for kind in ("ultra", "moderate", "less")
        },
        rate=None if identity else _rates(programs, counts, imputed, assumptions),
        facts=_facts(programs, column, assumptions),
        imputed=np.full(count, "", dtype=object),
        basis=IDENTITY,
        assumptions=assumptions,
    )
    if identity:
        found = replace(found, rate=_pooled_rates(programs, counts, imputed, assumptions))
        found = _readable(found, programs, counts, imputed)
    else:
        found = replace(found, basis="article" if found.rate is None else "base_rate")
    return replace(found, imputed=np.array([";".join(names) for names in imputed], dtype=object))


def _counts(column: Any) -> tuple[Floats, Floats]:
    offered, received = column("interviews_offered"), column("applications_received")
    if np.any(received <= 0) or np.any(offered > received) or np.any(offered < 0):
        message = "interviews_offered must lie between 0 and applications_received, which is over 0"
        raise ModelError(message)
    return offered, received


def _facts(programs: pd.DataFrame, column: Any, assumptions: Assumptions) -> dict[str, Floats]:
    """What programs say of whom they read, as chances to be read, and of who applies."""

    def words(name: str) -> NDArray[Any]:
        if name not in programs:
            return np.full(len(programs), None, dtype=object)
        return programs[name].to_numpy(dtype=object)

    screens = words("auto_screen_any_failure")
    unknown = 1 - assumptions.value("auto_screen_share")
    needs_visa = assumptions.value("pool.visa_share")
    cutoff = column("step2_cutoff")
    return {
        "cutoff": np.where(np.isnan(cutoff), 0.0, cutoff),
        "cutoff_counts": (~np.isnan(cutoff)).astype(float),
        "reads_exam_failure": np.where(
            screens == "yes", 0.0, np.where(screens == "no", 1.0, unknown)
        ),
        "takes_do": np.where(words("accepts_do") == "no", 0.0, 1.0),
        "takes_visa": np.where(words("visa") == "none", 1 - needs_visa, 1.0),
        **{f"share_{name}": column(f"share_{name}") for name in (*GROUPS, *SIGNALS[1:])},
    }


def _pooled_rates(
    programs: pd.DataFrame,
    counts: tuple[Floats, Floats],
    imputed: list[list[str]],
    assumptions: Assumptions,
) -> Floats:
    """Interviews per application, thin counts pulled to those of the like (section 3.3)."""
    # ``x = (O + nu x_type) / (A + nu)``; the rate of a type is pulled to that of the specialty in
    # the file, and that one to the season's, each worth ``level.season_programs`` programs.
    offered, received = counts
    known = ~np.isnan(offered) & ~np.isnan(received)
    for at in np.flatnonzero(~known):
        imputed[at].append("interviews_offered")
    worth, pulled = assumptions.value("level.season_programs"), assumptions.value("level.pooling")
    specialty = programs["specialty"].to_numpy(dtype=object)
    types = programs["program_type"].to_numpy(dtype=object)
    own = np.where(known, offered, 0) / np.where(known, received, 1)
    rates = np.empty(len(programs))
    for name in dict.fromkeys(specialty):
        here = specialty == name
        kind = assumptions.season_of(name).competitiveness
        prior = pool_of(name, kind, assumptions).rate
        told = here & known
        of_specialty = (own[told].sum() + worth * prior) / (told.sum() + worth)
        for one in dict.fromkeys(types[here]):
            alike = here & (types == one)
            counted = alike & known
            of_type = (own[counted].sum() + worth * of_specialty) / (counted.sum() + worth)
            some = np.where(known, received, 0.0)[alike]
            had = np.where(known, offered, 0.0)[alike]
            rates[alike] = (had + pulled * of_type) / (some + pulled)
    return rates


def _readable(
    levels: ProgramLevels,
    programs: pd.DataFrame,
    counts: tuple[Floats, Floats],
    imputed: list[list[str]],
) -> ProgramLevels:
    """Levels whose rates a program can reach with the applicants that it reads."""
    # A program that interviews more than those above its cutoff has applicants who know it: the
    # cutoff then closes the gate for a student below it and is left out of the pool. So are its
    # other screens where the counts contradict them too. More than the highest chance is refused.
    assumptions = levels.assumptions
    highest = assumptions.value("highest_chance")
    rate, facts = levels.rate, {name: values.copy() for name, values in levels.facts.items()}
    assert rate is not None  # noqa: S101 - set just before
    impossible = np.flatnonzero(rate >= highest)
    if impossible.size:
        worst = int(impossible[0])
        message = (
            f"program {programs['program_id'].iloc[worst]}: interviews_offered "
            f"{counts[0][worst]:g} of applications_received {counts[1][worst]:g}; expected less "
            f"than {highest:.0%}: correct the two counts, or leave both empty"
        )
        raise ModelError(message)
    screens = {"cutoff_counts": 0.0, "reads_exam_failure": 1.0, "takes_do": 1.0, "takes_visa": 1.0}
    for name in dict.fromkeys(levels.specialty):
        at = np.flatnonzero(levels.specialty == name)
        kind = assumptions.season_of(name).competitiveness
        pool = pool_of(name, kind, assumptions)
        for left_out in (("cutoff_counts",), tuple(screens)):
            gates = _gates(replace(levels, facts=facts).at(at), kind, pool)
            over = at[rate[at] >= CLOSE_TO_ALL * highest * gates.open_share(pool)]
            for screen in left_out:
                facts[screen][over] = screens[screen]
            for program in over:
                imputed[program].append("interviews_offered against its screens")
    imputed[:] = [list(dict.fromkeys(names)) for names in imputed]
    return replace(levels, facts=facts)


def _rates(
    programs: pd.DataFrame,
    counts: tuple[Floats, Floats],
    imputed: list[list[str]],
    assumptions: Assumptions,
) -> Floats | None:
    offered, received = counts
    least, most = assumptions.value("base_rate.least"), assumptions.value("base_rate.most")
    rates = pd.Series(np.clip(offered / received, least, most), index=programs.index)
    known = rates.notna()
    if not known.any() or known.mean() < assumptions.value("base_rate.share_needed"):
        return None
    for at in np.flatnonzero(~known.to_numpy()):
        imputed[at].append("interviews_offered")
    by_type = rates.groupby([programs["specialty"], programs["program_type"]]).transform("median")
    by_specialty = rates.groupby(programs["specialty"]).transform("median")
    filled = rates.fillna(by_type).fillna(by_specialty).fillna(rates.median())
    return np.asarray(filled, dtype=float)


def base_rate_level(
    rate: ArrayLike, group_odds: Number, spotless: Number, assumptions: Assumptions
) -> Floats:
    """Log-odds by which a program's counts move its level in the article's basis (section 3.3)."""
    rates = np.asarray(rate, dtype=float)
    slope, cap = assumptions.value("base_rate.pool_slope"), assumptions.value("base_rate.pool_cap")
    level = logit(rates) + slope * np.minimum(rates, cap) + np.log(group_odds) - spotless
    return np.asarray(level, dtype=float)
