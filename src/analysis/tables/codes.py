"""The words a column may hold, and other spellings that mean the same."""

from __future__ import annotations

from types import MappingProxyType

__all__ = [
    "BASES",
    "COMPETITIVENESS",
    "FLAG_CODES",
    "FLAG_SPELLINGS",
    "HEADER_SPELLINGS",
    "PROGRAM_TYPES",
    "TYPE_SPELLINGS",
    "folded",
]

FLAG_CODES = (
    "course_failure_remediated",
    "preclinical_failures_multiple",
    "step1_failure",
    "step2_failure",
    "loa_academic",
    "clerkship_chronic_low",
    "professionalism",
    "mspe_concern",
)
PROGRAM_TYPES = ("high_tier_academic", "mid_tier_academic", "community", "rural_fm", "do_friendly")
COMPETITIVENESS = ("ultra", "moderate", "less")
BASES = ("article", "published", "office", "assumption", "synthetic")

# The article's words for what has a code here; keys as `folded` leaves them.
FLAG_SPELLINGS = MappingProxyType(
    {
        "no_red_flags": "none",
        "no_red_flag": "none",
        "none": "none",
        "single_early_course_failure": "course_failure_remediated",
        "single_remediated_m1_m2_course_failure": "course_failure_remediated",
        "multiple_pre_clinical_failures": "preclinical_failures_multiple",
        "step_1_failure": "step1_failure",
        "step_2_failure": "step2_failure",
        "academic_loa": "loa_academic",
        "loa_for_academic_reasons": "loa_academic",
        "chronic_low_clerkship_performance": "clerkship_chronic_low",
        **{code: code for code in FLAG_CODES},
    }
)
TYPE_SPELLINGS = MappingProxyType({code: code for code in PROGRAM_TYPES})
HEADER_SPELLINGS = MappingProxyType(
    {
        "interview_chance_percent": "interview_chance",
        "step_2_ck": "step2_ck",
        "step2ck": "step2_ck",
        "step_2": "step2_ck",
        "step_1_result": "step1_result",
        "id": "student_id",
        "state_code": "state",
    }
)


def folded(word: str) -> str:
    """Reduce a word to what is compared: lower case, and underscores for what separates.

    Parameters
    ----------
    word : str
        A header or a cell.

    Returns
    -------
    str
        Such as ``step_2_ck`` for ``Step 2 CK``.

    Examples
    --------
    >>> folded(" Mid-tier  academic ")
    'mid_tier_academic'
    """
    signs = (character if character.isalnum() else " " for character in word.casefold())
    return "_".join("".join(signs).split())
