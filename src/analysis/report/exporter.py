"""The nbconvert exporter ``countersignal_pdf``: an executed report notebook to a tagged PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from traitlets import Unicode

from analysis.paths import from_root
from analysis.report.document import document_from_notebook
from analysis.report.settings import read_branding
from analysis.report.typesetting import pdf_bytes

__all__ = ["CountersignalPDFExporter"]


class CountersignalPDFExporter(Exporter):  # type: ignore[misc]
    """Executed report notebook in, tagged PDF out: no TeX, no browser.

    Use ``jupyter nbconvert --to countersignal_pdf executed.ipynb`` or "Save and Export Notebook
    As" in JupyterLab.
    """

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
        """Convert a notebook.

        Parameters
        ----------
        nb : NotebookNode
            An executed report notebook.
        resources : dict, optional
            As nbconvert passes it on.
        **kwargs
            Ignored, for nbconvert's sake.

        Returns
        -------
        bytes
            The PDF.
        dict
            Resources, with ``output_extension`` and the list ``warnings``.

        Raises
        ------
        ReportError
            If the notebook is no executed report.
        """
        nb, resources = super().from_notebook_node(nb, resources, **kwargs)
        document = document_from_notebook(nb, self.display_name or None)
        pdf, warnings = pdf_bytes(document, read_branding(from_root(Path(self.branding))))
        resources["output_extension"] = ".pdf"
        resources["warnings"] = list(warnings)
        return pdf, resources
