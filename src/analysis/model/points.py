"""What each term of a chance is worth, in percentage points (docs/methods.md, section 3.6)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.assumptions import Assumptions
from analysis.model.terms import TERMS

__all__ = ["term_points"]

BASE = "spotless"


def term_points(chances: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Points of each term: the chance minus the chance without that term.

    Terms work together, so points do not add up to the chance; whoever prints them says so.

    Parameters
    ----------
    chances : DataFrame
        From `interview_chance`.
    assumptions : Assumptions
        ``highest_chance``.

    Returns
    -------
    DataFrame
        Same index; a column for each of `TERMS` but the base, in percentage points.
    """
    highest = assumptions.value("highest_chance")
    log_odds = chances[[f"logit_{name}" for name in TERMS]].sum(axis=1, skipna=False).to_numpy()
    gate = chances["gate"].to_numpy(dtype=float)

    def chance(at: np.ndarray) -> np.ndarray:
        return gate * np.minimum(expit(at), highest)

    whole = chance(log_odds)
    return pd.DataFrame(
        {
            name: 100 * (whole - chance(log_odds - chances[f"logit_{name}"].to_numpy()))
            for name in TERMS
            if name != BASE
        },
        index=chances.index,
    )
