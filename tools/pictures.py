"""The pictures of the README: charts out of the notebooks, pages out of a sample report.

``python tools/pictures.py`` writes them to ``docs/images``.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import nbformat
import pypdfium2

from analysis.paths import from_root

# Picture, notebook, and which of its figures.
CHARTS = (
    ("factor-importance.png", "10_factor_importance", 0),
    ("interview-chances.png", "20_interview_chances", 0),
    ("program-risk-tolerance.png", "30_program_risk_tolerance", 0),
    ("match-chance-by-rho.png", "40_application_list", 1),
)
REPORT = "reports/out/demo/S002.pdf"
PAGES = {"report-page-1.png": 0, "report-page-list.png": 1}
DOTS_A_POINT = 110 / 72


def _figures(notebook: Any) -> list[bytes]:
    bundles = [o.get("data", {}) for cell in notebook.cells for o in cell.get("outputs", [])]
    return [base64.b64decode(b["image/png"]) for b in bundles if "image/png" in b]


def main() -> None:
    """Write every picture; the sample report comes from `make demo`."""
    folder = from_root("docs/images")
    folder.mkdir(exist_ok=True)
    for name, stem, number in CHARTS:
        notebook = nbformat.read(from_root(f"notebooks/{stem}.ipynb"), as_version=4)
        Path(folder / name).write_bytes(_figures(notebook)[number])
    document = pypdfium2.PdfDocument(from_root(REPORT))
    for name, page in PAGES.items():
        document[page].render(scale=DOTS_A_POINT).to_pil().quantize(64).save(
            folder / name, optimize=True
        )


if __name__ == "__main__":
    main()
