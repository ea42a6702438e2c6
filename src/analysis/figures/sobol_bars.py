"""Chart: which inputs an answer's uncertainty comes from, alone and together with others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.figures import style
from analysis.figures.style.marks import Dots, dot_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

NEEDED = ("input", "first", "total")
TITLE = "Where the uncertainty of the match chance comes from"
UNIT = "Share of the variance (%)"
ALONE, TOGETHER = "alone", "with others"
EXPLAINED = "Alone: first-order index; with others: total index, interactions included"
CHART = style.Chart("the chart of Sobol indices", NEEDED, "Dots in rows.")


def draw_sobol_bars(indices: DataFrame, ax: Axes, *, title: str = TITLE) -> Axes:
    """Draw a row an input, the largest total on top: its share alone and with interactions.

    Parameters
    ----------
    indices : DataFrame
        One row an input, 1 to 40: ``input``, ``first`` and ``total`` (shares of the variance);
        optional ``label``, ``first_low``, ``first_high``, ``total_low``, ``total_high``,
        ``interval`` (what kind), ``source``, ``basis``.
    ax : Axes
        What is drawn on; cleared first.
    title : str
        What is shown: best the finding, in words.

    Returns
    -------
    Axes
        The same.

    Raises
    ------
    FigureError
        If there is nothing to draw or too much to be legible.
    """
    rows = _sorted(indices)
    answers = [_dots(rows, "first", ALONE), _dots(rows, "total", TOGETHER)]
    reach = [x for dots in answers for x in (*dots.values, *dots.highs) if x == x]
    ticks = style.round_ticks(max(reach) * 100)
    with style.chart(ax):
        margins = dot_rows(ax, style.labels(rows, "input"), answers, end=ticks[-1] / 100)
        ax.set_xticks([tick / 100 for tick in ticks], [f"{tick:g}" for tick in ticks])
        ax.set_xlabel(UNIT, loc="left")
        return CHART.finished(ax, rows, margins, title, _footer(rows))


def alt_sobol_bars(indices: DataFrame, *, title: str = TITLE) -> str:
    """Say in words and numbers what `draw_sobol_bars` shows.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"input": ["rho"], "first": [0.4], "total": [0.5]})
    >>> alt_sobol_bars(rows, title="Variance").split(" Alone:")[0]
    'Dots in rows. Variance: rho 40% alone, 50% with others.'
    """
    rows = _sorted(indices)
    first, total = _dots(rows, "first", ALONE), _dots(rows, "total", TOGETHER)
    values = "; ".join(
        f"{name} {one} {ALONE}, {both} {TOGETHER}"
        for name, one, both in zip(
            style.labels(rows, "input"), first.words, total.words, strict=True
        )
    )
    return CHART.alt(rows, [f"{title}: {values}"], _footer(rows))


def _sorted(indices: DataFrame) -> DataFrame:
    CHART.check(indices)
    return indices.sort_values("total", ascending=False, kind="stable", ignore_index=True)


def _dots(rows: DataFrame, column: str, head: str) -> Dots:
    ends = {end: f"{column}_{end}" for end in ("low", "high")}
    own = rows.drop(columns=["low", "high", "n"], errors="ignore").rename(
        columns={name: end for end, name in ends.items()}
    )
    # An estimate may fall a little below 0, which no share does.
    own = own.assign(**{c: own[c].clip(lower=0) for c in (column, "low", "high") if c in own})
    lows, highs = style.interval_ends(own)
    words = style.value_texts(own, column, share=True)
    return Dots(head.capitalize(), own[column].tolist(), lows, highs, words)


def _footer(rows: DataFrame) -> str:
    ranges = style.has_column(rows, "total_low") or style.has_column(rows, "first_low")
    kind = rows["interval"].dropna().iloc[0] if style.has_column(rows, "interval") else "interval"
    lines = [EXPLAINED, f"Lines and brackets: {kind}" if ranges else "", style.provenance(rows)]
    return " · ".join(line for line in lines if line)
