"""What no message may show, and what a hostile file may not cost."""

import os
import stat

import pytest

from analysis.errors import TableError
from analysis.tables import reading
from analysis.tables.check import check_table
from analysis.tables.loading import report_of
from analysis.tables.reading import read_rows
from tests.unit.tables.class_file import GOOD, HEADER, checked, csv_text, table_with

NAMED = ["student_id", "name", "specialty", "step2_ck", "step1_result", "red_flags", "pdf_password"]
SECRET, SECRETS = "Quillfeather", ("Quillfeather", "tarn hollow")


def messages(found):
    return report_of(found) + "".join(map(str, found.problems))


def test_a_password_that_is_refused_is_not_shown(tmp_path):
    found = checked(tmp_path, table_with("students", pdf_password="tarn hollow" * 20))
    (problem,) = found.problems
    assert (problem.line, problem.column) == (2, "pdf_password")
    assert problem.expected.startswith("a password of at most 127 bytes in UTF-8, of characters")
    assert "tarn" not in messages(found)


ODD = ["a\x07b", "a\u200bb", "a\ufeffb", "a\ue000b", "a\u2028b", "a\x7f", "a\u202eb", "ﷺ" * 30]


@pytest.mark.parametrize("odd", ODD)
def test_a_password_that_nobody_can_type_or_that_grows_too_long_is_refused_unseen(tmp_path, odd):
    found = checked(tmp_path, table_with("students", pdf_password=odd))
    (problem,) = found.problems
    assert (problem.column, problem.value) == ("pdf_password", None)
    assert "characters that a person can type" in problem.expected


@pytest.mark.parametrize("fine", ["two words", "Grüße", "密码", "a-'\";#", "ｆｕｌｌ", "🔑 key"])
def test_a_password_of_any_alphabet_with_a_space_inside_is_kept(tmp_path, fine):
    found = checked(tmp_path, table_with("students", pdf_password=fine))
    assert found.problems == ()
    assert found.rows["pdf_password"][0] == fine


def test_a_password_is_measured_in_bytes_and_never_cut(tmp_path):
    found = checked(tmp_path, table_with("students", pdf_password="é" * 64))
    assert found.problems[0].column == "pdf_password"
    good = checked(tmp_path, table_with("students", pdf_password="é" * 63))
    assert good.rows["pdf_password"][0] == "é" * 63


def test_a_row_with_too_many_cells_shows_no_name(tmp_path):
    row = ["S001", "Quillfeather", "Maren", "Psychiatry", "250", "pass", "", "tarn hollow"]
    found = checked(tmp_path, csv_text(NAMED, row))
    assert found.problems[0].expected.startswith("7 cells as in the header, not 8: ")
    assert not any(secret in messages(found) for secret in SECRETS)


def test_a_name_that_slipped_into_the_next_column_is_not_shown(tmp_path):
    """An unquoted "Ray, Quillfeather": the empty password at the end hides the extra cell."""
    text = ",".join(NAMED) + "\nS001,Ray, Quillfeather,Psychiatry,250,pass,,\n"
    found = checked(tmp_path, text)
    assert {problem.column for problem in found.problems} >= {"red_flags", "step2_ck"}
    assert SECRET not in messages(found)
    assert "found" not in messages(found).replace("found by", "")


def test_an_id_in_use_twice_or_unusable_shows_the_id_and_no_name(tmp_path):
    row = ["", "Quillfeather", "Psychiatry", "250", "pass", "", "tarn hollow"]
    rows = [[name, *row[1:]] for name in ("a/b", "x", "X", "")]
    found = checked(tmp_path, csv_text(NAMED, *rows))
    assert [problem.line for problem in found.problems] == [2, 3, 4, 5]
    assert not any(secret in messages(found) for secret in SECRETS)


@pytest.mark.parametrize(("column", "longest"), [("name", 120), ("advisor_note", 100_000)])
def test_text_that_is_too_long_is_cut_and_that_is_said(tmp_path, column, longest):
    found = checked(tmp_path, table_with("students", **{column: "x" * (longest + 1)}))
    assert found.problems == ()
    assert found.rows[column][0] == "x" * (longest - 1) + "…"
    assert f"{column}: text over {longest:,} characters cut (1)" in found.repairs
    whole = checked(tmp_path, table_with("students", **{column: "x" * longest}))
    assert whole.rows[column][0] == "x" * longest


def test_a_program_s_hundred_thousand_characters_do_not_stop_the_class(tmp_path):
    found = checked(tmp_path, table_with("programs", program_name="w" * 100_000))
    assert found.problems == ()
    assert len(found.rows["program_name"][0]) == 200


IDS = ["../x", "a/b", "CON", "x" * 300, "", "{x.__class__}", "nul", "S 1", "Zoë", "a\\b"]


@pytest.mark.parametrize("student_id", IDS)
def test_an_id_that_could_be_a_path_or_a_trick_is_refused_by_its_line(tmp_path, student_id):
    cells = [student_id, "Psychiatry", "241", "pass", ""]
    found = checked(tmp_path, csv_text(HEADER.split(","), cells, ["ok", *cells[1:]]))
    (problem,) = found.problems
    assert (problem.line, problem.column) == (2, "student_id")
    assert "an id of 1 to 32 of A-Z a-z 0-9 - _" in problem.expected
    assert found.rows["student_id"].tolist() == ["ok"]


def test_ids_that_differ_only_in_case_are_both_refused(tmp_path):
    found = checked(tmp_path, GOOD.replace("007", "ab").replace("008", "AB"))
    assert [(problem.line, problem.value) for problem in found.problems] == [(2, "ab"), (3, "AB")]


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "file.csv"
    path.write_text(GOOD)

    def meddling(self, mode):
        stream = open(self, mode)  # noqa: PTH123, SIM115 - the one that is not replaced
        with open(self, "a") as other:  # noqa: PTH123
            other.write("009,Psychiatry,240,pass,\n")
        return stream

    monkeypatch.setattr("pathlib.Path.open", meddling)
    with pytest.raises(TableError, match="stays as it is while it is read"):
        read_rows(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_or_a_device_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "pipe.csv", "/dev/zero"):
        with pytest.raises(TableError, match="not a pipe or a device"):
            check_table(path)


def test_a_file_that_says_it_is_small_and_is_not_is_not_read_on(tmp_path, monkeypatch):
    path = tmp_path / "file.csv"
    path.write_text(GOOD * 100)
    real = path.stat()

    def small(*_, **__):
        return os.stat_result((stat.S_IFREG | 0o600, *real[1:6], 10, *real[7:10]))

    monkeypatch.setattr("pathlib.Path.stat", small)
    with pytest.raises(TableError, match="stays as it is"):
        read_rows(path)


@pytest.mark.parametrize(
    ("limit", "content", "line", "expected"),
    [
        ("MOST_COLUMNS", "a,b,c\n1,2,3\n", 1, "at most 2 columns"),
        ("MOST_LINES", "a,b\r\n1\r\n2\r\n", None, "a file of at most 2 lines"),
        ("MOST_CELLS", "a,b\n1\n2\n3\n4\n", 4, "a table of at most 2 cells"),
    ],
)
def test_a_table_that_would_fill_the_memory_is_refused(
    tmp_path, monkeypatch, limit, content, line, expected
):
    monkeypatch.setattr(reading, limit, 2)
    (tmp_path / "file.csv").write_text(content)
    with pytest.raises(TableError) as caught:
        read_rows(tmp_path / "file.csv")
    (problem,) = caught.value.problems
    assert problem.line == line
    assert problem.expected.startswith(expected)
