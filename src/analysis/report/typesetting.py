"""Text and figures in, PDF bytes out: pandoc for the words, typst for the page.

Nothing a person typed is ever pasted into typst code. Words pass through pandoc, everything else
(title, id, alt texts, captions, branding) through a JSON file that the template reads.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pypandoc
import typst

from analysis.errors import ReportError
from analysis.report.fonts import MISSING_GLYPH, font_folders, without_missing_glyphs
from analysis.report.settings import Branding

__all__ = ["Document", "Picture", "pdf_bytes"]

# Plain Markdown and pipe tables; no HTML, TeX or raw code can enter. (CommonMark's reader would
# be stricter still, but knows no column widths.)
READER = (
    "markdown_strict-raw_html+pipe_tables+all_symbols_escapable+smart+intraword_underscores"
    "+lists_without_preceding_blankline"
)
SECONDS_FOR_PANDOC = 60
LONGEST_NARROW_LINE = 90  # a table with a longer line takes the full width of the text
MARK_SENTENCE = f"The sign {MISSING_GLYPH} stands for a character that no font of this report has."


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure of the notebook: image bytes, file ending, alt text and caption."""

    data: bytes
    suffix: str
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class Document:
    """What goes to paper.

    Parameters
    ----------
    student_id, title, lang, report_date, fingerprint : str
        The notebook's identity, see `analysis.report.publish.publish_identity`.
    parts : sequence of str or Picture
        Markdown texts and figures in reading order.
    display_name : str or None
        Name for the page's head; the id stands alone without one.
    """

    student_id: str
    title: str
    lang: str
    report_date: str
    fingerprint: str
    parts: Sequence[str | Picture]
    display_name: str | None = None


def pdf_bytes(document: Document, branding: Branding) -> tuple[bytes, tuple[str, ...]]:
    """Typeset a document as a tagged PDF (PDF/UA-1 as typst enforces it).

    Parameters
    ----------
    document : Document
        Text and figures.
    branding : Branding
        The office's look.

    Returns
    -------
    bytes
        The PDF; the same input gives the same bytes.
    tuple of str
        Warnings for the office, such as characters that could not be shown.

    Raises
    ------
    ReportError
        If pandoc or typst refuses the document.
    """
    pictures = [part for part in document.parts if isinstance(part, Picture)]
    markdown = _marked_text(document.parts)
    markdown, missing = without_missing_glyphs(markdown)
    markdown = ENDLESS_WORD.sub("\\g<0>\u200b", markdown)
    page, missing_elsewhere = _page_data(document, branding, pictures)
    missing += missing_elsewhere
    if missing:
        markdown += f"\n\n{MARK_SENTENCE}\n"
    with tempfile.TemporaryDirectory(prefix="countersignal-") as folder:
        root = Path(folder)
        for index, picture in enumerate(pictures):
            (root / page["figures"][index]["file"]).write_bytes(picture.data)
        if branding.logo is not None:
            (root / page["logo"]).write_bytes(branding.logo.read_bytes())
        (root / "page.json").write_text(json.dumps(page), encoding="utf-8")
        (root / "template.typ").write_text(_template(), encoding="utf-8")
        main = root / "main.typ"
        main.write_text(f"{PREAMBLE}\n{_typst_text(markdown)}", encoding="utf-8")
        pdf = _compiled(main, document.report_date)
    plural = "characters" if missing > 1 else "character"
    warnings = (f"{missing} {plural} without a glyph shown as {MISSING_GLYPH}",) if missing else ()
    return pdf, warnings


PREAMBLE = """#import "template.typ": chart, report
#let page-data = json("page.json")
#show: report.with(page-data)
"""
FIGURE_MARK = "COUNTERSIGNALFIGURE"
# A word as long as a line would leave the page: it may break after each 30 characters.
ENDLESS_WORD = re.compile(r"(?:\\.|[^\s|\\-]){30}(?=[^\s|-])")


def _marked_text(parts: Sequence[str | Picture]) -> str:
    texts: list[str] = []
    count = 0
    for part in parts:
        if isinstance(part, Picture):
            texts.append(f"{FIGURE_MARK}{count}")
            count += 1
        else:
            texts.append(part.replace(FIGURE_MARK, FIGURE_MARK.lower()))
    return "\n\n".join(texts)


def _typst_text(markdown: str) -> str:
    command = [pypandoc.get_pandoc_path(), "--from", READER, "--to", "typst", "--wrap=preserve"]
    try:
        result = subprocess.run(  # noqa: S603 - a fixed command, the text goes in by stdin
            [*command, f"--columns={LONGEST_NARROW_LINE}"],
            input=markdown.encode(),
            capture_output=True,
            timeout=SECONDS_FOR_PANDOC,
            check=False,
        )
    except subprocess.TimeoutExpired:
        message = f"pandoc did not finish within {SECONDS_FOR_PANDOC} s"
        raise ReportError(message) from None
    if result.returncode:
        message = f"pandoc refused the text: {result.stderr.decode(errors='replace').strip()}"
        raise ReportError(message)
    body = result.stdout.decode().replace("align(center)[#table(", "align(left)[#table(")
    return re.sub(rf"^{FIGURE_MARK}(\d+)$", r"#chart(page-data, \1)", body, flags=re.MULTILINE)


def _page_data(
    document: Document, branding: Branding, pictures: Sequence[Picture]
) -> tuple[dict[str, Any], int]:
    missing = 0

    def clean(text: str) -> str:
        nonlocal missing
        shown, count = without_missing_glyphs(text)
        missing += count
        return shown

    look = branding.model_dump(exclude={"logo"})
    page: dict[str, Any] = {
        **{key: clean(value) for key, value in look.items()},
        "logo": f"logo{branding.logo.suffix.lower()}" if branding.logo else None,
        "student_id": document.student_id,
        "title": clean(document.title),
        "lang": document.lang,
        "report_date": document.report_date,
        "fingerprint": document.fingerprint,
        "display_name": clean(" ".join((document.display_name or "").split())),
        "figures": [
            {
                "file": f"figure-{index}{picture.suffix}",
                "alt": clean(picture.alt),
                "caption": clean(picture.caption),
            }
            for index, picture in enumerate(pictures)
        ],
    }
    return page, missing


@cache
def _template() -> str:
    return (files("analysis.report") / "template.typ").read_text(encoding="utf-8")


@cache
def _fonts() -> Any:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in font_folders()],
    )


def _compiled(main: Path, report_date: str) -> bytes:
    midnight = datetime.combine(date.fromisoformat(report_date), datetime.min.time(), UTC)
    compiler = typst.Compiler(str(main), root=str(main.parent), font_paths=_fonts())
    try:
        pdf: Any = compiler.compile(
            format="pdf", pdf_standards=["ua-1"], timestamp=int(midnight.timestamp())
        )
    except typst.TypstError as error:
        message = f"typst refused the page: {error.message}"
        raise ReportError(message) from None
    return bytes(pdf)
