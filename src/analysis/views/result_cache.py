"""Results kept between runs, by the hash of everything they rest on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from analysis import __version__
from analysis.paths import project_root
from analysis.workers.host import code_hash

__all__ = ["cache_path", "cached_result", "keep_result"]


def cache_path(options: Sequence[Any], files: Sequence[str | os.PathLike[str]]) -> Path:
    """Where a result is kept: below ``data/private/cache``, outside of git."""
    question = [__version__, list(options), [file_hash(path) for path in files], code_hash()]
    key = hashlib.sha256(json.dumps(question).encode()).hexdigest()[:32]
    return project_root() / "data" / "private" / "cache" / f"{key}.json"


def cached_result(path: Path) -> dict[str, Any] | None:
    """A result that was kept, or None."""
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return answer if isinstance(answer, dict) else None


def keep_result(path: Path, answer: dict[str, Any]) -> None:
    """Leave a result for next time; a folder that cannot be written is no reason to fail."""
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
