"""The page without code and the same panels in JupyterLab, changed and read as a person would.

Each test begins at the base case.
"""

from contextlib import contextmanager
from pathlib import Path

import pypdfium2
import pytest

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
