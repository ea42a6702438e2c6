"""The chance of an interview for each student and program (docs/methods.md, section 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.flags import FLAGS
from analysis.model.gate import gate
from analysis.model.level import ProgramLevels, base_rate_level, program_levels
from analysis.model.parameters import ChanceParameters, chance_parameters, joint_draws
from analysis.model.penalty import penalty
from analysis.model.profile import profile_levels, specialties_of, step2_value

__all__ = [
    "TERMS",
    "chance_block",
    "chance_by_parameters",
    "chance_draws",
    "interview_chance",
    "log_odds_terms",
]

TERMS = (
    "spotless",
    "step2_ck",
    "clerkships",
    "letters",
    "research",
    "program",
    "signal",
    "red_flags",
)
NO_SCORE = "no Step 2 CK score yet"
Floats = NDArray[np.floating]


def log_odds_terms(
    students: pd.DataFrame,
    kind: str,
    levels: ProgramLevels,
    parameters: ChanceParameters,
    assumptions: Assumptions,
    dtype: Any = np.float64,
) -> dict[str, Floats]:
    """Terms of the log-odds, which sum to it (docs/methods.md, sections 3.2 and 3.3).

    Parameters
    ----------
    students : DataFrame
        Rows of `profile_levels`, n of them.
    kind : {"ultra", "moderate", "less"}
        Competitiveness of the programs' specialty.
    levels : ProgramLevels
        The programs, m of them.
    parameters : ChanceParameters
        Floats, or draws of shape (draws, 1, 1).
    assumptions : Assumptions
        Scales and reference levels.
    dtype : dtype
        float64, or float32 where many pairs count more than the last digits.

    Returns
    -------
    dict of str to ndarray
        By `TERMS` but ``signal``; each broadcasts to (n, m) or (draws, n, m).
    """
    reference = assumptions.group("reference")

    def column(name: str) -> Floats:
        return students[name].to_numpy(dtype=dtype).reshape(-1, 1)

    def term(weight: str, value: Floats, at_reference: float) -> Floats:
        weighed = parameters.logit_scale * parameters.weights[weight] * (value - at_reference)
        return np.asarray(weighed, dtype=dtype)

    typical = float(step2_value(reference["step2_ck"], assumptions))
    worst, best = assumptions.value("scale.step2_worst"), assumptions.value("scale.step2_best")
    usual = assumptions.value("applicants.step2_mean")
    above = (levels.applicant_step2[kind] - usual) / (best - worst)
    program = -parameters.logit_scale * parameters.weights["step2_ck"] * above
    if levels.rate is not None:
        program = program + base_rate_level(
            levels.rate, parameters.group_odds, parameters.spotless, assumptions
        )
    clerkships = term("clerkships", column("clerkships"), reference["clerkships"])
    flags = {
        flag: np.array([flag in own for own in students["red_flags"]]).reshape(-1, 1)
        for flag in FLAGS
    }
    off = penalty(flags, column("score"), clerkships, kind, levels, parameters, assumptions)
    return {
        "spotless": np.asarray(parameters.spotless, dtype=dtype),
        "step2_ck": term("step2_ck", column("step2"), typical),
        "clerkships": clerkships,
        "letters": term("letters", column("letters"), reference["letters"]),
        "research": term("research", column("research"), reference["research"]),
        "program": np.asarray(program, dtype=dtype),
        "red_flags": np.asarray(off, dtype=dtype),
    }


def chance_block(
    students: pd.DataFrame,
    kind: str,
    levels: ProgramLevels,
    parameters: ChanceParameters,
    assumptions: Assumptions,
    dtype: Any = np.float64,
) -> Floats:
    """Chance behind an open gate for every pair of a block (docs/methods.md, section 3.2).

    Parameters
    ----------
    students, kind, levels, parameters, assumptions, dtype
        As for `log_odds_terms`.

    Returns
    -------
    ndarray of float, shape (n, m) or (draws, n, m)
        In [0, ``highest_chance``].
    """
    terms = log_odds_terms(students, kind, levels, parameters, assumptions, dtype)
    of_student = terms["step2_ck"] + terms["clerkships"] + terms["letters"] + terms["research"]
    log_odds = (terms["spotless"] + of_student) + terms["program"]
    log_odds = log_odds + terms["red_flags"]
    expit(log_odds, out=log_odds)
    return np.minimum(log_odds, dtype(assumptions.value("highest_chance")), out=log_odds)


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
    count = draws or int(assumptions.value("uncertainty.draws"))
    parameters = joint_draws(assumptions, count, int(assumptions.value("uncertainty.seed")))
    return chance_by_parameters(student, programs, assumptions, preferences)(parameters)


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
    parts = list(_parts(student, programs, assumptions, preferences))

    def chances_at(parameters: ChanceParameters) -> NDArray[np.float64]:
        chances = np.empty((np.size(parameters.spotless), len(programs)))
        for part in parts:
            block = _with_signal(part, assumptions, parameters)
            chances[:, part["at"]] = block[:, 0, :] * part["gate"].opening
        return chances

    return chances_at


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
    frames = [
        _student_frame(students.iloc[[at]], programs, assumptions, preferences, with_range)
        for at in range(len(students))
    ]
    if not frames:
        message = "there is no student to compute chances for"
        raise ModelError(message)
    return pd.concat(frames, ignore_index=True)


def _student_frame(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None,
    with_range: bool,
) -> pd.DataFrame:
    parts = list(_parts(student, programs, assumptions, preferences))
    highest = assumptions.value("highest_chance")
    parameters = chance_parameters(assumptions)
    frames = []
    for part in parts:
        levels, doors = part["levels"], part["gate"]
        terms = log_odds_terms(part["students"], part["kind"], levels, parameters, assumptions)
        terms["signal"] = part["signal_log_odds"]
        shape = (1, len(part["programs"]))
        columns = {f"logit_{name}": np.broadcast_to(terms[name], shape)[0] for name in TERMS}
        log_odds = np.sum(list(columns.values()), axis=0)
        read = np.minimum(expit(log_odds), highest)
        chance = read * doors.opening
        frame = pd.DataFrame(
            {
                "student_id": str(student["student_id"].iloc[0]),
                "program_id": part["programs"]["program_id"].to_numpy(),
                "specialty": part["specialty"],
                "interview_chance": chance,
                "low": np.nan,
                "high": np.nan,
                "chance_basis": levels.basis,
                "gate": doors.opening,
                "gate_reason": doors.reason,
                "unknown": doors.unknown,
                "chance_if_open": read * doors.if_open,
                "chance_if_closes": read * doors.if_closes,
                "imputed": levels.imputed,
                **columns,
            }
        )
        if np.isnan(part["students"]["score"].iloc[0]):
            frame["gate_reason"] = NO_SCORE
        elif with_range:
            frame["low"], frame["high"] = _range(part, chance, assumptions)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]


def _range(
    part: dict[str, Any], chance: NDArray[np.float64], assumptions: Assumptions
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    draws = int(assumptions.value("uncertainty.draws"))
    drawn = joint_draws(assumptions, draws, int(assumptions.value("uncertainty.seed")))
    chances = _with_signal(part, assumptions, drawn)[:, 0, :] * part["gate"].opening
    ends = [assumptions.value("uncertainty.low"), assumptions.value("uncertainty.high")]
    low, high = np.quantile(chances, ends, axis=0)
    return np.minimum(low, chance), np.maximum(high, chance)


def _with_signal(
    part: dict[str, Any], assumptions: Assumptions, parameters: ChanceParameters
) -> NDArray[np.float64]:
    terms = log_odds_terms(part["students"], part["kind"], part["levels"], parameters, assumptions)
    log_odds = sum(terms.values()) + part["signal_log_odds"]
    return np.asarray(np.minimum(expit(log_odds), assumptions.value("highest_chance")))


def _parts(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None,
) -> Iterator[dict[str, Any]]:
    """One student's programs, specialty by specialty, all in one basis."""
    row = student.iloc[0]
    kinds = specialties_of(row, assumptions)
    eligible = programs[programs["specialty"].isin(list(kinds))]
    missing = [name for name in kinds if name not in set(eligible["specialty"])]
    if missing:
        message = f"no program of {missing[0]} for student {row['student_id']}"
        raise ModelError(message)
    one_basis = program_levels(eligible, assumptions)
    students = profile_levels(student, assumptions)
    for specialty, kind in kinds.items():
        inside = (eligible["specialty"] == specialty).to_numpy()
        own = eligible[inside]
        ties, signals = _ties(row["student_id"], own, preferences)
        doors = gate(row, students["red_flags"].iloc[0], own, assumptions, ties, signals)
        gold, silver = assumptions.value("signals.gold"), assumptions.value("signals.silver")
        odds = np.where(signals == "gold", gold, np.where(signals == "silver", silver, 1.0))
        yield {
            "at": np.flatnonzero(inside),
            "specialty": specialty,
            "kind": kind,
            "programs": own,
            "students": students,
            "levels": _inside(one_basis, inside),
            "gate": doors,
            "signal_log_odds": np.log(odds.astype(float)),
        }


def _inside(levels: ProgramLevels, inside: NDArray[np.bool_]) -> ProgramLevels:
    return ProgramLevels(
        prestige=levels.prestige[inside],
        tolerance=levels.tolerance[inside],
        flag_tolerance={flag: v[inside] for flag, v in levels.flag_tolerance.items()},
        own_conduct_tolerance=levels.own_conduct_tolerance[inside],
        applicant_step2={kind: v[inside] for kind, v in levels.applicant_step2.items()},
        rate=None if levels.rate is None else levels.rate[inside],
        imputed=levels.imputed[inside],
    )


def _ties(
    student_id: str, programs: pd.DataFrame, preferences: pd.DataFrame | None
) -> tuple[NDArray[Any], NDArray[Any]]:
    blank = np.full(len(programs), "", dtype=object)
    if preferences is None or preferences.empty:
        return blank, blank
    own = preferences[preferences["student_id"] == student_id].set_index("program_id")

    def column(name: str) -> NDArray[Any]:
        if name not in own:
            return blank
        found = own[name].reindex(programs["program_id"])
        return found.astype(object).where(found.notna(), "").to_numpy(dtype=object)

    return column("tie"), column("signal")
