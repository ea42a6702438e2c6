import errno
import json

import pytest

from analysis.errors import ReportError
from analysis.report import folder
from analysis.report.document import document_from_notebook
from analysis.report.folder import FolderError
from analysis.report.guard import check_whose_report
from analysis.report.overview import check_overview, write_overview
from analysis.report.publish import ROWS_MIME
from analysis.report.render import Report
from analysis.report.settings import Branding
from analysis.report.typesetting import pdf_bytes
from tests.unit.report.toy_notebook import (
    IDENTITY,
    display,
    identity_cell,
    notebook,
    text_cell,
)

TITLE = "The class at a glance"


def class_notebook(text="Words."):
    identity = identity_cell(student_id=None, title=TITLE)
    return notebook(identity, text_cell(text), identity=False)


def class_pdf(text="Words."):
    return pdf_bytes(document_from_notebook(class_notebook(text)), Branding())[0]


def test_a_document_about_a_class_says_so_on_its_pages_and_passes_as_such():
    assert check_whose_report(class_pdf(), None, TITLE) == 1


def test_a_class_is_never_delivered_as_a_students_report_nor_the_other_way_round():
    with pytest.raises(ReportError, match="footer of student S001"):
        check_whose_report(class_pdf(), "S001", TITLE)
    students = pdf_bytes(document_from_notebook(notebook(text_cell("Words."))), Branding())[0]
    with pytest.raises(ReportError, match="footer of the whole class"):
        check_whose_report(students, None, IDENTITY["title"])


def test_a_text_that_speaks_of_students_does_not_confuse_the_guard():
    text = "Student S001 · page 1 of 1. Student S002 · page 1 of 1."
    assert check_whose_report(class_pdf(text), None, TITLE) == 1


@pytest.fixture
def place(tmp_path):
    for name in ("students.csv", "out/S001.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "out")
    return tmp_path


def at(place, name, **how):
    check_overview(place / name, place / "out", [place / "students.csv"], **how)
    return place / name


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("out/class.pdf", "files go to students"),
        ("out/deep/class.pdf", "files go to students"),
        ("link/class.pdf", "files go to students"),
        ("class.csv", "ends in .pdf"),
        ("/", "ends in .pdf"),
        ("students.csv/class.pdf", "no folder that can be written to"),
        ("students.pdf", "would replace an input"),
    ],
)
def test_an_overview_is_refused_before_anything_is_rendered(place, name, found):
    with pytest.raises(FolderError, match=found) as refused:
        at(place, name)
    assert refused.value.exit_code == 2


def test_an_overview_replaces_an_earlier_one_only_when_told_and_nothing_else(place):
    (place / "class.pdf").write_text("old")
    (place / "class.csv").write_text("old")
    with pytest.raises(FolderError, match="there already"):
        at(place, "class.pdf")
    at(place, "class.pdf", replace=True)
    (place / "class.pdf").unlink()
    with pytest.raises(FolderError, match=r"class\.csv is there already"):
        at(place, "class.pdf", replace=True)


@pytest.mark.parametrize("tables", [0, 2])
def test_without_its_rows_nothing_of_an_overview_is_left(place, tables):
    rows = [{"outputs": [display({ROWS_MIME: "a\n1\n"})]}] * tables
    made = Report(None, class_pdf(), "", 1, notebook=json.dumps({"cells": rows}).encode())
    with pytest.raises(ReportError, match=f"{tables} tables"):
        write_overview(made, at(place, "class.pdf"))
    assert not (place / "class.pdf").exists()
    assert not (place / "class.csv").exists()


def no_room_for(number):
    """Fill the disk at the n-th of the two files that are written."""
    count = 0

    def fsync(_):
        nonlocal count
        count += 1
        if count == number:
            raise OSError(errno.ENOSPC, "No space left on device")

    return folder.os, "fsync", fsync


def held_open(name):
    """Let no file take the place of one, as Windows does while somebody reads it."""
    replace = folder.Path.replace

    def refused(self, target):
        if target.name == name:
            raise OSError(errno.EACCES, "Permission denied")
        return replace(self, target)

    return folder.Path, "replace", refused


@pytest.mark.parametrize(
    "trouble",
    [(no_room_for, 1), (no_room_for, 2), (held_open, "class.pdf"), (held_open, "class.csv")],
    ids=["no room for the PDF", "no room for the rows", "the PDF is open", "the rows are open"],
)
@pytest.mark.parametrize("earlier", [b"earlier", None])
def test_an_overview_that_cannot_be_written_leaves_the_earlier_pair(
    place, monkeypatch, trouble, earlier
):
    rows = {"cells": [{"outputs": [display({ROWS_MIME: "a\n1\n"})]}]}
    made = Report(None, class_pdf(), "", 1, notebook=json.dumps(rows).encode())
    pair = [place / "class.pdf", place / "class.csv"]
    for file in pair if earlier else ():
        file.write_bytes(earlier)
    happens, to_what = trouble
    monkeypatch.setattr(*happens(to_what))
    with pytest.raises(ReportError, match=r"class\.pdf and class\.csv cannot be written"):
        write_overview(made, pair[0])
    assert [file.read_bytes() if file.exists() else None for file in pair] == [earlier] * 2
    monkeypatch.undo()
    write_overview(made, pair[0])
    assert [file.read_bytes() for file in pair] == [made.pdf, b"a\n1\n"]
    assert {path.name for path in place.iterdir()} == {
        "class.pdf", "class.csv", "students.csv", "out", "link",
    }  # fmt: skip
