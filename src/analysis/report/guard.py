"""Proof that a PDF is the right student's: its footers and title are read back from the bytes."""

from __future__ import annotations

import re

import pypdfium2

from analysis.errors import ReportError

__all__ = ["check_whose_report"]

MARKER = re.compile(r"Student ([A-Za-z0-9_-]+) · page (\d+) of (\d+)")
FOOTER_HEIGHT = 61.0  # points from the bottom edge; the text block begins above


def check_whose_report(pdf: bytes, student_id: str, title: str) -> int:
    """Read a PDF back and refuse it unless every page names this student and no other.

    Only the footers are read: an id such as ``250`` may well stand in the text as a score.

    Parameters
    ----------
    pdf : bytes
        The document, unencrypted.
    student_id : str
        Who it must be about.
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
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        message = f"what came of the report of student {student_id} is no PDF: withheld"
        raise ReportError(message) from None
    try:
        pages = len(document)
        expected = [(student_id, str(number), str(pages)) for number in range(1, pages + 1)]
        found = [_marker(page) for page in document]
        if not pages or found != expected:
            message = f"the pages do not all carry the footer of student {student_id}: withheld"
            raise ReportError(message)
        if document.get_metadata_value("Title") != title:
            message = f"the document's title is not that of student {student_id}: withheld"
            raise ReportError(message)
    finally:
        document.close()
    return pages


def _marker(page: pypdfium2.PdfPage) -> tuple[str, ...] | None:
    text = page.get_textpage()
    footer = text.get_text_bounded(0, 0, page.get_width(), FOOTER_HEIGHT)
    found = MARKER.findall(footer)
    return found[0] if len(found) == 1 else None
