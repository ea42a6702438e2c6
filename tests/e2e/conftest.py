"""A small class of the made-up students, and the command line called in this process."""

import csv
import shutil
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


def called(*arguments):
    """Run a command, and give its exit code."""
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    return left.value.code


@pytest.fixture
def run(capsys):
    """Run a command: exit code, stdout, stderr."""

    def call(*arguments):
        code = called(*arguments)
        captured = capsys.readouterr()
        return SimpleNamespace(code=code, out=captured.out, err=captured.err)

    return call


def class_in(folder):
    """Two students and the programs of their specialty, as files that a test may damage."""
    students = [row for row in sample_rows("students") if row["student_id"] in {"S001", "S002"}]
    programs = [row for row in sample_rows("programs") if row["specialty"] == "Internal Medicine"]
    files = SimpleNamespace(
        students=write_rows(folder / "students.csv", students),
        programs=write_rows(folder / "programs.csv", programs),
        rows=students,
        of_programs=programs,
        out=folder / "out",
    )
    files.options = ("--students", files.students, "--programs", files.programs)
    files.batch = ("batch", *files.options, "--out", files.out, "--workers", "1")
    return files


@pytest.fixture
def small_class(tmp_path):
    return class_in(tmp_path)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """What a batch of the small class leaves."""
    files = class_in(tmp_path_factory.mktemp("made_once"))
    assert called(*files.batch) == 0
    return files.out


@pytest.fixture
def rendered_class(small_class, made_once):
    """The small class, and in its folder what an earlier batch left."""
    shutil.copytree(made_once, small_class.out)
    return small_class
