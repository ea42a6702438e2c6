"""The output folder: its lock and what may stand in it."""

from __future__ import annotations

import io
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import normalize

from filelock import FileLock, Timeout

from analysis.errors import CountersignalError, ReportError

__all__ = [
    "ASSUMPTIONS",
    "LOCK",
    "LONGEST_PASSWORD",
    "MANIFEST",
    "NOTEBOOKS",
    "OLD",
    "PART_SUFFIX",
    "FolderError",
    "PdfLock",
    "is_private",
    "locked_folder",
    "move_to_old",
    "opens_with",
    "unlocked",
    "write_whole",
]

LONGEST_PASSWORD = 127  # bytes in UTF-8; PDF 2.0 reads no more
REVISION, KEY_BYTES = 6, 32  # AES-256 as PDF 2.0 has it
HEADER = "%PDF-1.7"  # what the page was made as; pypdf would write 1.3


@dataclass(frozen=True, slots=True)
class PdfLock:
    """What locks a PDF with a password, without the password: safe to hand to another machine.

    PDF 2.0 encrypts with a random key and keeps that key in the file, itself encrypted with the
    password. The latter is done here, where the password is; the former by whoever has the PDF.

    Parameters
    ----------
    key : bytes
        Of the file.
    entries : mapping of str to bytes
        The key as the password opens it, by the names of the PDF's own dictionary.
    """

    key: bytes = field(repr=False)
    entries: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def of(cls, password: str) -> PdfLock:
        """Lock for a password. Viewers compare by NFKC, and so is it stored."""
        from pypdf._encryption import AlgV5

        secret = normalize("NFKC", password).encode()[:LONGEST_PASSWORD]
        key = secrets.token_bytes(KEY_BYTES)
        entries = AlgV5.generate_values(REVISION, secret, secret, key, _permissions(), True)
        return cls(key, {name: bytes(value) for name, value in entries.items()})

    def locked(self, pdf: bytes) -> tuple[bytes, bytes]:
        """The locked file, and what `unlocked` gives back of it.

        The former differs each time, since the key is random; the latter does not.
        """
        import pypdf
        from pypdf._encryption import EncryptAlgorithm, Encryption
        from pypdf.generic import ByteStringObject, NameObject

        writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
        content = _written(writer)
        identifiers = writer._ID
        writer.generate_file_identifiers()
        encryption = Encryption.make(EncryptAlgorithm.AES_256, _permissions(), writer._ID[0])  # type: ignore[index]
        entry = encryption.write_entry("", "")
        for name, value in self.entries.items():
            entry[NameObject(name)] = ByteStringObject(value)
        encryption._key = self.key
        writer._encryption, writer._encrypt_entry = encryption, entry
        writer._add_object(entry)
        writer._ID = identifiers  # the file's own; a new one would make the content differ
        return _written(writer), content


def _permissions() -> int:
    from pypdf.constants import UserAccessPermissions

    return int(UserAccessPermissions.all()) % 2**32


def unlocked(pdf: bytes, password: str) -> bytes:
    """Take the password off."""
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(pdf))
    if not reader.decrypt(normalize("NFKC", password)):
        message = "the password does not open this PDF"
        raise ReportError(message)
    return _written(pypdf.PdfWriter(clone_from=reader))


def opens_with(pdf: bytes, password: str) -> bool:
    """Whether a PDF has just this password."""
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


LOCK, MANIFEST, ASSUMPTIONS, NOTEBOOKS = ".lock", "manifest.json", "assumptions.toml", "notebooks"
OLD = "old"  # what was replaced, or is no longer of the class, by the day on which it went
PART_SUFFIX = ".part"
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600


class FolderError(CountersignalError):
    """An output folder that cannot be used; nothing was written."""


@contextmanager
def locked_folder(out: Path) -> Iterator[None]:
    """Make the folder if need be and hold it for one batch."""
    if out.is_symlink():
        message = f"{out} is a link to another place: give the folder itself with --out"
        raise FolderError(message)
    try:
        out.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        _refuse_strangers(out)
        out.chmod(PRIVATE_FOLDER)
    except FileExistsError:
        message = f"{out} is a file; --out needs a folder"
        raise FolderError(message) from None
    except OSError as error:
        message = f"{out} cannot be used as a folder ({error.strerror})"
        raise FolderError(message) from None
    lock = FileLock(out / LOCK, timeout=0, mode=PRIVATE_FILE)
    try:
        lock.acquire()
    except Timeout:
        message = f"another batch is writing to {out}: wait for it, or use another folder"
        raise FolderError(message) from None
    except OSError as error:
        message = f"{out} cannot be written ({error.strerror})"
        raise FolderError(message) from None
    try:
        for folder in (out, out / NOTEBOOKS):
            for part in folder.glob(f".*{PART_SUFFIX}"):
                part.unlink()  # what a killed batch had not finished
        yield
    finally:
        lock.release()


def _refuse_strangers(out: Path) -> None:
    entries = {entry.name: entry for entry in out.iterdir()}
    parts = {name for name in entries if name.startswith(".") and name.endswith(PART_SUFFIX)}
    if MANIFEST not in entries and set(entries) - parts - {LOCK, ASSUMPTIONS, NOTEBOOKS, OLD}:
        message = f"{out} is not empty and holds no batch: give an empty folder with --out"
        raise FolderError(message)
    for name, entry in entries.items():
        if entry.is_symlink():
            message = f"{entry} is a link to another place: take it away, or use another folder"
            raise FolderError(message)
        if entry.is_dir() and name not in {NOTEBOOKS, OLD}:
            message = f"{entry} is a folder, which no batch made: use another one with --out"
            raise FolderError(message)


def is_private(out: Path) -> bool:
    """Whether the system keeps others out of a folder.

    Parameters
    ----------
    out : Path
        A folder that `locked_folder` made.

    Returns
    -------
    bool
        False on Windows, and on disks that have no owner-only modes (USB sticks, network shares).
    """
    return os.name == "posix" and not out.stat().st_mode & 0o077


def move_to_old(out: Path, file: Path) -> str:
    """Move a report away from its place; nothing is ever deleted."""
    day = out / OLD / date.today().isoformat()
    for folder in (day.parent, day):
        if folder.is_symlink():
            message = f"{folder} is a link to another place: take it away, or use another folder"
            raise FolderError(message)
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    place, number = day / file.name, 2
    while place.exists():
        place, number = day / f"{file.stem}-{number}{file.suffix}", number + 1
    file.replace(place)
    return place.relative_to(out).as_posix()


def write_whole(destination: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, readable by its owner alone.

    Parameters
    ----------
    destination : Path
        The file; an older one is replaced.
    content : bytes
        All of it.

    Raises
    ------
    OSError
        If it cannot be written; nothing is left then.
    """
    handle, name = tempfile.mkstemp(prefix=".", suffix=PART_SUFFIX, dir=destination.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(destination)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
