import csv
import json
from dataclasses import replace

import pytest

from analysis.report import folder as module
from analysis.report.folder import (
    FolderError,
    Manifest,
    Outcome,
    file_sha256,
    read_manifest,
    write_manifest,
)

INPUTS = {"programs_csv": "aa", "notebook": "bb"}
# SHA-256 of the three letters abc, as printed in FIPS 180-2
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def delivered(path, manifest, student_id="S001", content=b"%PDF"):
    (path / f"{student_id}.pdf").write_bytes(content)
    digest = file_sha256(path / f"{student_id}.pdf")
    manifest.students[student_id] = Outcome(
        "delivered", 2, manifest.proof("row"), digest, digest, pages=4
    )
    return manifest


def test_a_hash_is_the_standards(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")
    assert file_sha256(tmp_path / "abc") == ABC


def test_what_is_written_is_read_back(tmp_path):
    manifest = delivered(tmp_path, Manifest("f1", INPUTS))
    manifest.students["S000"] = Outcome("failed", 3, warnings=("a", "b"), message="why not")
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path) == manifest


def test_the_same_batch_gives_the_same_bytes_whatever_the_order(tmp_path):
    one, other = Outcome("failed", 2, message="x"), Outcome("refused", 3, message="y")
    written = []
    for students in ({"B": one, "A": other}, {"A": other, "B": one}):
        write_manifest(tmp_path, Manifest("f1", INPUTS, students))
        written.append([(tmp_path / n).read_bytes() for n in ("manifest.json", "summary.csv")])
    assert written[0] == written[1]


def test_a_report_is_believed_when_manifest_proof_and_file_agree(tmp_path):
    manifest = delivered(tmp_path, Manifest("f1", INPUTS))
    assert manifest.is_current(tmp_path, "S001", manifest.proof("row"))


@pytest.mark.parametrize(
    "change",
    [
        lambda m: Manifest("f2", m.inputs).proof("row"),
        lambda m: Manifest(m.fingerprint, {**m.inputs, "programs_csv": "ab"}).proof("row"),
        lambda m: Manifest(m.fingerprint, {"notebook": "bb"}).proof("row"),
        lambda m: m.proof("another row"),
        lambda _: "",
    ],
    ids=["assumptions", "an input", "an input less", "the row", "no proof"],
)
def test_a_report_that_rests_on_something_else_is_not_believed(tmp_path, change):
    manifest = delivered(tmp_path, Manifest("f1", INPUTS))
    assert not manifest.is_current(tmp_path, "S001", change(manifest))


def test_a_report_of_other_versions_is_not_believed(monkeypatch):
    before = Manifest("f1", INPUTS).proof("row")
    monkeypatch.setattr(module, "version", lambda _: "99")
    assert Manifest("f1", INPUTS).proof("row") != before


def test_a_report_of_other_code_is_not_believed(monkeypatch):
    before = Manifest("f1", INPUTS).proof("row")
    monkeypatch.setattr(module, "code_hash", lambda: "changed")
    assert Manifest("f1", INPUTS).proof("row") != before


def test_a_touched_a_missing_and_a_linked_file_are_not_believed(tmp_path):
    manifest = delivered(tmp_path, Manifest("f1", INPUTS))
    pdf, proof = tmp_path / "S001.pdf", manifest.proof("row")
    pdf.write_bytes(b"%PDF touched")
    assert not manifest.is_current(tmp_path, "S001", proof)
    pdf.unlink()
    assert not manifest.is_current(tmp_path, "S001", proof)
    (tmp_path / "elsewhere").write_bytes(b"%PDF")
    pdf.symlink_to(tmp_path / "elsewhere")
    assert not manifest.is_current(tmp_path, "S001", proof)


def test_an_earlier_report_that_a_failure_left_in_its_place_is_believed_for_its_own_row(tmp_path):
    manifest = delivered(tmp_path, Manifest("f1", INPUTS))
    manifest.students["S001"] = replace(manifest.students["S001"], outcome="failed")
    assert manifest.is_current(tmp_path, "S001", manifest.proof("row"))
    assert not manifest.is_current(tmp_path, "S001", manifest.proof("the row that failed"))


def test_a_failure_without_an_earlier_report_is_not_believed(tmp_path):
    manifest = Manifest("f1", INPUTS, {"S001": Outcome("failed", 2, message="why")})
    (tmp_path / "S001.pdf").write_bytes(b"%PDF")
    assert not manifest.is_current(tmp_path, "S001", "")


def test_the_summary_says_what_was_read_and_locked_and_moved(tmp_path):
    manifest = delivered(tmp_path, Manifest("f1", INPUTS))
    manifest.students["S002"] = Outcome("pending", 3)
    manifest.receipt = {"S001": ("step1_failure", "yes"), "S002": ("", "no")}
    manifest.moved = {"S009.pdf": "old/2026-09-15/S009.pdf"}
    write_manifest(tmp_path, manifest)
    with (tmp_path / "summary.csv").open(newline="") as stream:
        first, second, third = csv.DictReader(stream)
    assert (first["red_flags_read"], first["name_read"], first["locked"]) == (
        "step1_failure",
        "yes",
        "no",
    )
    assert (second["outcome"], second["locked"]) == ("pending", "")
    assert (third["outcome"], third["message"]) == (
        "moved",
        "S009.pdf is now old/2026-09-15/S009.pdf",
    )
    assert "step1_failure" not in (tmp_path / "manifest.json").read_text()


def test_a_folder_without_manifest_has_none(tmp_path):
    assert read_manifest(tmp_path) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"7", b"{}", b"\xff\xfe", b'{"format": 99}',
     b'{"format": 1, "fingerprint": "f", "inputs": {}, "students": []}',
     b'{"format": 1, "fingerprint": "f", "inputs": {}, "students": {"S001": {"warnings": []}}}',
     b'{"format": 1, "fingerprint": "f", "inputs": {}, "students": {"S001": 3}}'],
)  # fmt: skip
def test_a_manifest_that_is_none_of_ours_is_refused(tmp_path, content):
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(FolderError, match="not a manifest"):
        read_manifest(tmp_path)


def test_no_path_of_the_machine_stands_in_the_manifest(tmp_path):
    write_manifest(tmp_path, delivered(tmp_path, Manifest("f1", INPUTS)))
    assert str(tmp_path) not in (tmp_path / "manifest.json").read_text()
    assert json.loads((tmp_path / "manifest.json").read_text())["versions"]["typst"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_spreadsheet_takes_a_message_for_a_formula(tmp_path, start):
    students = {"S001": Outcome("failed", 2, message=f"{start}1+1")}
    write_manifest(tmp_path, Manifest("f1", INPUTS, students))
    with (tmp_path / "summary.csv").open(newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row["message"] == f"'{start}1+1"


def test_a_message_of_several_lines_stays_in_its_row(tmp_path):
    students = {"S001": Outcome("failed", 2, message="one\rtwo\nthree")}
    write_manifest(tmp_path, Manifest("f1", INPUTS, students))
    with (tmp_path / "summary.csv").open(newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row["message"] == "one two\nthree"
