"""The command that opens the notebooks for exploring."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Annotated

import typer

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Register the command of this module.

    Parameters
    ----------
    app : Typer
        The command line.
    """
    app.command()(explore)


def explore(
    lab: Annotated[bool, typer.Option("--lab", help="In JupyterLab, which is the default.")] = True,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for a free one.")] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address only.")
    ] = False,
) -> int:
    """Open a private working copy of the notebooks in JupyterLab, on this machine alone."""
    from analysis.report.working_copy import lab_command, working_copy

    del lab
    work = working_copy()
    print(f"working copy: {work} (private, ignored by git); Ctrl-C ends it", file=sys.stderr)
    command = [sys.executable, "-m", "jupyterlab", *lab_command(work, port, browser=not no_browser)]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    if os.name == "posix":
        # In place of this process: who ends the one ends the other.
        os.execv(command[0], command)  # noqa: S606 - our own interpreter and flags
    return subprocess.run(command, check=False).returncode  # noqa: S603 - the same
