"""Text cells to typed columns: what is unambiguous is taken and counted, the rest is a problem.

Each different text of a column is interpreted once, so that a long table costs little more than
its different values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.tables.codes import FLAG_SPELLINGS, folded
from analysis.tables.states import STATES

__all__ = ["Refused", "typed_column"]

UNKNOWN = frozenset({"na", "n_a", "unknown", "nan", "null", "none_known"})
YES_NO = {"y": "yes", "true": "yes", "1": "yes", "n": "no", "false": "no", "0": "no"}
TWICE = "what is given twice in a list taken once"
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?")
DECIMAL_COMMA = re.compile(r"[+-]?\d+,(?:\d{1,2}|\d{4,})")


class Refused(ValueError):  # noqa: N818 - it is a verdict on a cell, not a failure of the program
    """A cell that does not hold what its column holds."""


Interpreted = tuple[Any, str]  # value, repair in words or ""


def _number(cell: str, column: Mapping[str, Any]) -> Interpreted:
    bare, repair = cell, ""
    percent = bare.endswith("%")
    if percent:
        bare, repair = bare[:-1].strip(), "percent signs taken off"
    if DECIMAL_COMMA.fullmatch(bare):
        bare, repair = bare.replace(",", "."), "decimal commas read as points"
    if not NUMBER.fullmatch(bare):
        raise Refused
    value = float(bare)
    if percent and column["high"] <= 1:
        value, repair = value / 100, "percentages turned into shares"
    elif percent and not column["percent"]:
        raise Refused
    return value, repair


def _choice(cell: str, column: Mapping[str, Any]) -> Interpreted:
    word = folded(cell)
    if column["options"] == ("yes", "no"):
        word = YES_NO.get(word, word)
    for option in column["options"]:
        if word == folded(option):
            return option, "" if cell == option else "spelling of codes made uniform"
    raise Refused


OTHER_WORDS = {**FLAG_SPELLINGS, **{folded(name): code for name, code in STATES.items()}}


def _items(cell: str, column: Mapping[str, Any]) -> Interpreted:
    entries = [entry.strip() for entry in cell.split(";") if entry.strip()]
    if not column["options"]:
        return _once(entries)
    codes = {folded(option): option for option in column["options"]}
    words: list[str] = []
    for entry in entries:
        word = codes.get(folded(entry)) or OTHER_WORDS.get(folded(entry), "")
        if word == "none":
            continue
        if word not in column["options"]:
            raise Refused
        words.append(word)
    kept, twice = (tuple(words), "") if column["one_each"] else _once(words)
    said = "spelling of codes made uniform" if words != entries else ""
    return kept, ", ".join(one for one in (said, twice) if one)


def _once(entries: list[str]) -> tuple[tuple[str, ...], str]:
    kept = tuple(dict.fromkeys(entries))
    return kept, "" if len(kept) == len(entries) else TWICE


def _whole_items(cell: str, _: Mapping[str, Any]) -> Interpreted:
    entries = [entry.strip() for entry in cell.split(";")]
    if not all(re.fullmatch(r"\d{1,6}(?:\.0)?", entry) for entry in entries):
        raise Refused
    return tuple(int(float(entry)) for entry in entries), ""


def _text(cell: str, column: Mapping[str, Any]) -> Interpreted:
    longest = column["cut_at"]
    if not longest or len(cell) <= longest:
        return cell, ""
    return cell[: longest - 1] + "…", f"text over {longest:,} characters cut"


KINDS: dict[str, tuple[Callable[[str, Mapping[str, Any]], Interpreted], Any]] = {
    "number": (_number, np.nan),
    "choice": (_choice, None),
    "items": (_items, ()),
    "whole_items": (_whole_items, ()),
    "text": (_text, None),
}


def typed_column(
    cells: pd.Series, column: Mapping[str, Any]
) -> tuple[pd.Series, pd.Series, dict[str, int]]:
    """Interpret a column.

    Parameters
    ----------
    cells : Series of str
        The text cells; an empty text is unknown.
    column : mapping
        Metadata of the column as `analysis.tables.columns` makes it.

    Returns
    -------
    Series
        Typed values, unknown where a cell is empty or refused.
    Series of bool
        Which cells are refused.
    dict of str to int
        What was repaired, in words, and in how many cells.
    """
    interpret, unknown = KINDS[column["kind"]]
    codes, different = pd.factorize(cells.to_numpy(dtype=object), use_na_sentinel=False)
    values = np.empty(len(different), dtype=object)
    refused = np.zeros(len(different), dtype=bool)
    repaired: dict[str, int] = {}
    counts = np.bincount(codes, minlength=len(different))
    for position, cell in enumerate(different):
        values[position] = unknown
        if not cell:
            continue
        if column["kind"] != "text" and folded(cell) in UNKNOWN:
            repaired["NA and the like read as empty"] = repaired.get(
                "NA and the like read as empty", 0
            ) + int(counts[position])
            continue
        try:
            values[position], repair = interpret(cell, column)
        except Refused:
            refused[position] = True
            continue
        if repair:
            repaired[repair] = repaired.get(repair, 0) + int(counts[position])
    typed = pd.Series(values[codes], index=cells.index, dtype=object)
    if column["kind"] == "number":
        typed = typed.astype("float64")
    elif column["kind"] in {"text", "choice"}:
        typed = typed.astype("str")
    return typed, pd.Series(refused[codes], index=cells.index), repaired
