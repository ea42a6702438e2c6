"""Words about what-ifs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from analysis.text.labels import FLAGS, NO_FLAG, counted, joined

__all__ = ["moves", "what_if_label"]

Row = Mapping[str, Any]
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


def _signals(color: str, text: str) -> str:
    if set(text.replace(" ", "").split(";")) == {"0"}:
        return f"no {color} signal"
    return f"{joined(text.split(';'))} {color} {'signal' if text == '1' else 'signals'}"


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
    """What a what-if changes, in words."""
    parts = [part.partition("=") for part in changes.split(",") if part.strip()]
    said = ", ".join(_label(name.strip(), text.strip()) for name, _, text in parts)
    if budget_lifted:
        said += ", whatever they cost"
    return f"{said[:1].upper()}{said[1:]}"


def moves(row: Row) -> str:
    """What a what-if does to a list, from enters, leaves and signals_moved: program_ids.

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
        if row[name]:
            number = len(row[name])
            said.append(f"{counted(number, noun)} {verb if number == 1 else plural}")
    return joined(said) if said else "the list stays the same"
