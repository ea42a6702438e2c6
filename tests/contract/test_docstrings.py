"""Docstrings are full where readers come from outside, and a line elsewhere."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from analysis.paths import from_root, project_root

SECTION = re.compile(r"^(Parameters|Attributes|Returns|Raises|Yields|Examples)\n-+$", re.MULTILINE)
ONE_LINE = 9  # lines: some prose of why, or an example that runs, beside the line


@cache
def functions(source: str) -> list[ast.FunctionDef]:
    """Functions and methods of a file."""
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]


def documented(sources: dict[str, str]) -> Iterator[tuple[str, ast.FunctionDef, str, int]]:
    """File, function, docstring and its lines."""
    for name, source in sources.items():
        for node in functions(source):
            if text := ast.get_docstring(node):
                lines = node.body[0].end_lineno - node.body[0].lineno + 1
                yield name, node, text, lines


def sections(text: str) -> dict[str, str]:
    """Content of a numpydoc docstring by the name of its section."""
    parts = SECTION.split(text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def wrong_parameters(sources: dict[str, str]) -> list[str]:
    """Functions whose parameters are other ones than their docstring has."""
    found = []
    for name, node, text, _ in documented(sources):
        if (section := sections(text).get("Parameters")) is None:
            continue
        told = [
            part.strip().lstrip("*")
            for line in section.splitlines()
            if line and not line.startswith(" ")
            for part in line.split(" : ")[0].split(",")
        ]
        a = node.args
        taken = [arg.arg for arg in (*a.posonlyargs, *a.args, *a.kwonlyargs)]
        taken += [arg.arg for arg in (a.vararg, a.kwarg) if arg]
        if told != [arg for arg in taken if arg not in ("self", "cls")]:
            found.append(f"{name}: {node.name}")
    return found


def too_full(sources: dict[str, str], readers: str) -> list[str]:
    """Functions with a full docstring that no reader from outside names."""
    return [
        f"{name}: {node.name}"
        for name, node, text, lines in documented(sources)
        if ("Parameters" in sections(text) or lines > ONE_LINE + 4 * ("Examples" in sections(text)))
        and not re.search(rf"\b{node.name}\b", readers)
    ]


def package() -> dict[str, str]:
    root = from_root("src/analysis")
    return {str(f.relative_to(root)): f.read_text("utf-8") for f in sorted(root.rglob("*.py"))}


def test_a_full_docstring_names_the_parameters_that_the_function_takes():
    assert wrong_parameters(package()) == []


def test_full_docstrings_stand_where_a_notebook_a_command_or_a_page_comes_from():
    root = project_root()
    places = [*root.glob("notebooks/*.py"), *root.glob("docs/*.md")]
    places += [*root.glob("src/analysis/cli/*.py"), *root.glob("src/analysis/explorer/*.py")]
    readers = "\n".join(f.read_text(encoding="utf-8") for f in places)
    assert too_full(package(), readers) == []


def test_a_docstring_with_another_parameter_or_no_reader_is_found():
    told = "Do.\n\n    Parameters\n    ----------\n    b : int\n        It.\n    "
    source = f'def f(a):\n    """{told}"""\n'
    assert wrong_parameters({"x.py": source}) == ["x.py: f"]
    assert too_full({"x.py": source}, "g(1)") == ["x.py: f"]
    assert too_full({"x.py": source}, "f(1)") == []
