from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.assumptions import read_assumptions
from analysis.errors import ModelError
from analysis.model.choice.application_list import application_list
from analysis.model.choice.season import (
    _todays,
    ranked_outcome,
    season_standing,
)
from analysis.model.choice.value import match_chance
from analysis.model.correlation import Scenarios, mechanism, scenarios
from analysis.views.scorecard import CURVE
from analysis.views.season import SEASON_COLUMNS, season
from tests.unit.model.choice.test_application_list import programs, student

ASSUMPTIONS = read_assumptions()
RATE, HOW = ASSUMPTIONS.value("match_given_interview"), mechanism(ASSUMPTIONS)


def offers(*answers):
    rows = [(f"P{at:02d}", status) for at, status in enumerate(answers)]
    return pd.DataFrame(rows, columns=["program_id", "status"])


def standing(*answers, **facts):
    return season_standing(student(**facts), programs(), offers(*answers), ASSUMPTIONS)


@pytest.mark.parametrize("number", [1, 3, 5, 10, 15])
def test_interviews_in_hand_move_the_match_chance_to_the_published_curve(number):
    """US MD seniors, all specialties (secondary, rounded): 55, 78, 86, 93 and 95%."""
    found = standing(*["interview"] * number, "refused")
    assert found.match_chance == pytest.approx(CURVE[number], abs=0.03)
    curve = found.curve.set_index("interviews")["match_chance"]
    assert curve[0] == 0
    assert curve[number] == pytest.approx(found.match_chance, abs=1e-9)


def test_three_interviews_and_nothing_else_open_give_the_curve_at_three():
    found = standing("interview", "interview", "interview", "refused", "refused", "declined")
    assert found.interviews == 3
    assert found.match_chance == pytest.approx(0.786, abs=0.005)
    assert found.match_chance == pytest.approx(found.match_chance_in_hand, abs=1e-12)


def test_todays_offers_equal_the_posterior_by_enumeration():
    """Every state and every set of later answers, weighed by what has been said so far."""
    before, ahead = np.array([0.4, 0.3, 0.2, 0.5]), 0.5
    status = ["interview", "refused", "silent", "silent"]
    first = scenarios(before, RATE, HOW)
    now, given = _todays(before, first, status, RATE, HOW, ahead)
    sure = scenarios(np.ones(4), RATE, HOW).chance
    p = first.chance / sure
    evidence = matched = later = 0.0
    for state, weight in enumerate(first.weight):
        # A silent program invites later, or never: early invitations did not happen.
        for coming in product((True, False), repeat=2):
            share = weight * p[0, state] * (1 - p[1, state])
            missed = 1 - sure[0, state]
            for at, comes in zip((2, 3), coming, strict=True):
                share *= p[at, state] * ahead if comes else 1 - p[at, state]
                missed *= 1 - sure[at, state] if comes else 1
            evidence += share
            matched += share * (1 - missed)
            later += share * coming[0]
    assert match_chance(now, np.arange(4)) == pytest.approx(matched / evidence, abs=1e-9)
    assert given[2] == pytest.approx(later / evidence, abs=1e-9)
    assert given[:2].tolist() == [1.0, 0.0]


def test_an_invitation_raises_and_a_refusal_lowers_the_chances_elsewhere():
    def elsewhere(answer):
        rows = standing(answer, "silent", "silent").programs.set_index("program_id")
        return rows.loc["P01", "interview_chance"]

    assert elsewhere("interview") > elsewhere("silent") > elsewhere("refused")


def test_an_interview_more_never_lowers_the_match_chance_and_adds_less_each_time():
    found = [standing(*["interview"] * n, *["refused"] * (8 - n)) for n in range(9)]
    chances = [one.match_chance for one in found]
    assert chances == sorted(chances)
    assert [one.one_more_gain for one in found] == sorted(
        (one.one_more_gain for one in found), reverse=True
    )
    assert found[1].accept_more


def test_what_an_interview_would_add_is_the_difference_it_makes():
    now = standing("interview", "silent", "refused")
    chance = now.programs.set_index("program_id").loc["P01"]
    sure = scenarios(np.ones(2), RATE, HOW)
    market, _ = _todays(
        now.programs.sort_values("program_id")["interview_chance_before"].to_numpy(),
        scenarios(
            now.programs.sort_values("program_id")["interview_chance_before"].to_numpy(), RATE, HOW
        ),
        ["interview", "silent", "refused"],
        RATE,
        HOW,
        ASSUMPTIONS.value("interviews.still_to_come"),
    )
    both = match_chance(Scenarios(sure.chance, market.weight), [0, 1])
    assert chance["match_gain"] == pytest.approx(both - now.match_chance, abs=1e-12)


def test_the_rank_order_is_by_preference_and_never_by_chance():
    likely = programs(auto_screen_any_failure="no", state=["TX"] * 12 + ["OH"] * 12)
    rows = pd.DataFrame(
        {"program_id": ["P01", "P20", "P02"], "status": ["interview", "interview", "silent"]}
    )
    found = season_standing(student(), likely, rows, ASSUMPTIONS)
    assert found.rank_order == ("P20", "P01")
    assert found.programs["rank"].tolist() == [1, 2, 0]


def test_soap_is_named_below_the_number_and_not_at_it():
    few = int(ASSUMPTIONS.value("interviews.soap_below"))
    assert standing(*["interview"] * (few - 1), "silent").soap_alert
    assert not standing(*["interview"] * few, "silent").soap_alert


@pytest.mark.parametrize(
    ("rows", "facts", "words"),
    [
        ([("Q99", "interview")], {}, "not among the student's programs: Q99"),
        ([("P01", "silent"), ("P01", "refused")], {}, "named twice"),
        ([], {}, "one row for each application"),
        ([("P01", "silent")], {"step2_ck": np.nan}, "no Step 2 CK score"),
    ],
)
def test_offers_that_cannot_be_this_students_are_refused(rows, facts, words):
    frame = pd.DataFrame(rows, columns=["program_id", "status"])
    with pytest.raises(ModelError, match=words):
        season_standing(student(**facts), programs(), frame, ASSUMPTIONS)


def test_the_sample_season_answers_in_full():
    folder = "data/sample"
    found = season(
        "S002", f"{folder}/students.csv", f"{folder}/programs.csv", f"{folder}/offers.csv"
    )
    record = found.record()
    assert set(SEASON_COLUMNS) == set(record["programs"][0])
    assert record["interviews"] == 3 == len(record["rank_order"])
    assert record["soap_alert"]
    assert record["soap_steps"]
    said = " ".join(record["sentences"])
    assert f"About {round(100 * record['match_chance'])} of 100" in said
    assert record["why_true_order"] in record["sentences"]
    assert all(step in said for step in record["soap_steps"])


def test_before_any_answer_the_match_chance_is_that_of_the_list():
    found = application_list(student(), programs(), ASSUMPTIONS, with_range=False)
    sent = found.programs[["program_id", "signal"]].assign(status="silent")
    sent["signal"] = sent["signal"].replace("none", None)
    now = season_standing(student(), programs(), sent, ASSUMPTIONS)
    assert now.match_chance_before == pytest.approx(found.match_chance, abs=1e-9)
    ruled_out = ASSUMPTIONS.with_set(["interviews.still_to_come=1"])
    early = season_standing(student(), programs(), sent, ruled_out)
    assert early.match_chance == pytest.approx(found.match_chance, abs=1e-9)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_no_order_matches_more_often_and_none_is_worth_more_than_the_true_one(seed):
    random = np.random.default_rng(seed)
    wishes = programs().assign(student_id="T1", preference=random.uniform(0, 1, 24))
    answers = offers(*random.choice(["interview", "silent", "refused"], 6), "interview")
    found = season_standing(student(), programs(), answers, ASSUMPTIONS, wishes)
    true = ranked_outcome(found, found.rank_order)
    other = ranked_outcome(found, random.permutation(found.rank_order).tolist())
    assert other["match_share"].sum() == pytest.approx(true["match_share"].sum(), abs=1e-12)
    assert true["match_share"].sum() == pytest.approx(found.match_chance_in_hand, abs=1e-12)
    worth = [(rows["match_share"] * rows["preference"]).sum() for rows in (true, other)]
    assert worth[0] >= worth[1] - 1e-12


def test_a_rank_order_takes_each_interview_once():
    found = standing("interview", "interview", "silent")
    for order in (("P00", "P02"), ("P00", "P00")):
        with pytest.raises(ModelError, match="an interview, each once"):
            ranked_outcome(found, order)
