"""Every ending of a batch leaves no student's row behind, and says what there is to say."""

import os
import signal
import subprocess
import sys
import time

import pytest

from analysis.paths import project_root
from tests.e2e.conftest import sample_rows, write_rows

SECONDS = 120
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and modes of POSIX")
CODE = "from analysis.cli import main; main()"


@pytest.fixture
def class_of_four(tmp_path):
    """Options of a batch of four students, with a temporary folder of its own."""
    students = [row for row in sample_rows("students") if row["student_id"] <= "S004"]
    (tmp_path / "tmp").mkdir()
    return [
        "batch",
        *("--students", write_rows(tmp_path / "students.csv", students)),
        *("--programs", project_root() / "data/sample/programs.csv"),
        *("--out", tmp_path / "out", "--workers", "2"),
    ]


def started(arguments, tmp_path, **options):
    environment = os.environ | {"TMPDIR": str(tmp_path / "tmp")} | options.pop("env", {})
    return subprocess.Popen(
        [sys.executable, "-c", CODE, *map(str, arguments)],
        cwd=project_root(),
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: [
            signal.signal(number, signal.SIG_DFL)
            for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
        ],
        **options,
    )


def left_in(tmp_path):
    return sorted((tmp_path / "tmp").glob("countersignal-*"))


def eventually_nothing_left(tmp_path):
    end = time.monotonic() + 20
    while left_in(tmp_path) and time.monotonic() < end:
        time.sleep(0.1)
    return left_in(tmp_path) == []


@POSIX
@pytest.mark.parametrize(
    ("name", "code", "more"),
    [
        pytest.param("SIGHUP", 129, 0, marks=pytest.mark.soak),
        pytest.param("SIGTERM", 143, 0, marks=pytest.mark.soak),
        pytest.param("SIGINT", 130, 0, marks=pytest.mark.soak),
        ("SIGINT", 130, 100),
    ],
)
def test_a_signal_to_the_whole_group_leaves_nothing_behind(
    class_of_four, tmp_path, name, code, more
):
    batch = started(class_of_four, tmp_path)
    for line in batch.stderr:
        if "1/4" in line:
            assert left_in(tmp_path)
            os.killpg(batch.pid, getattr(signal, name))
            break
    for _ in range(more):  # Ctrl-C again and again, whatever is being taken away just then
        if batch.poll() is None:
            os.killpg(batch.pid, getattr(signal, name))
            time.sleep(0.02)
    said = batch.stderr.read()
    assert batch.wait(SECONDS) == code, said
    assert "Traceback" not in said
    assert "--resume" in said
    assert eventually_nothing_left(tmp_path)
    assert "pending" in (tmp_path / "out" / "summary.csv").read_text()


@POSIX
def test_what_a_kill_of_the_whole_group_leaves_is_swept_by_the_next_start(class_of_four, tmp_path):
    batch = started(class_of_four, tmp_path)
    for line in batch.stderr:
        if "1/4" in line:
            os.killpg(batch.pid, signal.SIGKILL)
            break
    batch.stderr.close()
    assert batch.wait(SECONDS) == -signal.SIGKILL
    assert left_in(tmp_path)
    done = started([*class_of_four, "--resume"], tmp_path)
    _, said = done.communicate(timeout=SECONDS)
    assert done.returncode == 0, said
    assert left_in(tmp_path) == []
    # multiprocessing's own folders may stay, and nothing is in them.
    assert [path for path in (tmp_path / "tmp").rglob("*") if path.is_file()] == []


@POSIX
def test_closed_streams_and_an_old_terminal_hinder_no_report(class_of_four, tmp_path):
    rows = sample_rows("students")[:1]
    write_rows(tmp_path / "students.csv", [{**rows[0], "name": "Zo\u00eb \u674e"}])
    environment = {"PYTHONIOENCODING": "cp1252:strict", "PYTHONUTF8": "0"}
    out = tmp_path / "\u674e\u660e"
    arguments = [*class_of_four[:-3], out, *class_of_four[-2:]]
    done = started(arguments, tmp_path, env=environment, stdin=None)
    _, said = done.communicate(timeout=SECONDS)
    assert done.returncode == 0, said
    assert "\\u674e\\u660e" in said
    closed = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-c", CODE,
         *map(str, [*arguments, "--overwrite"])],
        cwd=project_root(),
        timeout=SECONDS,
        check=False,
    )  # fmt: skip
    assert closed.returncode == 0
    assert (out / "S001.pdf").read_bytes().startswith(b"%PDF")


@POSIX
def test_a_temporary_folder_without_room_is_named(class_of_four, monkeypatch, run):
    import errno
    import tempfile

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    done = run(*class_of_four)
    assert done.code == 2
    assert f"{tempfile.gettempdir()}, cannot be written (No space left on device)" in done.err
    assert "TMPDIR" in done.err
    assert "Traceback" not in done.err


@POSIX
def test_a_temporary_folder_that_fills_up_is_named_and_emptied(
    class_of_four, tmp_path, monkeypatch, run
):
    import errno
    import tempfile

    from analysis.workers import pool

    def filling(_, folder):
        (folder / "students.csv").write_text("half of")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setattr(pool, "unpack", filling)
    done = run(*class_of_four)
    assert done.code == 2
    assert "cannot be written (No space left on device)" in done.err
    assert left_in(tmp_path) == []
