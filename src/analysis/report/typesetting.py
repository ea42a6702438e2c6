"""Typesetting: fonts, glyphs and the document that typst compiles."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from unicodedata import bidirectional, category, name

import pypandoc
import typst
from fontTools.ttLib import TTCollection, TTFont

from analysis.errors import ReportError
from analysis.report.guard import subject_of
from analysis.report.settings import Branding

__all__ = [
    "MISSING_GLYPH",
    "Document",
    "Part",
    "Picture",
    "Typed",
    "font_folders",
    "pdf_bytes",
    "plain_letters",
    "without_missing_glyphs",
]

MISSING_GLYPH = "\u25a1"  # a hollow square, which the last font has

SANS, SERIF, CJK = "fontpkg_fira_sans", "fontpkg_ibm_plex_serif", "noto_cjk_sans_otc"
DEJAVU = "matplotlib"  # it brings DejaVu Sans: Hebrew, Arabic, Armenian, Georgian, many signs
# Line ends, and what joins, parts or turns the letters beside it and needs no glyph.
WITHOUT_GLYPH = frozenset("\n\r\t\u00ad\u200b\u200c\u200d\u200e\u200f\u2060")
# A picture that is put together of several characters is one sign to a reader.
SIGN = "[\u2190-\u2bff\U0001f000-\U0001faff]"
REST_OF_SIGN = re.compile(f"(?<={SIGN})(?:\ufe0f|\u200d{SIGN}|[\U0001f3fb-\U0001f3ff])+")
NOT_ASCII = re.compile(r"[^ -~\n]+")
# More marks than these on one letter are no writing, and more than a page can hold.
FONT_MARKS = (
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u1ab0-\u1dff\u20d0-\u20ff]"
)
TOO_MANY_MARKS = re.compile(f"({FONT_MARKS}{{8}}){FONT_MARKS}+")


@cache
def font_folders() -> tuple[Path, ...]:
    """Folders of the font files that are installed with the package."""
    return (
        Path(str(files(SANS) / "files")),
        Path(str(files(SERIF) / "files")),
        Path(str(files(CJK))),
        Path(str(files(DEJAVU) / "mpl-data" / "fonts" / "ttf")),
    )


@cache
def _own_characters() -> frozenset[int]:
    sans, serif, _, dejavu = font_folders()
    faces = (
        sans / "FiraSans-Regular.ttf",
        serif / "IBMPlexSerif-Regular.ttf",
        dejavu / "DejaVuSans.ttf",
    )
    return frozenset(code for face in faces for code in TTFont(face, lazy=True).getBestCmap())


@cache
def _cjk_characters() -> frozenset[int]:
    collection = TTCollection(next(font_folders()[2].glob("*.ttc")), lazy=True)
    return frozenset(collection.fonts[0].getBestCmap())


def _can_be_shown(character: str) -> bool:
    if character in WITHOUT_GLYPH:
        return True
    # Controls and orders to write backwards are no text, font or not.
    if not character.isprintable() and category(character) != "Zs":
        return False
    code = ord(character)
    return code in _own_characters() or code in _cjk_characters()


def without_missing_glyphs(text: str) -> tuple[str, int]:
    """Replace what no font of the report can show by a visible mark."""
    missing = 0

    def shown(found: re.Match[str]) -> str:
        nonlocal missing
        signs = TOO_MANY_MARKS.sub("\\1\ufffe", REST_OF_SIGN.sub("", found[0]))
        marked = "".join(c if _can_be_shown(c) else MISSING_GLYPH for c in signs)
        missing += sum(before != after for before, after in zip(signs, marked, strict=True))
        return marked

    return NOT_ASCII.sub(shown, text), missing


def plain_letters(text: str) -> tuple[str, int]:
    """Replace all but letters and signs that stand alone, for what cannot be put together."""
    shown = "".join(
        c if c < "\u0300" or "\u2010" <= c < "\u2300" or c == MISSING_GLYPH else MISSING_GLYPH
        for c in without_missing_glyphs(text)[0]
    )
    return shown, shown.count(MISSING_GLYPH)


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
class Typed:
    """What a person typed: text without any meaning for a program, paragraphs apart by a line."""

    text: str


Part = str | Picture | Typed


@dataclass(frozen=True, slots=True)
class Document:
    """What goes to paper."""

    student_id: str | None
    title: str
    lang: str
    report_date: str
    fingerprint: str
    parts: Sequence[Part]
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
    try:
        return _typeset(document, branding, without_missing_glyphs)
    except ReportError:
        # Letters that fonts have and typst cannot put together: print fewer, withhold no report.
        return _typeset(document, branding, plain_letters)


def _typeset(
    document: Document, branding: Branding, shown: Callable[[str], tuple[str, int]]
) -> tuple[bytes, tuple[str, ...]]:
    pictures = [part for part in document.parts if isinstance(part, Picture)]
    images = [_shown_image(picture, shown) for picture in pictures]
    markdown = _marked_text(document.parts)
    markdown, missing = shown(markdown)
    markdown = PERCENT.sub("\u00a0", ENDLESS_WORD.sub("\\g<0>\u200b", markdown))
    missing += sum(count for _, count in images)
    page, missing_elsewhere = _page_data(document, branding, pictures, shown)
    missing += missing_elsewhere
    if missing:
        markdown += f"\n\n{MARK_SENTENCE}\n"
    with tempfile.TemporaryDirectory(prefix="countersignal-") as folder:
        root = Path(folder)
        for figure, (image, _) in zip(page["figures"], images, strict=True):
            (root / figure["file"]).write_bytes(image)
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


def _shown_image(picture: Picture, shown: Callable[[str], tuple[str, int]]) -> tuple[bytes, int]:
    """Image bytes; the words in a drawing hold what fonts can show, as those of the text do."""
    if picture.suffix != ".svg":
        return picture.data, 0
    drawing, missing = shown(picture.data.decode())
    return drawing.encode(), missing


PREAMBLE = """#import "template.typ": chart, report, typed
#let page-data = json("page.json")
#show: report.with(page-data)
"""
# A line of its own, where the template puts what is in page.json.
MARKS = {Picture: ("COUNTERSIGNALFIGURE", "chart"), Typed: ("COUNTERSIGNALTYPED", "typed")}
# A percentage is not torn apart at the end of a line.
PERCENT = re.compile(r"(?<=\d) (?=\\?%)")
# A word as long as a line would leave the page: it may break after each 30 characters.
ENDLESS_WORD = re.compile(r"(?:\\.|[^\s|\\-]){30}(?=[^\s|-])")
# The same in plain text, where no mark is torn off its letter; Chinese and the like break anyway.
ENDLESS_TYPED = re.compile(r"[^\s\u2e80-\uffef-]{30}(?=[^\W_]|[!-/:-@\[-`{-~])")
# Scripts of one language, by the first word of their letters' names in Unicode.
LANGUAGES = {
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
    "GREEK": "el",
    "HEBREW": "he",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
}
EMPTY_LINES = re.compile(r"\n\s*\n")


def _marked_text(parts: Sequence[Part]) -> str:
    texts: list[str] = []
    counts = dict.fromkeys(MARKS, 0)
    for part in parts:
        if isinstance(part, str):
            for mark, _ in MARKS.values():
                part = part.replace(mark, mark.lower())
            texts.append(part)
        else:
            texts.append(f"{MARKS[type(part)][0]}{counts[type(part)]}")
            counts[type(part)] += 1
    return "\n\n".join(texts)


def _paragraphs(text: str) -> list[dict[str, Any]]:
    """Paragraphs of a typed text, as the template takes them."""
    lines = "\n".join(" ".join(line.split()) for line in text.splitlines())
    return [
        {
            "lines": [ENDLESS_TYPED.sub("\\g<0>\u200b", line) for line in block.split("\n")],
            "backwards": _is_backwards(block),
            "lang": _language(block),
        }
        for block in EMPTY_LINES.split(lines.strip())
    ]


def _is_backwards(text: str) -> bool:
    """Whether a text runs from right to left: its first letter says so (UAX 9, P2)."""
    kinds = map(bidirectional, text)
    return next((kind != "L" for kind in kinds if kind in {"L", "R", "AL"}), False)


def _language(text: str) -> str:
    """Language of a text whose script tells it, for line breaks and readers aloud; else ""."""
    scripts = Counter(name(c, "").partition(" ")[0] for c in text if c.isalpha())
    most = max(scripts, key=lambda script: scripts[script], default="")
    if most == "CJK" and scripts["HIRAGANA"] + scripts["KATAKANA"]:
        return "ja"
    return LANGUAGES.get(most, "")


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
    for mark, function in MARKS.values():
        code = rf"#{function}(page-data, \1)"
        body = re.sub(rf"^{mark}(\d+)$", code, body, flags=re.MULTILINE)
    return body


def _page_data(
    document: Document,
    branding: Branding,
    pictures: Sequence[Picture],
    shown: Callable[[str], tuple[str, int]],
) -> tuple[dict[str, Any], int]:
    missing = 0

    def clean(text: str) -> str:
        nonlocal missing
        text, count = shown(text)
        missing += count
        return text

    look = branding.model_dump(exclude={"logo"})
    page: dict[str, Any] = {
        **{key: clean(value) for key, value in look.items()},
        "logo": f"logo{branding.logo.suffix.lower()}" if branding.logo else None,
        "student_id": document.student_id,
        "subject": subject_of(document.student_id),
        "title": clean(document.title),
        "lang": document.lang,
        "report_date": document.report_date,
        "fingerprint": document.fingerprint,
        "display_name": clean(" ".join((document.display_name or "").split())),
        "typed": [_paragraphs(clean(p.text)) for p in document.parts if isinstance(p, Typed)],
        "figures": [
            {
                "file": f"figure-{index}{picture.suffix}",
                "alt": clean(picture.alt),
                "caption": clean(PERCENT.sub("\u00a0", picture.caption)),
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
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":  # a panic of typst's own is no Exception
            raise
        message = "typst could not make a PDF of the page"
        raise ReportError(message) from None
    return bytes(pdf)
