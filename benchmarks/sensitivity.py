"""The whole sensitivity analysis of one student and 800 programs, signals and all.

Processor seconds, list and all draws of `robustness.draws` in; one specialty, and two.
"""

from __future__ import annotations

import time
from typing import Any

import pandas as pd

from benchmarks.lists import CLASS, PROGRAMS, SPECIALTY, frames

OTHER, ASKED = "Family Medicine", 15.0
STUDENT = 7  # an ordinary one of the class: some twenty programs are worth their price


def analysis_of(specialties: int) -> tuple[float, str]:
    """Processor seconds of one student, and what was analyzed."""
    from analysis.assumptions import read_assumptions
    from analysis.model.sensitivity import sensitivity_analysis
    from analysis.views.robustness import case_of

    students, programs = frames(CLASS, PROGRAMS)
    student = students.iloc[[STUDENT]].reset_index(drop=True)
    if specialties > 1:
        more = programs.assign(
            specialty=OTHER, program_id=programs["program_id"].str.replace("X", "Y")
        )
        programs = pd.concat([programs.iloc[: PROGRAMS // 2], more.iloc[PROGRAMS // 2 :]])
        programs = programs.reset_index(drop=True)
        student["specialty"] = f"{SPECIALTY};{OTHER}"
    assumptions = read_assumptions("data/assumptions/default.toml")
    begun = time.process_time()
    found = sensitivity_analysis(case_of(student, programs, None, assumptions), assumptions)
    spent = time.process_time() - begun
    words = f"{found.draws:,} draws, list of {found.lists.base.size}"
    return spent, words


def main() -> list[dict[str, Any]]:
    """A row for one specialty and one for two."""
    rows = []
    for number, words in ((1, "one specialty"), (2, "two specialties")):
        seconds, what = analysis_of(number)
        rows.append(
            {
                "what": f"sensitivity of one student, {PROGRAMS} programs, {words}; {what}",
                "ours": seconds,
                "stock": "",
                "ratio": "",
                "asked": f"at most {ASKED:.0f} s",
            }
        )
    return rows


if __name__ == "__main__":
    for row in main():
        print(row)
