import pytest

from analysis.errors import TableError
from analysis.paths import from_root
from analysis.tables import (
    read_factor_importance,
    read_if_given,
    read_interview_chances,
    read_program_tolerance,
    read_student,
    read_students,
    reading,
)
from analysis.tables.reading import read_rows
from tests.unit.tables.class_file import GOOD, HEADER, checked

PLAIN = [["007", "Internal Medicine", "250", "pass", ""], ["008", "Zoë", "241", "pass", "x;y"]]
TEXT = HEADER + "\n" + "".join(",".join(row) + "\n" for row in PLAIN)
SEPARATED = "read with {} as separator"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (TEXT.encode(), []),
        (TEXT.encode("utf-8-sig"), []),
        (TEXT.encode("utf-16"), ["read as UTF-16"]),
        (TEXT.encode("utf-32"), ["read as UTF-32"]),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), ["read as UTF-16"]),
        (
            TEXT.encode("cp1252"),
            ["line 3 read as Windows-1252 since the file is not UTF-8: compare the names"],
        ),
        (TEXT.replace("\n", "\r\n").encode(), []),
        (TEXT.replace("\n", "\r").encode(), []),
        (TEXT.replace("x;y", '"x;y"').encode(), []),
        (TEXT.replace("x;y", "'x'").replace(",", ";").encode(), [SEPARATED.format("';'")]),
        (TEXT.replace(",", "\t").encode(), [SEPARATED.format("a tab")]),
        (TEXT.replace(",", " , ").encode(), []),
        (TEXT.replace("\n", "\n\n ,,,,\n").encode(), []),
        (TEXT.rstrip("\n").encode(), []),
    ],
    ids=[
        "UTF-8",
        "byte order mark",
        "UTF-16 LE",
        "UTF-32",
        "UTF-16 BE",
        "Windows-1252",
        "CRLF",
        "CR",
        "quotes",
        "semicolon",
        "tab",
        "spaces",
        "empty lines",
        "no last line end",
    ],
)
def test_a_messy_file_gives_the_same_cells_and_says_what_was_done(tmp_path, content, said):
    (tmp_path / "file.csv").write_bytes(content)
    raw = read_rows(tmp_path / "file.csv")
    assert raw.header == HEADER.split(",")
    assert [row[:4] for row in raw.rows] == [row[:4] for row in PLAIN]
    assert raw.repairs == said
    assert raw.problems == []


def test_lines_are_those_of_the_file_where_cells_hold_line_ends(tmp_path):
    text = 'a,b\n"1\n1",2\n\n3,"4\r\n\r\n4"\n5,6\n'
    (tmp_path / "file.csv").write_bytes(text.encode())
    raw = read_rows(tmp_path / "file.csv")
    assert raw.lines == [2, 5, 8]
    assert raw.rows[1] == ["3", "4\r\n\r\n4"]


def test_a_lone_carriage_return_ends_a_line(tmp_path):
    (tmp_path / "file.csv").write_bytes(b"a,b\n1,2\r3,4\n5,6\n")
    assert read_rows(tmp_path / "file.csv").lines == [2, 3, 4]


def test_a_long_file_of_lone_carriage_returns_is_no_single_huge_line(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LONGEST_LINE", 20)
    (tmp_path / "file.csv").write_bytes(b"a,b\r" + b"1,x;y;z;\r" * 5)
    assert len(read_rows(tmp_path / "file.csv").rows) == 5


def test_a_row_with_too_many_cells_is_refused_by_its_line(tmp_path):
    found = checked(tmp_path, GOOD + "009,Psychiatry,240,pass,,late\n")
    (problem,) = found.problems
    assert (problem.line, problem.value) == (4, None)
    assert problem.expected.startswith("5 cells as in the header, not 6: a cell that holds")
    assert len(found.rows) == 2


def test_a_row_with_too_few_cells_ends_empty_and_that_is_said(tmp_path):
    found = checked(tmp_path, GOOD + "009,Psychiatry,240\n010,Psychiatry,240,pass,,,,\n")
    assert found.problems == ()
    assert found.rows["step1_result"].isna().tolist() == [False, False, True, False]
    assert "rows with fewer cells than the header taken as ending empty (1)" in found.repairs


def test_a_file_over_the_limit_is_not_even_read(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 2**20)
    (tmp_path / "file.csv").write_bytes(b"a" * (2**20 + 1))
    with pytest.raises(TableError, match="expected a CSV file of at most 1 MiB"):
        read_rows(tmp_path / "file.csv")


def test_a_folder_and_a_missing_file_are_told_from_a_table(tmp_path):
    with pytest.raises(TableError, match="a CSV file, not a folder"):
        read_rows(tmp_path)
    with pytest.raises(TableError, match=r"none[.]csv: expected a file that exists"):
        read_rows(tmp_path / "none.csv")


def test_a_file_that_the_system_refuses_is_told_with_its_reason(tmp_path, monkeypatch):
    (tmp_path / "file.csv").write_text(GOOD)

    def refused(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refused)
    with pytest.raises(TableError, match=r"a file that can be read \(Permission denied\)"):
        read_rows(tmp_path / "file.csv")


def test_a_damaged_workbook_gets_one_sentence_on_how_to_save_it(tmp_path):
    (tmp_path / "class.xlsx").write_bytes(b"PK\x03\x04rest")
    with pytest.raises(TableError) as caught:
        read_rows(tmp_path / "class.xlsx")
    assert str(caught.value) == (
        "class.xlsx: expected a workbook (.xlsx, .xls or .ods) that is whole and without a "
        "password: open it, save it again, or save it as CSV UTF-8"
    )


@pytest.mark.parametrize(
    "header", ["Student-ID", " student id ", "STUDENT_ID", "id"], ids=lambda word: word.strip()
)
def test_headers_are_known_in_other_spellings(tmp_path, header):
    text = GOOD.replace("student_id", header).replace("step2_ck", "Step 2 CK")
    assert checked(tmp_path, text).rows["student_id"].tolist() == ["007", "008"]


def test_spare_columns_are_left_out_and_that_is_said(tmp_path):
    found = checked(tmp_path, GOOD.replace("flags\n", "flags,Remarks,\n"))
    assert "columns left out: Remarks" in found.repairs
    assert "remarks" not in found.rows


def test_an_id_stays_text_in_every_reader(tmp_path):
    (tmp_path / "s.csv").write_text(GOOD.replace("008", "1e5"))
    assert read_students(tmp_path / "s.csv")["student_id"].tolist() == ["007", "1e5"]
    assert read_student(tmp_path / "s.csv", "007")["step2_ck"].tolist() == [250]


def test_one_students_row_does_not_suffer_from_another_that_is_bad(tmp_path):
    (tmp_path / "s.csv").write_text(GOOD.replace("241", "2"))
    assert len(read_student(tmp_path / "s.csv", "007")) == 1
    with pytest.raises(TableError, match="line 3, column step2_ck"):
        read_student(tmp_path / "s.csv", "008")
    with pytest.raises(TableError, match="found '07'; expected an id of the class, such as 007"):
        read_student(tmp_path / "s.csv", "07")


def test_no_path_is_no_table():
    assert read_if_given("preferences", "") is None
    assert len(read_if_given("preferences", "data/sample/preferences.csv")) == 36


PAIRS = [
    ("high_tier_academic", 9, 3),
    ("mid_tier_academic", 6, 5),
    ("community", 4, 7),
    ("rural_fm", 2, 8),
    ("do_friendly", 3, 7),
]
CHANCES = [
    ("none", 0.80),
    ("course_failure_remediated", 0.65),
    ("step1_failure", 0.45),
    ("preclinical_failures_multiple", 0.35),
    ("loa_academic", 0.30),
]
WEIGHTS = [
    ("Step 2 CK", 30),
    ("Clerkship Grades", 25),
    ("Letters", 20),
    ("Red Flags", 15),
    ("Research", 10),
]


def rows_of(frame, *columns):
    return list(frame[list(columns)].itertuples(index=False, name=None))


def test_the_twenty_figures_of_the_article_are_exact():
    weights = read_factor_importance(from_root("data/article/factor_importance.csv"))
    chances = read_interview_chances(from_root("data/article/interview_chances.csv"))
    tolerance = read_program_tolerance(from_root("data/article/program_tolerance.csv"))
    assert rows_of(weights, "factor", "importance") == WEIGHTS
    assert rows_of(chances, "red_flag", "interview_chance") == CHANCES
    assert rows_of(tolerance, "program_type", "prestige", "red_flag_tolerance") == PAIRS
    for frame in (weights, chances, tolerance):
        assert set(frame["basis"]) == {"article"}


ARTICLE = {
    "factor_importance": ("Step 2 CK,30\nLetters,20\n", ["Step 2 CK", "Letters"]),
    "interview_chances": ("No red flags,80\nAcademic LOA,30\n", ["none", "loa_academic"]),
    "program_tolerance": ("Community,4,7\nRural FM,2,8\n", ["community", "rural_fm"]),
}


@pytest.mark.parametrize("table", ARTICLE)
def test_the_articles_own_shape_is_known_for_what_it_is(tmp_path, table):
    rows, names = ARTICLE[table]
    found = checked(tmp_path, f"Category,Value\n{rows}")
    assert found.table == table
    assert found.rows.iloc[:, 0].tolist() == names
    assert found.problems == ()
    assert "read the article's Category,Value" in found.repairs
    assert set(found.rows["basis"]) == {"office"}


@pytest.mark.parametrize("rows", ['Community,"4,7"', "Community,4,7", 'Community,"4, 7"'])
def test_a_pair_is_read_quoted_or_not(tmp_path, rows):
    found = checked(tmp_path, f"Category,Value\n{rows}\nRural FM,2,8\n").rows
    assert rows_of(found, "prestige", "red_flag_tolerance") == [(4, 7), (2, 8)]


def test_a_pair_is_never_taken_for_a_decimal_comma(tmp_path):
    found = checked(tmp_path, "Category,Value\nRural FM,2,8\nCommunity,4\n")
    assert found.table == "program_tolerance"
    assert [(p.line, p.column) for p in found.problems] == [(3, "red_flag_tolerance")]
    (problem,) = checked(
        tmp_path, "Category,Value\nNo red flags,80\nRural FM,2,8\n", "interview_chances"
    ).problems
    assert problem.expected.startswith("2 cells as in the header, not 3: a cell that holds")
