"""The command that opens the advisors' page."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from analysis.cli.printing import AssumptionsFile, Preferences, reads_files
from analysis.paths import PASSWORD_VARIABLE

LEAST_MINUTES, MOST_MINUTES = 0.1, 7 * 24 * 60
OWN = "Your own file instead of the made-up sample: a CSV file."


def add_to(app: typer.Typer) -> None:
    """Register the command of this module."""
    app.command()(reads_files(explore))


def explore(
    lab: Annotated[
        bool, typer.Option("--lab", help="Open the notebooks in JupyterLab instead.")
    ] = False,
    students: Annotated[Path | None, typer.Option(metavar="FILE", help=f"The class. {OWN}")] = None,
    programs: Annotated[
        Path | None, typer.Option(metavar="FILE", help=f"The programs. {OWN}")
    ] = None,
    preferences: Preferences = None,
    assumptions: AssumptionsFile = None,
    port: Annotated[
        int,
        typer.Option(
            min=0, max=65535, metavar="NUMBER", help="Port of the page; 0 takes a free one."
        ),
    ] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address and open no browser.")
    ] = False,
    idle_minutes: Annotated[
        float,
        typer.Option(metavar="NUMBER", help="Minutes after which an unused page ends."),
    ] = 60,
) -> int:
    """Open the advisors' page in the browser. It is served on this machine alone."""
    os.environ.pop(PASSWORD_VARIABLE, None)  # no process that starts from here on has it
    if (students is None) != (programs is None):
        message = "--students and --programs belong together: a class needs its own programs"
        raise typer.BadParameter(message)
    if not LEAST_MINUTES <= idle_minutes <= MOST_MINUTES:
        message = (
            f"--idle-minutes: found {idle_minutes:g}; expected a number from {LEAST_MINUTES} to "
            f"{MOST_MINUTES} (a week)"
        )
        raise typer.BadParameter(message)
    files = {
        "students_csv": students,
        "programs_csv": programs,
        "preferences_csv": preferences,
        "assumptions_toml": assumptions,
    }
    parameters = {name: str(path.resolve()) for name, path in files.items() if path is not None}
    if students is not None:
        parameters.setdefault("preferences_csv", "")
    from analysis.tables.mapping import how_to_read

    os.environ.update(how_to_read().environment())  # the page reads in a process of its own
    if parameters:
        _check(parameters)
    if lab:
        return _open_lab(parameters, port, browser=not no_browser)
    from analysis.report.page_server import serve_page

    return serve_page(parameters, port, browser=not no_browser, idle_minutes=idle_minutes)


def _check(parameters: dict[str, str]) -> None:
    """Refuse here what would otherwise be refused on a page that cannot say so."""
    from analysis.views.desk import read_desk

    sample = {f"{name}_csv": f"data/sample/{name}.csv" for name in ("students", "programs")}
    read_desk(**{**sample, **parameters})


def _open_lab(parameters: dict[str, str], port: int, *, browser: bool) -> int:
    from analysis.report.page_server import lab_command, working_copy

    work = working_copy(parameters)
    print(f"working copy: {work} (private, ignored by git); Ctrl-C ends it", file=sys.stderr)
    command = [sys.executable, "-m", "jupyterlab", *lab_command(work, port, browser=browser)]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    if os.name == "posix":
        # In place of this process: who ends the one ends the other.
        os.execv(command[0], command)  # noqa: S606 - our own interpreter and flags
    return subprocess.run(command, check=False).returncode  # noqa: S603 - the same
