from dataclasses import replace

import pandas as pd
import pytest

from analysis.assumptions import read_assumptions
from analysis.errors import ModelError, TableError
from analysis.model.profile import typical_cells
from analysis.paths import from_root
from analysis.views.case import Case, case_of_row, with_weight
from analysis.views.chances import chances
from analysis.views.desk import (
    case_toml,
    changed_lines,
    checked_file,
    list_of,
    read_desk,
    standing_of,
)
from analysis.views.pick import pick

FILES = [f"data/sample/{name}.csv" for name in ("students", "programs", "preferences")]


@pytest.fixture(scope="module")
def desk():
    return read_desk(*FILES)


@pytest.fixture(scope="module")
def first(desk):
    return case_of_row(desk.students.iloc[0].to_dict())


def test_the_list_is_the_one_that_the_command_line_gives(desk, first):
    listed = list_of(first, desk)
    same = pick(first.student_id, *map(from_root, FILES))
    assert listed.found.chosen == same.found.chosen
    assert listed.found.match_chance == same.found.match_chance
    assert listed.rows["Expected interviews"] == f"{same.found.expected_interviews:.1f}"


def test_a_changed_score_gives_the_list_of_a_what_if(desk, first):
    listed = list_of(replace(first, step2_ck=240.0), desk)
    same = pick(first.student_id, *map(from_root, FILES), what_ifs=["step2_ck=240"])
    assert listed.found.chosen == same.what_ifs["step2_ck=240"].chosen


def test_a_state_is_excluded_on_the_page_as_it_is_in_the_class_file(desk, first, tmp_path):
    # A program there whose signal is decided stays: the student applies to it.
    states = desk.programs.set_index("program_id")["state"]
    texas = [one for one in states.index[states == "TX"] if one.startswith("IM")]
    marked = replace(first, exclude_states=("TX",), marks=((texas[0], "", "gold"),))
    listed = list_of(marked, desk).found
    assert {one for one in listed.chosen if states[one] == "TX"} == {texas[0]}
    assert listed.programs.set_index("program_id").loc[texas[0], "signal"] == "gold"
    # Without the mark: the same answer as on the command line.
    rows = pd.read_csv(from_root(FILES[0]), dtype=str, keep_default_na=False)
    rows.loc[rows["student_id"] == first.student_id, "exclude_states"] = "TX"
    rows.to_csv(tmp_path / "students.csv", index=False)
    same = pick(first.student_id, tmp_path / "students.csv", *map(from_root, FILES[1:]))
    assert list_of(replace(first, exclude_states=("TX",)), desk).found.chosen == same.found.chosen


def test_the_chance_at_a_typical_program_is_that_of_the_model(desk, first, tmp_path):
    # A mid-tier program without counts, cutoff or screen is the typical one of the page.
    programs = tmp_path / "programs.csv"
    programs.write_text(
        "program_id,program_name,specialty,program_type,state,prestige,red_flag_tolerance,"
        "step2_cutoff,auto_screen_any_failure,interviews_offered,applications_received\n"
        "P1,One,Internal Medicine,mid_tier_academic,OH,,,200,no,,\n"
    )
    answer = chances(from_root(FILES[0]), programs, student_id="S001", with_range=False)
    expected = answer.chances["interview_chance"].iloc[0]
    assert standing_of(first, desk).chance == pytest.approx(expected, rel=1e-4)


def test_a_case_without_a_score_says_so_and_has_no_list(desk, first):
    case = replace(first, step2_ck=None)
    standing, listed = standing_of(case, desk), list_of(case, desk)
    assert "No Step 2 CK score yet" in standing.notes[0]
    assert standing.by_flag.empty
    assert set(standing.rows.values()) == {"no score, no chance", "cannot be weighed up"}
    assert (listed.found, dict(listed.rows)) == (None, {})


def test_what_is_taken_as_typical_is_named(desk):
    case = Case("typed", ("Psychiatry",), 250.0, letters=0.5)
    said = standing_of(case, desk).notes
    assert said == ("Not given and taken as typical: clerkship grades, research.",)


@pytest.mark.parametrize("flags", [(), ("step1_failure",), ("loa_academic", "step1_failure")])
def test_the_chart_by_flag_is_of_a_typical_record_says_so_and_marks_what_the_case_has(desk, flags):
    record = typical_cells(desk.assumptions)
    typical = Case("typed", ("any",), 240.0, "", flags, competitiveness=("moderate",), **record)
    other = replace(typical, clerkship_honors_fraction=0.9, letters=0.9, research_items=12.0)
    chart = standing_of(other, desk).by_flag.set_index("red_flag")
    own = chart.index[chart["label"].str.endswith(" (this case)")]
    assert set(own) == set(flags or ["none"])
    assert standing_of(other, desk).title.endswith("one flag, the rest typical")
    # For a typical record in no specialty of its own it is the number that stays in view.
    for case, alike in ((typical, len(flags) < 2), (other, False)):
        shown = chart.loc[own, "interview_chance"]
        assert (abs(shown - standing_of(case, desk).chance) < 1e-9).all() == alike


def test_fewer_interviews_are_said_to_be_of_a_shorter_list(desk, first):
    listed = list_of(first, desk)
    name = "Expected interviews"
    now = float(listed.rows[name].split(" (")[0])
    for interviews, applications, said in ((1, 1, True), (1, 0, False), (-1, 1, False)):
        count = int(listed.rows["Applications on the list"])
        before = {name: f"{now + interviews:.1f}"}
        before["Applications on the list"] = f"{count + applications}"
        (line, *_) = changed_lines(before, listed, listed.names)
        assert (f"{name}: {before[name]} → {now:.1f}, on a shorter list; " in line) == said


def test_weights_set_here_are_called_ours_and_the_articles_are_called_its_own(desk, first):
    assert set(standing_of(first, desk).weights["basis"]) == {"article"}
    moved = with_weight(first, "letters", 0.5, desk.assumptions)
    weights = standing_of(moved, desk).weights
    assert set(weights["basis"]) == {"assumption"}
    assert weights["importance"].sum() == pytest.approx(100)


def test_the_saved_assumptions_give_the_list_of_the_page_on_the_command_line(desk, first, tmp_path):
    moved = with_weight(first, "letters", 0.5, desk.assumptions)
    path = tmp_path / "a.toml"
    path.write_text(case_toml(moved, desk), encoding="utf-8")
    answer = pick(first.student_id, *map(from_root, FILES), path, with_range=False)
    assert answer.found.chosen == list_of(moved, desk).found.chosen
    assert read_assumptions(path).fingerprint == answer.found.fingerprint


def test_a_specialty_without_programs_is_an_error_that_names_it(desk, first):
    with pytest.raises(ModelError, match="no program of Dermatology"):
        list_of(
            replace(first, specialty=("Dermatology",), competitiveness=("ultra",), rest=()), desk
        )


def test_a_class_with_bad_rows_is_used_without_them_and_the_rows_are_named(tmp_path):
    path = tmp_path / "class.csv"
    path.write_text(
        "student_id,specialty,step2_ck,step1_result,red_flags\n"
        "A1,Psychiatry,250,pass,\nA2,Psychiatry,9999,pass,\n"
    )
    said, usable = checked_file(path, "students")
    assert usable
    assert "class.csv, line 3, column step2_ck: found '9999'" in said
    own = tmp_path / "programs.csv"
    pd.read_csv(FILES[1]).assign(source="our own file").to_csv(own, index=False)
    assert read_desk(path, own).students["student_id"].tolist() == ["A1"]


@pytest.mark.parametrize("table", ["students", "programs"])
def test_a_file_that_is_no_table_is_refused_in_the_loaders_words(tmp_path, table):
    path = tmp_path / "letter.csv"
    path.write_text("Dear dean,\nhello\n")
    said, usable = checked_file(path, table)
    assert not usable
    assert said.startswith("letter.csv: cannot be used\nletter.csv, line 1")
    with pytest.raises(TableError):
        read_desk(path, FILES[1])
