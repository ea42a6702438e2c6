"""What a case leaves behind: a row, a set of assumptions, charts, a report."""

from __future__ import annotations

import base64
import html
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from analysis.errors import ReportError
from analysis.report.folder import write_whole

__all__ = ["download", "report_pdf"]

SECONDS = 300
KINDS = {
    "csv": "text/csv",
    "toml": "application/toml",
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
}


def download(name: str, content: bytes) -> str:
    """A link that saves a file; nothing is sent for it."""
    kind = KINDS[name.rpartition(".")[2]]
    data = base64.b64encode(content).decode()
    shown = html.escape(name)
    return (
        f'<a class="cs-save" download="{shown}" href="data:{kind};base64,{data}">Save {shown}</a>'
    )


def report_pdf(folder: Path, student_id: str, row: str, files: Mapping[str, str]) -> bytes:
    """Render the case's report as the command line does."""
    students = folder / "case.csv"
    write_whole(students, row.encode())
    out = folder / "report"
    command = [sys.executable, "-m", "analysis.cli", "report", student_id]
    command += ["--students", str(students), "--out", str(out)]
    for option, path in files.items():
        command += [f"--{option}", path] if path else []
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter; no shell reads the arguments
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        message = f"the report was not made within {SECONDS} seconds"
        raise ReportError(message) from None
    pdf = out / f"{student_id}.pdf"
    if done.returncode or not pdf.exists():
        said = [line for line in done.stderr.splitlines() if line.strip()]
        message = "\n".join(said[-5:]) or "the report was not made"
        raise ReportError(message)
    return pdf.read_bytes()
