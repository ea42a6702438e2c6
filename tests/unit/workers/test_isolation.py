import tempfile

from analysis.workers.pool import START_METHODS, LocalPool, usual_start_method
from analysis.workers.work import Work


def test_processes_start_where_the_temporary_folder_has_a_long_name(tmp_path, monkeypatch):
    """A fork server listens at a path below that folder, which may be 104 bytes long at most."""
    folder = tmp_path / ("long" * 25)
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    assert usual_start_method() == "spawn"
    assert list(LocalPool(1).results(Work(len, 60), ["three"])) == [("three", 5)]


def test_a_fork_server_is_used_where_there_is_one(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/tmp")  # noqa: S108 - a short name, nothing is written
    assert usual_start_method() == START_METHODS[0]
