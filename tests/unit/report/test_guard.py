from dataclasses import replace

import pytest

from analysis.errors import ReportError
from analysis.report.document import document_from_notebook
from analysis.report.guard import check_whose_report
from analysis.report.settings import Branding
from analysis.report.typesetting import pdf_bytes
from tests.unit.report.toy_notebook import IDENTITY, notebook, text_cell

TITLE = IDENTITY["title"]


def pdf(student_id="S001", title=TITLE, text="Words."):
    document = document_from_notebook(notebook(text_cell(text)))
    return pdf_bytes(replace(document, student_id=student_id, title=title), Branding())[0]


def test_the_right_report_passes_with_its_number_of_pages():
    assert check_whose_report(pdf(), "S001", TITLE) == 1


def test_another_students_report_is_withheld():
    with pytest.raises(ReportError, match="withheld"):
        check_whose_report(pdf("S002"), "S001", TITLE)


def test_another_title_is_withheld():
    with pytest.raises(ReportError, match="title"):
        check_whose_report(pdf(title="Report for student S002"), "S001", TITLE)


def test_an_id_that_is_a_score_is_not_found_in_the_text_by_mistake():
    mentions = "Student 250 · page 1 of 1. A score of 250 is not student 251."
    assert check_whose_report(pdf("251", text=mentions), "251", TITLE) == 1
    with pytest.raises(ReportError, match="footer"):
        check_whose_report(pdf("251", text=mentions), "250", TITLE)
