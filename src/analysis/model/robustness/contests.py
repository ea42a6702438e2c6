"""Programs against each other, one application at a time: who is first, who is close, who flips.

What an application is worth by itself is its chance of a match times the student's utility; the
common factor leaves that product alone (docs/methods.md, sections 4 and 6).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit

from analysis.model.intervals import wilson_interval
from analysis.model.robustness.case import Case
from analysis.model.robustness.flips import order_flip
from analysis.model.robustness.inputs import Values
from analysis.model.robustness.smaa import central_weights, pairwise_wins, rank_acceptability
from analysis.model.robustness.uncertain import MATCH

__all__ = ["close_contests", "first_places", "order_flips"]

Floats = NDArray[np.float64]
# A program whose log-odds bend by more than this along a moving weight is screened or capped.
STRAIGHT = 1e-9


def worth(case: Case, values: Values) -> Floats:
    """Worth of each application by itself, shape (draws, programs)."""
    return case.chance(values) * values[MATCH][:, None] * case.utility


def first_places(case: Case, values: Values) -> pd.DataFrame:
    """Programs that are worth most by themselves in some draw, and the weights under which.

    Parameters
    ----------
    case : Case
        The student's list problem.
    values : dict of str to ndarray of float, shape (draws,)
        From `Inputs.drawn`.

    Returns
    -------
    DataFrame
        One row a program that is ever first, the most frequent first: program_id, first (share of
        the draws: rank acceptability of the first place), low, high (95 %, sampling error), and
        the central weight of each component.
    """
    worths = worth(case, values)
    first = rank_acceptability(worths)[:, 0]
    low, high = wilson_interval(first * len(worths), len(worths), 0.95)
    names = case.inputs.weight_names
    central = central_weights(worths, np.stack([values[name] for name in names], axis=1))
    rows = pd.DataFrame({"program_id": case.program_id, "first": first, "low": low, "high": high})
    rows[list(names)] = central
    ever = rows[rows["first"] > 0]
    return ever.sort_values(["first", "program_id"], ascending=[False, True], ignore_index=True)


def close_contests(case: Case, values: Values, base: ArrayLike) -> pd.DataFrame:
    """For each program of a list, the one off it that it beats least often.

    Parameters
    ----------
    case : Case
        The student's list problem.
    values : dict of str to ndarray of float, shape (draws,)
        From `Inputs.drawn`.
    base : array_like of int
        Positions of the programs on the list.

    Returns
    -------
    DataFrame
        One row a program of the list, the closest contest first: program_id, against, wins (share
        of the draws in which its application is worth more by itself; a tie counts half), low,
        high (95 %, sampling error). Programs that must or must not be listed contest nothing; no
        row if every program is on the list.
    """
    listed = np.setdiff1d(np.asarray(base, dtype=np.int64), case.must)
    off = np.setdiff1d(np.arange(len(case.program_id)), [*np.asarray(base), *case.never])
    columns = ["program_id", "against", "wins", "low", "high"]
    if not (listed.size and off.size):
        return pd.DataFrame(columns=columns)
    among = np.concatenate([listed, off])
    wins = pairwise_wins(worth(case, values)[:, among])[: listed.size, listed.size :]
    rival, share = wins.argmin(axis=1), wins.min(axis=1)
    draws = len(values[MATCH])
    low, high = wilson_interval(share * draws, draws, 0.95)
    names = np.asarray(case.program_id, dtype=object)
    rows = pd.DataFrame(
        dict(zip(columns, (names[listed], names[off[rival]], share, low, high), strict=True))
    )
    return rows.sort_values(["wins", "program_id"], ignore_index=True)


def order_flips(case: Case, base: ArrayLike) -> pd.DataFrame:
    """Nearest share of each weight at which two programs of a list change places in chance.

    While one weight moves and the others are rescaled, log-odds are additive: ``t a + (1 - t) b``.
    So the closed form of `order_flip` holds. A program behind a gate that may be closed, or at the
    highest chance, is not additive and is left out.

    Parameters
    ----------
    case : Case
        The student's list problem.
    base : array_like of int
        Positions of the programs on the list.

    Returns
    -------
    DataFrame
        One row a weight: input, base, low, high, flip_value (NaN = no change within its range),
        falls, rises (program_id; "" where nothing flips), compared (how many programs).
    """
    rows = []
    for name, (low, middle, high) in case.inputs.ranges().items():
        if name not in case.inputs.weight_names or low == high:
            continue
        shares = np.array([low, (low + high) / 2, high])
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = logit(case.chance(case.inputs.with_one(name, shares))[:, np.asarray(base)])
            bend = np.abs(odds[0] + odds[2] - 2 * odds[1])
        open_to_all = (bend < STRAIGHT) & (odds[0] != odds[2])
        slope = ((odds[2] - odds[0]) / (high - low))[open_to_all]
        nothing = odds[0][open_to_all] - slope * low
        flip = order_flip(np.c_[nothing + slope, nothing], [middle, 1 - middle], 0)
        pair = flip.outcome if isinstance(flip.outcome, tuple) else ()
        names = np.asarray(case.program_id, dtype=object)[np.asarray(base)][open_to_all]
        inside = bool(pair) and low <= flip.value <= high
        rows.append(
            {
                "input": name,
                "base": middle,
                "low": low,
                "high": high,
                "flip_value": flip.value if inside else float("nan"),
                "falls": str(names[pair[0]]) if inside else "",
                "rises": str(names[pair[1]]) if inside else "",
                "compared": int(open_to_all.sum()),
            }
        )
    return pd.DataFrame(rows)
