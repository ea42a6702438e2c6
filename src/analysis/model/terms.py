"""The terms of the log-odds, and the chance they add up to (docs/methods.md, 3.2 and 3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.assumptions import Assumptions
from analysis.model.flags import FLAGS
from analysis.model.level import ProgramLevels, base_rate_level
from analysis.model.parameters import ChanceParameters
from analysis.model.penalty import FlagPart, combined_penalty, penalty_parts
from analysis.model.profile import step2_value

__all__ = ["TERMS", "Terms", "log_odds_terms", "terms_of"]

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
Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Terms:
    """Terms of the log-odds for n students and m programs, not yet added up.

    Parameters
    ----------
    of_student : dict of str to ndarray of float
        spotless, step2_ck, clerkships, letters, research; each broadcasts to (n, 1) or
        (draws, n, 1).
    program : ndarray of float, shape (m,) or (draws, 1, m)
        Level of each program.
    flags : list of FlagPart
        What the red flags take off.
    several_flags_share, highest_chance : float
        The assumptions of these names.
    base : ndarray of float, shape (n, 1) or (draws, n, 1)
        Sum of the student's terms.
    """

    of_student: dict[str, Floats]
    program: Floats
    flags: list[FlagPart]
    several_flags_share: float
    highest_chance: float
    base: Floats

    def named(self) -> dict[str, Floats]:
        """Terms by name; each broadcasts to (n, m) or (draws, n, m).

        Returns
        -------
        dict of str to ndarray
            By `TERMS` but ``signal``.
        """
        penalty = combined_penalty(self.flags, self.several_flags_share, self.base.dtype)
        return {**self.of_student, "program": self.program, "red_flags": penalty}

    def rows(self, rows: slice) -> Terms:
        """The same for some of the students; their terms by name are left out.

        Parameters
        ----------
        rows : slice
            Which students.

        Returns
        -------
        Terms
            Views.
        """
        return Terms(
            {},
            self.program,
            [part.rows(rows) for part in self.flags],
            self.several_flags_share,
            self.highest_chance,
            self.base[..., rows, :],
        )

    def chance(self, signal: Floats | None = None, out: Floats | None = None) -> Floats:
        """Chance behind an open gate (docs/methods.md, section 3.2).

        Parameters
        ----------
        signal : ndarray of float, shape (m,), optional
            Log-odds ratio of each program's signal.
        out : ndarray of float, shape (n, m), optional
            Where to put it, so that a loop over blocks makes no array.

        Returns
        -------
        ndarray of float, shape (n, m) or (draws, n, m)
            In [0, ``highest_chance``].
        """
        odds = np.add(self.base, self.program, out=out)
        self._add_penalty(odds)
        if signal is not None:
            odds += signal
        # 1 / (1 + exp(-x)) in place; an overflow is a chance of 0, as it should be.
        with np.errstate(over="ignore"):
            np.negative(odds, out=odds)
            np.exp(odds, out=odds)
        odds += odds.dtype.type(1)
        np.reciprocal(odds, out=odds)
        return np.minimum(odds, odds.dtype.type(self.highest_chance), out=odds)

    def _add_penalty(self, odds: Floats) -> None:
        if not self.flags:
            return
        share = self.several_flags_share
        if odds.ndim > 2 or len(odds) == 1:
            odds += combined_penalty(self.flags, share, odds.dtype)
            return
        # Most students of a class have no flag, and most others one: only what they have is worked
        # on.
        flagged = np.hstack([part.flagged for part in self.flags])
        parts_of = flagged.sum(axis=1)
        for at, part in enumerate(self.flags):
            alone = np.flatnonzero(flagged[:, at] & (parts_of == 1))
            if alone.size:
                odds[alone] += combined_penalty([part.rows(alone)], share, odds.dtype)
        several = np.flatnonzero(parts_of > 1)
        if several.size:
            parts = [part.rows(several) for part in self.flags]
            odds[several] += combined_penalty(parts, share, odds.dtype)


def terms_of(
    students: pd.DataFrame,
    kind: str,
    levels: ProgramLevels,
    parameters: ChanceParameters,
    assumptions: Assumptions,
    dtype: Any = np.float64,
) -> Terms:
    """Terms of the log-odds of every student at every program of one specialty.

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
    Terms
        Sections 3.2 and 3.3 of docs/methods.md.
    """
    reference = assumptions.group("reference")

    def column(name: str) -> Floats:
        return students[name].to_numpy(dtype=dtype).reshape(-1, 1)

    def term(weight: str, value: Floats, at_reference: float) -> Floats:
        weighed = parameters.logit_scale * parameters.weights[weight] * (value - at_reference)
        return np.asarray(weighed, dtype=dtype)

    typical = float(step2_value(reference["step2_ck"], assumptions))
    clerkships = term("clerkships", column("clerkships"), reference["clerkships"])
    of_student = {
        "spotless": np.asarray(parameters.spotless, dtype=dtype),
        "step2_ck": term("step2_ck", column("step2"), typical),
        "clerkships": clerkships,
        "letters": term("letters", column("letters"), reference["letters"]),
        "research": term("research", column("research"), reference["research"]),
    }
    spotless, step2, _, letters, research = of_student.values()
    flags = students["red_flags"]
    # Few combinations for however many students.
    combinations: dict[tuple[str, ...], int] = {}
    codes = [combinations.setdefault(own, len(combinations)) for own in flags]
    has_flag = {
        flag: np.array([flag in own for own in combinations], dtype=bool)[codes].reshape(-1, 1)
        for flag in FLAGS
    }
    return Terms(
        of_student,
        np.asarray(_program_term(kind, levels, parameters, assumptions), dtype=dtype),
        penalty_parts(has_flag, column("score"), clerkships, kind, levels, parameters, assumptions),
        assumptions.value("several_flags.share"),
        assumptions.value("highest_chance"),
        spotless + (step2 + clerkships + letters + research),
    )


def _program_term(
    kind: str, levels: ProgramLevels, parameters: ChanceParameters, assumptions: Assumptions
) -> Floats:
    worst, best = assumptions.value("scale.step2_worst"), assumptions.value("scale.step2_best")
    above = levels.applicant_step2[kind] - assumptions.value("applicants.step2_mean")
    slope = parameters.logit_scale * parameters.weights["step2_ck"]
    program = -slope * (above / (best - worst))
    if levels.rate is not None:
        program = program + base_rate_level(
            levels.rate, parameters.group_odds, parameters.spotless, assumptions
        )
    return np.asarray(program)


def log_odds_terms(
    students: pd.DataFrame,
    kind: str,
    levels: ProgramLevels,
    parameters: ChanceParameters,
    assumptions: Assumptions,
    dtype: Any = np.float64,
) -> dict[str, Floats]:
    """Terms of the log-odds by name, which sum to it (docs/methods.md, sections 3.2 and 3.3).

    Parameters
    ----------
    students, kind, levels, parameters, assumptions, dtype
        As for `terms_of`.

    Returns
    -------
    dict of str to ndarray
        By `TERMS` but ``signal``; each broadcasts to (n, m) or (draws, n, m).
    """
    return terms_of(students, kind, levels, parameters, assumptions, dtype).named()
