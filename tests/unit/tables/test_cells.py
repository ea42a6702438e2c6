import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.paths import from_root
from analysis.tables.check import check_table
from analysis.tables.codes import FLAG_CODES
from analysis.tables.reading import typed_column
from analysis.tables.schemas import SCHEMAS
from tests.unit.tables.class_file import checked, table_with

STUDENTS, CHANCES = SCHEMAS["students"].columns, SCHEMAS["interview_chances"].columns


def read(column, *cells):
    typed, refused, mended, repaired = typed_column(np.array(cells, dtype=object), column)
    assert not refused.any()
    assert mended.any() == bool(repaired)
    return typed.tolist(), list(repaired)


@pytest.mark.parametrize(
    ("column", "cell", "value", "said"),
    [
        (STUDENTS["step2_ck"], "250", 250, []),
        (STUDENTS["step2_ck"], "250.0", 250, []),
        (STUDENTS["step2_ck"], "2.5e2", 250, []),
        (STUDENTS["letters"], ".7", 0.7, []),
        (STUDENTS["letters"], "0,75", 0.75, ["decimal commas read as points"]),
        (STUDENTS["letters"], "75%", 0.75, ["percentages turned into shares"]),
        (CHANCES["interview_chance"], "45 %", 45, ["percent signs taken off"]),
        (STUDENTS["degree"], "US-MD", "us_md", ["spelling of codes made uniform"]),
        (STUDENTS["needs_visa"], "Y", "yes", ["spelling of codes made uniform"]),
        (STUDENTS["needs_visa"], "FALSE", "no", ["spelling of codes made uniform"]),
        (
            STUDENTS["preferred_states"],
            "Ohio; pa;New  York",
            ("OH", "PA", "NY"),
            ["spelling of codes made uniform"],
        ),
        (STUDENTS["red_flags"], "None", (), ["spelling of codes made uniform"]),
        (
            STUDENTS["red_flags"],
            "Step 1 failure; Academic LOA;",
            ("step1_failure", "loa_academic"),
            ["spelling of codes made uniform"],
        ),
        (STUDENTS["must_apply"], "P1; P2", ("P1", "P2"), []),
        (
            STUDENTS["must_apply"],
            "P1;P2;P1",
            ("P1", "P2"),
            ["what is given twice in a list taken once"],
        ),
        (
            STUDENTS["red_flags"],
            "loa_academic;Academic LOA",
            ("loa_academic",),
            ["spelling of codes made uniform, what is given twice in a list taken once"],
        ),
        (STUDENTS["competitiveness"], "moderate;moderate", ("moderate", "moderate"), []),
        (STUDENTS["gold_signals"], "3;4.0", (3, 4), []),
        (STUDENTS["student_id"], "007", "007", []),
        (STUDENTS["name"], "NA", "NA", []),
    ],
)
def test_a_cell_is_read_for_what_it_can_only_mean_and_repairs_are_said(column, cell, value, said):
    assert read(column, cell) == ([value], said)


@pytest.mark.parametrize("cell", ["", "NA", "n/a", "Unknown", "NaN", "null"])
def test_what_says_unknown_is_unknown(cell):
    assert np.isnan(read(STUDENTS["letters"], cell)[0][0])


@pytest.mark.parametrize("cell", ["NA", "n/a", "none known", "NaN", "null", "-"])
def test_a_cell_that_says_nothing_is_no_red_flag_and_that_is_said(cell):
    said = ["NA and the like read as no red flag"]
    assert read(STUDENTS["red_flags"], cell) == ([()], said)


@pytest.mark.parametrize("table", ["students", "graduates", "applicants"])
@pytest.mark.parametrize(
    "cell",
    ["Unknown", "not known", "UNCLEAR", "tbd", "Pending", "not sure", "step1_failure;unknown"],
)
def test_an_unknown_red_flag_is_never_read_as_none(tmp_path, table, cell):
    found = checked(tmp_path, table_with(table, red_flags=cell), table)
    (problem,) = found.problems
    assert (problem.line, problem.column, problem.value) == (2, "red_flags", cell)
    assert "an empty cell says no red flag" in problem.expected
    assert found.rows.empty


@pytest.mark.parametrize("table", ["students", "graduates", "applicants"])
def test_no_sample_leaves_a_red_flag_unknown(table):
    path = from_root(f"data/sample/{table}.csv")
    assert not any("red_flags: " in said for said in check_table(path, table).repairs)


@pytest.mark.parametrize(
    ("cell", "meant"),
    [("step1_failuer", "step1_failure"), ("mspe_concern;Academic LAO", "loa_academic")],
)
def test_a_misspelt_code_is_told_with_the_one_that_is_meant(tmp_path, cell, meant):
    (problem,) = checked(tmp_path, table_with("students", red_flags=cell)).problems
    assert problem.value == cell
    assert problem.expected.endswith(f"(is {meant} meant?)")


def test_a_repair_is_counted_by_cells(tmp_path):
    cells = np.array(["75%", "75%", "80%", ".5"], dtype=object)
    assert typed_column(cells, STUDENTS["letters"])[3] == {"percentages turned into shares": 3}
    said = checked(tmp_path, table_with("students", letters="75%")).repairs
    assert said == ("letters: percentages turned into shares (1)",)


def test_columns_have_the_types_that_frames_promise(tmp_path):
    rows = checked(tmp_path, table_with("students", letters="", degree="")).rows
    assert rows["letters"].dtype == "float64"
    assert isinstance(rows["degree"].dtype, pd.StringDtype)
    assert rows["degree"].isna().all()
    assert rows["pdf_password"].isna().all()


@given(share=st.floats(0, 1).map(lambda share: round(share, 4)))
def test_a_share_is_the_same_with_point_comma_or_percent_sign(share):
    point, percent = f"{share:.4f}", f"{100 * share:.2f}%"
    (value, also), _ = read(STUDENTS["letters"], point, percent)
    assert value == share
    assert also == pytest.approx(share, abs=1e-12)
    assert read(STUDENTS["letters"], point.replace(".", ","))[0] == [share]


@given(flags=st.lists(st.sampled_from(FLAG_CODES), unique=True), style=st.integers(0, 3))
def test_flags_are_the_same_in_every_spelling(flags, style):
    spelled = [
        [flag, flag.upper(), flag.replace("_", " ").title(), flag.replace("_", "-")][style]
        for flag in flags
    ]
    assert read(STUDENTS["red_flags"], " ; ".join(spelled))[0] == [tuple(flags)]
