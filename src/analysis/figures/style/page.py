"""What a chart says: texts that fit, values of rows, whose numbers they are, ticks of its axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from inspect import cleandoc
from math import ceil, floor, isnan, log10, nan
from typing import TYPE_CHECKING, Any, TypeVar

from analysis.errors import FigureError
from analysis.figures.style.look import (
    FAMILY,
    INK,
    MUTED,
    PAGE_WIDTH,
    SIZE,
    SMALL_SIZE,
    TITLE_SIZE,
    context,
    registered,
)
from analysis.plain_text import percent
from analysis.text import named_lines, sentences
from analysis.vocabulary import BASES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

Drawing = TypeVar("Drawing", bound=Callable[..., Any])

LINE = 1.22  # line height as a multiple of the size
ELLIPSIS = "…"


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = SIZE, weight: int = 400) -> float:
    """Width of one line of text."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    registered()
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


# Of an axis of shares, in percent.
PERCENT_TICKS = ([0, 0.2, 0.4, 0.6, 0.8, 1], ["0", "20", "40", "60", "80", "100"])

ROUND = (0.2, 0.5, 1, 2, 5, 10)
FLAT = 1e-9  # of a step; what is lost to rounding is no further step


def round_ticks(largest: float, most_steps: int = 6) -> list[float]:
    """Ticks from 0 to the first round number that is not below the largest value."""
    if largest <= 0:
        return [0, 1]
    power = 10.0 ** floor(log10(largest))
    step = next(power * number for number in ROUND if largest <= most_steps * power * number)
    count = max(ceil(largest / step - FLAT), 1)
    ticks = [round(step * number, 12) for number in range(count + 1)]
    return [int(tick) if tick == int(tick) else tick for tick in ticks]


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
        parts.append(f"response rate {_span(rows['response_rate'].dropna() * 100, '{:.0f}')}%")
    return " · ".join(parts)


def sentence(text: str) -> str:
    """Text with one full stop at its end; "" stays empty."""
    stripped = text.strip()
    return stripped if not stripped or stripped[-1] in ".!?" else stripped + "."


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


MOST_ROWS = 40
TOO_MANY = "{} rows are not legible on a page; choose {} at most"
NOT_SHOWN = "too few"
SMALLEST_CELL = 10  # fewer respondents than this are never shown apart
WHOLE = 1e-9
ONE_DECIMAL_BELOW = 10.0


def labels(rows: DataFrame, code_column: str) -> list[str]:
    """Names of the rows: the ``label`` column where it is filled, else the code as it stands."""
    names = rows[code_column].astype(object)
    if has_column(rows, "label"):
        names = rows["label"].astype(object).where(rows["label"].notna(), names)
    return [" ".join(str(name).split()) for name in names]


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


def named_values(rows: DataFrame, code: str, column: str, *, share: bool = True) -> list[Any]:
    """Name and value of each row, as an alt text tells them."""
    return list(zip(labels(rows, code), value_texts(rows, column, share=share), strict=True))


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


FURNITURE = "countersignal-furniture"
UPWARD_TITLE = 15.0  # points above a drawing for the title of its upward axis
FACE = 1.2  # height of the letters of a line as the typeface has it, of the size
EDGE = 2.0  # points kept free at the rim of the picture
TITLE_GAP, TAG_GAP, FOOT_GAP = 10.0, 3.0, 8.0


@dataclass(frozen=True, slots=True)
class Margins:
    """What a drawing and the texts around it take, in points."""

    height: float
    left: float = 0.0
    right: float = 0.0
    below: float = 0.0
    above: float = 0.0
    width: float = PAGE_WIDTH  # of the whole picture


@contextmanager
def chart(ax: Axes) -> Iterator[None]:
    """Empty the axes and hold the look while a chart is drawn on it."""
    # A chart may be drawn again and again on one Axes, as a panel with sliders does.
    with context():
        for text in [text for text in ax.figure.texts if text.get_gid() == FURNITURE]:
            text.remove()
        ax.clear()
        yield


# What every drawing gives and refuses, whatever its rows are.
SHARED = """
Returns
-------
Axes
    The same.

Raises
------
FigureError
    If the rows hold nothing to draw, too much to be legible, or what cannot be: it says what.
"""


@dataclass(frozen=True, slots=True)
class Chart:
    """What all charts do alike; a chart's own file holds its marks."""

    name: str  # in messages, such as ``the tornado chart``
    template: str  # of its words, in text/figures, and of its alt text, in text/figures/alt
    needed: tuple[str, ...]  # columns without which there is nothing to draw
    most: int | None = MOST_ROWS  # rows that are still legible
    # Whether ``low`` and ``high`` of the rows are intervals, which the footer then names.
    intervals: bool = False
    frame: bool = True  # without, the page's own words take the place of title and footer

    def words(self, **view: Any) -> dict[str, str]:
        """Words of the chart, by what they are for: ``title``, ``across``, ``upward`` ..."""
        return named_lines(f"figures/{self.template}", **view)

    def draws(self, drawing: Drawing) -> Drawing:
        """Add to the docstring of the chart's drawing what holds for all of them."""
        drawing.__doc__ = f"{cleandoc(drawing.__doc__ or '')}\n\n{cleandoc(SHARED)}\n"
        return drawing

    def check(self, rows: DataFrame, *needed: str) -> None:
        """Refuse what would be an empty or unreadable chart, also without further columns."""
        columns = (*needed, *self.needed)
        missing = [column for column in columns if column not in rows.columns]
        if missing:
            raise self.refusal(f"the rows have no column {' or '.join(missing)}")
        if not len(rows):
            raise self.refusal("nothing is selected, so there is nothing to draw")
        empty = [column for column in columns if not has_column(rows, column)]
        if empty:
            raise self.refusal(f"no {' or '.join(empty)} is known, so there is nothing to draw")
        if self.most is not None and len(rows) > self.most:
            raise self.refusal(TOO_MANY.format(len(rows), self.most))

    def refusal(self, why: str) -> FigureError:
        """Error to raise where rows cannot be drawn."""
        return FigureError(f"{self.name}: {why}")

    def footer(self, rows: DataFrame, *notes: str) -> str:
        """The chart's note, whose numbers these are, what their intervals are, further notes."""
        if not self.frame:
            return ""
        own = provenance(rows)
        own = with_interval_note(own, rows) if self.intervals else own
        return " · ".join(part for part in (self.words().get("note"), own, *notes) if part)

    def finished(
        self,
        ax: Axes,
        rows: DataFrame,
        margins: Margins,
        title: str = "",
        footer: str | None = None,
    ) -> Axes:
        """The Axes with title, basis and footer; all in its place."""
        if not self.frame:
            _arranged(ax, margins)
            return ax
        foot = self.footer(rows) if footer is None else footer
        return laid_out(ax, title=title, tag=basis_words(rows), footer=foot, margins=margins)

    def alt(self, rows: DataFrame, footer: str | None = None, **view: Any) -> str:
        """What the chart shows, in sentences, with basis and footer."""
        foot = self.footer(rows) if footer is None else footer
        told = sentences(f"figures/alt/{self.template}", **view)
        said = [*told, basis_words(rows), *foot.split(" · ")]
        return " ".join(part for part in map(sentence, said) if part)


def root_figure(ax: Axes) -> Figure:
    """Figure that the Axes stand in, whatever subfigures lie between."""
    figure = ax.get_figure(root=True)
    if figure is None:
        message = "a chart needs Axes that are in a figure"
        raise FigureError(message)
    return figure


def _alone(ax: Axes) -> bool:
    """Whether the figure is this chart's, to be sized and arranged by it."""
    return ax.figure is root_figure(ax) and ax.figure.axes == [ax]


def chart_width(ax: Axes) -> float:
    """Points from the left end of the axis labels to the right end of the picture."""
    if _alone(ax):
        return PAGE_WIDTH - 2 * EDGE
    return float(ax.get_window_extent().width / root_figure(ax).dpi * 72)


def drawing_size(ax: Axes, margins: Margins) -> tuple[float, float]:
    """Width and height that the drawing itself will have."""
    if _alone(ax):
        return chart_width(ax) - margins.left - margins.right, margins.height
    extent, dpi = ax.get_window_extent(), root_figure(ax).dpi
    return float(extent.width / dpi * 72), float(extent.height / dpi * 72)


def laid_out(ax: Axes, *, title: str, tag: str = "", footer: str = "", margins: Margins) -> Axes:
    """Give the chart its title, tag and footer, and everything its place."""
    width = chart_width(ax)
    heading = wrapped(title, width, TITLE_SIZE, 600)
    under = wrapped(tag, width, SIZE, 600) if tag else ""
    foot = wrapped(footer, width, SMALL_SIZE)
    tag_height = _lines(under, SIZE) + TAG_GAP if under else 0.0

    drawing, _ = drawing_size(ax, margins)
    heading_height = _lines(heading, TITLE_SIZE) + tag_height + TITLE_GAP
    foot_height = _lines(foot, SMALL_SIZE) + FOOT_GAP
    _arranged(ax, margins, EDGE, EDGE + heading_height, EDGE + foot_height)
    ax.set_title(
        heading,
        loc="left",
        x=-margins.left / drawing,
        y=1.0,
        pad=margins.above + TITLE_GAP + tag_height,
        linespacing=LINE,
        va="bottom",
    )
    above = margins.above + TITLE_GAP - 1
    put_text(ax, under, -margins.left, above, corner=1, size=SIZE, weight=600, color=MUTED)
    put_text(ax, foot, -margins.left, -margins.below - FOOT_GAP, color=MUTED)
    return ax


def _arranged(
    ax: Axes, margins: Margins, edge: float = 0.0, over: float = 0.0, under: float = 0.0
) -> None:
    """Give a picture its size and the drawing its place in it, if it is this chart's alone."""
    if not _alone(ax):
        return
    width, bottom = margins.width, under + margins.below
    drawing = width - 2 * edge - margins.left - margins.right
    total = over + margins.above + margins.height + bottom
    figure = root_figure(ax)
    figure.set_layout_engine("none")
    figure.set_size_inches(width / 72, total / 72)
    ax.set_position(
        ((edge + margins.left) / width, bottom / total, drawing / width, margins.height / total)
    )


def _lines(text: str, size: float) -> float:
    """Height of a text in points."""
    return (text.count("\n") + 1) * LINE * FACE * size if text else 0.0


def html_figure(kind: str, rows: DataFrame, title: str, drawing: str, footer: str, alt: str) -> str:
    """A chart that a page draws itself: title, basis, drawing, footer; the alt text is its name."""
    tag = basis_words(rows)
    return (
        f'<figure class="cs-chart cs-{kind}" role="img" aria-label="{escape(alt)}"><figcaption>'
        f"<b>{escape(title)}</b>{f'<span>{escape(tag)}</span>' if tag else ''}</figcaption>"
        f"{drawing}<p>{escape(footer)}</p></figure>"
    )


def put_upward_title(ax: Axes, text: str, margins: Margins) -> None:
    """Write the title of the upward axis above it, where it is read without turning the head."""
    width, height = drawing_size(ax, margins)
    ax.set_ylabel(text, rotation=0, ha="left", va="top")
    ax.yaxis.set_label_coords(-margins.left / width, 1 + margins.above / height)


def put_axis_titles(
    ax: Axes, across: str, upward: str, margins: Margins, under: float = 12.0
) -> None:
    """Name both axes of a chart with lines across, the upward one above the drawing."""
    room = chart_width(ax) - margins.left - margins.right
    ax.grid(axis="y")
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(across, loc="left")
    ax.set_ylabel(upward, rotation=0, ha="left", va="bottom")
    ax.yaxis.set_label_coords(-margins.left / room, 1 + (margins.above - under) / margins.height)


def write(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    offset: tuple[float, float],
    ha: str = "left",
    va: str = "baseline",
    **look: Any,
) -> None:
    """Write a text so many points off a place of the drawing, even where it reaches out of it."""
    look = {"xycoords": "data", "annotation_clip": False, "ha": ha, "va": va, **look}
    ax.annotate(text, at, offset, textcoords="offset points", **look)


def put_text(
    ax: Axes,
    text: str,
    right: float,
    up: float,
    *,
    corner: int = 0,
    size: float = SMALL_SIZE,
    weight: int = 400,
    color: str = INK,
) -> None:
    """Put a text outside the drawing, so that it is none of the labels of the data."""
    from matplotlib.transforms import ScaledTranslation

    if not text:
        return
    scale = root_figure(ax).dpi_scale_trans
    ax.figure.text(
        0,
        corner,
        text,
        transform=ax.transAxes + ScaledTranslation(right / 72, up / 72, scale),
        ha="left",
        va="bottom" if corner else "top",
        size=size,
        color=color,
        weight=weight,
        linespacing=LINE,
        gid=FURNITURE,
    )
