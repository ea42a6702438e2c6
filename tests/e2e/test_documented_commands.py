"""Every command that the README and the guides show is run, on the sample data."""

import re
import shlex
import shutil

import pytest

from analysis.paths import from_root

ROOT = from_root("")
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "data/README.md", "reports/README.md")
    for path in ROOT.glob(pattern)
)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# Commands that another test runs, since they need more than this process.
RUN_BY = {
    "make ": "tests/contract/test_doors.py",
    "conda ": "tests/e2e/test_stock_tools.py",
    "papermill ": "tests/e2e/test_stock_tools.py",
    "jupyter ": "tests/e2e/test_stock_tools.py",
    "pytest ": "tests/e2e/test_stock_tools.py",
    "dask ": "tests/e2e/test_cluster.py",
}


def shown_lines(text):
    """Lines of a page's blocks of commands, as a user would type them."""
    blocks = [block for language, block in BLOCK.findall(text) if language in {"", "sh"}]
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def run_by_none(text):
    """Shown lines that no test runs."""
    return [line for line in shown_lines(text) if not line.startswith(("countersignal ", *RUN_BY))]


def commands():
    for page in PAGES:
        for line in shown_lines(from_root(page).read_text(encoding="utf-8")):
            # A cluster and a page that is served until it is ended have tests of their own.
            if re.match("countersignal (?!explore)", line) and "--cluster" not in line:
                yield line, pytest.param(line, id=f"{page}: {line[14:60]}")


@pytest.mark.parametrize("page", PAGES)
def test_each_shown_line_is_a_command_that_some_test_runs(page):
    assert run_by_none(from_root(page).read_text(encoding="utf-8")) == []


def test_a_line_that_no_test_runs_would_be_seen():
    assert run_by_none("```sh\nmake demo\ncurl x\n```\n```\nrm -r y\n```\n```python\nz\n```\n") == [
        "curl x",
        "rm -r y",
    ]
    assert all(from_root(test).exists() for test in RUN_BY.values())


@pytest.mark.parametrize("line", dict(commands()).values())
def test_a_documented_command_does_what_it_says(
    run, line, tmp_path, monkeypatch, small_class, made_once
):
    arguments = shlex.split(line)[1:]
    monkeypatch.chdir(from_root("."))
    if {"batch", "class"} & set(arguments):
        # A small class stands in for the sample's forty students; both have tests of their own.
        swap = {
            "data/sample/students.csv": small_class.students,
            "data/sample/programs.csv": small_class.programs,
        }
        arguments = [str(swap.get(argument, argument)) for argument in arguments]
    arguments = [
        str(tmp_path / "made" / argument) if before in {"--out", "--overview"} else argument
        for before, argument in zip(["", *arguments], arguments, strict=False)
    ]
    arguments = [
        str(tmp_path / argument)
        if argument in {"mine.toml", "learned.toml", "own.toml"}
        else argument
        for argument in arguments
    ]
    if "--resume" in arguments:  # what an earlier batch left
        shutil.copytree(made_once, arguments[arguments.index("--out") + 1])
    done = run(*arguments)
    assert done.code == 0, done.err
    assert done.out or done.err


def test_the_two_commands_stand_on_the_readmes_first_screen():
    first_screen = from_root("README.md").read_text(encoding="utf-8").splitlines()[:30]
    assert any(line.startswith("make demo") for line in first_screen)
    assert any(line.startswith("make test") for line in first_screen)


OFFICE = from_root("docs/for-office.md").read_text(encoding="utf-8")


def test_the_class_of_the_guide_is_read_without_a_problem(run, tmp_path):
    (example,) = re.findall(r"^```csv\n(.*?)^```$", OFFICE, re.DOTALL | re.MULTILINE)
    (tmp_path / "students.csv").write_text(example, encoding="utf-8")
    done = run("check", tmp_path / "students.csv")
    assert done.code == 0
    assert "3 good rows, nothing wrong" in done.out


def test_the_receipt_of_the_guide_is_what_a_batch_with_one_bad_row_prints(run, tmp_path):
    (example,) = re.findall(r"^```csv\n(.*?)^```$", OFFICE, re.DOTALL | re.MULTILINE)
    (receipt,) = re.findall(r"^```text\n(.*?)^```$", OFFICE, re.DOTALL | re.MULTILINE)
    (tmp_path / "students.csv").write_text(example.replace("Psychiatry,,", "Psychiatry,999,"))
    files = ("--students", tmp_path / "students.csv", "--programs", "data/sample/programs.csv")
    done = run("batch", *files, "--out", tmp_path / "class", "--workers", "1")
    assert done.code == 1
    assert done.err.replace(str(tmp_path / "class"), "reports/out/class").endswith(receipt)
