"""A set of assumptions moved by the office's own graduates, as far as they can tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.flags import FLAGS, heaviest_first
from analysis.model.graduates.changes import TOO_FEW, Changes
from analysis.model.graduates.clusters import Applicants
from analysis.model.graduates.overdispersion import Estimate, applicant_correlation
from analysis.model.graduates.pooling import Pooled, Prior, pooled_effects
from analysis.model.graduates.shrinkage import design_effect, prior_sample_size
from analysis.model.level import IDENTITY

__all__ = ["Learned", "learned_assumptions"]

# The correlation from which the first fit begins; the second uses the one that was found.
FIRST_RHO = 0.2


@dataclass(frozen=True)
class Learned:
    """What the graduates' outcomes say."""

    assumptions: Assumptions
    changes: pd.DataFrame
    rho: Estimate | None
    prior_sample_size: Estimate | None


def learned_assumptions(chances: pd.DataFrame, assumptions: Assumptions) -> Learned:
    """Anchors, level, correlation and match given interview, learned (docs/methods.md, section 7).

    The survey's log-odds are the offset; shifts of level, flags and kinds of program are pooled
    partially. Under the sizes of ``graduates.least_*`` a number stays as it was, and says so.

    Parameters
    ----------
    chances : DataFrame
        From `analysis.model.graduates.applications.application_chances`, under ``assumptions``.
    assumptions : Assumptions
        What was believed before.

    Returns
    -------
    Learned
    """
    rows = chances[chances["left_out"] == ""]
    people = int(rows["graduate_id"].nunique())
    least = int(assumptions.value("graduates.least_learned"))
    table = Changes(assumptions, _years(rows))
    if people < least or rows["interviewed"].nunique() < 2:
        said = f"{people} graduates with a chance to compare; {TOO_FEW} under {least}"
        for flag in FLAGS:
            table.kept(f"anchors.{flag}", people, said)
        for key in (_level_key(rows), "logit_scale", "latent_correlation", "match_given_interview"):
            table.kept(key, people, said)
        return Learned(assumptions, table.frame(), None, None)

    types = sorted(rows["program_type"].dropna().unique())
    moved_by = ["exposure_level", "exposure_scale", *(f"exposure_{flag}" for flag in FLAGS)]
    at_type = (rows["program_type"].to_numpy()[:, None] == np.array(types)).astype(np.float64)
    cell = _cells(rows, assumptions)
    at_cell = (cell[:, None] == np.arange(cell.max() + 1)).astype(np.float64)
    # Kinds of program around their mean: the level, which is written down, then stands for all.
    design = np.hstack([rows[moved_by].to_numpy(), at_type - at_type.mean(axis=0), at_cell])
    applicants = Applicants.of(rows["interviewed"], rows["logit"], design, rows["graduate_id"])
    kinds = ["level", "scale"] + ["flag"] * len(FLAGS) + ["tier"] * len(types)
    kinds += ["cell"] * at_cell.shape[1]
    pooled, rho = _fitted(applicants, kinds, assumptions)

    table.correlation(rho)
    table.level(_level_key(rows), pooled, people)
    table.scale(pooled, people)
    for column, flag in enumerate(FLAGS, start=2):
        having = rows.loc[rows["red_flags"].map(lambda own, f=flag: f in own), "graduate_id"]
        table.anchor(flag, pooled, column, int(having.nunique()), article=_article(rows))
    table.placement(applicants, pooled, rho.value, rows["matched"])
    worth = _survey_worth(rows, cell, applicants, pooled, rho.value, assumptions)
    return Learned(table.assumptions(), table.frame(), rho, worth)


def _fitted(
    applicants: Applicants, kinds: list[str], assumptions: Assumptions
) -> tuple[Pooled, Estimate]:
    """Effects and correlation in turn: one pass each way is enough, they hardly move each other."""
    spread = assumptions.value("graduates.effect_sd")
    worth = assumptions.value("graduates.effect_sd_worth")
    priors = {
        "level": Prior(assumptions.value("graduates.level_sd")),
        "scale": Prior(assumptions.value("graduates.scale_sd")),
        # A cell of flag and kind of program may stray by itself; left out, its straying would
        # pass for graduates whose answers fall together.
        "cell": Prior(assumptions.value("graduates.cell_sd"), worth),
        **dict.fromkeys(("flag", "tier"), Prior(spread, worth)),
    }
    first = pooled_effects(applicants, kinds, priors, FIRST_RHO)
    rho = applicant_correlation(applicants, first.spread, first.shift)
    return pooled_effects(applicants, kinds, priors, rho.value, first), rho


def _cells(rows: pd.DataFrame, assumptions: Assumptions) -> NDArray[np.intp]:
    """Cell of each row: the heaviest of the graduate's flags, by kind of program."""
    anchors = assumptions.group("anchors")
    flag = [(*heaviest_first(flags, anchors), "none")[0] for flags in rows["red_flags"]]
    words = pd.Series(flag, dtype="str") + " at " + rows["program_type"].astype(str).to_numpy()
    return np.asarray(pd.factorize(words, sort=True)[0])


def _survey_worth(
    rows: pd.DataFrame,
    cell: NDArray[np.intp],
    applicants: Applicants,
    pooled: Pooled,
    rho: float,
    assumptions: Assumptions,
) -> Estimate | None:
    """Worth of the survey over cells of flag and kind of program."""
    fitted = np.empty(len(rows))
    fitted[applicants.order] = applicants.logit + applicants.design @ pooled.shift
    effect = design_effect(fitted, rows["graduate_id"], cell, rho)
    trials = np.bincount(cell)
    said = np.bincount(cell, expit(rows["logit"].to_numpy())) / trials
    got = np.bincount(cell, rows["interviewed"].to_numpy(dtype=np.float64))
    try:
        cap = assumptions.value("graduates.survey_worth_cap")
        return prior_sample_size(got / effect, trials / effect, said, cap)
    except ModelError:
        return None


def _article(rows: pd.DataFrame) -> bool:
    return bool((rows["chance_basis"] == "article").all())


def _level_key(rows: pd.DataFrame) -> str:
    """What carries the level: a shift of all levels; in the article's bases an anchor or odds."""
    if bool((rows["chance_basis"] == IDENTITY).all()):
        return "level.shift"
    return "anchors.none" if _article(rows) else "base_rate.group_odds"


def _years(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "no year"
    first, last = int(rows["year"].min()), int(rows["year"].max())
    return str(first) if first == last else f"{first} to {last}"
