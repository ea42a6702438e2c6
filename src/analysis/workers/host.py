"""A machine of a cluster, seen from inside: what a Dask worker calls.

Each task runs in a process of its own, as at home: it can be ended when its time is up, and its
death leaves the Dask worker alive. Files that came along lie in a folder of these processes, and go
when nothing has been asked for `IDLE_SECONDS`, or when the Dask worker ends, however it ends.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import threading
from collections.abc import Mapping
from concurrent.futures import wait

from analysis.workers.installation import differences, installation
from analysis.workers.isolation import Isolation
from analysis.workers.parcel import Parcel
from analysis.workers.project_box import unpack
from analysis.workers.work import TaskError, sealed

__all__ = ["OtherInstallationError", "clear_soon", "done", "handed_on"]

IDLE_SECONDS = 60.0
GRACE_SECONDS = 60.0  # for a process that has to start first


class OtherInstallationError(TaskError):
    """The worker has other versions than the caller."""


class Host:
    """The processes of one batch on one Dask worker.

    Parameters
    ----------
    box : bytes
        The files.
    processes : int
        As many as the Dask worker does tasks at a time.
    preload : str
        See `analysis.workers.work.Work`.
    """

    def __init__(self, box: bytes, processes: int, preload: str) -> None:
        # A Dask worker is a daemon of its nanny, and daemons may start no processes. Ours end by
        # themselves when it goes, so nothing stays behind.
        multiprocessing.current_process().daemon = False
        self.isolation = Isolation(processes, preload=preload)
        unpack(box, self.isolation.folder)
        self.busy = 0
        self.timer: threading.Timer | None = None

    def done(self, payload: bytes, seconds: float) -> bytes:
        """Do a task; see `analysis.workers.isolation.Isolation`."""
        future = self.isolation.begin(payload, seconds)
        finished, _ = wait([future], timeout=seconds + GRACE_SECONDS)
        if not finished:
            future.cancel()
            return sealed(TaskError(f"not finished within {seconds:g} s: ended"))
        return self.isolation.result(future, seconds)


_hosts: dict[str, Host] = {}
_changing = threading.Lock()


def handed_on(files: Parcel) -> Parcel:
    """The files themselves: as a task, they are sent once and are there again if they are lost."""
    return files


def done(
    files: Parcel, task: Parcel, seconds: float, preload: str, expected: Mapping[str, str]
) -> Parcel:
    """Do a task in a process of this machine.

    Parameters
    ----------
    files : Parcel
        From `analysis.workers.project_box.ProjectBox.content`.
    task : Parcel
        A function and its argument, sealed.
    seconds : float
        Time limit.
    preload : str
        See `analysis.workers.work.Work`.
    expected : mapping of str to str
        Installation of the caller.

    Returns
    -------
    Parcel
        The result or an error, sealed.
    """
    import distributed

    other = differences(expected, installation())
    if other:
        return Parcel(
            sealed(OtherInstallationError(f"{distributed.get_worker().address}: {other}"))
        )
    key = hashlib.sha256(files.content).hexdigest()
    with _changing:
        if key not in _hosts:
            processes = distributed.get_worker().state.nthreads
            _hosts[key] = Host(files.content, processes, preload)
        host = _hosts[key]
        host.busy += 1
        if host.timer is not None:
            host.timer.cancel()
    try:
        return Parcel(host.done(task.content, seconds))
    finally:
        with _changing:
            host.busy -= 1
        clear_soon(key, IDLE_SECONDS)


def clear_soon(key: str, seconds: float = 0.0) -> None:
    """End the processes of a batch and delete what came along for them, if they are idle then.

    Parameters
    ----------
    key : str
        Hash of the files.
    seconds : float
        When.
    """
    with _changing:
        host = _hosts.get(key)
        if host is None or host.busy:
            return
        if host.timer is not None:
            host.timer.cancel()
        host.timer = threading.Timer(seconds, _clear, [key])
        host.timer.daemon = True
        host.timer.start()


def _clear(key: str) -> None:
    with _changing:
        host = _hosts.get(key)
        if host is None or host.busy:
            return
        del _hosts[key]
    host.isolation.stop()
