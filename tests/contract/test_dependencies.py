"""Every library that the project asks for is used."""

import ast
import re
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Started by name or found by another tool, and so never imported.
STARTED = {
    "ipykernel": "the kernel of the notebooks",
    "jupyterlab": "`jupyter lab` and the notebooks' own page",
}


@cache
def imported_distributions() -> set[str]:
    of_module = packages_distributions()
    found = set()
    for folder in ("src", "notebooks"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names = [node.module]
                for name in names:
                    top = name.split(".")[0]
                    found |= {folded(d) for d in of_module.get(top, [top])}
    return found


def folded(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {folded(re.split(r"[\[<>=~! ]", name)[0]) for name in project["dependencies"]}


def used_by_name(name: str) -> bool:
    """Whether a library without an import is loaded by its package's name as text."""
    sources = [p.read_text(encoding="utf-8") for p in (ROOT / "src").rglob("*.py")]
    return any(re.search(rf"""["']{name.replace("-", "_")}["'.]""", text) for text in sources)


def test_each_declared_dependency_is_imported():
    idle = declared() - imported_distributions() - set(STARTED)
    assert {name for name in idle if not used_by_name(name)} == set()


def test_what_is_said_to_be_started_by_name_is_declared_and_never_imported():
    assert set(STARTED) <= declared()
    assert set(STARTED) & imported_distributions() == set()


def test_an_import_that_stands_in_a_function_counts():
    assert "seaborn" in imported_distributions()
