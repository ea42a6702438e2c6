"""What a batch did and from what: the only thing that ``--resume`` believes, with the hashes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from analysis import __version__
from analysis.plain_text import formula_as_text
from analysis.report.folder import MANIFEST, FolderError, opens_with, write_whole
from analysis.workers.host import code_hash

__all__ = ["Manifest", "Outcome", "file_sha256", "read_manifest", "write_manifest"]

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
    """What became of one student.

    Parameters
    ----------
    outcome : {"delivered", "failed", "refused", "pending"}
        Refused: the row of students.csv is wrong. Pending: not made yet.
    line : int or None
        Line of students.csv.
    proof : str
        Hash over everything the report in the folder rests on; "" without one.
    pdf_sha256, content_sha256 : str
        Hash of the file, and of what its password opens; the same without one.
    name_hash : str
        Keyed hash of the student's name, to know the class again; "" without a name.
    pages : int
        Pages.
    warnings : list of str
        For the office.
    message : str
        Why not, if not.
    seconds : float
        How long it took; 0 unless delivered.
    """

    outcome: str
    line: int | None
    proof: str = ""
    pdf_sha256: str = ""
    content_sha256: str = ""
    name_hash: str = ""
    pages: int = 0
    warnings: tuple[str, ...] = ()
    message: str = ""
    seconds: float = 0.0


@dataclass
class Manifest:
    """A batch, as far as it has come.

    Parameters
    ----------
    fingerprint : str
        Of the assumptions.
    inputs : mapping of str to str
        SHA-256 of each input file, by what it is; never a path.
    students : dict of str to Outcome
        By student_id.
    versions : mapping of str to str
        Of the libraries and our code that make its reports, looked up once.
    moved : mapping of str to str
        Where this run moved a file that is no report of the class, by the file's name.
    receipt : mapping of str to (str, str)
        Red flags and name as read, by student_id, for summary.csv alone: the name as yes or no.
    """

    fingerprint: str
    inputs: Mapping[str, str]
    students: dict[str, Outcome] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=lambda: _versions())
    moved: dict[str, str] = field(default_factory=dict)
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
        return Manifest(str(content["fingerprint"]), dict(content["inputs"]), students)
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
