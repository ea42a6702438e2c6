"""What the numbers mean, in words an advisor can read aloud to a worried student.

Pure functions from numbers and codes to plain sentences: no verdicts, no "out of reach", each
figure with its source and its basis.
"""

from analysis.advice.captions import (
    advisor_note,
    beside_article,
    chances_caption,
    chances_table,
    drawn_flag,
    importance_caption,
    levels_table,
    mark_words,
    place_title,
    place_words,
    profile_title,
    programs_summary,
    rho_table,
    tolerance_caption,
    tolerance_table,
)
from analysis.advice.labels import LIMITS, basis_table, level_words, place_caption, sources_text
from analysis.advice.standing import (
    facts,
    flag_advice_markdown,
    report_date,
    report_title,
    standing,
    terms_table,
    terms_words,
)

__all__ = [
    "LIMITS",
    "advisor_note",
    "basis_table",
    "beside_article",
    "chances_caption",
    "chances_table",
    "drawn_flag",
    "facts",
    "flag_advice_markdown",
    "importance_caption",
    "level_words",
    "levels_table",
    "mark_words",
    "place_caption",
    "place_title",
    "place_words",
    "profile_title",
    "programs_summary",
    "report_date",
    "report_title",
    "rho_table",
    "sources_text",
    "standing",
    "terms_table",
    "terms_words",
    "tolerance_caption",
    "tolerance_table",
]
