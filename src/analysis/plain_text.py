"""Text that a person typed, where it could be taken for more: by a terminal, or a spreadsheet."""

from __future__ import annotations

import re
from unicodedata import category, normalize

# What turns a cell into a formula, also in full width; and where a cell can begin: at its start,
# or inside it for a program that splits at another separator than ours. A number is no formula.
BLANK = r"\A(MARK'*[\t\r\n])"  # some programs pass over it and read on
NO_NUMBER = r"(?![+-]?\d*\.?\d+(?:[eE][+-]?\d+)?\Z)"
SIGN = rf"(\A{NO_NUMBER}|[;\t\r\n])([^\S\t\r\n]*)(MARK'*[=+\-@＝＋－＠])"
FORMULA = re.compile(f"{BLANK}|{SIGN}".replace("MARK", ""))
MARKED_FORMULA = re.compile(f"{BLANK}|{SIGN}".replace("MARK", "'"))
MARKDOWN_SPECIAL = frozenset(r"\`*_{}[]()<>#+-.!|~^$&'\":=@%/")


def visible(text: str) -> str:
    r"""Text that a terminal shows and does not obey.

    Examples
    --------
    >>> visible("a\x1b[2Jb\u202ec\nd")
    'a\\x1b[2Jb\\u202ec\nd'
    """
    if text.isprintable():
        return text
    return "".join(c if _is_shown(c) else escaped(c) for c in text)


def _is_shown(character: str) -> bool:
    return character.isprintable() or character in "\n\t" or category(character) == "Zs"


def escaped(character: str) -> str:
    """A character by its number, as Python writes it."""
    return character.encode("unicode_escape").decode()


def formula_as_text(text: str) -> str:
    """Cell that a spreadsheet shows and does not compute: an apostrophe stands before a formula.

    Examples
    --------
    >>> formula_as_text("=1+1"), formula_as_text("1+1"), formula_as_text("a; -b")
    ("'=1+1", '1+1', "a; '-b")
    """
    return FORMULA.sub(lambda m: f"{m[2] or ''}{m[3] or ''}'{m[1] or m[4]}", text)


def text_of_formula(cell: str) -> str:
    """Take the apostrophes off that `formula_as_text`, or a person in a spreadsheet, put there."""
    if "'" not in cell:
        return cell
    return MARKED_FORMULA.sub(lambda m: f"{m[2] or ''}{m[3] or ''}{(m[1] or m[4])[1:]}", cell)


def escape_markdown(text: str) -> str:
    """Text that Markdown shows as it stands, on one line."""
    folded = " ".join(text.split())
    return "".join("\\" + c if c in MARKDOWN_SPECIAL else c for c in folded)


def password_fault(password: str, longest: int) -> str:
    r"""Say why a PDF could not be opened with a password, without showing any of it.

    Examples
    --------
    >>> password_fault("Grüße 1", 127), password_fault("a\tb", 127)
    ('', 'a character that cannot be typed')
    """
    compared = normalize("NFKC", password)
    if any(category(c)[0] == "C" or category(c) in {"Zl", "Zp"} for c in password + compared):
        return "a character that cannot be typed"
    return f"over {longest} bytes" if len(compared.encode()) > longest else ""


def of_100(share: float) -> str:
    """A share as a count of 100 people: ``81``, ``less than 1``, ``more than 99``.

    Examples
    --------
    >>> [of_100(share) for share in (0.812, 0.003, 0.998, 0.0)]
    ['81', 'less than 1', 'more than 99', '0']
    """
    whole = round(100 * share)
    if whole == 0 and share > 0:
        return "less than 1"
    if whole == 100 and share < 1:
        return "more than 99"
    return str(whole)


def percent(share: float) -> str:
    """A share as a whole percentage, never as a certainty it is not.

    Examples
    --------
    >>> [percent(share) for share in (0.747132, 0.004, 0.998, 0)]
    ['75%', 'less than 1%', 'more than 99%', '0%']
    """
    return f"{of_100(share)}%"
