"""Reports a second from a Dask cluster on this machine, with one worker and with two.

The scheduler and the workers are processes of this machine, so two workers share its processors
with the scheduler and with the process that delivers. Ours: what `batch --cluster` does from the
first task to the last PDF in its place, on workers that have warmed up. Stock: the same by the
local pool with as many processes, their start in. The report is the students' own.

What a cluster costs beside the reports is the processor time of the process that delivers (it
checks each signature and writes the file) and of the scheduler. Either is one process, so neither
handles more reports a second than fit into one processor: with the rate of a lone worker that
gives what many machines would do.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.e2e.own_cluster import family, own_cluster

REPORTS = int(os.environ.get("BENCH_CLUSTER", "40"))
WORKERS = (1, 2)
STUDENTS = ("S001", "S002", "S003", "S004", "S006")
MACHINES, WORKERS_EACH = 20, 2
TICK = 0.01  # seconds; a process's own clock goes in such steps
MEBIBYTE = 2**20


def delivered(workers: Any, reports: int, out: Path) -> float:
    """Seconds until so many reports of the sample's students, in turn, are delivered."""
    from analysis.inputs import Inputs
    from analysis.paths import from_root
    from analysis.report.folder import write_whole
    from analysis.report.render import REPORT_NOTEBOOK, Report, ReportJob, report_work
    from analysis.report.settings import Branding

    sample = [from_root(f"data/sample/{name}.csv") for name in ("students", "programs")]
    inputs = Inputs.load(*sample, only=STUDENTS)
    files, rows = inputs.bundle, inputs.students
    template = files.put(REPORT_NOTEBOOK)
    key = b"of the benchmark"
    jobs = [
        ReportJob(
            row.student_id, inputs.parameters, Branding(), template, row.row_csv, signing_key=key
        )
        for row in (rows[number % len(rows)] for number in range(reports))
    ]
    begun = time.perf_counter()
    for number, (job, result) in enumerate(workers.results(report_work(), jobs, files)):
        if not isinstance(result, Report) or not result.is_signed(key):
            raise SystemExit(f"cluster: {job.student_id}: {result}")
        write_whole(out / f"{number}.pdf", result.pdf)
    return time.perf_counter() - begun


def measured(workers: int, folder: Path) -> dict[str, float]:
    """Seconds here and there for the same reports, and what the scheduler took for them."""
    from analysis.workers.cluster import dask_cluster
    from analysis.workers.pool import LocalPool

    seconds = {}
    with own_cluster(folder / f"cluster-{workers}", workers) as running:
        with dask_cluster(running.address, print) as connected:
            delivered(connected, 2 * workers, folder)
        scheduler = family(running.scheduler)[0]
        of_scheduler, own = sum(scheduler.cpu_times()[:2]), time.process_time()
        with dask_cluster(running.address, print) as connected:
            seconds["cluster"] = delivered(connected, REPORTS, folder)
        seconds["delivering"] = time.process_time() - own
        seconds["scheduling"] = sum(scheduler.cpu_times()[:2]) - of_scheduler
        memory = scheduler.memory_info().rss / MEBIBYTE
    seconds["local"] = delivered(LocalPool(workers), REPORTS, folder)
    return {**seconds, "memory": memory}


def of_many(lone: dict[str, float]) -> dict[str, Any]:
    """What many machines would do: as much as lone workers, or what one process can pass on."""
    workers = MACHINES * WORKERS_EACH
    ends = {name: lone["cluster"] / max(lone[name], TICK) for name in ("delivering", "scheduling")}
    first = min(ends, key=lambda name: ends[name])
    end = "the workers" if workers <= ends[first] else f"the one process that is {first}"
    times = min(workers, ends[first])
    return {
        "what": f"{MACHINES} machines of {WORKERS_EACH} workers, computed: reports a second "
        f"against one worker ({first} would end it at {ends[first]:.0f}); what ends it: {end}",
        "ours": f"{times * REPORTS / lone['cluster']:.0f} reports a second",
        "stock": f"{REPORTS / lone['cluster']:.2f}",
        "ratio": times,
        "asked": "",
    }


def main() -> list[dict[str, Any]]:
    """One row a number of workers, what a cluster costs, and what many machines would do."""
    rows, all_found = [], []
    for workers in WORKERS:
        with tempfile.TemporaryDirectory(prefix="bench-") as place:
            found = measured(workers, Path(place))
        all_found.append(found)
        there, here = REPORTS / found["cluster"], REPORTS / found["local"]
        rows.append(
            {
                "what": f"{workers} worker{'s' if workers > 1 else ''}, {REPORTS} reports of the "
                f"sample class (scheduler: {found['memory']:.0f} MiB)",
                "ours": f"{there:.2f} reports a second",
                "stock": f"{here:.2f} (local pool, start-up in)",
                "ratio": there / here,
                "asked": "",
            }
        )
    lone = all_found[0]
    costs = [
        {
            "what": f"{name} a report, processor time, 1 worker; its share of a report there",
            "ours": lone[name] / REPORTS,
            "stock": lone["cluster"] / REPORTS,
            "ratio": f"{lone[name] / lone['cluster']:.1%}",
            "asked": "",
        }
        for name in ("delivering", "scheduling")
    ]
    return [*rows, *costs, of_many(lone)]


if __name__ == "__main__":
    for row in main():
        print(row)
