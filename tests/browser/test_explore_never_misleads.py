"""What would let an advisor read another case's numbers, or lose one: each as a person meets it."""

import json
import os
import re
import signal
import time
import urllib.error
import urllib.request
from contextlib import suppress

import pandas as pd
import psutil
import pypdfium2
import pytest

from analysis.tables.check import check_table
from tests.browser.conftest import running
from tests.browser.explore_page import (
    ADDRESS,
    COMMAND,
    PICTURE,
    clicked,
    files_of,
    followed,
    hand_in,
    lab_of,
    numbers,
    opened,
    press,
    serious,
    slider,
    student,
    tab,
)

WORDS_AFTER_SECONDS = 5


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    students, programs = files_of(folder)
    arguments = [*COMMAND, "--students", str(students), "--programs", str(programs)]
    with running(arguments, ADDRESS, folder) as (match, process, _):
        yield match[0], process


@pytest.fixture(scope="module")
def sampled(tmp_path_factory, chromium):
    """A page that begins with the made-up sample."""
    folder = tmp_path_factory.mktemp("sample")
    with (
        running(COMMAND, ADDRESS, folder) as (match, _, _),
        opened(chromium, match[0]) as page,
    ):
        yield page


@pytest.fixture(scope="module")
def shared(served, chromium):
    """One page for what leaves a page whole: to open one takes a kernel and ten seconds of work."""
    with opened(chromium, served[0]) as page:
        yield page


@pytest.fixture
def page(shared):
    return as_it_began(shared, "students.csv (2 students used)")


@pytest.fixture
def sample_page(sampled):
    return as_it_began(sampled, "Made-up sample data")


def as_it_began(page, files):
    """A page with its own files, its first student, no step to take back."""
    if files not in page.locator(".cs-banner").inner_text():
        tab(page, "Data")
        clicked(page, "Back to the files this page began with")
    if student(page) != "S001":
        with followed(page):
            page.get_by_label("Student", exact=True).select_option(label=label_of(page, "S001"))
    while page.get_by_role("button", name="Undo").is_enabled():
        clicked(page, "Undo")
    tab(page, "Results")
    return page


def kernels(process):
    """Processes of kernels that run below the server."""
    found = set()
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if "ipykernel_launcher" in " ".join(child.cmdline()):
                    found.add(child.pid)
    return found


def settled(process, count):
    """Wait until so many kernels run: one is always heated for the next page."""
    end = time.monotonic() + 30
    while len(kernels(process)) != count and time.monotonic() < end:
        time.sleep(0.2)
    return len(kernels(process))


def kernel_of(page, process):
    """The process of a page's kernel, by the name of its connection file."""
    config = page.locator("#jupyter-config-data").text_content()
    kernel = json.loads(config)["kernelId"]
    (own,) = [pid for pid in kernels(process) if kernel in " ".join(psutil.Process(pid).cmdline())]
    return own


def test_numbers_turn_gray_while_an_answer_is_on_its_way(page, served):
    assert settled(served[1], 2) == 2
    kernel = kernel_of(page, served[1])
    cell, chart = page.locator(".cs-keys dd").first, page.locator(".cs-picture").first
    before = numbers(page)
    os.kill(kernel, signal.SIGSTOP)
    try:
        slider(page, "Step 2 CK").focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(600)
        assert numbers(page) == before
        for old in (cell, chart):
            assert float(old.evaluate("e => getComputedStyle(e).opacity")) < 0.6
        page.get_by_text("No answer for 5 seconds").wait_for(timeout=1000 * WORDS_AFTER_SECONDS)
    finally:
        os.kill(kernel, signal.SIGCONT)
    page.locator(".cs-busy").wait_for(state="detached")
    page.wait_for_timeout(500)
    assert float(cell.evaluate("e => getComputedStyle(e).opacity")) == 1
    assert numbers(page) != before
    assert not page.get_by_text("No answer for 5 seconds").is_visible()


@pytest.mark.usefixtures("shared")
def test_a_dead_kernel_is_said_in_words_and_the_way_back_keeps_the_case(served, chromium):
    address, process = served
    with opened(chromium, address) as page:
        assert settled(process, 3) == 3
        kernel = kernel_of(page, process)
        press(page, "Step 2 CK", "ArrowRight", 7)
        before = numbers(page)
        os.kill(kernel, signal.SIGKILL)
        page.get_by_text("This page has ended").wait_for(timeout=1000 * WORDS_AFTER_SECONDS)
        page.get_by_role("button", name="Begin again").click()
        page.locator(PICTURE).first.wait_for()
        slider(page, "Step 2 CK").wait_for()
        page.wait_for_function(
            "() => document.querySelector('[role=slider]').getAttribute('aria-valuenow')"
            " === '262.0'"
        )
        page.locator(".cs-busy").wait_for(state="detached")
        assert numbers(page) == before


@pytest.mark.usefixtures("shared")
def test_closing_or_reloading_a_tab_ends_its_kernel_and_loses_no_case(served, chromium):
    address, process = served
    refused = []
    with opened(chromium, address) as page:
        page.on("response", lambda r: refused.append(r.url) if r.status >= 400 else None)
        press(page, "Step 2 CK", "ArrowRight", 5)
        for _ in range(2):
            page.reload()
            page.locator(PICTURE).first.wait_for()
            page.wait_for_function(
                "() => document.querySelector('[role=slider]').getAttribute('aria-valuenow')"
                " === '260.0'"
            )
        assert settled(process, 3) == 3
    assert settled(process, 2) == 2
    assert refused == []


def test_a_large_upload_and_one_over_the_limit_are_both_answered(page, tmp_path):
    row = "A{},Internal Medicine,250,pass,," + "x" * 6_000 + "\n"
    head = "student_id,specialty,step2_ck,step1_result,red_flags,advisor_note\n"
    large = (head + "".join(row.format(n) for n in range(2_200))).encode()
    assert len(large) > 12 * 2**20
    tab(page, "Data")
    for name, content, answer in (
        ("huge.csv", b"x" * (51 * 2**20), "huge.csv: not taken. It has 51 MB"),
        (f"{'n' * 254}.csv", (head + row.format(1)).encode(), "read as students, 1 good row"),
        ("large.csv", large, "large.csv: read as students, 2200 good rows"),
    ):
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Class (CSV, Excel)", exact=True).click()
        if len(name) < 250:
            (tmp_path / name).write_bytes(content)
            chooser.value.set_files(tmp_path / name)
        else:  # no file system has such a name
            file = {"name": name, "mimeType": "text/csv", "buffer": content}
            chooser.value.set_files([file])
        page.locator(".cs-said", has_text=answer).wait_for()


def test_made_up_programs_never_stand_beside_an_own_class(sample_page):
    page = sample_page
    assert page.get_by_text("Made-up sample data").is_visible()
    tab(page, "Data")
    good = "student_id,specialty,step2_ck,step1_result,red_flags\nA1,Psychiatry,250,pass,\n"
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Class (CSV, Excel)", exact=True).click()
    with followed(page):
        chooser.value.set_files(
            [{"name": "class.csv", "mimeType": "text/csv", "buffer": good.encode()}]
        )
    said = page.locator(".cs-banner").inner_text()
    assert "class.csv (1 student used)" in said
    assert "Programs: none yet" in said
    # No list yet, and every tab still has an answer.
    for name in ("Results", "List", "Charts", "Data", "Compare"):
        tab(page, name)
        assert page.locator(".cs-keys dd").first.is_visible()
        assert page.locator(".cs-trouble").count() == 0
    tab(page, "List")
    assert "no programs file is in use" in page.locator(".cs-said-of-list").inner_text()
    assert programs_listed(page) == []
    heads = page.locator(".dt-scroll-head th").all_inner_texts()
    assert heads[:2] == ["Program", "State"]


@pytest.fixture(scope="module")
def lab_server(tmp_path_factory):
    with lab_of(tmp_path_factory.mktemp("lab")) as found:
        yield found


@pytest.fixture
def lab_page(lab_server, chromium):
    """A fresh visitor's page for JupyterLab, where no notebook runs yet, and its address."""
    base, token = lab_server
    visitor = chromium.new_context(viewport={"width": 1600, "height": 1000})
    page = visitor.new_page()
    page.set_default_timeout(120_000)
    yield page, f"{base}/lab/tree/80_explore_own_files.ipynb?token={token}&reset"
    visitor.close()
    for session in json.loads(asked(f"{base}/api/sessions?token={token}")):
        asked(f"{base}/api/sessions/{session['id']}?token={token}", method="DELETE")


def asked(address, method="GET"):
    request = urllib.request.Request(address, method=method)  # noqa: S310
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        return answer.read()


def test_the_working_copy_answers_with_its_token_and_to_nobody_without(lab_server):
    base, token = lab_server
    listing = f"{base}/api/contents/90_student_report.ipynb?content=0"
    assert b"90_student_report" in asked(f"{listing}&token={token}")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        asked(listing)


def test_run_all_before_the_kernel_is_ready_runs_and_no_news_is_asked_for(lab_page):
    page, address = lab_page
    # Kernels and checkpoints come late, as on a busy machine: the notebook shows before them.
    page.add_init_script(
        """const get = window.fetch;
        window.fetch = async (asked, ...rest) => {
          if (/api.kernelspecs|checkpoints/.test(asked.url || asked))
            await new Promise((late) => setTimeout(late, 3000));
          return get(asked, ...rest);
        };"""
    )
    page.goto(address)
    page.locator(".jp-Notebook").first.wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.locator(PICTURE).first.wait_for()
    assert page.get_by_text("Select Kernel").count() == 0
    assert page.get_by_text("official Jupyter news").count() == 0


def test_a_kernel_that_did_not_start_at_once_is_started_again(lab_page):
    page, address = lab_page
    refused = []

    def start(route):
        if route.request.method != "POST" or len(refused) == 2:
            return route.continue_()
        refused.append(route.request.url)
        return route.fulfill(status=500, body='{"message": "the kernel did not start"}')

    page.route("**/api/sessions*", start)
    page.goto(address)
    page.locator(".jp-Notebook").first.wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.locator(PICTURE).first.wait_for()
    assert len(refused) == 2
    assert page.locator(".jp-Dialog").count() == 0


FOREIGN = (
    "Student No.,First Name,Last Name,Field,Step 2 Score,Step 1,Problems,Email\n"
    "7001,Ada,Moss,Psychiatry,251,P,failed M1 anatomy; remediated,a@b.edu\n"
    "7002,Ben,Ruiz,Psychiatry,243,P,,b@b.edu\n"
    "7003,Cy,Oram,Psychiatry,238,Failed,LOA 2022 (academic),c@b.edu\n"
)


def test_a_foreign_class_is_mapped_on_the_page_and_read_to_an_answer(sample_page, tmp_path):
    page = sample_page
    tab(page, "Data")
    said = hand_in(page, "Class (CSV, Excel)", "registrar.csv", FOREIGN)
    assert "registrar.csv: not in use yet" in said

    def choose(label, option):
        with followed(page):
            page.get_by_label(label, exact=True).select_option(label=option)

    def preview():
        rows = page.locator(".cs-wide table", has_text="student_id").locator("tr")
        return [row.split("\t") for row in rows.all_inner_texts()]

    # What is not sure waits: no flag is assigned by itself, and there is nothing to use.
    assert page.get_by_label("Read Step 2 Score as").input_value() == "step2_ck"
    assert page.get_by_role("button", name="Use this file").is_disabled()
    choose("Read Field as", "specialty")
    for part in ("First", "Last"):
        choose(f"Read {part} Name as", "name")
    words = "“{}” (1 row) means"
    choose(words.format("failed M1 anatomy; remediated"), "course failure remediated")
    assert page.locator(".cs-wide", has_text="LOA 2022").is_visible()
    choose(words.format("LOA 2022 (academic)"), "loa academic")
    header, *rows = preview()
    at = [header.index(name) for name in ("student_id", "red_flags", "name")]
    assert [[row[place] for place in at] for row in rows] == [
        ["7001", "course_failure_remediated", "not shown"],
        ["7002", "", "not shown"],
        ["7003", "loa_academic; step1_failure", "not shown"],
    ]
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save mapping.toml").click()
    saved.value.save_as(tmp_path / "mapping.toml")
    clicked(page, "Use this file")
    assert "3 good rows" in page.locator(".cs-said").first.inner_text()
    banner = page.locator(".cs-banner").inner_text()
    assert "registrar.csv (3 students used)" in banner
    assert not serious(page, ".cs-group")
    # The file that was saved reads the export alike on the command line.
    (tmp_path / "registrar.csv").write_text(FOREIGN)
    rows = check_table(tmp_path / "registrar.csv", "students").strict()
    assert rows["red_flags"].tolist() == [
        ("course_failure_remediated",),
        (),
        ("loa_academic", "step1_failure"),
    ]
    assert rows["name"].tolist() == ["Ada Moss", "Ben Ruiz", "Cy Oram"]


HOSTILE = "<img src=x onerror='window.broken=1'>"
HEAD = "student_id,name,specialty,step2_ck,step1_result,red_flags\n"
TWO = f"{HEAD}A1,Ada Moss,Internal Medicine,250,pass,\nA2,{HOSTILE},Dermatology,240,pass,\n"


def printed(page):
    """Pages of what the browser prints, as text."""
    with pypdfium2.PdfDocument(page.pdf(format="Letter")) as document:
        return [" ".join(one.get_textpage().get_text_bounded().split()) for one in document]


def programs_listed(page):
    """Names of the programs in the table, whose tab is open."""
    cells = page.locator("table.dataTable tbody td:first-child").all_inner_texts()
    return [name for name in cells if name != "No data available in table"]


def test_a_student_without_programs_shows_nothing_of_the_student_before(page):
    tab(page, "Data")
    hand_in(page, "Class (CSV, Excel)", f"{HOSTILE}.csv", TWO)
    tab(page, "Charts")
    tab(page, "List")
    before = programs_listed(page)
    assert before
    page.locator("table.dataTable tbody td").first.click()
    page.locator(".cs-title h3", has_text=before[0]).wait_for()
    with followed(page):
        page.get_by_label("Student", exact=True).select_option(label=label_of(page, "A2"))
    assert "This case has no answer yet" in page.locator(".cs-keys").inner_text()
    for name in ("Results", "List", "Charts", "Data", "Compare"):
        tab(page, name)
        assert page.locator(".cs-chart, .cs-tile, .cs-sum, .cs-save").count() == 0
        said = page.locator(".cs-page").inner_text()
        assert not [one for one in before if one in said]
    tab(page, "List")
    assert programs_listed(page) == []
    assert not page.locator(".cs-aside").is_visible()
    (sheet,) = printed(page)
    assert "This case has no answer yet" in sheet
    assert not [one for one in before if one in sheet]
    # The way back to the other student is whole.
    with followed(page):
        page.get_by_label("Student", exact=True).select_option(label=label_of(page, "A1"))
    assert programs_listed(page) == before
    assert page.evaluate("window.broken") is None


def label_of(page, student_id):
    """What the picker calls a student."""
    options = page.get_by_label("Student", exact=True).locator("option").all_inner_texts()
    (words,) = [" ".join(one.split()) for one in options if f"({student_id})" in one]
    return words


def test_states_are_understood_or_refused_in_words(page):
    field = page.get_by_label("Preferred states", exact=True)

    def typed(text):
        with followed(page):
            field.fill(text)
            page.keyboard.press("Enter")
        return page.locator(".cs-states").inner_text()

    tab(page, "List")
    before, states = programs_listed(page), field.input_value()
    said = typed("zz")
    assert "'zz' is not understood" in said
    assert "Nothing was changed." in said
    assert programs_listed(page) == before
    # What was typed is no case: whoever goes on keeps the states of before.
    assert page.get_by_role("button", name="Undo").is_disabled()
    assert typed("Ohio") == ""
    assert field.input_value() == "OH"
    assert typed("not TX") == ""
    assert field.input_value() == "not TX"
    cells = page.locator("table.dataTable tbody td:nth-child(2)").all_inner_texts()
    assert cells
    assert "TX" not in cells
    clicked(page, "Back to the base case")
    assert field.input_value() == states


def test_the_browser_prints_one_page_that_says_whose_case_it_is_and_what_was_changed(page):
    (sheet,) = printed(page)
    name = label_of(page, "S001")
    assert f"{name}: Internal Medicine" in sheet
    assert "WHAT-IF" not in sheet
    press(page, "Step 2 CK", "ArrowRight", 3)
    here = {row: said for row, (said, _) in numbers(page).items()}
    for tab_name in ("List", "Data"):
        tab(page, tab_name)
        (sheet,) = printed(page)
        assert "WHAT-IF, not the office's record. Changed: Step 2 CK 255, now 258." in sheet
        assert all(f"{row} {said}" in sheet for row, said in here.items())
    tab(page, "List")
    assert [one for one in programs_listed(page) if one not in sheet] == []


def test_the_last_of_several_quick_choices_is_the_one_that_is_shown(page, served):
    process = served[1]
    assert settled(process, 2) == 2
    picker = page.get_by_label("Student", exact=True)
    first, second = label_of(page, "S001"), label_of(page, "S002")
    with followed(page):
        picker.select_option(label=second)
    alone = numbers(page)
    with followed(page):
        picker.select_option(label=first)
    before = numbers(page)
    kernel = kernel_of(page, process)
    os.kill(kernel, signal.SIGSTOP)  # everything waits, as on a busy machine
    try:
        slider(page, "Step 2 CK").focus()
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        picker.select_option(label=second)
        page.wait_for_timeout(300)
        assert page.locator(".cs-busy").count() == 1
    finally:
        os.kill(kernel, signal.SIGCONT)
    page.locator(".cs-busy").wait_for(state="detached")
    page.wait_for_timeout(500)
    assert numbers(page) == alone
    # The change that was on its way is the first student's, and still there.
    with followed(page):
        picker.select_option(label=first)
    assert slider(page, "Step 2 CK").get_attribute("aria-valuenow") == "260.0"
    assert {row: beside for row, (_, beside) in numbers(page).items()} == {
        row: here for row, (here, _) in before.items()
    }
    # Two classes, handed in while nothing answers: the second is in use, and nobody else.
    tab(page, "Data")
    os.kill(kernel, signal.SIGSTOP)
    try:
        for student_id in ("B1", "C1"):
            with page.expect_file_chooser() as chooser:
                page.get_by_role("button", name="Class (CSV, Excel)", exact=True).click()
            row = f"{HEAD}{student_id},,Internal Medicine,24{student_id[1]},pass,\n"
            file = {"name": f"{student_id}.csv", "mimeType": "text/csv"}
            chooser.value.set_files([{**file, "buffer": row.encode()}])
    finally:
        os.kill(kernel, signal.SIGCONT)
    page.locator(".cs-banner", has_text="C1.csv").wait_for()
    page.locator(".cs-busy").wait_for(state="detached")
    page.wait_for_timeout(500)
    options = picker.locator("option").all_inner_texts()
    assert [" ".join(one.split()) for one in options] == ["C1", "A typed profile"]
    (sheet,) = printed(page)
    assert "C1: Internal Medicine" in sheet


class Between:
    """Messages between a page and its kernel, each of which may be kept for a while."""

    def __init__(self):
        self.sent, self.came, self.kept = [], [], []
        self.keeps = lambda _text, _from_page: False

    def __call__(self, socket):
        server = socket.connect_to_server()
        socket.on_message(lambda message: self._pass(message, server, from_page=True))
        server.on_message(lambda message: self._pass(message, socket, from_page=False))

    def _pass(self, message, to, *, from_page):
        text = message if isinstance(message, str) else message.decode(errors="replace")
        (self.sent if from_page else self.came).append(text)
        # What comes behind a message that is kept keeps its place behind it.
        if any(way is to for way, _ in self.kept) or self.keeps(text, from_page):
            self.kept.append((to, message))
        else:
            to.send(message)

    def let_go(self, keeps=lambda _text, _from_page: False):
        """Send what was kept, in its order, and keep others from now on."""
        self.keeps, waiting, self.kept = keeps, self.kept, []
        for to, message in waiting:
            to.send(message)

    def of(self, words):
        """Ids of the messages of the page that hold some words."""
        return [re.search(r'"msg_id":\s*"([^"]+)"', text)[1] for text in self.sent if words in text]


def test_a_slider_that_moves_on_while_an_answer_is_made_is_waited_for(served, chromium):
    # A slider has one message on its way at a time, and so has what asks for the answer. Here the
    # page asks for all five moves before the last of them is sent, and that one is long on its way.
    between, moved = Between(), '"state":{"value":'
    with opened(chromium, served[0], on_socket=between) as page:
        page.locator(".cs-busy").wait_for(state="detached")
        page.wait_for_timeout(1000)
        between.sent.clear()
        asks = '"asked":'
        between.keeps = lambda text, from_page: (
            not from_page and '"idle"' in text and any(one in text for one in between.of(asks))
        )
        slider(page, "Step 2 CK").focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("() => document.querySelector('.cs-busy')")
        while not between.kept:
            page.wait_for_timeout(50)
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        between.let_go(lambda text, _: moved in text and len(between.of(moved)) == 3)
        while not between.kept:
            page.wait_for_timeout(50)
        between.came.clear()
        while not any('"answered"' in text for text in between.came):
            page.wait_for_timeout(50)
        page.wait_for_timeout(500)
        assert page.locator(".cs-busy").count() == 1
        between.let_go()
        page.locator(".cs-busy").wait_for(state="detached")
        assert slider(page, "Step 2 CK").get_attribute("aria-valuenow") == "260.0"
        assert "260" in printed(page)[0]


def test_a_page_loaded_again_in_the_middle_of_an_answer_shows_the_same_student(served, chromium):
    with opened(chromium, served[0]) as page:
        with followed(page):
            page.get_by_label("Student", exact=True).select_option(label=label_of(page, "S002"))
        press(page, "Step 2 CK", "ArrowRight", 2)
        here = slider(page, "Step 2 CK").get_attribute("aria-valuenow")
        slider(page, "Step 2 CK").press("ArrowRight")
        page.reload()
        page.locator(PICTURE).first.wait_for()
        page.wait_for_function(
            "() => [...document.querySelectorAll('.cs-page select')][0]"
            ".selectedOptions[0].text.includes('(S002)')"
        )
        page.locator(".cs-busy").wait_for(state="detached")
        after = float(slider(page, "Step 2 CK").get_attribute("aria-valuenow"))
        assert after - float(here) in (0, 1)


def test_the_sheet_of_a_workbook_is_chosen_on_the_page(page, tmp_path):
    book = tmp_path / "classes.xlsx"
    columns = HEAD.strip().split(",")
    with pd.ExcelWriter(book, engine="xlsxwriter") as writer:
        for year, score in (("2026", 250), ("2027", 231)):
            row = [f"Y{year}", None, "Internal Medicine", score, "pass", None]
            frame = pd.DataFrame([row], columns=columns)
            frame.to_excel(writer, sheet_name=f"Class of {year}", index=False)
        pd.DataFrame({"Notes": ["nothing"]}).to_excel(writer, sheet_name="Notes", index=False)
    tab(page, "Data")
    assert not page.get_by_label("Sheet of the workbook").is_visible()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Class (CSV, Excel)", exact=True).click()
    with followed(page):
        chooser.value.set_files(book)
    # Two sheets fit: which is meant is asked, and the class in use stays.
    assert "cannot be used" in page.locator(".cs-said").first.inner_text()
    assert "students.csv (2 students used)" in page.locator(".cs-banner").inner_text()
    for year, score in (("2026", 250), ("2027", 231)):
        with followed(page):
            page.get_by_label("Sheet of the workbook").select_option(f"Class of {year}")
        assert "classes.xlsx (1 student used)" in page.locator(".cs-banner").inner_text()
        assert student(page) == f"Y{year}"
        assert slider(page, "Step 2 CK").get_attribute("aria-valuenow") == f"{score}.0"
    with followed(page):
        page.get_by_label("Sheet of the workbook").select_option("Notes")
    assert "classes.xlsx stays in use" in page.locator(".cs-said").first.inner_text()
    assert student(page) == "Y2027"
    assert serious(page) == []
