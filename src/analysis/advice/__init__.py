"""What the numbers mean, in words an advisor can read aloud to a worried student."""

from analysis.advice.captions import beside_article, place_title, profile_title
from analysis.advice.labels import basis_table, level_words
from analysis.advice.standing import report_date

__all__ = [
    "basis_table",
    "beside_article",
    "level_words",
    "place_title",
    "profile_title",
    "report_date",
]
