"""Colors, sizes and the typeface that every chart shares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Blue and orange stay apart in every common kind of color blindness and in gray; neither praises
# nor warns, as red and green would.
INK = "#1b2733"
MUTED = "#4f5b66"
GRID = "#dde2e6"
PAPER = "#ffffff"
BLUE = "#2c6496"
PALE_BLUE = "#9dbad6"
ORANGE = "#b8500a"

# What each becomes on a dark page, as readable as before. Paper comes last: it is the ground too.
DARK = MappingProxyType(
    {
        INK: "#e8edf2",
        MUTED: "#aab6c1",
        GRID: "#3a4652",
        BLUE: "#8ab8e6",
        PALE_BLUE: "#4d6f91",
        ORANGE: "#f0a06a",
        PAPER: "#14191f",
    }
)

FAMILY = ("Fira Sans", "DejaVu Sans")  # the second has the glyphs that the first lacks
SIZE = 9.0
SMALL_SIZE = 8.0  # the smallest print that a report may carry
TITLE_SIZE = 11.0

PAGE_WIDTH = 6.5 * 72  # points; the text block of US Letter, and of A4 to a hair

FACES = ("Regular", "Italic", "SemiBold")

LOOK: MappingProxyType[Any, Any] = MappingProxyType(
    {
        "font.family": list(FAMILY),
        "font.size": SIZE,
        "text.color": INK,
        "axes.titlesize": TITLE_SIZE,
        "axes.titleweight": 600,
        "axes.titlecolor": INK,
        "axes.labelsize": SIZE,
        "axes.labelcolor": MUTED,
        "axes.labelpad": 5,
        "axes.edgecolor": MUTED,
        "axes.linewidth": 0.8,
        "axes.facecolor": PAPER,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "axes.xmargin": 0,
        "axes.ymargin": 0,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "xtick.labelsize": SIZE,
        "ytick.labelsize": SIZE,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "xtick.major.pad": 4,
        "ytick.major.pad": 6,
        "grid.color": GRID,
        "grid.linewidth": 0.7,
        "figure.facecolor": PAPER,
        "savefig.facecolor": PAPER,
        "lines.solid_capstyle": "butt",
        "text.parse_math": False,  # a "$" in a program's name is a "$"
        # Text stays text, so that a page can be searched; same input, same bytes.
        "svg.fonttype": "none",
        "svg.hashsalt": "countersignal",
    }
)


@cache
def registered() -> tuple[str, ...]:
    """Show matplotlib the faces of Fira Sans and the canvas for SVG, once a process."""
    from matplotlib.backend_bases import register_backend
    from matplotlib.font_manager import fontManager

    register_backend("svg", "analysis.figures.style.svg", "Scalable Vector Graphics")

    folder = Path(str(files("fontpkg_fira_sans") / "files"))
    for face in FACES:
        fontManager.addfont(folder / f"FiraSans-{face}.ttf")
    # The second family has no semibold; without this, its bold stands in with a warning each time.
    fontManager.ttflist += [
        replace(font, weight=600)
        for font in fontManager.ttflist
        if font.name == FAMILY[1] and font.weight == 700
    ]
    return FACES


@contextmanager
def context() -> Iterator[None]:
    """Hold matplotlib's settings for drawing, and for saving as SVG, while in the block."""
    from matplotlib import rc_context

    registered()
    with rc_context(dict(LOOK)):
        yield


def apply() -> None:
    """Set matplotlib's settings for the rest of a notebook, so that saving follows them too.

    Examples
    --------
    >>> apply()
    """
    # Drawing brings its own; only how a picture is written (text as text, same input same bytes) is
    # decided when it is saved.
    from matplotlib import rcParams

    registered()
    rcParams.update(LOOK)


def new_axes(height: float = 3.2) -> Axes:
    """Axes alone in a figure as wide as the page's text, without pyplot.

    Examples
    --------
    >>> new_axes().figure.get_size_inches().tolist()
    [6.5, 3.2]
    """
    from matplotlib.figure import Figure

    with context():
        return Figure(figsize=(PAGE_WIDTH / 72, height)).subplots()
