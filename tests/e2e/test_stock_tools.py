"""The commands of other tools that the pages show, as users type them, in a copy of the house."""

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import nbformat
import pypdf
import pytest

from analysis.paths import from_root, project_root
from analysis.report.guard import check_whose_report
from tests.e2e.test_documented_commands import shown_lines

OURS = "--engine countersignal "
CONDA = """#!/bin/bash
case "$1 $2 $3" in
  "env create -f") grep -q '^name: countersignal$' "$4" ;;
  "run -n countersignal") shift 3; exec "$@" ;;
  *) exit 9 ;;
esac
"""


@pytest.fixture
def house(tmp_path):
    """Notebooks, data and branding, without what was rendered or is private."""
    copy = tmp_path / "house"
    left_out = shutil.ignore_patterns("private", "out", ".ipynb_checkpoints")
    for part in ("notebooks", "data", "reports"):
        shutil.copytree(project_root() / part, copy / part, ignore=left_out)
    shutil.copy(from_root("environment.yml"), copy)
    return copy


def lines_of(page, *tools):
    """Shown command lines that begin with one of some tools."""
    lines = shown_lines(from_root(page).read_text(encoding="utf-8"))
    return [line for line in lines if line.startswith(tools)]


def ran(line, house, *, path=()):
    scripts = str(Path(sys.executable).parent)
    environment = os.environ | {
        "PATH": os.pathsep.join([*map(str, path), scripts, os.environ["PATH"]]),
        "COUNTERSIGNAL_PROJECT": str(house),
    }
    command, *arguments = shlex.split(line, comments=True)
    return subprocess.run(
        [shutil.which(command, path=environment["PATH"]) or command, *arguments],
        cwd=house,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.parametrize("engine", [OURS, pytest.param("", marks=pytest.mark.soak)])
def test_papermill_and_nbconvert_as_shown_make_the_students_report(house, engine):
    execute, convert = lines_of("docs/for-researchers.md", "papermill ", "jupyter ")
    assert OURS in execute  # a kernel of papermill's own could be read by a neighbor
    done = ran(execute.replace("S001", "S003").replace(OURS, engine), house)
    assert done.returncode == 0, done.stderr[-2000:]
    done = ran(convert, house)
    assert done.returncode == 0, done.stderr[-2000:]
    pdf = house / "out.pdf"
    reader = pypdf.PdfReader(pdf)
    assert reader.metadata.title == "Your residency plan: Family Medicine"
    assert all("Student S003" in page.extract_text() for page in reader.pages)
    assert check_whose_report(pdf.read_bytes(), "S003", reader.metadata.title) > 1


WRONG = (
    ("-r studnet_id S002", "unknown parameter studnet_id"),
    ("-p student_id 027", "so use -r student_id"),
    ("-p report_date 20260915", "so use -r report_date"),
    ("-r limt 3 -r student_id S002", "unknown parameter limt"),
)
ROUTES = [(engine, *wrong) for engine in ("", OURS) for wrong in WRONG]
QUICK = (ROUTES[0], ROUTES[5])


@pytest.mark.parametrize(
    ("engine", "option", "said"),
    [pytest.param(*one, marks=() if one in QUICK else pytest.mark.soak) for one in ROUTES],
)
def test_a_wrong_parameter_fails_in_the_notebook_s_own_route(house, engine, option, said):
    done = ran(f"papermill {engine}{option} notebooks/90_student_report.ipynb out.ipynb", house)
    assert done.returncode != 0
    assert said in done.stderr


def test_nbconvert_ends_with_our_sentence_and_no_traceback(house):
    other = house / "notebooks" / "20_interview_chances.ipynb"  # no student's report
    done = ran(f"jupyter nbconvert --to countersignal_pdf {other}", house)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("countersignal: ")
    assert not other.with_suffix(".pdf").exists()


def with_a_shifted_number(notebook):
    """The same notebook, but for the last digit of the first number of its last check cell."""
    *_, checked = [
        cell for cell in notebook.cells if "nbval-check-output" in cell.metadata.get("tags", ())
    ]
    (output,) = checked.outputs
    holder, key = (output, "text") if "text" in output else (output.data, "text/plain")
    digits = re.search(r"0\.\d{2,}", holder[key])
    last = str((int(digits[0][-1]) + 1) % 10)
    holder[key] = holder[key][: digits.end() - 1] + last + holder[key][digits.end() :]
    return notebook


def test_nbval_as_shown_sees_a_shifted_number(house):
    (line,) = lines_of("docs/for-researchers.md", "pytest ")
    kept = house / "notebooks" / "20_interview_chances.ipynb"
    for notebook in (house / "notebooks").iterdir():
        if notebook != kept:
            notebook.unlink()
    twin = with_a_shifted_number(nbformat.read(kept, as_version=4))
    nbformat.write(twin, kept.parent / "shifted.ipynb")
    done = ran(f"{line} -p no:cacheprovider -q", house)
    assert done.returncode == 1, done.stdout
    failed = re.findall(r"^FAILED notebooks/(\S+?)::", done.stdout, re.MULTILINE)
    assert failed == ["shifted.ipynb"], done.stdout[-3000:]


def test_the_conda_door_renders_the_demo(house, tmp_path):
    """A stand-in for conda runs what it is given, so that the shown lines are run as they stand."""
    conda = tmp_path / "bin" / "conda"
    conda.parent.mkdir()
    conda.write_text(CONDA)
    conda.chmod(stat.S_IRWXU)
    create, render = lines_of("README.md", "conda ")
    assert ran(create, house, path=[conda.parent]).returncode == 0
    done = ran(render, house, path=[conda.parent])
    assert done.returncode == 0, done.stderr[-2000:]
    made = sorted((house / "reports" / "out" / "demo").glob("*.pdf"))
    assert len(made) >= 3
    for path in made:
        root = pypdf.PdfReader(path).trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert "/StructTreeRoot" in root
