"""Chart: how prestigious programs are, and how willing they are to consider red flags."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.arrays import Floats
from analysis.figures import style
from analysis.figures.style.page import UPWARD_TITLE, Margins
from analysis.figures.style.points import (
    PointLayout,
    draw_key,
    draw_point_labels,
    key_height,
    point_layout,
)
from analysis.vocabulary import PROGRAM_TYPES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

NEEDED = ("prestige", "red_flag_tolerance")
NAMES = ("label", "program_name", "program_type", "program_id")
MOST_LABELS = 40
LOW, HIGH = -0.4, 10.4  # a point at the end of a scale is drawn whole
HEIGHTS = ((0, 305.0), (6, 152.0), (16, 265.0), (10**9, 305.0))
LEFT, BELOW = 22.0, 32.0
LEGEND = 30.0  # points of two lines that say which mark is which type
CHART = style.Chart(
    "the chart of program risk tolerance", "program_risk_tolerance", NEEDED, most=None
)
WORDS = CHART.words()
TITLE = WORDS["title"]
MARK = WORDS["mark"]


@CHART.draws
def draw_program_risk_tolerance(
    programs: DataFrame,
    ax: Axes,
    *,
    chosen: Collection[str] = (),
    mark: str = MARK,
    title: str = TITLE,
) -> Axes:
    """Draw a point for each program or type of program, with its name.

    Up to 40 points are all named; of more, the chosen ones are, and the footer says so. More than
    40 without a chosen one are told apart by the type of program, where there is that column.

    Parameters
    ----------
    programs : DataFrame
        One row a program or type: ``prestige`` and ``red_flag_tolerance`` (0-10), and a name:
        the first filled of ``label``, ``program_name``, ``program_type``, ``program_id``; optional
        ``edition``, ``as_of``, ``source``, ``basis``. Rows without both values are left out, and
        the footer counts them.
    ax : Axes
        What is drawn on; cleared first.
    chosen : collection of str
        Programs that are set apart, by ``program_id`` where there is that column, else by name.
    mark : str
        What the chosen ones are, for the legend.
    title : str
        What is shown.
    """
    known, names, picked = _points(programs, chosen)
    labeled = _labeled(known, picked)
    with style.chart(ax):
        height = next(tall for most, tall in HEIGHTS if len(labeled) <= most)
        bare = Margins(height, left=LEFT, right=6.0, below=BELOW, above=UPWARD_TITLE)
        drawing = style.drawing_size(ax, bare)
        scale = np.array(drawing) / (HIGH - LOW)
        places = (known[list(NEEDED)].to_numpy(dtype=np.float64) - LOW) * scale
        layout = point_layout(names, places, drawing, labeled, picked)
        kinds = _kinds(known, picked)
        _draw_marks(ax, layout.centers / scale + LOW, picked, kinds)
        _draw_axes(ax)
        style.put_upward_title(ax, WORDS["upward"], bare)
        draw_point_labels(ax, layout, picked)
        width = style.chart_width(ax)
        taken = key_height(layout, width) + (LEGEND if kinds else 0.0)
        margins = replace(bare, below=BELOW + taken)
        footer = _footer(programs, known, picked, layout, mark)
        CHART.finished(ax, known, margins, title, footer)
        draw_key(ax, layout, width, LEFT, BELOW, picked)
    return ax


def alt_program_risk_tolerance(
    programs: DataFrame, *, chosen: Collection[str] = (), mark: str = MARK, title: str = TITLE
) -> str:
    """Say in words and numbers what `draw_program_risk_tolerance` shows.

    Examples
    --------
    >>> import pandas as pd
    >>> types = pd.DataFrame({"program_type": ["Community", "Rural"], "prestige": [4, 2],
    ...                       "red_flag_tolerance": [7, 8]})
    >>> alt_program_risk_tolerance(types, title="Types")
    'Scatter. Types, as prestige / willingness: Community 4 / 7; Rural 2 / 8. Source: not stated.'
    """
    known, names, picked = _points(programs, chosen)
    values = known[list(NEEDED)].to_numpy(dtype=np.float64)
    points = [(names[row], *values[row]) for row in _labeled(known, picked)]
    own = {"mark": mark.capitalize(), "chosen": [names[row] for row in picked]}
    many = {
        "count": len(known) if len(known) > MOST_LABELS else 0,
        "ends": [*values.min(axis=0), *values.max(axis=0)],
    }
    return CHART.alt(known, _source(programs, known), title=title, points=points, **own, **many)


def _points(programs: DataFrame, chosen: Collection[str]) -> tuple[DataFrame, list[str], list[int]]:
    """Rows with both values, their names, and which of them are chosen."""
    CHART.check(programs)
    named_by = [column for column in NAMES if column in programs.columns]
    if not named_by:
        raise CHART.refusal("the rows have no column with a name, such as program_type")
    known = programs[programs[list(NEEDED)].notna().all(axis=1)].reset_index(drop=True)
    CHART.check(known)
    values = known[list(NEEDED)].to_numpy(dtype=np.float64)
    if values.min() < 0 or values.max() > 10:
        raise CHART.refusal("prestige and willingness lie between 0 and 10")
    names = style.labels(known, next(c for c in named_by if c != "label" or len(named_by) == 1))
    keys = [str(k) for k in known["program_id"]] if "program_id" in known.columns else names
    missing = sorted(set(chosen) - set(keys))
    if missing:
        raise CHART.refusal(
            f"{', '.join(missing)} cannot be marked: not among the rows with values"
        )
    return known, names, [index for index, key in enumerate(keys) if key in set(chosen)]


def _labeled(known: DataFrame, picked: list[int]) -> list[int]:
    """Points that are to be named: all up to forty, else the chosen ones."""
    if len(known) <= MOST_LABELS:
        return list(range(len(known)))
    return picked[:MOST_LABELS]


def _kinds(known: DataFrame, picked: list[int]) -> list[str]:
    """Type of each of many points; none where points are named or chosen."""
    if picked or len(known) <= MOST_LABELS or not style.has_column(known, "program_type"):
        return []
    return [
        PROGRAM_TYPES[code].label if code in PROGRAM_TYPES else str(code)
        for code in known["program_type"]
    ]


def _draw_marks(ax: Axes, centers: Floats, picked: list[int], kinds: list[str]) -> None:
    """Draw filled squares for the chosen and open rings for the rest: told apart without color."""
    import seaborn as sns

    look = {"zorder": 3, "clip_on": False, "legend": False, "ax": ax}
    if kinds:
        x, y = centers[:, 0], centers[:, 1]
        order = [kind.label for kind in PROGRAM_TYPES.values() if kind.label in kinds]
        order += sorted(set(kinds) - set(order))
        by_kind = {"hue": kinds, "style": kinds, "hue_order": order, "style_order": order}
        shades = sns.color_palette("colorblind", len(order))
        look |= {"legend": "full", "palette": shades, "edgecolor": style.PAPER}
        sns.scatterplot(x=x, y=y, s=52, **by_kind, **look)
        sns.move_legend(
            ax, loc="upper left", bbox_to_anchor=(0, -BELOW / HEIGHTS[-1][1]), ncols=3,
            frameon=False, title=None, fontsize=style.SMALL_SIZE, borderpad=0, handletextpad=0.2,
        )  # fmt: skip
        return
    if not picked:
        x, y = centers[:, 0], centers[:, 1]
        sns.scatterplot(x=x, y=y, s=62, color=style.BLUE, edgecolor=style.PAPER, **look)
        return
    rest, chosen = np.delete(centers, picked, axis=0), centers[picked]
    rings = {"facecolor": "none", "edgecolor": style.BLUE, "linewidth": 1.2}
    sns.scatterplot(x=rest[:, 0], y=rest[:, 1], s=50, **rings, **look)
    squares = {"marker": "s", "color": style.ORANGE, "edgecolor": style.PAPER}
    sns.scatterplot(x=chosen[:, 0], y=chosen[:, 1], s=52, **squares, **(look | {"zorder": 4}))


def _draw_axes(ax: Axes) -> None:
    ax.set_xlim(LOW, HIGH)
    ax.set_ylim(LOW, HIGH)
    ax.set_xticks(range(0, 11, 2))
    ax.set_yticks(range(0, 11, 2))
    ax.grid()
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.set_xlabel(WORDS["across"], loc="left")


def _source(programs: DataFrame, known: DataFrame, **view: Any) -> str:
    words = CHART.words(left_out=len(programs) - len(known), **view)
    notes = (words.get(name) for name in ("gaps", "squares", "many", "key", "no_room", "beside"))
    return CHART.footer(known, *(note for note in notes if note))


def _footer(
    programs: DataFrame, known: DataFrame, picked: list[int], layout: PointLayout, mark: str
) -> str:
    return _source(
        programs,
        known,
        mark=mark,
        picked=len(picked),
        count=len(known),
        many=len(known) > MOST_LABELS,
        key=layout.key,
        unnamed=len(_labeled(known, picked)) - len(layout.labels),
        stacked=known[list(NEEDED)].duplicated().any(),
    )
