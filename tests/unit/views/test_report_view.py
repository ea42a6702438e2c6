import numpy as np
import pytest

from analysis import tables
from analysis.assumptions import read_assumptions, read_calendar
from analysis.paths import from_root
from analysis.text import render
from analysis.views import report_view

ASSUMPTIONS = read_assumptions()
PROGRAMS = tables.read_programs(from_root("data/sample/programs.csv"))
DATES = {"calendar": read_calendar(), "report_date": "2026-09-15"}


def view_of(student_id, programs=PROGRAMS):
    student = tables.read_student(from_root("data/sample/students.csv"), student_id)
    return report_view(student, programs, ASSUMPTIONS, **DATES)


@pytest.fixture(scope="module")
def view():
    return view_of("S002")


def test_steps_of_the_waterfall_add_up_to_the_mean_chance_of_the_list(view):
    chance, change = view.parts["chance"], view.parts["change"]
    assert chance.iloc[0] + np.nansum(change) == pytest.approx(chance.iloc[-1])
    assert chance.iloc[-1] == pytest.approx(view.list.programs["chance"].mean())


def test_view_repeats_the_numbers_of_the_list(view):
    assert view.list.match == view.found.match_chance
    assert (view.list.low, view.list.high) == (
        view.found.match_chance_low,
        view.found.match_chance_high,
    )
    assert view.list.programs["program_id"].tolist() == list(view.found.chosen)


def test_dots_are_one_hundred_and_their_filled_ones_the_match_chance(view):
    counts = view.outcomes["count"].tolist()
    assert sum(counts) == 100
    assert counts[0] + counts[1] == round(100 * view.list.match)


def test_curve_stands_at_the_match_chance_of_the_list_at_its_length(view):
    at = view.curve.set_index("applications")["match_chance"]
    assert at[view.sent] == pytest.approx(view.list.match)


def test_more_applications_never_give_less_than_fewer(view):
    more = view.what_ifs["more"]
    assert more.applications > view.sent
    assert view.list.match <= more.match <= view.list.with_all
    assert view.list.fee_usd < more.fee_usd <= view.list.all_fee_usd
    at = view.curve.set_index("applications")["match_chance"]
    assert at[more.applications] == pytest.approx(more.match)


def test_without_a_score_there_is_no_list_and_page_one_says_so():
    view = view_of("S017")
    assert view.list is None
    assert view.outcomes.empty
    assert "is not in yet" in render("report/answer", **view.words)


def test_without_a_program_of_the_specialty_page_one_says_so():
    view = view_of("S002", PROGRAMS[PROGRAMS["specialty"] != "Internal Medicine"])
    assert view.list is None
    said = render("report/answer", **view.words)
    assert said.startswith("**We have no Internal Medicine programs on file")
