"""Processes that do a command's work, and their private folder, which goes with them."""

from __future__ import annotations

import errno
import importlib
import itertools
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
import weakref
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout
from pebble import ProcessExpired, ProcessPool

from analysis.bundle import FileBundle, unpack
from analysis.errors import CountersignalError
from analysis.paths import PROJECT_VARIABLE
from analysis.workers.work import TaskError, Work, deserialize, serialize

PREFIX = "countersignal-"
LOCK, OWNED = ".in-use", ".owned"
BEGINNING_SECONDS = 60.0  # an unmarked folder younger than this may have its owner yet to come


class ScratchFolder:
    """A folder readable by its owner alone, held by a lock as long as this process uses it.

    Whoever makes one removes those of processes that are gone: SIGKILL leaves no time to clean up.
    """

    def __init__(self) -> None:
        _swept()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        # If a signal interrupts even `cleanup`, the end of this process removes the folder.
        self._remove = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)
        self._lock = FileLock(self.path / LOCK, mode=0o600)
        self._lock.acquire()
        (self.path / OWNED).touch(mode=0o600)

    def cleanup(self) -> None:
        """Take the folder away."""
        self._lock.release(force=True)
        shutil.rmtree(self.path, ignore_errors=True)
        self._remove.detach()

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.cleanup()


@cache
def _swept() -> None:
    """Remove what killed processes of this user left, once a process."""
    me = getattr(os, "getuid", lambda: None)()
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            state = folder.lstat()
            if (
                folder.is_symlink()
                or not folder.is_dir()
                or (me is not None and state.st_uid != me)
            ):
                continue
            owned = (folder / OWNED).exists()
            if not (folder / LOCK).exists() or (
                not owned and time.time() - state.st_mtime < BEGINNING_SECONDS
            ):
                continue
            with suppress(Timeout), FileLock(folder / LOCK, timeout=0):
                shutil.rmtree(folder, ignore_errors=True)


# One thread of linear algebra a process: the processes themselves share the processors.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
# The first is the default: processes forked from one that has the heavy imports start at once.
START_METHODS = tuple(
    name for name in ("forkserver", "spawn") if name in multiprocessing.get_all_start_methods()
)
# A fork server listens at a path of the temporary folder, and systems cut such a path at 104 bytes.
LONGEST_FOLDER = 70


def usual_start_method() -> str:
    """How processes start unless someone says otherwise."""
    short = len(os.fsencode(tempfile.gettempdir())) <= LONGEST_FOLDER
    return START_METHODS[0] if short else "spawn"


class ScratchError(CountersignalError):
    """A temporary folder that cannot be used; nothing was written."""


class Isolation:
    """Processes that wait for tasks, and a folder of theirs that goes with them."""

    def __init__(
        self,
        processes: int,
        files: bytes,
        preload: str = __name__,
        start_method: str | None = None,
    ) -> None:
        try:
            self._scratch = ScratchFolder()
            self.folder = self._scratch.path
            try:
                unpack(files, self.folder)
            except BaseException:
                self._scratch.cleanup()
                raise
        except OSError as error:
            message = (
                f"the folder for temporary files, {tempfile.gettempdir()}, cannot be written "
                f"({error.strerror}): make room there, or name another folder in TMPDIR"
            )
            raise ScratchError(message) from None
        self._environment = _one_thread()
        self._environment.__enter__()
        context = multiprocessing.get_context(start_method or usual_start_method())
        start_helpers(preload, context.get_start_method())
        self._pool = ProcessPool(
            max_workers=processes,
            initializer=_warm,
            initargs=[str(self.folder), preload],
            context=context,
        )
        self._number = itertools.count()

    def begin(self, payload: bytes, seconds: float) -> Any:
        """Give a task to the next free process."""
        place = str(self.folder / f"result-{next(self._number)}")
        try:
            return self._pool.schedule(_done, args=[payload, place], timeout=seconds)
        except RuntimeError as error:  # its processes could not be started, or are gone
            ended: Future[str] = Future()
            ended.set_exception(BrokenProcessPool(*error.args))
            return ended

    def result(self, future: Any, seconds: float) -> bytes:
        """What became of a task."""
        try:
            place = Path(future.result())
            content = place.read_bytes()
            place.unlink()
        except TimeoutError:
            return serialize(TaskError(f"not finished within {seconds:g} s: ended"))
        except ProcessExpired:
            message = "it was ended by the system, most likely for lack of memory: fewer --workers"
            return serialize(TaskError(message))
        except BrokenProcessPool:
            message = (
                "no process for it could be started: the system has no memory left or allows no "
                "more processes. End other programs, or use fewer --workers, and run it again"
            )
            return serialize(TaskError(message))
        except OSError as error:
            return serialize(_without_room("its result could not be written", error))
        except Exception as error:  # what a process could not send back must not end the others
            return serialize(TaskError(fault_of(error)))
        return content

    def close(self) -> None:
        """Let the processes end, and take their folder away."""
        self._pool.close()
        self._left()

    def stop(self) -> None:
        """End the processes now, and take their folder away."""
        self._pool.stop()
        self._left()

    def _left(self) -> None:
        self._pool.join()
        self._scratch.cleanup()
        self._environment.__exit__(None, None, None)


def _without_room(what: str, error: OSError) -> TaskError:
    """What ended a task in its temporary folder, and what to do where it is full."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    cure = ": make room for temporary files, or name another folder in TMPDIR" if full else ""
    return TaskError(f"{what} ({error.strerror}){cure}")


def fault_of(error: Exception) -> str:
    """What to say of an error that no input should bring about, and where it arose."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "analysis" in Path(frame.filename).parts]
    place = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"Countersignal has a fault here ({type(error).__name__}{place}): please report it"


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let processes that start meanwhile use one thread of linear algebra each."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def start_helpers(preload: str, start_method: str = "") -> None:
    """Start what starts processes; a fork server loads a module while its caller goes on.

    It is deaf to the signals that a whole group hears: the command itself hears them, and ends its
    processes in order.
    """
    heard: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGHUP", "SIGINT", "SIGTERM"):
            if hasattr(signal, name):
                number = getattr(signal, name)
                heard[number] = signal.signal(number, signal.SIG_IGN)
    try:
        with _without_stderr():
            resource_tracker.ensure_running()
            if (start_method or usual_start_method()) == "forkserver":
                from multiprocessing import forkserver  # Windows has none

                forkserver.set_forkserver_preload([__name__, preload])
                with _one_thread():
                    forkserver.ensure_running()
    finally:
        for number, handler in heard.items():
            signal.signal(number, handler)


@contextmanager
def _without_stderr() -> Iterator[None]:
    """Let processes that start meanwhile, and theirs, say nothing on the user's terminal."""
    # A process that starts when its pool has just ended finds the pool's semaphores gone, which
    # multiprocessing tells with a traceback, as it counts for the user what a kill has left.
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def _warm(folder: str, preload: str) -> None:
    """Give a new process silence, an empty stdin, a place for its files and the heavy imports."""
    if hasattr(signal, "SIGHUP"):  # the parent hears it too, and ends its processes in order
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_the_parent, args=[folder], daemon=True).start()
    tempfile.tempdir = folder
    os.environ[PROJECT_VARIABLE] = folder  # a fork server keeps the environment it began with
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    sys.stdin = open(os.devnull)  # noqa: SIM115, PTH123 - it lives as long as the process
    importlib.import_module(preload)


def _end_with_the_parent(folder: str) -> None:
    """Stop as soon as the parent is gone, so that no late result meets the next batch's."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        # A fork server that is killed looks the same from here, and the parent goes on.
        if not is_running(parent.pid):
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)


def is_running(pid: int | None) -> bool:
    """Whether a process goes on; one that has ended and was not asked for its end does not."""
    import psutil

    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _done(payload: bytes, place: str) -> str:
    """Do a task in a process; what goes wrong in it comes back as an error, not as a crash."""
    function, task = deserialize(payload)
    result: Any
    try:
        result = function(task)
    except CountersignalError as error:
        result = error
    except MemoryError:
        result = TaskError("it needed more memory than there is")
    except OSError as error:
        result = _without_room("a file could not be read or written", error)
    except Exception as error:  # the last boundary: it costs this task and says where it arose
        result = TaskError(fault_of(error))
    Path(place).write_bytes(serialize(result))
    return place


T = TypeVar("T")
R = TypeVar("R")


class LocalPool:
    """Processes of this machine; see `analysis.workers.work.Workers` for what they promise."""

    def __init__(self, processes: int | None = None, start_method: str | None = None) -> None:
        self.processes = processes or os.cpu_count() or 1
        self._start_method = start_method

    def results(
        self, work: Work[T, R], tasks: Iterable[T], files: FileBundle | None = None
    ) -> Iterator[tuple[T, R | CountersignalError]]:
        """See `analysis.workers.work.Workers.results`."""
        waiting_tasks = list(tasks)
        if not waiting_tasks:
            return
        processes = min(self.processes, len(waiting_tasks))
        isolation = Isolation(
            processes, (files or FileBundle()).content(), work.preload, self._start_method
        )
        try:
            waiting: dict[Any, T] = {
                isolation.begin(serialize((work.function, task)), work.seconds): task
                for task in waiting_tasks
            }
            while waiting:
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    task = waiting.pop(future)
                    yield task, deserialize(isolation.result(future, work.seconds))
        except BaseException:
            isolation.stop()
            raise
        isolation.close()
