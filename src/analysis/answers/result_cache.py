"""Results kept between runs, keyed by the hash of a student's row."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from analysis import __version__
from analysis.paths import project_root
from analysis.workers.host import code_hash

__all__ = ["keep_answer", "kept_answer", "place_of", "row_digest", "row_key"]

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
    """The key of this checkout, made when it is first asked for and readable by its owner alone."""
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


def place_of(options: Sequence[Any], files: Sequence[str | os.PathLike[str]]) -> Path:
    """Where the answer to a question is kept: below ``data/private/cache``, outside of git."""
    question = [__version__, list(options), [file_hash(path) for path in files], code_hash()]
    key = hashlib.sha256(json.dumps(question).encode()).hexdigest()[:32]
    return project_root() / "data" / "private" / "cache" / f"{key}.json"


def kept_answer(path: Path) -> dict[str, Any] | None:
    """An answer that was kept, or None."""
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return answer if isinstance(answer, dict) else None


def keep_answer(path: Path, answer: dict[str, Any]) -> None:
    """Leave an answer for next time; a folder that cannot be written is no reason to fail."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.chmod(0o700)
        part = path.with_suffix(f".{os.getpid()}.part")
        part.touch(mode=0o600)
        part.write_text(json.dumps(answer, allow_nan=False), encoding="utf-8")
        part.replace(path)


def file_hash(path: str | os.PathLike[str]) -> str:
    """Hash of a file's bytes; "" for a file that is not given or not there."""
    if not str(path) or not Path(path).is_file():
        return ""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
