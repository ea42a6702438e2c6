import json
import shutil
import subprocess

import pytest

from analysis.paths import project_root
from tests.contract.house import tracked_files
from tests.contract.tracked_data import private_data

ROOT = project_root()
NOTEBOOK = "notebooks/90_student_report.ipynb"


def test_what_is_tracked_holds_the_made_up_class_alone():
    assert private_data(ROOT, tracked_files(ROOT)) == []


def test_nothing_is_tracked_that_git_is_told_to_ignore():
    command = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout == ""


@pytest.fixture
def twin(tmp_path):
    """A checkout of the sample class and one notebook, as a dictionary that a test may spoil."""
    for name in ("data/sample/students.csv", NOTEBOOK):
        (tmp_path / name).parent.mkdir(parents=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    return tmp_path, json.loads((tmp_path / NOTEBOOK).read_text(encoding="utf-8"))


def parameters_of(notebook):
    return next(c for c in notebook["cells"] if "parameters" in c["metadata"].get("tags", []))


def with_own_class(notebook):
    cell = parameters_of(notebook)
    cell["source"] = [
        line.replace("data/sample/students.csv", "data/private/ours.csv") for line in cell["source"]
    ]


def with_other_student(notebook):
    outputs = next(c["outputs"] for c in notebook["cells"] if c.get("outputs"))
    mime = "application/vnd.countersignal+json"
    outputs[0]["data"][mime]["student_id"] = "M2026-7"


SPOILED = {
    "papermill's records": (
        lambda n: n["metadata"].update(papermill={}),
        "has metadata of a run: papermill",
    ),
    "the state of widgets": (
        lambda n: n["metadata"].update(widgets={}),
        "has metadata of a run: widgets",
    ),
    "another run": (
        lambda n: n["cells"][1]["metadata"].update(tags=["injected-parameters"]),
        "was run with other parameters or saved by hand",
    ),
    "a cell saved by hand": (
        lambda n: n["cells"][2]["metadata"].update(collapsed=True),
        "was run with other parameters or saved by hand",
    ),
    "an office's class": (with_own_class, "reads data/private/ours.csv"),
    "another student": (with_other_student, "tells of student M2026-7"),
}


@pytest.mark.parametrize("spoiled", SPOILED)
def test_a_notebook_of_another_class_is_found(twin, spoiled):
    root, notebook = twin
    assert private_data(root, [NOTEBOOK]) == []
    damage, found = SPOILED[spoiled]
    damage(notebook)
    (root / NOTEBOOK).write_text(json.dumps(notebook), encoding="utf-8")
    assert private_data(root, [NOTEBOOK]) == [f"{NOTEBOOK} {found}"]


def test_a_table_beside_the_sample_is_found(twin):
    root, _ = twin
    names = ["class2026.csv", "data/sample/students.csv", "docs/Class.XLSX"]
    assert [line.split()[0] for line in private_data(root, names)] == [names[0], names[2]]


def test_the_hook_before_each_commit_looks_for_private_data():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert "tests/contract/test_tracked_data.py" in hooks
