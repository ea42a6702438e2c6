"""Lists of a class at the real size of Internal Medicine: 150 students, 800 programs each.

Processor seconds of the choice, reasons and what was left out, list after list in one warm process.
BENCH_OLD=DIR, an older checkout, times the same class by that code in the same run, a few students
ours and a few theirs in turn, so that a slower hour of the machine slows both. BENCH_LISTS: how
many of the 150 are timed (30).
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

CLASS, PROGRAMS, TURNS = 150, 800, 3
LISTS = min(int(os.environ.get("BENCH_LISTS", "30")), CLASS)
SPECIALTY = "Internal Medicine"
SEED = 20260915


def frames(students: int, programs: int) -> tuple[Any, Any]:
    """A made-up class of one specialty, and its programs, drawn from the sample's own rows."""
    import numpy as np

    from analysis import tables
    from analysis.paths import from_root

    random = np.random.default_rng(SEED)
    some = tables.read_programs(from_root("data/sample/programs.csv"))
    some = some[some["specialty"] == SPECIALTY]
    many = some.iloc[random.integers(0, len(some), programs)].reset_index(drop=True)
    many["program_id"] = [f"X{number:04}" for number in range(programs)]
    many["program_name"] = [f"Program {number}" for number in range(programs)]
    many["prestige"] = random.uniform(1, 10, programs).round(1)
    many["red_flag_tolerance"] = random.uniform(1, 9, programs).round(1)
    many["applications_received"] = random.integers(300, 3000, programs).astype(float)
    rates = random.uniform(0.05, 0.25, programs)
    many["interviews_offered"] = (many["applications_received"] * rates).round()
    rows = tables.read_students(from_root("data/sample/students.csv"))
    # Text in older code, a tuple today.
    named = rows["specialty"].map(lambda own: own if isinstance(own, str) else ";".join(own))
    rows = rows[rows["step2_ck"].notna() & ~named.str.contains(";")]
    chosen = rows.iloc[random.integers(0, len(rows), students)].reset_index(drop=True)
    chosen["student_id"] = [f"B{number:03}" for number in range(students)]
    chosen["specialty"] = SPECIALTY
    chosen["step2_ck"] = random.integers(225, 275, students).astype(float)
    own_wishes = ("gold_signals", "silver_signals", "must_apply", "never_apply")
    return chosen.drop(columns=[name for name in own_wishes if name in chosen]), many


def seconds_of_lists(first: int, last: int, programs: int = PROGRAMS) -> list[float]:
    """Processor seconds of each list of some students, the first of all to warm up."""
    from analysis.assumptions import read_assumptions

    try:
        from analysis.model.choice.application_list import application_list
    except ModuleNotFoundError:  # where an older checkout has it
        from analysis.model.application_list import application_list
    students, many = frames(CLASS, programs)
    assumptions = read_assumptions("data/assumptions/default.toml")
    seconds = []
    for number in (0, *range(first, last)):
        student = students.iloc[[number]].reset_index(drop=True)
        begun = time.process_time()
        application_list(student, many, assumptions)
        seconds.append(time.process_time() - begun)
    return seconds[1:]


def timed(first: int, last: int, checkout: str | None = None) -> list[float]:
    """`seconds_of_lists` in a process of its own, perhaps by the code of another checkout."""
    where = {"cwd": checkout, "env": {**os.environ, "PYTHONPATH": f"{checkout}/src"}}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).absolute()), str(first), str(last)],
        capture_output=True,
        text=True,
        check=True,
        **(where if checkout else {}),
    )
    return [float(word) for word in done.stdout.split()]


def main() -> list[dict[str, Any]]:
    """One row: a list of ours, and of an older checkout where one is named."""
    older = os.environ.get("BENCH_OLD")
    ours: list[float] = []
    theirs: list[float] = []
    for turn in range(TURNS):
        part = turn * LISTS // TURNS, (turn + 1) * LISTS // TURNS
        ours += timed(*part)
        theirs += timed(*part, older) if older else []
    own, other = statistics.median(ours), statistics.median(theirs) if theirs else 0.0
    return [
        {
            "what": f"a list out of {PROGRAMS} programs, median of {LISTS} students; "
            "stock: the same by older code in the same run",
            "ours": own,
            "stock": other or "",
            "ratio": other / own if other else "",
            "asked": "at least 3x" if other else "",
        }
    ]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(*seconds_of_lists(int(sys.argv[1]), int(sys.argv[2])))
    else:
        for row in main():
            print(row)
