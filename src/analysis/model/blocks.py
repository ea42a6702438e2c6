"""Chances of very many pairs, block by block, without a frame (docs/methods.md, section 3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.assumptions import Assumptions
from analysis.model.flags import EXAM_FAILURES
from analysis.model.gate import gate
from analysis.model.level import program_levels
from analysis.model.parameters import chance_parameters
from analysis.model.profile import profile_levels
from analysis.model.terms import terms_of

__all__ = ["chance_blocks"]

Floats = NDArray[np.floating]
# Students of a block: so few that block and scratch stay in a core's cache.
ROWS = 32


def chance_blocks(
    students: pd.DataFrame,
    kind: str,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    dtype: Any = np.float32,
    rows: int = ROWS,
) -> Iterator[tuple[slice, Floats]]:
    """Chances of every student at every program of one specialty, gate included.

    The function behind `interview_chance`, without ties, signals, ranges and reasons, for numbers
    of pairs that no frame would hold.

    Parameters
    ----------
    students : DataFrame
        Rows of students, n of them, all of this specialty.
    kind : {"ultra", "moderate", "less"}
        Its competitiveness.
    programs : DataFrame
        Rows of programs of this specialty, m of them.
    assumptions : Assumptions
        Every number of the model.
    dtype : dtype
        float32 keeps a chance to about 1e-6.
    rows : int
        Students of a block.

    Yields
    ------
    slice
        Which students.
    ndarray of float, shape (<= rows, m)
        Their chances; the next block overwrites it.
    """
    levels = program_levels(programs, assumptions)
    profiles = profile_levels(students, assumptions)
    terms = terms_of(profiles, kind, levels, chance_parameters(assumptions), assumptions, dtype)
    screens = _screens(students, profiles, programs, assumptions, dtype)
    score = profiles["score"].to_numpy(dtype=dtype).reshape(-1, 1)
    known = programs["step2_cutoff"].to_numpy(dtype=dtype)
    cutoff = np.where(np.isnan(known), -np.inf, known).astype(dtype)
    block = np.empty((rows, len(programs)), dtype=dtype)
    passes = np.empty(block.shape, dtype=bool)
    for start in range(0, len(students), rows):
        here = slice(start, min(start + rows, len(students)))
        count = here.stop - here.start
        chances, reached = block[:count], passes[:count]
        terms.rows(here).chance(out=chances)
        np.greater_equal(score[here], cutoff, out=reached)
        np.multiply(chances, reached, out=chances)
        for at, screen in enumerate(screens[here]):
            if screen is not None:
                chances[at] *= screen
        yield here, chances


def _screens(
    students: pd.DataFrame,
    profiles: pd.DataFrame,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    dtype: Any,
) -> list[Floats | None]:
    """What each program screens besides the score, by student; None where nothing is screened."""
    known: dict[tuple[Any, ...], Floats | None] = {}
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
