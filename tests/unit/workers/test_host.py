"""What a Dask worker does with a task, with a stand-in for Dask."""

import time
from types import SimpleNamespace

import distributed
import pytest

from analysis.errors import CountersignalError
from analysis.workers import host
from analysis.workers.host import installation
from analysis.workers.work import Payload, deserialize, serialize


class Isolation:
    """Does tasks here and now, in place of processes."""

    folder = None

    def __init__(self, processes, files, preload):
        del files
        self.processes, self.preload, self.stopped = processes, preload, False

    def begin(self, payload, seconds):
        function, task = deserialize(payload)
        return function(task), seconds

    def result(self, future, seconds):
        assert future[1] == seconds
        return serialize(future[0])

    def stop(self):
        self.stopped = True


@pytest.fixture
def isolations(monkeypatch):
    worker = SimpleNamespace(address="tcp://there", state=SimpleNamespace(nthreads=3))
    monkeypatch.setattr(distributed, "get_worker", lambda: worker)
    made = []

    def isolation(*arguments):
        made.append(Isolation(*arguments))
        return made[-1]

    monkeypatch.setattr(host, "Isolation", isolation)
    monkeypatch.setattr(host, "wait", lambda futures, **_: (futures, []))
    monkeypatch.setattr(host, "_hosts", {})
    return made


def done(files=b"files", number=-7, expected=None):
    task = Payload(serialize((abs, number)))
    return deserialize(
        host.done(Payload(files), task, 5, "math", expected or installation()).content
    )


def test_tasks_of_one_batch_share_processes_and_another_batch_has_its_own(isolations):
    assert [done(), done(number=3), done(files=b"other")] == [7, 3, 7]
    assert [(made.processes, made.preload) for made in isolations] == [(3, "math"), (3, "math")]


def test_files_go_when_nothing_was_asked_for_a_while_and_not_before(isolations, monkeypatch):
    monkeypatch.setattr(host, "IDLE_SECONDS", 0.3)
    for _ in range(4):
        done()
        time.sleep(0.1)
    assert not isolations[0].stopped
    time.sleep(0.6)
    assert isolations[0].stopped
    assert done() == 7
    assert len(isolations) == 2


def test_a_word_to_forget_does_not_end_what_is_busy(isolations):
    done()
    ((key, busy),) = host._hosts.items()
    busy.busy += 1
    host.clear_soon(key)
    time.sleep(0.1)
    assert not isolations[0].stopped
    busy.busy -= 1
    host.clear_soon(key)
    time.sleep(0.1)
    assert isolations[0].stopped


def test_another_installation_does_nothing_and_says_what_differs(isolations):
    error = done(expected={**installation(), "numpy": "0.1"})
    assert isinstance(error, host.OtherInstallationError)
    assert isinstance(error, CountersignalError)
    assert str(error).startswith("tcp://there: numpy ")
    assert str(error).endswith("there and 0.1 here")
    assert isolations == []


def test_what_is_on_its_way_prints_as_its_size():
    assert repr(Payload(b"Quillfeather")) == "Payload(12 bytes)"
