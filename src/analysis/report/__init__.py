"""From an executed notebook to a tagged PDF, and from a class to a folder of them.

Nothing here knows a student's numbers: a notebook is computed by its own cells, and this package
runs it (`engine`, `batch`), turns it into a PDF (`exporter`), and proves afterwards whose report
the PDF is (`guard`).
"""

PRELOAD = "analysis.report.preload"  # what a process that makes reports loads at its start
