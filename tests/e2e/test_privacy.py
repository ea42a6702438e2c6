"""Names and passwords: on the page, behind the lock, and nowhere else."""

import hashlib
import json
import os
import stat
import subprocess
import sys
import threading
from types import SimpleNamespace

import nbformat
import psutil
import pypdf
import pytest

from analysis.paths import from_root, project_root
from analysis.report.folder import PdfLock, unlocked
from analysis.report.settings import Branding
from analysis.report.typesetting import Document, pdf_bytes
from tests.e2e.conftest import OURS, sample_rows, write_rows
from tests.e2e.test_class_overview import QUICK
from tests.e2e.traces import traces
from tests.unit.report.toy_notebook import IDENTITY

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
OWN, COMMON = "tarn-hollow-7", "fell-beck-9"
CASES, SAMPLE = (from_root(folder) for folder in ("tests/fixtures/cases", "data/sample"))
NAMES = [row["name"] for row in sample_rows("students")]
WORDS = [*NAMES, *{part for name in NAMES for part in name.split()}]


def watched(process, seen):
    """Note command lines and environments of a process's children until it ends."""
    main = psutil.Process(process.pid)
    own = main.cmdline()
    while process.poll() is None:
        try:
            children = main.children(recursive=True)
        except psutil.Error:
            return
        for child in [main, *children]:
            try:
                line = child.cmdline()
                seen.add(" ".join(line))
                # The main process has the variable from who called it, and so has its copy until
                # that becomes another program.
                if line != own:
                    seen.add(str(child.environ()))
            except psutil.Error:
                continue


def batch_of(place, students, *more):
    """Run a batch in a house of its own, and hand back all that is left of it."""
    house, out = place / "house", place / "out"
    for folder in ("inputs", "house/home", "house/tmp"):
        (place / folder).mkdir(parents=True)
    students_csv = write_rows(place / "inputs" / "students.csv", students)
    of_these = {name for row in students for name in row["specialty"].split(";")}
    programs = [row for row in sample_rows("programs") if row["specialty"] in of_these]
    programs_csv = write_rows(place / "inputs" / "programs.csv", programs)
    variables = {"HOME": house / "home", "TMPDIR": house / "tmp", "USER": "office-user"}
    keep = {"PATH", "VIRTUAL_ENV", "COVERAGE_PROCESS_START", "SYSTEMROOT"}
    environment = {name: value for name, value in os.environ.items() if name in keep}
    environment |= {name: str(value) for name, value in variables.items()}
    command = [sys.executable, "-m", "analysis.cli", "batch", "--students", students_csv]
    command += ["--programs", programs_csv, "--out", out, "--keep-notebooks", *more]
    process = subprocess.Popen(
        list(map(str, command)),
        env={**environment, "COUNTERSIGNAL_PDF_PASSWORD": COMMON},
        cwd=project_root(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    seen = set()
    watch = threading.Thread(target=watched, args=[process, seen])
    watch.start()
    said = "".join(process.communicate(timeout=1200))
    watch.join()
    cache = project_root() / "data" / "private" / "cache"
    return SimpleNamespace(
        code=process.returncode, said=said, out=out, roots=[out, house, cache], seen=seen
    )


@pytest.fixture(scope="module")
def left(tmp_path_factory):
    """What a batch of two leaves; the note of the first speaks of her by name."""
    students = [row for row in sample_rows("students") if row["student_id"] in {"S001", "S002"}]
    students = [{"pdf_password": "", **row} for row in students]
    students[0] |= {
        "pdf_password": OWN,
        "advisor_note": "Maren Quillfeather is ready. MAREN should apply early.",
    }
    students.append({**students[0], "student_id": "S0/3", "name": "Bertrand Oyelaran"})
    return batch_of(tmp_path_factory.mktemp("left"), students)


def entries(left):
    return json.loads((left.out / "manifest.json").read_text())["students"]


def test_no_name_stands_in_anything_a_batch_leaves_but_on_the_pages(left):
    assert left.code == 1, left.said  # one row was refused
    assert {path.name for path in left.out.iterdir()} == OURS | {
        "S001.pdf",
        "S002.pdf",
        "notebooks",
    }
    assert traces(WORDS, left.roots, [OWN, COMMON]) == []
    first = pypdf.PdfReader(left.out / "S001.pdf", password=OWN).pages[0].extract_text()
    assert "Maren Quillfeather (S001)" in first


@pytest.mark.soak
def test_no_name_of_the_sample_class_stands_in_anything_that_its_batch_leaves(tmp_path):
    class_of = [{**row, "pdf_password": ""} for row in sample_rows("students")]
    overview = tmp_path / "overview" / "class.pdf"
    left = batch_of(tmp_path, class_of, *QUICK, "--overview", overview)
    assert left.code == 0, left.said
    assert len(list(left.out.glob("*.pdf"))) == len(NAMES)
    assert traces(WORDS, [*left.roots, overview.parent], [COMMON]) == []
    pages = " ".join(page.extract_text() for page in pypdf.PdfReader(overview).pages)
    assert not any(name in left.said + pages for name in NAMES)


def test_no_name_is_told_to_the_terminal_or_stands_in_a_process_list(left):
    told = " ".join([left.said, *left.seen])
    assert "S001 delivered" in left.said
    assert "students.csv, line 4, column student_id" in left.said
    assert not any(word in told for word in NAMES)


def test_a_refused_id_does_not_become_a_key_of_the_manifest(left):
    assert sorted(entries(left)) == ["S001", "S002", "line 4"]


def test_a_password_stands_nowhere(left):
    told = " ".join([left.said, *left.seen])
    for password in (OWN, COMMON):
        assert traces([password], left.roots, [OWN, COMMON]) == []
        assert password not in told
    assert any("forkserver" in line or "spawn" in line for line in left.seen)


def test_the_column_s_password_opens_one_pdf_and_the_variable_s_the_others(left):
    for student_id, password in (("S001", OWN), ("S002", COMMON)):
        reader = pypdf.PdfReader(left.out / f"{student_id}.pdf")
        assert reader.is_encrypted
        assert reader.trailer["/Encrypt"]["/CF"]["/StdCF"]["/CFM"] == "/AESV3"
        assert reader.decrypt(password)
        assert not reader.decrypt(OWN if password == COMMON else COMMON)


def test_the_manifest_holds_the_hash_of_the_file_and_of_what_the_password_opens(left):
    for student_id, password in (("S001", OWN), ("S002", COMMON)):
        file = (left.out / f"{student_id}.pdf").read_bytes()
        entry = entries(left)[student_id]
        assert entry["pdf_sha256"] == hashlib.sha256(file).hexdigest()
        assert entry["content_sha256"] == hashlib.sha256(unlocked(file, password)).hexdigest()


def test_the_decrypted_bytes_repeat(left, run, small_class):
    write_rows(small_class.students, [{**small_class.rows[1], "pdf_password": OWN}])
    assert run(*small_class.batch).code == 0
    again = json.loads((small_class.out / "manifest.json").read_text())["students"]["S002"]
    first = entries(left)["S002"]
    assert first["pdf_sha256"] != again["pdf_sha256"]
    assert first["content_sha256"] == again["content_sha256"]


def test_a_kept_notebook_holds_no_path_user_host_or_time(left):
    import getpass
    import socket

    for path in (left.out / "notebooks").iterdir():
        text = path.read_text()
        for word in (
            str(left.out.parent),
            str(project_root()),
            socket.gethostname(),
            "/countersignal-",
        ):
            assert word not in text
        assert f"/{getpass.getuser()}/" not in text
        assert "papermill" not in text
        notebook = nbformat.read(path, as_version=4)
        (injected,) = [c for c in notebook.cells if "injected" in str(c.metadata.get("tags"))]
        assert 'students_csv = "students.csv"' in injected.source
        assert all(cell.metadata.keys() <= {"tags"} for cell in notebook.cells)


@POSIX
def test_every_file_is_its_owners_alone(left):
    for path in [left.out, *left.out.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path.name


@POSIX
@pytest.mark.parametrize(
    "command",
    [
        "map {cases}/registrar_export.csv --table students --out {new}",
        "assumptions new {new}",
        "check {sample}/graduates.csv --write {new}",
        "graduates export --graduates {sample}/graduates.csv --out {new}",
    ],
)
def test_a_new_file_is_its_owners_alone_whatever_the_umask(run, tmp_path, command):
    before = os.umask(0)
    try:
        done = run(*command.format(cases=CASES, sample=SAMPLE, new=tmp_path / "new.toml").split())
    finally:
        os.umask(before)
    assert done.code == 0, done.err
    assert stat.S_IMODE((tmp_path / "new.toml").stat().st_mode) == 0o600


def test_a_disk_that_keeps_nobody_out_is_told_and_no_notebook_is_kept_unasked(
    run, small_class, monkeypatch
):
    from analysis.report import folder

    monkeypatch.setattr(folder, "is_private", lambda _: False)
    write_rows(small_class.students, small_class.rows[:1])
    assert "has no permissions" in run(*small_class.batch).err
    assert not (small_class.out / "notebooks").exists()


def test_resume_believes_a_locked_pdf_only_with_its_own_password(run, small_class, monkeypatch):
    students = [{**row, "pdf_password": OWN} for row in small_class.rows[:1]]

    def resumed(password, variable=""):
        monkeypatch.setenv("COUNTERSIGNAL_PDF_PASSWORD", variable)
        write_rows(small_class.students, [{**students[0], "pdf_password": password}])
        done = run(*small_class.batch, "--resume")
        assert done.code == 0, done.err
        return "was there already" in done.err

    assert not resumed(OWN)
    assert resumed(OWN)
    assert resumed("", OWN)  # the same password by the other way
    assert not resumed(COMMON)
    assert not resumed("")
    assert resumed("")
    assert not pypdf.PdfReader(small_class.out / "S001.pdf").is_encrypted


@pytest.mark.parametrize("word", ["x" * 128, "xxx\n", "xxx\x1b", "xxx\udcff", "xxx\u200b"])
def test_a_common_password_that_opens_nothing_is_refused_unseen(
    run, small_class, monkeypatch, word
):
    monkeypatch.setenv("COUNTERSIGNAL_PDF_PASSWORD", word)
    done = run(*small_class.batch)
    assert done.code == 2
    assert "COUNTERSIGNAL_PDF_PASSWORD" in done.err
    assert "xxx" not in done.err
    assert not small_class.out.exists()


def test_the_manifest_s_proofs_cannot_be_guessed_without_the_key(small_class, monkeypatch):
    """Who has the manifest and knows all of a row but the name learns nothing by trying names."""
    from analysis import inputs

    digests = []
    for key in (b"1" * 32, b"2" * 32):
        monkeypatch.setattr(inputs, "row_key", lambda key=key: key)
        read = inputs.Inputs.load(small_class.students, small_class.programs)
        digests.append([row.row_hash for row in read.students])
    assert not set(digests[0]) & set(digests[1])


PLANTED = {
    "file name": lambda place: (place / "Quillfeather.txt").write_text(""),
    "UTF-8": lambda place: (place / "a").write_text("x maren quillfeather"),
    "UTF-16": lambda place: (place / "a").write_bytes(" Quillfeather".encode("utf-16-be")),
    "title": lambda place: planted(place, title="Report for Quillfeather"),
    "alt text or bookmark": lambda place: planted(place, part="# Quillfeather"),
    "locked": lambda place: planted(place, title="Quillfeather", password=OWN),
}


def planted(place, title=IDENTITY["title"], part="# Title", password=""):
    """A PDF with the name in a place where none may be."""
    pdf, _ = pdf_bytes(Document(**{**IDENTITY, "title": title}, parts=[part]), Branding())
    (place / "x.pdf").write_bytes(PdfLock.of(password).locked(pdf)[0] if password else pdf)


@pytest.mark.parametrize("where", PLANTED)
def test_a_name_that_was_planted_would_be_found(tmp_path, where):
    PLANTED[where](tmp_path)
    assert traces(WORDS, [tmp_path], [OWN])


def test_a_name_on_a_page_is_not_taken_for_a_trace(tmp_path):
    document = Document(**IDENTITY, parts=["Words."], display_name="Maren Quillfeather")
    (tmp_path / "x.pdf").write_bytes(pdf_bytes(document, Branding())[0])
    assert traces(WORDS, [tmp_path]) == []


def test_kept_results_hold_no_name_and_are_the_owners_alone(run, small_class, monkeypatch):
    from analysis.views import robustness as results

    root = small_class.out.parent / "project"
    monkeypatch.setattr(results, "project_root", lambda: root)
    asked = ("robustness", "S001", *small_class.options, "--draws", "10", "--format", "json")
    first = run(*asked, "--no-cache")
    assert first.code == 0, first.err
    assert not root.exists()
    assert run(*asked).out == first.out
    (kept,) = (root / "data" / "private" / "cache").iterdir()
    assert traces(WORDS, [root]) == []
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600 or os.name == "nt"
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700 or os.name == "nt"
    kept.write_text('{"student_id": "an older answer"}')
    assert run(*asked, "--no-cache").out == first.out
    assert "an older answer" in kept.read_text()
