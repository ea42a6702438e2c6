import re
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import TimeoutError as TooLate

from tests.browser.conftest import server
from tests.browser.explore_page import (
    CHANCE,
    COMMAND,
    PATIENCE_MS,
    WATCH,
    files_of,
    numbers,
    press,
    serious,
    share,
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explore")
    settings = {"JUPYTER_CONFIG_DIR": str(folder / "config"), "HOME": str(folder)}
    address = r"http://127\.0\.0\.1:(\d+)/lab\?token=(\w+)"
    students, programs = files_of(folder)
    arguments = [*COMMAND, "--lab", "--students", str(students), "--programs", str(programs)]
    with server(arguments, address, folder, **settings) as match:
        yield f"http://127.0.0.1:{match[1]}", match[2]


def test_the_working_copy_answers_with_its_token_and_to_nobody_without(lab):
    base, token = lab
    listing = f"{base}/api/contents/90_student_report.ipynb?content=0"
    with urllib.request.urlopen(f"{listing}&token={token}", timeout=20) as answer:  # noqa: S310
        assert answer.status == 200
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(listing, timeout=20)  # noqa: S310


def test_the_same_panels_work_in_jupyterlab_and_axe_finds_nothing_serious_in_them(lab, chromium):
    base, token = lab
    page = chromium.new_page(viewport={"width": 1600, "height": 1000})
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{base}/lab/tree/80_explore_own_files.ipynb?token={token}&reset")
    page.locator(".jp-Notebook").first.wait_for()
    run_all(page)
    page.locator("img.cs-chart").first.wait_for()
    page.evaluate(WATCH)
    before = numbers(page)
    press(page, "Step 2 CK", "ArrowRight", 10)
    after = numbers(page)
    assert share(after[CHANCE][0]) > share(before[CHANCE][0])
    assert "Step 2 CK 265" in page.locator("img.cs-chart").first.get_attribute("alt")
    assert serious(page, ".cs-page") == []
    page.close()


def run_all(page):
    """Run every cell; a command that comes before the kernel is connected does nothing."""
    begun = page.locator(".jp-CodeCell .jp-InputPrompt", has_text=re.compile(r"\[(\*|\d+)\]")).first
    for _ in range(6):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        try:
            begun.wait_for(timeout=10_000)
        except TooLate:
            continue
        return
    message = "the notebook did not begin to run"
    raise AssertionError(message)
