import csv

import numpy as np
import pandas as pd
import pytest

from analysis.advice import chances_caption, terms_table, terms_words
from analysis.advice.labels import SEVERITY
from analysis.assumptions import read_assumptions
from analysis.model.by_flag import points_at_typical
from analysis.paths import from_root
from analysis.tables import read_interview_chances
from tests.unit.model.pairs import frame, student

ASSUMPTIONS = read_assumptions(overrides=["level.basis=article"])


def points(**changes):
    return points_at_typical(frame(student(**changes)), ASSUMPTIONS)


def test_a_flag_s_points_are_what_the_chance_loses_by_it():
    # The reference student at the article's program: 65 % in place of 80 %.
    found = points(red_flags=("course_failure_remediated",))
    assert found["term"].tolist() == ["red_flags"]
    assert found["points"].iloc[0] == pytest.approx(-15)
    assert terms_table(found)["Internal Medicine"].tolist() == ["-15.0 points"]


def test_each_specialty_has_its_column_and_the_weightiest_part_stands_first():
    both = points(
        specialty="Neurology;Urology",
        competitiveness="moderate;ultra",
        step2_ck=230,
        red_flags=("loa_academic",),
    )
    table = terms_table(both)
    assert list(table.columns) == ["Part of the record", "Neurology", "Urology"]
    assert table["Part of the record"].iloc[-1] == "How high the program's own applicants score"
    assert table["Neurology"].iloc[-1] == "+0.0 points"
    sizes = both.pivot(index="term", columns="specialty", values="points").abs().max(axis=1)
    assert table["Part of the record"].iloc[0] == {
        "step2_ck": "Step 2 CK", "red_flags": "Red flags"
    }[sizes.idxmax()]  # fmt: skip


def test_the_page_says_that_points_do_not_add_up_and_what_ten_points_of_the_exam_are_worth():
    said = terms_words(points(step2_ck=250), ASSUMPTIONS)
    assert "do not add up" in said
    assert f"multiply the odds by {np.exp(14.89 * 0.3 * 10 / 57):.2f}, an assumption" in said
    assert "2.19" in said


def test_without_a_score_or_anything_of_note_nothing_is_said():
    assert points(step2_ck=None).empty
    assert terms_table(points()).empty
    assert terms_words(points(step2_ck=None), ASSUMPTIONS) == ""


def test_the_article_s_severity_is_kept_word_for_word():
    with from_root("data/article/severity_labels.csv").open(encoding="utf-8") as stream:
        given = {
            flag: row["severity"]
            for row in csv.DictReader(stream)
            for flag in row["red_flags"].split(";")
        }
    assert dict(SEVERITY) == given


def test_the_caption_says_that_the_article_s_words_and_chart_disagree():
    chances = read_interview_chances(from_root("data/article/interview_chances.csv"))
    said = chances_caption(chances, "step1_failure")
    assert '"High" for Step 1 failed, then passed at 45 %' in said
    assert 'but "Moderate–High" for several pre-clinical failures at 35 %' in said
    own = pd.concat([chances.assign(basis="office")])
    assert "disagree" not in chances_caption(own, "step1_failure")
