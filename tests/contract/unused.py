"""Definitions of the package that nothing but tests uses, found by name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

# What starts the package: whoever is named here, or names something, is used.
STARTS = (
    "notebooks/*.py",
    "benchmarks/*.py",
    "tools/*.py",
    "docs/*.md",
    "pyproject.toml",
    "Makefile",
    "src/analysis/**/*.j2",
)
WORD = re.compile(r"[A-Za-z_]\w*")


def unused_definitions(root: Path) -> list[str]:
    """Functions, classes and constants at the top of a module that are reached from no start.

    A name counts as used wherever it stands, so two things of one name hide each other; what is
    listed is unused for certain. Imports and ``__all__`` are no use.
    """
    used: set[str] = set()
    for pattern in STARTS:
        for path in root.glob(pattern):
            used |= set(WORD.findall(path.read_text(encoding="utf-8")))
    waiting: dict[tuple[str, str], set[str]] = {}
    for path in sorted((root / "src" / "analysis").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            name = _defined(node)
            if name is None:
                used |= _named(node)
            elif name != "__all__":
                waiting[str(path.relative_to(root)), name] = _named(node) - {name}
    reached = True
    while reached:
        reached = [key for key in waiting if key[1] in used or key[1].startswith("__")]
        for key in reached:
            used |= waiting.pop(key)
    return [f"{path}: {name}" for path, name in waiting]


def _defined(node: ast.stmt) -> str | None:
    """Name that a statement defines; None for one that runs, as a decorated function may."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        runs = isinstance(node, ast.FunctionDef) and node.decorator_list
        return None if runs and "cache" not in ast.unparse(node.decorator_list[0]) else node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    return None


def _named(node: ast.AST) -> set[str]:
    """Names that a statement uses, also as text; an import uses nothing."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return set()
    return {word for part in ast.walk(node) for word in _words(part)}


def _words(part: ast.AST) -> Iterator[str]:
    if isinstance(part, ast.Name):
        yield part.id
    elif isinstance(part, ast.Attribute):
        yield part.attr
    elif isinstance(part, ast.Constant) and re.fullmatch(r"[\w.:]+", str(part.value)):
        yield from WORD.findall(str(part.value))
