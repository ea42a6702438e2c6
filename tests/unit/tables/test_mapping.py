import pandas as pd
import pytest

from analysis.errors import RowError, TableError
from analysis.paths import from_root
from analysis.tables.check import (
    check_files,
    check_graduate_files,
    check_table,
    read_graduate_files,
)
from analysis.tables.graduate_files import report_of_graduates
from analysis.tables.mapping import read_mappings, reading_with

MAPPING = """
[columns]
graduate_id = "Student No."
year = "Cycle"
step2_ck = "CK"
red_flags = "Concerns"
program_type = "Kind"
interviewed = "Invited?"
matched = "Placed?"
[constants]
specialty = "Internal Medicine"
step1_result = ""
[separators]
red_flags = ","
[codes.red_flags]
"LOA - academic" = "loa_academic"
"Failed Step 1" = "step1_failure"
"Never used" = "mspe_concern"
[codes.interviewed]
Y = "1"
N = "0"
[codes.matched]
Y = "1"
N = "0"
[codes.program_type]
Univ = "mid_tier_academic"
Comm = "community"
"""
EXPORT = """Student No.,Cycle,CK,Concerns,Kind,Invited?,Placed?,Remarks
007,2024,250,"LOA - Academic, failed step 1",Univ,Y,N,x
007,2024,250,"LOA - Academic, failed step 1",Comm,y,Y,x
008,2024,241,,Comm,N,N,x
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "office.toml").write_text(MAPPING)
    (tmp_path / "export.csv").write_text(EXPORT)
    return tmp_path


def mapped(files):
    with reading_with(files / "office.toml"):
        return check_table(files / "export.csv", "graduates")


def test_a_column_that_mapping_and_command_both_ignore_is_in_the_file(files):
    (files / "office.toml").write_text(f'ignore = ["Remarks"]\n{MAPPING}')
    with reading_with(files / "office.toml", ignored=("Remarks", "CK")) as headers:
        check_table(files / "export.csv", "graduates")
    assert not headers.in_no_file()


def wrong(tmp_path, mapping):
    (tmp_path / "office.toml").write_text(mapping)
    with pytest.raises(TableError) as caught:
        read_mappings(tmp_path / "office.toml")
    return str(caught.value)


def test_an_export_is_read_in_our_names_and_codes(files):
    checked = mapped(files)
    assert checked.problems == ()
    rows = checked.rows
    assert rows["graduate_id"].tolist() == ["007", "007", "008"]
    assert rows["red_flags"].tolist() == [("loa_academic", "step1_failure")] * 2 + [()]
    assert rows["interviewed"].tolist() == [1, 1, 0]
    assert rows["program_type"].tolist() == ["mid_tier_academic", "community", "community"]
    assert set(rows["specialty"]) == {("Internal Medicine",)}


def test_each_step_of_a_mapping_is_said(files):
    said = mapped(files).repairs
    for step in (
        "'Student No.' read as graduate_id",
        "red_flags: 'loa - academic' read as 'loa_academic' (2)",
        "red_flags: 'never used' never occurs",
        "red_flags: entries separated by ','",
        "specialty is 'Internal Medicine' in every row",
        "columns left out: Remarks",
    ):
        assert step in said


def test_a_problem_names_the_offices_own_column_and_the_line(files):
    (files / "export.csv").write_text(EXPORT.replace("008,2024,241,,Comm,N", "008,2024,41,,Comm,M"))
    checked = mapped(files)
    assert {(p.line, p.column) for p in checked.problems} == {
        (4, "step2_ck (from 'CK')"),
        (4, "interviewed (from 'Invited?')"),
    }


def test_a_column_that_the_export_lacks_is_named_with_its_nearest(files):
    (files / "export.csv").write_text(EXPORT.replace("Cycle", "Cycles"))
    with pytest.raises(TableError, match=r"which office[.]toml reads as year") as caught:
        mapped(files)
    assert "is 'Cycles' meant?" in str(caught.value)


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ("[columns", "a TOML file in UTF-8"),
        ('table = "alumni"', "column table: found 'alumni'"),
        ('[columns]\nstep2 = "CK"', "such as step2_ck"),
        ("[columns]\nstep2_ck = 3", "column columns.step2_ck: found '3'; expected text"),
        ('[colums]\nyear = "x"', "column colums: expected one of table"),
        ('[columns]\nyear = "x"\n[constants]\nyear = 2024', "either a column or a constant"),
        ('[codes.red_flags]\nLOA = "leave"', "column codes.red_flags: found 'leave'"),
        ("[codes]\nred_flags = 3", "column codes.red_flags: expected a table of words"),
        ("columns = 3", "a table of names"),
    ],
)
def test_a_mapping_that_is_not_understood_is_refused_by_name(tmp_path, mapping, says):
    assert says in wrong(tmp_path, mapping)


def test_a_mapping_that_is_not_there_is_a_problem_of_the_file(tmp_path):
    with pytest.raises(TableError, match="that can be read"):
        read_mappings(tmp_path / "none.toml")


HEAD = (
    "graduate_id,year,specialty,step2_ck,program_id,program_type,interviewed,matched,"
    "step1_result,red_flags\n"
)


def years(tmp_path, *contents):
    paths = []
    for number, content in enumerate(contents):
        paths.append(tmp_path / f"y{number}.csv")
        paths[-1].write_text(HEAD + content.replace("\n", ",,\n"))
    return paths


def test_years_from_several_files_become_one_table(tmp_path):
    paths = years(
        tmp_path,
        "G1,2024,Internal Medicine,250,P1,,1,0\n",
        "G2,2025,Internal Medicine,240,P1,,0,0\n",
    )
    assert read_graduate_files(paths)["year"].tolist() == [2024, 2025]
    assert check_graduate_files(paths).notes == ()


@pytest.mark.parametrize(
    ("contents", "where", "says"),
    [
        (
            ("G1,2024,Internal Medicine,250,P1,,1,0\n", "G1,2024,Internal Medicine,250,P1,,1,0\n"),
            {("y0.csv", 2), ("y1.csv", 2)},
            "each application once",
        ),
        (
            ("G1,2024,Internal Medicine,250,,community,1,0\n",) * 2,
            {("y0.csv", 2), ("y1.csv", 2)},
            "each row in one file",
        ),
        (
            ("G1,2024,Internal Medicine,250,P1,,1,0\n", "G1,2024,Internal Medicine,240,P2,,1,0\n"),
            {("y0.csv", 2), ("y1.csv", 2)},
            "the same in all rows of one graduate's year",
        ),
        (
            ("G1,2024,Internal Medicine,250,P1,,1,1\n", "G1,2024,Internal Medicine,250,P2,,1,1\n"),
            {("y0.csv", 2), ("y1.csv", 2)},
            "at most one match",
        ),
        (
            ("G1,2024,Internal Medicine,250,P1,,0,1\n",),
            {("y0.csv", 2)},
            "an interview where there was a match",
        ),
    ],
    ids=["told twice", "row in two files", "two scores", "two matches", "match unasked"],
)
def test_what_cannot_be_is_named_with_file_and_line(tmp_path, contents, where, says):
    found = check_graduate_files(years(tmp_path, *contents))
    assert {(p.file, p.line) for p in found.problems} == where
    assert all(says in p.expected for p in found.problems)
    assert found.rows.empty
    with pytest.raises(RowError, match=says):
        read_graduate_files(years(tmp_path, *contents))


def test_a_student_split_over_files_is_noted_and_taken_together(tmp_path):
    paths = years(
        tmp_path,
        "G1,2024,Internal Medicine,250,P1,,1,0\n",
        "G1,2024,Internal Medicine,250,P2,,0,0\nG1,2025,Internal Medicine,252,P2,,0,0\n",
    )
    found = check_graduate_files(paths)
    assert len(found.rows) == 3
    assert [note.split(";")[0] for note in found.notes] == [
        "1 graduates' years are split over files",
        "1 graduates applied in more than one year",
    ]
    assert "all files together:\n  note: 1 graduates' years" in report_of_graduates(found)


def test_the_sample_has_nothing_wrong():
    found = check_graduate_files([from_root("data/sample/graduates.csv")])
    assert found.problems == ()
    assert len(found.rows) > 2000


def test_check_reads_an_export_by_its_mapping_and_writes_what_every_command_reads(files):
    target = files / "graduates.csv"
    with reading_with(files / "office.toml"):
        text, code = check_files([files / "export.csv"], target)
    assert code == 0
    assert "'Student No.' read as graduate_id" in text
    assert text.endswith("graduates.csv: written, 3 good rows of graduates")
    written = read_graduate_files([target])
    mapped = read_graduate_files([files / "export.csv"], files / "office.toml")
    pd.testing.assert_frame_equal(written, mapped[written.columns])
    assert target.stat().st_mode & 0o077 == 0
    before = target.read_bytes()
    with reading_with(files / "office.toml"):
        text, code = check_files([files / "export.csv"], target)
    assert (code, target.read_bytes()) == (2, before)
    assert "is there already, not written" in text


def test_check_names_an_application_told_in_two_files_and_writes_the_others(tmp_path):
    row = "G{},2024,Internal Medicine,250,P1,,1,0\n"
    paths = years(tmp_path, row.format(1) + row.format(2), row.format(2))
    text, code = check_files(paths, write=tmp_path / "all.csv")
    assert code == 1
    assert "y0.csv, line 3, column program_id: found 'P1'" in text
    assert "y1.csv, line 2, column program_id: found 'P1'" in text
    assert read_graduate_files([tmp_path / "all.csv"])["graduate_id"].tolist() == ["G1"]


def test_check_says_what_is_wrong_with_a_mapping_and_writes_nothing(files):
    with reading_with(files / "none.toml"):
        text, code = check_files([files / "export.csv"], files / "x.csv")
    assert code == 2
    assert text.startswith("export.csv: cannot be used\n  none.toml: expected a mapping")
    assert not (files / "x.csv").exists()
    students = from_root("data/sample/students.csv")
    assert check_files([students], write=files / "x.csv")[1] == 2
