"""A private copy of the notebooks to explore in, so that tracked ones never take student data."""

from __future__ import annotations

import shutil
from pathlib import Path

from analysis.paths import from_root

__all__ = ["lab_command", "working_copy"]

WORK = "data/private/work"


def working_copy() -> Path:
    """Copy the notebooks into the private folder; copies that are there already stay.

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
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    return arguments if browser else [*arguments, "--no-browser"]
