"""Options that commands share: files, assumptions and workers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    "refuse_both",
    "workers_of",
]

Students = Annotated[Path, typer.Option("--students", help="The class: students.csv.")]
Programs = Annotated[Path, typer.Option("--programs", help="The programs: programs.csv.")]
Preferences = Annotated[Path | None, typer.Option(help="Wishes, ties and signals: a CSV file.")]
AssumptionsFile = Annotated[Path | None, typer.Option("--assumptions", help="A TOML file.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", help="An assumption, as key=value; repeatable.")
]


Processes = Annotated[
    int | None, typer.Option(min=1, max=64, help="Processes; one a processor without.")
]
Cluster = Annotated[
    str, typer.Option(help="A Dask scheduler instead of this machine, as tls://HOST:PORT.")
]


def refuse_both(workers: int | None, cluster: str) -> None:
    """Refuse processes of this machine together with a cluster.

    Parameters
    ----------
    workers : int or None
        ``--workers``.
    cluster : str
        ``--cluster``.

    Raises
    ------
    BadParameter
        If both are given.
    """
    if workers and cluster:
        message = "--workers is for this machine and --cluster for others: give one of them"
        raise typer.BadParameter(message)


@contextmanager
def workers_of(workers: int | None, cluster: str) -> Iterator[Workers]:
    """Workers as the options ask for, and a warning where others could read along.

    Parameters
    ----------
    workers : int or None
        Processes of this machine.
    cluster : str
        Address of a Dask scheduler; "" for this machine.

    Yields
    ------
    Workers
        Ready.

    Raises
    ------
    ClusterError
        If there is no such cluster.
    """
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
