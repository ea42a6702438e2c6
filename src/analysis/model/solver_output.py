"""Keeps the solver's own remarks off standard output, which is for data."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

__all__ = ["muted_solver"]

STDOUT = 1
_lock = Lock()


def _flush_c() -> None:
    """Empty the C library's buffers, where a remark would wait until the program ends."""
    library = "ucrtbase" if sys.platform == "win32" else None
    ctypes.CDLL(library).fflush(None)


@contextmanager
def muted_solver() -> Iterator[None]:
    """Discard what compiled code writes to standard output.

    HiGHS prints a line whenever it repairs a solution, whatever its logging options say; one such
    line in front of a JSON answer makes it unreadable. What Python prints is not touched.

    Yields
    ------
    None
        While the solver runs.
    """
    with _lock:
        try:
            kept = os.dup(STDOUT)
        except OSError:  # No standard output at all, as under pythonw: nothing to protect.
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            if sys.stdout is not None:
                sys.stdout.flush()
            _flush_c()
            os.dup2(nowhere, STDOUT)
            yield
        finally:
            _flush_c()
            os.dup2(kept, STDOUT)
            os.close(kept)
            os.close(nowhere)
