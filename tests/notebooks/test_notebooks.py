import re

import nbformat
import papermill
import pytest

from analysis.paths import project_root
from analysis.report.derive import differences
from tests.notebooks.rules import broken_rules

NOTEBOOKS = sorted((project_root() / "notebooks").glob("*.py"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def text(request):
    return request.param


HEAD = """# %% [markdown]
# # Title
# Asks.

# %% tags=["parameters"]
x_csv: str = "x"  # help

"""


def test_there_are_notebooks():
    assert [path.stem[:2] for path in NOTEBOOKS][:4] == ["00", "10", "20", "30"]


def test_a_notebook_asks_calls_and_shows(text):
    assert broken_rules(text) == []


def test_a_notebook_is_in_step_with_its_text_and_was_run(text):
    assert differences(text) == []


def test_papermill_sees_every_parameter_with_its_type_and_help(text):
    parameters = papermill.inspect_notebook(text.with_suffix(".ipynb"))
    assert parameters
    assert all(p["help"] for p in parameters.values())
    types = {name: p["inferred_type_name"] for name, p in parameters.items()}
    assert set(types.values()) <= {"str", "int", "float", "bool"}
    # papermill -p turns the id 007 into 7: an id is text, and so is a path.
    assert {kind for name, kind in types.items() if name.endswith(("_id", "_csv"))} <= {"str"}


def test_a_notebook_keeps_pictures_that_a_code_host_shows(text):
    notebook = nbformat.read(text.with_suffix(".ipynb"), as_version=4)
    data = [o.get("data", {}) for c in notebook.cells for o in c.get("outputs", [])]
    images = {mime for bundle in data for mime in bundle if mime.startswith("image/")}
    kept = {"image/svg+xml"} if text.stem.startswith("90") else {"image/png"}
    drawn = {"publish_figure", "publish_chart"} & set(re.findall(r"\w+", text.read_text()))
    assert images == (kept if drawn else set())


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("for x in []: pass", "cell 3: For"),
        ("def f(): pass", "cell 3: FunctionDef"),
        ("x = [y for y in ()]", "cell 3: ListComp"),
        ("\n".join(["x = 1"] * 9), "cell 3: more than 8 lines"),
    ],
)
def test_a_cell_that_computes_by_itself_is_found(tmp_path, line, found):
    text = tmp_path / "10_x.py"
    text.write_text(HEAD + "# %%\n" + line + "\n")
    assert broken_rules(text) == [found]


def test_a_section_without_a_sentence_is_found(tmp_path):
    text = tmp_path / "10_x.py"
    text.write_text(HEAD + "# %% [markdown]\n# ## Bare\n\n# %%\nx = 1\n")
    assert broken_rules(text) == ["cell 4: no sentence says what it is for"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("x = 1", "not `name: type = literal`"),
        ('x: str = "a"', "without a word of help"),
        ('x: str = "a=b"  # help', "papermill misreads this"),
        ('x: str | None = "a"  # help', "papermill misreads this"),
    ],
)
def test_a_parameter_that_papermill_would_misread_is_found(tmp_path, line, found):
    text = tmp_path / "10_x.py"
    text.write_text(f'# %% [markdown]\n# # Title\n\n# %% tags=["parameters"]\n{line}\n')
    assert broken_rules(text)[0].startswith(f"cell 2: {found}")
