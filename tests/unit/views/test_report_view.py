import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analysis import tables
from analysis.assumptions import read_assumptions, read_calendar
from analysis.model.choice.application_list import application_list
from analysis.paths import from_root
from analysis.text import render
from analysis.views import report_view
from analysis.views.application_list import ladder_data
from analysis.views.graduates import alike_record
from analysis.views.report import Firmness
from analysis.views.student import student_view
from analysis.vocabulary import FLAGS

# What a view says of draws is held by the tests of robustness; here a few are enough.
ASSUMPTIONS = read_assumptions(None, ["robustness.report_draws=10"])
PROGRAMS = tables.read_programs(from_root("data/sample/programs.csv"))
DATES = {"calendar": read_calendar(), "report_date": "2026-09-15"}
SHARED = {"same_specialty": 7, "same_flag": 4, "flagged": None}  # of ten similar graduates


@cache
def view_of(student_id, specialty=None):
    """The view of a sample student, among the programs of all specialties but one."""
    programs = PROGRAMS[PROGRAMS["specialty"] != specialty]
    student = tables.read_student(from_root("data/sample/students.csv"), student_id)
    return report_view(student, programs, ASSUMPTIONS, **DATES)


@pytest.fixture(scope="module")
def view():
    return view_of("S002")


def test_steps_of_the_waterfall_add_up_to_the_mean_chance_of_the_list(view):
    chance, change = view.parts["chance"], view.parts["change"]
    assert chance.iloc[0] + np.nansum(change) == pytest.approx(chance.iloc[-1])
    assert chance.iloc[-1] == pytest.approx(view.list.programs["chance"].mean())


def test_view_has_the_numbers_of_the_list_that_pick_makes(view):
    student = tables.read_student(from_root("data/sample/students.csv"), "S002")
    picked = application_list(student, PROGRAMS, ASSUMPTIONS)
    assert view.list.found.match_chance == picked.match_chance
    assert view.list.found.match_chance_low == picked.match_chance_low
    assert view.list.programs["program_id"].tolist() == list(picked.chosen)


def test_dots_are_one_hundred_and_their_filled_ones_the_match_chance(view):
    counts = view.outcomes["count"].tolist()
    assert sum(counts) == 100
    assert counts[0] + counts[1] == round(100 * view.list.found.match_chance)


def test_curve_stands_at_the_match_chance_of_the_list_at_its_length(view):
    at = view.curve.set_index("applications")["match_chance"]
    assert at[view.sent] == pytest.approx(view.list.found.match_chance)


def test_without_a_score_there_is_no_list_and_page_one_says_so():
    view = view_of("S017")
    assert view.list is None
    assert view.outcomes.empty
    said = render("report/answer", **view.words)
    assert "as soon as your Step 2 CK score is in" in said
    assert "no chance" not in said


def test_without_a_program_of_the_specialty_page_one_says_so():
    view = view_of("S002", "Internal Medicine")
    assert view.list is None
    said = render("report/answer", **view.words)
    assert said.startswith("**We have no Internal Medicine programs on file")


def test_a_plan_of_two_specialties_tells_what_each_alone_would_give():
    view = view_of("S012")
    first, last = view.halves
    assert (first.specialty, last.specialty) == ("Emergency Medicine", "Internal Medicine")
    assert first.within + last.within == pytest.approx(view.list.found.match_chance)
    alone = max(first.alone, last.alone)
    said = render("report/answer", **view.words)
    assert ("give more than one" in said) == (view.list.found.match_chance > alone + 0.005)
    assert {*view.list.short_names.values()} == {"EM", "IM"}


def test_a_list_of_one_specialty_has_no_halves_and_no_short_names(view):
    assert view.halves == ()
    assert view.list.short_names == {}


def test_a_published_rate_stands_beside_the_estimate_with_its_source():
    view = view_of("S006")
    assert view.published["rate"] == 0.783
    said = render("report/answer", **view.words)
    assert "78 of 100 US MD seniors in this specialty matched nationally" in said
    assert "JBJS Open Access 2023" in render("report/sources", **view.words)
    assert ("Ours is higher" in said) == (view.list.found.match_chance > 0.783)


def test_without_a_cited_rate_nothing_is_compared(view):
    assert view.published is None
    assert "For comparison" not in render("report/answer", **view.words)


def test_a_couple_is_told_that_the_numbers_are_of_one_alone():
    student = tables.read_student(from_root("data/sample/students.csv"), "S024")
    view = report_view(student.assign(partner_id="S020"), PROGRAMS, ASSUMPTIONS, **DATES)
    assert "These numbers are for you alone" in render("report/answer", **view.words)
    assert "as a couple" in render("report/actions", **view.words)
    assert "S020" not in render("report/answer", **view.words)


def test_a_paragraph_to_fill_in_names_both_of_two_failures():
    said = render("report/story", **view_of("S040").words)
    assert "Step 1 on my first attempt and passed it later. I failed Step 2 CK on my first" in said
    assert "the failed Step 1 attempt and both Step 2 CK attempts" in said


@pytest.mark.parametrize("student_id", ["S002", "S005", "S007", "S010"])
def test_what_more_programs_add_is_the_difference_of_the_numbers_shown(student_id):
    view = view_of(student_id)
    with_all, match = round(100 * view.list.with_all), round(100 * view.list.found.match_chance)
    assert view.list.gain == with_all - match
    assert view.list.enough <= view.sent
    assert view.list.enough_match >= view.list.found.match_chance - 0.02


def test_a_score_is_said_to_help_only_where_it_gives_three_of_100():
    for student_id in ("S002", "S006", "S013"):
        view = view_of(student_id)
        typical = round(100 * view.what_ifs["typical_score"].match)
        said = render("report/answer", **view.words)
        gained = round(100 * view.list.found.match_chance) - typical
        assert ("a typical score, about" in said) == (gained >= 3)


def steps_of(view):
    """The dates of page 1's steps in order, each with its steps."""
    _, *tables = render("report/actions", **view.words).split("\n\n")
    found = []
    for one in tables:
        head, rule, *rows = one.splitlines()
        assert re.fullmatch(r"\|-+:\|:-+\|", rule)
        cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in (head, *rows)]
        found.append((cells[0][1], cells[1:]))
    numbers = [number for _, rows in found for number, _ in rows]
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    return [(when, [act for _, act in rows]) for when, rows in found]


WAITING = "S017"


BEFORE = "Before you submit: programs read applications from September 24, 2026"
SINCE = "As soon as you can: programs have read applications since September 24, 2026"
DUE = "By March 3, 2027, when rank lists are due"


@pytest.mark.parametrize(
    ("report_date", "heads"),
    [
        ("2026-09-24", {BEFORE, DUE}),
        ("2026-09-25", {SINCE, DUE}),
        ("2027-03-04", {SINCE, "Now: rank lists were due March 3, 2027"}),
    ],
)
def test_no_step_is_due_before_a_day_that_has_passed(report_date, heads):
    dates = {"submission": "2026-09-24", "rank_list": "2027-03-03", "soap": "15 to 18 March"}
    view = replace(view_of("S001"), calendar=dates, report_date=report_date)
    assert {when for when, _ in steps_of(view)} == heads


@pytest.mark.parametrize(
    "student_id", ["S001", "S002", "S005", "S007", "S009", "S014", WAITING, "S032", "S040"]
)
def test_each_date_of_the_season_is_said_once_over_the_steps_that_it_bounds(student_id):
    dates = {
        "submission": "2026-09-23",
        "interviews": "October to January",
        "rank_list": "March 3",
        "soap": "the Match week",
    }
    view = replace(view_of(student_id), calendar=dates)
    steps = steps_of(view)
    whole = render("report/actions", **view.words)
    heads = [when for when, _ in steps]
    order = [
        "This week",
        "Before you submit: programs read applications from September 23, 2026",
        "The day your score arrives",
        "By March 3, when rank lists are due",
    ]
    assert heads == [when for when in order if when in heads]
    assert whole.count("September 23, 2026") <= 1
    assert whole.count("March 3") <= 1
    acts = dict(steps)
    before, waits = acts.get(order[1], []), acts.get(order[2], [])
    # What costs money or goes into the application is done before it is sent.
    for act in ("Ask ", "Fill in", "Apply to", "If you apply", "Skip", "You can apply"):
        for other in set(order) - {order[1]}:
            assert not any(
                one.startswith(f"**{act}")
                for one in acts.get(other, [])
                if "your advisor" not in one
            )
    assert bool(before)
    assert bool(waits) == (student_id == WAITING)


def test_plan_b_comes_first_where_most_would_not_match():
    when, acts = steps_of(view_of("S010"))[0]
    assert when == "This week"
    assert "plan B" in acts[0]


@pytest.mark.parametrize(("student_id", "told"), [("S009", True), ("S010", True), ("S002", False)])
def test_only_who_is_no_us_md_is_told_that_the_degree_counts(student_id, told):
    view = view_of(student_id)
    assert ("less often than US MD seniors" in render("report/answer", **view.words)) == told


def test_a_specialty_with_one_kind_of_signal_is_not_said_to_have_gold_ones():
    view = view_of("S003")
    words = render("report/legend", **view.words) + render("report/actions", **view.words)
    assert "gold" not in words.lower()
    rungs = [rung for group in ladder_data(view.list)["groups"] for rung in group["programs"]]
    assert {rung["short"][0] for rung in rungs} <= {"", "yes"}


def test_a_column_of_the_list_in_which_nothing_stands_is_left_out():
    asked, unasked = (ladder_data(view_of(one).list) for one in ("S002", "S006"))
    assert asked["head"][2:] == ["Signal", "Ask", "Rank"]
    assert unasked["head"][2:] == ["Signal"]
    assert {len(rung["short"]) for group in unasked["groups"] for rung in group["programs"]} == {1}


def test_an_expected_score_gives_a_list_and_says_what_it_rests_on():
    student = tables.read_student(from_root("data/sample/students.csv"), "S002")
    waiting = student.assign(step2_ck=np.nan, step2_estimate=240.0, step2_estimate_sd=10.0)
    view = report_view(waiting, PROGRAMS, ASSUMPTIONS, **DATES)
    assert view.score["expected"] == 240
    assert view.score["low"] < 240 < view.score["high"]
    assert view.parts["chance"].iloc[-1] == pytest.approx(view.list.programs["chance"].mean())
    assert view.parts.set_index("part")["change"]["step2_ck"] < 0
    answer = render("report/answer", **view.words)
    assert "Your Step 2 CK score is not in yet." in answer
    assert "We used 240, our estimate" in answer
    assert "None" not in answer
    assert "240 expected" in render("report/record", **view.words)


def test_a_known_score_has_no_word_of_an_estimate(view):
    assert view.score is None
    assert "not in yet" not in render("report/answer", **view.words)


def test_comlex_alone_is_told_as_what_it_is_and_nobody_waits_for_a_score():
    student = tables.read_student(from_root("data/sample/students.csv"), "S010")
    alone = student.assign(step2_ck=np.nan, comlex2=540.0)
    view = report_view(alone, PROGRAMS, ASSUMPTIONS, **DATES)
    assert view.score is None
    answer = render("report/answer", **view.words)
    assert "You have COMLEX and no Step 2 CK." in answer
    assert "COMLEX Level 2, read as a Step 2 CK of about 242" in render(
        "report/record", **view.words
    )
    pages = render("report/actions", **view.words) + render("report/story", **view.words)
    assert "COMLEX Level 2, your newest exam" in pages
    assert "score is in" not in answer + pages
    assert "once it is in" not in pages


def test_who_is_no_us_md_is_told_what_the_same_record_would_do_for_one():
    view = view_of("S040")
    said = render("report/answer", **view.words)
    us_md = view.what_ifs["us_md"].match
    assert us_md > view.list.found.match_chance
    assert f"about {round(100 * us_md)} of 100 US MD seniors with the same record" in said
    assert view_of("S002").what_ifs["us_md"] is None


def test_programs_that_a_paid_block_of_fees_covers_are_told_of_with_the_reason_against_them():
    view = view_of("S026")
    plan = view.list
    assert plan.found.fee_usd == 99
    assert len(plan.programs) + len(plan.free) == 18
    assert (plan.free["total_fee_usd"] == 99).all()
    assert plan.free["under_floor"].all()
    said = render("report/list", **view.words)
    assert "**The $99 would pay for 13 more programs.**" in said
    assert "under 3 in 100" in said
    assert f"Together they would add {plan.free_gain} in 100." in said


def test_fees_of_a_specialty_that_is_not_on_the_list_are_not_paid_already():
    view = view_of("S012")
    every = view.list
    found = every.found
    alone = found.programs[found.programs["specialty"] != "Emergency Medicine"]
    without = replace(every, found=replace(found, programs=alone))
    assert set(every.free["specialty"]) == {"Emergency Medicine"}
    assert without.free.empty


def test_wishes_that_tell_no_programs_apart_make_no_rank_order():
    student = tables.read_student(from_root("data/sample/students.csv"), "S006")
    everywhere = tuple(PROGRAMS["state"].unique())
    view = report_view(
        student.assign(preferred_states=[everywhere]), PROGRAMS, ASSUMPTIONS, **DATES
    )
    assert view.list.found.problem.preference_from == ""
    assert not view.list.ranked


@pytest.mark.parametrize(
    "specialty", ["Obstetrics and Gynecology", "Emergency Medicine", "Psychiatry"]
)
def test_each_specialty_says_where_its_fees_are_from(specialty):
    student = tables.read_student(from_root("data/sample/students.csv"), "S003")
    programs = PROGRAMS[PROGRAMS["specialty"] == "Family Medicine"].assign(specialty=specialty)
    asked = student.assign(specialty=[(specialty,)])
    said = render("report/sources", **report_view(asked, programs, ASSUMPTIONS, **DATES).words)
    assert re.search(r"The fees: \w[^.]+", said)


def test_signals_of_two_specialties_are_told_apart_and_none_is_told_of_no_signal():
    view = view_of("S012")
    programs = view.list.programs
    both = render("report/actions", **view.words)
    assert re.search(r"Page 2 marks them: .*\d+ gold and \d+ silver in Internal Medicine", both)
    silent = programs["signal"].where(programs["specialty"] != "Emergency Medicine", "none")
    words = view.words | {"list": _With(view.list, programs.assign(signal=silent))}
    assert "in Emergency Medicine" not in render("report/actions", **words)


class _With:
    """A list with other programs, everything else of it as it is."""

    def __init__(self, plan, programs):
        self._plan, self.programs = plan, programs

    def __getattr__(self, name):
        return getattr(self._plan, name)


def test_the_least_chance_is_said_as_the_assumptions_have_it():
    own = read_assumptions(overrides=["list.least_chance=0.05"])
    student = tables.read_student(from_root("data/sample/students.csv"), "S026")
    words = report_view(student, PROGRAMS, own, **DATES).words
    for template in ("report/list", "report/appendix"):
        said = render(template, **words)
        assert "is under 5 in 100" in said
        assert "under 3 in 100" not in said


def test_where_each_application_has_its_price_no_page_speaks_of_free_ones(view):
    assert view.list.free.empty
    assert "would pay for" not in render("report/list", **view.words)


def test_a_paragraph_to_copy_says_nothing_that_the_record_does_not_bear_out():
    told = {
        name: render("report/story", **view_of(name).words) for name in ("S004", "S013", "S033")
    }
    assert "early" not in told["S004"]  # the grades were low throughout
    assert "Since then I scored 258" in told["S013"]
    assert "227" not in told["S033"]  # a score under a typical one
    assert "What has gone well since" in told["S033"]


def test_a_dean_s_letter_or_a_concern_sends_the_student_to_the_office_first():
    steps = {
        name: render("report/actions", **view_of(name).words) for name in ("S002", "S005", "S014")
    }
    assert "Read your dean's letter before it goes out" in steps["S014"]
    assert "Let the dean's office clear it first" in steps["S005"]
    assert "dean" not in steps["S002"]


@pytest.mark.parametrize(("matched", "low", "high"), [(5, 0.27, 0.73), (9, 0.65, 0.98)])
def test_plan_b_follows_the_school_s_own_graduates_where_they_did_worse(matched, low, high):
    alike = {"n": 10, "matched": matched, "low": low, "high": high, "most": high, **SHARED}
    view = replace(view_of("S007"), alike=alike, graduates_on_file=True)
    steps = render("report/actions", **view.words)
    worse = view.graduates_differ == "lower"
    assert worse == (matched == 5)
    assert (f"{10 - matched} of 10 similar graduates are not known to" in steps) == worse
    assert ("By early March" in steps) != worse
    assert ("of 100 would not match" in steps) != worse
    assert ("lies above that range" in render("report/graduates", **view.words)) == worse


@pytest.mark.parametrize(
    ("matched", "low", "high", "plan"),
    [(5, 0.27, 0.73, "73"), (0, 0.0, 0.2, "20"), (3, 0.13, 0.56, "56")],
)
def test_where_graduates_did_worse_their_count_bounds_what_to_plan_on(matched, low, high, plan):
    alike = {"n": 10, "matched": matched, "low": low, "high": high, "most": high, **SHARED}
    view = replace(view_of("S007"), alike=alike, graduates_on_file=True)
    said = render("report/answer", **view.words)
    assert view.plan_on == high
    assert said.startswith(f"**Plan as if {plan} of 100 applicants with your record would match.**")
    match = round(100 * view.list.found.match_chance)
    assert view.outcomes["count"].tolist() == [int(plan), match - int(plan), 100 - match]
    assert "fewer than the model expects" in said
    assert "our rule, not a finding" in said
    assert ("Please meet your advisor first" in said) == (view.plan_on < 0.4)
    steps = render("report/actions", **view.words)
    assert ("Meet your advisor and agree on plan B" in steps) == (view.plan_on < 0.5)
    assert "You can apply to fewer programs" not in steps


def test_the_model_s_number_is_the_one_to_plan_on_where_graduates_did_better_or_as_well():
    model = view_of("S010")
    better = replace(
        model, alike={"n": 10, "matched": 9, "low": 0.65, "high": 0.98, "most": 0.98, **SHARED}
    )
    alike = replace(
        model, alike={"n": 10, "matched": 5, "low": 0.27, "high": 0.73, "most": 0.73, **SHARED}
    )
    shown = round(100 * model.list.found.match_chance)
    for view in (model, better, alike):
        assert view.plan_on == model.list.found.match_chance
    said = render("report/answer", **better.words)
    assert f"**Plan on the model's {shown} in 100.**" in said
    assert "more than the model expects" in said
    for view in (model, alike):
        assert "plan on" not in render("report/answer", **view.words)
    assert f"so **plan on {shown}**" in render("report/graduates", **alike.words)
    few = replace(model, graduates_on_file=True)
    assert f"plan on the model's number, {shown} in 100" in render("report/graduates", **few.words)


@pytest.mark.parametrize("most", [0.73, 0.8, 1.0])
def test_where_graduates_near_a_lower_score_did_better_their_end_counts_and_the_page_says_so(most):
    model = view_of("S007")
    alike = {"n": 10, "matched": 5, "low": 0.27, "high": 0.73, "most": most, **SHARED}
    view = replace(model, alike=alike, graduates_on_file=True)
    page = render("report/answer", **view.words) + render("report/graduates", **view.words)
    assert model.list.found.match_chance > 0.8
    assert view.plan_on == min(most, model.list.found.match_chance)
    assert ("Similar graduates with a lower score did better" in page) == (most > 0.73)
    assert (f"so **plan on {round(100 * model.list.found.match_chance)}**" in page) == (most == 1.0)
    assert (f"**Plan as if {round(100 * most)} of 100 applicants" in page) == (most < 1.0)
    assert "lies within that range" not in page


@pytest.mark.parametrize("high", [0.2, 0.5, 0.8, 1.0])
def test_a_better_chance_never_means_a_lower_number_to_plan_on(high):
    alike = {"n": 10, "matched": 2, "low": 0.1, "high": high, "most": high, **SHARED}
    views = [replace(view_of(name), alike=alike) for name in ("S040", "S010", "S002", "S007")]
    views.sort(key=lambda view: view.list.found.match_chance)
    plans = [view.plan_on for view in views]
    assert plans == sorted(plans)
    assert max(plans) <= high


@pytest.mark.parametrize("gain", [0.02, 0.03])
def test_a_flag_hurts_in_words_where_it_takes_three_of_100(gain):
    view = view_of("S001")
    match = round(100 * view.list.found.match_chance) / 100
    other = replace(view.what_ifs["no_flags"], match=match + gain)
    changed = replace(view, what_ifs=view.what_ifs | {"no_flags": other})
    said = render("report/answer", **changed.words)
    assert ("What hurts" in said) == (gain == 0.03)
    assert ("barely changes this number" in said.split("**Your")[0]) == (gain == 0.02)


def test_the_change_that_a_page_speaks_of_is_an_assumption():
    own = read_assumptions(overrides=["report.least_change=0.5"])
    student = tables.read_student(from_root("data/sample/students.csv"), "S033")
    view, other = view_of("S033"), report_view(student, PROGRAMS, own, **DATES)
    assert (view.hurts, view.lowers, view.list.more_helps) == (True, True, True)
    assert (other.hurts, other.lowers, other.list.more_helps) == (False, False, False)
    assert other.list.found.match_chance == view.list.found.match_chance


@pytest.mark.parametrize(
    ("student_id", "too"), [("S033", ""), ("S011", " too"), ("S008", None), ("S002", None)]
)
def test_what_a_low_score_costs_stands_in_the_same_numbers_as_what_a_flag_costs(student_id, too):
    view = view_of(student_id)
    said = render("report/answer", **view.words)
    shown = round(100 * view.what_ifs["typical_score"].match)
    lower = view.student.score < 250 and shown - round(100 * view.list.found.match_chance) >= 3
    assert view.lowers == lower == (student_id != "S002")
    assert (f"With 250, a typical score, about {shown} would match." in said) == lower
    if too is not None:
        assert f"What hurts{too}: your {view.student.score}.**" in said
        # What takes more comes first.
        flags = view.what_ifs["no_flags"].match
        assert (view.what_ifs["typical_score"].match > flags) == (too == "")
        at = [
            said.index(f"{words} about {round(100 * match)} would match")
            for words, match in (
                ("With 250, a typical score,", view.what_ifs["typical_score"].match),
                ("them,", flags),
            )
        ]
        assert (at[0] < at[1]) == (too == "")


def test_the_program_that_takes_another_s_place_is_named_where_the_question_is_asked():
    for student_id in ("S002", "S033"):
        view = view_of(student_id)
        first = view.list.instead["name"].tolist()[:1]
        told = f"apply to {first[0]} instead" if first else "leave it off your list"
        assert bool(first) == (student_id == "S002")
        for page in ("actions", "legend"):
            assert told in render(f"report/{page}", **view.words)
    assert "instead" not in render("report/legend", **view_of("S006").words)


def test_a_program_that_was_asked_for_and_is_closed_is_told_of_with_what_takes_its_place():
    student = tables.read_student(from_root("data/sample/students.csv"), "S002")
    view = report_view(student.assign(must_apply=[("IM002",)]), PROGRAMS, ASSUMPTIONS, **DATES)
    assert view.list.closed["program_id"].tolist() == ["IM002"]
    steps = render("report/actions", **view.words)
    name = view.list.closed["name"].iloc[0]
    assert f"**Ask {name} before you pay.** You asked for it, but by its stated rules" in steps
    assert f"apply to {view.list.instead['name'].iloc[0]} instead" in steps.split(name)[1]
    # It is on the list, and so is none of those that were left out.
    assert view.list.screened_out == view_of("S002").list.screened_out - 1
    assert "You asked for" not in render("report/actions", **view_of("S002").words)


def test_who_needs_a_visa_learns_which_one_before_programs_are_asked():
    steps = render("report/actions", **view_of("S009").words)
    visa, asked = steps.index("Ask your advisor which visa you need"), steps.index("about visas")
    assert visa < asked
    assert "which visa" not in render("report/actions", **view_of("S010").words)


@pytest.mark.parametrize(("student_id", "few"), [("S010", True), ("S002", False)])
def test_a_short_list_of_low_chances_is_no_advice_to_stop_there(student_id, few):
    view = view_of(student_id)
    said = render("report/answer", **view.words) + render("report/actions", **view.words)
    assert view.list.more_helps == few
    assert ("Page 2 lists your best 5 chances, for $55 in ERAS fees.**" in said) == few
    assert ("Anywhere else your chance of an interview is under 3 in 100." in said) == few
    assert ("Begin with the 5 programs" in said) == few
    assert ("We recommend 15 applications" in said) != few


@pytest.mark.parametrize("student_id", ["S025", "S006", "S012"])
def test_the_curve_goes_on_with_the_numbers_of_page_1_where_signals_go_to_further_programs(
    student_id,
):
    view = view_of(student_id)
    assert (view.list.optional["signal"] != "none").any()
    at = view.curve.set_index("applications")["match_chance"]
    assert at.iloc[-1] == pytest.approx(view.list.with_all)
    assert at[view.sent] == pytest.approx(view.list.found.match_chance)


@pytest.mark.parametrize("student_id", ["S001", "S002", "S007", "S009", "S017", "S026", "S032"])
def test_no_line_parts_the_table_of_steps_or_the_word_on_graduates(student_id):
    alike = {"n": 10, "matched": 9, "low": 0.65, "high": 0.98, "most": 0.98, **SHARED}
    view = replace(view_of(student_id), alike=alike, graduates_on_file=True)
    steps = steps_of(view)
    assert "\n\n" not in render("report/graduates", **view.words).strip()
    fewer = any("You can apply to fewer programs" in act for _, acts in steps for act in acts)
    assert fewer == (student_id in {"S007", "S032"})


def test_programs_that_were_considered_stand_by_the_chance_that_is_shown(view):
    assert view.list.left_out["chance"].is_monotonic_decreasing


def changed(student_id, **columns):
    """The view of a sample student with other values."""
    student = tables.read_student(from_root("data/sample/students.csv"), student_id)
    columns = {name: [value] for name, value in columns.items()}
    return report_view(student.assign(**columns), PROGRAMS, ASSUMPTIONS, **DATES)


@pytest.mark.parametrize(
    ("score", "level"),
    [
        *((score, "low") for score in (214, 246)),
        *((score, "typical") for score in (247, 250, 253)),
        *((score, "high") for score in (254, 274)),
        (np.nan, ""),
    ],
)
@pytest.mark.parametrize("flag", ["course_failure_remediated", "clerkship_chronic_low"])
def test_the_title_of_a_story_says_no_more_of_a_score_than_the_score_does(score, level, flag):
    student = tables.read_student(from_root("data/sample/students.csv"), "S001")
    record = student_view(student.assign(step2_ck=score, red_flags=[(flag,)]), ASSUMPTIONS)
    assert record.score_level == level
    words = view_of(WAITING).words | {"student": record}
    title = render("report/story", **words).splitlines()[0]
    praised = "above typical" in title or "good on tests" in title
    assert praised == (level == "high")
    assert "strong" not in title


@pytest.mark.parametrize("flag", FLAGS)
def test_a_story_calls_early_only_what_the_record_calls_early(flag):
    student = tables.read_student(from_root("data/sample/students.csv"), "S001")
    record = student_view(student.assign(red_flags=[(flag,)]), ASSUMPTIONS)
    said = render("report/story", **view_of(WAITING).words | {"student": record})
    known = re.search("early|pre-clinical", FLAGS[flag].label) is not None
    assert known or not re.search("early|first years|since then", said.splitlines()[0])
    assert known == ("early setback" in said)


def test_every_red_flag_is_said_to_stay_on_the_record():
    several = ("step1_failure", "course_failure_remediated", "loa_academic")
    said = render("report/story", **changed("S002", red_flags=several).words)
    stays = next(line for line in said.splitlines() if "What stays on your record" in line)
    assert "the leave, the failed Step 1 attempt and the failed course." in stays


@pytest.mark.parametrize("student_id", ["S001", "S002", "S008", "S040", WAITING])
def test_a_what_if_has_an_act_or_explains_what_hurts(student_id):
    view = view_of(student_id)
    answer, what_ifs = (render(f"report/{name}", **view.words) for name in ("answer", "what_ifs"))
    costs = "What hurts" in answer or "What costs most" in answer
    assert ("Nothing undoes what hurts; the steps below make the most" in answer) == costs
    assert costs == (student_id in {"S002", "S008", "S040"})
    letters = view.what_ifs["letters"]
    better = letters is not None and view.list.more_than(letters.match) != 0
    # What they do much for is a step of page 1, before the applications are read.
    steps = render("report/actions", **view.words)
    assert ("Ask for a stronger letter" in steps) == (better and view.letters_lift)
    assert ("Stronger letters" in what_ifs) == (better and not view.letters_lift)
    assert "as now" not in what_ifs
    if student_id == "S040":  # 4 and 5 of 100 explain nothing beside 2
        assert "Without" not in answer
        assert "typical score" not in answer
        assert "**The failed Step 1 and the failed Step 2 CK count too,**" in answer
        assert "**Your 236** is under a typical 250" in answer
        # One of its programs is asked about failed exams and visas, two about visas alone.
        assert "The worksheet has each program's questions." in steps


@pytest.mark.parametrize("kept", [5, 13])
def test_a_list_that_the_assumptions_decide_says_so_before_it_is_paid_for(view, kept):
    assert len(view.list.programs) == 15
    said = render("report/list", **replace(view, firm=Firmness(200, kept)).words)
    assert ("as few as 5 of these 15 stayed" in said) == (kept == 5)
    assert ("This list is not firm" in said) == (kept == 5)


SUM = re.compile(r"Of (\d+) programs on file, (.+)\.")


@pytest.mark.parametrize(
    ("student_id", "columns"),
    [
        ("S002", {}),
        ("S005", {}),
        ("S012", {}),
        ("S040", {}),
        ("S006", {"application_limit": 3}),
        ("S006", {"fee_budget_usd": 120.0}),
        ("S002", {"never_apply": ("IM001", "IM002", "IM003"), "must_apply": ("IM005",)}),
    ],
)
def test_programs_on_file_add_up_in_the_words_of_page_2(student_id, columns):
    view = changed(student_id, **columns)
    whole, parts = SUM.search(render("report/list", **view.words)).groups()
    told = [int(number) for number in re.findall(r"(?<!limit of )\b(\d+)\b", parts)]
    assert int(whole) == view.list.considered == sum(told)
    assert f"{view.sent} are here" in parts
    assert len(f"Of 60 programs on file, {parts}".split()) <= 25
    assert ("3 you ruled out" in parts) == ("never_apply" in columns)
    out = view.list.screened_out
    assert ("you out" in parts) == (out > 0)
    assert (f"We left out {out} program" in render("report/answer", **view.words)) == (out > 0)
    assert (f"{len(view.list.optional)} come" in parts) == (len(view.list.optional) > 1)


def test_a_chance_under_one_or_over_ninety_nine_is_no_about_less_or_about_more():
    hopeless = changed("S040", specialty=("Orthopaedic Surgery",))
    assert 0 < hopeless.list.found.match_chance < 0.005
    for view in (hopeless, view_of("S007")):
        said = " ".join(
            render(f"report/{name}", **view.words)
            for name in ("answer", "actions", "graduates", "what_ifs", "list")
        )
        assert not re.search("about (less|more|none)", said, re.IGNORECASE)
    assert "on page 2, less than 1 would match" in render("report/answer", **hopeless.words)
    assert "More than 99 of 100 would not match" in render("report/actions", **hopeless.words)


def test_one_fee_of_two_specialties_is_said_once():
    same, other = (render("report/list", **view_of(name).words) for name in ("S011", "S012"))
    assert same.count("application fees") == 1
    assert "ERAS application fees in each specialty are" in same
    assert other.count("application fees") == 2


def test_the_typical_applicant_of_the_chart_shares_what_its_steps_do_not_change():
    md, do, img = (
        render("report/moves", **view_of(name).words) for name in ("S002", "S010", "S009")
    )
    assert "Such an applicant" not in md
    assert "Such an applicant has your degree too." in do
    assert "Such an applicant has your degree and your need of a visa too." in img


def test_programs_that_the_wishes_do_not_tell_apart_share_a_rank_and_the_page_says_so():
    view = view_of("S002")
    liked = view.list.programs["preference"].round(6)
    expected = [1 + int((liked > own).sum()) for own in liked]
    assert view.list.programs["rank"].tolist() == expected
    assert len(set(expected)) < len(expected)
    said = "The same number is a tie by the wishes on file: you decide."
    assert said in render("report/legend", **view.words)
    for alone, own in zip(ladder_data(view.list)["groups"], [expected], strict=False):
        ranks = [int(program["short"][-1]) for program in alone["programs"]]
        assert ranks == own[: len(ranks)]
    apart = view.list.found.programs.assign(preference=np.linspace(1, 0.1, len(liked)))
    other = replace(view.list, found=replace(view.list.found, programs=apart))
    assert sorted(other.programs["rank"]) == list(range(1, len(liked) + 1))
    assert said not in render("report/legend", **view.words | {"list": other})


def test_a_couple_is_told_that_the_rank_is_of_one_alone():
    view = view_of("S002")
    couple = replace(view.student, couple=True)
    told = "A couple ranks pairs of programs"
    assert told in render("report/legend", **view.words | {"student": couple})
    assert told not in render("report/legend", **view.words)


def test_why_programs_are_left_out_is_counted_by_their_stated_rules():
    view = view_of("S040")  # both exams failed, 236, needs a visa
    own = PROGRAMS[PROGRAMS["specialty"] == "Internal Medicine"]
    rules = {
        "screens out any failed licensing exam": own["auto_screen_any_failure"] == "yes",
        "sponsors no visa": own["visa"] == "none",
        "Step 2 CK under the cutoff": own["step2_cutoff"] > 236,
    }
    shut = np.any(list(rules.values()), axis=0)
    assert view.list.screened_out == shut.sum()
    assert view.list.screened_out_by == {name: holds.sum() for name, holds in rules.items()}
    assert list(view.list.screened_out_by.values()) == sorted(
        view.list.screened_out_by.values(), reverse=True
    )
    said = render("report/answer", **view.words)
    assert "18 screen out failed exams, 13 sponsor no visa, 2 want a higher score." in said
    visa = changed("S001", degree="non_us_img", needs_visa="yes", red_flags=())
    assert "programs: they sponsor no visa." in render("report/answer", **visa.words)


def test_what_shuts_the_file_out_is_not_among_what_was_considered():
    for student_id in ("S028", "S040", "S002"):
        view = view_of(student_id)
        assert (view.list.left_out["chance"] > 0).all()
        assert not view.list.left_out["reason"].eq("no_chance").any()


def test_a_program_left_out_with_a_signal_to_spare_is_told_with_that_signal():
    view = view_of("S006")  # fifteen of thirty signals are used
    rows = view.list.left_out.set_index("program_id")
    optional = view.list.found.optional.set_index("program_id")
    assert rows["spare"].notna().all()
    for program_id, row in rows.iterrows():
        assert row["chance"] < 0.03 < row["spare"] == optional.loc[program_id, "interview_chance"]
    said = render("report/appendix", **view.words)
    assert "under 3 in 100; with a spare signal 6%, which adds less than its fee" in said
    assert "signals do more elsewhere" not in said
    # Whose signals are all in use is told so.
    assert view_of("S009").list.left_out["spare"].isna().all()
    assert "signals do more elsewhere" in render("report/appendix", **view_of("S009").words)


def test_a_chance_that_rounds_to_the_least_one_is_shown_as_under_it():
    view = view_of("S009")
    out = view.list.found.left_out
    near = replace(
        view.list, found=replace(view.list.found, left_out=out.assign(interview_chance=0.0299))
    )
    said = render("report/appendix", **view.words | {"list": near})
    assert said.count("just under 3% | its chance is under 3 in 100") == len(out)


def test_programs_as_good_as_the_listed_are_counted_without_those_ruled_out():
    view = view_of("S007")
    others = {x for row in view.list.found.programs["interchangeable"] for x in row}
    assert view.list.alike == {"listed": 21, "others": len(others)}
    said = f"You may swap any of these for one of {len(others)} others"
    assert said in render("report/list", **view.words)
    never = tuple(sorted(others))[:3]
    fewer = changed("S007", never_apply=never)
    left = {x for row in fewer.list.found.programs["interchangeable"] for x in row}
    assert left == others - {*never} - {*fewer.list.found.chosen}


def test_a_conduct_concern_is_asked_about_by_the_dean_s_office():
    for student_id in ("S005", "S026", "S039"):
        steps = render("report/actions", **view_of(student_id).words)
        assert "The dean's office can ask for you, without your name." in steps
        assert "Call" not in steps
    assert "Call" in render("report/actions", **view_of("S002").words)


@pytest.mark.parametrize("matched", [5, 10])
def test_a_program_where_the_student_would_love_to_train_is_never_to_be_skipped(matched):
    alike = {"n": 10, "matched": matched, "low": 0.3, "high": 0.7, "most": 0.7, **SHARED}
    view = replace(view_of("S030"), alike=alike, graduates_on_file=True)
    said = render("report/actions", **view.words)
    (skip,) = [line for line in said.splitlines() if "Skip the next" in line]
    assert "except any where you would love to train" in skip


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("none", ""),
        ("better", "they predicted better than the numbers before them."),
        ("worse", "another way predicted better, and the office uses them all the same."),
        ("too_few_to_tell", "too few could tell whether they predict better"),
    ],
)
def test_the_appendix_tells_how_numbers_learned_from_graduates_did(verdict, said):
    own = read_assumptions(overrides=[f"graduates.verdict={verdict}"])
    view = replace(view_of("S002"), list=replace(view_of("S002").list, assumptions=own))
    page = render("report/sources", **view.words)
    assert ("Learned from our own graduates" in page) == (verdict != "none")
    assert said in page


@pytest.mark.parametrize("student_id", ["S004", "S023", "S029", "S037"])
def test_without_weak_clerkship_grades_the_grades_are_typical_too(student_id):
    view = view_of(student_id)
    assert "clerkship_chronic_low" in view.student.flags
    better = {"red_flags": (), "clerkship_honors_fraction": 0.6}
    match = changed(student_id, **better).list.found.match_chance
    assert view.what_ifs["no_flags"].match == pytest.approx(match, abs=1e-9)
    assert "barely change" not in render("report/answer", **view.words)


def test_graduates_with_the_same_flag_are_counted_where_they_are_ten_or_more():
    graduates = tables.read_graduates(from_root("data/sample/graduates.csv"))
    people = graduates.groupby("graduate_id").agg(
        flags=("red_flags", "last"), matched=("matched", "max")
    )
    for student_id, flag, words in (
        ("S005", "professionalism", "a professionalism concern"),
        ("S011", "preclinical_failures_multiple", "failed courses"),
        ("S004", "clerkship_chronic_low", ""),  # fewer than ten had them
        ("S007", "", ""),
    ):
        student = tables.read_student(from_root("data/sample/students.csv"), student_id)
        record = alike_record(student, graduates, ASSUMPTIONS, 0.55)
        having = people[people["flags"].map(lambda own, flag=flag: flag in own)]
        if words:
            n, matched = len(having), int(having["matched"].sum())
            told = (record["flagged"]["flag"], record["flagged"]["n"], record["flagged"]["matched"])
            assert told == (flag, n, matched)
            view = replace(view_of(student_id), alike=record, graduates_on_file=True)
            said = render("report/graduates", **view.words)
            assert f"Of all {n} with {words}, at any score, {matched} are known to have" in said
        else:
            assert record["flagged"] is None
    # The model's number may lie within the range of the ten and above that of all with the flag.
    flagged = {"flag": "professionalism", "n": 14, "matched": 2, "high": 0.35}
    alike = {"n": 10, "matched": 5, "low": 0.27, "high": 0.73, "most": 0.73, **SHARED}
    view = replace(view_of("S005"), alike=alike | {"flagged": flagged}, graduates_on_file=True)
    said = render("report/graduates", **view.words)
    assert "lies within that range, but is more than 2 of 14 suggests: ask your advisor." in said
    assert "so **plan on" not in said
