"""Reports a second from a Dask cluster on this machine, with one worker and with two.

The scheduler and the workers are processes of this machine, so two workers share its processors
with the scheduler and with the process that delivers. Ours: what `batch --cluster` does from the
first task to the last PDF in its place, on workers that have warmed up. Stock: the same by the
local pool with as many processes, their start in. The report is the students' own.
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
MEBIBYTE = 2**20


def tasks_of(workers: Any, reports: int) -> list[Any]:
    """As many reports as asked, of the sample's students in turn."""
    from analysis.answers.class_pages import class_list
    from analysis.paths import from_root
    from analysis.report.render import REPORT_NOTEBOOK, ReportTask
    from analysis.report.settings import Branding

    sample = {name: str(from_root(f"data/sample/{name}.csv")) for name in ("students", "programs")}
    listed = class_list(sample["students"], sample["programs"], only=STUDENTS).students
    shared = {
        "students_csv": "",
        "programs_csv": workers.brought(sample["programs"]),
        "assumptions_toml": "data/assumptions/default.toml",
        "importance_csv": "data/article/factor_importance.csv",
        "chances_csv": "data/article/interview_chances.csv",
        "tolerance_csv": "data/article/program_tolerance.csv",
        "preferences_csv": "",
        "graduates_csv": "",
        "report_date": "",
    }
    template = workers.brought(REPORT_NOTEBOOK)
    return [
        ReportTask(
            student.student_id,
            {"student_id": student.student_id, **shared},
            Branding(),
            template,
            student.row_csv,
        )
        for student in (listed[number % len(listed)] for number in range(reports))
    ]


def delivered(workers: Any, reports: int, out: Path) -> float:
    """Seconds until so many reports are delivered into a folder."""
    from analysis.report.render import Made, deliver, report_work

    tasks = tasks_of(workers, reports)
    begun = time.perf_counter()
    for number, (task, result) in enumerate(workers.results(report_work(), tasks)):
        if not isinstance(result, Made):
            raise SystemExit(f"cluster: {task.student_id}: {result}")
        deliver(result, task.student_id, out / f"{number}.pdf")
    return time.perf_counter() - begun


def measured(workers: int, folder: Path) -> dict[str, float]:
    """Seconds here and there for the same reports, and the scheduler's memory afterwards."""
    from analysis.workers.cluster import dask_cluster
    from analysis.workers.pool import LocalPool

    seconds = {}
    with own_cluster(folder / f"cluster-{workers}", workers) as running:
        with dask_cluster(running.address, print) as connected:
            delivered(connected, 2 * workers, folder)
        with dask_cluster(running.address, print) as connected:
            seconds["cluster"] = delivered(connected, REPORTS, folder)
        scheduler = family(running.scheduler)[0].memory_info().rss
    seconds["local"] = delivered(LocalPool(workers), REPORTS, folder)
    return {**seconds, "scheduler": scheduler / MEBIBYTE}


def main() -> list[dict[str, Any]]:
    """One row a number of workers."""
    rows = []
    for workers in WORKERS:
        with tempfile.TemporaryDirectory(prefix="bench-") as place:
            found = measured(workers, Path(place))
        there, here = REPORTS / found["cluster"], REPORTS / found["local"]
        rows.append(
            {
                "what": f"{workers} worker{'s' if workers > 1 else ''}, {REPORTS} reports of the "
                f"sample class (scheduler: {found['scheduler']:.0f} MiB)",
                "ours": f"{there:.2f} reports a second",
                "stock": f"{here:.2f} (local pool, start-up in)",
                "ratio": there / here,
                "asked": "",
            }
        )
    return rows


if __name__ == "__main__":
    for row in main():
        print(row)
