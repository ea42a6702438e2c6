"""One row of a table as a file of its own, for whoever must not see the others."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator

from analysis.plain_text import formula_as_text
from analysis.tables.loading import header_names
from analysis.tables.reading import RawRows
from analysis.tables.schemas import SCHEMAS

__all__ = ["rows_alone"]


def rows_alone(raw: RawRows, table: str, without: Collection[str] = ()) -> Iterator[str]:
    """Each row as a CSV text that reads to the same cells.

    Every cell of our tables is understood by itself, so a row means the same alone.

    Parameters
    ----------
    raw : RawRows
        A file that was read.
    table : str
        Which table it is; columns that are no part of it are left out.
    without : collection of str
        Columns to leave out besides.

    Yields
    ------
    str
        A header and one row, in the order of `raw`.
    """
    known = SCHEMAS[table].columns.keys() - set(without)
    header = header_names(table, raw)
    kept = [position for position, name in enumerate(header) if name in known]
    for row in raw.rows:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([header[position] for position in kept])
        writer.writerow([formula_as_text(row[position]) for position in kept])
        yield text.getvalue()
