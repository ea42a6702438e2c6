"""The chance of an interview for each student and program (docs/methods.md, section 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.blocks import chance_blocks
from analysis.model.market import Market, Part
from analysis.model.parameters import ChanceParameters, chance_parameters, joint_draws
from analysis.model.terms import TERMS, log_odds_terms

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
]

NO_SCORE = "no Step 2 CK score yet"


def chance_draws(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
    draws: int | None = None,
) -> NDArray[np.float64]:
    """Chances of one student under joint draws of the assumptions (section 3.6).

    Parameters
    ----------
    student : DataFrame
        One row of students, with a score.
    programs : DataFrame
        The programs, m of them, each of a specialty of the student's.
    assumptions : Assumptions
        With ``uncertainty``.
    preferences : DataFrame, optional
        Ties and signals.
    draws : int, optional
        How many, else ``uncertainty.draws``.

    Returns
    -------
    ndarray of float, shape (draws, m)
        Gate included.
    """
    (parts,) = Market(programs, assumptions, preferences).parts(student)
    return drawn_chances(parts, assumptions, draws)


def drawn_chances(
    parts: Sequence[Part], assumptions: Assumptions, draws: int | None = None
) -> NDArray[np.float64]:
    """Chances of one student under joint draws of the assumptions, as `chance_draws`.

    Parameters
    ----------
    parts : sequence of Part
        The student's, of all specialties or of one.
    assumptions : Assumptions
        With ``uncertainty``.
    draws : int, optional
        How many, else ``uncertainty.draws``.

    Returns
    -------
    ndarray of float, shape (draws, m)
        In the order of the programs.
    """
    count = draws or int(assumptions.value("uncertainty.draws"))
    seed = int(assumptions.value("uncertainty.seed"))
    return _at_places(parts, joint_draws(assumptions, count, seed), assumptions)


def chance_by_parameters(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
) -> Callable[[ChanceParameters], NDArray[np.float64]]:
    """Chances of one student as a function of the chance's parameters.

    Gates, levels and profile are looked up once, so that a bench can ask many times.

    Parameters
    ----------
    student, programs, assumptions, preferences
        As for `chance_draws`.

    Returns
    -------
    callable
        From parameters whose numbers have shape (draws, 1, 1) to chances of shape (draws, m),
        gate included.
    """
    (parts,) = Market(programs, assumptions, preferences).parts(student)

    def chances_at(parameters: ChanceParameters) -> NDArray[np.float64]:
        return _at_places(parts, parameters, assumptions)

    return chances_at


def _at_places(
    parts: Sequence[Part], parameters: ChanceParameters, assumptions: Assumptions
) -> NDArray[np.float64]:
    """Chances of all parts side by side, each program at its own place, shape (draws, m)."""
    chances = np.concatenate([part.chances(parameters, assumptions) for part in parts], axis=1)
    return chances[:, np.argsort(np.concatenate([part.at for part in parts]))]


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
        logit_<term> for `TERMS`. A student without a score has NaN chances and the reason.

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
    """Make the frame of `interview_chance` of parts that are looked up.

    Parameters
    ----------
    named : iterable of (str, sequence of Part)
        Students and their parts.
    assumptions : Assumptions
        Every number of the model.
    with_range : bool
        As for `interview_chance`.

    Returns
    -------
    DataFrame
        A row a pair, part by part.
    """
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
    """Ends of the range of each chance (section 3.6).

    Parameters
    ----------
    drawn : ndarray of float, shape (draws, m)
        Chances under joint draws.
    chance : ndarray of float, shape (m,)
        The chances themselves.
    assumptions : Assumptions
        ``uncertainty.low``, ``uncertainty.high``.

    Returns
    -------
    low, high : ndarray of float, shape (m,)
        In [0, 1].
    """
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
    named = {**terms.named(), "signal": part.signal}
    read = terms.chance(part.signal)[0]
    doors, chance = part.gate, read * part.gate.opening
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
        "gate": doors.opening,
        "gate_reason": reasons,
        "unknown": doors.unknown,
        "chance_if_open": read * doors.if_open,
        "chance_if_closes": read * doors.if_closes,
        "imputed": part.levels.imputed,
        **{f"logit_{name}": np.broadcast_to(named[name], (1, count))[0] for name in TERMS},
    }
