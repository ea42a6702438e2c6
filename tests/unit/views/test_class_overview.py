import re
from types import SimpleNamespace

import pandas as pd
import pytest

from analysis import tables
from analysis.assumptions import read_assumptions, read_calendar, toml_text
from analysis.model.choice.problem import ListWishes
from analysis.paths import from_root
from analysis.text import render, sentence, table
from analysis.views.cohort import next_steps
from analysis.views.pick import pick
from analysis.views.report import report_view
from tests.published import run_notebook, words_of

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


def overview_of(folder, overrides=FEW_DRAWS, show_names=False, **files):
    """What notebook 70 found, with its words and its tables by their first head."""
    changed = folder / f"{len(list(folder.iterdir()))}.toml"
    changed.write_text(toml_text(read_assumptions(None, overrides)))
    paths = {f"{name}_csv": "" for name in ("preferences", "graduates")}
    paths |= {f"{name}_csv": str(path) for name, path in files.items()}
    found, parts = run_notebook(
        "70_class_overview", **paths, assumptions_toml=str(changed), show_names=show_names
    )
    tables = [given[0] for kind, given in parts if kind == "publish_table"]
    (csv,) = (given[0] for kind, given in parts if kind == "publish_rows")
    return SimpleNamespace(
        **found,
        words="\n\n".join(words_of(parts)),
        shown={rows.columns[0]: rows for rows in tables if "Record" not in rows},
        to_meet=next(rows for rows in tables if "Record" in rows),
        csv=csv,
    )


@pytest.fixture(scope="module")
def found(files, tmp_path_factory):
    return overview_of(tmp_path_factory.mktemp("overview"), **vars(files))


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
    risk = found.listed["risk_to_plan"].tolist()
    assert risk == sorted(risk, reverse=True)
    assert (found.first["risk_to_plan"] > 0.25).all()
    rest = found.listed[~found.listed["look_first"]]
    assert (rest["risk_to_plan"] <= 0.25).all()


def test_a_student_whose_similar_graduates_did_worse_is_met_with_the_number_to_plan_on(
    files, found, tmp_path
):
    plain = overview_of(tmp_path, students=files.students, programs=files.programs)
    own = found.students.set_index("student_id")
    for student_id, row in own[own["status"] == "list"].iterrows():
        student = tables.read_student(files.students, student_id)
        view = report_view(
            student,
            tables.read_programs(files.programs),
            read_assumptions(None, FEW_DRAWS),
            tables.read_preferences(files.preferences),
            tables.read_if_given("graduates", files.graduates),
            calendar=read_calendar(),
            report_date="2026-09-15",
        )
        assert row["plan_on"] == view.plan_on
        assert row["risk_to_plan"] == max(row["risk_of_no_match"], 1 - view.plan_on)
    # Without a file of graduates nothing but the model's own number is planned on.
    assert (plain.listed["plan_on"] == plain.listed["match_chance"]).all()
    assert (plain.listed["risk_to_plan"] == plain.listed["risk_of_no_match"]).all()


def test_the_threshold_is_an_assumption_that_moves_who_stands_first(files, found, tmp_path):
    lenient = overview_of(
        tmp_path,
        (*FEW_DRAWS, "classmates.risk_of_no_match=0.9"),
        students=files.students,
        programs=files.programs,
    )
    assert len(lenient.first) < len(found.first)


def test_what_is_expected_is_the_sum_of_the_students_chances_in_company(found):
    expected = found.matches.set_index("step")["expected"]
    assert expected["independent"] == pytest.approx(found.listed["match_chance"].sum())
    in_company = (1 - found.listed["risk_of_no_match"]).sum()
    assert expected["shared_places"] == pytest.approx(in_company)


def test_who_has_no_score_no_list_or_a_wrong_row_is_named_and_the_others_are_there(found):
    status = found.students.set_index("student_id")["status"]
    assert status["S017"] == "no_step2_ck"
    assert status["S004"] == "no_list"
    assert (status == "list").sum() == 4
    facts = found.shown["What these files hold"].set_index("What these files hold").squeeze()
    assert facts["Without a Step 2 CK score, so without a list"] == "S017"
    assert facts["Rows of the class file left out"] == "S001"
    assert found.shown["Left out"].iloc[0, 1].startswith("step2_ck: expected a whole number")
    assert "NOWHERE" in facts["No list for S004"]


def test_the_rows_for_a_spreadsheet_hold_everyone(found):
    rows = found.csv.set_index("student_id")
    assert set(rows.index) == {*KEPT, "S001", "S004"}
    assert rows.loc["S001", "status"] == "left_out"
    assert "name" not in rows


def test_names_stand_there_only_when_asked_for(files, found, tmp_path):
    assert "Fenwick" not in found.words
    assert not any("Fenwick" in rows.to_csv() for rows in (found.csv, *found.shown.values()))
    named = overview_of(tmp_path, show_names=True, **vars(files))
    assert "S003 Isolde Fenwick-Ray" in named.words
    assert "Isolde Fenwick-Ray" in named.csv["name"].tolist()


def test_small_groups_of_past_graduates_stand_without_numbers(found):
    rows = found.shown["Group"].set_index("Group")
    small = pd.Series([pd.isna(group["n"]) for group in found.groups])
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
    alone = overview_of(tmp_path, students=tmp_path / "one.csv", programs=files.programs)
    assert "No student has a list, so there is no number to expect." in alone.words
    assert alone.chart.empty
    assert alone.csv["status"].tolist() == ["no_step2_ck"]


def test_a_class_of_one_is_expected_to_match_with_that_students_chance(files, tmp_path):
    rows = pd.read_csv(files.students, dtype=str, keep_default_na=False)
    rows[rows["student_id"] == "S003"].to_csv(tmp_path / "one.csv", index=False)
    alone = overview_of(tmp_path, students=tmp_path / "one.csv", programs=files.programs)
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
    return overview_of(folder, students=folder / "students.csv", programs=files.programs)


def test_a_list_that_holds_no_program_counts_as_none_and_says_why(without_lists):
    shown = without_lists.shown["What these files hold"]
    facts = shown.set_index("What these files hold").squeeze()
    assert facts["Students with a list"] == "1"
    assert facts["No list for S002"] == "the budget of $5 pays for no application (one costs $11)"
    assert facts["No list for S003"].startswith("your wishes rule out every program of the")
    assert "the one student with a list" in without_lists.words
    assert "S002 and S003 have no list." in without_lists.words
    rows = without_lists.csv.set_index("student_id")
    assert rows.loc[["S002", "S003"], "status"].tolist() == ["no_list"] * 2
    assert rows.loc[["S002", "S003"], "match_chance"].isna().all()
    assert not without_lists.first["student_id"].isin(["S002", "S003"]).any()


def test_what_would_help_a_student_without_a_list_names_the_budget_that_it_breaks(without_lists):
    said = without_lists.words.splitlines()
    (own,) = [line for line in said if line.startswith("- **No list for S002**")]
    assert "the budget of $5 pays for no application" in own.replace("\\", "")
    assert "That is over the budget of $5." in own
    # Nothing in the files is to be corrected.
    assert "Correct the rows" not in without_lists.words


def test_what_ten_applications_bring_without_a_list_is_what_the_own_report_says(
    without_lists, files
):
    row = without_lists.empty.set_index("student_id").loc["S002"]
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


def test_who_is_bold_in_the_chart_is_who_stands_in_the_table(found):
    first = set(found.chart.loc[found.chart["look_first"], "student_id"])
    assert first == set(found.first["student_id"]) == set(found.to_meet["Student"])
    in_company = found.listed["match_chance"] - found.listed["lost_to_classmates"]
    in_company = in_company.clip(upper=found.listed["plan_on"])
    assert set(found.listed.loc[in_company < 1 - found.threshold, "student_id"]) == first


def test_each_student_to_meet_first_has_one_next_step(found):
    assert len(found.to_meet) > 0
    assert found.to_meet["Next step"].str.fullmatch(r"[A-Z][^\n]+\.").all()


STUDENT = {
    "red_flags": (),
    "match_chance": 0.6,
    "risk_of_no_match": 0.4,
    "plan_on": 0.6,
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
            "Call the 3 programs with an unconfirmed rule: if all screen the student out, 30",
        ),
        (
            {"other_gain": float("nan"), "more_gain": 0.004},
            "Call the 3 programs with an unconfirmed rule: if all screen the student out, 58",
        ),
        (
            {"other_gain": float("nan"), "more_gain": 0.004, "unknowns": 0},
            "Agree on a plan B: more applications would add less than 1 in 100.",
        ),
        ({"red_flags": ("professionalism",)}, "Talk first: a professionalism concern"),
        (
            {"risk_of_no_match": 0.2, "plan_on": 0.46},
            "Agree on a plan B: similar graduates did worse, so plan on 46.",
        ),
    ],
)
def test_next_step_is_what_moves_the_chance_most(changed, said):
    row = STUDENT | changed
    (row["step"],) = next_steps(pd.DataFrame([row]))
    assert sentence("overview/next_step", row=row, threshold=0.25).startswith(said)


def test_overview_counts_in_whole_numbers(found):
    page = found.words[: found.words.index("Assumption|")]
    assert not re.search(r"\d\.\d", page)
    assert " %" not in page


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (0, "No list has more than a 25 in 100 risk"),
        (1, "**Meet this student of 9 first, from the top.**"),
        (4, "**Meet these 4 students of 9 first, from the top.**"),
    ],
)
def test_who_to_meet_first_is_counted(first, said):
    told = render(
        "overview/first", students=9, first=first, threshold=0.25, starred=True, without=[]
    )
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


def test_what_stands_in_a_sentence_is_shown_as_it_was_typed():
    view = {"first": 0, "shared": [], "empty": [], "mend": False}
    assert r"\_S17\_: no list until" in render("overview/change", no_score=["_S17_"], **view)


TYPED = "a | b\n--- | [c](d) {{ e }} \u00e9"


def test_what_was_typed_into_a_file_stays_in_its_cell():
    no_list = [{"called": TYPED, "problem": "|"}]
    view = {"students": 1, "no_score": [], "left_out": ["x|y"], "programs": 2}
    rows = table("overview/facts", no_list=no_list, **view)
    cells = dict(rows.itertuples(index=False, name=None))
    assert cells["No list for a | b --- | [c](d) {{ e }} \u00e9"] == "|"
    assert cells["Rows of the class file left out"] == "x|y"


def test_a_table_says_which_columns_hold_whole_numbers_and_may_have_no_rows():
    row = {"specialty": "", "students": 3, "expected": 1.6, "first": 1}
    assert table("overview/by_specialty", rows=[row]).iloc[0].tolist() == ["Together", 3, 2, 1]
    none = table("overview/by_specialty", rows=[])
    assert none.empty
    assert list(none) == ["Specialty", "Students with a list", "Expected matches", "To meet first"]


def test_a_row_with_a_cell_too_many_is_a_mistake_of_its_template(tmp_path, monkeypatch):
    from jinja2 import FileSystemLoader

    from analysis import text

    (tmp_path / "odd.md.j2").write_text("A | B\n--- | ---\n1 | 2\n1 | 2 | 3\n")
    monkeypatch.setattr(text._tables(), "loader", FileSystemLoader(tmp_path))
    with pytest.raises(ValueError, match=r"text/odd.md.j2: 2 heads, and a row 1 \| 2 \| 3"):
        table("odd")
