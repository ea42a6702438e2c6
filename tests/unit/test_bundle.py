"""Files that travel: laid out like a checkout, under names that tell nothing of their place."""

import hashlib

import pytest

from analysis.bundle import FileBundle, unpack
from analysis.paths import PROJECT_VARIABLE, from_root


@pytest.fixture
def office(tmp_path):
    path = tmp_path / "jane" / "programs.csv"
    path.parent.mkdir()
    path.write_text("P1")
    return path


def test_a_path_means_the_same_there_as_here(office, tmp_path, monkeypatch):
    bundle = FileBundle()
    asked = ["data/article/program_tolerance.csv", "notebooks/90_student_report.ipynb", str(office)]
    names = [bundle.put(path) for path in asked]
    expected = [from_root(path).read_bytes() for path in asked]
    folder = tmp_path / "there"
    folder.mkdir()
    unpack(bundle.content(), folder)
    monkeypatch.setenv(PROJECT_VARIABLE, str(folder))
    assert [from_root(name).read_bytes() for name in names] == expected
    assert names[:2] == asked[:2]
    assert from_root("data/assumptions/season.csv").is_file()


def test_an_office_file_keeps_its_name_and_not_its_place(office):
    bundle = FileBundle()
    name = bundle.put(str(office))
    assert name.endswith("/programs.csv")
    assert "jane" not in name
    assert bundle.put(str(office)) == name
    assert bundle.put("") == ""


def test_the_class_is_not_in_the_bundle_and_the_same_files_give_the_same_bytes(office):
    first, second = FileBundle(), FileBundle()
    for bundle in (first, second):
        bundle.put(str(office))
    assert first.content() == second.content()
    assert b"students.csv" not in first.content()


def test_two_files_of_one_name_are_two_files(office, tmp_path):
    other = tmp_path / "programs.csv"
    other.write_text("P2")
    bundle = FileBundle()
    assert bundle.put(str(office)) != bundle.put(str(other))


def test_two_tables_of_one_workbook_are_two_files(office):
    bundle = FileBundle()
    names = [bundle.put(str(office), content) for content in (b"P1", b"P2", b"P1")]
    assert names[0] == names[2]
    digests = bundle.hashes(programs_csv=names[0], preferences_csv=names[1])
    assert digests["preferences_csv"] == hashlib.sha256(b"P2").hexdigest()
    assert digests["programs_csv"] == hashlib.sha256(b"P1").hexdigest()


def test_a_bundle_holds_and_hashes_what_was_read_whatever_becomes_of_the_file(office):
    bundle = FileBundle()
    name = bundle.put(str(office))
    before = bundle.hashes(programs_csv=name)["programs_csv"], bundle.content()
    office.write_text("P2")
    assert (bundle.hashes(programs_csv=name)["programs_csv"], bundle.content()) == before
    assert before[0] == hashlib.sha256(b"P1").hexdigest()


def test_a_copy_of_a_bundle_grows_alone(office):
    bundle = FileBundle()
    before = bundle.content()
    bundle.copy().put(str(office))
    assert bundle.content() == before
