"""Commands about files: check, template."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from analysis.cli.printing import Format, print_answer, reads_files, say
from analysis.errors import CountersignalError, Problem, TableError
from analysis.plain_text import visible

SEASON, BRANDING = "season.csv", "branding.toml"


# Tables that an office writes itself.
Table = Literal["students", "programs", "preferences", "graduates", "applicants", "offers"]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command()(reads_files(check))
    app.command()(template)
    app.command("map")(map_columns)


def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE",
            help="CSV files or workbooks, of one kind or several; also .toml and season.csv.",
        ),
    ],
    write: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write the good rows of a file of graduates to this new file."
        ),
    ] = None,
    output: Annotated[
        Format,
        typer.Option(
            "--format", help="csv and json list every problem; the text counts those alike."
        ),
    ] = "table",
) -> int:
    """List every problem in your files. Also what was repaired in reading them."""
    from analysis.tables.check import check_files

    settings = [file for file in files if file.suffix == ".toml" or file.name == SEASON]
    every: list[Problem] = []
    said = [_check_settings(file, every) for file in settings]
    tables = [file for file in files if file not in settings]
    if tables or write or not said:
        said.append(check_files(tables, write, every))
    text = visible("\n\n".join(text for text, _ in said))
    columns = ("file", "line", "column", "value", "expected")
    rows = [{name: getattr(one, name) for name in columns} for one in every]
    print_answer(output, rows, rows, lambda: print(text), columns)
    if output != "table":
        say(text)  # what was repaired and written is no problem, so it stands beside the rows
    return max(code for _, code in said)


def _check_settings(file: Path, every: list[Problem]) -> tuple[str, int]:
    """What a command would say of a branding, a mapping, the season or a set of assumptions."""
    from analysis.assumptions import read_assumptions
    from analysis.assumptions.files import toml_content
    from analysis.paths import from_root
    from analysis.report.settings import Branding, read_branding
    from analysis.tables.mapping import MAPPING_FILE, PARTS, read_mappings
    from analysis.tables.schemas import SCHEMAS

    try:
        if file.name == SEASON:
            if not file.is_file() or not file.samefile(from_root(f"data/assumptions/{SEASON}")):
                raise TableError(Problem(str(file), f"data/assumptions/{SEASON} of the project"))
            read_assumptions()
            return f"{file.name}: read as the season, nothing wrong", 0
        keys = set(toml_content(file)) if file.is_file() else set()
        if file.name == BRANDING or keys & {*Branding.model_fields}:
            read_branding(file)
            kind = "branding"
        elif file.name == MAPPING_FILE or (keys and keys <= {*SCHEMAS, *PARTS}):
            read_mappings(file)
            kind = "a mapping"
        else:
            read_assumptions(file.resolve())
            kind = "assumptions"
    except (CountersignalError, OSError, ValueError) as error:
        own = error.problems if isinstance(error, TableError) else ()
        every += own or [Problem(file.name, str(error))]
        said = str(error).replace("\n", "\n  ")
        return f"{file.name}: cannot be used\n  {said}", 2
    return f"{file.name}: read as {kind}, nothing wrong", 0


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
    """Propose how your own export's columns and words are read."""
    from analysis.tables.mapping import MAPPING_FILE
    from analysis.tables.proposal import write_mapping

    target = out or file.parent / MAPPING_FILE
    print(visible(write_mapping(file, target, table or "")))
    return 0


def template(
    table: Annotated[Table, typer.Argument(help="What the table holds.")],
) -> None:
    """Print an example table to write over. Every column is explained."""
    from analysis.tables.template import template as template_of

    csv_text, sheet = template_of(table)
    print(csv_text, end="")
    say(sheet)
