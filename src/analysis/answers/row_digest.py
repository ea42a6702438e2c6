"""A student's row as a digest that only this checkout can make, to tell later whether it changed.

The digest goes into manifest.json. A plain hash there would let whoever gets hold of that file try
out names and scores until one fits; with a key that never leaves this machine it tells nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from analysis.paths import project_root

__all__ = ["row_digest", "row_key"]

KEY = "data/private/cache/rows.key"
KEY_BYTES = 32


def row_digest(cells: Iterable[str], key: bytes) -> str:
    """Digest of a row.

    Parameters
    ----------
    cells : iterable of str
        What stands in it.
    key : bytes
        From `row_key`.

    Returns
    -------
    str
        HMAC-SHA-256, hexadecimal.
    """
    return hmac.new(key, "\x1f".join(cells).encode(), hashlib.sha256).hexdigest()


def row_key() -> bytes:
    """The key of this checkout, made when it is first asked for and readable by its owner alone.

    Returns
    -------
    bytes
        The same until the cache is deleted; then ``--resume`` renders each report again. Where it
        cannot be kept, another each time.
    """
    path = project_root() / KEY
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        if not path.exists():
            _leave(path, secrets.token_bytes(KEY_BYTES))
        key = path.read_bytes()
        if len(key) == KEY_BYTES:
            return key
    return secrets.token_bytes(KEY_BYTES)


def _leave(path: Path, key: bytes) -> None:
    """Put the key there whole; of two that try at once the first wins."""
    part = path.with_suffix(f".{os.getpid()}.part")
    handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(key)
    with suppress(FileExistsError):
        os.link(part, path)
    part.unlink()
