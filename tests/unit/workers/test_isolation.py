import errno
import os
import signal
import subprocess
import sys
import tempfile
import time
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest

from analysis.workers.pool import START_METHODS, LocalPool, usual_start_method
from analysis.workers.work import Work


def test_processes_start_where_the_temporary_folder_has_a_long_name(tmp_path, monkeypatch):
    """A fork server listens at a path below that folder, which may be 104 bytes long at most."""
    folder = tmp_path / ("long" * 25)
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    assert usual_start_method() == "spawn"
    assert list(LocalPool(1).results(Work(len, 60), ["three"])) == [("three", 5)]


def test_a_fork_server_is_used_where_there_is_one(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/tmp")  # noqa: S108 - a short name, nothing is written
    assert usual_start_method() == START_METHODS[0]


EARLY = """
import os, signal
from multiprocessing import forkserver
from analysis.workers.pool import LocalPool, start_helpers
from analysis.workers.work import Work
start_helpers("json")
server = forkserver._forkserver._forkserver_pid
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    os.kill(server, number)
print(list(LocalPool(1).results(Work(len, 60), ["three"])))
assert forkserver._forkserver._forkserver_pid == server
"""


@pytest.mark.skipif("forkserver" not in START_METHODS, reason="the system has no fork server")
def test_a_fork_server_that_still_loads_is_deaf_to_what_its_group_hears():
    done = subprocess.run([sys.executable, "-c", EARLY], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[('three', 5)]\n", "")


LATE = """
import multiprocessing, sys
from analysis.workers.pool import start_helpers
start_helpers("json")
late = multiprocessing.get_context("forkserver").Process(target=int, args=["no number"])
late.start()
late.join()
print(late.exitcode)
print("heard", file=sys.stderr)
"""


@pytest.mark.skipif("forkserver" not in START_METHODS, reason="the system has no fork server")
def test_a_process_that_fails_before_its_first_task_shows_the_user_no_traceback():
    done = subprocess.run([sys.executable, "-c", LATE], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("1\n", "heard\n")


@pytest.mark.skipif(sys.platform == "win32", reason="/dev/full is POSIX's")
def test_a_task_that_finds_no_room_says_what_to_do():
    work = Work(partial(Path.write_text, data="x"), 60)
    ((_, error),) = LocalPool(1).results(work, [Path("/dev/full")])
    assert str(error) == (
        "a file could not be read or written (No space left on device): make room for temporary "
        "files, or name another folder in TMPDIR"
    )


@pytest.mark.skipif("forkserver" not in START_METHODS, reason="the system has no fork server")
def test_a_fork_server_that_the_system_ends_costs_its_tasks_and_is_no_fault_of_ours(monkeypatch):
    from multiprocessing import forkserver

    def gone(_):
        raise EOFError  # as when it is killed while a process is asked of it

    monkeypatch.setattr(forkserver, "connect_to_new_process", gone)
    results = dict(LocalPool(2).results(Work(len, 60), ["one", "three"]))
    assert sorted(results) == ["one", "three"]
    for error in results.values():
        assert str(error).startswith("no process for it could be started")
    monkeypatch.undo()
    assert list(LocalPool(1).results(Work(len, 60), ["three"])) == [("three", 5)]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX's limit of processes")
def test_a_system_that_allows_no_more_processes_is_named_as_the_cause(monkeypatch):
    def refused(*_, **__):
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))  # what fork says then

    for process in {get_context(name).Process for name in START_METHODS}:
        monkeypatch.setattr(process, "start", refused)
    results = dict(LocalPool(2).results(Work(len, 60), ["one", "three"]))
    assert sorted(results) == ["one", "three"]
    for error in results.values():
        assert "allows no more processes" in str(error)


@pytest.mark.skipif("forkserver" not in START_METHODS, reason="the system has no fork server")
def test_a_fork_server_that_is_killed_costs_the_tasks_in_hand_and_not_those_that_wait():
    from multiprocessing import forkserver

    tasks = [0.3 + 0.001 * at for at in range(10)]
    lost = []
    for at, (_, result) in enumerate(LocalPool(2).results(Work(time.sleep, 60), tasks)):
        if at == 0:
            os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
        if result is not None:
            lost.append(str(result))
    assert len(lost) <= 3  # two in hand, and one that may have been handed out just then
    assert all(one.startswith("it was ended by the system") for one in lost)
