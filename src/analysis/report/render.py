"""One student's report, from parameters to a checked PDF."""

from __future__ import annotations

import getpass
import hashlib
import re
import socket
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any

import nbformat

from analysis.errors import ReportError, is_ours
from analysis.paths import from_root
from analysis.report.exporter import document_from_notebook
from analysis.report.folder import locked, write_whole
from analysis.report.guard import check_whose_report
from analysis.report.publish import ROWS_MIME
from analysis.report.settings import Branding, read_branding
from analysis.report.typesetting import pdf_bytes
from analysis.workers.work import Work

__all__ = [
    "REPORT_NOTEBOOK",
    "SECONDS_A_REPORT",
    "Made",
    "Rendered",
    "ReportTask",
    "deliver",
    "made",
    "made_report",
    "render_report",
    "report_work",
    "scrubbed",
]

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
    """Scrub an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
        As it was run; left as it is.
    parameters : mapping of str to str
        What it was run with; of a path the file's name stays.
    display_name : str, optional
        The student's name, of which no word stays in an output: it may stand in the advisor's note.

    Returns
    -------
    bytes
        The notebook's file: sources, outputs, tags and kernel, without paths, user, host, times and
        papermill's records.
    """
    copy = nbformat.from_dict(notebook)
    copy.metadata = {k: v for k, v in copy.metadata.items() if k in KEPT_OF_NOTEBOOK}
    cut = _without_folders(parameters)
    student = parameters.get("student_id", "")
    nobody = _without_words([(display_name or "", student), (_user(), "user"), (_host(), "host")])
    for cell in copy.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k == "tags" and v}
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = cut(cell.source)
            cell.id = "parameters"  # papermill's is another each time
        for output in cell.get("outputs", []):
            output.update(_changed(dict(output), lambda text: nobody(cut(text))))
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
    """Put others in place of whole words; of a name each word counts."""
    put = {
        part.casefold(): other
        for phrase, other in words
        for part in (phrase, *re.split(r"[\s,]+", phrase))
        if len(part) >= SHORTEST_WORD
    }
    if not put:
        return lambda text: text
    longest_first = "|".join(re.escape(word) for word in sorted(put, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)", re.IGNORECASE)
    return lambda text: pattern.sub(lambda found: put.get(found[0].casefold(), ""), text)


def _user() -> str:
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return ""


def _host() -> str:
    return socket.gethostname()


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


REPORT_NOTEBOOK = "notebooks/90_student_report.ipynb"


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was made, not yet read back and delivered.

    Parameters
    ----------
    student_id : str or None
        Whose it says it is; None for a class.
    title : str
        The document's.
    pdf : bytes
        The document, without a password.
    warnings : tuple of str
        For the office, such as characters that could not be shown.
    seconds : dict of str to float
        Wall time inside the ``cells``, of the rest of the ``notebook``, of the ``pdf``.
    notebook : bytes
        The executed notebook, scrubbed, if it was to be kept; empty else.
    """

    student_id: str | None
    title: str
    pdf: bytes = field(repr=False)
    warnings: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    notebook: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A report that was delivered."""

    student_id: str
    pdf_sha256: str
    content_sha256: str
    pages: int
    warnings: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)


def render_report(
    parameters: Mapping[str, str],
    destination: Path,
    *,
    display_name: str | None = None,
    pdf_password: str | None = None,
    branding: Path | None = None,
    engine: str = "countersignal",
    notebook: Path | None = None,
    keep_notebook: Path | None = None,
) -> Rendered:
    """Render one student's report.

    Parameters
    ----------
    parameters : mapping of str to str
        Every parameter of the report notebook, ``student_id`` among them, as text.
    destination : Path
        The PDF to write; an older one is replaced only when the new one has passed the guard.
    display_name : str, optional
        Name for the page's head; it never reaches the notebook or the file's metadata.
    pdf_password : str, optional
        Password that opens the file.
    branding : Path, optional
        A branding file, else ``reports/branding.toml``.
    engine : str
        papermill engine.
    notebook : Path, optional
        Template, else ``notebooks/90_student_report.ipynb``.
    keep_notebook : Path, optional
        Where to leave the executed notebook, scrubbed of names and of this machine.

    Returns
    -------
    Rendered
        What was delivered.

    Raises
    ------
    ReportError
        If a parameter is unknown, missing or no text, a cell fails, or the PDF is not this
        student's. Nothing is left at `destination` then.
    """
    look = read_branding(branding or from_root("reports/branding.toml"))
    template = notebook or from_root(REPORT_NOTEBOOK)
    made = made_report(
        parameters,
        look,
        template,
        display_name=display_name,
        engine=engine,
        keep_notebook=keep_notebook is not None,
    )
    student_id = parameters["student_id"]
    return deliver(
        made, student_id, destination, pdf_password=pdf_password, keep_notebook=keep_notebook
    )


def made_report(
    parameters: Mapping[str, str],
    look: Branding,
    template: Path,
    *,
    display_name: str | None = None,
    engine: str = "countersignal",
    keep_notebook: bool = False,
) -> Made:
    """Run the notebook of one student, or of a class, and make the PDF."""
    # A folder of this student's own, gone when the report is made.
    with tempfile.TemporaryDirectory(prefix="countersignal-") as folder:
        started = time.perf_counter()
        executed = _executed(template, parameters, Path(folder), engine)
        between = time.perf_counter()
        document = document_from_notebook(executed, display_name)
        student_id = parameters.get("student_id")
        if document.student_id != student_id:
            other = "one student" if student_id is None else f"another student than {student_id}"
            message = f"the notebook is about {other}: withheld"
            raise ReportError(message)
        pdf, warnings = pdf_bytes(document, look)
        notebook = scrubbed(executed, parameters, display_name) if keep_notebook else b""
    cells = sum(cell.metadata.papermill.duration or 0.0 for cell in executed.cells)
    seconds = {"cells": cells, "notebook": between - started - cells}
    seconds["pdf"] = time.perf_counter() - between
    return Made(student_id, document.title, pdf, warnings, seconds, notebook)


def deliver(
    made: Made,
    student_id: str,
    destination: Path,
    *,
    pdf_password: str | None = None,
    keep_notebook: Path | None = None,
) -> Rendered:
    """Read a report back, lock it if it has a password, and move it into place.

    Parameters
    ----------
    made : Made
        From `made_report`, perhaps on another machine.
    student_id : str
        Whose it must be.
    destination, pdf_password, keep_notebook
        As for `render_report`.

    Returns
    -------
    Rendered
        What was delivered.

    Raises
    ------
    ReportError
        If the PDF is not this student's, or a file cannot be written; an older one is left as it
        was then.
    """
    pages = check_whose_report(made.pdf, student_id, made.title)
    pdf, content = locked(made.pdf, pdf_password) if pdf_password else (made.pdf, made.pdf)
    if keep_notebook is not None:
        keep_notebook.parent.mkdir(mode=0o700, exist_ok=True)
        _moved_into_place(made.notebook, keep_notebook)
    _moved_into_place(pdf, destination)
    return Rendered(
        student_id,
        hashlib.sha256(pdf).hexdigest(),
        hashlib.sha256(content).hexdigest(),
        pages,
        made.warnings,
        made.seconds,
    )


def _executed(template: Path, parameters: Mapping[str, str], folder: Path, engine: str) -> Any:
    import papermill
    from papermill.exceptions import PapermillExecutionError

    _check_parameters(template, parameters)
    try:
        return papermill.execute_notebook(
            template,
            None,
            parameters=dict(parameters),
            engine_name=engine,
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


def _moved_into_place(content: bytes, destination: Path) -> None:
    try:
        write_whole(destination, content)
    except OSError as error:
        message = f"{destination.name} cannot be written ({error.strerror})"
        raise ReportError(message) from None
