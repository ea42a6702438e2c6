"""A foreign file's columns and words read as ours, decided on the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import ipywidgets

from analysis.explorer.controls import Panel, as_text, box, button, group, paragraphs, plain, table
from analysis.explorer.saving import download
from analysis.tables.proposal import TELLS_OF_FLAGS, Foreign, Proposal, Word, foreign, preview
from analysis.tables.reading import RawRows
from analysis.tables.schemas import SCHEMAS

UNDECIDED = "?"
MOST_WORDS = 40
ALL_WORDS = 100_000
INTRODUCTION = (
    "Say what each column of {} holds. Whatever is not sure waits for your choice; nothing is "
    "guessed. Below you see the rows as they will be read."
)


class MappingEditor:
    """A row for each column of a foreign file, a preview, and what saves and uses the answers."""

    def __init__(self, use: Callable[[str], None]) -> None:
        self._use = use
        self._raw: RawRows
        self._found: Proposal
        self._rows, self._constants = box("cs-foreign"), box("cs-foreign")
        self._introduction, self._preview = Panel("cs-said"), Panel("cs-wide")
        self._suggested = button("Use the suggested codes", lambda _: self._take_suggestions())
        self._button = button("Use this file", lambda _: self._use(self._text))
        self._link = Panel("cs-saved")
        parts = [
            self._introduction.widget,
            self._rows,
            self._suggested,
            self._constants,
            self._preview.widget,
            self._button,
            self._link.widget,
        ]
        self.box = group("How the columns of the file read", parts, "cs-mapping")
        self.end()

    @property
    def _text(self) -> str:
        return self._found.toml(ALL_WORDS)

    @property
    def asks(self) -> bool:
        """Whether it is shown."""
        return self.box.layout.display != "none"

    def end(self) -> None:
        """Put the editor away."""
        self.box.layout.display = "none"

    def begin(self, raw: RawRows, found: Proposal) -> None:
        """Ask how a file reads."""
        self._raw, self._found = raw, found
        self._introduction.show(paragraphs([INTRODUCTION.format(plain(found.file))]))
        self._rows.children = [self._row(at) for at in range(len(found.columns))]
        self.box.layout.display = None
        self._answered()

    def _row(self, at: int) -> Any:
        """A column of the file: what it holds, which of ours it is, and what its words mean."""
        one, ours = self._found.columns[at], SCHEMAS[self._found.table].columns
        head = f"<b>{as_text(plain(one.theirs))}</b><br>{as_text(plain(one.holds))}"
        options = [("Leave it out", "")]
        if "red_flags" in ours:
            options.append(("Its words tell of red flags", TELLS_OF_FLAGS))
        options += [(name, name) for name, column in ours.items() if not column.regex]
        if not one.sure:
            options.insert(0, (f"Choose (perhaps {one.ours})", UNDECIDED))
        elif one.ours not in dict(options).values():  # one of a family, such as offers_by_...
            options = [(one.ours, one.ours)]
        choice = ipywidgets.Dropdown(
            description=f"Read {plain(one.theirs)} as",
            options=options,
            value=one.ours if one.sure else UNDECIDED,
        )
        choice.observe(lambda change: self._chosen(at, change["new"]), "value")
        words = [
            self._word(at, part, place, word)
            for part in ("codes", "flags")
            for place, word in enumerate(getattr(one, part)[:MOST_WORDS])
        ]
        more = len(one.codes) + len(one.flags) - len(words)
        if more > 0:
            said = f"{more} more words: answer them in the file mapping.toml that is saved below."
            words.append(ipywidgets.HTML(paragraphs([said])))
        parts = (ipywidgets.HTML(head), choice, ipywidgets.VBox(words))
        return box("cs-foreign-row", *parts, way=ipywidgets.Box)

    def _word(self, at: int, part: str, place: int, word: Word) -> Any:
        one = self._found.columns[at]
        column = SCHEMAS[self._found.table].columns["red_flags" if part == "flags" else one.ours]
        options = [("Nothing (empty)", ""), *((_plainly(code), code) for code in column.options)]
        if not word.sure:
            hint = f" (perhaps {_plainly(word.ours)})" if word.ours else ""
            options.insert(0, (f"Choose{hint}", UNDECIDED))
        times = "row" if word.count == 1 else "rows"
        choice = ipywidgets.Dropdown(
            description=f"“{plain(word.theirs)}” ({word.count} {times}) means",
            options=options,
            value=word.ours if word.sure else UNDECIDED,
        )

        def chosen(change: Mapping[str, Any]) -> None:
            words = [*getattr(self._found.columns[at], part)]
            sure = change["new"] != UNDECIDED
            words[place] = replace(word, ours=change["new"] if sure else word.ours, sure=sure)
            changed: dict[str, Any] = {part: tuple(words)}
            self._changed(at, replace(self._found.columns[at], **changed))
            self._answered()

        choice.observe(chosen, "value")
        return choice

    def _chosen(self, at: int, ours: str) -> None:
        """Take another column of ours, whose words are other words."""
        one = self._found.columns[at]
        if ours != UNDECIDED:
            self._changed(at, foreign(self._found.table, one.theirs, one.cells, ours, sure=True))
            self._show_row(at)
        self._answered()

    def _show_row(self, at: int) -> None:
        rows = [*self._rows.children]
        rows[at] = self._row(at)
        self._rows.children = rows

    def _changed(self, at: int, one: Foreign) -> None:
        columns = [*self._found.columns]
        columns[at] = one
        self._found = replace(self._found, columns=tuple(columns))

    def _take_suggestions(self) -> None:
        """Confirm every word whose suggested code is one of ours."""
        ours = SCHEMAS[self._found.table].columns

        def confirmed(words: Sequence[Word], options: Sequence[str]) -> tuple[Word, ...]:
            return tuple(replace(w, sure=w.sure or w.ours in options) for w in words)

        for at, one in enumerate(self._found.columns):
            codes = confirmed(one.codes, ours[one.ours].options if one.codes else ())
            flags = confirmed(one.flags, ours["red_flags"].options if one.flags else ())
            if (codes, flags) != (one.codes, one.flags):
                self._changed(at, replace(one, codes=codes, flags=flags))
                self._show_row(at)
        self._answered()

    def _answered(self) -> None:
        """Show what the answers so far make of the file."""
        self._show_constants()
        waiting = [w for one in self._found.columns for w in (*one.codes, *one.flags) if not w.sure]
        self._suggested.layout.display = None if any(w.ours for w in waiting) else "none"
        rows, wrong = preview(self._found.file, self._raw, self._text)
        asked = [f"To decide: {question}." for question in self._found.questions]
        self._preview.show(
            paragraphs([*asked, *wrong.splitlines()], "cs-loader")
            + table(rows, "The first rows as they will be read")
        )
        self._button.disabled = not rows
        self._link.show(download("mapping.toml", self._text.encode()))

    def _show_constants(self) -> None:
        """A field for each of our columns that no column of the file is."""
        lacking = self._found.lacking
        if [field.name_of for field in self._constants.children] != lacking:
            self._constants.children = [self._constant(name) for name in lacking]

    def _constant(self, name: str) -> Any:
        column, unknown = SCHEMAS[self._found.table].columns[name], self._found.unknown(name)
        field = ipywidgets.Text(
            description=f"{name} of every row (no column holds it)",
            value=self._found.constants.get(name, ""),
            placeholder="empty: not known" if unknown else column.expected,
            continuous_update=False,
        )
        field.name_of = name

        def typed(change: Mapping[str, Any]) -> None:
            given = {**self._found.constants, name: change["new"].strip()}
            given = {one: word for one, word in given.items() if word}
            self._found = replace(self._found, constants=given)
            self._answered()

        field.observe(typed, "value")
        return field


def _plainly(code: str) -> str:
    return code.replace("_", " ")
