"""The page's own part in the browser: what waits for an answer, and what a tab keeps."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import traitlets

from analysis.explorer.uploads import MOST_BYTES

__all__ = ["browser"]


@cache
def _kind() -> Any:
    import anywidget  # a page needs it, other commands do not

    class Browser(anywidget.AnyWidget):
        """Numbers turn grey in the browser at once, not when this process hears of a change.

        The tab keeps the cases, so that a page that is loaded again, or whose kernel died, goes on
        where it was. `page.js` is the other half.
        """

        _esm = files("analysis.explorer").joinpath("page.js").read_text(encoding="utf-8")

        asked = traitlets.Int(0).tag(sync=True)  # counts what a person did
        answered = traitlets.Int(0).tag(sync=True)  # the last of it that is on the page
        taken = traitlets.Int(0).tag(sync=True)  # counts the files that were handed in and read
        busy = traitlets.Bool(False).tag(sync=True)
        kept = traitlets.Unicode("").tag(sync=True)  # the cases, for the tab to keep
        opened = traitlets.Unicode("").tag(sync=True)  # what the tab had kept, when it opens
        picked = traitlets.List([]).tag(sync=True)  # a program's id, and a count of clicks
        sorted = traitlets.List([]).tag(sync=True)  # the list: by which column, and which way
        searched = traitlets.Unicode("").tag(sync=True)  # the list: what was typed to search it
        refused = traitlets.List([]).tag(sync=True)  # name and size of a file over the limit
        most_bytes = traitlets.Int(MOST_BYTES).tag(sync=True)

    return Browser


def browser() -> Any:
    """A new one, for a new page."""
    return _kind()()
