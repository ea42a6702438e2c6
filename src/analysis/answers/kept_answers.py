"""Answers that took long, kept for the next time the same question is asked."""

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
from analysis.workers.installation import code_hash

__all__ = ["keep_answer", "kept_answer", "place_of"]


def place_of(options: Sequence[Any], files: Sequence[str | os.PathLike[str]]) -> Path:
    """Where the answer to a question is kept: below ``data/private/cache``, outside of git.

    Parameters
    ----------
    options : sequence
        Everything but the files that the answer depends on; anything JSON can hold.
    files : sequence of str or path-like
        Input files; "" for one that is not given. Their bytes count, not their names.

    Returns
    -------
    Path
        Named by a hash over options, files, version and our code.
    """
    question = [__version__, list(options), [file_hash(path) for path in files], code_hash()]
    key = hashlib.sha256(json.dumps(question).encode()).hexdigest()[:32]
    return project_root() / "data" / "private" / "cache" / f"{key}.json"


def kept_answer(path: Path) -> dict[str, Any] | None:
    """An answer that was kept, or None.

    Parameters
    ----------
    path : Path
        From `place_of`.

    Returns
    -------
    dict or None
        None also where the file is torn: then it is computed again.
    """
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return answer if isinstance(answer, dict) else None


def keep_answer(path: Path, answer: dict[str, Any]) -> None:
    """Leave an answer for next time; a folder that cannot be written is no reason to fail.

    Parameters
    ----------
    path : Path
        From `place_of`.
    answer : dict
        JSON-ready; readable by its owner alone.
    """
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
