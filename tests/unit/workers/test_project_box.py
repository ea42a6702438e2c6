"""Files that travel: laid out like a checkout, under names that tell nothing of their place."""

import pytest

from analysis.paths import PROJECT_VARIABLE, from_root
from analysis.workers.host import ProjectBox, unpack


@pytest.fixture
def office(tmp_path):
    path = tmp_path / "jane" / "programs.csv"
    path.parent.mkdir()
    path.write_text("P1")
    return path


def test_a_path_means_the_same_there_as_here(office, tmp_path, monkeypatch):
    box = ProjectBox()
    asked = ["data/article/program_tolerance.csv", "notebooks/90_student_report.ipynb", str(office)]
    names = [box.put(path) for path in asked]
    expected = [from_root(path).read_bytes() for path in asked]
    folder = tmp_path / "there"
    folder.mkdir()
    unpack(box.content(), folder)
    monkeypatch.setenv(PROJECT_VARIABLE, str(folder))
    assert [from_root(name).read_bytes() for name in names] == expected
    assert names[:2] == asked[:2]
    assert from_root("data/assumptions/season.csv").is_file()


def test_an_office_file_keeps_its_name_and_not_its_place(office):
    box = ProjectBox()
    name = box.put(str(office))
    assert name.endswith("/programs.csv")
    assert "jane" not in name
    assert box.put(str(office)) == name
    assert box.put("") == ""


def test_the_class_is_not_in_the_box_and_the_same_files_give_the_same_bytes(office):
    first, second = ProjectBox(), ProjectBox()
    for box in (first, second):
        box.put(str(office))
    assert first.content() == second.content()
    assert b"students.csv" not in first.content()


def test_two_files_of_one_name_are_two_files(office, tmp_path):
    other = tmp_path / "programs.csv"
    other.write_text("P2")
    box = ProjectBox()
    assert box.put(str(office)) != box.put(str(other))
