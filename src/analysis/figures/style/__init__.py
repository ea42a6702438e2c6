"""The look that all charts share: colours, sizes, typeface, margins, words of the footer."""

from analysis.figures.style.look import (
    BLUE,
    GRID,
    INK,
    MUTED,
    ORANGE,
    PAGE_WIDTH,
    PALE_BLUE,
    PAPER,
    SIZE,
    SMALL_SIZE,
    TITLE_SIZE,
    apply,
    context,
    new_axes,
)
from analysis.figures.style.page import Margins, chart, chart_width, drawing_size, laid_out
from analysis.figures.style.provenance import basis_words, has_column, provenance, sentence
from analysis.figures.style.rows import (
    MOST_ROWS,
    check_rows,
    interval_ends,
    labels,
    percent,
    value_texts,
    with_interval_note,
)
from analysis.figures.style.ticks import round_ticks
from analysis.figures.style.words import LINE, text_width, wrapped

__all__ = [
    "BLUE",
    "GRID",
    "INK",
    "LINE",
    "MOST_ROWS",
    "MUTED",
    "ORANGE",
    "PAGE_WIDTH",
    "PALE_BLUE",
    "PAPER",
    "SIZE",
    "SMALL_SIZE",
    "TITLE_SIZE",
    "Margins",
    "apply",
    "basis_words",
    "chart",
    "chart_width",
    "check_rows",
    "context",
    "drawing_size",
    "has_column",
    "interval_ends",
    "labels",
    "laid_out",
    "new_axes",
    "percent",
    "provenance",
    "round_ticks",
    "sentence",
    "text_width",
    "value_texts",
    "with_interval_note",
    "wrapped",
]
