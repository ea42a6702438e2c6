"""Students and programs for tests: one of each at the reference, and drawn ones."""

import numpy as np
import pandas as pd

from analysis.model.parameters import FLAGS

SPECIALTY = "Internal Medicine"
KINDS = ("ultra", "moderate", "less")


def student(**changes):
    """A student at the reference, as plain values; None is unknown."""
    usual = {
        "student_id": "S1",
        "specialty": SPECIALTY,
        "competitiveness": "moderate",
        "step2_ck": 260,
        "step1_result": None,
        "red_flags": (),
        "degree": "us_md",
        "needs_visa": None,
        "clerkship_honors_fraction": 0.6,
        "letters": 0.6,
        "research_items": 4,
    }
    return usual | changes


def program(**changes):
    """A program at the reference, that states that it screens nothing."""
    usual = {
        "program_id": "P1",
        "specialty": SPECIALTY,
        "program_type": "mid_tier_academic",
        "prestige": 6,
        "red_flag_tolerance": 5,
        "step2_cutoff": 200,
        "auto_screen_any_failure": "no",
        "interviews_offered": None,
        "applications_received": None,
        "applicant_step2": None,
        "veto_professionalism": "no",
        "accepts_do": "yes",
        "visa": "both",
    }
    return usual | changes


TEXT = {
    "program_id", "specialty", "program_type", "auto_screen_any_failure", "veto_professionalism",
    "accepts_do", "visa", "state", "student_id", "competitiveness", "step1_result", "degree",
    "needs_visa", "tie", "signal",
}  # fmt: skip


def frame(*rows):
    """Rows as the loaders give them: text with NaN, numbers with NaN, tuples."""
    names = dict.fromkeys(name for row in rows for name in row)
    return pd.DataFrame({name: column(name, [row.get(name) for row in rows]) for name in names})


def column(name, cells):
    if name in TEXT:
        return pd.array(cells, dtype="str")
    if name == "red_flags":
        return pd.Series(cells, dtype=object)
    return np.array(cells, dtype=float)


def drawn_pair(seed):
    """A student, a program and a kind, anywhere in their ranges, cells empty now and then."""
    dice = np.random.default_rng(seed)

    def maybe(value):
        return None if dice.random() < 0.15 else value

    flags = tuple(flag for flag in FLAGS if dice.random() < 0.3)
    applicant = student(
        step2_ck=int(dice.integers(214, 291)),
        red_flags=flags,
        degree=str(dice.choice(["us_md", "us_do", "non_us_img"])),
        needs_visa=(None, "yes", "no")[dice.integers(3)],
        clerkship_honors_fraction=maybe(round(dice.random(), 3)),
        letters=maybe(round(dice.random(), 3)),
        research_items=maybe(int(dice.integers(0, 26))),
        competitiveness=str(dice.choice(KINDS)),
    )
    offered = int(dice.integers(0, 301))
    asked = program(
        program_type=str(dice.choice(["high_tier_academic", "mid_tier_academic", "community"])),
        prestige=maybe(round(10 * dice.random(), 2)),
        red_flag_tolerance=maybe(round(10 * dice.random(), 2)),
        step2_cutoff=maybe(int(dice.integers(205, 266))),
        auto_screen_any_failure=maybe(str(dice.choice(["yes", "no"]))),
        applicant_step2=maybe(int(dice.integers(235, 263))) if dice.random() < 0.5 else None,
        veto_professionalism=maybe(str(dice.choice(["yes", "no"]))),
        accepts_do=maybe(str(dice.choice(["yes", "no"]))),
        visa=maybe(str(dice.choice(["j1", "none", "both"]))),
        **{
            f"tolerance_{flag}": round(10 * dice.random(), 2)
            for flag in FLAGS
            if dice.random() < 0.3
        },
    )
    if dice.random() < 0.5:
        asked |= {
            "interviews_offered": offered,
            "applications_received": offered + int(dice.integers(1, 2001)),
        }
    return applicant, asked
