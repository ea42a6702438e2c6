"""A share that is not nothing is never written as 0, on charts, in alt texts or on pages."""

import re

import pandas as pd
import pytest

from analysis.figures.applications_curve import alt_applications_curve, draw_applications_curve
from analysis.figures.chance_by_score import alt_chance_by_score
from analysis.figures.survey_table import alt_survey_table, draw_survey_table
from analysis.figures.waterfall import alt_waterfall, draw_waterfall
from analysis.paths import from_root

SMALL = 0.003
NONE = float("nan")
CURVE = pd.DataFrame({"applications": [1, 2, 3], "match_chance": [0.001, 0.002, SMALL]})
STEPS = pd.DataFrame(
    [
        ("typical", 0.95, NONE),
        ("letters", 0.953, SMALL),
        ("red_flags", 0.003, -0.95),
        ("own", SMALL, NONE),
    ],
    columns=["part", "chance", "change"],
)
FLAT = STEPS.iloc[[0, 1, 3]].assign(chance=[0.002, 0.004, 0.004])


def written(axes):
    return [text.get_text() for text in axes.texts]


def test_the_curve_of_applications_says_less_than_1(axes):
    draw_applications_curve(CURVE, axes, recommended=2)
    assert written(axes) == ["this list: 2, less than 1 in 100"]
    told = alt_applications_curve(CURVE, recommended=1)
    assert told == "Rising line: with 1 application less than 1 of 100 match, with 3 less than 1."


def test_the_steps_of_a_chance_say_less_than_1_and_stay_on_the_page(axes):
    draw_waterfall(STEPS, axes)
    assert written(axes) == ["95%", "<1", "−95", "<1%"]
    axes.figure.canvas.draw()
    room = axes.figure.bbox
    assert all(text.get_window_extent().x1 <= room.x1 for text in axes.texts)
    assert alt_waterfall(STEPS) == (
        "Steps from 95% for a typical applicant to less than 1% for you; "
        "red flags change it most, by −95 points."
    )
    assert alt_waterfall(FLAT) == (
        "Steps from less than 1% for a typical applicant to less than 1% for you; "
        "no part of the record changes it by as much as a point."
    )


def test_rates_by_score_and_shares_of_a_survey_say_less_than_1(axes):
    rows = pd.DataFrame(
        [(flagged, score, SMALL, 0.001, 0.004, 0.002, NONE)
         for flagged in (False, True) for score in (220.0, 270.0)],
        columns=["flagged", "step2_ck", "chance", "low", "high", "assumed", "observed"],
    ).assign(n=pd.NA, source="sample", basis="office")  # fmt: skip
    told = alt_chance_by_score(rows, title="Found")
    assert "at 220 less than 1 of 100 (less than 1 to less than 1; assumed less than 1)" in told
    ratings = pd.DataFrame(
        {"factor": ["Letters"], "specialty": ["Surgery"], "percent_citing": [SMALL]}
    ).assign(mean_importance=3.0)
    draw_survey_table(ratings, axes)
    assert "less than 1% · 3.0" in written(axes)
    assert "(less than 1%)" in alt_survey_table(ratings)


# A range such as "0–3%" says itself that it begins under 1.
BY_HAND = re.compile(r"%\.0f[^|–]*\| format\([^)]*100 \*")
RANGE = "%.0f–%.0f%%"


@pytest.mark.parametrize("page", sorted(from_root("src/analysis/text").rglob("*.j2")), ids=str)
def test_no_template_rounds_a_share_by_hand_or_says_about_less_than(page):
    text = page.read_text(encoding="utf-8")
    assert not BY_HAND.search(text.replace(RANGE, ""))
    assert not re.search(r"[Aa]bout \{\{[^}]*\| of100 \}\}", text)


def test_a_template_that_rounds_by_hand_is_found():
    assert BY_HAND.search('{{ "%.0f%%" | format(100 * share) }}')
