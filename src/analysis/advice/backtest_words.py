"""What a back-test says, in sentences: the verdict, and what each figure means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.advice.labels import FLAGS, percent

__all__ = ["FIGURES", "learned_label", "reliability_finding", "verdict_sentence"]

# Figures of a back-test in the order of reading; what is right stands in brackets.
FIGURES: Mapping[str, str] = {
    "brier": "Brier score (0 is perfect)",
    "log_loss": "log loss (0 is perfect)",
    "skill_vs_base_rate": "better than the earlier years' rate by (0 is as good)",
    "skill_vs_survey": "better than the old numbers by (0 is as good)",
    "calibration_in_the_large": "interviews per application not foretold (0)",
    "calibration_slope": "slope (1; below 1 chances are too extreme)",
    "calibration_intercept": "shift of the log-odds (0)",
    "ece": "calibration error",
    "ece_null": "the same for a perfect model, by luck",
    "prior_sample_size": "applications the old numbers are worth",
    "rho": "correlation of one graduate's answers",
}
KEYS = {
    "latent_correlation": "correlation of one graduate's answers",
    "match_given_interview": "match given an interview",
    "logit_scale": "how sharply chances react",
    "base_rate.group_odds": "the students' group against all",
}


def verdict_sentence(verdict: str, n_applicants: int, years: tuple[int, ...] | list[int]) -> str:
    """The verdict of a back-test in one sentence.

    Parameters
    ----------
    verdict : {"better", "worse", "too_few_to_tell"}
        From the back-test.
    n_applicants : int
        Graduates scored.
    years : sequence of int
        All years; the last is the one scored.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> verdict_sentence("better", 48, (2024, 2025))
    'The learned numbers foretold the 48 graduates of 2025 better than the old ones.'
    """
    if verdict == "too_few_to_tell":
        return (
            f"Too few to tell whether the learned numbers are better than the old ones; "
            f"{n_applicants} graduates of {years[-1]} were scored."
        )
    return (
        f"The learned numbers foretold the {n_applicants} graduates of {years[-1]} {verdict} than "
        "the old ones."
    )


def learned_label(key: str) -> str:
    """Plain words for an assumption that graduates can move.

    Parameters
    ----------
    key : str
        Such as ``anchors.loa_academic``.

    Returns
    -------
    str
        An unknown key is its own label.

    Examples
    --------
    >>> learned_label("anchors.none"), learned_label("latent_correlation")
    ('No red flag', "correlation of one graduate's answers")
    """
    kind, _, what = key.partition(".")
    if kind == "anchors" and what in FLAGS:
        return FLAGS[what]
    return KEYS.get(key, key)


def reliability_finding(bins: list[dict[str, Any]]) -> str:
    """How many tenths of chances came true within what luck does.

    Parameters
    ----------
    bins : list of dict
        Rows of the reliability diagram: mean_chance, rate, band_low, band_high, suppressed.

    Returns
    -------
    str
        One clause, to stand as a title.

    Examples
    --------
    >>> reliability_finding([{"mean_chance": 0.4, "rate": 0.2, "band_low": 0.3, "band_high": 0.5,
    ...                       "suppressed": False}])
    'In 0 of 1 tenths as many interviews came as luck allows; furthest off: said 40 %, came 20 %'
    """
    shown = [row for row in bins if not row["suppressed"]]
    if not shown:
        return "No tenth of the chances holds enough graduates to be shown"
    within = [row["band_low"] <= row["rate"] <= row["band_high"] for row in shown]
    said = f"In {sum(within)} of {len(shown)} tenths as many interviews came as luck allows"
    if all(within):
        return said
    far = max(
        (row for row, held in zip(shown, within, strict=True) if not held),
        key=lambda row: abs(row["rate"] - row["mean_chance"]),
    )
    chance, rate = percent(far["mean_chance"]), percent(far["rate"])
    return f"{said}; furthest off: said {chance}, came {rate}"
