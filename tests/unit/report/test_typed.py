"""What a person typed, on the page: as it stands, whatever it means elsewhere."""

import io
import re

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import ReportError
from analysis.report import typesetting
from analysis.report.document import document_from_notebook
from analysis.report.publish import TYPED_MIME, escape_markdown, markdown_table
from analysis.report.settings import Branding
from analysis.report.typesetting import MISSING_GLYPH, pdf_bytes
from tests.hostile import LENGTH, LONG, MARKED, SCRIPTS, TRICKS, WORDS
from tests.rendered import structure
from tests.unit.report.test_exporter import text_of
from tests.unit.report.toy_notebook import (
    display,
    figure_cell,
    new_code_cell,
    notebook,
    text_cell,
)


def typed_cell(text):
    return new_code_cell(outputs=[display({TYPED_MIME: {"text": text}, "text/plain": text})])


def page_of(text, name=None):
    """PDF and warnings of a page with a typed text, which is also the student's name."""
    cells = notebook(text_cell("## A note"), typed_cell(f"{text} {WORDS}"))
    return pdf_bytes(document_from_notebook(cells, name), Branding())


def words(text):
    """Words without line ends and with no more than one space."""
    return " ".join(text.split())


@pytest.mark.parametrize("trick", TRICKS)
def test_what_is_a_command_elsewhere_is_printed_as_it_stands(trick):
    pdf, warnings = page_of(TRICKS[trick], TRICKS[trick])
    assert warnings == ()
    printed = words(text_of(pdf))
    assert printed.count(words(TRICKS[trick])) == 2  # in the head, and as the note
    assert WORDS in printed
    assert [kind for kind, _ in structure(pdf)].count("/Figure") == 0


@pytest.mark.parametrize("marked", MARKED)
def test_what_is_no_text_is_a_visible_mark_with_a_warning(marked):
    pdf, (warning,) = page_of(MARKED[marked])
    printed = text_of(pdf)
    count = int(re.match(r"(\d+) characters? without a glyph", warning)[1])
    assert printed.count(MISSING_GLYPH) == count + 1  # once more in the sentence about it
    assert WORDS in words(printed)
    assert not set(printed) & {"\u202e", "\u2066", "\x1b", "\x07", "\x9b"}


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_a_font_has_is_printed(script):
    pdf, warnings = page_of(SCRIPTS[script], SCRIPTS[script])
    assert warnings == ()
    printed = text_of(pdf)
    for word in SCRIPTS[script].replace("\ufe0f", "").split():
        assert printed.count(word) + printed.count(word[::-1]) >= 2, printed


@pytest.mark.parametrize("length", [LENGTH // 10, pytest.param(LENGTH, marks=pytest.mark.soak)])
@pytest.mark.parametrize("long", LONG)
def test_a_hundred_thousand_characters_are_typeset(long, length):
    pdf, _ = page_of(LONG[long][:length])
    assert (len(pypdf.PdfReader(io.BytesIO(pdf)).pages) > 1) == (long != "marks on one letter")
    assert WORDS in words(text_of(pdf))


def test_an_empty_line_ends_a_paragraph_and_a_line_stays_a_line():
    pdf, _ = page_of("One\nline.\r\n\r\n  Two.\n \n\nThree.")
    assert [kind for kind, _ in structure(pdf)].count("/P") == 3
    assert "One\nline." in text_of(pdf).replace("\r", "")


def test_each_paragraph_runs_in_the_direction_of_its_first_letter():
    texts = {"Step 2: שלום": False, "(1) שלום CK": True, "123": False, "محمد": True, "— a": False}
    assert {text: typesetting._is_backwards(text) for text in texts} == texts


def test_a_paragraph_says_its_language_where_its_script_has_one_alone():
    languages = {
        "한국어 and Step 2": "",
        "한국어로 쓴 노트": "ko",
        "日本語のノート": "ja",
        "中文": "zh",
        "Ελλάδα": "el",
        "שלום": "he",
        "Иванова": "",
        "محمد": "",
        "42": "",
    }
    assert {text: typesetting._language(text) for text in languages} == languages
    pdf, _ = page_of("한국어로 쓴 노트")
    assert b"/Lang" in pdf


def test_a_panic_of_typst_is_an_error_of_this_student(monkeypatch):
    class PanicException(BaseException):
        pass

    PanicException.__module__ = "pyo3_runtime"

    def panics(*_, **__):
        raise PanicException

    monkeypatch.setattr(
        typesetting.typst, "Compiler", lambda *_, **__: type("C", (), {"compile": panics})()
    )
    with pytest.raises(ReportError, match="could not be set"):
        page_of("x")


def test_letters_that_cannot_be_put_together_withhold_no_report(monkeypatch):
    real = typesetting._compiled
    tried = []

    def refuses(main, report_date):
        page = (main.parent / "page.json").read_text()
        tried.append(page)
        if "\\u05e9" in page:
            message = "typst refused the page"
            raise ReportError(message)
        return real(main, report_date)

    monkeypatch.setattr(typesetting, "_compiled", refuses)
    pdf, (warning,) = page_of("Zoë שלום")
    assert len(tried) == 2
    assert "Zoë □□□□" in text_of(pdf)
    assert warning.startswith("4 characters")


SIGNS = (
    "/ x",
    "== x",
    "= x",
    "- x",
    "+ x",
    "/",
    "*",
    "1. x",
    "# x",
    "> x",
    "```",
    "~~~",
    "---",
    "|",
)
ODD = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=25)


@given(
    st.one_of(st.sampled_from(SIGNS), st.builds("{} {}".format, st.sampled_from(SIGNS), ODD), ODD)
)
def test_typed_text_is_printed_as_written_at_every_place_of_a_page(typed):
    import pandas as pd

    written = words(typed) or "x"
    marked = escape_markdown(f"{written}")
    table = markdown_table(pd.DataFrame({written: [written, "a"], "long": ["w " * 60, written]}))
    cells = notebook(
        text_cell(f"## {marked}\n\n{marked}\n\n- {marked}\n- **{marked}**\n\n1. {marked}"),
        text_cell(table),
        text_cell(f"Middle: {marked}, end."),
        typed_cell(written),
        figure_cell(alt=written, caption=written),
    )
    look = Branding(school_name=written)
    pdf, warnings = pdf_bytes(document_from_notebook(cells, written), look)
    printed = unspaced(text_of(pdf).translate(STRAIGHT))
    assert warnings == ()
    assert printed.count(unspaced(written)) >= 13


STRAIGHT = str.maketrans("“”‘’", "\"\"''")


def unspaced(text):
    return "".join(text.replace("\u200b", "").split())


def test_a_word_of_two_hundred_letters_leaves_the_other_columns_their_room():
    import pandas as pd

    rows = pd.DataFrame({"No": ["1"], "Program": ["w" * 200], "Why": ["Because of it."]})
    _, rule, _ = markdown_table(rows).splitlines()
    widths = [part.count("-") for part in rule.split("|")[1:-1]]
    assert widths == [5, 74, 16]  # 72 at most, 2 of padding, 1 for the bold head
