"""Log-odds of an interview term by term, and screening rules (sections 3.2 and 3.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.assumptions import Assumptions
from analysis.model.level import ProgramLevels
from analysis.model.parameters import FLAGS, ChanceParameters, relief
from analysis.model.profile import needs_visa, step2_value
from analysis.vocabulary import EXAM_FAILURES

Floats = NDArray[np.floating]
COURSE, SEVERAL_COURSES = "course_failure_remediated", "preclinical_failures_multiple"
CLERKSHIPS, CONDUCT = "clerkship_chronic_low", "professionalism"


@dataclass(frozen=True)
class FlagPart:
    """Flags whose penalty is a number of the student times one of the program."""

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


def penalty_parts(
    has_flag: Mapping[str, NDArray[np.bool_]],
    score: Floats,
    clerkships: Floats,
    kind: str,
    levels: ProgramLevels,
    parameters: ChanceParameters,
    assumptions: Assumptions,
) -> list[FlagPart]:
    """Parts of what each student's flags take off at each program (section 3.2)."""
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
    """Log-odds that all flags together take off at each program (section 3.2)."""
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


TERMS = (
    "spotless",
    "step2_ck",
    "clerkships",
    "letters",
    "research",
    "degree",
    "program",
    "place",
    "signal",
    "red_flags",
)


@dataclass(frozen=True)
class Terms:
    """Terms of the log-odds for n students and m programs, not yet added up."""

    of_student: dict[str, Floats]
    program: Floats
    flags: list[FlagPart]
    several_flags_share: float
    highest_chance: float
    base: Floats

    def named(self) -> dict[str, Floats]:
        """Terms by name but place and signal; they sum up, each (n, m), (draws, n, m) or less."""
        penalty = combined_penalty(self.flags, self.several_flags_share, self.base.dtype)
        return {**self.of_student, "program": self.program, "red_flags": penalty}

    def rows(self, rows: slice) -> Terms:
        """The same for some of the students; their terms by name are left out."""
        return Terms(
            {},
            self.program,
            [part.rows(rows) for part in self.flags],
            self.several_flags_share,
            self.highest_chance,
            self.base[..., rows, :],
        )

    def chance(self, further: Floats | None = None, out: Floats | None = None) -> Floats:
        """Chance behind an open gate, with further log-odds such as a signal's (section 3.2)."""
        odds = np.add(self.base, self.program, out=out)
        self._add_penalty(odds)
        if further is not None:
            odds += further
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
    """Terms of the log-odds of every student at every program of one specialty."""
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
        "degree": np.asarray(levels.degree_term(students["group"], kind, parameters), dtype=dtype),
    }
    spotless, step2, _, letters, research, degree = of_student.values()
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
        np.asarray(levels.program_term(kind, parameters), dtype=dtype),
        penalty_parts(has_flag, column("score"), clerkships, kind, levels, parameters, assumptions),
        assumptions.value("several_flags.share"),
        assumptions.value("highest_chance"),
        spotless + (step2 + clerkships + letters + research) + degree,
    )


TIES = ("home", "rotation", "contact")


@dataclass(frozen=True)
class Gate:
    """Gate of one student at each program; arrays of shape (programs,)."""

    opening: NDArray[np.float64]
    if_open: NDArray[np.float64]
    if_closes: NDArray[np.float64]
    reason: NDArray[Any]
    unknown: NDArray[Any]

    def some(self, programs: NDArray[np.int64]) -> Gate:
        """The same at some of the programs."""
        return Gate(*(getattr(self, one.name)[..., programs] for one in fields(self)))


def gate(
    student: Mapping[str, Any],
    red_flags: tuple[str, ...],
    programs: pd.DataFrame,
    assumptions: Assumptions,
    ties: NDArray[Any] | None = None,
    signals: NDArray[Any] | None = None,
) -> Gate:
    """Gate at each program of one student, or of students alike but for a ``step2_ck`` each."""
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

    def screened(name: str, word: str, why: str, share: float = 0.0) -> None:
        """Close where a column says the word, and doubt where it says nothing."""
        said = column(name)
        close((said == word).to_numpy(), why)
        doubt(said.isna().to_numpy(), name, share)

    score = np.asarray(student.get("step2_ck", np.nan), dtype=np.float64)
    cutoff = column("step2_cutoff").to_numpy(dtype=float)
    close(score < cutoff, "Step 2 CK under the cutoff")
    in_doubt = unstated_cutoff_in_doubt(score, cutoff, column("specialty"), assumptions)
    doubt(in_doubt, "step2_cutoff")
    if EXAM_FAILURES & set(red_flags):
        share = assumptions.value("auto_screen_share")
        why = "screens out any failed licensing exam"
        screened("auto_screen_any_failure", "yes", why, share)
    if "professionalism" in red_flags:
        screened("veto_professionalism", "yes", "refuses any professionalism concern")
    override = _override(assumptions, ties, signals, count)
    for chances in (opening, best, worst):
        chances += override * (1 - chances)
    if student.get("degree") == "us_do":
        screened("accepts_do", "no", "takes no DO applicants")
    if student.get("comlex_only", False):
        screened("accepts_comlex", "no", "reads no COMLEX without Step 2 CK")
    if needs_visa(student):
        screened("visa", "none", "sponsors no visa")
    failing = np.broadcast_to(score < assumptions.value("passing.since_july_2025"), count)
    if failing.any():
        unknowns.append((failing, "step2_ck"))
    return Gate(opening, best, worst, _joined(reasons, count), _joined(unknowns, count))


def unstated_cutoff_in_doubt(
    score: NDArray[np.float64],
    cutoff: NDArray[np.float64],
    specialty: pd.Series,
    assumptions: Assumptions,
) -> NDArray[np.bool_]:
    """Where a cutoff that a program does not state may well lie above the score.

    Taken as one more of the n that programs of its specialty state, k of them above the score, it
    lies above with chance (k + 1) / (n + 1).
    """
    most = assumptions.value("unstated_cutoff_share")
    unstated = np.isnan(cutoff)
    doubtful = unstated.copy()
    scores = np.broadcast_to(score, cutoff.shape)
    names = specialty.to_numpy(dtype=object)
    for name in set(names[unstated]):
        own = names == name if isinstance(name, str) else np.ones(len(names), dtype=bool)
        stated, here = np.sort(cutoff[own & ~unstated]), own & unstated
        above = len(stated) - np.searchsorted(stated, scores[here], side="right")
        doubtful[here] = (above + 1 > most * (len(stated) + 1)) | np.isnan(scores[here])
    return doubtful


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
