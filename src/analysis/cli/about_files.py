"""Commands about an office's own files: what is wrong with one, and how to begin one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module.

    Parameters
    ----------
    app : Typer
        The command line.
    """
    app.command()(check)
    app.command()(template)
