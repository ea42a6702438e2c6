"""Good files to damage, and a way to check what was written."""

import csv
import io
from pathlib import Path

from analysis.tables.check import check_table
from analysis.tables.loading import Checked

HEADER = "student_id,specialty,step2_ck,step1_result,red_flags"
GOOD = f"{HEADER}\n007,Internal Medicine,250,pass,\n008,Psychiatry,241,pass,loa_academic\n"


def checked(folder: Path, content: str | bytes, table: str | None = None) -> Checked:
    """Write a file and check it."""
    path = folder / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return check_table(path, table)


def csv_text(header: list[str], *rows: list[str], **how: str) -> str:
    """Cells as a CSV file, quoted where needed."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n", **how)
    writer.writerows([header, *rows])
    return stream.getvalue()


def table_with(table: str, **cells: str) -> str:
    """The template of a table, its one row changed in some cells."""
    from analysis.tables.template import template

    header, row = csv.reader(io.StringIO(template(table)[0]))
    for name, cell in cells.items():
        row[header.index(name)] = cell
    return csv_text(header, row)
