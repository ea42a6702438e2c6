"""What each assumption may be: where the formulas hold, not what we prefer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import isfinite, nan

from analysis.assumptions.entries import Content, Entry
from analysis.assumptions.files import default_entries
from analysis.errors import AssumptionError, Problem

__all__ = ["refuse_contradictions"]


@dataclass(frozen=True, slots=True)
class Domain:
    """Interval a number lies in; an end that is `open` is not in it."""

    low: float = 0.0
    high: float = 1.0
    open_low: bool = False
    open_high: bool = False

    def holds(self, number: float) -> bool:
        """Whether a number lies in it."""
        above = number > self.low if self.open_low else number >= self.low
        return above and (number < self.high if self.open_high else number <= self.high)

    def __str__(self) -> str:
        low = "over" if self.open_low else "from"
        high = "to under" if self.open_high else "to"
        return f"a number {low} {self.low:g} {high} {self.high:g}"


SHARE, INSIDE, SCORE = Domain(), Domain(open_low=True, open_high=True), Domain(200, 300)
UNDER_ONE = Domain(open_high=True)
POSITIVE = Domain(0, 1e9, open_low=True)
# The first pattern that fits a key is its domain; what fits none must not be negative.
DOMAINS: Mapping[str, Domain] = {
    "weights.*": POSITIVE,
    "scale.step2_*": SCORE,
    "scale.research_best": POSITIVE,
    "scale.*": SHARE,
    "reference.step2_ck": SCORE,
    "reference.tolerance": Domain(0, 10, open_high=True),
    "reference.prestige": Domain(0, 10),
    "reference.red_flags_weight": INSIDE,
    "reference.*": SHARE,
    "anchors.*": INSIDE,
    "program_types.*": Domain(0, 10),
    "logit_scale": POSITIVE,
    "relief.from": SCORE,
    "relief.full": SCORE,
    "relief.*": UNDER_ONE,
    "several_flags.share": SHARE,
    "signals.*": Domain(1, 1e3),
    "applicants.step2_mean": SCORE,
    "applicants.*": Domain(-50, 50),
    "base_rate.group_odds": POSITIVE,
    "base_rate.pool_slope": Domain(0, 10),
    "base_rate.least": INSIDE,
    "base_rate.most": INSIDE,
    "base_rate.*": SHARE,
    "override.*": SHARE,
    "auto_screen_share": UNDER_ONE,
    "highest_chance": Domain(open_low=True),
    "passing.*": SCORE,
    "match_given_interview": Domain(0.01, 0.99),
    "latent_correlation": Domain(0, 0.95),
    "match_utility": SHARE,
    "groups.*": SHARE,
    "survey.confidence": INSIDE,
    "classmates.risk_of_no_match": INSIDE,
    "classmates.most_at_a_program*": Domain(1, 1e3),
    "classmates.shared_factor*": SHARE,
    "classmates.draws": Domain(1, 1e6),
    "classmates.further_applications": Domain(1, 1e3),
    "uncertainty.weights_nu": POSITIVE,
    "uncertainty.kappa_spread": SHARE,
    "uncertainty.group_odds": POSITIVE,
    "uncertainty.match_given_interview": Domain(0.01, 0.99),
    "uncertainty.low": UNDER_ONE,
    "uncertainty.high": Domain(open_low=True),
    "uncertainty.draws": Domain(1, 1e6),
}
AT_LEAST_0 = Domain(0, 1e12)
WORDS = {"anchor_basis": ("reader", "population")}
# May be one number or several: one is a mixture of one.
EITHER = {"latent_correlation"}
WHOLE = (
    ".draws",
    ".seed",
    ".smallest_cell",
    "list.limit",
    "fees.first_number",
    "classmates.further_applications",
    "classmates.most_at_a_program",
    "classmates.most_at_a_program_range",
)
RANGES = (
    "uncertainty.group_odds",
    "uncertainty.match_given_interview",
    "classmates.most_at_a_program_range",
    "classmates.shared_factor_range",
)
ORDERED = (
    ("scale.step2_worst", "scale.step2_best"),
    ("relief.from", "relief.full"),
    ("base_rate.least", "base_rate.most"),
    ("groups.reach_below", "groups.safer_above"),
    ("uncertainty.low", "uncertainty.high"),
    ("passing.lowest", "passing.since_july_2025"),
)


def refuse_contradictions(file: str, entries: Mapping[str, Entry]) -> None:
    """Refuse values outside their domain, and values that contradict each other.

    Parameters
    ----------
    file : str
        Name for the messages.
    entries : mapping of str to Entry
        A whole set.

    Raises
    ------
    AssumptionError
        With every problem of the first kind, else of the second.
    """
    found = {key: expected for key, entry in entries.items() if (expected := _expected(key, entry))}
    found = found or _contradictions(entries)
    if found:
        raise AssumptionError(
            "\n".join(
                str(Problem(file, expected, column=key, value=_shown(entries[key].content)))
                for key, expected in found.items()
            )
        )


def _shown(content: Content) -> str:
    if isinstance(content, tuple):
        return ";".join(map(_shown, content))
    return content if isinstance(content, str) else f"{content:g}"


def _expected(key: str, entry: Entry) -> str:
    """What an entry's content should have been, or "" if it is fine."""
    content = entry.content
    if key in WORDS:
        return "" if content in WORDS[key] else " or ".join(WORDS[key])
    if isinstance(content, str):
        return "a number"
    several = isinstance(default_entries()[key].content, tuple)
    if isinstance(content, tuple) != several and key not in EITHER:
        return "several numbers" if several else "one number"
    numbers = content if isinstance(content, tuple) else (content,)
    domain = next((d for pattern, d in DOMAINS.items() if fnmatchcase(key, pattern)), AT_LEAST_0)
    if not numbers or not all(isfinite(n) and domain.holds(n) for n in numbers):
        return str(domain)
    if key.endswith(WHOLE) and any(n != round(n) for n in numbers):
        return "a whole number"
    return ""


def _contradictions(entries: Mapping[str, Entry]) -> dict[str, str]:
    found: dict[str, str] = {}

    def number(key: str) -> float:
        content = entries[key].content
        return content if isinstance(content, float) else nan

    for low, high in ORDERED:
        # Grouping may have no middle, and the two passing scores may be one.
        fine = number(low) < number(high) or (
            low.startswith(("groups", "passing")) and number(low) == number(high)
        )
        if not fine:
            found[low] = f"less than {high} ({number(high):g})"
    for key in RANGES:
        ends = entries[key].content
        if not isinstance(ends, tuple) or len(ends) != 2 or ends[0] > ends[1]:
            found[key] = "a lower and an upper end"
    typical = number("scale.clerkships_typical")
    reached = number("scale.clerkships_floor") + number("scale.clerkships_slope") * typical
    if reached > typical + 1e-9:
        found["scale.clerkships_floor"] = (
            "floor + slope * typical to be at most scale.clerkships_typical, or more honors would "
            "be worth less there"
        )
    spotless = number("anchors.none")
    for key in entries:
        if key.startswith("anchors.") and number(key) > spotless:
            found[key] = "at most anchors.none: a flag never raises a chance"
    if number("anchors.loa_academic") == spotless:
        found["anchors.loa_academic"] = "less than anchors.none: a leave is the scale's worst level"
    one, several = "anchors.course_failure_remediated", "anchors.preclinical_failures_multiple"
    if number(several) > number(one):
        found[several] = f"at most {one}: several failures are no better than one"
    for kind in ("ultra", "moderate", "less"):
        if number(f"relief.{kind}.major") > number(f"relief.{kind}.minor"):
            found[f"relief.{kind}.major"] = f"at most relief.{kind}.minor"
    if number("signals.silver") > number("signals.gold"):
        found["signals.silver"] = "at most signals.gold"
    if entries["anchor_basis"].content == "population":
        for key in ("anchors.step1_failure", "anchors.step2_failure"):
            most = 1 - number(key) / spotless
            if number("auto_screen_share") >= most:
                expected = f"less than {most:.3g} with anchor_basis population, because of {key}"
                found["auto_screen_share"] = expected
    return found
