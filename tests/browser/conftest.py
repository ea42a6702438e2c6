"""A real Chromium and real servers on loopback, each ended by its own handle."""

import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
REQUIRED = os.environ.get("COUNTERSIGNAL_REQUIRE_BROWSER") == "1"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS_TO_START = 120
SHOWN = 3_000  # characters
# The notebook below the page, without the pictures in it.
CELLS = """() => [...document.querySelectorAll("#rendered_cells .jp-Cell")]
  .map(cell => cell.innerHTML.slice(0, 300)).join("\\n")"""


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    without = not CHROMIUM.exists() and not REQUIRED
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if without:
                reason = "no Chromium on this machine: `make browser` installs it"
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A test that failed tells what its open pages showed and said: a race is rarely seen twice."""
    outcome = yield
    report = outcome.get_result()
    browser = item.funcargs.get("chromium") if report.failed and call.when == "call" else None
    for context in browser.contexts if browser else []:
        for page in context.pages:
            page.set_default_timeout(5_000)
            try:
                shown = page.locator("body").inner_text()[:SHOWN]
                said = [message.text for message in page.console_messages()]
                said += [str(error) for error in page.page_errors()]
                said += [f"{r.failure}: {r.url}" for r in page.requests() if r.failure]
                cells = page.evaluate(CELLS)
            except Exception as error:
                shown, said, cells = f"could not be read: {error}", [], ""
            report.sections.append(("what a page showed", shown))
            report.sections.append(("what it said", "\n".join([*said, cells])[-SHOWN:]))


@pytest.fixture(scope="module")  # while playwright runs, no other test of this process has a loop
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def server(arguments, address, folder, **environment):
    """Run a server until the block ends; yields what `address` finds in its output."""
    with running(arguments, address, folder, **environment) as (match, _, _):
        yield match


@contextmanager
def running(arguments, address, folder, **environment):
    """Run a server until the block ends; yields the match, its process and its log."""
    log = folder / "server.log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            stdout=stream,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            env={**os.environ, **environment},
        )
    try:
        yield found_in(log, address, process), process, log
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def found_in(log, address, process):
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end and process.poll() is None:
        if match := re.search(address, log.read_text()):
            return match
        time.sleep(0.1)
    message = f"the server did not start:\n{log.read_text()[-2000:]}"
    raise AssertionError(message)
