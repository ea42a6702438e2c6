"""What must hold of every chance, wherever it is computed (docs/methods.md, section 8).

Hypothesis draws a student and a program; the variants that all invariants ask about are computed
at once, and each invariant is a function named by what it says.
"""

from functools import cached_property

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.assumptions import read_assumptions
from analysis.model.chance import interview_chance
from analysis.model.parameters import FLAGS, RELIEF
from analysis.model.terms import TERMS
from analysis.vocabulary import EXAM_FAILURES
from tests.unit.model.pairs import KINDS, frame, program, student

ASSUMPTIONS = read_assumptions(overrides=["level.basis=article"])
OPENING = read_assumptions(
    overrides=["level.basis=article", "override.home=0.4", "override.signal=0.2"]
)
ANCHORS = ASSUMPTIONS.group("anchors")
GATE_CELLS = (
    "step2_cutoff",
    "auto_screen_any_failure",
    "veto_professionalism",
    "accepts_do",
    "visa",
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
        degree=draw(st.sampled_from(["us_md", "us_do", "non_us_img"])),
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


def table(applicants, asked, assumptions=ASSUMPTIONS, preferences=None) -> pd.DataFrame:
    """A row a student and program, as they are given."""
    rows = [applicant | {"student_id": f"S{at}"} for at, applicant in enumerate(applicants)]
    columns = [each | {"program_id": f"P{at}"} for at, each in enumerate(asked)]
    return interview_chance(
        frame(*rows), frame(*columns), assumptions, preferences, with_range=False
    )


class Case:
    """A student, a program, and whoever differs from them in one thing."""

    def __init__(self, applicant, asked, better, flag, score, others):
        self.applicant, self.cells = applicant, {}
        own = applicant["red_flags"]
        exam_free = tuple(one for one in own if one not in EXAM_FAILURES)
        conduct_free = tuple(one for one in own if one != "professionalism")
        typical = applicant | {"clerkship_honors_fraction": 0.6}

        def improved(name, top):
            return applicant | {name: applicant[name] + (top - applicant[name]) * better}

        self.applicants = {
            "itself": applicant,
            "another score": applicant | {"step2_ck": score},
            "better clerkships": improved("clerkship_honors_fraction", 1),
            "better letters": improved("letters", 1),
            "more research": applicant
            | {"research_items": applicant["research_items"] + round(20 * better)},
            "one flag more": applicant | {"red_flags": tuple({*own, flag})},
            "one course": applicant | {"red_flags": (*others, FLAGS[0])},
            "several courses": applicant | {"red_flags": (*others, FLAGS[1])},
            "no failed exam": applicant | {"red_flags": exam_free},
            "no conduct": applicant | {"red_flags": conduct_free},
            "spotless": applicant | {"red_flags": ()},
            **{one: typical | {"red_flags": (one,)} for one in FLAGS[1:]},
        }
        self.by_score = ["itself", "another score"][:: 1 if score >= applicant["step2_ck"] else -1]
        general = {k: v for k, v in asked.items() if not k.startswith("tolerance_")}
        tolerance = asked["red_flag_tolerance"]
        kinder = tolerance + (10 - tolerance) * better
        unscreened = {"auto_screen_any_failure": "no", "veto_professionalism": "no"}
        self.asked = {
            "itself": asked,
            "one tolerance": general,
            "kinder": general | {"red_flag_tolerance": kinder},
            "fully tolerant": general | {"red_flag_tolerance": 10.0},
            "unscreened": general | unscreened,
            **{f"screens {said}": asked | {GATE_CELLS[1]: said} for said in ("yes", "no", None)},
            **{f"no {cell}": asked | {cell: None} for cell in GATE_CELLS},
        }

    @cached_property
    def found(self):
        return table(self.applicants.values(), self.asked.values())

    def values(self, column, applicants=("itself",), asked=("itself",)):
        """Values of a column, shape (applicants, asked)."""
        if column not in self.cells:
            shape = len(self.applicants), len(self.asked)
            self.cells[column] = self.found[column].to_numpy().reshape(shape)
        rows = [list(self.applicants).index(one) for one in applicants]
        columns = [list(self.asked).index(one) for one in asked]
        return self.cells[column][np.ix_(rows, columns)]

    def value(self, column, applicant="itself", asked="itself"):
        return self.values(column, [applicant], [asked])[0, 0]

    def chance(self, applicant="itself", asked="itself"):
        return self.value("interview_chance", applicant, asked)


def a_chance_lies_between_0_and_95_percent_and_its_unknowns_bracket_it(case):
    chance = case.chance()
    assert 0 <= chance <= 0.95
    assert case.value("chance_if_closes") <= chance <= case.value("chance_if_open")
    read = min(1 / (1 + np.exp(-sum(case.value(f"logit_{name}") for name in TERMS))), 0.95)
    assert chance == pytest.approx(case.value("gate") * read, abs=1e-12)


def better_evidence_never_lowers_a_chance(case):
    for improved in ("better clerkships", "better letters", "more research"):
        assert case.chance(improved) >= case.chance() - SLACK, improved
    assert (np.diff(case.values("interview_chance", case.by_score)[:, 0]) >= -SLACK).all()


def more_tolerance_never_lowers_a_chance(case):
    assert case.chance(asked="kinder") >= case.chance(asked="one tolerance") - SLACK


def a_further_flag_never_helps(case):
    assert case.chance("one flag more") <= case.chance() + SLACK


def several_failed_courses_are_never_better_than_one(case):
    one, several = (case.chance(who, "one tolerance") for who in ("one course", "several courses"))
    assert several <= one + SLACK


def flags_of_one_relief_class_keep_the_order_of_their_anchors(case):
    # Screens are about the kind of flag, not about its weight; at the reference clerkships the
    # clerkship flag shares nothing with its term.
    for kind in ("major", "none"):
        same = [flag for flag in FLAGS if RELIEF[flag] == kind]
        ordered = sorted(same, key=lambda flag: ANCHORS[flag])
        chances = case.values("interview_chance", ordered, ["unscreened"])[:, 0]
        assert (np.diff(chances) >= -SLACK).all()


def the_gap_to_the_spotless_twin_never_grows_with_the_score(case):
    assert (np.diff(case.values("logit_red_flags", case.by_score)[:, 0]) >= -SLACK).all()


def full_tolerance_leaves_only_the_gate_for_all_but_conduct(case):
    at = "fully tolerant"
    gate = case.value("gate", "spotless", at)
    read = case.chance("spotless", at) / gate if gate else 0.0
    assert case.value("logit_red_flags", "no conduct", at) == 0
    expected = read * case.value("gate", "no conduct", at)
    assert case.chance("no conduct", at) == pytest.approx(expected, abs=1e-12)
    assert case.value("logit_red_flags", "professionalism", at) < 0


def without_an_exam_failure_the_exam_screen_does_not_matter(case):
    screens = [f"screens {said}" for said in ("yes", "no", None)]
    assert len(set(case.values("interview_chance", ["no failed exam"], screens)[0])) == 1
    assert not any("auto_screen" in one for one in case.values("unknown", ["no failed exam"])[0])


def a_blank_gate_cell_is_never_better_than_a_known_one_if_it_closes(case):
    blanked = case.values("chance_if_closes", asked=[f"no {cell}" for cell in GATE_CELLS])
    assert (blanked <= case.value("chance_if_closes") + SLACK).all()


def signals_and_ties_never_lower_a_chance(case):
    sent = [(None, None), (None, "silver"), (None, "gold"), ("home", "gold")]
    wishes = frame(
        *(
            {"student_id": f"S{at}", "program_id": "P0", "tie": tie, "signal": signal}
            for at, (tie, signal) in enumerate(sent)
        )
    )
    found = table([case.applicant] * 4, [case.asked["one tolerance"]], OPENING, wishes)
    assert (np.diff(found["interview_chance"]) >= -SLACK).all()


INVARIANTS = (
    a_chance_lies_between_0_and_95_percent_and_its_unknowns_bracket_it,
    better_evidence_never_lowers_a_chance,
    more_tolerance_never_lowers_a_chance,
    a_further_flag_never_helps,
    several_failed_courses_are_never_better_than_one,
    flags_of_one_relief_class_keep_the_order_of_their_anchors,
    the_gap_to_the_spotless_twin_never_grows_with_the_score,
    full_tolerance_leaves_only_the_gate_for_all_but_conduct,
    without_an_exam_failure_the_exam_screen_does_not_matter,
    a_blank_gate_cell_is_never_better_than_a_known_one_if_it_closes,
    signals_and_ties_never_lower_a_chance,
)
cases = st.builds(
    Case,
    students(),
    programs(),
    share,
    st.sampled_from(FLAGS),
    st.integers(214, 300),
    st.lists(st.sampled_from(FLAGS[2:]), unique=True, max_size=3),
)


@pytest.mark.parametrize("examples", [25, pytest.param(2000, marks=pytest.mark.soak)])
def test_every_invariant_holds_of_every_chance(examples, tmp_path):
    halved = halved_weights(tmp_path / "weights.toml")

    def check(case):
        for invariant in INVARIANTS:
            invariant(case)
        # Weights count by their ratios alone.
        alone = table([case.applicant], [case.asked["itself"]], halved)
        assert alone["interview_chance"].iloc[0] == pytest.approx(case.chance(), abs=1e-12)

    settings(max_examples=examples)(given(cases)(check))()


def halved_weights(path):
    """The usual weights, each divided by two."""
    entry = 'basis = "office"\nwhy = "The same in percent."\nsource = "none"\n'
    path.write_text(
        "".join(
            f"[weights.{name}]\nvalue = {weight / 2}\n{entry}"
            for name, weight in ASSUMPTIONS.group("weights").items()
        ),
        encoding="utf-8",
    )
    return read_assumptions(path, ["level.basis=article"])


@pytest.mark.parametrize("flag", ["none", *FLAGS])
def test_the_anchors_come_back_at_the_reference(flag):
    flags = () if flag == "none" else (flag,)
    row = table([student(red_flags=flags)], [program()]).iloc[0]
    assert row["interview_chance"] == pytest.approx(ANCHORS[flag], abs=1e-12)
    assert row["chance_basis"] == "article"
