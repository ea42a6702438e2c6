"""A small executed report notebook, built by hand so that no kernel is needed."""

from collections.abc import Mapping
from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis.report.publish import IDENTITY_MIME

SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100">
<rect width="80" height="20"/></svg>"""
IDENTITY = {
    "student_id": "S001",
    "title": "Report for student S001",
    "lang": "en",
    "report_date": "2026-09-15",
    "fingerprint": "ab12cd34",
}


def identity_cell(**changes: Any) -> Any:
    return new_code_cell(outputs=[display({IDENTITY_MIME: {**IDENTITY, **changes}})])


def display(data: Mapping[str, Any], metadata: Mapping[str, Any] | None = None) -> Any:
    return new_output("display_data", data=dict(data), metadata=dict(metadata or {}))


def figure_cell(alt: str = "Bars: no flag 80 %.", caption: str = "Source: the article.") -> Any:
    words = {"image/svg+xml": {"alt": alt, "caption": caption}}
    return new_code_cell(outputs=[display({"image/svg+xml": SVG}, words)])


def text_cell(markdown: str) -> Any:
    return new_code_cell(outputs=[display({"text/markdown": markdown})])


def notebook(*cells: Any, identity: bool = True) -> Any:
    first = [new_markdown_cell("# The notebook's own title\n\nFor readers of the notebook.")]
    return new_notebook(cells=first + ([identity_cell()] if identity else []) + list(cells))
