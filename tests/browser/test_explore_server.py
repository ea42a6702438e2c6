"""The server of the page: who gets in, who sees what, and what is left when it ends."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from analysis.report.page_server import NOT_MADE
from tests.browser.conftest import running
from tests.browser.explore_page import (
    ADDRESS,
    COMMAND,
    PATIENCE_MS,
    PICTURE,
    choose_student,
    files_of,
    numbers,
    opened,
    serious,
    student,
    tab,
)

IDLE_MINUTES = 0.75  # after which a page that nobody touches ends
KERNEL = "00000000-0000-0000-0000-000000000000"
DOORS = [
    "/",
    "/?token=",
    "/?token=wrong",
    "/voila/static/voila.js",
    "/voila/templates/lab/static/voila.js",
    f"/api/kernels/{KERNEL}",
    f"/api/kernels/{KERNEL}/channels",
    f"/voila/query/{KERNEL}",
    "/voila/files/explore.ipynb",
    "/voila/labextensions/x.js",
    "/login",
    "/logout",
    "/nothing/here",
]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    students, programs = files_of(folder)
    private = folder / "temporary"
    private.mkdir()
    arguments = [*COMMAND, "--students", str(students), "--programs", str(programs)]
    arguments += ["--idle-minutes", str(IDLE_MINUTES)]
    with running(arguments, ADDRESS, folder, TMPDIR=str(private)) as (match, process, _):
        yield match, process, private


def answer(base, door, method="GET", **headers):
    request = urllib.request.Request(f"{base}{door}", method=method, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=20) as found:  # noqa: S310
            return found.status
    except urllib.error.HTTPError as error:
        return error.code


def test_without_the_token_nothing_answers(served):
    base = f"http://127.0.0.1:{served[0][1]}"
    assert {door: answer(base, door) for door in DOORS} == dict.fromkeys(DOORS, 403)
    assert answer(base, f"/voila/api/shutdown/{KERNEL}", "POST") == 403
    assert answer(base, f"/?token={served[0][2]}", Host="evil.example") == 403


def test_the_token_as_a_cookie_opens_the_parts_of_the_page(served):
    base, port = f"http://127.0.0.1:{served[0][1]}", served[0][1]
    cookie = f"countersignal-{port}={served[0][2]}"
    assert answer(base, "/voila/static/voila.js", Cookie=cookie) == 200
    assert answer(base, "/voila/files/explore.ipynb", Cookie=cookie) == 403


def test_the_token_replaces_the_cookie_of_an_earlier_run_on_the_same_port(served):
    address, port, token = served[0][0], served[0][1], served[0][2]
    cookie = f"countersignal-{port}=of-an-earlier-run"
    door = address.replace("/?", "/voila/static/voila.js?")
    request = urllib.request.Request(door, headers={"Cookie": cookie})  # noqa: S310
    with urllib.request.urlopen(request, timeout=20) as found:  # noqa: S310
        assert f"countersignal-{port}={token};" in found.headers["Set-Cookie"]


def test_a_kernel_that_waited_long_for_its_page_outlives_the_loading_of_it(served):
    match, _, private = served
    time.sleep(1.1 * 60 * IDLE_MINUTES)  # nobody comes
    with urllib.request.urlopen(match[0], timeout=60) as page:  # noqa: S310
        kernel = re.search(r'"kernelId": *"([0-9a-f-]{36})"', page.read().decode())[1]
    time.sleep(0.5 * 60 * IDLE_MINUTES)  # a slow browser, and the server looks for idle kernels
    assert list(private.rglob(f"*{kernel}*"))


def test_two_tabs_do_not_see_each_others_student(served, chromium):
    with opened(chromium, served[0][0]) as one, opened(chromium, served[0][0]) as other:
        before = numbers(other)
        choose_student(one, "S002")
        assert one.get_by_label("Step 1 failed, then passed", exact=True).is_checked()
        assert numbers(one) != before
        assert numbers(other) == before
        assert student(other) == "S001"
        # An upload of one of them, for what follows.
        tab(one, "Data")
        with one.expect_file_chooser() as chooser:
            one.get_by_role("button", name="Class (CSV, Excel)").click()
        chooser.value.set_files([{"name": "x.csv", "mimeType": "text/csv", "buffer": b"a\n1\n"}])
        one.locator(".cs-said:visible", has_text="x.csv").first.wait_for()
        (upload,) = served[2].rglob("x.csv")
        assert [oct(p.stat().st_mode & 0o777) for p in (upload, *upload.parents[:4])] == [
            "0o600",
            *["0o700"] * 4,
        ]
        end = time.monotonic() + 120
        # A page that nobody touches ends, and takes its uploads along.
        while upload.exists() and time.monotonic() < end:
            time.sleep(0.5)
        assert not upload.exists()
        # It says so, and can be begun again.
        one.get_by_text("This page has ended").wait_for()
        assert serious(one) == []
        with one.expect_navigation():
            one.get_by_role("button", name="Begin again").click()
        one.get_by_text("This page has ended").wait_for(state="hidden")
        one.locator(PICTURE).first.wait_for()


# The first kernel that begins ends at once; each later one begins as always.
ENDS_AT_ONCE = """
import os, pathlib
first = pathlib.Path({path!r})
if first.exists():
    first.unlink()
    os._exit(1)
"""


def test_a_page_whose_kernel_did_not_begin_is_asked_for_again(chromium, tmp_path):
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    first = tmp_path / "first"
    first.touch()
    (startup / "00.py").write_text(ENDS_AT_ONCE.format(path=str(first)))
    settings = {"IPYTHONDIR": str(tmp_path / "ipython")}
    with (
        running(COMMAND, ADDRESS, tmp_path, **settings) as (match, _, _),
        opened(chromium, match[0]) as page,
    ):
        assert student(page) == "S001"
        assert not first.exists()


def test_a_page_that_cannot_be_made_says_so(chromium, tmp_path):
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("import os\nos._exit(1)\n")
    settings = {"IPYTHONDIR": str(tmp_path / "ipython")}
    with running(COMMAND, ADDRESS, tmp_path, **settings) as (match, _, _):
        page = chromium.new_page()
        page.goto(match[0], timeout=PATIENCE_MS)
        page.get_by_text("The page could not be made.").wait_for(timeout=PATIENCE_MS)
        page.get_by_role("button", name="Try again").wait_for()
        page.close()


def test_a_page_that_fails_before_its_first_word_says_so(chromium):
    page = chromium.new_page()
    page.route("**/*", lambda route: route.fulfill(content_type="text/html", body=NOT_MADE))
    page.goto("http://127.0.0.1/")  # answered here: nothing is asked of the network
    page.get_by_text("The page could not be made.").wait_for(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Try again").wait_for()
    page.close()


def test_what_a_killed_server_left_is_removed_by_the_next_command(tmp_path):
    with running(COMMAND, ADDRESS, tmp_path, TMPDIR=str(tmp_path)) as (_, process, _):
        (uploads,) = tmp_path.glob("countersignal-*/uploads")
        (uploads / "class.csv").write_text("student_id,name\n")
        process.kill()
        process.wait(60)
    sweep = "from analysis.workers.pool import ScratchFolder; ScratchFolder().cleanup()"
    subprocess.run(
        [sys.executable, "-c", sweep], env={**os.environ, "TMPDIR": str(tmp_path)}, check=True
    )
    assert not uploads.parent.exists()


def test_a_server_that_is_asked_to_end_says_so_as_every_command_does(tmp_path):
    with running(COMMAND, ADDRESS, tmp_path, TMPDIR=str(tmp_path)) as (match, process, _):
        urllib.request.urlopen(match[0], timeout=120).close()  # noqa: S310
        process.terminate()
        assert process.wait(60) == 143
        assert list(tmp_path.glob("countersignal-*")) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_server_that_is_ended_while_its_kernel_starts_says_nothing_else(tmp_path, number, code):
    private = tmp_path / "temporary"
    private.mkdir()
    with running(COMMAND, ADDRESS, tmp_path, TMPDIR=str(private)) as (_, process, log):
        process.send_signal(number)
        assert process.wait(60) == code
        said = log.read_text()
        assert "Traceback" not in said
        assert "fault" not in said
        assert list(private.glob("countersignal-*")) == []


def test_ctrl_c_ends_the_page_and_leaves_nothing(served):
    _, process, private = served
    assert list(private.glob("countersignal-*/uploads"))
    end = time.monotonic() + PATIENCE_MS / 1000
    while not (children := [int(p) for p in _children(process.pid)]) and time.monotonic() < end:
        time.sleep(0.2)
    assert children
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert [p for p in private.rglob("*") if "countersignal" in str(p)] == []
    end = time.monotonic() + 10
    while any(map(_alive, children)) and time.monotonic() < end:
        time.sleep(0.2)
    assert not any(map(_alive, children))


def _children(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def _alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
