"""The page: a case's controls, and what it comes to, each following the other."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import wraps
from importlib.resources import files
from typing import Any

import ipywidgets

from analysis.answers.case import Case, case_of_row, differences
from analysis.answers.exploring import Desk, ListOf, list_of, standing_of
from analysis.errors import CountersignalError
from analysis.explorer.boxes import plain
from analysis.explorer.controls import Controls
from analysis.explorer.history import History, Steps
from analysis.explorer.pictures import face_rules
from analysis.explorer.results import Kept, Results
from analysis.explorer.saving import Saving
from analysis.explorer.uploads import Files

__all__ = ["Explorer", "explore"]

PAUSE = 0.01  # seconds without a change before the list is made
BASE, KEPT = "The base case", "The kept case"
TYPED, TYPED_WORDS = "typed", "A typed profile"
TYPED_SCORE = 250.0
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
    """A case with its controls and results."""

    def __init__(
        self, students_csv: str, programs_csv: str, preferences_csv: str, assumptions_toml: str
    ) -> None:
        paths = {"students": students_csv, "programs": programs_csv}
        paths |= {"preferences": preferences_csv, "assumptions": assumptions_toml}
        self.files = Files(paths, self._taken)
        self.desk = self.files.read()
        self.results = Results()
        self.controls = Controls(self.desk, self._changed)
        self.saving = Saving(lambda: (self.history.now, self.desk), self.files, self.results.charts)
        self.history = History(self._case_of(self._ids()[0]))
        self._steps = Steps()
        self._base = self._beside = Kept(BASE, {}, {})
        self._kept_case: Case | None = None
        self.student = ipywidgets.Dropdown(description="Student")
        self.student.observe(self._picked, "value")
        self._fill_students(self._ids()[0])
        self.undo_button = _button("Undo", self._undo)
        self.base_button = _button("Back to the base case", self._to_base)
        self.keep_button = _button("Compare with this case", self._keep)
        self.drop_button = _button("End the comparison", self._drop_kept)
        self.view = self._laid_out()
        self._start(self.history.base)

    def _ids(self) -> list[str]:
        return [str(one) for one in self.desk.students["student_id"]]

    def _case_of(self, student_id: str) -> Case:
        if student_id == TYPED:
            first = str(self.desk.programs["specialty"].iloc[0])
            return Case(TYPED, (first,), TYPED_SCORE)
        rows = self.desk.students
        return case_of_row(rows[rows["student_id"] == student_id].iloc[0].to_dict())

    # What a person does

    @guarded
    def _changed(self, case: Case) -> None:
        self.history.take(case)
        self._refresh()

    @guarded
    def _picked(self, change: Any) -> None:
        if change["new"] is not None:
            self._start(self._case_of(change["new"]))

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
        self.controls.lay(desk)
        first = self._ids()[0]
        self._fill_students(first if table == "students" else self.student.value)
        self._start(self._case_of(self.student.value))

    # What follows

    @guarded
    def _start(self, base: Case) -> None:
        """Begin with a base case; its own numbers stand beside it."""
        self.history = History(base)
        self.controls.show(base)
        for own in (Kept(BASE, {}, {}), None):
            self._base = own or self.results.keep(BASE)
            if self._kept_case is None:
                self._beside = self._base
            self._settle()

    def _refresh(self) -> None:
        """Show the quick numbers at once; the list follows when nothing more is changed."""
        self._steps.drop()
        self._quick()
        self._steps.follow(PAUSE, self._slow())

    def _settle(self) -> None:
        """Show everything at once."""
        self._steps.drop()
        self._quick()
        for step in self._slow(guard=False):
            step()

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
            made.append(list_of(case, self.desk))
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
                raise

        return lambda: run(self)

    # How it looks

    def _fill_students(self, chosen: str) -> None:
        options = [*((plain(one), one) for one in self._ids()), (TYPED_WORDS, TYPED)]
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
    from IPython.display import Javascript, display

    page = Explorer(students_csv, programs_csv, preferences_csv, assumptions_toml)
    script = files("analysis.explorer").joinpath("page.js").read_text(encoding="utf-8")
    display(Javascript(script))
    # What stands now stays: a search through it for garbage would take a tenth of a second, now and
    # then, between a key press and its answer.
    gc.collect()
    gc.freeze()
    return page.view
