"""A report as a task for workers: what it needs travels with it, what it makes comes back."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analysis.paths import from_root
from analysis.report.render import Made, made_report
from analysis.report.settings import Branding
from analysis.workers.work import Work

__all__ = ["SECONDS_A_REPORT", "ReportTask", "made", "report_work"]

SECONDS_A_REPORT = 120.0
PRELOAD = "analysis.report.preload"


@dataclass(frozen=True, slots=True)
class ReportTask:
    """One report to make. Only the id is in its printed form, which a log may hold.

    Parameters
    ----------
    student_id : str
        Whose.
    parameters : mapping of str to str
        Of the notebook; paths as `analysis.paths.from_root` takes them.
    look : Branding
        The office's look; its logo is a path of that kind too.
    template : str
        The report notebook, likewise.
    row_csv : str
        The student's own row as a class of one, read in place of ``students_csv``; "" for the file.
    display_name : str
        For the page's head; "" for none.
    keep_notebook : bool
        Whether the executed notebook is handed back.
    """

    student_id: str
    parameters: Mapping[str, str] = field(repr=False)
    look: Branding = field(repr=False)
    template: str = field(repr=False)
    row_csv: str = field(default="", repr=False)
    display_name: str = field(default="", repr=False)
    keep_notebook: bool = False


def made(task: ReportTask) -> Made:
    """Make a report in a worker.

    Parameters
    ----------
    task : ReportTask
        Which.

    Returns
    -------
    Made
        Its bytes; nothing is left where it ran.

    Raises
    ------
    ReportError
        As for `analysis.report.render.made_report`.
    """
    look = task.look
    if look.logo is not None:
        look = look.model_copy(update={"logo": from_root(look.logo)})
    with tempfile.TemporaryDirectory(prefix="countersignal-") as folder:
        parameters = dict(task.parameters)
        alone = Path(folder) / "students.csv"
        if task.row_csv:
            alone.write_text(task.row_csv, encoding="utf-8", newline="")
            parameters["students_csv"] = str(alone)
        return made_report(
            parameters,
            look,
            from_root(task.template),
            display_name=task.display_name or None,
            keep_notebook=task.keep_notebook,
        )


def report_work(seconds: float = SECONDS_A_REPORT) -> Work[ReportTask, Made]:
    """Making reports, as work for workers.

    Parameters
    ----------
    seconds : float
        Time limit of a report.

    Returns
    -------
    Work
        Of `made`.
    """
    return Work(made, seconds, PRELOAD)
