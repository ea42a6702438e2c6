"""The real report's seconds: reading, charts, lists, the rest of the notebook, and the page.

Run it from the project root: `python benchmarks/report_parts.py`. Wraps a clock around named
functions while a warm process renders the sample's reports; a part inside another counts once, for
the outer one.
"""

from __future__ import annotations

import importlib
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

STUDENTS = ("S001", "S002", "S003", "S004", "S006")
BUDGET = "1.0 s in all"
# part -> modules and functions, as the notebook or a library of ours looks them up
PARTS = {
    "read the tables": {"analysis.tables.loading": ["checked_table"]},
    "save the charts": {"analysis.report.publish": ["publish_figure"]},
    "chances": {"analysis.model.chance": ["interview_chance"]},
    "solve a list": {"analysis.views.report": ["application_list"]},
    "typeset": {"analysis.report.render": ["pdf_bytes"]},
    "read back": {"analysis.report.render": ["check_whose_report"]},
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
            begun = time.perf_counter()
            try:
                return function(*arguments, **keywords)
            finally:
                self.inside = False
                self.seconds[part] = self.seconds.get(part, 0) + time.perf_counter() - begun

        return timed


def parameters(student_id: str) -> dict[str, str]:
    return {
        "student_id": student_id,
        "students_csv": "data/sample/students.csv",
        "programs_csv": "data/sample/programs.csv",
        "assumptions_toml": "data/assumptions/default.toml",
        "importance_csv": "data/article/factor_importance.csv",
        "chances_csv": "data/article/interview_chances.csv",
        "tolerance_csv": "data/article/program_tolerance.csv",
        "preferences_csv": "",
        "graduates_csv": "",
        "report_date": "",
    }


def main() -> list[dict[str, Any]]:
    """One row a part, medians over the students."""
    from analysis.report import render

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
        with tempfile.TemporaryDirectory() as folder:
            render.render_report(parameters(STUDENTS[0]), Path(folder) / "warm.pdf")
            for student_id in STUDENTS:
                clock.seconds, clock.calls = {}, {}
                begun = time.perf_counter()
                render.render_report(parameters(student_id), Path(folder) / f"{student_id}.pdf")
                whole = time.perf_counter() - begun
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
