"""The scorecard holds the model against published figures, and its page is up to date."""

import pytest

from analysis.assumptions import GROUPS, read_assumptions
from analysis.model.match_stage import match_rates, typical_applicant
from analysis.paths import from_root
from analysis.views.scorecard import scorecard, scorecard_markdown

ROWS = scorecard()
ASSUMPTIONS = read_assumptions()


def rows(part):
    return [row for row in ROWS if row["part"] == part]


def test_every_specialty_and_group_has_its_row():
    assert len(rows("typical")) == 4 * len(ASSUMPTIONS.season)


def test_chances_of_a_match_by_interviews_are_within_three_points_of_the_published_ones():
    assert len(rows("curve")) == 5
    assert all(abs(row["difference"]) <= 3 for row in rows("curve"))


def test_the_orthopaedics_pair_is_within_a_point():
    assert all(abs(row["difference"]) <= 1 for row in rows("pair"))


def test_calibrated_rates_are_within_five_points_and_the_raw_difference_is_told():
    cited = [row for row in rows("typical") if row["published"] is not None]
    assert len(cited) >= 4
    for row in cited:
        assert row["difference"] is not None
        assert row["source"]
        if row["calibrated"] is not None:
            assert abs(row["difference_calibrated"]) <= 5
        else:
            # A rate above or close to the share with any interview moves nothing.
            assert row["published"] > 0.95 * row["at_least_one"] or row["difference"] == 0


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


def test_a_cited_match_rate_moves_the_rate_after_an_interview_of_that_group_alone():
    names, kinds = ["Orthopaedic Surgery"], {"Orthopaedic Surgery": "ultra"}
    md, do = (match_rates({"degree": g}, names, kinds, None, ASSUMPTIONS)[0] for g in GROUPS[:2])
    assert md > do == pytest.approx(0.5445)
    article = ASSUMPTIONS.with_set(["level.basis=article"])
    assert match_rates({"degree": "us_md"}, names, kinds, None, article)[0] == pytest.approx(0.5445)


def test_the_page_of_the_docs_is_what_the_command_writes():
    written = from_root("docs/scorecard.md").read_text(encoding="utf-8")
    assert written == scorecard_markdown(ROWS)
