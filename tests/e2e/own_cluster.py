"""A Dask scheduler and its workers, started and ended by a test, and tasks that misbehave."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from types import SimpleNamespace

import psutil

from analysis.paths import project_root

START_SECONDS = 60
LOOPBACK = ("--host", "127.0.0.1", "--no-dashboard")


def square(number):
    time.sleep(0.2)
    return number * number


def where(number):
    """Which process did it, below which Dask worker, after a moment."""
    time.sleep(0.5)
    return number, os.getpid()


def hangs_at_three(number):
    if number == 3:
        threading.Event().wait()
    return number


def dies_at_three(number):
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def tells_its_files(path):
    """The bytes of a file that came along, and the folder it was laid into."""
    from analysis.paths import from_root, project_root

    return from_root(path).read_bytes(), str(project_root())


def _started(module, *arguments, folder, **environment):
    ours = f"{project_root() / 'src'}{os.pathsep}{project_root()}"
    variables = {**os.environ, "PYTHONPATH": ours, "TMPDIR": str(folder)}
    log = (folder / f"{module}-{time.monotonic_ns()}.log").open("w")
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{module}", *map(str, arguments)],
        cwd=project_root(),
        env=variables | environment,
        stdout=log,
        stderr=log,
    )


def family(process):
    """A process and everything below it."""
    with suppress(psutil.NoSuchProcess):
        top = psutil.Process(process.pid)
        return [top, *top.children(recursive=True)]
    return []


def worker_below(nanny):
    """The Dask worker that a nanny looks after, and everything below it."""
    for child in psutil.Process(nanny.pid).children():
        if "spawn_main" in " ".join(child.cmdline()):
            return [child, *child.children(recursive=True)]
    return []


def killed(members):
    """End processes at once, without a chance to say goodbye."""
    for member in members:
        with suppress(psutil.NoSuchProcess):
            member.kill()


@contextmanager
def own_cluster(folder, workers=2, options=(), protocol=(), **environment):
    """A scheduler on a free port of this machine and workers with a nanny each, in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / "scheduler.json"
    scheduler = _started(
        "dask_scheduler", *LOOPBACK, "--port", 0, "--scheduler-file", written, *protocol, *options,
        folder=folder, **environment,
    )  # fmt: skip
    nannies = [
        _started(
            "dask_worker", *LOOPBACK, "--nthreads", 1, "--scheduler-file", written,
            "--local-directory", folder / "dask", *options,
            folder=folder, **environment,
        )
        for _ in range(workers)
    ]  # fmt: skip
    processes = [scheduler, *nannies]
    try:
        until = time.monotonic() + START_SECONDS
        while not written.exists() or not written.read_text().strip():
            assert time.monotonic() < until, "the scheduler did not start"
            time.sleep(0.1)
        address = json.loads(written.read_text())["address"]
        yield SimpleNamespace(address=address, scheduler=scheduler, nannies=nannies, folder=folder)
    finally:
        members = [member for process in processes for member in family(process)]
        killed(members)
        for process in processes:
            process.wait(30)
        psutil.wait_procs(members, 30)
