import csv
import io

import pytest

from analysis.errors import CountersignalError
from analysis.inputs import Inputs
from analysis.tables.check import check_files, check_table
from analysis.tables.schemas import SCHEMAS
from analysis.tables.template import EXAMPLES, column_sheet, template


def read_back(tmp_path, table, text):
    (tmp_path / "mine.csv").write_text(text)
    return check_table(tmp_path / "mine.csv", table)


@pytest.mark.parametrize("table", SCHEMAS)
def test_the_template_of_each_table_is_read_back_without_a_problem(tmp_path, table):
    checked = read_back(tmp_path, table, template(table)[0])
    assert checked.problems == ()
    assert checked.repairs == ()
    assert len(checked.rows) == 1


@pytest.mark.parametrize("table", SCHEMAS)
def test_a_template_is_known_by_its_columns_alone(tmp_path, table):
    (tmp_path / "mine.csv").write_text(template(table)[0])
    assert check_table(tmp_path / "mine.csv").table == table


@pytest.mark.parametrize("table", SCHEMAS)
def test_a_template_has_every_column_and_the_required_ones_first(table):
    header, _ = csv.reader(io.StringIO(template(table)[0]))
    sheet = {name: needed for name, needed, *_ in column_sheet(table)}
    assert set(header) == set(sheet)
    needed = [sheet[name] for name in header]
    assert needed == sorted(needed, reverse=True)


@pytest.mark.parametrize("table", SCHEMAS)
def test_the_sheet_tells_of_each_column_in_the_order_of_the_header(table):
    text, sheet = template(table)
    told = [line.rsplit(" (", 1)[0] for line in sheet.splitlines() if line.endswith(("ed)", "al)"))]
    assert told == next(csv.reader(io.StringIO(text)))


def test_the_templates_of_all_files_are_used_together(tmp_path):
    own = ("students", "programs", "preferences", "graduates")
    paths = {table: tmp_path / f"{table}.csv" for table in own}
    for table, path in paths.items():
        path.write_text(template(table)[0])
    text, code = check_files(list(paths.values()))
    assert code == 0, text
    inputs = Inputs.load(*(paths[t] for t in own[:2]), **{t: paths[t] for t in own[2:]})
    assert [row.student_id for row in inputs.students] == ["EXAMPLE1"]


def test_an_example_that_the_loader_refuses_would_be_seen(tmp_path):
    twin = template("students")[0].replace("252", "199")
    assert [p.column for p in read_back(tmp_path, "students", twin).problems] == ["step2_ck"]


def test_every_table_has_an_example():
    assert set(EXAMPLES) == set(SCHEMAS)


def test_a_template_that_there_is_not_is_refused_with_those_there_are():
    with pytest.raises(CountersignalError, match="no template 'alumni': expected one of"):
        template("alumni")
