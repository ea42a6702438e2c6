"""From an executed notebook to a tagged PDF, and from a class to a folder of them.

Nothing here knows a student's numbers: a notebook is computed by its own cells, and this package
runs it (`engine`, `batch`), turns it into a PDF (`document`, `typesetting`), and proves afterwards
whose report the PDF is (`guard`).
"""

import sys

PRELOAD = "analysis.report.preload"  # what a process that makes reports loads at its start


def spare_imports() -> None:
    """Leave out what libraries would load and nothing of ours needs; for processes of our own."""
    # jsonschema builds a grammar of web addresses at import, half of the work of all that a report
    # loads; a notebook's format checks none.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
