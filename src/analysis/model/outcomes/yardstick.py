"""What learned chances are held against: a plain regression, and advisors who see more than files.

docs/methods-graduates.md.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from analysis.assumptions import Assumptions
from analysis.model.flags import FLAGS, listed

__all__ = ["regression_chances", "selected_chances"]

Floats = NDArray[np.float64]
NUMBERS = ("step2_ck", "clerkship_honors_fraction", "letters", "research_items")
WORDS = ("program_type", "degree", "signal")
LEAST_CHANCE = 1e-6


def regression_chances(learn: pd.DataFrame, score: pd.DataFrame) -> Floats:
    """Chances by a logistic regression on what the file says, as anyone would fit one.

    Scikit-learn's own penalty (ridge, C = 1) on standardized columns: numbers, with the mean for
    what is unknown; kind of program, degree, signal and specialty; each flag, and ten points of
    Step 2 CK for who has one.

    Parameters
    ----------
    learn, score : DataFrame
        Rows of graduates to learn from and to foretell.

    Returns
    -------
    ndarray of float, shape (len(score),)
        Chances of an interview; the rate where all learned from ended alike.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    happened = learn["interviewed"].to_numpy(dtype=np.float64)
    if happened.min() == happened.max():
        return np.full(len(score), happened.mean())
    both = _features(pd.concat([learn, score], keys=["learn", "score"]), len(learn))
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    model.fit(both[: len(learn)], happened)
    return np.asarray(model.predict_proba(both[len(learn) :])[:, 1], dtype=np.float64)


def _features(rows: pd.DataFrame, learned_from: int) -> Floats:
    columns: list[Floats] = []
    for name in NUMBERS:
        if name in rows:
            number = rows[name].to_numpy(dtype=np.float64)
            known = number[:learned_from][~np.isnan(number[:learned_from])]
            columns.append(np.where(np.isnan(number), known.mean() if known.size else 0.0, number))
    words = [rows[name] for name in WORDS if name in rows]
    words.append(rows["specialty"].map(lambda own: (listed(own) or ("",))[0]))
    for word in words:
        cells = word.astype(object).where(word.notna(), "").to_numpy()
        columns += [(cells == one).astype(np.float64) for one in sorted(set(cells))]
    flags = rows["red_flags"].map(listed)
    columns += [flags.map(lambda own, f=f: f in own).to_numpy(dtype=np.float64) for f in FLAGS]
    columns.append(np.where(flags.map(bool), columns[0], columns[0][:learned_from].mean()))
    return np.column_stack(columns)


def selected_chances(learn: pd.DataFrame, score: pd.DataFrame, assumptions: Assumptions) -> Floats:
    """Chances as believed, seen through advisors who send stronger files to harder programs.

    A graduate's file may be stronger or weaker than it says by ``graduates.unseen_strength``
    log-odds (standard deviation), and who is sent where may follow it. That moves the level of each
    kind of program by at most as much up or down, and flattens chances by the factor that goes with
    so much unseen; nothing else. What of this fits the earlier years best is taken.

    Parameters
    ----------
    learn, score : DataFrame
        Of `analysis.model.outcomes.applications.application_chances`, as believed.
    assumptions : Assumptions
        ``graduates.unseen_strength``, ``highest_chance``.

    Returns
    -------
    ndarray of float, shape (len(score),)
        Chances of an interview.
    """
    most = assumptions.value("graduates.unseen_strength")
    highest = assumptions.value("highest_chance")
    kinds = sorted(set(learn["program_type"].dropna()))

    def parts(rows: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
        at = rows["program_type"].to_numpy(dtype=object)[:, None] == np.array(kinds, dtype=object)
        doors = rows["gate"].to_numpy(dtype=np.float64)
        return at.astype(np.float64), rows["logit"].to_numpy(dtype=np.float64), doors

    def chances(numbers: Floats, known: tuple[Floats, Floats, Floats]) -> Floats:
        at, log_odds, doors = known
        return doors * np.minimum(expit(numbers[0] * (log_odds + at @ numbers[1:])), highest)

    used = learn[learn["left_out"] == ""]
    known, happened = parts(used), used["interviewed"].to_numpy(dtype=np.float64)

    def loss(numbers: Floats) -> float:
        said = np.clip(chances(numbers, known), LEAST_CHANCE, 1 - LEAST_CHANCE)
        return float(-np.mean(np.where(happened == 1, np.log(said), np.log1p(-said))))

    # A logistic curve seen through normal noise is one flatter by this (16 sqrt(3) / (15 pi)).
    flattest = 1 / np.sqrt(1 + (most * 16 * np.sqrt(3) / (15 * np.pi)) ** 2)
    bounds = [(flattest, 1.0), *[(-most, most)] * len(kinds)]
    begin = np.array([1.0, *np.zeros(len(kinds))])
    found = minimize(loss, begin, method="L-BFGS-B", bounds=bounds)
    return chances(np.asarray(found.x), parts(score))
