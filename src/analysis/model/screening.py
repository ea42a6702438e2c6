"""Screening rules: cutoffs and filters that close a program to a file (section 3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.assumptions import Assumptions
from analysis.model.flags import EXAM_FAILURES

__all__ = ["Gate", "gate"]

TIES = ("home", "rotation", "contact")


@dataclass(frozen=True)
class Gate:
    """Gate of one student at each program; arrays of shape (programs,)."""

    opening: NDArray[np.float64]
    if_open: NDArray[np.float64]
    if_closes: NDArray[np.float64]
    reason: NDArray[Any]
    unknown: NDArray[Any]


def gate(
    student: Mapping[str, Any],
    red_flags: tuple[str, ...],
    programs: pd.DataFrame,
    assumptions: Assumptions,
    ties: NDArray[Any] | None = None,
    signals: NDArray[Any] | None = None,
) -> Gate:
    """Gate of one student at each program.

    Returns
    -------
    Gate
        Score cutoff, exam screen and conduct veto, opened by the largest override that applies;
        degree, COMLEX and visa, which no tie opens.
    """
    count = len(programs)
    opening, best, worst = np.ones(count), np.ones(count), np.ones(count)
    reasons: list[tuple[NDArray[np.bool_], str]] = []
    unknowns: list[tuple[NDArray[np.bool_], str]] = []

    def column(name: str) -> pd.Series:
        return programs[name] if name in programs else pd.Series(np.nan, programs.index)

    def close(closed: NDArray[np.bool_], why: str) -> None:
        for chances in (opening, best, worst):
            chances[closed] = 0
        reasons.append((closed, why))

    def doubt(unknown: NDArray[np.bool_], name: str, share: float = 0.0) -> None:
        opening[unknown] *= 1 - share
        worst[unknown] = 0
        unknowns.append((unknown, name))

    score = float(student.get("step2_ck", np.nan))
    cutoff = column("step2_cutoff").to_numpy(dtype=float)
    close(score < cutoff, "Step 2 CK under the cutoff")
    doubt(np.isnan(cutoff), "step2_cutoff")
    if EXAM_FAILURES & set(red_flags):
        screen = column("auto_screen_any_failure")
        close((screen == "yes").to_numpy(), "screens out any failed licensing exam")
        share = assumptions.value("auto_screen_share")
        doubt(screen.isna().to_numpy(), "auto_screen_any_failure", share)
    if "professionalism" in red_flags:
        veto = column("veto_professionalism")
        close((veto == "yes").to_numpy(), "refuses any professionalism concern")
        doubt(veto.isna().to_numpy(), "veto_professionalism")
    override = _override(assumptions, ties, signals, count)
    for chances in (opening, best, worst):
        chances += override * (1 - chances)
    if student.get("degree") == "us_do":
        accepts = column("accepts_do")
        close((accepts == "no").to_numpy(), "takes no DO applicants")
        doubt(accepts.isna().to_numpy(), "accepts_do")
    if student.get("comlex_only", False):
        reads = column("accepts_comlex")
        close((reads == "no").to_numpy(), "reads no COMLEX without Step 2 CK")
        doubt(reads.isna().to_numpy(), "accepts_comlex")
    if student.get("needs_visa") == "yes":
        visa = column("visa")
        close((visa == "none").to_numpy(), "sponsors no visa")
        doubt(visa.isna().to_numpy(), "visa")
    if score < assumptions.value("passing.since_july_2025"):
        unknowns.append((np.ones(count, dtype=bool), "step2_ck"))
    return Gate(opening, best, worst, _joined(reasons, count), _joined(unknowns, count))


def _override(
    assumptions: Assumptions, ties: NDArray[Any] | None, signals: NDArray[Any] | None, count: int
) -> NDArray[np.float64]:
    override = np.zeros(count)
    if ties is not None:
        for tie in TIES:
            override[ties == tie] = assumptions.value(f"override.{tie}")
    if signals is not None:
        sent = np.isin(signals, ("gold", "silver"))
        share = assumptions.value("override.signal")
        override[sent] = np.maximum(override[sent], share)
    return override


def _joined(parts: list[tuple[NDArray[np.bool_], str]], count: int) -> NDArray[Any]:
    """Words that hold at each program, separated by ``;``."""
    # Few words and many programs: one text for each combination that occurs.
    code = np.zeros(count, dtype=np.int64)
    for at, (holds, _) in enumerate(parts):
        code += holds.astype(np.int64) << at
    texts = [
        ";".join(word for at, (_, word) in enumerate(parts) if number >> at & 1)
        for number in range(1 << len(parts))
    ]
    return np.array(texts, dtype=object)[code]
