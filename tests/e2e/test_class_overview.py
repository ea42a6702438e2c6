import csv
import re
import stat

import pandas as pd
import pypdf
import pypdfium2
import pytest

from tests.e2e.conftest import write_rows

# Few draws, so that a class takes a second.
QUICK = ("--set", "classmates.draws=200", "--set", "uncertainty.draws=40")


def text_of(path):
    return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(path))


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_class_gets_its_overview_beside_the_reports_and_not_among_them(run, small_class):
    at = small_class.out.parent / "class.pdf"
    small_class.rows[1]["step2_ck"] = "2520"
    write_rows(small_class.students, small_class.rows)
    done = run(*small_class.batch, *QUICK, "--overview", at)
    assert done.code == 1, done.err
    assert not (small_class.out / "class.pdf").exists()
    assert {stat.S_IMODE(path.stat().st_mode) for path in (at, at.with_suffix(".csv"))} == {0o600}
    text = text_of(at)
    assert "S002 step2_ck: expected a whole number" in " ".join(text.split())
    assert "Quillfeather" not in text
    statuses = {row["student_id"]: row["status"] for row in rows_of(at.with_suffix(".csv"))}
    assert statuses == {"S001": "list", "S002": "left_out"}
    fingerprint = (small_class.out / "manifest.json").read_text().split('"fingerprint": "')[1][:12]
    assert fingerprint in text

    named = run(*small_class.batch, *QUICK, "--resume", "--overview", at, "--names")
    assert named.code == 1
    assert "Maren Quillfeather" in text_of(at)
    assert "Maren Quillfeather" in [row["name"] for row in rows_of(at.with_suffix(".csv"))]
    document = pypdf.PdfReader(at)
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "Quillfeather" not in str(document.metadata)


@pytest.mark.parametrize("settled", ["mapping.toml", "workbook and --ignore-column"])
def test_an_overview_reads_a_registrars_export_as_the_reports_beside_it_do(
    run, small_class, settled
):
    at = small_class.out.parent / "class.pdf"
    rows = [{"Concerns noted": "", **row} for row in small_class.rows]
    rows[0]["red_flags"] = ""
    rows[1]["student_id"] = "a name, no id"
    students = write_rows(small_class.students, rows)
    students.write_text("Spring export\n\n" + students.read_text())
    options = []
    if settled != "mapping.toml":
        options = ["--ignore-column", "Concerns noted"]
        frame = pd.read_csv(students, skiprows=2, dtype=str)
        students = students.with_suffix(".xlsx")
        frame.to_excel(students, index=False, startrow=2)
    else:
        own = 'ignore = ["red_flags"]\n[columns]\nred_flags = "Concerns noted"\n'
        (students.parent / "mapping.toml").write_text(
            f"[students]\n{own}".replace("[columns]", "[students.columns]")
        )
    batch = ["batch", "--students", students, *small_class.batch[3:]]
    done = run(*batch, *QUICK, *options, "--overview", at)
    assert done.code == 1, done.err
    assert "line 5" in " ".join(text_of(at).split())
    statuses = {row["student_id"]: row["status"] for row in rows_of(at.with_suffix(".csv"))}
    assert statuses["S001"] == "list"


def test_an_overview_among_the_reports_is_refused_before_any_is_rendered(run, small_class):
    refused = run(*small_class.batch, "--overview", small_class.out / "class.pdf")
    assert refused.code == 2
    assert "files go to students" in refused.err
    assert not small_class.out.exists()


def test_names_without_an_overview_are_a_mistake_in_the_command(run, small_class):
    refused = run(*small_class.batch, "--names")
    assert refused.code == 2
    assert "--names is for --overview" in refused.err


def test_an_overview_has_the_students_to_meet_first_then_how_many_and_one_picture(run, small_class):
    at = small_class.out.parent / "class.pdf"
    done = run(
        *small_class.batch, *QUICK, "--set", "classmates.risk_of_no_match=0.001", "--overview", at
    )
    assert done.code == 0, done.err
    pages = [page.extract_text() for page in pypdf.PdfReader(at).pages]
    # A small class leaves page 1 room for what is expected and for the picture.
    order = [pages[0].find(words) for words in ("Next step", "How many will", "Who stands where")]
    assert 0 <= order[0] < order[1] < order[2]
    assert len(pages) < 5
    assert not re.search(r"\d\.\d", pages[0])
