"""Reads a workbook from standard input in a process of its own that has little memory.

A damaged file can end its reader in a panic, or ask for more memory than there is.
"""

from __future__ import annotations

import io
import pickle
import sys
from contextlib import suppress

from python_calamine import CalamineWorkbook, SheetVisibleEnum

MOST_MEMORY = 3 * 2**30  # bytes


def _main() -> None:
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    sheets = {
        one: book.get_sheet_by_name(one).to_python(skip_empty_area=False)
        for one in book.sheet_names
    }
    hidden = {one.name for one in book.sheets_metadata if one.visible != SheetVisibleEnum.Visible}
    sys.stdout.buffer.write(pickle.dumps((sheets, hidden)))


if __name__ == "__main__":
    _main()
