"""Chart: which inputs an answer's uncertainty comes from, alone and together with others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.figures import style
from analysis.figures.style.marks import Dots, dot_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

NEEDED = ("input", "first", "total")
CHART = style.Chart("the chart of Sobol indices", "sobol_bars", NEEDED)
WORDS = CHART.words()
TITLE = WORDS["title"]
ALONE, TOGETHER = WORDS["alone"], WORDS["together"]


@CHART.draws
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
    """
    rows = _sorted(indices)
    answers = [_dots(rows, "first", ALONE), _dots(rows, "total", TOGETHER)]
    reach = [x for dots in answers for x in (*dots.values, *dots.highs) if x == x]
    ticks = style.round_ticks(max(reach) * 100)
    with style.chart(ax):
        margins = dot_rows(ax, style.labels(rows, "input"), answers, end=ticks[-1] / 100)
        ax.set_xticks([tick / 100 for tick in ticks], [f"{tick:g}" for tick in ticks])
        ax.set_xlabel(WORDS["across"], loc="left")
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
    shares = list(zip(style.labels(rows, "input"), first.words, total.words, strict=True))
    heads = {"alone": ALONE, "together": TOGETHER}
    return CHART.alt(rows, _footer(rows), title=title, shares=shares, **heads)


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
    notes = [WORDS["explained"], CHART.words(kind=kind)["ranges"] if ranges else ""]
    return " · ".join(note for note in [*notes, style.provenance(rows)] if note)
