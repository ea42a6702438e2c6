"""How the time grows: students of a class, programs of a file, draws of a bench.

Processor seconds at rising sizes. ``ratio`` is what one more costs between the two largest sizes,
against what one more costs over all: 1 is linear, under 1 is better than that.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.lists import seconds_of_lists

STUDENTS = (10, 100, 400, 1000)
PROGRAMS = (100, 800, 3000, 6000)
DRAWS = (500, 2000, 4000, 8000)
REPEATS = int(os.environ.get("BENCH_GROWTH", "3"))


def of_students(size: int) -> float:
    """Reading and checking a class and its chances; of its reports each is made like another."""
    from analysis.inputs import Inputs
    from analysis.paths import from_root
    from analysis.views.chances import chances

    rows = pd.read_csv(from_root("data/sample/students.csv"), dtype=str)
    many = pd.concat([rows] * (size // len(rows) + 1), ignore_index=True).iloc[:size].copy()
    many["student_id"] = [f"G{number:04}" for number in range(size)]
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        path = Path(place) / "students.csv"
        many.to_csv(path, index=False)
        begun = time.process_time()
        programs = from_root("data/sample/programs.csv")
        found = Inputs.load(path, programs)
        chances(path, programs, with_range=False)
        spent = time.process_time() - begun
    if len(found.students) + len(found.refused) < size:
        raise SystemExit("growth: a student of the class was lost")
    return spent


def of_programs(size: int) -> float:
    """One list, chosen with its reasons."""
    return statistics.median(seconds_of_lists(1, 4, size))


def of_draws(size: int) -> float:
    """Lists made again, out of 60 programs."""
    from benchmarks.robustness_redraws import case

    what, values = case(draws=size)
    begun = time.process_time()
    what.lists(values)
    return time.process_time() - begun


CURVES: dict[str, tuple[Sequence[int], Callable[[int], float]]] = {
    "students of a class, checked, and their chances": (STUDENTS, of_students),
    "programs that a list is chosen from": (PROGRAMS, of_programs),
    "draws of a bench": (DRAWS, of_draws),
}


def main() -> list[dict[str, Any]]:
    """One row a curve."""
    rows = []
    for what, (sizes, measure) in CURVES.items():
        measure(sizes[0])  # what is done once is no part of the growth
        seconds = [min(measure(size) for _ in range(REPEATS)) for size in sizes]
        last = (seconds[-1] - seconds[-2]) / (sizes[-1] - sizes[-2])
        over_all = (seconds[-1] - seconds[0]) / (sizes[-1] - sizes[0])
        points = ", ".join(f"{n:,}: {s:.3g} s" for n, s in zip(sizes, seconds, strict=True))
        print(f"growth: {what}: {points}")
        rows.append(
            {
                "what": f"{what}, {sizes[0]:,} to {sizes[-1]:,}: the last of them against all",
                "ours": seconds[-1],
                "stock": "",
                "ratio": last / over_all,
                "asked": "at most 1.1x",
            }
        )
    return rows


if __name__ == "__main__":
    for row in main():
        print(row)
