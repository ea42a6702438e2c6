"""Reports in bulk: our workers against papermill, nbconvert and headless Chromium.

Run it from the project root: `python benchmarks/reports.py`. Both sides run the same notebook, the
students' own report (`report`) and the frozen `three_charts.ipynb` (`charts`), each from a cold
start, with as many processes at a time as there are processors. Ours:
`analysis.workers.pool.LocalPool`. Stock, a student: `papermill` with a kernel, `jupyter nbconvert
--to html`, `chromium --headless --print-to-pdf`.

Environment: BENCH_STUDENTS (60), BENCH_OURS (5 runs), BENCH_STOCK (1 run), BENCH_SAMPLE (6, the
students that the stock way is timed on; its time for a class is scaled up, and the row says so).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from analysis.paths import project_root

STUDENTS = int(os.environ.get("BENCH_STUDENTS", "60"))
OURS_RUNS = int(os.environ.get("BENCH_OURS", "5"))
STOCK_RUNS = int(os.environ.get("BENCH_STOCK", "1"))
STOCK_SAMPLE = min(int(os.environ.get("BENCH_SAMPLE", "6")), STUDENTS)
CORES = os.cpu_count() or 1
SECONDS_A_REPORT = 120.0
# Kernels started at once may choose the same port (papermill #511): none may wait for ever.
HUNG, ATTEMPTS = 75, 4
INSIDE = "seconds-inside-the-cells"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


NOTEBOOKS = {
    "report": "notebooks/90_student_report.ipynb",
    "charts": "benchmarks/three_charts.ipynb",
}
ASKED = {"report": "at least 15x", "charts": "at least 18x"}
SAMPLE = ("S001", "S002", "S003", "S004", "S006")


def student_of(which: str, number: int) -> str:
    """Whose report it is: the sample's students in turn, or made-up ids."""
    return SAMPLE[number % len(SAMPLE)] if which == "report" else f"B{number:03d}"


def seconds_in_cells(notebooks: list[Path]) -> float:
    """Seconds that papermill noted for the cells, summed over executed notebooks."""
    return sum(
        cell["metadata"].get("papermill", {}).get("duration") or 0.0
        for notebook in notebooks
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    )


def render_ours(folder: Path, students: int, which: str) -> None:
    """All students through our workers, in this process; for `timed` in one of its own."""
    from analysis.report import PRELOAD
    from analysis.workers.pool import LocalPool, start_helpers

    start_helpers(PRELOAD)  # as the command does
    from analysis.inputs import Inputs
    from analysis.report.folder import write_whole
    from analysis.report.render import Report, ReportJob, report_work
    from analysis.report.settings import Branding

    sample = [project_root() / "data" / "sample" / f"{n}.csv" for n in ("students", "programs")]
    inputs = Inputs.load(*sample, only=SAMPLE)
    files = inputs.bundle
    template = files.put(NOTEBOOKS[which])
    rows = {row.student_id: row.row_csv for row in inputs.students}
    parameters = inputs.parameters if which == "report" else {"folder": "data/article"}
    jobs = [
        ReportJob(
            student_of(which, number),
            parameters,
            Branding(),
            template,
            rows.get(student_of(which, number), ""),
        )
        for number in range(students)
    ]
    inside = 0.0
    results = LocalPool(CORES).results(report_work(SECONDS_A_REPORT), jobs, files)
    for number, (job, result) in enumerate(results):
        if not isinstance(result, Report):
            raise SystemExit(f"reports: {job.student_id}: {result}")
        inside += result.seconds["cells"]
        write_whole(folder / f"{number}.pdf", result.pdf)
    (folder / INSIDE).write_text(str(inside))


def stock_command(*command: str | Path, cwd: Path) -> None:
    """One tool of the chain; a kernel that never answers ends it with exit code HUNG."""
    process = subprocess.Popen(
        [*map(str, command)],
        cwd=cwd,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        _, said = process.communicate(timeout=SECONDS_A_REPORT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        os._exit(HUNG)
    if process.returncode:
        raise SystemExit(f"reports: {command[0]} failed: {said[-500:]}")


def render_stock(folder: Path, students: int, which: str) -> None:
    """The same through the tools as one would chain them in a shell."""
    tools = Path(sys.executable).parent
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        raise SystemExit("reports: the stock way needs Chromium (`make browser`)")
    (folder / "notebooks").mkdir()

    def one(number: int) -> None:
        executed = folder / "notebooks" / f"{number}.ipynb"
        page, pdf = executed.with_suffix(".html"), folder / f"{number}.pdf"
        own = folder / f"profile-{number}"
        parameters = ("-r", "student_id", student_of(which, number))
        if which == "charts":
            parameters += ("-r", "folder", "data/article")
        quiet = ("--no-progress-bar", "-k", "python3")
        stock_command(
            tools / "papermill",
            *quiet,
            *parameters,
            project_root() / NOTEBOOKS[which],
            executed,
            cwd=folder,
        )
        stock_command(tools / "jupyter", "nbconvert", "--to", "html", executed, cwd=folder)
        stock_command(
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={own}",
            f"--print-to-pdf={pdf}",
            page.as_uri(),
            cwd=folder,
        )

    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(one, range(students)))


def timed(side: str, students: int, which: str) -> dict[str, float]:
    """One run of a side in a process of its own: wall and overhead seconds."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        folder = Path(place)
        begun = time.perf_counter()
        command = [sys.executable, __file__, side, place, str(students), which]
        code = subprocess.run(command, check=False, cwd=project_root()).returncode
        if code == HUNG:
            raise TimeoutError
        if code:
            raise SystemExit(f"reports: {side} ended with exit code {code}")
        wall = time.perf_counter() - begun
        made = len(list(folder.glob("*.pdf")))
        if made != students:
            raise SystemExit(f"reports: {side} made {made} of {students} PDFs")
        noted = folder / INSIDE  # a kept notebook of ours is scrubbed of times
        inside = (
            float(noted.read_text())
            if noted.exists()
            else seconds_in_cells(sorted((folder / "notebooks").glob("*.ipynb")))
        )
        return {
            "wall": wall,
            "overhead": (wall * min(CORES, students) - inside) / students,
        }


def timed_stock(which: str) -> tuple[dict[str, float], int]:
    """A run of the stock way that came to its end, and how many before it hung."""
    for hung in range(ATTEMPTS):
        try:
            return timed("stock", STOCK_SAMPLE, which), hung
        except TimeoutError:
            print("reports: a stock run hung and is not counted", file=sys.stderr, flush=True)
    raise SystemExit(f"reports: the stock way hung {ATTEMPTS} times")


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def main() -> list[dict[str, Any]]:
    """Rows of each notebook."""
    return [row for which in NOTEBOOKS for row in rows_of(which)]


def rows_of(which: str) -> list[dict[str, Any]]:
    """Rows: the whole path, and the overhead a report."""
    runs = [timed("ours", STUDENTS, which) for _ in range((OURS_RUNS + 1) // 2)]
    of_stock = [timed_stock(which) for _ in range(STOCK_RUNS)]
    stock, hung = medians([run for run, _ in of_stock]), sum(times for _, times in of_stock)
    # the stock way in the middle, so that a slower hour of the machine slows both
    runs += [timed("ours", STUDENTS, which) for _ in range(OURS_RUNS // 2)]
    ours = medians(runs)
    class_of_stock = stock["wall"] * STUDENTS / STOCK_SAMPLE
    times = f"median of {OURS_RUNS}; stock: {STOCK_RUNS} x {STOCK_SAMPLE} students timed"
    if hung:
        times += f", {hung} further runs that hung left out"
    scaled = "" if STOCK_SAMPLE == STUDENTS else f", scaled to {STUDENTS}"
    return [
        {
            "what": f"{which}: whole path, {STUDENTS} students, start-up in ({times}{scaled})",
            "ours": ours["wall"],
            "stock": class_of_stock,
            "ratio": class_of_stock / ours["wall"],
            "asked": ASKED[which],
        },
        {
            "what": f"{which}: overhead a report: wall x workers - inside the cells ({times})",
            "ours": ours["overhead"],
            "stock": stock["overhead"],
            "ratio": stock["overhead"] / ours["overhead"],
            "asked": "at least 40x less, at most 0.15 s" if which == "charts" else "",
        },
    ]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        side, place, students, which = sys.argv[1:]
        {"ours": render_ours, "stock": render_stock}[side](Path(place), int(students), which)
    else:
        for row in main():
            print(row)
