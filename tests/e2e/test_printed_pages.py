"""Reports of hard cases, measured on the page: length, paper, contrast, place."""

import re

import pypdf
import pypdfium2
import pytest

from analysis.paths import from_root
from tests.e2e.printed import contrast, poor_contrast
from tests.e2e.test_isolation import PARAMETERS
from tests.rendered import render_report
from tests.unit.report.test_exporter import pdf_of
from tests.unit.report.toy_notebook import display, text_cell

MOST_PAGES = 6  # four, and an appendix
CASES = {
    "failed, then passed": "S002",
    "two specialties": "S011",
    "no score": "S017",
    "several flags": "S034",
    "ultra-competitive": "S037",
    "spotless": "S007",
}
WITH_ALL = {
    "preferences_csv": "data/sample/preferences.csv",
    "graduates_csv": "data/sample/graduates.csv",
}


@pytest.fixture(scope="module", params=CASES)
def report(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("case") / "report.pdf"
    render_report(PARAMETERS | WITH_ALL | {"student_id": CASES[request.param]}, path)
    return request.param, path.read_bytes()


def test_page_one_is_followed_by_the_list_and_the_whole_is_short(report):
    case, pdf = report
    texts = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]
    assert len(texts) <= MOST_PAGES
    if case != "no score":
        assert re.search(r"Your \d+ programs?, the most likely", texts[1])


def test_every_letter_stands_out_from_what_is_under_it(report):
    assert poor_contrast(report[1]) == set()


def test_the_report_is_tagged_on_letter_paper_and_has_no_code(report):
    _, pdf = report
    document = pypdfium2.PdfDocument(pdf)
    assert {tuple(round(side) for side in page.get_size()) for page in document} == {(612, 792)}
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    for sign in ("import ", "publish_", "read_students", "Traceback", "nan", "None", "_csv"):
        assert sign not in text


def test_a_report_may_be_on_a4(tmp_path):
    look = tmp_path / "branding.toml"
    look.write_text(from_root("reports/branding.toml").read_text().replace("us-letter", "a4"))
    path = tmp_path / "report.pdf"
    render_report(PARAMETERS, path, branding=look)
    boxes = {tuple(map(round, page.mediabox[2:])) for page in pypdf.PdfReader(path).pages}
    assert boxes == {(595, 842)}


def test_white_and_mid_gray_have_their_known_contrast():
    assert contrast((255, 255, 255), (118, 118, 118)) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(
    ("ink", "under", "poor"),
    [
        ("#bbbbbb", "#ffffff", {"g", "r", "a", "y"}),
        ("#ffffff", "#b8500a", set()),
        ("#1b2733", "#2c6496", {"g", "r", "a", "y"}),
    ],
)
def test_a_figure_whose_words_cannot_be_read_would_be_seen(ink, under, poor):
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="60">'
        f'<rect width="300" height="60" fill="{under}"/>'
        f'<text x="20" y="40" font-family="Fira Sans" font-size="24" fill="{ink}">gray</text></svg>'
    )
    words = {"image/svg+xml": {"alt": "A word.", "caption": "Caption."}}
    from nbformat.v4 import new_code_cell

    pdf = pdf_of(
        text_cell("Words."), new_code_cell(outputs=[display({"image/svg+xml": picture}, words)])
    )
    assert poor_contrast(pdf) == poor
