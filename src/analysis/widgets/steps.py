"""Work that follows a change, in steps; what a newer change overtakes is dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

__all__ = ["Steps"]

BREATH = 0.001  # seconds between two steps, in which a newer change is heard


class Steps:
    """At most one row of steps at a time; without an event loop they run at once."""

    def __init__(self) -> None:
        self._waiting: asyncio.TimerHandle | None = None

    def drop(self) -> None:
        """Drop what has not begun."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def follow(self, delay: float, steps: Sequence[Callable[[], None]]) -> None:
        """Run steps one after another, dropping those of an earlier change.

        Parameters
        ----------
        delay : float
            Seconds before the first.
        steps : sequence of callable
            Each may raise; the ones after it are then dropped.
        """
        self.drop()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            for step in steps:
                step()
            return
        self._next(loop, delay, list(steps))

    def _next(
        self, loop: asyncio.AbstractEventLoop, delay: float, steps: list[Callable[[], None]]
    ) -> None:
        def run() -> None:
            self._waiting = None
            steps[0]()
            # A step may itself have begun a newer row.
            if steps[1:] and self._waiting is None:
                self._next(loop, BREATH, steps[1:])

        self._waiting = loop.call_later(delay, run)
