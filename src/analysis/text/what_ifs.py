"""Words about what-ifs and the back-test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from analysis.text.labels import FLAGS, NO_FLAG, joined, percent

__all__ = [
    "FIGURES",
    "learned_label",
    "moves",
    "reliability_finding",
    "verdict_sentence",
    "what_if_label",
    "what_if_sentence",
]

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
    "level.shift": "level of every program (log-odds)",
}


def verdict_sentence(verdict: str, n_applicants: int, years: tuple[int, ...] | list[int]) -> str:
    """The verdict of a back-test in one sentence."""
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
    """Plain words for an assumption that graduates can move."""
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


Row = Mapping[str, Any]
# Programs that enter or leave of which a phrase gives the name.
MOST_NAMED = 3
LEVELS = MappingProxyType(
    {
        "step2_ck": "Step 2 CK {}",
        "clerkships": "honors in {} of the clerkships (0 to 1)",
        "clerkship_honors_fraction": "honors in {} of the clerkships (0 to 1)",
        "letters": "letters {} (0 to 1)",
        "research": "{} research items",
        "research_items": "{} research items",
        "competitiveness": "a specialty of class {}",
        "degree": "degree {}",
        "needs_visa": "needs a visa: {}",
        "specialty": "{} in place of the specialty",
    }
)
MOVED = MappingProxyType(
    {
        "step2_ck": "Step 2 CK {} points {}",
        "clerkships": "honors in a share of the clerkships that is {} {} (0 to 1)",
        "letters": "letters {} {} (0 to 1)",
    }
)


def _flags(text: str) -> str:
    codes = [code.strip() for code in text.split(";")]
    named = joined(f'"{FLAGS.get(code, code)}"' for code in codes)
    return f"the {'flag' if len(codes) == 1 else 'flags'} {named}"


def _signals(colour: str, text: str) -> str:
    if set(text.replace(" ", "").split(";")) == {"0"}:
        return f"no {colour} signal"
    return f"{joined(text.split(';'))} {colour} {'signal' if text == '1' else 'signals'}"


def _label(name: str, text: str) -> str:
    more = text.startswith("+")
    number = text.removeprefix("+")
    if name in ("drop", "add"):
        return f"{'without' if name == 'drop' else 'with'} {_flags(text)}"
    if name == "red_flags":
        return "no red flag" if text == NO_FLAG else _flags(text)
    if name == "limit":
        noun = "application" if number == "1" else "applications"
        return f"{number} more {noun}" if more else f"at most {number} {noun}"
    if name == "budget":
        return f"${number} more for fees" if more else f"a fee budget of ${number}"
    if name in ("gold", "silver"):
        return _signals(name, text)
    if text.startswith(("+", "-")):
        return _moved(name.removesuffix("_honors_fraction"), text[1:], up=text[0] == "+")
    return LEVELS.get(name, f"{name} {{}}").format(text)


def _moved(name: str, number: str, *, up: bool) -> str:
    if name in ("research", "research_items"):
        return (
            f"{number} {'more' if up else 'fewer'} research {'item' if number == '1' else 'items'}"
        )
    name = "clerkships" if name == "clerkship" else name
    return MOVED.get(name, f"{name} {{}} {{}}").format(number, "higher" if up else "lower")


def what_if_label(changes: str, *, budget_lifted: bool = False) -> str:
    """What a what-if changes, in words."""
    parts = [part.partition("=") for part in changes.split(",") if part.strip()]
    said = ", ".join(_label(name.strip(), text.strip()) for name, _, text in parts)
    if budget_lifted:
        said += ", whatever they cost"
    return f"{said[:1].upper()}{said[1:]}"


def moves(row: Row, names: Mapping[str, str] | None = None) -> str:
    """What a what-if does to a list.

    Parameters
    ----------
    row : mapping
        enters, leaves, signals_moved: program_ids.
    names : mapping of str to str, optional
        By program_id; with it, the first programs that enter or leave are named.

    Returns
    -------
    str
        A phrase without a full stop.

    Examples
    --------
    >>> moves({"enters": ["IM1"], "leaves": [], "signals_moved": ["A", "B"]})
    '1 program enters and 2 signals move'
    """
    said = []
    for name, noun, verb, plural in (
        ("enters", "program", "enters", "enter"),
        ("leaves", "program", "leaves", "leave"),
        ("signals_moved", "signal", "moves", "move"),
    ):
        ids = row[name]
        if ids:
            one = len(ids) == 1
            phrase = f"{len(ids)} {noun if one else noun + 's'} {verb if one else plural}"
            named = {} if name == "signals_moved" else names
            said.append(phrase + (_named(ids, named) if named else ""))
    return joined(said) if said else "the list stays the same"


def _named(ids: Sequence[str], names: Mapping[str, str]) -> str:
    shown = [names[one] for one in ids[:MOST_NAMED]]
    others = len(ids) - len(shown)
    return f" ({', '.join(shown)}{f' and {others} more' if others else ''})"


def what_if_sentence(row: Row) -> str:
    """What a change does to the list and the match chance."""
    after, before = percent(row["match_chance"]), percent(row["match_chance_base"])
    told = f"still {after}" if after == before else f"{after} instead of {before}"
    unused = row["places_unused"]
    left = f"; {unused} {'place' if unused == 1 else 'places'} unused" if unused else ""
    label = what_if_label(row["changes"], budget_lifted=row.get("budget_lifted", False))
    return f"{label}: chance of a match {told}; {moves(row)}{left}."
