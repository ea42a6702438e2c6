"""An office's own exports, from file to PDFs or charts, with one edited file and two commands."""

import re
import shutil

import nbformat
import pytest

from analysis.paths import from_root
from tests.unit.tables.test_exports import EXPORTS, mapping_of

PROGRAMS = from_root("data/sample/programs.csv")


@pytest.fixture
def office(tmp_path):
    """A folder for each file, in which its mapping lies beside it."""

    def given(name):
        folder = tmp_path / name.partition(".")[0]
        folder.mkdir()
        shutil.copy(EXPORTS / name, folder)
        return folder / name

    return given


def proposed_and_edited(run, file):
    """First command: `map`; then a person edits what it wrote."""
    if mapping_of(file.name) is None:
        return
    done = run("map", file)
    assert done.code == 0, done.err
    assert "to decide" in done.out
    shutil.copy(mapping_of(file.name), file.parent / "mapping.toml")


def rendered(run, tmp_path, students, programs):
    """Second command: `batch`."""
    out = tmp_path / "out"
    done = run(
        "batch", "--students", students, "--programs", programs, "--out", out, "--workers", "1",
        "--report-date", "2026-09-15",
    )  # fmt: skip
    return done, sorted(path.stem for path in out.glob("*.pdf"))


@pytest.mark.parametrize(
    ("name", "who", "refused"),
    [
        ("notes_and_totals.xlsx", ["00501", "00502", "00503"], 0),
        ("eras_like.csv", ["13000001", "13000003"], 1),
        *(
            pytest.param(*rest, marks=pytest.mark.soak)
            for rest in (
                ("registrar_utf16.txt", ["00411", "00412", "00413", "00414"], 0),
                ("semicolons_decimal_commas.csv", ["E01", "E02", "E03"], 0),
                ("windows_1252_names.csv", ["W01", "W02", "W03"], 0),
                ("residencycas_like.csv", ["700001", "700002", "700003"], 0),
            )
        ),
    ],
)
def test_a_class_goes_from_its_file_to_a_pdf_for_each_good_row(
    run, office, tmp_path, name, who, refused
):
    file = office(name)
    proposed_and_edited(run, file)
    done, made = rendered(run, tmp_path, file, PROGRAMS)
    assert made == who, done.err
    assert done.code == (1 if refused else 0)
    assert f"{len(who)} reports in" in done.err


@pytest.mark.parametrize("name", ["programs_by_degree.csv", "match_file_cr.csv"])
def test_a_table_of_programs_goes_from_its_file_to_pdfs(run, office, tmp_path, name):
    file, students = office(name), tmp_path / "students.csv"
    students.write_text(
        "student_id,specialty,step2_ck,step1_result,red_flags\n"
        "S1,Internal Medicine,248,pass,course_failure_remediated\n"
    )
    proposed_and_edited(run, file)
    done, made = rendered(run, tmp_path, students, file)
    assert (done.code, made) == (0, ["S1"]), done.err


@pytest.mark.parametrize(
    ("notebook", "parameter", "name", "title"),
    [
        ("10_factor_importance", "importance_csv", "survey_table.csv", "What program directors"),
        (
            "10_factor_importance",
            "responses_csv",
            "survey_answers.csv",
            "of 6 factors, Internal Medicine cites",
        ),
        ("35_applicants_log", "applicants_csv", "applicants_log.csv", "offered by each date"),
    ],
)
def test_a_table_goes_from_its_file_to_charts(
    run, office, tmp_path, monkeypatch, notebook, parameter, name, title
):
    from papermill import execute_notebook

    file = office(name)
    proposed_and_edited(run, file)
    out = tmp_path / "out.ipynb"
    monkeypatch.chdir(tmp_path)
    execute_notebook(
        from_root(f"notebooks/{notebook}.ipynb"),
        out,
        {parameter: str(file)},
        engine_name="countersignal",
        progress_bar=False,
    )
    made = nbformat.read(out, as_version=4)
    data = [o.get("data", {}) for cell in made.cells for o in cell.get("outputs", [])]
    assert sum("image/png" in one for one in data) >= 1
    assert any(re.search(title, one.get("text/plain", "")) for one in data)


def test_a_log_and_shares_become_assumptions_that_reports_use(run, office, tmp_path):
    log, programs = office("applicants_log.csv"), office("programs_by_degree.csv")
    for file in (log, programs):
        proposed_and_edited(run, file)
    own = tmp_path / "own.toml"
    done = run("assumptions", "new", own, "--applicants", log, "--programs", programs)
    assert done.code == 0, done.err
    assert "Internal Medicine: interview_rate" in done.err
    changed = {line.split(",")[0] for line in run("assumptions", "diff", "--format", "csv",
        from_root("data/assumptions/default.toml"), own).out.splitlines()}  # fmt: skip
    assert {"season.Internal Medicine", "place.same_state_share"} <= changed
