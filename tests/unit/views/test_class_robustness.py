import pandas as pd
import pytest

from analysis.paths import from_root
from analysis.views import robustness
from analysis.views.class_robustness import class_robustness
from analysis.workers.work import TaskError, serialize
from tests.rendered import unpacked

STUDENTS = from_root("data/sample/students.csv")
PROGRAMS = from_root("data/sample/programs.csv")
FAST = ("robustness.variance_sample=32", "robustness.flip_steps=3")


def test_a_class_has_a_row_a_student_and_one_bad_list_costs_no_other(tmp_path):
    lines = STUDENTS.read_text(encoding="utf-8").splitlines()
    students = tmp_path / "students.csv"
    header = lines[0].split(",")
    wrong = lines[2].split(",")
    wrong[header.index("must_apply")] = "NOWHERE"
    students.write_text("\n".join([lines[0], lines[1], ",".join(wrong)]) + "\n")
    rows = class_robustness(students, PROGRAMS, overrides=FAST, draws=20).set_index("student_id")
    assert rows.index.tolist() == ["S001", "S002"]
    length = rows.loc["S001", "list_length"]
    assert 0 < rows.loc["S001", "kept_in_95_percent"] <= length <= 30
    assert rows.loc["S002", "list_length"] == 0
    assert "NOWHERE" in rows.loc["S002", "problem"]


@pytest.fixture
def four_students(tmp_path):
    lines = STUDENTS.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "students.csv"
    path.write_text("\n".join(lines[:5]) + "\n", encoding="utf-8")
    return path


class Nobody:
    """Workers that finish some students and lose the others."""

    def __init__(self, finished):
        self.finished, self.asked = finished, []

    def results(self, work, tasks, files=None):
        for task in tasks:
            self.asked.append(task.student_id)
            with unpacked(files):
                done = task.student_id in self.finished
                result = work.function(task) if done else TaskError("lost")
            yield task, result


def test_a_sweep_that_was_stopped_goes_on_where_it_was(four_students, tmp_path, monkeypatch):
    monkeypatch.setattr(robustness, "project_root", lambda: tmp_path)
    question = {"overrides": FAST, "draws": 20, "cached": True}
    first = Nobody({"S001", "S003"})
    rows = class_robustness(four_students, PROGRAMS, **question, workers=first)
    assert rows["problem"].tolist() == ["", "lost", "", "lost"]
    second = Nobody({"S002", "S004"})
    rows = class_robustness(four_students, PROGRAMS, **question, workers=second)
    assert second.asked == ["S002", "S004"]
    whole = class_robustness(four_students, PROGRAMS, overrides=FAST, draws=20)
    pd.testing.assert_frame_equal(rows, whole, check_exact=True)
    changed = Nobody(set())
    class_robustness(four_students, PROGRAMS, **{**question, "draws": 21}, workers=changed)
    assert changed.asked == ["S001", "S002", "S003", "S004"]


def test_what_travels_of_a_student_has_no_name_password_or_note(four_students):
    travelling = []

    class Watcher(Nobody):
        def results(self, work, tasks, files=None):
            travelling.extend(tasks)
            return super().results(work, tasks, files)

    class_robustness(four_students, PROGRAMS, overrides=FAST, draws=20, workers=Watcher({"S001"}))
    sent = serialize(travelling)
    assert b"S001" in sent
    assert b"Quillfeather" not in sent
    assert not {"name", "pdf_password", "advisor_note"} & set(travelling[0].student)
    assert "255" not in repr(travelling[0])
