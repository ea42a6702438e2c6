from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.assumptions import read_assumptions
from analysis.model.chance import Market, drawn_chances, interview_chance
from analysis.model.choice.application_list import application_list
from analysis.model.choice.problem import ListWishes
from analysis.model.cohort import (
    answers_at_stake,
    further_applications,
    members_of,
    second_specialties,
)
from analysis.model.correlation import mechanism, scenarios
from analysis.model.portfolio import match_chance
from tests.unit.model.choice.test_application_list import programs, student

ASSUMPTIONS = read_assumptions()
RATE = ASSUMPTIONS.value("match_given_interview")
RHO = mechanism(ASSUMPTIONS)


@pytest.fixture(scope="module")
def found():
    return application_list(student(), programs(), ASSUMPTIONS)


def chance_of(chances):
    return match_chance(scenarios(chances, RATE, RHO), np.arange(len(chances)))


def test_a_member_has_the_lists_programs_chances_and_match_chance(found):
    (member,) = members_of({"T1": found})
    sent = found.programs[["program_id", "signal"]].assign(student_id="T1")
    sent["signal"] = sent["signal"].where(sent["signal"] != "none")
    own = programs().set_index("program_id").loc[list(found.rank_order)].reset_index()
    (parts,) = Market(own, ASSUMPTIONS, sent).parts(student())
    drawn = drawn_chances(parts, ASSUMPTIONS)
    assert member.programs == found.rank_order
    assert member.chance.tolist() == found.ranked["interview_chance"].tolist()
    assert member.match_chance == found.match_chance
    assert member.drawn.shape == (400, len(found.chosen))
    assert member.drawn == pytest.approx(drawn)


def test_what_an_answer_moves_is_the_list_made_again_with_that_chance_alone(found):
    stakes = answers_at_stake(found, ASSUMPTIONS).set_index("program_id")
    listed = found.programs.set_index("program_id")
    assert set(stakes.index) == set(listed.index[listed["unknown"] != ""])
    for program_id, row in stakes.iterrows():
        for name in ("if_open", "if_closes"):
            chances = listed["interview_chance"].copy()
            chances[program_id] = listed.loc[program_id, f"chance_{name}"]
            assert row[name] == pytest.approx(chance_of(chances), abs=1e-9)
        assert row["if_closes"] <= found.match_chance <= row["if_open"]


def test_nothing_is_at_stake_where_nothing_is_unknown():
    known = programs(auto_screen_any_failure="no")
    found = application_list(student(), known, ASSUMPTIONS, with_range=False)
    assert answers_at_stake(found, ASSUMPTIONS).empty


def test_further_applications_never_harm_and_cost_what_the_next_ones_cost(found):
    added, gain, fee = further_applications(found, 3)
    assert (added, fee) == (3, 33.0)
    assert 0 < gain < 1 - found.match_chance


def test_a_list_of_everything_with_a_chance_has_nothing_to_add():
    whole = application_list(
        student(), programs(), ASSUMPTIONS, wishes=ListWishes(limit=24, fill=True), with_range=False
    )
    assert further_applications(whole, 5) == (0, 0.0, 0.0)


@pytest.fixture(scope="module")
def market():
    other = programs(8, "Family Medicine", "F")
    return pd.concat([programs(), other], ignore_index=True)


def test_a_second_specialty_adds_its_programs_to_the_same_file(found, market):
    row = second_specialties(student(), {"T1": found}, market, ASSUMPTIONS, 8).iloc[0]
    there = interview_chance(
        student(specialty="Family Medicine"), market, ASSUMPTIONS, with_range=False
    )
    together = [*found.programs["interview_chance"], *there["interview_chance"]]
    assert row["specialty"] == "Family Medicine"
    assert row["added"] == (there["interview_chance"] > 0).sum()
    assert row["gain"] == pytest.approx(chance_of(together) - found.match_chance, abs=1e-9)
    assert row["fee_usd"] == 11 * row["added"]


def test_a_specialty_on_another_basis_is_not_held_beside_the_list(found, market):
    counted = market["specialty"] == "Family Medicine"
    market = market.assign(
        interviews_offered=np.where(counted, 100, np.nan),
        applications_received=np.where(counted, 1000, np.nan),
    )
    other = replace(found, chance_basis="article")
    assert second_specialties(student(), {"T1": other}, market, ASSUMPTIONS, 8).empty
