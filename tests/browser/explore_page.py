"""What the tests of the exploring page do and read there, as a person would."""

import re
import socket
import time
from contextlib import contextmanager

from playwright.sync_api import TimeoutError as TooLate

from analysis.paths import from_root
from tests.browser.conftest import SECONDS_TO_START, server

ADDRESS = r"http://127\.0\.0\.1:(\d+)/\?token=(\S+)"
LAB_ADDRESS = r"http://127\.0\.0\.1:(\d+)/lab\?token=(\w+)"
COMMAND = ["-m", "analysis.cli", "explore", "--no-browser"]
CHANCE = "Interview at a typical mid-tier program"
MATCH = "Estimated match chance"
STUDENT = "S001"
PICTURE = ".cs-chart"
# The kernel of a page that is opened before one is heated starts from nothing.
PATIENCE_MS = 120_000


def files_of(folder, students=(STUDENT, "S002")):
    """A class of two and the programs of their specialty: (students.csv, programs.csv)."""
    lines = from_root("data/sample/students.csv").read_text(encoding="utf-8").splitlines()
    own = [line for line in lines if line.split(",")[0] in students]
    (folder / "students.csv").write_text("\n".join([lines[0], *own]) + "\n", encoding="utf-8")
    lines = from_root("data/sample/programs.csv").read_text(encoding="utf-8").splitlines()
    own = [line for line in lines if ",Internal Medicine," in line]
    (folder / "programs.csv").write_text("\n".join([lines[0], *own]) + "\n", encoding="utf-8")
    return folder / "students.csv", folder / "programs.csv"


@contextmanager
def opened(chromium, address, *, width=1280, height=900, scheme="light", on_socket=None):
    """A fresh visitor's page, its first picture drawn; its socket may be in between hands."""
    view = {"width": width, "height": height}
    visitor = chromium.new_context(viewport=view, color_scheme=scheme)
    page = visitor.new_page()
    page.set_default_timeout(PATIENCE_MS)
    if on_socket:
        page.route_web_socket(re.compile("/channels"), on_socket)
    page.goto(address)
    page.locator(PICTURE).first.wait_for()
    page.evaluate(WATCH)
    yield page
    visitor.close()


@contextmanager
def lab_of(folder):
    """JupyterLab on a working copy of the notebooks: (address, token)."""
    students, programs = files_of(folder)
    settings = {"JUPYTER_CONFIG_DIR": str(folder / "config"), "HOME": str(folder)}
    arguments = [*COMMAND, "--lab", "--students", str(students), "--programs", str(programs)]
    with server(arguments, LAB_ADDRESS, folder, **settings) as match:
        _wait_until_it_listens(int(match[1]))
        yield f"http://127.0.0.1:{match[1]}", match[2]


def _wait_until_it_listens(port):
    """JupyterLab says its address a moment before it listens there: long on a busy machine."""
    end = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < end, f"nothing listens on port {port}"
            time.sleep(0.1)
        else:
            return


@contextmanager
def lab_opened(chromium, base, token):
    """The notebook with the panels in JupyterLab, run, its first picture drawn."""
    page = chromium.new_page(viewport={"width": 1600, "height": 1000})
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{base}/lab/tree/80_explore_own_files.ipynb?token={token}&reset")
    page.locator(".jp-Notebook").first.wait_for()
    _run_all(page)
    page.locator(PICTURE).first.wait_for()
    page.evaluate(WATCH)
    yield page
    page.close()


def _run_all(page):
    """Run every cell; a command that comes before the kernel is connected does nothing."""
    begun = page.locator(".jp-CodeCell .jp-InputPrompt", has_text=re.compile(r"\[(\*|\d+)\]")).first
    for _ in range(6):
        assert page.locator(".jp-Dialog").all_inner_texts() == []
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        try:
            begun.wait_for(timeout=10_000)
        except TooLate:
            continue
        return
    message = "the notebook did not begin to run"
    raise AssertionError(message)


def numbers(page):
    """The table of numbers: {row: (this case, the case beside it)}."""
    rows = page.locator(".cs-sum tbody tr").all()
    cells = [[" ".join(c.split()) for c in row.locator("th, td").all_inner_texts()] for row in rows]
    return {name: (here, beside) for name, here, beside in cells}


def key_numbers(page):
    """The numbers that stay in view: {name: (this case, what it was beside)}."""
    tiles = page.locator(".cs-keys dl > div").all()
    cells = [[" ".join(c.split()) for c in t.locator("dt, dd").all_inner_texts()] for t in tiles]
    return {name: (here, beside) for name, here, beside in cells}


def student(page):
    """Whose case is shown."""
    shown = page.get_by_label("Student", exact=True).input_value()
    return re.search(r"\((\w+)\)$", shown)[1] if shown.endswith(")") else shown


def choose_student(page, student_id):
    """Choose whose case is shown, whatever the picker calls the student."""
    picker = page.get_by_label("Student", exact=True)
    words = picker.locator("option", has_text=student_id).inner_text()
    with followed(page):
        picker.select_option(" ".join(words.split()))


def share(words):
    """The percentage that some words begin with."""
    under, number = re.match(r"(less than |under )?(?:more than |over )?(\d+)", words).groups()
    return int(number) - (0.5 if under else 0)


def tab(page, name):
    """Open a tab, and wait until it shows what it holds."""
    page.get_by_role("tab", name=name, exact=True).click()
    page.locator(".cs-busy").wait_for(state="detached")
    page.wait_for_timeout(200)


def picture(page, name):
    """What a chart says in words, by its name."""
    drawn = page.locator(f".cs-picture-{name} .cs-chart")
    return drawn.get_attribute("aria-label") or drawn.get_attribute("alt")


def slider(page, name):
    return page.get_by_role("slider", name=name, exact=True)


def typed_into(page, name, number):
    """Type a number where a slider shows its own."""
    row = page.locator(".widget-hslider", has=slider(page, name))
    readout = row.locator(".widget-readout")
    with followed(page):
        readout.click()
        page.keyboard.press("Control+a")
        page.keyboard.type(str(number))
        page.keyboard.press("Enter")


WATCH = """() => {
  window.csSeen = { count: 0, last: performance.now() };
  new MutationObserver(() => {
    csSeen.count += 1;
    csSeen.last = performance.now();
  }).observe(document.querySelector('.cs-page'), { childList: true, subtree: true });
}"""
FOLLOWED = """before => csSeen.count > before && !document.querySelector('.cs-waiting, .cs-busy')
  && performance.now() - csSeen.last > 500"""


@contextmanager
def followed(page):
    """Do something, and wait until the page has followed and is at rest."""
    before = page.evaluate("csSeen.count")
    yield
    page.wait_for_function(FOLLOWED, arg=before)


def press(page, name, key, times=1):
    """Move a slider by its keys, and wait for what follows."""
    slider(page, name).focus()
    with followed(page):
        for _ in range(times):
            page.keyboard.press(key)


def clicked(page, name):
    """Press a button that changes what is shown."""
    with followed(page):
        page.get_by_role("button", name=name, exact=True).click()


def hand_in(page, button, name, content):
    """Hand a file in and read what is said of it; its tab must be open."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=button, exact=True).click()
    upload = {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
    with followed(page):
        chooser.value.set_files([upload])
    return page.locator(".cs-said").first.inner_text()


def serious(page, inside=None):
    """Serious and critical findings of axe, as (rule, first element)."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=inside).response["violations"]
    return [
        (finding["id"], finding["nodes"][0]["html"][:200])
        for finding in found
        if finding["impact"] in {"serious", "critical"}
    ]
