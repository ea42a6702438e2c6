"""Commands about files: check, template."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from analysis.plain_text import visible

__all__ = ["add_to"]


class Table(StrEnum):
    """Tables that an office writes itself."""

    students = "students"
    programs = "programs"
    preferences = "preferences"
    graduates = "graduates"
    offers = "offers"


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module.

    Parameters
    ----------
    app : Typer
        The command line.
    """
    app.command()(check)
    app.command()(template)


def check(
    files: Annotated[list[Path], typer.Argument(help="CSV files.")],
    mapping: Annotated[
        Path | None, typer.Option(help="Column mapping of your own export: a TOML file.")
    ] = None,
    write: Annotated[
        Path | None, typer.Option(help="Write the good rows of graduates to this new file.")
    ] = None,
) -> int:
    """Say what is wrong with a file, all at once, and what was repaired to read it."""
    from analysis.tables.check import check_files

    text, code = check_files(files, mapping, write)
    print(visible(text))
    return code


def template(
    table: Annotated[Table, typer.Argument(help="Which table.")],
) -> None:
    """Print an empty CSV with one filled row; the column sheet goes to stderr."""
    from analysis.tables.template import template as template_of

    csv_text, sheet = template_of(table.value)
    print(csv_text, end="")
    print(sheet, file=sys.stderr)
