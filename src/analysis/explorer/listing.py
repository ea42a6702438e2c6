"""The list as a table to work in: sort, search, filter, pick a program, change it, solve again."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import ipywidgets
import pandas as pd

from analysis.explorer.controls import Panel, box, button, heading, paragraphs, plain
from analysis.text.labels import POLICIES
from analysis.views.case import Case
from analysis.views.desk import Desk, ListOf, policies_to_confirm, program_card

ANY = "Any"
SHOWN = {
    "On the list": lambda rows: rows["On list"] == "yes",
    "All programs": lambda rows: rows["On list"] != "",
    "Optional: next to add": lambda rows: rows["On list"] == "optional",
    "Not on the list": lambda rows: rows["On list"] != "yes",
    "Pinned, excluded or marked": lambda rows: rows["Marks"] != "",
}
FILTERS = ("State", "Type", "Group")
TIES = [("none", ""), ("home program", "home"), ("rotation", "rotation"), ("contact", "contact")]
SIGNALS = [("as the model chooses", ""), ("gold", "gold"), ("silver", "silver")]
NOT_IN_THE_TABLE = ["Why", "Group"]  # the card says why; a group is a filter, and the chance
SORTS_ON_A_CLICK: Any = {"text_in_header_can_be_selected": False}
NONE = "Choose a program"


class Listing:
    """The tab of the list."""

    def __init__(self, now: Callable[[], Case], changed: Callable[[Case], None]) -> None:
        self._now, self._changed = now, changed
        self._case: Case | None = None
        self._desk: Desk | None = None
        self._listed: ListOf | None = None
        self._chosen = ""
        self._shown: list[str] = []
        self._quiet = False
        self._stale = True
        self.visible = False
        # What was sorted and searched, so that it stays when the list is made again.
        self.sorted: list[str] = []
        self.searched = ""
        self.sentences = Panel("cs-said-of-list")
        self.show_which = ipywidgets.Dropdown(description="Show", options=list(SHOWN))
        self.filters = {
            name: ipywidgets.Dropdown(description=name, options=[ANY]) for name in FILTERS
        }
        for widget in (self.show_which, *self.filters.values()):
            widget.observe(lambda _: self._draw(), "value")
        self.table = self._new_table()
        # The way to a card for a keyboard, and for a thumb.
        self.program = ipywidgets.Dropdown(description="Program", options=[(NONE, "")])
        self.program.observe(self._picked, "value")
        self.title = Panel("cs-title")
        self.card = Panel("cs-card")
        self.pin = button("Pin to the list", self._pin)
        self.exclude = button("Exclude program", self._exclude)
        self.exclude_state = button("Exclude state", self._exclude_state)
        self.tie = ipywidgets.Dropdown(description="Tie", options=TIES)
        self.signal = ipywidgets.Dropdown(description="Signal", options=SIGNALS)
        self.tie.observe(self._marked, "value")
        self.signal.observe(self._marked, "value")
        self.policies = {
            column: ipywidgets.Dropdown(
                description=f"Confirmed: {name}", options=[("not yet", ""), *answers]
            )
            for column, (name, answers) in POLICIES.items()
        }
        for column, widget in self.policies.items():
            widget.observe(lambda change, column=column: self._confirm(column, change), "value")
        actions = [self.pin, self.exclude, self.exclude_state, self.tie, self.signal]
        self.actions = box("cs-acts", *actions, *self.policies.values())
        self.aside = box("cs-aside", self.title.widget, self.actions, self.card.widget)
        asked = (self.show_which, *self.filters.values(), self.program)
        bar = box("cs-filters", *asked, way=ipywidgets.HBox)
        both = box("cs-list-and-card", self.table, self.aside)
        self.box = box("cs-list", self.sentences.widget, bar, both)
        self._fill_card()

    def _new_table(self) -> Any:
        from itables.widget import ITable  # a page needs it, other commands do not

        return ITable(
            pd.DataFrame({"Program": []}),
            caption="Programs",
            # The page itself hears a click, by the program's id: the number of a row may be
            # another program's by the time it arrives here.
            select={"style": "api"},
            selected_rows=[],
            showIndex=False,
            paging=False,
            scrollY="max(260px, calc(100vh - 560px))",
            scrollCollapse=True,
            scrollX=True,
            classes="display compact cs-rows",
            style="width:100%",
            maxBytes=0,
            allow_html=False,
            **SORTS_ON_A_CLICK,
            warn_on_selected_rows_not_rendered=False,
            layout={"topStart": "info", "topEnd": "search", "bottomStart": None, "bottomEnd": None},
            language={"info": "_TOTAL_ programs", "search": "Search the table", "infoEmpty": ""},
        )

    def show(self, case: Case, desk: Desk, listed: ListOf) -> None:
        """Show a case's programs; the table itself only where its tab is open."""
        self._case, self._desk, self._listed = case, desk, listed
        self.sentences.show(paragraphs([" ".join(listed.sentences)]))
        self._stale = True
        if self.visible:
            self.open()

    def clear(self) -> None:
        """Show no program: there is no answer."""
        self._listed, self._case, self._chosen = None, None, ""
        self.sentences.show("")
        self._stale = True
        self._draw()
        self._fill_card()

    def open(self) -> None:
        """The tab is open from now on."""
        self.visible = True
        if self._stale:
            self._fill_filters()
            self._draw()
            self._fill_card()

    def _fill_filters(self) -> None:
        rows = pd.DataFrame() if self._listed is None else self._listed.programs
        self._quiet = True
        for name, widget in self.filters.items():
            values = sorted({str(v) for v in rows[name] if v}) if len(rows) else []
            if list(widget.options) != [ANY, *values]:
                kept = widget.value
                widget.options = [ANY, *values]
                widget.value = kept if kept in values else ANY
        self._quiet = False

    def _draw(self) -> None:
        if self._quiet:
            return
        rows = pd.DataFrame({"Program": []}) if self._listed is None else self._listed.programs
        if len(rows):
            rows = rows[SHOWN[self.show_which.value](rows)]
            for name, widget in self.filters.items():
                if widget.value != ANY:
                    rows = rows[rows[name] == widget.value]
        self._shown = [str(one) for one in rows.index]
        self._quiet = True
        alike = (
            ["On list"] if self.show_which.value in {"On the list", "Optional: next to add"} else []
        )
        shown = rows.drop(columns=[*NOT_IN_THE_TABLE, *alike], errors="ignore")
        # The last cell of a row says whose it is; page.js reads it there.
        shown = shown.assign(Id=self._shown).map(_cell).reset_index(drop=True)
        name, way = self.sorted or ("", "")
        self.table.update(
            shown,
            selected_rows=self._marked_row(),
            order=[[shown.columns.get_loc(name), way]] if name in shown else [],
            search={"search": self.searched},
            **SORTS_ON_A_CLICK,
        )
        names = [plain(name) for name in rows["Program"]]
        self.program.options = [(NONE, ""), *zip(names, self._shown, strict=True)]
        self.program.value = self._chosen if self._chosen in self._shown else ""
        self._quiet = self._stale = False

    def _marked_row(self) -> list[int]:
        return [self._shown.index(self._chosen)] if self._chosen in self._shown else []

    def _picked(self, change: Any) -> None:
        if not self._quiet:
            self.choose(change["new"])

    def choose(self, program_id: str) -> None:
        """Show the card of a program, by its id as the table shows it."""
        known = [] if self._listed is None else self._listed.programs.index
        self._chosen = next((one for one in known if plain(one) == program_id), "")
        self._quiet = True
        self.program.value = self._chosen if self._chosen in self._shown else ""
        self.table.selected_rows = self._marked_row()
        self._quiet = False
        self._fill_card()

    def _fill_card(self) -> None:
        listed, case, desk = self._listed, self._case, self._desk
        known = listed is not None and self._chosen and self._chosen in listed.programs.index
        self.aside.layout.display = None if known else "none"
        if not known or listed is None or case is None or desk is None:
            self.title.show("")
            self.card.show("")
            return
        row = listed.programs.loc[self._chosen]
        told = "".join(
            f"<dt>{html.escape(name)}</dt><dd>{html.escape(plain(words))}</dd>"
            for name, words in program_card(case, desk, listed, self._chosen).items()
        )
        self.title.show(heading(str(row["Program"]), 3))
        self.card.show(f"<dl>{told}</dl>")
        self._quiet = True
        pinned, excluded = self._chosen in case.must_apply, self._chosen in case.never_apply
        self.pin.description = "Unpin" if pinned else "Pin to the list"
        self.exclude.description = "Allow program again" if excluded else "Exclude program"
        state = row["State"]
        self.exclude_state.description = (
            f"Allow {state} again" if state in case.exclude_states else f"Exclude {state}"
        )
        mark = next((m for m in case.marks if m[0] == self._chosen), None)
        tie = next((t for t in str(row["Marks"]).split(", ") if t in dict(TIES).values()), "")
        self.tie.value = mark[1] if mark else tie
        self.signal.value = mark[2] if mark else ""
        asked = policies_to_confirm(case, desk, self._chosen)
        confirmed = {column: value for one, column, value in case.confirmed if one == self._chosen}
        for column, widget in self.policies.items():
            widget.layout.display = None if column in asked else "none"
            values = [value for _, value in widget.options]
            value = confirmed.get(column, "")
            widget.value = value if value in values else ""
        self._quiet = False

    # What a person does

    def _change(self, **changes: Any) -> None:
        self._changed(replace(self._now(), **changes))

    def _toggled(self, name: str, value: str, other: str) -> None:
        # By what the button said when it was pressed.
        here = self._case is not None and value in getattr(self._case, name)
        case = self._now()
        without = {n: tuple(x for x in getattr(case, n) if x != value) for n in (name, other)}
        self._change(**{**without, name: without[name] if here else (*without[name], value)})

    def _pin(self, _: Any) -> None:
        self._toggled("must_apply", self._chosen, "never_apply")

    def _exclude(self, _: Any) -> None:
        self._toggled("never_apply", self._chosen, "must_apply")

    def _exclude_state(self, _: Any) -> None:
        if self._listed is not None:
            state = str(self._listed.programs.loc[self._chosen, "State"])
            self._toggled("exclude_states", state, "preferred_states")

    def _marked(self, _: Any) -> None:
        if not self._quiet and self._case is not None:
            rest = tuple(mark for mark in self._now().marks if mark[0] != self._chosen)
            own = (self._chosen, self.tie.value or "", self.signal.value or "")
            self._change(marks=(*rest, own))

    def _confirm(self, column: str, change: Any) -> None:
        if self._quiet or self._case is None:
            return
        rest = tuple(one for one in self._now().confirmed if one[:2] != (self._chosen, column))
        own = ((self._chosen, column, str(change["new"])),) if change["new"] else ()
        self._change(confirmed=(*rest, *own))


def _cell(value: Any) -> Any:
    return plain(value) if isinstance(value, str) else value
