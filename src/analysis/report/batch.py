"""A whole class to PDFs: isolated, resumable, every outcome named, nothing deleted."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path

from analysis.errors import CountersignalError, ReportError
from analysis.inputs import Inputs, StudentRow
from analysis.paths import from_root
from analysis.report.folder import (
    ASSUMPTIONS,
    DELIVERED,
    FAILED,
    MANIFEST,
    NOTEBOOKS,
    PENDING,
    PRIVATE_FOLDER,
    REFUSED,
    FolderError,
    Manifest,
    Outcome,
    PdfLock,
    locked_folder,
    move_to_old,
    read_manifest,
    write_manifest,
    write_whole,
)
from analysis.report.render import (
    REPORT_NOTEBOOK,
    SECONDS_A_REPORT,
    Report,
    ReportJob,
    report_work,
)
from analysis.report.settings import read_branding
from analysis.workers.work import Workers

BRANDING = "reports/branding.toml"
WRITING_SHARE = 10  # manifests are written as often as takes a tenth of the time at most
KEPT = "the earlier report stays in its place"
# Names of more than this share of the students whose ids agree must agree too.
LEAST_SAME_NAMES = 0.5


def run_batch(
    inputs: Inputs,
    out: Path,
    workers: Workers,
    *,
    mode: str = "new",
    branding: Path | None = None,
    keep_notebooks: bool = False,
    seconds_a_report: float = SECONDS_A_REPORT,
    on_done: Callable[[str, Outcome, bool], None] = lambda *_: None,
) -> Manifest:
    """Render a class into a folder.

    Parameters
    ----------
    inputs : Inputs
        The class and what its reports rest on, as they were read.
    out : Path
        The folder: afterwards ``<student_id>.pdf``, manifest.json, summary.csv, assumptions.toml
        and the lock; ``old/<date>`` if something was replaced or is no longer of the class.
    workers : Workers
        Who makes the reports; they come back as bytes and are delivered here.
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
        If the folder cannot be used, or holds another class.
    SettingsError
        If the branding is not understood; nothing is written then.
    KeyboardInterrupt
        As it came; what is done is in the manifest, the others stand there as pending.
    """
    look_at = branding or from_root(BRANDING)
    look = read_branding(look_at)
    files = inputs.bundle
    logo = files.put(str(look.logo)) if look.logo else ""
    template, brand = files.put(REPORT_NOTEBOOK), files.put(str(look_at.resolve()))
    key = secrets.token_bytes()
    with locked_folder(out):
        known = _known(out, mode, inputs)
        hashes = files.hashes(**_roles(inputs.parameters), branding=brand, logo=logo)
        dated = {"report_date": inputs.parameters["report_date"]}
        manifest = Manifest(inputs.assumptions.fingerprint, {**hashes, **dated})
        manifest.key_hash = inputs.key_hash
        manifest.receipt = {
            row.student_id: ("; ".join(row.red_flags), "yes" if row.display_name else "no")
            for row in inputs.students
        }
        if known and mode == "one":
            manifest.students |= _others(known, inputs, out)
        waiting = _begun(inputs, out, known, manifest, mode, keep_notebooks, on_done)
        # What stands in the place of a report to come may turn out to be the same.
        _move_strangers(out, manifest, waiting)
        log = _Log(out, manifest)
        log.write(inputs.assumptions_toml)
        jobs = [
            ReportJob(
                row.student_id,
                inputs.parameters,
                look.model_copy(update={"logo": Path(logo)}) if logo else look,
                template,
                row.row_csv,
                row.display_name,
                PdfLock.of(row.pdf_password) if row.pdf_password else None,
                keep_notebooks,
                key,
            )
            for row in waiting.values()
        ]
        try:
            for job, result in workers.results(report_work(seconds_a_report), jobs, files):
                row = waiting[str(job.student_id)]
                outcome = _outcome(row, result, key, out, manifest, known, keep_notebooks)
                manifest.students[row.student_id] = outcome
                log.write_in_time()
                on_done(row.student_id, outcome, False)
        finally:
            try:
                _move_strangers(out, manifest)
            finally:
                log.write()
    return manifest


def _roles(parameters: Mapping[str, str]) -> dict[str, str]:
    """Files of the office among the parameters; the assumptions have their fingerprint."""
    return {
        name: path
        for name, path in parameters.items()
        if name.endswith("_csv") and not path.startswith("data/article/")
    }


def _known(out: Path, mode: str, inputs: Inputs) -> Manifest | None:
    """What an earlier batch left, if this one may build on it."""
    if mode == "new" and (out / MANIFEST).exists():
        message = (
            f"{out} holds a finished or unfinished batch: use --resume to complete it, --overwrite "
            "to render it again, or another folder"
        )
        raise FolderError(message)
    try:
        known = read_manifest(out)
    except FolderError:
        if mode != "overwrite":
            raise
        return None
    if known and known.key_hash not in ("", inputs.key_hash):
        # The key is another since the cache was deleted: that the names differ means nothing.
        known.students = {who: replace(e, name_hash="") for who, e in known.students.items()}
    if known:
        _refuse_another_class(known, inputs, out, mode)
    return known


def _refuse_another_class(known: Manifest, inputs: Inputs, out: Path, mode: str) -> None:
    """A folder belongs to one class: its students, as far as ids and names tell."""
    # One report may be of a student whom the folder does not have yet.
    here = {row.student_id: row.name_hash for row in inputs.students}
    before = {name: entry for name, entry in known.students.items() if entry.pdf_sha256}
    both = before.keys() & (here.keys() | inputs.refused.keys())
    named = [name for name in both if before[name].name_hash and here.get(name)]
    same = sum(before[name].name_hash == here[name] for name in named)
    strange = before and not both and mode != "one"
    if strange or (named and same <= LEAST_SAME_NAMES * len(named)):
        found = f"names that differ for the same id: {len(named) - same} of {len(named)}"
        if not both:
            found = f"none of its {len(before)} students is in this file"
        message = (
            f"{out} holds the reports of another class ({found}): move that folder away, or give "
            "another one with --out"
        )
        raise FolderError(message)


def _others(known: Manifest, inputs: Inputs, out: Path) -> dict[str, Outcome]:
    """Students of a folder who are left alone, if their reports rest on the same assumptions."""
    own = {row.student_id for row in inputs.students}
    others = {one: entry for one, entry in known.students.items() if one not in own}
    fingerprint = inputs.assumptions.fingerprint
    if known.fingerprint != fingerprint and any(e.outcome == DELIVERED for e in others.values()):
        message = (
            f"{out} holds reports of others that rest on other assumptions (fingerprint "
            f"{known.fingerprint[:12]}, here {fingerprint[:12]}): use another folder"
        )
        raise FolderError(message)
    return others


def _begun(
    inputs: Inputs,
    out: Path,
    known: Manifest | None,
    manifest: Manifest,
    mode: str,
    keep_notebooks: bool,
    on_done: Callable[[str, Outcome, bool], None],
) -> dict[str, StudentRow]:
    """Enter every student into the manifest, and tell who is to be rendered."""
    for student_id, (line, message) in inputs.refused.items():
        entry = _with_earlier(Outcome(REFUSED, line, message=message), student_id, out, known)
        manifest.students[student_id] = entry
        on_done(student_id, entry, False)
    waiting: dict[str, StudentRow] = {}
    for row in inputs.students:
        proof = manifest.proof(row.row_hash)
        if (
            known
            and mode == "resume"
            and (not keep_notebooks or _notebook(out, row.student_id).exists())
            and known.is_current(out, row.student_id, proof, row.pdf_password)
        ):
            entry = replace(known.students[row.student_id], outcome=DELIVERED, line=row.line)
            if known.students[row.student_id].outcome != DELIVERED:
                entry = replace(entry, message="")
            on_done(row.student_id, entry, True)
        else:
            waiting[row.student_id] = row
            entry = Outcome(PENDING, row.line, name_hash=row.name_hash)
            entry = _with_earlier(entry, row.student_id, out, known)
        manifest.students[row.student_id] = replace(entry, name_hash=row.name_hash)
    return waiting


def _notebook(out: Path, student_id: str) -> Path:
    return out / NOTEBOOKS / f"{student_id}.ipynb"


def _with_earlier(entry: Outcome, student_id: str, out: Path, known: Manifest | None) -> Outcome:
    """The outcome of a student whose earlier report, if there is one, stays where it is."""
    if known is None or not known.has_report(out, student_id):
        return entry
    earlier = known.students[student_id]
    if entry.name_hash and earlier.name_hash not in ("", entry.name_hash):
        return entry  # the id is another person's now
    said = KEPT if entry.outcome != PENDING else ""
    return replace(
        entry,
        proof=earlier.proof,
        pdf_sha256=earlier.pdf_sha256,
        content_sha256=earlier.content_sha256,
        name_hash=entry.name_hash or earlier.name_hash,
        pages=earlier.pages,
        message="; ".join(filter(None, (entry.message, said))),
    )


def _move_strangers(out: Path, manifest: Manifest, waiting: Collection[str] = ()) -> None:
    """Move to old/ what is no student's of this class, or not the report that was delivered."""
    for path in sorted((*out.glob("*.pdf"), *(out / NOTEBOOKS).glob("*.ipynb"))):
        entry = manifest.students.get(path.stem)
        if path.stem in waiting or (entry is not None and entry.pdf_sha256):
            continue
        try:
            manifest.moved[path.name] = move_to_old(out, path)
        except OSError as error:
            message = f"{path} cannot be moved to old/ ({error.strerror})"
            raise FolderError(message) from None


def _outcome(
    row: StudentRow,
    result: Report | CountersignalError,
    key: bytes,
    out: Path,
    manifest: Manifest,
    known: Manifest | None,
    keep_notebooks: bool,
) -> Outcome:
    def failed(message: str) -> Outcome:
        entry = Outcome(FAILED, row.line, message=message, name_hash=row.name_hash)
        return _with_earlier(entry, row.student_id, out, known)

    if isinstance(result, CountersignalError):
        return failed(str(result))
    if result.student_id != row.student_id or not result.is_signed(key):
        return failed("the report of another student came back: withheld")
    notebook = _notebook(out, row.student_id)

    def put_notebook() -> None:
        # Just before the report takes its place, so that the two belong together.
        if keep_notebooks:
            _delivered(result.notebook, notebook, out)
        elif notebook.exists():  # of an earlier report
            manifest.moved[notebook.name] = move_to_old(out, notebook)

    try:
        replaced = _delivered(result.pdf, out / f"{row.student_id}.pdf", out, put_notebook)
    except ReportError as error:
        return failed(str(error))
    return Outcome(
        DELIVERED,
        row.line,
        manifest.proof(row.row_hash),
        result.pdf_sha256,
        result.content_sha256,
        row.name_hash,
        result.pages,
        result.warnings,
        f"the earlier report is {replaced}" if replaced else "",
        round(sum(result.seconds.values()), 3),
    )


def _delivered(
    content: bytes, place: Path, out: Path, put_more: Callable[[], None] = lambda: None
) -> str:
    """Put a file in its place, and tell where another one that stood there is now."""
    moved = [""]

    def make_way() -> None:
        if place.exists() and place.read_bytes() != content:
            moved.append(move_to_old(out, place))
        put_more()

    try:
        place.parent.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        write_whole(place, content, make_way)
    except BaseException as error:
        if moved[-1] and not place.exists():
            (out / moved[-1]).replace(place)
        if isinstance(error, OSError):
            message = f"{place.name} cannot be written ({error.strerror})"
            raise ReportError(message) from None
        raise
    return moved[-1]


class _Log:
    """Writes the manifest as the batch goes on, often and yet for little of the time."""

    def __init__(self, out: Path, manifest: Manifest) -> None:
        self._out, self._manifest = out, manifest
        self._next = 0.0

    def write_in_time(self) -> None:
        """Write, unless that was done just now."""
        if time.monotonic() >= self._next:
            self.write()

    def write(self, assumptions_toml: str | None = None) -> None:
        """Write manifest and summary, and the assumptions where they are given."""
        begun = time.monotonic()
        try:
            if assumptions_toml is not None:
                write_whole(self._out / ASSUMPTIONS, assumptions_toml.encode())
            write_manifest(self._out, self._manifest)
        except OSError as error:
            message = (
                f"{self._out} cannot be written ({error.strerror}); what was delivered is whole. "
                "Make room, and run the command again: batch with --resume, without --overwrite"
            )
            raise FolderError(message) from None
        ended = time.monotonic()
        self._next = ended + WRITING_SHARE * (ended - begun)


def is_all_delivered(manifest: Manifest) -> bool:
    """Whether every student of a batch has a report that rests on this row."""
    return all(entry.outcome == DELIVERED for entry in manifest.students.values())
