"""The office's own graduates against the survey: how good its chances were, and what to learn.

A chapter a question (docs/methods-graduates.md): `applications` (what the model says of what was
sent), `calibration` (how good it was, and how sure), `posterior` (what outcomes say), `learning`
(a new set of assumptions), `by_score` (how far a score outweighs a flag), `yardstick` (a plain
regression, and advisors who see more), `backtest` (all of it, on a year held back), `neighbors`
(past graduates like a student).
"""

from analysis.model.outcomes.backtest import RIVALS, WORSE, Backtest, run_backtest
from analysis.model.outcomes.learning import Learned, learned_assumptions
from analysis.model.outcomes.neighbors import (
    Alike,
    chance_by_score,
    commonest_flag,
    graduates_alike,
)
from analysis.model.outcomes.posterior import Estimate

__all__ = [
    "RIVALS",
    "WORSE",
    "Alike",
    "Backtest",
    "Estimate",
    "Learned",
    "chance_by_score",
    "commonest_flag",
    "graduates_alike",
    "learned_assumptions",
    "run_backtest",
]
