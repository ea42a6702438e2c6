"""The fonts of a report: our own first, none of the machine's, and what none of them can show."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from unicodedata import category

from fontTools.ttLib import TTCollection, TTFont

__all__ = ["MISSING_GLYPH", "font_folders", "plain_letters", "without_missing_glyphs"]

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
MARKS = (
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u1ab0-\u1dff\u20d0-\u20ff]"
)
TOO_MANY_MARKS = re.compile(f"({MARKS}{{8}}){MARKS}+")


@cache
def font_folders() -> tuple[Path, ...]:
    """Folders of the font files that are installed with the package.

    Returns
    -------
    tuple of Path
        Sans, serif, Noto Sans CJK for Chinese, Japanese and Korean, and DejaVu Sans for the rest.
    """
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
    """Replace what no font of the report can show by a visible mark.

    PDF/UA forbids a character without a glyph, and a report is never withheld for one.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    tuple of str and int
        The text with `MISSING_GLYPH` in each such place, and how many places there were.

    Examples
    --------
    >>> without_missing_glyphs("Zoë Ivanovа, 김, שלום")
    ('Zoë Ivanovа, 김, שלום', 0)
    """
    missing = 0

    def shown(found: re.Match[str]) -> str:
        nonlocal missing
        signs = TOO_MANY_MARKS.sub("\\1\ufffe", REST_OF_SIGN.sub("", found[0]))
        marked = "".join(c if _can_be_shown(c) else MISSING_GLYPH for c in signs)
        missing += sum(before != after for before, after in zip(signs, marked, strict=True))
        return marked

    return NOT_ASCII.sub(shown, text), missing


def plain_letters(text: str) -> tuple[str, int]:
    r"""Replace all but letters and signs that stand alone, for what cannot be put together.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    tuple of str and int
        As `without_missing_glyphs`.

    Examples
    --------
    >>> plain_letters("Zoë, e\u0301: ≥ 80 %, שלום")
    ('Zoë, e□: ≥ 80 %, □□□□', 5)
    """
    shown = "".join(
        c if c < "\u0300" or "\u2010" <= c < "\u2300" or c == MISSING_GLYPH else MISSING_GLYPH
        for c in without_missing_glyphs(text)[0]
    )
    return shown, shown.count(MISSING_GLYPH)
