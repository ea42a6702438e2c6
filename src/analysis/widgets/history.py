"""The cases one after another: where it started, what is shown, what is kept beside it."""

from __future__ import annotations

from dataclasses import fields

from analysis.answers.case import Case

__all__ = ["History"]


class History:
    """Steps from a base case, which can be taken back.

    Parameters
    ----------
    base : Case
        Where it starts.
    """

    def __init__(self, base: Case) -> None:
        self.base = self.now = base
        self._past: list[Case] = []
        self._moved: frozenset[str] = frozenset()

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._past)

    def take(self, case: Case) -> None:
        """Go on to another case; a slider that moves on is one step.

        Parameters
        ----------
        case : Case
            What is shown from now on.
        """
        moved = frozenset(
            f.name for f in fields(Case) if getattr(case, f.name) != getattr(self.now, f.name)
        )
        if not moved:
            return
        if moved != self._moved:
            self._past.append(self.now)
        self.now, self._moved = case, moved

    def undo(self) -> Case:
        """Take the last step back.

        Returns
        -------
        Case
            What is shown then; the base if there is no step.
        """
        self.now = self._past.pop() if self._past else self.base
        self._moved = frozenset()
        return self.now

    def to_base(self) -> Case:
        """Go back to where it started, as a step that can be taken back.

        Returns
        -------
        Case
            The base.
        """
        self._moved = frozenset()
        self.take(self.base)
        self._moved = frozenset()
        return self.now
