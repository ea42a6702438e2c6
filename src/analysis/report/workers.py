"""Warm worker processes: a report each task, a time limit, and a death that costs one student."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from analysis.errors import CountersignalError, ReportError
from analysis.paths import PROJECT_VARIABLE, project_root
from analysis.report.render import Rendered, render_report

__all__ = ["START_METHODS", "Task", "finished"]

# One thread of linear algebra a worker: the workers themselves share the processors.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
PRELOAD = "analysis.report.preload"
# The first is the default: workers forked from a process that has the heavy imports start at once.
START_METHODS = tuple(
    name for name in ("forkserver", "spawn") if name in multiprocessing.get_all_start_methods()
)


@dataclass(frozen=True, slots=True)
class Task:
    """One report to render.

    Parameters
    ----------
    student_id : str
        Whose.
    parameters : mapping of str to str
        Of the notebook.
    destination : Path
        The PDF.
    options : mapping
        Further arguments of `analysis.report.render.render_report`.
    """

    student_id: str
    parameters: Mapping[str, str]
    destination: Path
    options: Mapping[str, Any]


def _warm(folder: str, project: str) -> None:
    """Give a new worker silence, an empty stdin, a place for its files and the heavy imports."""
    threading.Thread(target=_end_with_the_batch, args=[folder], daemon=True).start()
    tempfile.tempdir = folder
    os.environ[PROJECT_VARIABLE] = project  # a fork server keeps the environment it began with
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    sys.stdin = open(os.devnull)  # noqa: SIM115, PTH123 - it lives as long as the worker
    importlib.import_module(PRELOAD)


def _end_with_the_batch(folder: str) -> None:
    """Stop as soon as the batch is gone, so that no late report meets the next batch's."""
    batch = multiprocessing.parent_process()
    if batch is not None:
        batch.join()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)


def _rendered(task: Task) -> Rendered | ReportError:
    """Render in a worker; what goes wrong with this student comes back as an error, not a crash."""
    try:
        return render_report(task.parameters, task.destination, **task.options)
    except CountersignalError as error:
        return ReportError(str(error))
    except MemoryError:
        return ReportError("the report needed more memory than there is")
    except OSError as error:
        return ReportError(f"a file could not be read or written ({error.strerror})")


def finished(
    tasks: Iterable[Task], workers: int, seconds_a_report: float, start_method: str | None = None
) -> Iterator[tuple[Task, Rendered | ReportError]]:
    """Render reports in worker processes, and yield each as it is done.

    Parameters
    ----------
    tasks : iterable of Task
        The reports.
    workers : int
        Processes at a time, >= 1.
    seconds_a_report : float
        Time limit of each; a worker over it is ended and replaced.
    start_method : {"forkserver", "spawn"}, optional
        How workers start; forkserver where the system has it.

    Yields
    ------
    tuple
        The task, and what was delivered or why not. A worker that dies costs its task alone.
    """
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    context = multiprocessing.get_context(start_method or START_METHODS[0])
    context.set_forkserver_preload([__name__, PRELOAD])
    # One folder for all: what an ended worker leaves in it goes with the batch.
    folder = tempfile.TemporaryDirectory(prefix="countersignal-", ignore_cleanup_errors=True)
    pool = ProcessPool(
        max_workers=workers,
        initializer=_warm,
        initargs=[folder.name, str(project_root())],
        context=context,
    )
    try:
        waiting = {
            pool.schedule(_rendered, args=[task], timeout=seconds_a_report): task for task in tasks
        }
        while waiting:
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                yield waiting.pop(future), _result(future, seconds_a_report)
        pool.close()
    except BaseException:
        pool.stop()
        raise
    finally:
        pool.join()
        folder.cleanup()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _result(future: Any, seconds: float) -> Rendered | ReportError:
    try:
        result = future.result(timeout=seconds)
    except TimeoutError:
        return ReportError(f"not finished within {seconds:g} s: ended")
    except ProcessExpired as error:
        return ReportError(f"the worker process died (exit code {error.exitcode})")
    except Exception as error:  # what a worker could not send back must not end the class
        return ReportError(f"an error of the program itself ({type(error).__name__})")
    return result if isinstance(result, Rendered | ReportError) else ReportError("no result")
