"""What red flags take off the log-odds, and how a high score relieves them (section 3.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.assumptions import Assumptions
from analysis.model.flags import FLAGS, RELIEF
from analysis.model.level import ProgramLevels
from analysis.model.parameters import ChanceParameters, Number

__all__ = ["FlagPart", "combined_penalty", "penalty_parts", "relief"]

Floats = NDArray[np.floating]
COURSE, SEVERAL_COURSES = "course_failure_remediated", "preclinical_failures_multiple"
CLERKSHIPS, CONDUCT = "clerkship_chronic_low", "professionalism"


@dataclass(frozen=True)
class FlagPart:
    """Flags whose penalty is a number of the student times one of the program.

    Flags that share their tolerance share a part, so that many pairs cost one product.

    Parameters
    ----------
    heaviest, total : ndarray of float, shape (n, 1) or (draws, n, 1)
        Lowest, and sum, of the flags' log-odds at the reference's tolerance; 0 without a flag.
    multiplier : ndarray of float, shape (m,) or (draws, 1, m)
        How much heavier they weigh at each program.
    counted : ndarray of float, same shape as heaviest, or None
        Log-odds that another term has taken off already for the same fact.
    beside : (ndarray, ndarray) or None
        A second pair of the like: the lower penalty of the two stands for both.
    """

    heaviest: Floats
    total: Floats
    multiplier: Floats
    counted: Floats | None = None
    beside: tuple[Floats, Floats] | None = None

    @property
    def is_product(self) -> bool:
        """Whether heaviest and total, times the multiplier, say it all."""
        return self.counted is None and self.beside is None

    @property
    def flagged(self) -> NDArray[np.bool_]:
        """Which students have one of the flags, shape (n, 1) or (draws, n, 1)."""
        flagged = self.heaviest < 0
        return flagged if self.beside is None else flagged | (self.beside[0] < 0)

    def rows(self, rows: slice | NDArray[np.int64]) -> FlagPart:
        """The same for some of the students."""
        return FlagPart(
            self.heaviest[..., rows, :],
            self.total[..., rows, :],
            self.multiplier,
            None if self.counted is None else self.counted[..., rows, :],
            None if self.beside is None else (self.beside[0][..., rows, :], self.beside[1]),
        )

    def penalties(self) -> tuple[Floats, Floats]:
        """Lowest and sum of the penalties at each program, <= 0."""
        lowest = self.heaviest * self.multiplier
        if self.is_product:
            return lowest, self.total * self.multiplier
        if self.counted is not None:
            lowest = np.minimum(lowest - self.counted, 0)
        if self.beside is not None:
            lowest = np.minimum(lowest, self.beside[0] * self.beside[1])
        return lowest, lowest


def relief(
    flag: str, kind: str, score: Floats, parameters: ChanceParameters, assumptions: Assumptions
) -> Number:
    """Share of a flag's weight that stays at a score, relative to the anchors' (section 3.2).

    Parameters
    ----------
    flag, kind : str
        Flag code; competitiveness of the specialty.
    score : ndarray of float
        Step 2 CK.
    parameters : ChanceParameters
        With ``kappa``.
    assumptions : Assumptions
        ``relief.from``, ``relief.full``.

    Returns
    -------
    float or ndarray
        1 at and above the full score in a moderately competitive specialty.
    """
    start, full = assumptions.value("relief.from"), assumptions.value("relief.full")
    reached = np.clip((score - start) / (full - start), 0, 1)
    own = parameters.kappa[kind, RELIEF[flag]]
    return (1 - own * reached) / (1 - parameters.kappa["moderate", RELIEF[flag]])


def penalty_parts(
    has_flag: Mapping[str, NDArray[np.bool_]],
    score: Floats,
    clerkships: Floats,
    kind: str,
    levels: ProgramLevels,
    parameters: ChanceParameters,
    assumptions: Assumptions,
) -> list[FlagPart]:
    """Parts of what each student's flags take off at each program (section 3.2).

    Parameters
    ----------
    has_flag : mapping of str to ndarray of bool, shape (n, 1)
        Who has which flag.
    score, clerkships : ndarray of float, shape (n, 1)
        Step 2 CK, and the clerkship term of the log-odds (k * w * (v - reference)); shape
        (draws, n, 1) with drawn parameters.
    kind : str
        Competitiveness of the specialty.
    levels : ProgramLevels
        The programs, m of them.
    parameters : ChanceParameters
        Floats, or draws.
    assumptions : Assumptions
        ``relief``, and the ``reference`` at which the anchors hold.

    Returns
    -------
    list of FlagPart
        None without a flag. A course failure beside several counts once; a clerkship flag is not
        added to the clerkship term.
    """
    # The anchors hold at the weight they were read with; another weight of red flags scales them.
    scale = parameters.weights["red_flags"] / assumptions.value("reference.red_flags_weight")
    slopes: dict[str, Floats] = {}
    for flag in FLAGS:
        if has_flag[flag].any():
            stays = relief(flag, kind, score, parameters, assumptions)
            slope = np.where(has_flag[flag], parameters.gamma[flag] * scale * stays, 0)
            slopes[flag] = np.asarray(slope, dtype=score.dtype)

    def multiplier(flag: str) -> Floats:
        return _multiplier(flag, levels, parameters, assumptions, score.dtype)

    parts: list[FlagPart] = []
    tolerance = levels.flag_tolerance
    if COURSE in slopes and SEVERAL_COURSES in slopes:
        course, several = slopes.pop(COURSE), slopes.pop(SEVERAL_COURSES)
        if tolerance[COURSE] is tolerance[SEVERAL_COURSES]:
            # Where one of the two is missing its slope is 0: the lower is the one that is there.
            slopes[SEVERAL_COURSES] = np.minimum(course, several)
        else:
            beside = course, multiplier(COURSE)
            parts.append(FlagPart(several, several, multiplier(SEVERAL_COURSES), beside=beside))
    counted = np.minimum(clerkships, 0)
    if CLERKSHIPS in slopes and counted.any():
        slope = slopes.pop(CLERKSHIPS)
        counted = np.where(has_flag[CLERKSHIPS], counted, 0)
        parts.append(FlagPart(slope, slope, multiplier(CLERKSHIPS), counted=counted))
    if CONDUCT in slopes:
        slope = slopes.pop(CONDUCT)
        parts.append(FlagPart(slope, slope, multiplier(CONDUCT)))
    alike: dict[int, list[str]] = {}
    for flag in slopes:
        alike.setdefault(id(tolerance[flag]), []).append(flag)
    for flags in alike.values():
        heaviest = total = slopes[flags[0]]
        for flag in flags[1:]:
            heaviest, total = np.minimum(heaviest, slopes[flag]), total + slopes[flag]
        parts.append(FlagPart(heaviest, total, multiplier(flags[0])))
    return parts


def combined_penalty(parts: Sequence[FlagPart], share: float, dtype: Any) -> Floats:
    """Log-odds that all flags together take off at each program (section 3.2).

    Parameters
    ----------
    parts : sequence of FlagPart
        From `penalty_parts`.
    share : float
        ``several_flags.share``: how much of each flag after the heaviest counts.
    dtype : dtype
        Of the answer.

    Returns
    -------
    ndarray of float, shape (n, m) or (draws, n, m), or (1,) without a flag
        <= 0.
    """
    if not parts:
        return np.zeros(1, dtype=dtype)
    if len(parts) == 1 and parts[0].is_product:
        (only,) = parts
        slope = (1 - share) * only.heaviest + share * only.total
        return np.asarray(slope * only.multiplier, dtype=dtype)
    heaviest, total = parts[0].penalties()
    if len(parts) == 1 and heaviest is total:
        return np.asarray(heaviest, dtype=dtype)
    for part in parts[1:]:
        lowest, whole = part.penalties()
        heaviest, total = np.minimum(heaviest, lowest), total + whole
    return np.asarray((1 - share) * heaviest + share * total, dtype=dtype)


def _multiplier(
    flag: str,
    levels: ProgramLevels,
    parameters: ChanceParameters,
    assumptions: Assumptions,
    dtype: Any,
) -> Floats:
    """How much heavier a flag weighs at each program than at the reference's tolerance."""
    tolerance = np.clip(levels.flag_tolerance[flag] + parameters.tolerance_shift, 0, 10)
    multiplier = (10 - tolerance) / (10 - assumptions.value("reference.tolerance"))
    if flag == CONDUCT:
        # The general tolerance is about academic trouble, and says nothing kind about conduct.
        at_least_one = np.maximum(multiplier, 1)
        multiplier = np.where(levels.own_conduct_tolerance, multiplier, at_least_one)
    return np.asarray(multiplier, dtype=dtype)
