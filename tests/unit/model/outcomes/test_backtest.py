from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.assumptions import read_assumptions
from analysis.model.outcomes import backtest, run_backtest
from analysis.model.outcomes.backtest import BETTER, TOO_FEW_TO_TELL
from analysis.model.outcomes.learning import learned_assumptions
from tests.unit.model.outcomes.simulated_class import graduates

BASE = read_assumptions(overrides=["level.basis=article"]).with_set(
    ["graduates.bootstrap_draws=40"]
)
FAR = BASE.with_set(
    ["anchors.none=0.5", "logit_scale=8", "anchors.step1_failure=0.15", "anchors.mspe_concern=0.1",
     "anchors.course_failure_remediated=0.36", "anchors.step2_failure=0.15",
     "anchors.clerkship_chronic_low=0.1"]
)  # fmt: skip


@pytest.fixture(scope="module")
def office():
    return run_backtest(graduates(1, FAR, people=160, sent=6), BASE)


def test_where_the_survey_is_far_off_the_learned_set_is_better(office):
    assert office.verdict == BETTER
    assert office.statistics.loc["skill_vs_survey", "low"] > 0


def test_the_last_year_is_scored_by_what_the_earlier_ones_taught(office):
    assert office.years == (2021, 2022, 2023, 2024, 2025)
    assert (office.n_applicants, office.n_applications, office.n_learned_from) == (32, 192, 128)
    assert "2021 to 2024" in office.earlier.assumptions.entries["anchors.none"].why
    assert "2021 to 2025" in office.learned.assumptions.entries["anchors.none"].why


def test_a_shorter_list_by_chance_has_at_least_the_interviews_of_ours(office):
    means = office.lists.pivot_table(index="length", columns="order", values="mean_hits")
    assert (means["sort_by_chance"] >= means["list"] - 0.5).all()


def test_the_same_assumptions_have_no_skill_over_themselves_whichever_programs_a_year_met(
    monkeypatch,
):
    rows = graduates(4, BASE, people=120, sent=6)
    late = rows["year"] == rows["year"].max()
    number = np.arange(len(rows)) % 12
    rows["program_id"] = [
        f"{'L' if last else 'E'}{n:02d}" for last, n in zip(late, number, strict=True)
    ]
    programs = pd.DataFrame({"program_id": sorted(set(rows["program_id"]))})
    programs = programs.assign(
        specialty="Internal Medicine",
        program_type="community",
        prestige=5.0,
        red_flag_tolerance=5.0,
    )
    programs["applications_received"] = 1000.0
    programs["interviews_offered"] = np.where(programs["program_id"] < "L", 60.0, 240.0)
    # Where a year's own programs say nothing, the median is of all that anyone applied to.
    programs.loc[programs["program_id"].isin(["L00", "L01", "L02"]), "interviews_offered"] = np.nan
    monkeypatch.setattr(
        backtest,
        "learned_assumptions",
        lambda under, a, *_: replace(real(under, a), assumptions=a),
    )
    real = learned_assumptions
    found = run_backtest(rows, BASE, programs)
    skill = found.statistics.loc["skill_vs_survey", "value"]
    assert skill == pytest.approx(0, abs=1e-12)
    # Differences are of the same graduates: what is always equal has no uncertainty.
    paired = found.statistics.loc["log_loss_gain_vs_survey"].to_numpy(dtype=float)
    assert paired == pytest.approx(np.zeros(3), abs=1e-12)


def test_one_year_or_few_graduates_are_too_few_to_tell_and_no_error():
    one_year = run_backtest(graduates(2, BASE, people=60, sent=4, years=1), BASE)
    few = run_backtest(graduates(2, BASE, people=30, sent=4), BASE)
    assert [found.verdict for found in (one_year, few)] == [TOO_FEW_TO_TELL] * 2
    assert one_year.reasons[0] == "one year of graduates; a back-test takes two"
    assert few.reasons[0] == "fewer than 10 graduates in 2025"
    assert few.statistics.empty
    assert [(found.n_applicants, found.n_applications) for found in (one_year, few)] == [(0, 0)] * 2


def test_a_file_of_one_specialty_or_of_flagged_graduates_says_what_it_cannot_tell():
    rows = graduates(2, BASE, people=60, sent=4, years=1)
    said = run_backtest(rows, BASE).reasons
    assert not [one for one in said if "every application" in one or "red flag" in one]
    one_sided = rows.assign(
        specialty=[("General Surgery",)] * len(rows),
        red_flags=rows["red_flags"].map(lambda own: own or ("loa_academic",)),
    )
    said = " ".join(run_backtest(one_sided, BASE).reasons)
    assert "every application was in General Surgery; chances in other specialties" in said
    assert "fewer than 10 graduates have no red flag" in said


def test_years_without_an_interview_are_not_called_too_few_graduates():
    rows = graduates(2, BASE, people=150, sent=2).assign(interviewed=0.0, matched=0.0)
    found = run_backtest(rows, BASE)
    assert found.verdict == TOO_FEW_TO_TELL
    assert found.reasons[0].startswith("the earlier years teach nothing: no application led to")


def test_the_order_of_the_rows_in_the_file_does_not_matter(office):
    rows = graduates(1, FAR, people=160, sent=6)
    mixed = run_backtest(rows.sample(frac=1, random_state=4, ignore_index=True), BASE)
    pd.testing.assert_frame_equal(mixed.statistics, office.statistics, rtol=1e-6)
    pd.testing.assert_frame_equal(mixed.bins, office.bins, rtol=1e-6)
    assert mixed.calibration_error_by_luck == pytest.approx(office.calibration_error_by_luck)
    numbers = ["new", "low", "high"]
    pd.testing.assert_frame_equal(
        mixed.learned.changes[numbers], office.learned.changes[numbers], rtol=1e-4
    )


def test_a_column_that_knows_the_outcome_is_warned_of():
    rows = graduates(3, BASE, people=30, sent=4)
    rows["letters"] = np.where(rows["interviewed"] == 1, 0.9, 0.1)
    reasons = run_backtest(rows, BASE).reasons
    assert any(reason.startswith("column letters knows the outcome") for reason in reasons)
