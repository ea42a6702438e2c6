"""What must hold of every chance, wherever it is computed (docs/methods.md, section 8)."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.assumptions import read_assumptions
from analysis.model.chance import interview_chance
from analysis.model.flags import EXAM_FAILURES, FLAGS, RELIEF
from tests.unit.model.pairs import KINDS, frame, program, student

ASSUMPTIONS = read_assumptions()
ANCHORS = ASSUMPTIONS.group("anchors")
QUICK_AND_LONG = pytest.mark.parametrize(
    "examples", [200, pytest.param(2000, marks=pytest.mark.soak)]
)
# Sums of floating-point terms in another order.
SLACK = 1e-12

share = st.floats(0, 1)
point = st.floats(0, 10)
yes_no = st.sampled_from(["yes", "no", None])


@st.composite
def students(draw):
    return student(
        step2_ck=draw(st.integers(214, 300)),
        red_flags=tuple(draw(st.lists(st.sampled_from(FLAGS), unique=True, max_size=4))),
        degree=draw(st.sampled_from(["us_md", "us_do", "img"])),
        needs_visa=draw(yes_no),
        clerkship_honors_fraction=draw(share),
        letters=draw(share),
        research_items=draw(st.integers(0, 30)),
        competitiveness=draw(st.sampled_from(KINDS)),
    )


@st.composite
def programs(draw):
    own = draw(st.dictionaries(st.sampled_from(FLAGS), point, max_size=3))
    counts = draw(st.none() | st.tuples(st.integers(0, 200), st.integers(1, 2000)))
    return program(
        prestige=draw(point),
        red_flag_tolerance=draw(point),
        step2_cutoff=draw(st.none() | st.integers(200, 270)),
        auto_screen_any_failure=draw(yes_no),
        applicant_step2=draw(st.none() | st.integers(230, 265)),
        veto_professionalism=draw(yes_no),
        accepts_do=draw(yes_no),
        visa=draw(st.sampled_from(["j1", "none", None])),
        interviews_offered=None if counts is None else min(counts),
        applications_received=None if counts is None else max(*counts, 1),
        **{f"tolerance_{flag}": tolerance for flag, tolerance in own.items()},
    )


def hold(examples: int, check: Callable[..., None], *strategies) -> None:
    """Check a property on drawn cases, the same ones at every run."""
    settings(max_examples=examples, derandomize=True, deadline=None)(given(*strategies)(check))()


def chances(applicants, *asked, assumptions=ASSUMPTIONS, preferences=None) -> pd.DataFrame:
    """A row a student and program, as they are given."""
    students = [applicant | {"student_id": f"S{at}"} for at, applicant in enumerate(applicants)]
    programs = [program | {"program_id": f"P{at}"} for at, program in enumerate(asked)]
    return interview_chance(
        frame(*students), frame(*programs), assumptions, preferences, with_range=False
    )


def never_falls(values) -> bool:
    return bool(np.all(np.diff(np.asarray(values, dtype=float)) >= -SLACK))


@QUICK_AND_LONG
def test_a_chance_lies_between_0_and_95_percent_and_its_unknowns_bracket_it(examples):
    def check(applicant, asked):
        row = chances([applicant], asked).iloc[0]
        assert 0 <= row["interview_chance"] <= 0.95
        assert row["chance_if_closes"] <= row["interview_chance"] <= row["chance_if_open"]
        terms = [name for name in row.index if name.startswith("logit_")]
        read = min(1 / (1 + np.exp(-row[terms].sum())), 0.95)
        assert row["interview_chance"] == pytest.approx(row["gate"] * read, abs=1e-12)

    hold(examples, check, students(), programs())


@QUICK_AND_LONG
def test_better_evidence_never_lowers_a_chance(examples):
    def check(applicant, asked, better):
        def between(name, top):
            return applicant[name] + (top - applicant[name]) * better

        improved = [
            applicant,
            applicant | {"step2_ck": round(between("step2_ck", 300))},
            applicant | {"clerkship_honors_fraction": between("clerkship_honors_fraction", 1)},
            applicant | {"letters": between("letters", 1)},
            applicant | {"research_items": applicant["research_items"] + round(20 * better)},
        ]
        found = chances(improved, asked)["interview_chance"]
        assert (found.iloc[1:] >= found.iloc[0] - SLACK).all()

    hold(examples, check, students(), programs(), share)


@QUICK_AND_LONG
def test_tolerance_signals_and_ties_never_lower_a_chance(examples):
    opening = read_assumptions(overrides=["override.home=0.4", "override.signal=0.2"])

    def check(applicant, asked, better):
        asked = {k: v for k, v in asked.items() if not k.startswith("tolerance_")}
        tolerance = asked["red_flag_tolerance"]
        kinder = asked | {"red_flag_tolerance": tolerance + (10 - tolerance) * better}
        strict, kind = chances([applicant], asked, kinder)["interview_chance"]
        assert kind >= strict - SLACK
        preferences = frame(
            *(
                {"student_id": f"S{at}", "program_id": "P0", "tie": tie, "signal": signal}
                for at, (tie, signal) in enumerate(
                    [(None, None), (None, "silver"), (None, "gold"), ("home", "gold")]
                )
            )
        )
        table = chances([applicant] * 4, asked, assumptions=opening, preferences=preferences)
        assert never_falls(table["interview_chance"])

    hold(examples, check, students(), programs(), share)


@QUICK_AND_LONG
def test_a_further_flag_never_helps(examples):
    def check(applicant, asked, flag):
        more = tuple({*applicant["red_flags"], flag})
        found = chances([applicant, applicant | {"red_flags": more}], asked)["interview_chance"]
        assert found[1] <= found[0] + SLACK

    hold(examples, check, students(), programs(), st.sampled_from(FLAGS))


@QUICK_AND_LONG
def test_several_failed_courses_are_never_better_than_one(examples):
    def check(applicant, asked, others):
        asked = {k: v for k, v in asked.items() if not k.startswith("tolerance_")}
        one = applicant | {"red_flags": (*others, "course_failure_remediated")}
        several = applicant | {"red_flags": (*others, "preclinical_failures_multiple")}
        better, worse = chances([one, several], asked)["interview_chance"]
        assert worse <= better + SLACK

    others = st.lists(st.sampled_from(FLAGS[2:]), unique=True, max_size=3)
    hold(examples, check, students(), programs(), others)


@QUICK_AND_LONG
def test_flags_of_one_relief_class_keep_the_order_of_their_anchors(examples):
    def check(applicant, asked):
        asked = {k: v for k, v in asked.items() if not k.startswith("tolerance_")}
        # Screens are about the kind of flag, not about its weight.
        asked |= {"auto_screen_any_failure": "no", "veto_professionalism": "no"}
        # At the reference clerkships, where the clerkship flag shares nothing with its term.
        applicant = applicant | {"clerkship_honors_fraction": 0.6}
        flags = sorted(FLAGS, key=lambda flag: ANCHORS[flag])
        found = chances([applicant | {"red_flags": (flag,)} for flag in flags], asked)
        for kind in ("major", "none"):
            same = [RELIEF[flag] == kind for flag in flags]
            assert never_falls(found.loc[same, "interview_chance"])

    hold(examples, check, students(), programs())


@QUICK_AND_LONG
def test_the_gap_to_the_spotless_twin_never_grows_with_the_score(examples):
    def check(applicant, asked, higher):
        scored = [applicant | {"step2_ck": s} for s in sorted((applicant["step2_ck"], higher))]
        assert never_falls(chances(scored, asked)["logit_red_flags"])

    hold(examples, check, students(), programs(), st.integers(214, 300))


@QUICK_AND_LONG
def test_full_tolerance_leaves_only_the_gate_for_all_but_conduct(examples):
    def check(applicant, asked):
        flags = tuple(flag for flag in applicant["red_flags"] if flag != "professionalism")
        asked = {k: v for k, v in asked.items() if not k.startswith("tolerance_")}
        asked |= {"red_flag_tolerance": 10.0}
        flagged, spotless, conduct = (
            row
            for _, row in chances(
                [applicant | {"red_flags": f} for f in (flags, (), ("professionalism",))], asked
            ).iterrows()
        )
        read = spotless["interview_chance"] / spotless["gate"] if spotless["gate"] else 0.0
        assert flagged["logit_red_flags"] == 0
        assert flagged["interview_chance"] == pytest.approx(read * flagged["gate"], abs=1e-12)
        assert conduct["logit_red_flags"] < 0

    hold(examples, check, students(), programs())


@QUICK_AND_LONG
def test_without_an_exam_failure_the_exam_screen_does_not_matter(examples):
    def check(applicant, asked):
        flags = tuple(flag for flag in applicant["red_flags"] if flag not in EXAM_FAILURES)
        answers = [asked | {"auto_screen_any_failure": said} for said in ("yes", "no", None)]
        found = chances([applicant | {"red_flags": flags}], *answers)
        assert found["interview_chance"].nunique() == 1
        assert not found["unknown"].str.contains("auto_screen").any()

    hold(examples, check, students(), programs())


@QUICK_AND_LONG
def test_a_blank_gate_cell_is_never_better_than_a_known_one_if_it_closes(examples):
    cells = (
        "step2_cutoff",
        "auto_screen_any_failure",
        "veto_professionalism",
        "accepts_do",
        "visa",
    )

    def check(applicant, asked):
        blanked = [asked | {cell: None} for cell in cells]
        found = chances([applicant], asked, *blanked)["chance_if_closes"]
        assert (found.iloc[1:] <= found.iloc[0] + SLACK).all()

    hold(examples, check, students(), programs())


@QUICK_AND_LONG
def test_weights_count_by_their_ratios_alone(examples, tmp_path):
    path = tmp_path / "weights.toml"
    entry = 'basis = "office"\nwhy = "The same in percent."\nsource = "none"\n'
    path.write_text(
        "".join(
            f"[weights.{name}]\nvalue = {weight / 2}\n{entry}"
            for name, weight in ASSUMPTIONS.group("weights").items()
        ),
        encoding="utf-8",
    )
    halved = read_assumptions(path)

    def check(applicant, asked):
        usual, other = (chances([applicant], asked, assumptions=a) for a in (ASSUMPTIONS, halved))
        assert usual["interview_chance"].iloc[0] == pytest.approx(
            other["interview_chance"].iloc[0], abs=1e-12
        )

    hold(examples, check, students(), programs())


@pytest.mark.parametrize("flag", ["none", *FLAGS])
def test_the_anchors_come_back_at_the_reference(flag):
    flags = () if flag == "none" else (flag,)
    row = chances([student(red_flags=flags)], program()).iloc[0]
    assert row["interview_chance"] == pytest.approx(ANCHORS[flag], abs=1e-12)
    assert row["chance_basis"] == "article"
