"""Which part of the package may import which other part, and how an import is found."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ALLOWED = {
    "plain_text": set(),
    "arrays": set(),
    "vocabulary": set(),
    "errors": {"plain_text"},
    "paths": {"errors"},
    "bundle": {"paths"},
    "tables": {"errors", "vocabulary", "paths", "plain_text"},
    "assumptions": {"errors", "vocabulary", "paths"},
    "model": {"errors", "vocabulary", "assumptions", "arrays"},
    "figures": {"errors", "vocabulary", "plain_text", "text", "arrays"},
    "text": {"plain_text", "vocabulary", "assumptions"},
    "workers": {"errors", "paths", "bundle"},
    "inputs": {"errors", "paths", "bundle", "tables", "assumptions"},
    "views": {
        "errors",
        "arrays",
        "vocabulary",
        "paths",
        "bundle",
        "plain_text",
        "tables",
        "model",
        "assumptions",
        "text",
        "workers",
    },
    "report": {"errors", "paths", "bundle", "inputs", "plain_text", "workers"},
    "explorer": {
        "errors",
        "vocabulary",
        "paths",
        "text",
        "views",
        "figures",
        "report",
        "tables",
        "workers",
    },
    "cli": {
        "errors",
        "paths",
        "plain_text",
        "assumptions",
        "text",
        "inputs",
        "views",
        "report",
        "workers",
        "tables.check",
        "tables.codes",
        "tables.mapping",
        "tables.proposal",
        "tables.schemas",
        "tables.template",
    },
}


def imported_modules(source: str) -> Iterator[str]:
    """Dotted names below ``analysis`` that a module imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
            if node.module == "analysis":
                names = [f"analysis.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (n.removeprefix("analysis.") for n in names if n.startswith("analysis."))


def forbidden_imports(package: Path) -> list[str]:
    """Every import that the table does not allow, as ``file imports module``."""
    found = []
    for path in sorted(package.rglob("*.py")):
        part = path.relative_to(package).with_suffix("").parts[0]
        if part == "__init__":
            continue
        for module in imported_modules(path.read_text(encoding="utf-8")):
            top = module.split(".")[0]
            allowed = ALLOWED[part] | {part}
            if (
                top not in allowed
                and not any(module == name or module.startswith(name + ".") for name in allowed)
                and top != "__version__"
            ):
                found.append(f"{path.relative_to(package)} imports {module}")
    return found


def circle(package: Path) -> list[str]:
    """Files that import each other in a loop, by their dotted names; none where there is no loop.

    A package's ``__init__`` only hands names on, so it stands for no file.
    """
    files = {
        ".".join(path.relative_to(package).with_suffix("").parts): path
        for path in package.rglob("*.py")
        if path.name != "__init__.py"
    }
    needs = {
        name: {one for one in imported_modules(path.read_text(encoding="utf-8")) if one in files}
        for name, path in files.items()
    }
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
