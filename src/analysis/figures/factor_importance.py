"""Chart: how much program directors weigh each factor."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

from analysis.figures import style
from analysis.figures.style.marks import columns_fit, horizontal_bars, upright_columns
from analysis.figures.survey_table import TITLE as SURVEY_TITLE
from analysis.figures.survey_table import alt_survey_table, draw_survey_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

NEEDED = ("factor", "importance")
BESIDE = "article_importance"
SAME = 1e-9
CHART = style.Chart("the chart of factor importance", "factor_importance", NEEDED, intervals=True)
WORDS = CHART.words()
TITLE = WORDS["title"]


@CHART.draws
def draw_factor_importance(
    importance: DataFrame, ax: Axes, *, title: str = TITLE, unit: str = ""
) -> Axes:
    """Draw a bar for each factor, in the order given.

    Columns where every name fits beneath its column, horizontal bars where one does not. A survey
    in its published shape, with both measures in every row, is drawn as `draw_survey_table` draws
    it: sorted, with both measures, and two specialties side by side.

    Parameters
    ----------
    importance : DataFrame
        One row a factor, 1 to 40: ``factor`` and ``importance``; optional ``label``, ``low`` and
        ``high`` (in the unit of ``importance``), ``interval`` (what kind), ``article_importance``
        (in the same unit: drawn beside as an open diamond), ``percent_citing``
        (0-1, told in the alt text), ``n``, ``response_rate`` (0-1), ``edition``, ``source``,
        ``basis``.
    ax : Axes
        What is drawn on; cleared first.
    title : str
        What is shown.
    unit : str, optional
        Title of the axis; without it, points of 100 where the values sum to 100.
    """
    if _is_survey(importance):
        return draw_survey_table(importance, ax, title=_survey_title(importance, title))
    CHART.check(importance)
    names = style.labels(importance, "factor")
    values = importance["importance"].tolist()
    lows, highs = style.interval_ends(importance)
    words = style.value_texts(importance, "importance")
    beside = importance[BESIDE].tolist() if style.has_column(importance, BESIDE) else []
    differs = [a if abs(a - v) > SAME else nan for a, v in zip(beside, values, strict=False)]
    compared = differs if any(x == x for x in differs) else ()
    largest = max(x for x in [*values, *highs, *beside] if x == x)
    axis = unit or _unit(importance)
    with style.chart(ax):
        upright = columns_fit(ax, names, words)
        ticks = style.round_ticks(largest, most_steps=4 if upright else 6)
        tick_words = [f"{tick:g}" for tick in ticks]
        if upright:
            margins = upright_columns(
                ax, names, values, words, end=ticks[-1], lows=lows, highs=highs, beside=compared
            )
            ax.set_yticks(ticks, tick_words)
            style.put_upward_title(ax, axis, margins)
        else:
            margins = horizontal_bars(
                ax, names, values, words, end=ticks[-1], lows=lows, highs=highs, beside=compared
            )
            ax.set_xticks(ticks, tick_words)
            ax.set_xlabel(axis, loc="left")
        return CHART.finished(ax, importance, margins, title, _footer(importance))


def alt_factor_importance(importance: DataFrame, *, title: str = TITLE, unit: str = "") -> str:
    """Say in words and numbers what `draw_factor_importance` shows.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"factor": ["Letters", "Research"], "importance": [60, 40]})
    >>> alt_factor_importance(rows, title="Weights")
    'Bars. Weights: Letters 60; Research 40. Importance (points of 100). Source: not stated.'
    """
    if _is_survey(importance):
        return alt_survey_table(importance, title=_survey_title(importance, title))
    CHART.check(importance)
    cited = importance.get("percent_citing", [nan] * len(importance))
    given = importance.get(BESIDE, importance["importance"])
    factors = [
        {"name": name, "value": value, "cited": share, "article": article}
        | {"differs": abs(article - own) > SAME}
        for (name, value), share, article, own in zip(
            style.named_values(importance, "factor", "importance", share=False),
            cited,
            given,
            importance["importance"],
            strict=True,
        )
    ]
    axis = unit or _unit(importance)
    return CHART.alt(importance, _footer(importance), title=title, axis=axis, factors=factors)


def _is_survey(importance: DataFrame) -> bool:
    """Whether each row has both measures of a published survey."""
    both = [c for c in ("percent_citing", "mean_importance") if c in importance]
    return len(both) == 2 and len(importance) > 0 and bool(importance[both].notna().all(axis=None))


def _survey_title(importance: DataFrame, title: str) -> str:
    """The title, with the one specialty that it is about; of two, the legend names them."""
    if title != TITLE:
        return title
    named = importance["specialty"].dropna().unique() if "specialty" in importance else []
    if len(named) != 1:
        return SURVEY_TITLE
    return f"{named[0]}: {SURVEY_TITLE[0].lower()}{SURVEY_TITLE[1:]}"


def _unit(importance: DataFrame) -> str:
    return WORDS["axis" if abs(importance["importance"].sum() - 100) < 0.5 else "other_axis"]


def _footer(importance: DataFrame) -> str:
    other = style.has_column(importance, BESIDE) and (
        importance[BESIDE].sub(importance["importance"]).abs().max() > SAME
    )
    footer = CHART.footer(importance)
    return f"{WORDS['article']} · {footer}" if other else footer
