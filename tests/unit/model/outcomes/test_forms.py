"""What a file of graduates leaves out, and files that teach nothing: each ends in a sentence."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from analysis.assumptions import read_assumptions, toml_text
from analysis.errors import CountersignalError
from analysis.model.outcomes import run_backtest
from analysis.model.outcomes.graduates import SLOPES, application_chances
from analysis.model.outcomes.learning import learned_assumptions
from analysis.tables.graduate_files import graduates_csv, inclusion_form
from analysis.views.backtest import backtest
from tests.unit.model.outcomes.simulated_class import graduates

BASE = read_assumptions(overrides=["level.basis=article"]).with_set(
    ["graduates.bootstrap_draws=40"]
)
STEEP = BASE.with_set(["logit_scale=10", "anchors.none=0.68"])
RATE = 0.25


@pytest.fixture(scope="module")
def everyone():
    return graduates(21, STEEP, people=400, sent=8, rate=RATE, ranking_rho=0.3)


@pytest.fixture(scope="module")
def matched(everyone):
    return everyone[everyone.groupby("graduate_id")["matched"].transform("max") == 1]


def learned(rows, form="applications"):
    return learned_assumptions(partial(application_chances, rows), BASE, form)


def test_the_form_of_a_file_shows_in_its_rows(everyone, matched):
    assert inclusion_form(everyone) == "applications"
    assert inclusion_form(matched) == "matched"
    assert inclusion_form(everyone[everyone["interviewed"] == 1]) == "interviews"
    few = matched[matched["graduate_id"].isin(matched["graduate_id"].unique()[:19])]
    assert inclusion_form(few) == "applications"
    assert inclusion_form(everyone.iloc[:0]) == "applications"


def test_matched_graduates_alone_teach_the_truth_only_if_they_are_read_as_such(matched):
    rate = BASE.with_set([f"match_given_interview={RATE}"])
    under = partial(application_chances, matched)
    given = learned_assumptions(under, rate, "matched")
    naive = learned_assumptions(under, rate)
    # An interval's width is 3.3 standard deviations.
    for found, held in ((given, True), (naive, False)):
        level = found.changes.set_index("key").loc["anchors.none"]
        assert (level["new"] - 0.68 < level["high"] - level["low"]) == held
    true_slope = STEEP.value("logit_scale") * STEEP.weights["step2_ck"] / 5
    slope = given.slopes.loc["step2_ck"]
    assert abs(slope["value"] - true_slope) < slope["high"] - slope["low"]
    assert given.rho.low <= 0.3 <= given.rho.high
    row = given.changes.set_index("key").loc["match_given_interview"]
    assert not row["learned"]
    assert row["why"] == "a file of matched graduates alone does not tell how many match"


def test_matched_graduates_who_may_have_matched_elsewhere_teach_nothing(matched):
    # Half of the graduates sent one application to a program of which nothing is known.
    unknown = (matched["graduate_id"] < "G0200") & ~matched.duplicated("graduate_id")
    some = matched.assign(program_type=matched["program_type"].astype(object).where(~unknown))
    rest = matched[matched["graduate_id"] >= "G0200"]
    numbers = ["new", "low", "high", "n"]
    part, alone = (learned(rows, "matched").changes.set_index("key") for rows in (some, rest))
    pd.testing.assert_frame_equal(part[numbers], alone[numbers])
    assert part.at["anchors.none", "n"] == rest["graduate_id"].nunique()
    said = run_backtest(some, BASE, form="matched").reasons
    assert "they may have matched there" in said[-1]


def test_interviews_alone_teach_match_given_interview_and_nothing_else(everyone):
    found = learned(everyone[everyone["interviewed"] == 1], "interviews")
    rows = found.changes.set_index("key")
    assert rows.index[rows["learned"]].tolist() == ["match_given_interview"]
    assert (
        rows.at["match_given_interview", "low"] <= RATE <= rows.at["match_given_interview", "high"]
    )
    rest = rows.drop("match_given_interview")
    assert (rest["why"] == "a file of interviews alone does not tell what wins one").all()


@pytest.mark.parametrize(
    ("form", "says"), [("interviews", "refusals"), ("matched", "given a match")]
)
def test_a_file_that_leaves_rows_out_scores_no_chance_and_says_why(everyone, matched, form, says):
    rows = matched if form == "matched" else everyone[everyone["interviewed"] == 1]
    rows = rows[rows["graduate_id"] < "G0090"]
    found = run_backtest(rows, BASE, form=form)
    assert found.verdict == "too_few_to_tell"
    assert says in found.reasons[0]
    assert found.statistics.empty


def separated(rows):
    return rows.assign(interviewed=(rows["step2_ck"] >= 250).astype(float), matched=0.0)


DEGENERATE = {
    "twenty graduates": (lambda rows: rows[rows["graduate_id"] < "G0020"], "too few to tell"),
    "all interviewed": (
        lambda rows: rows.assign(interviewed=1.0),
        "every application led to an interview",
    ),
    "none interviewed": (
        lambda rows: rows.assign(interviewed=0.0, matched=0.0),
        "no application led to an interview",
    ),
    "one year": (lambda rows: rows.assign(year=2024.0), "one year of graduates"),
    "separation": (separated, "too few to tell"),
    "no match": (lambda rows: rows.assign(matched=0.0), "too few to tell"),
    "no score": (lambda rows: rows.assign(step2_ck=np.nan), "no Step 2 CK score"),
}


@pytest.mark.parametrize("kind", DEGENERATE)
def test_a_degenerate_file_ends_in_a_sentence_and_a_set_that_can_be_read(kind, tmp_path):
    spoil, says = DEGENERATE[kind]
    rows = spoil(graduates(22, BASE, people=80, sent=5))
    found = run_backtest(rows, BASE)
    told = [*found.reasons, *found.learned.changes["why"]]
    assert any(says in sentence for sentence in told), told
    numbers = found.learned.changes[["old", "new"]].to_numpy(dtype=float)
    assert np.isfinite(numbers).all()
    taught = found.learned.changes[found.learned.changes["learned"]]
    assert (taught["low"] <= taught["new"]).all()
    assert (taught["new"] <= taught["high"]).all()
    path = tmp_path / "office.toml"
    path.write_text(toml_text(found.learned.assumptions), encoding="utf-8")
    assert read_assumptions(path).fingerprint == found.learned.assumptions.fingerprint


def test_full_separation_is_not_taken_for_certainty():
    found = learned(separated(graduates(22, BASE, people=80, sent=5)))
    slopes = found.slopes.loc[list(SLOPES)]
    assert np.isfinite(slopes.to_numpy(dtype=float)).all()
    anchors = found.changes[found.changes["key"].str.startswith("anchors.")]
    assert anchors["new"].between(1e-4, 1 - 1e-4).all()


def test_a_file_without_graduates_is_one_sentence(tmp_path):
    path = tmp_path / "graduates.csv"
    text = graduates_csv(graduates(22, BASE, people=3, sent=1))
    path.write_text(text.splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(CountersignalError) as told:
        backtest(path)
    assert "\n" not in str(told.value).strip()


def test_a_stated_form_wins_over_what_the_rows_look_like(tmp_path):
    rows = graduates(23, BASE, people=60, sent=3).assign(interviewed=1.0)
    path = tmp_path / "graduates.csv"
    path.write_text(graduates_csv(rows), encoding="utf-8")
    assert backtest(path).form == "interviews"
    stated = backtest(path, form="applications")
    assert stated.record()["form"] == "applications"
    with pytest.raises(CountersignalError, match="expected one of applications"):
        backtest(path, form="all")


def test_check_says_what_a_file_of_interviews_cannot_teach(tmp_path):
    from analysis.tables.check import check_graduate_files
    from analysis.tables.graduate_files import report_of_graduates

    rows = graduates(23, BASE, people=20, sent=3).assign(interviewed=1.0)
    path = tmp_path / "graduates.csv"
    path.write_text(graduates_csv(rows), encoding="utf-8")
    said = report_of_graduates(check_graduate_files([path]))
    assert "every row is an interview" in said
    assert pd.Series(said.splitlines()).str.contains("not what wins an interview").any()
