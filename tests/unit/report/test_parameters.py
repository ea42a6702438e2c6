"""A page rests on one set of parameters, by whatever route its notebook ran."""

import copy
from functools import cache

import nbformat
import papermill
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook
from papermill.exceptions import PapermillExecutionError

from analysis.errors import ReportError
from analysis.report.exporter import CountersignalPDFExporter, document_from_notebook
from analysis.report.render import scrubbed

CELLS = (
    'student_id: str = "S001"\nlimit: int = 15\nshow_names: bool = False\nplace: str = ""\n'
    'class_csv: str = ""',
    "from analysis.report import publish\npublish.check_parameters()",
    'publish.publish_identity(student_id, "Report on " + student_id, "2026-09-15", "ab12cd34")',
    'publish.publish_text(f"Head of {student_id}: {limit}, {show_names}.")',
    'publish.publish_text(f"Analysis of {student_id}.")',
)


def template():
    cells = [new_code_cell(source) for source in CELLS]
    cells[0].metadata["tags"] = ["parameters"]
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    return new_notebook(cells=cells, metadata=kernel)


@pytest.fixture(scope="module")
def run_for(tmp_path_factory):
    """Run the small notebook with parameters; each set once."""
    place = tmp_path_factory.mktemp("runs")
    nbformat.write(template(), place / "small.ipynb")

    @cache
    def run(**parameters):
        return papermill.execute_notebook(
            place / "small.ipynb",
            None,
            parameters=parameters,
            engine_name="countersignal",
            progress_bar=False,
        )

    return run


def exported(notebook, name="out"):
    return CountersignalPDFExporter().from_notebook_node(notebook, {"metadata": {"name": name}})


def test_a_run_in_order_is_exported_and_so_is_its_scrubbed_copy(run_for):
    notebook = run_for(student_id="S004", place="/tmp/of/somebody/S004.csv")  # noqa: S108 - a text
    assert document_from_notebook(notebook).student_id == "S004"
    kept = nbformat.reads(scrubbed(notebook, {"place": "/tmp/of/somebody/S004.csv"}).decode(), 4)  # noqa: S108
    assert "somebody" not in nbformat.writes(kept)
    assert document_from_notebook(kept).student_id == "S004"


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"studnet_id": "S002"}, "unknown parameter studnet_id.*nearest is student_id"),
        ({"student_id": 27}, "student_id is 27 and no text.*use -r student_id"),
        ({"student_id": 1e5}, "use -r student_id"),
        ({"limit": "many"}, "limit: found 'many'; expected a value of type int"),
        ({"show_names": "perhaps"}, "show_names: found 'perhaps'"),
    ],
)
def test_an_unknown_or_mistyped_parameter_fails_inside_the_notebook(run_for, parameters, said):
    with pytest.raises(PapermillExecutionError, match=f"(?s){said}"):
        run_for(**parameters)


def test_text_becomes_the_type_that_the_notebook_declares(run_for):
    notebook = run_for(limit="12", show_names="yes")
    assert notebook.cells[-2].outputs[0]["data"]["text/plain"] == "Head of S001: 12, True."
    document_from_notebook(notebook)


@given(again=st.sets(st.sampled_from(range(3, 6)), min_size=1), restarted=st.booleans())
def test_a_notebook_that_mixes_two_students_is_refused(run_for, again, restarted):
    """Some cells ran for S004; then S001 was put in, and the cells of `again` ran once more."""
    first, second = run_for(student_id="S004"), run_for(student_id="S001")
    mixed = copy.deepcopy(second)
    for at, cell in enumerate(first.cells):
        if at >= 3 and at not in again:
            mixed.cells[at] = copy.deepcopy(cell)
        elif not restarted:
            mixed.cells[at].execution_count += len(CELLS) + 1
    if again == {3, 4, 5}:
        assert document_from_notebook(mixed).student_id == "S001"
        return
    with pytest.raises(ReportError, match="restart the kernel and run all cells"):
        document_from_notebook(mixed)


@pytest.mark.parametrize("again", [{3}, {3, 4}, {4, 5}, {5}, {3, 4, 5}])
def test_a_notebook_that_mixes_two_states_of_a_file_is_refused(run_for, tmp_path, again):
    """Between two sessions the class was edited; then the cells of `again` ran once more."""
    states = []
    for content in ("S004,262", "S004,219", "S004,262"):
        (tmp_path / "class.csv").write_text(content)
        parameters = {"student_id": "S004", "class_csv": str(tmp_path / "class.csv")}
        states.append(run_for.__wrapped__(**parameters))
    for second, mixes in ((states[1], len(again) < 3), (states[2], False)):
        mixed = copy.deepcopy(states[0])
        for at in again:
            mixed.cells[at] = copy.deepcopy(second.cells[at])
        if mixes:
            with pytest.raises(ReportError, match=r"a file was changed .* run all cells"):
                document_from_notebook(mixed)
        else:
            assert document_from_notebook(mixed).student_id == "S004"


@pytest.mark.parametrize("cell", [0, 1])
def test_parameters_that_were_changed_after_the_run_are_refused(run_for, cell):
    notebook = copy.deepcopy(run_for(student_id="S004"))
    notebook.cells[cell].source = notebook.cells[cell].source.replace(
        'place: str = ""' if cell == 0 else "S004", 'place: str = "x"' if cell == 0 else "S001"
    )
    with pytest.raises(ReportError, match="parameters were changed"):
        document_from_notebook(notebook)


def test_a_notebook_whose_parameters_have_lost_their_tags_is_refused(run_for):
    notebook = copy.deepcopy(run_for(student_id="S004"))
    for cell in notebook.cells:
        cell.metadata["tags"] = []
    with pytest.raises(ReportError, match="no cell of the notebook is tagged parameters any more"):
        document_from_notebook(notebook)


def test_a_notebook_of_ones_own_needs_no_parameters(tmp_path):
    own = template()
    own.cells[0].source, own.cells[0].metadata["tags"] = 'student_id, limit = "S004", 3', []
    own.cells[3].source = 'publish.publish_text("Head")'
    nbformat.write(own, tmp_path / "own.ipynb")
    ran = papermill.execute_notebook(
        tmp_path / "own.ipynb", None, engine_name="countersignal", progress_bar=False
    )
    assert document_from_notebook(ran).student_id == "S004"


def test_a_cell_that_did_not_run_is_refused(run_for):
    notebook = copy.deepcopy(run_for(student_id="S004"))
    notebook.cells[-1].execution_count = None
    with pytest.raises(ReportError, match="did not run"):
        document_from_notebook(notebook)


@pytest.mark.parametrize("name", ["S001", "s009"])
def test_a_file_that_is_named_after_somebody_else_is_refused(run_for, name):
    with pytest.raises(ReportError, match=f"named {name} and the report is about S004"):
        exported(run_for(student_id="S004"), name)


@pytest.mark.parametrize("name", ["S004", "s004", "out", "90_student_report", "S0041", ""])
def test_a_file_with_another_sort_of_name_is_exported(run_for, name):
    pdf, _ = exported(run_for(student_id="S004"), name)
    assert pdf.startswith(b"%PDF")
