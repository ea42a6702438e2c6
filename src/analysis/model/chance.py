"""The chance of an interview for each student and program (docs/methods.md, section 3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from analysis.arrays import Floats
from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.level import ProgramLevels, program_levels
from analysis.model.parameters import ChanceParameters, chance_parameters, joint_draws, listed
from analysis.model.pool import drawn_evidence
from analysis.model.profile import (
    TYPICAL_CELLS,
    ExpectedScore,
    expected_score,
    profile_levels,
    specialties_of,
)
from analysis.model.terms import TERMS, Gate, Terms, gate, terms_of
from analysis.vocabulary import EXAM_FAILURES

# The nine divisions of the US Census Bureau, which ERAS offers as geographic preferences.
DIVISIONS = {
    "new_england": "CT ME MA NH RI VT",
    "middle_atlantic": "NJ NY PA",
    "east_north_central": "IL IN MI OH WI",
    "west_north_central": "IA KS MN MO NE ND SD",
    "south_atlantic": "DE DC FL GA MD NC SC VA WV",
    "east_south_central": "AL KY MS TN",
    "west_south_central": "AR LA OK TX",
    "mountain": "AZ CO ID MT NV NM UT WY",
    "pacific": "AK CA HI OR WA",
}
DIVISION_OF = {state: name for name, states in DIVISIONS.items() for state in states.split()}


@dataclass(frozen=True)
class Part:
    """One student and the programs of one of the student's specialties."""

    at: NDArray[np.int64]
    specialty: str
    kind: str
    programs: pd.DataFrame
    profile: pd.DataFrame
    levels: ProgramLevels
    student: Mapping[str, Any]
    ties: NDArray[Any]
    gate: Gate
    signals: NDArray[Any]
    place: Floats
    place_known: bool
    expected: ExpectedScore | None = None
    among: tuple[Part, NDArray[np.int64]] | None = None

    def sending(self, signals: NDArray[Any], assumptions: Assumptions) -> Part:
        """Give the same part with other signals, shape (m,)."""
        if self.among is not None:
            # What a cutoff that is not stated may be hangs on those of all programs.
            whole, rows = self.among
            every = whole.signals.copy()
            every[rows] = signals
            doors = whole.sending(every, assumptions).gate.some(rows)
            return replace(self, gate=doors, signals=signals)
        flags = self.profile["red_flags"].iloc[0]
        asked = (flags, self.programs, assumptions, self.ties, signals)
        return replace(self, gate=_gates(self.student, self.expected, *asked), signals=signals)

    def some(self, at: NDArray[np.int64], rows: NDArray[np.int64]) -> Part:
        """The same for some of its programs, by row, at other places among all."""
        return replace(
            self,
            at=at,
            programs=self.programs.iloc[rows],
            levels=self.levels.some(rows),
            ties=self.ties[rows],
            gate=self.gate.some(rows),
            signals=self.signals[rows],
            place=self.place[rows],
            among=(self, rows),
        )

    @property
    def signal(self) -> Floats:
        """Log-odds of the signals sent, shape (m,)."""
        return self._signal(chance_parameters(self.levels.assumptions))

    def _signal(self, parameters: ChanceParameters) -> Floats:
        return self.levels.signal_term(self.signals, self.kind, parameters)

    def terms(self, parameters: ChanceParameters, assumptions: Assumptions) -> Terms:
        """Terms of the log-odds at some parameters."""
        return terms_of(self.profile, self.kind, self.levels, parameters, assumptions)

    def by_score(
        self,
        parameters: ChanceParameters,
        assumptions: Assumptions,
        terms: Terms | None = None,
        untold: Floats | float = 0.0,
    ) -> Floats:
        """Chances at each score that the student may have, shape (draws, k, m); k is 1 if known.

        ``terms``: those of the same parameters, where they are at hand; ``untold``: further
        log-odds, broadcast to that shape.
        """
        further = self._signal(parameters) + self.place + untold
        read = (terms or self.terms(parameters, assumptions)).chance(further)
        return np.asarray(
            read.reshape(-1, len(self.profile), len(self.programs)) * self.gate.opening
        )

    def over_scores(self, by_score: Floats) -> Floats:
        """Means over the scores that the student may have, of the axis before the last."""
        if self.expected is None:
            return by_score[..., 0, :]
        return np.einsum("k,...km->...m", self.expected.weight, by_score)

    def drawn(self, parameters: ChanceParameters, assumptions: Assumptions) -> Floats:
        """Chances of each draw, which draws what the record does not tell, shape (draws, m)."""
        untold = self._untold(parameters, assumptions)
        by_score = self.by_score(parameters, assumptions, untold=untold)
        if self.expected is None:
            return by_score[:, 0]
        failing = np.zeros((len(by_score), 1, by_score.shape[2]))
        score = self.expected.drawn(len(by_score))
        padded = np.concatenate([by_score, failing], axis=1)
        return padded[np.arange(len(by_score)), score]

    def _untold(self, parameters: ChanceParameters, assumptions: Assumptions) -> Floats | float:
        """Log-odds of components taken as typical, in each draw: they may be any of the pool's."""
        names = [TYPICAL_CELLS[cell] for cell in self.profile["taken_as_typical"].iloc[0]]
        if not names:
            return 0.0
        return drawn_evidence(names, parameters, assumptions)


class Market:
    """Programs, looked up once for all students of the same specialties."""

    def __init__(
        self,
        programs: pd.DataFrame,
        assumptions: Assumptions,
        preferences: pd.DataFrame | None = None,
    ) -> None:
        self._programs = programs
        self._assumptions = assumptions
        self._wishes = (
            {}
            if preferences is None
            else {str(one): rows for one, rows in preferences.groupby("student_id")}
        )
        self._known: dict[tuple[str, ...], list[tuple[NDArray[np.int64], Any, Any]]] = {}

    def parts(self, students: pd.DataFrame) -> Iterator[list[Part]]:
        """Parts of each student, in the student's order of specialties."""
        profiles = profile_levels(students, self._assumptions)
        # A twentieth of the time of `to_dict`, which takes column by column for a single row too.
        for at, cells in enumerate(students.to_numpy(dtype=object)):
            row = dict(zip(students.columns, cells, strict=True))
            expected = expected_score(row, self._assumptions)
            profile = profiles.iloc[[at]]
            if expected is not None:
                each = students.iloc[[at] * len(expected.score)].assign(step2_ck=expected.score)
                profile = profile_levels(each, self._assumptions)
            yield list(self._parts_of(row, profile, expected))

    def _parts_of(
        self, row: Mapping[str, Any], profile: pd.DataFrame, expected: ExpectedScore | None
    ) -> Iterator[Part]:
        kinds = specialties_of(row, self._assumptions)
        flags = profile["red_flags"].iloc[0]
        slices = self._slices(tuple(kinds), row)
        for (specialty, kind), (at, programs, levels) in zip(kinds.items(), slices, strict=True):
            ties, signals = self._ties(str(row["student_id"]), programs)
            doors = _gates(row, expected, flags, programs, self._assumptions, ties, signals)
            known = place_log_odds(row, programs, self._assumptions)
            place = levels.place_term(known, kind, ties == "home")
            yield Part(
                at,
                specialty,
                kind,
                programs,
                profile,
                levels,
                row,
                ties,
                doors,
                signals,
                place,
                known is not None,
                expected,
            )

    def _slices(self, names: tuple[str, ...], row: Mapping[str, Any]) -> list[Any]:
        if names not in self._known:
            eligible = self._programs[self._programs["specialty"].isin(list(names))]
            specialty = eligible["specialty"].to_numpy()
            missing = [name for name in names if not np.any(specialty == name)]
            if missing:
                message = f"no program of {missing[0]} for student {row['student_id']}"
                raise ModelError(message)
            levels = program_levels(eligible, self._assumptions)
            self._known[names] = []
            for name in names:
                at = np.flatnonzero(specialty == name)
                self._known[names].append((at, eligible.iloc[at], levels.at(at)))
        return self._known[names]

    def _ties(self, student_id: str, programs: pd.DataFrame) -> tuple[NDArray[Any], NDArray[Any]]:
        blank = np.full(len(programs), "", dtype=object)
        if student_id not in self._wishes:
            return blank, blank
        own = self._wishes[student_id]

        def column(name: str) -> NDArray[Any]:
            if name not in own or own[name].isna().all():
                return blank
            said = own[name].notna()
            words = dict(zip(own["program_id"][said], own[name][said], strict=True))
            return np.array([words.get(one, "") for one in programs["program_id"]], dtype=object)

        return column("tie"), column("signal")


def _gates(student: Mapping[str, Any], expected: ExpectedScore | None, *asked: Any) -> Gate:
    """Gate of a student, at each score that it may be: openings of shape (k, m)."""
    if expected is None:
        return gate(student, *asked)
    _, programs, *_ = asked
    cutoff = programs["step2_cutoff"].to_numpy(dtype=float)
    known: dict[bytes, Gate] = {}
    each = []
    for score in expected.score:
        under = (score < cutoff).tobytes()
        if under not in known:
            record = {**student, "step2_ck": score, "comlex_only": expected.exam == "comlex2"}
            known[under] = gate(record, *asked)
        each.append(known[under])
    # What is to be asked is so at the lowest score, what shuts the gate at the highest.
    openings = {name: np.stack([getattr(one, name) for one in each]) for name in OPENINGS}
    return Gate(**openings, reason=each[-1].reason, unknown=each[0].unknown)


OPENINGS = ("opening", "if_open", "if_closes")


def place_log_odds(
    student: Mapping[str, Any], programs: pd.DataFrame, assumptions: Assumptions
) -> Floats | None:
    """Log-odds of a student's place at each program; None where nothing is known of it."""
    own = {str(student.get(name)) for name in ("home_state", "school_state")} & set(DIVISION_OF)
    wanted = {_division(name) for name in listed(student.get("preferred_divisions"))} - {""}
    if not own and not wanted:
        return None
    odds = np.ones(len(programs))
    for at, state in enumerate(programs.get("state", ())):
        if DIVISION_OF.get(state) in wanted:
            odds[at] = assumptions.value("place.preferred_division_odds")
        if state in own:
            odds[at] = max(odds[at], assumptions.value("place.same_state_odds"))
    return np.asarray(np.log(odds))


def _division(name: str) -> str:
    """A census division by its name, however it is written; "" if there is none."""
    spelled = "".join(letter for letter in name.casefold() if letter.isalpha())
    return next((one for one in DIVISIONS if one.replace("_", "") == spelled), "")


def wilson_interval(successes: ArrayLike, n: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """Wilson's interval of a share (Wilson 1927)."""
    cases = np.asarray(n, dtype=np.float64)
    known = np.where(cases > 0, cases, 1.0)
    share = np.asarray(successes, dtype=np.float64) / known
    z = ndtri((1 + level) / 2)
    middle = (share + z**2 / (2 * known)) / (1 + z**2 / known)
    half = z / (1 + z**2 / known) * np.sqrt(share * (1 - share) / known + (z / (2 * known)) ** 2)
    low, high = np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
    return np.where(cases > 0, low, 0.0), np.where(cases > 0, high, 1.0)


NO_SCORE = "no Step 2 CK score yet"


def drawn_chances(parts: Sequence[Part], assumptions: Assumptions) -> Floats:
    """Chances of one student, given as `Market.parts`, under joint draws (section 3.6)."""
    count = int(assumptions.value("uncertainty.draws"))
    parameters = joint_draws(assumptions, count, int(assumptions.value("uncertainty.seed")))
    return in_order(parts, [part.drawn(parameters, assumptions) for part in parts])


def in_order(parts: Sequence[Part], chances: Sequence[Floats]) -> Floats:
    """Chances of all parts side by side, each program at its own place, shape (..., m)."""
    order = np.argsort(np.concatenate([part.at for part in parts]))
    return np.concatenate(chances, axis=-1)[..., order]


def interview_chance(
    students: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
    *,
    with_range: bool = True,
) -> pd.DataFrame:
    """Chance of an interview for each student at each program of their specialty.

    docs/methods.md, section 3. A chance is that of a program that answers by itself; answers to one
    student come together (section 4).

    Parameters
    ----------
    students : DataFrame
        Rows of students; lists as tuples or text separated by semicolons.
    programs : DataFrame
        Rows of programs.
    assumptions : Assumptions
        Every number of the model.
    preferences : DataFrame, optional
        Ties and signals by student_id and program_id.
    with_range : bool
        Whether ``low`` and ``high`` are wanted; they cost `uncertainty.draws` times the rest.

    Returns
    -------
    DataFrame
        A row a pair: student_id, program_id, specialty, interview_chance, low, high (0-1),
        chance_basis, gate, gate_reason, unknown (columns to verify, separated by ``;``),
        chance_if_open, chance_if_closes (every unknown answered yes, or no), imputed, and
        logit_<term> for `TERMS`. A student with an estimate instead of a score has the means over
        the scores it may be, a failing one counted as no interview; a student with neither has NaN
        chances and the reason.

    Raises
    ------
    ModelError
        If a student's specialty has no program, or a frame lacks what the model needs.
    """
    if students.empty:
        message = "there is no student to compute chances for"
        raise ModelError(message)
    parts = Market(programs, assumptions, preferences).parts(students)
    named = zip(students["student_id"], parts, strict=True)
    return chance_columns(named, assumptions, with_range=with_range)


def chance_columns(
    named: Iterable[tuple[Any, Sequence[Part]]], assumptions: Assumptions, *, with_range: bool
) -> pd.DataFrame:
    """Make the frame of `interview_chance` of parts that are looked up."""
    blocks = [
        _part_columns(student_id, part, assumptions, with_range)
        for student_id, parts in named
        for part in parts
    ]
    counts = [len(block["program_id"]) for block in blocks]

    def column(name: str) -> NDArray[Any]:
        parts = [block[name] for block in blocks]
        if isinstance(parts[0], str):
            return np.repeat(np.array(parts, dtype=object), counts)
        return np.concatenate(parts)

    return pd.DataFrame({name: column(name) for name in blocks[0]})


def range_ends(drawn: Floats, chance: Floats, assumptions: Assumptions) -> tuple[Floats, Floats]:
    """Ends of the range of each chance (section 3.6)."""
    ends = [assumptions.value("uncertainty.low"), assumptions.value("uncertainty.high")]
    low, high = np.quantile(drawn, ends, axis=0)
    # The chance is not the draws' median: it lies inside its range by definition.
    return np.minimum(low, chance), np.maximum(high, chance)


def _part_columns(
    student_id: Any, part: Part, assumptions: Assumptions, with_range: bool
) -> dict[str, NDArray[Any] | str]:
    """Columns of one student's rows for one specialty; a word stands for as many."""
    count = len(part.programs)
    terms = part.terms(chance_parameters(assumptions), assumptions)
    named = _split_level({**terms.named(), "signal": part.signal, "place": part.place}, part)
    doors, read = part.gate, terms.chance(part.signal + part.place)
    if part.expected is not None:
        # Of the scores that pass; a term is the mean over them.
        likely = part.expected.weight / part.expected.weight.sum()
        named = {
            name: likely @ term if len(np.atleast_2d(term)) > 1 else term
            for name, term in named.items()
        }
    chance = part.over_scores(read * doors.opening)
    low = high = np.full(count, np.nan)
    reasons = doors.reason
    if np.isnan(part.profile["score"].iloc[0]):
        reasons = np.full(count, NO_SCORE, dtype=object)
    elif with_range:
        low, high = range_ends(drawn_chances([part], assumptions), chance, assumptions)
    return {
        "student_id": str(student_id),
        "program_id": part.programs["program_id"].to_numpy(dtype=object),
        "specialty": part.specialty,
        "interview_chance": chance,
        "low": low,
        "high": high,
        "chance_basis": part.levels.basis,
        "gate": part.over_scores(np.atleast_2d(doors.opening)),
        "gate_reason": reasons,
        "unknown": doors.unknown,
        "chance_if_open": part.over_scores(read * doors.if_open),
        "chance_if_closes": part.over_scores(read * doors.if_closes),
        "imputed": part.levels.imputed,
        **{f"logit_{name}": np.broadcast_to(named[name], (1, count))[0] for name in TERMS},
    }


def _split_level(named: dict[str, FloatBlock], part: Part) -> dict[str, FloatBlock]:
    """Terms with the base apart from what a program's own applicants do to it."""
    # The base is then the level of a record at the reference where applicants score as assumed
    # usual; a place of which nothing is known belongs to it, being the pool's average.
    own = part.levels.applicants_term(part.kind)
    base = named["spotless"] + named["program"] - own
    if not part.place_known:
        usual = part.levels.place_term(None, part.kind)
        base, named["place"] = base + usual, named["place"] - usual
    return {**named, "spotless": base, "program": own}


FloatBlock = NDArray[np.floating]
# Students of a block: so few that block and scratch stay in a core's cache.
ROWS = 32


def chance_blocks(
    students: pd.DataFrame,
    kind: str,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    dtype: Any = np.float32,
    rows: int = ROWS,
) -> Iterator[tuple[slice, FloatBlock]]:
    """Chances of every student at every program of one specialty, gate included."""
    # The function behind `interview_chance`, without ties, signals, ranges and reasons, for numbers
    # of pairs that no frame would hold.
    levels = program_levels(programs, assumptions)
    profiles = profile_levels(students, assumptions)
    terms = terms_of(profiles, kind, levels, chance_parameters(assumptions), assumptions, dtype)
    screens = _screens(students, profiles, programs, assumptions, dtype)
    places = _places(students, kind, programs, levels, assumptions, dtype)
    score = profiles["score"].to_numpy(dtype=dtype).reshape(-1, 1)
    known = programs["step2_cutoff"].to_numpy(dtype=dtype)
    cutoff = np.where(np.isnan(known), -np.inf, known).astype(dtype)
    block = np.empty((rows, len(programs)), dtype=dtype)
    passes = np.empty(block.shape, dtype=bool)
    for start in range(0, len(students), rows):
        here = slice(start, min(start + rows, len(students)))
        count = here.stop - here.start
        chances, reached = block[:count], passes[:count]
        terms.rows(here).chance(places if places.ndim == 1 else places[here], out=chances)
        np.greater_equal(score[here], cutoff, out=reached)
        np.multiply(chances, reached, out=chances)
        for at, screen in enumerate(screens[here]):
            if screen is not None:
                chances[at] *= screen
        yield here, chances


def _places(
    students: pd.DataFrame,
    kind: str,
    programs: pd.DataFrame,
    levels: ProgramLevels,
    assumptions: Assumptions,
    dtype: Any,
) -> FloatBlock:
    """Log-odds of place, shape (m,) where nothing is known of any student's, else (n, m)."""
    names = [n for n in ("home_state", "school_state", "preferred_divisions") if n in students]
    known: dict[tuple[Any, ...], FloatBlock] = {}
    rows = []
    for cells in zip(*(students[name] for name in names), strict=True) if names else ():
        key = tuple(cells)
        if key not in known:
            own = dict(zip(names, cells, strict=True))
            place = place_log_odds(own, programs, assumptions)
            known[key] = levels.place_term(place, kind).astype(dtype)
        rows.append(known[key])
    if len(known) > 1:
        return np.stack(rows)
    return rows[0] if rows else levels.place_term(None, kind).astype(dtype)


def _screens(
    students: pd.DataFrame,
    profiles: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    dtype: Any,
) -> list[FloatBlock | None]:
    """What each program screens besides the score, by student; None where nothing is screened."""
    known: dict[tuple[Any, ...], FloatBlock | None] = {}
    count = len(students)
    degrees = students.get("degree", pd.Series([None] * count))
    visas = students.get("needs_visa", pd.Series([None] * count))
    screens = []
    for flags, degree, visa in zip(profiles["red_flags"], degrees, visas, strict=True):
        # All that a screen looks at: few combinations for however many students.
        key = bool(EXAM_FAILURES & set(flags)), "professionalism" in flags, degree, visa
        if key not in known:
            row = {"degree": degree, "needs_visa": visa}
            opening = gate(row, flags, programs, assumptions).opening
            known[key] = None if np.all(opening == 1) else opening.astype(dtype)
        screens.append(known[key])
    return screens
