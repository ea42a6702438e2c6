"""What every chart asks of its frame before it draws, and how it writes a row's value."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan, nan
from typing import TYPE_CHECKING

from analysis.errors import FigureError
from analysis.figures.style.provenance import has_column

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = [
    "MOST_ROWS",
    "NOT_SHOWN",
    "SMALLEST_CELL",
    "check_rows",
    "interval_ends",
    "labels",
    "percent",
    "value_texts",
    "with_interval_note",
]

MOST_ROWS = 40
NOT_SHOWN = "too few"
SMALLEST_CELL = 10  # fewer respondents than this are never shown apart
WHOLE = 1e-9
ONE_DECIMAL_BELOW = 10.0


def check_rows(
    rows: DataFrame, columns: Iterable[str], what: str, most: int | None = MOST_ROWS
) -> None:
    """Refuse what would be an empty or unreadable chart."""
    missing = [column for column in columns if column not in rows.columns]
    if missing:
        message = f"{what}: the rows have no column {' or '.join(missing)}"
        raise FigureError(message)
    if not len(rows):
        message = f"{what}: nothing is selected, so there is nothing to draw"
        raise FigureError(message)
    empty = [column for column in columns if not has_column(rows, column)]
    if empty:
        message = f"{what}: no {' or '.join(empty)} is known, so there is nothing to draw"
        raise FigureError(message)
    if most is not None and len(rows) > most:
        message = f"{what}: {len(rows)} rows are not legible on a page; choose {most} at most"
        raise FigureError(message)


def labels(rows: DataFrame, code_column: str) -> list[str]:
    """Names of the rows: the ``label`` column where it is filled, else the code as it stands."""
    names = rows[code_column].astype(object)
    if has_column(rows, "label"):
        names = rows["label"].astype(object).where(rows["label"].notna(), names)
    return [" ".join(str(name).split()) for name in names]


def percent(share: float) -> str:
    """Write a share as a whole percentage, never as a certainty it is not.

    Parameters
    ----------
    share : float
        0-1.

    Returns
    -------
    str
        Such as ``"75 %"``.

    Examples
    --------
    >>> percent(0.651), percent(0.004), percent(0.998), percent(0)
    ('65 %', 'under 1 %', 'over 99 %', '0 %')
    """
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1:
        return "over 99 %"
    return f"{share * 100:.0f} %"


def interval_ends(rows: DataFrame) -> tuple[list[float], list[float]]:
    """Ends of the rows' intervals."""
    if not (has_column(rows, "low") and has_column(rows, "high")):
        return [nan] * len(rows), [nan] * len(rows)
    known = rows["low"].notna() & rows["high"].notna()
    return rows["low"].where(known).tolist(), rows["high"].where(known).tolist()


def value_texts(rows: DataFrame, column: str, *, share: bool = False) -> list[str]:
    """Values as they are written beside their bars: with the interval, or why there is none."""
    lows, highs = interval_ends(rows)
    values = rows[column].tolist()
    form = "{:.0f}" if share else _number_form(values)
    scale = 100 if share else 1
    counts = rows["n"].tolist() if "n" in rows.columns else [nan] * len(rows)
    texts = []
    for value, low, high, n in zip(values, lows, highs, counts, strict=True):
        if isnan(value):
            small = n < SMALLEST_CELL
            texts.append(f"not shown: n under {SMALLEST_CELL}" if small else "not known")
            continue
        text = percent(value) if share else form.format(value)
        if not isnan(low):
            text += f" ({form.format(low * scale)}–{form.format(high * scale)})"
        texts.append(text)
    return texts


def with_interval_note(footer: str, rows: DataFrame) -> str:
    """Footer, with what the thin lines are where the rows have intervals."""
    if all(isnan(low) for low in interval_ends(rows)[0]):
        return footer
    kind = str(rows["interval"].dropna().iloc[0]) if has_column(rows, "interval") else "interval"
    return f"{footer} · Thin lines and brackets: {kind}"


def _number_form(values: list[float]) -> str:
    """Whole numbers where they tell the values apart, else one decimal place."""
    known = [value for value in values if not isnan(value)]
    whole = all(abs(value - round(value)) < WHOLE for value in known)
    return "{:.0f}" if whole or (known and max(known) >= ONE_DECIMAL_BELOW) else "{:.1f}"
