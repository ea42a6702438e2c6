"""Derive each notebook from its reviewed text: ``notebooks/x.py`` to an executed ``x.ipynb``.

``python -m analysis.report.derive`` runs every notebook on its default parameters (the sample
data) in a real kernel; ``--check`` only compares the cells and says which notebook is behind.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from analysis.paths import project_root

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
SECONDS_A_CELL = 300


def derived_notebook(text: Path) -> Any:
    """Notebook of a percent-format text, not yet run."""
    notebook = jupytext.read(text, fmt="py:percent")
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"{text.stem[:2]}-{number:02d}"
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def differences(text: Path) -> list[str]:
    """What of a notebook is not what its text says, and which cell was never run."""
    stored_path = text.with_suffix(".ipynb")
    if not stored_path.exists():
        return [f"{stored_path.name} is missing"]
    stored, derived = nbformat.read(stored_path, as_version=4), derived_notebook(text)

    def cells(notebook: Any) -> list[tuple[Any, ...]]:
        return [(c.id, c.cell_type, c.source, c.metadata.get("tags")) for c in notebook.cells]

    found = []
    if cells(stored) != cells(derived) or stored.metadata != derived.metadata:
        found.append(f"{stored_path.name} is not what {text.name} says")
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    if any(cell.execution_count is None for cell in code):
        found.append(f"{stored_path.name} has a cell that was not run")
    return found


def sockets_in(folder: str) -> Any:
    """Configuration of one kernel that listens at files of a folder, where the system has such."""
    # Two kernels that start at once may pick the same port: it is free until one of them listens.
    import zmq
    from traitlets.config import Config

    files = {"transport": "ipc", "ip": str(Path(folder) / "socket")}
    return Config(KernelManager=files if zmq.has("ipc") else {})


def _execute(text: Path) -> None:
    from nbclient import NotebookClient

    notebook = derived_notebook(text)
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(
            notebook,
            config=sockets_in(folder),
            timeout=SECONDS_A_CELL,
            record_timing=False,
            coalesce_streams=True,  # a busy machine tears what one print said
            resources={"metadata": {"path": str(text.parent)}},
        ).execute()
    notebook.metadata = derived_notebook(text).metadata
    nbformat.validate(notebook)
    nbformat.write(notebook, text.with_suffix(".ipynb"))


def main(arguments: list[str] | None = None) -> int:
    """Derive the notebooks, or with ``--check`` compare them: 1 if one differs, else 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, compare")
    parser.add_argument("texts", nargs="*", type=Path, help="some .py files; all without any")
    chosen = parser.parse_args(arguments)
    texts = chosen.texts or sorted((project_root() / "notebooks").glob("*.py"))
    if not chosen.check:
        for text in texts:
            _execute(text)
            print(text.with_suffix(".ipynb").name)
        return 0
    found = [line for text in texts for line in differences(text)]
    print("\n".join([*found, "run `make notebooks`"] if found else ["notebooks are in step"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
