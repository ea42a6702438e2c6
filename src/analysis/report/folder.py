"""The output folder of a batch: ours alone, one batch at a time, every file moved in whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from analysis.errors import CountersignalError

__all__ = ["LOCK", "PART_SUFFIX", "FolderError", "locked_folder", "write_whole"]

LOCK = ".lock"
PART_SUFFIX = ".part"
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600


class FolderError(CountersignalError):
    """An output folder that cannot be used; nothing was written."""


@contextmanager
def locked_folder(out: Path) -> Iterator[None]:
    """Make the folder if need be and hold it for one batch.

    Parameters
    ----------
    out : Path
        The folder.

    Yields
    ------
    None
        While no other batch can write there.

    Raises
    ------
    FolderError
        If it is a file or a link, cannot be written, or another batch holds it.
    """
    if out.is_symlink():
        message = f"{out} is a link to another place: give the folder itself with --out"
        raise FolderError(message)
    try:
        out.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        out.chmod(PRIVATE_FOLDER)
    except FileExistsError:
        message = f"{out} is a file; --out needs a folder"
        raise FolderError(message) from None
    except OSError as error:
        message = f"{out} cannot be used as a folder ({error.strerror})"
        raise FolderError(message) from None
    lock = FileLock(out / LOCK, timeout=0, mode=PRIVATE_FILE)
    try:
        lock.acquire()
    except Timeout:
        message = f"another batch is writing to {out}: wait for it, or use another folder"
        raise FolderError(message) from None
    except OSError as error:
        message = f"{out} cannot be written ({error.strerror})"
        raise FolderError(message) from None
    try:
        for part in out.glob(f".*{PART_SUFFIX}"):
            part.unlink()  # what a killed batch had not finished
        yield
    finally:
        lock.release()


def write_whole(destination: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, readable by its owner alone.

    Parameters
    ----------
    destination : Path
        The file; an older one is replaced.
    content : bytes
        All of it.

    Raises
    ------
    OSError
        If it cannot be written; nothing is left then.
    """
    handle, name = tempfile.mkstemp(prefix=".", suffix=PART_SUFFIX, dir=destination.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(destination)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
