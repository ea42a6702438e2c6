"""Proof that a PDF is the right student's: its footers and title are read back from the bytes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from unicodedata import category, normalize

import pypdfium2

from analysis.errors import ReportError

CLASS = "Whole class"
MARKER = re.compile(rf"(Student [A-Za-z0-9_-]+|{CLASS}) · page (\d+) of (\d+)")
SIDE_MARGIN, TOP_MARGIN, BOTTOM_MARGIN = 40.0, 28.0, 20.0  # points; no text stands nearer the edge
FIRST_SHAPED = "\u0530"  # from here on letters join or change, and are not read back one by one
FOOTER_HEIGHT = 61.0  # points from the bottom edge; the text block begins above


def subject_of(student_id: str | None) -> str:
    """What a document's pages say at their foot that they are about."""
    return CLASS if student_id is None else f"Student {student_id}"


def check_whose_report(pdf: bytes, student_id: str | None, title: str) -> int:
    """Read a PDF back and refuse it unless every page names this student (or class) alone."""
    # Only the footers are read: an id such as ``250`` may well stand in the text as a score.
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


def check_all_printed(pdf: bytes, texts: Iterable[str]) -> None:
    """Read a PDF back and refuse it if a text is lost, or stands outside the margins."""
    # Letters, digits and signs are counted, so that line ends, columns and page ends do not matter.
    printed: Counter[str] = Counter()
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number, page in enumerate(document, start=1):
            text = page.get_textpage()
            width, height = page.get_size()
            box = (SIDE_MARGIN, BOTTOM_MARGIN, width - SIDE_MARGIN, height - TOP_MARGIN)
            inside = _counted(text.get_text_bounded(*box))
            if (_counted(text.get_text_range()) - inside).total():
                message = f"text runs over the margin of page {number}: withheld"
                raise ReportError(message)
            printed += inside
    finally:
        document.close()
    lost = (_counted("".join(texts)) - printed).total()
    if lost:
        message = f"{lost} characters that belong on the pages are not there: withheld"
        raise ReportError(message)


def _counted(text: str) -> Counter[str]:
    """How often each character is there that every font prints by itself."""
    plain = normalize("NFKC", text)
    return Counter(
        {c: n for c, n in Counter(plain).items() if c < FIRST_SHAPED and _is_read_back(c)}
    )


def _is_read_back(character: str) -> bool:
    # A hyphen at the end of a line is read back as another character.
    return category(character)[0] in "LNPS" and character != "-"
