"""What a notebook puts on the page: who it is about, text, tables and figures with alt text.

The exporter reads exactly these outputs and nothing else, so a stray ``print`` never reaches a
student's page.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping
from inspect import signature
from typing import TYPE_CHECKING, Any, Literal

from analysis.errors import FigureError, ReportError
from analysis.plain_text import escape_markdown, formula_as_text
from analysis.report.parameters import check_parameters, stamp

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

IDENTITY_MIME = "application/vnd.countersignal+json"
LAYOUT_MIME = "application/vnd.countersignal.layout+json"
ROWS_MIME = "text/csv"
TYPED_MIME = "application/vnd.countersignal.typed+json"
IMAGE_MIME = {"svg": "image/svg+xml", "png": "image/png"}
WIDEST_COLUMN = 30
PROSE_CELL, PROSE_COLUMN = 60, 72  # a column of sentences gets most of the page
CELL_PADDING, HEAD_EXTRA = 2, 1  # characters
WHOLE_CELL = 12  # characters of a cell that is better not broken
LINE_OF_TABLE = 115  # characters that fit side by side


def publish_identity(
    student_id: str | None, title: str, report_date: str, fingerprint: str, lang: str = "en"
) -> None:
    """Say whose report this is: the first output of a report notebook."""
    from IPython.display import display

    identity = {
        "student_id": student_id,
        "title": title,
        "lang": lang,
        "report_date": report_date,
        "fingerprint": fingerprint,
    }
    shown = f"{title} · data of {report_date} · assumptions {fingerprint}"
    display({IDENTITY_MIME: identity, "text/plain": shown}, metadata=stamp(begin=True), raw=True)


def publish_text(markdown: str) -> None:
    """Put CommonMark on the page; what a person typed goes through `escape_markdown` first."""
    from IPython.display import display

    bundle = {"text/markdown": markdown, "text/plain": markdown}
    display(bundle, metadata=stamp(), raw=True)


def publish_block(name: str, data: Mapping[str, Any], markdown: str) -> None:
    """Put on the page what Markdown has no words for: columns, boxes, drawings of typst.

    Parameters
    ----------
    name : str
        A function of ``blocks.typ``.
    data : mapping
        What it draws, as JSON. Strings are shown as they stand; ``{"markdown": text}`` arrives as
        blocks for ``words``.
    markdown : str
        The same for whoever reads the notebook itself.
    """
    from IPython.display import display

    bundle = {LAYOUT_MIME: {"name": name, "data": dict(data)}, "text/markdown": markdown}
    display({**bundle, "text/plain": markdown}, metadata=stamp(), raw=True)


def publish_typed(heading: str, text: str) -> None:
    """Put what a person typed on the page, as it stands, under a heading; without text nothing."""
    from IPython.display import display

    if text.strip():
        publish_text(f"## {heading}")
        bundle = {TYPED_MIME: {"text": text}, "text/plain": text}
        display(bundle, metadata=stamp(), raw=True)


def markdown_table(rows: DataFrame) -> str:
    """Pipe table of a frame, numbers as they stand, text escaped."""
    from pandas.api.types import is_numeric_dtype

    if rows.empty:
        message = "a table without rows would be put on the page"
        raise ReportError(message)

    def line(cells: list[str]) -> str:
        return "| " + " | ".join(cells) + " |"

    # Where a line is long, the number of dashes shares the page's width out.
    widths = _shared_out([_width(str(name), [str(cell) for cell in rows[name]]) for name in rows])
    rule = [
        "-" * width + ":" if is_numeric_dtype(rows[name]) else ":" + "-" * width
        for name, width in zip(rows, widths, strict=True)
    ]
    body = [
        line([escape_markdown(str(cell)) for cell in row])
        for row in rows.itertuples(index=False, name=None)
    ]
    header = line([escape_markdown(str(name)) for name in rows])
    return "\n".join([header, line(rule), *body])


def _width(name: str, cells: list[str]) -> tuple[int, int]:
    """Characters a column needs and asks for: its longest word, its longest cell, to a limit."""
    longest_word = max(len(word) for text in cells for word in text.split() or [""])
    if (short := max(map(len, cells))) <= WHOLE_CELL:  # such as ``85 (68–95)``
        longest_word = short
    # The header is semibold, and capitals are wide.
    longest_word = max(longest_word, *(len(word) + HEAD_EXTRA for word in name.split() or [""]))
    longest_cell = max(len(text) for text in (name, *cells))
    prose = sum(map(len, cells)) > PROSE_CELL * len(cells)
    widest = PROSE_COLUMN if prose else WIDEST_COLUMN
    needed = min(longest_word, WIDEST_COLUMN)
    asked = max(needed, min(longest_cell, widest))
    return needed + CELL_PADDING, asked + CELL_PADDING


def _shared_out(widths: list[tuple[int, int]]) -> list[int]:
    """Widths as asked for; where that would break a word, the needs and a share of the rest."""
    needed, asked = (sum(column) for column in zip(*widths, strict=True))
    narrowed = min(1.0, LINE_OF_TABLE / asked)
    broken = any(ask * narrowed < need - CELL_PADDING for need, ask in widths)
    if not broken or needed >= LINE_OF_TABLE:
        return [ask for _, ask in widths]
    share = (LINE_OF_TABLE - needed) / (asked - needed)
    return [need + round((ask - need) * share) for need, ask in widths]


def publish_table(rows: DataFrame, if_empty: str | None = None) -> None:
    """Put a table on the page, or the Markdown of ``if_empty`` where it has no row."""
    publish_text(markdown_table(rows) if if_empty is None or not rows.empty else if_empty)


def publish_rows(rows: DataFrame) -> None:
    """Give rows to be laid beside the page as a CSV file; they do not stand on it."""
    from IPython.display import display

    safe = rows.map(lambda cell: formula_as_text(cell) if isinstance(cell, str) else cell)
    text = safe.to_csv(index=False, lineterminator="\n", float_format="%.6g")
    bundle = {ROWS_MIME: text, "text/plain": f"{len(rows)} rows"}
    display(bundle, metadata=stamp(), raw=True)


def publish_chart(
    rows: DataFrame,
    axes: Axes,
    draw: Callable[..., Axes],
    alt: Callable[..., str],
    caption: str,
    image: Literal["svg", "png"] = "svg",
    beside: str = "",
    **keywords: Any,
) -> None:
    """Draw rows and put the figure on the page; without rows there is no figure.

    Parameters
    ----------
    rows : DataFrame
        What is drawn.
    axes : Axes
        Empty.
    draw, alt : callable
        A figure's two functions; both get `rows` and, as far as they take them, `keywords`.
    caption : str
        Plain text beneath.
    image : {"svg", "png"}
        As for `publish_figure`.
    beside : str
        Markdown to the left of the figure; without rows it stands alone.
    **keywords
        Of the figure.
    """
    if rows.empty:
        if beside:
            publish_text(beside)
        return
    taken = signature(alt).parameters
    own = {name: value for name, value in keywords.items() if name in taken}
    draw(rows, axes, **keywords)
    figure = axes.get_figure(root=True)
    if figure is None:
        message = "a chart was drawn on axes without a figure"
        raise FigureError(message)
    publish_figure(figure, alt(rows, **own), caption, image, beside)


def publish_figure(
    figure: Figure,
    alt: str,
    caption: str,
    image: Literal["svg", "png"] = "svg",
    beside: str = "",
) -> None:
    """Put a figure on the page with its alt text and caption.

    Parameters
    ----------
    figure : Figure
        A drawn matplotlib figure.
    alt : str
        What the figure says, in words and numbers.
    caption : str
        Plain text beneath the figure.
    image : {"svg", "png"}
        SVG for print, PNG where a code host must show it.
    beside : str
        Markdown to the left of the figure, which then keeps its own size.

    Raises
    ------
    FigureError
        If the alt text or the caption is empty.
    """
    from IPython.display import display

    if not alt.strip() or not caption.strip():
        message = "a figure needs an alt text and a caption"
        raise FigureError(message)
    buffer = io.BytesIO()
    metadata = {"Date": None, "Creator": None} if image == "svg" else {"Software": None}
    figure.savefig(buffer, format=image, dpi=144, metadata=metadata)
    mime = IMAGE_MIME[image]
    picture = buffer.getvalue()
    data = picture.decode() if image == "svg" else base64.b64encode(picture).decode()
    words = {"alt": alt, "caption": caption, **({"beside": beside} if beside else {})}
    if beside:
        display({"text/plain": beside}, metadata=stamp(), raw=True)
    display({mime: data, "text/plain": alt}, metadata={mime: words, **stamp()}, raw=True)
