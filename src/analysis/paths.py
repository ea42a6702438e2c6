"""Where the project's files are, and how a TOML file is read."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from analysis.errors import CountersignalError

FilePath = str | os.PathLike[str]
PROJECT_VARIABLE = "COUNTERSIGNAL_PROJECT"


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
        return tomllib.loads(content.decode())
    except RecursionError:
        message = "it is nested too deeply"
        raise ValueError(message) from None
