"""One report: notebook run, PDF made; then read back, locked, moved into place. All or nothing.

The first half (`made_report`) may run in another process or on another machine; it hands back
bytes. The second (`deliver`) believes none of them unread. It runs where the batch runs, so that
passwords and the folder stay there.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.errors import ReportError, is_ours
from analysis.paths import from_root
from analysis.report.document import document_from_notebook
from analysis.report.folder import write_whole
from analysis.report.guard import check_whose_report
from analysis.report.lock import locked
from analysis.report.scrub import scrubbed
from analysis.report.settings import Branding, read_branding
from analysis.report.typesetting import pdf_bytes

__all__ = ["REPORT_NOTEBOOK", "Made", "Rendered", "deliver", "made_report", "render_report"]

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
    """A report that was delivered.

    Parameters
    ----------
    student_id : str
        Whose it is, as read back from its pages.
    pdf_sha256, content_sha256 : str
        Hash of the file's bytes, and of what the password opens; the same without one.
    pages : int
        Number of pages.
    warnings : tuple of str
        For the office, such as characters that could not be shown.
    seconds : dict of str to float
        Wall time inside the ``cells``, of the rest of the ``notebook``, of the ``pdf``.
    """

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
    """Run the notebook of one student, or of a class, and make the PDF.

    Parameters
    ----------
    parameters, display_name, engine
        As for `render_report`; without ``student_id`` the notebook must be about a class.
    look : Branding
        The office's look.
    template : Path
        The report notebook.
    keep_notebook : bool
        Whether the executed notebook is handed back.

    Returns
    -------
    Made
        Nothing is left on this machine.

    Raises
    ------
    ReportError
        As for `render_report`.
    """
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
