"""The page: a case's controls, and what it comes to, each following the other."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Mapping
from functools import wraps
from importlib.resources import files
from typing import Any, TypeVar

import ipywidgets

from analysis.errors import CountersignalError
from analysis.explorer.cases import LAST, Cases, History, Steps
from analysis.explorer.controls import Controls, Panel, box, button, paragraphs, plain
from analysis.explorer.listing import Listing
from analysis.explorer.results import CONTROLS, Chart, Kept, Results, face_rules, state_grid
from analysis.explorer.saving import Saving, Taken
from analysis.explorer.uploads import Files, browser, too_large
from analysis.text import sentence
from analysis.views.case import Case, case_from_json, case_json, case_of_row
from analysis.views.desk import (
    Desk,
    ListOf,
    Standing,
    beside_graduates,
    list_of,
    standing_of,
)

MOST_LISTS = 32
PAUSE = 0.01  # seconds without a change before the list is made
BASE = "The base case"
TABS = ("Results", "List", "Charts", "Data", "Compare")
TYPED, TYPED_WORDS = "typed", "A typed profile"
TYPED_SCORE = 250.0
FILES_GONE = (
    "These files, handed in on this tab, are no longer here: {}. Hand them in again; your cases "
    "are kept and come back with them."
)
Step = Callable[[], None]
T = TypeVar("T")


def guarded(method: Callable[..., None]) -> Callable[..., None]:
    """Show an error on the page; its text never reaches a log."""

    @wraps(method)
    def safe(self: Explorer, *arguments: Any) -> None:
        try:
            method(self, *arguments)
        except CountersignalError as error:
            self.show_trouble(str(error))
        except Exception as error:
            kind = type(error).__name__
            self.show_trouble(f"An error of the program itself ({kind}): undo, go on.")

    return safe


class Explorer:
    """A case with its controls and results."""

    listing: Listing

    def __init__(
        self, students_csv: str, programs_csv: str, preferences_csv: str, assumptions_toml: str
    ) -> None:
        paths = {"students": students_csv, "programs": programs_csv}
        paths |= {"preferences": preferences_csv, "assumptions": assumptions_toml}
        self.files = Files(paths, self._taken, self._file_read)
        self.desk = self.files.read()
        self.browser = browser()
        self.browser.observe(self._asked, "asked")
        self.browser.observe(self._opened, "opened")
        self.browser.observe(self._refused, "refused")
        self.browser.observe(lambda change: self.listing.choose(change["new"][0]), "picked")
        for name in ("sorted", "searched"):
            self.browser.observe(
                lambda change: setattr(self.listing, change["name"], change["new"]), name
            )
        self.results = Results()
        self.banner = Panel("cs-banner")
        self.controls = Controls(self.desk, self._changed)
        self.listing = Listing(lambda: self.history.now, self._from_list)
        self.cases = Cases(
            lambda: self.history.now,
            self._frozen,
            self._from_list,
            self._settle_again,
            self._file_read,
        )
        self.saving = Saving(
            self._as_taken,
            lambda: self._list_of(self.history.now),
            lambda: self.cases.text(),
            lambda: self.files.folder,
            self._all_charts,
        )
        # The cases of each student, so that a change of student loses nothing.
        self._histories: dict[str, History] = {}
        # The cases of rows that the files in use do not have, by row: ids may be those of others.
        self._aside: dict[Case, History] = {}
        self._lists: dict[Case, ListOf] = {}
        self._standings: dict[Case, Standing] = {}
        self._steps = Steps()
        self._quiet = False
        self._base = self._beside = Kept(BASE, {}, {})
        self.student = ipywidgets.Dropdown(description="Student")
        self.student.observe(self._picked, "value")
        self.undo_button = button("Undo", self._undo)
        self.base_button = button("Back to the base case", self._to_base)
        self.again_button = button("Open the case you left", self._to_left_open)
        self.beside = ipywidgets.Dropdown(description="Beside it", options=[BASE])
        self.beside.observe(lambda _: None if self._quiet else self._settle_again(), "value")
        self.names = ipywidgets.Checkbox(
            description="Names in the list of students (else ids)", value=True, indent=False
        )
        self.names.observe(self._named_or_not, "value")
        self.view = self._laid_out()
        self._begin()

    def _ids(self) -> list[str]:
        return [*(str(one) for one in self.desk.students["student_id"]), TYPED]

    def _case_of(self, student_id: str) -> Case:
        if student_id == TYPED:
            known = [*self.desk.programs["specialty"], *self.desk.assumptions.season]
            return Case(TYPED, (str(known[0]),), TYPED_SCORE)
        rows = self.desk.students
        return case_of_row(rows[rows["student_id"] == student_id].iloc[0].to_dict())

    def _history_of(self, student_id: str) -> History:
        if student_id not in self._histories:
            self._histories[student_id] = History(self._case_of(student_id))
        return self._histories[student_id]

    def _all_charts(self) -> Mapping[str, Chart]:
        """Every chart of the case, those of a closed tab too; none without an answer."""
        if self.results.charts["chances-by-flag"].drawn:
            self._draw_charts()
        return self.results.charts

    def _as_taken(self) -> tuple[Taken, Desk]:
        base = self.history.base
        typed = base.student_id == TYPED
        return Taken.of(self.history.now, base, typed=typed), self.desk

    # What a person does

    @guarded
    def _changed(self, case: Case) -> None:
        self.history.take(case)
        self._refresh()

    @guarded
    def _picked(self, change: Any) -> None:
        if change["new"] is not None:
            self._start(self._history_of(change["new"]))

    @guarded
    def _named_or_not(self, _: Any) -> None:
        self._fill_students(self.student.value)
        self._remember()

    @guarded
    def _undo(self, _: Any = None) -> None:
        self.controls.show(self.history.undo())
        self._refresh()

    @guarded
    def _to_base(self, _: Any = None) -> None:
        self.controls.show(self.history.to_base())
        self._refresh()

    @guarded
    def _to_left_open(self, _: Any = None) -> None:
        if self.cases.left_open is not None:
            self._from_list(self.cases.left_open)

    @guarded
    def _from_list(self, case: Case) -> None:
        """Go on with a case that a program's card, or a kept case, gives."""
        self.history.take(case)
        self.controls.show(case)
        self._refresh()

    @guarded
    def _settle_again(self) -> None:
        self._settle()

    @guarded
    def _taken(self, desk: Desk, table: str) -> None:
        """Go on with other tables: with the same student, unless the class is another."""
        self.desk = desk
        self._lists.clear()
        self._standings.clear()
        self._aside |= self._changed_rows()
        self._histories = {}
        self._come_back()
        chosen = self.student.value
        if table == "students" or chosen not in self._ids():
            chosen = self._ids()[0]
        self._begin(chosen)

    def _come_back(self) -> None:
        """Go on with what was laid aside: a typed profile, and cases of the very same row."""
        ids = self._ids()
        for base in list(self._aside):
            student_id = base.student_id
            if student_id in ids and (student_id == TYPED or base == self._case_of(student_id)):
                self._histories[student_id] = self._aside.pop(base)

    def _changed_rows(self) -> dict[Case, History]:
        return {one.base: one for one in self._histories.values() if one.can_undo}

    @guarded
    def _begin(self, student_id: str | None = None) -> None:
        told = sentence("page/files", made_up=self.desk.made_up, files=self.desk.sources)
        self.banner.show(paragraphs([told], self._kind_of_data()))
        self.files.sample.layout.display = None if self.files.handed_in() else "none"
        self.controls.lay(self.desk)
        chosen = student_id or self._ids()[0]
        self._fill_students(chosen)
        self._start(self._history_of(chosen))

    def _kind_of_data(self) -> str:
        if self.desk.made_up:
            return "cs-made-up"
        incomplete = self.desk.students.empty or self.desk.programs.empty
        refused = any(source.refused for source in self.desk.sources)
        return "cs-incomplete" if incomplete or refused else "cs-own"

    # What the browser says

    def _asked(self, _: Any) -> None:
        if not self.browser.busy:
            self._answer()

    def _answer(self) -> None:
        with self.browser.hold_sync():
            self.browser.busy = False
            self.browser.answered = self.browser.asked

    def _file_read(self) -> None:
        self.browser.taken += 1

    def _refused(self, change: Any) -> None:
        if change["new"]:
            self.files.say(too_large(str(change["new"][0]), int(change["new"][1])))

    @guarded
    def _opened(self, change: Any) -> None:
        """Go on with the cases that the tab has kept."""
        try:
            kept = json.loads(change["new"] or "{}")
        except ValueError:
            return
        for case in kept.get("histories", ()):
            base, *steps = map(case_from_json, case)
            self._aside[base] = History(base, steps)
        if gone := self.files.take_over(kept.get("files", {})):
            self.files.say(FILES_GONE.format(", ".join(gone)))
        self._come_back()
        chosen = kept.get("student")
        if chosen in self._ids():
            self._fill_students(chosen)
            self._start(self._history_of(chosen))
        self.names.value = not kept.get("ids_only", False)

    def _remember(self) -> None:
        kept = {
            "student": self.history.base.student_id,
            "histories": [
                [case_json(case) for case in history.steps()]
                for history in {**self._aside, **self._changed_rows()}.values()
            ],
            "files": self.files.handed_in(),
            "ids_only": not self.names.value,
        }
        self.browser.kept = json.dumps(kept)

    def show_trouble(self, message: str) -> None:
        """Say why there is no answer, and show nothing of another."""
        self.results.show_trouble(message)
        self.listing.clear()
        self.cases.table.show("")
        self.saving.forget()

    # What follows

    @guarded
    def _start(self, history: History) -> None:
        """Go on with a student's case; the numbers of the base case stand beside it."""
        self.history = history
        self.controls.show(history.now)
        self.cases.begin(history.base)
        self._settle()

    def _frozen(self, name: str, case: Case) -> Kept:
        """The numbers of a case that stays beside the one that is shown."""
        try:
            listed = self._list_of(case)
            return Kept(name, self._standing_of(case).rows, listed.rows, listed.names)
        except CountersignalError:
            return Kept(name, {}, {})

    def _list_of(self, case: Case) -> ListOf:
        return _kept(self._lists, case, lambda: list_of(case, self.desk))

    def _standing_of(self, case: Case) -> Standing:
        return _kept(self._standings, case, lambda: standing_of(case, self.desk))

    def _refresh(self) -> None:
        """Show the quick numbers at once; the list follows when nothing more is changed."""
        self._steps.drop()
        self.browser.busy = True
        self._remember()
        try:
            self._quick()
        except Exception:
            self._answer()
            raise
        # Nobody waits for what is kept on disk.
        keep = self._safe(self.cases.show)
        self._steps.follow(PAUSE, [*self._slow(), self._answer, keep])

    def _settle(self) -> None:
        """Show everything at once."""
        self._steps.drop()
        self._remember()
        try:
            self._quick()
            for step in self._slow(guard=False):
                step()
            self.cases.show()
        finally:
            self._answer()

    def _quick(self) -> None:
        case = self.history.now
        standing = self._standing_of(case)
        self._beside = self._chosen_beside()
        self.results.compare(beside_graduates(case, self.desk, standing.by_flag))
        self.results.show_standing(standing, self._beside)
        self.results.draw_standing(standing)
        self.saving.forget()
        left_open = self.cases.left_open if case == self.history.base else None
        self.again_button.layout.display = None if left_open else "none"
        self.undo_button.disabled = not self.history.can_undo
        self.base_button.disabled = case == self.history.base

    def _chosen_beside(self) -> Kept:
        """The base case, or a kept one, whose numbers stand beside those of the case."""
        names = [BASE, *(name for name in self.cases.named if name != LAST)]
        if list(self.beside.options) != names:
            chosen = self.beside.value
            self._quiet = True
            self.beside.options = names
            self.beside.value = chosen if chosen in names else BASE
            self._quiet = False
        name = self.beside.value
        kept = self.cases.named.get(name)
        return self._frozen(name, kept.case if kept else self.history.base)

    def _slow(self, *, guard: bool = True) -> list[Step]:
        case = self.history.now
        made: list[ListOf] = []

        def make() -> None:
            made.append(self._list_of(case))
            self.results.show_list(made[0], self._beside)
            name = f"{self._named(case.student_id)}: {' and '.join(case.specialty)}"
            self.results.show_paper(name, self._as_taken()[0].changed, made[0])

        flat = self.desk.assumptions.value("list.flat_gain")
        steps: list[Step] = [
            make,
            lambda: self.results.draw_applications(made[0], flat),
            lambda: self.listing.show(case, self.desk, made[0]),
            self._draw_open_tab,
        ]
        return [self._safe(step) for step in steps] if guard else steps

    def _safe(self, step: Step) -> Step:
        @guarded
        def run(self: Explorer) -> None:
            try:
                step()
            except Exception:
                self._steps.drop()
                self._answer()
                raise

        return lambda: run(self)

    # How it looks

    def _named(self, student_id: str) -> str:
        """Words of a student in the picker: the name with the id, or the id alone."""
        if student_id == TYPED:
            return TYPED_WORDS
        rows = self.desk.students
        name = rows.loc[rows["student_id"] == student_id].get("name")
        known = self.names.value and name is not None and isinstance(name.iloc[0], str)
        return plain(f"{name.iloc[0]} ({student_id})") if known else plain(student_id)

    def _fill_students(self, chosen: str) -> None:
        options = [(self._named(one), one) for one in self._ids()]
        self.student.unobserve(self._picked, "value")
        self.student.options = options
        self.student.value = chosen
        self.student.observe(self._picked, "value")

    def _draw_open_tab(self) -> None:
        """What only its own tab shows is drawn when that is open."""
        if self.tabs.selected_index == TABS.index("Compare"):
            self.cases.draw()
        if self.tabs.selected_index == TABS.index("Charts"):
            self._draw_charts()
            self.results.states.show(state_grid(self._list_of(self.history.now)))

    def _draw_charts(self) -> None:
        self.results.draw_weights(self._standing_of(self.history.now))
        listed = self._list_of(self.history.now)
        self.results.draw_programs(listed)
        self.results.draw_curve(listed)

    @guarded
    def _turned(self, change: Any) -> None:
        self.listing.visible = change["new"] == TABS.index("List")
        if self.listing.visible:
            self.listing.open()
        self._draw_open_tab()

    def _laid_out(self) -> Any:
        results = self.results
        charts = {name: chart.panel.widget for name, chart in results.charts.items()}
        look = files("analysis.explorer").joinpath("page.css").read_text(encoding="utf-8")
        first = box("cs-charts", charts.pop("chances-by-flag"), charts.pop("applications"))
        contents = {
            "Results": box("cs-tab", results.moved.widget, first, results.numbers.widget),
            "List": self.listing.box,
            "Charts": box("cs-tab", box("cs-charts", *charts.values()), results.states.widget),
            "Data": box(
                "cs-tab cs-columns",
                self.files.box,
                self.saving.box,
                self.files.editor.box,
                self.names,
            ),
            "Compare": self.cases.box,
        }
        self.tabs = ipywidgets.Tab(list(contents.values()), titles=list(contents))
        self.tabs.add_class("cs-tabs")
        self.tabs.observe(self._turned, "selected_index")
        self.tabs.selected_index = 0
        bar = [self.student, self.undo_button, self.base_button, self.again_button, self.beside]
        return box(
            "cs-page",
            ipywidgets.HTML(f"<style>{face_rules()}{look}</style>"),
            self.browser,
            self.banner.widget,
            box("cs-bar", *bar),
            box(
                "cs-body",
                results.keys.widget,
                box("cs-side", ipywidgets.HTML(CONTROLS), self.controls.box),
                box("cs-main", self.tabs),
            ),
            results.paper.widget,
        )


def _kept(cache: dict[Case, T], case: Case, make: Callable[[], T]) -> T:
    """What was made of a case, made once; the oldest is forgotten where there are many."""
    if case not in cache:
        made = make()
        if len(cache) >= MOST_LISTS:
            del cache[next(iter(cache))]
        cache[case] = made
    return cache[case]


def explore(
    students_csv: str,
    programs_csv: str,
    preferences_csv: str = "",
    assumptions_toml: str = "",
) -> Any:
    """Show the page in a notebook; it follows what is changed on it."""
    page = Explorer(students_csv, programs_csv, preferences_csv, assumptions_toml)
    # What stands now stays: a search through it for garbage would take a tenth of a second, now and
    # then, between a key press and its answer.
    gc.collect()
    gc.freeze()
    return page.view
