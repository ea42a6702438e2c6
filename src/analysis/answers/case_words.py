"""A case in plain words: what its controls are called, and how two cases differ."""

from __future__ import annotations

from typing import Any

from analysis.advice.labels import (
    COMPETITIVENESS,
    DEGREES,
    FACTORS,
    FLAGS,
    NO_FLAG,
    joined,
    percent,
)
from analysis.answers.case import Case

__all__ = ["class_words", "degree_words", "differences", "flag_words", "weight_words"]

NAMES = {
    "specialty": "specialty",
    "step2_ck": "Step 2 CK",
    "degree": "degree",
    "needs_visa": "needs a visa",
    "competitiveness": "class of the specialty",
    "clerkship_honors_fraction": "clerkships with honors",
    "letters": "letters",
    "research_items": "research items",
    "preferred_states": "preferred states",
    "application_limit": "most applications",
    "fee_budget_usd": "fee budget",
    "gold_signals": "gold signals",
    "silver_signals": "silver signals",
}
SHARES = {"clerkship_honors_fraction"}
NOT_GIVEN = "not given"


def flag_words() -> dict[str, str]:
    """Words of each red flag.

    Returns
    -------
    dict of str to str
        By code.
    """
    return {code: words for code, words in FLAGS.items() if code != NO_FLAG}


def class_words() -> dict[str, str]:
    """Codes of the classes of specialties.

    Returns
    -------
    dict of str to str
        By words, as a choice wants them.
    """
    return {words[0].upper() + words[1:]: code for code, words in COMPETITIVENESS.items()}


def degree_words() -> list[tuple[str, str]]:
    """Degrees, as a choice wants them.

    Returns
    -------
    list of (str, str)
        Words and code.
    """
    return [(words, code) for code, words in DEGREES.items()]


def weight_words() -> dict[str, str]:
    """Words of each weighed component.

    Returns
    -------
    dict of str to str
        By code.
    """
    return dict(FACTORS)


def differences(before: Case, after: Case) -> list[str]:
    """What differs between two cases.

    Parameters
    ----------
    before, after : Case
        Any two.

    Returns
    -------
    list of str
        One clause each.

    Examples
    --------
    >>> one = Case("S1", ("Psychiatry",), 240.0, red_flags=("loa_academic",))
    >>> differences(one, Case("S1", ("Psychiatry",), 250.0))
    ['Step 2 CK 240, now 250', 'without: leave of absence for academic reasons']
    """
    found = []
    if before.student_id != after.student_id:
        found.append(f"student {before.student_id}, now {after.student_id}")
    for field, name in NAMES.items():
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            found.append(f"{name} {_shown(field, old)}, now {_shown(field, new)}")
    for word, more, less in (("with", after, before), ("without", before, after)):
        flags = [FLAGS[code].lower() for code in more.red_flags if code not in less.red_flags]
        if flags:
            found.append(f"{word}: {joined(flags)}")
    if before.weights != after.weights:
        shares = zip(FACTORS.values(), after.weights, strict=False)
        words = ", ".join(f"{name} {percent(share)}" for name, share in shares)
        found.append(f"weights {words}" if words else "weights as in the assumptions")
    return found


def _shown(field: str, value: Any) -> str:
    if value is None or value in {(), ""}:
        return NOT_GIVEN
    if isinstance(value, tuple):
        return ", ".join(COMPETITIVENESS.get(part, str(part)) for part in value)
    if field in SHARES:
        return percent(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
