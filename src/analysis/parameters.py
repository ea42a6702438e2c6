"""Parameters of a notebook as what they are: papermill's ``-r`` gives every one of them as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.errors import ReportError

__all__ = ["identifier", "number", "whole", "yes_no"]

SPELLED: Mapping[str, bool] = {"yes": True, "true": True, "no": False, "false": False}


def whole(value: object, name: str) -> int:
    """Whole number that a parameter holds, given as a number or as text.

    Examples
    --------
    >>> whole("15", "limit"), whole(15, "limit")
    (15, 15)
    """
    found = number(value, name)
    if found != round(found):
        raise _refused(name, value, "a whole number")
    return round(found)


def number(value: object, name: str) -> float:
    """Number that a parameter holds, given as a number or as text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        return float(str(value))
    except ValueError:
        raise _refused(name, value, "a number") from None


def yes_no(value: object, name: str) -> bool:
    """Yes or no that a parameter holds, given as such or as text.

    Examples
    --------
    >>> yes_no("False", "show_names"), yes_no("yes", "show_names")
    (False, True)
    """
    if isinstance(value, bool):
        return value
    found = SPELLED.get(str(value).strip().lower())
    if found is None:
        raise _refused(name, value, "True or False")
    return found


def identifier(value: Any, name: str) -> str:
    """Text of an id; a number is refused, since ``-p`` has then made 7 of 007."""
    if not isinstance(value, str) or not value.strip():
        raise _refused(name, value, "text: give it with -r, since -p turns the id 007 into 7")
    return value


def _refused(name: str, value: object, expected: str) -> ReportError:
    return ReportError(f"parameter {name}: found {value!r}; expected {expected}")
