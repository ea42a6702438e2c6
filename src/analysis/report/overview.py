"""Documents on a class: its overview, a tagged PDF and its CSV file, both or neither; a handout."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from analysis.bundle import FileBundle
from analysis.errors import CountersignalError, ReportError
from analysis.inputs import ARTICLE, Inputs
from analysis.paths import from_root
from analysis.report.batch import BRANDING
from analysis.report.folder import PRIVATE_FOLDER, FolderError, write_whole
from analysis.report.publish import ROWS_MIME
from analysis.report.render import Report, ReportJob, report_work
from analysis.report.settings import Branding, read_branding
from analysis.workers.pool import LocalPool

OVERVIEW_NOTEBOOK = "notebooks/70_class_overview.ipynb"
HANDOUT_NOTEBOOK = "notebooks/75_class_handout.ipynb"
HANDOUT = {
    **ARTICLE,
    "severity_csv": "data/article/severity_labels.csv",
    "relief_csv": "data/article/step2_relief.csv",
    "assumptions_toml": "data/assumptions/default.toml",
    "report_date": "2026-01-06",  # the article's
    "image": "svg",
}
SECONDS_AN_OVERVIEW = 3600.0


def check_overview(pdf: Path, out: Path, inputs: Sequence[Path], *, replace: bool = False) -> None:
    """Check where an overview is to go, and its rows beside it, before anything is rendered."""
    # Each file of ``out`` may be handed to a student, the overview not, so it never lies there.
    if pdf.suffix.lower() != ".pdf":
        message = f"--overview {pdf}: expected a file that ends in .pdf"
        raise FolderError(message)
    csv = pdf.with_suffix(".csv")
    folder = pdf.resolve().parent
    if _same(folder, out) or any(_same(place, out) for place in folder.parents):
        message = f"--overview {pdf}: expected a file outside of {out}, whose files go to students"
        raise FolderError(message)
    above = next(place for place in (folder, *folder.parents) if place.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        message = f"--overview {pdf}: {above} is no folder that can be written to"
        raise FolderError(message)
    if any(_same(file, one) for file in (pdf, csv) for one in inputs):
        message = f"--overview {pdf}: it or {csv.name} would replace an input; choose another name"
        raise FolderError(message)
    there = [file for file in (pdf, csv) if file.exists() or file.is_symlink()]
    if there and not (replace and len(there) == 2 and all(f.is_file() for f in there)):
        message = (
            f"--overview {pdf}: {there[0].name} is there already; choose another name, or remove it"
        )
        raise FolderError(message)


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are one place, whatever links and spellings lead there."""
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


def render_overview(
    inputs: Inputs, pdf: Path, *, names: bool = False, branding: Path | None = None
) -> tuple[str, ...]:
    """Render the overview of a class, in a process of this machine.

    Parameters
    ----------
    inputs : Inputs
        The class and what its reports rest on, as they were read.
    pdf : Path
        Where it goes, its rows as CSV beside it; both are readable by their owner alone.
    names : bool
        Whether names stand beside the ids.
    branding : Path, optional
        The office's look.

    Returns
    -------
    tuple of str
        Warnings for the office.

    Raises
    ------
    ReportError
        If a cell fails, the PDF is not that of a class, or a file cannot be written.
    """
    bundle = inputs.bundle.copy()
    look = _bundled_look(branding, bundle)
    shown = {"show_names": str(names), "image": "svg"}
    article = [name for name in inputs.parameters if name in ARTICLE]
    parameters = {name: v for name, v in inputs.parameters.items() if name not in article}
    parameters |= {"students_csv": bundle.put(*inputs.students_file), **shown}
    template = bundle.put(OVERVIEW_NOTEBOOK)
    job = ReportJob(None, parameters, look, template, keep_notebook=True)
    ((_, report),) = LocalPool(1).results(report_work(SECONDS_AN_OVERVIEW), [job], bundle)
    if isinstance(report, CountersignalError):
        raise report
    write_overview(report, pdf)
    return report.warnings


def render_handout(pdf: Path, *, overwrite: bool = False, branding: Path | None = None) -> None:
    """Render the handout for a whole class: the article's figures, and nothing about a student."""
    if pdf.suffix.lower() != ".pdf":
        message = f"--out {pdf}: expected a file that ends in .pdf"
        raise FolderError(message)
    if not overwrite and (pdf.exists() or pdf.is_symlink()):
        message = f"--out {pdf}: the file is there already; choose another name, or add --overwrite"
        raise FolderError(message)
    bundle = FileBundle()
    look = _bundled_look(branding, bundle)
    job = ReportJob(None, HANDOUT, look, bundle.put(HANDOUT_NOTEBOOK))
    ((_, report),) = LocalPool(1).results(report_work(), [job], bundle)
    if isinstance(report, CountersignalError):
        raise report
    try:
        pdf.parent.mkdir(parents=True, exist_ok=True)
        write_whole(pdf, report.pdf)
    except OSError as error:
        message = f"{pdf} cannot be written ({error.strerror})"
        raise ReportError(message) from None


def _bundled_look(branding: Path | None, bundle: FileBundle) -> Branding:
    """The office's look, its logo among the files that travel to the worker."""
    look = read_branding(branding or from_root(BRANDING))
    if look.logo is None:
        return look
    return look.model_copy(update={"logo": Path(bundle.put(str(look.logo)))})


def write_overview(report: Report, pdf: Path) -> None:
    """Write an overview and its rows: both, or what stood there before stays."""
    csv = pdf.with_suffix(".csv")
    rows = _rows(report.notebook).encode()
    earlier = csv.read_bytes() if csv.exists() else None
    try:
        pdf.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        # Both are on the disk before either takes its place, the PDF last.
        write_whole(pdf, report.pdf, lambda: write_whole(csv, rows))
    except OSError as error:
        # New rows beside an earlier PDF, or none, would be read as a whole.
        with suppress(OSError):
            if earlier is None:
                csv.unlink(missing_ok=True)
            elif csv.read_bytes() != earlier:
                write_whole(csv, earlier)
        message = f"{pdf.name} and {csv.name} cannot be written ({error.strerror})"
        raise ReportError(message) from None


def _rows(notebook: bytes) -> str:
    """Rows that the executed notebook gives for the CSV file."""
    found = [
        output["data"][ROWS_MIME]
        for cell in json.loads(notebook)["cells"]
        for output in cell.get("outputs", [])
        if ROWS_MIME in output.get("data", {})
    ]
    if len(found) != 1:
        message = f"the notebook gives {len(found)} tables for the CSV file; expected one"
        raise ReportError(message)
    return "".join(found[0])
