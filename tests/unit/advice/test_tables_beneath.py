import pandas as pd

from analysis.advice.captions import (
    beside_article,
    chances_caption,
    chances_table,
    drawn_flag,
    importance_caption,
    levels_table,
    mark_words,
    programs_summary,
    rho_table,
    tolerance_table,
)
from analysis.advice.labels import basis_table, sources_text
from analysis.assumptions import read_assumptions

CHANCES = pd.DataFrame(
    {
        "red_flag": ["none", "step1_failure"],
        "interview_chance": [0.8, 0.45],
        "basis": ["article", "article"],
    }
)
BY_FLAG = pd.DataFrame(
    {
        "red_flag": ["none", "professionalism"],
        "interview_chance": [0.7, 0.08],
        "low": [0.5, 0.004],
        "high": [0.8, 0.3],
    }
)


def profile(**changes):
    row = {"factor": "clerkships", "weight": 0.25, "level": "0.75", "value": 0.75}
    row |= {"points": 18.75, "swing": "no honors to all", "taken_as_typical": False}
    return pd.DataFrame([row | changes])


def test_a_level_stands_beside_the_factor_as_drawn():
    importance = pd.DataFrame({"factor": ["Clerkship Grades"], "importance": [25.0]})
    row = levels_table(importance, profile()).iloc[0].tolist()
    assert row == ["Clerkship Grades", "25", "no honors to all", "honors in 75 %", "19 of 25"]


def test_an_unknown_level_is_said_to_be_taken_as_typical():
    importance = pd.DataFrame({"factor": ["Clerkship Grades"], "importance": [25.0]})
    table = levels_table(importance, profile(level="", taken_as_typical=True))
    assert table["This student"].iloc[0] == "not given, taken as typical"


def test_a_factor_outside_the_profile_is_shown_and_said_to_be():
    importance = pd.DataFrame({"factor": ["Personal statement"], "importance": [12.0]})
    row = levels_table(importance, profile()).iloc[0].tolist()
    assert row == ["Personal statement", "12", "not part of the profile", "", ""]


def test_chances_of_the_source_and_of_the_model_stand_side_by_side():
    rows = chances_table(CHANCES, BY_FLAG, ("step1_failure",)).to_dict("records")
    assert rows[1]["Red flag"] == "Step 1 failed, then passed (this student)"
    assert rows[1]["Source's figure"] == '45 %, "High"'
    assert rows[2]["Source's figure"] == "none published"
    own = CHANCES.assign(basis="office")
    assert chances_table(own, BY_FLAG, ())["Source's figure"].iloc[1] == "45 %"
    assert rows[0]["Model, typical record at this score"] == "70 % (50 % to 80 %)"


def test_without_a_score_the_models_column_is_left_out():
    assert chances_table(CHANCES, BY_FLAG.iloc[:0], ()).shape == (2, 2)


def test_each_flag_of_the_student_is_marked_and_no_other():
    names = chances_table(CHANCES, BY_FLAG, ("step1_failure", "professionalism"))["Red flag"]
    assert names.str.endswith("(this student)").tolist() == [False, True, True]


def test_one_item_is_one_and_two_are_items():
    importance = pd.DataFrame({"factor": ["Research"], "importance": [10.0]})
    levels = [
        levels_table(importance, profile(factor="research", level=level))["This student"].iloc[0]
        for level in ("1", "2")
    ]
    assert levels == ["1 item", "2 items"]


def test_the_articles_chance_is_put_beside_the_models():
    rows = beside_article(BY_FLAG, CHANCES)
    assert rows["article_chance"].tolist()[0] == 0.8
    assert pd.isna(rows["article_chance"].iloc[1])
    assert rows["label"].tolist()[1] == "Professionalism concern"


def test_the_curve_over_rho_is_one_line():
    line = rho_table(pd.DataFrame({"rho": [0.0, 0.4], "match_chance": [0.98, 0.7]})).iloc[0]
    assert line.to_dict() == {
        "Correlation": "Match chance",
        "0, independent": "98 %",
        "0.4": "70 %",
    }


def test_types_of_programs_are_named_in_words():
    types = pd.DataFrame(
        {"program_type": ["rural_fm"], "prestige": [2.0], "red_flag_tolerance": [8.0]}
    )
    assert tolerance_table(types).iloc[0].tolist() == ["Rural family medicine", "2", "8"]


def test_a_flag_without_a_published_bar_is_said_to_have_none():
    assert drawn_flag(CHANCES, "mspe_concern") is None
    assert "no published bar" in chances_caption(CHANCES, "mspe_concern")
    assert chances_caption(CHANCES, "step1_failure").endswith(
        "student's: Step 1 failed, then passed."
    )
    assert mark_words("step1_failure") == "this student's worst flag"


def test_a_spotless_record_has_no_worst_flag():
    assert mark_words("none") == "this student"
    assert chances_caption(CHANCES, "none").endswith("this student's: a spotless record.")


def test_a_caption_begins_with_whose_figures_they_are():
    rows = pd.DataFrame({"basis": ["article", "office", "article"]})
    assert importance_caption(rows).startswith(
        "The article's figure, illustrative by its own words and the office's own. "
    )


def test_programs_are_counted_by_group():
    pairs = pd.DataFrame(
        {
            "interview_chance": [0.0, 0.1, 0.3, 0.8],
            "gate": [0.0, 1.0, 1.0, 1.0],
            "unknown": ["visa", "visa", "", ""],
            "specialty": "Neurology",
        }
    )
    said = programs_summary(pairs, read_assumptions())
    assert "Of the 4 programs" in said
    assert "1 closed by a stated screen, 1 under 20 % (long shot), 1 between (possible)" in said
    assert said.endswith(
        "One of them leaves something open that decides whether your file is read; ask it."
    )
    known = programs_summary(pairs.assign(unknown=""), read_assumptions())
    assert known.endswith("None of them leaves open whether your file is read.")
    two = pairs.assign(unknown="visa", specialty=["Neurology", "Urology"] * 2)
    assert "4 programs of your specialties" in programs_summary(two, read_assumptions())
    assert "3 of them leave something open" in programs_summary(two, read_assumptions())


def test_the_sources_name_basis_and_fingerprint():
    assumptions = read_assumptions()
    assert assumptions.fingerprint in sources_text(assumptions, "article")
    assert "weakest number" in sources_text(assumptions, "base_rate")
    assert basis_table(assumptions)["How many"].sum() == len(assumptions.entries)


def test_a_number_stands_under_whose_it_is_in_this_set():
    def examples(assumptions):
        return basis_table(assumptions).set_index("Whose number")["Such as"]

    learned = {"latent_correlation": (0.3,), "anchors.none": 0.7}
    own = examples(
        read_assumptions().with_values(learned, basis="office", why="counted", source="own")
    )
    assert "how strongly answers come together" in examples(read_assumptions())["Our assumption"]
    assert "answers come together" not in own["Our assumption"]
    assert (
        own["The office's own"] == "how strongly answers come together, chances by red flag (some)"
    )
