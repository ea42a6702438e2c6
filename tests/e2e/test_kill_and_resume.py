"""A batch that is killed, stopped or out of room, and what ``--resume`` makes of it."""

import errno
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from analysis.paths import project_root
from analysis.report import folder
from analysis.report.folder import read_manifest
from analysis.workers.pool import LocalPool
from tests.e2e.conftest import OURS, called, sample_rows, write_rows

SEED = 20260915
COMPARED = ("summary.csv", "assumptions.toml", "S001.pdf", "S002.pdf", "S003.pdf")
# A batch of three students moves assumptions, manifest and summary, then report, manifest and
# summary of each.
MOVES = 12


def moments():
    """Twenty: inside the moves of files into place, and by the clock."""
    dice = random.Random(SEED)  # noqa: S311 - moments of a test, not secrets
    of_moves = [(n, dice.choice(["before", "after"])) for n in range(1, MOVES + 1)]
    by_clock = [(dice.uniform(0.1, 1.0), "clock") for _ in range(8)]
    return of_moves + by_clock


MANY = [moment for moment in moments() if moment != moments()[4]]
EACH = [
    pytest.param(*moment, marks=pytest.mark.soak if moment in MANY else ()) for moment in moments()
]


def test_there_are_twenty_moments():
    assert len(EACH) == 20


@pytest.fixture(scope="module")
def class_of_three(tmp_path_factory):
    """Options of a class of three students with the programs of their specialties."""
    place = tmp_path_factory.mktemp("class")
    ids = {"S001", "S002", "S003"}
    students = [row for row in sample_rows("students") if row["student_id"] in ids]
    of_these = {name for row in students for name in row["specialty"].split(";")}
    programs = [row for row in sample_rows("programs") if row["specialty"] in of_these]
    students_csv = write_rows(place / "students.csv", students)
    programs_csv = write_rows(place / "programs.csv", programs)
    return ["batch", "--students", students_csv, "--programs", programs_csv, "--workers", "1"]


COMMAND = ("-c", "from analysis.cli import main; main()")
KILLED = ("-m", "tests.e2e.killed_batch")


def started(arguments, how=COMMAND, **options):
    """A command in a process of its own, which may be killed, and which hears Ctrl-C.

    Without the last, a run of the tests in the background would hand down that it is ignored.
    """
    return subprocess.Popen(
        [sys.executable, *how, *map(str, arguments)],
        cwd=project_root(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        **options,
    )


def contents(out):
    return {name: (out / name).read_bytes() for name in COMPARED}


@pytest.fixture(scope="module")
def undisturbed(class_of_three, tmp_path_factory):
    """What an undisturbed batch writes."""
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    assert called(*class_of_three, "--out", out) == 0
    return contents(out)


@pytest.fixture(scope="module")
def seconds(class_of_three, tmp_path_factory):
    """How long a batch takes in a process of its own."""
    begun = time.perf_counter()
    batch = started([*class_of_three, "--out", tmp_path_factory.mktemp("timed") / "out"])
    _, said = batch.communicate(timeout=200)
    assert batch.returncode == 0, said
    return time.perf_counter() - begun


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL and forkserver are not there")
@pytest.mark.parametrize(("number", "when"), EACH)
def test_a_killed_batch_resumes_to_the_bytes_of_an_undisturbed_one(
    run, class_of_three, undisturbed, tmp_path, request, number, when
):
    arguments = [*class_of_three, "--out", tmp_path / "out"]
    if when == "clock":
        batch = started(arguments)
        time.sleep(number * request.getfixturevalue("seconds"))
        batch.kill()
        batch.communicate()
    else:
        batch = started([number, when, *arguments], KILLED)
        batch.communicate(timeout=200)
        assert batch.returncode == -signal.SIGKILL
    done = run(*arguments, "--resume")
    assert done.code == 0, done.err
    assert contents(tmp_path / "out") == undisturbed
    assert {path.name for path in (tmp_path / "out").iterdir()} == OURS | {
        name for name in COMPARED if name.endswith(".pdf")
    }


def test_a_stopped_batch_says_how_to_go_on(class_of_three, tmp_path):
    out = tmp_path / "out"
    batch = started([*class_of_three, "--out", out], start_new_session=True)
    for line in batch.stderr:
        if "1/3" in line:
            os.killpg(batch.pid, signal.SIGINT)  # a terminal sends it to the workers as well
            break
    said = batch.stderr.read()
    assert batch.wait(60) == 130, said
    assert "--resume" in said
    assert "Traceback" not in said
    known = read_manifest(out).students
    made = {name for name, entry in known.items() if entry.outcome == "delivered"}
    assert {f"{name}.pdf" for name in made} <= {path.name for path in out.iterdir()}
    assert {entry.outcome for name, entry in known.items() if name not in made} == {"pending"}
    assert "pending" in (out / "summary.csv").read_text()
    assert not list(out.glob(".*.part"))


@pytest.mark.parametrize(
    ("command", "option", "more"),
    [
        ("batch", (), " with --resume"),
        ("batch", ("--overwrite",), " with --resume in place of --overwrite"),
        ("report", (), ""),
    ],
)
def test_a_stopped_command_says_only_what_it_understands(
    run, small_class, monkeypatch, command, option, more
):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(LocalPool, "results", stopped)
    name = ["S001"] if command == "report" else []
    done = run(command, *name, *small_class.options, "--out", small_class.out, *option)
    assert done.code == 130
    assert f"is whole. To go on: the same command{more}\n" in done.err
    assert "countersignal: stopped" not in done.err


@pytest.fixture
def full_disk(monkeypatch):
    """Fill the disk at the n-th write of a file, for good or until after another."""

    def after(number, last=sys.maxsize, code=errno.ENOSPC):
        count = 0

        def fsync(_):
            nonlocal count
            count += 1
            if number <= count <= last:
                raise OSError(code, os.strerror(code))

        monkeypatch.setattr(folder.os, "fsync", fsync)

    return after


@pytest.mark.parametrize(
    "number",
    [2, *(pytest.param(number, marks=pytest.mark.soak) for number in (1, 4, 5))],
)
def test_a_full_disk_tears_nothing_and_says_so(run, small_class, full_disk, monkeypatch, number):
    full_disk(number)
    done = run(*small_class.batch)
    monkeypatch.undo()
    assert done.code == 2
    assert "No space left" in done.err
    assert "Make room, and run the command again: batch with --resume" in done.err
    assert "Traceback" not in done.err
    assert not list(small_class.out.glob(".*.part"))
    for path in small_class.out.glob("*.pdf"):
        assert path.read_bytes().rstrip().endswith(b"%%EOF")
    assert run(*small_class.batch, "--resume").code == 0


@pytest.fixture
def full_folder(monkeypatch):
    """Let the system refuse a report its name, once the earlier one has made way."""
    replace = folder.Path.replace

    def refused(self, target):
        if self.suffix == folder.PART_SUFFIX and target.name == "S002.pdf":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return replace(self, target)

    return lambda: monkeypatch.setattr(folder.Path, "replace", refused)


@pytest.mark.parametrize("where", ["on the disk", "in the folder"])
def test_a_report_that_finds_no_room_leaves_the_earlier_one_in_its_place(
    run, rendered_class, full_disk, full_folder, where
):
    before = {path.name: path.read_bytes() for path in rendered_class.out.glob("*.pdf")}
    if where == "on the disk":
        full_disk(4, last=4)  # assumptions, manifest and summary, then the report
    else:
        full_folder()
    rendered_class.rows[1]["step2_ck"] = "266"
    write_rows(rendered_class.students, rendered_class.rows)
    done = run(*rendered_class.batch, "--resume")
    assert done.code == 1
    assert (
        "S002 (line 3): S002.pdf cannot be written (No space left on device); "
        "the earlier report stays in its place"
    ) in done.err
    assert {p.name: p.read_bytes() for p in rendered_class.out.glob("*.pdf")} == before
    old = [path.name for path in (rendered_class.out / "old").rglob("*.pdf")]
    assert old == []
    ours = {path.name for path in rendered_class.out.iterdir()} - {"old"}
    assert ours == OURS | set(before)


def test_a_notebook_that_finds_no_room_leaves_the_earlier_report_and_is_named(
    run, rendered_class, full_disk
):
    before = {path.name: path.read_bytes() for path in rendered_class.out.glob("*.pdf")}
    full_disk(5, last=5)  # assumptions, manifest, summary and the report, then its notebook
    done = run(
        *rendered_class.batch, "--overwrite", "--keep-notebooks", "--set", "auto_screen_share=0.5"
    )
    assert done.code == 1
    assert (
        "S001 (line 2): S001.ipynb cannot be written (No space left on device); "
        "the earlier report stays in its place"
    ) in done.err
    assert (rendered_class.out / "S001.pdf").read_bytes() == before["S001.pdf"]
    assert [path.name for path in rendered_class.out.rglob("*.ipynb")] == ["S002.ipynb"]


def test_a_folder_that_cannot_be_written_is_named(run, small_class, monkeypatch):
    def refused(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(folder.tempfile, "mkstemp", refused)
    done = run(*small_class.batch)
    assert done.code == 2
    assert f"{small_class.out} cannot be written (Permission denied)" in done.err


def meddle(monkeypatch, damage):
    """Let something happen when the reports are made and the batch is not yet at its end."""
    results = LocalPool.results

    def meddling(*arguments):
        yield from results(*arguments)
        damage()

    monkeypatch.setattr(LocalPool, "results", meddling)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(
            lambda path: path.write_text(path.read_text().replace("255", "214")), id="change"
        ),
        pytest.param(lambda path: path.unlink(), id="vanish", marks=pytest.mark.soak),
    ],
)
def test_reports_rest_on_programs_as_they_were_read_and_so_do_their_hashes(
    run, rendered_class, monkeypatch, damage
):
    content = rendered_class.programs.read_bytes()
    undisturbed = [path.read_bytes() for path in sorted(rendered_class.out.glob("*.pdf"))]
    results = LocalPool.results

    def meddling(*arguments):
        damage(rendered_class.programs)  # everything was read, nothing was made
        return results(*arguments)

    monkeypatch.setattr(LocalPool, "results", meddling)
    assert run(*rendered_class.batch, "--overwrite").code == 0
    monkeypatch.undo()
    assert [p.read_bytes() for p in sorted(rendered_class.out.glob("*.pdf"))] == undisturbed
    rendered_class.programs.write_bytes(content)
    assert "S002 was there already" in run(*rendered_class.batch, "--resume").err
    rendered_class.programs.write_bytes(content + b"\n\n")
    assert "S002 delivered" in run(*rendered_class.batch, "--resume").err


def test_reports_are_of_the_rows_as_they_were_read_whatever_becomes_of_the_class(
    run, small_class, monkeypatch
):
    file = small_class.students
    content = file.read_text()
    meddle(monkeypatch, lambda: file.write_text(content.replace(",255,", ",256,")))
    assert run(*small_class.batch).code == 0
    assert file.read_text() != content
    monkeypatch.undo()
    done = run(*small_class.batch, "--resume")
    assert "S001 delivered" in done.err
    assert "S002 was there already" in done.err
