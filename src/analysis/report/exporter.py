"""The nbconvert exporter: an executed notebook becomes a PDF page."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from traitlets import Unicode

from analysis.errors import CountersignalError
from analysis.paths import from_root
from analysis.plain_text import visible
from analysis.report.document import check_file_name, document_from_notebook
from analysis.report.settings import read_branding
from analysis.report.typesetting import pdf_bytes


class CountersignalPDFExporter(Exporter):  # type: ignore[misc]
    """Executed report notebook in, tagged PDF out: no TeX, no browser."""

    export_from_notebook = "Student report (PDF)"
    output_mimetype = "application/pdf"

    display_name = Unicode("", help="name for the page's head; the id alone without one").tag(
        config=True
    )
    branding = Unicode("reports/branding.toml", help="the office's look").tag(config=True)

    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(
        self, nb: Any, resources: Any = None, **kwargs: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """Convert a notebook; `jupyter nbconvert` ends with our sentence, without a traceback."""
        from nbconvert.nbconvertapp import NbConvertApp

        try:
            return self._converted(nb, resources, **kwargs)
        except CountersignalError as error:
            if not NbConvertApp.initialized():
                raise  # JupyterLab's server, which shows the sentence itself and must go on
            sys.exit(f"countersignal: {visible(str(error))}")

    def _converted(self, nb: Any, resources: Any, **kwargs: Any) -> tuple[bytes, dict[str, Any]]:
        nb, resources = super().from_notebook_node(nb, resources, **kwargs)
        document = document_from_notebook(nb, self.display_name or None)
        name = str((resources or {}).get("metadata", {}).get("name", ""))
        check_file_name(name, document.student_id)
        pdf, warnings = pdf_bytes(document, read_branding(from_root(Path(self.branding))))
        resources["output_extension"] = ".pdf"
        resources["warnings"] = list(warnings)
        return pdf, resources
