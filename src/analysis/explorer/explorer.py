"""The page: a case's controls, and what it comes to, each following the other."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from functools import wraps
from importlib.resources import files
from typing import Any

import ipywidgets

from analysis.answers.case import Case, case_from_json, case_json, case_of_row, differences
from analysis.answers.exploring import Desk, ListOf, list_of, standing_of, whose_data
from analysis.errors import CountersignalError
from analysis.explorer.boxes import Panel, paragraphs, plain
from analysis.explorer.browser import browser
from analysis.explorer.controls import Controls
from analysis.explorer.history import History, Steps
from analysis.explorer.pictures import face_rules
from analysis.explorer.results import Kept, Results
from analysis.explorer.saving import Saving, Taken
from analysis.explorer.uploads import Files, too_large

__all__ = ["Explorer", "explore"]

MOST_LISTS = 32
PAUSE = 0.01  # seconds without a change before the list is made
BASE, KEPT = "The base case", "The kept case"
TYPED, TYPED_WORDS = "typed", "A typed profile"
TYPED_SCORE = 250.0
FILES_GONE = (
    "The files that this tab worked with are no longer here: {}. Hand them in again; your cases "
    "are kept and come back with them."
)
Step = Callable[[], None]


def guarded(method: Callable[..., None]) -> Callable[..., None]:
    """Show an error on the page; its text never reaches a log."""

    @wraps(method)
    def safe(self: Explorer, *arguments: Any) -> None:
        try:
            method(self, *arguments)
        except CountersignalError as error:
            self.results.show_trouble(str(error))
        except Exception as error:
            kind = type(error).__name__
            self.results.show_trouble(f"An error of the program itself ({kind}): undo, go on.")

    return safe


class Explorer:
    """A case with its controls and results.

    Parameters
    ----------
    students_csv, programs_csv, preferences_csv, assumptions_toml : str
        Paths from the project root; preferences and assumptions may be "".
    """

    def __init__(
        self, students_csv: str, programs_csv: str, preferences_csv: str, assumptions_toml: str
    ) -> None:
        paths = {"students": students_csv, "programs": programs_csv}
        paths |= {"preferences": preferences_csv, "assumptions": assumptions_toml}
        self.files = Files(paths, self._taken)
        self.desk = self.files.read()
        self.browser = browser()
        self.browser.observe(self._asked, "asked")
        self.browser.observe(self._opened, "opened")
        self.browser.observe(self._refused, "refused")
        self.results = Results()
        self.banner = Panel("cs-banner")
        self.controls = Controls(self.desk, self._changed)
        self.saving = Saving(self._as_taken, lambda: self.files.folder, self.results.charts)
        # The cases of each student, so that a change of student loses nothing.
        self._histories: dict[str, History] = {}
        # Cases of students, or of rows, that the files in use do not have.
        self._aside: dict[str, list[Any]] = {}
        self._lists: dict[Case, ListOf] = {}
        self._steps = Steps()
        self._base = self._beside = Kept(BASE, {}, {})
        self._kept_case: Case | None = None
        self.student = ipywidgets.Dropdown(description="Student")
        self.student.observe(self._picked, "value")
        self.undo_button = _button("Undo", self._undo)
        self.base_button = _button("Back to the base case", self._to_base)
        self.keep_button = _button("Compare with this case", self._keep)
        self.drop_button = _button("End the comparison", self._drop_kept)
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
    def _undo(self, _: Any = None) -> None:
        self.controls.show(self.history.undo())
        self._refresh()

    @guarded
    def _to_base(self, _: Any = None) -> None:
        self.controls.show(self.history.to_base())
        self._refresh()

    @guarded
    def _keep(self, _: Any = None) -> None:
        self._settle()
        self._kept_case, self._beside = self.history.now, self.results.keep(KEPT)
        self._settle()

    @guarded
    def _drop_kept(self, _: Any = None) -> None:
        self._kept_case, self._beside = None, self._base
        self._settle()

    @guarded
    def _taken(self, desk: Desk, table: str) -> None:
        """Go on with other tables: with the same student, unless the class is another."""
        self.desk = desk
        self._lists.clear()
        self._aside |= self._kept_cases()
        self._histories = {}
        self._come_back()
        chosen = self.student.value
        if table == "students" or chosen not in self._ids() or chosen == TYPED:
            chosen = self._ids()[0]
        self._begin(chosen)

    def _come_back(self) -> None:
        """Go on with the cases that were laid aside, where the student's own row is the same."""
        for student_id in [one for one in self._aside if one in self._ids()]:
            base, *steps = [case_from_json(case) for case in self._aside[student_id]]
            if base == self._case_of(student_id):
                self._histories[student_id] = History(base, steps)
                del self._aside[student_id]

    def _kept_cases(self) -> dict[str, list[Any]]:
        return {
            one: [case_json(case) for case in history.steps()]
            for one, history in self._histories.items()
            if history.can_undo
        }

    @guarded
    def _begin(self, student_id: str | None = None) -> None:
        self.banner.show(paragraphs([whose_data(self.desk)], self._kind_of_data()))
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
        if not self._steps.waiting:
            self._answer()

    def _answer(self) -> None:
        with self.browser.hold_sync():
            self.browser.busy = False
            self.browser.answered = self.browser.asked

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
        self._aside |= kept.get("cases", {})
        if not self.files.take_over(kept.get("files", {})):
            self.files.lay_aside()
            self.files.say(FILES_GONE.format(", ".join(kept.get("names", ()))))
        self._come_back()
        chosen = kept.get("student")
        if chosen in self._ids():
            self._fill_students(chosen)
            self._start(self._history_of(chosen))

    def _remember(self) -> None:
        kept = {
            "student": self.history.base.student_id,
            "cases": {**self._aside, **self._kept_cases()},
            "files": self.files.handed_in(),
            "names": [source.name for source in self.desk.sources if source.name],
        }
        self.browser.kept = json.dumps(kept)

    # What follows

    @guarded
    def _start(self, history: History) -> None:
        """Go on with a student's case; the numbers of the base case stand beside it."""
        self.history = history
        self.controls.show(history.now)
        self._base = self._frozen(BASE, history.base)
        if self._kept_case is None:
            self._beside = self._base
        self._settle()

    def _frozen(self, name: str, case: Case) -> Kept:
        """The numbers of a case that stays beside the one that is shown."""
        try:
            listed = self._list_of(case)
            return Kept(name, standing_of(case, self.desk).rows, listed.rows, listed.names)
        except CountersignalError:
            return Kept(name, {}, {})

    def _list_of(self, case: Case) -> ListOf:
        if case not in self._lists:
            if len(self._lists) >= MOST_LISTS:
                del self._lists[next(iter(self._lists))]
            self._lists[case] = list_of(case, self.desk)
        return self._lists[case]

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
        self._steps.follow(PAUSE, [*self._slow(), self._answer])

    def _settle(self) -> None:
        """Show everything at once."""
        self._steps.drop()
        self._remember()
        try:
            self._quick()
            for step in self._slow(guard=False):
                step()
        finally:
            self._answer()

    def _quick(self) -> None:
        case = self.history.now
        standing = standing_of(case, self.desk)
        self.results.show_standing(standing, self._beside)
        self.results.draw_standing(standing)
        self.saving.forget()
        self.undo_button.disabled = not self.history.can_undo
        self.base_button.disabled = case == self.history.base
        self.drop_button.disabled = self._kept_case is None

    def _slow(self, *, guard: bool = True) -> list[Step]:
        case = self.history.now
        made: list[ListOf] = []

        def make() -> None:
            made.append(self._list_of(case))
            self.results.show_list(made[0], self._beside)

        def compare() -> None:
            kept = self._kept_case
            changes = [] if kept is None else differences(kept, case)
            self.results.show_kept(None if kept is None else self._beside, changes)

        steps: list[Step] = [
            make,
            lambda: self.results.draw_programs(made[0]),
            lambda: self.results.draw_curve(made[0]),
            compare,
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

    def _fill_students(self, chosen: str) -> None:
        options = [(TYPED_WORDS if one == TYPED else plain(one), one) for one in self._ids()]
        self.student.unobserve(self._picked, "value")
        self.student.options = options
        self.student.value = chosen
        self.student.observe(self._picked, "value")

    def _laid_out(self) -> Any:
        results = self.results
        pictures = [chart.panel.widget for chart in results.charts.values()]
        look = files("analysis.explorer").joinpath("page.css").read_text(encoding="utf-8")
        bar = [self.undo_button, self.base_button, self.keep_button, self.drop_button]
        shown = [_box("cs-charts", *pictures), results.kept.widget, results.listing.widget]
        side = [self.controls.box, self.files.box, self.saving.box]
        return _box(
            "cs-page",
            ipywidgets.HTML(f"<style>{face_rules()}{look}</style>"),
            self.browser,
            self.banner.widget,
            _box("cs-bar", self.student, *bar),
            _box(
                "cs-body",
                results.numbers.widget,
                _box("cs-side", *side),
                _box("cs-results", *shown),
            ),
        )


def _box(kind: str, *children: Any) -> Any:
    made = ipywidgets.VBox(list(children))
    made.add_class(kind)
    return made


def _button(words: str, clicked: Callable[[Any], None]) -> Any:
    made = ipywidgets.Button(description=words)
    made.on_click(clicked)
    return made


def explore(
    students_csv: str,
    programs_csv: str,
    preferences_csv: str = "",
    assumptions_toml: str = "",
) -> Any:
    """Show the page in a notebook.

    Parameters
    ----------
    students_csv, programs_csv, preferences_csv, assumptions_toml : str
        Paths from the project root; preferences and assumptions may be "".

    Returns
    -------
    Widget
        The page, which follows what is changed on it.

    Raises
    ------
    TableError
        If a file cannot be used.
    AssumptionError
        If the assumptions are not understood.
    """
    page = Explorer(students_csv, programs_csv, preferences_csv, assumptions_toml)
    # What stands now stays: a search through it for garbage would take a tenth of a second, now and
    # then, between a key press and its answer.
    gc.collect()
    gc.freeze()
    return page.view
