"""A TOML file in, its content out: whatever is wrong with the text is one kind of error."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

__all__ = ["toml_content"]

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
