"""Interview chances of 50,000 students at 5,000 programs: our blocks against a bare numpy loop.

Run it from the project root: `python benchmarks/chance_blocks.py [students] [programs]`.
Both compute every pair in float32 with gates and keep none, as a screen over all of a country's
students would; the bare loop holds the same arithmetic with nothing around it: no frames, no
assumptions file, arrays made ready beforehand. Stops if a chance differs by more than 1e-5.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.assumptions import read_assumptions
from analysis.model.chance import chance_blocks
from analysis.model.parameters import FLAGS

SPECIALTY, KIND = "Internal Medicine", "moderate"
ROWS = 32
CLOSE = 1e-5
ROOT = Path(__file__).resolve().parent.parent
K, W_STEP, W_CLERKSHIPS, W_LETTERS, W_RESEARCH = 14.89, 0.30, 0.25, 0.20, 0.10
SPOTLESS = np.log(0.8 / 0.2)
GAMMA = {
    flag: np.log(chance / (1 - chance)) - SPOTLESS
    for flag, chance in zip(FLAGS, (0.65, 0.35, 0.45, 0.45, 0.30, 0.40, 0.10, 0.45), strict=True)
}
KAPPA = dict(zip(FLAGS, (0.4, 0.2, 0.2, 0.2, 0.2, 0, 0, 0), strict=True))
EXAMS = ("step1_failure", "step2_failure")


def drawn(students: int, programs: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A country's students and programs, seeded; 40 % of students with one flag or two."""
    dice = np.random.default_rng(20260106)
    flagged = dice.random(students)
    flags = [
        () if u > 0.4 else tuple(dice.choice(FLAGS, size=1 if u > 0.1 else 2, replace=False))
        for u in flagged
    ]
    class_of = pd.DataFrame(
        {
            "student_id": [f"S{at}" for at in range(students)],
            "specialty": SPECIALTY,
            "competitiveness": KIND,
            "step2_ck": dice.integers(218, 281, students).astype(float),
            "red_flags": flags,
            "clerkship_honors_fraction": dice.random(students).round(2),
            "letters": dice.random(students).round(2),
            "research_items": dice.integers(0, 15, students).astype(float),
        }
    )
    asked = pd.DataFrame(
        {
            "program_id": [f"P{at}" for at in range(programs)],
            "specialty": SPECIALTY,
            "program_type": "community",
            "prestige": (10 * dice.random(programs)).round(1),
            "red_flag_tolerance": (10 * dice.random(programs)).round(1),
            "step2_cutoff": np.where(
                dice.random(programs) < 0.5, dice.integers(210, 250, programs), np.nan
            ),
            "auto_screen_any_failure": dice.choice(["yes", "no"], programs),
            "veto_professionalism": dice.choice(["yes", "no"], programs),
        }
    )
    return class_of, asked


def bare_sides(
    students: pd.DataFrame, programs: pd.DataFrame
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Numbers of students and of programs, as plain float32 arrays."""
    score = students["step2_ck"].to_numpy()
    honors = students["clerkship_honors_fraction"].to_numpy()
    clerkships = np.where(honors <= 0.6, 0.3 + 0.5 * honors, honors)
    letters = students["letters"].to_numpy()
    research = np.minimum(students["research_items"].to_numpy(), 10) / 10
    from_clerkships = K * W_CLERKSHIPS * (clerkships - 0.6)
    base = SPOTLESS + K * W_STEP * (np.clip((score - 218) / 57, 0, 1) - 42 / 57) + from_clerkships
    base = base + K * W_LETTERS * (letters - 0.6) + K * W_RESEARCH * (research - 0.4)
    has = {f: np.array([f in own for own in students["red_flags"]]) for f in FLAGS}
    strength = np.clip((score - 235) / 20, 0, 1)
    slope = {
        f: np.where(has[f], GAMMA[f] * (1 - KAPPA[f] * strength) / (1 - KAPPA[f]), 0) for f in FLAGS
    }
    courses = np.minimum(slope.pop(FLAGS[0]), slope.pop(FLAGS[1]))
    conduct, chronic = slope.pop("professionalism"), slope.pop("clerkship_chronic_low")
    alike = np.array([courses, *slope.values()])
    of_students = {
        "score": score,
        "base": base,
        "least": alike.min(axis=0),
        "total": alike.sum(axis=0),
        "conduct": conduct,
        "chronic": chronic,
        "counted": np.where(has["clerkship_chronic_low"], np.minimum(from_clerkships, 0), 0),
        "exam": has[EXAMS[0]] | has[EXAMS[1]],
    }
    cutoff = programs["step2_cutoff"].to_numpy()
    multiplier = (10 - programs["red_flag_tolerance"].to_numpy()) / 5
    of_programs = {
        "level": -K * W_STEP * 3 * (programs["prestige"].to_numpy() - 6) / 57,
        "cutoff": np.where(np.isnan(cutoff), -np.inf, cutoff),
        "multiplier": multiplier,
        "conduct": np.maximum(multiplier, 1),
        "screen": (programs["auto_screen_any_failure"] == "no").to_numpy(),
        "veto": (programs["veto_professionalism"] == "no").to_numpy(),
    }
    return (
        {name: values.astype(np.float32) for name, values in of_students.items()},
        {name: values.astype(np.float32) for name, values in of_programs.items()},
    )


def bare_blocks(s: dict[str, np.ndarray], p: dict[str, np.ndarray]):
    """The same chances with nothing around the arithmetic."""
    block = np.empty((ROWS, len(p["level"])), dtype=np.float32)
    for start in range(0, len(s["score"]), ROWS):
        here = slice(start, min(start + ROWS, len(s["score"])))

        def of(name: str, rows: slice = here) -> np.ndarray:
            return s[name][rows, None]

        odds = np.add(of("base"), p["level"], out=block[: here.stop - here.start])
        least, total = of("least") * p["multiplier"], of("total") * p["multiplier"]
        conduct = of("conduct") * p["conduct"]
        chronic = np.minimum(of("chronic") * p["multiplier"] - of("counted"), 0)
        total += conduct
        total += chronic
        np.minimum(least, conduct, out=least)
        np.minimum(least, chronic, out=least)
        least += total
        least *= np.float32(0.5)
        odds += least
        np.negative(odds, out=odds)
        np.exp(odds, out=odds)
        odds += np.float32(1)
        np.reciprocal(odds, out=odds)
        np.minimum(odds, np.float32(0.95), out=odds)
        odds *= of("score") >= p["cutoff"]
        for row, (exam, flagged) in enumerate(
            zip(s["exam"][here], s["conduct"][here], strict=True)
        ):
            if exam:
                odds[row] *= p["screen"]
            if flagged:
                odds[row] *= p["veto"]
        yield here, odds


def frame_of_a_class() -> dict[str, Any]:
    """200 students at 5,000 programs with every term, gate and reason, in a process of its own."""
    code = (
        "import resource, time\n"
        "from analysis.assumptions import read_assumptions\n"
        "from analysis.model.chance import interview_chance\n"
        "from benchmarks.chance_blocks import drawn\n"
        "assumptions, sides = read_assumptions(), drawn(200, 5_000)\n"
        "start = time.perf_counter()\n"
        "table = interview_chance(*sides, assumptions, with_range=False)\n"
        "seconds = time.perf_counter() - start\n"
        "memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(len(table), seconds, memory / 2**20)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    pairs, seconds, memory = done.stdout.split()
    return {
        "what": f"frame of {int(pairs):,} pairs with all terms ({float(memory):.2f} GB at most)",
        "ours": float(seconds),
        "stock": "",
        "ratio": "",
        "asked": "under 2 s and 1 GB",
    }


def main(students: int = 50_000, programs: int = 5_000) -> list[dict[str, Any]]:
    """Time both and compare them pair by pair; beside them the frame of a class."""
    assumptions = read_assumptions()
    class_of, asked = drawn(students, programs)
    sides = bare_sides(class_of, asked)
    next(iter(chance_blocks(class_of.iloc[:ROWS], KIND, asked, assumptions)))
    start = time.perf_counter()
    for _ in chance_blocks(class_of, KIND, asked, assumptions):
        pass
    ours = time.perf_counter() - start
    start = time.perf_counter()
    for _ in bare_blocks(*sides):
        pass
    bare = time.perf_counter() - start
    largest = max(
        float(np.abs(mine - theirs).max())
        for (_, mine), (_, theirs) in zip(
            chance_blocks(class_of, KIND, asked, assumptions), bare_blocks(*sides), strict=True
        )
    )
    if largest > CLOSE:
        raise SystemExit(f"chance_blocks: a chance differs by {largest:.1e}")
    return [
        {
            "what": f"chances of {students:,} students at {programs:,} programs, none kept "
            f"(largest difference of a chance {largest:.0e})",
            "ours": ours,
            "stock": bare,
            "ratio": ours / bare,
            "asked": "at most 3x a bare loop, and 1e-5",
        },
        frame_of_a_class(),
    ]


if __name__ == "__main__":
    for row in main(*(int(argument.replace("_", "")) for argument in sys.argv[1:])):
        print(row)
