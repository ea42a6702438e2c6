"""Foreign exports from file to table: workbooks, proposals, mappings beside a file."""

import os
import re
import shutil
import subprocess
import zipfile

import pandas as pd
import pytest
import xlsxwriter

from analysis.cli import main
from analysis.errors import TableError
from analysis.paths import from_root
from analysis.tables.check import check_files, check_table
from analysis.tables.mapping import how_to_read, raw_rows, reading_with
from analysis.tables.proposal import proposal_of, propose, write_mapping
from analysis.tables.reading import sheet_names
from tests.unit.tables.class_file import GOOD, HEADER
from tests.unit.tables.test_cases import CASES

ROWS = [
    ["007", "Internal Medicine", 250, "pass", None],
    ["008", "Psychiatry", 241.0, "Pass", "loa_academic"],
]


def workbook(path, rows=ROWS, header=HEADER, **sheets):
    with pd.ExcelWriter(path, engine="odf" if path.suffix == ".ods" else "xlsxwriter") as book:
        frame = pd.DataFrame(rows, columns=header.split(","))
        frame.to_excel(book, sheet_name="Class", index=False, startrow=sheets.pop("startrow", 0))
        for name, other in sheets.items():
            other.to_excel(book, sheet_name=name, index=False)
    return path


def test_a_workbook_reads_to_the_same_students_as_a_csv_file(tmp_path):
    (tmp_path / "class.csv").write_text(GOOD)
    from_csv = check_table(tmp_path / "class.csv").rows
    found = check_table(workbook(tmp_path / "class.xlsx"))
    pd.testing.assert_frame_equal(found.rows, from_csv)
    assert "read the sheet 'Class' of a workbook" in found.repairs


def test_a_sheet_of_notes_is_told_from_the_table_and_named(tmp_path):
    notes = pd.DataFrame({"Notes": ["made up"], "By": ["office"]})
    found = check_table(workbook(tmp_path / "class.xlsx", Notes=notes, startrow=2))
    assert len(found.rows) == 2
    assert "other sheets not read: Notes" in found.repairs


def test_two_sheets_with_tables_are_asked_about(tmp_path):
    twin = pd.DataFrame(ROWS, columns=HEADER.split(","))
    path = workbook(tmp_path / "class.xlsx", Old=twin)
    with pytest.raises(TableError, match="it has Class, Old: name the one that is meant"):
        check_table(path)
    (tmp_path / "mapping.toml").write_text('[students]\nsheet = "Old"\n')
    assert len(check_table(path).rows) == 2


def far_cell(path, old, new):
    """The workbook with one text of its parts replaced by another of the same place."""
    with zipfile.ZipFile(path) as packed:
        parts = {one: packed.read(one) for one in packed.namelist()}
    changed = {one: part.replace(old, new) for one, part in parts.items()}
    assert changed != parts
    with zipfile.ZipFile(path, "w") as packed:
        for one, part in changed.items():
            packed.writestr(one, part)
    return path


def test_a_cell_in_the_last_row_and_column_is_refused_before_it_is_laid_out(tmp_path):
    path = far_cell(workbook(tmp_path / "class.xlsx"), b'r="A2"', b'r="XFD1048576"')
    with pytest.raises(TableError, match=r"a sheet of at most 10,000,000 cells .* delete what"):
        check_table(path)


def test_a_colored_cell_far_away_does_no_harm(tmp_path):
    path = workbook(tmp_path / "class.xlsx")
    before = check_table(path)
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    found = check_table(far_cell(path, b"</sheetData>", far))
    assert found.rows.equals(before.rows)


@pytest.mark.parametrize("kind", [b"rows", b"columns"])
def test_an_open_document_of_endless_rows_or_columns_is_refused(tmp_path, kind):
    exports = from_root("tests/fixtures/exports")
    path = next(exports.rglob("*.ods"))
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    tag = b"<table:table-row" if kind == b"rows" else b"<table:table-cell"
    more = tag + b" table:number-" + kind + b'-repeated="9999999"'
    with pytest.raises(TableError, match=r"a sheet of at most 10,000,000 cells"):
        check_table(far_cell(copy, tag, more))


@pytest.mark.parametrize("cut", [30, 400, 3000])
def test_a_damaged_workbook_is_one_message(tmp_path, cut):
    path = workbook(tmp_path / "class.xlsx")
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(TableError, match=r"a workbook .* that is whole and without a password"):
        check_table(path)


@pytest.fixture
def registrar(tmp_path):
    shutil.copy(CASES / "registrar_export.csv", tmp_path)
    return tmp_path / "registrar_export.csv"


def test_a_proposal_asks_for_what_is_not_sure_and_assigns_no_flag(registrar):
    proposal = propose(registrar)
    text, asked = proposal.toml(), proposal.questions
    assert 'step2_ck = "USMLE Step 2 CK"' in text
    assert '# name = ["First name", "Last name"]' in text
    assert '# specialty = ["Specialty 1", "Specialty 2"]' in text
    assert '# "academic" = "loa_academic"  # 1 row' in text
    assert '# "medical" = ""' in text
    assigned = [line for line in text.splitlines() if re.match(r'"[^"]*" = "\w+"', line)]
    assert assigned == []
    assert "LOA reason: which red flags its words mean" in asked
    assert not {"Müller", "Änne"} & set(re.findall(r"\w+", text))


def test_a_mapping_that_a_person_confirmed_reads_the_registrars_export(registrar):
    said = write_mapping(registrar, registrar.parent / "mapping.toml")
    assert "mapping.toml: written, [students]" in said
    # A mapping beside the file is found by itself, and the line can be typed as it stands.
    assert said.endswith(f"then: countersignal check {registrar}")
    place = registrar.parent / "mapping.toml"
    text = re.sub(r'^# (?=["a-z_]+.* = )', "", place.read_text(), flags=re.MULTILINE)
    place.write_text(text.replace('"2" = "step1_failure"', '"2" = ""'))
    found = check_table(registrar)
    assert found.problems == ()
    assert found.rows["student_id"].tolist() == ["00123", "00124", "00125", "00126"]
    assert found.rows["name"].tolist()[3] == "Robert Smith, Jr."
    assert found.rows["specialty"].tolist()[1] == ("Family Medicine", "Psychiatry")
    assert found.rows["red_flags"].tolist() == [
        (),
        ("loa_academic", "course_failure_remediated"),
        ("loa_academic",),
        ("preclinical_failures_multiple",),
    ]
    assert found.rows["clerkship_honors_fraction"].tolist()[:3] == [0.75, 0.5, 0.33]


def test_a_word_that_the_mapping_does_not_name_is_refused_and_not_lost(registrar):
    (registrar.parent / "mapping.toml").write_text(
        '[students]\nignore = ["LOA", "Remediated courses", "Step 1 attempts", "Last name",'
        ' "First name", "Specialty 2", "Clerkship Honors %"]\n'
        '[students.columns]\nspecialty = "Specialty 1"\n'
        '[students.flags."LOA reason"]\nacademic = "loa_academic"\n'
    )
    (problem,) = check_table(registrar).problems
    assert (problem.line, problem.column, problem.value) == (6, "red_flags", "medical")


def test_a_column_that_is_left_out_is_named_and_a_mapping_elsewhere_is_given_as_it_lies(tmp_path):
    file = tmp_path / "class.csv"
    file.write_text(GOOD.replace("\n", ",here\n").replace("here", "Locker", 1))
    said = write_mapping(file, tmp_path / "ours.toml")
    assert "  left out: Locker" in said
    assert 'ignore = ["Locker"]  # left out' in (tmp_path / "ours.toml").read_text()
    assert said.endswith(f"countersignal check {file} --mapping {tmp_path / 'ours.toml'}")


def test_a_mapping_is_not_written_over(registrar):
    place = registrar.parent / "mapping.toml"
    write_mapping(registrar, place)
    with pytest.raises(TableError, match=r"no part \[students\] yet"):
        write_mapping(registrar, place)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("title", ["Class of 2026 export", "Class of 2026,,,,", "A\n\nB,,"])
@pytest.mark.parametrize(
    "names",
    [
        ["Banner No.", "Surname", "Field", "CK score", "LOA reason"],
        ["Matr.-Nr.", "Zuname", "Fach", "Punktzahl", "Grund"],
    ],
)
def test_the_command_that_check_names_finds_foreign_names_below_a_title(
    tmp_path, names, title, separator
):
    file = tmp_path / "export.csv"
    rows = [names, ["1", "Ana", "Psychiatry", "240", "none"], ["2", "Ben", "", "235", ""]]
    lines = [*title.replace(",", separator).split("\n"), *map(separator.join, rows)]
    file.write_text("\n".join(lines) + "\n")
    text, code = check_files([file])
    assert code == 2
    (told,) = re.findall(r"countersignal (map export\.csv --table students)", text)
    command, _, *options = told.split()
    with pytest.raises(SystemExit) as ended:
        main([command, str(file), *options])
    assert ended.value.code == 0
    text = (tmp_path / "mapping.toml").read_text()
    assert all(f'"{name}"' in text for name in names)
    assert "2 rows" in text
    assert propose(file, "students").questions


def test_a_workbook_of_foreign_names_below_a_title_is_read_from_its_header(tmp_path):
    path = tmp_path / "class.xlsx"
    with pd.ExcelWriter(path, engine="xlsxwriter") as book:
        cells = [["Class of 2026", *[None] * 4], ["Banner No.", "Surname", "Field", "CK", "Why"]]
        pd.DataFrame([*cells, *ROWS]).to_excel(book, index=False, header=False)
    assert [one.theirs for one in propose(path, "students").columns] == cells[1]


def test_one_column_of_names_is_no_title(tmp_path):
    (tmp_path / "names.csv").write_text("Names\nAna\nBen\nCy,there\n")
    with pytest.raises(TableError, match="line 1"):
        check_table(tmp_path / "names.csv")


def test_one_mapping_holds_for_several_tables(tmp_path):
    (tmp_path / "class.csv").write_text(GOOD.replace("step2_ck", "CK points"))
    (tmp_path / "wishes.csv").write_text("student_id,program_id,How much\n007,IM1,0.5\n")
    mapping = tmp_path / "office.toml"
    mapping.write_text(
        '[students.columns]\nstep2_ck = "CK points"\n'
        '[preferences.columns]\npreference = "How much"\n'
    )
    with reading_with(mapping):
        text, code = check_files([tmp_path / "class.csv", tmp_path / "wishes.csv"])
    assert code == 0, text
    assert "read as students, 2 good rows" in text
    assert "read as preferences, 1 good row" in text


def test_a_published_survey_without_importance_gets_share_citing_times_mean(tmp_path):
    (tmp_path / "survey.csv").write_text(
        "Factor,Percent Citing,Mean Rating,Specialty\nStep 2 CK,90%,4.2,All\nLetters,80%,4.5,All\n"
    )
    found = check_table(tmp_path / "survey.csv")
    assert found.table == "factor_importance"
    assert found.rows["percent_citing"].tolist() == pytest.approx([0.9, 0.8])
    assert found.rows["importance"].tolist() == pytest.approx([378, 360])
    assert "importance computed as percent_citing times mean_importance" in found.repairs


@pytest.mark.parametrize(
    ("column", "word", "code"),
    [
        ("degree", "MD", "us_md"),
        ("degree", "D.O.", "us_do"),
        ("degree", "US-IMG", "us_img"),
        ("step1_result", "P", "pass"),
        ("step1_result", "Fail then Pass", "fail_then_pass"),
        ("needs_visa", "Y", "yes"),
        ("home_state", "ohio", "OH"),
        ("school_state", "New York", "NY"),
    ],
)
def test_words_that_are_certain_need_no_asking(tmp_path, column, word, code):
    header = HEADER if column in HEADER else f"{HEADER},{column}"
    cells = {"student_id": "1", "specialty": "Psychiatry", "step2_ck": "240"}
    row = ",".join({**cells, column: word}.get(name, "") for name in header.split(","))
    (tmp_path / "class.csv").write_text(f"{header}\n{row}\n")
    assert check_table(tmp_path / "class.csv").rows[column].tolist() == [code]


def test_a_process_that_is_started_reads_as_the_command_that_starts_it(tmp_path, monkeypatch):
    (tmp_path / "class.csv").write_text(GOOD.replace("step2_ck", "CK points"))
    (tmp_path / "office.toml").write_text('[students.columns]\nstep2_ck = "CK points"\n')
    with reading_with(tmp_path / "office.toml", ("Email",)):
        variables = how_to_read().environment()
        told = how_to_read()
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert how_to_read() == told
    assert len(check_table(tmp_path / "class.csv").rows) == 2
    with reading_with():
        assert how_to_read().mapping is None


def test_explore_reads_a_class_through_a_mapping_and_tells_the_page(tmp_path, monkeypatch):
    from analysis.report import page_server

    for name in ("COUNTERSIGNAL_MAPPING", "COUNTERSIGNAL_IGNORED_COLUMNS"):
        monkeypatch.setenv(name, "")
    seen = {}

    def serve_page(parameters, *_, **__):
        seen.update(parameters, mapping=os.environ["COUNTERSIGNAL_MAPPING"])
        return 0

    monkeypatch.setattr(page_server, "serve_page", serve_page)
    (tmp_path / "class.csv").write_text(GOOD.replace("step2_ck", "CK points"))
    mapping = tmp_path / "office.toml"
    mapping.write_text('[students.columns]\nstep2_ck = "CK points"\n')
    programs = CASES / "programs_im.csv"
    files = ["--students", tmp_path / "class.csv", "--programs", programs]
    with pytest.raises(SystemExit) as ended:
        main(["explore", *map(str, files), "--mapping", str(mapping)])
    assert ended.value.code == 0
    assert seen["mapping"] == str(mapping)
    assert seen["students_csv"] == str(tmp_path / "class.csv")


def readings(path):
    return proposal_of(path.name, raw_rows(path, "students"), "students").readings


def test_each_column_of_a_file_is_shown_as_it_would_be_read(registrar):
    shown = {row["Your column"]: row for row in readings(registrar)}
    assert shown["USMLE Step 2 CK"]["Read as"] == "step2_ck"
    assert shown["LOA reason"]["Read as"] == "to decide: perhaps red_flags"
    assert shown["Last name"]["Holds"] == "4 filled"
    (registrar.parent / "mapping.toml").write_text(
        '[students]\nignore = ["LOA reason"]\n[students.columns]\nspecialty = "Specialty 1"\n'
    )
    shown = {row["Your column"]: row for row in readings(registrar)}
    assert shown["Specialty 1"]["Read as"] == "specialty"
    assert "LOA reason" not in shown


def test_a_hidden_sheet_is_not_taken_for_the_class_and_is_named(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "class.xlsx") as book:
        shown, old = book.add_worksheet("shown"), book.add_worksheet("old")
        for sheet, who in ((shown, "S1"), (old, "S9")):
            header = ["student_id", "specialty", "step2_ck", "step1_result", "red_flags"]
            sheet.write_row(0, 0, header)
            sheet.write_row(1, 0, [who, "Psychiatry", 240, "P", ""])
        old.hide()
    found = check_table(tmp_path / "class.xlsx", "students")
    assert found.strict()["student_id"].tolist() == ["S1"]
    assert "other sheets not read: old (hidden)" in found.repairs


@pytest.mark.parametrize("state", ["N.Y.", "n.y.", "NY", "New York", "N. Y."])
def test_a_state_is_read_with_points_too(tmp_path, state):
    text = "student_id,specialty,step2_ck,step1_result,red_flags,home_state\n"
    (tmp_path / "class.csv").write_text(f"{text}S1,Psychiatry,240,P,,{state}\n")
    rows = check_table(tmp_path / "class.csv", "students").strict()
    assert rows["home_state"].tolist() == ["NY"]


def test_words_that_are_read_as_empty_are_not_asked_about(tmp_path):
    text = "student_id,specialty,step2_ck,step1_result,red_flags\nS1,Psychiatry,240,P,N/A\n"
    (tmp_path / "class.csv").write_text(text)
    assert propose(tmp_path / "class.csv").questions == []


def test_a_workbook_that_stays_as_it_is_is_unpacked_once(tmp_path, monkeypatch):
    started = []
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *a, **how: started.append(a) or run(*a, **how))
    path = workbook(tmp_path / "class.xlsx", Notes=pd.DataFrame({"Note": ["only once"]}))
    assert sheet_names(path) == ["Class", "Notes"]
    first, again = check_table(path, "students"), check_table(path, "students")
    assert len(started) == 1
    pd.testing.assert_frame_equal(first.rows, again.rows)
    workbook(path, Other=pd.DataFrame({"Note": ["changed"]}))
    assert sheet_names(path) == ["Class", "Other"]
    assert len(started) == 2
