import gc
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress

import pytest

from analysis.workers import pool as scratch
from analysis.workers.pool import ScratchFolder
from analysis.workers.work import Work

HOLD = "import sys; {}; print(folder, flush=True); sys.stdin.read()"
MADE = {
    "of a command": "from analysis.workers.pool import ScratchFolder as Folder; own = Folder(); "
    "folder = own.path",
    "of a page in JupyterLab": "from analysis.explorer.uploads import private_folder; "
    "folder = private_folder()",
}


@pytest.fixture(autouse=True)
def fresh_start(tmp_path, monkeypatch):
    """Each test sweeps a temporary folder of its own, as a fresh process would."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    scratch._swept.cache_clear()


def test_a_folder_is_its_owners_alone_and_goes_with_its_block():
    with ScratchFolder() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "students.csv").write_text("a row")
    assert not folder.exists()


STEPS = ["FileLock", "unpack", "start_helpers", "ProcessPool", "shutil.rmtree"]


@pytest.mark.parametrize("step", STEPS)
def test_ctrl_c_at_any_step_of_a_pool_leaves_no_folder(tmp_path, monkeypatch, step):
    place, name = (scratch.shutil, "rmtree") if "." in step else (scratch, step)
    function, times = getattr(place, name), []

    def interrupted_once(*arguments, **options):
        times.append(sorted(path.name for path in tmp_path.glob(f"{scratch.PREFIX}*")))
        if len(times) == 1:
            raise KeyboardInterrupt
        return function(*arguments, **options)

    monkeypatch.setattr(place, name, interrupted_once)
    with suppress(KeyboardInterrupt):
        list(scratch.LocalPool(1, "spawn").results(Work(len, 60), ["three"]))
    gc.collect()  # the end of a process does the same
    assert times[0]
    assert not list(tmp_path.glob(f"{scratch.PREFIX}*"))


@pytest.mark.skipif(sys.platform == "win32", reason="kills a process as POSIX does")
@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
def test_what_a_killed_process_left_is_swept_and_what_a_living_one_uses_is_not(tmp_path, made):
    holders = [
        subprocess.Popen(
            [sys.executable, "-c", HOLD.format(made)],
            env=os.environ | {"TMPDIR": str(tmp_path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    folders = [holder.stdout.readline().strip() for holder in holders]
    holders[0].kill()
    holders[0].wait()
    try:
        with ScratchFolder():
            assert [os.path.exists(folder) for folder in folders] == [False, True]  # noqa: PTH110
    finally:
        holders[1].communicate("")


def test_folders_of_others_links_and_beginnings_are_left_alone(tmp_path):
    strange = tmp_path / "countersignal-strange"
    strange.mkdir()
    beginning = tmp_path / "countersignal-beginning"
    beginning.mkdir()
    (beginning / scratch.LOCK).touch()
    target = tmp_path / "target"
    target.mkdir()
    (target / scratch.LOCK).touch()
    (target / scratch.OWNED).touch()
    (tmp_path / "countersignal-link").symlink_to(target)
    with ScratchFolder():
        assert strange.exists()
        assert beginning.exists()
        assert (target / scratch.OWNED).exists()
    scratch._swept.cache_clear()
    old = time.time() - 2 * scratch.BEGINNING_SECONDS
    os.utime(beginning, (old, old))
    with ScratchFolder():
        assert not beginning.exists()
