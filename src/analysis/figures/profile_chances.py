"""Chart: the model's chance by red flag for one kind of application, beside the article's."""

from __future__ import annotations

from collections.abc import Collection
from html import escape
from math import nan
from typing import TYPE_CHECKING

from analysis.figures import style
from analysis.figures.style.marks import Dots, dot_rows
from analysis.text import named_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

NEEDED = ("red_flag", "interview_chance")
BESIDE = "article_chance"
WORDS = named_lines("figures/profile_chances")
TITLE = WORDS["title"]
UNIT = WORDS["axis"]
MODEL = WORDS["model"]
ARTICLE = WORDS["article"]
KINDS = WORDS["kinds"]
MARK = WORDS["mark"]
CHART = style.Chart("the chart of the model's chances", NEEDED, "Dots on a scale.", intervals=True)


def draw_profile_chances(
    chances: DataFrame,
    ax: Axes,
    *,
    marked: Collection[str] = (),
    title: str = TITLE,
    model: str = MODEL,
) -> Axes:
    """Draw two dots for each red flag: the article's chance and the model's with its range.

    Parameters
    ----------
    chances : DataFrame
        One row a red flag, 1 to 40: ``red_flag``, ``interview_chance`` (0-1, the model's);
        optional ``article_chance`` (0-1, empty where the article has none), ``label``, ``low`` and
        ``high`` (0-1), ``interval`` (what kind), ``source``, ``basis``.
    ax : Axes
        What is drawn on; cleared first.
    marked : collection of str
        Each ``red_flag`` whose name is bold; the footer says that it is this student's.
    title : str
        What is shown: which score, class of specialty and type of program.
    model : str
        Head of the model's column.

    Returns
    -------
    Axes
        The same.

    Raises
    ------
    FigureError
        If there is nothing to draw, or too much to be legible.
    """
    CHART.check(chances)
    lows, highs = style.interval_ends(chances)
    answers = [
        Dots(
            model,
            chances["interview_chance"].tolist(),
            lows,
            highs,
            style.value_texts(chances, "interview_chance", share=True),
        )
    ]
    if style.has_column(chances, BESIDE):
        unknown = [nan] * len(chances)
        article = Dots(ARTICLE, chances[BESIDE].tolist(), unknown, unknown, _beside(chances))
        answers.insert(0, article)
    with style.chart(ax):
        names = style.labels(chances, "red_flag")
        margins = dot_rows(ax, names, answers, end=1.0, marked=_marked_rows(chances, marked))
        ax.set_xticks(*style.PERCENT_TICKS)
        ax.set_xlabel(UNIT, loc="left")
        return CHART.finished(
            ax, chances, margins, title, _footer(chances, bold=bool(_marked_rows(chances, marked)))
        )


def alt_profile_chances(
    chances: DataFrame,
    *,
    marked: Collection[str] = (),
    title: str = TITLE,
    model: str = MODEL,
) -> str:
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
    words = style.value_texts(chances, "interview_chance", share=True)
    names = style.labels(chances, "red_flag")
    values = [f"{name} {model.lower()} {word}" for name, word in zip(names, words, strict=True)]
    if style.has_column(chances, BESIDE):
        values = [
            f"{value}, article {beside}" if beside else value
            for value, beside in zip(values, _beside(chances), strict=True)
        ]
    own = "; ".join(names[row] for row in _marked_rows(chances, marked))
    parts = [f"{title}: {'; '.join(values)}", f"Marked as {MARK}: {own}" if own else ""]
    return CHART.alt(chances, parts, _footer(chances))


def html_profile_chances(chances: DataFrame, *, title: str = TITLE, model: str = MODEL) -> str:
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
    heads = [f"<b><i class='cs-other'></i>{ARTICLE}</b>"] if beside else []
    heads.append(f"<b><i class='cs-own'></i>{escape(model)}</b>")
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
        marks = (
            ""
            if low != low
            else f'<s style="left:{100 * low:g}%;width:{100 * (high - low):g}%"></s>'
        )
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
        f"<p>{escape(UNIT)}</p>"
    )
    alt = alt_profile_chances(chances, title=title, model=model)
    return style.html_figure("rows", chances, title, drawing, _footer(chances), alt)


def _beside(chances: DataFrame) -> list[str]:
    """The article's chances in words; nothing where it has none."""
    return ["" if value != value else style.percent(value) for value in chances[BESIDE].tolist()]


def _marked_rows(chances: DataFrame, marked: Collection[str]) -> list[int]:
    return [row for row, flag in enumerate(chances["red_flag"]) if flag in marked]


def _footer(chances: DataFrame, *, bold: bool = False) -> str:
    footer = style.with_interval_note(style.provenance(chances), chances)
    parts = [footer, KINDS if style.has_column(chances, BESIDE) else ""]
    return " · ".join(part for part in [*parts, f"Bold: {MARK}" if bold else ""] if part)
