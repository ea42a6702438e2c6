"""Chart: how far a high Step 2 CK outweighs a flag, by the office's graduates and by assumption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.figures import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

NEEDED = ("flagged", "step2_ck", "chance", "low", "high", "assumed")
CHART = style.Chart("the chart of chances by Step 2 CK", "chance_by_score", NEEDED, most=None)
WORDS = CHART.words()
TITLE = WORDS["title"]
GROUPS = ((WORDS["without"], style.BLUE), (WORDS["with"], style.ORANGE))
HEIGHT, LEFT, RIGHT, BELOW, ABOVE = 230.0, 34.0, 78.0, 34.0, 24.0
APART = 0.06


@CHART.draws
def draw_chance_by_score(curves: DataFrame, ax: Axes, *, title: str = TITLE) -> Axes:
    """Draw chance over score with and without a flag: learned with its band, assumed, observed.

    Parameters
    ----------
    curves : DataFrame
        One row a score and group: ``flagged``, ``step2_ck``, ``chance``, ``low``, ``high``,
        ``assumed``, ``observed`` (0-1), ``n``; ``observed`` is empty where graduates are too few.
        Optional ``source``, ``basis``.
    ax : Axes
        What is drawn on; cleared first.
    title : str
        What is shown: best the finding, in words.
    """
    groups = _groups(curves)
    with style.chart(ax):
        ends = []
        for (name, color), own in zip(GROUPS, groups, strict=True):
            score = own["step2_ck"]
            ax.fill_between(score, own["low"], own["high"], color=color, alpha=0.18, lw=0)
            ax.plot(score, own["chance"], color=color, lw=2, zorder=2.5)
            ax.plot(score, own["assumed"], color=color, lw=1.1, ls=(0, (4, 3)), zorder=2.2)
            seen = own[own["observed"].notna()]
            ax.plot(
                seen["step2_ck"],
                seen["observed"],
                "o",
                ms=6,
                color=color,
                mec=style.PAPER,
                mew=1,
                zorder=3,
                clip_on=False,
            )
            ends.append((float(own["chance"].iloc[-1]), name, color))
        # Names at the ends of their lines, pushed apart where the lines meet.
        (upper, lower) = sorted(ends, reverse=True)
        short = max(0.0, APART - (upper[0] - lower[0])) / 2
        for (at, name, color), push in ((upper, short), (lower, -short)):
            place = (float(groups[0]["step2_ck"].max()), min(max(at + push, 0.03), 0.97))
            style.write(ax, name, place, (6, 0), va="center", color=color, weight=600)
        ax.set_xlim(groups[0]["step2_ck"].min(), groups[0]["step2_ck"].max())
        ax.set_ylim(0, 1)
        ax.set_yticks(*style.PERCENT_TICKS)
        ax.tick_params(axis="x", pad=8)  # clear of the 0 of the other axis
        margins = style.Margins(HEIGHT, LEFT, RIGHT, BELOW, ABOVE)
        style.put_axis_titles(ax, WORDS["across"], WORDS["upward"], margins, 16)
        return CHART.finished(ax, curves, margins, title)


def alt_chance_by_score(curves: DataFrame, *, title: str = TITLE) -> str:
    """Say in words and numbers what `draw_chance_by_score` shows."""
    groups = [
        {
            "name": name,
            "ends": own.iloc[[0, len(own) // 2, -1]].to_dict("records"),
            "seen": own[own["observed"].notna()].to_dict("records"),
        }
        for (name, _), own in zip(GROUPS, _groups(curves), strict=True)
    ]
    return CHART.alt(curves, style.provenance(curves), title=title, groups=groups)


def _groups(curves: DataFrame) -> list[DataFrame]:
    CHART.check(curves)
    numbers = curves[["chance", "low", "high", "assumed"]]
    if not ((numbers >= 0) & (numbers <= 1)).all(axis=None):
        raise CHART.refusal("chances lie between 0 and 1")
    groups = [curves[curves["flagged"] == flagged].sort_values("step2_ck") for flagged in (0, 1)]
    if any(group.empty for group in groups):
        raise CHART.refusal("with and without a flag are both needed")
    return groups
