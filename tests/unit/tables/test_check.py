"""A way to damage a good file, and the one message that it gets."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cli import main
from analysis.errors import RowError, TableError, problem_lines
from analysis.tables import read_students
from analysis.tables.check import check_files, check_table
from analysis.tables.loading import report_of
from analysis.tables.schemas import SCHEMAS
from tests.unit.tables.class_file import GOOD, HEADER, checked, csv_text, table_with

ID = "an id of 1 to 32 of A-Z a-z 0-9 - _ that is not a name Windows keeps for itself"
SCORE = "a whole number from 214 to 300, or empty"
ONE_FOR_EACH = "as many entries as specialty has, in the same order"
FLAGS = "a list separated by semicolons, of course_failure_remediated,"
FAILING = "a passing score (214-300): this is a failing score; record step2_failure in red_flags"
# table, column, what is written there, what is expected (its beginning)
CELLS = [
    ("students", "student_id", "a b", ID),
    ("students", "student_id", "../x", ID),
    ("students", "student_id", "é", ID),
    ("students", "student_id", "x" * 33, ID),
    ("students", "student_id", "CON", ID),
    ("students", "student_id", "lpt9", ID),
    ("students", "student_id", "", ID),
    ("students", "specialty", "", "one specialty, or two separated by a semicolon"),
    ("students", "specialty", "IM;FM;EM", "one specialty, or two separated by a semicolon"),
    ("students", "step2_ck", "301", SCORE),
    ("students", "step2_ck", "250.5", SCORE),
    ("students", "step2_ck", "25o", SCORE),
    ("students", "step2_ck", "-250", SCORE),
    ("students", "step2_ck", "inf", SCORE),
    ("students", "step2_ck", "1e400", SCORE),
    ("students", "step2_ck", "250%", SCORE),
    ("students", "step2_ck", "2,500", SCORE),
    ("students", "step2_ck", "=A1", SCORE),
    ("students", "step2_ck", "213", FAILING),
    ("students", "step1_result", "perhaps", "one of pass, fail_then_pass, or empty"),
    ("students", "red_flags", "step1_failure;late", FLAGS),
    ("students", "red_flags", "step1_failure|loa_academic", FLAGS),
    ("students", "preferred_states", "not Texa", "a list separated by semicolons, each a state"),
    ("students", "preferred_states", "ZZ", "a list separated by semicolons, each a state"),
    ("students", "degree", "phd", "one of us_md, us_do, us_img, non_us_img, or empty"),
    ("students", "needs_visa", "perhaps", "one of yes, no, or empty"),
    ("students", "competitiveness", "fierce", "a list separated by semicolons, of ultra,"),
    ("students", "competitiveness", "ultra;less", ONE_FOR_EACH),
    ("students", "gold_signals", "3;4", ONE_FOR_EACH),
    ("students", "gold_signals", "3.5", "a whole number from 0 to 100, one for each specialty,"),
    ("students", "silver_signals", "101", "a whole number from 0 to 100, one for each specialty,"),
    ("students", "clerkship_honors_fraction", "1.2", "a number from 0 to 1, or empty"),
    ("students", "letters", "good", "a number from 0 to 1, or empty"),
    ("students", "letters", "-0.1", "a number from 0 to 1, or empty"),
    ("students", "research_items", "2.5", "a whole number from 0 to 500, or empty"),
    ("students", "application_limit", "0", "a whole number from 1 to 1000, or empty"),
    ("students", "fee_budget_usd", "€700", "a number from 0 to 1000000, or empty"),
    ("programs", "program_id", "IM 1", ID),
    ("programs", "program_name", "", "text of up to 200 characters"),
    ("programs", "program_type", "private", "one of high_tier_academic, mid_tier_academic,"),
    ("programs", "state", "Ohiou", "a state or Canadian province"),
    ("programs", "prestige", "11", "a number from 0 to 10, or empty"),
    ("programs", "red_flag_tolerance", "-1", "a number from 0 to 10, or empty"),
    ("programs", "tolerance_professionalism", "12", "a number from 0 to 10, or empty"),
    ("programs", "step2_cutoff", "199", "a whole number from 200 to 300, or empty"),
    ("programs", "auto_screen_any_failure", "some", "one of yes, no, or empty"),
    ("programs", "interviews_offered", "-5", "a whole number of at least 0, or empty"),
    ("programs", "applications_received", "0", "a whole number of at least 1, or empty"),
    (
        "programs",
        "applications_received",
        "1.800",
        "a whole number of at least 1, or empty, in plain",
    ),
    ("programs", "prestige", "1,800", "a number from 0 to 10, or empty, in plain digits"),
    ("programs", "visa", "o1", "one of j1, h1b, both, none, or empty"),
    ("programs", "as_of", "15/09/2026", "a date such as 2026-09-15 or 9/15/2026, or empty"),
    ("preferences", "preference", "80", "a number from 0 to 1, or empty"),
    ("preferences", "tie", "friend", "one of home, rotation, contact, or empty"),
    ("preferences", "signal", "bronze", "one of gold, silver, or empty"),
    ("graduates", "year", "2o24", "a whole number from 1990 to 2100"),
    ("graduates", "year", "", "a whole number from 1990 to 2100"),
    ("graduates", "interviewed", "2", "a whole number from 0 to 1"),
    ("graduates", "interviewed", "maybe", "a whole number from 0 to 1"),
    ("graduates", "matched", "", "a whole number from 0 to 1"),
    ("factor_importance", "importance", "a lot", "a number of at least 0"),
    ("factor_importance", "percent_citing", "101", "a percentage from 0 to 100, or empty"),
    ("factor_importance", "basis", "hearsay", "one of article, published, office,"),
    ("factor_importance", "factor", "", "text of up to 200 characters"),
    ("interview_chances", "interview_chance_percent", "145", "a percentage from 0 to 100"),
    ("program_tolerance", "red_flag_tolerance", "", "a number from 0 to 10"),
    ("pd_responses", "<factor>", "6", "a whole number from 1 to 5, or empty"),
    ("pd_responses", "<factor>", "0", "a whole number from 1 to 5, or empty"),
]


@pytest.mark.parametrize(("table", "column", "cell", "expected"), CELLS)
def test_a_bad_cell_gets_one_message_with_line_column_value_and_expectation(
    tmp_path, table, column, cell, expected
):
    (problem,) = checked(tmp_path, table_with(table, **{column: cell}), table).problems
    assert (problem.line, problem.column, problem.value) == (2, column, cell)
    assert problem.expected.startswith(expected)


# table, cells that contradict each other, the columns that are named, what is expected
CONTRADICTIONS = [
    (
        "students",
        {"step1_result": "pass", "red_flags": "step1_failure"},
        "step1_result, red_flags",
        "fail_then_pass in step1_result, or no step1_failure",
    ),
    (
        "students",
        {"must_apply": "P1;P2", "never_apply": "P2"},
        "must_apply, never_apply",
        "a program in one of the two at most",
    ),
    (
        "programs",
        {"interviews_offered": "9", "applications_received": "8"},
        "interviews_offered, applications_received",
        "no more interviews than applications",
    ),
    ("graduates", {"interviewed": "0", "matched": "1"}, "interviewed, matched", "an interview"),
    (
        "graduates",
        {"program_id": "", "program_type": ""},
        "program_id, program_type",
        "a program_id or a program_type",
    ),
    ("factor_importance", {"low": "21"}, "low, importance, high", "an interval that"),
    (
        "interview_chances",
        {"high": "44"},
        "low, interview_chance_percent, high",
        "an interval that holds interview_chance",
    ),
]


@pytest.mark.parametrize(("table", "cells", "columns", "expected"), CONTRADICTIONS)
def test_columns_that_contradict_each_other_are_both_named(
    tmp_path, table, cells, columns, expected
):
    (problem,) = checked(tmp_path, table_with(table, **cells), table).problems
    assert (problem.line, problem.column) == (2, columns)
    assert problem.expected.startswith(expected)


WELL_FORMED = "a well-formed CSV row"
# how a file is damaged as a whole: content, line, column, what is expected
FILES = {
    "empty": (b"", None, None, "a header line and at least one row; the file is empty"),
    "white space": (b" \n\n", None, None, "a header line and at least one row"),
    "header only": (HEADER, None, None, "at least one row below the header"),
    "column missing": (
        GOOD.replace("step1_result", "x"),
        1,
        "step1_result",
        "a column of this name for students",
    ),
    "column twice": (GOOD.replace("red_flags", "step2 CK"), 1, "step2 CK", "each column once"),
    "no table of ours": ("a,b\n1,2\n", 1, None, "the columns of a known table; nearest is"),
    "NUL": (GOOD.replace("241", "2\x001"), 3, None, "text without NUL characters"),
    "NUL after lone CRs": (
        GOOD.replace("241", "2\x001").replace("\n", "\r"),
        3,
        None,
        "text without NUL characters",
    ),
    "UTF-16 cut in two": (GOOD.encode("utf-16")[:-1], None, None, "UTF-16 text as its first"),
    "no encoding": (GOOD.encode() + b"\x81", 4, None, "text in UTF-8, UTF-16 or Windows-1252"),
    "workbook": (b"PK\x03\x04....", None, None, "a workbook (.xlsx, .xls or .ods) that is whole"),
    "old workbook": (
        b"\xd0\xcf\x11\xe0..",
        None,
        None,
        "a workbook (.xlsx, .xls or .ods) that is whole",
    ),
    "open quote": (GOOD.replace("Psychiatry", '"Psychiatry'), 3, None, WELL_FORMED),
    "text after a quote": (GOOD.replace("241", '"24"1'), 3, None, WELL_FORMED),
    "huge line": (GOOD + "x" * 1_000_001, 4, None, "lines of at most 1,000,000 characters"),
    "huge cell": (GOOD + '"' + "x" * 600_000 + "\n" + "x" * 600_000 + '"', 4, None, WELL_FORMED),
    "share or percent": (
        "red_flag,interview_chance\nStep 1 failure,0.45\n",
        1,
        "interview_chance",
        "interview_chance_percent as its name",
    ),
    "survey of nothing": (
        "respondent_id,specialty\nR1,IM\n",
        1,
        None,
        "at least one column of pd_responses named for a factor",
    ),
}


@pytest.mark.parametrize("damage", FILES)
def test_a_file_that_cannot_be_used_gets_one_message(tmp_path, damage):
    content, line, column, expected = FILES[damage]
    table = "pd_responses" if damage == "survey of nothing" else None
    with pytest.raises(TableError) as caught:
        checked(tmp_path, content, table)
    (problem,) = caught.value.problems
    assert not isinstance(caught.value, RowError)
    assert (problem.file, problem.line, problem.column) == ("file.csv", line, column)
    assert problem.expected.startswith(expected)


def test_there_are_at_least_sixty_kinds_of_damage():
    assert len({(t, c, v) for t, c, v, _ in CELLS}) + len(CONTRADICTIONS) + len(FILES) >= 60


def test_a_column_that_is_lacking_is_named_with_the_one_that_may_be_meant(tmp_path):
    with pytest.raises(TableError, match=r"column red_flags: .*is 'Red flag' meant"):
        checked(tmp_path, GOOD.replace("red_flags", "Red flag"), "students")


def test_every_problem_of_a_file_is_told_at_once_in_the_order_of_its_lines(tmp_path):
    found = checked(tmp_path, f"{HEADER}\nA,IM,999,pass,\nB,IM,250,pass,\nC,Xq,250,no,late\n")
    assert [(p.line, p.column) for p in found.problems] == [
        (2, "step2_ck"),
        (4, "step1_result"),
        (4, "red_flags"),
    ]
    assert found.rows["student_id"].tolist() == ["B"]
    assert found.lines == (3,)
    with pytest.raises(RowError) as caught:
        found.strict()
    assert caught.value.exit_code == 1
    assert caught.value.problems == found.problems


def test_a_problem_names_the_student_it_is_about(tmp_path):
    (problem,) = checked(tmp_path, GOOD.replace("241", "24i")).problems
    assert problem.row_id == "008"


def test_ids_that_differ_in_capitals_alone_are_all_refused(tmp_path):
    found = checked(tmp_path, f"{HEADER}\na1,IM,250,pass,\nA1,IM,250,pass,\nB,IM,250,pass,\n")
    assert [(p.line, p.value) for p in found.problems] == [(2, "a1"), (3, "A1")]
    assert found.rows["student_id"].tolist() == ["B"]


def test_a_pair_of_student_and_program_stands_in_one_row(tmp_path):
    text = "student_id,program_id,tie\nS1,P1,home\nS1,P2,\ns1,p1,\n"
    assert [p.line for p in checked(tmp_path, text, "preferences").problems] == [2, 4]


def test_a_word_told_in_two_spellings_is_shown_as_it_stands(tmp_path):
    text = "red_flag,interview_chance_percent\nStep 1 failure,45\nstep1_failure,40\n"
    found = checked(tmp_path, text).problems
    assert [p.value for p in found] == ["Step 1 failure", "step1_failure"]


def test_a_message_names_the_column_as_the_file_spells_it(tmp_path):
    text = GOOD.replace("step2_ck", "Step 2 CK").replace("241", "24i")
    assert str(checked(tmp_path, text).problems[0]).startswith(
        "file.csv, line 3, column Step 2 CK: found '24i'; expected a whole number"
    )


def test_a_failed_step_1_is_added_to_the_flags_and_said(tmp_path):
    found = checked(tmp_path, GOOD.replace("241,pass", "241,fail_then_pass"))
    assert found.rows["red_flags"].tolist() == [(), ("loa_academic", "step1_failure")]
    assert (
        "step1_failure added to red_flags where step1_result is fail_then_pass (1)" in found.repairs
    )


def test_two_specialties_may_have_one_entry_each(tmp_path):
    row = {"specialty": "IM;FM", "competitiveness": "moderate;less"}
    found = checked(
        tmp_path, table_with("students", **row, gold_signals="3;5", silver_signals="0;0")
    )
    assert found.problems == ()
    (student,) = found.rows.to_dict("records")
    assert student["specialty"] == ("Internal Medicine", "Family Medicine")
    assert (student["gold_signals"], student["silver_signals"]) == ((3, 5), (0, 0))


def test_numbers_that_contradict_each_other_are_shown_as_they_stand(tmp_path):
    text = table_with("interview_chances", high="44 %")
    assert checked(tmp_path, text).problems[0].value == "35, 45, 44 %"


def test_what_follows_from_a_refused_cell_is_not_told_again(tmp_path):
    text = table_with("programs", interviews_offered="9", applications_received="0")
    assert [p.column for p in checked(tmp_path, text).problems] == ["applications_received"]


def test_a_missing_optional_column_is_empty(tmp_path):
    rows = checked(tmp_path, GOOD).rows
    assert rows["letters"].isna().all()
    assert rows["degree"].isna().all()
    assert rows["must_apply"].tolist() == [(), ()]


def test_the_report_says_table_repairs_and_problems(tmp_path):
    text = report_of(checked(tmp_path, GOOD.replace(",", ";").replace("241", "24i")))
    assert text.splitlines() == [
        "file.csv: read as students, 1 good row, 1 refused",
        "  9 cells: 4 used, 5 refused",
        "  repaired: read with ';' as separator",
        f"  file.csv, line 3, column step2_ck: found '24i'; expected {SCORE}",
    ]


def test_several_files_give_one_report_and_the_worst_exit_code(tmp_path):
    for name, content in {"a": GOOD, "b": GOOD.replace("241", "x"), "c": ""}.items():
        (tmp_path / f"{name}.csv").write_text(content)
    paths = [tmp_path / f"{name}.csv" for name in "abc"]
    text = "a.csv: read as students, 2 good rows, nothing wrong\n  9 cells: 9 used\n\n"
    said, code = check_files(paths[:1])
    assert (said.startswith(text), code) == (True, 0)
    assert check_files(paths[:2])[1] == 1
    text, code = check_files(paths)
    assert code == 2
    assert "c.csv: cannot be used\n  c.csv: expected a header line" in text


@pytest.mark.parametrize(
    ("degrees", "said"),
    [
        (["", "us_do"], "degree: empty in 1 of 2 rows, read as US MD"),
        (["NA", "-"], "degree: empty in 2 of 2 rows, read as US MD"),
        (None, "degree: empty in 2 of 2 rows, read as US MD"),
        (["us_md", "DO"], ""),
    ],
)
def test_a_degree_that_is_not_given_is_said_and_whose_chances_it_stands_for(
    tmp_path, degrees, said
):
    header, *rows = GOOD.splitlines()
    if degrees:
        pairs = zip([header, *rows], ["degree", *degrees], strict=True)
        header, *rows = [f"{line},{cell}" for line, cell in pairs]
    (tmp_path / "class.csv").write_text("\n".join([header, *rows, ""]))
    text, code = check_files([tmp_path / "class.csv"])
    assert code == 0
    assert said in text
    assert ("read as US MD" in text) == bool(said)


def test_a_long_list_of_problems_is_cut_and_counted(tmp_path):
    factors = ",".join(f"factor {n}" for n in range(250))
    text = f"respondent_id,specialty,{factors}\n1,IM{',x' * 250}\n"
    assert report_of(checked(tmp_path, text)).endswith(
        "\n  and 50 more: countersignal check --format csv lists all"
    )


@given(content=st.binary(max_size=300))
def test_no_bytes_whatever_bring_a_traceback(tmp_path_factory, content):
    only_known_errors(tmp_path_factory, content, None)


@given(
    table=st.sampled_from(sorted(SCHEMAS)),
    cells=st.lists(
        st.one_of(
            st.text(max_size=8),
            st.sampled_from(["", "NA", "1e9", "-1", "0", "yes", "a;b", "step1_failure", "IM;FM"]),
        ),
        min_size=1,
        max_size=60,
    ),
)
def test_no_cells_whatever_bring_a_traceback(tmp_path_factory, table, cells):
    from analysis.tables.template import template

    header = template(table)[0].splitlines()[0].split(",")
    padded = [cells[at % len(cells)] for at in range(2 * len(header))]
    text = csv_text(header, padded[: len(header)], padded[len(header) :])
    only_known_errors(tmp_path_factory, text.encode("utf-8", "surrogatepass"), table)


def only_known_errors(tmp_path_factory, content, table):
    """A file is checked, or refused in words; each row is either good or refused."""
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    try:
        found = check_table(path, table)
    except TableError:
        return
    assert len(found.rows) == len(found.lines)
    assert not set(found.lines) & {problem.line for problem in found.problems}


def test_messages_that_are_alike_are_one_with_a_count_and_none_is_lost(tmp_path, capsys):
    cells = ["2x", "3x", "3x", "4x", "5x", "250"]
    rows = "".join(f"{at},Psychiatry,{cell},pass,\n" for at, cell in enumerate(cells))
    (tmp_path / "class.csv").write_text(f"{HEADER}\n{rows}")
    (tmp_path / "p.csv").write_text(f"{HEADER}\n" + "".join(rows.splitlines(True)[:3]))
    text, _ = check_files([tmp_path / "class.csv"])
    column = "column step2_ck: found '2x', '3x', '4x' and others; expected a whole number"
    (message,) = [line for line in text.splitlines() if "step2_ck" in line]
    assert message.startswith(f"  class.csv, lines 2-6 (5), {column}")
    # Up to three stand each by itself, in the order of the file.
    few = [line for line in check_files([tmp_path / "p.csv"])[0].splitlines() if "step2_ck" in line]
    assert [line.split(",")[1] for line in few] == [" line 2", " line 3", " line 4"]
    with pytest.raises(SystemExit, match="1"):
        main(["check", str(tmp_path / "class.csv"), "--format", "json"])
    listed = json.loads(capsys.readouterr().out)
    assert [(one["line"], one["value"]) for one in listed] == list(
        zip(range(2, 7), cells[:5], strict=True)
    )
    with pytest.raises(TableError, match=r"^class.csv, lines 2-6 \(5\), column step2_ck"):
        read_students(tmp_path / "class.csv")


def test_a_list_of_problems_leaves_nothing_of_the_report_unsaid(tmp_path, capsys):
    (tmp_path / "class.csv").write_text(GOOD)
    (tmp_path / "old.csv").write_text("kept")
    with pytest.raises(SystemExit, match="2"):
        main(["check", str(tmp_path / "class.csv"), "--write", str(tmp_path / "old.csv"),
              "--format", "csv"])  # fmt: skip
    listed, said = capsys.readouterr()
    assert listed.splitlines() == ["file,line,column,value,expected"]
    assert "class.csv: read as students" in said
    assert "no file of graduates" in said


def test_every_line_of_alike_messages_is_named_as_long_as_they_are_few_ranges(tmp_path):
    wrong = [*range(2, 52), *range(60, 120, 2)]
    rows = "".join(f"{n},Psychiatry,{'x' if n in wrong else 250},pass,\n" for n in range(2, 120))
    (message,) = problem_lines(checked(tmp_path, f"{HEADER}\n{rows}").problems)
    ranges = ", ".join(map(str, range(60, 98, 2)))
    more = "and 11 more lines (80)"
    assert message.startswith(f"file.csv, lines 2-51, {ranges} {more}, column step2_ck: found 'x'")
