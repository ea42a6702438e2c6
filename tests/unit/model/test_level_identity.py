"""The level of a program gives back its interview rate over its own applicants (section 3.3)."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from analysis.assumptions import GROUPS, read_assumptions
from analysis.errors import ModelError
from analysis.model.chance import interview_chance
from analysis.model.level import program_levels
from analysis.model.parameters import FLAGS, chance_parameters, joint_draws
from analysis.model.pool import (
    Gates,
    LevelProblem,
    Odds,
    Pool,
    conditional_odds,
    evidence_of,
    expected_value,
    own_shares,
    pool_of,
    typical_penalty,
)

ASSUMPTIONS = read_assumptions()
SPECIALTIES = sorted(ASSUMPTIONS.season)
CAP = 0.95


def program(**cells):
    row = {
        "program_id": "P1", "program_name": "Made up", "specialty": "Internal Medicine",
        "program_type": "mid_tier_academic", "state": "OH", "prestige": 6.0,
        "red_flag_tolerance": 5.0, "step2_cutoff": np.nan, "auto_screen_any_failure": "no",
        "interviews_offered": 130.0, "applications_received": 1000.0, "applicant_step2": 250.0,
        "veto_professionalism": "no", "accepts_do": "yes", "visa": "both",
    }  # fmt: skip
    return row | cells


def student(**cells):
    row = {
        "student_id": "S1", "specialty": ("Internal Medicine",), "step2_ck": 250.0,
        "step1_result": None, "red_flags": (), "degree": "us_md", "needs_visa": "no",
        "clerkship_honors_fraction": 0.6, "letters": 0.6, "research_items": 4.0,
    }  # fmt: skip
    return row | cells


def chance(one, *programs, assumptions=ASSUMPTIONS, preferences=None):
    frame = pd.DataFrame(list(programs) or [program()])
    found = interview_chance(pd.DataFrame([one]), frame, assumptions, preferences, with_range=False)
    return found["interview_chance"].to_numpy()


def plain_pool(rate, signalled=0.0, odds=1.0):
    """A pool of one group, one place and no flags."""
    return Pool(
        rate=rate,
        group=np.array([1.0, 0, 0, 0]),
        signal=np.tile([1 - signalled, 0.0, signalled], (4, 1)),
        place=np.array([1.0, 0, 0]),
        flag=np.array([1.0, 0, 0]),
        group_odds=np.ones(4),
        signal_odds=np.array([1.0, 1.0, odds]),
        place_odds=np.ones(3),
        applications=np.full(4, 40.0),
        step2_mean=250.0,
        step2_sd=15.0,
    )


def test_the_orthopaedics_pair_comes_back():
    """Published: 24.0% with a signal and 0.9% without, of 35% signalled at 8.9% over all."""
    pool = plain_pool(0.089, signalled=0.35, odds=35.0)
    tau = np.array([1.18])
    odds = conditional_odds(pool, tau, np.zeros(3), ASSUMPTIONS)
    assert 50 < np.exp(odds.signal[0, 2]) < 55
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    weights = weights / weights.sum()
    sent, unsent = (
        np.minimum(expit(odds.level[0] + more + 1.18 * nodes), CAP) @ weights
        for more in (odds.signal[0, 2], 0.0)
    )
    assert sent == pytest.approx(0.240, abs=0.003)
    assert unsent == pytest.approx(0.009, abs=0.0005)
    assert 0.35 * sent + 0.65 * unsent == pytest.approx(0.089, abs=1e-6)


@pytest.mark.parametrize("specialty", SPECIALTIES)
def test_conditional_odds_give_back_the_marginal_ones_and_keep_their_order(specialty):
    kind = ASSUMPTIONS.season_of(specialty).competitiveness
    pool = pool_of(specialty, kind, ASSUMPTIONS)
    penalty = typical_penalty(pool, kind, ASSUMPTIONS)
    tau = evidence_of(pool, chance_parameters(ASSUMPTIONS), ASSUMPTIONS).tau
    odds = conditional_odds(pool, tau, penalty, ASSUMPTIONS)
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    weights = weights / weights.sum()
    opening = [1.0, 1 - ASSUMPTIONS.value("auto_screen_share"), 1.0]
    cells = np.zeros((4, 3))
    for place in range(3):
        for flag in range(3):
            share = pool.place[place] * pool.flag[flag] * opening[flag]
            eta = odds.level[0] + odds.group[0][:, None] + odds.signal[0]
            eta = eta + np.log(pool.place_odds[place]) + penalty[flag]
            cells += share * (np.minimum(expit(eta[..., None] + tau * nodes), CAP) @ weights)
    by_group = (cells * pool.signal).sum(axis=1)
    assert by_group @ pool.group == pytest.approx(pool.rate, abs=1e-9)
    assert logit(by_group) - logit(by_group[0]) == pytest.approx(np.log(pool.group_odds), abs=1e-8)
    sent = pool.group[:, None] * pool.signal
    by_signal = (cells * sent).sum(axis=0) / np.where(sent.sum(axis=0) > 0, sent.sum(axis=0), 1)
    for at in np.flatnonzero(sent.sum(axis=0) > 0):
        marginal = logit(by_signal[at]) - logit(by_signal[0])
        assert marginal == pytest.approx(np.log(pool.signal_odds[at]), abs=1e-8)
    assert (np.diff(odds.group[0]) <= 0).all()
    assert (np.diff(odds.signal[0]) >= 0).all()


shares = st.floats(0.02, 0.6)


@given(
    st.lists(shares, min_size=1, max_size=6),
    st.sampled_from(["Internal Medicine", "Orthopaedic Surgery", "Family Medicine"]),
    st.sampled_from(["yes", "no", None]),
    st.sampled_from([np.nan, 215.0, 230.0, 245.0]),
    st.floats(0, 10),
)
@settings(max_examples=10)
def test_the_mean_chance_of_a_programs_applicants_is_its_rate(rates, name, exams, cutoff, kind):
    frame = pd.DataFrame(
        [
            program(
                program_id=f"P{at}", specialty=name, interviews_offered=1e7 * rate,
                applications_received=1e7, auto_screen_any_failure=exams, step2_cutoff=cutoff,
                red_flag_tolerance=kind,
            )
            for at, rate in enumerate(rates)
        ]
    )  # fmt: skip
    levels = program_levels(frame, ASSUMPTIONS)
    which = ASSUMPTIONS.season_of(name).competitiveness
    pool = pool_of(name, which, ASSUMPTIONS)
    own = levels.solved(which)
    evidence = evidence_of(pool, chance_parameters(ASSUMPTIONS), ASSUMPTIONS)
    odds = Odds(own.cells[:1, 0], own.cells[None, 1:5, 0], own.cells[None, 5:, 0], evidence.tau)
    heavier = np.outer([0, 1, 1], (10 - levels.tolerance) / 5).T
    penalty = heavier * typical_penalty(pool, which, ASSUMPTIONS)
    counts = levels.facts["cutoff_counts"] > 0
    gates = Gates(
        np.tile(pool.group, (len(rates), 1)),
        np.tile(pool.signal, (len(rates), 1, 1)),
        np.ones((len(rates), 4)),
        np.insert(np.ones((len(rates), 2)), 1, levels.facts["reads_exam_failure"], axis=1),
        np.where(counts, (levels.facts["cutoff"] - 250) / 12, -np.inf),
    )  # fmt: skip
    typical = typical_penalty(pool, which, ASSUMPTIONS)
    problem = LevelProblem(pool, evidence, typical, penalty, gates, levels.rate, CAP)
    mean, _ = problem.mean_chance(own.cells[0], odds)
    assert mean == pytest.approx(levels.rate, abs=1e-9)
    assert levels.rate == pytest.approx(rates, abs=1e-5)


def test_a_simulated_pool_gets_the_programs_rate():
    """Half a million invented applicants, drawn independently of the quadrature."""
    frame = pd.DataFrame(
        [program(step2_cutoff=240.0, auto_screen_any_failure="yes", red_flag_tolerance=6.0)]
    )
    levels = program_levels(frame, ASSUMPTIONS)
    own, pool = levels.solved("moderate"), pool_of("Internal Medicine", "moderate", ASSUMPTIONS)
    random = np.random.default_rng(3)
    n = 500_000
    group = random.choice(4, n, p=pool.group)
    luck = random.random(n)
    signal = (luck[:, None] > pool.signal[group].cumsum(axis=1)[:, :2]).sum(axis=1)
    place, flag = (random.choice(3, n, p=share) for share in (pool.place, pool.flag))
    slopes = 14.89 * np.array([0.30 * 12 / 57, 0.25 * 0.1, 0.20 * 0.1, 0.10 * 0.2])
    sigma = np.full((4, 4), 0.1) + 0.9 * np.eye(4)
    record = random.multivariate_normal(np.zeros(4), sigma, n)
    eta = own.cells[0, 0] + own.cells[1:5, 0][group] + own.cells[5:, 0][signal]
    eta += np.log(pool.place_odds)[place] + record @ slopes
    eta += 0.8 * typical_penalty(pool, "moderate", ASSUMPTIONS)[flag]
    reads = (250 + 12 * record[:, 0] >= 240) & (flag != 1)
    mean = (reads * np.minimum(expit(eta), CAP)).mean()
    assert mean == pytest.approx(levels.rate[0], abs=1e-3)


OWN_SHARES = {
    "share_us_md": 0.5, "share_us_do": 0.1, "share_us_img": 0.1, "share_non_us_img": 0.3,
    "share_gold": 0.04, "share_silver": 0.2,
}  # fmt: skip


def simulated_rate(level, odds, group, signal, tau):
    """Mean chance of drawn applicants of shares ``group`` (4,) and ``signal`` (4, 3)."""
    random, n = np.random.default_rng(8), 400_000
    of_group = random.choice(4, n, p=group)
    luck = random.random(n)
    sent = (luck[:, None] > signal[of_group].cumsum(axis=1)[:, :2]).sum(axis=1)
    pool = pool_of("Internal Medicine", "moderate", ASSUMPTIONS)
    place, flag = (random.choice(3, n, p=share) for share in (pool.place, pool.flag))
    eta = level + odds[:4][of_group] + odds[4:][sent] + tau * random.standard_normal(n)
    eta += np.log(pool.place_odds)[place] + typical_penalty(pool, "moderate", ASSUMPTIONS)[flag]
    return np.minimum(expit(eta), CAP).mean()


def test_a_program_with_shares_of_its_own_gets_its_rate_over_its_own_applicants():
    frame = pd.DataFrame([program(**OWN_SHARES), program(program_id="P2")])
    levels = program_levels(frame, ASSUMPTIONS)
    own = levels.solved("moderate")
    share, signal = own_shares(
        pool_of("Internal Medicine", "moderate", ASSUMPTIONS),
        np.array([[0.5, 0.1, 0.1, 0.3]]), np.array([0.04]), np.array([0.2]),
    )  # fmt: skip
    assert share[0] == pytest.approx([0.5, 0.1, 0.1, 0.3])
    assert share[0] @ signal[0] == pytest.approx([0.76, 0.2, 0.04])
    cells = own.cells[1:, 0]
    found = simulated_rate(own.cells[0, 0], cells, share[0], signal[0], own.tau[0])
    assert found == pytest.approx(levels.rate[0], abs=1.5e-3)
    # Twice as many US MD seniors as usual share the same interviews: each has a lower chance.
    one, other = chance(student(), program(**OWN_SHARES), program(program_id="P2"))
    assert one < other


def test_shares_that_a_program_does_not_give_are_those_of_its_specialty():
    pool = pool_of("Internal Medicine", "moderate", ASSUMPTIONS)
    nothing = np.full((1, 4), np.nan), np.array([np.nan]), np.array([np.nan])
    share, signal = own_shares(pool, *nothing)
    assert share[0] == pytest.approx(pool.group)
    assert signal[0] == pytest.approx(pool.signal)
    share, _ = own_shares(pool, np.array([[0.6, np.nan, np.nan, 0.1]]), *nothing[1:])
    rest = pool.group[1:3] / pool.group[1:3].sum()
    assert share[0] == pytest.approx([0.6, *(0.3 * rest), 0.1])
    empty = program() | dict.fromkeys(OWN_SHARES, np.nan)
    assert chance(student(), empty) == pytest.approx(chance(student()), abs=1e-12)


@given(
    st.lists(st.floats(0, 1), min_size=4, max_size=4).filter(lambda s: sum(s) > 0.01),
    st.floats(0, 1), st.floats(0, 1), st.sampled_from(SPECIALTIES),
)  # fmt: skip
def test_own_shares_are_shares_whatever_a_file_says(shares, gold, silver, name):
    kind = ASSUMPTIONS.season_of(name).competitiveness
    group = np.array([shares]) / sum(shares)
    silver = silver * (1 - gold)
    share, signal = own_shares(
        pool_of(name, kind, ASSUMPTIONS), group, np.array([gold]), np.array([silver])
    )
    assert share.sum() == pytest.approx(1)
    assert signal.sum(axis=2) == pytest.approx(1)
    assert (share >= 0).all()
    assert (signal >= -1e-12).all()


def test_thin_counts_are_pulled_to_those_of_their_type():
    frame = pd.DataFrame(
        [
            program(program_id="MANY", interviews_offered=400.0, applications_received=4000.0),
            program(program_id="FEW", interviews_offered=0.0, applications_received=10.0),
            program(program_id="NONE", interviews_offered=np.nan, applications_received=np.nan),
        ]
    )
    levels = program_levels(frame, ASSUMPTIONS)
    many, few, none = levels.rate
    of_specialty = (0.1 + 0.0 + 3 * 0.15) / 5
    of_type = (0.1 + 0.0 + 3 * of_specialty) / 5
    assert none == pytest.approx(of_type)
    assert few == pytest.approx(30 * of_type / 40)
    assert many == pytest.approx((400 + 30 * of_type) / 4030)
    assert levels.imputed.tolist() == ["", "", "interviews_offered"]


def test_a_programs_counts_move_no_other_program_by_a_switch():
    counted = program(program_id="P2", interviews_offered=300.0)
    bare = program(program_id="P3", interviews_offered=np.nan, applications_received=np.nan)
    few = chance(student(), *[bare | {"program_id": f"B{i}"} for i in range(9)], counted)
    more = chance(student(), *[bare | {"program_id": f"B{i}"} for i in range(8)], counted, counted)
    assert few[-1] == pytest.approx(more[-1], abs=0.01)
    assert few[-1] > few[0]


def test_more_interviews_than_readable_applicants_leave_the_cutoff_out_and_say_so():
    frame = pd.DataFrame([program(step2_cutoff=275.0, interviews_offered=400.0)])
    levels = program_levels(frame, ASSUMPTIONS)
    assert levels.imputed.tolist() == ["interviews_offered against its screens"]
    assert levels.facts["cutoff_counts"].tolist() == [0]


def test_a_program_that_interviews_almost_all_is_refused_by_its_name():
    frame = pd.DataFrame([program(interviews_offered=9990.0, applications_received=1e4)])
    with pytest.raises(ModelError, match="program P1: interviews_offered 9990"):
        program_levels(frame, ASSUMPTIONS)


@given(
    st.sampled_from(SPECIALTIES), st.floats(215, 280), st.floats(0, 1), st.floats(0, 1),
    st.sampled_from(["course_failure_remediated", "step1_failure", "loa_academic", "mspe_concern"]),
    st.floats(0.01, 0.6),
)  # fmt: skip
def test_flags_lower_and_signals_and_degrees_order_every_chance(name, s, c, letters, flag, rate):
    asked = program(specialty=name, interviews_offered=1000 * rate)
    one = student(specialty=(name,), step2_ck=s, clerkship_honors_fraction=c, letters=letters)
    (clean,) = chance(one, asked)
    assert chance(one | {"red_flags": (flag,)}, asked)[0] <= clean
    by_degree = [chance(one | {"degree": degree}, asked)[0] for degree in GROUPS]
    assert np.diff(by_degree).max() <= 1e-12
    sent = [
        chance(
            one,
            asked,
            preferences=pd.DataFrame(
                [{"student_id": "S1", "program_id": "P1", "tie": None, "signal": signal}]
            ),
        )[0]
        for signal in (None, "silver", "gold")
    ]
    assert sent[0] == clean
    assert np.diff(sent).min() >= -1e-12


@pytest.mark.parametrize("name", SPECIALTIES)
def test_in_every_specialty_flags_signals_and_degrees_are_in_order(name):
    """One file at one program: without a flag, with more of a signal, of an earlier group."""
    rows = {f"D{at}": {"degree": degree} for at, degree in enumerate(GROUPS)}
    rows |= {f"F{at}": {"red_flags": (flag,)} for at, flag in enumerate(FLAGS)}
    rows |= {"none": {}, "silver": {}, "gold": {}}
    people = [student(student_id=one, specialty=(name,)) | cells for one, cells in rows.items()]
    sent = pd.DataFrame(
        {"student_id": list(rows)[-3:], "program_id": "P1", "tie": None, "signal": list(rows)[-3:]}
    )
    found = interview_chance(
        pd.DataFrame(people), pd.DataFrame([program(specialty=name)]), ASSUMPTIONS, sent,
        with_range=False,
    ).set_index("student_id")["interview_chance"]  # fmt: skip
    assert found[[f"D{at}" for at in range(len(GROUPS))]].is_monotonic_decreasing
    assert (found[[f"F{at}" for at in range(len(FLAGS))]] < found["none"]).all()
    assert found["none"] <= found["silver"] <= found["gold"]


def test_a_place_that_is_known_moves_chances_and_one_unknown_is_the_pools_average():
    unknown = chance(student())[0]
    away = chance(student(home_state="CA"))[0]
    near = chance(student(home_state="CA", preferred_divisions=("East North Central",)))[0]
    home = chance(student(home_state="OH"))[0]
    school = chance(student(school_state="OH"))[0]
    assert away < unknown < near < home == school
    odds = np.exp(logit([near, home]) - logit(away))
    assert odds == pytest.approx([1.8, 3.5])


@pytest.mark.parametrize("tie", ["home", "rotation", "contact"])
@pytest.mark.parametrize("known", [{}, {"home_state": "OH"}, {"school_state": "CA"}])
def test_a_tie_raises_no_less_than_before_and_says_nothing_of_other_programs(tie, known):
    wish = {"student_id": "S1", "program_id": "P1", "tie": tie}
    applicant = pd.DataFrame([student(**known)])
    asked = pd.DataFrame([program(program_id=f"P{at}", state=state) for at, state in PLACED])
    untied, tied = (
        interview_chance(applicant, asked, ASSUMPTIONS, preferences, with_range=False)
        for preferences in (None, pd.DataFrame([wish]))
    )
    before, after = untied["interview_chance"], tied["interview_chance"]
    assert after[1:].tolist() == before[1:].tolist()
    # A home program is as near as one in the student's own state.
    near = interview_chance(applicant.assign(home_state="OH"), asked, ASSUMPTIONS, with_range=False)
    at_home = near["interview_chance"][0]
    assert after[0] == pytest.approx(at_home if tie == "home" else before[0], abs=1e-12)
    # What the place adds to what is usual, or to elsewhere, is told as the place's.
    moved = logit(after[0]) - logit(before[0])
    told = tied["logit_place"][0] - untied["logit_place"][0]
    assert told == pytest.approx(moved, abs=1e-9)


PLACED = ((1, "OH"), (2, "OH"), (3, "CA"), (4, "MI"))


def test_a_degree_that_is_not_known_is_read_as_a_us_md_and_img_as_a_non_us_graduate():
    assert chance(student(degree=None)) == chance(student(degree="us_md"))
    assert chance(student(degree="img")) == chance(student(degree="non_us_img"))


def test_a_shift_of_the_level_adds_its_log_odds_everywhere():
    moved = ASSUMPTIONS.with_set(["level.shift=0.5"])
    before, after = chance(student()), chance(student(), assumptions=moved)
    assert logit(after) - logit(before) == pytest.approx(0.5)


def test_expected_value_of_a_clipped_score_is_that_of_a_simulation():
    scores = np.random.default_rng(1).normal(244, 15, 1_000_000)
    simulated = np.clip((scores - 218) / 57, 0, 1).mean()
    assert expected_value(244, 15, ASSUMPTIONS) == pytest.approx(simulated, abs=5e-4)


def test_levels_under_draws_are_the_levels_solved_anew():
    """The polynomial behind the ranges, against solving a drawn set of assumptions."""
    frame = pd.DataFrame([program(interviews_offered=100.0 * k) for k in (1, 3, 6)])
    levels = program_levels(frame, ASSUMPTIONS)
    drawn = joint_draws(ASSUMPTIONS, 5, 7)
    of_programs, around = (part[:, 0] for part in levels._cells("moderate", drawn))
    pool = pool_of("Internal Medicine", "moderate", ASSUMPTIONS)
    evidence = evidence_of(pool, drawn, ASSUMPTIONS)
    base = evidence_of(pool, chance_parameters(ASSUMPTIONS), ASSUMPTIONS)
    penalty = typical_penalty(pool, "moderate", ASSUMPTIONS)
    odds = conditional_odds(
        pool, evidence.tau, penalty, ASSUMPTIONS,
        group_factor=drawn.group_factor.ravel(), signal_factor=drawn.signal_factor.ravel(),
    )  # fmt: skip
    gates = Gates(
        np.tile(pool.group, (3, 1)), np.tile(pool.signal, (3, 1, 1)),
        np.ones((3, 4)), np.ones((3, 3)), np.full(3, -np.inf),
    )  # fmt: skip
    rows = np.tile(penalty, (3, 1))
    problem = LevelProblem(pool, base, penalty, rows, gates, levels.rate, CAP)
    for at in range(5):
        one = Odds(*(values[at : at + 1] for values in vars(odds).values()))
        level = problem.level(one)
        assert of_programs[at] == pytest.approx(level, abs=0.1)
        assert around[at, :4, 0] == pytest.approx(one.group[0], abs=0.1)
        assert around[at, 4:, 0] == pytest.approx(one.signal[0], abs=0.1)


def test_a_signal_worth_less_than_a_lower_one_is_refused():
    with pytest.raises(Exception, match="odds_silver"):
        read_assumptions(overrides=["pool.ultra.odds_silver=20"])
