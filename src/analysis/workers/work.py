"""Work for a worker: tasks, payloads and how both are serialized."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from analysis.bundle import FileBundle
from analysis.errors import CountersignalError


@dataclass(frozen=True, slots=True)
class Payload:
    """Bytes that only their receiver opens."""

    content: bytes = field(repr=False)

    def __repr__(self) -> str:
        return f"Payload({len(self.content)} bytes)"

    def __sizeof__(self) -> int:
        return len(self.content)


T = TypeVar("T")
R = TypeVar("R")


class TaskError(CountersignalError):
    """A task that was not finished; the others go on."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Work(Generic[T, R]):
    """A function to be called with many tasks."""

    function: Callable[[T], R]  # of a module, so that another process finds it; it takes one task
    seconds: float  # time limit of a task: the process is ended then
    preload: str = __name__  # module that every process loads before its first task


class Workers(Protocol):
    """A way to have work done; the caller does not know which."""

    def results(
        self, work: Work[T, R], tasks: Iterable[T], files: FileBundle | None = None
    ) -> Iterator[tuple[T, R | CountersignalError]]:
        """Do the work, and yield each result as it is there.

        Parameters
        ----------
        work : Work
            The function.
        tasks : iterable
            Its arguments.
        files : FileBundle, optional
            What the tasks may read, the project's own without; its names are what
            `analysis.paths.from_root` finds there.

        Yields
        ------
        tuple
            The task and its result, or the error that it ended with.
        """


def serialize(content: object) -> bytes:
    """Pickle what goes to another process of this program or comes from it."""
    return pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL)


def deserialize(content: bytes) -> Any:
    """Open what `serialize` made; only ever used on what this program's own processes sent."""
    return pickle.loads(content)  # noqa: S301 - a cluster's workers run our code: they are trusted
