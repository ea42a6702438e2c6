"""Chances that can be checked by hand; the golden values are in tests/unit/test_methods.py."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit, ndtri

from analysis.assumptions import read_assumptions
from analysis.errors import ModelError
from analysis.model.chance import (
    Market,
    chance_blocks,
    drawn_chances,
    interview_chance,
)
from analysis.model.parameters import chance_parameters, joint_draws
from analysis.model.terms import TERMS
from tests.unit.model.pairs import drawn_pair, frame, program, student

ASSUMPTIONS = read_assumptions(overrides=["level.basis=article"])
COURSE, SEVERAL = "course_failure_remediated", "preclinical_failures_multiple"


def pair(applicant, asked, assumptions=ASSUMPTIONS, **options):
    options.setdefault("with_range", False)
    return interview_chance(frame(applicant), frame(asked), assumptions, **options).iloc[0]


def chance(applicant, asked=None, assumptions=ASSUMPTIONS, **options):
    return pair(applicant, asked or program(), assumptions, **options)["interview_chance"]


THE_FIRST = {
    "red_flags": (COURSE,),
    "step2_ck": 255,
    "clerkship_honors_fraction": 0.75,
    "letters": 0.7,
}
KINDER = {"red_flag_tolerance": 7, "prestige": 4}


def counts(rate):
    return {"interviews_offered": 1000 * rate, "applications_received": 1000}


@pytest.mark.parametrize("step2_ck", [255, 260, 265, 275, 290])
def test_at_a_tolerant_program_a_remediated_course_costs_a_solid_record_at_most_six_points(
    step2_ck,
):
    # The article's student with solid clerkships, at its community program (tolerance 7).
    solid = student(**THE_FIRST | {"step2_ck": step2_ck, "red_flags": ()})
    flagged = solid | {"red_flags": (COURSE,)}
    assert 0 <= chance(solid, program(**KINDER)) - chance(flagged, program(**KINDER)) <= 0.06


def test_a_failed_exam_gets_nothing_where_failures_are_screened_whatever_the_score():
    screened = program(auto_screen_any_failure="yes", red_flag_tolerance=10)
    assert chance(student(red_flags=("step1_failure",), step2_ck=290), screened) == 0


def test_ten_points_of_step2_are_worth_odds_of_2_19():
    def odds(p):
        return p / (1 - p)

    ratio = odds(chance(student(step2_ck=250))) / odds(chance(student(step2_ck=240)))
    assert ratio == pytest.approx(2.19, abs=0.005)


def test_terms_add_up_to_the_log_odds_of_the_chance():
    row = pair(student(step2_ck=241, red_flags=("loa_academic", COURSE)), program(prestige=3))
    log_odds = sum(row[f"logit_{name}"] for name in TERMS)
    assert row["interview_chance"] == pytest.approx(1 / (1 + np.exp(-log_odds)), abs=1e-12)


def test_a_tolerance_of_a_flag_of_its_own_takes_the_place_of_the_general_one():
    leave = student(red_flags=("loa_academic",))
    own = program(red_flag_tolerance=1, tolerance_loa_academic=7)
    assert chance(leave, own) == chance(leave, program(red_flag_tolerance=7))


def test_a_general_tolerance_says_nothing_kind_about_conduct():
    conduct = student(red_flags=("professionalism",))
    assert chance(conduct, program(red_flag_tolerance=9)) == pytest.approx(0.1, abs=1e-12)
    own = program(red_flag_tolerance=9, tolerance_professionalism=8)
    assert chance(conduct, own) > 0.1
    assert chance(conduct, program(red_flag_tolerance=2)) < 0.1


def test_one_failed_course_beside_several_counts_once():
    several = chance(student(red_flags=(SEVERAL,)))
    assert chance(student(red_flags=(COURSE, SEVERAL))) == pytest.approx(several, abs=1e-15)


def test_the_further_flag_counts_half():
    def term(*flags):
        return pair(student(red_flags=flags), program())["logit_red_flags"]

    leave, exam = term("loa_academic"), term("step1_failure")
    assert term("loa_academic", "step1_failure") == pytest.approx(leave + exam / 2)


@pytest.mark.parametrize("flag", ["clerkship_chronic_low", "professionalism", "mspe_concern"])
def test_what_step2_does_not_touch_weighs_the_same_at_230_and_275(flag):
    terms = [
        pair(student(red_flags=(flag,), step2_ck=s), program())["logit_red_flags"]
        for s in (230, 275)
    ]
    assert terms[0] == terms[1]


def test_signals_are_odds_ratios():
    preferences = frame({"student_id": "S1", "program_id": "P1", "tie": None, "signal": "gold"})
    low = student(step2_ck=230)
    without, signalled = chance(low), chance(low, preferences=preferences)
    assert signalled / (1 - signalled) == pytest.approx(5 * without / (1 - without))


@pytest.mark.parametrize("cell", ["loa_academic;step1_failure", ["loa_academic", "step1_failure"]])
def test_lists_may_be_text_or_lists(cell):
    usual = frame(student(red_flags=("loa_academic", "step1_failure")))
    other = usual.assign(red_flags=pd.Series([cell], dtype=object))
    found = [
        interview_chance(rows, frame(program()), ASSUMPTIONS, with_range=False)
        for rows in (usual, other)
    ]
    pd.testing.assert_frame_equal(*found)


def test_an_exam_failed_and_passed_is_a_flag_without_being_named_one():
    told = student(step1_result="fail_then_pass")
    assert chance(told) == pytest.approx(0.45, abs=1e-12)
    both = student(step1_result="fail_then_pass", red_flags=("step1_failure",))
    assert chance(both) == chance(told)


def test_contradicting_exam_facts_are_refused_naming_both_columns():
    with pytest.raises(ModelError, match=r"step1_result.*red_flags"):
        chance(student(step1_result="pass", red_flags=("step1_failure",)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"step2_ck": 213}, "step2_failure"),
        ({"red_flags": ("tardiness",)}, "tardiness"),
        ({"specialty": "Basket Weaving"}, "Basket Weaving"),
        ({"competitiveness": "brutal"}, "competitiveness"),
    ],
)
def test_what_the_model_cannot_answer_is_named(changes, words):
    with pytest.raises(ModelError, match=re.escape(words)):
        chance(student(**changes))


def test_without_a_score_there_is_no_chance_but_a_reason():
    row = pair(student(step2_ck=None), program(), with_range=True)
    assert np.isnan(row[["interview_chance", "low", "high"]].to_numpy(dtype=float)).all()
    assert "Step 2 CK" in row["gate_reason"]


def test_empty_cells_take_the_reference_level():
    empty = student(clerkship_honors_fraction=None, letters=None, research_items=None)
    assert chance(empty) == pytest.approx(0.8, abs=1e-12)


def test_a_class_keeps_the_order_of_students_and_programs():
    students = frame(student(student_id="007"), student(student_id="A"))
    programs = frame(program(program_id="Z"), program(program_id="Y"))
    table = interview_chance(students, programs, ASSUMPTIONS, with_range=False)
    assert list(zip(table["student_id"], table["program_id"], strict=True)) == [
        ("007", "Z"), ("007", "Y"), ("A", "Z"), ("A", "Y"),
    ]  # fmt: skip


def test_a_student_is_scored_at_programs_of_the_own_specialties_alone():
    students = frame(student(specialty="Neurology;Urology", competitiveness="moderate;ultra"))
    programs = frame(
        program(program_id="N", specialty="Neurology"),
        program(program_id="U", specialty="Urology"),
        program(program_id="F", specialty="Family Medicine"),
    )
    table = interview_chance(students, programs, ASSUMPTIONS, with_range=False)
    found = table.set_index("program_id")
    assert list(found.index) == ["N", "U"]
    # Applicants of an ultra-competitive field score six points higher.
    assert found.loc["U", "logit_program"] == pytest.approx(-14.89 * 0.3 * 6 / 57)


def test_half_a_list_with_counts_makes_it_a_list_of_base_rates():
    with_counts = program(program_id="A", **counts(0.2))
    without = [program(program_id=name) for name in "BC"]
    half = interview_chance(
        frame(student()), frame(with_counts, without[0]), ASSUMPTIONS, with_range=False
    )
    assert set(half["chance_basis"]) == {"base_rate"}
    assert half["interview_chance"].nunique() == 1
    assert list(half["imputed"]) == ["", "interviews_offered"]
    third = interview_chance(
        frame(student()), frame(with_counts, *without), ASSUMPTIONS, with_range=False
    )
    assert set(third["chance_basis"]) == {"article"}


def test_a_rate_that_is_not_known_is_the_median_of_its_type():
    programs = [
        program(program_id=f"{kind}{at}", program_type=kind, **counts(rate))
        for kind, rates in {"community": (0.1, 0.2, 0.6), "rural_fm": (0.5, 0.5)}.items()
        for at, rate in enumerate(rates)
    ]
    unknown = program(program_id="?", program_type="community")
    known = program(program_id="=", program_type="community", **counts(0.2))
    table = interview_chance(
        frame(student()), frame(*programs, unknown, known), ASSUMPTIONS, with_range=False
    ).set_index("program_id")
    assert table.loc["?", "logit_program"] == pytest.approx(table.loc["=", "logit_program"])


def test_more_interviews_than_applications_are_refused():
    with pytest.raises(ModelError, match="applications_received"):
        chance(student(), program(interviews_offered=5, applications_received=4))


def test_the_population_reading_gives_back_the_anchor_over_all_programs():
    population = read_assumptions(overrides=["level.basis=article", "anchor_basis=population"])
    exam = student(red_flags=("step1_failure",))
    unknown = program(auto_screen_any_failure=None)
    assert chance(exam, unknown, population) == pytest.approx(0.45, abs=1e-12)
    assert chance(exam, program(), population) == pytest.approx(0.45 / 0.7, abs=1e-12)


def test_a_chance_lies_inside_its_range_and_the_seed_fixes_it():
    students = [s | {"student_id": f"S{at}"} for at, (s, _) in enumerate(map(drawn_pair, range(9)))]
    programs = [p | {"program_id": f"P{at}"} for at, (_, p) in enumerate(map(drawn_pair, range(9)))]
    table, again = (
        interview_chance(frame(*students), frame(*programs), ASSUMPTIONS) for _ in range(2)
    )
    pd.testing.assert_frame_equal(table, again)
    assert (table["low"] <= table["interview_chance"]).all()
    assert (table["interview_chance"] <= table["high"]).all()
    assert (table["high"] <= 0.95).all()


def drawn(one, asked, assumptions):
    (parts,) = Market(asked, assumptions).parts(one)
    return drawn_chances(parts, assumptions)


def test_a_range_is_the_5_to_95_percent_of_the_joint_draws():
    leave, asked = frame(student(red_flags=("loa_academic",))), frame(program())
    row = interview_chance(leave, asked, ASSUMPTIONS).iloc[0]
    draws = drawn(leave, asked, ASSUMPTIONS)
    assert draws.shape == (400, 1)
    assert np.quantile(draws, [0.05, 0.95]) == pytest.approx([row["low"], row["high"]])


def test_an_anchors_own_uncertainty_is_its_logit_sd_at_the_reference():
    still = [
        f"uncertainty.{one}" for one in ("kappa_spread=0", "tolerance_spread=0", "weights_nu=1e8")
    ]
    still += ["robustness.logit_scale_spread=0", "uncertainty.draws=20000"]
    assumptions = read_assumptions(overrides=["level.basis=article", *still])
    spotless, asked = frame(student()), frame(program())
    draws = drawn(spotless, asked, assumptions)
    capped = np.minimum(draws, 0.9499)
    middle = np.quantile(np.log(capped / (1 - capped)), [0.16, 0.84])
    assert np.diff(middle)[0] / 2 == pytest.approx(0.4, rel=0.05)


CELLS = ("clerkship_honors_fraction", "letters", "research_items")


@pytest.mark.parametrize(
    ("blank", "sd"),
    [
        (("letters",), 0.20 * 0.1),
        (("clerkship_honors_fraction",), 0.25 * 0.1),
        (("research_items",), 0.10 * 0.2),
        # 10% of what any two vary by is common to them.
        (("letters", "research_items"), 0.02 * (2 + 2 * 0.1) ** 0.5),
    ],
)
def test_what_a_record_does_not_tell_is_drawn_from_the_pool_where_all_else_is_certain(blank, sd):
    spreads = ("kappa_spread", "tolerance_spread", "group_spread", "signal_spread", "anchors_sd")
    certain = ASSUMPTIONS.with_set(
        [f"uncertainty.{name}=0" for name in spreads]
        + ["robustness.logit_scale_spread=0", "uncertainty.weights_nu=1e9"]
    )
    asked = {"step2_ck": 240, "red_flags": ("loa_academic",)}
    told = pair(student(**asked), program(), certain, with_range=True)
    assert told["high"] - told["low"] < 1e-3
    untold = pair(student(**asked, **dict.fromkeys(blank)), program(), certain, with_range=True)
    assert untold["interview_chance"] == told["interview_chance"]
    log_odds = logit(told["interview_chance"])
    ends = expit(log_odds + np.array([-1, 1]) * ndtri(0.95) * 14.89 * sd)
    assert untold[["low", "high"]].to_numpy(float) == pytest.approx(ends, abs=3e-3)


@given(st.integers(0, 10_000), st.sets(st.sampled_from(CELLS), min_size=1))
@settings(max_examples=25, derandomize=True, deadline=None)
def test_a_record_that_tells_less_never_has_the_narrower_range(seed, blank):
    applicant, asked = drawn_pair(seed)
    typical = dict(zip(CELLS, (0.6, 0.6, 4), strict=True))
    told = applicant | {name: typical[name] for name in blank}
    identity = ASSUMPTIONS.with_set(["level.basis=identity"])
    less, more = (
        pair(one, asked, identity, with_range=True)
        for one in (applicant | dict.fromkeys(blank), told)
    )
    assert less["interview_chance"] == pytest.approx(more["interview_chance"], abs=1e-12)
    assert less["low"] <= more["low"] + 0.01
    assert less["high"] >= more["high"] - 0.01


def test_draws_at_the_assumptions_own_parameters_are_the_chance():
    pairs = [drawn_pair(seed) for seed in range(8)]
    applicant = frame(pairs[0][0])
    programs = frame(*(p | {"program_id": f"P{at}"} for at, (_, p) in enumerate(pairs)))
    center = chance_parameters(ASSUMPTIONS)
    ((part,),) = Market(programs, ASSUMPTIONS).parts(applicant)

    def at_center(parameters):
        return part.over_scores(part.by_score(parameters, ASSUMPTIONS))

    drawn = joint_draws(ASSUMPTIONS, 3, 1)
    lifted = type(center)(
        **{
            name: np.full((3, 1, 1), value)
            if isinstance(value, float)
            else {key: np.full((3, 1, 1), one) for key, one in value.items()}
            for name, value in vars(center).items()
        }
    )
    expected = interview_chance(applicant, programs, ASSUMPTIONS, with_range=False)
    assert at_center(drawn).shape == (3, 8)
    for row in at_center(lifted):
        assert row == pytest.approx(expected["interview_chance"].to_numpy(), abs=1e-12)


@pytest.mark.parametrize(("dtype", "close"), [(np.float64, 1e-12), (np.float32, 2e-6)])
def test_blocks_are_the_chances_of_the_frame(dtype, close):
    pairs = [drawn_pair(seed) for seed in range(70)]
    students = frame(
        *(
            s | {"student_id": f"S{at}", "competitiveness": "less"}
            for at, (s, _) in enumerate(pairs)
        )
    )
    programs = frame(*(p | {"program_id": f"P{at}"} for at, (_, p) in enumerate(pairs[:9])))
    expected = interview_chance(students, programs, ASSUMPTIONS, with_range=False)
    table = expected["interview_chance"].to_numpy().reshape(70, 9)
    seen = 0
    for rows, block in chance_blocks(students, "less", programs, ASSUMPTIONS, dtype):
        assert block.dtype == dtype
        assert np.abs(block - table[rows]).max() < close
        seen += len(block)
    assert seen == 70
