"""Which conclusions hold: what changes when the assumptions do (docs/methods.md, section 6)."""

from analysis.model.sensitivity.case import (
    Case,
    Resampled,
    list_flips,
    list_tornado,
    match_variance,
    resampled,
)
from analysis.model.sensitivity.inputs import Input, Inputs
from analysis.model.sensitivity.one_at_a_time import (
    Flip,
    flip_in_range,
    order_flip,
    pairwise_flip,
    tornado,
)
from analysis.model.sensitivity.resampling import (
    SensitivityAnalysis,
    acceptability_changes,
    close_calls,
    first_places,
    order_flips,
    report_lists,
    sensitivity_analysis,
    student_case,
)
from analysis.model.sensitivity.smaa import (
    Draws,
    central_weights,
    kendall_tau,
    match_chances,
    overlap_at,
    pairwise_wins,
    rank_acceptability,
    resampled_lists,
)
from analysis.model.sensitivity.sobol import sobol_indices, sobol_sample, uncertain_inputs
from analysis.model.sensitivity.weights import (
    Surveyed,
    bootstrap_weights,
    matched_concentration,
    rescaled_weights,
    surveyed_weights,
)

__all__ = [
    "Case",
    "Draws",
    "Flip",
    "Input",
    "Inputs",
    "Resampled",
    "SensitivityAnalysis",
    "Surveyed",
    "acceptability_changes",
    "bootstrap_weights",
    "central_weights",
    "close_calls",
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
    "report_lists",
    "resampled",
    "resampled_lists",
    "rescaled_weights",
    "sensitivity_analysis",
    "sobol_indices",
    "sobol_sample",
    "student_case",
    "surveyed_weights",
    "tornado",
    "uncertain_inputs",
]
