"""The frame of 200 students at 5,000 programs with every term: seconds and memory.

Run it from the project root: `python benchmarks/chance_frame.py`. The issue allows 2 s and 1 GB.
"""

from __future__ import annotations

import sys
import time

from analysis.assumptions import read_assumptions
from analysis.model.chance import interview_chance

if __package__:
    from benchmarks.chance_blocks import drawn
else:
    from chance_blocks import drawn


def peak_megabytes() -> float:
    """Largest memory of this process so far; 0 where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def main(students: int = 200, programs: int = 5_000) -> float:
    """Time one frame, print, and return the seconds."""
    assumptions = read_assumptions()
    class_of, asked = drawn(students, programs)
    before = peak_megabytes()
    # Processor time too: on a shared machine the clock counts other people's work.
    start, begun = time.perf_counter(), time.process_time()
    table = interview_chance(class_of, asked, assumptions, with_range=False)
    seconds, busy = time.perf_counter() - start, time.process_time() - begun
    print(
        f"chance_frame    {students:,} students x {programs:,} programs, {table.shape[1]} columns"
    )
    print(f"  {seconds:.2f} s ({busy:.2f} s of processor), {peak_megabytes() - before:.0f} MB more")
    return seconds


if __name__ == "__main__":
    main(*(int(argument.replace("_", "")) for argument in sys.argv[1:]))
