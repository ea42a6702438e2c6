"""An executed notebook that may be kept: nothing in it of the machine, of who ran it, or a name."""

from __future__ import annotations

import getpass
import re
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any

import nbformat

from analysis.report.publish import ROWS_MIME

__all__ = ["scrubbed"]

SHORTEST_WORD = 2
# Folders before a file's name, on any system; an address of the web is none.
FOLDERS = re.compile(r"(?<![\w:/.])(?:/(?:[^\s/\"'<>|:]+/)+|[A-Za-z]:\\(?:[^\s\\\"'<>|:]+\\)+)")
KEPT_OF_NOTEBOOK = ("kernelspec", "language_info")
# Pictures hold no such words; whoever bears a name like "path" or "text" would take them apart.
# Rows are on their way to a file of their own.
LEFT_AS_THEY_ARE = ("image/", ROWS_MIME, "output_type")


def scrubbed(
    notebook: Any, parameters: Mapping[str, str], display_name: str | None = None
) -> bytes:
    """Scrub an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
        As it was run; left as it is.
    parameters : mapping of str to str
        What it was run with; of a path the file's name stays.
    display_name : str, optional
        The student's name, of which no word stays in an output: it may stand in the advisor's note.

    Returns
    -------
    bytes
        The notebook's file: sources, outputs, tags and kernel, without paths, user, host, times and
        papermill's records.
    """
    copy = nbformat.from_dict(notebook)
    copy.metadata = {k: v for k, v in copy.metadata.items() if k in KEPT_OF_NOTEBOOK}
    cut = _without_folders(parameters)
    student = parameters.get("student_id", "")
    nobody = _without_words([(display_name or "", student), (_user(), "user"), (_host(), "host")])
    for cell in copy.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k == "tags" and v}
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = cut(cell.source)
            cell.id = "parameters"  # papermill's is another each time
        for output in cell.get("outputs", []):
            output.update(_changed(dict(output), lambda text: nobody(cut(text))))
    return nbformat.writes(nbformat.from_dict(copy)).encode()


def _changed(content: Any, change: Callable[[str], str], key: str = "") -> Any:
    """Content of an output with its texts changed."""
    if isinstance(content, str) and not key.startswith(LEFT_AS_THEY_ARE):
        return change(content)
    if isinstance(content, dict):
        return {name: _changed(part, change, name) for name, part in content.items()}
    if isinstance(content, list):
        return [_changed(part, change) for part in content]
    return content


def _without_folders(parameters: Mapping[str, str]) -> Callable[[str], str]:
    paths = sorted(filter(_is_absolute, parameters.values()), key=len, reverse=True)

    def cut(text: str) -> str:
        for path in paths:
            kind = PurePosixPath if path.startswith("/") else PureWindowsPath
            # In a Python text the backslashes of a path are doubled.
            text = text.replace(path.replace("\\", "\\\\"), kind(path).name)
            text = text.replace(path, kind(path).name)
        return FOLDERS.sub("", text)

    return cut


def _is_absolute(text: str) -> bool:
    kinds: tuple[type[PurePath], ...] = (PurePosixPath, PureWindowsPath)
    return any(kind(text).is_absolute() for kind in kinds)


def _without_words(words: list[tuple[str, str]]) -> Callable[[str], str]:
    """Put others in place of whole words; of a name each word counts."""
    put = {
        part.casefold(): other
        for phrase, other in words
        for part in (phrase, *re.split(r"[\s,]+", phrase))
        if len(part) >= SHORTEST_WORD
    }
    if not put:
        return lambda text: text
    longest_first = "|".join(re.escape(word) for word in sorted(put, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)", re.IGNORECASE)
    return lambda text: pattern.sub(lambda found: put.get(found[0].casefold(), ""), text)


def _user() -> str:
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return ""


def _host() -> str:
    return socket.gethostname()
