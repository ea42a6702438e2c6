"""Commands that render: report, batch, demo."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.cli.options import (
    AssumptionsFile,
    Cluster,
    Preferences,
    Processes,
    Programs,
    Sets,
    Students,
    refuse_both,
    workers_of,
)
from analysis.cli.printing import say
from analysis.errors import CountersignalError, problems_by_row
from analysis.paths import from_root, project_root

if TYPE_CHECKING:
    from analysis.answers.class_pages import ClassList
    from analysis.report.manifest import Manifest, Outcome
    from analysis.report.overview import OverviewFiles

__all__ = ["add_to"]

DEMO_STUDENTS = ("S001", "S002", "S003", "S004", "S006")
PASSWORD_VARIABLE = "COUNTERSIGNAL_PDF_PASSWORD"  # noqa: S105 - a name, not a password
# What the paths of cloud services' folders have in them, the most telling first.
SYNCED = {
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "icloud": "iCloud Drive",
    "mobile documents": "iCloud Drive",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "box sync": "Box",
    "cloudstorage": "a cloud service",
}

Graduates = Annotated[Path | None, typer.Option(help="The office's own outcomes: a CSV file.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for the reports, made if need be.")]
Branding = Annotated[Path | None, typer.Option(help="The office's look: a TOML file.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module.

    Parameters
    ----------
    app : Typer
        The command line.
    """
    app.command()(demo)
    app.command()(report)
    app.command()(batch)


def demo() -> int:
    """Render the sample class's first students into reports/out."""
    out = project_root() / "reports" / "out" / "demo"
    code = _render(
        from_root("data/sample/students.csv"),
        from_root("data/sample/programs.csv"),
        out,
        preferences=from_root("data/sample/preferences.csv"),
        only=DEMO_STUDENTS,
        mode="overwrite",
    )
    print(f"{out} holds a PDF for each of {', '.join(DEMO_STUDENTS)} (made-up students)")
    return code


def report(
    student_id: Annotated[str, typer.Argument(help="Whose report.")],
    students: Students,
    programs: Programs,
    out: Out,
    preferences: Preferences = None,
    graduates: Graduates = None,
    assumptions: AssumptionsFile = None,
    sets: Sets = None,
    branding: Branding = None,
    report_date: Annotated[str, typer.Option(help="Date of the data, YYYY-MM-DD.")] = "",
) -> int:
    """Render one student's report: OUT/<student_id>.pdf, and what it rests on."""
    return _render(
        students,
        programs,
        out,
        preferences=preferences,
        graduates=graduates,
        assumptions=assumptions,
        sets=sets or (),
        only=(student_id,),
        mode="one",
        branding=branding,
        report_date=report_date,
    )


def batch(
    students: Students,
    programs: Programs,
    out: Out,
    preferences: Preferences = None,
    graduates: Graduates = None,
    assumptions: AssumptionsFile = None,
    sets: Sets = None,
    workers: Processes = None,
    cluster: Cluster = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Complete a folder; render what changed.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Render everything again.")
    ] = False,
    keep_notebooks: Annotated[
        bool, typer.Option("--keep-notebooks", help="Leave executed notebooks in OUT/notebooks.")
    ] = False,
    branding: Branding = None,
    report_date: Annotated[str, typer.Option(help="Date of the data, YYYY-MM-DD.")] = "",
    overview: Annotated[
        Path | None,
        typer.Option(help="Also the class at a glance: a PDF outside of OUT, and its CSV."),
    ] = None,
    names: Annotated[
        bool, typer.Option("--names", help="Put names beside the ids in the overview.")
    ] = False,
) -> int:
    """Render a whole class: a PDF each, manifest.json, summary.csv, assumptions.toml."""
    refuse_both(workers, cluster)
    if resume and overwrite:
        message = "--resume and --overwrite exclude each other"
        raise typer.BadParameter(message)
    if names and overview is None:
        message = "--names is for --overview: each student's own report has the name already"
        raise typer.BadParameter(message)
    return _render(
        students,
        programs,
        out,
        preferences=preferences,
        graduates=graduates,
        assumptions=assumptions,
        sets=sets or (),
        workers=workers,
        cluster=cluster,
        mode="resume" if resume else "overwrite" if overwrite else "new",
        keep_notebooks=keep_notebooks,
        branding=branding,
        report_date=report_date,
        overview=overview,
        names=names,
    )


def _render(
    students: Path,
    programs: Path,
    out: Path,
    *,
    preferences: Path | None = None,
    graduates: Path | None = None,
    assumptions: Path | None = None,
    sets: Sequence[str] = (),
    only: Sequence[str] = (),
    workers: int | None = None,
    cluster: str = "",
    mode: str = "new",
    keep_notebooks: bool = False,
    branding: Path | None = None,
    report_date: str = "",
    overview: Path | None = None,
    names: bool = False,
) -> int:
    from analysis.answers.class_pages import class_list
    from analysis.report.batch import Job, is_all_delivered, run_batch
    from analysis.report.folder import is_private
    from analysis.workers.host import ClusterError

    _warn_if_synced(out)
    files = {
        "students_csv": students,
        "programs_csv": programs,
        "preferences_csv": preferences,
        "graduates_csv": graduates,
    }
    overview_at = None
    if overview is not None:
        from analysis.report.overview import overview_files

        _warn_if_synced(overview)
        read = [path for path in (*files.values(), assumptions, branding) if path is not None]
        overview_at = overview_files(overview, out, read, replace=mode != "new")
    paths = {name: "" if path is None else str(path.resolve()) for name, path in files.items()}
    try:
        listed = class_list(
            **paths, assumptions_toml=assumptions, overrides=sets, only=only, date=report_date
        )
    except CountersignalError as error:
        say(error)
        say("nothing was written; mend what is named above, then the same command again")
        return error.exit_code
    _say_what_was_read(listed)
    refused = {
        who: (wrong[0].line, "; ".join(problem.wanted for problem in wrong))
        for who, wrong in problems_by_row(listed.problems).items()
    }
    password = _common_password()
    jobs = [
        Job(
            s.student_id,
            s.line,
            s.row_digest,
            s.row_csv,
            s.display_name,
            s.pdf_password or password,
        )
        for s in listed.students
    ]
    article = {f"{name}_csv": f"data/article/{file}.csv" for name, file in ARTICLE_FILES.items()}
    with workers_of(workers, cluster) as pool, _progress(len(jobs)) as on_done:
        try:
            manifest = run_batch(
                jobs,
                out,
                {**paths, **article, "report_date": report_date},
                pool,
                assumptions_toml=listed.assumptions_toml,
                fingerprint=listed.fingerprint,
                refused=refused,
                mode=mode,
                branding=branding,
                keep_notebooks=keep_notebooks,
                on_done=on_done,
            )
        except (KeyboardInterrupt, ClusterError):
            say(f"stopped; what is finished in {out} is whole. To go on: the same command with "
                "--resume")  # fmt: skip
            raise
    if not is_private(out):
        say(f"warning: the disk of {out} keeps nobody out: who can reach it can read the reports")
    if only:  # a folder may hold reports of others, which were not asked for
        ours = {*only, *refused}
        mine = {name: entry for name, entry in manifest.students.items() if name in ours}
        manifest = replace(manifest, students=mine)
    _say_what_became(manifest, out)
    code = 0 if is_all_delivered(manifest) else 1
    if overview_at is None:
        return code
    asked = {"names": "yes" if names else "no", "report_date": report_date}
    return max(code, _overview(overview_at, {**paths, **asked}, out, branding))


def _overview(
    files: OverviewFiles, parameters: dict[str, str], out: Path, branding: Path | None
) -> int:
    """Render the class at a glance, from the assumptions of the reports beside it."""
    from analysis.errors import ReportError
    from analysis.report.overview import render_overview

    effective = str((out / "assumptions.toml").resolve())
    try:
        warnings = render_overview(
            {**parameters, "assumptions_toml": effective, "image": "svg"}, files, branding
        )
    except ReportError as error:
        say(f"{files.pdf}: {error}")
        return 1
    for warning in warnings:
        say(f"{files.pdf}: {warning}")
    say(f"the class at a glance in {files.pdf} and {files.csv}")
    return 0


ARTICLE_FILES = {
    "importance": "factor_importance",
    "chances": "interview_chances",
    "tolerance": "program_tolerance",
}


def _common_password() -> str:
    """Password for students whose row has none; taken out of what child processes inherit."""
    from analysis.report.folder import LONGEST_PASSWORD

    password = os.environ.pop(PASSWORD_VARIABLE, "")
    if len(password.encode(errors="surrogateescape")) > LONGEST_PASSWORD:
        message = f"{PASSWORD_VARIABLE}: expected at most {LONGEST_PASSWORD} bytes"
        raise typer.BadParameter(message)
    return password


def _warn_if_synced(out: Path) -> None:
    place = str(out.resolve()).casefold()
    service = next((name for sign, name in SYNCED.items() if sign in place), None)
    if service:
        say(
            f"warning: {out} lies in a folder that {service} copies to other machines; reports "
            "would leave this one"
        )


def _say_what_was_read(listed: ClassList) -> None:
    for repair in listed.repairs:
        say(f"repaired: {repair}")
    for problem in listed.problems:
        say(problem)


def _say_what_became(manifest: Manifest, out: Path) -> None:
    outcomes = manifest.students
    delivered = sum(entry.outcome == "delivered" for entry in outcomes.values())
    plural = "" if delivered == 1 else "s"
    say(f"{delivered} report{plural} in {out}")
    for student_id, entry in outcomes.items():
        if entry.outcome == "failed":
            say(f"{student_id} (line {entry.line}): {entry.message}")
        for warning in entry.warnings:
            say(f"{student_id}: {warning}")
    missing = len(outcomes) - delivered
    if missing:
        print(f"{missing} not delivered; see summary.csv", file=sys.stderr)


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    """Tell of each report: a bar on a terminal, a line each elsewhere."""
    done = 0
    started = time.monotonic()
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        columns = (BarColumn(), MofNCompleteColumn(), "{task.fields[rate]}", TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=total, rate="")

            def advance(_: str, outcome: Outcome, already: bool) -> None:
                nonlocal done
                if outcome.outcome == "refused":
                    return
                done += not already
                rate = f"{done / max(time.monotonic() - started, 0.1):.1f} a second"
                bar.update(task, advance=1, rate=rate)

            yield advance
        return

    def say(student_id: str, outcome: Outcome, already: bool) -> None:
        nonlocal done
        if outcome.outcome == "refused":
            return
        done += 1
        what = "was there already" if already else outcome.outcome
        print(f"{done}/{total} {student_id} {what}", file=sys.stderr)

    yield say
