"""The papermill engine: notebooks run in a warm worker, without a kernel."""

from __future__ import annotations

import atexit
import builtins
import logging
import os
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import select_figure_formats
from nbformat.v4 import new_output
from papermill.engines import Engine
from papermill.log import logger
from traitlets import Type
from traitlets.config import Config

from analysis.report.document import Outputs, Stream

SEED = 0


@contextmanager
def shelter() -> Iterator[None]:
    """Put back rcParams, figures, environment, folder, path, filters and logs after a block."""
    # Random generators start at a fixed seed, and log lines go where a fresh process sends them.
    # Modules that the block imports stay imported, and threads that it starts go on; a notebook of
    # the project starts none.
    import matplotlib as mpl
    import numpy as np
    from matplotlib import pyplot as plt

    environment, folder, path = dict(os.environ), Path.cwd(), list(sys.path)
    states = random.getstate(), np.random.get_state()
    errors, options = np.geterr(), np.get_printoptions()
    log = logging.getLogger()
    handlers, level = log.handlers[:], log.level
    log.handlers[:] = []
    log.setLevel(logging.WARNING)
    random.seed(SEED)
    np.random.seed(SEED)
    try:
        with mpl.rc_context(), warnings.catch_warnings():
            yield
    finally:
        plt.close("all")
        log.handlers[:] = handlers
        log.setLevel(level)
        random.setstate(states[0])
        np.random.set_state(states[1])
        np.seterr(**errors)
        np.set_printoptions(**options)
        sys.path[:] = path
        os.chdir(folder)
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    """Puts what ``display`` is given among the cell's outputs."""

    outputs: Outputs

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        self.outputs.display(data, metadata or {}, (transient or {}).get("display_id"), update)

    def clear_output(self, wait: bool = False) -> None:
        self.outputs.clear(wait)


class _Hook(DisplayHook):  # type: ignore[misc]
    """Puts a cell's last value among its outputs."""

    outputs: Outputs

    def write_output_prompt(self) -> None:
        """Write nothing: a notebook has the count beside the cell."""

    def write_format_data(
        self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None
    ) -> None:
        self.outputs.add(
            new_output(
                "execute_result",
                data=format_dict,
                metadata=md_dict or {},
                execution_count=self.prompt_count,
            )
        )

    def flush(self) -> None:
        """Keep no collection of garbage for the end of a notebook: it is a tenth of a report."""

    def finish_displayhook(self) -> None:
        """Write no line end: there is no terminal."""


class _Shell(InteractiveShell):  # type: ignore[misc]
    """IPython's shell with our display and error channels."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    outputs: Outputs

    def enable_gui(self, gui: str | None = None) -> None:
        """Start no event loop: figures are pictures here."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        self.outputs.add(
            new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=stb)
        )


@contextmanager
def _shell(outputs: Outputs) -> Iterator[InteractiveShell]:
    """Run a fresh shell in place of the process's own, if it has one."""
    host = InteractiveShell._instance
    if host is not None:
        type(host).clear_instance()
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    shell = _Shell.instance(config=config, user_ns={"__name__": "__main__"})
    shell.outputs = shell.display_pub.outputs = shell.displayhook.outputs = outputs
    try:
        shell.enable_matplotlib("inline")
        # IPython does this once a process; each of our shells has formatters of its own.
        select_figure_formats(shell, {"png"})
        yield shell
    finally:
        # `__main__` would stay the shell's module, and each shell keep the one before it alive
        shell.restore_sys_module_state()
        shell.atexit_operations()
        atexit.unregister(shell.atexit_operations)
        _Shell.clear_instance()
        if host is not None:
            for parent in type(host)._walk_mro():
                parent._instance = host


def _no_input(*_: Any) -> str:
    message = "raw_input was called, but this frontend does not support input requests."
    raise StdinNotImplementedError(message)


class CountersignalEngine(Engine):  # type: ignore[misc]
    """Runs a notebook in this process; register name ``countersignal``."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **_: Any) -> None:
        """Run the cells in order until one fails."""
        if not kernel_name.startswith("python"):
            logger.warning("kernel %s is run as Python in this process", kernel_name)
        outputs = Outputs()
        out, err = Stream("stdout", outputs), Stream("stderr", outputs)
        with shelter(), _shell(outputs) as shell, redirect_stdout(out), redirect_stderr(err):
            asked, builtins.input = builtins.input, _no_input
            hook, sys.displayhook = sys.displayhook, shell.displayhook
            try:
                for index, cell in enumerate(nb_man.nb.cells):
                    if not cls._run(nb_man, shell, outputs, cell, index):
                        break
            finally:
                builtins.input, sys.displayhook = asked, hook

    @staticmethod
    def _run(nb_man: Any, shell: Any, outputs: Outputs, cell: Any, index: int) -> bool:
        """Run one cell; whether to go on."""
        nb_man.cell_start(cell, index)
        try:
            if cell.cell_type != "code" or not cell.source.strip():
                return True
            cell.outputs = outputs.begin()
            cell.execution_count = shell.execution_count
            result = shell.run_cell(cell.source, store_history=True)
            if result.success or "raises-exception" in cell.metadata.get("tags", ()):
                return True
            failure = result.error_before_exec or result.error_in_exec
            nb_man.cell_exception(cell, index, exception=failure)
            return False
        finally:
            outputs.end()
            nb_man.cell_complete(cell, index)
