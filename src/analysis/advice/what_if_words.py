"""What-ifs in plain words: what is changed, and what that does to a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from analysis.advice.labels import FLAGS, NO_FLAG, joined, percent

__all__ = ["moves", "what_if_label", "what_if_sentence"]

Row = Mapping[str, Any]
# Programs that enter or leave of which a phrase gives the name.
MOST_NAMED = 3
LEVELS = MappingProxyType(
    {
        "step2_ck": "Step 2 CK {}",
        "clerkships": "honors in {} of the clerkships (0 to 1)",
        "clerkship_honors_fraction": "honors in {} of the clerkships (0 to 1)",
        "letters": "letters {} (0 to 1)",
        "research": "{} research items",
        "research_items": "{} research items",
        "competitiveness": "a specialty of class {}",
        "degree": "degree {}",
        "needs_visa": "needs a visa: {}",
        "specialty": "{} in place of the specialty",
    }
)
MOVED = MappingProxyType(
    {
        "step2_ck": "Step 2 CK {} points {}",
        "clerkships": "honors in a share of the clerkships that is {} {} (0 to 1)",
        "letters": "letters {} {} (0 to 1)",
    }
)


def _flags(text: str) -> str:
    codes = [code.strip() for code in text.split(";")]
    named = joined(f'"{FLAGS.get(code, code)}"' for code in codes)
    return f"the {'flag' if len(codes) == 1 else 'flags'} {named}"


def _signals(colour: str, text: str) -> str:
    if set(text.replace(" ", "").split(";")) == {"0"}:
        return f"no {colour} signal"
    return f"{joined(text.split(';'))} {colour} {'signal' if text == '1' else 'signals'}"


def _label(name: str, text: str) -> str:
    more = text.startswith("+")
    number = text.removeprefix("+")
    if name in ("drop", "add"):
        return f"{'without' if name == 'drop' else 'with'} {_flags(text)}"
    if name == "red_flags":
        return "no red flag" if text == NO_FLAG else _flags(text)
    if name == "limit":
        noun = "application" if number == "1" else "applications"
        return f"{number} more {noun}" if more else f"at most {number} {noun}"
    if name == "budget":
        return f"${number} more for fees" if more else f"a fee budget of ${number}"
    if name in ("gold", "silver"):
        return _signals(name, text)
    if text.startswith(("+", "-")):
        return _moved(name.removesuffix("_honors_fraction"), text[1:], up=text[0] == "+")
    return LEVELS.get(name, f"{name} {{}}").format(text)


def _moved(name: str, number: str, *, up: bool) -> str:
    if name in ("research", "research_items"):
        return (
            f"{number} {'more' if up else 'fewer'} research {'item' if number == '1' else 'items'}"
        )
    name = "clerkships" if name == "clerkship" else name
    return MOVED.get(name, f"{name} {{}} {{}}").format(number, "higher" if up else "lower")


def what_if_label(changes: str, *, budget_lifted: bool = False) -> str:
    """What a what-if changes, in words.

    Parameters
    ----------
    changes : str
        As `changed_wishes` takes it.
    budget_lifted : bool
        Whether the list keeps to a budget and the what-if does not.

    Returns
    -------
    str
        A phrase with a capital.

    Examples
    --------
    >>> what_if_label("limit=+10"), what_if_label("step2_ck=265,drop=step1_failure")
    ('10 more applications', 'Step 2 CK 265, without the flag "Step 1 failed, then passed"')
    """
    parts = [part.partition("=") for part in changes.split(",") if part.strip()]
    said = ", ".join(_label(name.strip(), text.strip()) for name, _, text in parts)
    if budget_lifted:
        said += ", whatever they cost"
    return f"{said[:1].upper()}{said[1:]}"


def moves(row: Row, names: Mapping[str, str] | None = None) -> str:
    """What a what-if does to a list.

    Parameters
    ----------
    row : mapping
        enters, leaves, signals_moved: program_ids.
    names : mapping of str to str, optional
        By program_id; with it, the first programs that enter or leave are named.

    Returns
    -------
    str
        A phrase without a full stop.

    Examples
    --------
    >>> moves({"enters": ["IM1"], "leaves": [], "signals_moved": ["A", "B"]})
    '1 program enters and 2 signals move'
    """
    said = []
    for name, noun, verb, plural in (
        ("enters", "program", "enters", "enter"),
        ("leaves", "program", "leaves", "leave"),
        ("signals_moved", "signal", "moves", "move"),
    ):
        ids = row[name]
        if ids:
            one = len(ids) == 1
            phrase = f"{len(ids)} {noun if one else noun + 's'} {verb if one else plural}"
            named = {} if name == "signals_moved" else names
            said.append(phrase + (_named(ids, named) if named else ""))
    return joined(said) if said else "the list stays the same"


def _named(ids: Sequence[str], names: Mapping[str, str]) -> str:
    shown = [names[one] for one in ids[:MOST_NAMED]]
    others = len(ids) - len(shown)
    return f" ({', '.join(shown)}{f' and {others} more' if others else ''})"


def what_if_sentence(row: Row) -> str:
    """What a change does to the list and the match chance.

    Parameters
    ----------
    row : mapping
        changes, match_chance, match_chance_base, places_unused, enters, leaves, signals_moved;
        budget_lifted, if it may be.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> what_if_sentence({"changes": "limit=+10", "match_chance": 0.8, "match_chance_base": 0.75,
    ...     "places_unused": 0, "enters": ["IM1"], "leaves": [], "signals_moved": []})
    '10 more applications: chance of a match 80 % instead of 75 %; 1 program enters.'
    """
    after, before = percent(row["match_chance"]), percent(row["match_chance_base"])
    told = f"still {after}" if after == before else f"{after} instead of {before}"
    unused = row["places_unused"]
    left = f"; {unused} {'place' if unused == 1 else 'places'} unused" if unused else ""
    label = what_if_label(row["changes"], budget_lifted=row.get("budget_lifted", False))
    return f"{label}: chance of a match {told}; {moves(row)}{left}."
