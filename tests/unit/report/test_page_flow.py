"""How text and tables flow over lines and pages, so that nothing is torn that is read as one."""

import re

import pandas as pd
import pypdfium2
import pytest

from analysis.report.publish import markdown_table
from tests.unit.report.test_exporter import pdf_of
from tests.unit.report.toy_notebook import figure_cell, text_cell


def page_texts(pdf):
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]


def rows_by_page(filler, rows):
    """How many rows of a table stand on each page, below some lines of text."""
    frame = pd.DataFrame({"Program": [f"Row {n}" for n in range(rows)], "Chance": range(rows)})
    pdf = pdf_of(text_cell("Line.\n\n" * filler), text_cell(markdown_table(frame)))
    counts = [len(re.findall(r"Row \d+", text)) for text in page_texts(pdf)]
    return [count for count in counts if count]


@pytest.mark.parametrize("filler", [20, 30, 34])
def test_a_short_table_stands_whole_on_one_page(filler):
    assert rows_by_page(filler, 10) == [10]


def test_a_long_table_begins_where_there_is_room():
    first, *rest = rows_by_page(20, 40)
    assert first > 3
    assert first + sum(rest) == 40


def test_no_percentage_is_torn_apart_at_the_end_of_a_line():
    texts = [f"{'w' * length} " + "the chance is 45 % or 8 % " * 9 for length in range(1, 12)]
    table = markdown_table(
        pd.DataFrame({"Chance": ["target, 26 % (9 % to 54 %)"] * 2, "Why": texts[:2]})
    )
    pdf = pdf_of(*map(text_cell, texts), text_cell(table), figure_cell(caption=texts[3]))
    lines = [line.strip() for text in page_texts(pdf) for line in text.splitlines()]
    assert sum("45" in line for line in lines) > 30
    assert [line for line in lines if line.startswith("%")] == []
