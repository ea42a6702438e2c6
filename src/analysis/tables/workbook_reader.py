"""Reads a workbook from standard input in a process of its own that has little memory.

A damaged file can end its reader in a panic, or ask for more memory than there is.
The reader takes a formula's error for an empty cell, so errors are made text before it reads.
"""

from __future__ import annotations

import io
import pickle
import re
import sys
import zipfile
from contextlib import suppress

from python_calamine import CalamineWorkbook, SheetVisibleEnum

MOST_MEMORY = 3 * 2**30  # bytes
ERRORS = (
    (re.compile(rb"""(<(?:\w+:)?c\b[^>]*?\bt=["'])e(?=["'])"""), rb"\1str"),
    # A formula that no program has computed yet: a program wrote the file, and nobody saved it.
    (
        re.compile(
            rb"(<(?:\w+:)?c\b(?![^>]*\bt=)[^>]*)(>\s*<(\w+:)?f\b[^>]*(?:/>|>[^<]*</\3?f>))"
            rb"\s*(?:<\3?v\s*/>|<\3?v></\3?v>)?\s*(?=</\3?c>)"
        ),
        rb'\1 t="str"\2<\3v>#FORMULA!</\3v>',
    ),
    (
        re.compile(rb"""(office:string-value=["'])(?=["'][^>]*calcext:value-type=["']error)"""),
        rb"\1#ERROR!",
    ),
)


def _with_errors(data: bytes) -> bytes:
    """Bytes of a workbook whose error cells are text."""
    if not data.startswith(b"PK"):
        return data
    changed = False
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part == "content.xml" or "worksheets/" in part:
                for sign, text in ERRORS:
                    content, count = sign.subn(text, content)
                    changed |= bool(count)
            new.writestr(part, content)
    return made.getvalue() if changed else data


def _main() -> None:
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    book = CalamineWorkbook.from_filelike(io.BytesIO(_with_errors(sys.stdin.buffer.read())))
    sheets = {
        one: book.get_sheet_by_name(one).to_python(skip_empty_area=False)
        for one in book.sheet_names
    }
    hidden = {one.name for one in book.sheets_metadata if one.visible != SheetVisibleEnum.Visible}
    sys.stdout.buffer.write(pickle.dumps((sheets, hidden)))


if __name__ == "__main__":
    _main()
