"""Names of specialties: the spellings of data/assumptions/season.csv, and what is nearest."""

from __future__ import annotations

import csv
from difflib import get_close_matches
from functools import cache

from analysis.paths import from_root
from analysis.tables.codes import folded

__all__ = ["specialty_name", "specialty_names"]

SEASON = "data/assumptions/season.csv"


@cache
def _spellings() -> dict[str, str]:
    found: dict[str, str] = {}
    with from_root(SEASON).open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for word in (row["specialty"], *row["aliases"].split(";")):
                found[folded(word)] = row["specialty"]
    return found


def specialty_names() -> tuple[str, ...]:
    """Specialties that are known, in the order of season.csv.

    Returns
    -------
    tuple of str
        Their names.
    """
    return tuple(dict.fromkeys(_spellings().values()))


def specialty_name(word: str) -> tuple[str, str]:
    """Name of a specialty in its one spelling.

    Parameters
    ----------
    word : str
        Any spelling.

    Returns
    -------
    str
        The name, or "" if it is not known.
    str
        What was expected, or "" if it is known.
    """
    spellings = _spellings()
    if name := spellings.get(folded(word)):
        return name, ""
    near = get_close_matches(folded(word), spellings, n=1, cutoff=0.5)
    hint = f"; the nearest is {spellings[near[0]]}" if near else ""
    return "", f"a specialty of {SEASON}{hint}"
