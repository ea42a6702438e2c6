"""Compiled templates beside the templates, as Python keeps its modules."""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from contextlib import suppress
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket


class CompiledTemplates(jinja2.BytecodeCache):
    """Files of ``__pycache__``; none where that cannot be written.

    What a template compiles to must follow from its text and `settings` alone: an environment that
    works out constants beforehand would keep what a filter said of them.
    """

    def __init__(self, settings: str) -> None:
        self._settings = f"{MAGIC_NUMBER!r}\n{jinja2.__version__}\n{settings}\n"

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Path of the compiled template."""
        return cache_from_source(filename or name)

    def get_source_checksum(self, source: str) -> str:
        """Hash of all that it was compiled from."""
        return hashlib.sha256((self._settings + source).encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read it, if it is there, whole, and of this text."""
        head = bucket.checksum.encode()
        with suppress(OSError, EOFError, ValueError, TypeError):
            content = Path(bucket.key).read_bytes()
            if content.startswith(head):
                bucket.code = marshal.loads(content[len(head) :])  # noqa: S302 - as Python does

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write it, whole or not at all."""
        if sys.dont_write_bytecode:
            return
        place = Path(bucket.key)
        part = place.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(bucket.checksum.encode() + marshal.dumps(bucket.code))
            part.replace(place)
