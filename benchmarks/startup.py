"""From nothing to an answer: `--help`, one list, and a worker that is ready for its first report.

Each in a process of its own, the quickest of several: what is asked holds for a quiet machine, and
others' work only adds. `pick` is what a person waits for: start, reading, list, reasons, what-ifs.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from analysis.paths import project_root

RUNS = 5
COMMAND = str(Path(sys.executable).with_name("countersignal"))
CLASS = ("--students", "data/sample/students.csv", "--programs", "data/sample/programs.csv")
ASKED = {
    "countersignal --help": ([COMMAND, "--help"], "at most 300 ms"),
    "countersignal pick, one student of the sample": (
        [COMMAND, "pick", "S001", *CLASS],
        "at most 1.5 s",
    ),
    "a worker ready for its first report": (
        [sys.executable, "-c", "import analysis.report.preload"],
        "at most 2 s",
    ),
}


def quickest(command: list[str]) -> float:
    """Wall seconds of a command, the least of several runs."""
    seconds = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=project_root())
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def main() -> list[dict[str, Any]]:
    """One row a start."""
    return [
        {"what": what, "ours": quickest(command), "stock": "", "ratio": "", "asked": asked}
        for what, (command, asked) in ASKED.items()
    ]


if __name__ == "__main__":
    for row in main():
        print(row)
