"""Which conclusions hold: what changes when the assumptions do (docs/methods.md, section 6)."""

from analysis.model.sensitivity.influence import (
    pairwise_flip,
    sobol_indices,
    sobol_sample,
    uncertain_inputs,
)
from analysis.model.sensitivity.inputs import (
    matched_concentration,
    rescaled_weights,
    surveyed_weights,
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
    Case,
    central_weights,
    list_flips,
    list_tornado,
    match_variance,
    rank_acceptability,
    resampled,
)
