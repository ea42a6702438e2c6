"""A small class of the made-up students, and the command line called in this process."""

import csv
from types import SimpleNamespace

import pytest

from analysis.cli import main
from analysis.paths import from_root

OURS = {"manifest.json", "summary.csv", "assumptions.toml", ".lock"}


def sample_rows(table):
    with from_root(f"data/sample/{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_rows(path, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def run(capsys):
    """Run a command: exit code, stdout, stderr."""

    def call(*arguments):
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return SimpleNamespace(code=left.value.code, out=captured.out, err=captured.err)

    return call


@pytest.fixture
def small_class(tmp_path):
    """Two students and the programs of their specialty, as files that a test may damage."""
    students = [row for row in sample_rows("students") if row["student_id"] in {"S001", "S002"}]
    programs = [row for row in sample_rows("programs") if row["specialty"] == "Internal Medicine"]
    files = SimpleNamespace(
        students=write_rows(tmp_path / "students.csv", students),
        programs=write_rows(tmp_path / "programs.csv", programs),
        rows=students,
        of_programs=programs,
        out=tmp_path / "out",
    )
    files.options = ("--students", files.students, "--programs", files.programs)
    files.batch = ("batch", *files.options, "--out", files.out, "--workers", "1")
    return files
