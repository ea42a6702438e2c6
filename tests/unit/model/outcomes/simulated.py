"""Graduates whose truth is known, drawn from a seed."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtr, ndtri

from analysis.assumptions import read_assumptions
from analysis.model.outcomes.posterior import Prior

BASE = read_assumptions(overrides=["level.basis=article"])
EFFECT = Prior(BASE.value("graduates.effect_sd"), pooled=True)
PRIORS = {
    "level": Prior(BASE.value("graduates.level_sd")),
    "flag": EFFECT,
    "tier": EFFECT,
    "cell": Prior(BASE.value("graduates.cell_sd"), pooled=True),
}
FLAG_LOGITS = np.array([0.0, -0.77, -1.59, -2.01, -2.23, -1.4])
TIER_LOGITS = np.array([-1.0, -0.3, 0.3, 0.8, 0.5])
CELLS = len(FLAG_LOGITS) * len(TIER_LOGITS)


@dataclass
class World:
    outcome: np.ndarray
    prior: np.ndarray  # the survey's chance
    truth: np.ndarray  # the true chance
    applicant: np.ndarray
    flag: np.ndarray
    tier: np.ndarray
    year: np.ndarray

    @property
    def cell(self):
        return self.flag * len(TIER_LOGITS) + self.tier

    @property
    def design(self):
        """Level, then one column a flag (the spotless have none), a tier, and a cell of both."""
        flags = (self.flag[:, None] == np.arange(1, len(FLAG_LOGITS))).astype(float)
        tiers = (self.tier[:, None] == np.arange(len(TIER_LOGITS))).astype(float)
        cells = (self.cell[:, None] == np.arange(CELLS)).astype(float)
        return np.column_stack([np.ones(len(self.flag)), flags, tiers, cells])

    kinds = ["level"] + ["flag"] * (len(FLAG_LOGITS) - 1) + ["tier"] * len(TIER_LOGITS)
    kinds = kinds + ["cell"] * CELLS

    def rows(self, at):
        return World(*(getattr(self, name)[at] for name in self.__dataclass_fields__))


def answers(truth, applicant, rho, generator):
    common = generator.standard_normal(applicant.max() + 1)[applicant]
    given = ndtr((ndtri(truth) + np.sqrt(rho) * common) / np.sqrt(1 - rho))
    return (generator.random(len(truth)) < given).astype(float)


def world(
    seed,
    *,
    applicants=240,
    applications=15,
    rho=0.3,
    level=0.0,
    shifts=None,
    worth=None,
    spread=0.5,
):
    """Applications of graduates; `shifts` moves flags' log-odds, `worth` strays cells (Beta)."""
    generator = np.random.default_rng(seed)
    applicant = np.repeat(np.arange(applicants), applications)
    flag = generator.permutation(np.arange(applicants) % len(FLAG_LOGITS))[applicant]
    tier = generator.integers(0, len(TIER_LOGITS), len(applicant))
    score = generator.normal(0, spread, applicants)[applicant]
    base = 0.4 + score + FLAG_LOGITS[flag] + TIER_LOGITS[tier]
    moved = base + level
    if shifts is not None:
        moved = moved + np.concatenate([[0.0], shifts])[flag]
    truth = expit(moved)
    if worth is not None:
        mean = expit(0.4 + FLAG_LOGITS[:, None] + TIER_LOGITS)
        rate = generator.beta(worth * mean, worth * (1 - mean))
        truth = expit(base + (logit(rate) - logit(mean))[flag, tier])
    truth = np.clip(truth, 1e-6, 1 - 1e-6)
    return World(
        answers(truth, applicant, rho, generator),
        expit(base),
        truth,
        applicant,
        flag,
        tier,
        2020 + generator.integers(0, 5, applicants)[applicant],
    )
