import pandas as pd
import pytest

from analysis.advice.standing import facts, report_date, report_title, standing
from analysis.errors import ModelError


def student(**changes):
    row = {
        "student_id": "S001",
        "step2_ck": 255.0,
        "step1_result": "pass",
        "red_flags": ("course_failure_remediated",),
        "clerkship_honors_fraction": 0.75,
        "letters": 0.7,
        "research_items": float("nan"),
    }
    return pd.DataFrame([row | changes])


def typical(**changes):
    row = {"specialty": "Neurology", "interview_chance": 0.77, "low": 0.51, "high": 0.88}
    return pd.DataFrame([row | {"without_flags": 0.88} | changes])


def test_the_sentence_has_the_chance_its_range_and_the_same_record_without_the_flag():
    said = standing(student(), typical())
    assert "With a Step 2 CK of 255" in said
    assert "Neurology" in said
    assert "**77 %** (range 51 % to 88 %)" in said
    assert "without the red flag would stand at 88 %" in said
    assert "does not remove it" in said


def test_two_specialties_are_told_in_one_sentence():
    places = pd.concat([typical(), typical(specialty="Psychiatry", interview_chance=0.8, low=0.6)])
    said = standing(student(), places)
    assert (
        "in Neurology at **77 %** (range 51 % to 88 %) and in Psychiatry at **80 %** (range 60 % "
        "to 88 %); the same record without the red flag would stand at 88 %." in said
    )
    assert said.count("With a Step 2 CK") == 1


def test_a_spotless_record_is_not_told_of_a_flag():
    said = standing(student(red_flags=()), typical())
    assert "no red flag" in said
    assert "without the red flag" not in said


def test_several_flags_are_spoken_of_as_several():
    flags = ("course_failure_remediated", "loa_academic")
    said = standing(student(red_flags=flags), typical())
    assert "without the red flags would" in said
    assert "evidence beside the flags; it does not remove them" in said


def test_without_a_score_there_are_no_chances_and_the_page_says_why():
    said = standing(student(step2_ck=float("nan")), typical(interview_chance=float("nan")))
    assert "There is no Step 2 CK score yet" in said
    assert "%" not in said


def test_the_ceiling_is_named_as_one():
    said = standing(student(), typical(interview_chance=0.95, low=0.95, high=0.95))
    assert "**95 %** or more, the highest chance it ever states" in said


def test_what_was_taken_as_typical_is_named():
    said = standing(student(), typical(), ("letters", "research_items"))
    assert "Letters and research were not given and were taken as typical." in said


def test_one_plural_is_plural():
    said = standing(student(), typical(), ("clerkship_honors_fraction",))
    assert "Clerkship grades were not given and were taken as typical." in said
    assert "Research was not given" in standing(student(), typical(), ("research_items",))


def test_a_blank_step_1_is_said_to_count_as_passed():
    assert "counted as passed" not in standing(student(), typical())
    assert "counted as passed" in standing(student(step1_result=None), typical())
    told = {"step1_result": None, "red_flags": ("step1_failure",)}
    assert "counted as passed" not in standing(student(**told), typical())


@pytest.mark.parametrize(
    ("degree", "warned"), [("us_md", False), ("us_do", True), ("non_us_img", True)]
)
def test_a_student_of_another_degree_is_told_what_the_chances_rest_on(degree, warned):
    said = standing(student(degree=degree), typical())
    assert ("chances are less certain" in said) == warned


def test_degree_and_visa_stand_among_the_facts():
    own = student(degree="non_us_img", needs_visa="yes")
    rows = dict(facts(own, {"Neurology": "moderate"}).itertuples(index=False, name=None))
    assert rows["Degree"] == "International medical graduate"
    assert rows["Needs a visa"] == "yes"


def test_the_facts_say_what_is_not_given():
    rows = dict(facts(student(), {"Neurology": "moderate"}).itertuples(index=False, name=None))
    assert rows["Step 2 CK"] == "255"
    assert rows["Red flags"] == "One early course failure, later passed"
    assert rows["Clerkships with honors"] == "75 %"
    assert rows["Research items"] == "not given"
    assert rows["Specialty"] == "Neurology (a moderately competitive specialty)"


def test_the_title_has_the_id_alone():
    assert report_title("007").endswith("student 007")


def test_the_date_is_the_newest_of_the_programs_or_the_chosen_one():
    programs = pd.DataFrame({"as_of": ["2026-09-01", None, "2026-09-15"]})
    assert report_date(programs) == "2026-09-15"
    assert report_date(programs, "2026-10-01") == "2026-10-01"


@pytest.mark.parametrize(("as_of", "chosen"), [([None], ""), (["2026-09-01"], "1 Oct 2026")])
def test_a_date_that_is_none_is_refused(as_of, chosen):
    with pytest.raises(ModelError, match="YYYY-MM-DD"):
        report_date(pd.DataFrame({"as_of": pd.Series(as_of, dtype=object)}), chosen)
