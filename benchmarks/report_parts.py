"""Processor seconds of one warm report by cause, and against an older checkout.

Run it from the project root: `python benchmarks/report_parts.py`. Wraps a clock around named
functions while a warm process renders the sample's reports; a part inside another counts once, for
the outer one. BENCH_OLD=DIR, an older checkout, makes the same reports in the same run, between two
turns of ours; the processes that it starts count as well.
"""

from __future__ import annotations

import importlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

STUDENTS = ("S001", "S002", "S003", "S004", "S006")
BUDGET, WHOLE = "at most 0.6 s", "a report"
ELSE = "all else: engine, shell, notebook"
# part -> modules and functions, as the notebook or a library of ours looks them up
PARTS = {
    "read the tables": {"analysis.tables.loading": ["checked_table"]},
    "read the assumptions": {"analysis.assumptions.effective": ["toml_content"]},
    "the list and its reasons": {"analysis.views.report": ["application_list"]},
    "what-ifs": {"analysis.views.report": ["what_ifs_of"]},
    "lists under other assumptions": {"analysis.views.report": ["report_lists"]},
    "what moves the chance": {"analysis.views.report": ["parts_of_chance"]},
    "draw the charts": {
        "analysis.figures.icon_array": ["draw_icon_array"],
        "analysis.figures.applications_curve": ["draw_applications_curve"],
        "analysis.figures.waterfall": ["draw_waterfall"],
    },
    "save the charts": {"analysis.report.publish": ["publish_figure"]},
    "words of the templates": {"analysis.text": ["render"]},
    "typeset": {"analysis.report.typesetting": ["_compiled"]},
    "Markdown to data": {"analysis.report.typesetting": ["blocks_of"]},
    "every text read back": {"analysis.report.typesetting": ["check_all_printed"]},
    "footers read back": {"analysis.report.render": ["check_whose_report"]},
}


class Clock:
    """Seconds a part, outermost part first."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.calls: dict[str, int] = {}
        self.inside = False

    def around(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed."""

        def timed(*arguments: Any, **keywords: Any) -> Any:
            self.calls[part] = self.calls.get(part, 0) + 1
            if self.inside:
                return function(*arguments, **keywords)
            self.inside = True
            begun = time.process_time()
            try:
                return function(*arguments, **keywords)
            finally:
                self.inside = False
                self.seconds[part] = self.seconds.get(part, 0) + time.process_time() - begun

        return timed


# Runs another checkout's own `report_parts`, its clock set to processor seconds, children included.
OLDER = """
import resource, sys, time
both = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
time.perf_counter = lambda: sum(r.ru_utime + r.ru_stime for r in map(resource.getrusage, both))
from benchmarks.report_parts import main
print(next(row["ours"] for row in main() if row["what"] == "a report"))
"""


def older_report(checkout: str) -> float:
    """Processor seconds of a report by the code of another checkout."""
    done = subprocess.run(
        [sys.executable, "-c", OLDER],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([f"{checkout}/src", checkout])},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout.split()[-1])


def main() -> list[dict[str, Any]]:
    """One row a part, medians over the students, and the whole against an older checkout."""
    rows = parts()
    older = os.environ.get("BENCH_OLD")
    if older:
        theirs = older_report(older)
        whole = rows[-1]
        again = parts()[-1]["ours"]
        whole["ours"] = statistics.mean([whole["ours"], again])
        whole |= {"stock": theirs, "ratio": theirs / whole["ours"]}
        whole["what"] += "; stock: the same by older code in the same run"
        whole["asked"] += ", at least 2x"
    return rows


def parts() -> list[dict[str, Any]]:
    """One row a part, medians over the students."""
    from analysis.inputs import Inputs
    from analysis.paths import from_root
    from analysis.report import render
    from analysis.report.settings import Branding
    from tests.rendered import unpacked

    sample = [from_root(f"data/sample/{name}.csv") for name in ("students", "programs")]
    inputs = Inputs.load(*sample, only=STUDENTS)
    inputs.bundle.put(render.REPORT_NOTEBOOK)
    jobs = [
        render.ReportJob(row.student_id, inputs.parameters, Branding(), row_csv=row.row_csv)
        for row in inputs.students
    ]
    clock = Clock()
    undo = []
    for part, places in PARTS.items():
        for place, names in places.items():
            try:
                module = importlib.import_module(place)
            except ModuleNotFoundError:
                continue  # the report has no such part yet
            for name in names:
                undo.append((module, name, getattr(module, name)))
                setattr(module, name, clock.around(part, getattr(module, name)))
    runs: list[dict[str, float]] = []
    calls: dict[str, int] = {}
    try:
        with unpacked(inputs.bundle):
            render.make_report(jobs[0])
            for job in jobs:
                clock.seconds, clock.calls = {}, {}
                begun = time.process_time()
                render.make_report(job)
                whole = time.process_time() - begun
                rest = whole - sum(clock.seconds.values())
                runs.append({**clock.seconds, ELSE: rest, WHOLE: whole})
                calls = clock.calls
    finally:
        for module, name, function in undo:
            setattr(module, name, function)
    names = dict.fromkeys(name for run in runs for name in run)
    return [
        {
            "what": name + (f" ({calls[name]} calls)" if name in calls else ""),
            "ours": statistics.median(run.get(name, 0.0) for run in runs),
            "stock": "",
            "ratio": f"{statistics.median(run.get(name, 0.0) / run[WHOLE] for run in runs):.0%}",
            "asked": BUDGET if name == WHOLE else "",
        }
        for name in names
    ]


if __name__ == "__main__":
    for row in main():
        print(row)
