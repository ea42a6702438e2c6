"""What the numbers mean, in words an advisor can read aloud to a worried student.

Pure functions from numbers and codes to plain sentences: no verdicts, no "out of reach", each
figure with its source and its basis.
"""

from analysis.advice.captions import (
    advisor_note,
    chances_caption,
    drawn_flag,
    importance_caption,
    mark_words,
    place_title,
    place_words,
    profile_title,
    programs_summary,
    tolerance_caption,
)
from analysis.advice.flags import flag_advice_markdown
from analysis.advice.level import level_words, place_caption
from analysis.advice.limits import LIMITS, basis_table, sources_text
from analysis.advice.standing import facts, report_date, report_title, standing
from analysis.advice.tables_beneath import (
    beside_article,
    chances_table,
    levels_table,
    rho_table,
    tolerance_table,
)
from analysis.advice.terms_words import terms_table, terms_words

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
