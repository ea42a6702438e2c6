import numpy as np
import pytest

from analysis.assumptions import read_assumptions
from analysis.model.profile import (
    clerkship_value,
    flags_value,
    profile_levels,
    profile_points,
    step2_value,
)
from tests.unit.model.pairs import frame, student

ASSUMPTIONS = read_assumptions()


def test_scores_are_valued_between_218_and_275():
    found = step2_value([200, 218, 246.5, 260, 275, 300], ASSUMPTIONS)
    assert found == pytest.approx([0, 0, 0.5, 42 / 57, 1, 1])


def test_no_honors_is_not_the_worst_clerkship_record():
    found = clerkship_value([0, 0.2, 0.6, 0.75, 1], ASSUMPTIONS)
    assert found == pytest.approx([0.3, 0.4, 0.6, 0.75, 1])


@pytest.mark.parametrize(
    ("flags", "value"),
    [
        ((), 1),
        (("course_failure_remediated",), 0.656),
        (("step1_failure",), 0.289),
        (("step2_failure",), 0.289),
        (("preclinical_failures_multiple",), 0.102),
        (("loa_academic",), 0),
        (("loa_academic", "step1_failure"), 0),
        (("course_failure_remediated", "preclinical_failures_multiple"), 0.102),
    ],
)
def test_flags_are_valued_by_their_anchors(flags, value):
    assert flags_value(flags, ASSUMPTIONS) == pytest.approx(value, abs=0.001)


def test_professionalism_lies_below_the_scale():
    assert np.isnan(flags_value(("professionalism",), ASSUMPTIONS))


def test_points_are_weights_times_values_and_the_range_is_named():
    points = profile_points(frame(student(step2_ck=275)), ASSUMPTIONS).set_index("factor")
    assert points["points"].to_dict() == pytest.approx(
        {"step2_ck": 30, "clerkships": 15, "letters": 12, "red_flags": 15, "research": 4}
    )
    assert points.loc["step2_ck", "swing"] == "218 to 275"
    assert points["swing"].str.len().min() > 0


def test_empty_cells_take_the_reference_and_are_named():
    empty = student(clerkship_honors_fraction=None, letters=None, research_items=None)
    levels = profile_levels(frame(empty), ASSUMPTIONS).iloc[0]
    assert levels[["clerkships", "letters", "research"]].tolist() == [0.6, 0.6, 0.4]
    assert levels["taken_as_typical"] == ("clerkship_honors_fraction", "letters", "research_items")


def test_research_counts_up_to_ten_items():
    rows = frame(*(student(research_items=items) for items in (0, 4, 10, 40)))
    assert profile_levels(rows, ASSUMPTIONS)["research"].tolist() == [0, 0.4, 1, 1]
