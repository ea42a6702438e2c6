"""Plain words for the codes of the data: flags, factors, program types, bases."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any

__all__ = [
    "BASES",
    "COMPETITIVENESS",
    "FACTORS",
    "FEATURES",
    "FLAGS",
    "NO_FLAG",
    "PROGRAM_TYPES",
    "SEVERITY",
    "counted",
    "in_sentence",
    "joined",
    "percent",
    "with_flag_labels",
]

NO_FLAG = "none"

FLAGS = MappingProxyType(
    {
        NO_FLAG: "No red flag",
        "course_failure_remediated": "One early course failure, later passed",
        "preclinical_failures_multiple": "Several pre-clinical failures",
        "step1_failure": "Step 1 failed, then passed",
        "step2_failure": "Step 2 CK failed, then passed",
        "loa_academic": "Leave of absence for academic reasons",
        "clerkship_chronic_low": "Weak clerkship record throughout",
        "professionalism": "Professionalism concern",
        "mspe_concern": "Worrying dean's letter (MSPE)",
    }
)

FEATURES = MappingProxyType(
    {
        "specialty": "specialty",
        "step2_ck": "Step 2 CK",
        "step1_result": "Step 1 result",
        "red_flags": "red flags",
        "degree": "degree",
        "clerkship_honors_fraction": "clerkship honors",
        "letters": "letters",
        "research_items": "research",
    }
)

# The article's own words, which its chart of chances does not follow (data/article).
SEVERITY = MappingProxyType(
    {
        "course_failure_remediated": "Low–Moderate",
        "preclinical_failures_multiple": "Moderate–High",
        "step1_failure": "High",
        "step2_failure": "High",
        "loa_academic": "High",
        "clerkship_chronic_low": "Moderate–High",
    }
)

FACTORS = MappingProxyType(
    {
        "step2_ck": "Step 2 CK",
        "clerkships": "Clerkship grades",
        "letters": "Letters",
        "red_flags": "Red flags",
        "research": "Research",
    }
)

PROGRAM_TYPES = MappingProxyType(
    {
        "high_tier_academic": "High-tier academic",
        "mid_tier_academic": "Mid-tier academic",
        "community": "Community",
        "rural_fm": "Rural family medicine",
        "do_friendly": "DO-friendly",
    }
)

DEGREES = MappingProxyType(
    {"us_md": "US MD", "us_do": "US DO", "img": "Graduate of another country"}
)

COMPETITIVENESS = MappingProxyType(
    {
        "ultra": "an ultra-competitive specialty",
        "moderate": "a moderately competitive specialty",
        "less": "a less competitive specialty",
    }
)

BASES = MappingProxyType(
    {
        "article": "the article's figure, illustrative by its own words",
        "published": "published, with citation",
        "office": "the office's own",
        "assumption": "our assumption",
        "synthetic": "made up for the sample",
    }
)


def percent(share: float) -> str:
    """Write a share as a whole percentage, never as a certainty it is not.

    Parameters
    ----------
    share : float
        0-1.

    Returns
    -------
    str
        Such as ``"75 %"``; ``"under 1 %"`` and ``"over 99 %"`` near the ends.

    Examples
    --------
    >>> percent(0.747132), percent(0.004), percent(0.998), percent(0)
    ('75 %', 'under 1 %', 'over 99 %', '0 %')
    """
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1:
        return "over 99 %"
    return f"{share * 100:.0f} %"


def counted(number: float, noun: str) -> str:
    """Write a whole number with its noun.

    Parameters
    ----------
    number : float
        Rounded.
    noun : str
        In the singular; its plural ends in s.

    Returns
    -------
    str
        Such as ``"2 programs"``.

    Examples
    --------
    >>> counted(1, "program"), counted(0, "program")
    ('1 program', '0 programs')
    """
    return f"{number:.0f} {noun}" + ("" if number == 1 else "s")


def in_sentence(label: str) -> str:
    """Write a label as it stands within a sentence.

    Parameters
    ----------
    label : str
        Such as a value of `FLAGS`.

    Returns
    -------
    str
        With a small first letter, unless it begins with a name.

    Examples
    --------
    >>> in_sentence("Worrying dean's letter (MSPE)"), in_sentence("Step 1 failed, then passed")
    ("worrying dean's letter (MSPE)", 'Step 1 failed, then passed')
    """
    return label if label.startswith(("Step ", "DO-")) else label[:1].lower() + label[1:]


def joined(words: Iterable[str], last: str = "and") -> str:
    """Write an enumeration in prose.

    Parameters
    ----------
    words : iterable of str
        At least one.
    last : str
        The word before the last.

    Returns
    -------
    str
        ``"a"``, ``"a and b"``, ``"a, b and c"``.

    Examples
    --------
    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    *first, end = words
    return f"{', '.join(first)} {last} {end}" if first else end


def with_flag_labels(rows: Any) -> Any:
    """Give rows with a ``red_flag`` column the flag's plain words as ``label``.

    Parameters
    ----------
    rows : DataFrame
        With ``red_flag``; a word that is no code stays as it is.

    Returns
    -------
    DataFrame
        A copy with ``label``.
    """
    return rows.assign(label=[FLAGS.get(flag, flag) for flag in rows["red_flag"]])
