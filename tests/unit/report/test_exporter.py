import io
import re

import pypdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_output

from analysis.errors import ReportError
from analysis.report.exporter import CountersignalPDFExporter, document_from_notebook
from analysis.report.guard import check_whose_report
from analysis.report.publish import escape_markdown, markdown_table
from analysis.report.settings import Branding
from analysis.report.typesetting import MISSING_GLYPH, pdf_bytes
from tests.rendered import header_scopes, structure
from tests.unit.report.toy_notebook import (
    IDENTITY,
    SVG,
    display,
    figure_cell,
    identity_cell,
    notebook,
    text_cell,
)


def pdf_of(*cells, branding=None, name=None):
    pdf, _ = pdf_bytes(document_from_notebook(notebook(*cells), name), branding or Branding())
    return pdf


def text_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    return text.replace("\x02", "-")  # how this reader tells of a hyphen at the end of a line


def test_a_report_is_tagged_titled_and_in_its_language():
    reader = pypdf.PdfReader(io.BytesIO(pdf_of(text_cell("Words."))))
    root = reader.trailer["/Root"]
    assert reader.metadata.title == IDENTITY["title"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().decode()


def test_headings_become_bookmarks_in_order():
    pdf = pdf_of(text_cell("## First\n\nA.\n\n### Under it\n\nB.\n\n## Second\n\nC."))
    outline = pypdf.PdfReader(io.BytesIO(pdf)).outline
    assert [entry.title for entry in outline if not isinstance(entry, list)] == ["First", "Second"]
    assert [s for s, _ in structure(pdf) if re.match("/H[0-9]", s)] == [
        "/H1",
        "/H2",
        "/H3",
        "/H2",
    ]


def test_a_figure_keeps_exactly_its_alt_text():
    alt = 'Bars: "no flag" 80 %; \\ # $ * _ — one early course failure 65 %.'
    assert [a for s, a in structure(pdf_of(figure_cell(alt))) if s == "/Figure"] == [alt]


def test_a_table_has_headers_for_its_columns_and_its_rows():
    import pandas as pd

    table = markdown_table(pd.DataFrame({"Factor": ["Letters"], "Weight": [20]}))
    assert header_scopes(pdf_of(text_cell(table))) == ["/Column", "/Column", "/Row"]


def test_a_long_table_breaks_across_pages_and_repeats_its_header():
    import pandas as pd

    rows = pd.DataFrame({"Programme": [f"Row {n}" for n in range(90)], "Chance": range(90)})
    document = pypdfium2.PdfDocument(pdf_of(text_cell(markdown_table(rows))))
    pages = [page.get_textpage().get_text_bounded() for page in document]
    assert len(pages) > 1
    assert all("Programme" in page for page in pages)
    shown = [int(n) for page in pages for n in re.findall(r"Row (\d+)", page)]
    assert shown == list(range(90))


def test_nothing_is_printed_outside_the_page():
    pdf = pdf_of(text_cell("w" * 300 + " " + "word " * 500), figure_cell())
    for page in pypdfium2.PdfDocument(pdf):
        width, height = page.get_size()
        text = page.get_textpage()
        boxes = [text.get_charbox(i) for i in range(text.count_chars())]
        assert all(b[0] >= 0 and b[1] >= 0 and b[2] <= width and b[3] <= height for b in boxes)


def test_every_page_names_the_student_and_its_number():
    pdf = pdf_of(text_cell("word " * 3000))
    assert check_whose_report(pdf, "S001", IDENTITY["title"]) > 1


def test_the_name_stands_on_the_page_and_not_in_the_metadata():
    pdf = pdf_of(text_cell("Words."), name="Ada Sample")
    assert "Ada Sample (S001)" in text_of(pdf)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert "Ada" not in str(reader.metadata) + reader.xmp_metadata.stream.get_data().decode()


def test_without_a_name_the_id_stands_alone():
    assert "Student S001\n" in text_of(pdf_of(text_cell("Words."))).replace("\r", "")


def test_fonts_are_ours_and_embedded():
    reader = pypdf.PdfReader(io.BytesIO(pdf_of(text_cell("Words *and* **more**. 김 李"))))
    fonts = [f.get_object() for p in reader.pages for f in p["/Resources"]["/Font"].values()]
    names = {font["/BaseFont"].split("+")[1].split("-")[0] for font in fonts}
    assert names == {"FiraSans", "IBMPlexSerif", "NotoSansCJKsc"}
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


@pytest.mark.parametrize(("paper", "size"), [("us-letter", (612, 792)), ("a4", (595, 842))])
def test_the_paper_is_the_offices(paper, size):
    page = pypdfium2.PdfDocument(pdf_of(branding=Branding(paper=paper)))[0]
    assert tuple(round(side) for side in page.get_size()) == size


def test_school_footer_and_logo_are_printed(tmp_path):
    logo = tmp_path / "crest.svg"
    logo.write_text(SVG)
    look = Branding(school_name="School X", footer="Student Affairs, Room 9", logo=logo)
    pdf = pdf_of(text_cell("Words."), branding=look)
    assert "School X" in text_of(pdf)
    assert ("/Figure", "Logo of the school") in structure(pdf)
    assert check_whose_report(pdf, "S001", IDENTITY["title"]) == 1


def test_the_same_input_gives_the_same_bytes():
    assert pdf_of(text_cell("Words."), figure_cell()) == pdf_of(text_cell("Words."), figure_cell())


def test_code_and_prints_stay_behind():
    cell = new_code_cell("secret = 1", outputs=[new_output("stream", text="printed")])
    text = text_of(pdf_of(cell, text_cell("Words.")))
    assert "secret" not in text
    assert "printed" not in text


def test_what_no_font_has_becomes_a_visible_mark_with_a_sentence():
    document = document_from_notebook(notebook(text_cell("Hello 🩺 \x00.")))
    pdf, warnings = pdf_bytes(document, Branding())
    assert warnings == (f"2 characters without a glyph shown as {MISSING_GLYPH}",)
    assert f"The sign {MISSING_GLYPH} stands for a character" in text_of(pdf)


# No more at length: the reader of the test guesses a space where two letters stand far apart, "(j".
@settings(max_examples=25)
@given(
    st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60)
)
def test_any_typed_text_is_printed_as_it_stands(typed):
    printed = text_of(pdf_of(text_cell(escape_markdown(typed)))).replace("\r", "")
    printed = printed.translate(str.maketrans("“”‘’–—…", "\"\"''--.")).replace("\n", "")
    plain = typed.replace("---", "-").replace("--", "-").replace("...", ".")
    assert plain in printed.replace("---", "-").replace("--", "-").replace("...", ".")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([], "does not say whose report"),
        ([identity_cell(), identity_cell()], "more than once"),
        ([identity_cell(student_id="../x")], "student_id"),
        ([identity_cell(report_date="today")], "report_date"),
        ([identity_cell(), figure_cell(alt="")], "no alt text"),
        (
            [identity_cell(), new_code_cell(outputs=[display({"image/png": "aGVsbG8="})])],
            "no alt text",
        ),
        (
            [
                identity_cell(),
                new_code_cell(
                    outputs=[
                        new_output("error", ename="ZeroDivisionError", evalue="x", traceback=[])
                    ]
                ),
            ],
            "failed with ZeroDivisionError",
        ),
    ],
)
def test_a_notebook_that_is_no_executed_report_is_refused(cells, said):
    with pytest.raises(ReportError, match=said):
        document_from_notebook(notebook(*cells, identity=False))


def test_nbconvert_finds_the_exporter_by_name():
    from nbconvert.exporters import get_exporter

    assert get_exporter("countersignal_pdf") is CountersignalPDFExporter


def test_a_refusal_inside_a_server_is_an_exception_that_it_can_show():
    with pytest.raises(ReportError):
        CountersignalPDFExporter().from_notebook_node(notebook(identity=False))


def test_the_exporter_answers_as_nbconvert_expects():
    pdf, resources = CountersignalPDFExporter().from_notebook_node(notebook(text_cell("Words.")))
    assert pdf.startswith(b"%PDF-")
    assert resources["output_extension"] == ".pdf"
