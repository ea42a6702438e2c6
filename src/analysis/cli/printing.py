"""How an answer is printed: a table on a terminal, CSV into a pipe, JSON when asked."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from analysis.plain_text import formula_as_text, visible

__all__ = ["Format", "chosen_format", "print_csv", "print_json", "print_table", "say"]

PERCENT_COLUMNS = frozenset(
    {"interview_chance", "chance", "low", "high", "match_chance", "selection_acceptability"}
)
WIDEST_ROW = 10_000
TO_THE_RIGHT = PERCENT_COLUMNS | {"range"}


class Format(StrEnum):
    """Formats of an answer."""

    table = "table"
    csv = "csv"
    json = "json"


def chosen_format(asked: Format | None) -> Format:
    """Decide on the format.

    Parameters
    ----------
    asked : Format or None
        What the user asked for.

    Returns
    -------
    Format
        That, else a table on a terminal and CSV elsewhere.
    """
    return asked or (Format.table if sys.stdout.isatty() else Format.csv)


def say(message: object) -> None:
    """Tell the user something on stderr; what a terminal would obey is shown instead.

    Parameters
    ----------
    message : object
        What is told, perhaps with words of a file in it.
    """
    print(visible(str(message)), file=sys.stderr)


def print_json(answer: Any) -> None:
    """Print an answer as JSON; what is not known is null.

    Parameters
    ----------
    answer : any
        Lists, dictionaries, texts and finite numbers.
    """
    text = json.dumps(answer, ensure_ascii=False, indent=1, allow_nan=False)
    print(text if visible(text) == text else json.dumps(answer, indent=1, allow_nan=False))


def print_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = ()) -> None:
    """Print rows as CSV that a spreadsheet does not take for formulas.

    Parameters
    ----------
    rows : sequence of mapping
        The same keys in each; lists are separated by ``;``.
    columns : sequence of str
        The header where there are no rows; without it nothing is printed then.
    """
    header = list(rows[0]) if rows else columns
    if not header:
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([[_cell(value) for value in row.values()] for row in rows])


def _cell(value: Any) -> Any:
    if value is None or value != value:
        return ""
    if isinstance(value, list | tuple):
        value = ";".join(map(str, value))
    if isinstance(value, float):
        return f"{value:.6g}"
    return formula_as_text(visible(value)) if isinstance(value, str) else value


def print_table(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    title: str = "",
    to_the_right: Collection[str] = TO_THE_RIGHT,
) -> None:
    """Print some columns of rows as a table.

    Parameters
    ----------
    rows : sequence of mapping
        The answer's rows.
    columns : sequence of str
        Which columns, in order.
    title : str
        Stands above.
    to_the_right : collection of str
        Columns that align right.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", header_style="bold", box=None)
    for name in columns:
        justify = "right" if name in to_the_right else "left"
        table.add_column(name.replace("_", " "), justify=justify, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*(escape(visible(_shown(name, row.get(name)))) for name in columns))
    # Into a pipe a row is a line, however long.
    width = None if sys.stdout.isatty() else WIDEST_ROW
    Console(width=width, highlight=False).print(table)


def _shown(name: str, value: Any) -> str:
    if value is None or value != value:
        return "–"
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value * 100:.0f} %" if name in PERCENT_COLUMNS else f"{value:.3g}"
    return str(value)
