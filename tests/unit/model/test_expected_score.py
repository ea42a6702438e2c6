"""A score that is not known yet is averaged over, failing scores and cutoffs among it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from analysis.assumptions import read_assumptions
from analysis.errors import ModelError
from analysis.model.chance import interview_chance
from analysis.model.choice.application_list import application_list
from analysis.model.choice.plans import score_outlook
from analysis.model.choice.problem import ListChances
from analysis.model.choice.value import match_chance
from analysis.model.correlation import mechanism, scenarios
from analysis.model.profile import expected_score
from tests.unit.model.pairs import frame, program, student

ASSUMPTIONS = read_assumptions()
SCORES = np.arange(218, 301)
CUTOFFS = (None, 225, 235, 240, 245, 255)
PROGRAMS = frame(
    *(
        program(
            program_id=f"P{at}", step2_cutoff=cutoff, state="OH",
            interviews_offered=60 + 40 * at, applications_received=1000,
        )
        for at, cutoff in enumerate(CUTOFFS)
    )
).assign(program_name="Made up")  # fmt: skip


def waiting_for(mean, sd=None, **cells):
    cells = {"step2_ck": None, "step2_estimate": mean, "step2_estimate_sd": sd} | cells
    return frame(student(**cells))


def shares_of(mean, sd):
    """Chance of each whole passing score: the integral of the normal over its unit."""
    ends = np.append(SCORES - 0.5, np.inf)
    return np.diff(norm.cdf(ends, mean, sd))


def chances_of(rows, assumptions=ASSUMPTIONS):
    return interview_chance(rows, PROGRAMS, assumptions, with_range=False)


def chances_at(scores, **cells):
    """A row for each score: the chances of a student who has it."""
    rows = frame(*(student(student_id=f"S{at}", step2_ck=at, **cells) for at in scores))
    return chances_of(rows)["interview_chance"].to_numpy().reshape(len(rows), len(CUTOFFS))


@pytest.mark.parametrize("flags", [(), ("loa_academic", "step1_failure")])
@pytest.mark.parametrize(("mean", "sd"), [(244, 6), (222, 12), (260, 2.5)])
def test_a_chance_is_the_integral_over_the_score(mean, sd, flags):
    found = chances_of(waiting_for(mean, sd, red_flags=flags))["interview_chance"].to_numpy()
    each = chances_at(SCORES, red_flags=flags)
    assert found == pytest.approx(shares_of(mean, sd) @ each, abs=1e-9)


def test_a_simulated_score_gives_the_same_chance():
    scores = np.round(np.random.default_rng(2).normal(240, 8, 200_000))
    passing = np.unique(scores[scores >= 218])
    known = dict(zip(passing, chances_at(passing), strict=True))
    simulated = np.mean([known.get(score, np.zeros(len(CUTOFFS))) for score in scores], axis=0)
    found = chances_of(waiting_for(240, 8))["interview_chance"]
    assert found.to_numpy() == pytest.approx(simulated, abs=2e-3)


def test_without_an_error_the_estimate_is_the_score():
    sure, known = chances_of(waiting_for(244, 0)), chances_of(frame(student(step2_ck=244)))
    assert sure["interview_chance"].tolist() == known["interview_chance"].tolist()


def test_an_estimate_without_an_error_has_that_of_the_exam():
    usual, given_ = waiting_for(244), waiting_for(244, 6)
    same = chances_of(usual)["interview_chance"] == chances_of(given_)["interview_chance"]
    assert same.all()


def test_a_known_score_leaves_the_estimate_aside():
    told = chances_of(waiting_for(220, 12, step2_ck=250))["interview_chance"]
    assert told.tolist() == chances_at([250])[0].tolist()


@given(st.floats(214, 300), st.just(0.0) | st.floats(0.1, 40), st.floats(200, 300))
def test_the_chance_under_a_cutoff_is_that_of_the_normal(mean, sd, cutoff):
    row = {"step2_ck": np.nan, "step2_estimate": mean, "step2_estimate_sd": sd}
    passes = norm.sf(217.5, mean, sd) if sd > 0 else float(np.round(mean) >= 218)
    if passes < 1e-9:
        return
    found = expected_score(row, ASSUMPTIONS)
    assert found.weight.sum() + found.failing == pytest.approx(1)
    cutoff = max(round(cutoff), 218)
    if sd > 0:
        assert found.under(cutoff) == pytest.approx(norm.cdf(cutoff - 0.5, mean, sd), abs=1e-6)
    assert found.failing <= found.under(cutoff) + 1e-12 <= 1 + 1e-9
    assert np.isnan(found.under(np.nan))


def test_an_estimate_that_cannot_pass_is_refused():
    with pytest.raises(ModelError, match=r"step2_estimate 215 .* is a failing score"):
        chances_of(waiting_for(215, 0))


def test_gates_are_averaged_with_the_score():
    found = chances_of(waiting_for(244, 6))
    under = norm.cdf(np.array([225, 235, 240, 245, 255]) - 0.5, 244, 6)
    assert found["gate"].tolist() == pytest.approx([1, *(1 - under)], abs=1e-4)
    assert found["gate_reason"].iloc[0] == ""


def test_a_range_draws_the_score_as_well():
    known = interview_chance(frame(student(step2_ck=244)), PROGRAMS.iloc[:1], ASSUMPTIONS)
    found = interview_chance(waiting_for(244, 12), PROGRAMS.iloc[:1], ASSUMPTIONS)
    wide = known["high"] - known["low"]
    assert (found["high"] - found["low"] > wide).all()
    assert (
        (found["low"] <= found["interview_chance"]) & (found["interview_chance"] <= found["high"])
    ).all()


def listed(rows):
    return application_list(rows, PROGRAMS, ASSUMPTIONS)


def test_a_lists_match_chance_is_the_integral_over_the_score():
    """All programs see one score: the mean of match chances, not the match of mean chances."""
    rows = waiting_for(244, 10)
    found = listed(rows)
    chosen = found.choice.chosen
    signals = dict(zip(chosen.tolist(), found.choice.option, strict=True))
    matched = []
    for score in SCORES:
        known = rows.assign(step2_ck=float(score))
        chances = ListChances(known, found.problem, ASSUMPTIONS, None).by_score(signals)[0][chosen]
        offers = scenarios(chances, 0.5445, mechanism(ASSUMPTIONS))
        matched.append(match_chance(offers, np.arange(chosen.size)))
    whole = float(shares_of(244, 10) @ matched)
    assert found.match_chance == pytest.approx(whole, abs=0.004)
    together = scenarios(found.ranked["interview_chance"], 0.5445, mechanism(ASSUMPTIONS))
    assert match_chance(together, np.arange(chosen.size)) > whole + 0.01


def test_scores_that_fail_bring_no_match():
    found = listed(waiting_for(218, 6))
    assert found.match_chance < 1 - norm.cdf(217.5, 218, 6)


def test_waiting_is_worth_what_the_score_changes():
    rows = waiting_for(238, 12)
    found = listed(rows)
    outlook = score_outlook(rows, found, PROGRAMS, ASSUMPTIONS)
    assert outlook.by_score["weight"].sum() == pytest.approx(1)
    assert outlook.now == pytest.approx(found.match_chance, abs=0.008)
    assert outlook.wait == (outlook.waiting - outlook.now >= 0.005)
    assert outlook.low == np.round(norm.ppf(0.05, 238, 12))
    assert outlook.high == np.round(norm.ppf(0.95, 238, 12))
    under = outlook.cutoffs.set_index("program_id")["under_cutoff"]
    assert under.is_monotonic_decreasing
    assert under["P2"] == pytest.approx(norm.cdf(234.5, 238, 12), abs=1e-6)


def test_a_known_score_has_no_outlook():
    rows = frame(student(step2_ck=250))
    assert score_outlook(rows, listed(rows), PROGRAMS, ASSUMPTIONS) is None


def test_neither_score_nor_estimate_is_no_list_and_says_what_to_give():
    with pytest.raises(ModelError, match="step2_estimate"):
        listed(frame(student(step2_ck=None)))
    rows = chances_of(frame(student(step2_ck=None)))
    assert rows["interview_chance"].isna().all()


def test_two_specialties_share_one_score():
    other = PROGRAMS.assign(
        specialty="Neurology", program_id=[f"N{at}" for at in range(len(PROGRAMS))]
    )
    both = pd.concat([PROGRAMS, other], ignore_index=True)
    rows = waiting_for(244, 10, specialty="Internal Medicine;Neurology", competitiveness=None)
    found = application_list(rows, both, ASSUMPTIONS)
    assert 0 < found.match_chance_low <= found.match_chance <= found.match_chance_high < 1


def only_comlex(score, **cells):
    return waiting_for(None, None, degree="us_do", comlex2=score, **cells)


def reading(said):
    return PROGRAMS.assign(accepts_comlex=pd.array([said] * len(PROGRAMS), dtype="str"))


@pytest.mark.parametrize("score", [480, 566, 700])
def test_comlex_alone_is_read_by_one_published_correlation(score):
    """.72 of 18 over 80 a point, and what that leaves open: 18 times the root of 1 - .72^2."""
    mean, sd = 246 + 0.162 * (score - 566), 12.5
    assert pytest.approx(0.162) == 0.72 * 18 / 80
    assert 18 * np.sqrt(1 - 0.72**2) == pytest.approx(12.5, abs=0.01)
    passed = shares_of(mean, sd) / shares_of(mean, sd).sum()
    each = chances_at(SCORES, degree="us_do")
    found = interview_chance(only_comlex(score), reading("yes"), ASSUMPTIONS, with_range=False)
    assert found["interview_chance"].to_numpy() == pytest.approx(passed @ each, abs=1e-9)
    assert "accepts_comlex" not in ";".join(found["unknown"])


def test_a_program_that_wants_usmle_is_screened_out_or_unconfirmed_for_comlex_alone():
    closed = interview_chance(only_comlex(600), reading("no"), ASSUMPTIONS, with_range=False)
    assert closed["interview_chance"].eq(0).all()
    assert closed["gate_reason"].eq("reads no COMLEX without Step 2 CK").all()
    open_ = interview_chance(only_comlex(600), reading("yes"), ASSUMPTIONS, with_range=False)
    unsaid = chances_of(only_comlex(600))
    assert unsaid["interview_chance"].tolist() == open_["interview_chance"].tolist()
    assert unsaid["chance_if_closes"].eq(0).all()
    assert unsaid["unknown"].str.contains("accepts_comlex").all()


def test_a_step_2_score_or_estimate_comes_before_comlex():
    both = only_comlex(400, step2_ck=250)
    known = chances_at([250], degree="us_do")[0]
    assert chances_of(both)["interview_chance"].tolist() == known.tolist()
    waiting = waiting_for(244, 6, comlex2=400)
    same = (
        chances_of(waiting)["interview_chance"]
        == chances_of(waiting_for(244, 6))["interview_chance"]
    )
    assert same.all()


def test_comlex_alone_gives_a_list_without_a_score_to_wait_for():
    rows = only_comlex(620)
    found = application_list(rows, reading("yes"), ASSUMPTIONS)
    assert 0 < found.match_chance < 1
    assert score_outlook(rows, found, reading("yes"), ASSUMPTIONS) is None


@pytest.mark.parametrize(
    "fixed",
    [
        ("robustness.logit_scale_spread=0",),
        ("latent_correlation=0.2", "uncertainty.match_correlation=0.51;0.51"),
    ],
)
def test_a_match_range_draws_the_scale_and_the_correlations(fixed):
    rows = frame(student(step2_ck=240))
    certain = ASSUMPTIONS.with_set([*fixed])
    wide, narrow = (application_list(rows, PROGRAMS, one) for one in (ASSUMPTIONS, certain))
    widths = [one.match_chance_high - one.match_chance_low for one in (wide, narrow)]
    assert widths[0] > widths[1] + 0.002
