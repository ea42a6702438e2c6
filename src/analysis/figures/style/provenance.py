"""Whose numbers a chart shows: the words of its tag, its footer and the end of its alt text."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["alt_text", "basis_words", "has_column", "provenance", "sentence"]

BASIS_WORDS = MappingProxyType(
    {
        "article": "Illustrative figures, not measurements",
        "published": "Published figures",
        "office": "The office's own figures",
        "assumption": "Assumed figures, without a published source",
        "synthetic": "Synthetic sample data: no real programs or people",
    }
)


def has_column(rows: DataFrame, column: str) -> bool:
    """Whether the column is there with at least one known value.

    Parameters
    ----------
    rows : DataFrame
        Any frame.
    column : str
        Name of a column.

    Returns
    -------
    bool
        False for a missing and for an empty column.
    """
    return column in rows.columns and bool(rows[column].notna().any())


def basis_words(rows: DataFrame) -> str:
    """What the ``basis`` column says, in plain words, each kind once with its count if mixed.

    Parameters
    ----------
    rows : DataFrame
        What is drawn.

    Returns
    -------
    str
        Such as ``"Illustrative figures, not measurements"``; empty where no basis is given.

    Examples
    --------
    >>> import pandas as pd
    >>> basis_words(pd.DataFrame({"basis": ["article", "office", "office"]}))
    "Illustrative figures, not measurements (1 of 3) · The office's own figures (2 of 3)"
    """
    if not has_column(rows, "basis"):
        return ""
    counts = rows["basis"].dropna().value_counts(sort=False)
    words = {str(basis): BASIS_WORDS.get(str(basis), str(basis)) for basis in counts.index}
    if len(counts) == 1 and counts.iloc[0] == len(rows):
        return next(iter(words.values()))
    return " · ".join(f"{words[str(b)]} ({n} of {len(rows)})" for b, n in counts.items())


def provenance(rows: DataFrame) -> str:
    """Source, edition and number of respondents, as far as the columns tell.

    Parameters
    ----------
    rows : DataFrame
        What is drawn; columns ``source``, ``edition``, ``year``, ``as_of``, ``n``,
        ``response_rate`` (0-1), each optional.

    Returns
    -------
    str
        Such as ``"Source: office survey, 2025 edition · n = 40–52"``; never empty.

    Examples
    --------
    >>> import pandas as pd
    >>> provenance(pd.DataFrame({"source": ["office survey"], "edition": ["2025"], "n": [40.0]}))
    'Source: office survey, 2025 edition · n = 40'
    """
    source = "; ".join(_distinct(rows, "source")) or "not stated"
    # A year that the source names already is not said twice.
    editions = [edition for edition in _distinct(rows, "edition") if edition not in source]
    years = [year for year in _distinct(rows, "year") if year not in source]
    dated = [f"{', '.join(editions)} edition"] if editions else []
    dated += [", ".join(years)] if years else []
    dated += [f"data of {max(_distinct(rows, 'as_of'))}"] if _distinct(rows, "as_of") else []
    parts = [", ".join([f"Source: {source}", *dated])]
    if has_column(rows, "n"):
        parts.append(f"n = {_span(rows['n'].dropna(), '{:,.0f}')}")
    if has_column(rows, "response_rate"):
        parts.append(f"response rate {_span(rows['response_rate'].dropna() * 100, '{:.0f}')} %")
    return " · ".join(parts)


def sentence(text: str) -> str:
    """Text with one full stop at its end, for an alt text.

    Parameters
    ----------
    text : str
        May be empty.

    Returns
    -------
    str
        Empty for empty text.
    """
    stripped = text.strip()
    return stripped if not stripped or stripped[-1] in ".!?" else stripped + "."


def alt_text(kind: str, parts: Iterable[str], rows: DataFrame, footer: str) -> str:
    """What a chart shows, in sentences.

    Parameters
    ----------
    kind : str
        Of chart, as a sentence.
    parts : iterable of str
        A sentence each; empty ones are left out.
    rows : DataFrame
        What is drawn; its basis is told.
    footer : str
        Its pieces become sentences of their own.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"basis": ["office"]})
    >>> alt_text("Bars.", ["Rates: A 5 %", ""], rows, "Source: survey · n = 40")
    "Bars. Rates: A 5 %. The office's own figures. Source: survey. n = 40."
    """
    said = [*parts, basis_words(rows), *footer.split(" · ")]
    return " ".join([kind, *(sentence(part) for part in said if part)])


def _distinct(rows: DataFrame, column: str) -> list[str]:
    """Known values of a column in order of appearance, each once; 2026.0 is 2026."""
    if not has_column(rows, column):
        return []
    return list(dict.fromkeys(_plain(value) for value in rows[column].dropna()))


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).strip()


def _span(values: Any, form: str) -> str:
    low, high = form.format(values.min()), form.format(values.max())
    return low if low == high else f"{low}–{high}"
