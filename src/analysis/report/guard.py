"""Proof that a PDF is the right student's: its footers and title are read back from the bytes."""

from __future__ import annotations

import re

import pypdfium2

from analysis.errors import ReportError

__all__ = ["CLASS", "check_whose_report", "subject_of"]

CLASS = "Class overview"
MARKER = re.compile(rf"(Student [A-Za-z0-9_-]+|{CLASS}) · page (\d+) of (\d+)")
FOOTER_HEIGHT = 61.0  # points from the bottom edge; the text block begins above


def subject_of(student_id: str | None) -> str:
    """What a document's pages say at their foot that they are about."""
    return CLASS if student_id is None else f"Student {student_id}"


def check_whose_report(pdf: bytes, student_id: str | None, title: str) -> int:
    """Read a PDF back and refuse it unless every page names this student (or class) alone.

    Only the footers are read: an id such as ``250`` may well stand in the text as a score.

    Parameters
    ----------
    pdf : bytes
        The document, unencrypted.
    student_id : str or None
        Who it must be about; None for a class.
    title : str
        The document title it must have.

    Returns
    -------
    int
        Number of pages.

    Raises
    ------
    ReportError
        If it is no PDF, a page has no footer, another id or a wrong page number, or the title
        differs.
    """
    subject = subject_of(student_id)
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        message = f"what came of the report of {_named(subject)} is no PDF: withheld"
        raise ReportError(message) from None
    try:
        pages = len(document)
        expected = [(subject, str(number), str(pages)) for number in range(1, pages + 1)]
        found = [_marker(page) for page in document]
        if not pages or found != expected:
            message = f"the pages do not all carry the footer of {_named(subject)}: withheld"
            raise ReportError(message)
        if document.get_metadata_value("Title") != title:
            message = f"the document's title is not that of {_named(subject)}: withheld"
            raise ReportError(message)
    finally:
        document.close()
    return pages


def _named(subject: str) -> str:
    return f"the {subject[0].lower()}{subject[1:]}" if subject == CLASS else f"s{subject[1:]}"


def _marker(page: pypdfium2.PdfPage) -> tuple[str, ...] | None:
    text = page.get_textpage()
    footer = text.get_text_bounded(0, 0, page.get_width(), FOOTER_HEIGHT)
    found = MARKER.findall(footer)
    return found[0] if len(found) == 1 else None
