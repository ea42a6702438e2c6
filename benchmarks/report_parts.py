"""Processor seconds of the real report: reading, charts, lists, all else, and the page.

Run it from the project root: `python benchmarks/report_parts.py`. Wraps a clock around named
functions while a warm process renders the sample's reports; a part inside another counts once, for
the outer one.
"""

from __future__ import annotations

import importlib
import statistics
import time
from collections.abc import Callable
from typing import Any

STUDENTS = ("S001", "S002", "S003", "S004", "S006")
BUDGET = "0.6 s of one processor"
# part -> modules and functions, as the notebook or a library of ours looks them up
PARTS = {
    "read the tables": {"analysis.tables.loading": ["checked_table"]},
    "save the charts": {"analysis.report.publish": ["publish_figure"]},
    "chances": {"analysis.model.chance": ["interview_chance"]},
    "solve a list": {"analysis.views.report": ["application_list"]},
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


def main() -> list[dict[str, Any]]:
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
                runs.append({**clock.seconds, "all else": rest, "a report": whole})
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
            "ratio": "",
            "asked": BUDGET if name == "a report" else "",
        }
        for name in names
    ]


if __name__ == "__main__":
    for row in main():
        print(row)
