import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis.errors import FigureError, ReportError
from analysis.report import publish


@pytest.fixture
def shown(monkeypatch):
    outputs = []
    monkeypatch.setattr(
        "IPython.display.display",
        lambda data, metadata=None, **_: outputs.append((data, metadata)),
    )
    return outputs


def test_markdown_signs_lose_their_meaning():
    assert publish.escape_markdown("# *a* [b](c)\n| d") == r"\# \*a\* \[b\]\(c\) \| d"


def test_a_table_has_a_header_a_rule_and_a_line_a_row():
    rows = pd.DataFrame({"Factor": ["Step 2 CK"], "Weight": [30]})
    header, rule, body = publish.markdown_table(rows).splitlines()
    assert (header, body) == ("| Factor | Weight |", "| Step 2 CK | 30 |")
    assert rule.split("|")[1].strip().startswith(":-")
    assert rule.split("|")[2].strip().endswith("-:")


def test_a_narrow_column_beside_long_ones_keeps_its_longest_word_whole():
    prose = "a sentence of many words that takes a whole line and then another one after it"
    rows = pd.DataFrame({"Student": ["S001"], "One": [prose], "Two": [prose], "Three": [prose]})
    dashes = [len(part.strip()) for part in publish.markdown_table(rows).split("\n")[1].split("|")]
    assert dashes[1] / sum(dashes) * publish.LINE_OF_TABLE >= len("Student")


def test_a_cell_with_a_bar_stays_one_cell():
    table = publish.markdown_table(pd.DataFrame({"Note": ["a | b"]}))
    assert table.splitlines()[-1] == r"| a \| b |"


def test_a_table_without_rows_is_refused():
    with pytest.raises(ReportError, match="without rows"):
        publish.markdown_table(pd.DataFrame({"Note": []}))


def test_a_figure_carries_alt_and_caption_beside_its_image(shown):
    publish.publish_figure(Figure(figsize=(2, 1)), "Bars.", "Source.")
    data, metadata = shown[0]
    assert data["image/svg+xml"].lstrip().startswith("<?xml")
    assert metadata == {"image/svg+xml": {"alt": "Bars.", "caption": "Source."}}


@pytest.mark.parametrize(("alt", "caption"), [("", "Source."), ("Bars.", " ")])
def test_a_figure_without_words_is_refused(shown, alt, caption):
    with pytest.raises(FigureError):
        publish.publish_figure(Figure(), alt, caption)
    assert shown == []


def test_the_identity_holds_the_id_and_never_a_name(shown):
    publish.publish_identity("007", "Report for student 007", "2026-09-15", "ab12")
    assert shown[0][0][publish.IDENTITY_MIME] == {
        "student_id": "007",
        "title": "Report for student 007",
        "lang": "en",
        "report_date": "2026-09-15",
        "fingerprint": "ab12",
    }


def test_a_document_about_a_class_has_no_id(shown):
    publish.publish_identity(None, "The class at a glance", "2026-09-15", "ab12")
    assert shown[0][0][publish.IDENTITY_MIME]["student_id"] is None


def test_rows_for_a_file_are_csv_that_no_spreadsheet_takes_for_a_formula(shown):
    publish.publish_rows(pd.DataFrame({"student_id": ["-007"], "name": ["=1+1"], "chance": [0.5]}))
    assert shown[0][0][publish.ROWS_MIME] == "student_id,name,chance\n-007,'=1+1,0.5\n"
