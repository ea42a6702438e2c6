"""Folders for what lives as long as a command: private, gone at its end, swept after a kill."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from filelock import FileLock, Timeout

__all__ = ["ScratchFolder"]

PREFIX = "countersignal-"
LOCK, OWNED = ".in-use", ".owned"
BEGINNING_SECONDS = 60.0  # an unmarked folder younger than this may have its owner yet to come


class ScratchFolder:
    """A folder readable by its owner alone, held by a lock as long as this process uses it.

    Whoever makes one removes those of processes that are gone: SIGKILL leaves no time to clean up.

    Attributes
    ----------
    path : Path
        The folder.
    """

    def __init__(self) -> None:
        _swept()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._lock = FileLock(self.path / LOCK, mode=0o600)
        self._lock.acquire()
        (self.path / OWNED).touch(mode=0o600)

    def cleanup(self) -> None:
        """Take the folder away."""
        self._lock.release(force=True)
        shutil.rmtree(self.path, ignore_errors=True)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.cleanup()


@cache
def _swept() -> None:
    """Remove what killed processes of this user left, once a process."""
    me = getattr(os, "getuid", lambda: None)()
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            state = folder.lstat()
            if (
                folder.is_symlink()
                or not folder.is_dir()
                or (me is not None and state.st_uid != me)
            ):
                continue
            owned = (folder / OWNED).exists()
            if not (folder / LOCK).exists() or (
                not owned and time.time() - state.st_mtime < BEGINNING_SECONDS
            ):
                continue
            with suppress(Timeout), FileLock(folder / LOCK, timeout=0):
                shutil.rmtree(folder, ignore_errors=True)
