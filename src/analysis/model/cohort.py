"""A class as one: classmates share programs, a season and a school (docs/methods-class.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from analysis.arrays import Floats
from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.chance import interview_chance
from analysis.model.choice.application_list import ApplicationList
from analysis.model.choice.constraints import fee_usd
from analysis.model.choice.explain import next_application
from analysis.model.choice.problem import application_fees
from analysis.model.correlation import Scenarios, match_thresholds, mechanism, offers_at, scenarios
from analysis.model.match_stage import HIGHEST_RATE, LOWEST_RATE, match_rates
from analysis.model.parameters import listed


@dataclass(frozen=True)
class Member:
    """A student with a list."""

    student_id: str
    programs: tuple[str, ...]  # ids of the programs on the list, the most wanted first
    chance: Floats  # shape (k,): Chances of an interview, 0-1, signals included
    # shape (draws, k): The same under joint draws of the assumptions; without rows, nothing is
    # varied.
    drawn: Floats
    match_chance: float  # of the list alone, 0-1
    signal: tuple[str, ...] = ()  # ``none``, ``silver`` or ``gold`` at each program
    # shape (k,): Chances of a match after an interview; that of the assumptions without.
    rate: Floats | None = None


def _rates_on_list(found: ApplicationList) -> Floats:
    """Chance of a match after an interview at each program; ties and cited rates are in it."""
    chance = found.ranked["interview_chance"].to_numpy(dtype=np.float64)
    offers = found.market.marginal[found.choice.chosen]
    return np.clip(offers / np.maximum(chance, 1e-12), LOWEST_RATE, HIGHEST_RATE)


def members_of(lists: Mapping[str, ApplicationList]) -> list[Member]:
    """Take what concerns classmates from lists by student_id; empty lists are left out."""
    return [
        Member(
            student_id,
            found.rank_order,
            found.ranked["interview_chance"].to_numpy(dtype=np.float64),
            found.drawn,
            found.match_chance,
            found.choice.option,
            _rates_on_list(found),
        )
        for student_id, found in lists.items()
        if found.chosen
    ]


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
    """What a few applications to each other specialty would add to lists."""
    # The file reads there as at home, and one common factor stands behind all answers. Only
    # specialties whose chances have the same basis as the list's are held beside it.
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
    refused: Floats = np.prod(1 - listed_offers, axis=0) * offers.weight
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


@dataclass(frozen=True)
class Room:
    """How many students programs take."""

    program_id: tuple[str, ...]
    positions: Floats
    home: NDArray[np.bool_]

    def for_class(self, most: NDArray[np.int64]) -> Floats:
        """Places for one class, shape (states, programs), if elsewhere no more than ``most``."""
        elsewhere = np.minimum(most[:, None], self.positions)
        return np.maximum(np.where(self.home, self.positions, elsewhere), 1)


def room_of(
    members: Sequence[Member], programs: pd.DataFrame, preferences: pd.DataFrame | None = None
) -> Room:
    """Read off how many students the members' programs take."""
    program_id = tuple(sorted({one for member in members for one in member.programs}))
    known = programs.set_index("program_id").reindex(program_id)
    positions = np.full(len(program_id), np.inf)
    if "positions" in known:
        given = known["positions"].to_numpy(dtype=np.float64, na_value=np.nan)
        positions = np.where(np.isnan(given), np.inf, given)
    homes: set[str] = set()
    if preferences is not None and "tie" in preferences:
        homes = set(preferences.loc[preferences["tie"] == "home", "program_id"])
    return Room(program_id, positions, np.array([one in homes for one in program_id], dtype=bool))


@dataclass(frozen=True)
class Placements:
    """Where each student ends in each draw."""

    ends_at: NDArray[np.int64]
    turned_away: NDArray[np.bool_]


def placements(
    margin: NDArray[np.floating], program: NDArray[np.int64], most: ArrayLike
) -> Placements:
    """Match the students of one class, each draw by itself."""
    draws = margin.shape[0]
    willing = margin > 0
    turned_away = np.zeros_like(willing)
    programs = int(program.max(initial=-1)) + 1
    room = np.broadcast_to(np.asarray(most), (draws, programs))
    open_draws = np.arange(draws)
    while open_draws.size:
        here = willing[open_draws]
        row, student = np.nonzero(here.any(axis=2))
        draw = open_draws[row]
        rank = here.argmax(axis=2)[row, student]
        asked = program[student, rank]
        cell = draw * programs + asked
        order = np.lexsort((student, -margin[draw, student, rank], cell))
        at = np.arange(order.size)
        begins = np.diff(cell[order], prepend=-1) != 0
        place = at - np.maximum.accumulate(np.where(begins, at, 0))
        out = order[place >= room[draw, asked][order]]
        willing[draw[out], student[out], rank[out]] = False
        turned_away[draw[out], student[out], rank[out]] = True
        open_draws = np.unique(draw[out])
    ends_at = np.where(willing.any(axis=2), willing.argmax(axis=2), -1)
    return Placements(ends_at, turned_away)


SIGNALS = ("gold", "silver")


def shared_programs(pairs: pd.DataFrame) -> pd.DataFrame:
    """Programs that more than one student of a class lists."""
    counted = pairs.assign(**{name: pairs["signal"] == name for name in SIGNALS})
    sums = counted.groupby("program_id").agg(
        lists=("student_id", "size"),
        **{name: (name, "sum") for name in SIGNALS},
        ends=("ends", "sum"),
        turned_away=("turned_away", "sum"),
        matches_lost=("matches_lost", "sum"),
    )
    shared = sums[sums["lists"] > 1].reset_index()
    order = ["matches_lost", "lists", "turned_away", "program_id"]
    return shared.sort_values(order, ascending=[False, False, False, True], ignore_index=True)


def shared_signals(pairs: pd.DataFrame) -> pd.DataFrame:
    """Signals of a class, and how many of them meet a classmate's."""
    sent = pairs[pairs["signal"].isin(SIGNALS)]
    together = sent.groupby("program_id")["student_id"].transform("size") > 1
    marked = sent.assign(shared=together)
    rows = marked.groupby("signal").agg(
        sent=("student_id", "size"),
        programs=("program_id", "nunique"),
        shared=("shared", "sum"),
        turned_away=("turned_away", "sum"),
        matches_lost=("matches_lost", "sum"),
    )
    return rows.reindex([name for name in SIGNALS if name in rows.index]).reset_index()


Bools = NDArray[np.bool_]
CELLS_AT_A_TIME = 4_000_000


@dataclass(frozen=True)
class Season:
    """Outcomes of a class, draw by draw."""

    alone: Bools
    placed: Bools
    pairs: pd.DataFrame

    @property
    def lost(self) -> Floats:
        """Chance, by student, that a match is lost to classmates; in [0, 1]."""
        return np.asarray((self.alone & ~self.placed).mean(axis=0), dtype=np.float64)


class _Luck:
    """A stream of draws for each student and program, the same whoever else applies."""

    def __init__(self, members: Sequence[Member], seed: int) -> None:
        self._common = _stream(seed, "", "")
        self._own = [_stream(seed, member.student_id, "") for member in members]
        self._ranked = [_stream(seed, member.student_id, "\0ranked") for member in members]
        self._answers = [[_stream(seed, m.student_id, one) for one in m.programs] for m in members]

    def factors(self, shared: Floats) -> Floats:
        """Common factor of each student, shape (draws, students), standard normal."""
        common = self._common.standard_normal(shared.size)
        own = _normal(self._own, shared.size)
        return np.sqrt(shared)[:, None] * common[:, None] + np.sqrt(1 - shared)[:, None] * own

    def rankings(self, draws: int) -> Floats:
        """Factor behind each student's rankings, shape (draws, students), standard normal."""
        return _normal(self._ranked, draws)

    def answers(self, student: int, draws: int) -> Floats:
        """Uniform luck at each program of a student, shape (draws, k)."""
        streams = self._answers[student]
        return np.stack([one.random(draws) for one in streams], axis=1)


def _normal(streams: Sequence[np.random.Generator], draws: int) -> Floats:
    """Draws of each stream, shape (draws, streams)."""
    drawn = [stream.standard_normal(draws) for stream in streams]
    return np.reshape(drawn, (len(streams), draws)).T


def _stream(seed: int, student_id: str, program_id: str) -> np.random.Generator:
    name = f"{student_id}\0{program_id}".encode()
    return np.random.default_rng([seed, int.from_bytes(name)])


def season(
    members: Sequence[Member], assumed: Assumed, room: Room, draws: int, seed: int
) -> Season:
    """Let a class apply, many times.

    Parameters
    ----------
    members : sequence of Member
        Those with at least one program.
    assumed : Assumed
        States that the draws go through in turn.
    room : Room
        How many a program takes, for each program on any of the lists.
    draws : int
        How often.
    seed : int
        A student's luck hangs on it, the student_id and the program_id alone.

    Returns
    -------
    Season
        Students in the order of ``members``.
    """
    program = _padded(members, room.program_id)
    longest = program.shape[1]
    luck = _Luck(members, seed)
    alone, placed = (np.zeros((draws, len(members)), dtype=bool) for _ in range(2))
    sums = np.zeros((3, len(members), longest))
    at_a_time = max(1, CELLS_AT_A_TIME // max(1, program.size))
    for begin in range(0, draws, at_a_time):
        state = np.arange(begin, min(begin + at_a_time, draws)) % assumed.rho.size
        margin = margins(members, assumed, luck, state, longest)
        found = placements(margin, program, room.for_class(assumed.most[state]))
        rows = slice(begin, begin + state.size)
        alone[rows] = (margin > 0).any(axis=2)
        placed[rows] = found.ends_at >= 0
        sums += _shares(found.ends_at, found.turned_away, alone[rows] & ~placed[rows])
    return Season(alone, placed, _pair_rows(members, sums / draws))


def margins(
    members: Sequence[Member],
    assumed: Assumed,
    luck: _Luck,
    state: NDArray[np.int64],
    longest: int,
) -> Floats:
    """How far each student is over each program's bar: the chance of an offer less the luck."""
    factor = luck.factors(assumed.shared[state])
    ranking = luck.rankings(state.size)
    own_after = assumed.match_correlation
    after = None if own_after is None else own_after[state][:, None]
    margin = np.zeros((state.size, len(members), longest))
    begin = 0
    for at, member in enumerate(members):
        own = slice(begin, begin + len(member.programs))
        offer = offers_at(
            assumed.chance[state, own],
            assumed.threshold[state, own],
            assumed.rho[state][:, None],
            factor[:, at, None],
            ranking[:, at, None],
            after,
            assumed.link,
        )
        margin[:, at, : len(member.programs)] = offer - luck.answers(at, state.size)
        begin = own.stop
    return margin


def _padded(members: Sequence[Member], ids: Sequence[str]) -> NDArray[np.int64]:
    place = {one: at for at, one in enumerate(ids)}
    longest = max((len(member.programs) for member in members), default=1)
    program = np.zeros((len(members), longest), dtype=np.int64)
    for row, member in enumerate(members):
        program[row, : len(member.programs)] = [place[one] for one in member.programs]
    return program


def _shares(ends_at: NDArray[np.int64], turned_away: Bools, lost: Bools) -> Floats:
    """Sums over draws of: ends there, turned away, share of a lost match, by student and rank."""
    ranks = np.arange(turned_away.shape[2])
    ends = (ends_at[:, :, None] == ranks).sum(axis=0)
    times = np.maximum(turned_away.sum(axis=2), 1)
    blame = np.einsum("dsl,ds->sl", turned_away, np.where(lost, 1 / times, 0.0))
    return np.stack([ends, turned_away.sum(axis=0), blame])


def _pair_rows(members: Sequence[Member], means: Floats) -> pd.DataFrame:
    rows = [
        (
            member.student_id,
            one,
            member.signal[rank] if member.signal else "none",
            *means[:, at, rank],
        )
        for at, member in enumerate(members)
        for rank, one in enumerate(member.programs)
    ]
    columns = ["student_id", "program_id", "signal", "ends", "turned_away", "matches_lost"]
    return pd.DataFrame(rows, columns=columns)


STEPS = ("independent", "one_season", "shared_places", "assumptions")


def matches_if_independent(match_chance: Iterable[float]) -> Floats:
    """Chances of 0, 1, 2, ... matches if every student's match were a coin of its own."""
    number = np.ones(1)
    for chance in match_chance:
        number = np.convolve(number, [1 - chance, chance])
    return number


def matches_by_step(
    match_chance: ArrayLike, base: Season, varied: Season, tails: tuple[float, float]
) -> pd.DataFrame:
    """Number of matches and its interval, as one thing after the other is taken into account."""
    alone = np.asarray(match_chance, dtype=np.float64)
    coins = np.cumsum(matches_if_independent(alone))
    ends = [int(np.searchsorted(coins, tail - 1e-12)) for tail in tails]
    rows = [("independent", alone.sum(), *ends)]
    steps = (
        ("one_season", base.alone, alone.sum()),
        ("shared_places", base.placed, alone.sum() - base.lost.sum()),
        ("assumptions", varied.placed, varied.placed.sum(axis=1).mean()),
    )
    for step, matched, expected in steps:
        low, high = np.quantile(matched.sum(axis=1), tails, method="inverted_cdf")
        rows.append((step, expected, int(low), int(high)))
    frame = pd.DataFrame(rows, columns=["step", "expected", "low", "high"])
    return frame.astype({"expected": float, "low": float, "high": float})


def answers_at_stake(found: ApplicationList, assumptions: Assumptions) -> pd.DataFrame:
    """How far a list's match chance moves with what one program has not said."""
    ranked = found.ranked
    rows = ranked[ranked["unknown"] != ""]
    answer = rows[["program_id", "unknown"]].reset_index(drop=True)
    if rows.empty:
        return answer.assign(if_open=0.0, if_closes=0.0)
    rate = _rates_on_list(found)[rows.index]
    rho = mechanism(assumptions)
    refused = 1 - found.market.chance[found.choice.chosen]
    by_others = np.stack([np.prod(np.delete(refused, at, axis=0), axis=0) for at in rows.index])
    for name in ("if_open", "if_closes"):
        offers = scenarios(rows[f"chance_{name}"].to_numpy(dtype=np.float64), rate, rho)
        answer[name] = 1 - (by_others * (1 - offers.chance)) @ offers.weight
    return answer


def further_applications(found: ApplicationList, number: int) -> tuple[int, float, float]:
    """How many more programs have any chance, the match chance they add (0-1), and their fees."""
    # On top of a list that stays, beyond the student's own limit; they get no signal.
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
