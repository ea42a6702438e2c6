"""Whose numbers a chart shows: the words of its tag, its footer and the end of its alt text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from analysis.vocabulary import BASES

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["alt_text", "basis_words", "has_column", "provenance", "sentence"]


def has_column(rows: DataFrame, column: str) -> bool:
    """Whether the column is there with at least one known value."""
    return column in rows.columns and bool(rows[column].notna().any())


def basis_words(rows: DataFrame) -> str:
    """What the ``basis`` column says, in plain words, each kind once with its count if mixed."""
    if not has_column(rows, "basis"):
        return ""
    counts = rows["basis"].dropna().value_counts(sort=False)
    words = {
        str(basis): BASES[basis].of_chart if basis in BASES else str(basis)
        for basis in counts.index
    }
    if len(counts) == 1 and counts.iloc[0] == len(rows):
        return next(iter(words.values()))
    return " · ".join(f"{words[str(b)]} ({n} of {len(rows)})" for b, n in counts.items())


def provenance(rows: DataFrame) -> str:
    """Source, edition and number of respondents, as far as the columns tell."""
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
    """What a chart shows, in sentences."""
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
