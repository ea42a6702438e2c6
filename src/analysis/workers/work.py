"""Work for a worker: tasks, payloads and how both are serialized."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from analysis.errors import CountersignalError

__all__ = ["Parcel", "TaskError", "Work", "Workers", "sealed", "unsealed"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """Bytes that only their receiver opens."""

    content: bytes = field(repr=False)

    def __repr__(self) -> str:
        return f"Parcel({len(self.content)} bytes)"

    def __sizeof__(self) -> int:
        return len(self.content)


T = TypeVar("T")
R = TypeVar("R")


class TaskError(CountersignalError):
    """A task that was not finished; the others go on."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Work(Generic[T, R]):
    """A function to be called with many tasks.

    Parameters
    ----------
    function : callable
        Of a module, so that another process finds it; it takes one task.
    seconds : float
        Time limit of a task: the process is ended then.
    preload : str
        Module that every process loads before its first task.
    """

    function: Callable[[T], R]
    seconds: float
    preload: str = __name__


class Workers(Protocol):
    """A way to have work done; the caller does not know which."""

    def brought(self, path: str) -> str:
        """Make an input file known, and tell the name by which a task finds it.

        Parameters
        ----------
        path : str
            Path as `analysis.paths.from_root` takes it; "" stays "".

        Returns
        -------
        str
            What `analysis.paths.from_root` finds where the task runs.
        """

    def results(
        self, work: Work[T, R], tasks: Iterable[T]
    ) -> Iterator[tuple[T, R | CountersignalError]]:
        """Do the work, and yield each result as it is there.

        Parameters
        ----------
        work : Work
            The function.
        tasks : iterable
            Its arguments.

        Yields
        ------
        tuple
            The task and its result, or the error that it ended with.
        """


def sealed(content: object) -> bytes:
    """Pickle what goes to another process of this program or comes from it."""
    return pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL)


def unsealed(content: bytes) -> Any:
    """Open what `sealed` made; only ever used on what this program's own processes sent."""
    return pickle.loads(content)  # noqa: S301 - a cluster's workers run our code: they are trusted
