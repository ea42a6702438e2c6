import errno
import os
import stat
import sys

import pytest

from analysis.report import folder
from analysis.report.folder import FolderError, locked_folder, write_whole

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")


def names(path):
    return sorted(entry.name for entry in path.iterdir())


def test_a_file_is_written_whole_and_replaces_an_older_one(tmp_path):
    file = tmp_path / "S001.pdf"
    write_whole(file, b"old")
    write_whole(file, b"new")
    assert file.read_bytes() == b"new"
    assert names(tmp_path) == ["S001.pdf"]


@POSIX
def test_a_file_is_its_owners_alone(tmp_path):
    write_whole(tmp_path / "S001.pdf", b"x")
    assert stat.S_IMODE((tmp_path / "S001.pdf").stat().st_mode) == 0o600


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_a_write_that_fails_leaves_the_older_file_and_no_part(tmp_path, monkeypatch, code):
    file = tmp_path / "S001.pdf"
    write_whole(file, b"old")

    def fsync(_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(folder.os, "fsync", fsync)
    with pytest.raises(OSError, match=os.strerror(code)):
        write_whole(file, b"new")
    assert file.read_bytes() == b"old"
    assert names(tmp_path) == ["S001.pdf"]


def test_a_stop_in_the_middle_of_a_write_leaves_no_part(tmp_path, monkeypatch):
    def fsync(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(folder.os, "fsync", fsync)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "S001.pdf", b"new")
    assert names(tmp_path) == []


@POSIX
def test_a_folder_is_made_with_its_parents_and_is_its_owners_alone(tmp_path):
    out = tmp_path / "a" / "b"
    with locked_folder(out):
        assert stat.S_IMODE(out.stat().st_mode) == 0o700


def test_what_a_killed_batch_had_not_finished_is_taken_away(tmp_path):
    (tmp_path / ".abc.part").write_bytes(b"half")
    (tmp_path / "notes.part").write_bytes(b"not ours: it does not begin with a dot")
    with locked_folder(tmp_path):
        assert ".abc.part" not in names(tmp_path)
    assert "notes.part" in names(tmp_path)


def test_a_second_batch_is_refused_and_takes_nothing_away(tmp_path):
    with locked_folder(tmp_path):
        (tmp_path / ".abc.part").write_bytes(b"being written")
        with pytest.raises(FolderError, match="another batch"), locked_folder(tmp_path):
            pass
        assert ".abc.part" in names(tmp_path)


def test_a_folder_is_free_again_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), locked_folder(tmp_path):
        1 / 0  # noqa: B018 - any error
    with locked_folder(tmp_path):
        pass


def test_a_file_and_a_link_are_no_folder(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(FolderError, match="is a file"), locked_folder(tmp_path / "file"):
        pass
    with pytest.raises(FolderError, match="is a link"), locked_folder(tmp_path / "link"):
        pass
    with pytest.raises(FolderError, match="cannot be used"), locked_folder(tmp_path / "file" / "x"):
        pass
