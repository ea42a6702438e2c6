"""Where the parts of a chart stand: title, tag, drawing, axis text and footer, in points.

Every margin is computed from the text that stands in it, so that no layout engine has to search:
nothing is clipped, nothing collides, and the same numbers give the same picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.errors import FigureError
from analysis.figures.style.look import (
    INK,
    MUTED,
    PAGE_WIDTH,
    SIZE,
    SMALL_SIZE,
    TITLE_SIZE,
    context,
)
from analysis.figures.style.words import (
    LINE,
    MOST_ROWS,
    alt_text,
    basis_words,
    check_rows,
    provenance,
    with_interval_note,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

__all__ = [
    "UPWARD_TITLE",
    "Chart",
    "Margins",
    "chart",
    "chart_width",
    "drawing_size",
    "laid_out",
    "put_text",
    "put_upward_title",
    "root_figure",
]

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


@contextmanager
def chart(ax: Axes) -> Iterator[None]:
    """Empty the axes and hold the look while a chart is drawn on it.

    A chart may be drawn again and again on one Axes, as a panel with sliders does.

    Parameters
    ----------
    ax : Axes
        What was on it goes.
    """
    with context():
        for text in [text for text in ax.figure.texts if text.get_gid() == FURNITURE]:
            text.remove()
        ax.clear()
        yield


@dataclass(frozen=True, slots=True)
class Chart:
    """What all charts do alike; a chart's own file holds its marks.

    Parameters
    ----------
    name : str
        In messages, such as ``the tornado chart``.
    needed : tuple of str
        Columns without which there is nothing to draw.
    kind : str
        First words of the alt text.
    note : str
        Stands first in the footer.
    most : int or None
        Rows that are still legible.
    intervals : bool
        Whether ``low`` and ``high`` of the rows are intervals, which the footer then names.
    """

    name: str
    needed: tuple[str, ...]
    kind: str
    note: str = ""
    most: int | None = MOST_ROWS
    intervals: bool = False

    def check(self, rows: DataFrame) -> None:
        """Refuse what would be an empty or unreadable chart."""
        check_rows(rows, self.needed, self.name, self.most)

    def refusal(self, why: str) -> FigureError:
        """Error to raise where rows cannot be drawn."""
        return FigureError(f"{self.name}: {why}")

    def footer(self, rows: DataFrame, *notes: str) -> str:
        """The chart's note, whose numbers these are, what their intervals are, further notes."""
        own = provenance(rows)
        own = with_interval_note(own, rows) if self.intervals else own
        return " · ".join(part for part in (self.note, own, *notes) if part)

    def finished(
        self, ax: Axes, rows: DataFrame, margins: Margins, title: str, footer: str | None = None
    ) -> Axes:
        """The Axes with title, basis and footer; all in its place."""
        foot = self.footer(rows) if footer is None else footer
        return laid_out(ax, title=title, tag=basis_words(rows), footer=foot, margins=margins)

    def alt(self, rows: DataFrame, parts: Iterable[str], footer: str | None = None) -> str:
        """What the chart shows, in sentences, with basis and footer."""
        foot = self.footer(rows) if footer is None else footer
        return alt_text(self.kind, parts, rows, foot)


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
    foot = wrapped(footer, width, SMALL_SIZE) if footer else ""
    tag_height = _lines(under, SIZE) + TAG_GAP if under else 0.0
    foot_height = _lines(foot, SMALL_SIZE) + FOOT_GAP if foot else 0.0

    drawing, _ = drawing_size(ax, margins)
    if _alone(ax):
        heading_height = _lines(heading, TITLE_SIZE) + tag_height + TITLE_GAP
        bottom = EDGE + foot_height + margins.below
        total = EDGE + heading_height + margins.above + margins.height + bottom
        figure = root_figure(ax)
        figure.set_layout_engine("none")
        figure.set_size_inches(PAGE_WIDTH / 72, total / 72)
        ax.set_position(
            (
                (EDGE + margins.left) / PAGE_WIDTH,
                bottom / total,
                drawing / PAGE_WIDTH,
                margins.height / total,
            )
        )
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


def _lines(text: str, size: float) -> float:
    """Height of a text in points."""
    return (text.count("\n") + 1) * LINE * FACE * size if text else 0.0


def put_upward_title(ax: Axes, text: str, margins: Margins) -> None:
    """Write the title of the upward axis above it, where it is read without turning the head."""
    width, height = drawing_size(ax, margins)
    ax.set_ylabel(text, rotation=0, ha="left", va="top")
    ax.yaxis.set_label_coords(-margins.left / width, 1 + margins.above / height)


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
