"""Files that are no tables, or far too much of one: a clear error, in bounded memory."""

import csv
import io
import json
import subprocess
import sys

import pytest

from analysis.paths import project_root
from analysis.tables.reading import read_rows
from tests.e2e.conftest import OURS, sample_rows, write_rows
from tests.hostile import TRICKS

GIB, MIB = 2**30, 2**20
# Says its largest memory, in bytes, after the command's own words. (Linux counts in ru_maxrss the
# process that started it as well, so its own file is read where there is one.)
MEASURED = """
import pathlib, resource, sys
from analysis.cli import main
try:
    main(sys.argv[1:])
finally:
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        print(int(line.split()[1]) * 1024, file=sys.stderr)
    else:
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""
WIDE = b",".join(b"c%d" % n for n in range(100)) + b"\n"
HEADER = b"student_id,specialty,step2_ck,step1_result,red_flags\n"


def sparse(path):
    with path.open("wb") as stream:
        stream.truncate(GIB)


def filled(content, size, head=HEADER):
    def write(path):
        with path.open("wb") as stream:
            stream.write(head)
            for _ in range(size // len(content)):
                stream.write(content)

    return write


# How it is written, what is said, most memory.
BOMBS = {
    "a gigabyte of one line": (filled(b"x" * MIB, GIB), "at most 200 MiB", 400 * MIB),
    "a gigabyte of NUL": (sparse, "at most 200 MiB", 400 * MIB),
    "NUL up to the limit": (filled(b"\0" * MIB, 190 * MIB), "without NUL", 900 * MIB),
    "one line up to the limit": (filled(b"x" * MIB, 190 * MIB), "lines of at most", 900 * MIB),
    "one quoted cell": (
        filled(b"x" * 1023 + b"\n", 190 * MIB, HEADER + b'"'),
        "well-formed CSV row (field larger than field limit",
        900 * MIB,
    ),
    "a hundred million rows": (filled(b"x\n" * MIB, 190 * MIB), "5,000,000 lines", 900 * MIB),
    "a hundred million cells": (
        filled(b"x," * 99 + b"x\n", 190 * MIB, WIDE),
        "5,000,000 cells",
        1400 * MIB,
    ),
    "a million columns": (filled(b",x" * 400_000, 800_000, b"x"), "1,000 columns", 600 * MIB),
    "line ends alone": (filled(b"\n" * MIB, 190 * MIB), "5,000,000 lines", 900 * MIB),
    "quotes alone": (filled(b'"' * MIB, 190 * MIB, b""), "lines of at most", 900 * MIB),
}
QUICK = "a gigabyte of NUL"


@pytest.mark.skipif(sys.platform == "win32", reason="no module resource there")
@pytest.mark.parametrize(
    "bomb",
    [name if name == QUICK else pytest.param(name, marks=pytest.mark.soak) for name in BOMBS],
)
def test_a_bomb_of_a_file_is_refused_in_bounded_memory(tmp_path, bomb):
    write, said, most = BOMBS[bomb]
    path = tmp_path / "bomb.csv"
    write(path)
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "check", str(path)],
        capture_output=True,
        text=True,
        cwd=project_root(),
        timeout=200,
        check=False,
    )
    path.unlink()
    assert done.returncode == 2, done.stderr
    assert said in done.stdout
    assert "Traceback" not in done.stderr
    assert len(done.stdout) < 10_000
    assert int(done.stderr.split()[-1]) < most


@pytest.mark.parametrize("which", ["students", "programs"])
def test_a_batch_of_such_a_file_writes_nothing(run, small_class, which):
    sparse(getattr(small_class, which))
    done = run(*small_class.batch)
    assert done.code == 2
    assert "at most 200 MiB" in done.err
    assert not small_class.out.exists()


OUT = {
    "a file": (lambda out: out.write_text("mine"), "is a file; --out needs a folder"),
    "a link": (lambda out: out.symlink_to(out.parent), "is a link to another place"),
    "a PDF that is a link": (
        lambda out: (out.mkdir(), (out / "manifest.json").write_text("{}"),
                     (out / "S001.pdf").symlink_to(out.parent / "students.csv")),
        "is a link to another place",
    ),
    "a lock that is a link": (
        lambda out: (out.mkdir(), (out / ".lock").symlink_to(out.parent / "students.csv")),
        "is a link to another place",
    ),
    "a manifest of nonsense": (
        lambda out: (out.mkdir(), (out / "manifest.json").write_text("[" * 100_000)),
        "is not a manifest of this program",
    ),
    "a manifest of wrong types": (
        lambda out: (out.mkdir(), (out / "manifest.json").write_text(json.dumps(
            {"format": 1, "fingerprint": "x", "inputs": {},
             "students": {"../x": {"outcome": ["x"], "line": "a", "warnings": [1]}}}))),
        "is not a manifest of this program",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", OUT)
def test_an_out_that_is_no_folder_of_ours_is_refused_and_left_alone(run, small_class, what):
    make, said = OUT[what]
    make(small_class.out)
    inputs = small_class.students.read_bytes()
    done = run(*small_class.batch, "--resume")
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert small_class.students.read_bytes() == inputs
    left = {path.name for path in small_class.out.parent.iterdir()}
    assert left == {"students.csv", "programs.csv", "out"}


def test_a_pick_s_csv_is_safe_in_a_spreadsheet_and_read_back(run, small_class, tmp_path):
    programs = [r for r in sample_rows("programs") if r["specialty"] == "Internal Medicine"]
    names = [*TRICKS.values(), "-1+1", "@SUM(1)", "x;=1+1", "＝1+1", "\u202e=1+1", "+\x1b[31m"]
    for number, row in enumerate(programs):
        row["program_name"] = " ".join(names[number % len(names)].split())
    write_rows(small_class.programs, programs)
    done = run("pick", "S001", *small_class.options, "--limit", "30", "--format", "csv")
    assert done.code == 0, done.err
    rows = list(csv.DictReader(io.StringIO(done.out)))
    named = {row["program_id"]: row["program_name"] for row in programs}
    signs = ("=", "+", "-", "@", "＝", "\t", "\r")
    for cell in (cell for row in rows for cell in row.values()):
        assert not cell.startswith(signs) or cell.removeprefix("-").replace(".", "").isdigit()
    assert not set(done.out) & {"\x1b", "\u202e"}
    (tmp_path / "pick.csv").write_text(done.out, encoding="utf-8")
    raw = read_rows(tmp_path / "pick.csv")
    where, what = raw.header.index("program_id"), raw.header.index("program_name")
    for cells in raw.rows:
        read = cells[what].replace(r"\u202e", "\u202e").replace(r"\x1b", "\x1b")
        assert read == named[cells[where]]
    assert len(raw.rows) == len(rows) > 10


def test_what_a_batch_leaves_where_all_was_hostile_is_what_it_always_leaves(run, small_class):
    hostile = [
        {**small_class.rows[0], "student_id": student_id}
        for student_id in ("../../x", "/etc/x", "CON", "x" * 300, "", "{x.__class__}", "a\nb")
    ]
    write_rows(small_class.students, [*hostile, small_class.rows[1]])
    done = run(*small_class.batch)
    assert done.code == 1
    assert {path.name for path in small_class.out.iterdir()} == OURS | {"S002.pdf"}
    for line in range(2, 2 + len(hostile)):
        assert f"students.csv, line {line}, column student_id" in done.err
    assert {path.name for path in small_class.out.parent.iterdir()} == {
        "students.csv",
        "programs.csv",
        "out",
    }
