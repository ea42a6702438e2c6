import json
import shutil
import stat

import pypdf
import pypdfium2
import pytest

from analysis import inputs
from analysis.errors import ReportError
from analysis.report.guard import check_whose_report
from analysis.workers.pool import LocalPool
from tests.e2e.conftest import OURS, write_rows


def names(folder):
    return {path.name for path in folder.iterdir()}


def hashes(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.pdf")}


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text())


def test_a_class_becomes_a_pdf_each_and_nothing_else(run, small_class):
    done = run(*small_class.batch)
    assert done.code == 0, done.err
    assert names(small_class.out) == OURS | {"S001.pdf", "S002.pdf"}
    for student_id in ("S001", "S002"):
        pdf = (small_class.out / f"{student_id}.pdf").read_bytes()
        title = pypdfium2.PdfDocument(pdf).get_metadata_value("Title")
        assert 2 <= check_whose_report(pdf, student_id, title) <= 12
    assert "2 reports" in done.err
    modes = {stat.S_IMODE((small_class.out / name).stat().st_mode) for name in OURS}
    assert modes == {0o600}
    assert stat.S_IMODE(small_class.out.stat().st_mode) == 0o700


def test_a_name_is_on_the_page_and_nowhere_else(rendered_class):
    first = pypdfium2.PdfDocument(rendered_class.out / "S001.pdf")[0]
    assert "Maren Quillfeather" in first.get_textpage().get_text_bounded()
    for name in OURS:
        assert "Quillfeather" not in (rendered_class.out / name).read_text()
    assert "Quillfeather" not in str(pypdf.PdfReader(rendered_class.out / "S001.pdf").metadata)


def test_a_bad_row_is_named_and_the_good_student_is_delivered(run, small_class):
    small_class.rows[0]["step2_ck"] = "2555"
    write_rows(small_class.students, small_class.rows)
    done = run(*small_class.batch)
    assert done.code == 1
    assert names(small_class.out) == OURS | {"S002.pdf"}
    assert (
        "students.csv, line 2, column step2_ck: found '2555'; expected a whole number" in done.err
    )
    assert manifest(small_class.out)["students"]["S001"]["outcome"] == "refused"
    assert "S001,2,refused" in (small_class.out / "summary.csv").read_text()


def test_a_wish_that_cannot_be_met_is_told_in_our_words_alone(run, small_class):
    small_class.rows[0]["must_apply"] = "IM999"
    write_rows(small_class.students, small_class.rows)
    done = run(*small_class.batch)
    assert done.code == 1
    said = "must_apply: expected a program of programs.csv in the student's specialty (is IM0"
    found = "students.csv, line 2, column must_apply: found 'IM999'; expected a program"
    assert f"S001: {found}" in done.err
    assert manifest(small_class.out)["students"]["S001"]["message"].startswith(said)
    summary = (small_class.out / "summary.csv").read_text()
    assert f"S001,2,refused,0,,{said}" in summary
    assert "ModelError" not in done.err + summary


def test_all_that_is_wrong_with_a_row_stands_in_manifest_and_summary(run, small_class):
    small_class.rows[0] |= {"step2_ck": "2555", "letters": "7"}
    write_rows(small_class.students, small_class.rows)
    assert run(*small_class.batch).code == 1
    said = manifest(small_class.out)["students"]["S001"]["message"]
    assert "step2_ck: expected" in said
    assert "letters: expected" in said
    assert said in (small_class.out / "summary.csv").read_text()


def test_a_file_that_is_no_class_writes_nothing(run, small_class):
    small_class.students.write_text("name,score\nA,1\n")
    done = run(*small_class.batch)
    assert done.code == 2
    assert not small_class.out.exists()
    assert "student_id" in done.err


@pytest.mark.parametrize("date", ["2026-13-40", "today"])
def test_a_date_that_is_none_writes_nothing(run, small_class, date):
    done = run(*small_class.batch, "--report-date", date)
    assert done.code == 2
    assert "expected a date as YYYY-MM-DD" in done.err
    assert not small_class.out.exists()


def test_bad_programs_write_nothing(run, small_class):
    text = small_class.programs.read_text().replace("community", "comunity", 1)
    small_class.programs.write_text(text)
    done = run(*small_class.batch)
    assert done.code == 2
    assert not small_class.out.exists()
    assert "column program_type: found 'comunity'" in done.err
    assert done.err.splitlines()[-1] == (
        "nothing was written: correct what is named above, and run the same command again"
    )


def test_a_bad_row_of_wishes_stops_the_class_and_that_is_said(run, small_class):
    wishes = [{"student_id": "S001", "program_id": "IM001", "preference": "9"}]
    path = write_rows(small_class.out.parent / "preferences.csv", wishes)
    done = run(*small_class.batch, "--preferences", path)
    assert done.code == 2
    assert "preferences.csv, line 2, column preference: found '9'" in done.err
    assert "nothing was written" in done.err.splitlines()[-1]
    assert not small_class.out.exists()


def test_resume_renders_what_changed_and_leaves_the_rest(run, rendered_class):
    before = hashes(rendered_class.out)
    refused = run(*rendered_class.batch)
    assert refused.code == 2
    assert "--resume" in refused.err
    rendered_class.rows[1]["step2_ck"] = "266"
    write_rows(rendered_class.students, rendered_class.rows)
    done = run(*rendered_class.batch, "--resume")
    after = hashes(rendered_class.out)
    assert done.code == 0
    assert "S001 was there already" in done.err
    assert "S002 delivered" in done.err
    assert after["S001.pdf"] == before["S001.pdf"]
    assert after["S002.pdf"] != before["S002.pdf"]


def test_resume_believes_no_pdf_that_was_touched_and_none_of_a_stranger(run, rendered_class):
    before = hashes(rendered_class.out)
    (rendered_class.out / "S001.pdf").write_bytes(b"%PDF-1.7 something else")
    (rendered_class.out / "S099.pdf").write_bytes(b"%PDF-1.7 a stranger")
    (rendered_class.out / ".x.part").write_bytes(b"half")
    assert run(*rendered_class.batch, "--resume").code == 0
    assert hashes(rendered_class.out) == before
    assert names(rendered_class.out) == OURS | {"S001.pdf", "S002.pdf", "old"}
    assert sorted(p.name for p in rendered_class.out.glob("old/*/*")) == ["S001.pdf", "S099.pdf"]


def test_a_typo_keeps_the_earlier_report_and_says_so(run, rendered_class):
    before = hashes(rendered_class.out)
    good = rendered_class.rows[0]["step2_ck"]
    rendered_class.rows[0]["step2_ck"] = "2555"
    write_rows(rendered_class.students, rendered_class.rows)
    done = run(*rendered_class.batch, "--resume")
    assert done.code == 1
    assert hashes(rendered_class.out) == before
    found = "S001: students.csv, line 2, column step2_ck: found '2555'; expected"
    (said,) = [line for line in done.err.splitlines() if line.startswith(found)]
    assert said.endswith("the earlier report stays in its place")
    rendered_class.rows[0]["step2_ck"] = good
    write_rows(rendered_class.students, rendered_class.rows)
    again = run(*rendered_class.batch, "--resume")
    assert again.code == 0
    assert "S001 was there already" in again.err
    assert manifest(rendered_class.out)["students"]["S001"]["message"] == ""


def test_a_misspelt_flag_is_shown_on_the_terminal_and_in_no_file_of_the_folder(run, small_class):
    small_class.rows[0]["red_flags"] = "step1_failuer"
    write_rows(small_class.students, small_class.rows)
    found = "students.csv, line 2, column red_flags: found 'step1_failuer'; expected"
    done, looked_at = run(*small_class.batch), run("check", str(small_class.students))
    assert f"S001: {found}" in done.err
    assert found in looked_at.out
    for path in small_class.out.glob("*"):
        assert b"step1_failuer" not in path.read_bytes()


def test_who_left_the_class_is_moved_and_listed_and_never_deleted(run, small_class):
    run(*small_class.batch, "--keep-notebooks")
    before = hashes(small_class.out)
    write_rows(small_class.students, small_class.rows[1:])
    done = run(*small_class.batch, "--resume")
    assert done.code == 0
    (moved,) = small_class.out.glob("old/*/S001.pdf")
    assert moved.read_bytes() == before["S001.pdf"]
    assert len(list(small_class.out.glob("old/*/S001.ipynb"))) == 1
    where = moved.relative_to(small_class.out).as_posix()
    assert f"S001.pdf is no current report of this class: moved to {where}" in done.err
    assert f"S001.pdf is now {where}" in (small_class.out / "summary.csv").read_text()


def test_a_replaced_report_is_kept_beside_those_replaced_before(run, rendered_class):
    kept = [hashes(rendered_class.out)["S002.pdf"]]
    for score in ("266", "267"):
        rendered_class.rows[1]["step2_ck"] = score
        write_rows(rendered_class.students, rendered_class.rows)
        done = run(*rendered_class.batch, "--resume")
        kept.append(hashes(rendered_class.out)["S002.pdf"])
        assert "S002 (line 3): the earlier report is old/" in done.err
    old = {path.name: path.read_bytes() for path in rendered_class.out.glob("old/*/*")}
    assert old == {"S002.pdf": kept[0], "S002-2.pdf": kept[1]}


@pytest.mark.parametrize("mode", ["--resume", "--overwrite"])
def test_another_class_in_the_same_folder_is_refused_and_touches_nothing(run, rendered_class, mode):
    before = {path: path.read_bytes() for path in rendered_class.out.iterdir()}
    for row, name in zip(rendered_class.rows, ("Ada One", "Bea Two"), strict=True):
        row["name"] = name
    write_rows(rendered_class.students, rendered_class.rows)
    same_ids = run(*rendered_class.batch, mode)
    for row in rendered_class.rows:
        row["student_id"] = row["student_id"].replace("S", "T")
    write_rows(rendered_class.students, rendered_class.rows)
    other_ids = run(*rendered_class.batch, mode)
    for done, found in (
        (same_ids, "names that differ for the same id: 2 of 2"),
        (other_ids, "none of its 2 students is in this file"),
    ):
        assert done.code == 2
        assert f"holds the reports of another class ({found})" in done.err
    assert {path: path.read_bytes() for path in rendered_class.out.iterdir()} == before


def test_without_the_key_file_a_class_is_known_by_its_ids_and_rendered_again(
    run, rendered_class, monkeypatch
):
    before = hashes(rendered_class.out)
    monkeypatch.setattr(inputs, "row_key", lambda: b"another key")
    one = run("report", "S001", *rendered_class.options, "--out", rendered_class.out)
    assert one.code == 0, one.err
    done = run(*rendered_class.batch, "--resume")
    assert done.code == 0, done.err
    assert "S002 delivered" in done.err
    assert hashes(rendered_class.out) == before
    for row in rendered_class.rows:
        row["name"] += " the Other"
    write_rows(rendered_class.students, rendered_class.rows)
    assert "holds the reports of another class" in run(*rendered_class.batch, "--overwrite").err


@pytest.fixture
def none_is_made(monkeypatch):
    def failing(_, __, tasks, ___):
        return ((task, ReportError("no report is made")) for task in tasks)

    monkeypatch.setattr(LocalPool, "results", failing)


FOREIGN = {
    "another file in its place": lambda out: shutil.copy(out / "S001.pdf", out / "S002.pdf"),
    "a manifest that cannot be read": lambda out: (out / "manifest.json").write_text("{"),
}


@pytest.mark.parametrize("what", FOREIGN)
@pytest.mark.usefixtures("none_is_made")
def test_a_pdf_that_is_not_known_leaves_the_place_of_a_report_that_fails(run, rendered_class, what):
    FOREIGN[what](rendered_class.out)
    before = hashes(rendered_class.out)
    done = run(*rendered_class.batch, "--overwrite")
    assert done.code == 1
    assert "S002.pdf is no current report of this class: moved to old/" in done.err
    (moved,) = rendered_class.out.glob("old/*/S002.pdf")
    assert moved.read_bytes() == before["S002.pdf"]
    assert not (rendered_class.out / "S002.pdf").exists()


@pytest.mark.usefixtures("none_is_made")
def test_the_report_of_another_person_leaves_the_place_of_one_that_fails(run, rendered_class):
    out, (first, second) = rendered_class.out, rendered_class.rows
    shutil.copy(out / "S001.pdf", out / "S003.pdf")
    content = manifest(out)
    content["students"]["S003"] = content["students"]["S001"]
    (out / "manifest.json").write_text(json.dumps(content))
    rows = [first, second | {"name": "Ada One"}, first | {"student_id": "S003"}]
    write_rows(rendered_class.students, rows)
    done = run(*rendered_class.batch, "--resume")
    assert done.code == 1
    assert "S002.pdf is no current report of this class: moved to old/" in done.err
    assert set(hashes(out)) == {"S001.pdf", "S003.pdf"}


def test_another_set_of_assumptions_renders_everything_again(run, rendered_class):
    before = hashes(rendered_class.out)
    done = run(*rendered_class.batch, "--resume", "--set", "auto_screen_share=0.5")
    assert done.code == 0
    assert all(hashes(rendered_class.out)[name] != pdf for name, pdf in before.items())
    assert "set on the command line" in (rendered_class.out / "assumptions.toml").read_text()


def test_a_password_opens_the_pdf_and_stands_nowhere(run, small_class):
    small_class.rows[0] |= {"pdf_password": "tarn hollow"}
    write_rows(small_class.students, small_class.rows)
    assert run(*small_class.batch).code == 0
    locked = pypdf.PdfReader(small_class.out / "S001.pdf")
    assert locked.is_encrypted
    assert locked.decrypt("tarn hollow")
    assert "tarn" not in "".join((small_class.out / name).read_text() for name in OURS)
    entry = manifest(small_class.out)["students"]["S001"]
    assert entry["pdf_sha256"] != entry["content_sha256"]


def test_one_report_leaves_the_others_of_the_folder_alone(run, rendered_class):
    before = hashes(rendered_class.out)
    done = run("report", "S002", *rendered_class.options, "--out", rendered_class.out)
    assert done.code == 0
    assert hashes(rendered_class.out) == before


def test_one_report_does_not_go_into_the_folder_of_another_class(run, rendered_class):
    before = {path: path.read_bytes() for path in rendered_class.out.iterdir()}
    rendered_class.rows[1]["name"] = "Ada One"
    write_rows(rendered_class.students, rendered_class.rows)
    done = run("report", "S002", *rendered_class.options, "--out", rendered_class.out)
    assert done.code == 2
    assert "holds the reports of another class" in done.err
    assert {path: path.read_bytes() for path in rendered_class.out.iterdir()} == before


def test_one_report_that_fails_leaves_the_earlier_one_and_says_so(run, rendered_class):
    before = hashes(rendered_class.out)
    rendered_class.rows[1] |= {"must_apply": "IM001;IM002", "fee_budget_usd": "5"}
    write_rows(rendered_class.students, rendered_class.rows)
    done = run("report", "S002", *rendered_class.options, "--out", rendered_class.out)
    assert done.code == 1
    assert hashes(rendered_class.out) == before
    assert "the earlier report stays in its place" in done.err


def test_one_report_under_other_assumptions_does_not_go_among_those_of_others(run, rendered_class):
    out = rendered_class.out
    before = hashes(out), (out / "assumptions.toml").read_text()
    asked = ["report", "S002", *rendered_class.options, "--set", "auto_screen_share=0.5"]
    refused = run(*asked, "--out", out)
    assert refused.code == 2
    assert "rest on other assumptions" in refused.err
    assert (hashes(out), (out / "assumptions.toml").read_text()) == before


def test_what_a_stranger_and_a_killed_batch_left_among_the_notebooks_goes(run, small_class):
    run(*small_class.batch, "--keep-notebooks")
    kept = small_class.out / "notebooks"
    assert names(kept) == {"S001.ipynb", "S002.ipynb"}
    (kept / "S099.ipynb").write_text("{}")
    (kept / ".x.part").write_text("half")
    assert run(*small_class.batch, "--resume", "--keep-notebooks").code == 0
    assert names(kept) == {"S001.ipynb", "S002.ipynb"}


def test_notebooks_are_made_where_they_are_missing_and_none_of_an_earlier_report_stays(
    run, rendered_class
):
    out, before = rendered_class.out, hashes(rendered_class.out)
    done = run(*rendered_class.batch, "--resume", "--keep-notebooks")
    assert done.code == 0, done.err
    assert names(out / "notebooks") == {"S001.ipynb", "S002.ipynb"}
    assert hashes(out) == before
    rendered_class.rows[1]["step2_ck"] = "266"
    write_rows(rendered_class.students, rendered_class.rows)
    done = run(*rendered_class.batch, "--resume")
    assert names(out / "notebooks") == {"S001.ipynb"}
    assert "S002.ipynb is no current report of this class: moved to old/" in done.err
    assert {path.name for path in out.glob("old/*/*")} == {"S002.pdf", "S002.ipynb"}


def test_one_report_is_told_of_alone_whatever_became_of_others(run, small_class):
    small_class.rows[0]["step2_ck"] = "2555"
    write_rows(small_class.students, small_class.rows)
    assert run(*small_class.batch).code == 1
    done = run("report", "S002", *small_class.options, "--out", small_class.out)
    assert done.code == 0
    assert "1 report in" in done.err
    assert "not delivered" not in done.err


def test_an_unknown_student_is_an_error_of_one_sentence(run, small_class):
    done = run("report", "S999", *small_class.options, "--out", small_class.out)
    assert done.code == 1
    assert "S999" in done.err
    assert "Traceback" not in done.err
    assert not small_class.out.exists()


def test_folders_that_are_not_ours_are_refused(run, small_class, tmp_path):
    small_class.out.mkdir()
    (small_class.out / "thesis.docx").write_text("mine")
    assert run(*small_class.batch).code == 2
    assert (small_class.out / "thesis.docx").read_text() == "mine"
    file = tmp_path / "file"
    file.write_text("x")
    assert run("batch", *small_class.options, "--out", file).code == 2
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    assert run("batch", *small_class.options, "--out", link).code == 2


def test_a_second_batch_into_the_same_folder_is_refused(run, small_class):
    from filelock import FileLock

    small_class.out.mkdir()
    with FileLock(small_class.out / ".lock"):
        done = run(*small_class.batch)
    assert done.code == 2
    assert "another batch" in done.err
