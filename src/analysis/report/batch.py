"""A whole class to PDFs: isolated, resumable, every outcome named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.errors import ReportError
from analysis.paths import from_root
from analysis.report.folder import LOCK, FolderError, locked_folder, write_whole
from analysis.report.manifest import (
    DELIVERED,
    FAILED,
    MANIFEST,
    REFUSED,
    Manifest,
    Outcome,
    file_sha256,
    read_manifest,
    write_manifest,
)
from analysis.report.render import REPORT_NOTEBOOK, Rendered
from analysis.report.workers import Task, finished

__all__ = ["Job", "is_all_delivered", "run_batch"]

ASSUMPTIONS = "assumptions.toml"
OURS = frozenset({LOCK, ASSUMPTIONS, "notebooks"})
SECONDS_A_REPORT = 120.0


@dataclass(frozen=True, slots=True)
class Job:
    """A student to render.

    Parameters
    ----------
    student_id : str
        The checked id.
    line : int
        Line of students.csv.
    row_digest : str
        Hash of the student's row.
    display_name, pdf_password : str
        For the last step alone; "" for none.
    """

    student_id: str
    line: int
    row_digest: str
    display_name: str = ""
    pdf_password: str = ""


def run_batch(
    jobs: Sequence[Job],
    out: Path,
    parameters: Mapping[str, str],
    *,
    assumptions_toml: str,
    fingerprint: str,
    refused: Mapping[str, tuple[int | None, str]] | None = None,
    workers: int = 1,
    mode: str = "new",
    branding: Path | None = None,
    keep_notebooks: bool = False,
    seconds_a_report: float = SECONDS_A_REPORT,
    start_method: str | None = None,
    on_done: Callable[[str, Outcome, bool], None] = lambda *_: None,
) -> Manifest:
    """Render a class into a folder.

    Parameters
    ----------
    jobs : sequence of Job
        The students whose rows are good.
    out : Path
        The folder: afterwards ``<student_id>.pdf``, manifest.json, summary.csv, assumptions.toml
        and the lock, nothing else.
    parameters : mapping of str to str
        Of the report notebook, but student_id and assumptions_toml; the values ending in ``_csv``
        are paths.
    assumptions_toml, fingerprint : str
        The effective assumptions, written beside the reports, and their fingerprint.
    refused : mapping of str to (int or None, str), optional
        Students whose rows are bad: line and message.
    workers : int
        Processes at a time.
    mode : {"new", "resume", "overwrite", "one"}
        Whether a folder with a manifest is refused, completed or done again; "one" renders the
        given students and leaves the others of the folder alone.
    branding : Path, optional
        The office's look.
    keep_notebooks : bool
        Whether executed notebooks are left in ``out/notebooks``.
    seconds_a_report : float
        Time limit of a report.
    start_method : str, optional
        How workers start.
    on_done : callable
        Told of each student: id, outcome, and whether it was there already.

    Returns
    -------
    Manifest
        What became of everyone.

    Raises
    ------
    FolderError
        If the folder cannot be used, or an input vanished or changed meanwhile.
    KeyboardInterrupt
        As it came; what is done is in the manifest.
    """
    refused = refused or {}
    with locked_folder(out):
        known = _known(out, mode)
        inputs = _input_hashes(parameters, branding)
        students = _file_hash(from_root(parameters["students_csv"]))
        manifest = Manifest(fingerprint, inputs)
        if known and mode == "one":
            manifest.students |= known.students
        for student_id, (line, message) in refused.items():
            manifest.students[student_id] = Outcome(REFUSED, line, message=message)
            on_done(student_id, manifest.students[student_id], False)
        tasks: list[Task] = []
        by_id = {job.student_id: job for job in jobs}
        for job in jobs:
            if (
                known
                and mode == "resume"
                and known.is_delivered(out, job.student_id, manifest.proof(job.row_digest))
            ):
                manifest.students[job.student_id] = known.students[job.student_id]
                on_done(job.student_id, manifest.students[job.student_id], True)
            else:
                tasks.append(_task(job, out, parameters, branding, keep_notebooks))
        _remove_strangers(out, manifest)
        _written(out, manifest, assumptions_toml)
        for task, result in finished(tasks, workers, seconds_a_report, start_method):
            job = by_id[task.student_id]
            outcome = _outcome(job, result, manifest)
            manifest.students[task.student_id] = outcome
            _written(out, manifest)
            on_done(task.student_id, outcome, False)
        try:
            same = _input_hashes(parameters, branding) == inputs
            same = same and _file_hash(from_root(parameters["students_csv"])) == students
        except FolderError:
            _withdraw_proofs(out, manifest, tasks)
            raise
        if not same:
            _withdraw_proofs(out, manifest, tasks)
            message = (
                "an input file changed while the class was rendered: run again with --resume, "
                "which renders again what may rest on either"
            )
            raise FolderError(message)
    return manifest


def _known(out: Path, mode: str) -> Manifest | None:
    """What an earlier batch left, if this one may build on it."""
    has_manifest = (out / MANIFEST).exists()
    if mode == "new" and has_manifest:
        message = (
            f"{out} holds a finished or unfinished batch: use --resume to complete it, --overwrite "
            "to render it again, or another folder"
        )
        raise FolderError(message)
    strangers = [path.name for path in out.iterdir() if path.name not in OURS]
    if not has_manifest and strangers:
        message = f"{out} is not empty and holds no batch: give an empty folder with --out"
        raise FolderError(message)
    return read_manifest(out) if mode in {"resume", "one"} else None


def _input_hashes(parameters: Mapping[str, str], branding: Path | None) -> dict[str, str]:
    files = {
        name: from_root(path)
        for name, path in parameters.items()
        # students.csv is proved row by row, so that one changed row renders one report again
        if name.endswith("_csv") and path and name != "students_csv"
    }
    files["notebook"] = from_root(REPORT_NOTEBOOK)
    files["branding"] = branding or from_root("reports/branding.toml")
    hashes = {name: value for name, value in parameters.items() if name == "report_date"}
    return hashes | {name: _file_hash(path) for name, path in files.items()}


def _file_hash(path: Path) -> str:
    try:
        return file_sha256(path)
    except OSError as error:
        message = f"{path.name} cannot be read ({error.strerror})"
        raise FolderError(message) from None


def _withdraw_proofs(out: Path, manifest: Manifest, tasks: Sequence[Task]) -> None:
    """Let no later batch believe reports that were rendered while an input changed."""
    for task in tasks:
        entry = manifest.students[task.student_id]
        manifest.students[task.student_id] = replace(entry, proof="")
    _written(out, manifest)


def _task(
    job: Job,
    out: Path,
    parameters: Mapping[str, str],
    branding: Path | None,
    keep_notebooks: bool,
) -> Task:
    own = {
        "student_id": job.student_id,
        "assumptions_toml": str((out / ASSUMPTIONS).resolve()),
    }
    notebook = out / "notebooks" / f"{job.student_id}.ipynb" if keep_notebooks else None
    return Task(
        job.student_id,
        {**parameters, **own},
        out / f"{job.student_id}.pdf",
        {
            "display_name": job.display_name or None,
            "pdf_password": job.pdf_password or None,
            "branding": branding,
            "keep_notebook": notebook,
        },
    )


def _outcome(job: Job, result: Rendered | ReportError, manifest: Manifest) -> Outcome:
    if isinstance(result, ReportError):
        return Outcome(FAILED, job.line, message=str(result))
    return Outcome(
        DELIVERED,
        job.line,
        manifest.proof(job.row_digest),
        result.pdf_sha256,
        result.content_sha256,
        result.pages,
        result.warnings,
        seconds=round(sum(result.seconds.values()), 3),
    )


def _remove_strangers(out: Path, manifest: Manifest) -> None:
    """Take away reports that this batch has not proved: another class's, or out of date."""
    for pdf in out.glob("*.pdf"):
        entry = manifest.students.get(pdf.stem)
        if entry is None or entry.outcome != DELIVERED:
            pdf.unlink()


def _written(out: Path, manifest: Manifest, assumptions_toml: str | None = None) -> None:
    try:
        if assumptions_toml is not None:
            write_whole(out / ASSUMPTIONS, assumptions_toml.encode())
        write_manifest(out, manifest)
    except OSError as error:
        message = (
            f"{out} cannot be written ({error.strerror}); what was delivered is whole. Make room "
            "and run again with --resume"
        )
        raise FolderError(message) from None


def is_all_delivered(manifest: Manifest) -> bool:
    """Whether every student of a batch has a report.

    Parameters
    ----------
    manifest : Manifest
        Of a finished batch.

    Returns
    -------
    bool
        False if any row was refused or any report failed.
    """
    return all(entry.outcome == DELIVERED for entry in manifest.students.values())
