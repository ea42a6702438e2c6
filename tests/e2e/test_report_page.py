"""What a reader meets on the page of a real report, read back from the PDF."""

import io
import re
from itertools import pairwise

import nbformat
import pypdf
import pypdfium2
import pytest

from analysis.paths import from_root
from tests.e2e.conftest import sample_rows, write_rows
from tests.e2e.test_isolation import PARAMETERS
from tests.rendered import header_scopes, render_report, structure

SMALLEST_PRINT = 7.9  # points; 8 but for rounding


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "S001.pdf"
    render_report(PARAMETERS, path, display_name="Maren Quillfeather")
    return path.read_bytes()


@pytest.fixture(scope="module")
def long_report(tmp_path_factory):
    """A list of sixty programs, of sixty-six that screen no one out."""
    folder = tmp_path_factory.mktemp("long")
    student = sample_rows("students")[2] | {"application_limit": "60", "fee_budget_usd": ""}
    class_csv = write_rows(folder / "students.csv", [student])
    own = [row for row in sample_rows("programs") if row["specialty"] == "Family Medicine"]
    programs = [
        own[n % len(own)] | {"program_id": f"FM{n:03d}", "step2_cutoff": "", "accepts_do": "yes"}
        for n in range(66)
    ]
    programs_csv = write_rows(folder / "programs.csv", programs)
    path = folder / "S003.pdf"
    parameters = PARAMETERS | {"student_id": "S003", "students_csv": str(class_csv)}
    render_report(parameters | {"programs_csv": str(programs_csv)}, path)
    return path.read_bytes()


def pages(pdf):
    return list(pypdfium2.PdfDocument(pdf))


def page_text(page):
    return page.get_textpage().get_text_bounded()


def test_each_figure_says_in_one_sentence_what_it_shows(report):
    alts = [alt for kind, alt in structure(report) if kind == "/Figure"]
    assert alts[0].startswith("100 dots: ")
    assert any(alt.startswith("Steps from ") for alt in alts)
    assert all(alt.endswith(".") for alt in alts)


def test_page_one_says_who_it_is_about_and_how_many_of_100_would_match(report):
    text = " ".join(page_text(pages(report)[0]).split())
    for words in (
        "Maren Quillfeather (S001)",
        "Your residency plan: Internal Medicine",
        "Step 2 CK 255",
        "One early course failure",
        "If 100 applicants with your record sent the list on page 2",
        "What to do now",
    ):
        assert words in text


def test_the_appendix_says_whose_the_numbers_are_and_that_programs_decide_alike(report):
    text = " ".join(" ".join(page_text(page) for page in pages(report)).split())
    assert "Our assumption" in text
    assert "rests on the set of assumptions that the foot of each page names" in text
    assert "Programs decide alike" in text


@pytest.mark.parametrize("which", ["report", "long_report"])
def test_nothing_lies_outside_the_page_or_under_eight_points(request, which):
    for page in pages(request.getfixturevalue(which)):
        width, height = page.get_size()
        text = page.get_textpage()
        for index in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(index)
            assert left >= -0.5
            assert bottom >= -0.5
            assert right <= width + 0.5
            assert top <= height + 0.5
        sizes = [
            abs(item.get_matrix().d or 1) * size
            for item in page.get_objects(filter=[1], max_depth=4)
            if (size := pypdfium2.raw.FPDFTextObj_GetFontSize(item, out := _float()) and out.value)
        ]
        assert sizes
        assert min(sizes) >= SMALLEST_PRINT


def _float():
    import ctypes

    return ctypes.c_float()


def test_every_program_of_a_long_list_stands_once_in_the_ladder(long_report):
    ladder = pages(long_report)[1].get_textpage().get_text_range()
    (count,) = re.findall(r"Your (\d+) programs", ladder)
    rows = re.findall(r"^.+, [A-Z]{2}\b.*?\d+%|^.+, [A-Z]{2}\s*$", ladder, flags=re.MULTILINE)
    assert len(rows) == int(count)


def test_headings_are_in_order_and_tables_have_header_cells(report):
    kinds = [kind for kind, _ in structure(report)]
    levels = [int(kind[2:]) for kind in kinds if re.fullmatch(r"/H\d", kind)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert kinds.count("/Table") >= 3
    scopes = header_scopes(report)
    assert scopes.count("/Column") >= 2 * kinds.count("/Table")
    assert scopes.count("/Row") == kinds.count("/TR") - kinds.count("/THead")
    outline = pypdf.PdfReader(io.BytesIO(report)).outline
    assert "What to do now" in [entry.title for entry in outline if not isinstance(entry, list)]


def test_a_student_without_a_score_gets_a_report_without_chances(tmp_path):
    path = tmp_path / "S017.pdf"
    render_report(PARAMETERS | {"student_id": "S017"}, path)
    text = " ".join(" ".join(page_text(page) for page in pages(path.read_bytes())).split())
    assert "We can estimate your chance as soon as your Step 2 CK score is in." in text
    assert "Your advisor’s note" in text or "Your advisor's note" in text


def test_the_stored_notebook_is_a_report_too():
    from analysis.report.document import document_from_notebook

    notebook = nbformat.read(from_root("notebooks/90_student_report.ipynb"), as_version=4)
    assert document_from_notebook(notebook).student_id == "S001"
