"""The page without code and the same panels in JupyterLab, changed and read as a person would.

Each test begins at the base case.
"""

import io
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pypdfium2
import pytest

from analysis.paths import from_root
from analysis.report.guard import check_whose_report
from analysis.tables.check import check_table
from tests.browser.conftest import running
from tests.browser.explore_page import (
    ADDRESS,
    CHANCE,
    COMMAND,
    MATCH,
    PATIENCE_MS,
    STUDENT,
    clicked,
    files_of,
    followed,
    hand_in,
    lab_of,
    lab_opened,
    numbers,
    opened,
    picture,
    press,
    serious,
    share,
    slider,
    student,
    tab,
)


@contextmanager
def page_without_code(chromium, folder):
    students, programs = files_of(folder)
    arguments = [*COMMAND, "--students", str(students), "--programs", str(programs)]
    with (
        running(arguments, ADDRESS, folder) as (match, _, log),
        opened(chromium, match[0]) as page,
    ):
        yield page, log


@contextmanager
def jupyterlab(chromium, folder):
    with lab_of(folder) as (base, token), lab_opened(chromium, base, token) as page:
        yield page, None  # what JupyterLab itself logs is not ours


only_without_code = pytest.mark.parametrize("visit", [page_without_code], indirect=True)
only_in_jupyterlab = pytest.mark.parametrize("visit", [jupyterlab], indirect=True)


@pytest.fixture(scope="module", params=[page_without_code, jupyterlab])
def visit(request, chromium, tmp_path_factory):
    asked = []
    with request.param(chromium, tmp_path_factory.mktemp("page")) as (page, log):
        page.on("request", lambda request: asked.append(request.url))
        yield page, log, asked


@pytest.fixture
def page(visit):
    page = visit[0]
    page.set_default_timeout(30_000)
    tab(page, "Results")
    if page.get_by_role("button", name="Back to the base case").is_enabled():
        clicked(page, "Back to the base case")
    return page


def test_sliding_the_score_changes_the_numbers_and_what_the_pictures_say(page):
    tab(page, "Charts")
    before, curve = numbers(page), picture(page, "match-chance")
    assert before[CHANCE][0] == before[CHANCE][1]
    press(page, "Step 2 CK", "ArrowRight", 15)
    after = numbers(page)
    assert share(after[CHANCE][0]) > share(before[CHANCE][0])
    assert after[CHANCE][1] == before[CHANCE][0]
    assert share(after[MATCH][0]) >= share(before[MATCH][0])
    assert float(after["Expected interviews"][0]) > float(before["Expected interviews"][0])
    assert picture(page, "chances-by-flag").startswith("Dots")
    assert picture(page, "match-chance") != curve


def test_a_flag_is_chosen_and_a_step_taken_back(page):
    before = numbers(page)
    with followed(page):
        page.get_by_label("Leave of absence for academic reasons", exact=True).check()
    assert share(numbers(page)[CHANCE][0]) < share(before[CHANCE][0])
    clicked(page, "Undo")
    assert not page.get_by_label("Leave of absence for academic reasons", exact=True).is_checked()
    assert numbers(page) == before


def test_a_weight_is_set_and_the_chart_of_weights_says_so(page):
    tab(page, "Charts")  # its charts are drawn only where they are seen
    assert "Letters 20" in picture(page, "weights")
    press(page, "Letters (% of the weight)", "ArrowRight", 5)
    said = picture(page, "weights")
    assert "Letters 25" in said
    assert "Assumed figures" in said
    row = page.locator(".cs-controls .widget-hslider", has_text="Research (% of the weight)")
    assert row.locator(".widget-readout").inner_text() == "9"
    tab(page, "Results")


def test_a_case_is_kept_beside_the_one_that_is_shown(page):
    press(page, "Step 2 CK", "ArrowRight", 3)
    kept = numbers(page)
    tab(page, "Compare")
    page.get_by_label("Name", exact=True).fill("Three more")
    clicked(page, "Keep this case")
    press(page, "Step 2 CK", "ArrowLeft", 10)
    with followed(page):
        page.get_by_label("Beside it").select_option("Three more")
    assert page.get_by_role("columnheader", name="Three more").first.is_visible()
    assert {row: beside for row, (_, beside) in numbers(page).items()} == {
        row: here for row, (here, _) in kept.items()
    }
    assert "Step 2 CK 255, now 248" in page.locator(".cs-kept").inner_text()
    clicked(page, "Remove it")


def texts_of(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def saved(page, button, name):
    tab(page, "Data")
    clicked(page, button)
    link = page.get_by_role("link", name=f"Save {name}", exact=True)
    link.wait_for(timeout=PATIENCE_MS)
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == name
    return Path(download.value.path()).read_bytes()


def test_a_case_is_taken_away_as_row_assumptions_charts_and_report(page, tmp_path):
    row = tmp_path / "row.csv"
    assert b"WHAT-IF" not in saved(page, "Student row (CSV)", f"{STUDENT}.csv")
    press(page, "Step 2 CK", "ArrowRight", 3)
    row.write_bytes(saved(page, "Student row (CSV)", f"{STUDENT}-what-if.csv"))
    read = check_table(row, "students")
    assert read.problems == ()
    assert read.rows["step2_ck"].tolist() == [258.0]
    assert saved(page, "Assumptions (TOML)", "assumptions.toml").startswith(b"# The effective")
    assert b"WHAT-IF" in saved(page, "Charts (SVG, PNG)", "chances-by-flag-what-if.svg")
    pdf = saved(page, "Report (PDF)", f"{STUDENT}-what-if.pdf")
    one = saved(page, "Page 1 to print (PDF)", f"{STUDENT}-what-if-page-1.pdf")
    with pypdfium2.PdfDocument(pdf) as document:
        title = document.get_metadata_value("Title")
    pages = check_whose_report(pdf, f"{STUDENT}-what-if", title)
    assert pages > 2
    assert list(texts_of(one)) == list(texts_of(pdf))[:1]
    # On every page: that it is a what-if, and what was changed.
    for text in texts_of(pdf):
        assert "WHAT-IF, not the office's record. Changed: Step 2 CK 255, now 258." in text


def test_the_keyboard_alone_is_enough(page):
    page.evaluate("document.querySelector('h1').tabIndex = -1")
    page.locator("h1").focus()
    reached = []
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(NAME_OF_FOCUS))
        if reached[-1] == "Results":
            for _ in range(3):
                page.keyboard.press("ArrowRight")
            page.keyboard.press("Enter")
        if reached[-1] == "Step 2 CK":
            page.keyboard.press("ArrowRight")
        if reached[-1].startswith("Professionalism"):
            page.keyboard.press("Space")
        if reached[-1].startswith("Student row"):
            page.keyboard.press("Enter")
            break
    wanted = ["Student", "Step 2 CK", "Specialty", "Gold signals at hand", "Results"]
    assert [name for name in wanted if name not in reached] == []
    page.get_by_role("link", name=f"Save {STUDENT}-what-if.csv").wait_for()
    chosen = page.get_by_role("checkbox", name="Professionalism concern")
    assert chosen.is_checked()
    assert slider(page, "Step 2 CK").get_attribute("aria-valuenow") == "256.0"


NAME_OF_FOCUS = """() => {
  const at = document.activeElement;
  const label = at.getAttribute('aria-label') || (at.labels && at.labels[0]?.innerText);
  return (label || at.innerText || '').trim();
}"""


TABS = ("Results", "List", "Charts", "Data", "Compare")


@only_in_jupyterlab
def test_axe_finds_nothing_serious_inside_the_panels(page):
    assert serious(page, ".cs-page") == []


@only_without_code
@pytest.mark.parametrize("name", TABS)
def test_a_narrow_page_shows_everything_without_scrolling_sideways(page, name):
    page.set_viewport_size({"width": 390, "height": 844})
    try:
        tab(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert page.evaluate(STICKING_OUT) == []
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})


STICKING_OUT = """() => [...document.querySelectorAll('.cs-page *')].filter((e) =>
  !e.closest('.dt-container, .cs-wide') && e.getBoundingClientRect().right > 391
  && e.getBoundingClientRect().width > 1).map((e) => e.className)"""


@only_without_code
def test_one_screen_holds_the_page(page):
    for name in TABS:
        tab(page, name)
        assert page.evaluate("document.documentElement.scrollHeight") <= 900
        assert page.locator(".cs-keys dl").is_visible()


COLUMNS = ".dt-scroll-head thead th"
ROWS = "table.dataTable tbody tr"


def table(page, column="Id"):
    """A column of the table of programs, row by row; its tab must be open."""
    heads = [" ".join(head.split()) for head in page.locator(COLUMNS).all_inner_texts()]
    rows = page.locator(f"{ROWS}:has(td:nth-child(2))")
    return rows.locator(f"td:nth-child({1 + heads.index(column)})").all_inner_texts()


def choose(page, label, option):
    with followed(page):
        page.get_by_label(label, exact=True).select_option(label=option)


def program(page, program_id):
    """Click a program in the table and read its row: {column: cell}."""
    row = page.locator(ROWS, has=page.get_by_role("cell", name=program_id, exact=True))
    row.locator("td").first.click()
    page.locator(".cs-title h3", has_text=row.locator("td").first.inner_text()).wait_for()
    at = table(page).index(program_id)
    heads = [" ".join(head.split()) for head in page.locator(COLUMNS).all_inner_texts()]
    return {head: table(page, head)[at] for head in heads}


@only_without_code
@pytest.mark.parametrize("name", ["State", "Type", "Group"])
def test_the_table_shows_just_the_programs_of_a_filter(page, name):
    tab(page, "List")
    choose(page, "Show", "All programs")
    everything = table(page)
    own = sample_programs().set_index("program_id")
    assert sorted(everything) == sorted(own.index)
    options = page.get_by_label(name, exact=True).locator("option").all_inner_texts()
    parts = []
    for option in options[1:]:
        choose(page, name, option)
        parts += (ids := table(page))
        assert ids
        if name == "State":
            assert set(own.loc[ids, "state"]) == {option}
        if name == "Type":
            assert own.loc[ids, "program_type"].nunique() == 1
    # Each program is in one part. A group is a likely program's or another's, so some have none.
    assert len(parts) == len(set(parts))
    assert set(parts) <= set(everything)
    if name != "Group":
        assert set(parts) == set(everything)
    choose(page, name, "Any")
    assert table(page) == everything
    choose(page, "Show", "On the list")


def sample_programs():
    programs = pd.read_csv(from_root("data/sample/programs.csv"))
    return programs[programs["specialty"] == "Internal Medicine"]


@only_without_code
def test_a_program_is_pinned_left_out_signaled_and_marked_and_the_list_follows(page):
    tab(page, "List")
    listed = table(page)
    choose(page, "Show", "Not on the list")
    other = next(one for one in table(page) if one not in listed)
    program(page, other)
    clicked(page, "Pin to the list")
    choose(page, "Show", "On the list")
    assert other in table(page)
    gone = next(one for one in listed if one in table(page))
    program(page, gone)
    clicked(page, "Exclude program")
    assert gone not in table(page)
    chosen = next(one for one in listed if one in table(page))
    before = float(program(page, chosen)["Chance (%)"])
    choose(page, "Tie", "contact")
    assert "contact" in program(page, chosen)["Marks"]
    choose(page, "Signal", "gold")
    row = program(page, chosen)
    assert row["Signal"] == "gold"
    assert float(row["Chance (%)"]) >= before
    choose(page, "Show", "Pinned, excluded or marked")
    assert sorted(table(page)) == sorted([other, gone, chosen])
    choose(page, "Show", "On the list")
    state = program(page, chosen)["State"]
    clicked(page, f"Exclude {state}")
    # Who has decided on a signal applies there, in whatever state.
    states = dict(zip(table(page), table(page, "State"), strict=True))
    assert [one for one in states if states[one] == state] == [chosen]
    clicked(page, "Back to the base case")
    assert table(page) == listed


@only_without_code
def test_a_policy_that_is_confirmed_moves_the_chance_of_that_program(page):
    tab(page, "List")
    own = sample_programs().set_index("program_id")
    asked = next(one for one in table(page) if pd.isna(own.loc[one, "step2_cutoff"]))
    before = float(program(page, asked)["Chance (%)"])
    choose(page, "Show", "All programs")
    label = "Confirmed: Step 2 CK cutoff"
    choose(page, label, "over this score")
    assert program(page, asked)["Chance (%)"] == "0"
    choose(page, label, "none, or this score passes")
    assert float(program(page, asked)["Chance (%)"]) >= before
    choose(page, "Show", "On the list")


@only_without_code
def test_the_list_that_is_saved_is_the_list_that_is_shown(page):
    for changed in (False, True):
        if changed:
            press(page, "Step 2 CK", "ArrowRight", 3)
        tab(page, "List")
        ids, chances = table(page), table(page, "Chance (%)")
        name = f"list-{STUDENT}-what-if" if changed else f"list-{STUDENT}"
        sheets = [
            pd.read_csv(io.BytesIO(saved(page, "List (CSV)", f"{name}.csv"))),
            pd.read_excel(
                io.BytesIO(saved(page, "List (Excel)", f"{name}.xlsx")), engine="calamine"
            ),
        ]
        for rows in sheets:
            on_list = rows[rows["On list"] == "yes"].set_index("Program id")
            assert sorted(on_list.index) == sorted(ids)
            assert [f"{on_list.loc[one, 'Chance (%)']:g}" for one in ids] == chances
            if changed:
                assert rows["What-if"].str.contains("Changed: Step 2 CK 255, now 258.").all()
            else:
                assert "What-if" not in rows


def test_good_and_bad_files_are_handed_in_and_the_loader_answers(page):
    head = "student_id,specialty,step2_ck,step1_result,red_flags,advisor_note\n"
    tab(page, "Data")
    said = hand_in(page, "Class (CSV, Excel)", "letter.csv", "Dear dean\n")
    assert "letter.csv: cannot be used" in said
    assert student(page) == STUDENT
    bad = f"{head}A1,Internal Medicine,250,pass,,\nA2,Internal Medicine,2500,pass,,\n"
    said = hand_in(page, "Class (CSV, Excel)", "class.csv", bad)
    assert "class.csv: read as students, 1 good row, 1 refused" in said
    assert "line 3, column step2_ck: found '2500'; expected" in said
    options = page.get_by_label("Student", exact=True).locator("option").all_inner_texts()
    assert [" ".join(words.split()) for words in options] == ["A1", "A typed profile"]
    hostile = "<img src=x onerror='window.broken=1'>"
    programs = (
        "program_id,program_name,specialty,program_type,state,prestige,red_flag_tolerance,"
        "step2_cutoff,auto_screen_any_failure,interviews_offered,applications_received\n"
        f"P1,{hostile},Internal Medicine,community,OH,4,7,200,no,,\n"
    )
    hand_in(page, "Programs (CSV, Excel)", "programs.csv", programs)
    tab(page, "List")
    page.locator("table.dataTable tbody td", has_text=hostile).click()
    page.locator(".cs-title h3", has_text=hostile).wait_for()
    assert page.evaluate("window.broken") is None


@only_without_code
def test_nothing_left_the_machine_and_no_student_stands_in_address_or_log(visit):
    page, log, asked = visit
    hosts = {url.split("/")[2].split(":")[0] for url in asked if url.startswith(("http", "ws"))}
    assert hosts <= {"127.0.0.1"}
    said = log.read_text() + page.url + "".join(u for u in asked if not u.startswith("data:"))
    assert not [word for word in (STUDENT, "Quillfeather", "A1", "token=") if word in page.url]
    assert not [word for word in (STUDENT, "Quillfeather") if word in said]
