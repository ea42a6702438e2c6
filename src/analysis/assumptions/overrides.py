"""What ``--set key=value`` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.assumptions.entries import Basis, Content, Entry
from analysis.assumptions.files import check_known
from analysis.errors import AssumptionError, Problem

__all__ = ["overridden_entries"]

SET = "--set"
BASIS: Basis = "assumption"
WHY = "set on the command line"


def overridden_entries(entries: Mapping[str, Entry], overrides: Sequence[str]) -> dict[str, Entry]:
    """Entries with the values of a command line; the caller checks them.

    Parameters
    ----------
    entries : mapping of str to Entry
        What a file gave.
    overrides : sequence of str
        ``key=value``; several values are separated by ``;`` or ``,``. Of one key the last counts.

    Returns
    -------
    dict of str to Entry
        Weights that were not set share what is left in their own proportions.

    Raises
    ------
    AssumptionError
        For an unknown key, a value that is no number, or weights that leave nothing.
    """
    found = dict(entries)
    set_keys: dict[str, None] = {}
    for override in overrides:
        key, equals, text = (part.strip() for part in override.partition("="))
        check_known(SET, key)
        if not equals or not text:
            raise AssumptionError(str(Problem(SET, "key=value", column=key, value=override)))
        content = _content(key, entries[key].content, text)
        found[key] = (
            Entry(values=content, basis=BASIS, why=WHY, source="none")
            if isinstance(content, tuple)
            else Entry(value=content, basis=BASIS, why=WHY, source="none")
        )
        set_keys[key] = None
    _rescale_weights(found, [key for key in set_keys if key.startswith("weights.")])
    return found


def _content(key: str, before: Content, text: str) -> Content:
    if isinstance(before, str):
        return text
    parts = text.replace(",", ";").split(";")
    try:
        numbers = tuple(float(part) for part in parts)
    except ValueError:
        expected = "numbers separated by ;" if isinstance(before, tuple) else "a number"
        raise AssumptionError(str(Problem(SET, expected, column=key, value=text))) from None
    return numbers if isinstance(before, tuple) or len(numbers) > 1 else numbers[0]


def _rescale_weights(entries: dict[str, Entry], fixed: Sequence[str]) -> None:
    if not fixed:
        return

    def number(key: str) -> float:
        content = entries[key].content
        return content if isinstance(content, float) else 0.0

    free = [key for key in entries if key.startswith("weights.") and key not in fixed]
    taken = sum(map(number, fixed))
    if not free or not 0 < taken < 1 or min(map(number, fixed)) <= 0:
        expected = "weights that are set to be over 0 and to sum to less than 1, one of them free"
        raise AssumptionError(str(Problem(SET, expected, value=f"{taken:g}")))
    rest = sum(map(number, free))
    note = f"Rescaled to what is left: {', '.join(fixed)} set on the command line."
    for key in free:
        share = number(key) / rest * (1 - taken)
        entries[key] = Entry(value=share, basis=BASIS, why=note, source=entries[key].source)
