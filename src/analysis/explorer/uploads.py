"""A file that a person hands in: kept in a private folder, read, and what the loader says of it."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import ipywidgets

from analysis.answers.exploring import Desk, checked_file, read_desk
from analysis.errors import CountersignalError
from analysis.explorer.boxes import Panel, group, paragraphs, plain
from analysis.paths import from_root

__all__ = ["FOLDER_VARIABLE", "Files", "handed_in", "private_folder"]

FOLDER_VARIABLE = "COUNTERSIGNAL_UPLOADS"
TABLES = {"students": "Class", "programs": "Programs", "preferences": "Preferences"}


def private_folder() -> Path:
    """Make a folder of this page's own, which only its owner can read."""
    folder = Path(tempfile.mkdtemp(prefix="countersignal-", dir=os.environ.get(FOLDER_VARIABLE)))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def handed_in(folder: Path, table: str, upload: Mapping[str, Any]) -> tuple[Path, str, bool]:
    """Keep an upload and read it."""
    name = plain(str(upload["name"]).replace("\\", "/").rpartition("/")[2]).strip(". ")
    # A place of its own: one that is refused leaves what was handed in before as it was.
    path = Path(tempfile.mkdtemp(dir=folder)) / (name or f"{table}.csv")
    path.touch(mode=0o600)
    path.write_bytes(bytes(upload["content"]))
    said, usable = checked_file(path, table)
    return path, said, usable


class Files:
    """The files behind the page, and the controls that take others."""

    def __init__(self, paths: Mapping[str, str], taken: Callable[[Desk, str], None]) -> None:
        self._paths = dict(paths)
        self._taken = taken
        self._folder: Path | None = None
        self._said = Panel("cs-said")
        self.takers = {table: self._taker(table, words) for table, words in TABLES.items()}
        self.box = group("Your own files", [*self.takers.values(), self._said.widget])

    @property
    def folder(self) -> Path:
        """A private folder, made when it is first needed."""
        if self._folder is None:
            self._folder = private_folder()
        return self._folder

    def path(self, table: str) -> str:
        """Where a table lies."""
        return str(from_root(self._paths[table])) if self._paths[table] else ""

    def read(self) -> Desk:
        """Read the tables."""
        return read_desk(*(self._paths[t] for t in (*TABLES, "assumptions")))

    def _taker(self, table: str, words: str) -> Any:
        taker = ipywidgets.FileUpload(
            description=f"{words} (CSV)", multiple=False, tooltip=f"Hand in {table}.csv"
        )

        def heard(change: Any) -> None:
            if change["new"]:
                self._take(table, change["new"][0])
                taker.value = ()

        taker.observe(heard, "value")
        return taker

    def _take(self, table: str, upload: Mapping[str, Any]) -> None:
        path, said, usable = handed_in(self.folder, table, upload)
        before = dict(self._paths)
        desk = None
        if usable:
            self._paths[table] = str(path)
            if table == "students":
                # Wishes go by student_id; those of another class would be a stranger's.
                self._paths["preferences"] = ""
            try:
                desk = self.read()
            except CountersignalError as error:
                self._paths, said = before, str(error)
        self._said.show(paragraphs(said.splitlines(), "cs-loader"))
        if desk is not None:
            self._taken(desk, table)
