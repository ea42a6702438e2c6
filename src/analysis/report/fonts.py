"""The fonts of a report: our own first, none of the machine's, and what none of them can show."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from unicodedata import category

from fontTools.ttLib import TTCollection, TTFont

__all__ = ["MISSING_GLYPH", "font_folders", "without_missing_glyphs"]

MISSING_GLYPH = "\u25a1"  # a hollow square, which the last font has

SANS, SERIF, CJK = "fontpkg_fira_sans", "fontpkg_ibm_plex_serif", "noto_cjk_sans_otc"
LINE_BREAKS = frozenset("\n\r\t")


@cache
def font_folders() -> tuple[Path, ...]:
    """Folders of the font files that are installed with the package.

    Returns
    -------
    tuple of Path
        Sans, serif and, for names in Chinese, Japanese or Korean, Noto Sans CJK.
    """
    return (
        Path(str(files(SANS) / "files")),
        Path(str(files(SERIF) / "files")),
        Path(str(files(CJK))),
    )


@cache
def _own_characters() -> frozenset[int]:
    sans, serif, _ = font_folders()
    faces = (sans / "FiraSans-Regular.ttf", serif / "IBMPlexSerif-Regular.ttf")
    return frozenset(code for face in faces for code in TTFont(face, lazy=True).getBestCmap())


@cache
def _cjk_characters() -> frozenset[int]:
    collection = TTCollection(next(font_folders()[2].glob("*.ttc")), lazy=True)
    return frozenset(collection.fonts[0].getBestCmap())


def _can_be_shown(character: str) -> bool:
    if character in LINE_BREAKS:
        return True
    # Controls, zero-width marks and orders to write backwards are no text, font or not.
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
    >>> without_missing_glyphs("Zoë Ivanovа, 김")
    ('Zoë Ivanovа, 김', 0)
    """
    if text.isascii() and text.isprintable():
        return text, 0
    shown = "".join(c if _can_be_shown(c) else MISSING_GLYPH for c in text)
    return shown, sum(before != after for before, after in zip(text, shown, strict=True))
