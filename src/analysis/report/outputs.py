"""The outputs of a cell as a kernel's client would have collected them."""

from __future__ import annotations

import io
from typing import Any

from nbformat import from_dict
from nbformat.v4 import new_output

__all__ = ["Outputs", "Stream"]


class Outputs:
    """Collects outputs: streams joined, displays updated by id, cleared when asked.

    A kernel sends what was printed when something else is sent, first to last stream; so text
    waits here until then.
    """

    def __init__(self) -> None:
        self._current: list[Any] = []
        self._displays: dict[str, list[Any]] = {}
        self._printed: dict[str, str] = {}
        self._clear_next = False

    def begin(self) -> list[Any]:
        """Begin a cell.

        Returns
        -------
        list of NotebookNode
            The cell's outputs, filled as it runs.
        """
        self._current = []
        self._clear_next = False
        return self._current

    def end(self) -> None:
        """End a cell: what was printed and still waits is sent."""
        printed, self._printed = self._printed, {}
        for name, text in printed.items():
            self._add(new_output("stream", name=name, text=text))

    def print(self, name: str, text: str) -> None:
        """Take what was printed.

        Parameters
        ----------
        name : str
            ``stdout`` or ``stderr``.
        text : str
            What was printed.
        """
        self._printed[name] = self._printed.get(name, "") + text

    def add(self, output: Any) -> None:
        """Add an output.

        Parameters
        ----------
        output : NotebookNode
            Any nbformat output but a stream.
        """
        self.end()
        self._add(output)

    def _add(self, output: Any) -> None:
        if self._clear_next:
            self._current.clear()
            self._clear_next = False
        self._current.append(output)

    def display(
        self, data: dict[str, Any], metadata: dict[str, Any], display_id: str | None, update: bool
    ) -> None:
        """Add a display, or update those of an id.

        Parameters
        ----------
        data, metadata : dict
            The bundle.
        display_id : str or None
            Id that later updates name.
        update : bool
            Whether to change the displays of that id instead of adding one.
        """
        if update:
            for output in self._displays.get(display_id or "", []):
                output.data, output.metadata = from_dict(data), from_dict(metadata)
            return
        output = new_output("display_data", data=data, metadata=metadata)
        self.add(output)
        if display_id:
            self._displays.setdefault(display_id, []).append(output)

    def clear(self, wait: bool) -> None:
        """Clear the cell's outputs.

        Parameters
        ----------
        wait : bool
            Whether only when the next output comes.
        """
        self.end()
        if wait:
            self._clear_next = True
        else:
            self._current.clear()


class Stream(io.TextIOBase):
    """A text stream that writes into the outputs."""

    def __init__(self, name: str, outputs: Outputs) -> None:
        self._name = name
        self._outputs = outputs

    def writable(self) -> bool:
        """Tell that it takes text."""
        return True

    def write(self, text: str) -> int:
        """Take text.

        Parameters
        ----------
        text : str
            What was printed.

        Returns
        -------
        int
            Number of characters taken.
        """
        self._outputs.print(self._name, text)
        return len(text)
