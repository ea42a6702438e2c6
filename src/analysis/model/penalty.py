"""What red flags take off the log-odds, and how a high score relieves them (section 3.2)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analysis.assumptions import Assumptions
from analysis.model.flags import FLAGS, RELIEF
from analysis.model.level import ProgramLevels
from analysis.model.parameters import ChanceParameters, Number

__all__ = ["penalty", "relief"]

Floats = NDArray[np.floating]
COURSE, SEVERAL_COURSES = "course_failure_remediated", "preclinical_failures_multiple"
CLERKSHIPS, CONDUCT = "clerkship_chronic_low", "professionalism"


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


def penalty(
    has_flag: Mapping[str, NDArray[np.bool_]],
    score: Floats,
    clerkships: Floats,
    kind: str,
    levels: ProgramLevels,
    parameters: ChanceParameters,
    assumptions: Assumptions,
) -> Floats:
    """Log-odds that each student's flags take off at each program (section 3.2).

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
        ``several_flags.share``, ``relief``, ``weights`` at the base.

    Returns
    -------
    ndarray of float, shape (n, m) or (draws, n, m)
        <= 0. The heaviest flag counts in full, each further one by the share; a course failure
        beside several counts once; a clerkship flag is not added to the clerkship term.
    """
    share = assumptions.value("several_flags.share")
    # The anchors hold at the weight they were read with; another weight of red flags scales them.
    scale = parameters.weights["red_flags"] / assumptions.value("reference.red_flags_weight")
    parts: dict[str, Floats] = {}
    for flag in FLAGS:
        if not has_flag[flag].any():
            continue
        stays = relief(flag, kind, score, parameters, assumptions)
        at_reference = np.where(has_flag[flag], parameters.gamma[flag] * scale * stays, 0)
        parts[flag] = at_reference * _multiplier(flag, levels, parameters, score.dtype)
    if CLERKSHIPS in parts:
        counted = np.where(has_flag[CLERKSHIPS], np.minimum(clerkships, 0), 0)
        parts[CLERKSHIPS] = np.minimum(parts[CLERKSHIPS] - counted, 0)
    if COURSE in parts and SEVERAL_COURSES in parts:
        both = has_flag[COURSE] & has_flag[SEVERAL_COURSES]
        lower = np.minimum(parts[COURSE], parts[SEVERAL_COURSES])
        parts[SEVERAL_COURSES] = np.where(both, lower, parts[SEVERAL_COURSES])
        parts[COURSE] = np.where(both, 0, parts[COURSE])
    if not parts:
        return np.zeros(1, dtype=score.dtype)
    first, *others = parts.values()
    if not others:
        return first
    heaviest, total = first, first
    for part in others:
        heaviest, total = np.minimum(heaviest, part), total + part
    return (1 - share) * heaviest + share * total


def _multiplier(
    flag: str, levels: ProgramLevels, parameters: ChanceParameters, dtype: np.dtype
) -> Floats:
    """How much heavier a flag weighs at each program than at the reference's tolerance."""
    tolerance = np.clip(levels.flag_tolerance[flag] + parameters.tolerance_shift, 0, 10)
    multiplier = (10 - tolerance) / 5
    if flag == CONDUCT:
        # The general tolerance is about academic trouble, and says nothing kind about conduct.
        at_least_one = np.maximum(multiplier, 1)
        multiplier = np.where(levels.own_conduct_tolerance, multiplier, at_least_one)
    return np.asarray(multiplier, dtype=dtype)
