"""What every notebook keeps to, so that it stays a page to read: it asks, calls, shows."""

import ast
from itertools import pairwise
from pathlib import Path
from typing import Any

from analysis.report.derive import derived_notebook

MOST_LINES = 8
NOT_IN_A_NOTEBOOK = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.For,
    ast.While,
    ast.If,
    ast.Try,
    ast.With,
    ast.ListComp,
    ast.DictComp,
    ast.SetComp,
    ast.GeneratorExp,
)


def broken_rules(text: Path) -> list[str]:
    """Rules that a notebook's text breaks, as ``cell n: what``."""
    notebook = derived_notebook(text)
    first = notebook.cells[0]
    found = []
    if first.cell_type != "markdown" or not first.source.startswith("# "):
        found.append("cell 1: no title")
    parameters = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", ())]
    if len(parameters) != 1:
        found.append(f"{len(parameters)} cells are tagged parameters")
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        tree = ast.parse(cell.source)
        if cell in parameters:
            found += [f"cell {number}: {line}" for line in _bad_parameters(cell.source, tree)]
        elif _lines_of_work(cell.source, tree) > MOST_LINES:
            found.append(f"cell {number}: more than {MOST_LINES} lines")
        kinds = {type(n).__name__ for n in ast.walk(tree) if isinstance(n, NOT_IN_A_NOTEBOOK)}
        found += [f"cell {number}: {kind}" for kind in sorted(kinds)]
    # Headings of a notebook that is a page are printed; its cells say in comments what they do.
    is_a_page = any("publish_identity(" in cell.source for cell in notebook.cells)
    return found + ([] if is_a_page else _unexplained(notebook.cells))


def _unexplained(cells: list[Any]) -> list[str]:
    """Sections whose first cell of code has no sentence before it, only a heading."""
    found = []
    for number, (above, cell) in enumerate(pairwise(cells), start=2):
        said = [line for line in above.source.splitlines() if not line.startswith("#")]
        if above.cell_type == "markdown" and cell.cell_type == "code" and not "".join(said).strip():
            found.append(f"cell {number}: no sentence says what it is for")
    return found


def _lines_of_work(source: str, tree: ast.Module) -> int:
    """Lines of a cell that are neither empty nor an import."""
    imports = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    imported = {line for n in imports for line in range(n.lineno, (n.end_lineno or n.lineno) + 1)}
    lines = enumerate(source.splitlines(), start=1)
    return sum(bool(text.strip()) and number not in imported for number, text in lines)


def _bad_parameters(source: str, tree: ast.Module) -> list[str]:
    """Parameters that papermill would misread, or that say nothing of themselves."""
    lines: list[Any] = source.splitlines()
    found = []
    for node in tree.body:
        line = lines[node.lineno - 1]
        if not (isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Constant)):
            found.append(f"not `name: type = literal`: {line}")
        elif "  # " not in line:
            found.append(f"without a word of help: {line}")
        elif set("=#") & set(str(node.value.value)) or "|" in ast.unparse(node.annotation):
            found.append(f"papermill misreads this: {line}")
    return found
