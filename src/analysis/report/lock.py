"""The password of a PDF: AES-256, the same content behind it each time."""

from __future__ import annotations

import io
from typing import Any
from unicodedata import normalize

from analysis.errors import ReportError

__all__ = ["LONGEST_PASSWORD", "locked", "opens_with", "unlocked"]

LONGEST_PASSWORD = 127  # bytes in UTF-8; PDF 2.0 reads no more
CIPHER = "AES-256"
HEADER = "%PDF-1.7"  # what the page was made as; pypdf would write 1.3


def locked(pdf: bytes, password: str) -> tuple[bytes, bytes]:
    """Put a password on a PDF.

    Parameters
    ----------
    pdf : bytes
        Without one.
    password : str
        What opens it. Viewers compare by NFKC, and so is it stored.

    Returns
    -------
    bytes
        The locked file; its bytes differ each time, since the key is random.
    bytes
        What `unlocked` gives back of it; the same each time.
    """
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    content = _written(writer)
    identifiers = writer._ID
    writer.encrypt(normalize("NFKC", password), algorithm=CIPHER)
    writer._ID = identifiers  # the file's own; a new one would make the content differ each time
    return _written(writer), content


def unlocked(pdf: bytes, password: str) -> bytes:
    """Take the password off.

    Parameters
    ----------
    pdf : bytes
        A locked file.
    password : str
        What opens it.

    Returns
    -------
    bytes
        The PDF without it; its SHA-256 is the manifest's ``content_sha256``.

    Raises
    ------
    ReportError
        If the password is another.
    """
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(pdf))
    if not reader.decrypt(normalize("NFKC", password)):
        message = "the password does not open this PDF"
        raise ReportError(message)
    return _written(pypdf.PdfWriter(clone_from=reader))


def opens_with(pdf: bytes, password: str) -> bool:
    """Whether a PDF has just this password.

    Parameters
    ----------
    pdf : bytes
        A PDF of ours.
    password : str
        "" for none.

    Returns
    -------
    bool
        False also if it cannot be read.
    """
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        reader = pypdf.PdfReader(io.BytesIO(pdf))
        if not reader.is_encrypted:
            return not password
        return bool(password and reader.decrypt(normalize("NFKC", password)))
    except (PyPdfError, ValueError, KeyError):
        return False


def _written(writer: Any) -> bytes:
    writer.pdf_header = HEADER
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()
