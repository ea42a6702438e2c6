"""The scorecard holds the model against published figures, and its page is up to date."""

import re
from functools import cache

import numpy as np
import pytest
from scipy.special import expit, ndtri

from analysis.assumptions import GROUPS, read_assumptions
from analysis.model.match_stage import all_specialties, match_rates, typical_applicant
from analysis.model.parameters import chance_parameters
from analysis.model.pool import conditional_odds, evidence_of, pool_of, typical_penalty
from analysis.paths import from_root
from analysis.views.scorecard import OFF_FROM, scorecard, scorecard_markdown

ASSUMPTIONS = read_assumptions()
all_rows = cache(scorecard)


def rows(part):
    return [row for row in all_rows() if row["part"] == part]


def test_the_page_says_why_of_every_figure_that_is_off_and_of_no_other():
    off = {r["what"] for r in all_rows() if abs(r["difference"] or 0) >= OFF_FROM}
    page = scorecard_markdown(all_rows())
    told = page[page.index("## Where the model is off") : page.index("## Cited")].splitlines()[6:-1]
    assert {line.split(" | ")[0].removeprefix("| ") for line in told} == off
    assert not [line for line in told if "| not known |" in line]
    template = from_root("src/analysis/text/scorecard/page.md.j2").read_text(encoding="utf-8")
    assert set(re.findall(r'^    "([^"]+)": ', template, re.MULTILINE)) == off


def test_the_page_names_every_specialty_once_for_each_degree():
    page = scorecard_markdown(all_rows())
    last = page[page.index("## Typical applicants") :].splitlines()
    named = [
        name for line in last if line.startswith("| ") for name in line.split(" | ")[1].split("; ")
    ]
    assert sorted(named[1:]) == sorted([*ASSUMPTIONS.season] * 4)


def test_every_specialty_and_group_has_its_row():
    assert len(rows("typical")) == 4 * len(ASSUMPTIONS.season)


def test_chances_of_a_match_by_interviews_are_within_three_points_of_the_published_ones():
    everyone = [row for row in rows("curve") if "Internal Medicine" not in row["what"]]
    assert len(everyone) == 5
    assert all(abs(row["difference"]) <= 3 for row in everyone)


def test_published_pairs_with_and_without_a_signal_are_within_a_point():
    assert len(rows("pair")) == 4
    assert all(abs(row["difference"]) <= 1 for row in rows("pair"))


def test_calibrated_rates_are_within_five_points_and_the_raw_difference_is_told():
    cited = [row for row in rows("typical") if row["published"] is not None]
    given = [
        (name, group)
        for name, season in ASSUMPTIONS.season.items()
        for group in GROUPS
        if getattr(season, f"match_rate_{group}") is not None
    ]
    assert [(row["specialty"], row["group"]) for row in cited] == given
    for row in cited:
        assert row["difference"] == pytest.approx(100 * (row["model"] - row["published"]), abs=0.05)
        assert row["source"]
        assert abs(row["difference_calibrated"]) <= 5


def test_rates_over_all_specialties_are_within_five_points_of_each_published_one():
    assert [row["group"] for row in rows("headline")] == list(GROUPS)
    for row in rows("headline"):
        assert abs(row["difference_calibrated"]) <= 5
        assert row["difference"] is not None
    # Of US seniors of either kind the curve after interviews is as published: nothing is moved.
    assert all(row["difference"] == row["difference_calibrated"] for row in rows("headline")[:2])


def test_a_rate_over_all_specialties_is_the_mixture_by_hand():
    found = all_specialties("us_do", ASSUMPTIONS)
    usual = {
        kind: [
            typical_applicant(name, kind, "us_do", ASSUMPTIONS)
            for name, row in ASSUMPTIONS.season.items()
            if row.competitiveness == kind
        ]
        for kind in ("less", "moderate", "ultra")
    }
    share = {"less": 0.45, "moderate": 0.51, "ultra": 0.04}
    preferred = sum(share[k] * np.mean([t.match_raw for t in usual[k]]) for k in share)
    anyone = sum(share[k] * np.mean([t.at_least_one for t in usual[k]]) for k in share)
    md = [
        typical_applicant(t.specialty, "less", "us_md", ASSUMPTIONS).match_raw
        for t in usual["less"]
    ]
    as_good = np.mean([t.match_raw for t in usual["less"]]) / np.mean(md)
    parallel = 0.159 * 0.61 * 0.918 * as_good
    second = 0.159 * 0.61 / (1 - preferred) * np.mean([t.at_least_one for t in usual["less"]])
    assert found.preferred == pytest.approx(preferred)
    assert found.parallel == pytest.approx(parallel)
    rate = (preferred + parallel) / (anyone + (1 - anyone) * second)
    assert found.rate == pytest.approx(rate)


def test_a_typical_applicant_is_a_simulated_one():
    """Twenty thousand invented applicants of orthopaedics, each with 77 programs."""
    name, n = "Orthopaedic Surgery", 20_000
    found = typical_applicant(name, "ultra", "us_md", ASSUMPTIONS)
    pool = pool_of(name, "ultra", ASSUMPTIONS)
    tau = evidence_of(pool, chance_parameters(ASSUMPTIONS), ASSUMPTIONS).tau
    penalty = typical_penalty(pool, "ultra", ASSUMPTIONS)
    odds = conditional_odds(pool, tau, penalty, ASSUMPTIONS)
    random = np.random.default_rng(11)
    signals = np.repeat([0, 2], [50, 27])
    flag = random.choice(3, n, p=pool.flag)
    apart = 14.89 * 0.30 * 12 / 57 * np.sqrt(1 - (12 / 15) ** 2)
    record = random.normal(0, np.sqrt(tau**2 - apart**2), (n, 1)) + random.normal(0, apart, (n, 77))
    place = random.choice(3, (n, 77), p=pool.place)
    eta = odds.level[0] + odds.signal[0][signals] + record + np.log(pool.place_odds)[place]
    chance = np.minimum(expit(eta + penalty[flag][:, None]), 0.95)
    chance *= np.where(flag == 1, 0.7, 1.0)[:, None]
    rho = random.choice([0.1, 0.2, 0.4], (n, 1))
    z, w = random.standard_normal((2, n, 1))
    own = random.standard_normal((2, n, 77))
    invited = np.sqrt(rho) * z + np.sqrt(1 - rho) * own[0] < ndtri(chance)
    ranked = np.sqrt(0.51) * w + np.sqrt(0.49) * own[1] < ndtri(0.5445)
    assert invited.sum(axis=1).mean() == pytest.approx(found.interviews, rel=0.02)
    assert invited.any(axis=1).mean() == pytest.approx(found.at_least_one, abs=0.01)
    assert (invited & ranked).any(axis=1).mean() == pytest.approx(found.match_raw, abs=0.015)


def test_less_competitive_classes_come_first():
    less, moderate, ultra = (row["model"] for row in rows("order"))
    assert less >= moderate >= ultra


@pytest.mark.parametrize("name", sorted(ASSUMPTIONS.season))
def test_raw_match_rates_fall_with_the_odds_of_the_group(name):
    kind = ASSUMPTIONS.season[name].competitiveness
    each = [typical_applicant(name, kind, group, ASSUMPTIONS).interview_chance for group in GROUPS]
    assert each == sorted(each, reverse=True)


def test_a_rotation_and_a_home_program_raise_the_odds_after_an_interview_as_published():
    names = ["Internal Medicine"] * 3
    rates = match_rates(
        {"degree": "us_md"}, names, {names[0]: "moderate"}, ["", "rotation", "home"], ASSUMPTIONS
    )
    odds = rates / (1 - rates)
    assert odds[0] == pytest.approx(0.5445 / 0.4555)
    assert odds[1:] / odds[0] == pytest.approx([3.22, 1.65])


def test_a_cited_match_rate_moves_the_rate_after_an_interview_of_that_specialty_alone():
    names, kinds = ["Orthopaedic Surgery"], {"Orthopaedic Surgery": "ultra"}
    rates = np.array(
        [match_rates({"degree": g}, names, kinds, None, ASSUMPTIONS)[0] for g in GROUPS]
    )
    assert rates[0] == pytest.approx(0.414, abs=5e-4)
    odds = rates / (1 - rates)
    assert odds / odds[0] == pytest.approx([1, 1, 0.4, 0.3])
    other = match_rates({"degree": "us_md"}, ["Urology"], {"Urology": "ultra"}, None, ASSUMPTIONS)
    assert other[0] == pytest.approx(0.5445)
    article = ASSUMPTIONS.with_set(["level.basis=article"])
    assert match_rates({"degree": "us_md"}, names, kinds, None, article)[0] == pytest.approx(0.5445)


def test_a_group_without_a_curve_of_its_own_has_its_odds_after_an_interview():
    names, kinds = ["Internal Medicine"], {"Internal Medicine": "moderate"}
    rates = [match_rates({"degree": g}, names, kinds, None, ASSUMPTIONS)[0] for g in GROUPS]
    odds = np.array(rates) / (1 - np.array(rates)) * 0.4555 / 0.5445
    assert odds == pytest.approx([1, 1, 0.4, 0.3])


def test_the_page_of_the_docs_is_what_the_command_writes():
    written = from_root("docs/scorecard.md").read_text(encoding="utf-8")
    assert written == scorecard_markdown(all_rows())
