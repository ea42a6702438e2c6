"""A notebook run in this process: what it computed, and what it put on the page."""

from __future__ import annotations

import ast
from typing import Any
from unittest import mock

from analysis.paths import from_root
from analysis.report import publish

Parts = list[tuple[str, tuple[Any, ...]]]
CAUGHT = ("publish_text", "publish_table", "publish_chart", "publish_rows", "publish_block",
          "publish_identity")  # fmt: skip


def run_notebook(name: str, **parameters: Any) -> tuple[dict[str, Any], Parts]:
    """Names that the cells of notebooks/<name>.py leave, and each call that publishes, in order."""
    path = from_root(f"notebooks/{name}.py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    declared = {node.target.id for node in tree.body if isinstance(node, ast.AnnAssign)}
    assert parameters.keys() <= declared
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and node.target.id in parameters:
            node.value = ast.Constant(parameters[node.target.id])
            ast.fix_missing_locations(node)
    parts: Parts = []

    def caught(kind: str) -> mock.Mock:
        return mock.Mock(side_effect=lambda *given, **_: parts.append((kind, given)))

    with mock.patch.multiple(publish, **{kind: caught(kind) for kind in CAUGHT}):
        found: dict[str, Any] = {}
        exec(compile(tree, path, "exec"), found)  # noqa: S102 - our own notebook
    return found, parts


def words_of(parts: Parts) -> list[str]:
    """Texts, captions and tables as text, one after the other, as they stand on the page."""
    words = []
    for kind, (first, *rest) in parts:
        if kind == "publish_text":
            words.append(first)
        elif kind == "publish_chart" and len(first):
            words.append(rest[3])
        elif kind == "publish_table" and len(first):
            words.append(first.to_csv(index=False, sep="|", lineterminator="\n"))
    return words
