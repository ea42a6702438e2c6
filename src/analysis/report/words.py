"""Markdown as data: headings, paragraphs, lists and tables that the page's template draws.

Typst never sees the text as code. It reads strings out of a JSON file, so that a sign which means
something to a typesetter, at the start of a cell or anywhere else, is printed as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

Block = dict[str, Any]

LONGEST_NARROW_LINE = 90  # a table with a longer line takes the full width of the text
# A percentage is not torn apart at the end of a line.
PERCENT = re.compile(r"(?<=\d) (?=%)")
# A word as long as a line would leave the page: it may break after each 30 characters. No mark is
# torn off its letter; Chinese and the like break anyway.
ENDLESS_WORD = re.compile(r"[^\s\u2e80-\uffef-]{30}(?=[^\W_]|[!-/:-@\[-`{-~])")
WORD_BREAK = "\u200b"
SMALLEST_HEADING = 4


@cache
def _parser() -> MarkdownIt:
    """CommonMark and pipe tables with printers' quotes; no HTML."""
    rules = ["table", "smartquotes"]
    return MarkdownIt("commonmark", {"html": False, "typographer": True}).enable(rules)


def endless_word_parts(text: str) -> str:
    """Text whose endless words may break, and whose percentages may not."""
    return ENDLESS_WORD.sub(f"\\g<0>{WORD_BREAK}", PERCENT.sub("\u00a0", text))


def blocks_of(markdown: str) -> list[Block]:
    """Parse Markdown into blocks for ``words.typ``.

    Examples
    --------
    >>> blocks_of("## A *b*")
    [{'kind': 'heading', 'level': 2, 'text': ['A ', {'kind': 'emph', 'text': ['b']}]}]
    """
    lines = markdown.split("\n")
    tree = SyntaxTreeNode(_parser().parse(markdown))
    return [block for node in tree.children for block in _block(node, lines)]


def _block(node: SyntaxTreeNode, lines: Sequence[str]) -> Iterator[Block]:
    match node.type:
        case "heading":
            level = min(int(node.tag[1:]), SMALLEST_HEADING)
            yield {"kind": "heading", "level": level, "text": _inline(node)}
        case "paragraph":
            # the lines of a list without empty lines between them are no paragraphs
            yield {"kind": "plain" if node.hidden else "par", "text": _inline(node)}
        case "bullet_list" | "ordered_list":
            yield {
                "kind": "list",
                "start": int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None,
                "items": [_blocks(item, lines) for item in node.children],
            }
        case "table":
            yield _table(node, lines)
        case "blockquote":
            yield {"kind": "quote", "body": _blocks(node, lines)}
        case "fence" | "code_block":
            yield {"kind": "code", "text": node.content.rstrip("\n")}
        case "hr":
            yield {"kind": "rule"}


def _blocks(node: SyntaxTreeNode, lines: Sequence[str]) -> list[Block]:
    return [block for child in node.children for block in _block(child, lines)]


def _table(node: SyntaxTreeNode, lines: Sequence[str]) -> Block:
    rows = [row for part in node.children for row in part.children]
    first, last = node.map or (0, 0)
    own = [line.strip() for line in lines[first:last]]
    widths: list[int] = []
    # Where a line is long the dashes below the header share the page's width out.
    if max(map(len, own)) > LONGEST_NARROW_LINE:
        widths = [len(part.strip()) for part in own[1].strip("|").split("|")]
    return {
        "kind": "table",
        "align": [_alignment(cell) for cell in rows[0].children],
        "widths": widths,
        "head": [_inline(cell) for cell in rows[0].children],
        "rows": [[_inline(cell) for cell in row.children] for row in rows[1:]],
    }


def _alignment(cell: SyntaxTreeNode) -> str:
    return str(cell.attrs.get("style", "")).removeprefix("text-align:") or "left"


def _inline(node: SyntaxTreeNode) -> list[Any]:
    """Runs of a line: strings, and what is strong, emphasized, code or a line end."""
    token = node.children[0].token if node.children else None
    return _runs(iter((token.children if token else None) or ()))


def _runs(tokens: Iterator[Token]) -> list[Any]:
    found: list[Any] = []

    def add(text: str) -> None:
        if found and isinstance(found[-1], str):
            text = found.pop() + text
        found.append(text)

    for token in tokens:
        match token.type:
            case "strong_open":
                found.append({"kind": "strong", "text": _runs(tokens)})
            case "em_open":
                found.append({"kind": "emph", "text": _runs(tokens)})
            case "strong_close" | "em_close":
                break
            case "code_inline":
                found.append({"kind": "code", "text": token.content})
            case "hardbreak":
                found.append({"kind": "break"})
            case "softbreak":
                add(" ")
            case _:  # text; of a picture its words, of a link what stands in it
                add(token.content)
    return [endless_word_parts(run) if isinstance(run, str) else run for run in found]


def plain_words(content: Any) -> Iterator[str]:
    """Every text of a block, in reading order, as it must stand on the page."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for part in content:
            yield from plain_words(part)
    elif isinstance(content, dict):
        if content.get("kind") == "layout":  # its strings may be marks; its Markdown is text
            yield from _drawn_words(content["data"])
        for name in ("head", "rows", "items", "body", "text", "caption", "paragraphs", "lines"):
            yield from plain_words(content.get(name))


def _drawn_words(data: Any) -> Iterator[str]:
    if isinstance(data, list):
        for part in data:
            yield from (
                plain_words(part)
                if isinstance(part, dict) and "kind" in part
                else (_drawn_words(part))
            )
    elif isinstance(data, dict):
        for part in data.values():
            yield from _drawn_words(part)
