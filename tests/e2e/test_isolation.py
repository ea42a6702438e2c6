import nbformat
import pytest

from analysis.errors import CountersignalError, ReportError
from analysis.paths import from_root, project_root
from analysis.report.derive import derived_notebook
from analysis.report.render import REPORT_NOTEBOOK, Report, ReportJob, report_work
from analysis.report.settings import Branding
from analysis.workers.pool import START_METHODS, LocalPool
from tests.rendered import render_report

ARTICLE = {
    "importance_csv": "data/article/factor_importance.csv",
    "chances_csv": "data/article/interview_chances.csv",
    "tolerance_csv": "data/article/program_tolerance.csv",
}
PARAMETERS = {
    "student_id": "S001",
    "students_csv": "data/sample/students.csv",
    "programs_csv": "data/sample/programs.csv",
    "assumptions_toml": "data/assumptions/default.toml",
    "preferences_csv": "",
    "graduates_csv": "",
    "report_date": "",
    **ARTICLE,
}
WIDGET = "application/vnd.jupyter.widget-view+json"
MISCHIEF = {
    "raises": "1 / 0",
    "hangs": "import threading; threading.Event().wait()",
    "exits": "import os; os._exit(3)",
    "asks": "input()",
    "leaves": "import sys; sys.exit(0)",
    "eats memory": "x = bytearray(10 ** 15)",
    "is killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
}
IDENTITY = """\
from analysis.report.publish import publish_identity, publish_text
publish_identity(student_id, "Report for " + student_id, "2026-09-15", "ab12cd34")
publish_text("Words.")
"""


def small_notebook(path, code=""):
    """A report template of two cells, the second with `code` for the student X."""
    text = path.with_suffix(".py")
    mischief = f'if student_id == "X":\n    {code}\n' if code else ""
    text.write_text(
        "# %% [markdown]\n# # Small\n\n"
        '# %% tags=["parameters"]\nstudent_id: str = "S001"  # who\n\n'
        f"# %%\n{IDENTITY}{mischief}"
    )
    nbformat.write(derived_notebook(text), path)
    return path


def mischievous_tasks(folder):
    """A task for each mischief, and a good one of the same notebook after each."""
    tasks = []
    for number, code in enumerate(MISCHIEF.values()):
        notebook = str(small_notebook(folder / f"{number}.ipynb", code))
        tasks += [
            ReportJob(name, {"student_id": name}, Branding(), notebook)
            for name in ("X", f"G{number}")
        ]
    return tasks


@pytest.mark.parametrize(
    "start_method",
    [*START_METHODS[:1], *(pytest.param(m, marks=pytest.mark.soak) for m in START_METHODS[1:])],
)
def test_mischief_costs_one_student_and_no_other(tmp_path, start_method):
    tasks = mischievous_tasks(tmp_path)
    results = list(LocalPool(2, start_method).results(report_work(12), tasks))
    good = [result for task, result in results if task.student_id != "X"]
    bad = [result for task, result in results if task.student_id == "X"]
    assert len(good) == len(bad) == len(MISCHIEF)
    assert all(isinstance(result, Report) for result in good), good
    assert all(isinstance(result, CountersignalError) for result in bad), bad


def rendered(tmp_path, **changes):
    path = tmp_path / "out.pdf"
    render_report({**PARAMETERS, **changes}, path)
    return path.read_bytes()


def test_a_then_b_then_a_gives_the_same_bytes_for_a(tmp_path):
    first = rendered(tmp_path)
    rendered(tmp_path, student_id="S011")
    assert rendered(tmp_path) == first


def test_a_notebook_leaves_the_process_as_it_found_it(tmp_path):
    import logging
    import os
    import random
    import sys
    import warnings

    import matplotlib as mpl
    from matplotlib import pyplot as plt

    code = (
        "import os, sys, warnings, random, matplotlib as mpl; os.environ['X_LEFT'] = '1'; "
        "os.chdir('/'); sys.path.append('x-left'); mpl.rcParams['font.size'] = 33; "
        "warnings.simplefilter('error'); random.seed(5); import matplotlib.pyplot as p; "
        "p.figure(); import logging; logging.basicConfig(level=10, force=True)"
    )
    notebook = small_notebook(tmp_path / "leaves.ipynb", code)
    render_report({"student_id": "Y"}, tmp_path / "y.pdf", notebook=notebook)  # imports, once
    before = (os.getcwd(), list(sys.path), dict(os.environ), mpl.rcParams["font.size"])  # noqa: PTH109
    filters, state = list(warnings.filters), random.getstate()
    log = (logging.root.level, logging.root.handlers[:])
    main = sys.modules["__main__"]
    render_report({"student_id": "X"}, tmp_path / "x.pdf", notebook=notebook)
    after = (os.getcwd(), list(sys.path), dict(os.environ), mpl.rcParams["font.size"])  # noqa: PTH109
    assert after == before
    assert list(warnings.filters) == filters
    assert random.getstate() == state
    assert (logging.root.level, logging.root.handlers[:]) == log
    assert sys.modules["__main__"] is main
    assert plt.get_fignums() == []


def told(outputs):
    """Outputs without the random ids of widgets, and a table by its HTML alone.

    A table's plain text is as wide as the front end that pandas finds: here there is no kernel.
    """
    for output in outputs:
        data = output.get("data", {})
        data.get(WIDGET, {}).pop("model_id", None)
        if "text/html" in data:
            data.pop("text/plain", None)
    return outputs


NOTEBOOKS = [path.stem for path in sorted((project_root() / "notebooks").glob("*.ipynb"))]
# nbval compares words and tables of all of them in `make test`; pictures and alt texts, here.
QUICK = "20_interview_chances"


@pytest.mark.parametrize(
    "name",
    [name if name == QUICK else pytest.param(name, marks=pytest.mark.soak) for name in NOTEBOOKS],
)
def test_the_engine_gives_the_outputs_of_a_real_kernel(tmp_path, name):
    """The stored notebook was run by a kernel (`make notebooks`); here the engine runs it."""
    import papermill

    stored = nbformat.read(from_root(f"notebooks/{name}.ipynb"), as_version=4)
    ours = papermill.execute_notebook(
        from_root(f"notebooks/{name}.ipynb"),
        str(tmp_path / "out.ipynb"),
        engine_name="countersignal",
        progress_bar=False,
    )
    for theirs, mine in zip(stored.cells, ours.cells, strict=True):
        if theirs.cell_type == "code":
            assert mine.execution_count == theirs.execution_count
            assert told(mine.outputs) == told(theirs.outputs)


def test_an_unknown_and_a_missing_parameter_are_refused(tmp_path):
    with pytest.raises(ReportError, match="studentid"):
        render_report({**PARAMETERS, "studentid": "S001"}, tmp_path / "x.pdf")
    few = {key: value for key, value in PARAMETERS.items() if key != "report_date"}
    with pytest.raises(ReportError, match="report_date"):
        render_report(few, tmp_path / "x.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_parameter_that_is_no_text_is_refused(tmp_path):
    with pytest.raises(ReportError, match="report_date"):
        render_report({**PARAMETERS, "report_date": 7}, tmp_path / "x.pdf")


def test_a_notebook_about_another_student_is_withheld(tmp_path):
    notebook = small_notebook(tmp_path / "wrong.ipynb")
    text = notebook.read_text().replace("publish_identity(student_id", "publish_identity('S002'")
    notebook.write_text(text)
    with pytest.raises(ReportError, match="another student"):
        render_report({"student_id": "S001"}, tmp_path / "x.pdf", notebook=notebook)
    assert not (tmp_path / "x.pdf").exists()


def test_the_report_notebook_is_where_the_renderer_looks():
    assert from_root(REPORT_NOTEBOOK).exists()
