"""The office's own graduates against the survey: how good its chances were, and what to learn.

One file a question (docs/methods.md, section 7): `scores` and `calibration` (how good), `bootstrap`
(how sure), `split` (what was known beforehand), `applications` (what the model says of what was
sent), `clusters`, `pooling`, `overdispersion`, `shrinkage` and `placement` (what outcomes say),
`learning` and `changes` (a new set of assumptions), `lists` (would a shorter list have done),
`alike` (past graduates like a student), `backtest` (all of it).
"""

from analysis.model.graduates.alike import Alike, gower_distance, graduates_alike
from analysis.model.graduates.applications import application_chances
from analysis.model.graduates.backtest import Backtest, run_backtest
from analysis.model.graduates.calibration import (
    calibration_in_the_large,
    calibration_line,
    ece,
    ece_null,
    reliability,
)
from analysis.model.graduates.learning import Learned, learned_assumptions
from analysis.model.graduates.overdispersion import Estimate, applicant_correlation
from analysis.model.graduates.pooling import pooled_effects
from analysis.model.graduates.scores import brier, brier_parts, log_loss, skill
from analysis.model.graduates.shrinkage import prior_sample_size, shrunk_rate
from analysis.model.graduates.split import knowing_columns, temporal_split

__all__ = [
    "Alike",
    "Backtest",
    "Estimate",
    "Learned",
    "applicant_correlation",
    "application_chances",
    "brier",
    "brier_parts",
    "calibration_in_the_large",
    "calibration_line",
    "ece",
    "ece_null",
    "gower_distance",
    "graduates_alike",
    "knowing_columns",
    "learned_assumptions",
    "log_loss",
    "pooled_effects",
    "prior_sample_size",
    "reliability",
    "run_backtest",
    "shrunk_rate",
    "skill",
    "temporal_split",
]
