"""Small inputs that once failed, each standing for a kind of fault, and more of each kind."""

import re
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from analysis.cli import main
from analysis.errors import RowError, TableError
from analysis.inputs import Inputs
from analysis.paths import from_root
from analysis.tables.check import check_files, check_table
from analysis.tables.headers import column_of, resembled
from analysis.tables.mapping import reading_with
from analysis.tables.proposal import propose
from analysis.tables.schemas import SCHEMAS
from tests.unit.tables.class_file import GOOD, HEADER, checked, csv_text, table_with


def workbook(folder, rows):
    """A workbook of these rows."""
    with xlsxwriter.Workbook(folder / "file.xlsx", {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return folder / "file.xlsx"


CASES = Path(__file__).parents[2] / "fixtures" / "cases"


def said(name: str) -> tuple[str, int]:
    return check_files([CASES / name])


STOPPED = {
    "flag_columns_ignored.csv": ["column loa_academic", "column professionalism", "step2_failure"],
    "password_column_ignored.csv": ["column Password", "resembles pdf_password"],
    "optional_column_misspelt.csv": ["column application_limt", "resembles application_limit"],
    "two_strays.csv": ["line 3", "closed on line 5", "rows of this table"],
    "registrar_export.csv": ["column red_flags", "column LOA reason", "countersignal map"],
}


@pytest.mark.parametrize("name", STOPPED)
def test_a_file_that_would_lose_something_stops_the_run(name):
    text, code = said(name)
    assert code == 2
    for words in STOPPED[name]:
        assert words in text


READ = {
    "header_step_1.csv": (3, []),
    "header_twice.csv": (3, ["the header again, passed over: line 3"]),
    "id_excel_formula.csv": (1, []),
    "names_mixed_encodings.csv": (4, ["line 5 read as Windows-1252 and the rest as UTF-8"]),
    "obgyn.csv": (2, ["spelling of specialty made uniform (1)"]),
    "programs_saved_by_excel.csv": (26, ["dates written as YYYY-MM-DD (26)"]),
    "programs_im.csv": (25, []),
    "programs_slash.csv": (5, []),  # tests/unit/report/test_typed.py prints such names
    "students_00123.csv": (1, []),
    "title_rows.csv": (3, ["above the header, passed over: lines 1-2 (2)"]),
    "password_sign_on_terminal.csv": (2, ["spaces around a password cut, line 3"]),
}


@pytest.mark.parametrize("name", READ)
def test_a_file_that_is_unambiguous_is_read_and_what_was_done_is_said(name):
    found = check_table(CASES / name)
    count, repairs = READ[name]
    assert (len(found.rows), found.problems) == (count, ())
    for words in repairs:
        assert any(words in repair for repair in found.repairs)


def test_an_id_that_a_spreadsheet_keeps_as_a_formula_is_read():
    assert check_table(CASES / "id_excel_formula.csv").rows["student_id"].tolist() == ["00123"]


def test_names_of_a_mixed_file_are_read_line_by_line():
    names = check_table(CASES / "names_mixed_encodings.csv").rows["name"].tolist()
    assert names == ["Müller, Änne", "O’Brien, Seán", "Nguyễn Thị Hương", "Zoë"]


REFUSED = {
    "id_outside_cp1252.csv": "line 2, column student_id: found 'Nguy\u1ec5n'; expected an id of 1",
    "programs_no_positions.csv": "column positions: found '0'; expected at least 1, or empty",
    "tolerance_blank_type.csv": "line 2, column program_type: found ''; expected text",
    "unread_row_shows_name.csv": "line 2: expected 6 cells as in the header, not 7",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_row_that_cannot_be_used_is_refused_by_its_line_and_shows_no_name(name):
    text, code = said(name)
    assert code == 1
    assert REFUSED[name] in text
    assert "Anna" not in text


# Tested below: wishes beside the files that they name, and a logo with its branding.
TOGETHER = {"preferences_match_nobody.csv", "branding_truncated.toml", "logo_truncated.png"}


def test_every_case_is_held_to_what_is_expected_of_it():
    assert {path.name for path in CASES.iterdir()} == {*STOPPED, *READ, *REFUSED, *TOGETHER}


def test_no_interviews_of_unknown_applications_are_refused(tmp_path):
    text = (CASES / "programs_no_positions.csv").read_text().replace(",0,2026-", ",5,2026-")
    (tmp_path / "p.csv").write_text(text)
    problems = check_table(tmp_path / "p.csv").problems
    assert {p.column for p in problems} == {"interviews_offered, applications_received"}


SPARE = [
    ("loa", "red_flags"),
    ("Excluded programs", "never_apply"),
    ("No-go states", "exclude_states"),
    ("Leave of absence?", "red_flags"),
    ("Step 1 fails", "red_flags"),
    ("professionalism_concern", "red_flags"),
    ("Professonalism", "red_flags"),
    ("Probation", "red_flags"),
    ("Fehlversuche nicht bestanden", "red_flags"),
    ("Kennwort", "pdf_password"),
    ("PDF pasword", "pdf_password"),
    ("contraseña", "pdf_password"),
    ("Mot de passe", "pdf_password"),
    ("fee budget", "fee_budget_usd"),
    ("must aply", "must_apply"),
    ("Nachname", "name"),
    ("gold_signal", "gold_signals"),
    ("prefered_states", "preferred_states"),
    ("needs_vsa", "needs_visa"),
    ("Honor Council", "red_flags"),
    ("Conduct", "red_flags"),
    ("Retakes", "red_flags"),
    ("Time off", "red_flags"),
    ("Academic standing", "red_flags"),
    ("congé", "red_flags"),
    ("PDF", "pdf_password"),
    ("Code", "pdf_password"),
    ("lösenord", "pdf_password"),
    ("nmae", "name"),
    ("letters (2026)", "letters"),
    ("Letters of recommendation", "letters"),
    ("Remédiation", "red_flags"),
    ("Repetición de curso", "red_flags"),
    ("Échec USMLE", "red_flags"),
    ("Year off", "red_flags"),
    ("Extra semester", "red_flags"),
    ("Zugangscode", "pdf_password"),
    ("Open with", "pdf_password"),
    ("Lösenord", "pdf_password"),
    ("Comments to dean", "advisor_note"),
    ("States wanted", "preferred_states"),
    ("Prénom", "name"),
    ("cap", "application_limit"),
    ("Student degree", "degree"),
]


def one_slip(name):
    """Every name that one slip of the finger makes of another."""
    for at in range(len(name)):
        yield name[:at] + name[at + 1 :]
        yield name[:at] + name[at] + name[at:]
        yield name[:at] + name[at : at + 2][::-1] + name[at + 2 :]


@pytest.mark.parametrize("table", ["students", "programs", "preferences", "graduates"])
def test_no_slip_in_any_columns_name_loses_the_column(table):
    columns = SCHEMAS[table].columns
    for name in columns:
        for slip in {word for word in one_slip(name) if len(word) > 2}:
            assert column_of(slip, table) in columns or resembled(slip, table, ()), slip


@pytest.mark.parametrize(("header", "near"), SPARE)
def test_a_spare_column_that_resembles_one_of_ours_stops_the_run_until_it_is_ignored(
    tmp_path, header, near
):
    text = GOOD.replace("\n", ",x\n").replace(",x\n", f",{header}\n", 1)
    with pytest.raises(TableError) as caught:
        checked(tmp_path, text)
    assert f"resembles {near}" in str(caught.value)
    with reading_with(ignored=(header.upper(),)):
        found = checked(tmp_path, text)
    assert len(found.rows) == 2
    assert f"columns ignored, as asked: {header}" in found.repairs


def left_with(*arguments):
    """Exit code of a command."""
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    return left.value.code


IN_NO_FILE = "--ignore-column: found 'Prestge'; expected a column of one of the files"


@pytest.mark.parametrize("command", ["check", "chances", "batch"])
def test_a_column_to_ignore_that_no_file_has_is_told_and_stops_a_batch(tmp_path, capsys, command):
    files = [CASES / "students_00123.csv", CASES / "programs_im.csv"]
    if command != "check":
        files = ["--students", files[0], "--programs", files[1]]
    out = ["--out", tmp_path / "out"] if command == "batch" else []
    options = ["--ignore-column", "Prestge", "--ignore-column", "Application limit"]
    code = left_with(command, *files, *out, *options)
    assert code == (2 if command == "batch" else 0)
    said = " ".join(capsys.readouterr().err.split())
    assert f"{IN_NO_FILE} (is 'prestige' meant?)" in said
    assert "Application limit" not in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("ours", "header"),
    [("step2_ck", "step2ck_scor"), ("specialty", "specialtie"), ("step1_result", "step1_reslt")],
)
def test_a_misspelt_name_of_a_column_that_must_be_there_is_one_problem(tmp_path, ours, header):
    text = GOOD.replace(ours, header, 1)
    with pytest.raises(TableError) as caught:
        checked(tmp_path, text, table="students")
    (problem,) = caught.value.problems
    assert problem.column == ours
    assert f"is '{header}' meant? rename it" in problem.expected


@pytest.mark.parametrize("header", ["пароль", "パスワード", "休学", "الاسم"])
def test_a_spare_column_in_another_alphabet_stops_the_run_until_it_is_ignored(tmp_path, header):
    text = GOOD.replace("\n", ",x\n").replace(",x\n", f",{header}\n", 1)
    with pytest.raises(TableError, match="cannot be told from its name: rename it, map it"):
        checked(tmp_path, text)
    with reading_with(ignored=(header,)):
        assert len(checked(tmp_path, text).rows) == 2


def test_of_two_columns_that_resemble_one_of_ours_neither_is_to_be_renamed(tmp_path):
    header = HEADER.replace("specialty", "Specialty 1,Specialty 2")
    with pytest.raises(TableError) as caught:
        checked(tmp_path, f"{header}\n1,Psychiatry,Family Medicine,240,pass,\n", table="students")
    lacking, *parts = caught.value.problems
    assert lacking.column == "specialty"
    assert "rename" not in lacking.expected
    assert [problem.column for problem in parts] == ["Specialty 1", "Specialty 2"]
    assert all("join them into one column specialty" in problem.expected for problem in parts)


def test_two_spare_columns_that_are_parts_of_one_of_ours_are_to_be_joined(tmp_path):
    text = GOOD.replace("\n", ",x,y\n").replace(",x,y\n", ",Last name,First name\n", 1)
    with pytest.raises(TableError, match="Last name and First name resemble name: join them"):
        checked(tmp_path, text)


@pytest.mark.parametrize("cells", [("P", "F"), ("", "took a leave in 2023"), ("", "withdrew")])
def test_cells_that_tell_of_a_flag_stop_the_run_whatever_their_header(tmp_path, cells):
    first, second = cells
    text = f"{HEADER},M1\n1,Psychiatry,240,pass,,{first}\n2,Psychiatry,240,pass,,{second}\n"
    with pytest.raises(TableError, match=r"column M1: .* resembles red_flags"):
        checked(tmp_path, text)


def test_words_of_red_flags_in_a_spare_column_stop_the_run_without_being_shown(tmp_path):
    text = GOOD.replace("\n", ",\n").replace(",\n", ",M1\n", 1)
    text = text.replace("loa_academic,", "loa_academic,failed anatomy; remediated")
    with pytest.raises(TableError, match=r"column M1: .* resembles red_flags") as caught:
        checked(tmp_path, text)
    assert "anatomy" not in str(caught.value)


SPARE_ELSEWHERE = [
    "Email",
    "Remarks",
    "Expected grad",
    "Phone",
    "Gender",
    "Advisor",
    "Campus",
    "GPA",
    "Extracurriculars",
    "First interview",
]


@pytest.mark.parametrize("header", SPARE_ELSEWHERE)
def test_a_spare_column_that_resembles_none_of_ours_is_left_out_and_said(tmp_path, header):
    text = GOOD.replace("\n", ",x\n").replace(",x\n", f",{header}\n", 1)
    assert f"columns left out: {header}" in checked(tmp_path, text).repairs


NOTE = (
    f"{HEADER},name,advisor_note\n1,Internal Medicine,250,pass,,Ann,{{}}\n"
    "2,Psychiatry,240,pass,,Bo,\n"
)


def test_a_note_may_have_several_lines(tmp_path):
    note = '"She is strong, kind, and ready.\nWe talked about IM, FM, psych.\n\nCall, write, ask."'
    found = checked(tmp_path, NOTE.format(note))
    assert (len(found.rows), found.problems) == (2, ())
    assert found.lines == (2, 6)


def test_rows_inside_a_row_of_too_few_cells_are_refused_with_both_lines(tmp_path):
    text = (
        f'{HEADER}\n1,Psychiatry,240,pass,\n"2,Psychiatry,240,pass,\n3,IM,250,pass,\n4,IM,250,p,"\n'
    )
    with pytest.raises(TableError, match=r"line 3: .* closed on line 5"):
        checked(tmp_path, text)


SWALLOWED = [
    '"good\n3,Psychiatry,240,pass,,Cy,"',
    '"\n3,Psychiatry,240,pass,,Cy,x\n4,Psychiatry,240,pass,,Di,y"',
    '"a\r\nS003,Family Medicine,230,fail_then_pass,step1_failure"',
]


@pytest.mark.parametrize("note", SWALLOWED)
def test_rows_of_this_table_inside_a_note_are_refused_with_both_lines(tmp_path, note):
    with pytest.raises(TableError) as caught:
        checked(tmp_path, NOTE.format(note))
    last = 2 + note.count("\n")
    assert "line 2, column advisor_note" in str(caught.value)
    assert f"closed on line {last}" in str(caught.value)


@pytest.mark.parametrize("column", ["name", "specialty", "step2_ck", "red_flags"])
def test_a_line_end_in_a_cell_of_one_line_is_refused_with_both_lines(tmp_path, column):
    header = f"{HEADER},name".split(",")
    cells = ["1", "Psychiatry", "240", "pass", "loa_academic", "Ann"]
    at = header.index(column)
    cells[at] = f'"{cells[at]}\n\nx"'
    found = checked(tmp_path, ",".join(header) + "\n" + ",".join(cells) + "\n")
    (problem,) = found.problems
    assert (problem.line, problem.column) == (2, column)
    assert "begins on line 2 and ends on line 4" in problem.expected


def test_a_short_row_with_a_separator_inside_a_cell_is_refused(tmp_path):
    found = checked(tmp_path, GOOD + '009,"Psychiatry,240",pass\n')
    assert [p.line for p in found.problems] == [4]
    assert "a quotation mark may be missing" in found.problems[0].expected


def test_a_fraction_that_may_be_thousands_is_refused_beside_decimal_commas(tmp_path):
    header = f"{HEADER};letters;fee_budget_usd".replace(",", ";")
    rows = "1;Psychiatry;240;pass;;0,75;1.200\n2;Psychiatry;240;pass;;0,5;900\n"
    found = checked(tmp_path, f"{header}\n{rows}")
    (problem,) = found.problems
    assert (problem.line, problem.column, problem.value) == (2, "fee_budget_usd", "1.200")


STATES = {
    "Mass.": "MA", "Calif.": "CA", "W. Va.": "WV", "Pa.": "PA", "N.H.": "NH", "Wash.": "WA",
    "Washington, D.C.": "DC", "Washington DC": "DC", "US-OH": "OH", "Ohio (OH)": "OH",
    "No. Carolina": "NC", "Québec": "QC", "n.y.": "NY", "Wis.": "WI",
}  # fmt: skip


@pytest.mark.parametrize("word", STATES)
def test_a_state_is_read_in_each_of_its_spellings_in_every_file(tmp_path, word):
    programs = checked(tmp_path, table_with("programs", state=word))
    students = checked(tmp_path, table_with("students", home_state=word, preferred_states=word))
    assert programs.rows["state"].tolist() == [STATES[word]]
    assert students.rows["home_state"].tolist() == [STATES[word]]
    assert students.rows["preferred_states"].tolist() == [(STATES[word],)]


def test_washington_beside_another_state_is_not_the_capital(tmp_path):
    found = checked(tmp_path, table_with("students", preferred_states="Washington, Ore., Mass."))
    assert found.rows["preferred_states"].tolist() == [("WA", "OR", "MA")]


DATES = ["9/15/26", "15-Sep-26", "Sept. 15, 2026", "September 15 2026", "2026/09/15", "9-15-2026",
         "15 September 2026", "9/15/2026 0:00", "2026-09-15T00:00:00",
         "9/15/2026 12:00:00 AM"]  # fmt: skip


@pytest.mark.parametrize("date", DATES)
def test_a_date_that_can_be_one_day_alone_is_read(tmp_path, date):
    found = checked(tmp_path, table_with("programs", as_of=date))
    assert found.rows["as_of"].tolist() == ["2026-09-15"]
    assert "as_of: dates written as YYYY-MM-DD (1)" in found.repairs


@pytest.mark.parametrize(
    "month",
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec"],
)
def test_a_month_is_read_with_a_period_behind_it(tmp_path, month):
    number = datetime.strptime(month[:3], "%b").month
    found = checked(tmp_path, table_with("programs", as_of=f"{month}. 9, 2025"))
    assert found.rows["as_of"].tolist() == [f"2025-{number:02}-09"]


@pytest.mark.parametrize("date", ["15.9.2026", "9.10.2026", "13/9/2026", "2026-09", "46280"])
def test_a_date_that_may_be_another_day_is_refused(tmp_path, date):
    (problem,) = checked(tmp_path, table_with("programs", as_of=date)).problems
    assert (problem.column, problem.value) == ("as_of", date)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("H1-B", "h1b"),
        ("J-1, H-1B", "both"),
        ("H1B/J1", "both"),
        ("J-1 visa only", ""),
        ("-", None),
    ],
)
def test_a_visa_is_read_in_each_of_its_spellings(tmp_path, cell, code):
    found = checked(tmp_path, table_with("programs", visa=cell))
    if code == "":
        assert [problem.value for problem in found.problems] == [cell]
    else:
        assert [v if isinstance(v, str) else None for v in found.rows["visa"]] == [code]


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1,800", 1800), ("12,345", 12345), ("1 800", 1800), ("1'800", 1800), ("1,800.0", 1800)],
)
def test_thousands_in_a_column_of_counts_are_read_and_said(tmp_path, cell, number):
    found = checked(tmp_path, table_with("programs", applications_received=cell))
    assert found.rows["applications_received"].tolist() == [number]
    said = "applications_received: thousands separators and dollar signs taken off (1)"
    assert said in found.repairs
    assert found.cells.repaired >= 1


def test_dollars_are_read(tmp_path):
    found = checked(tmp_path, table_with("students", fee_budget_usd="$1,800.50"))
    assert found.rows["fee_budget_usd"].tolist() == [1800.5]


def test_thousands_beside_decimal_commas_are_refused_as_ambiguous(tmp_path):
    text = table_with("programs", applications_received="1,800", prestige="5,5")
    (problem,) = checked(tmp_path, text).problems
    assert problem.value == "1,800"
    assert "can be read in one way" in problem.expected


UNITS = [",,(points),(P/F),", "(id),(text),points,P/F,(codes)", ",,[214-300],pass/fail,%"]


@pytest.mark.parametrize("units", UNITS)
def test_a_line_of_units_below_the_header_is_passed_over_and_said(tmp_path, units):
    found = checked(tmp_path, GOOD.replace("\n", f"\n{units}\n", 1))
    assert found.rows["student_id"].tolist() == ["007", "008"]
    assert "units below the header, passed over: line 2" in found.repairs
    assert found.cells.passed_over == len([cell for cell in units.split(",") if cell])


def test_units_are_looked_for_below_the_header_alone(tmp_path):
    found = checked(tmp_path, f"{GOOD},,(points),P/F,\n")
    assert {problem.line for problem in found.problems} == {4}


def test_a_header_that_comes_again_in_other_spelling_is_passed_over(tmp_path):
    again = "Student ID,SPECIALTY,Step2-CK,Step1 Result,Red flags"
    found = checked(tmp_path, f"{GOOD}{again}\n009,Psychiatry,240,pass,\n")
    assert len(found.rows) == 3
    assert "the header again, passed over: line 4" in found.repairs


def test_names_from_another_systems_encoding_are_named_by_line(tmp_path):
    text = f"{HEADER},name\n1,Psychiatry,240,pass,,Ann\n2,Psychiatry,240,pass,,José\n"
    for encoding in ("mac_roman", "cp437", "cp1250", "cp1251"):
        name = text.replace("José", "Иван") if encoding == "cp1251" else text
        repairs = " ".join(checked(tmp_path, name.encode(encoding)).repairs)
        assert "line 3 read as Windows-1252 since the file is not UTF-8" in repairs


def test_a_cell_of_a_workbook_with_line_ends_is_refused_and_rows_in_it_are_named(tmp_path):
    rows = [f"{HEADER},name,advisor_note".split(",")]
    rows += [["1", "Psychiatry", 240, "pass", "", "Bob\nLee", "Good.\nKind."]]
    (problem,) = check_table(workbook(tmp_path, rows)).problems
    assert (problem.line, problem.column) == (2, "name")
    assert "take the line ends out" in problem.expected
    rows += [["2", "Psychiatry", 240, "pass", "", "Cy", "x\n3,Psychiatry,240,pass,,Di,y"]]
    with pytest.raises(TableError, match="a cell of row 3 holds what looks like rows"):
        check_table(workbook(tmp_path, rows))


def test_a_row_of_graduates_that_cannot_be_read_shows_no_name(tmp_path):
    header, row = table_with("graduates").splitlines()
    with pytest.raises(RowError, match="line 2: expected") as caught:
        checked(tmp_path, f"{header},Name\n{row},Anna Quillfeather,x\n").strict()
    assert "Anna" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("sep=;\r\n" + GOOD.replace(",", ";"), "';' as separator"),
        ("\ufeff\ufeff" + GOOD, ""),
        (GOOD.replace("\n", "\r"), ""),
        (GOOD.encode("utf-16-le"), "UTF-16, which its first bytes do not say"),
        (GOOD.encode("utf-16-be"), "UTF-16, which its first bytes do not say"),
        (f"Class of 2026, by the registrar\n\n{GOOD}", "above the header, passed over: line 1"),
        (GOOD + "Total,2,491\n", "totals or notes at the end, passed over: line 4"),
        (GOOD + "* as of May 1\n", "totals or notes at the end, passed over: line 4"),
    ],
)
def test_dialects_read_to_the_same_two_students(tmp_path, content, words):
    found = checked(tmp_path, content)
    assert found.rows["student_id"].tolist() == ["007", "008"]
    assert found.rows["step2_ck"].tolist() == [250, 241]
    assert not words or any(words in repair for repair in found.repairs)


def test_a_file_of_programs_without_all_columns_is_no_tolerance_table(tmp_path):
    text = (
        "Program ID,Program Name,Specialty,Program Type,State,Prestige,Red Flag Tolerance\n"
        "IM1,Ash,Internal Medicine,community,OH,5,7\n"
    )
    with pytest.raises(TableError) as caught:
        checked(tmp_path, text)
    assert "column step2_cutoff: expected a column of this name for programs" in str(caught.value)


def test_letters_that_another_program_spoilt_are_told_by_their_line(tmp_path):
    text = f"{HEADER},name\n1,Psychiatry,240,pass,,Nguy?n\n2,Psychiatry,240,pass,,MÃ¼ller\n"
    repairs = " ".join(checked(tmp_path, text).repairs)
    assert "letters look garbled" in repairs
    assert "lines 2-3" in repairs
    assert "ller" not in repairs


def test_wishes_that_match_nobody_are_named_with_line_and_nearest_id():
    names = ("students_00123.csv", "programs_im.csv", "preferences_match_nobody.csv")
    text, code = check_files([CASES / name for name in names])
    assert code == 1
    assert "line 2, column student_id: found '123'; expected an id of students_00123.csv" in text
    assert "(is 00123 meant?)" in text
    assert "line 3, column program_id: found 'IM999'" in text
    assert "line 4, column program_id: found 'im003'" in text
    assert "(is IM003 meant?)" in text


PROGRAMS = (CASES / "programs_im.csv").read_text()
CLASS = "student_id,specialty,step2_ck,step1_result,red_flags,gold_signals,must_apply,never_apply\n"


def beside(tmp_path, rows, wishes="", more=""):
    """What `check` says of a class, the programs of internal medicine and some wishes."""
    files = {"s.csv": CLASS + rows, "p.csv": PROGRAMS + more}
    if wishes:
        files["w.csv"] = f"student_id,program_id,signal\n{wishes}"
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return check_files([tmp_path / name for name in files])


def test_signals_beyond_those_at_hand_are_named(tmp_path):
    wishes = "007,IM001,gold\n007,IM002,gold\n"
    text, code = beside(tmp_path, "007,Internal Medicine,250,pass,,1,,\n", wishes)
    assert code == 1
    assert "w.csv, line 3, column signal: found 'gold'; expected at most 1 gold" in text


def test_signals_beyond_those_of_the_season_are_named(tmp_path):
    wishes = "".join(f"007,IM00{n},gold\n" for n in range(1, 5))
    text, code = beside(tmp_path, "007,Internal Medicine,250,pass,,,,\n", wishes)
    assert code == 1
    assert "w.csv, line 5" in text
    assert "at most 3 gold signals of 007 for Internal Medicine, as season.csv says" in text
    assert beside(tmp_path, "007,Internal Medicine,250,pass,,4,,\n", wishes)[1] == 0


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("007,Psychiatry,250,pass,,,,\n", "found 'Psychiatry'; expected a specialty that p.csv"),
        ("007,IM,250,pass,,,IM0O1,\n", "column must_apply: found 'IM0O1'; expected a program of"),
        ("007,IM,250,pass,,,,im002\n", "(is IM002 meant?)"),
    ],
)
def test_what_a_report_would_fail_on_is_said_of_the_students_row_before_any_work(
    tmp_path, row, words
):
    text, code = beside(tmp_path, row + "008,IM,240,pass,,,IM001,IM002\n")
    assert code == 1
    assert f"s.csv, line 2, {'' if words.startswith('column') else 'column '}"[:14] in text
    assert words in text
    inputs = Inputs.load(tmp_path / "s.csv", tmp_path / "p.csv")
    assert [row.student_id for row in inputs.students] == ["008"]
    assert list(inputs.refused) == ["007"]


def test_more_programs_that_must_be_listed_than_applications_are_refused(tmp_path):
    header = f"{HEADER},must_apply,application_limit"
    found = checked(tmp_path, f"{header}\n1,IM,240,pass,,A;B;A,2\n2,IM,240,pass,,A;B;C,2\n")
    (problem,) = found.problems
    assert (problem.line, problem.column) == (3, "must_apply, application_limit")


SETTINGS = {
    'school_name = "X"\n': (0, "read as branding, nothing wrong"),
    'logo = "none.png"\n': (2, "column logo: found 'none.png'; expected the path of a whole PNG"),
    'schoolname = "X"\npaper = "a4"\n': (2, "expected one of the keys school_name"),
    '[students.columns]\nname = "Nom"\n': (0, "read as a mapping, nothing wrong"),
    '[students.columns]\nnom = "Nom"\n': (2, "expected a column of students"),
    "[nonsense]\nvalue = 1\n": (2, "expected a known key"),
    "= 1": (2, "cannot be used"),
}


@pytest.mark.parametrize("text", SETTINGS)
def test_check_says_of_settings_what_a_batch_would_say_before_any_work(tmp_path, capsys, text):
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(SystemExit) as left:
        main(["check", str(CASES / "students_00123.csv"), str(tmp_path / "own.toml")])
    said = capsys.readouterr().out
    code, words = SETTINGS[text]
    assert (left.value.code, words in said) == (code, True), said
    assert "students_00123.csv: read as students" in said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("branding.toml", "expected one of the keys school_name"),
        ("mapping.toml", "expected one of table, columns"),
    ],
)
def test_check_knows_settings_by_the_name_of_their_file(tmp_path, capsys, name, words):
    (tmp_path / name).write_text('schoolname = "X"\n')
    with pytest.raises(SystemExit) as left:
        main(["check", str(tmp_path / name)])
    assert left.value.code == 2
    assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "code", "words"),
    [
        (CASES / "branding_truncated.toml", 2, "column logo: found 'logo_truncated.png'"),
        (from_root("data/assumptions/season.csv"), 0, "read as the season, nothing wrong"),
        (CASES / "season.csv", 2, "expected data/assumptions/season.csv of the project"),
    ],
)
def test_check_decodes_the_logo_and_reads_the_season(capsys, file, code, words):
    with pytest.raises(SystemExit) as left:
        main(["check", str(file)])
    assert left.value.code == code
    assert words in capsys.readouterr().out


@pytest.mark.parametrize("command", ["chances", "pick", "robustness"])
def test_each_command_refuses_preferences_that_match_nobody(command, capsys):
    files = {
        "students": "students_00123",
        "programs": "programs_im",
        "preferences": "preferences_match_nobody",
    }
    line = [part for name, file in files.items() for part in (f"--{name}", f"{CASES / file}.csv")]
    with pytest.raises(SystemExit) as ended:
        main([command, *([] if command == "chances" else ["00123"]), *line])
    assert ended.value.code == 2
    assert "line 2, column student_id: found '123'" in capsys.readouterr().err


def test_a_missing_date_of_the_data_is_said(tmp_path):
    text = (CASES / "programs_im.csv").read_text().replace("2026-09-15", "")
    (tmp_path / "p.csv").write_text(text)
    assert "no date in as_of" in check_files([tmp_path / "p.csv"])[0]


@pytest.mark.parametrize("name", ["logo.png", "logo.jpg", "logo.svg"])
def test_half_a_logo_is_refused_before_any_work(tmp_path, name):
    from analysis.errors import SettingsError
    from analysis.report.settings import read_branding

    half = {
        "logo.png": (CASES / "logo_truncated.png").read_bytes(),
        "logo.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
        "logo.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0",
    }[name]
    (tmp_path / name).write_bytes(half)
    (tmp_path / "b.toml").write_text(f'logo = "{name}"')
    with pytest.raises(SettingsError, match=f"found '{name}'; expected the path of a whole"):
        read_branding(tmp_path / "b.toml")


EXPORT = "Student No,Name,Specialty,USMLE Step 2 CK,Step 1{}\n1,A B,Psychiatry,250,P{}\n"


def test_a_file_without_red_flags_is_asked_about_and_never_taken_for_a_clean_class(tmp_path):
    (tmp_path / "class.csv").write_text(EXPORT.format("", ""))
    found = propose(tmp_path / "class.csv", "students")
    assert found.questions == ["red_flags: no column holds it for sure"]
    (tmp_path / "mapping.toml").write_text(found.toml())
    text, code = check_files([tmp_path / "class.csv"])
    assert code == 2
    assert "column red_flags: expected a column of this name" in text
    # Only a person says that nobody has one.
    (tmp_path / "mapping.toml").write_text(found.toml().replace("# red_flags", "red_flags"))
    text, code = check_files([tmp_path / "class.csv"])
    assert code == 0
    assert "red_flags is 'none' in every row" in text


def test_an_unknown_word_is_no_red_flag_only_where_a_person_says_so(tmp_path):
    (tmp_path / "class.csv").write_text(EXPORT.format(",Concerns", ",Unknown"))
    proposed = propose(tmp_path / "class.csv", "students").toml()
    assert '# "Unknown" = ""  # 1 row; as it stands, it would be read as none' in proposed
    # A result that is not known is no result: nothing there says that there is none.
    (tmp_path / "marks.csv").write_text("ID,Field,Step 2,Step 1 result\n1,Psychiatry,250,pending\n")
    assert "read as none" not in propose(tmp_path / "marks.csv", "students").toml()
    (tmp_path / "mapping.toml").write_text(proposed)
    assert check_files([tmp_path / "class.csv"])[1] > 0


SIGNS_OF_DOUBT = ["{}?", "{}*", "~{}", "- {}", "!{}", "-{}", "{}\u2020", "\u2260{}"]


@pytest.mark.parametrize("sign", SIGNS_OF_DOUBT)
@pytest.mark.parametrize(
    ("table", "column", "word"),
    [
        ("students", "step1_result", "pass"),
        ("students", "red_flags", "loa_academic"),
        ("students", "red_flags", "none"),
        ("students", "degree", "DO"),
        ("students", "home_state", "TX"),
        ("students", "exclude_states", "TX"),
        ("students", "needs_visa", "yes"),
        ("programs", "accepts_do", "1"),
        ("programs", "visa", "H-1B"),
        ("programs", "state", "Texas"),
        ("graduates", "interviewed", "yes"),
        ("graduates", "degree", "MD"),
        ("applicants", "red_flags", "loa_academic"),
        ("offers", "status", "declined"),
    ],
)
def test_a_code_with_a_sign_that_may_turn_it_round_is_refused(tmp_path, table, column, word, sign):
    cell = sign.format(word)
    (problem,) = checked(tmp_path, table_with(table, **{column: cell})).problems
    assert (problem.column, problem.value) == (column, cell)


@pytest.mark.parametrize("cell", ["-TX", "!Texas", "\u2212TX", "\u2013TX", "not TX", "-TX, -TX"])
def test_a_state_with_a_sign_against_it_is_one_to_avoid(tmp_path, cell):
    (row,) = checked(tmp_path, table_with("students", preferred_states=cell)).rows.itertuples()
    assert (row.preferred_states, row.exclude_states) == ((), ("TX",))


ERRORS = ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#BEZUG!", "#SPILL!",
          "Err:502", "########"]  # fmt: skip


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("column", ["student_id", "name", "step2_ck", "red_flags", "step1_result"])
def test_the_error_of_a_formula_is_no_empty_cell(tmp_path, column, error):
    found = checked(tmp_path, table_with("students", **{column: error}))
    assert [p.column for p in found.problems] == [column]
    assert "a formula ends in an error here" in found.problems[0].expected


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#FORMULA!"])
@pytest.mark.parametrize("column", range(5))
def test_the_error_of_a_formula_in_a_workbook_is_no_empty_cell(tmp_path, column, error):
    path = tmp_path / "file.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, line in enumerate(GOOD.splitlines()):
            sheet.write_row(at, 0, line.split(","))
        value = "" if error == "#FORMULA!" else error  # as a program that computes nothing
        sheet.write_formula(2, column, "=VLOOKUP(1,A5:B6,2)", None, value)
    found = check_table(path, "students")
    (problem,) = found.problems
    assert (problem.line, problem.column, problem.value) == (3, HEADER.split(",")[column], error)


def test_a_formula_that_answers_nothing_is_an_empty_cell(tmp_path):
    path = workbook(tmp_path, [line.split(",") for line in GOOD.splitlines()])
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"], count = re.subn(
        rb'<c r="C2"[^>]*><v>[^<]*</v></c>', b'<c r="C2" t="str"><f>""</f><v></v></c>', sheet
    )
    assert count == 1
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    found = check_table(path, "students")
    assert not found.problems
    assert found.rows["step2_ck"].isna().tolist() == [True, False]


def test_the_error_of_a_formula_in_an_ods_file_is_no_empty_cell(tmp_path):
    kept = Path(__file__).parents[2] / "fixtures" / "exports" / "class.ods"
    with zipfile.ZipFile(kept) as old, zipfile.ZipFile(tmp_path / "class.ods", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "content.xml":
                content, count = re.subn(
                    rb"<table:table-cell[^>]*><text:p>pass</text:p>",
                    b'<table:table-cell table:formula="of:=NA()" office:value-type="string" '
                    b'office:string-value="" calcext:value-type="error"><text:p>#N/A</text:p>',
                    content,
                    count=1,
                )
                assert count
            new.writestr(name, content)
    with reading_with(ignored=("Notes",)):
        problems = check_table(tmp_path / "class.ods").problems
    assert "#ERROR!" in [problem.value for problem in problems]


def test_the_error_of_a_formula_in_an_xls_file_is_named_by_its_place(tmp_path):
    kept = (Path(__file__).parents[2] / "fixtures" / "exports" / "class.xls").read_bytes()
    # Two texts side by side, LABELSST, become one error, BOOLERR, and a record nobody knows.
    text = rb"\xfd\x00\x0a\x00"
    both = re.search(text + rb"(.{6}).{4}" + text + rb".{10}", kept, re.DOTALL)
    row, column = (int.from_bytes(both[1][at : at + 2], "little") for at in (0, 2))
    error = b"\x05\x02\x08\x00" + both[1] + b"\x17\x01" + b"\xff\x0e\x0c\x00" + bytes(12)
    path = tmp_path / "class.xls"
    path.write_bytes(kept[: both.start()] + error + kept[both.end() :])
    with pytest.raises(TableError, match="a formula ends in an error here") as caught:
        check_table(path)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (row + 1, str(column + 1))


@pytest.mark.parametrize("cell", ["n/a", "N/A", "none known", "-", "unknown"])
def test_a_cell_that_says_nothing_is_empty_in_a_column_of_ids_and_cities(tmp_path, cell):
    students = checked(tmp_path, table_with("students", partner_id=cell))
    programs = checked(tmp_path, table_with("programs", institution_id=cell, city=cell))
    assert (students.problems, programs.problems) == ((), ())
    assert students.rows["partner_id"].isna().all()
    assert programs.rows[["institution_id", "city"]].isna().all(axis=None)


@pytest.mark.parametrize("name", ["Na", "N/A", "-", "Unknown"])
def test_a_name_is_never_taken_for_nothing(tmp_path, name):
    assert checked(tmp_path, table_with("students", name=name)).rows["name"].tolist() == [name]


@pytest.mark.parametrize("cell", ["1.200", "$1.200", "12.000"])
def test_dollars_with_three_decimals_are_refused(tmp_path, cell):
    (problem,) = checked(tmp_path, table_with("students", fee_budget_usd=cell)).problems
    assert "in plain digits such as 1800 or 1.8" in problem.expected


ROW = "009;Psychiatry;240;pass;loa_academic"


@pytest.mark.parametrize("mark", [";", "\t", "|", ","])
@pytest.mark.parametrize("padding", ["", ",,,,", ",,,,,,"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_row_in_one_cell_is_no_note_at_the_end_and_shows_no_name(tmp_path, mark, padding, at):
    lines = GOOD.splitlines()
    lines.insert(at, f'"{ROW.replace(";", mark)}"{padding}')
    found = checked(tmp_path, "\n".join(lines) + "\n")
    assert (len(found.rows), [p.line for p in found.problems]) == (2, [at + 1])
    assert found.problems[0].value is None
    assert not any("totals or notes" in repair for repair in found.repairs)


@pytest.mark.parametrize("text", ["Exported on 2026-09-01; by the registrar", "Page 1 of 1"])
def test_a_note_at_the_end_is_still_passed_over(tmp_path, text):
    found = checked(tmp_path, f"{GOOD}{text}\n")
    assert "totals or notes at the end, passed over: line 4" in found.repairs


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<html><table><tr><td>student_id</td></tr></table></html>", "a web page or XML"),
        ('<?xml version="1.0"?><Workbook/>', "a web page or XML"),
        ('[{"student_id": "001", "step2_ck": 250}]', "JSON"),
        ('{"students": []}', "JSON"),
        ("%PDF-1.7 x", "a PDF"),
    ],
)
def test_a_file_of_another_kind_is_named(tmp_path, text, what):
    with pytest.raises(TableError, match=f"this is {what}: open it where it was made"):
        checked(tmp_path, text)


@pytest.mark.parametrize("mark", [":", "^", "   "])
def test_a_header_in_one_cell_says_what_separates_cells(tmp_path, mark):
    with pytest.raises(TableError, match="line 1: expected a header line of several cells"):
        checked(tmp_path, GOOD.replace(",", mark))


@pytest.mark.parametrize("mark", ["|", "\t", ";"])
def test_a_file_with_another_separator_is_read(tmp_path, mark):
    assert len(checked(tmp_path, GOOD.replace(",", mark)).rows) == 2


@pytest.mark.parametrize("cell", ["1.23E+05", "1.234567890123457e+19", "12E+10"])
def test_an_id_that_a_spreadsheet_shortened_says_so(tmp_path, cell):
    (problem,) = checked(tmp_path, table_with("students", student_id=cell)).problems
    assert "a spreadsheet wrote a long number in short" in problem.expected


def test_an_apostrophe_before_an_id_is_taken_off_in_a_workbook_too(tmp_path):
    rows = [line.split(",") for line in GOOD.splitlines()]
    rows[1][0] = "'00123"
    assert check_table(workbook(tmp_path, rows)).rows["student_id"].tolist()[0] == "00123"


@pytest.mark.parametrize(
    ("partners", "told"),
    [
        (("002", "001"), []),
        (("009", ""), ["is no student of the file"]),
        (("001", ""), ["is the student's own id"]),
        (("002", ""), ["does not name 001 as partner"]),
        (("002", "002"), ["does not name 001 as partner", "is the student's own id"]),
    ],
)
def test_a_couple_that_is_none_is_told(tmp_path, partners, told):
    first, second = partners
    (tmp_path / "students.csv").write_text(
        f"{HEADER},degree,partner_id\n001,Psychiatry,240,pass,,us_md,{first}\n"
        f"002,Psychiatry,240,pass,,us_md,{second}\n"
    )
    text, code = check_files([tmp_path / "students.csv"])
    said = [line for line in text.splitlines() if "column partner_id" in line]
    assert (len(said), code) == (len(told), 0)
    assert all(words in line for words, line in zip(told, said, strict=True))


@pytest.mark.parametrize("date", ["9999-12-31", "1/1/1900", "2101-01-01", "12/31/1989"])
def test_a_date_of_another_century_is_refused(tmp_path, date):
    (problem,) = checked(tmp_path, table_with("programs", as_of=date)).problems
    assert (problem.column, problem.value) == ("as_of", date)


@pytest.mark.parametrize("cell", ["n/a", "unknown", "-", "NULL"])
@pytest.mark.parametrize(
    ("table", "column"),
    [
        (table, name)
        for table, one in SCHEMAS.items()
        for name, column in one.columns.items()
        if not column.empty and column.kind != "text"
    ],
)
def test_a_cell_that_says_nothing_is_refused_where_a_value_must_be(tmp_path, table, column, cell):
    value = {"interview_chance": "interview_chance_percent"}.get(column, column)
    text = MUST[table] if table in MUST else table_with(table)
    header, row = (line.split(",") for line in text.splitlines()[:2])
    row[header.index(value)] = cell
    found = checked(tmp_path, csv_text(header, row), table)
    assert value in {name for problem in found.problems for name in problem.column.split(", ")}
    assert found.rows.empty


MUST = {
    "factor_importance": "factor,importance\nStep 2 CK,60",
    "interview_chances": "red_flag,interview_chance_percent\nstep1_failure,40",
    "program_tolerance": "program_type,prestige,red_flag_tolerance\ncommunity,5,7",
    "graduates": "graduate_id,year,specialty,step2_ck,step1_result,red_flags,program_type,"
    "interviewed,matched\nG1,2024,Psychiatry,240,pass,,community,1,0",
}
