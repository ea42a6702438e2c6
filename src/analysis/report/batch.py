"""A whole class to PDFs: isolated, resumable, every outcome named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from analysis.errors import CountersignalError, ReportError
from analysis.paths import from_root
from analysis.report.folder import (
    ASSUMPTIONS,
    MANIFEST,
    NOTEBOOKS,
    FolderError,
    locked_folder,
    write_whole,
)
from analysis.report.manifest import (
    DELIVERED,
    FAILED,
    REFUSED,
    Manifest,
    Outcome,
    file_sha256,
    read_manifest,
    write_manifest,
)
from analysis.report.render import (
    REPORT_NOTEBOOK,
    SECONDS_A_REPORT,
    Made,
    ReportTask,
    deliver,
    report_work,
)
from analysis.report.settings import Branding, read_branding
from analysis.workers.work import Workers

__all__ = ["Job", "is_all_delivered", "run_batch"]

BRANDING = "reports/branding.toml"
FACTORS = "data/assumptions/factors.toml"  # read by the notebook
FILE_PARAMETERS = ("_csv", "_toml")


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
        Digest of the student's row, but for the password.
    row_csv : str
        The row as a class of one, which the report is made from.
    display_name, pdf_password : str
        For the last step alone; "" for none. The password stays in this process.
    """

    student_id: str
    line: int
    row_digest: str
    row_csv: str = field(repr=False)
    display_name: str = field(default="", repr=False)
    pdf_password: str = field(default="", repr=False)


def run_batch(
    jobs: Sequence[Job],
    out: Path,
    parameters: Mapping[str, str],
    workers: Workers,
    *,
    assumptions_toml: str,
    fingerprint: str,
    refused: Mapping[str, tuple[int | None, str]] | None = None,
    mode: str = "new",
    branding: Path | None = None,
    keep_notebooks: bool = False,
    seconds_a_report: float = SECONDS_A_REPORT,
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
    workers : Workers
        Who makes the reports; they come back as bytes and are delivered here.
    assumptions_toml, fingerprint : str
        The effective assumptions, written beside the reports, and their fingerprint.
    refused : mapping of str to (int or None, str), optional
        Students whose rows are bad: line and message.
    mode : {"new", "resume", "overwrite", "one"}
        Whether a folder with a manifest is refused, completed or done again; "one" renders the
        given students and leaves the others of the folder alone.
    branding : Path, optional
        The office's look.
    keep_notebooks : bool
        Whether executed notebooks are left in ``out/notebooks``.
    seconds_a_report : float
        Time limit of a report.
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
    SettingsError
        If the branding is not understood; nothing is written then.
    KeyboardInterrupt
        As it came; what is done is in the manifest.
    """
    refused = refused or {}
    look = read_branding(branding or from_root(BRANDING))
    with locked_folder(out):
        known = _known(out, mode)
        inputs = _input_hashes(parameters, branding)
        manifest = Manifest(fingerprint, inputs)
        if known and mode == "one":
            manifest.students |= _others(known, jobs, fingerprint, out)
        for student_id, (line, message) in refused.items():
            manifest.students[student_id] = Outcome(REFUSED, line, message=message)
            on_done(student_id, manifest.students[student_id], False)
        waiting: dict[str, Job] = {}
        for job in jobs:
            if (
                known
                and mode == "resume"
                and known.is_delivered(
                    out, job.student_id, manifest.proof(job.row_digest), job.pdf_password
                )
            ):
                manifest.students[job.student_id] = known.students[job.student_id]
                on_done(job.student_id, manifest.students[job.student_id], True)
            else:
                waiting[job.student_id] = job
        _remove_strangers(out, manifest)
        _written(out, manifest, assumptions_toml)
        tasks = _tasks(waiting.values(), out, parameters, look, workers, keep_notebooks)
        for task, result in workers.results(report_work(seconds_a_report), tasks):
            job = waiting[task.student_id]
            outcome = _outcome(job, result, out, manifest, keep_notebooks)
            manifest.students[task.student_id] = outcome
            _written(out, manifest)
            on_done(task.student_id, outcome, False)
        try:
            same = _input_hashes(parameters, branding) == inputs
        except FolderError:
            _withdraw_proofs(out, manifest, waiting)
            raise
        if not same:
            _withdraw_proofs(out, manifest, waiting)
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
    return read_manifest(out) if mode in {"resume", "one"} else None


def _others(
    known: Manifest, jobs: Sequence[Job], fingerprint: str, out: Path
) -> dict[str, Outcome]:
    """Students of a folder who are left alone, if their reports rest on the same assumptions."""
    own = {job.student_id for job in jobs}
    others = {one: entry for one, entry in known.students.items() if one not in own}
    if known.fingerprint != fingerprint and any(e.outcome == DELIVERED for e in others.values()):
        message = (
            f"{out} holds reports of others that rest on other assumptions (fingerprint "
            f"{known.fingerprint[:12]}, here {fingerprint[:12]}): use another folder"
        )
        raise FolderError(message)
    return others


def _input_hashes(parameters: Mapping[str, str], branding: Path | None) -> dict[str, str]:
    files = {
        name: from_root(path)
        for name, path in parameters.items()
        # students.csv is proved row by row, and each report is made from its row as it was read
        if name.endswith("_csv") and path and name != "students_csv"
    }
    files["notebook"], files["factors"] = from_root(REPORT_NOTEBOOK), from_root(FACTORS)
    files["branding"] = branding or from_root(BRANDING)
    hashes = {name: value for name, value in parameters.items() if name == "report_date"}
    return hashes | {name: _file_hash(path) for name, path in files.items()}


def _file_hash(path: Path) -> str:
    try:
        return file_sha256(path)
    except OSError as error:
        message = f"{path.name} cannot be read ({error.strerror})"
        raise FolderError(message) from None


def _withdraw_proofs(out: Path, manifest: Manifest, student_ids: Iterable[str]) -> None:
    """Let no later batch believe reports that were rendered while an input changed."""
    for student_id in student_ids:
        entry = manifest.students[student_id]
        manifest.students[student_id] = replace(entry, proof="")
    _written(out, manifest)


def _tasks(
    jobs: Iterable[Job],
    out: Path,
    parameters: Mapping[str, str],
    look: Branding,
    workers: Workers,
    keep_notebooks: bool,
) -> list[ReportTask]:
    """What the workers get, with every file by the name under which they find it."""
    files = {**parameters, "assumptions_toml": str((out / ASSUMPTIONS).resolve())}
    common = {
        name: workers.brought(value) if name.endswith(FILE_PARAMETERS) else value
        for name, value in files.items()
        if name != "students_csv"  # of the class, a worker sees the row of its student alone
    }
    if look.logo is not None:
        look = look.model_copy(update={"logo": Path(workers.brought(str(look.logo)))})
    template = workers.brought(REPORT_NOTEBOOK)
    return [
        ReportTask(
            job.student_id,
            {
                "student_id": job.student_id,
                "students_csv": parameters["students_csv"],
                **common,
            },
            look,
            template,
            job.row_csv,
            job.display_name,
            keep_notebooks,
        )
        for job in jobs
    ]


def _outcome(
    job: Job,
    result: Made | CountersignalError,
    out: Path,
    manifest: Manifest,
    keep_notebooks: bool,
) -> Outcome:
    if isinstance(result, CountersignalError):
        return Outcome(FAILED, job.line, message=str(result))
    if result.student_id != job.student_id:
        return Outcome(
            FAILED, job.line, message="the report of another student came back: withheld"
        )
    notebook = out / NOTEBOOKS / f"{job.student_id}.ipynb" if keep_notebooks else None
    try:
        report = deliver(
            result,
            job.student_id,
            out / f"{job.student_id}.pdf",
            pdf_password=job.pdf_password or None,
            keep_notebook=notebook,
        )
    except ReportError as error:
        return Outcome(FAILED, job.line, message=str(error))
    return Outcome(
        DELIVERED,
        job.line,
        manifest.proof(job.row_digest),
        report.pdf_sha256,
        report.content_sha256,
        report.pages,
        report.warnings,
        seconds=round(sum(report.seconds.values()), 3),
    )


def _remove_strangers(out: Path, manifest: Manifest) -> None:
    """Take away reports that this batch has not proved: another class's, or out of date."""
    for path in (*out.glob("*.pdf"), *(out / NOTEBOOKS).glob("*.ipynb")):
        entry = manifest.students.get(path.stem)
        if entry is None or entry.outcome != DELIVERED:
            path.unlink()


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
