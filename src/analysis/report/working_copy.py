"""A private copy of the notebooks to explore in, so that tracked ones never take student data."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import nbformat

from analysis.paths import from_root

__all__ = ["lab_command", "with_parameters", "working_copy"]

MOST_MESSAGE_BYTES = 64 * 2**20  # an upload is one message
WORK = "data/private/work"
EXPLORE = "80_explore.ipynb"
OWN_FILES = "80_explore_own_files.ipynb"


def with_parameters(notebook: Path, parameters: Mapping[str, str]) -> Any:
    """A notebook without outputs that runs on other parameters, set as papermill sets them."""
    copy = nbformat.read(notebook, as_version=4)
    if parameters:
        from papermill.iorw import load_notebook_node
        from papermill.parameterize import parameterize_notebook

        copy = parameterize_notebook(load_notebook_node(str(notebook)), dict(parameters))
        copy.metadata.pop("papermill", None)
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return copy


def working_copy(parameters: Mapping[str, str] | None = None) -> Path:
    """Copy the notebooks into the private folder; copies that are there already stay.

    Parameters
    ----------
    parameters : mapping of str to str, optional
        Of one more copy of the exploring notebook, made anew for the files of an office.

    Returns
    -------
    Path
        ``data/private/work``, which git ignores and only its owner can read.
    """
    work = from_root(WORK)
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    work.chmod(0o700)
    for notebook in sorted(from_root("notebooks").glob("*.ipynb")):
        copy = work / notebook.name
        if not copy.exists():
            shutil.copyfile(notebook, copy)
            copy.chmod(0o600)
    if parameters:
        copy = work / OWN_FILES
        nbformat.write(with_parameters(from_root("notebooks") / EXPLORE, parameters), copy)
        copy.chmod(0o600)
    return work


def lab_command(work: Path, port: int, *, browser: bool) -> list[str]:
    """Arguments of JupyterLab on a working copy.

    Parameters
    ----------
    work : Path
        The folder it shows, and no other.
    port : int
        Port; 0 for any free one.
    browser : bool
        Whether to open the browser.

    Returns
    -------
    list of str
        For ``python -m jupyterlab``: loopback only, with a token, no news, no update check.
    """
    arguments = [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.allow_remote_access=False",
        f"--ServerApp.root_dir={work}",
        # without it, another account of this machine can read what a kernel prints
        "--MappingKernelManager.transport_encryption=required",
        f"--ServerApp.tornado_settings={{'websocket_max_message_size': {MOST_MESSAGE_BYTES}}}",
        f"--LabApp.extra_labextensions_path={files('analysis.report') / 'page' / 'labextensions'}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    return arguments if browser else [*arguments, "--no-browser"]
