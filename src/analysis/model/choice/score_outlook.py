"""A list made before the score is known: what the score will change, and whether to wait for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.assumptions import Assumptions
from analysis.model.choice.application_list import ApplicationList, list_outcome
from analysis.model.choice.problem import ListChances, ListWishes, with_ties
from analysis.model.choice.value import match_chance
from analysis.model.correlation import mechanism, scenarios
from analysis.model.expected_score import ExpectedScore, expected_score
from analysis.model.match_stage import match_rates
from analysis.model.profile import specialties_of

__all__ = ["ScoreOutlook", "score_outlook"]

# Ends of the likely scores, and at how many of them the lists are compared.
TAILS, SCORES = (0.05, 0.95), 9


@dataclass(frozen=True)
class ScoreOutlook:
    """What a score that is not known yet may do to a list.

    Parameters
    ----------
    expected : ExpectedScore
        Chances of each score.
    low, high : float
        Scores at the 5th and 95th percentile; the lower is NaN where a fail is that likely.
    cutoffs : DataFrame
        Programs of the list that state a cutoff: program_id, program_name, step2_cutoff,
        under_cutoff (chance to score below it, 0-1); the likeliest to be missed first.
    by_score : DataFrame
        A row a group of equally likely scores: score (its middle), weight, now (match chance of
        the list as it is) and waiting (of the list that would be chosen with that score).
    least_gain : float
        Match chance from which waiting is advised.
    """

    expected: ExpectedScore
    low: float
    high: float
    cutoffs: pd.DataFrame
    by_score: pd.DataFrame
    least_gain: float

    @property
    def now(self) -> float:
        """Match chance of the list as it is, over the groups of scores."""
        return float(self.by_score["weight"] @ self.by_score["now"])

    @property
    def waiting(self) -> float:
        """Match chance where the list is chosen once the score is known."""
        return float(self.by_score["weight"] @ self.by_score["waiting"])

    @property
    def wait(self) -> bool:
        """Whether to choose the list when the score is in, if it comes before applications open."""
        return self.waiting - self.now >= self.least_gain


def score_outlook(
    student: pd.DataFrame,
    found: ApplicationList,
    programs: pd.DataFrame,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
    wishes: ListWishes | None = None,
) -> ScoreOutlook | None:
    """What a score that is not known yet may do to a list; None where none is to come."""
    row = student.iloc[0].to_dict()
    expected = expected_score(row, assumptions)
    if expected is None or expected.exam == "comlex2":
        return None
    problem, chosen = found.problem, found.choice.chosen
    middle, weight = expected.grouped(expected.score[:, None], SCORES)
    kinds = specialties_of(row, assumptions)
    rate = match_rates(row, problem.programs["specialty"], kinds, problem.ties, assumptions)
    asked = wishes or ListWishes()
    ties = with_ties(preferences, str(row["student_id"]), asked)
    signals = dict(zip(chosen.tolist(), found.choice.option, strict=True))
    rows = []
    for (score,), share in zip(np.round(middle), weight, strict=True):
        if score == 0:  # the group of failing scores
            rows.append((np.nan, share, 0.0, 0.0))
            continue
        known = student.assign(step2_ck=score)
        chances = ListChances(known, problem, assumptions, ties).by_score(signals)[0]
        offers = scenarios(chances[chosen], rate[chosen], mechanism(assumptions))
        now = match_chance(offers, np.arange(chosen.size)) if chosen.size else 0.0
        waiting, _, _ = list_outcome(known, programs, assumptions, preferences, asked)
        rows.append((score, share, now, waiting))
    listed = found.programs.merge(programs[["program_id", "step2_cutoff"]], on="program_id")
    cutoffs = listed[["program_id", "program_name", "step2_cutoff"]].dropna().reset_index(drop=True)
    cutoffs["under_cutoff"] = expected.under(cutoffs["step2_cutoff"].to_numpy())
    return ScoreOutlook(
        expected,
        expected.quantile(TAILS[0]),
        expected.quantile(TAILS[1]),
        cutoffs.sort_values("under_cutoff", ascending=False, ignore_index=True, kind="stable"),
        pd.DataFrame(rows, columns=["score", "weight", "now", "waiting"]),
        assumptions.value("list.flat_gain"),
    )
