"""One notebook of oddities, run by our engine and by a real Jupyter kernel, output by output."""

import re
import subprocess
import sys
from itertools import groupby

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from papermill.exceptions import PapermillExecutionError

from analysis.report.derive import KERNEL

ODDITIES = {
    "prints on both streams": (
        "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('out')"
    ),
    "a print without an end": "print('a', end='')\nprint('b')",
    "a value": "{'b': 1, 'a': [1.5, None]}",
    "a value that is nothing": "None",
    "a value kept back": "1 + 1;",
    "the last value": "_",
    "a table": "import pandas as pd\npd.DataFrame({'x': [1, 2]})",
    "a picture": "from matplotlib import pyplot as plt\nplt.plot([1, 3, 2]);",
    "a picture and a value": "_ = plt.plot([2, 1])\n'after'",
    "a figure as value": "from matplotlib.figure import Figure\nfigure = Figure((2, 1))\nfigure",
    "a display with metadata": (
        "from IPython.display import HTML, Markdown, clear_output, display, update_display\n"
        "display({'text/plain': 'x'}, metadata={'text/plain': {'alt': 'y'}}, raw=True)"
    ),
    "prints around a display": "print(1)\ndisplay(Markdown('*x*'))\nprint(2)",
    "a display under an id": "display('first', display_id='d1')",
    "the same display updated": "update_display('second', display_id='d1')\nprint('updated')",
    "an output cleared": "print('gone')\nclear_output()\nprint('stays')",
    "cleared at the next output": "print('gone')\nclear_output(wait=True)\nprint('stays')",
    "an object that shows itself": (
        "class Own:\n"
        "    def _repr_html_(self):\n"
        "        return '<b>own</b>'\n"
        "    def __repr__(self):\n"
        "        return 'own'\n"
        "Own()"
    ),
    "a representation that fails": (
        "class Bad:\n    def __repr__(self):\n        return 'bad'\n"
        "    def _repr_html_(self):\n        raise NotImplementedError\nBad()"
    ),
    "awaited": "import asyncio\nawait asyncio.sleep(0)\nprint('awaited')",
    "a magic": "%precision 2\n3.14159",
    "a log line": "import logging\nlogging.getLogger('odd').warning('logged')",
    "its own source": "In[1][:10], len(Out) > 3",
    "a surrogate and a zero": "print('\\x00 é 李 \\u202e')",
    "unicode in a name": "größe = 2\ngröße",
    "two values of one cell": "display(1)\n2",
    "the environment": "__name__, 'exit' in dir(), str(type(get_ipython())).count('Shell')",
}
ERRORS = {
    "raised": "1 / 0",
    "not Python": "x = = 1",
    "unknown": "not_there",
    "its own kind": "class Odd(ValueError): pass\nraise Odd('why')",
    "asked for input": "input('name? ')",
    "stopped": "raise KeyboardInterrupt",
    "left": "raise SystemExit(2)",
}


CELLS = {**ODDITIES, **ERRORS}
# What a syntax error's message calls the cell: the kernel has a file for it, we have none.
SOURCE_NAME = re.compile(r"<ipython-input-[\w-]+>|\d+\.py")


def executed(engine, folder):
    """The cells of a papermill run, in a process of its own: no test's logging or filters in it."""
    cells = [new_code_cell(source) for source in ODDITIES.values()]
    tags = {"tags": ["raises-exception"]}
    cells += [new_code_cell(source, metadata=tags) for source in ERRORS.values()]
    about = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    notebook, out = folder / "odd.ipynb", folder / f"{engine}.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata=about), notebook)
    options = ["--no-progress-bar"] + (["--engine", engine] if engine != "kernel" else [])
    command = [sys.executable, "-m", "papermill", *options, str(notebook), str(out)]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, timeout=200, text=True, check=False
    )
    assert out.exists(), done.stderr  # papermill ends with 1 where the last cell has left
    return [cell for cell in nbformat.read(out, as_version=4).cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    place = tmp_path_factory.mktemp("odd")
    return executed("kernel", place), executed("countersignal", place)


def told(outputs):
    """Outputs without what the two may differ in, see docs/decisions/0005.

    A kernel sends what was printed when its clock says so, which may be in the middle of a print:
    the text of a stream counts up to the next output of another kind, not its pieces.
    """
    whole = []
    for printed, some in groupby(outputs, lambda output: output["output_type"] == "stream"):
        if printed:
            texts = dict.fromkeys(("stdout", "stderr"), "")
            for piece in some:
                texts[piece["name"]] += piece["text"]
            whole.append(texts)
            continue
        for output in some:
            same = {key: value for key, value in output.items() if key != "traceback"}
            if same.get("ename") == "SyntaxError":
                same["evalue"] = SOURCE_NAME.sub("the cell", same["evalue"])
            whole.append(same)
    return whole


@pytest.mark.parametrize("index", range(len(CELLS)), ids=list(CELLS))
def test_an_odd_cell_gives_what_a_real_kernel_gives(both, index):
    theirs, ours = both
    assert ours[index].execution_count == theirs[index].execution_count
    assert told(ours[index].outputs) == told(theirs[index].outputs)


def test_what_a_kernel_sends_in_pieces_is_compared_as_a_whole(both):
    def pieces(output):
        if output["output_type"] != "stream":
            return [output]
        return [{**output, "text": letter} for letter in output["text"]]

    for cell in both[1]:
        torn = [piece for output in cell.outputs for piece in pieces(output)]
        assert told(torn) == told(cell.outputs)


def test_the_first_error_that_no_tag_allows_ends_the_run(tmp_path):
    cells = [new_code_cell(source) for source in ("print(1)", "1 / 0", "print(2)")]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), tmp_path / "n.ipynb")
    with pytest.raises(PapermillExecutionError, match="division by zero"):
        papermill.execute_notebook(
            tmp_path / "n.ipynb",
            str(tmp_path / "out.ipynb"),
            engine_name="countersignal",
            progress_bar=False,
        )
    ran = [
        c
        for c in nbformat.read(tmp_path / "out.ipynb", as_version=4).cells
        if c.cell_type == "code"
    ]
    assert [cell.execution_count for cell in ran] == [1, 2, None]
