"""seaborn's bars and points, with intervals that are known and not estimated from the rows.

seaborn computes estimate and interval from observations. Here a row's observations are its value
and the two ends of its interval; the estimator takes the first, the error bar the other two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from analysis.figures.style.look import INK, PAPER

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame, Series

__all__ = ["draw_bars", "draw_beside", "draw_points"]

WIDTH = 1.1  # of an interval's line, in points


def draw_bars(
    ax: Axes,
    values: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    *,
    colors: Sequence[str],
    share: float,
    orient: Literal["h", "v"],
) -> None:
    """Draw a bar at 0, 1, 2, ... with a thin line where its interval is known."""
    import seaborn as sns

    rows = _observations([v if v == v else 0.0 for v in values], lows, highs, range(len(values)))
    along = {"x": "value", "y": "place"} if orient == "h" else {"x": "place", "y": "value"}
    sns.barplot(
        rows,
        **along,
        hue="place",
        palette=list(colors),
        orient=orient,
        native_scale=True,
        estimator=_value,
        errorbar=_interval,
        err_kws={"color": INK, "linewidth": WIDTH},
        capsize=share / 2,
        width=share,
        saturation=1,
        dodge=False,
        legend=False,
        ax=ax,
    )


def draw_beside(ax: Axes, values: Sequence[float], *, upright: bool) -> None:
    """Draw an open diamond on each bar at another value that it is compared with."""
    import seaborn as sns

    places = list(range(len(values)))
    x, y = (places, values) if upright else (values, places)
    look = {"marker": "D", "facecolor": PAPER, "edgecolor": INK, "linewidth": 1.3, "zorder": 4}
    sns.scatterplot(x=x, y=list(y), s=36, legend=False, ax=ax, **look)
    ax.set(**({"xlabel": ""} if upright else {"ylabel": ""}))


def draw_points(
    ax: Axes,
    values: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    places: Sequence[float],
    *,
    color: str,
    look: Mapping[str, Any],
) -> None:
    """Draw a mark for each row at its place down the axis, with its interval as a line."""
    import seaborn as sns

    sns.pointplot(
        _observations(values, lows, highs, places),
        x="value",
        y="place",
        orient="h",
        native_scale=True,
        estimator=_value,
        errorbar=_interval,
        color=color,
        linestyle="none",
        err_kws={"linewidth": 1.6},
        ax=ax,
        **look,
    )


def _observations(
    values: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    places: Sequence[float],
) -> DataFrame:
    from pandas import DataFrame

    return DataFrame(
        {"place": [*places] * 3, "value": [*values, *lows, *highs]}, dtype=float
    ).dropna()


def _value(observations: Series) -> float:
    return float(observations.iloc[0])


def _interval(observations: Series) -> tuple[float, float]:
    return float(observations.iloc[1]), float(observations.iloc[-1])
