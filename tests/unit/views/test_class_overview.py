import re
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.paths import from_root
from analysis.text import render
from analysis.views.cohort import class_overview, next_step
from analysis.views.cohort_pages import class_pages
from analysis.views.pick import ListWishes, pick

SAMPLE = from_root("data/sample")
KEPT = ["S002", "S003", "S005", "S010", "S017"]
FEW_DRAWS = ("classmates.draws=400", "uncertainty.draws=50")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A class of five, one without a score, with a row that is wrong and one that contradicts."""
    folder = tmp_path_factory.mktemp("class")
    rows = pd.read_csv(SAMPLE / "students.csv", dtype=str, keep_default_na=False)
    kept = rows[rows["student_id"].isin([*KEPT, "S001", "S004"])].copy()
    kept.loc[kept["student_id"] == "S001", "step2_ck"] = "2555"
    kept.loc[kept["student_id"] == "S004", "must_apply"] = "NOWHERE"
    kept.to_csv(folder / "students.csv", index=False)
    wishes = pd.read_csv(SAMPLE / "preferences.csv", dtype=str, keep_default_na=False)
    wishes = wishes[wishes["student_id"].isin(kept["student_id"])]
    wishes.to_csv(folder / "preferences.csv", index=False)
    return SimpleNamespace(
        students=folder / "students.csv",
        programs=SAMPLE / "programs.csv",
        preferences=folder / "preferences.csv",
        graduates=SAMPLE / "graduates.csv",
    )


@pytest.fixture(scope="module")
def found(files):
    return class_overview(
        files.students, files.programs, files.preferences, files.graduates, overrides=FEW_DRAWS
    )


@pytest.fixture(scope="module")
def pages(found):
    return class_pages(found)


def test_each_student_has_the_match_chance_of_the_students_own_list(files, found):
    own = found.students.set_index("student_id")
    for student_id in ("S003", "S010"):
        alone = pick(
            student_id, files.students, files.programs, files.preferences, overrides=FEW_DRAWS
        ).found
        row = own.loc[student_id]
        assert row["match_chance"] == alone.match_chance
        assert (row["low"], row["high"]) == (alone.match_chance_low, alone.match_chance_high)
        assert row["if_unknowns_close"] == alone.match_chance_if_unknowns_close


def test_the_highest_risk_of_no_match_stands_first_and_the_threshold_is_kept(found):
    risk = found.listed["risk_of_no_match"].tolist()
    assert risk == sorted(risk, reverse=True)
    assert (found.first["risk_of_no_match"] > 0.25).all()
    rest = found.listed[~found.listed["look_first"]]
    assert (rest["risk_of_no_match"] <= 0.25).all()


def test_the_threshold_is_an_assumption_that_moves_who_stands_first(files, found):
    lenient = class_overview(
        files.students,
        files.programs,
        overrides=(*FEW_DRAWS, "classmates.risk_of_no_match=0.9"),
    )
    assert len(lenient.first) < len(found.first)


def test_what_is_expected_is_the_sum_of_the_students_chances_in_company(found):
    expected = found.matches.set_index("step")["expected"]
    assert expected["independent"] == pytest.approx(found.listed["match_chance"].sum())
    in_company = (1 - found.listed["risk_of_no_match"]).sum()
    assert expected["shared_places"] == pytest.approx(in_company)


def test_who_has_no_score_no_list_or_a_wrong_row_is_named_and_the_others_are_there(found, pages):
    status = found.students.set_index("student_id")["status"]
    assert status["S017"] == "no_step2_ck"
    assert status["S004"] == "no_list"
    assert (status == "list").sum() == 4
    facts = pages.facts.set_index("What these files hold")["Count or reason"]
    assert facts["Without a Step 2 CK score, so without a list"] == "S017"
    assert facts["Rows of the class file left out"] == "S001"
    assert pages.left_out.iloc[0, 1].startswith("step2_ck: expected a whole number")
    assert "NOWHERE" in facts["No list for S004"]


def test_the_rows_for_a_spreadsheet_hold_everyone(pages):
    rows = pages.csv.set_index("student_id")
    assert set(rows.index) == {*KEPT, "S001", "S004"}
    assert rows.loc["S001", "status"] == "left_out"
    assert "name" not in rows


def text_of(pages):
    parts = []
    for value in vars(pages).values():
        frames = value if isinstance(value, list) else [value]
        parts += [part.to_csv() if isinstance(part, pd.DataFrame) else str(part) for part in frames]
    return "\n".join(parts)


def test_names_stand_there_only_when_asked_for(found, pages):
    assert "Fenwick" not in text_of(pages)
    named = class_pages(found, show_names=True)
    assert "S003 Isolde Fenwick-Ray" in text_of(named)
    assert "Isolde Fenwick-Ray" in named.csv["name"].tolist()


def test_small_groups_of_past_graduates_stand_without_numbers(found, pages):
    rows = pages.graduates.set_index("Group")
    small = found.graduates["n"].isna()
    assert small.any()
    hidden = rows["Matched, of 100 (90% interval)"].str.startswith("not shown")
    assert hidden.tolist() == small.tolist()
    assert (rows.loc[hidden, "Past graduates"] == "–").all()


def test_a_call_counts_the_lists_that_hang_on_its_answer(found):
    call = found.calls.iloc[0]
    assert call["swing"] == pytest.approx(call["if_open"] - call["if_closes"])
    assert 1 <= call["lists"] <= 4
    assert found.calls["swing"].is_monotonic_decreasing


def test_a_class_without_any_score_has_an_overview_that_says_so(files, tmp_path):
    rows = pd.read_csv(files.students, dtype=str, keep_default_na=False)
    rows[rows["student_id"] == "S017"].to_csv(tmp_path / "one.csv", index=False)
    alone = class_overview(tmp_path / "one.csv", files.programs)
    pages = class_pages(alone)
    assert pages.summary == "No student has a list, so there is no number to expect."
    assert pages.standing.empty
    assert pages.csv["status"].tolist() == ["no_step2_ck"]


def test_a_class_of_one_is_expected_to_match_with_that_students_chance(files, tmp_path):
    rows = pd.read_csv(files.students, dtype=str, keep_default_na=False)
    rows[rows["student_id"] == "S003"].to_csv(tmp_path / "one.csv", index=False)
    alone = class_overview(tmp_path / "one.csv", files.programs, overrides=FEW_DRAWS)
    own = alone.students.iloc[0]
    assert own["risk_of_no_match"] == 1 - own["match_chance"]
    assert alone.matches["expected"].tolist()[:3] == [own["match_chance"]] * 3


@pytest.fixture(scope="module")
def without_lists(files, tmp_path_factory):
    """S002 with five dollars, S003 who wants none of the programs, S010 with a list."""
    folder = tmp_path_factory.mktemp("without")
    rows = pd.read_csv(files.students, dtype=str, keep_default_na=False)
    rows = rows[rows["student_id"].isin(["S002", "S003", "S010"])].copy()
    programs = pd.read_csv(files.programs, dtype=str)
    (specialty,) = rows.loc[rows["student_id"] == "S003", "specialty"]
    every = ";".join(programs.loc[programs["specialty"] == specialty, "program_id"])
    rows.loc[rows["student_id"] == "S002", ["application_limit", "fee_budget_usd"]] = ["", "5"]
    rows.loc[rows["student_id"] == "S003", ["must_apply", "never_apply"]] = ["", every]
    rows.to_csv(folder / "students.csv", index=False)
    return class_overview(folder / "students.csv", files.programs, overrides=FEW_DRAWS)


def test_a_list_that_holds_no_program_counts_as_none_and_says_why(without_lists):
    pages = class_pages(without_lists)
    facts = pages.facts.set_index("What these files hold")["Count or reason"]
    assert facts["Students with a list"] == "1"
    assert facts["No list for S002"] == "the budget of $5 pays for no application (one costs $11)"
    assert facts["No list for S003"].startswith("your wishes rule out every program of the")
    assert "the one student with a list" in pages.summary
    assert "S002 and S003 have no list." in pages.first_words
    rows = pages.csv.set_index("student_id")
    assert rows.loc[["S002", "S003"], "status"].tolist() == ["no_list"] * 2
    assert rows.loc[["S002", "S003"], "match_chance"].isna().all()
    assert not without_lists.first["student_id"].isin(["S002", "S003"]).any()


def test_what_would_help_a_student_without_a_list_names_the_budget_that_it_breaks(without_lists):
    said = class_pages(without_lists).change.splitlines()
    (own,) = [line for line in said if line.startswith("- **No list for S002**")]
    assert "the budget of $5 pays for no application" in own.replace("\\", "")
    assert "That is over the budget of $5." in own
    # Nothing in the files is to be corrected.
    assert "Correct the rows" not in class_pages(without_lists).change


def test_what_ten_applications_bring_without_a_list_is_what_the_own_report_says(
    without_lists, files
):
    row = without_lists.empty_handed.set_index("student_id").loc["S002"]
    own = pick(
        "S002",
        files.students,
        files.programs,
        overrides=FEW_DRAWS,
        wishes=ListWishes(budget_usd=5),
        what_ifs=["limit=+10"],
        with_range=False,
    )
    grown = own.what_ifs["limit=+10"]
    assert not own.found.chosen
    told = row[["more_applications", "more_gain", "more_fee_usd"]].tolist()
    assert told == [len(grown.chosen), grown.match_chance, grown.fee_usd]


def test_who_is_bold_in_the_chart_is_who_stands_in_the_table(found, pages):
    chart = pages.standing
    first = set(chart.loc[chart["look_first"], "student_id"])
    assert first == set(found.first["student_id"])
    in_company = found.listed["match_chance"] - found.listed["lost_to_classmates"]
    assert set(found.listed.loc[in_company < pages.line, "student_id"]) == first


def test_each_student_to_meet_first_has_one_next_step(found, pages):
    assert len(pages.first) == len(found.first) > 0
    steps = pages.first["Next step"]
    assert steps.str.fullmatch(r"[A-Z][^\n]+\.").all()


STUDENT = {
    "red_flags": (),
    "match_chance": 0.6,
    "unknowns": 3,
    "if_unknowns_close": 0.58,
    "more_applications": 10,
    "more_gain": 0.03,
    "more_fee_usd": 110.0,
    "other_specialty": "Family Medicine",
    "other_gain": 0.2,
    "other_fee_usd": 110.0,
}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "Talk about Family Medicine too: about 20 more in 100 for $110."),
        ({"other_gain": float("nan")}, "Send 10 more: about 3 more in 100 for $110."),
        (
            {"if_unknowns_close": 0.3},
            "Call the 3 programs with an open rule: if all screen the student out, 30",
        ),
        (
            {"other_gain": float("nan"), "more_gain": 0.004},
            "Call the 3 programs with an open rule: if all screen the student out, 58",
        ),
        (
            {"other_gain": float("nan"), "more_gain": 0.004, "unknowns": 0},
            "Agree on a plan B: more applications would add less than 1 in 100.",
        ),
        ({"red_flags": ("professionalism",)}, "Talk first: a conduct finding"),
    ],
)
def test_next_step_is_what_moves_the_chance_most(changed, said):
    assert next_step(STUDENT | changed).startswith(said)


def test_overview_counts_in_whole_numbers(pages):
    printed = [pages.first, pages.others, pages.shared, pages.calls, pages.by_specialty]
    words = "\n".join([pages.summary, pages.change, *(rows.to_csv() for rows in printed)])
    assert not re.search(r"\d\.\d", words)
    assert " %" not in words


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (0, "No list has more than a 25 in 100 risk"),
        (1, "**Meet this student first.**"),
        (4, "**Meet these 4 students first.**"),
    ],
)
def test_who_to_meet_first_is_counted(first, said):
    told = render("overview/first", students=9, first=first, threshold=0.25, without=[])
    assert told.startswith(said)


def test_summary_speaks_of_independence_only_where_it_would_say_something_else():
    wide, narrow = (
        {"expected": 26.3, "low": 16, "high": 34},
        {"expected": 27.3, "low": 23, "high": 31},
    )
    view = {"students": 39, "of_100_seasons": "90", "article": []}
    told = render("overview/summary", steps=[narrow, wide], **view)
    assert told.startswith("**About 26 of the 39 students with a list are expected to match.**")
    assert "would give 23 to 31" in told
    assert "independent" not in render("overview/summary", steps=[wide, wide], **view)


def test_what_stands_in_a_sentence_is_shown_as_it_was_typed(found):
    odd = found.students.replace({"student_id": {"S017": "_S17_"}})
    change = class_pages(replace(found, students=odd)).change
    assert r"\_S17\_: no list until" in change
