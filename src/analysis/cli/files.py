"""Commands about files: check, template."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from analysis.cli.printing import reads_files
from analysis.plain_text import visible

__all__ = ["add_to"]


class Table(StrEnum):
    """Tables that an office writes itself."""

    students = "students"
    programs = "programs"
    preferences = "preferences"
    graduates = "graduates"
    applicants = "applicants"
    offers = "offers"


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command()(reads_files(check))
    app.command()(template)
    app.command("map")(map_columns)


def check(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="CSV files or workbooks, of one kind or several."),
    ],
    write: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write the good rows of a file of graduates to this new file."
        ),
    ] = None,
) -> int:
    """List every problem in your files, and what was repaired in reading them."""
    from analysis.tables.check import check_files

    text, code = check_files(files, write=write)
    print(visible(text))
    return code


def map_columns(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Your own export: a CSV file or workbook.")
    ],
    table: Annotated[
        Table | None, typer.Option(help="What the file holds. Default: as its name says.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The file to write. Default: mapping.toml beside your file."
        ),
    ] = None,
) -> int:
    """Propose how the columns and words of your own export are read."""
    from analysis.tables.mapping import MAPPING_FILE
    from analysis.tables.proposal import write_mapping

    target = out or file.parent / MAPPING_FILE
    print(visible(write_mapping(file, target, table.value if table else "")))
    return 0


def template(
    table: Annotated[Table, typer.Argument(help="What the table holds.")],
) -> None:
    """Print a CSV with one example row to write over, and explain every column."""
    from analysis.tables.template import template as template_of

    csv_text, sheet = template_of(table.value)
    print(csv_text, end="")
    print(sheet, file=sys.stderr)
