"""A worker on another machine: its address, installation, project files and tasks."""

from __future__ import annotations

import hashlib
import ipaddress
import multiprocessing
import platform
import re
import threading
from collections.abc import Mapping
from concurrent.futures import wait
from functools import cache
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from analysis.errors import CountersignalError
from analysis.workers.pool import Isolation
from analysis.workers.work import Payload, TaskError, serialize

SCHEMES = ("tls", "tcp", "wss", "ws")
ENCRYPTED = ("tls", "wss")


class ClusterError(CountersignalError):
    """A cluster that cannot be used."""


class ClusterLostError(ClusterError):
    """A cluster that went away after work had begun; what came back is kept."""

    exit_code = 1


def checked_address(address: str) -> str:
    """An address as Dask takes it.

    Examples
    --------
    >>> checked_address("localhost:8786")
    'tcp://localhost:8786'
    """
    whole = address if "://" in address else f"tcp://{address}"
    try:
        parts = urlsplit(whole)
        good = parts.scheme in SCHEMES and parts.hostname and parts.port
    except ValueError:
        good = False
    if not good:
        message = (
            f"--cluster: found {address!r}; expected the address of a Dask scheduler, as "
            "tls://HOST:PORT (or tcp://HOST:PORT, not encrypted)"
        )
        raise ClusterError(message)
    return whole


def is_open_to_readers(address: str) -> bool:
    """Whether what goes to an address can be read on its way.

    Examples
    --------
    >>> is_open_to_readers("tcp://10.0.0.5:8786"), is_open_to_readers("tls://10.0.0.5:8786")
    (True, False)
    >>> is_open_to_readers("tcp://127.0.0.1:8786"), is_open_to_readers("tcp://[::1]:8786")
    (False, False)
    """
    parts = urlsplit(address)
    if parts.scheme in ENCRYPTED or parts.hostname == "localhost":
        return False
    try:
        return not ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return True


DISTRIBUTION = "countersignal"


@cache
def installation() -> dict[str, str]:
    """Versions of Python and of every library we ask for, and a hash over our own code."""
    asked = [need for need in metadata.requires(DISTRIBUTION) or () if "extra ==" not in need]
    names = sorted(re.split(r"[^A-Za-z0-9._-]", need, maxsplit=1)[0] for need in asked)
    python = ".".join(platform.python_version_tuple()[:2])
    versions = {name: metadata.version(name) for name in names}
    return {"Python": python, "Countersignal's code": code_hash()[:12], **versions}


@cache
def code_hash() -> str:
    """Hash over every file of the package, so that a changed program never meets old results."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.parent.name != "__pycache__":
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(package).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """What of two installations differs, in words."""
    return ", ".join(
        f"{name} {there.get(name, 'missing')} there and {here.get(name, 'missing')} here"
        for name in sorted(here.keys() | there.keys())
        if here.get(name) != there.get(name)
    )


IDLE_SECONDS = 60.0
GRACE_SECONDS = 60.0  # for a process that has to start first


class OtherInstallationError(TaskError):
    """The worker has other versions than the caller."""


class Host:
    """The processes of one batch on one Dask worker."""

    def __init__(self, files: bytes, processes: int, preload: str) -> None:
        # A Dask worker is a daemon of its nanny, and daemons may start no processes. Ours end by
        # themselves when it goes, so nothing stays behind.
        multiprocessing.current_process().daemon = False
        self.isolation = Isolation(processes, files, preload)
        self.busy = 0
        self.timer: threading.Timer | None = None

    def done(self, payload: bytes, seconds: float) -> bytes:
        """Do a task; see `analysis.workers.pool.Isolation`."""
        future = self.isolation.begin(payload, seconds)
        finished, _ = wait([future], timeout=seconds + GRACE_SECONDS)
        if not finished:
            future.cancel()
            return serialize(TaskError(f"not finished within {seconds:g} s: ended"))
        return self.isolation.result(future, seconds)


_hosts: dict[str, Host] = {}
_changing = threading.Lock()


def handed_on(files: Payload) -> Payload:
    """The files themselves: as a task, they are sent once and are there again if they are lost."""
    return files


def done(
    files: Payload, task: Payload, seconds: float, preload: str, expected: Mapping[str, str]
) -> Payload:
    """Do a task in a process of this machine."""
    import distributed

    other = differences(expected, installation())
    if other:
        return Payload(
            serialize(OtherInstallationError(f"{distributed.get_worker().address}: {other}"))
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
        return Payload(host.done(task.content, seconds))
    finally:
        with _changing:
            host.busy -= 1
        clear_soon(key, IDLE_SECONDS)


def clear_soon(key: str, seconds: float = 0.0) -> None:
    """End the processes of a batch and delete what came along for them, if they are idle then."""
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
