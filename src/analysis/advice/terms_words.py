"""What each part of a record is worth, in points that do not add up."""

from __future__ import annotations

import math
from types import MappingProxyType

import pandas as pd

from analysis.advice.labels import FACTORS
from analysis.assumptions import Assumptions

__all__ = ["terms_table", "terms_words"]

TERM = MappingProxyType(
    {**FACTORS, "program": "How high the program's own applicants score", "signal": "A signal"}
)
LEAST = 0.05  # points that round to a digit


def terms_table(points: pd.DataFrame) -> pd.DataFrame:
    """Points of each part of the record, the weightiest first.

    Parameters
    ----------
    points : DataFrame
        Of `analysis.model.by_flag.points_at_typical`.

    Returns
    -------
    DataFrame
        A row a part, a column a specialty; no rows without a score.

    Examples
    --------
    >>> rows = {"specialty": "Neurology", "term": ["letters", "red_flags"], "points": [1.0, -15.0]}
    >>> terms_table(pd.DataFrame(rows)).to_dict("list")
    {'Part of the record': ['Red flags', 'Letters'], 'Neurology': ['-15.0 points', '+1.0 points']}
    """
    shown = points[points["points"].abs() >= LEAST]
    if shown.empty:
        return pd.DataFrame()
    wide = shown.pivot(index="term", columns="specialty", values="points")
    wide = wide[list(dict.fromkeys(shown["specialty"]))].fillna(0.0)
    wide = wide.loc[wide.abs().max(axis=1).sort_values(ascending=False, kind="stable").index]
    words = {name: [f"{value:+.1f} points" for value in wide[name]] for name in wide.columns}
    return pd.DataFrame({"Part of the record": [TERM[term] for term in wide.index], **words})


def terms_words(points: pd.DataFrame, assumptions: Assumptions) -> str:
    """How to read the points, and what ten points of Step 2 CK are worth.

    Parameters
    ----------
    points : DataFrame
        Of `analysis.model.by_flag.points_at_typical`.
    assumptions : Assumptions
        ``logit_scale``, ``weights``, ``scale``.

    Returns
    -------
    str
        Markdown; "" without points.
    """
    if terms_table(points).empty:
        return ""
    span = assumptions.value("scale.step2_best") - assumptions.value("scale.step2_worst")
    slope = assumptions.value("logit_scale") * assumptions.weights["step2_ck"]
    typical = ", ".join(
        (
            f"Step 2 CK {assumptions.value('reference.step2_ck'):g}",
            "typical clerkships, letters and research",
            "no red flag",
        )
    )
    return (
        "Each line is the chance above less the chance without that part, which is to say with the "
        f"reference in its place ({typical}). The parts work together, so the points do not add "
        f"up. Ten points of Step 2 CK multiply the odds by {math.exp(10 * slope / span):.2f}, an "
        "assumption of ours."
    )
