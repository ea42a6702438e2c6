"""Chart: how many applications, or interviews, are enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.figures import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

CHART = style.Chart(
    "the curve of applications", "applications_curve", ("match_chance",), most=None, frame=False
)
HEIGHT, LEFT, RIGHT, BELOW, ABOVE = 96.8, 32.8, 4.7, 36.3, 18.1
LOW = 25  # of 100: under it the words stand over the line, clear of the axis


@CHART.draws
def draw_applications_curve(
    curve: DataFrame,
    ax: Axes,
    *,
    recommended: int,
    by: str = "applications",
    mark: str = "",
    axis: str = "",
) -> Axes:
    """Draw the match chance by the number of applications sent, the recommended number marked.

    Parameters
    ----------
    curve : DataFrame
        One row a number: ``applications`` (1, 2, ...) and ``match_chance`` (0-1).
    ax : Axes
        What is drawn on; cleared first.
    recommended : int
        The number that is marked.
    by, mark, axis : str
        Column of the numbers, what the marked one is ("this list" without), and the label of the
        axis ("Applications sent" without).
    """
    view = _view(curve, recommended, by)
    words = CHART.words(mark=mark, axis=axis, **view)
    with style.chart(ax):
        percents = curve.assign(percent=100 * curve["match_chance"])
        ax.plot(percents[by], percents["percent"], color=style.BLUE)
        at = percents[percents[by] == recommended]
        if len(at):
            x, y = float(recommended), float(at["percent"].iloc[0])
            ax.plot([x], [y], "o", color=style.BLUE, ms=7, clip_on=False)
            side = "left" if x < 0.6 * percents[by].max() else "right"
            up = -14 if y > LOW else 8
            style.write(ax, words["mark"], (x, y), (6, up), side, weight=600)
        ax.set_ylim(0, 105)
        ax.set_xlim(0, float(percents[by].max()) + 1)
        ax.set_yticks([0, 25, 50, 75, 100])
        ax.locator_params(axis="x", integer=True)
        ax.set_xlabel(words["axis"], loc="left")
        ax.set_ylabel("")
        ax.set_title(words["title"], loc="left", fontsize=style.SMALL_SIZE)
        ax.grid(axis="y")
        return CHART.finished(ax, curve, style.Margins(HEIGHT, LEFT, RIGHT, BELOW, ABOVE))


def alt_applications_curve(curve: DataFrame, *, recommended: int, by: str = "applications") -> str:
    """Say in one sentence what `draw_applications_curve` shows.

    Examples
    --------
    >>> import pandas as pd
    >>> alt_applications_curve(
    ...     pd.DataFrame({"applications": [1, 2], "match_chance": [0.4, 0.5]}), recommended=1)
    'Rising line: with 1 application about 40 of 100 match, with 2 about 50.'
    """
    return CHART.alt(curve, **_view(curve, recommended, by))


def _view(curve: DataFrame, recommended: int, by: str) -> dict[str, Any]:
    CHART.check(curve, by)
    chances = curve.set_index(by)["match_chance"]
    return {
        "recommended": recommended,
        "chance": chances.get(recommended),
        "last": int(chances.index[-1]),
        "last_chance": chances.iloc[-1],
        "by": by,
    }
