"""The output folder: its lock, what may stand in it, and its manifest."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unicodedata import normalize

from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from analysis import __version__
from analysis.errors import CountersignalError, ReportError
from analysis.plain_text import formula_as_text
from analysis.workers.host import code_hash

LONGEST_PASSWORD = 127  # bytes in UTF-8; PDF 2.0 reads no more
REVISION, KEY_BYTES = 6, 32  # AES-256 as PDF 2.0 has it
HEADER = "%PDF-1.7"  # what the page was made as; pypdf would write 1.3


@dataclass(frozen=True, slots=True)
class PdfLock:
    """What locks a PDF with a password, without the password: safe to hand to another machine.

    PDF 2.0 encrypts with a random key and keeps that key in the file, itself encrypted with the
    password. The latter is done here, where the password is; the former by whoever has the PDF.
    """

    key: bytes = field(repr=False)  # of the file
    # The key as the password opens it, by the names of the PDF's own dictionary.
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
        """The locked file, and what `unlocked` gives back of it."""
        # The former differs each time, since the key is random; the latter does not.
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
    """Whether others are kept out: not on Windows, USB sticks and network shares."""
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


def write_whole(
    destination: Path, content: bytes, make_way: Callable[[], object] = lambda: None
) -> None:
    """Write a file so that it is there whole or not at all, readable by its owner alone."""
    # What stands in its place makes way when the new content is on the disk, and not before.
    handle, name = tempfile.mkstemp(prefix=".", suffix=PART_SUFFIX, dir=destination.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        make_way()
        part.replace(destination)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


SUMMARY = "summary.csv"
SUMMARY_COLUMNS = (
    "student_id",
    "line",
    "outcome",
    "pages",
    "warnings",
    "message",
    "locked",
    "red_flags_read",
    "name_read",
)
FORMAT = 1
MOST_BYTES = 64 * 2**20
DELIVERED, FAILED, REFUSED, PENDING = "delivered", "failed", "refused", "pending"
LIBRARIES = ("matplotlib", "nbconvert", "numpy", "pandas", "papermill", "scipy", "typst")
SEED = 20260915


@dataclass(frozen=True)
class Outcome:
    """What became of one student."""

    # {"delivered", "failed", "refused", "pending"}: Refused: the row of students.csv is wrong.
    # Pending: not made yet.
    outcome: str
    line: int | None  # line of students.csv
    proof: str = ""  # hash over everything the report in the folder rests on; "" without one
    # pdf_sha256, content_sha256: Hash of the file, and of what its password opens; the same without
    # one.
    pdf_sha256: str = ""
    content_sha256: str = ""
    # Keyed hash of the student's name, to know the class again; "" without a name.
    name_hash: str = ""
    pages: int = 0
    warnings: tuple[str, ...] = ()  # for the office
    message: str = ""  # why not, if not
    seconds: float = 0.0  # how long it took; 0 unless delivered


@dataclass
class Manifest:
    """A batch, as far as it has come."""

    fingerprint: str
    inputs: Mapping[str, str]  # SHA-256 of each input file, by what it is; never a path
    students: dict[str, Outcome] = field(default_factory=dict)
    # Of the key behind the name hashes, which compare under the same key only; "" in older files.
    key_hash: str = ""
    # Of the libraries and our code that make its reports, looked up once.
    versions: Mapping[str, str] = field(default_factory=lambda: _versions())
    # Where this run moved a file that is no current report of the class, by the file's name.
    moved: dict[str, str] = field(default_factory=dict)
    # Red flags and name as read, by student_id, for summary.csv alone: the name as yes or no.
    receipt: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def common_proof(self) -> str:
        """Hash over what all reports share: inputs, assumptions, versions."""
        content = [self.fingerprint, sorted(self.inputs.items()), sorted(self.versions.items())]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def proof(self, row_hash: str) -> str:
        """Hash over everything that one student's report rests on."""
        return hashlib.sha256(f"{self.common_proof}:{row_hash}".encode()).hexdigest()

    def has_report(self, out: Path, student_id: str) -> bool:
        """Whether the file in a student's place is one that this manifest knows."""
        known = self.students.get(student_id)
        pdf = out / f"{student_id}.pdf"
        return (
            known is not None
            and bool(known.pdf_sha256)
            and pdf.is_file()
            and not pdf.is_symlink()
            and file_sha256(pdf) == known.pdf_sha256
        )

    def is_current(self, out: Path, student_id: str, proof: str, password: str = "") -> bool:
        """Whether a student's report is there, rests on just this and opens with just this."""
        if not self.has_report(out, student_id):
            return False
        known = self.students[student_id]
        return (
            known.proof == proof
            and (known.pdf_sha256 != known.content_sha256) == bool(password)
            and (not password or opens_with((out / f"{student_id}.pdf").read_bytes(), password))
        )


def _versions() -> dict[str, str]:
    own = {"countersignal": __version__, "code": code_hash()}
    return own | {name: version(name) for name in LIBRARIES}


def file_sha256(path: Path) -> str:
    """Hash of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_manifest(out: Path) -> Manifest | None:
    """Read the manifest of a folder."""
    path = out / MANIFEST
    if not path.exists():
        return None
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise ValueError
        students = TypeAdapter(dict[str, Outcome]).validate_python(content["students"])
        key_hash = str(content.get("key_hash", ""))
        return Manifest(str(content["fingerprint"]), dict(content["inputs"]), students, key_hash)
    except (ValueError, KeyError, TypeError, RecursionError, OSError):
        message = f"{path} is not a manifest of this program: use --overwrite, or another folder"
        raise FolderError(message) from None


def write_manifest(out: Path, manifest: Manifest) -> None:
    """Write manifest.json and summary.csv."""
    students = dict(sorted(manifest.students.items()))
    content: dict[str, Any] = {
        "format": FORMAT,
        "fingerprint": manifest.fingerprint,
        "seed": SEED,
        "versions": dict(manifest.versions),
        "inputs": dict(sorted(manifest.inputs.items())),
        "key_hash": manifest.key_hash,
        "students": {student_id: asdict(entry) for student_id, entry in students.items()},
        **({"moved": dict(sorted(manifest.moved.items()))} if manifest.moved else {}),
    }
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    write_whole(out / MANIFEST, text.encode())
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(SUMMARY_COLUMNS)
    for student_id, entry in students.items():
        words = ["; ".join(entry.warnings), entry.message]
        row = [student_id, entry.line, entry.outcome, entry.pages, *words]
        locked = "yes" if entry.pdf_sha256 != entry.content_sha256 else "no"
        receipt = manifest.receipt.get(student_id, ("", ""))
        row += [locked if entry.pdf_sha256 else "", *receipt]
        writer.writerow([_as_text(cell) for cell in row])
    for name, place in sorted(manifest.moved.items()):
        row = [Path(name).stem, "", "moved", "", "", f"{name} is now {place}", "", "", ""]
        writer.writerow([_as_text(cell) for cell in row])
    write_whole(out / SUMMARY, stream.getvalue().encode())


def _as_text(cell: object) -> object:
    """Keep a spreadsheet from taking a text for a formula, or a lone CR for the end of a row."""
    return formula_as_text(cell.replace("\r", " ")) if isinstance(cell, str) else cell
