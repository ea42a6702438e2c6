"""One student's report, from parameters to a checked PDF."""

from __future__ import annotations

import getpass
import hashlib
import hmac
import json
import re
import socket
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any
from unicodedata import normalize

import nbformat

from analysis.errors import ReportError, is_ours
from analysis.paths import from_root
from analysis.report import PRELOAD
from analysis.report.document import document_from_notebook
from analysis.report.folder import PdfLock
from analysis.report.guard import check_whose_report
from analysis.report.parameters import notebook_parameters_hash
from analysis.report.publish import ROWS_MIME
from analysis.report.settings import Branding
from analysis.report.typesetting import pdf_bytes
from analysis.workers.work import Work

SHORTEST_WORD = 2
# Folders before a file's name, on any system; an address of the web is none.
FOLDERS = re.compile(r"(?<![\w:/.])(?:/(?:[^\s/\"'<>|:]+/)+|[A-Za-z]:\\(?:[^\s\\\"'<>|:]+\\)+)")
KEPT_OF_NOTEBOOK = ("kernelspec", "language_info")
# Pictures hold no such words; whoever bears a name like "path" or "text" would take them apart.
# Rows are on their way to a file of their own.
LEFT_AS_THEY_ARE = ("image/", ROWS_MIME, "output_type")


def scrubbed(
    notebook: Any, parameters: Mapping[str, str], display_name: str | None = None
) -> bytes:
    """Scrub an executed notebook."""
    copy = nbformat.from_dict(notebook)
    copy.metadata = {k: v for k, v in copy.metadata.items() if k in KEPT_OF_NOTEBOOK}
    cut = _without_folders(parameters)
    student = parameters.get("student_id", "")
    name = display_name or ""
    named = [
        (word, student) for word in (name, *re.split(r"[\s,]+", name), *re.split(r"\W+", name))
    ]
    nobody = _without_words([*named, (_user(), "user"), (socket.gethostname(), "host")])
    for cell in copy.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k == "tags" and v}
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = cut(cell.source)
            cell.id = "parameters"  # papermill's is another each time
        for output in cell.get("outputs", []):
            output.update(_changed(dict(output), lambda text: nobody(cut(text))))
    # Paths among the parameters are shorter now; what they gave still belongs to them.
    made_with = notebook_parameters_hash(copy.cells)
    for output in (output for cell in copy.cells for output in cell.get("outputs", [])):
        if "countersignal" in output.get("metadata", {}):
            output.metadata["countersignal"] = made_with
    return nbformat.writes(nbformat.from_dict(copy)).encode()


def _changed(content: Any, change: Callable[[str], str], key: str = "") -> Any:
    """Content of an output with its texts changed."""
    if isinstance(content, str) and not key.startswith(LEFT_AS_THEY_ARE):
        return change(content)
    if isinstance(content, dict):
        return {name: _changed(part, change, name) for name, part in content.items()}
    if isinstance(content, list):
        return [_changed(part, change) for part in content]
    return content


def _without_folders(parameters: Mapping[str, str]) -> Callable[[str], str]:
    paths = sorted(filter(_is_absolute, parameters.values()), key=len, reverse=True)

    def cut(text: str) -> str:
        for path in paths:
            kind = PurePosixPath if path.startswith("/") else PureWindowsPath
            # In a Python text the backslashes of a path are doubled.
            text = text.replace(path.replace("\\", "\\\\"), kind(path).name)
            text = text.replace(path, kind(path).name)
        return FOLDERS.sub("", text)

    return cut


def _is_absolute(text: str) -> bool:
    kinds: tuple[type[PurePath], ...] = (PurePosixPath, PureWindowsPath)
    return any(kind(text).is_absolute() for kind in kinds)


def _without_words(words: list[tuple[str, str]]) -> Callable[[str], str]:
    """Put others in place of whole words, whichever way accents and apostrophes are typed."""

    def plain(word: str) -> str:
        return normalize("NFC", word).replace("’", "'").casefold()

    put = {plain(word): other for word, other in words if len(word) >= SHORTEST_WORD}
    if not put:
        return lambda text: text
    typed = {normalize(form, word) for word in put for form in ("NFC", "NFD")}
    longest_first = "|".join(
        re.escape(word).replace("'", "['’]") for word in sorted(typed, key=len, reverse=True)
    )
    pattern = re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)", re.IGNORECASE)
    return lambda text: pattern.sub(lambda found: put.get(plain(found[0]), ""), text)


def _user() -> str:
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return ""


SECONDS_A_REPORT = 120.0
REPORT_NOTEBOOK = "notebooks/90_student_report.ipynb"


@dataclass(frozen=True, slots=True)
class ReportJob:
    """One report to make, wherever. Only the id is in its printed form, which a log may hold.

    Parameters
    ----------
    student_id : str or None
        Whose; None for a report on a class.
    parameters : mapping of str to str
        Of the notebook; paths as `analysis.paths.from_root` takes them.
    look : Branding
        The office's look; its logo is a path of that kind too.
    template : str
        The notebook, likewise.
    row_csv : str
        The student's own row as a class of one, which is ``students_csv`` then; "" for the
        parameter as it stands.
    display_name : str
        For the page's head; "" for none.
    lock : PdfLock, optional
        What locks the finished file.
    keep_notebook : bool
        Whether the executed notebook is handed back.
    signing_key : bytes
        Signs what was read back, so that the receiver knows it from what was not.
    """

    student_id: str | None
    parameters: Mapping[str, str] = field(repr=False)
    look: Branding = field(repr=False)
    template: str = field(default=REPORT_NOTEBOOK, repr=False)
    row_csv: str = field(default="", repr=False)
    display_name: str = field(default="", repr=False)
    lock: PdfLock | None = field(default=None, repr=False)
    keep_notebook: bool = False
    signing_key: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Report:
    """A finished report: typeset, read back, locked.

    Parameters
    ----------
    student_id : str or None
        Whose it is, as read back from its pages; None for a class.
    pdf : bytes
        The file.
    content_sha256 : str
        Hash of what the password opens; of the file itself without one.
    pages : int
        Number of pages.
    warnings : tuple of str
        For the office, such as characters that could not be shown.
    seconds : dict of str to float
        Wall time inside the ``cells``, of the rest of the ``notebook``, of the ``pdf``.
    notebook : bytes
        The executed notebook, scrubbed, if it was to be kept; empty else.
    signature : str
        Over all but the last three, by the job's key.
    """

    student_id: str | None
    pdf: bytes = field(repr=False)
    content_sha256: str
    pages: int
    warnings: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    notebook: bytes = field(default=b"", repr=False)
    signature: str = ""

    @property
    def pdf_sha256(self) -> str:
        """Hash of the file."""
        return hashlib.sha256(self.pdf).hexdigest()

    def signed(self, key: bytes) -> Report:
        """The same with its signature."""
        return replace(self, signature=self._signature(key))

    def is_signed(self, key: bytes) -> bool:
        """Whether it is as it was when it was read back, by who was asked to."""
        return hmac.compare_digest(self.signature, self._signature(key))

    def _signature(self, key: bytes) -> str:
        proved = [self.student_id, self.pdf_sha256, self.content_sha256, self.pages]
        return hmac.new(key, json.dumps(proved).encode(), hashlib.sha256).hexdigest()


def make_report(job: ReportJob) -> Report:
    """Run the notebook, typeset it, read the pages back, lock the file: all or nothing.

    Parameters
    ----------
    job : ReportJob
        Which.

    Returns
    -------
    Report
        Nothing is left where it ran.

    Raises
    ------
    ReportError
        If a parameter is unknown, missing or no text, a cell fails, or the PDF is not this
        student's, lacks a text or has one outside the margins.
    """
    look = job.look
    if look.logo is not None:
        look = look.model_copy(update={"logo": from_root(look.logo)})
    # A folder of this student's own, gone when the report is made.
    with tempfile.TemporaryDirectory(prefix="countersignal-") as folder:
        parameters = dict(job.parameters)
        if job.student_id is not None:
            parameters["student_id"] = job.student_id
        if job.row_csv:
            single = Path(folder) / "students.csv"
            single.write_text(job.row_csv, encoding="utf-8", newline="")
            parameters["students_csv"] = str(single)
        started = time.perf_counter()
        executed = _executed(from_root(job.template), parameters, Path(folder))
        between = time.perf_counter()
        document = document_from_notebook(executed, job.display_name or None)
        if document.student_id != job.student_id:
            of_class = job.student_id is None
            other = "one student" if of_class else f"another student than {job.student_id}"
            message = f"the notebook is about {other}: withheld"
            raise ReportError(message)
        pdf, warnings = pdf_bytes(document, look)
        pages = check_whose_report(pdf, job.student_id, document.title)
        file, content = (pdf, pdf) if job.lock is None else job.lock.locked(pdf)
        notebook = b""
        if job.keep_notebook:
            notebook = scrubbed(executed, parameters, job.display_name or None)
    cells = sum(cell.metadata.papermill.duration or 0.0 for cell in executed.cells)
    seconds = {"cells": cells, "notebook": between - started - cells}
    seconds["pdf"] = time.perf_counter() - between
    content_sha256 = hashlib.sha256(content).hexdigest()
    made = Report(job.student_id, file, content_sha256, pages, warnings, seconds, notebook)
    return made.signed(job.signing_key)


def report_work(seconds: float = SECONDS_A_REPORT) -> Work[ReportJob, Report]:
    """Making reports, as work for workers."""
    return Work(make_report, seconds, PRELOAD)


def _executed(template: Path, parameters: Mapping[str, str], folder: Path) -> Any:
    import papermill
    from papermill.exceptions import PapermillExecutionError

    _check_parameters(template, parameters)
    try:
        return papermill.execute_notebook(
            template,
            None,
            parameters=dict(parameters),
            engine_name="countersignal",
            kernel_name="python3",
            progress_bar=False,
            # a save before and after each cell costs a quarter of a report
            request_save_on_cell_execute=False,
            cwd=str(folder),
        )
    except PapermillExecutionError as error:
        # A sentence of ours says all there is to say; of another's error the kind says most.
        kind = "" if is_ours(error.ename) else error.ename
        message = f"{kind}: {error.evalue}".strip(": ")
        raise ReportError(message) from None


def _check_parameters(template: Path, parameters: Mapping[str, str]) -> None:
    import papermill

    known = set(papermill.inspect_notebook(template))
    wrong = sorted(known ^ set(parameters))
    if wrong:
        message = f"unknown or missing parameter of {template.name}: {', '.join(wrong)}"
        raise ReportError(message)
    not_text = sorted(key for key, value in parameters.items() if type(value) is not str)
    if not_text:
        message = f"a parameter that is not text: {', '.join(not_text)}"
        raise ReportError(message)
