"""A student's row alone is the same student, and nobody else."""

import csv
import io

import pandas as pd
import pytest

from analysis.paths import from_root
from analysis.tables import read_student
from analysis.tables.loading import single_row_csv
from analysis.tables.reading import read_rows

LAST_STEP = ("name", "pdf_password")
SAMPLE = "data/sample/students.csv"
MESSY = (
    "Student_ID;Name;Specialty;Step2_CK;Step1_Result;Red_Flags;Letters;Advisor_Note;Badge\r\n"
    '007;"Mårten ""M"" Öst";internal medicine;251;Fail_then_pass;;70 %;'
    '"two\nlines; and, more";k9\r\n'
    "008;Vé;Pediatrics;240,0;pass;;0,7;''=1+1;k8\r\n"
)


def alone(path, tmp_path, without=LAST_STEP):
    """Each student of a file, as a file of one."""
    raw = read_rows(path)
    for number, text in enumerate(single_row_csv(raw, "students", without)):
        file = tmp_path / f"{number}.csv"
        file.write_text(text, encoding="utf-8", newline="")
        yield next(csv.DictReader(io.StringIO(text)))["student_id"], file


def same_but_for_the_last_step(path, tmp_path):
    for student_id, file in alone(path, tmp_path):
        expected = read_student(path, student_id).drop(columns=list(LAST_STEP))
        found = read_student(file, student_id)
        assert found[list(LAST_STEP)].isna().all(axis=None)
        pd.testing.assert_frame_equal(found.drop(columns=list(LAST_STEP)), expected)


def test_every_sample_row_alone_reads_to_the_same_student(tmp_path):
    same_but_for_the_last_step(from_root(SAMPLE), tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_row_of_a_messy_export_reads_to_the_same_student(tmp_path, encoding):
    path = tmp_path / "class.csv"
    path.write_bytes(MESSY.encode(encoding))
    same_but_for_the_last_step(path, tmp_path)


def test_names_passwords_and_columns_that_are_not_ours_stay_behind(tmp_path):
    path = tmp_path / "class.csv"
    path.write_text(MESSY, encoding="utf-8", newline="")
    (_, first), _ = alone(path, tmp_path)
    text = first.read_text(encoding="utf-8")
    assert "two\nlines; and, more" in text
    assert not [word for word in ("rten", "Vé", "008", "k9", "Badge") if word in text]
