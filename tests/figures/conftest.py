from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from analysis.figures import style

ARTICLE = Path(__file__).parents[2] / "data" / "article"


@pytest.fixture(autouse=True)
def _nothing_stays_open_or_set() -> Iterator[None]:
    """Close what pyplot holds, and see that drawing changed no setting of matplotlib."""
    before = settings()
    yield
    import matplotlib.pyplot as plt

    plt.close("all")
    assert settings() == before


def settings() -> dict[str, object]:
    """Settings of matplotlib, but for the backend, which it chooses when it first needs one."""
    return {key: value for key, value in mpl.rcParams.items() if key != "backend"}


@pytest.fixture
def axes() -> Axes:
    return style.new_axes()


@pytest.fixture(scope="session")
def article() -> Callable[[str], pd.DataFrame]:
    """The article's tables as the loaders give them: shares instead of percent."""

    def table(name: str) -> pd.DataFrame:
        rows = pd.read_csv(ARTICLE / f"{name}.csv", dtype={"edition": str})
        if "interview_chance_percent" in rows:
            rows["interview_chance"] = rows["interview_chance_percent"] / 100
        return rows

    return table


def visible_texts(ax: Axes) -> list[Text]:
    """Every text of the picture that is not empty: labels, titles, ticks, footer."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    # Tick labels beyond the limits exist but are not drawn.
    ticks = {*ax.xaxis.get_ticklabels(), *ax.yaxis.get_ticklabels()}
    drawn = {
        label
        for axis in (ax.xaxis, ax.yaxis)
        for tick in axis._update_ticks()
        for label in (tick.label1, tick.label2)
    }
    found = figure.findobj(Text)
    return [
        text
        for text in found
        if text.get_visible() and text.get_text().strip() and (text not in ticks or text in drawn)
    ]


def boxes_of(texts: list[Text]) -> list[Bbox]:
    """Where each text stands, in pixels."""
    if not texts:
        return []
    figure = texts[0].get_figure(root=True)
    assert figure is not None
    renderer = figure._get_renderer()  # once: each text by itself would set one up
    return [text.get_window_extent(renderer) for text in texts]


def collisions(texts: list[Text]) -> list[tuple[str, str]]:
    """Pairs of texts whose boxes intersect."""
    boxes = boxes_of(texts)
    return [
        (texts[i].get_text(), texts[j].get_text())
        for i in range(len(texts))
        for j in range(i)
        if overlap(boxes[i], boxes[j])
    ]


def overlap(one, other, slack: float = 0.5) -> bool:
    """Whether two boxes share more than a sliver of pixels."""
    return (
        min(one.x1, other.x1) - max(one.x0, other.x0) > slack
        and min(one.y1, other.y1) - max(one.y0, other.y0) > slack
    )


def outside(ax: Axes, texts: list[Text], slack: float = 0.5) -> list[str]:
    """Texts that reach past the rim of the picture."""
    rim = ax.get_figure(root=True).bbox
    return [
        text.get_text()
        for text, box in zip(texts, boxes_of(texts), strict=True)
        if box.x0 < -slack or box.y0 < -slack or box.x1 > rim.x1 + slack or box.y1 > rim.y1 + slack
    ]


def smallest_print(texts: list[Text]) -> float:
    """Points of the smallest text."""
    return min(text.get_fontsize() for text in texts)


def assert_legible(ax: Axes) -> None:
    """No text of the picture covers another, is cut off or is smaller than eight points."""
    texts = visible_texts(ax)
    assert collisions(texts) == []
    assert outside(ax, texts) == []
    assert smallest_print(texts) >= 8


def marks(ax: Axes) -> list[Line2D]:
    """Lines that are points of data, in the order drawn."""
    return [
        line
        for line in ax.lines
        if line.get_marker() in {"D", "o"} and line.get_transform() == ax.transData
    ]


def intervals(ax: Axes) -> list[tuple[float, float]]:
    """Ends of the intervals that are drawn, in the order drawn."""
    spans = [line.get_xdata() for line in ax.lines if line.get_marker() in {"", "None", None}]
    known = [[x for x in span if x == x] for span in spans]
    return [(min(span), max(span)) for span in known if span]
