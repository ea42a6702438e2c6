"""What a reader meets on the page of a real report, read back from the PDF."""

import io
import re
from itertools import pairwise

import nbformat
import pypdf
import pypdfium2
import pytest

from analysis import tables
from analysis.advice import drawn_flag
from analysis.figures.factor_importance import alt_factor_importance
from analysis.figures.interview_chances import alt_interview_chances
from analysis.figures.program_risk_tolerance import alt_program_risk_tolerance
from analysis.paths import from_root
from tests.e2e.conftest import sample_rows, write_rows
from tests.e2e.test_isolation import PARAMETERS
from tests.rendered import render_report
from tests.unit.report.test_exporter import structure

SMALLEST_PRINT = 7.9  # points; 8 but for rounding
ARTICLE_NUMBERS = {
    "factor_importance": [30, 25, 20, 15, 10],
    "interview_chances": [80, 65, 45, 35, 30],
    "program_tolerance": [9, 3, 6, 5, 4, 7, 2, 8, 3, 7],
}


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


def test_the_article_s_twenty_numbers_stand_in_data_and_alt_texts(report):
    importance = tables.read_factor_importance(from_root("data/article/factor_importance.csv"))
    chances = tables.read_interview_chances(from_root("data/article/interview_chances.csv"))
    types = tables.read_program_tolerance(from_root("data/article/program_tolerance.csv"))
    assert importance["importance"].tolist() == ARTICLE_NUMBERS["factor_importance"]
    shares = [round(100 * chance) for chance in chances["interview_chance"]]
    assert shares == ARTICLE_NUMBERS["interview_chances"]
    points = types[["prestige", "red_flag_tolerance"]].to_numpy().ravel().tolist()
    assert points == ARTICLE_NUMBERS["program_tolerance"]
    alts = [alt for kind, alt in structure(report) if kind == "/Figure"]
    for numbers in ARTICLE_NUMBERS.values():
        assert any(all(re.search(rf"\b{n}\b", alt) for n in numbers) for alt in alts)


def test_each_figure_s_alt_text_is_what_its_function_says(report):
    importance = tables.read_factor_importance(from_root("data/article/factor_importance.csv"))
    chances = tables.read_interview_chances(from_root("data/article/interview_chances.csv"))
    types = tables.read_program_tolerance(from_root("data/article/program_tolerance.csv"))
    marked = drawn_flag(chances, "course_failure_remediated")
    alts = [alt for kind, alt in structure(report) if kind == "/Figure"]
    assert alts[0] == alt_factor_importance(importance)
    assert alts[1] == alt_interview_chances(chances, marked=marked)
    assert alt_program_risk_tolerance(types) in alts
    assert all(alts)


def test_someone_who_sees_the_first_page_knows_who_which_flag_and_what_the_score_does(report):
    text = " ".join(page_text(pages(report)[0]).split())
    for words in (
        "Maren Quillfeather (S001)",
        "Step 2 CK 255",
        "One early course failure",
        "What a high Step 2 CK changes.",
        "What it cannot fix.",
        "illustrative",
    ):
        assert words in text


def test_the_page_says_whose_the_numbers_are(report):
    text = " ".join(" ".join(page_text(page) for page in pages(report)).split())
    assert "Our assumption" in text
    assert "fingerprint" in text
    assert "Programs read the same file" in text


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


def test_a_list_of_sixty_keeps_every_row_in_its_page_s_box_under_a_repeated_header(long_report):
    listed, headers = [], 0
    for page in pages(long_report):
        text = page.get_textpage()
        words = text.get_text_range()
        header = words.find("Why it is on the list")
        if header < 0:
            continue
        headers += 1
        width, height = page.get_size()
        top_of_header = text.get_charbox(header)[3]
        bottom_of_footer = text.get_charbox(words.find("Student S003"))[3]
        for found in re.finditer(r"\((FM0\d\d)\)", words):
            if 0 < words.find("The assumptions behind this") < found.start():
                break  # beneath the table
            left, bottom, right, top = text.get_charbox(found.start(1))
            assert 0 < left < right < width
            assert bottom_of_footer < bottom < top < top_of_header < height
            listed.append(found.group(1))
    assert headers >= 4
    assert len(listed) == len(set(listed)) == 60


def test_each_row_of_a_list_of_sixty_is_numbered_once_and_none_is_lost(long_report):
    text = "\n".join(page.get_textpage().get_text_range() for page in pages(long_report))
    body = text[text.index("Why it is on the list") : text.index("The assumptions behind this")]
    numbers = [int(n) for n in re.findall(r"^(\d{1,2}) [A-Z]", body, flags=re.MULTILINE)]
    assert [n for n in range(1, 61) if n not in numbers] == []


def test_headings_are_in_order_and_tables_have_header_cells(report):
    kinds = [kind for kind, _ in structure(report)]
    levels = [int(kind[2:]) for kind in kinds if re.fullmatch(r"/H\d", kind)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert kinds.count("/Table") >= 5
    assert kinds.count("/TH") >= 2 * kinds.count("/Table")
    outline = pypdf.PdfReader(io.BytesIO(report)).outline
    assert "Where you stand" in [entry.title for entry in outline if not isinstance(entry, list)]


def test_a_student_without_a_score_gets_a_report_without_chances(tmp_path):
    path = tmp_path / "S017.pdf"
    render_report(PARAMETERS | {"student_id": "S017"}, path)
    text = " ".join(" ".join(page_text(page) for page in pages(path.read_bytes())).split())
    assert "no Step 2 CK score yet" in text
    assert "Your advisor’s note" in text or "Your advisor's note" in text


def test_two_what_ifs_stand_beside_the_list_and_no_more(report):
    text = " ".join(" ".join(page_text(page) for page in pages(report)).split())
    _, _, table = text.partition("Had it been otherwise")
    assert "The list as it is" in table
    assert "10 more applications" in table
    assert re.search(r"Without the flag .One early course failure, later passed.", table)


def test_the_stored_notebook_is_a_report_too():
    from analysis.report.exporter import document_from_notebook

    notebook = nbformat.read(from_root("notebooks/90_student_report.ipynb"), as_version=4)
    assert document_from_notebook(notebook).student_id == "S001"
