"""Work done by processes of this machine: the default."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, wait
from typing import Any, TypeVar

from analysis.errors import CountersignalError
from analysis.paths import project_root
from analysis.workers.isolation import Isolation
from analysis.workers.work import Work, sealed, unsealed

__all__ = ["LocalPool"]

T = TypeVar("T")
R = TypeVar("R")


class LocalPool:
    """Processes of this machine; see `analysis.workers.work.Workers` for what they promise.

    Parameters
    ----------
    processes : int, optional
        How many at a time; one a processor without.
    start_method : {"forkserver", "spawn"}, optional
        How they start; forkserver where the system has it.
    """

    def __init__(self, processes: int | None = None, start_method: str | None = None) -> None:
        self.processes = processes or os.cpu_count() or 1
        self._start_method = start_method

    def brought(self, path: str) -> str:
        """The path itself: the processes see the files of this machine."""
        return path

    def results(
        self, work: Work[T, R], tasks: Iterable[T]
    ) -> Iterator[tuple[T, R | CountersignalError]]:
        """See `analysis.workers.work.Workers.results`."""
        waiting_tasks = list(tasks)
        if not waiting_tasks:
            return
        processes = min(self.processes, len(waiting_tasks))
        isolation = Isolation(processes, project_root(), work.preload, self._start_method)
        try:
            waiting: dict[Any, T] = {
                isolation.begin(sealed((work.function, task)), work.seconds): task
                for task in waiting_tasks
            }
            while waiting:
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    task = waiting.pop(future)
                    yield task, unsealed(isolation.result(future, work.seconds))
        except BaseException:
            isolation.stop()
            raise
        isolation.close()
