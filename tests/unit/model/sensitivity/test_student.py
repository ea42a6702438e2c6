from dataclasses import replace

import numpy as np
import pytest

from analysis import tables
from analysis.assumptions import read_assumptions
from analysis.errors import ModelError
from analysis.model.chance import interview_chance
from analysis.model.choice.application_list import application_list
from analysis.model.choice.problem import ListWishes
from analysis.model.sensitivity import resampling as b
from analysis.paths import from_root

ASSUMPTIONS = read_assumptions(overrides=["level.basis=article"])
PROGRAMS = tables.read_programs(from_root("data/sample/programs.csv"))
STUDENT = tables.read_student(from_root("data/sample/students.csv"), "S002")
FOUND = application_list(STUDENT, PROGRAMS, ASSUMPTIONS, with_range=False)
OWN = FOUND.problem.programs


@pytest.fixture(scope="module")
def case():
    return b.student_case(FOUND, ASSUMPTIONS)


def unsignalled(case, values):
    return case.signalled(values, {}, np.arange(len(OWN)))


def test_at_the_base_the_chances_are_those_of_the_report(case):
    own = interview_chance(STUDENT, OWN, ASSUMPTIONS, with_range=False)
    (chance,) = unsignalled(case, case.inputs.base())
    assert case.program_id == tuple(own["program_id"])
    assert chance == pytest.approx(own["interview_chance"].to_numpy(), abs=1e-12)


def test_one_weight_moved_has_the_chances_of_that_weight_set(case):
    moved = read_assumptions(overrides=["level.basis=article", "weights.red_flags=0.25"])
    own = interview_chance(STUDENT, OWN, moved, with_range=False)
    (chance,) = unsignalled(case, case.inputs.with_one("weights.red_flags", [0.25]))
    assert chance == pytest.approx(own["interview_chance"].to_numpy(), abs=1e-12)


def test_a_higher_anchor_of_the_students_flag_never_lowers_a_chance(case):
    low, high = unsignalled(case, case.inputs.with_one("anchors.step1_failure", [0.4, 0.5]))
    assert (high >= low).all()
    assert (high > low).any()


def test_weights_of_letters_clerkships_and_research_shift_all_programs_alike(case):
    values = case.inputs.base(2)
    values["weights.letters"] = values["weights.letters"] + [0.0, 0.05]
    base, moved = unsignalled(case, values)
    pairs = interview_chance(STUDENT, OWN, ASSUMPTIONS, with_range=False)
    # Behind an open gate and below the cap a chance is the logistic of its log-odds.
    seen = (pairs["gate"] == 1).to_numpy() & (moved < 0.94)
    shift = np.log(moved[seen] / (1 - moved[seen])) - np.log(base[seen] / (1 - base[seen]))
    assert seen.sum() > 10
    assert shift == pytest.approx(np.full(shift.size, shift[0]))


def test_the_report_marks_what_few_draws_choose():
    lists = b.report_lists(FOUND, ASSUMPTIONS)
    assert len(lists.draws) == 200
    doubtful = lists.unstable(ASSUMPTIONS.value("robustness.kept_share"))
    shares = lists.programs.set_index("program_id")["selection_acceptability"]
    assert all(shares[name] < 0.5 for name in doubtful)


def test_two_sets_of_assumptions_are_compared_program_by_program(case):
    even = read_assumptions(from_root("data/assumptions/even_weights.toml"))
    other = b.student_case(application_list(STUDENT, PROGRAMS, even, with_range=False), even)
    first, second = (b.resampled(one, one.inputs.drawn(60, 1)) for one in (case, other))
    changes = b.acceptability_changes(first, second)
    assert changes["change"].abs().is_monotonic_decreasing
    assert (changes["change"] == changes["after"] - changes["before"]).all()
    assert b.acceptability_changes(first, first)["change"].eq(0).all()


def test_no_room_and_a_rule_that_asks_for_at_least_so_many_are_refused(case):
    wishes = {"limit": ListWishes(limit=0), "at least": ListWishes(quotas=("state=OH>=1",))}
    nothing, ruled = (
        application_list(STUDENT, PROGRAMS, ASSUMPTIONS, None, wish, with_range=False)
        for wish in wishes.values()
    )
    with pytest.raises(ModelError, match="room"):
        b.student_case(nothing, ASSUMPTIONS)
    with pytest.raises(ModelError, match="'at least'"):
        b.report_lists(ruled, ASSUMPTIONS)
    with pytest.raises(ModelError, match="at least 1 draw"):
        b.sensitivity_analysis(case, ASSUMPTIONS, draws=0)
    shorter = b.resampled(case, case.inputs.drawn(2, 1))
    longer = replace(shorter, programs=shorter.programs.head(3))
    with pytest.raises(ModelError, match="same programs"):
        b.acceptability_changes(shorter, longer)
