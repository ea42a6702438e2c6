"""Chart: a survey of program directors as such surveys are published, for one or two groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.figures import style
from analysis.figures.style.marks import Dots, dot_rows
from analysis.plain_text import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

NEEDED = ("factor", "percent_citing", "mean_importance")
CHART = style.Chart(
    "the chart of a survey's table", "survey_table", NEEDED, most=2 * style.MOST_ROWS
)
WORDS = CHART.words()
TITLE = WORDS["title"]


@CHART.draws
def draw_survey_table(ratings: DataFrame, ax: Axes, *, title: str = TITLE) -> Axes:
    """Draw a row a factor, the most cited first, with a mark for each specialty.

    Parameters
    ----------
    ratings : DataFrame
        One row a factor and specialty: ``factor``, ``percent_citing`` (0-1) and
        ``mean_importance`` (1-5); optional ``specialty`` (one or two of them), ``citing_low`` and
        ``citing_high`` (0-1), ``interval`` (what kind), ``label``, ``n``, ``response_rate``,
        ``edition``, ``source``, ``basis``. Up to 40 factors.
    ax : Axes
        What is drawn on; cleared first.
    title : str
        What is shown.
    """
    names, groups = _groups(ratings)
    with style.chart(ax):
        margins = dot_rows(ax, names, groups, end=1.0)
        ax.set_xticks(*style.PERCENT_TICKS)
        ax.set_xlabel(WORDS["axis"], loc="left")
        return CHART.finished(ax, ratings, margins, title, _footer(ratings))


def alt_survey_table(ratings: DataFrame, *, title: str = TITLE) -> str:
    """Say what `draw_survey_table` shows: the most and the least cited factor of each specialty.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"factor": ["Letters", "Research"], "percent_citing": [0.9, 0.3],
    ...                      "mean_importance": [4.1, 3.2]})
    >>> alt_survey_table(rows, title="Survey").split(" Numbers")[0]
    'Dots in rows. Survey: of 2 factors, All cites Letters most (90%) and Research least (30%).'
    """
    names, groups = _groups(ratings)
    said = []
    for group in groups:
        known = [row for row, value in enumerate(group.values) if value == value]
        most = max(known, key=lambda row: group.values[row])
        least = min(known, key=lambda row: group.values[row])
        ends = (names[most], group.values[most], names[least], group.values[least])
        said.append((group.head, *ends))
    return CHART.alt(ratings, _footer(ratings), title=title, count=len(names), groups=said)


def _groups(ratings: DataFrame) -> tuple[list[str], list[Dots]]:
    """Names of the factors, the most cited first, and the marks of each specialty."""
    CHART.check(ratings)
    named = ratings.assign(name=style.labels(ratings, "factor"))
    if not style.has_column(named, "specialty"):
        named = named.assign(specialty=WORDS["everyone"])
    if (said := named["specialty"].nunique()) > 2:
        raise CHART.refusal(f"{said} specialties are not legible side by side; choose 2 at most")
    if named.duplicated(["specialty", "factor"]).any():
        raise CHART.refusal("a factor stands twice in one specialty")
    cited = named.groupby("factor", sort=False)["percent_citing"].mean()
    order = cited.sort_values(ascending=False, kind="stable", na_position="last").index
    if len(order) > style.MOST_ROWS:
        raise CHART.refusal(style.TOO_MANY.format(len(order), style.MOST_ROWS))
    shown = named.drop_duplicates("factor").set_index("factor")["name"]
    groups = []
    for specialty, rows in named.groupby("specialty", sort=False):
        own = rows.set_index("factor").reindex(order)
        ends = own.reindex(columns=["citing_low", "citing_high"]).astype(float)
        lows, highs = style.interval_ends(ends.set_axis(["low", "high"], axis=1))
        shares = own["percent_citing"].tolist()
        groups.append(Dots(str(specialty), shares, lows, highs, _words(own)))
    return [str(shown[factor]) for factor in order], groups


def _words(rows: DataFrame) -> list[str]:
    return [
        style.NOT_SHOWN if share != share else f"{percent(share)} · {mean:.1f}"
        for share, mean in zip(rows["percent_citing"], rows["mean_importance"], strict=True)
    ]


def _footer(ratings: DataFrame) -> str:
    lines = [WORDS["explained"]]
    if style.has_column(ratings, "citing_low"):
        kind = ratings["interval"].dropna() if "interval" in ratings else []
        lines.append(CHART.words(kind=next(iter(kind), "interval"))["lines"])
    return " · ".join([*lines, style.provenance(ratings)])
