"""Where the project lies, and how a path that a user typed is found."""

from __future__ import annotations

import os
from pathlib import Path

from analysis.errors import CountersignalError

__all__ = ["PROJECT_VARIABLE", "from_root", "project_root"]

PROJECT_VARIABLE = "COUNTERSIGNAL_PROJECT"


def project_root() -> Path:
    """Folder of the checkout: ``COUNTERSIGNAL_PROJECT``, else where this package lies.

    Returns
    -------
    Path
        Absolute path of the folder that holds ``notebooks/`` and ``data/``.

    Raises
    ------
    CountersignalError
        If neither is a checkout of the project.
    """
    chosen = os.environ.get(PROJECT_VARIABLE)
    root = Path(chosen).resolve() if chosen else Path(__file__).resolve().parents[2]
    if not (root / "notebooks").is_dir() or not (root / "data" / "article").is_dir():
        message = f"{root} is not a checkout of Countersignal: give its folder with --project DIR"
        raise CountersignalError(message)
    return root


def from_root(path: str | os.PathLike[str]) -> Path:
    """Resolve a path against the project root; an absolute path stays as it is.

    Parameters
    ----------
    path : str or path-like
        Path as written in a notebook's parameters.

    Returns
    -------
    Path
        Absolute path. What the project does not have is looked for beside the notebook that runs.
    """
    found = project_root() / path
    beside = Path.cwd() / path
    return beside if beside.is_file() and not found.exists() else found
