"""Whether what git tracks holds the made-up class alone: tables, notebooks and their outputs."""

import ast
import csv
import json
import re
from pathlib import Path

SAMPLE_FOLDERS = (
    "data/article/",
    "data/sample/",
    "data/assumptions/",
    "tests/golden/class/",
    "tests/fixtures/",  # made-up people in damaged files and foreign exports
)
TABLE = re.compile(r"\.(csv|tsv|xlsx?|ods|parquet|feather)$", re.IGNORECASE)
NOTEBOOK_METADATA = {"kernelspec", "language_info"}
OF_A_STUDENT = re.compile(r"[Ss]tudent (?!Affairs)([A-Za-z0-9_-]*\d[A-Za-z0-9_-]*)")


def private_data(root: Path, names: list[str]) -> list[str]:
    """Tracked files that may hold a real student's data, and why."""
    found = [
        f"{name} is a table; an office's own lie in data/private"
        for name in names
        if TABLE.search(name) and not name.startswith(SAMPLE_FOLDERS)
    ]
    with (root / "data" / "sample" / "students.csv").open(encoding="utf-8", newline="") as stream:
        sample = {row["student_id"] for row in csv.DictReader(stream)}
    for name in names:
        if name.endswith(".ipynb"):
            notebook = json.loads((root / name).read_text(encoding="utf-8"))
            found += [f"{name} {what}" for what in not_of_the_sample(notebook, sample)]
    return found


def not_of_the_sample(notebook: dict, sample: set[str]) -> list[str]:
    """What in a notebook was not made from the sample class by `make notebooks`."""
    found = []
    spare = set(notebook["metadata"]) - NOTEBOOK_METADATA
    if spare:
        found.append(f"has metadata of a run: {', '.join(sorted(spare))}")
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        if set(cell["metadata"]) - {"tags"} or "injected-parameters" in tags:
            found.append("was run with other parameters or saved by hand")
        if "parameters" in tags:
            found += [f"reads {path}" for path in other_files("".join(cell["source"]))]
        told = json.dumps(cell.get("outputs", []))
        ids = set(OF_A_STUDENT.findall(told)) | set(re.findall(r'"student_id": "([^"]*)"', told))
        found += [f"tells of student {student_id}" for student_id in sorted(ids - sample)]
    return list(dict.fromkeys(found))


def other_files(source: str) -> list[str]:
    """Paths among the parameters that are none of the sample's."""
    values = [
        node.value.value
        for node in ast.parse(source).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Constant)
    ]
    return [
        value
        for value in values
        if isinstance(value, str)
        and re.search(r"[/\\]|\.(csv|toml)$", value)
        and not f"{value}/".startswith(SAMPLE_FOLDERS)
    ]
