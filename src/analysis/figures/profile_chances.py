"""Chart: the model's chance by red flag for one kind of application, beside the article's."""

from __future__ import annotations

from html import escape
from math import nan
from typing import TYPE_CHECKING

from analysis.figures import style
from analysis.figures.style.marks import Dots, dot_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

NEEDED = ("red_flag", "interview_chance")
BESIDE = "article_chance"
CHART = style.Chart("the chart of the model's chances", "profile_chances", NEEDED, intervals=True)
WORDS = CHART.words()
TITLE = WORDS["title"]


@CHART.draws
def draw_profile_chances(chances: DataFrame, ax: Axes, *, title: str = TITLE) -> Axes:
    """Draw two dots for each red flag: the article's chance and the model's with its range.

    Parameters
    ----------
    chances : DataFrame
        One row a red flag, 1 to 40: ``red_flag``, ``interview_chance`` (0-1, the model's);
        optional ``article_chance`` (0-1, empty where the article has none), ``label``, ``low`` and
        ``high`` (0-1), ``interval`` (what kind), ``source``, ``basis``.
    ax : Axes
        What is drawn on; cleared first.
    title : str
        What is shown: which score, class of specialty and type of program.
    """
    CHART.check(chances)
    lows, highs = style.interval_ends(chances)
    words = style.value_texts(chances, "interview_chance", share=True)
    answers = [Dots(WORDS["model"], chances["interview_chance"].tolist(), lows, highs, words)]
    if style.has_column(chances, BESIDE):
        unknown = [nan] * len(chances)
        given = (chances[BESIDE].tolist(), unknown, unknown, _beside(chances))
        answers.insert(0, Dots(WORDS["article"], *given))
    with style.chart(ax):
        names = style.labels(chances, "red_flag")
        margins = dot_rows(ax, names, answers, end=1.0)
        ax.set_xticks(*style.PERCENT_TICKS)
        ax.set_xlabel(WORDS["axis"], loc="left")
        return CHART.finished(ax, chances, margins, title, _footer(chances))


def alt_profile_chances(chances: DataFrame, *, title: str = TITLE) -> str:
    """Say in words and numbers what `draw_profile_chances` shows.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"red_flag": ["Leave"], "interview_chance": [0.2],
    ...                      "article_chance": [0.3]})
    >>> alt_profile_chances(rows, title="Chances").split(" Article:")[0]
    'Dots on a scale. Chances: Leave model 20%, article 30%. Source: not stated.'
    """
    CHART.check(chances)
    values = style.named_values(chances, "red_flag", "interview_chance")
    has_article = style.has_column(chances, BESIDE)
    beside = _beside(chances) if has_article else [""] * len(chances)
    told = [(*value, article) for value, article in zip(values, beside, strict=True)]
    return CHART.alt(chances, _footer(chances), title=title, values=told)


def html_profile_chances(chances: DataFrame, *, title: str = TITLE) -> str:
    """Write what `draw_profile_chances` shows as HTML, at once and for any width of a page.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"red_flag": ["Leave"], "interview_chance": [0.2]})
    >>> 'style="left:20%"' in html_profile_chances(rows)
    True
    """
    CHART.check(chances)
    beside = style.has_column(chances, BESIDE)
    others = chances[BESIDE].tolist() if beside else [nan] * len(chances)
    heads = [f"<b><i class='cs-other'></i>{WORDS['article']}</b>"] if beside else []
    heads.append(f"<b><i class='cs-own'></i>{WORDS['model']}</b>")
    rows = zip(
        style.labels(chances, "red_flag"),
        chances["interview_chance"].tolist(),
        *style.interval_ends(chances),
        others,
        style.value_texts(chances, "interview_chance", share=True),
        _beside(chances) if beside else [None] * len(chances),
        strict=True,
    )
    cells = [f"<span></span><span></span>{''.join(heads)}"]
    for name, value, low, high, other, words, said in rows:
        span = f"left:{100 * low:g}%;width:{100 * (high - low):g}%"
        marks = "" if low != low else f'<s style="{span}"></s>'
        marks += "" if other != other else f'<i class="cs-other" style="left:{100 * other:g}%"></i>'
        marks += f'<i class="cs-own" style="left:{100 * value:g}%"></i>'
        cells.append(
            f'<span>{escape(name)}</span><span class="cs-scale">{marks}</span>'
            f"{'' if said is None else f'<span>{said}</span>'}<span>{escape(words)}</span>"
        )
    places, ticks = style.PERCENT_TICKS
    scale = "".join(
        f'<u style="left:{100 * at:g}%">{tick}</u>' for at, tick in zip(places, ticks, strict=True)
    )
    cells.append(f'<span></span><span class="cs-ticks">{scale}</span>')
    drawing = (
        f'<div class="cs-dots" style="--columns:{1 + beside}">{"".join(cells)}</div>'
        f"<p>{escape(WORDS['axis'])}</p>"
    )
    alt = alt_profile_chances(chances, title=title)
    return style.html_figure("rows", chances, title, drawing, _footer(chances), alt)


def _beside(chances: DataFrame) -> list[str]:
    """The article's chances in words; nothing where it has none."""
    return ["" if value != value else style.percent(value) for value in chances[BESIDE].tolist()]


def _footer(chances: DataFrame) -> str:
    return CHART.footer(chances, WORDS["kinds"] if style.has_column(chances, BESIDE) else "")
