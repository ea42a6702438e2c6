"""Work done by a Dask cluster: the same functions, tasks and limits as on this machine."""

from __future__ import annotations

import hashlib
import logging
import queue
import secrets
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from analysis.bundle import FileBundle
from analysis.errors import CountersignalError
from analysis.workers import host
from analysis.workers.host import (
    ClusterError,
    ClusterLostError,
    checked_address,
    installation,
)
from analysis.workers.work import Payload, TaskError, Work, deserialize, serialize

T = TypeVar("T")
R = TypeVar("R")

CONNECT_SECONDS = 20.0
LOOK_SECONDS = 2.0  # between looks at who is there
ANSWER_SECONDS = 30.0
FORGET_SECONDS = 5.0
PATIENCE_SECONDS = 60.0  # without any worker
QUIET_SECONDS = 120.0  # between words about nothing being finished
# Tasks handed over at a time, by thread of the cluster: enough to keep it busy, few enough that
# the scheduler holds little of a class at any moment.
AHEAD, LEAST_AHEAD = 3, 8
LONGEST_REASON = 200


@contextmanager
def dask_cluster(address: str, say: Callable[[str], object]) -> Iterator[DaskCluster]:
    """Connect to a Dask scheduler; certificates for ``tls://`` come from Dask's own settings."""
    address = checked_address(address)
    try:
        import distributed
    except ModuleNotFoundError:
        message = (
            "--cluster needs the optional extra 'cluster', which is not installed: "
            "pip install distributed"
        )
        raise ClusterError(message) from None
    # What Dask tells of its own accord is about its machinery; what matters is said here, once.
    for name in [*logging.root.manager.loggerDict]:
        if name.partition(".")[0] in {"distributed", "tornado"}:
            logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions: ours are compared with each task
            client = distributed.Client(
                address, timeout=CONNECT_SECONDS, set_as_default=False, name="countersignal"
            )
    except (OSError, RuntimeError, TypeError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        message = f"no Dask scheduler can be used at {address}: {reason}"
        raise ClusterError(message) from None
    try:
        yield DaskCluster(client, address, say)
    finally:
        with suppress(Exception):  # it may be gone; nothing hangs on an orderly forgetting
            client.close(timeout=ANSWER_SECONDS)


class DaskCluster:
    """A connected cluster; see `analysis.workers.work.Workers` for what it promises."""

    def __init__(self, client: Any, address: str, say: Callable[[str], object]) -> None:
        self._client, self._address, self._say = client, address, say
        self._threads = 0
        self._looked = self._last_worker = self._last_result = time.monotonic()

    def results(
        self, work: Work[T, R], tasks: Iterable[T], files: FileBundle | None = None
    ) -> Iterator[tuple[T, R | CountersignalError]]:
        """See `analysis.workers.work.Workers.results`."""
        waiting = list(tasks)[::-1]
        if not waiting:
            return
        content = (files or FileBundle()).content()
        run = f"countersignal-{secrets.token_hex(4)}"
        sent = self._submitted(host.handed_on, Payload(content), key=f"{run}-files")
        running: dict[Any, T] = {}
        ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        number = 0
        self._last_worker = self._last_result = time.monotonic()
        self._looked = -LOOK_SECONDS  # at once
        try:
            while waiting or running:
                if time.monotonic() - self._looked >= LOOK_SECONDS:
                    self._look()
                while waiting and len(running) < max(LEAST_AHEAD, AHEAD * self._threads):
                    task, number = waiting.pop(), number + 1
                    future = self._submitted(
                        host.done,
                        sent,
                        Payload(serialize((work.function, task))),
                        work.seconds,
                        work.preload,
                        installation(),
                        key=f"{run}-{number}",
                    )
                    running[future] = task
                    future.add_done_callback(ended.put)
                try:
                    future = ended.get(timeout=LOOK_SECONDS)
                except queue.Empty:
                    continue
                self._last_result = time.monotonic()
                task = running.pop(future)
                yield task, self._result(future, work.seconds)
        finally:
            with suppress(Exception):  # what is left undone is of no use to anyone
                if running and self._client.status == "running":
                    self._client.cancel(list(running), force=True)
        forgetting = threading.Thread(target=self._forget, args=[content], daemon=True)
        forgetting.start()
        forgetting.join(FORGET_SECONDS)  # a worker that does not hear it forgets by itself

    def _forget(self, content: bytes) -> None:
        with suppress(Exception):
            key = hashlib.sha256(content).hexdigest()
            self._client.run(host.clear_soon, key, on_error="ignore")

    def _submitted(self, function: Callable[..., Payload], *arguments: Any, key: str) -> Any:
        if self._client.status != "running":
            raise self._gone()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of large graphs: the files go once
            return self._client.submit(function, *arguments, key=key, pure=False)

    def _result(self, future: Any, seconds: float) -> Any:
        """A result, or the error of its task alone; what is wrong with the cluster is raised."""
        import distributed

        try:
            payload = future.result(timeout=seconds + host.GRACE_SECONDS + ANSWER_SECONDS)
        except distributed.KilledWorker as error:
            times = getattr(error, "allowed_failures", 0) + 1
            return TaskError(f"{times} workers of the cluster that took it were lost")
        except Exception as error:
            if future.status != "error":
                raise self._gone() from None
            # Tasks catch their own errors: this one is of the machine, and the next task's too.
            reason = (str(error).splitlines() or [""])[0][:LONGEST_REASON]
            message = (
                f"a machine of {self._address} cannot do this work ({type(error).__name__}: "
                f"{reason}). It needs the same version of Countersignal and the same locked "
                "libraries, the scheduler too, and room on its disk"
            )
            raise ClusterError(message) from None
        result = deserialize(payload.content)
        if isinstance(result, host.OtherInstallationError):
            message = (
                f"the worker {result}. Install the same on every machine of the cluster, else the "
                "same class would not give the same bytes"
            )
            raise ClusterError(message)
        return result

    def _look(self) -> None:
        """Ask the scheduler for its workers, and end where there is nothing to wait for."""
        if self._client.status != "running":
            raise self._gone()
        try:
            threads = self._client.sync(
                self._client.scheduler.ncores, callback_timeout=ANSWER_SECONDS
            )
        except (OSError, TimeoutError):
            raise self._gone() from None
        self._looked = now = time.monotonic()
        self._threads = sum(threads.values())
        if threads:
            self._last_worker = now
        elif now - self._last_worker > PATIENCE_SECONDS:
            message = f"{self._address} has had no worker for {PATIENCE_SECONDS:g} s"
            raise ClusterLostError(message)
        if now - self._last_result > QUIET_SECONDS:
            self._last_result = now
            self._say(
                f"nothing was finished for {QUIET_SECONDS:g} s; {self._address} has "
                f"{len(threads)} workers, perhaps busy with others' work"
            )

    def _gone(self) -> ClusterLostError:
        return ClusterLostError(f"the scheduler at {self._address} has gone away")
