"""The whole back-test: learn from earlier years, score the last, and say what it is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.assumptions import Assumptions
from analysis.model.graduates.applications import application_chances
from analysis.model.graduates.bootstrap import applicant_intervals
from analysis.model.graduates.calibration import (
    calibration_in_the_large,
    calibration_line,
    ece,
    ece_null,
    reliability,
)
from analysis.model.graduates.learning import Learned, learned_assumptions
from analysis.model.graduates.lists import list_hit_rates, list_orders
from analysis.model.graduates.scores import BrierParts, brier, brier_parts, log_loss, skill
from analysis.model.graduates.split import knowing_columns, temporal_split

__all__ = ["BETTER", "TOO_FEW_TO_TELL", "WORSE", "Backtest", "run_backtest"]

BETTER, WORSE, TOO_FEW_TO_TELL = "better", "worse", "too_few_to_tell"
NOT_FEATURES = frozenset(
    {
        "graduate_id",
        "year",
        "program_id",
        "interviewed",
        "matched",
        "source",
        "name",
        "advisor_note",
    }
)
LENGTHS = (3, 5, 8, 10, 15, 20, 30)


@dataclass(frozen=True)
class Backtest:
    """What the graduates' outcomes say about the chances.

    Parameters
    ----------
    verdict : {"better", "worse", "too_few_to_tell"}
        Learned set against survey alone, on the year held back: by the interval of the skill.
    reasons : tuple of str
        Why it is too few, and warnings.
    n_applicants, n_applications : int
        Scored: graduates and applications of the last year that have a chance.
    n_learned_from : int
        Graduates of the earlier years.
    years : tuple of int
        Every year of the file; the last is the one scored.
    statistics : DataFrame
        Indexed by statistic: value, low, high; empty where there is nothing to score.
    parts : BrierParts or None
        Murphy's parts of the Brier score.
    calibration_error_by_luck : float
        `ece_null`.
    bins : DataFrame
        Reliability diagram.
    lists : DataFrame
        Hit rates by list length.
    earlier : Learned or None
        What was learned from the earlier years: this is what is scored.
    learned : Learned
        What all years teach: this is what to use from now on.
    """

    verdict: str
    reasons: tuple[str, ...]
    n_applicants: int
    n_applications: int
    n_learned_from: int
    years: tuple[int, ...]
    learned: Learned
    earlier: Learned | None = None
    statistics: pd.DataFrame = field(default_factory=pd.DataFrame)
    parts: BrierParts | None = None
    calibration_error_by_luck: float = float("nan")
    bins: pd.DataFrame = field(default_factory=pd.DataFrame)
    lists: pd.DataFrame = field(default_factory=pd.DataFrame)


def run_backtest(
    applications: pd.DataFrame, assumptions: Assumptions, programs: pd.DataFrame | None = None
) -> Backtest:
    """Learn from all years but the last, score the last (docs/methods.md, section 7).

    Parameters
    ----------
    applications : DataFrame
        Rows of graduates.
    assumptions : Assumptions
        What is believed without them ("the survey").
    programs : DataFrame, optional
        Rows of programs.

    Returns
    -------
    Backtest
        With the verdict that there are too few to tell where that is so; never an error for it.

    Raises
    ------
    ModelError
        If there is no application at all.
    """
    survey = application_chances(applications, assumptions, programs)
    everything = learned_assumptions(survey, assumptions)
    years = tuple(int(year) for year in sorted(applications["year"].unique()))
    warnings = _warnings(applications, survey, assumptions)
    smallest = int(assumptions.value("graduates.smallest_cell"))
    in_last = applications["year"] == years[-1]
    learn, score = in_last.to_numpy() & False, in_last.to_numpy()
    if (
        len(years) > 1
        and not applications.loc[~in_last, "graduate_id"]
        .isin(applications.loc[in_last, "graduate_id"])
        .all()
    ):
        learn, score = temporal_split(applications["year"], applications["graduate_id"])
    scored = score & survey["interview_chance"].notna().to_numpy()
    people = int(applications.loc[scored, "graduate_id"].nunique())
    teachers = int(applications.loc[learn, "graduate_id"].nunique())
    counts = (people, int(scored.sum()), teachers, years)
    if teachers == 0 or people < smallest:
        why = "one year of graduates; a back-test takes two" if teachers == 0 else ""
        why = why or f"fewer than {smallest} graduates in {years[-1]}"
        return Backtest(TOO_FEW_TO_TELL, (why, *warnings), *counts, everything)

    earlier = learned_assumptions(survey[learn], assumptions)
    # Of all programs of the file, as the survey's: the basis and medians hang on which there are.
    ours = application_chances(applications, earlier.assumptions, programs)[scored]
    base_rate = float(applications.loc[learn, "interviewed"].mean())
    theirs = survey.loc[scored, "interview_chance"].to_numpy(dtype=np.float64)
    statistics = applicant_intervals(
        _statistics(ours, theirs, base_rate),
        ours["graduate_id"],
        draws=int(assumptions.value("graduates.bootstrap_draws")),
        seed=int(assumptions.value("graduates.seed")),
    )
    said, rho = (
        ours["interview_chance"],
        float(np.mean(earlier.assumptions.values("latent_correlation"))),
    )
    verdict, reasons = _verdict(statistics, people, assumptions, earlier)
    lengths = [length for length in LENGTHS if _longer(ours, length) >= smallest]
    seed = int(assumptions.value("graduates.seed"))
    return Backtest(
        verdict,
        (*reasons, *warnings),
        *counts,
        everything,
        earlier,
        statistics,
        brier_parts(ours["interviewed"], said),
        ece_null(said, ours["graduate_id"], rho, seed=seed),
        reliability(
            ours["interviewed"], said, ours["graduate_id"], rho, smallest_cell=smallest, seed=seed
        ),
        list_hit_rates(
            ours["interviewed"],
            ours["graduate_id"],
            list_orders(ours, earlier.assumptions),
            lengths,
            smallest,
        )
        if lengths
        else pd.DataFrame(),
    )


def _statistics(
    ours: pd.DataFrame, theirs: NDArray[np.float64], base_rate: float
) -> Callable[[NDArray[np.float64]], dict[str, float]]:
    """All statistics of the scored applications, as a function of their weights."""
    happened = ours["interviewed"].to_numpy(dtype=np.float64)
    said = ours["interview_chance"].to_numpy(dtype=np.float64)
    flat = np.full_like(said, base_rate)

    def statistics(weight: NDArray[np.float64]) -> dict[str, float]:
        loss = brier(happened, said, weight)
        line = calibration_line(happened, said, weight)
        return {
            "brier": loss,
            "log_loss": log_loss(happened, said, weight),
            "skill_vs_base_rate": skill(loss, brier(happened, flat, weight)),
            "skill_vs_survey": skill(loss, brier(happened, theirs, weight)),
            "calibration_in_the_large": calibration_in_the_large(happened, said, weight),
            "calibration_slope": line.slope,
            "calibration_intercept": line.intercept,
            "ece": ece(happened, said, weight),
        }

    return statistics


def _verdict(
    statistics: pd.DataFrame, people: int, assumptions: Assumptions, earlier: Learned
) -> tuple[str, list[str]]:
    least = int(assumptions.value("graduates.least_tested"))
    if people < least:
        return TOO_FEW_TO_TELL, [f"{people} graduates scored, under {least}"]
    if earlier.rho is None:
        return TOO_FEW_TO_TELL, ["too few graduates in the earlier years to learn from"]
    gain = statistics.loc["skill_vs_survey"]
    if gain["low"] > 0:
        return BETTER, []
    if gain["high"] < 0:
        return WORSE, []
    return TOO_FEW_TO_TELL, ["the interval of the skill over the survey holds 0"]


def _warnings(
    applications: pd.DataFrame, survey: pd.DataFrame, assumptions: Assumptions
) -> list[str]:
    features = applications[[c for c in applications if c not in NOT_FEATURES]]
    knowing = knowing_columns(
        features,
        applications["interviewed"],
        applications["graduate_id"],
        assumptions.value("graduates.knowing_auc"),
    )
    found = [
        f"column {name} knows the outcome: was it filled in afterwards? Leave it out"
        for name in knowing
    ]
    behind = int(((survey["gate"] == 0) & (survey["interviewed"] == 1)).sum())
    if behind:
        found.append(
            f"{behind} interviews came from programs whose gate the file says is closed: check "
            "step2_cutoff, auto_screen_any_failure and override"
        )
    left_out = survey.loc[survey["left_out"] != "", "left_out"].value_counts()
    found += [f"{count} applications not learned from: {why}" for why, count in left_out.items()]
    return found


def _longer(rows: pd.DataFrame, length: int) -> int:
    return int((rows["graduate_id"].value_counts() > length).sum())
