"""The data dictionary data/README.md, generated from the schemas."""

from __future__ import annotations

from typing import Any

from analysis.tables.schemas import SCHEMAS

__all__ = ["column_sheet", "dictionary_markdown", "shown_name"]

HEAD = """\
# The data dictionary

Generated from the schemas by `make samples`; do not edit. **Unknown is empty, never 0.** A missing
optional column counts as empty.

| folder | what lies there |
|---|---|
| `article/` | the source article's figures, exact; illustrative by its own words |
| `sample/` | a made-up class, programs, survey and graduates; synthetic, seeded |
| `assumptions/` | every number of the model, with basis, reason and source |
| `private/` | your own files; ignored by git, as are working copies and caches |

CSV in UTF-8 is best. Windows-1252, UTF-16, semicolons, tabs, spare columns, percent signs and other
spellings of headers, flags and specialties are understood, and `countersignal check FILE` says what
was done. The three chart tables also take the article's own `Category,Value`.
"""


def shown_name(table: str, name: str, column: Any) -> str:
    """Name of a column as a file has it.

    Parameters
    ----------
    table, name : str
        The table, and the column's name in the frame.
    column : pandera.pandas.Column
        The column.

    Returns
    -------
    str
        Such as ``interview_chance_percent``; ``<factor>`` for a column of any name.
    """
    if column.regex:
        return "<factor>"
    return f"{name}_percent" if (table, name) == ("interview_chances", "interview_chance") else name


def column_sheet(table: str) -> list[tuple[str, str, str, str]]:
    """Columns of a table in words.

    Parameters
    ----------
    table : str
        A key of `SCHEMAS`.

    Returns
    -------
    list of tuple of str
        Name, ``required`` or ``optional``, what a cell holds, what it says.
    """
    return [
        (
            shown_name(table, name, column),
            "required" if column.required and not column.regex else "optional",
            column.metadata["expected"],
            column.description,
        )
        for name, column in SCHEMAS[table].columns.items()
    ]


def dictionary_markdown() -> str:
    """Write the data dictionary.

    Returns
    -------
    str
        Markdown, a section a table.
    """
    parts = [HEAD]
    for table, schema in SCHEMAS.items():
        parts.append(f"## {table}.csv\n\n{schema.description}\n")
        lines = ["| column | | a cell holds | it says |", "|---|---|---|---|"]
        for name, needed, holds, says in column_sheet(table):
            shown = holds.replace("|", "\\|")
            lines.append(f"| `{name}` | {needed} | {shown} | {says} |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)
