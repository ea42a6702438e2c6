"""Text that fits: measured in the chart's own typeface, wrapped, and cut where it must be."""

from __future__ import annotations

from functools import lru_cache

from analysis.figures.style.look import FAMILY, SIZE, context

__all__ = ["LINE", "text_width", "wrapped"]

LINE = 1.22  # line height as a multiple of the size
ELLIPSIS = "…"


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = SIZE, weight: int = 400) -> float:
    """Width of one line of text."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    with context():
        face = FontProperties(family=list(FAMILY), size=size, weight=weight)
        width, _, _ = text_to_path.get_text_width_height_descent(text, face, ismath=False)
    return float(width)


def wrapped(
    text: str, width: float, size: float = SIZE, weight: int = 400, most_lines: int = 99
) -> str:
    """Text broken into lines that are no wider than allowed."""
    lines: list[str] = []
    current = ""
    for piece in (p for word in text.split() for p in _pieces(word, width, size, weight)):
        joined = f"{current} {piece}" if current else piece
        if current and text_width(joined, size, weight) > width:
            lines.append(current)
            current = piece
        else:
            current = joined
    lines.append(current)
    if len(lines) > most_lines:
        lines = lines[:most_lines]
        last = lines[-1]
        while last and text_width(last.rstrip() + ELLIPSIS, size, weight) > width:
            last = last[:-1]
        lines[-1] = last.rstrip(" ,;:") + ELLIPSIS
    return "\n".join(lines)


def _pieces(word: str, width: float, size: float, weight: int) -> list[str]:
    """A word, or as much of it at a time as a line holds."""
    pieces = []
    while text_width(word, size, weight) > width and len(word) > 1:
        fits = next(
            n
            for n in range(len(word) - 1, 0, -1)
            if n == 1 or text_width(word[:n], size, weight) <= width
        )
        pieces.append(word[:fits])
        word = word[fits:]
    return [*pieces, word]
