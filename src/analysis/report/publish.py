"""What a notebook puts on the page: who it is about, text, tables and figures with alt text.

The exporter reads exactly these outputs and nothing else, so a stray ``print`` never reaches a
student's page.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from inspect import signature
from typing import TYPE_CHECKING, Any, Literal

from analysis.errors import FigureError, ReportError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

__all__ = [
    "IDENTITY_MIME",
    "TYPED_MIME",
    "escape_markdown",
    "markdown_table",
    "publish_chart",
    "publish_figure",
    "publish_identity",
    "publish_table",
    "publish_text",
    "publish_typed",
]

IDENTITY_MIME = "application/vnd.countersignal+json"
TYPED_MIME = "application/vnd.countersignal.typed+json"
IMAGE_MIME = {"svg": "image/svg+xml", "png": "image/png"}
WIDEST_COLUMN = 30
PROSE_CELL, PROSE_COLUMN = 60, 72  # a column of sentences gets most of the page
CELL_PADDING = 2  # characters
MARKDOWN_SPECIAL = frozenset(r"\`*_{}[]()<>#+-.!|~^$&'\":=@%/")


def escape_markdown(text: str) -> str:
    r"""Text that Markdown shows as it stands, on one line.

    Parameters
    ----------
    text : str
        Anything a person typed.

    Returns
    -------
    str
        Every ASCII punctuation mark behind a backslash, white space folded.

    Examples
    --------
    >>> escape_markdown("*not* bold")
    '\\*not\\* bold'
    """
    folded = " ".join(text.split())
    return "".join("\\" + c if c in MARKDOWN_SPECIAL else c for c in folded)


def publish_identity(
    student_id: str, title: str, report_date: str, fingerprint: str, lang: str = "en"
) -> None:
    """Say whose report this is; the first output of a report notebook.

    Parameters
    ----------
    student_id : str
        The checked id.
    title : str
        Title of the document.
    report_date : str
        ISO date of the data, not of today.
    fingerprint : str
        Fingerprint of the assumptions.
    lang : str
        Language of the text, as a BCP 47 code.
    """
    from IPython.display import display

    identity = {
        "student_id": student_id,
        "title": title,
        "lang": lang,
        "report_date": report_date,
        "fingerprint": fingerprint,
    }
    shown = f"{title} · data of {report_date} · assumptions {fingerprint}"
    display({IDENTITY_MIME: identity, "text/plain": shown}, raw=True)


def publish_text(markdown: str) -> None:
    """Put a text on the page.

    Parameters
    ----------
    markdown : str
        CommonMark; what a person typed goes through `escape_markdown` first.
    """
    from IPython.display import display

    display({"text/markdown": markdown, "text/plain": markdown}, raw=True)


def publish_typed(heading: str, text: str) -> None:
    """Put what a person typed on the page, under a heading and as it stands; without text nothing.

    Parameters
    ----------
    heading : str
        In our words; plain text.
    text : str
        In theirs, of any length; an empty line ends a paragraph. No sign in it has a meaning.
    """
    from IPython.display import display

    if text.strip():
        publish_text(f"## {heading}")
        display({TYPED_MIME: {"text": text}, "text/plain": text}, raw=True)


def markdown_table(rows: DataFrame) -> str:
    """Pipe table of a frame, numbers as they stand, text escaped.

    Parameters
    ----------
    rows : DataFrame
        One line of the table a row; column names are the header. Numeric columns align right.

    Returns
    -------
    str
        A Markdown pipe table.

    Raises
    ------
    ReportError
        If there is no row or no column: a page never carries an empty table.
    """
    from pandas.api.types import is_numeric_dtype

    if rows.empty:
        message = "a table without rows would be put on the page"
        raise ReportError(message)

    def line(cells: list[str]) -> str:
        return "| " + " | ".join(cells) + " |"

    # Where a line is long, pandoc shares the page's width by the number of dashes.
    widths = [_width(str(name), [str(cell) for cell in rows[name]]) for name in rows]
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


def _width(name: str, cells: list[str]) -> int:
    """Characters a column asks for: its longest word and its longest cell, each up to a limit."""
    longest_word = max(len(word) for text in (name, *cells) for word in text.split() or [""])
    longest_cell = max(len(text) for text in (name, *cells))
    prose = sum(map(len, cells)) > PROSE_CELL * len(cells)
    widest = PROSE_COLUMN if prose else WIDEST_COLUMN
    return max(min(longest_word, WIDEST_COLUMN), min(longest_cell, widest)) + CELL_PADDING


def publish_table(rows: DataFrame, if_empty: str | None = None) -> None:
    """Put a table on the page, with header cells that repeat across pages.

    Parameters
    ----------
    rows : DataFrame
        As for `markdown_table`.
    if_empty : str, optional
        Markdown to put there instead of a table without rows; refused without.
    """
    publish_text(markdown_table(rows) if if_empty is None or not rows.empty else if_empty)


def publish_chart(
    rows: DataFrame,
    axes: Axes,
    draw: Callable[..., Axes],
    alt: Callable[..., str],
    caption: str,
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
    **keywords
        Of the figure.
    """
    if rows.empty:
        return
    taken = signature(alt).parameters
    own = {name: value for name, value in keywords.items() if name in taken}
    draw(rows, axes, **keywords)
    figure = axes.get_figure(root=True)
    if figure is None:
        message = "a chart was drawn on axes without a figure"
        raise FigureError(message)
    publish_figure(figure, alt(rows, **own), caption)


def publish_figure(
    figure: Figure, alt: str, caption: str, image: Literal["svg", "png"] = "svg"
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
    display(
        {mime: data, "text/plain": alt},
        metadata={mime: {"alt": alt, "caption": caption}},
        raw=True,
    )
