"""Chart: how far an answer moves when one input goes through its range and the rest stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analysis.figures import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

NEEDED = ("input", "low", "high", "answer_low", "answer_base", "answer_high")
ANSWERS = ["low", "high", "answer_low", "answer_base", "answer_high"]
LEAST_SPAN = 0.02  # of the answer; a chart of no swing still needs an axis
TALLEST, ROOMY_PITCH, BAR_SHARE = 520.0, 26.0, 0.6
WIDEST_NAMES = 0.36
NAME_GAP, END_GAP, SLACK, AXIS_BELOW, ABOVE, RIGHT = 9.0, 4.0, 2.0, 32.0, 16.0, 6.0
CHART = style.Chart("the tornado chart", "tornado", NEEDED)
WORDS = CHART.words()
TITLE = WORDS["title"]


class Bar(NamedTuple):
    """One input: where its two answers lie around the base, and the words at either side."""

    low: float
    base: float
    high: float
    at_low: str
    at_high: str


@CHART.draws
def draw_tornado(inputs: DataFrame, ax: Axes, *, title: str = TITLE) -> Axes:
    """Draw a bar an input from one answer to the other, the widest on top.

    Parameters
    ----------
    inputs : DataFrame
        One row an input, 1 to 40: ``input``, ``low`` and ``high`` (its range), ``answer_low``,
        ``answer_base``, ``answer_high`` (0-1); optional ``label``, ``source``, ``basis``.
    ax : Axes
        What is drawn on; cleared first.
    title : str
        What is shown: best the finding, in words.
    """
    rows = _sorted(inputs)
    count, base = len(rows), float(rows["answer_base"].iloc[0])
    size = style.SIZE if count <= 24 else style.SMALL_SIZE
    from matplotlib.ticker import MaxNLocator

    with style.chart(ax):
        width = style.chart_width(ax)
        names = [
            style.wrapped(name, width * WIDEST_NAMES, size, 400, 2 if count <= 20 else 1)
            for name in style.labels(rows, "input")
        ]
        lines = max(name.count("\n") + 1 for name in names)
        pitch = max(min(ROOMY_PITCH, TALLEST / count), lines * size * style.LINE + 3)
        left = (
            NAME_GAP + SLACK + max(style.text_width(w, size) for n in names for w in n.split("\n"))
        )
        bars = [_bar(*answers) for answers in rows[ANSWERS].itertuples(index=False)]
        reach = _limits(bars, size, width - left - RIGHT)
        for place, bar in enumerate(bars):
            _draw_bar(ax, place, bar, size)
        ax.axvline(base, color=style.INK, lw=1)
        _draw_base(ax, base, reach, width - left - RIGHT)
        ax.set_xlim(*reach)
        ax.set_ylim(count - 0.5, -0.5)
        ax.set_yticks(range(count), names, size=size, linespacing=1.05)
        ax.tick_params(axis="y", pad=NAME_GAP - 2)
        ends = max(reach[0], 0.0), min(reach[1], 1.0)
        ticks = MaxNLocator(7, steps=[1, 2, 5, 10]).tick_values(*reach)
        ticks = [tick for tick in ticks if ends[0] <= tick <= ends[1]]
        ax.set_xticks(ticks, [f"{tick * 100:.4g}" for tick in ticks])
        ax.grid(axis="x")
        ax.spines[["left", "bottom"]].set_visible(False)
        ax.set_xlabel(WORDS["across"], loc="left")
        return CHART.finished(
            ax, rows, style.Margins(pitch * count, left, RIGHT, AXIS_BELOW, ABOVE), title
        )


def alt_tornado(inputs: DataFrame, *, title: str = TITLE) -> str:
    """Say in words and numbers what `draw_tornado` shows.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"input": ["rho"], "low": [0.1], "high": [0.4],
    ...                      "answer_low": [0.8], "answer_base": [0.7], "answer_high": [0.6]})
    >>> alt_tornado(rows, title="Swings").split(" Each bar")[0]
    'Tornado chart. Swings. Chance of a match (%): rho at 0.1: 80%, at 0.4: 60%. 70% with every \
input at its base.'
    """
    rows = _sorted(inputs)
    inputs = [
        (name, _at(low, at_low), _at(high, at_high))
        for name, low, high, at_low, _, at_high in zip(
            style.labels(rows, "input"), *(rows[column] for column in ANSWERS), strict=True
        )
    ]
    base = _base(rows["answer_base"].iloc[0])
    return CHART.alt(rows, title=title, unit=WORDS["across"], inputs=inputs, base=base)


def _sorted(inputs: DataFrame) -> DataFrame:
    """Rows with the widest swing first, as many answers as there must be."""
    CHART.check(inputs)
    if inputs[ANSWERS].isna().any(axis=None):
        raise CHART.refusal("an input without its range or an answer")
    swing = (inputs["answer_high"] - inputs["answer_low"]).abs()
    order = swing.sort_values(ascending=False, kind="stable").index
    return inputs.loc[order].reset_index(drop=True)


def _at(value: float, answer: float) -> str:
    return WORDS["at"] % (f"{value:.3g}", style.percent(answer))


def _base(answer: float) -> str:
    return WORDS["base"] % style.percent(answer)


def _bar(low: float, high: float, at_low: float, base: float, at_high: float) -> Bar:
    """Bar with the words of the lower answer at its left, of the higher at its right."""
    words = (_at(low, at_low), _at(high, at_high))
    if at_low > at_high:
        words = words[::-1]
    return Bar(min(at_low, at_high, base), base, max(at_low, at_high, base), *words)


def _limits(bars: list[Bar], size: float, room: float) -> tuple[float, float]:
    """Ends of the axis that leave room for the words beside every bar."""
    before = max(style.text_width(bar.at_low, size) for bar in bars) + END_GAP + SLACK
    after = max(style.text_width(bar.at_high, size) for bar in bars) + END_GAP + SLACK
    lowest, highest = min(bar.low for bar in bars), max(bar.high for bar in bars)
    slack = max(LEAST_SPAN - (highest - lowest), 0.0) / 2
    lowest, highest = lowest - slack, highest + slack
    per_point = (highest - lowest) / (room - before - after)
    return lowest - before * per_point, highest + after * per_point


def _draw_bar(ax: Axes, place: int, bar: Bar, size: float) -> None:
    ax.barh(place, bar.high - bar.low, BAR_SHARE, left=bar.low, color=style.BLUE)
    for x, words, gap, ha in (
        (bar.low, bar.at_low, -END_GAP, "right"),
        (bar.high, bar.at_high, END_GAP, "left"),
    ):
        style.write(ax, words, (x, place), (gap, 0), ha, "center_baseline", size=size)


def _draw_base(ax: Axes, base: float, reach: tuple[float, float], room: float) -> None:
    """Draw the base line through all bars and name it above, inside the chart."""
    ax.axvline(base, color=style.ORANGE, lw=1.2)
    words = _base(base)
    half = style.text_width(words, weight=600) / 2
    x = (base - reach[0]) / (reach[1] - reach[0]) * room
    at = ((base, 1), (min(max(x, half), room - half) - x, 3), "center", "bottom")
    style.write(ax, words, *at, xycoords=("data", "axes fraction"), weight=600)
