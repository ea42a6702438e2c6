"""Words about where a student stands."""

from __future__ import annotations

import datetime
from types import MappingProxyType

import pandas as pd

from analysis.advice.labels import (
    FACTORS,
)
from analysis.errors import ModelError

__all__ = [
    "report_date",
]

TERM = MappingProxyType(
    {
        **FACTORS,
        "program": "How high the program's own applicants score",
        "degree": "Degree, against a US MD senior",
        "place": "Home state, school's state or preferred region",
        "signal": "A signal",
    }
)


def report_date(programs: pd.DataFrame, chosen: str = "") -> str:
    """Date of the data that a report rests on; never today's.

    Parameters
    ----------
    programs : DataFrame
        With ``as_of``.
    chosen : str
        A date to print instead, as YYYY-MM-DD.

    Returns
    -------
    str
        ISO date.

    Raises
    ------
    ModelError
        If the chosen date is none, or no program says what date its row is of.
    """
    if chosen:
        try:
            return datetime.date.fromisoformat(chosen).isoformat()
        except ValueError:
            message = f"report_date: found {chosen!r}; expected a date as YYYY-MM-DD"
            raise ModelError(message) from None
    newest = programs["as_of"].dropna().max() if "as_of" in programs else None
    if not isinstance(newest, str):
        message = "no program has an as_of date: give report_date (YYYY-MM-DD)"
        raise ModelError(message)
    return newest
