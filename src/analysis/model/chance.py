"""The chance of an interview for each student and program (docs/methods.md, section 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.level import ProgramLevels, program_levels
from analysis.model.market import Market, Part, place_log_odds
from analysis.model.parameters import (
    EXAM_FAILURES,
    ChanceParameters,
    chance_parameters,
    joint_draws,
)
from analysis.model.profile import profile_levels
from analysis.model.terms import TERMS, gate, log_odds_terms, terms_of

__all__ = [
    "TERMS",
    "chance_blocks",
    "chance_by_parameters",
    "chance_columns",
    "chance_draws",
    "drawn_chances",
    "interview_chance",
    "log_odds_terms",
    "range_ends",
    "wilson_interval",
]

Floats = NDArray[np.float64]


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


def chance_draws(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
    draws: int | None = None,
) -> NDArray[np.float64]:
    """Chances of one student under joint draws of the assumptions (section 3.6)."""
    (parts,) = Market(programs, assumptions, preferences).parts(student)
    return drawn_chances(parts, assumptions, draws)


def drawn_chances(
    parts: Sequence[Part], assumptions: Assumptions, draws: int | None = None
) -> NDArray[np.float64]:
    """Chances of one student under joint draws of the assumptions, as `chance_draws`."""
    count = draws or int(assumptions.value("uncertainty.draws"))
    parameters = joint_draws(assumptions, count, int(assumptions.value("uncertainty.seed")))
    return _in_order(parts, [part.drawn(parameters, assumptions) for part in parts])


def chance_by_parameters(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
) -> Callable[[ChanceParameters], NDArray[np.float64]]:
    """Chances of one student as a function of the chance's parameters."""
    (parts,) = Market(programs, assumptions, preferences).parts(student)

    def chances_at(parameters: ChanceParameters) -> NDArray[np.float64]:
        return _in_order(parts, [part.chances(parameters, assumptions) for part in parts])

    return chances_at


def _in_order(parts: Sequence[Part], chances: Sequence[Floats]) -> NDArray[np.float64]:
    """Chances of all parts side by side, each program at its own place, shape (draws, m)."""
    order = np.argsort(np.concatenate([part.at for part in parts]))
    return np.concatenate(chances, axis=1)[:, order]


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


def range_ends(
    drawn: NDArray[np.float64], chance: NDArray[np.float64], assumptions: Assumptions
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
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
        base, named["place"] = base + named["place"], np.zeros(1)
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
    untied = np.full(len(programs), "", dtype=object)
    known: dict[tuple[Any, ...], FloatBlock] = {}
    rows = []
    for cells in zip(*(students[name] for name in names), strict=True) if names else ():
        key = tuple(cells)
        if key not in known:
            own = dict(zip(names, cells, strict=True))
            place = place_log_odds(own, programs, untied, assumptions)
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
