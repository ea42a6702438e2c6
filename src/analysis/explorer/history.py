"""Steps of a case, to undo and to redo."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import fields

from analysis.views.case import Case

__all__ = ["History", "Steps"]

MOST_STEPS = 30  # that a tab keeps
BREATH = 0.001  # seconds between two steps, in which a newer change is heard


class Steps:
    """At most one row of steps at a time; without an event loop they run at once."""

    def __init__(self) -> None:
        self._waiting: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> bool:
        """Whether something is still to be done."""
        return self._waiting is not None

    def drop(self) -> None:
        """Drop what has not begun."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def follow(self, delay: float, steps: Sequence[Callable[[], None]]) -> None:
        """Run steps one after another, dropping those of an earlier change."""
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


class History:
    """Steps from a base case, which can be taken back."""

    def __init__(self, base: Case, steps: Sequence[Case] = ()) -> None:
        self.base = base
        *past, self.now = steps or [base]
        self._past: list[Case] = list(past)
        self._moved: frozenset[str] = frozenset()

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._past)

    def steps(self) -> list[Case]:
        """The base, the last steps, and what is shown now."""
        return [self.base, *self._past[-MOST_STEPS:], self.now]

    def take(self, case: Case) -> None:
        """Go on to another case; a slider that moves on is one step."""
        moved = frozenset(
            f.name for f in fields(Case) if getattr(case, f.name) != getattr(self.now, f.name)
        )
        if not moved:
            return
        if moved != self._moved:
            self._past.append(self.now)
        self.now, self._moved = case, moved

    def undo(self) -> Case:
        """Take the last step back."""
        self.now = self._past.pop() if self._past else self.base
        self._moved = frozenset()
        return self.now

    def to_base(self) -> Case:
        """Go back to where it started, as a step that can be taken back."""
        self._moved = frozenset()
        self.take(self.base)
        self._moved = frozenset()
        return self.now
