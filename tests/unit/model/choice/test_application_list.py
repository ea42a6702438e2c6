import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings

from analysis.assumptions import read_assumptions
from analysis.errors import ModelError
from analysis.model.chance import interview_chance
from analysis.model.choice import problem as asked
from analysis.model.choice.application_list import (
    application_list,
    group_of,
    list_frontier,
    list_outcome,
    next_applications,
)
from analysis.model.choice.explain import reasons_on_list
from analysis.model.choice.problem import ListWishes, list_problem
from analysis.model.correlation import scenarios
from analysis.model.portfolio import Constraints, exact, match_chance
from analysis.paths import from_root
from analysis.tables import read_programs, read_student

ASSUMPTIONS = read_assumptions()
STATES = ["OH", "PA", "TX"]


def student(**facts):
    row = {
        "student_id": "T1",
        "specialty": "Internal Medicine",
        "step2_ck": 252.0,
        "step1_result": "fail_then_pass",
        "red_flags": "step1_failure",
        "preferred_states": "OH",
        "application_limit": 8.0,
        "gold_signals": "1",
        "silver_signals": "2",
    }
    return pd.DataFrame([row | facts])


def programs(count=24, specialty="Internal Medicine", prefix="P", **columns):
    random = np.random.default_rng(count)
    prestige = np.round(random.uniform(2, 9, count), 1)
    frame = pd.DataFrame(
        {
            "program_id": [f"{prefix}{at:02d}" for at in range(count)],
            "program_name": [f"Made-up {prefix}{at:02d}" for at in range(count)],
            "specialty": specialty,
            "program_type": "community",
            "state": [STATES[at % 3] for at in range(count)],
            "prestige": prestige,
            "red_flag_tolerance": np.round(10 - prestige, 1),
            "step2_cutoff": 220.0,
            "auto_screen_any_failure": ["no", "no", np.nan, "yes"] * (count // 4),
            "interviews_offered": np.nan,
            "applications_received": np.nan,
        }
    )
    return frame.assign(**columns)


def preferences(**columns):
    return pd.DataFrame({"student_id": "T1", **columns})


FILL = ListWishes(fill=True)
FOUND = application_list(student(), programs(), ASSUMPTIONS, wishes=FILL)


def test_a_filled_list_keeps_its_limit_and_its_signals_and_stands_in_order_for_use():
    assert len(FOUND.chosen) == 8
    assert FOUND.programs["signal"].tolist().count("gold") == 1
    assert FOUND.programs["signal"].tolist().count("silver") == 2
    assert sorted(FOUND.programs["rank"]) == list(range(1, 9))
    assert (np.diff(FOUND.ranked["preference"]) <= 0).all()
    for _, own in FOUND.programs.groupby("group"):
        assert (np.diff((100 * own["interview_chance"]).round()) <= 0).all()
    assert FOUND.fee_usd == 88
    assert FOUND.places_unused == 0
    assert FOUND.chance_basis == "identity"
    assert FOUND.fingerprint == ASSUMPTIONS.fingerprint


def test_shares_interviews_and_group_say_the_same_as_the_chances():
    rows = FOUND.programs
    assert rows["match_share"].sum() == pytest.approx(FOUND.match_chance)
    assert rows["interview_chance"].sum() == pytest.approx(FOUND.expected_interviews)
    assert (rows["low"] <= rows["interview_chance"]).all()
    assert (rows["interview_chance"] <= rows["high"]).all()
    for chance, group in zip(rows["interview_chance"], rows["group"], strict=True):
        assert group == group_of(chance, ASSUMPTIONS)


@pytest.mark.parametrize(
    ("chance", "group"),
    [(0.194, "long_shot"), (0.196, "possible"), (0.494, "possible"), (0.5, "likely")],
)
def test_groups_go_by_the_chance_as_it_is_printed(chance, group):
    assert group_of(chance, ASSUMPTIONS) == group


def test_the_range_of_the_match_chance_holds_it():
    assert FOUND.match_chance_low < FOUND.match_chance < FOUND.match_chance_high
    assert FOUND.match_chance_if_unknowns_close <= FOUND.match_chance


def test_a_program_that_screens_out_the_failed_exam_is_never_listed():
    closed = set(programs()["program_id"][3::4])
    assert not closed & set(FOUND.chosen)
    told = FOUND.left_out.set_index("program_id")
    assert set(told["reason"]) <= {"adds_less", "no_chance", "rule", "never"}


def test_a_list_with_too_few_programs_leaves_places_unused():
    short = application_list(
        student(application_limit=20.0), programs(24), ASSUMPTIONS, wishes=FILL
    )
    assert len(short.chosen) == 18
    assert short.places_unused == 2


def test_below_its_threshold_a_program_leaves_the_list_and_above_it_stays():
    random = np.random.default_rng(3)
    chance, worth = random.uniform(0.1, 0.8, 14), random.uniform(0.7, 1, 14)
    constraints = Constraints(limit=5)

    def best(chances):
        return exact({"none": scenarios(chances, 0.5, 0.2)}, worth, constraints)

    choice = best(chance)
    market = {"none": scenarios(chance, 0.5, 0.2)}
    reasons = reasons_on_list(market, worth, constraints, choice, chance, 0.5, 0.2)
    for program, threshold in zip(reasons["program"], reasons["drops_below"], strict=True):
        under, over = chance.copy(), chance.copy()
        under[program], over[program] = threshold * 0.97, threshold * 1.03
        assert program not in best(under).chosen
        assert program in best(over).chosen


def if_unknowns_close(table, chosen):
    """Match chance of a fixed list if every unknown of the table turns out against the student."""
    chances = interview_chance(student(), table, ASSUMPTIONS, with_range=False)
    closed = chances.set_index("program_id").loc[list(chosen), "chance_if_closes"].to_numpy()
    return match_chance(scenarios(closed, 0.5, [0.1, 0.2, 0.4]), np.arange(len(chosen)))


KNOWN = if_unknowns_close(programs(), FOUND.chosen)


@given(
    st.sets(
        st.tuples(st.integers(0, 23), st.sampled_from(["auto_screen_any_failure", "step2_cutoff"])),
        min_size=1,
        max_size=12,
    )
)
def test_blanking_cells_never_raises_what_a_list_promises_if_unknowns_close(cells):
    blanked = programs()
    for at, column in cells:
        blanked.loc[at, column] = np.nan
    assert if_unknowns_close(blanked, FOUND.chosen) <= KNOWN + 1e-9


def test_a_blank_cell_is_counted_where_its_program_is_listed():
    known = programs(auto_screen_any_failure="no")
    assert application_list(student(), known, ASSUMPTIONS, with_range=False).unknowns == 0
    blanked = known.assign(step2_cutoff=np.nan)
    assert application_list(student(), blanked, ASSUMPTIONS, with_range=False).unknowns == 8


def test_if_every_program_of_a_list_hangs_on_an_unknown_its_closing_leaves_nothing():
    blank = programs(auto_screen_any_failure=np.nan)
    found = application_list(student(), blank, ASSUMPTIONS, with_range=False)
    assert found.match_chance > 0.3
    assert found.match_chance_if_unknowns_close == 0


def test_what_a_budget_keeps_out_is_told_from_what_adds_less():
    rich = application_list(student(), programs(), ASSUMPTIONS, wishes=FILL, with_range=False)
    assert set(rich.left_out["reason"]) == {"adds_less"}
    wishes = ListWishes(quotas=("state=OH<=0",), fill=True)
    ruled = application_list(student(), programs(), ASSUMPTIONS, wishes=wishes, with_range=False)
    assert "rule" in set(ruled.left_out["reason"])


def test_musts_stay_and_nevers_stay_out():
    found = application_list(
        student(must_apply="P03;P00", never_apply=FOUND.chosen[0]), programs(), ASSUMPTIONS
    )
    assert {"P03", "P00"} <= set(found.chosen)
    assert FOUND.chosen[0] not in found.chosen
    must = found.programs.set_index("program_id")
    assert np.isnan(must.loc["P03", "drops_below"])


def test_the_order_of_the_rows_of_the_programs_does_not_matter():
    shuffled = programs().sample(frac=1, random_state=7)
    again = application_list(student(), shuffled, ASSUMPTIONS, wishes=FILL)
    assert again.chosen == FOUND.chosen
    pd.testing.assert_frame_equal(again.programs, FOUND.programs)
    assert again.match_chance == FOUND.match_chance
    assert again.match_chance_low == FOUND.match_chance_low


@pytest.mark.parametrize("signal", ["gold", "silver"])
def test_a_program_whose_signal_is_decided_is_listed_with_that_signal(signal):
    for program_id in programs()["program_id"][::4]:
        decided = preferences(program_id=[program_id], signal=[signal])
        row = student(silver_signals=1)
        found = application_list(row, programs(), ASSUMPTIONS, decided, with_range=False)
        signals = found.programs.set_index("program_id")["signal"]
        assert signals[program_id] == signal
        assert (signals == signal).sum() == 1
        out = student(silver_signals=1, never_apply=program_id)
        found = application_list(out, programs(), ASSUMPTIONS, decided, with_range=False)
        assert program_id not in found.chosen


def test_own_preferences_replace_the_formula():
    wished = preferences(program_id=["P05"], preference=[1.0], tie=[np.nan])
    problem = list_problem(student(), programs(), ASSUMPTIONS, wished)
    at = problem.constraints.names.index("P05")
    assert problem.preference[at] == 1
    assert problem.utility[at] == 1


def test_without_number_or_budget_the_first_fee_step_is_the_limit():
    problem = list_problem(student(application_limit=np.nan), programs(), ASSUMPTIONS)
    assert problem.constraints.limit == 30
    budget = list_problem(
        student(application_limit=np.nan, fee_budget_usd=55.0), programs(), ASSUMPTIONS
    )
    assert budget.constraints.limit is None
    assert budget.most == 5


def test_two_specialties_share_a_budget_and_have_their_own_signals():
    both = pd.concat([programs(12), programs(12, "Family Medicine", "F")], ignore_index=True)
    row = student(
        specialty="Internal Medicine;Family Medicine",
        gold_signals="1;2",
        silver_signals="0;0",
        application_limit=np.nan,
        fee_budget_usd=110.0,
    )
    found = application_list(row, both, ASSUMPTIONS, with_range=False)
    assert found.fee_usd == 110
    golds = found.programs[found.programs["signal"] == "gold"]["specialty"].value_counts()
    assert golds.get("Internal Medicine", 0) <= 1
    assert golds.get("Family Medicine", 0) <= 2


def test_season_gives_the_signals_that_the_row_leaves_empty():
    problem = list_problem(student(gold_signals=(), silver_signals=np.nan), programs(), ASSUMPTIONS)
    season = ASSUMPTIONS.season["Internal Medicine"]
    assert problem.constraints.gold == (season.gold_signals,)
    assert problem.constraints.silver == (season.silver_signals,)


def test_quotas_are_kept():
    wishes = ListWishes(quotas=("state=TX>=4", "state=OH<=1"))
    found = application_list(student(), programs(), ASSUMPTIONS, wishes=wishes, with_range=False)
    assert (found.programs["state"] == "TX").sum() >= 4
    assert (found.programs["state"] == "OH").sum() <= 1


@pytest.mark.parametrize(
    ("row", "wishes", "words"),
    [
        ({"step2_ck": np.nan}, None, "no Step 2 CK score yet"),
        ({"must_apply": "P99"}, None, "must_apply: P99 not among .*nearest to P99: P19"),
        ({"must_apply": "P01", "never_apply": "P01"}, None, "must and the never list: P01"),
        ({}, ListWishes(quotas=("state:OH",)), "expected state=OH>=3"),
        ({}, ListWishes(quotas=("state=ZZ>=1",)), "no program of the student's has state ZZ"),
        ({}, ListWishes(limit=2, quotas=("state=OH>=3",)), "at most 2 applications; at least 3"),
        ({}, ListWishes(gold=(1, 2)), "expected one number for each of 1 specialties"),
        ({"specialty": "Family Medicine"}, None, "no program of Family Medicine for student T1"),
        (
            {"specialty": "Internal Medicine;Family Medicine", "silver_signals": "1;1"},
            None,
            "no program of Family Medicine for student T1",
        ),
    ],
)
def test_what_cannot_be_a_list_is_refused_in_words(row, wishes, words):
    with pytest.raises(ModelError, match=words):
        application_list(student(**row), programs(), ASSUMPTIONS, wishes=wishes)


def test_more_decided_signals_than_there_are_at_hand_are_refused():
    decided = preferences(program_id=["P00", "P01"], signal=["gold", "gold"])
    with pytest.raises(
        ModelError, match=r"gold signal to 2 programs .*\(P00, P01\); signals at hand: 1"
    ):
        application_list(student(), programs(), ASSUMPTIONS, decided)


def test_the_curve_of_further_applications_names_programs_and_where_it_flattens():
    curve, worth_sending = next_applications(FOUND, ASSUMPTIONS)
    assert curve["applications"].tolist() == list(range(1, len(curve) + 1))
    assert set(curve["program_id"]) <= set(programs()["program_id"])
    least = ASSUMPTIONS.value("list.flat_gain")
    assert (curve["match_gain"][worth_sending:] < least).all()
    assert curve["match_gain"][worth_sending - 1] >= least


def test_the_curve_begins_with_the_list_itself_and_goes_on_from_there():
    curve, _ = next_applications(FOUND, ASSUMPTIONS)
    own, further = curve[: len(FOUND.chosen)], curve[len(FOUND.chosen) :]
    assert set(own["program_id"]) == set(FOUND.chosen)
    assert own["match_chance"].iloc[-1] == pytest.approx(FOUND.match_chance, abs=1e-12)
    assert own["fee_usd"].iloc[-1] == FOUND.fee_usd
    assert (np.diff(further["value_gain"]) <= 1e-12).all()
    assert not set(further["program_id"]) & set(FOUND.chosen)


def test_the_frontier_marks_the_value_in_use():
    swept = list_frontier(FOUND, ASSUMPTIONS)
    assert swept.loc[swept["used"], "match_utility"].tolist() == [0.7]


def test_equal_inputs_give_equal_lists():
    again = application_list(student(), programs(), ASSUMPTIONS, wishes=FILL)
    pd.testing.assert_frame_equal(again.programs, FOUND.programs)
    pd.testing.assert_frame_equal(again.left_out, FOUND.left_out)


@pytest.mark.parametrize("student_id", ["S001", "S002", "S011"])
@pytest.mark.parametrize("wishes", [None, ListWishes(limit=12, fill=True)])
def test_outcome_of_a_list_is_that_of_the_explained_list(student_id, wishes):
    student = read_student(from_root("data/sample/students.csv"), student_id)
    programs = read_programs(from_root("data/sample/programs.csv"))
    assumptions = read_assumptions()
    whole = application_list(student, programs, assumptions, None, wishes)
    outcome = list_outcome(student, programs, assumptions, None, wishes)
    assert outcome == (whole.match_chance, len(whole.chosen), whole.fee_usd)


@pytest.mark.parametrize(
    ("facts", "wishes"),
    [
        ({}, ListWishes()),
        ({"degree": "us_do", "fee_budget_usd": 90.0}, ListWishes(home=("P03",), must=("P11",))),
        ({"step2_ck": np.nan, "step2_estimate": 240.0}, ListWishes(never=("P05",))),
        ({}, ListWishes(quotas=("state=TX>=3",), fill=True, wish_prestige=0.4)),
    ],
)
def test_programs_left_out_by_their_chance_alone_change_nothing(monkeypatch, facts, wishes):
    own = student(**{"application_limit": 5.0} | facts)
    files = own, programs(48), ASSUMPTIONS, None, wishes
    whole = application_list(*files)
    near = []
    kept = asked.undominated
    monkeypatch.setattr(asked, "FEW", 0)
    monkeypatch.setattr(asked, "undominated", lambda *args: near.append(kept(*args)) or near[-1])
    fewer = application_list(*files)
    assert any(not each.all() for each in near)
    for name in ("programs", "optional", "left_out", "match_chance_by_rho"):
        found, wanted = getattr(fewer, name), getattr(whole, name)
        pd.testing.assert_frame_equal(found, wanted, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(fewer.choice.chosen, whole.choice.chosen)
    np.testing.assert_allclose(fewer.drawn, whole.drawn, atol=1e-12)
    assert fewer.match_chance_low == pytest.approx(whole.match_chance_low, abs=1e-12)


@pytest.mark.parametrize("score", [226.0, 236.0, 246.0, 256.0])
def test_what_a_list_says_of_a_program_is_what_the_chance_says_of_it_among_all(score):
    # What a cutoff that is not stated may be is told from those of all programs.
    own = student(step2_ck=score, gold_signals=0, silver_signals=0)
    many = programs(48, step2_cutoff=[np.nan, 225.0, 235.0, np.nan, 245.0, 255.0] * 8)
    found = application_list(own, many, ASSUMPTIONS).programs.set_index("program_id")
    chances = interview_chance(own, many, ASSUMPTIONS).set_index("program_id").loc[found.index]
    told = ["interview_chance", "low", "high", "unknown", "chance_if_open", "chance_if_closes"]
    pd.testing.assert_frame_equal(found[told], chances[told], check_dtype=False, atol=1e-12)


def test_a_signal_that_lifts_no_program_over_the_least_chance_does_not_shorten_the_list():
    table = read_programs(from_root("data/sample/programs.csv"))
    table = table[table["specialty"] == "Internal Medicine"]
    facts = {"red_flags": "professionalism", "step1_result": "pass", "preferred_states": ""}
    season = {"application_limit": np.nan, "gold_signals": None, "silver_signals": None}
    for score in (230.0, 234.0, 238.0, 242.0):
        # At 234 and 238 gold lifts three over it, and of twelve silver signals none lifts one.
        row = student(step2_ck=score, **facts, **season)
        found = application_list(row, table, ASSUMPTIONS, with_range=False)
        assert len(found.programs) >= 5
        assert found.floor_dropped == (score < 242)


SAMPLE = read_programs(from_root("data/sample/programs.csv"))
FLAGS = ("professionalism", "course_failure_remediated", "loa_academic", "step2_failure")


@given(
    st.sampled_from(("Internal Medicine", "Orthopaedic Surgery", "Psychiatry")),
    st.sampled_from(("us_md", "us_do", "us_img", "non_us_img")),
    st.sets(st.sampled_from(FLAGS), max_size=3),
    st.integers(214, 270),
    st.integers(1, 12),
    st.sampled_from((np.nan, np.nan, 3.0, 8.0)),
)
@example("Internal Medicine", "us_md", {"professionalism"}, 226, 2, np.nan)
@example("Internal Medicine", "non_us_img", {"professionalism"}, 226, 2, np.nan)
@example("Psychiatry", "us_md", {"professionalism"}, 234, 2, np.nan)
@settings(max_examples=12, derandomize=True, deadline=None)
def test_a_better_score_never_gives_a_list_with_a_lower_match_chance(
    specialty, degree, flags, score, more, limit
):
    table = SAMPLE[SAMPLE["specialty"] == specialty]
    facts = {"specialty": specialty, "degree": degree, "red_flags": ";".join(sorted(flags))}
    facts |= {"step1_result": "pass", "preferred_states": "", "application_limit": limit}
    signals = {"gold_signals": None, "silver_signals": None}
    (low, many, fee), (high, fewer, less) = (
        list_outcome(student(step2_ck=float(at), **facts, **signals), table, ASSUMPTIONS)
        for at in (score, score + more)
    )
    # What a shorter list saves may be worth more than what its last programs added.
    saved = (fee - less + 25 * (many - fewer)) / 20_000
    assert high >= low - max(saved, 0.0) - 1e-9


@pytest.mark.parametrize("score", [214.0, 228.0, 240.0])
@pytest.mark.parametrize("degree", ["us_md", "non_us_img"])
def test_only_the_best_five_are_listed_under_the_least_chance_or_their_price(degree, score):
    table = SAMPLE[SAMPLE["specialty"] == "Internal Medicine"]
    facts = {"red_flags": "professionalism", "step1_result": "pass", "preferred_states": ""}
    own = student(step2_ck=score, degree=degree, application_limit=np.nan, **facts)
    found = application_list(own, table, ASSUMPTIONS, with_range=False)
    rows = found.programs
    assert len(rows) >= 5
    under = rows["interview_chance"] < 0.03
    dear = rows["value_gain"] * 20_000 < rows["cost_usd"]
    assert found.floor_dropped == under.any()
    assert found.below_price == dear.all()
    if under.any() or dear.any():
        assert len(rows) == 5
        # Signals apart, no five programs match more often: the likeliest ones do.
        offers = found.offers.by_option["none"]
        plain = match_chance(offers, np.argsort(-offers.marginal)[:5])
        assert found.match_chance >= plain - 1e-9
        # What the list itself does not keep to is no reason for what is off it.
        assert "floor" not in set(found.left_out["reason"])


@given(
    st.sampled_from(("Internal Medicine", "Orthopaedic Surgery")),
    st.sampled_from(("us_md", "us_do", "non_us_img")),
    st.sets(st.sampled_from(FLAGS), max_size=2),
    st.integers(214, 270),
    st.sampled_from(("home", "rotation", "contact")),
    st.integers(0, 24),
)
@example("Internal Medicine", "us_md", {"loa_academic"}, 228, "home", 18)
@settings(max_examples=8, derandomize=True, deadline=None)
def test_a_tie_never_lowers_the_match_chance_of_a_list(specialty, degree, flags, score, tie, at):
    table = SAMPLE[SAMPLE["specialty"] == specialty]
    facts = {"specialty": specialty, "degree": degree, "red_flags": ";".join(sorted(flags))}
    facts |= {"step1_result": "pass", "preferred_states": "", "application_limit": np.nan}
    own = student(step2_ck=float(score), gold_signals=None, silver_signals=None, **facts)
    tied = pd.DataFrame([{"student_id": "T1", "program_id": table["program_id"].iloc[at]}])
    (without, many, fee), (with_it, fewer, less) = (
        list_outcome(own, table, ASSUMPTIONS, preferences)
        for preferences in (None, tied.assign(tie=tie))
    )
    saved = (fee - less + 25 * (many - fewer)) / 20_000
    assert with_it >= without - max(saved, 0.0) - 1e-9
