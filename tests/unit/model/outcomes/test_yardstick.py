"""What learned chances are held against, and how often "better" is said where nothing is better."""

from functools import partial

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from analysis.assumptions import read_assumptions
from analysis.model.outcomes import run_backtest
from analysis.model.outcomes.backtest import BETTER, WORSE, regression_chances, selected_chances
from analysis.model.outcomes.calibration import brier, log_loss
from analysis.model.outcomes.graduates import application_chances
from tests.parallel import on_every_core
from tests.unit.model.outcomes.simulated_class import graduates

BASE = read_assumptions(overrides=["level.basis=article"]).with_set(
    ["graduates.bootstrap_draws=100"]
)


@pytest.fixture(scope="module")
def rows():
    return graduates(31, BASE, people=200, sent=8)


def test_the_regression_is_the_one_that_anyone_would_fit(rows):
    # Of one column that tells anything, scikit-learn by hand gives the same chances.
    plain = rows.drop(columns=["clerkship_honors_fraction", "letters", "research_items"])
    plain = plain.assign(
        program_type="community", degree="us_md", specialty="X", red_flags="", signal="gold"
    )
    found = regression_chances(plain[:1200], plain[1200:])
    score = plain["step2_ck"].to_numpy()
    unit = (score - score[:1200].mean()) / score[:1200].std()
    model = LogisticRegression().fit(unit[:1200, None], plain["interviewed"][:1200])
    assert found == pytest.approx(model.predict_proba(unit[1200:, None])[:, 1], abs=1e-3)


def test_where_all_ended_alike_the_regression_says_their_rate(rows):
    alike = rows.assign(interviewed=1.0)
    assert (regression_chances(alike[:800], alike[800:]) == 1).all()


def test_advisors_who_see_no_more_than_the_file_leave_chances_as_they_are(rows):
    chances = application_chances(rows, BASE)
    blind = BASE.with_set(["graduates.unseen_strength=0"])
    found = selected_chances(chances[:800], chances[800:], blind)
    assert found == pytest.approx(chances["interview_chance"][800:].to_numpy())


def test_what_advisors_see_moves_chances_by_no_more_than_is_stated(rows):
    easy = rows.assign(interviewed=(rows["program_type"] == "community").astype(float))
    chances = application_chances(easy, BASE)
    found = selected_chances(chances, chances, BASE)
    was = chances["interview_chance"].to_numpy()
    inside = (was > 0.01) & (was < 0.94) & (found < 0.94)
    flattest = 1 / np.sqrt(1 + 0.346 * 0.5**2)
    moved = logit(found[inside]) - logit(was[inside])
    assert (np.abs(moved) <= 0.5 + (1 - flattest) * np.abs(logit(was[inside])) + 1e-2).all()
    assert moved.max() > 0.3
    assert moved.min() < -0.3


def test_the_yardstick_scores_every_way_on_the_same_applications(rows):
    rows = rows[rows["graduate_id"] < "G0100"]
    found = run_backtest(rows, BASE)
    table = found.yardstick.set_index("method")
    assert table.index.tolist() == ["learned", "survey", "regression", "base_rate"]
    last = rows["year"] == rows["year"].max()
    survey = application_chances(rows, BASE).loc[last, "interview_chance"]
    happened = rows.loc[last, "interviewed"]
    assert table.at["survey", "brier"] == pytest.approx(brier(happened, survey))
    assert table.at["survey", "log_loss"] == pytest.approx(log_loss(happened, survey))
    rate = np.full(last.sum(), rows.loc[~last, "interviewed"].mean())
    assert table.at["base_rate", "brier"] == pytest.approx(brier(happened, rate))
    for score in ("brier", "log_loss", "calibration_in_the_large"):
        assert (table[f"{score}_low"] <= table[score]).all()
        assert (table[score] <= table[f"{score}_high"]).all()


def test_a_set_that_loses_to_a_plain_regression_is_called_worse():
    # Interviews follow the day of birth of the file: an order that the model has no place for.
    drawn = graduates(32, BASE, people=160, sent=6)
    turn = {"high_tier_academic": 4, "mid_tier_academic": -4, "community": 4, "do_friendly": -4}
    pull = drawn["program_type"].map(turn) * (drawn["signal"].fillna("none") != "none")
    pull = pull - 6 * (drawn["step2_ck"] - 250) / 10
    generator = np.random.default_rng(1)
    drawn["interviewed"] = (generator.random(len(drawn)) < expit(pull)).astype(float)
    found = run_backtest(drawn.assign(matched=0.0), BASE)
    assert found.statistics.at["log_loss_gain_vs_regression", "high"] < 0
    assert found.verdict == WORSE
    assert found.reasons[0].startswith("a plain logistic regression predicted them better")
    mark = found.learned.assumptions.entries["graduates.verdict"]
    assert (mark.value, mark.basis) == (WORSE, "office")
    losses = found.yardstick.set_index("method")["log_loss"]
    assert f"a plain logistic regression {losses['regression']:.3f}" in mark.why
    assert f"learned numbers {losses['learned']:.3f}" in mark.why


def falsely_better(seed, choosy):
    return run_backtest(graduates(seed, BASE, people=240, sent=8, choosy=choosy), BASE).verdict


@pytest.mark.soak
@pytest.mark.parametrize("choosy", [0.0, 0.5])
def test_better_is_hardly_ever_said_where_what_is_believed_is_true(choosy):
    said = on_every_core(partial(falsely_better, choosy=choosy), range(3000, 3030))
    assert said.count(BETTER) <= 0.05 * len(said), said
