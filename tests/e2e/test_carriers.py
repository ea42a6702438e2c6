"""How many objects a student's row is handed on in, between students.csv and the PDF."""

import dataclasses
import sys
from collections.abc import Mapping
from pathlib import Path

import papermill

import analysis
from analysis.bundle import unpack
from analysis.inputs import Inputs
from analysis.paths import PROJECT_VARIABLE
from analysis.report.batch import run_batch

PACKAGE = str(Path(analysis.__file__).parent)
STUDENT = "S002"
# From where the file has been read to the finished PDF. Not counted: the whole table that the
# loader hands to `inputs` (RawRows), what the notebook computes, and the manifest afterwards.
ON_THE_WAY = {"cli", "inputs", "report", "workers"}


class InThisProcess:
    """Workers that are none: each task is done where it is asked for."""

    def __init__(self, folder, monkeypatch):
        self.folder, self.monkeypatch = folder, monkeypatch

    def results(self, work, tasks, files):
        unpack(files.content(), self.folder)
        self.monkeypatch.setenv(PROJECT_VARIABLE, str(self.folder))
        for task in tasks:
            yield task, work.function(task)


def room(frame):
    """Room of the nearest caller of ours; this file stands for the workers."""
    while frame is not None:
        name = frame.f_code.co_filename
        if name == __file__:
            return "workers"
        if name.startswith(PACKAGE):
            return Path(name).relative_to(PACKAGE).with_suffix("").parts[0]
        frame = frame.f_back
    return None


def holds(thing, text, deep=6):
    """Whether a text stands somewhere in an object."""
    if isinstance(thing, str):
        return text in thing
    if isinstance(thing, bytes):
        return text.encode() in thing
    if deep == 0:
        return False
    if dataclasses.is_dataclass(thing):
        return any(holds(getattr(thing, f.name), text, deep - 1) for f in dataclasses.fields(thing))
    if isinstance(thing, Mapping):
        thing = [*thing.keys(), *thing.values()]
    if isinstance(thing, (tuple, list, set, frozenset)):
        return any(holds(one, text, deep - 1) for one in thing)
    return False


class Carriers:
    """Types of ours that hold a student and pass from one room to another, while it is entered."""

    def __init__(self, student_id):
        self.student_id, self.found = student_id, set()

    def _look(self, thing):
        kind = type(thing)
        own = kind.__module__.startswith("analysis.") and dataclasses.is_dataclass(thing)
        if own and kind not in self.found and holds(thing, self.student_id):
            self.found.add(kind)
        if own and hasattr(thing, "pdf"):
            sys.setprofile(None)  # the walk ends with the PDF

    def _profile(self, frame, event, returned):
        if event not in ("call", "return") or not frame.f_code.co_filename.startswith(PACKAGE):
            return
        here, caller = room(frame), room(frame.f_back)
        if caller == here or here not in ON_THE_WAY or caller not in ON_THE_WAY | {None}:
            return
        if event == "return":
            self._look(returned)
            return
        names = frame.f_code.co_varnames[: frame.f_code.co_argcount]
        for name in names:
            if name in frame.f_locals:
                self._look(frame.f_locals[name])

    def __enter__(self):
        sys.setprofile(self._profile)
        return self

    def __exit__(self, *ended):
        sys.setprofile(None)


def test_a_row_is_handed_on_in_three_carriers(small_class, tmp_path, monkeypatch):
    place = tmp_path / "project"
    place.mkdir()
    students = tmp_path / "one.csv"
    lines = small_class.students.read_text("utf-8").splitlines()
    own = [line for line in lines if line.startswith(f"{STUDENT},")]
    students.write_text("\n".join([lines[0], *own]) + "\n", "utf-8")
    execute = papermill.execute_notebook

    def unwatched(*given, **options):
        """A notebook that runs: what it computes is not counted, and watching it takes long."""
        sys.setprofile(None)
        try:
            return execute(*given, **options)
        finally:
            sys.setprofile(seen._profile)

    monkeypatch.setattr(papermill, "execute_notebook", unwatched)
    with Carriers(STUDENT) as seen:
        inputs = Inputs.load(students, small_class.programs)
        manifest = run_batch(inputs, tmp_path / "out", InThisProcess(place, monkeypatch))
    assert manifest.students[STUDENT].outcome == "delivered"
    assert (tmp_path / "out" / f"{STUDENT}.pdf").exists()
    assert {kind.__name__ for kind in seen.found} == {"Inputs", "ReportJob", "Report"}


def test_a_further_carrier_would_be_found():
    from analysis.report.batch import is_all_delivered
    from analysis.report.folder import Manifest, Outcome

    manifest = Manifest("", {})
    manifest.students[STUDENT] = Outcome("delivered", 2)
    with Carriers(STUDENT) as seen:
        is_all_delivered(manifest)
    assert Manifest in seen.found
