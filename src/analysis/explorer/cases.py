"""A student's case on the page: its history, kept on disk and opened again."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from itertools import chain, count
from pathlib import Path
from typing import Any

import ipywidgets

from analysis.errors import CountersignalError, ModelError
from analysis.explorer.controls import Panel, as_text, box, button, group, paragraphs, plain
from analysis.explorer.results import Kept
from analysis.paths import from_root
from analysis.report.folder import write_whole
from analysis.views.case import PASSWORD, Case, case_from_json, case_json, differences

MOST_STEPS = 30  # that a tab keeps
BREATH = 0.001  # seconds between two steps, in which a newer change is heard


class Steps:
    """At most one row of steps at a time; without an event loop they run at once."""

    def __init__(self) -> None:
        self._waiting: asyncio.TimerHandle | None = None

    def drop(self) -> None:
        """Drop what has not begun."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def follow(self, delay: float, steps: Sequence[Callable[[], None]]) -> None:
        """Run steps one after another, dropping those of an earlier change."""
        self.drop()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            for step in steps:
                step()
            return
        self._next(loop, delay, list(steps))

    def _next(
        self, loop: asyncio.AbstractEventLoop, delay: float, steps: list[Callable[[], None]]
    ) -> None:
        def run() -> None:
            self._waiting = None
            steps[0]()
            # A step may itself have begun a newer row.
            if steps[1:] and self._waiting is None:
                self._next(loop, BREATH, steps[1:])

        self._waiting = loop.call_later(delay, run)


class History:
    """Steps from a base case, which can be taken back."""

    def __init__(self, base: Case, steps: Sequence[Case] = ()) -> None:
        self.base = base
        *past, self.now = steps or [base]
        self._past: list[Case] = list(past)
        self._moved: frozenset[str] = frozenset()

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._past)

    def steps(self) -> list[Case]:
        """The base, the last steps, and what is shown now."""
        return [self.base, *self._past[-MOST_STEPS:], self.now]

    def take(self, case: Case) -> None:
        """Go on to another case; a slider that moves on is one step."""
        moved = frozenset(
            f.name for f in fields(Case) if getattr(case, f.name) != getattr(self.now, f.name)
        )
        if not moved:
            return
        if moved != self._moved:
            self._past.append(self.now)
        self.now, self._moved = case, moved

    def undo(self) -> Case:
        """Take the last step back."""
        self.now = self._past.pop() if self._past else self.base
        self._moved = frozenset()
        return self.now

    def to_base(self) -> Case:
        """Go back to where it started, as a step that can be taken back."""
        self._moved = frozenset()
        self.take(self.base)
        self._moved = frozenset()
        return self.now


FOLDER, FOLDER_VARIABLE = "data/private/cases", "COUNTERSIGNAL_CASES"
LAST = "Last open, not named"
MOST_CASES, LONGEST_NAME = 20, 60
FORMAT = "countersignal-cases-1"


@dataclass(frozen=True)
class NamedCase:
    """A case under a name, with what the advisor noted."""

    case: Case
    note: str = ""


def cases_text(base: Case, cases: Mapping[str, NamedCase]) -> str:
    """Cases of a student as one file, which `read_cases` reads back."""
    kept = [
        {"name": name, "note": one.note, "case": case_json(one.case)} for name, one in cases.items()
    ]
    content = {"format": FORMAT, "base": case_json(base), "cases": kept}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def read_cases(text: str) -> tuple[Case, dict[str, NamedCase]]:
    """The student's row and the cases of a file."""
    try:
        content = json.loads(text)
        if content["format"] != FORMAT:
            raise KeyError
        base = case_from_json(content["base"])
        cases = {
            plain(one["name"])[:LONGEST_NAME]: NamedCase(
                case_from_json(one["case"]), str(one["note"])
            )
            for one in content["cases"]
        }
    except (KeyError, TypeError, ValueError):
        message = "not a file of cases saved on this page"
        raise ModelError(message) from None
    if any(one.case.student_id != base.student_id for one in cases.values()):
        message = "a file whose cases are of several students"
        raise ModelError(message)
    return base, cases


class Cases:
    """The tab that compares: cases of the student who is shown."""

    def __init__(
        self,
        now: Callable[[], Case],  # gives the case that is open
        numbers_of: Callable[[str, Case], Kept],  # gives the numbers of a case under a name
        opened: Callable[[Case], None],  # gets a case to go on with
        # Told when another case is to stand beside the one that is shown.
        beside: Callable[[], None],
        read: Callable[[], None],  # told when a file was read, whatever came of it
    ) -> None:
        self._numbers_of, self._opened, self._beside_changed = numbers_of, opened, beside
        self._read, self._now = read, now
        self.base = Case("typed", ("",))
        self.named: dict[str, NamedCase] = {}
        self._seen: dict[str, NamedCase] = {}  # what the file held when it was last read or written
        self._quiet = False
        self.name = ipywidgets.Text(
            description="Name", placeholder="for example: 262 and Family Medicine"
        )
        self.keep_button = button("Keep this case", self._keep)
        self.which = ipywidgets.Dropdown(description="Kept case", options=[])
        self.open_button = button("Open it", self._open)
        self.drop_button = button("Remove it", self._drop)
        self.note = ipywidgets.Textarea(
            description="Notes on this kept case", continuous_update=False, rows=3
        )
        self.which.observe(self._chosen, "value")
        self.note.observe(self._noted, "value")
        self.table = Panel("cs-kept")
        self.taker = ipywidgets.FileUpload(
            description="Open a file of cases", accept=".json", multiple=False
        )
        self.taker.observe(self._handed_in, "value")
        self.said = Panel("cs-said")
        row, way = "cs-row", ipywidgets.HBox
        keep = box(row, self.name, self.keep_button, way=way)
        pick = box(row, self.which, self.open_button, self.drop_button, way=way)
        parts = [keep, pick, self.table.widget, self.note, self.taker, self.said.widget]
        self.box = group("Cases side by side", parts, "cs-acts")

    def begin(self, base: Case) -> None:
        """Take the cases that are kept of a student with this very row."""
        self.base, self.named = base, {}
        for path in self._path().parent.glob(f"{base.student_id}-*.json"):
            with suppress(OSError, ValueError, CountersignalError):
                text = path.read_text(encoding="utf-8")
                kept, cases = read_cases(text)
                if PASSWORD in text:  # an earlier version kept it, and named the file after it
                    write_whole(path, cases_text(kept, cases).encode())
                if kept == base:
                    self.named |= cases
                    path.replace(self._path())
        self._seen = dict(self.named)
        self._fill()

    @property
    def left_open(self) -> Case | None:
        """The case that was open when the page last ended, if it is another than the student's."""
        kept = self.named.get(LAST)
        return None if kept is None or kept.case == self._now() else kept.case

    def show(self) -> None:
        """Show the kept cases beside the one that is open, and keep that one on disk."""
        now = self._now()
        if now != self.base:
            self.named[LAST] = NamedCase(now)
        elif LAST in self.named and self.named[LAST].case == now:
            del self.named[LAST]
        if now != self.base or self.named:
            self._write()
        self._fill()

    def draw(self) -> None:
        """Draw the table of cases."""
        shown = {"As entered": self.base, "This case": self._now()}
        shown |= {n: one.case for n, one in self.named.items() if n != LAST}
        columns = {name: self._numbers_of(name, case) for name, case in shown.items()}
        rows = list(dict.fromkeys(r for k in columns.values() for r in (*k.standing, *k.listed)))
        body = "".join(
            f'<tr><th scope="row">{as_text(row)}</th>'
            + "".join(
                f"<td>{as_text({**k.standing, **k.listed}.get(row, '–'))}</td>"
                for k in columns.values()
            )
            + "</tr>"
            for row in rows
        )
        changed = "".join(
            f"<td>{as_text('; '.join(differences(self.base, case)) or 'nothing')}</td>"
            for case in shown.values()
        )
        notes = "".join(
            f"<td>{as_text(self.named[name].note) if name in self.named else ''}</td>"
            for name in shown
        )
        head = "".join(f'<th scope="col">{as_text(name)}</th>' for name in shown)
        self.table.show(
            '<div class="cs-wide" tabindex="0" role="region" aria-label="Cases side by side">'
            f"<table><caption>Cases of {as_text(self.base.student_id)}</caption><thead><tr>"
            f'<th scope="col">Number</th>{head}</tr></thead><tbody>'
            f'<tr><th scope="row">Changed</th>{changed}</tr>{body}'
            f'<tr><th scope="row">Notes</th>{notes}</tr></tbody></table></div>'
        )

    def text(self) -> str:
        """All kept cases as one file."""
        return cases_text(self.base, self.named)

    def _path(self) -> Path:
        folder = Path(os.environ.get(FOLDER_VARIABLE) or from_root(FOLDER))
        # Two classes may have a student of the same id.
        row = json.dumps(case_json(self.base), sort_keys=True)
        digest = hashlib.sha256(row.encode()).hexdigest()[:12]
        return folder / f"{self.base.student_id}-{digest}.json"

    def _write(self) -> None:
        path = self._path()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._take_in(path)
            write_whole(path, self.text().encode())
            path.chmod(0o600)
            self._seen = dict(self.named)
        except OSError as error:
            self.said.show(paragraphs([f"Cases cannot be kept: {error.strerror}."], "cs-trouble"))

    def _take_in(self, path: Path) -> None:
        """Take in what another tab of this student has kept, noted or removed since."""
        try:
            theirs = read_cases(path.read_text(encoding="utf-8"))[1]
        except (OSError, ValueError, CountersignalError):
            return  # there is no file, or none that holds a case
        for name in {**self._seen, **theirs}:
            seen, mine, other = (cases.get(name) for cases in (self._seen, self.named, theirs))
            if other in (seen, mine) or (name == LAST and mine):
                continue
            if other is None:
                if mine == seen:
                    del self.named[name]
            elif mine in (None, seen):
                self.named[name] = other
            else:
                self.named[self._place(name, other)] = other

    def _place(self, name: str, case: NamedCase) -> str:
        """The name to keep a case under: with a number where another case has the name."""
        numbered = (f"{name[: LONGEST_NAME - 5]} ({n})" for n in count(2))
        return next(
            one
            for one in chain([name], numbered)
            if self.named.get(one) == case or one not in {LAST, *self.named}
        )

    @property
    def _is_full(self) -> bool:
        return len(self.named.keys() - {LAST}) >= MOST_CASES

    def _fill(self) -> None:
        names = list(self.named)
        self._quiet = True
        if list(self.which.options) != names:
            kept = self.which.value
            self.which.options = names
            if names:
                self.which.value = kept if kept in names else names[0]
        chosen = self.which.value
        for widget in (self.open_button, self.drop_button, self.note):
            widget.disabled = chosen is None
        self.note.value = self.named[chosen].note if chosen in self.named else ""
        self._quiet = False

    def _keep(self, _: Any) -> None:
        unused = next(name for n in count(1) if (name := f"Case {n}") not in self.named)
        name = plain(self.name.value.strip() or unused)[:LONGEST_NAME]
        if self._is_full and name not in self.named:
            self.said.show(paragraphs([f"At most {MOST_CASES} cases: remove one first."]))
            return
        note = self.named[name].note if name in self.named else ""
        self.named[name] = NamedCase(self._now(), note)
        self.name.value = ""
        self._write()
        self._fill()
        self._quiet = True
        self.which.value = name
        self._quiet = False
        self._fill()
        self._beside_changed()

    def _open(self, _: Any) -> None:
        if self.which.value in self.named:
            self._opened(self.named[self.which.value].case)

    def _drop(self, _: Any) -> None:
        self.named.pop(self.which.value, None)
        self._write()
        self._fill()
        self._beside_changed()

    def _chosen(self, _: Any) -> None:
        if not self._quiet:
            self._fill()

    def _noted(self, change: Any) -> None:
        if not self._quiet and self.which.value in self.named:
            one = self.named[self.which.value]
            self.named[self.which.value] = replace(one, note=str(change["new"]))
            self._write()
            self._fill()
            self.draw()

    def _add(self, cases: Mapping[str, NamedCase]) -> str:
        """Add cases of a file, as far as there is room, and say what became of them."""
        opened = numbered = 0
        for name, case in cases.items():
            place = self._place(name, case)
            if place in self.named or not self._is_full:
                self.named[place] = case
                opened += 1
                numbered += place != name
        said = f"{opened} of {len(cases)} cases opened."
        if numbered:
            said += f" {numbered} had a name that is in use here: each has a number now."
        if opened < len(cases):
            said += f" At most {MOST_CASES} cases: remove some, and open the file again."
        return said

    def _handed_in(self, change: Any) -> None:
        if not change["new"]:
            return
        upload = change["new"][0]
        try:
            base, cases = read_cases(bytes(upload["content"]).decode())
            if base.student_id != self.base.student_id:
                message = f"cases of {base.student_id}: choose that student first"
                raise ModelError(message)
            # The same id in two classes may be two persons.
            names = {dict(one.rest).get("name") for one in (base, self.base)} - {None}
            if len(names) > 1:
                message = f"in it {base.student_id} has another name than on this page"
                raise ModelError(message)
            said = self._add(cases)
            if base != self.base:
                said += " They were made with another row of this student: compare with care."
            self._write()
        except (UnicodeDecodeError, CountersignalError) as error:
            why = str(error) if isinstance(error, CountersignalError) else "no text in UTF-8"
            said = f"{plain(upload['name'])}: not opened, {why}."
        self.said.show(paragraphs([said]))
        self.taker.value = ()
        self._fill()
        self._beside_changed()
        self._read()
