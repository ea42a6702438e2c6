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
    (tmp_path / "manifest.json").write_bytes(b"{}")
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


ENTRIES = {
    "a student's PDF that is a link": lambda out: (out / "S001.pdf").symlink_to(out / "x"),
    "a manifest that is a link": lambda out: (out / "summary.csv").symlink_to("/etc/hostname"),
    "a lock that is a link": lambda out: (out / ".lock").symlink_to(out.parent / "victim"),
    "a part that is a link": lambda out: (out / ".x.part").symlink_to(out.parent / "victim"),
    "a link to notebooks": lambda out: (out / "notebooks").symlink_to(out.parent),
    "a folder as a PDF": lambda out: (out / "S001.pdf").mkdir(),
    "a folder as the lock": lambda out: (out / ".lock").mkdir(),
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_what_could_lead_a_write_elsewhere_is_refused_and_nothing_is_touched(tmp_path, entry):
    out, victim = tmp_path / "out", tmp_path / "victim"
    out.mkdir()
    (out / "manifest.json").write_text("{}")
    victim.write_text("mine")
    ENTRIES[entry](out)
    before = names(out), out.stat().st_mode
    said = r"is a link to another place|is a folder, which"
    with pytest.raises(FolderError, match=said), locked_folder(out):
        pass
    assert (names(out), out.stat().st_mode) == before
    assert victim.read_text() == "mine"


@POSIX
def test_a_folder_of_somebody_s_files_is_left_as_it_was(tmp_path):
    (tmp_path / "thesis.docx").write_text("mine")
    tmp_path.chmod(0o755)
    with pytest.raises(FolderError, match="holds no batch"), locked_folder(tmp_path):
        pass
    assert names(tmp_path) == ["thesis.docx"]
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


@POSIX
def test_a_folder_that_others_can_read_is_told_from_one_that_they_cannot(tmp_path, monkeypatch):
    with locked_folder(tmp_path):
        assert folder.is_private(tmp_path)
    tmp_path.chmod(0o755)  # what a stick or a network share says, whatever is asked of it
    assert not folder.is_private(tmp_path)
    monkeypatch.setattr(folder.os, "name", "nt")
    tmp_path.chmod(0o700)
    assert not folder.is_private(tmp_path)
