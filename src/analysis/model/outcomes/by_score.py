"""How far a high Step 2 CK outweighs a flag, in the office's own data.

docs/methods-graduates.md.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.flags import FLAGS, listed
from analysis.model.outcomes.applications import application_chances
from analysis.model.outcomes.learning import Learned

__all__ = ["chance_by_score", "commonest_flag"]

SCORES = np.arange(220.0, 271.0, 5.0)
WIDTH = 10.0
# Applications and draws behind a band: more would move it by about a point.
MOST_ROWS, DRAWS = 500, 200


def commonest_flag(applications: pd.DataFrame, smallest_cell: int) -> str:
    """Flag that most graduates have; "" where none has enough of them."""
    people = applications.drop_duplicates(["graduate_id", "year"])
    counts = {
        flag: int(people["red_flags"].map(lambda own, f=flag: f in listed(own)).sum())
        for flag in FLAGS
    }
    flag = max(counts, key=counts.__getitem__)
    return flag if counts[flag] >= smallest_cell else ""


def chance_by_score(
    applications: pd.DataFrame,
    learned: Learned,
    assumptions: Assumptions,
    flag: str,
    programs: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Chance of an interview by Step 2 CK with and without a flag: learned, assumed, observed.

    The applications that the office's graduates sent, as if all had this score and this flag, or
    none; everything else as it was.

    Parameters
    ----------
    applications : DataFrame
        Rows of graduates.
    learned : Learned
        What they taught.
    assumptions : Assumptions
        What was believed before.
    flag : str
        One of `analysis.model.flags.FLAGS`.
    programs : DataFrame, optional
        Rows of programs.

    Returns
    -------
    DataFrame
        A row a score, first without the flag: flagged, step2_ck, chance, low, high (90 % band),
        assumed, and observed with n graduates among scores around it; both empty for fewer
        graduates than ``graduates.smallest_cell``.

    Raises
    ------
    ModelError
        If nothing was learned, or too few graduates have the flag.
    """
    smallest = int(assumptions.value("graduates.smallest_cell"))
    has = applications["red_flags"].map(lambda own: flag in listed(own)).astype(bool)
    if learned.fit is None or applications.loc[has, "graduate_id"].nunique() < smallest:
        message = f"fewer than {smallest} graduates with this flag, or too few to learn from"
        raise ModelError(message)
    fit = learned.fit
    at = np.unique(np.linspace(0, len(fit.rows) - 1, MOST_ROWS).astype(int))
    sent = applications.loc[fit.rows[at]]
    cases = [(flagged, score) for flagged in (False, True) for score in SCORES]
    copies = pd.concat(
        [
            sent.assign(
                graduate_id=[f"{number}-{case}" for number in range(len(sent))],
                step2_ck=score,
                step1_result="fail_then_pass" if flagged and flag == "step1_failure" else "pass",
                red_flags=[(flag,) if flagged else ()] * len(sent),
            )
            for case, (flagged, score) in enumerate(cases)
        ],
        ignore_index=True,
    )
    near = application_chances(copies, fit.near, programs)
    own = near[[f"exposure_{name}" for name in fit.names]].to_numpy(dtype=np.float64)
    own = fit.straightened(own)
    draws = fit.draws[:: max(1, len(fit.draws) // DRAWS)]
    columns = len(fit.names)
    log_odds = (near["logit"].to_numpy() - own @ fit.shift)[:, None] + own @ draws[:, :columns].T
    log_odds += np.tile(fit.others[at] @ draws[:, columns:].T, (len(cases), 1))
    highest = assumptions.value("highest_chance")
    chances = near["gate"].to_numpy()[:, None] * np.minimum(expit(log_odds), highest)
    drawn = chances.reshape(len(cases), len(sent), -1).mean(axis=1)
    assumed = application_chances(copies, assumptions, programs)["interview_chance"].to_numpy()
    low, middle, high = np.quantile(drawn, [0.05, 0.5, 0.95], axis=1)
    found = pd.DataFrame(cases, columns=["flagged", "step2_ck"]).assign(
        chance=middle,
        low=low,
        high=high,
        assumed=assumed.reshape(len(cases), len(sent)).mean(axis=1),
    )
    without = applications["red_flags"].map(lambda own: not listed(own)).astype(bool)
    seen = [_observed(applications[has if f else without], s, smallest) for f, s in cases]
    return found.assign(
        observed=[rate for rate, _ in seen], n=pd.array([n for _, n in seen], dtype="Int64")
    )


def _observed(rows: pd.DataFrame, score: float, smallest: int) -> tuple[float, int | None]:
    """Interviews an application around every second score, and of how many graduates."""
    if (score - SCORES[0]) % WIDTH:
        return np.nan, None
    near = rows[(rows["step2_ck"] - score).between(-WIDTH / 2, WIDTH / 2, inclusive="left")]
    people = int(near["graduate_id"].nunique())
    return (float(near["interviewed"].mean()), people) if people >= smallest else (np.nan, None)
