"""Chart: how often each program is on the list, and at which place, when assumptions vary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.arrays import Floats
from analysis.figures import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame


NEEDED = ("program", "place", "acceptability")
MOST_PLACES = 40
TALLEST, ROOMY_PITCH = 520.0, 22.0
WIDEST_NAMES = 0.34
NAME_GAP, TOTAL_GAP, SLACK, AXIS_BELOW, ABOVE = 9.0, 12.0, 2.0, 32.0, 17.0
LEAST_WRITTEN = 0.10
DARKEST = 0.7  # of the way from paper to blue: dark print keeps a contrast of 4.5 on it
CHART = style.Chart("the acceptability chart", "acceptability", NEEDED, most=None)
WORDS = CHART.words()
TITLE = WORDS["title"]


@CHART.draws
def draw_acceptability(places: DataFrame, ax: Axes, *, title: str = TITLE) -> Axes:
    """Draw a heat map: programs down, places across, shares of the draws as darkness.

    Parameters
    ----------
    places : DataFrame
        One row a program and place: ``program`` (name or id), ``place`` (1, 2, ...),
        ``acceptability`` (0-1, share of the draws); 1 to 40 programs and places; optional
        ``label``, ``source``, ``basis``. Programs stand in the order of their first row; what is
        missing of a program's draws left it off the list.
    ax : Axes
        What is drawn on; cleared first.
    title : str
        What is shown: best the finding, in words.
    """
    names, shares = _shares(places)
    count, across = shares.shape
    size = style.SIZE if count <= 24 else style.SMALL_SIZE
    totals = [style.percent(total) for total in np.minimum(shares.sum(axis=1), 1)]
    with style.chart(ax):
        width = style.chart_width(ax)
        shown = [style.wrapped(name, width * WIDEST_NAMES, size, 400, 1) for name in names]
        left = NAME_GAP + SLACK + max(style.text_width(name, size) for name in shown)
        head = style.text_width(WORDS["total"], weight=600)
        right = TOTAL_GAP + SLACK + max([head, *(style.text_width(t, size) for t in totals)])
        pitch = max(min(ROOMY_PITCH, TALLEST / count), size * style.LINE + 2)
        _draw_cells(ax, shares, (width - left - right) / across)
        for row, total in enumerate(totals):
            at = ((1, row + 0.5), (TOTAL_GAP, 0), "left", "center_baseline")
            style.write(ax, total, *at, size=size, xycoords=("axes fraction", "data"))
        at = ((1, 1.0), (TOTAL_GAP, 5), "left", "bottom")
        style.write(ax, WORDS["total"], *at, weight=600, xycoords="axes fraction")
        ax.set_yticks([row + 0.5 for row in range(count)], shown, size=size)
        ax.tick_params(axis="y", pad=NAME_GAP - 2)
        step = next(s for s in (1, 2, 5) if across / s <= 20)
        ticks = [n for n in range(1, across + 1) if n == 1 or (n % step == 0 and n - 1 > step / 2)]
        ax.set_xticks([n - 0.5 for n in ticks], [str(n) for n in ticks])
        ax.spines[["left", "bottom"]].set_visible(False)
        ax.set_xlabel(WORDS["across"], loc="left")
        return CHART.finished(
            ax, places, style.Margins(pitch * count, left, right, AXIS_BELOW, ABOVE), title
        )


def alt_acceptability(places: DataFrame, *, title: str = TITLE) -> str:
    """Say in words and numbers what `draw_acceptability` shows.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"program": ["A", "A"], "place": [1, 2], "acceptability": [0.7, 0.2]})
    >>> alt_acceptability(rows, title="Places").split(" Darker")[0]
    'Heat map. Places: A on the list in 90% of the draws, most often at place 1 (70%).'
    """
    names, shares = _shares(places)
    totals = np.minimum(shares.sum(axis=1), 1.0)
    programs = list(zip(names, totals, shares.argmax(axis=1) + 1, shares.max(axis=1), strict=True))
    return CHART.alt(places, title=title, programs=programs)


def _shares(places: DataFrame) -> tuple[list[str], Floats]:
    """Names of the programs, and shares of the draws, shape (programs, places)."""
    CHART.check(places)
    if places[list(NEEDED)].isna().any(axis=None):
        raise CHART.refusal("a row without its program, place or share")
    programs = places["program"].drop_duplicates().tolist()
    across = int(places["place"].max())
    if max(len(programs), across) > MOST_PLACES:
        raise CHART.refusal(
            f"{len(programs)} programs by {across} places are not legible on a page; "
            f"choose {MOST_PLACES} at most"
        )
    if not places["acceptability"].between(0, 1).all() or places["place"].min() < 1:
        raise CHART.refusal("places begin at 1 and shares lie between 0 and 1")
    rows = [programs.index(program) for program in places["program"]]
    shares = np.zeros((len(programs), across))
    shares[rows, places["place"].to_numpy(dtype=np.int64) - 1] = places["acceptability"]
    first = places.drop_duplicates("program")
    return style.labels(first, "program"), shares


def _draw_cells(ax: Axes, shares: Floats, cell_width: float) -> None:
    """Draw the cells, the larger shares written into them where a number has room."""
    import seaborn as sns

    room = cell_width >= style.text_width("100", style.SMALL_SIZE) + SLACK
    words = np.where(shares >= LEAST_WRITTEN, np.char.mod("%.0f", shares * 100), "")
    sns.heatmap(
        # The square root keeps a share of a few percent visible.
        np.sqrt(shares),
        vmin=0,
        vmax=np.sqrt(max(shares.max(), LEAST_WRITTEN)) / DARKEST,
        cmap=sns.blend_palette([style.PAPER, style.BLUE], as_cmap=True),
        annot=words if room else False,
        fmt="",
        annot_kws={"size": style.SMALL_SIZE, "color": style.INK, "va": "center_baseline"},
        linewidths=0.6,
        linecolor=style.GRID,
        cbar=False,
        xticklabels=False,
        yticklabels=False,
        ax=ax,
    )
