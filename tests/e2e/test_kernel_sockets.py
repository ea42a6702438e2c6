"""What another account of the machine hears at the sockets of a kernel of JupyterLab.

And that two kernels of ours that start at once cannot pick one port: they use none.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import nbval.kernel
import pytest
from jupyter_client.connect import LocalPortCache

from analysis.paths import project_root
from analysis.report.derive import main as derive
from analysis.report.page_server import free_port, lab_command

TOKEN = "a-token-of-a-test"  # noqa: S105 - of a test
SECONDS = 60
# ZMTP 3.0: signature, version 3.0, mechanism of 20 bytes, as-server, filler
NULL_GREETING = b"\xff" + b"\0" * 8 + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + b"\0" * 32
GREETING_BYTES = 64


@pytest.fixture
def lab(tmp_path):
    """A JupyterLab as `explore --lab` starts it, and where its kernels leave their addresses."""
    port = free_port()
    runtime = tmp_path / "runtime"
    command = [sys.executable, "-m", "jupyterlab", *lab_command(tmp_path, port, browser=False)]
    server = subprocess.Popen(
        [*command, f"--IdentityProvider.token={TOKEN}", "--allow-root"],
        cwd=project_root(),
        env=os.environ | {"JUPYTER_RUNTIME_DIR": str(runtime), "HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}", runtime
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(SECONDS)


def asked(address, body=None):
    """What the server answers, as soon as it listens."""
    end = time.monotonic() + SECONDS
    while True:
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{address}/api/kernels", body, {"Authorization": f"token {TOKEN}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                return json.load(answer)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def connected(port):
    """A connection, as soon as the kernel listens."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=5)
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def heard_at(port):
    """Mechanism that a socket asks for, and what it says to one that knows no key."""
    with connected(port) as neighbor:
        neighbor.settimeout(5)
        heard = b""
        try:
            neighbor.sendall(NULL_GREETING[:12])
            while len(heard) < GREETING_BYTES and (more := neighbor.recv(GREETING_BYTES)):
                heard += more
            neighbor.sendall(NULL_GREETING[12:])
            while more := neighbor.recv(65536):
                heard += more
        except (TimeoutError, ConnectionError):
            pass
    return heard[12:32].rstrip(b"\0"), heard[GREETING_BYTES:]


@pytest.mark.skipif(sys.platform == "win32", reason="starts and ends a server by POSIX signals")
def test_a_neighbor_hears_nothing_of_a_kernel_of_jupyterlab(lab):
    address, runtime = lab
    kernel = asked(address, b'{"name": "python3"}')
    connection = json.loads((runtime / f"kernel-{kernel['id']}.json").read_text())
    assert connection["transport"] == "tcp"
    for channel in ("shell", "iopub", "stdin", "control"):
        assert heard_at(connection[f"{channel}_port"]) == (b"CURVE", b"")


@pytest.fixture
def no_ports(monkeypatch):
    """No kernel gets a port of this process."""

    def taken(*_):
        raise AssertionError("a kernel was to listen at a port that another may take first")

    monkeypatch.setattr(LocalPortCache, "find_available_port", taken)


@pytest.mark.skipif(sys.platform == "win32", reason="has no sockets in files")
@pytest.mark.usefixtures("no_ports")
def test_a_notebook_is_derived_without_a_port(tmp_path):
    text = tmp_path / "10_sum.py"
    text.write_text("# %%\nprint(1 + 1)\n")
    assert derive([str(text)]) == 0
    (cell,) = json.loads(text.with_suffix(".ipynb").read_text())["cells"]
    assert cell["outputs"][0]["text"] == ["2\n"]


@pytest.mark.skipif(sys.platform == "win32", reason="has no sockets in files")
@pytest.mark.usefixtures("no_ports")
def test_nbval_runs_two_kernels_at_once_without_a_port():
    kernels = [nbval.kernel.RunningKernel(nbval.kernel.CURRENT_ENV_KERNEL_NAME) for _ in range(2)]
    try:
        for kernel in kernels:
            kernel.await_reply(kernel.execute_cell_input("1 + 1"), timeout=SECONDS)
        assert len({kernel.km.ip for kernel in kernels}) == 2
    finally:
        for kernel in kernels:
            kernel.stop()
