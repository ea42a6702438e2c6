"""Options that commands share: files, assumptions and workers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.cli.printing import say

if TYPE_CHECKING:
    from analysis.workers.work import Workers

__all__ = [
    "AssumptionsFile",
    "Cluster",
    "Preferences",
    "Processes",
    "Programs",
    "Sets",
    "Students",
    "reads_files",
    "refuse_both",
    "workers_of",
]

Students = Annotated[
    Path,
    typer.Option(
        "--students", metavar="FILE", help="The class: a CSV file or workbook of students."
    ),
]
Programs = Annotated[
    Path, typer.Option("--programs", metavar="FILE", help="A CSV file or workbook of programs.")
]
Preferences = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Wishes, ties and signals: a file.")
]
AssumptionsFile = Annotated[
    Path | None,
    typer.Option("--assumptions", metavar="FILE", help="Another set of assumptions: a TOML file."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change one assumption, as key=value. Repeat it for more.",
    ),
]


Processes = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=64,
        metavar="NUMBER",
        help="How many run at once. Default: one for each processor.",
    ),
]
Cluster = Annotated[
    str,
    typer.Option(metavar="ADDRESS", help="Let a Dask scheduler do the work, as tls://HOST:PORT."),
]


MappingFile = Annotated[
    Path | None,
    typer.Option(
        "--mapping",
        metavar="FILE",
        help="How your own columns read. Default: mapping.toml beside the file.",
    ),
]
IgnoredColumns = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore-column",
        metavar="NAME",
        help="Leave a column out, by its name. Repeat it for more.",
    ),
]


def reads_files(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--mapping`` and ``--ignore-column``, which hold for every file it reads."""

    @wraps(command)
    def reading(*args: Any, **options: Any) -> Any:
        from analysis.tables.mapping import reading_with

        given = {one.name: options.pop(one.name) for one in more}
        with reading_with(given.get("mapping"), tuple(given["ignore_column"] or ())):
            return command(*args, **options)

    signature = inspect.signature(command, eval_str=True)
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in (("mapping", MappingFile), ("ignore_column", IgnoredColumns))
        if name not in signature.parameters
    ]
    every = [*signature.parameters.values(), *more]
    reading.__signature__ = signature.replace(parameters=every)  # type: ignore[attr-defined]
    reading.__annotations__ = {one.name: one.annotation for one in every}
    return reading


def refuse_both(workers: int | None, cluster: str) -> None:
    """Refuse ``--workers``, processes of this machine, together with ``--cluster``."""
    if workers and cluster:
        message = "--workers is for this machine and --cluster for others: give one of them"
        raise typer.BadParameter(message)


@contextmanager
def workers_of(workers: int | None, cluster: str) -> Iterator[Workers]:
    """Workers as the options ask for, and a warning where others could read along."""
    if not cluster:
        from analysis.workers.pool import LocalPool

        yield LocalPool(workers)
        return
    from analysis.workers.cluster import dask_cluster
    from analysis.workers.host import checked_address, is_open_to_readers

    if is_open_to_readers(checked_address(cluster)):
        say(
            f"warning: {cluster} is not encrypted. Students' rows, names and reports would cross "
            "the network in clear, to a cluster that you have named. With tls://, and Dask's own "
            "settings for it, they do not"
        )
    with dask_cluster(cluster, say) as connected:
        yield connected
