"""Commands that render: report, batch, demo, handout."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.cli.printing import (
    AssumptionsFile,
    Cluster,
    Preferences,
    Processes,
    Programs,
    Sets,
    StudentId,
    Students,
    reads_files,
    refuse_both,
    say,
    workers_of,
)
from analysis.errors import CountersignalError, StoppedError, problem_lines, problems_by_row
from analysis.paths import PASSWORD_VARIABLE, from_root, project_root
from analysis.plain_text import password_fault
from analysis.report import PRELOAD

if TYPE_CHECKING:
    from analysis.inputs import Inputs
    from analysis.report.folder import Manifest, Outcome
    from analysis.workers.work import Workers

AGAIN = "the same command"  # how to go on
SAMPLE = ("students", "programs", "preferences")
DEMO_STUDENTS = ("S001", "S002", "S003", "S004", "S006")
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

Graduates = Annotated[
    Path | None, typer.Option(metavar="FILE", help="What became of your own graduates: a file.")
]
Out = Annotated[
    Path,
    typer.Option(
        "--out", metavar="FOLDER", help="Folder for the reports; made if it is not there."
    ),
]
Branding = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The office's look: a TOML file.")
]
ReportDate = Annotated[str, typer.Option(metavar="DATE", help="Date of the data, as 2026-09-15.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command()(demo)
    app.command()(reads_files(report))
    app.command()(reads_files(batch))
    app.command()(handout)


def demo() -> int:
    """Make reports of a few made-up students in reports/out/demo."""
    out = project_root() / "reports" / "out" / "demo"
    students, programs, preferences = (from_root(f"data/sample/{name}.csv") for name in SAMPLE)
    inputs = _loaded(out, students, programs, preferences=preferences, only=DEMO_STUDENTS)
    with workers_of(None, "") as pool:
        code = _rendered(inputs, out, pool, go_on=AGAIN, mode="overwrite")
    if code == 0:
        print(f"{out} holds a PDF for each of {', '.join(DEMO_STUDENTS)} (made-up students)")
    return code


def report(
    student_id: StudentId,
    students: Students,
    programs: Programs,
    out: Out,
    preferences: Preferences = None,
    graduates: Graduates = None,
    assumptions: AssumptionsFile = None,
    sets: Sets = None,
    branding: Branding = None,
    report_date: ReportDate = "",
) -> int:
    """Make one student's report, a PDF."""
    inputs = _loaded(
        out,
        students,
        programs,
        preferences=preferences,
        graduates=graduates,
        assumptions=assumptions,
        sets=sets or (),
        only=(student_id,),
        report_date=report_date,
    )
    with workers_of(1, "") as pool:
        return _rendered(inputs, out, pool, go_on=AGAIN, mode="one", branding=branding)


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
        bool, typer.Option("--resume", help="Go on in a folder: make what is missing or changed.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Make every report again.")
    ] = False,
    keep_notebooks: Annotated[
        bool,
        typer.Option(
            "--keep-notebooks", help="Keep the notebooks behind the reports, in OUT/notebooks."
        ),
    ] = False,
    branding: Branding = None,
    report_date: ReportDate = "",
    overview: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Also make the class overview: a PDF outside of OUT, and its CSV."
        ),
    ] = None,
    names: Annotated[
        bool, typer.Option("--names", help="Show names beside the ids in the overview.")
    ] = False,
) -> int:
    """Make the reports of a whole class. A PDF for each student, and a summary."""
    refuse_both(workers, cluster)
    if resume and overwrite:
        message = "--resume and --overwrite exclude each other"
        raise typer.BadParameter(message)
    if names and overview is None:
        message = "--names is for --overview: each student's own report has the name already"
        raise typer.BadParameter(message)
    if overview is not None:
        from analysis.report.overview import check_overview

        _warn_if_synced(overview)
        read = [students, programs, preferences, graduates, assumptions, branding]
        check_overview(overview, out, [path for path in read if path], replace=resume or overwrite)
    inputs = _loaded(
        out,
        students,
        programs,
        preferences=preferences,
        graduates=graduates,
        assumptions=assumptions,
        sets=sets or (),
        report_date=report_date,
        cluster=cluster,
    )
    mode = "resume" if resume else "overwrite" if overwrite else "new"
    with workers_of(workers, cluster) as pool:
        code = _rendered(
            inputs,
            out,
            pool,
            go_on=f"{AGAIN} with --resume{' in place of --overwrite' if overwrite else ''}",
            mode=mode,
            branding=branding,
            keep_notebooks=keep_notebooks,
        )
    if overview is None:
        return code
    return max(code, _overview(inputs, overview, names=names, branding=branding))


def handout(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The PDF to make.")] = Path(
        "reports/out/handout.pdf"
    ),
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier one.")] = False,
    branding: Branding = None,
) -> int:
    """Make a two-page handout for the whole class. It says nothing about any one student."""
    from analysis.report.overview import render_handout

    render_handout(out, overwrite=overwrite, branding=branding)
    say(f"the class handout is in {out}")
    return 0


def _loaded(out: Path, *files: Path, cluster: str = "", **options: Any) -> Inputs:
    """Read everything, and say what was repaired and what is wrong."""
    _warn_if_synced(out)
    password = _common_password()  # no process that starts from here on has it
    if not cluster:
        from analysis.workers.pool import start_helpers

        with suppress(OSError):  # a folder that is full is named when the reports are begun
            start_helpers(PRELOAD)
    from analysis.inputs import Inputs
    from analysis.tables.mapping import how_to_read

    try:
        inputs = Inputs.load(*files, **options).with_password(password)
    except CountersignalError as error:
        say(error)
        say("nothing was written: correct what is named above, and run the same command again")
        raise typer.Exit(error.exit_code) from None
    if unknown := how_to_read().headers.in_no_file():
        raise typer.BadParameter("\n".join(unknown))
    for repair in inputs.repairs:
        say(f"repaired: {repair}")
    for message in problem_lines(inputs.problems):
        say(message)
    return inputs


def _rendered(
    inputs: Inputs,
    out: Path,
    pool: Workers,
    *,
    go_on: str,
    **options: Any,
) -> int:
    """Render, and say what became of whom."""
    from analysis.report.batch import is_all_delivered, run_batch
    from analysis.report.folder import is_private
    from analysis.workers.host import ClusterError

    stopped = f"stopped; what is finished in {out} is whole. To go on: {go_on}"
    with _progress(len(inputs.students)) as on_done:
        try:
            manifest = run_batch(inputs, out, pool, on_done=on_done, **options)
        except KeyboardInterrupt:
            raise StoppedError(stopped) from None
        except ClusterError:
            say(stopped)
            raise
    if not is_private(out):
        say(f"warning: the disk of {out} has no permissions: who reaches it can read the reports")
    asked = {row.student_id for row in inputs.students} | inputs.refused.keys()
    # A folder may hold reports of others, which were not asked for.
    manifest.students = {who: entry for who, entry in manifest.students.items() if who in asked}
    _say_what_became(manifest, out, inputs)
    return 0 if is_all_delivered(manifest) else 1


def _overview(inputs: Inputs, pdf: Path, **options: Any) -> int:
    """Render the class at a glance, from what the reports beside it rest on."""
    from analysis.report.overview import render_overview

    try:
        warnings = render_overview(inputs, pdf, **options)
    except CountersignalError as error:
        say(f"{pdf}: {error}")
        return 1
    for warning in warnings:
        say(f"{pdf}: {warning}")
    say(f"the class overview is in {pdf} and {pdf.with_suffix('.csv')}")
    return 0


def _common_password() -> str:
    """Password for students whose row has none; taken out of what child processes inherit."""
    from analysis.report.folder import LONGEST_PASSWORD

    given = os.environ.pop(PASSWORD_VARIABLE, "")
    password = given.strip(" ")
    if password != given:
        say(f"{PASSWORD_VARIABLE}: spaces around the password were removed")
    if fault := password_fault(password, LONGEST_PASSWORD):
        message = (
            f"{PASSWORD_VARIABLE}: found {fault}; expected at most {LONGEST_PASSWORD} bytes in "
            "UTF-8, without line ends, control or invisible characters"
        )
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


def _say_what_became(manifest: Manifest, out: Path, inputs: Inputs) -> None:
    from analysis.report.batch import KEPT

    outcomes = manifest.students
    refused = problems_by_row(inputs.problems)
    delivered = [entry for entry in outcomes.values() if entry.outcome == "delivered"]
    plural = "" if len(delivered) == 1 else "s"
    say(f"{len(delivered)} report{plural} in {out}")
    for student_id, entry in outcomes.items():
        if student_id in refused:
            # With what the cell holds, which the terminal may show and a file of OUT may not.
            kept = [KEPT] if entry.pdf_sha256 else []
            say(f"{student_id}: {'; '.join([*map(str, refused[student_id]), *kept])}")
        elif entry.outcome != "delivered" or entry.message:
            line = f" (line {entry.line})" if entry.line else ""
            say(f"{student_id}{line}: {entry.message or 'not made yet'}")
        for warning in entry.warnings:
            say(f"{student_id}: {warning}")
    for name, place in manifest.moved.items():
        say(f"{name} is no current report of this class: moved to {place}")
    locked = sum(entry.pdf_sha256 != entry.content_sha256 for entry in delivered)
    flags = [flags for flags, _ in manifest.receipt.values()]
    named = sum(name == "yes" for _, name in manifest.receipt.values())
    say(
        f"as read: red flags for {sum(map(bool, flags))} of {len(flags)} students, names for "
        f"{named}; {locked} of {len(delivered)} PDFs locked. Row by row in summary.csv"
    )
    missing = len(outcomes) - len(delivered)
    if missing:
        say(f"{missing} not delivered; see summary.csv")


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

    def tell(student_id: str, outcome: Outcome, already: bool) -> None:
        nonlocal done
        if outcome.outcome == "refused":
            return
        done += 1
        what = "was there already" if already else outcome.outcome
        say(f"{done}/{total} {student_id} {what}")

    yield tell
