"""Chart: whether a chance of 40% came true in 40 of 100, and how far off luck alone may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.figures import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

NEEDED = ("mean_chance", "rate", "band_low", "band_high", "n_applications", "suppressed")
HEIGHT, LEFT, RIGHT, BELOW, ABOVE = 250.0, 34.0, 14.0, 34.0, 36.0
BAR_WIDTH, GAP = 9.0, 5.0
CHART = style.Chart("the reliability diagram", "reliability", NEEDED, most=None)
WORDS = CHART.words()
TITLE = WORDS["title"]


@CHART.draws
def draw_reliability(bins: DataFrame, ax: Axes, *, title: str = TITLE) -> Axes:
    """Draw a dot a tenth of the chances, over the band in which luck would leave it.

    Parameters
    ----------
    bins : DataFrame
        One row a tenth: ``mean_chance``, ``rate``, ``band_low``, ``band_high`` (0-1),
        ``n_applications``, ``suppressed`` (too few graduates: not drawn, but counted in the
        footer); optional ``source``, ``basis``.
    ax : Axes
        What is drawn on; cleared first.
    title : str
        What is shown: best the finding, in words.
    """
    shown = _shown(bins)
    with style.chart(ax):
        ax.plot([0, 1], [0, 1], color=style.INK, lw=0.9, ls=(0, (4, 3)), zorder=1.5)
        for row in shown.itertuples(index=False):
            at = row.mean_chance
            ax.plot(
                [at, at],
                [row.band_low, row.band_high],
                color=style.BLUE,
                alpha=0.3,
                lw=BAR_WIDTH,
                solid_capstyle="butt",
                zorder=2,
            )
            ax.plot(
                at, row.rate, "o", ms=7, color=style.BLUE, mec=style.PAPER, mew=1, clip_on=False
            )
            # In a row above the drawing, where neither dots nor the dashed line can cross them.
            style.write(ax, f"{int(row.n_applications)}", (at, 1), (0, GAP), "center", "bottom")
        ax.set_xlim(0, 1)
        ax.set_ylim(0, 1)
        ax.set_xticks(*style.PERCENT_TICKS)
        ax.set_yticks(*style.PERCENT_TICKS)
        margins = style.Margins(HEIGHT, LEFT, RIGHT, BELOW, ABOVE)
        style.put_axis_titles(ax, WORDS["across"], WORDS["upward"], margins, 14)
        footer = " · ".join([WORDS["explained"], *_hidden(bins), style.provenance(bins)])
        return CHART.finished(ax, bins, margins, title, footer)


def alt_reliability(bins: DataFrame, *, title: str = TITLE) -> str:
    """Say in words and numbers what `draw_reliability` shows."""
    tenths = _shown(bins).to_dict("records")
    source = style.provenance(bins)
    return CHART.alt(bins, source, title=title, tenths=tenths, hidden=_hidden(bins))


def _shown(bins: DataFrame) -> DataFrame:
    CHART.check(bins)
    shown = bins[~bins["suppressed"].astype(bool)]
    if shown.empty:
        raise CHART.refusal("every tenth holds too few graduates to be shown")
    numbers = shown[list(NEEDED[:4])]
    if not ((numbers >= 0) & (numbers <= 1)).all(axis=None):
        raise CHART.refusal("chances, rates and bands lie between 0 and 1")
    return shown.sort_values("mean_chance")


def _hidden(bins: DataFrame) -> list[str]:
    """A word on the tenths that privacy keeps back."""
    words = CHART.words(hidden=int(bins["suppressed"].astype(bool).sum()))
    return [words["hidden"]] if "hidden" in words else []
