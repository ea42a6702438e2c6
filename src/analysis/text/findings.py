"""Findings in one clause each, ready to be titles: of a sensitivity analysis and a back-test."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.text.labels import FACTORS, FLAGS, in_sentence, joined, percent

__all__ = [
    "FIGURES",
    "acceptability_finding",
    "close_call_finding",
    "first_finding",
    "flag_by_score_finding",
    "flip_finding",
    "input_label",
    "learned_label",
    "least_kept",
    "reliability_finding",
    "tornado_finding",
    "variance_finding",
    "verdict_sentence",
    "with_input_labels",
    "yardstick_table",
]

Row = Mapping[str, Any]
# A contest is settled where one side wins this share of the draws.
SETTLED = 0.95
# Names that a sentence spells out; the rest are counted.
MOST_CLOSE_CALLS = 3


def first_finding(firsts: Sequence[Row]) -> str:
    """Which application is worth most by itself, and how often."""
    best, *others = [str(row["program_id"]) for row in firsts]
    if not others:
        return f"{best} is worth most by itself in every draw"
    named = others[:MOST_CLOSE_CALLS]
    if len(others) > MOST_CLOSE_CALLS:
        named.append(f"one of {len(others) - MOST_CLOSE_CALLS} more")
    share = percent(firsts[0]["first"])
    return f"{best} is worth most by itself in {share} of the draws, else {joined(named, 'or')}"


def close_call_finding(close_calls: Sequence[Row]) -> str:
    """For how many programs of a list the choice against one left off is not settled."""
    if not close_calls:
        return "No program is left off the list"
    close = [str(row["program_id"]) for row in close_calls if row["wins"] < SETTLED]
    of = len(close_calls)
    if not close:
        return f"One by one, each of {of} listed programs is clearly worth more than those left off"
    named = close[:MOST_CLOSE_CALLS]
    if len(close) > MOST_CLOSE_CALLS:
        named.append(f"{len(close) - MOST_CLOSE_CALLS} more")
    be = "is" if len(close) == 1 else "are"
    return (
        f"One by one, {len(close)} of {of} listed programs {be} not clearly worth more than "
        f"one left off: {joined(named)}"
    )


ALL_WEIGHTS = "all weights"
NAMES = {
    ALL_WEIGHTS: "the five weights together",
    "logit_scale": "how sharply chances react (logit scale)",
    "latent_correlation": "how far rejections come together",
    "match_given_interview": "the chance of a match after an interview",
    "base_rate": "the student's group against all applicants",
    "groups": "how much groups of applicants differ",
    "signals": "what a signal is worth",
    "relief": "how far a high Step 2 CK makes up for a flag",
    "tolerance": "the programs' tolerance of red flags",
}
# Names in a list of programs that a sentence spells out; the rest are counted.
MOST_NAMED = 5
# Swings below this are rounding, not a change of a chance.
LEAST_SWING = 1e-9


def input_label(name: str) -> str:
    """Plain words for an input of a sensitivity analysis."""
    kind, _, what = name.partition(".")
    if kind == "weights" and what in FACTORS:
        return f"the weight of {in_sentence(FACTORS[what])}"
    if kind == "anchors" and what in FLAGS:
        return f"the anchored chance: {in_sentence(FLAGS[what])}"
    return NAMES.get(name, NAMES.get(kind, name))


def least_kept(kept: Sequence[float]) -> int:
    """How many programs stay in all but the worst twentieth of the draws."""
    ordered = sorted(kept)
    return int(ordered[math.floor(0.05 * len(ordered))])


def acceptability_finding(kept: Sequence[float], list_length: int) -> str:
    """What the resampled lists say of the base list."""
    least = least_kept(kept)
    if least >= list_length:
        return f"The list keeps all its {list_length} programs in 95% of {len(kept)} draws"
    return (
        f"The list keeps at least {least} of its {list_length} programs in 95% of {len(kept)} draws"
    )


def variance_finding(shares: Sequence[Row]) -> str:
    """What moves the match chance most, and what the weights do.

    Parameters
    ----------
    shares : sequence of mapping
        Rows with input and total; one may be "all weights".

    Returns
    -------
    str
        One clause, to stand as a title.

    Examples
    --------
    >>> variance_finding([{"input": "logit_scale", "total": math.nan}])
    'The match chance does not move with any of these inputs'
    """
    known = [row for row in shares if math.isfinite(row["total"])]
    if not known:
        return "The match chance does not move with any of these inputs"
    weights = next((row for row in known if row["input"] == ALL_WEIGHTS), None)
    single = [row for row in known if row["input"] != ALL_WEIGHTS]
    if weights is not None:
        single = [row for row in single if not row["input"].startswith("weights.")]
    first = max(single or known, key=lambda row: row["total"])
    if weights is not None and weights["total"] >= first["total"]:
        return (
            f"The match chance moves mostly with the five weights together "
            f"({percent(weights['total'])} of its variance)"
        )
    said = (
        f"The match chance moves mostly with {input_label(first['input'])} "
        f"({percent(first['total'])} of its variance)"
    )
    if weights is None:
        return said
    return f"{said}; the five weights together have {percent(weights['total'])}"


def tornado_finding(bars: Sequence[Row]) -> str:
    """Which input alone swings the match chance most."""
    widest = bars[0]
    if widest["swing"] < LEAST_SWING:
        return "No input alone moves the match chance"
    low, high = sorted([widest["answer_low"], widest["answer_high"]])
    return (
        f"Alone, {input_label(widest['input'])} moves the match chance most: "
        f"{percent(low)} to {percent(high)}"
    )


def flip_finding(flips: Sequence[Row]) -> str:
    """How many inputs would change the list within their range."""
    still = [row["input"] for row in flips if not flips_somewhere(row)]
    moving = len(flips) - len(still)
    if moving == 0:
        return f"The list stays as it is over the whole range of each of {len(flips)} inputs"
    verb, whose = ("changes", "its") if moving == 1 else ("change", "their")
    said = f"{moving} of {len(flips)} inputs {verb} the list somewhere in {whose} range"
    if 0 < len(still) <= MOST_NAMED:
        names = joined([input_label(name) for name in still])
        said += f"; {names} {'does' if len(still) == 1 else 'do'} not"
    return said


def flips_somewhere(row: Row) -> bool:
    """Whether an input has a flip value."""
    value = row["flip_value"]
    return value is not None and math.isfinite(value)


def with_input_labels(rows: Any) -> Any:
    """Give rows with an ``input`` column plain words as ``label``, for a chart."""
    words = [input_label(name) for name in rows["input"]]
    return rows.assign(label=[word[0].upper() + word[1:] for word in words])


# Figures of a back-test in the order of reading; what is right stands in brackets.
FIGURES: Mapping[str, str] = {
    "brier": "Brier score (0 is perfect)",
    "log_loss": "log loss (0 is perfect)",
    "skill_vs_base_rate": "better than the earlier years' rate by (0 is as good)",
    "skill_vs_survey": "better than the old numbers by (0 is as good)",
    "skill_vs_regression": "better than a plain logistic regression by (0 is as good)",
    "log_loss_gain_vs_survey": "log loss less than the old numbers' by (0 is as good)",
    "log_loss_gain_vs_regression": "log loss less than the regression's by (0 is as good)",
    "log_loss_gain_vs_base_rate": "log loss less than the earlier rate's by (0 is as good)",
    "skill_vs_selection": "better than the old numbers seen through advisors' choices by",
    "calibration_in_the_large": "interviews per application not foretold (0)",
    "calibration_slope": "slope (1; below 1 chances are too extreme)",
    "calibration_intercept": "shift of the log-odds (0)",
    "ece": "calibration error",
    "ece_null": "the same for a perfect model, by luck",
    "prior_sample_size": "applications the old numbers are worth",
    "rho": "correlation of one graduate's answers",
}
LEARNED = {
    "latent_correlation": "correlation of one graduate's answers",
    "match_given_interview": "match given an interview",
    "logit_scale": "how sharply chances react",
    "base_rate.group_odds": "the students' group against all",
    "level.shift": "level of every program (log-odds)",
}


def verdict_sentence(verdict: str, n_applicants: int, years: tuple[int, ...] | list[int]) -> str:
    """The verdict of a back-test in one sentence."""
    if verdict == "too_few_to_tell":
        return (
            f"Too few to tell whether the learned numbers are better than the old ones; "
            f"{n_applicants} graduates of {years[-1]} were scored."
        )
    rival = "the old ones" if verdict == "better" else "another way did"
    return (
        f"The learned numbers foretold the {n_applicants} graduates of {years[-1]} {verdict} than "
        f"{rival}."
    )


METHODS = {
    "learned": "learned numbers",
    "survey": "old numbers",
    "regression": "plain logistic regression",
    "base_rate": "earlier years' rate",
}
SCORES = {
    "brier": "Brier score (0)",
    "log_loss": "log loss (0)",
    "calibration_in_the_large": "not foretold (0)",
    "calibration_slope": "slope (1)",
}


def yardstick_table(yardstick: Sequence[Row]) -> list[dict[str, str]]:
    """Ways to foretell beside each other, each score with its 90% interval in brackets."""

    def cell(row: Row, score: str) -> str:
        if row.get(score) is None:
            return "-"
        return f"{row[score]:.3f} ({row[f'{score}_low']:.3f} to {row[f'{score}_high']:.3f})"

    return [
        {"foretold by": METHODS[str(row["method"])]}
        | {words: cell(row, score) for score, words in SCORES.items()}
        for row in yardstick
    ]


def flag_by_score_finding(curves: Sequence[Row], flag: str) -> str:
    """How much a flag costs at a low and at a high score, of 100 applications.

    Parameters
    ----------
    curves : sequence of mapping
        Rows of the chart of chances by Step 2 CK.
    flag : str
        Code of the flag.

    Returns
    -------
    str
        One sentence, to stand as a title; "" without rows.
    """
    if not curves:
        return ""
    chances = {(bool(row["flagged"]), int(row["step2_ck"])): row["chance"] for row in curves}
    told = [
        f"at {score}, {100 * chances[True, score]:.0f} interviews "
        f"({100 * chances[False, score]:.0f} without it)"
        for score in (235, 255)
    ]
    return f"{FLAGS[flag]}, of 100 applications: {'; '.join(told)}"


def learned_label(key: str) -> str:
    """Plain words for an assumption that graduates can move."""
    kind, _, what = key.partition(".")
    if kind == "anchors" and what in FLAGS:
        return FLAGS[what]
    return LEARNED.get(key, key)


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
    'In 0 of 1 tenths as many interviews came as luck allows; furthest off: said 40%, came 20%'
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
