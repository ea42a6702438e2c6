"""Typesetting: fonts, glyphs and the document that typst compiles."""

from __future__ import annotations

import io
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from unicodedata import bidirectional, category, name

import pypdf
import typst
from fontTools.ttLib import TTCollection, TTFont
from pypdf.errors import LimitReachedError
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject

from analysis.errors import ReportError
from analysis.report.guard import check_all_printed, subject_of
from analysis.report.settings import Branding
from analysis.report.words import Block, blocks_of, endless_word_parts, plain_words

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


TEMPLATES = ("template.typ", "words.typ", "blocks.typ")
MARK_SENTENCE = f"The sign {MISSING_GLYPH} stands for a character that no font of this report has."


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure of the notebook: image bytes, file ending, alt text, caption, Markdown beside it."""

    data: bytes
    suffix: str
    alt: str
    caption: str
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed: text without any meaning for a program, paragraphs apart by a line."""

    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """What Markdown has no words for: a function of ``blocks.typ`` and its data."""

    name: str
    data: Any


Part = str | Picture | Typed | Layout


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
    """Typeset a document as a tagged PDF (PDF/UA-1 as typst enforces it)."""
    try:
        return _typeset(document, branding, without_missing_glyphs)
    except ReportError:
        # Letters that fonts have and typst cannot put together: print fewer, withhold no report.
        return _typeset(document, branding, plain_letters)


def _typeset(
    document: Document, branding: Branding, shown: Callable[[str], tuple[str, int]]
) -> tuple[bytes, tuple[str, ...]]:
    files: dict[str, bytes] = {}
    missing = 0

    def clean(text: str) -> str:
        nonlocal missing
        text, count = shown(text)
        missing += count
        return text

    body = [block for part in document.parts for block in _blocks(part, clean, files)]
    page = _page_data(document, branding, clean)
    if missing:
        body += blocks_of(MARK_SENTENCE)
    if branding.logo is not None:
        files[page["logo"]] = branding.logo.read_bytes()
    files["page.json"] = json.dumps({**page, "body": body}).encode()
    with tempfile.TemporaryDirectory(prefix="countersignal-") as folder:
        root = Path(folder)
        for name, content in {**_templates(), **files}.items():
            (root / name).write_bytes(content)
        pdf = _compiled(root / TEMPLATES[0], document.report_date)
    shown_once = (page["title"], page["display_name"], page["school_name"])
    check_all_printed(pdf, [*shown_once, *plain_words(body)])
    plural = "characters" if missing > 1 else "character"
    warnings = (f"{missing} {plural} without a glyph shown as {MISSING_GLYPH}",) if missing else ()
    return pdf, warnings


def _blocks(part: Part, clean: Callable[[str], str], files: dict[str, bytes]) -> list[Block]:
    """Blocks of one part, as the template takes them; a picture's bytes go among the files."""
    match part:
        case str():
            return blocks_of(clean(part))
        case Typed():
            return [{"kind": "typed", "paragraphs": _paragraphs(clean(part.text))}]
        case Layout():
            return [{"kind": "layout", "name": part.name, "data": _laid_out(part.data, clean)}]
        case Picture():
            file = f"figure-{len(files)}{part.suffix}"
            # The words in a drawing hold what fonts can show, as those of the text do.
            is_drawing = part.suffix == ".svg"
            files[file] = clean(part.data.decode()).encode() if is_drawing else part.data
            caption = endless_word_parts(clean(part.caption))
            picture = {"file": file, "alt": clean(part.alt), "caption": caption}
            return [{"kind": "figure", **picture, "beside": blocks_of(clean(part.beside))}]


def _laid_out(data: Any, clean: Callable[[str], str]) -> Any:
    """Data of a layout: texts as fonts can show them, ``{"markdown": ...}`` as blocks."""
    match data:
        case str():
            return endless_word_parts(clean(data))
        case {"markdown": str(markdown)}:
            return blocks_of(clean(markdown))
        case dict():
            return {str(name): _laid_out(value, clean) for name, value in data.items()}
        case list():
            return [_laid_out(value, clean) for value in data]
        case _:
            return data


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


def _paragraphs(text: str) -> list[dict[str, Any]]:
    """Paragraphs of a typed text, as the template takes them."""
    lines = "\n".join(" ".join(line.split()) for line in text.splitlines())
    return [
        {
            "lines": [endless_word_parts(line) for line in block.split("\n")],
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


def _page_data(
    document: Document, branding: Branding, clean: Callable[[str], str]
) -> dict[str, Any]:
    look = branding.model_dump(exclude={"logo"})
    return {
        **{key: clean(value) for key, value in look.items()},
        "logo": f"logo{branding.logo.suffix.lower()}" if branding.logo else None,
        "student_id": document.student_id,
        "subject": subject_of(document.student_id),
        "title": clean(document.title),
        "lang": document.lang,
        "report_date": document.report_date,
        "fingerprint": document.fingerprint,
        "watermark": clean(branding.watermark),
        "display_name": endless_word_parts(clean(" ".join((document.display_name or "").split()))),
    }


@cache
def _templates() -> dict[str, bytes]:
    """The template and what it imports, the page itself first."""
    return {name: (files("analysis.report") / name).read_bytes() for name in TEMPLATES}


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
        message = f"the page of this report could not be set ({error.message}): please report it"
        raise ReportError(message) from None
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":  # a panic of typst's own is no Exception
            raise
        message = "the page of this report could not be set: please report it"
        raise ReportError(message) from None
    return _with_row_headers(bytes(pdf))


def _with_row_headers(pdf: bytes) -> bytes:
    """Mark the first cell of each row of a table as its header, as typst marks those of columns."""
    # The changed cells are appended, as PDF has it for a change of a file (ISO 32000-1, 7.5.6): ten
    # times as fast as writing all of it again.
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    whole, places = io.BytesIO(pdf), {}
    whole.seek(0, io.SEEK_END)
    try:
        cells = list(_first_cells(reader.trailer["/Root"]["/StructTreeRoot"]))  # type: ignore[index]
    except LimitReachedError:  # a paragraph of a hundred thousand signs: better no row headers
        return pdf
    for cell in cells:
        own = cell.get("/A", ArrayObject()).get_object()  # such as how many columns it spans
        scope = DictionaryObject({NameObject("/O"): NameObject("/Table")})
        scope[NameObject("/Scope")] = NameObject("/Row")
        cell[NameObject("/S")] = NameObject("/TH")
        cell[NameObject("/A")] = ArrayObject([*(own if isinstance(own, list) else [own]), scope])
        number = cell.indirect_reference.idnum
        places[number] = whole.tell() + 1
        whole.write(b"\n%d 0 obj\n" % number)
        cell.write_to_stream(whole)
        whole.write(b"\nendobj")
    if not places:
        return pdf
    table = whole.tell() + 1
    rows = "".join(f"{number} 1\n{at:010} 00000 n\r\n" for number, at in sorted(places.items()))
    whole.write(b"\nxref\n" + rows.encode() + b"trailer\n")
    trailer = DictionaryObject({name: reader.trailer.raw_get(name) for name in reader.trailer})
    trailer[NameObject("/Prev")] = NumberObject(reader._startxref)
    trailer.write_to_stream(whole)
    whole.write(b"\nstartxref\n%d\n%%%%EOF" % table)
    return whole.getvalue()


def _first_cells(node: Any) -> Iterator[Any]:
    """First cells of the rows of tables, where they are no headers yet."""
    node = node.get_object()
    for child in node if isinstance(node, list) else [node]:
        element = child.get_object()
        if not isinstance(element, dict) or "/K" not in element:
            continue
        if element.get("/S") != "/TR":
            yield from _first_cells(element["/K"])
        elif (first := element["/K"][0].get_object())["/S"] == "/TD":
            yield first
