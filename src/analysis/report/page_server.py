"""The advisors' page: its server, and its own copy of the notebooks."""

from __future__ import annotations

import asyncio
import errno
import hmac
import os
import secrets
import shutil
import signal
import socket
import sys
import time
import webbrowser
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from jupyter_core.utils import ensure_async
from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, RequestHandler
from traitlets.config import Config
from voila.app import Voila
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from analysis.errors import CountersignalError
from analysis.paths import from_root
from analysis.workers.pool import ScratchFolder, is_running

MOST_MESSAGE_BYTES = 64 * 2**20  # an upload is one message
WORK = "data/private/work"
EXPLORE = "80_explore.ipynb"
OWN_FILES = "80_explore_own_files.ipynb"


def with_parameters(notebook: Path, parameters: Mapping[str, str]) -> Any:
    """A notebook without outputs that runs on other parameters, set as papermill sets them."""
    copy = nbformat.read(notebook, as_version=4)
    if parameters:
        from papermill.iorw import load_notebook_node
        from papermill.parameterize import parameterize_notebook

        copy = parameterize_notebook(load_notebook_node(str(notebook)), dict(parameters))
        copy.metadata.pop("papermill", None)
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return copy


def working_copy(parameters: Mapping[str, str] | None = None) -> Path:
    """Copy the notebooks into data/private/work, which git ignores; copies there stay."""
    # ``parameters`` are of one more copy of the exploring notebook, made anew for an office's
    # files.
    work = from_root(WORK)
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    work.chmod(0o700)
    for notebook in sorted(from_root("notebooks").glob("*.ipynb")):
        copy = work / notebook.name
        if not copy.exists():
            shutil.copyfile(notebook, copy)
            copy.chmod(0o600)
    if parameters:
        copy = work / OWN_FILES
        nbformat.write(with_parameters(from_root("notebooks") / EXPLORE, parameters), copy)
        copy.chmod(0o600)
    return work


def lab_command(work: Path, port: int, *, browser: bool) -> list[str]:
    """Arguments of JupyterLab on a working copy: loopback only, with a token, no update check."""
    arguments = [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.allow_remote_access=False",
        f"--ServerApp.root_dir={work}",
        # without it, another account of this machine can read what a kernel prints
        "--MappingKernelManager.transport_encryption=required",
        f"--ServerApp.tornado_settings={{'websocket_max_message_size': {MOST_MESSAGE_BYTES}}}",
        f"--LabApp.extra_labextensions_path={files('analysis.report') / 'page' / 'labextensions'}",
        # what a page shows is never left out because much is shown at once
        "--ZMQChannelsWebsocketConnection.limit_rate=False",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    return arguments if browser else [*arguments, "--no-browser"]


NOTEBOOK = "notebooks/80_explore.ipynb"
TITLE = "Countersignal: explore a case"
HERE = "127.0.0.1"
UPLOADS_VARIABLE = "COUNTERSIGNAL_UPLOADS"
TOKEN_BYTES = 24
SECONDS_TO_COME_BACK = 2.0
SWEEP_SECONDS = 5
WAITS_FOR_KERNEL_SECONDS = 120
LOOK_MS = 1000  # between two looks whether a page's kernel still runs
# Where a page's kernel did not begin: the page is asked for once more, then the person is.
NOT_MADE = """<body><script>
  if (sessionStorage.getItem("cs-asked-again")) {
    sessionStorage.removeItem("cs-asked-again");
    document.body.innerHTML = '<p role="alert">The page could not be made. '
      + '<button onclick="location.reload()">Try again</button></p>';
  } else {
    sessionStorage.setItem("cs-asked-again", "yes");
    location.reload();
  }
</script>"""
CLOSED = "This page opens with the address that `countersignal explore` printed."
# Nothing of the page comes from, or goes to, another machine. The widgets compile their templates.
POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self' ws://127.0.0.1:* data:; "
    "frame-ancestors 'none'; form-action 'self'"
)


def guarded(entry: tuple[Any, ...], name: str, token: str) -> tuple[Any, ...]:
    """Put a handler behind the token, static files and sockets among them."""
    pattern, handler, *settings = entry

    class Guarded(handler):  # type: ignore[misc,valid-type]
        def prepare(self) -> Any:
            shown = self.get_query_argument("token", "")
            known = self.get_cookie(name) or ""
            host = self.request.host.partition(":")[0]
            if host not in {HERE, "localhost"} or not (_same(shown, token) or _same(known, token)):
                self.set_status(403)
                self.set_header("Content-Type", "text/plain; charset=utf-8")
                self.finish(CLOSED)
                return None
            if not _same(known, token):  # none, or that of an earlier run on this port
                self.set_cookie(name, token, httponly=True, samesite="Strict")
            return super().prepare()

    Guarded.__name__ = handler.__name__
    return (pattern, Guarded, *settings)


def _same(shown: str, token: str) -> bool:
    return hmac.compare_digest(shown.encode(), token.encode())


class Connection(VoilaKernelWebsocketHandler):  # type: ignore[misc]
    """What a page and its kernel talk through: each ends with the other.

    By itself a page would stay when its kernel is gone, and what is typed on it would be lost
    without a word; and a kernel would stay, 200 MB of it, when its page is gone.
    """

    pages: ClassVar[Counter[str]] = Counter()

    async def open(self, kernel_id: str) -> None:
        """Begin, and look after the kernel from now on."""
        self.pages[kernel_id] += 1
        self._watch = PeriodicCallback(self._end_with_kernel, LOOK_MS)
        self._watch.start()
        await super().open(kernel_id)

    def on_close(self) -> None:
        """End, and the kernel with it unless the page comes back at once."""
        self._watch.stop()
        self.pages[self.kernel_id] -= 1
        super().on_close()
        IOLoop.current().call_later(SECONDS_TO_COME_BACK, self._end_kernel)

    async def _end_kernel(self) -> None:
        if self.pages[self.kernel_id] > 0:
            return
        del self.pages[self.kernel_id]
        if self.kernel_id in self.kernel_manager:
            await ensure_async(self.kernel_manager.shutdown_kernel(self.kernel_id, now=True))

    async def _end_with_kernel(self) -> None:
        known = self.kernel_id in self.kernel_manager
        if not known or not await ensure_async(self.kernel_manager.is_alive(self.kernel_id)):
            self.close()


class Page(TornadoVoilaHandler):  # type: ignore[misc]
    """The page itself, with the cookie that it needs to end its kernel when it is closed."""

    async def get(self, path: str | None = None) -> None:
        """Make the page, or have it asked for again."""
        self.xsrf_token  # noqa: B018 - reading it sets the cookie
        # A kernel that waited for its page was idle, perhaps for hours, and would be ended for that
        # before the browser has built the page: its time begins now.
        for kernel_id in self.kernel_manager.list_kernel_ids():
            if not Connection.pages[kernel_id]:
                self.kernel_manager.get_kernel(kernel_id).last_activity = datetime.now(UTC)
        self.kernel_manager.fill_if_needed(delay=0, notebook_name=self.notebook_path)
        try:
            await super().get(path)
        except (HTTPError, StreamClosedError):
            raise
        except Exception:
            # The head of the page may be out already: without a word it would seem to be made.
            self.log.exception("a page could not be made")
            self.finish(NOT_MADE)

    def should_use_rendered_notebook(self, *_: Any) -> bool:
        """Always take a kernel of the pool: a failure of one started otherwise is not reported."""
        return True


OURS = {VoilaKernelWebsocketHandler: Connection, TornadoVoilaHandler: Page}


class PageServer(Voila):  # type: ignore[misc]
    """Voila with every door behind the token."""

    wants_browser = True
    stopped = 0  # the signal that ended it
    keep_seconds = 600.0

    def init_handlers(self) -> list[tuple[Any, ...]]:
        """Put every handler behind the token."""
        name = f"countersignal-{self.port}"
        entries = [
            (pattern, OURS.get(handler, handler), *settings)
            for pattern, handler, *settings in super().init_handlers()
        ]
        return [guarded(entry, name, self.token) for entry in entries]

    def launch_browser(self) -> None:
        """Say the address once the server listens, and open it if that is wanted."""
        address = f"http://{HERE}:{self.port}/?token={self.token}"
        print(address, flush=True)
        print("Ctrl-C ends the page and deletes what was uploaded.", file=sys.stderr, flush=True)
        if self.wants_browser:
            webbrowser.open(address)

    def start(self) -> None:
        """Serve; remove what pages that are gone had been handed."""
        self._gone: dict[str, float] = {}
        self._sweep = PeriodicCallback(self._remove_uploads, 1000 * SWEEP_SECONDS)
        self._sweep.start()
        self.ioloop = IOLoop.current()  # which a signal stops, from here on
        super().start()

    def stop(self) -> None:
        """End every kernel: those of pages in order, those that wait for a page at once."""
        kernels = self.kernel_manager

        async def end_those_that_wait() -> None:
            # Voila would ask for the end of kernels that its manager does not have yet, and would
            # interrupt those that still import, which they tell with a traceback.
            await asyncio.gather(*kernels._pending_kernels.values(), return_exceptions=True)
            for kernel_id in kernels.list_kernel_ids():
                if not Connection.pages[kernel_id]:
                    await kernels.shutdown_kernel(kernel_id, now=True)

        self.ioloop.run_sync(end_those_that_wait)
        super().stop()

    def _remove_uploads(self) -> None:
        """A page that is loaded again finds its files for some time; then they are gone."""
        for folder in Path(os.environ[UPLOADS_VARIABLE]).iterdir():
            if is_running(int(folder.name.split("-")[1])):
                continue
            ended = self._gone.setdefault(folder.name, time.monotonic())
            if time.monotonic() - ended > self.keep_seconds:
                shutil.rmtree(folder, ignore_errors=True)

    def stop_at(self, number: int, frame: Any) -> None:
        """Stop in order, whatever asks for it."""
        self.stopped = number
        self._handle_signal_stop(number, frame)


def free_port(wanted: int = 0) -> int:
    """A port that nobody listens at: the one that is wanted, or any for 0."""
    with socket.socket() as probe:
        if os.name == "posix":  # else a server that has just ended would still hold its port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HERE, wanted))
        except OSError as error:
            in_use = error.errno == errno.EADDRINUSE
            why = "is in use" if in_use else f"cannot be used ({error.strerror})"
            message = f"port {wanted} {why}: give another with --port, or none for a free one"
            raise CountersignalError(message) from None
        return int(probe.getsockname()[1])


def _quiet(handler: RequestHandler) -> None:
    """Log of a request: nothing at all, so that no address and no token stands in it."""


def page_config(idle_minutes: float) -> Config:
    """Settings of the server."""
    config = Config()
    page = config.VoilaConfiguration
    page.preheat_kernel = True
    page.template, page.theme = "countersignal", "light"
    page.allow_template_override = page.allow_theme_override = "NO"
    page.file_allowlist = ["(?!)"]
    page.extension_denylist = ["jupyterlab-jupytext", "jupyterlab_pygments"]
    config.KernelManager.transport_encryption = "auto"
    kernels = config.MappingKernelManager
    kernels.cull_idle_timeout = round(60 * idle_minutes)
    kernels.cull_interval = max(1, min(60, round(60 * idle_minutes / 4)))
    kernels.cull_connected = True
    # By itself a server leaves out what a cell shows 4 s after its end: all, on a busy machine. And
    # a kernel has a minute to begin.
    config.VoilaExecutor.iopub_timeout = WAITS_FOR_KERNEL_SECONDS
    config.VoilaExecutor.startup_timeout = WAITS_FOR_KERNEL_SECONDS
    config.ZMQChannelsWebsocketConnection.limit_rate = False  # nothing on the page is left out
    # A kernel that began anew behind a page would know nothing of what the page shows.
    config.KernelManager.autorestart = False
    return config


def serve_page(
    parameters: Mapping[str, str], port: int = 0, *, browser: bool = True, idle_minutes: float = 60
) -> int:
    """Serve the page until it is ended: 130 after Ctrl-C, 143 after SIGTERM."""
    # After ``idle_minutes`` without a touch a page's kernel ends.
    port = free_port(port)
    share = str(files("analysis.report").joinpath("page"))
    os.environ["JUPYTER_PATH"] = os.pathsep.join(
        part for part in (share, os.environ.get("JUPYTER_PATH", "")) if part
    )
    # All that a page leaves lies below this one.
    with ScratchFolder() as folder:
        notebook = with_parameters(from_root(NOTEBOOK), parameters)
        notebook.metadata["title"] = TITLE
        copy = folder / "explore.ipynb"
        nbformat.write(notebook, copy)
        uploads = folder / "uploads"
        uploads.mkdir(mode=0o700)
        os.environ[UPLOADS_VARIABLE] = str(uploads)
        server = PageServer(
            config=page_config(idle_minutes),
            notebook_path=str(copy),
            root_dir=str(folder),
            ip=HERE,
            port=port,
            port_retries=0,
            open_browser=True,
            token=secrets.token_urlsafe(TOKEN_BYTES),
            connection_dir_root=str(folder),
            log_level="ERROR",
            tornado_settings={
                "log_function": _quiet,
                "headers": {"Content-Security-Policy": POLICY},
                "allow_remote_access": False,
                # nothing between browser and server can drop silently: no pings, no false timeouts
                "ws_ping_interval": 0,
                # an upload is one message
                "websocket_max_message_size": MOST_MESSAGE_BYTES,
            },
        )
        server.wants_browser = browser
        server.keep_seconds = min(600.0, 60 * idle_minutes)
        server.initialize(argv=[])
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), server.stop_at)
        server.start()
    return 128 + server.stopped if server.stopped else 0
