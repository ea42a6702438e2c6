"""Pieces of HTML in which whatever a person typed is shown as text."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets

__all__ = ["Panel", "as_text", "group", "heading", "paragraphs", "plain", "table"]

LONGEST = 200


def plain(text: object) -> str:
    r"""Text on one line without control characters, cut where it is endless.

    Examples
    --------
    >>> plain("a\x00b")
    'a b'
    """
    folded = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return folded if len(folded) <= LONGEST else folded[: LONGEST - 1] + "…"


def as_text(text: object) -> str:
    """HTML that shows a text as it is, no line broken between a number and its percent sign."""
    return html.escape(str(text)).replace(" %", "&nbsp;%")


def heading(text: str, level: int = 2) -> str:
    """A heading."""
    return f"<h{level}>{html.escape(text)}</h{level}>"


def paragraphs(sentences: Sequence[str], kind: str = "") -> str:
    """Sentences as paragraphs."""
    return "".join(f'<p class="{kind}">{as_text(text)}</p>' for text in sentences)


def table(rows: Sequence[Mapping[str, Any]], caption: str, *, kind: str = "") -> str:
    """A table with header cells; the first cell of a row names the row."""
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{html.escape(str(name))}</th>' for name in rows[0])
    body = []
    for row in rows:
        cells = [
            f'<th scope="row">{as_text(cell)}</th>'
            if at == 0
            else f'<td data-label="{html.escape(str(name))}">{as_text(cell)}</td>'
            for at, (name, cell) in enumerate(row.items())
        ]
        body.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f'<table class="{kind}"><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )


def group(title: str, widgets: Sequence[Any]) -> Any:
    """Controls under a heading.

    Parameters
    ----------
    title : str
        Of the group.
    widgets : sequence of Widget
        In reading order.

    Returns
    -------
    VBox
        The group.
    """
    box = ipywidgets.VBox([ipywidgets.HTML(heading(title)), *widgets])
    box.add_class("cs-group")
    return box


class Panel:
    """A place of the page that is written anew only when its content is another."""

    def __init__(self, kind: str) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class(kind)

    def show(self, content: str) -> None:
        """Write the content."""
        if self.widget.value != content:
            self.widget.value = content
