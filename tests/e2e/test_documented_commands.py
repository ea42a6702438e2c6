"""Every command that the README and the guides show is run, on the sample data."""

import re
import shlex

import pytest

from analysis.paths import from_root

PAGES = ("README.md", "docs/for-advisors.md", "docs/for-office.md", "docs/for-researchers.md")
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def commands():
    for page in PAGES:
        for block in BLOCK.findall(from_root(page).read_text(encoding="utf-8")):
            for line in block.splitlines():
                if line.startswith("countersignal "):
                    yield pytest.param(line, id=f"{page}: {line[14:60]}")


@pytest.mark.parametrize("line", list(dict.fromkeys(commands())))
def test_a_documented_command_does_what_it_says(run, line, tmp_path, monkeypatch, small_class):
    arguments = shlex.split(line)[1:]
    monkeypatch.chdir(from_root("."))
    if "batch" in arguments:
        # A small class stands in for the sample's forty students; a batch has its own tests.
        swap = {
            "data/sample/students.csv": small_class.students,
            "data/sample/programs.csv": small_class.programs,
        }
        arguments = [str(swap.get(argument, argument)) for argument in arguments]
    arguments = [
        str(tmp_path / "made" / argument)
        if before in {"--out", "--learned", "--overview"}
        else argument
        for before, argument in zip(["", *arguments], arguments, strict=False)
    ]
    arguments = [
        str(tmp_path / "mine.toml") if argument == "mine.toml" else argument
        for argument in arguments
    ]
    done = run(*arguments)
    assert done.code == 0, done.err
    assert done.out or done.err


def test_the_two_commands_stand_on_the_readmes_first_screen():
    first_screen = from_root("README.md").read_text(encoding="utf-8").splitlines()[:30]
    assert any(line.startswith("make demo") for line in first_screen)
    assert any(line.startswith("make test") for line in first_screen)
