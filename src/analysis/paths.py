"""Where the project's files are, and how its own TOML and CSV files are read."""

from __future__ import annotations

import csv
import io
import os
import tomllib
from pathlib import Path
from typing import Any

from analysis.errors import CountersignalError

FilePath = str | os.PathLike[str]
PROJECT_VARIABLE = "COUNTERSIGNAL_PROJECT"
PASSWORD_VARIABLE = "COUNTERSIGNAL_PDF_PASSWORD"  # noqa: S105 - a name, not a password


def project_root() -> Path:
    """Folder of the checkout: ``COUNTERSIGNAL_PROJECT``, else where this package lies."""
    chosen = os.environ.get(PROJECT_VARIABLE)
    root = Path(chosen).resolve() if chosen else Path(__file__).resolve().parents[2]
    if not (root / "notebooks").is_dir() or not (root / "data" / "article").is_dir():
        message = f"{root} is not a checkout of Countersignal: give its folder with --project DIR"
        raise CountersignalError(message)
    return root


def from_root(path: FilePath) -> Path:
    """A path from the project root, else beside the notebook that runs; absolute ones stay."""
    found = project_root() / path
    beside = Path.cwd() / path
    return beside if beside.is_file() and not found.exists() else found


MOST_LEVELS = 20
MOST_BYTES = 4 * 2**20


def toml_content(path: Path) -> dict[str, Any]:
    """Read a TOML file."""
    if path.exists() and not path.is_file():
        message = "it is not a file on the disk"
        raise ValueError(message)
    with path.open("rb") as stream:
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        message = f"it is larger than {MOST_BYTES // 2**20} MiB"
        raise ValueError(message)
    try:
        found = tomllib.loads(content.decode("utf-8-sig"))
        parts = [found]
        for _ in range(MOST_LEVELS):
            parts = [part for one in parts for part in one.values() if isinstance(part, dict)]
        if not parts:
            return found
    except RecursionError:
        pass
    except UnicodeDecodeError:
        message = "it is in another encoding: save it as UTF-8"
        raise ValueError(message) from None
    message = "it is nested too deeply"
    raise ValueError(message)


def csv_rows(path: Path, key: str) -> dict[str, dict[str, str]]:
    """Rows of one of the project's own CSV files, by a column in which no two are the same."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        message = "it is in another encoding: save it as CSV UTF-8"
        raise ValueError(message) from None
    separator = max(",;\t", key=text.split("\n", 1)[0].count)
    lines = io.StringIO(text, newline="")
    reader = csv.DictReader(lines, delimiter=separator, restval="", strict=True)
    rows: dict[str, dict[str, str]] = {}
    expected = f"a column {key}" if key not in (reader.fieldnames or ()) else ""
    try:
        for row in reader if not expected else ():
            name, beyond = row[key].strip(), row.pop(None, [])
            if any(beyond) or any("\n" in cell or "\r" in cell for cell in row.values()):
                expected = "cells as in the header, each on one line"
            elif any(row.values()) and (not name or name.casefold() in map(str.casefold, rows)):
                expected = f"a {key} that no other row has"
            if expected:
                break
            if name:
                rows[name] = row
    except csv.Error as error:
        expected = f"a well-formed row ({error}): look for a quotation mark that is not closed"
    if expected or not rows:
        message = f"line {reader.reader.line_num}: expected {expected or 'at least one row'}"
        raise ValueError(message)
    return rows
