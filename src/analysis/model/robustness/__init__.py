"""Which conclusions hold: what changes when the assumptions do (docs/methods.md, section 6)."""

from analysis.model.robustness.bench import (
    Bench,
    acceptability_changes,
    report_lists,
    robustness_bench,
    student_case,
)
from analysis.model.robustness.case import (
    Case,
    Redrawn,
    list_flips,
    list_tornado,
    match_variance,
    redrawn,
)
from analysis.model.robustness.contests import close_contests, first_places, order_flips
from analysis.model.robustness.flips import Flip, flip_in_range, order_flip, pairwise_flip
from analysis.model.robustness.inputs import Input, Inputs
from analysis.model.robustness.overlap import kendall_tau, overlap_at
from analysis.model.robustness.redraws import Draws, match_chances, redrawn_lists
from analysis.model.robustness.smaa import central_weights, pairwise_wins, rank_acceptability
from analysis.model.robustness.sobol import sobol_indices, sobol_sample
from analysis.model.robustness.surveyed import (
    Surveyed,
    matched_concentration,
    surveyed_weights,
)
from analysis.model.robustness.swings import tornado
from analysis.model.robustness.uncertain import uncertain_inputs
from analysis.model.robustness.weights import (
    bootstrap_weights,
    dirichlet_weights,
    rescaled_weights,
    uniform_weights,
)

__all__ = [
    "Bench",
    "Case",
    "Draws",
    "Flip",
    "Input",
    "Inputs",
    "Redrawn",
    "Surveyed",
    "acceptability_changes",
    "bootstrap_weights",
    "central_weights",
    "close_contests",
    "dirichlet_weights",
    "first_places",
    "flip_in_range",
    "kendall_tau",
    "list_flips",
    "list_tornado",
    "match_chances",
    "match_variance",
    "matched_concentration",
    "order_flip",
    "order_flips",
    "overlap_at",
    "pairwise_flip",
    "pairwise_wins",
    "rank_acceptability",
    "redrawn",
    "redrawn_lists",
    "report_lists",
    "rescaled_weights",
    "robustness_bench",
    "sobol_indices",
    "sobol_sample",
    "student_case",
    "surveyed_weights",
    "tornado",
    "uncertain_inputs",
    "uniform_weights",
]
