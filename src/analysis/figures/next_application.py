"""Chart: what each further application adds, what it costs, and where that flattens."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Floats
from analysis.figures import style
from analysis.text import sentences

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame


NEEDED = ("applications", "match_gain")
HEIGHT = 170.0
LEFT, RIGHT, BELOW, ABOVE = 34.0, 22.0, 32.0, 34.0
RULE_AT = 1.02  # of the height; the line over columns of one fee
NOTE_SHARE = 0.55
WIDE_SLOT = 24.0
VALUE_ROOM = 14.0
FEE_BAND = 18.0  # points over the columns, for what they cost
COLUMN_SHARE = 0.72
MOST_APPLICATIONS = 200
FEWEST_TICKS = 8
FAR = 0.7  # of the columns, from which on a mark's words stand at its left
CHART = style.Chart(
    "the chart of the next application", "next_application", NEEDED, most=MOST_APPLICATIONS
)
WORDS = CHART.words()
TITLE = WORDS["title"]


@CHART.draws
def draw_next_application(
    applications: DataFrame,
    ax: Axes,
    *,
    flat_below: float,
    limit: int | None = None,
    title: str = TITLE,
) -> Axes:
    """Draw a column an application: what it adds; above the columns, what it costs.

    Parameters
    ----------
    applications : DataFrame
        One row an application, in the order added, 1 to 200: ``applications`` (1, 2,
        ...), ``match_gain`` (0-1, what it adds to the chance of a match); optional
        ``next_fee_usd`` (of this application alone), ``source``, ``basis``.
    ax : Axes
        What is drawn on; cleared first.
    flat_below : float
        Gain (0-1) from which on an application is called small.
    limit : int, optional
        Length of the list: later columns are pale, and a line says so.
    title : str
        What is shown.
    """
    numbers, gains = _gains(applications)
    with style.chart(ax):
        ticks = style.round_ticks(float(gains.max()) * 100)
        inside = numbers <= (numbers[-1] if limit is None else limit)
        colors = [style.BLUE if own else style.PALE_BLUE for own in inside]
        ax.bar(numbers, gains * 100, COLUMN_SHARE, color=colors)
        ax.set_xlim(numbers[0] - 0.6, numbers[-1] + 0.6)
        highest = float(gains.max()) * 100 * HEIGHT / (HEIGHT - VALUE_ROOM)
        ax.set_ylim(0, max(ticks[-1], highest))
        ax.set_yticks(ticks)
        ax.set_xticks(_number_ticks(numbers))
        _draw_fees(ax, applications)
        _draw_values(ax, numbers, gains)
        notes = _notes(applications, flat_below, limit)
        footer = style.provenance(applications)
        if not _draw_notes(ax, gains, notes):
            footer = " · ".join([*notes, footer])
        above = ABOVE if _has_fees(applications) else ABOVE - FEE_BAND
        margins = style.Margins(HEIGHT, LEFT, RIGHT, BELOW, above)
        style.put_axis_titles(ax, WORDS["across"], WORDS["upward"], margins)
        return CHART.finished(ax, applications, margins, title, footer)


def alt_next_application(
    applications: DataFrame,
    *,
    flat_below: float,
    limit: int | None = None,
    title: str = TITLE,
) -> str:
    """Say in words and numbers what `draw_next_application` shows.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"applications": [1, 2], "match_gain": [0.3, 0.001],
    ...                      "next_fee_usd": 11.0})
    >>> alt_next_application(rows, flat_below=0.005, title="Gains").split(" Source")[0]
    'Columns. Gains, in percentage points: 1st 30; 2nd 0.1. Applications 1 to 2 cost $11 each. \
From application 2 on, each adds less than 0.5 points. At application 2 one further point \
costs about $110.'
    """
    numbers, gains = _gains(applications)
    gained = [(_ordinal(int(n)), _points(g)) for n, g in zip(numbers, gains, strict=True)]
    notes = _notes(applications, flat_below, limit, _fee_spans(applications))
    source = style.provenance(applications)
    return CHART.alt(applications, source, title=title, gained=gained, notes=notes)


def html_next_application(
    applications: DataFrame,
    *,
    flat_below: float,
    limit: int | None = None,
    title: str = TITLE,
) -> str:
    """Write what `draw_next_application` shows as HTML, at once and for any width of a page.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"applications": [1, 2], "match_gain": [0.3, 0.15]})
    >>> 'style="--share:0.5"' in html_next_application(rows, flat_below=0.005)
    True
    """
    numbers, gains = _gains(applications)
    shown = set(_number_ticks(numbers))
    most = float(gains.max()) or 1.0
    flat = flattens_at(applications, flat_below)
    ends = {"enough": None if flat is None else flat - 1, "end": limit}
    columns = []
    for number, gain in zip(numbers.tolist(), gains, strict=True):
        told = number in shown
        pale = limit is not None and number > limit
        marks = [
            f"<em class=cs-{code}>{WORDS[code]}: {end}</em>"
            for code, end in ends.items()
            if end == number
        ]
        kinds = {"cs-later": pale, "cs-marked": marks, "cs-far": number > FAR * numbers[-1]}
        columns.append(
            f'<span class="{" ".join(kind for kind, holds in kinds.items() if holds)}">'
            f"{''.join(marks)}<s>"
            f"{escape(_points(gain)) if told else ''}</s>"
            f'<i style="--share:{gain / most:g}"></i><u>{number if told else ""}</u></span>'
        )
    notes = _notes(applications, flat_below, limit, _fee_spans(applications))
    drawing = (
        f"<p>{WORDS['upward']}</p><div class='cs-columns-drawn'>{''.join(columns)}</div>"
        f"<p>{WORDS['across']}</p>"
        f"<p class='cs-findings'>{escape(' '.join(f'{note}.' for note in notes))}</p>"
    )
    alt = alt_next_application(applications, flat_below=flat_below, limit=limit, title=title)
    source = style.provenance(applications)
    return style.html_figure("steps", applications, title, drawing, source, alt)


def flattens_at(applications: DataFrame, flat_below: float) -> int | None:
    """First application from which on every one adds less than a threshold."""
    numbers, gains = _gains(applications)
    large = np.flatnonzero(gains >= flat_below)
    first = int(large[-1]) + 1 if large.size else 0
    return int(numbers[first]) if first < len(numbers) else None


def _gains(applications: DataFrame) -> tuple[NDArray[np.int64], Floats]:
    CHART.check(applications)
    if applications[list(NEEDED)].isna().any(axis=None):
        raise CHART.refusal("an application without a number or a gain")
    rows = applications.sort_values("applications")
    numbers = rows["applications"].to_numpy(dtype=np.int64)
    if (np.diff(numbers) != 1).any():
        raise CHART.refusal("applications are numbered without a gap, each once")
    return numbers, rows["match_gain"].to_numpy(dtype=np.float64).clip(0)


def _number_ticks(numbers: NDArray[np.int64]) -> list[int]:
    """Every number while there are few, else the first and round ones."""
    first, last = int(numbers[0]), int(numbers[-1])
    if last - first < FEWEST_TICKS * 2:
        return list(range(first, last + 1))
    step = next(s for s in (5, 10, 20, 50) if last / s <= 2 * FEWEST_TICKS)
    return [first, *(n for n in range(step, last + 1, step) if n - first >= step / 2)]


def _has_fees(applications: DataFrame) -> bool:
    return style.has_column(applications, "next_fee_usd")


def _fee_spans(applications: DataFrame) -> list[tuple[int, int, float]]:
    """First and last application of each run of equal fees."""
    if not _has_fees(applications):
        return []
    rows = applications.sort_values("applications")
    pairs = zip(rows["next_fee_usd"].astype(float), rows["applications"].astype(int), strict=True)
    spans = []
    for fee, run in groupby((pair for pair in pairs if not np.isnan(pair[0])), key=lambda p: p[0]):
        members = [number for _, number in run]
        spans.append((members[0], members[-1], fee))
    return spans


def _draw_fees(ax: Axes, applications: DataFrame) -> None:
    """Write over the columns what they cost, with a line over each run of equal fees."""
    over = ax.get_xaxis_transform()
    per_number = (style.chart_width(ax) - LEFT - RIGHT) / float(np.ptp(ax.get_xlim()))
    for first, last, fee in _fee_spans(applications):
        ends = [first - COLUMN_SHARE / 2, last + COLUMN_SHARE / 2]
        ax.plot(ends, [RULE_AT, RULE_AT], color=style.MUTED, lw=0.8, transform=over, clip_on=False)
        words = f"${fee:,.0f} {WORDS['each']}" if last > first else f"${fee:,.0f}"
        if style.text_width(words) <= (ends[1] - ends[0]) * per_number:
            at = ((first + last) / 2, RULE_AT)
            style.write(ax, words, at, (0, 3), "center", "bottom", xycoords=over, color=style.MUTED)


def _draw_values(ax: Axes, numbers: NDArray[np.int64], gains: Floats) -> None:
    """Write the gain over the columns that have a number beneath them."""
    shown = set(_number_ticks(numbers))
    slot = (style.chart_width(ax) - LEFT - RIGHT) / (len(numbers) + 0.2)
    # Columns mostly fall from left to right: beside a narrow one there is room at its right.
    ha, edge = ("center", 0.0) if slot >= WIDE_SLOT else ("left", COLUMN_SHARE / 2)
    for number, gain in zip(numbers, gains, strict=True):
        if int(number) in shown:
            at = (int(number) - edge, gain * 100)
            style.write(ax, _points(gain), at, (0, 3), ha, "bottom", color=style.INK)


def _draw_notes(ax: Axes, gains: Floats, notes: list[str]) -> bool:
    """Write the findings at the upper right, unless columns are as high as that there."""
    width = style.chart_width(ax) - LEFT - RIGHT
    lines = [style.wrapped(note, width * NOTE_SHARE) for note in notes]
    text = "\n".join(lines)
    depth = (text.count("\n") + 2) * style.SIZE * style.LINE + VALUE_ROOM
    beneath = gains[int(len(gains) * (1 - NOTE_SHARE)) :] * 100
    if beneath.max() > ax.get_ylim()[1] * (1 - depth / HEIGHT):
        return False
    ax.text(
        1,
        1 - 6 / HEIGHT,
        text,
        transform=ax.transAxes,
        ha="right",
        va="top",
        linespacing=style.LINE,
    )
    return True


def _notes(
    applications: DataFrame,
    flat_below: float,
    limit: int | None,
    fees: Sequence[tuple[int, int, float]] = (),
) -> list[str]:
    """What the columns add up to, in sentences without their full stop."""
    numbers, gains = _gains(applications)
    flat = flattens_at(applications, flat_below)
    # What a further point costs where the curve flattens, or at its end.
    at = len(gains) - 1 if flat is None else int(np.searchsorted(numbers, flat))
    rows = applications.sort_values("applications")
    fee = float(rows["next_fee_usd"].iloc[at]) if _has_fees(applications) else np.nan
    return sentences(
        "figures/next_application_notes",
        fees=fees,
        flat=flat,
        flat_points=_points(flat_below),
        at=numbers[at],
        usd_per_point=fee / (gains[at] * 100) if gains[at] > 0 else np.nan,
        limit=limit,
        last=numbers[-1],
    )


def _points(gain: float) -> str:
    """Percentage points with one decimal place where it matters, and "<0.1"."""
    points = gain * 100
    if 0 < points < 0.05:
        return "<0.1"
    return f"{points:.0f}" if points >= 10 or points == 0 else f"{points:.1f}"


def _ordinal(number: int) -> str:
    ending = (
        "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    )
    return f"{number}{ending}"
