"""Files that a browser sends, and what the page asks of a browser."""

from __future__ import annotations

import atexit
import json
import os
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import ipywidgets
import traitlets

from analysis.errors import CountersignalError, TableError
from analysis.explorer.controls import Panel, button, group, paragraphs, plain
from analysis.explorer.controls import table as columns_table
from analysis.explorer.mapping_editor import MappingEditor
from analysis.paths import from_root
from analysis.tables.mapping import MAPPING_FILE, raw_rows
from analysis.tables.proposal import proposal_of
from analysis.tables.reading import read_rows, sheet_names
from analysis.views.desk import (
    SAMPLES,
    Desk,
    checked_file,
    read_desk,
)
from analysis.workers.pool import ScratchFolder

FOLDER_VARIABLE = "COUNTERSIGNAL_UPLOADS"
TABLES = {
    "students": "Class",
    "programs": "Programs",
    "preferences": "Preferences",
    "graduates": "Graduates",
}
FITTING = "The one that fits"
MOST_BYTES = 50 * 2**20
ASKED = "Its columns have other names or words than ours: say below what they hold."
LONGEST_NAME = 200  # bytes; file systems end at 255


def private_folder() -> Path:
    """Make a folder of this page's own, which only its owner can read."""
    # Below ``COUNTERSIGNAL_UPLOADS`` where a server has one: the server removes it some time after
    # this process ended, so that a page that is loaded again finds its files. Else in the temporary
    # folder, and gone with this process.
    if parent := os.environ.get(FOLDER_VARIABLE):
        return Path(tempfile.mkdtemp(prefix=f"countersignal-{os.getpid()}-", dir=parent))
    scratch = ScratchFolder()
    atexit.register(scratch.cleanup)
    return scratch.path


def too_large(name: str, size: int) -> str:
    """Say that a file is over the limit."""
    return (
        f"{plain(name)}: not taken. It has {size / 2**20:.0f} MB; the page takes files of at most "
        f"{MOST_BYTES // 2**20} MB. Leave out columns and rows that are not needed, or start with "
        "`countersignal explore --students S.csv --programs P.csv`."
    )


def handed_in(
    folder: Path, table: str, upload: Mapping[str, Any], sheet: str = ""
) -> tuple[Path, str, bool]:
    """Keep an upload and read it: where it lies, the loader's words, whether it can be used."""
    name = plain(str(upload["name"]).replace("\\", "/").rpartition("/")[2]).strip(". ")
    # A place of its own: one that is refused leaves what was handed in before as it was.
    path = Path(tempfile.mkdtemp(dir=folder)) / (_short(name) or f"{table}.csv")
    path.touch(mode=0o600)
    path.write_bytes(bytes(upload["content"]))
    if sheet:
        _write_mapping(path, f"[{table}]\nsheet = {json.dumps(sheet, ensure_ascii=False)}\n")
    said, usable = checked_file(path, table)
    return path, said, usable


def _write_mapping(path: Path, text: str) -> None:
    """Say how a file reads, for it alone."""
    beside = path.with_name(f"{path.name}.{MAPPING_FILE}")
    beside.touch(mode=0o600)
    beside.write_text(text, encoding="utf-8")


def _short(name: str) -> str:
    """A name that every file system takes; its ending stays."""
    if len(name.encode()) <= LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    ending = f"{dot}{ending}" if stem and len(ending.encode()) < 10 else ""
    room = LONGEST_NAME - len(ending.encode())
    return name.encode()[:room].decode(errors="ignore") + ending


class Files:
    """The files behind the page, and the controls that take others."""

    def __init__(
        self,
        # ``students``, ``programs``, ``preferences`` and ``assumptions``, from the project root;
        # the last two may be "".
        paths: Mapping[str, str],
        # Gets the tables, and which of them is new, whenever others are in use.
        taken: Callable[[Desk, str], None],
        read: Callable[[], None],  # told when a file was read, whatever came of it
    ) -> None:
        self._paths = dict.fromkeys(TABLES, "") | dict(paths)
        self._read = read
        self._begun_with = dict(self._paths)
        self._taken = taken
        self._folder: Path | None = None
        self._said = Panel("cs-said")
        self.takers = {table: self._taker(table, words) for table, words in TABLES.items()}
        back = "Back to the files this page began with"
        self.sample = button(back, lambda _: self._to_first())
        self.sheet = ipywidgets.Dropdown(description="Sheet of the workbook")
        self.sheet.layout.display = "none"
        self.sheet.observe(self._other_sheet, "value")
        self.editor = MappingEditor(self._map)
        self._asked: tuple[Path, str]
        self.box = group(
            "Your own files",
            [*self.takers.values(), self.sheet, self._said.widget, self.sample],
            "cs-acts",
        )

    @property
    def folder(self) -> Path:
        """A private folder, made when it is first needed."""
        if self._folder is None:
            self._folder = private_folder()
        return self._folder

    def path(self, table: str) -> str:
        """Where a table lies, absolute; "" if there is none."""
        return str(from_root(self._paths[table])) if self._paths[table] else ""

    def read(self) -> Desk:
        """Read the tables; raises `TableError` or `AssumptionError` if one cannot be used."""
        files = {f"{table}_csv": self._paths[table] for table in TABLES}
        return read_desk(**files, assumptions_toml=self._paths["assumptions"])

    def handed_in(self) -> dict[str, str]:
        """Files that were handed in on this page, by table, below the folder of all pages."""
        if self._folder is None:
            return {}
        inside = {table: Path(path) for table, path in self._paths.items() if path}
        return {
            table: str(path.relative_to(self._folder.parent))
            for table, path in inside.items()
            if self._folder in path.parents
        }

    def take_over(self, files: Mapping[str, str]) -> list[str]:
        """Take the files that the page had been handed before it was loaded again.

        Returns the names of those that are gone. Nothing takes their place.
        """
        if not files:
            return []
        parent = os.environ.get(FOLDER_VARIABLE, "")
        paths, gone = self._beside(self._begun_with, files), []
        for table in [one for one in TABLES if one in files]:
            path = Path(parent, files[table]).resolve()
            if parent and Path(parent).resolve() in path.parents and path.is_file():
                paths[table] = str(self._copied(path))
            else:
                paths[table] = ""
                gone.append(path.name)
        self._use(paths, "students")
        return gone

    def _copied(self, path: Path) -> Path:
        copy = Path(tempfile.mkdtemp(dir=self.folder)) / path.name
        for one in (path, path.with_name(f"{path.name}.{MAPPING_FILE}")):
            if one.is_file():
                copy.with_name(one.name).touch(mode=0o600)
                copy.with_name(one.name).write_bytes(one.read_bytes())
        return copy

    def _beside(self, paths: Mapping[str, str], tables: Collection[str]) -> dict[str, str]:
        """What stays in use beside files of a person's own."""
        kept = dict(paths)
        if any(p and from_root(p).parent == from_root(SAMPLES) for p in map(paths.get, TABLES)):
            # Whoever hands in a file works with real data: nothing made up stays beside it.
            kept |= dict.fromkeys(TABLES, "")
        if "students" in tables:
            # Wishes go by student_id; those of another class would be a stranger's.
            kept["preferences"] = ""
        return kept

    def say(self, sentences: str, columns: str = "") -> None:
        """Show what there is to say of a file, and how its columns read."""
        self._said.show(paragraphs(sentences.splitlines(), "cs-loader") + columns)

    def _taker(self, table: str, words: str) -> Any:
        taker = ipywidgets.FileUpload(
            description=f"{words} (CSV, Excel)", multiple=False, tooltip=f"Hand in {table}"
        )

        def heard(change: Any) -> None:
            if change["new"]:
                self._take(table, change["new"][0])
                taker.value = ()
                self._read()

        taker.observe(heard, "value")
        return taker

    def _other_sheet(self, change: Any) -> None:
        """Read the same workbook again, as a file handed in anew."""
        path, table = self._asked
        upload = {"name": path.name, "content": path.read_bytes()}
        self._take(table, upload, change["new"])

    def _show_sheets(self, path: Path, chosen: str) -> None:
        """Ask which sheet is meant, where a workbook has several with something on them."""
        try:
            names = sheet_names(path)
        except TableError:
            names = []
        several = len(names) > 1
        self.sheet.unobserve(self._other_sheet, "value")
        self.sheet.options = [(FITTING, ""), *((plain(name), name) for name in names)]
        self.sheet.value = chosen if several else ""
        self.sheet.layout.display = None if several else "none"
        self.sheet.observe(self._other_sheet, "value")

    def _take(self, table: str, upload: Mapping[str, Any], sheet: str = "") -> None:
        if len(upload["content"]) > MOST_BYTES:
            self.say(too_large(upload["name"], len(upload["content"])))
            return
        try:
            path, said, usable = handed_in(self.folder, table, upload, sheet)
        except OSError as error:
            self.say(f"{plain(upload['name'])}: cannot be kept ({error.strerror}); not taken.")
            return
        self._asked = (path, table)
        self._show_sheets(path, sheet)
        columns = self._ask(path, table, sheet)
        if self.editor.asks and not usable:
            said = f"{path.name}: not in use yet. {ASKED}"
        self._offer(path, table, said, usable, columns)

    def _ask(self, path: Path, table: str, sheet: str) -> str:
        """Ask how the columns of a file read; a table of them where nothing is to be asked."""
        self.editor.end()
        try:
            read = proposal_of(path.name, raw_rows(path, table), table)
            if not read.questions:
                return columns_table(read.readings, "How the columns of the file read")
            raw = read_rows(path, sheet=sheet)
            self.editor.begin(raw, replace(proposal_of(path.name, raw, table), sheet=sheet))
        except TableError:
            pass  # what is wrong with the file is said
        return ""

    def _map(self, mapping: str) -> None:
        """Read the file that was asked about through a mapping, for it alone."""
        path, table = self._asked
        _write_mapping(path, mapping)
        self._offer(path, table, *checked_file(path, table))

    def _offer(self, path: Path, table: str, said: str, usable: bool, columns: str = "") -> None:
        """Say what was read, and use it if it can be used."""
        paths = self._beside(self._paths, [table] if usable else [])
        if usable:
            paths[table] = str(path)
        elif paths[table]:
            said += f"\n{Path(paths[table]).name} stays in use."
        self.say(said, columns)
        if paths != self._paths:
            self._use(paths, table)

    def _use(self, paths: dict[str, str], table: str) -> None:
        before, self._paths = self._paths, paths
        try:
            desk = self.read()
        except CountersignalError as error:
            self._paths = before
            self.say(str(error))
            return
        self._taken(desk, table)

    def _to_first(self) -> None:
        if self._paths != self._begun_with:
            self.say("")
            self._use(dict(self._begun_with), "students")


@cache
def _kind() -> Any:
    import anywidget  # a page needs it, other commands do not

    class Browser(anywidget.AnyWidget):
        """Numbers turn gray in the browser at once, not when this process hears of a change.

        The tab keeps the cases, so that a page that is loaded again, or whose kernel died, goes on
        where it was. `page.js` is the other half.
        """

        _esm = files("analysis.explorer").joinpath("page.js").read_text(encoding="utf-8")

        asked = traitlets.Int(0).tag(sync=True)  # counts what a person did
        answered = traitlets.Int(0).tag(sync=True)  # the last of it that is on the page
        taken = traitlets.Int(0).tag(sync=True)  # counts the files that were handed in and read
        busy = traitlets.Bool(False).tag(sync=True)
        kept = traitlets.Unicode("").tag(sync=True)  # the cases, for the tab to keep
        opened = traitlets.Unicode("").tag(sync=True)  # what the tab had kept, when it opens
        picked = traitlets.List([]).tag(sync=True)  # a program's id, and a count of clicks
        sorted = traitlets.List([]).tag(sync=True)  # the list: by which column, and which way
        searched = traitlets.Unicode("").tag(sync=True)  # the list: what was typed to search it
        refused = traitlets.List([]).tag(sync=True)  # name and size of a file over the limit
        most_bytes = traitlets.Int(MOST_BYTES).tag(sync=True)

    return Browser


def browser() -> Any:
    """A new one, for a new page."""
    return _kind()()
