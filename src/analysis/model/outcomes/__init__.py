"""The office's own graduates against the survey: how good its chances were, and what to learn.

A chapter a question (docs/methods-graduates.md): `graduates` (chances of what they applied to,
who is most like a student), `calibration` (how good the chances
were, and how sure), `posterior` (what outcomes say), `learning` (a new set of assumptions),
`backtest` (all of it, on a year held back, beside a regression and advisors who see more; and
how far a score outweighs a flag).
"""

from analysis.model.outcomes.backtest import RIVALS, Backtest, chance_by_score, run_backtest
from analysis.model.outcomes.graduates import (
    Alike,
    commonest_flag,
    graduates_alike,
    matched_by_flag,
    most_matched,
)
from analysis.model.outcomes.posterior import Estimate
