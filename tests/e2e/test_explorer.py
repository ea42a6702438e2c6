import asyncio
import base64
import datetime
import html
import io
import json
import os
import re
import stat
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import ipywidgets
import pandas as pd
import pytest
from pypdf import PdfReader, PdfWriter

from analysis.errors import ReportError
from analysis.explorer import explorer, saving
from analysis.explorer.cases import LAST
from analysis.explorer.explorer import Explorer
from analysis.explorer.uploads import FOLDER_VARIABLE
from analysis.paths import from_root
from analysis.plain_text import percent
from analysis.report.folder import opens_with, unlocked
from analysis.views.desk import case_tables
from analysis.views.report import report_view

FAMILY, PSYCHIATRY = "Family Medicine", "Psychiatry"
PROGRAMS = (
    "program_id,program_name,specialty,program_type,state,prestige,red_flag_tolerance,"
    "step2_cutoff,auto_screen_any_failure,interviews_offered,applications_received\n"
)


@pytest.fixture(autouse=True)
def _own_cases(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("COUNTERSIGNAL_CASES", str(tmp_path_factory.mktemp("cases")))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Few programs and one student of the sample class: these tests are about the page."""
    folder = tmp_path_factory.mktemp("few")
    lines = from_root("data/sample/programs.csv").read_text(encoding="utf-8").splitlines()
    few = [
        lines[0],
        *[x for x in lines if FAMILY in x][:8],
        *[x for x in lines if PSYCHIATRY in x][:4],
    ]
    (folder / "programs.csv").write_text("\n".join(few) + "\n", encoding="utf-8")
    lines = from_root("data/sample/students.csv").read_text(encoding="utf-8").splitlines()
    row = next(line for line in lines if line.startswith("S003"))
    (folder / "students.csv").write_text(f"{lines[0]}\n{row}\n", encoding="utf-8")
    return str(folder / "students.csv"), str(folder / "programs.csv"), "", ""


@pytest.fixture(scope="module")
def shared(files):
    return Explorer(*files)


@pytest.fixture
def page(shared):
    """The page as it is when it has just been opened."""
    shared._histories.clear()
    shared.beside.value = "The base case"
    shared.tabs.selected_index = 0
    shared._start(shared._history_of("S003"))
    return shared


@pytest.fixture
def own_page(files, monkeypatch, tmp_path):
    """A page that a test may hand files to."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    return Explorer(*files)


def numbers(page):
    """This case's column of the table, by row."""
    rows = re.findall(
        r'<th scope="row">(.*?)</th><td.*?>(.*?)</td><td class="cs-beside">(.*?)</td>',
        page.results.numbers.widget.value,
    )
    plain = [[html.unescape(re.sub("<.*?>", "", cell)) for cell in row] for row in rows]
    return {name: (here, beside) for name, here, beside in plain}


def upload(name, content):
    return {
        "name": name,
        "type": "text/csv",
        "size": len(content),
        "content": memoryview(content),
        "last_modified": datetime.datetime(2026, 1, 6, tzinfo=datetime.UTC),
    }


def hand_in(page, table, name, text):
    page.files.takers[table].value = (upload(name, text.encode()),)
    return html.unescape(page.files._said.widget.value)


def share(words):
    """The percentage that some words begin with, "under" one a little less."""
    under, number = re.match(r"(less than |under )?(?:more than |over )?(\d+)", words).groups()
    return int(number) - (0.5 if under else 0)


CHANCE = "Interview at a typical mid-tier program"


def test_moving_the_score_moves_the_numbers_the_charts_and_their_alt_texts(page):
    page.tabs.selected_index = 2
    charts = page.results.charts
    before = {name: chart.alt for name, chart in charts.items()}
    page.controls.score.value = 275
    here, beside = numbers(page)[CHANCE]
    assert share(here) > share(beside)
    assert "Step 2 CK 275" in charts["chances-by-flag"].alt
    assert charts["match-chance"].alt != before["match-chance"]
    assert charts["weights"].alt == before["weights"]


def test_a_chart_is_drawn_again_only_when_its_numbers_are_others(page):
    page.tabs.selected_index = 2
    drawn = page.results.charts["weights"].drawn
    page.controls.score.value = 270
    assert page.results.charts["weights"].drawn is drawn
    page.controls.weights["letters"].value = 60
    assert page.results.charts["weights"].drawn is not drawn


def test_a_chosen_flag_lowers_the_chance_and_undo_takes_it_away(page):
    page.controls.score.value = 285
    before = numbers(page)
    page.controls.flags["step1_failure"].value = True
    assert share(numbers(page)[CHANCE][0]) < share(before[CHANCE][0])
    page.undo_button.click()
    assert numbers(page) == before
    assert page.controls.flags["step1_failure"].value is False


def test_a_slider_that_moves_on_is_one_step_to_undo(page):
    start = page.history.now
    for score in (251, 252, 260):
        page.controls.score.value = score
    page.controls.letters.value = 1.0
    page.undo_button.click()
    assert page.controls.score.value == 260
    page.undo_button.click()
    assert page.history.now == start


def test_back_to_the_base_case_is_a_step_that_can_be_undone(page):
    page.controls.score.value = 270
    changed = page.history.now
    page.base_button.click()
    assert page.history.now == page.history.base
    assert page.base_button.disabled
    page.undo_button.click()
    assert page.history.now == changed


def test_a_moved_weight_moves_the_other_sliders(page):
    page.controls.weights["letters"].value = 50
    page._undo()
    assert page.controls.weights["letters"].value == 20
    page.controls.weights["letters"].value = 50
    assert sum(page.history.now.weights) == pytest.approx(1)


def test_a_kept_case_stands_beside_the_one_that_is_shown_with_its_notes(page):
    page.controls.score.value = 262
    kept = {name: here for name, (here, _) in numbers(page).items()}
    page.tabs.selected_index = 4
    page.cases.name.value = "What if 262"
    page.cases.keep_button.click()
    page.controls.score.value = 275
    page.beside.value = "What if 262"
    assert {name: beside for name, (_, beside) in numbers(page).items()} == kept
    page.cases.note.value = "Asked on the phone"
    shown = page.cases.table.widget.value
    assert "Step 2 CK 250, now 262" in shown
    assert "Asked on the phone" in shown
    page.cases.open_button.click()
    assert page.controls.score.value == 262
    page.cases.drop_button.click()
    assert list(page.beside.options) == ["The base case"]


def test_cases_that_are_kept_without_a_name_are_numbered(page):
    for _ in range(2):
        page.cases.keep_button.click()
    page.cases.which.value = "Case 1"
    page.cases.drop_button.click()
    page.cases.keep_button.click()
    assert set(page.cases.named) == {"Case 1", "Case 2"}
    page.tabs.selected_index = explorer.TABS.index("Compare")
    heads = re.findall('<th scope="col">(.*?)</th>', page.cases.table.widget.value)
    assert heads == ["Number", "As entered", "This case", "Case 2", "Case 1"]


def test_cases_are_there_again_after_a_crash_and_open_on_a_colleagues_page(files, page):
    page.controls.score.value = 262
    page.cases.name.value = "262"
    page.cases.keep_button.click()
    page.cases.note.value = "With the new letter"
    (path,) = Path(os.environ["COUNTERSIGNAL_CASES"]).iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = Explorer(*files)
    assert again.cases.named["262"].note == "With the new letter"
    text = saved(page, "Cases and notes (one file)")["cases-S003.json"]
    again.cases.which.value = "262"
    again.cases.drop_button.click()
    again.cases.taker.value = (upload("cases.json", text),)
    assert again.cases.named["262"].case.step2_ck == 262
    again.cases.taker.value = (upload("letter.json", b"Dear dean"),)
    assert "letter.json: not opened" in again.cases.said.widget.value


def keep(page, name, score, note=""):
    page.controls.score.value = score
    page.cases.name.value = name
    page.cases.keep_button.click()
    page.cases.note.value = note


def noted(page):
    return {n: (one.case.step2_ck, one.note) for n, one in page.cases.named.items() if n != LAST}


def test_a_colleagues_case_of_the_same_name_gets_a_number_and_replaces_none(files, page):
    keep(page, "", 230, "hers")
    theirs = saved(page, "Cases and notes (one file)")["cases-S003.json"]
    page.cases.drop_button.click()
    keep(page, "", 270, "mine")
    for _ in range(2):  # what is there already is not added again
        page.cases.taker.value = (upload("cases.json", theirs),)
    expected = {"Case 1": (270, "mine"), "Case 1 (2)": (230, "hers")}
    more = noted(page)
    assert more.pop(f"{LAST} (2)") == (230, "")  # what she had open
    assert more == expected
    assert "a number now" in page.cases.said.widget.value
    assert noted(Explorer(*files)).items() >= expected.items()


def test_two_tabs_of_one_student_keep_the_cases_notes_and_removals_of_both(files, page):
    keep(page, "Removed", 230)
    keep(page, "Kept", 240)
    other = Explorer(*files)
    keep(page, "", 270, "an hour of notes")
    page.cases.which.value = "Removed"
    page.cases.drop_button.click()
    keep(other, "", 250, "of the other tab")
    other.cases.which.value = "Kept"
    other.cases.note.value = "noted there"
    page.controls.score.value = 262
    both = {
        "Kept": (240, "noted there"),
        "Case 1": (250, "of the other tab"),
        "Case 1 (2)": (270, "an hour of notes"),
    }
    assert noted(page) == noted(Explorer(*files)) == both


def test_more_cases_than_the_page_keeps_are_not_opened_and_it_says_so(files, page):
    keep(page, "A1", 230)
    content = json.loads(saved(page, "Cases and notes (one file)")["cases-S003.json"])
    one = content["cases"][0]
    for letter in "AB":
        content["cases"] = [{**one, "name": f"{letter}{n}"} for n in range(15)]
        text = json.dumps(content).encode()
        page.cases.taker.value = (upload("cases.json", text),)
    said = page.cases.said.widget.value
    assert "5 of 15 cases opened. At most 20 cases: remove some" in said
    page.controls.score.value = 262
    again = Explorer(*files)
    assert noted(again) == noted(page)
    assert len(noted(page)) == 20
    assert again.cases.left_open.step2_ck == 262


def test_a_class_that_comes_back_finds_its_steps_after_another_class_with_its_ids(own_page):
    other = GOOD_CLASS.replace("250", "220")
    hand_in(own_page, "students", "a.csv", GOOD_CLASS)
    own_page.controls.score.value = 270
    hand_in(own_page, "students", "b.csv", other)
    own_page.controls.score.value = 240
    for name, text, changed, base in (("a", GOOD_CLASS, 270, 250), ("b", other, 240, 220)):
        hand_in(own_page, "students", f"{name}.csv", text)
        assert own_page.controls.score.value == changed
        own_page.undo_button.click()
        assert own_page.controls.score.value == base
        own_page.controls.score.value = changed


def test_a_program_is_pinned_excluded_marked_and_confirmed_and_the_list_solved_again(page):
    page.tabs.selected_index = 1
    page.listing.show_which.value = "All programs"
    listed = page._list_of(page.history.now).programs
    first, last = listed.index[0], listed.index[-1]
    page.listing.choose(first)
    page.listing.exclude.click()
    assert page._list_of(page.history.now).programs.loc[first, "On list"] == "no"
    page.listing.choose(last)
    page.listing.pin.click()
    assert page._list_of(page.history.now).programs.loc[last, "On list"] == "yes"
    page.listing.tie.value = "rotation"
    assert "rotation" in page._list_of(page.history.now).programs.loc[last, "Marks"]
    assert page.history.now.marks == ((last, "rotation", ""),)
    for _ in range(3):
        page.undo_button.click()
    assert page.history.now == page.history.base
    state = listed.loc[first, "State"]
    page.listing.choose(first)
    page.listing.exclude_state.click()
    rows = page._list_of(page.history.now).programs
    assert state not in set(rows.loc[rows["On list"] == "yes", "State"])
    # The chances elsewhere are as before: a program stays one of the field.
    both = [
        one
        for one in rows.index
        if rows.loc[one, "State"] != state and rows.loc[one, "Signal"] == listed.loc[one, "Signal"]
    ]
    assert len(both) > 2
    assert list(rows.loc[both, "Chance (%)"]) == list(listed.loc[both, "Chance (%)"])


def test_a_confirmed_policy_moves_the_chance(own_page):
    unknown = f"P1,One,{FAMILY},community,OH,4,7,,,,\n"
    hand_in(own_page, "students", "class.csv", GOOD_CLASS.replace("pass,", "pass,"))
    hand_in(own_page, "programs", "p.csv", PROGRAMS + unknown + GOOD_PROGRAM.replace("P1", "P9"))
    before = numbers(own_page)
    own_page.listing.choose("P1")
    assert own_page.listing.policies["step2_cutoff"].layout.display is None
    own_page.listing.policies["step2_cutoff"].value = "300"
    after = own_page._list_of(own_page.history.now).programs
    assert after.loc["P1", "Chance (%)"] == 0
    own_page.listing.policies["step2_cutoff"].value = "200"
    assert numbers(own_page) != before


def test_list_card_and_ticks_ask_a_program_about_the_same_policies(own_page):
    head = PROGRAMS.replace("applications_received", "applications_received,visa")
    rows = [
        f"P{n},P{n},{FAMILY},community,OH,4,7,200,{screen},,," for n, screen in ((1, ""), (2, "no"))
    ]
    hand_in(own_page, "programs", "p.csv", head + "\n".join(rows) + "\n")
    own = "student_id,specialty,step2_ck,step1_result,red_flags,degree,needs_visa\n"
    screens, visas = "whether it screens out any failed licensing exam", "which visas it sponsors"
    asked = {
        "pass,,us_md,no": ((), ()),
        "fail_then_pass,step1_failure,us_md,no": ((screens,), ()),
        "pass,,us_img,yes": ((visas,), (visas,)),
        "fail_then_pass,step1_failure,us_img,yes": ((screens, visas), (visas,)),
    }
    own += "".join(f"A{n},{FAMILY},250,{row}\n" for n, row in enumerate(asked))
    hand_in(own_page, "students", "class.csv", own)
    for n, expected in enumerate(asked.values()):
        own_page.student.value = f"A{n}"
        own_page._from_list(replace(own_page.history.now, must_apply=("P1", "P2")))
        listed = own_page._list_of(own_page.history.now)
        for program, policies in zip(("P1", "P2"), expected, strict=True):
            own_page.listing.choose(program)
            card = html.unescape(own_page.listing.card.widget.value)
            said = re.search("Confirm before paying</dt><dd>(.*?)</dd>", card)[1]
            assert said == ("; ".join(policies) or "nothing")
            ticks = own_page.listing.policies.values()
            assert sum(tick.layout.display is None for tick in ticks) == len(policies)
            assert listed.programs.loc[program, "Confirm"] == str(len(policies) or "")
        none = "No program on this list has a policy to confirm." in listed.sentences
        assert none == (not any(expected))


def test_the_list_is_saved_as_csv_and_workbook(page):
    files = saved(page, "List (CSV)") | saved(page, "List (Excel)")
    assert set(files) == {"list-S003.csv", "list-S003.xlsx"}
    rows = pd.read_csv(io.BytesIO(files["list-S003.csv"]))
    assert list(rows["Program id"]) == list(page._list_of(page.history.now).programs.index)
    with zipfile.ZipFile(io.BytesIO(files["list-S003.xlsx"])) as book:
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
        assert rows["Program"].iloc[0] in book.read("xl/sharedStrings.xml").decode()


def test_a_change_is_told_in_three_lines_that_name_at_most_five_programs():
    sample = [f"data/sample/{name}.csv" for name in ("students", "programs", "preferences")]
    page = Explorer(*sample, "")
    page.controls.limit.value = 60
    page.controls.states.value = "not OH, not PA, not FL, not NY"
    lines = re.findall("<p.*?>(.*?)</p>", page.results.moved.widget.value.partition("How many")[0])
    assert 2 <= len(lines) <= 3
    assert sum(line.count(",") + 1 for line in lines[1:]) <= 5


def test_own_graduates_stand_beside_the_model_and_small_groups_stay_hidden(own_page):
    page = own_page
    rows = "".join(
        f"G{n},2024,{FAMILY},{230 + n},pass,,us_md,community,,1,{n % 2}\n" for n in range(20)
    )
    head = "graduate_id,year,specialty,step2_ck,step1_result,red_flags,degree,program_type,signal"
    hand_in(page, "graduates", "g.csv", f"{head},interviewed,matched\n{rows}")
    said = html.unescape(page.results.moved.widget.value)
    assert "250 is at the 100th percentile of 10 matched graduates in Family Medicine" in said
    page.controls.flags["loa_academic"].value = True
    assert "fewer than 5 graduates" in html.unescape(page.results.moved.widget.value)
    rows = rows.replace("pass,,", "pass,loa_academic,")
    hand_in(page, "graduates", "g.csv", f"{head},interviewed,matched\n{rows}")
    page.controls.flags["loa_academic"].value = True
    said = html.unescape(page.results.moved.widget.value)
    assert "of 20 graduates in Family Medicine, 10 matched; 100" in said
    by_flag = page._standing_of(page.history.now).by_flag.set_index("red_flag")
    (chance,) = by_flag.loc[["loa_academic"], "interview_chance"]
    shown = f"The model gives {percent(chance)} a program with this flag alone"
    assert shown in said.replace("\xa0", " ")


def test_a_list_of_some_hundred_programs_has_its_numbers_and_its_charts(own_page):
    rows = "".join(f"P{n},P{n},{FAMILY},community,OH,4,7,200,no,,\n" for n in range(250))
    hand_in(own_page, "students", "class.csv", GOOD_CLASS)
    hand_in(own_page, "programs", "p.csv", PROGRAMS + rows)
    own_page.controls.limit.value = 100
    own_page.tabs.selected_index = 2
    assert CHANCE in numbers(own_page)
    assert "no answer" not in own_page.results.keys.widget.value
    assert own_page.results.charts["applications"].drawn
    assert own_page.results.charts["programs"].drawn


def test_the_page_and_the_report_read_one_list_alike(page):
    page.controls.limit.value = 5
    case, desk = page.history.now, page.desk
    programs, preferences = case_tables(case, desk)
    view = report_view(
        case.student(), programs, desk.assumptions, preferences, calendar={}, report_date=""
    ).list
    here = numbers(page)
    assert here["Estimated match chance"][0].startswith(percent(view.found.match_chance))
    assert here["Applications on the list"][0] == str(len(view.programs))
    assert here["Application fees"][0] == f"${view.found.fee_usd:,.0f}"
    assert list(page._list_of(case).names) == list(view.programs["program_id"])
    pd.testing.assert_frame_equal(page._list_of(case).view.further, view.further)


def test_what_is_changed_of_a_program_keeps_a_change_that_is_still_being_settled(page):
    page.tabs.selected_index = 1
    page.listing.show_which.value = "All programs"
    program = str(page._list_of(page.history.now).programs.index[-1])
    page.listing.choose(program)
    page._slow = lambda **_: []  # nothing of the new score has reached the list
    try:
        page.controls.score.value = 262
        page.listing.pin.click()
    finally:
        del page._slow
    assert page.history.now.step2_ck == 262
    assert page.history.now.must_apply == (program,)


def test_a_program_that_is_picked_by_its_id_is_shown_whatever_row_it_is_in_by_now(page):
    page.tabs.selected_index = 1
    page.listing.show_which.value = "All programs"
    rows = page._list_of(page.history.now).programs
    program = str(rows.index[3])
    page.controls.flags["step1_failure"].value = True
    page.browser.picked = [program, 1]
    assert rows.loc[program, "Program"] in html.unescape(page.listing.title.widget.value)
    assert page.listing.program.value == program
    (row,) = page.listing.table.selected_rows
    assert page.listing.table.df["Id"].iloc[row] == program
    page.listing.program.value = ""
    assert page.listing.aside.layout.display == "none"


def test_the_case_that_a_crash_left_is_offered_at_once(files, page):
    page.controls.score.value = 262
    again = Explorer(*files)
    assert again.controls.score.value == 250
    assert again.again_button.layout.display is None
    again.again_button.click()
    assert again.controls.score.value == 262
    assert again.again_button.layout.display == "none"


def test_a_typed_profile_needs_no_class(page):
    page.student.value = "typed"
    page.controls.specialty.value = FAMILY
    page.controls.score.value = 230
    assert numbers(page)[CHANCE][0].endswith("%)")
    assert page.history.now.student_id == "typed"


RECORD = ("step2_ck", "clerkship_honors_fraction", "letters", "research_items")


@pytest.mark.parametrize("given", [(), ("step2_ck",), ("letters",), RECORD])
def test_a_slider_of_what_is_not_given_says_so_until_it_is_moved(own_page, given):
    values = dict(zip(RECORD, ("240", "0.4", "0.7", "3"), strict=True))
    row = ",".join(values[name] if name in given else "" for name in RECORD)
    head = f"student_id,specialty,step1_result,red_flags,{','.join(RECORD)}\n"
    hand_in(own_page, "students", "class.csv", f"{head}A1,{FAMILY},pass,,{row}\n")
    c = own_page.controls
    sliders = dict(zip(RECORD, (c.score, c.honors, c.letters, c.research), strict=True))
    for name, slider in sliders.items():
        assert slider.description.endswith(": not given") == (name not in given)
        slider.value = slider.min
        assert "not given" not in slider.description
    while not own_page.undo_button.disabled:
        own_page.undo_button.click()
    said = [name for name, one in sliders.items() if "not given" in one.description]
    assert said == [name for name in RECORD if name not in given]


def test_names_or_ids_stay_as_chosen_when_the_page_is_loaded_again(own_page, files):
    def shown(page):
        return [words for words, _ in page.student.options]

    names = shown(own_page)
    assert names[0] == "Isolde Fenwick-Ray (S003)"
    own_page.names.value = False
    again = Explorer(*files)
    again.browser.opened = own_page.browser.kept
    assert shown(again)[0] == "S003"
    again.names.value = True
    third = Explorer(*files)
    third.browser.opened = again.browser.kept
    assert shown(third) == names


@pytest.mark.parametrize("specialty", [FAMILY, PSYCHIATRY])
def test_a_typed_profile_is_kept_whatever_is_handed_in(own_page, specialty):
    own_page.student.value = "typed"
    own_page.controls.specialty.value = FAMILY
    own_page.controls.score.value = 231
    own_page.cases.name.value = "Typed"
    own_page.cases.keep_button.click()
    program = GOOD_PROGRAM.replace(FAMILY, specialty)
    other = GOOD_PROGRAM.replace("P1", "P0").replace(FAMILY, "Neurology")
    head = "student_id,program_id,preference,tie,signal\n"
    hand_in(own_page, "programs", "p.csv", PROGRAMS + other + program)
    hand_in(own_page, "preferences", "w.csv", f"{head}S003,P1,,home,\n")
    assert own_page.student.value == "typed"
    # Without a program of its specialty it has no answer, and is all there.
    answered = "no answer yet" not in own_page.results.keys.widget.value
    assert answered == (specialty == FAMILY)
    hand_in(own_page, "students", "class.csv", GOOD_CLASS)
    assert own_page.student.value == "A1"
    own_page.student.value = "typed"
    assert own_page.controls.score.value == 231
    assert own_page.controls.specialty.value == FAMILY
    assert "Typed" in own_page.cases.named
    own_page.undo_button.click()
    assert own_page.controls.score.value == 250


def test_the_card_shows_what_the_office_noted_of_a_program(own_page):
    note = '"Likes our graduates.\nAsk Dr. <Li>: visas"'
    head = PROGRAMS.replace("applications_received", "applications_received,note")
    rows = GOOD_PROGRAM.replace("\n", f",{note}\n") + GOOD_PROGRAM.replace("P1", "P2")
    hand_in(own_page, "programs", "p.csv", head + rows.rstrip() + ",\n")
    own_page.listing.choose("P1")
    shown = own_page.listing.card.widget.value
    assert (
        "Notes of the office</dt><dd>Likes our graduates. Ask Dr. &lt;Li&gt;: visas</dd>" in shown
    )
    own_page.listing.choose("P2")
    assert "Type</dt>" in own_page.listing.card.widget.value
    assert "Notes of the office" not in own_page.listing.card.widget.value


def test_another_specialty_forgets_what_was_given_for_the_first(page):
    page.controls.signals["gold_signals"][0].value = 9
    page.controls.specialty.value = "Psychiatry"
    assert page.history.now.gold_signals == ()
    assert page.history.now.specialty == ("Psychiatry",)
    season = page.desk.assumptions.season["Psychiatry"].gold_signals
    assert page.controls.signals["gold_signals"][0].value == season


def test_each_of_two_specialties_has_its_own_class_and_signals(own_page):
    head = "student_id,specialty,step2_ck,step1_result,red_flags\n"
    hand_in(own_page, "students", "two.csv", f"{head}A1,{PSYCHIATRY};{FAMILY},240,pass,\n")
    controls, season = own_page.controls, own_page.desk.assumptions.season
    silver = controls.signals["silver_signals"]
    assert [box.description for box in silver] == [
        f"Silver signals at hand: {PSYCHIATRY}",
        f"Silver signals at hand: {FAMILY}",
    ]
    silver[1].value = 2
    first = season[PSYCHIATRY].silver_signals
    assert own_page.history.now.silver_signals == (first, 2)
    controls.kinds[1].value = "ultra"
    first = season[PSYCHIATRY].competitiveness
    assert own_page.history.now.competitiveness == (first, "ultra")
    controls.kinds[1].value = ""
    assert own_page.history.now.competitiveness == ()
    own_page.controls.specialty.value = FAMILY
    assert silver[0].description == "Silver signals at hand"
    assert [box.layout.display for box in silver] == [None, "none"]


def test_a_class_that_is_handed_in_is_shown_and_its_bad_row_told_of(own_page):
    said = hand_in(
        own_page,
        "students",
        "my class.csv",
        "student_id,specialty,step2_ck,step1_result,red_flags\n"
        f"A1,{FAMILY},250,pass,\nA2,{FAMILY},250,perhaps,\n",
    )
    assert "my class.csv: read as students, 1 good row, 1 refused" in said
    assert "line 3, column step1_result: found 'perhaps'" in said
    assert [value for _, value in own_page.student.options] == ["A1", "typed"]
    assert own_page.history.now.student_id == "A1"
    assert own_page.files.path("preferences") == ""


def html_in(widget):
    """What every HTML widget in another shows."""
    own = [widget.value] if isinstance(widget, ipywidgets.HTML) else []
    return [*own, *(text for child in getattr(widget, "children", ()) for text in html_in(child))]


def test_a_foreign_file_is_asked_about_as_text_and_changes_nothing_yet(own_page):
    before = own_page.history.now
    said = hand_in(own_page, "programs", "x.csv", "<script>alert(1)</script>,b\n1,2\n")
    assert "x.csv: not in use yet" in said
    shown = html_in(own_page.files.editor.box)
    assert any("&lt;script&gt;" in text for text in shown)
    assert not any("<script>" in text for text in [*shown, own_page.files._said.widget.value])
    assert own_page.history.now == before


def test_a_refused_file_spares_the_good_one_of_the_same_name(own_page):
    head = "student_id,specialty,step2_ck,step1_result,red_flags\n"
    hand_in(own_page, "students", "class.csv", f"{head}A1,{FAMILY},250,pass,\n")
    assert "cannot be used" in hand_in(own_page, "students", "class.csv", "")
    hand_in(own_page, "programs", "p.csv", f"{PROGRAMS}P1,One,{FAMILY},community,OH,4,7,200,no,,\n")
    assert own_page.history.now.student_id == "A1"
    assert len(own_page.desk.programs) == 1


def test_uploads_lie_in_a_private_folder_under_a_harmless_name(own_page, tmp_path):
    hand_in(own_page, "students", "../../up\x00.csv", "x\n")
    (path,) = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert path.parent.parent.parent == tmp_path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_a_person_typed_is_shown_as_text(own_page):
    name = "<img src=x onerror=alert(1)>"
    hand_in(
        own_page,
        "programs",
        "p.csv",
        f"{PROGRAMS}P1,{name},{FAMILY},community,OH,4,7,200,no,,\n",
    )
    own_page.listing.choose("P1")
    shown = own_page.listing.title.widget.value
    assert "<img" not in shown
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown
    own_page.tabs.selected_index = 1
    assert own_page.listing.table._dt_args["data_json"].count("<img") == 0
    assert "<img src=x" not in own_page.results.charts["programs"].panel.widget.value


def test_wishes_that_contradict_each_other_are_said_in_place_of_numbers_and_undone(own_page):
    before = numbers(own_page)
    hand_in(
        own_page,
        "preferences",
        "w.csv",
        "student_id,program_id,preference,tie,signal\n"
        + "".join(f"S003,FM{n:03d},,,gold\n" for n in range(1, 8)),
    )
    assert "gold signal to 7 programs" in html.unescape(own_page.results.keys.widget.value)
    own_page.controls.signals["gold_signals"][0].value = 7
    assert numbers(own_page).keys() == before.keys()


def saved(page, words):
    page.saving.buttons[words].click()
    links = re.findall(
        r'download="(.*?)" href="data:(.*?);base64,(.*?)"', page.saving._links.widget.value
    )
    return {name: base64.b64decode(data) for name, _, data in links}


def links_shown(page):
    return html.unescape(page.saving._links.widget.value)


def test_the_case_is_saved_as_row_assumptions_and_charts(page):
    row = saved(page, "Student row (CSV)")["S003.csv"]
    assert row.splitlines()[1].startswith(b"S003,Family Medicine,250,")
    assert b"WHAT-IF" not in row
    assert b"[weights.letters]" in saved(page, "Assumptions (TOML)")["assumptions.toml"]
    charts = saved(page, "Charts (SVG, PNG)")
    assert len(charts) == 10
    assert charts["weights.png"].startswith(b"\x89PNG")
    assert b"@font-face" in charts["weights.svg"]
    page.controls.score.value = 252
    assert page.saving._links.widget.value == ""


def test_each_file_of_a_what_if_says_so_in_its_name_and_inside_with_what_was_changed(page):
    page.controls.score.value = 262
    page.controls.weights["letters"].value = 40
    files = saved(page, "Student row (CSV)") | saved(page, "Assumptions (TOML)")
    files |= saved(page, "Charts (SVG, PNG)")
    assert [name for name in files if "what-if" not in name] == []
    for name, content in files.items():
        if not name.endswith(".png"):
            assert b"WHAT-IF" in content, name
            assert "Step 2 CK 250, now 262" in " ".join(content.decode().split()), name
    assert files["S003-what-if.csv"].splitlines()[1].startswith(b"S003-what-if,")
    page.base_button.click()
    assert list(saved(page, "Student row (CSV)")) == ["S003.csv"]
    assert files["weights-what-if.png"] != saved(page, "Charts (SVG, PNG)")["weights.png"]


def test_a_report_that_cannot_be_made_says_why(page, monkeypatch):
    def refused(*_):
        message = "programs.csv: <no rows>"
        raise ReportError(message)

    monkeypatch.setattr(saving, "report_pdf", refused)
    page.saving.buttons["Report (PDF)"].click()
    assert "programs.csv: &lt;no rows&gt;" in page.saving._links.widget.value


@pytest.mark.parametrize(
    ("button", "made_by"),
    [
        ("Student row (CSV)", "frame_csv"),
        ("Assumptions (TOML)", "case_toml"),
        ("Report (PDF)", "case_toml"),
    ],
)
def test_a_file_that_cannot_be_made_says_so_and_nothing_of_the_student(
    page, monkeypatch, button, made_by
):
    def full(*_):
        raise OSError(28, "No space left", "Quillfeather")

    monkeypatch.setattr(saving, made_by, full)
    page.saving.buttons[button].click()
    shown = page.saving._links.widget.value
    assert "could not be made" in shown
    assert "Quillfeather" not in shown


LOCKED_CLASS = (
    "student_id,specialty,step2_ck,step1_result,red_flags,pdf_password\n"
    f"A1,{FAMILY},250,pass,,Tarn-4711\nA2,{FAMILY},240,pass,,\n"
)


def test_a_password_for_a_report_is_in_no_case_that_the_page_keeps_or_saves(own_page):
    hand_in(own_page, "students", "class.csv", LOCKED_CLASS)
    own_page.controls.score.value = 262
    own_page.cases.keep_button.click()
    files = saved(own_page, "Student row (CSV)") | saved(own_page, "Cases and notes (one file)")
    kept = [path.read_bytes() for path in Path(os.environ["COUNTERSIGNAL_CASES"]).iterdir()]
    assert len(files) == 2
    assert len(kept) == 1
    for text in (*files.values(), *kept, own_page.browser.kept.encode()):
        assert b"Tarn-4711" not in text


def test_cases_that_an_earlier_version_kept_are_there_and_lose_the_password(files, page):
    page.controls.score.value = 262
    page.cases.name.value = "262"
    page.cases.keep_button.click()
    (path,) = Path(os.environ["COUNTERSIGNAL_CASES"]).iterdir()
    old = path.with_name("S003-0123456789ab.json")
    text = path.read_text().replace('"rest": [', '"rest": [["pdf_password", "Tarn-4711"],')
    old.write_text(text)
    path.unlink()
    assert text.count("Tarn-4711") == 3
    assert Explorer(*files).cases.named["262"].case.step2_ck == 262
    assert list(path.parent.iterdir()) == [path]
    assert "Tarn-4711" not in path.read_text()


def test_page_1_keeps_the_title_and_opens_with_the_students_own_password(own_page, monkeypatch):
    monkeypatch.setenv("COUNTERSIGNAL_PDF_PASSWORD", "for all the others")
    hand_in(own_page, "students", "class.csv", LOCKED_CLASS)
    (pdf,) = saved(own_page, "Page 1 to print (PDF)").values()
    assert opens_with(pdf, "Tarn-4711")
    page_1 = PdfReader(io.BytesIO(unlocked(pdf, "Tarn-4711")))
    assert len(page_1.pages) == 1
    assert page_1.metadata.title == "Your residency plan: Family Medicine"
    assert page_1.root_object["/Lang"] == "en-US"
    assert "It opens with this student's password" in links_shown(own_page)


def test_a_report_is_made_of_a_student_whose_id_begins_with_a_dash(own_page):
    hand_in(own_page, "students", "class.csv", GOOD_CLASS.replace("A1", "-5"))
    assert set(saved(own_page, "Report (PDF)")) == {"-5.pdf"}, links_shown(own_page)


def test_a_report_of_a_student_without_a_password_is_said_not_to_be_locked(own_page, monkeypatch):
    pages = PdfWriter()
    pages.add_blank_page(100, 100)
    made = io.BytesIO()
    pages.write(made)
    monkeypatch.setattr(saving, "report_pdf", lambda *_: made.getvalue())
    hand_in(own_page, "students", "class.csv", LOCKED_CLASS)
    own_page.student.value = "A2"
    (pdf,) = saved(own_page, "Report (PDF)").values()
    assert opens_with(pdf, "")
    assert "It is not locked" in links_shown(own_page)
    monkeypatch.setattr(saving, "report_pdf", lambda *_: b"no PDF")
    assert saved(own_page, "Page 1 to print (PDF)") == {}
    assert "locked" not in links_shown(own_page)


def test_the_numbers_link_to_the_controls_a_phone_shows_far_below(page):
    (to,) = re.findall('href="#(.*?)">Change this case', page.results.keys.widget.value)
    assert sum(f'id="{to}"' in text for text in html_in(page.view)) == 1


def test_an_error_of_our_own_shows_its_kind_and_no_content(page, monkeypatch):
    def broken(*_):
        raise KeyError("Maren Quillfeather")

    monkeypatch.setattr(explorer, "standing_of", broken)
    page.controls.score.value = 217  # a score that no other test has had answered
    assert "KeyError" in page.results.keys.widget.value
    assert "Maren" not in page.results.keys.widget.value


def shown_text(page):
    """All that the page says of a case."""
    results = page.results
    programs = " ".join(page.listing.table.df.astype(str).to_numpy().ravel())
    panels = [
        page.listing.card,
        page.listing.title,
        page.listing.sentences,
        results.moved,
        results.states,
        *(c.panel for c in results.charts.values()),
    ]
    return programs + "".join(panel.widget.value for panel in panels)


def test_a_case_without_an_answer_shows_nothing_of_the_case_before(own_page):
    head = "student_id,specialty,step2_ck,step1_result,red_flags\n"
    hand_in(own_page, "students", "two.csv", f"{head}A1,{FAMILY},240,pass,\nA2,Neurology,240,,\n")
    own_page.tabs.selected_index = 1
    assert "FM0" not in own_page.student.value
    assert shown_text(own_page) != ""
    own_page.student.value = "A2"
    assert "no answer yet" in own_page.results.keys.widget.value
    assert own_page.results.numbers.widget.value == ""
    assert own_page.listing.aside.layout.display == "none"
    assert "cs-chart" not in shown_text(own_page)
    assert len(own_page.listing.table.df) == 0
    assert own_page.results.moved.widget.value == ""
    assert saved(own_page, "Charts (SVG, PNG)") == {}
    own_page.student.value = "A1"
    assert "cs-chart" in shown_text(own_page)


def test_a_student_without_an_answer_shows_no_table_and_no_link_of_the_one_before(own_page):
    head = "student_id,specialty,step2_ck,step1_result,red_flags\n"
    hand_in(own_page, "students", "two.csv", f"{head}A1,{FAMILY},240,pass,\nA2,Neurology,240,,\n")
    own_page.tabs.selected_index = explorer.TABS.index("Compare")
    assert set(saved(own_page, "Student row (CSV)")) == {"A1.csv"}
    assert "Cases of A1" in own_page.cases.table.widget.value
    own_page.student.value = "A2"
    assert own_page.cases.table.widget.value == ""
    assert links_shown(own_page) == ""
    own_page.student.value = "A1"
    assert "Cases of A1" in own_page.cases.table.widget.value


def test_a_report_of_programs_that_were_replaced_meanwhile_is_not_offered(own_page, monkeypatch):
    begun, replaced = threading.Event(), threading.Event()

    def slow(*_):
        begun.set()
        replaced.wait(60)
        return b"%PDF"

    async def make_one_and_replace_the_programs():
        own_page.saving.buttons["Report (PDF)"].click()
        await asyncio.to_thread(begun.wait, 60)
        hand_in(own_page, "programs", "p.csv", PROGRAMS + GOOD_PROGRAM)
        replaced.set()
        await own_page.saving._task

    monkeypatch.setattr(saving, "report_pdf", slow)
    asyncio.run(make_one_and_replace_the_programs())
    assert "Save" not in links_shown(own_page)


def test_cases_of_another_person_with_the_same_id_are_not_opened(own_page, files, page):
    page.controls.score.value = 262
    page.cases.keep_button.click()
    text = saved(page, "Cases and notes (one file)")["cases-S003.json"]
    row = Path(files[0]).read_text().replace("Isolde Fenwick-Ray", "Ben Strange")
    hand_in(own_page, "students", "class.csv", row)
    own_page.cases.taker.value = (upload("cases.json", text),)
    said = html.unescape(own_page.cases.said.widget.value)
    assert "not opened, in it S003 has another name than on this page." in said
    assert own_page.cases.named == {}


@pytest.fixture
def sample_page(monkeypatch, tmp_path):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    sample = [f"data/sample/{name}.csv" for name in ("students", "programs", "preferences")]
    return Explorer(*sample, "")


GOOD_CLASS = f"student_id,specialty,step2_ck,step1_result,red_flags\nA1,{FAMILY},250,pass,\n"
GOOD_PROGRAM = f"P1,One,{FAMILY},community,OH,4,7,200,no,,\n"
BAD_PROGRAM = f"P2,Two,{FAMILY},community,OH,4,70,200,no,,\n"


def test_own_and_made_up_data_never_mix_whatever_is_handed_in_first(sample_page):
    banner = sample_page.banner.widget
    assert "Made-up sample data" in banner.value
    hand_in(sample_page, "students", "class.csv", GOOD_CLASS)
    said = html.unescape(banner.value)
    assert "Class: class.csv (1 student used). Programs: none yet. Preferences: none yet" in said
    assert len(sample_page.desk.programs) == 0
    assert "no programs file is in use" in shown_text(sample_page)
    hand_in(sample_page, "programs", "p.csv", PROGRAMS + GOOD_PROGRAM + BAD_PROGRAM)
    said = html.unescape(banner.value)
    assert "p.csv (1 program used, 1 row refused and left out)" in said
    assert set(sample_page.desk.programs["program_id"]) == {"P1"}
    assert "One" in set(sample_page._list_of(sample_page.history.now).programs["Program"])


HANDED_IN = {
    "a student without a score": [("programs", "good"), ("students", "no score")],
    "a class before programs": [("students", "good")],
    "programs before a class": [("programs", "good")],
}


@pytest.mark.parametrize("order", HANDED_IN.values(), ids=HANDED_IN)
def test_without_a_list_every_tab_and_every_button_works(sample_page, monkeypatch, order):
    class NoReport:
        returncode, stderr = 1, "no report is made here"

    monkeypatch.setattr(saving.subprocess, "run", lambda *_, **__: NoReport)
    texts = {
        ("students", "good"): GOOD_CLASS,
        ("students", "no score"): GOOD_CLASS.replace("250", ""),
        ("programs", "good"): PROGRAMS + GOOD_PROGRAM,
    }
    for table, kind in order:
        hand_in(sample_page, table, f"{table}.csv", texts[table, kind])
    without = order[-1] != ("programs", "good")
    for at, _ in enumerate(explorer.TABS):
        sample_page.tabs.selected_index = at
        for words in sample_page.saving.buttons:
            files = saved(sample_page, words)
            if without and words == "List (CSV)":
                header, *rows = files["list-A1.csv"].decode().splitlines()
                assert header.startswith("Program id,Program,On list,State")
                assert rows == []
        for press in (
            sample_page.undo_button,
            sample_page.base_button,
            sample_page.cases.keep_button,
        ):
            press.click()
        said = " ".join(html_in(sample_page.view))
        assert "error of the program itself" not in said
        assert "no answer yet" not in said
        assert ("no list" in said) == without


@pytest.mark.parametrize("table", ["students", "programs", "preferences"])
def test_a_refused_file_leaves_no_made_up_data_in_use(sample_page, table):
    hand_in(sample_page, table, "letter.csv", "Dear dean\n")
    assert "Your office's data" in html.unescape(sample_page.banner.widget.value)
    assert len(sample_page.desk.students) == len(sample_page.desk.programs) == 0
    assert sample_page.desk.preferences is None
    sample_page.files.sample.click()
    assert "Made-up sample data" in sample_page.banner.widget.value


@pytest.mark.parametrize(
    ("typed", "wanted", "avoided"),
    [
        ("not TX", (), ("TX",)),
        ("Ohio", ("OH",), ()),
        ("oh, Pennsylvania, not texas", ("OH", "PA"), ("TX",)),
        ("anywhere but West Virginia", (), ("WV",)),
    ],
)
def test_states_are_understood_as_typed(page, typed, wanted, avoided):
    page.controls.states.value = typed
    assert page.history.now.preferred_states == wanted
    assert page.history.now.exclude_states == avoided
    rows = page._list_of(page.history.now).programs
    assert not set(avoided) & set(rows.loc[rows["On list"] == "yes", "State"])


@pytest.mark.parametrize("typed", ["zz", "OH or PA", "not TX, OK", "Ohoi", "not", "OH not OH"])
def test_states_that_are_not_understood_are_refused_and_change_nothing(page, typed):
    before = page.history.now
    page.controls.states.value = typed
    assert page.history.now == before
    assert "Nothing was changed." in html.unescape(page.controls.states_said.widget.value)


def test_the_sliders_show_the_weights_in_force(page):
    page.controls.weights["step2_ck"].value = 80
    shown = {name: slider.value for name, slider in page.controls.weights.items()}
    assert shown == {"step2_ck": 80, "clerkships": 7, "letters": 6, "red_flags": 4, "research": 3}
    in_force = dict(zip(shown, page.history.now.weights, strict=True))
    assert {name: round(100 * share) for name, share in in_force.items()} == shown


def test_a_change_of_student_and_a_page_loaded_again_lose_no_case(own_page, files):
    head = "student_id,specialty,step2_ck,step1_result,red_flags\n"
    both = f"{head}A1,{FAMILY},240,pass,\nA2,{FAMILY},230,pass,\n"
    hand_in(own_page, "students", "two.csv", both)
    own_page.controls.score.value = 262
    own_page.student.value = "A2"
    own_page.controls.score.value = 235
    own_page.student.value = "A1"
    assert own_page.controls.score.value == 262
    again = Explorer(*files)
    again.browser.opened = own_page.browser.kept
    assert again.student.value == "A1"
    assert again.controls.score.value == 262
    assert again.desk.sources[0].name == "two.csv"
    again.undo_button.click()
    assert again.controls.score.value == 240
    again.student.value = "A2"
    assert again.controls.score.value == 235


def test_a_page_loaded_again_without_its_files_says_so_and_shows_no_other_data(
    own_page, files, monkeypatch, tmp_path
):
    hand_in(own_page, "students", "class.csv", GOOD_CLASS)
    own_page.controls.score.value = 262
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.setenv(FOLDER_VARIABLE, str(gone))
    again = Explorer(*files)
    again.browser.opened = own_page.browser.kept
    assert "class.csv" in again.files._said.widget.value
    assert [value for _, value in again.student.options] == ["typed"]
    hand_in(again, "programs", "p.csv", PROGRAMS + GOOD_PROGRAM)
    hand_in(again, "students", "class.csv", GOOD_CLASS)
    assert again.controls.score.value == 262


def test_a_page_loaded_again_keeps_the_files_that_its_command_named(own_page, files):
    hand_in(own_page, "students", "class.csv", GOOD_CLASS)
    again = Explorer(*files)
    again.browser.opened = own_page.browser.kept
    assert list(again.desk.students["student_id"]) == ["A1"]
    assert len(again.desk.programs) == len(own_page.desk.programs) > 0


def test_a_file_that_is_gone_takes_no_other_with_it(own_page, files, tmp_path):
    hand_in(own_page, "students", "class.csv", GOOD_CLASS)
    hand_in(own_page, "programs", "p.csv", PROGRAMS + GOOD_PROGRAM)
    next(tmp_path.rglob("p.csv")).unlink()
    again = Explorer(*files)
    again.browser.opened = own_page.browser.kept
    said = html.unescape(again.files._said.widget.value)
    assert "no longer here: p.csv. Hand" in said
    assert list(again.desk.students["student_id"]) == ["A1"]
    assert again.desk.programs.empty


def test_wishes_of_another_class_do_not_come_back_with_a_page_loaded_again(
    files, monkeypatch, tmp_path
):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    wishes = tmp_path / "w.csv"
    wishes.write_text("student_id,program_id,preference,tie,signal\nS003,FM001,,home,\n")
    begun_with = (*files[:2], str(wishes), "")
    page = Explorer(*begun_with)
    assert page.desk.preferences is not None
    hand_in(page, "students", "class.csv", GOOD_CLASS)
    again = Explorer(*begun_with)
    again.browser.opened = page.browser.kept
    assert again.desk.preferences is None


def test_a_name_that_no_file_system_takes_is_shortened_and_the_file_taken(own_page):
    said = hand_in(own_page, "students", f"{'ü' * 300}.csv", GOOD_CLASS)
    assert "read as students, 1 good row" in said
    assert own_page.history.now.student_id == "A1"


def test_a_file_over_the_limit_is_answered_with_a_sentence(own_page, monkeypatch):
    monkeypatch.setattr("analysis.explorer.uploads.MOST_BYTES", 10)
    before = own_page.history.now
    said = hand_in(own_page, "students", "class.csv", GOOD_CLASS)
    assert "class.csv: not taken" in said
    assert own_page.history.now == before
