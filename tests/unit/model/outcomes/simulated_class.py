"""Graduates as an office records them, drawn from the model itself under known assumptions."""

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from analysis.model.outcomes.graduates import application_chances
from analysis.model.parameters import FLAGS
from tests.unit.model.outcomes.simulated import answers

SPECIALTIES = ("Internal Medicine", "General Surgery", "Family Medicine")
TYPES = ("high_tier_academic", "mid_tier_academic", "community", "do_friendly")


def graduates(
    seed, truth, *, people=150, sent=12, rho=0.3, years=5, rate=0.4, ranking_rho=0.0, choosy=0.0
):
    """Rows of graduates.csv, with answers under the assumptions ``truth``.

    ``choosy``: advisors who see more than the file holds (a standard normal of each graduate, worth
    this many log-odds) send the stronger ones to harder programs.
    """
    generator = np.random.default_rng(seed)
    flag = generator.permutation(np.arange(people) % (2 * len(FLAGS)))
    each = pd.DataFrame(
        {
            "graduate_id": [f"G{i:04d}" for i in range(people)],
            "year": 2021.0 + generator.permutation(np.arange(people) % years),
            "specialty": [(s,) for s in generator.choice(SPECIALTIES, people)],
            "step2_ck": generator.normal(250, 10, people).clip(218, 285).round(),
            "step1_result": "pass",
            "red_flags": [(FLAGS[f],) if f < len(FLAGS) else () for f in flag],
            "degree": "us_md",
            "clerkship_honors_fraction": generator.uniform(0.2, 1, people),
            "letters": generator.uniform(0.3, 0.9, people),
            "research_items": generator.integers(0, 9, people).astype(float),
        }
    )
    failed = each["red_flags"].map(lambda own: "step1_failure" in own)
    each.loc[failed, "step1_result"] = "fail_then_pass"
    rows = each.loc[each.index.repeat(sent)].reset_index(drop=True)
    who = np.repeat(np.arange(people), sent)
    unseen = generator.standard_normal(people)[who] if choosy else np.zeros(len(rows))
    kind = generator.choice(TYPES, len(rows))
    if choosy:
        kind = np.where((unseen > 0) & np.isin(kind, TYPES[2:]), TYPES[0], kind)
        kind = np.where((unseen < 0) & np.isin(kind, TYPES[:2]), TYPES[2], kind)
    rows["program_type"] = kind
    rows["signal"] = pd.Series(generator.choice(["gold", "silver", None], len(rows)), dtype="str")
    rows["interviewed"] = rows["matched"] = 0.0
    found = application_chances(rows, truth)
    chance = found["interview_chance"].to_numpy()
    odds = chance / (1 - chance) * np.exp(choosy * unseen)
    rows["interviewed"] = answers(odds / (1 + odds), who, rho, generator)
    common = generator.standard_normal(people)[who]
    lands = ndtr((ndtri(rate) + np.sqrt(ranking_rho) * common) / np.sqrt(1 - ranking_rho))
    lucky = (rows["interviewed"] == 1) & (generator.random(len(rows)) < lands)
    first = ~rows[lucky].duplicated("graduate_id")
    rows.loc[first.index[first], "matched"] = 1.0
    return rows
