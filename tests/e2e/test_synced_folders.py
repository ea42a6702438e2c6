"""A folder that a cloud service copies: the office is told before reports lie there."""

import pytest


@pytest.mark.parametrize(
    ("folder", "service"),
    [
        ("OneDrive - State University/out", "OneDrive"),
        ("Dropbox (School)/class", "Dropbox"),
        ("Library/Mobile Documents/com~apple~CloudDocs/out", "iCloud Drive"),
        ("iCloudDrive/out", "iCloud Drive"),
        ("Library/CloudStorage/GoogleDrive-me/My Drive/out", "Google Drive"),
        ("My Google Drive/out", "Google Drive"),
        ("Library/CloudStorage/Box-Box/out", "a cloud service"),
    ],
)
def test_the_service_is_named_before_anything_is_written(
    run, small_class, tmp_path, folder, service, monkeypatch
):
    out = tmp_path / folder
    there = []
    monkeypatch.setattr(
        "analysis.inputs.Inputs.load",
        lambda *_, **__: there.append(out.exists()) or 1 / 0,
    )
    done = run("batch", *small_class.options, "--out", out)
    assert f"lies in a folder that {service} copies to other machines" in done.err
    assert there == [False]


def test_a_link_into_such_a_folder_is_seen_through(run, small_class, tmp_path):
    synced = tmp_path / "Dropbox" / "class"
    synced.mkdir(parents=True)
    (tmp_path / "plain").symlink_to(tmp_path / "Dropbox")
    small_class.students.write_text("name\nA\n")
    done = run("batch", *small_class.options, "--out", tmp_path / "plain" / "class")
    assert "Dropbox copies to other machines" in done.err


def test_a_folder_of_ones_own_brings_no_warning(run, small_class):
    small_class.students.write_text("name\nA\n")
    assert "other machines" not in run(*small_class.batch).err
