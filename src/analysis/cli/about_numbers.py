"""Commands that answer with numbers: chances, a list, and what they rest on."""

from __future__ import annotations

import typer

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module.

    Parameters
    ----------
    app : Typer
        The command line.
    """
