"""The parameters of a notebook run: known, of their type, and the same from first cell to last.

papermill only warns of a parameter that a notebook does not know, and makes a number of ``027``. In
JupyterLab a parameter can be changed when half of the cells have run. Either prints a page about
somebody else, so the notebook itself looks, and each published output says what it was made with.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from analysis.errors import ReportError
from analysis.paths import from_root

INJECTED = "# Parameters"  # how papermill begins the cell that it puts in
YES, NO = {"yes", "true", "1"}, {"no", "false", "0"}
HASH_LENGTH = 16


def check_parameters() -> None:
    """Refuse parameters that the notebook does not know or that are not of their type."""
    # Called in the first cell after the parameters. A text for a number or for yes and no, as
    # papermill's ``-r`` gives it, becomes one.
    shell = _shell()
    if shell is None:
        return
    types, given = _declared(shell.user_ns["In"]), _given(shell.user_ns["In"])
    for name in given:
        if name not in types:
            near = get_close_matches(name, types, 1)
            hint = f"; the nearest is {near[0]}" if near else ""
            message = f"unknown parameter {name}: expected one of {', '.join(types)}{hint}"
            raise ReportError(message)
    for name, kind in types.items():
        shell.user_ns[name] = _of_type(name, shell.user_ns[name], kind)


def stamp(begin: bool = False) -> dict[str, Any]:
    """Metadata of an output: hashes of the parameters in force, and of the files that were read."""
    # Nothing before the identity. The files' hash stays as it was then: of a kernel that began anew
    # on files that have changed since, every later output has another.
    shell = _shell()
    if shell is None or not (begin or shell.meta.get("countersignal")):
        return {}
    types = _declared(shell.user_ns["In"])
    if begin:
        check_parameters()
        files = {name: shell.user_ns[name] for name in types if name.endswith(("_csv", "_toml"))}
        shell.meta["countersignal"] = _hash({n: _content(file) for n, file in files.items()})
    made_with = _hash({name: shell.user_ns.get(name) for name in types})
    return {"countersignal": made_with, "countersignal_read": shell.meta["countersignal"]}


def _content(file: str) -> str:
    path = from_root(file)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def notebook_parameters_hash(cells: Iterable[Any]) -> str | None:
    """Hash of the parameters as a notebook's cells set them; None where no cell declares any."""
    sources = [
        cell.source
        for cell in cells
        if {"parameters", "injected-parameters"} & set(cell.metadata.get("tags", ()))
    ]
    types = _declared(sources)
    if not types:
        return None
    values: dict[str, Any] = {}
    for source in sources:
        values |= _values(source)
    unknown = values.keys() - types.keys()
    if unknown:
        message = f"unknown parameter {', '.join(sorted(unknown))}"
        raise ReportError(message)
    return _hash({name: _of_type(name, values[name], kind) for name, kind in types.items()})


def _shell() -> Any:
    from IPython import get_ipython

    shell = get_ipython()
    return shell if shell is not None and "In" in shell.user_ns else None


def _declared(sources: Iterable[str]) -> dict[str, str]:
    """Names and types of the parameters: what a cell sets with a type, first of all cells."""
    return next((types for source in sources if (types := _types(source))), {})


def _given(sources: Iterable[str]) -> list[str]:
    return [n for s in sources if s.startswith(INJECTED) for n in _values(s)]


@lru_cache(maxsize=256)
def _types(source: str) -> dict[str, str]:
    return {
        node.target.id: ast.unparse(node.annotation)
        for node in _statements(source)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def _values(source: str) -> dict[str, Any]:
    found = {}
    for node in _statements(source):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if not isinstance(target, ast.Name) or getattr(node, "value", None) is None:
            continue
        try:
            found[target.id] = ast.literal_eval(node.value)  # type: ignore[attr-defined]
        except ValueError:
            message = f"the parameter {target.id} is no plain value"
            raise ReportError(message) from None
    return found


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError:  # of a cell with a magic
        return []


def _of_type(name: str, value: Any, kind: str) -> Any:
    """A value of the declared type; text becomes what ``-r`` could not say."""
    if kind == "str":
        if isinstance(value, str):
            return value
        message = (
            f"{name} is {value!r} and no text: papermill's -p turns 027 into 27, so use -r {name}"
        )
        raise ReportError(message)
    try:
        if kind == "bool":
            return value if isinstance(value, bool) else _yes_or_no(str(value))
        return {"int": int, "float": float}[kind](value) if kind in ("int", "float") else value
    except ValueError:
        message = f"{name}: found {value!r}; expected a value of type {kind}"
        raise ReportError(message) from None


def _yes_or_no(word: str) -> bool:
    if word.casefold() not in YES | NO:
        raise ValueError
    return word.casefold() in YES


def _hash(values: Mapping[str, Any]) -> str:
    content = json.dumps({name: str(value) for name, value in values.items()}, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:HASH_LENGTH]


WITHOUT_PARAMETERS = _hash({})  # what a notebook that declares none stamps its outputs with
