"""100,000 rows of graduates.csv checked with exact lines, against pandas reading the same file.

Run it from the project root: `python benchmarks/tables_check.py [rows]`. The file is drawn from a
seed, with four bad cells far apart, and what is found is compared with where they were put:
a fast check that names a wrong line is worth nothing. Stock, `pandas.read_csv`, checks nothing.
"""

from __future__ import annotations

import csv
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.tables.check import check_table
from analysis.tables.codes import FLAG_CODES, PROGRAM_TYPES

ROWS = 100_000
RUNS = 5
HEADER = [
    "graduate_id",
    "year",
    "specialty",
    "step2_ck",
    "step1_result",
    "red_flags",
    "degree",
    "clerkship_honors_fraction",
    "letters",
    "research_items",
    "program_type",
    "signal",
    "interviewed",
    "matched",
    "source",
]
DAMAGE = {"year": "2o24", "step2_ck": "301", "red_flags": "late", "interviewed": "maybe"}


def drawn(rows: int) -> tuple[list[list[str]], list[tuple[int, str]]]:
    """Applications of many graduates, and where the bad cells were put (line, column)."""
    random = np.random.default_rng(20260915)
    specialties = ("Internal Medicine", "FM", "Psychiatry", "Internal Medicine;Psychiatry")
    applications: list[list[str]] = []
    while len(applications) < rows:
        flags = random.choice(FLAG_CODES, int(random.integers(0, 3)), replace=False)
        person = [
            f"G{len(applications):06d}",
            str(random.integers(2015, 2026)),
            specialties[random.integers(4)],
            str(random.integers(216, 285)),
            "fail_then_pass" if "step1_failure" in flags else "pass",
            ";".join(flags),
            "us_md",
            f"{random.random():.2f}",
            f"{random.random():.2f}",
            str(random.integers(0, 12)),
        ]
        applications += [
            [
                *person,
                PROGRAM_TYPES[random.integers(5)],
                ("", "gold", "silver")[random.integers(3)],
                str(random.integers(2)),
                "0",
                "synthetic, made up",
            ]
            for _ in range(20)
        ]
    del applications[rows:]
    places = []
    for part, (column, value) in enumerate(DAMAGE.items(), start=1):
        at = part * rows // 5
        applications[at][HEADER.index(column)] = value
        places.append((at + 2, column))
    return applications, places


def seconds(run: Any, runs: int = RUNS) -> float:
    """Median of several runs."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main(rows: int = ROWS) -> list[dict[str, Any]]:
    """One row, the median of the runs."""
    applications, places = drawn(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graduates.csv"
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(HEADER)
            writer.writerows(applications)
        found = [(p.line, p.column) for p in check_table(path, "graduates").problems]
        assert found == places, found
        ours = seconds(lambda: check_table(path, "graduates"))
        stock = seconds(lambda: pd.read_csv(path, dtype=str))
    return [
        {
            "what": f"{rows:,} rows of graduates checked, each problem with its line",
            "ours": ours,
            "stock": stock,
            "ratio": ours / stock,
            "asked": "under 5 s; stock is pandas.read_csv, which checks nothing",
        }
    ]


if __name__ == "__main__":
    for row in main(*(int(argument.replace("_", "")) for argument in sys.argv[1:])):
        print(
            f"{row['what']}: {row['ours']:.2f} s, pandas.read_csv {row['stock']:.2f} s "
            f"({row['asked']})"
        )
