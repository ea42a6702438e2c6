"""The words of the field, each once: red flags, kinds of programs and specialties, factors, bases.

Tables, model, text and figures take codes, labels and order from here. The article's own words for
severity are those of data/article/severity_labels.csv; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple

Relief = Literal["minor", "major", "none"]
Basis = Literal["article", "published", "office", "assumption", "synthetic"]
NO_FLAG = "none"


class RedFlag(NamedTuple):
    """One red flag."""

    # code, label: As files hold it; as a reader knows it.
    code: str
    label: str
    severity: str  # the article's word, "" where it has none
    # {"minor", "major", "none"}: Class of mitigation: how a high Step 2 CK may take weight off it
    # (docs/methods.md, 3.2).
    relief: Relief
    spellings: tuple[str, ...] = ()  # the article's names, in lower case with underscores


FLAGS: Mapping[str, RedFlag] = MappingProxyType(
    {
        flag.code: flag
        for flag in (
            RedFlag(
                "course_failure_remediated",
                "One early course failure, later passed",
                "Low–Moderate",
                "minor",
                ("single_early_course_failure", "single_remediated_m1_m2_course_failure"),
            ),
            RedFlag(
                "preclinical_failures_multiple",
                "Several pre-clinical failures",
                "Moderate–High",
                "major",
                ("multiple_pre_clinical_failures",),
            ),
            RedFlag(
                "step1_failure", "Step 1 failed, then passed", "High", "major", ("step_1_failure",)
            ),
            RedFlag(
                "step2_failure",
                "Step 2 CK failed, then passed",
                "High",
                "major",
                ("step_2_failure",),
            ),
            RedFlag(
                "loa_academic",
                "Leave of absence for academic reasons",
                "High",
                "major",
                ("academic_loa", "loa_for_academic_reasons"),
            ),
            RedFlag(
                "clerkship_chronic_low",
                "Weak clerkship record throughout",
                "Moderate–High",
                "none",
                ("chronic_low_clerkship_performance",),
            ),
            RedFlag("professionalism", "Professionalism concern", "", "none"),
            RedFlag("mspe_concern", "Worrying dean's letter (MSPE)", "", "none"),
        )
    }
)
EXAM_FAILURES = frozenset({"step1_failure", "step2_failure"})


class ProgramType(NamedTuple):
    """One kind of program: its code, and its label."""

    code: str
    label: str


PROGRAM_TYPES: Mapping[str, ProgramType] = MappingProxyType(
    {
        kind.code: kind
        for kind in (
            ProgramType("high_tier_academic", "High-tier academic"),
            ProgramType("mid_tier_academic", "Mid-tier academic"),
            ProgramType("community", "Community"),
            ProgramType("rural_fm", "Rural family medicine"),
            ProgramType("do_friendly", "DO-friendly"),
        )
    }
)

# The five parts of a profile that are weighed, by code, with their labels.
COMPONENTS: Mapping[str, str] = MappingProxyType(
    {
        "step2_ck": "Step 2 CK",
        "clerkships": "Clerkship grades",
        "letters": "Letters",
        "red_flags": "Red flags",
        "research": "Research",
    }
)

# Degree and where it was earned: the groups of applicants that programs tell apart.
DEGREES: Mapping[str, str] = MappingProxyType(
    {
        "us_md": "US MD",
        "us_do": "US DO",
        "us_img": "US citizen, international medical graduate",
        "non_us_img": "International medical graduate",
    }
)

# Groups of a list by the chance of an interview, as a heading says them (docs/methods.md, 3.6).
CHANCE_GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "likely": "Likelier than not: 50% or more",
        "possible": "Possible: 20 to 49%",
        "long_shot": "Long shots: under 20%",
    }
)

# How competitive a specialty is, as it stands in a sentence.
COMPETITIVENESS: Mapping[str, str] = MappingProxyType(
    {
        "ultra": "an ultra-competitive specialty",
        "moderate": "a moderately competitive specialty",
        "less": "a less competitive specialty",
    }
)


class BasisWords(NamedTuple):
    """Whose number one is: in a table or sentence, and over a whole chart."""

    label: str
    of_chart: str


BASES: Mapping[str, BasisWords] = MappingProxyType(
    {
        "article": BasisWords(
            "the article's figure, illustrative by its own words",
            "Illustrative figures, not measurements",
        ),
        "published": BasisWords("published, with citation", "Published figures"),
        "office": BasisWords("the office's own", "The office's own figures"),
        "assumption": BasisWords("our assumption", "Assumed figures, without a published source"),
        "synthetic": BasisWords(
            "made up for the sample", "Synthetic sample data: no real programs or people"
        ),
    }
)


@lru_cache(maxsize=4096)
def folded(word: str) -> str:
    """Reduce a word to what is compared: lower case, and underscores for what separates."""
    signs = (character if character.isalnum() else " " for character in word.casefold())
    return "_".join("".join(signs).split())


# The Census Bureau's divisions, and their states.
DIVISIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "New England": ("CT", "MA", "ME", "NH", "RI", "VT"),
        "Middle Atlantic": ("NJ", "NY", "PA"),
        "East North Central": ("IL", "IN", "MI", "OH", "WI"),
        "West North Central": ("IA", "KS", "MN", "MO", "ND", "NE", "SD"),
        "South Atlantic": ("DC", "DE", "FL", "GA", "MD", "NC", "SC", "VA", "WV"),
        "East South Central": ("AL", "KY", "MS", "TN"),
        "West South Central": ("AR", "LA", "OK", "TX"),
        "Mountain": ("AZ", "CO", "ID", "MT", "NM", "NV", "UT", "WY"),
        "Pacific": ("AK", "CA", "HI", "OR", "WA"),
    }
)


# What a file of past graduates may hold, which decides what it can teach.
FORMS: Mapping[str, str] = MappingProxyType(
    {
        "applications": "every application of every graduate",
        "interviews": "only applications that led to an interview",
        "matched": "only graduates who matched",
    }
)
