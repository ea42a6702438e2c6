"""The wording: templates that a writer edits as pages. Nothing else holds sentences.

A template is Markdown with Jinja2; a name that a view does not give is an error, never an empty
space. Every number goes through one of the filters here, so that one value reads the same
everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import plain_text
from analysis.plain_text import escape_markdown, of_100
from analysis.vocabulary import COMPETITIVENESS, NO_FLAG

if TYPE_CHECKING:
    from jinja2 import Environment
    from pandas import DataFrame

HIGHEST = 0.95  # no chance of an interview is stated above this (docs/methods.md, section 3.2)


def percent(share: float) -> str:
    """A chance as a whole percentage: ``81%``, ``less than 1%``, ``95% or more``.

    Examples
    --------
    >>> [percent(share) for share in (0.204, 0.004, 0.95)]
    ['20%', 'less than 1%', '95% or more']
    """
    if share >= HIGHEST - 1e-9:
        return "95% or more"
    return f"{of_100(share)}%"


def several(names: Sequence[str], most: int = 3) -> str:
    """Names in a sentence, at most so many of them, typed text escaped.

    Examples
    --------
    >>> several(["A", "B", "C", "D", "E"])
    'A, B, C and 2 more'
    """
    shown = [escape_markdown(str(name)) for name in names[:most]]
    rest = len(names) - len(shown)
    if rest:
        shown.append(f"{rest} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def _counted(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def matches(number: float) -> str:
    """An expected number of matches, whole: ``about 3 matches``, ``less than 1 match``.

    Examples
    --------
    >>> [matches(number) for number in (26.31, 1.2, 0.3, 0)]
    ['about 26 matches', 'about 1 match', 'less than 1 match', 'no match']
    """
    whole = round(number)
    if whole == 0:
        return "less than 1 match" if number > 0 else "no match"
    return f"about {_counted(whole, 'match', 'matches')}"


def long_date(day: str) -> str:
    """A date as Americans write it; other text as it stands.

    Examples
    --------
    >>> long_date("2026-09-15"), long_date("early March")
    ('September 15, 2026', 'early March')
    """
    try:
        own = date.fromisoformat(day)
    except ValueError:
        return day
    return f"{own:%B} {own.day}, {own.year}"


def about_100(share: float) -> str:
    """An estimated count of 100 people in a sentence: ``about 81``, ``less than 1``, ``none``.

    Examples
    --------
    >>> [about_100(share) for share in (0.812, 0.003, 0.998, 0.0)]
    ['about 81', 'less than 1', 'more than 99', 'none']
    """
    if share == 0:
        return "none"
    count = of_100(share)
    return f"about {count}" if count.isdecimal() else count


def in_100_seasons(number: float) -> str:
    """An expected number a season, which may exceed 1, as a count in a hundred of them.

    Examples
    --------
    >>> [in_100_seasons(number) for number in (0, 0.002, 0.997, 1.31)]
    ['0', 'less than 1', '100', '131']
    """
    whole = round(100 * number)
    return "less than 1" if whole == 0 and number > 0 else str(whole)


def _when_shown(change: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """What becomes of each value as it is shown; one that needs a context is never asked before."""
    from jinja2 import pass_context

    return pass_context(lambda _, value: change(value))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from analysis.text import labels
    from analysis.text.compiled import CompiledTemplates

    environment = Environment(  # noqa: S701 - Markdown, not HTML; typed text goes through `md`
        loader=PackageLoader("analysis", "text"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # What a filter says is no part of a compiled template, which is kept.
        optimized=False,
        finalize=_when_shown(lambda value: value),
        bytecode_cache=CompiledTemplates(Path(__file__).read_text(encoding="utf-8")),
    )
    environment.filters |= {
        "of100": of_100,
        "about100": about_100,
        "long_date": long_date,
        "pct": percent,
        "several": several,
        "matches": matches,
        "in_100_seasons": in_100_seasons,
        "usd": lambda amount: f"${amount:,.0f}",
        "md": lambda text: escape_markdown(str(text)),
        "count": _counted,
        "points": lambda change: f"{abs(round(100 * change))}",
        "percent": plain_text.percent,
        "joined": labels.joined,
        "gain": labels.points,
        "dollars": labels.dollars,
        "few": labels.few,
        "case_field": labels.CASE_FIELDS.__getitem__,
        "specialty_class": lambda code: COMPETITIVENESS.get(code, str(code)),
        "in_sentence": labels.in_sentence,
        "group_label": labels.GROUPS.__getitem__,
        "flag": lambda code: labels.FLAGS.get(code, code),
        "flags": lambda codes: "; ".join(map(labels.FLAGS.__getitem__, codes or [NO_FLAG])),
        "to_verify": lambda unknown: "; ".join(labels.to_verify(unknown)),
        "input_label": labels.input_label,
    }
    environment.tests["finite"] = lambda number: number is not None and math.isfinite(number)
    return environment


def render(template: str, **view: Any) -> str:
    """Markdown of a template such as ``report/answer``; a name it lacks is an error."""
    return _environment().get_template(f"{template}.md.j2").render(**view).strip()


def sentences(template: str, **view: Any) -> list[str]:
    """Lines of a template that holds one sentence, or what belongs together, a line."""
    lines = (" ".join(line.split()) for line in render(template, **view).splitlines())
    return [line for line in lines if line]


def named_lines(template: str, **view: Any) -> dict[str, str]:
    """Lines of a template that gives each text a name: ``name: text``."""
    lines = (line.partition(": ") for line in sentences(template, **view))
    return {name: text for name, _, text in lines}


def sentence(template: str, **view: Any) -> str:
    """Text of a template as one line; "" where it has nothing to say."""
    return " ".join(render(template, **view).split())


TYPED = str.maketrans({"|": "\ufdd0", "\n": " ", "\r": " "})  # a cell is no border


@cache
def _tables() -> Environment:
    return _environment().overlay(finalize=_when_shown(lambda value: str(value).translate(TYPED)))


def table(template: str, **view: Any) -> DataFrame:
    """Rows of a template that is a table as Markdown writes it.

    Its first line holds the heads, its second the rule (``---:`` over whole numbers), each further
    one a row. What the view gives stands as it was typed; a macro gives a cell, never a row.

    Parameters
    ----------
    template : str
        As for `render`.
    **view
        What the template speaks of.

    Returns
    -------
    DataFrame
        Texts, and whole numbers where the rule says so.

    Raises
    ------
    ValueError
        If a line has another number of cells than the first.
    """
    from pandas import DataFrame

    lines = _tables().get_template(f"{template}.md.j2").render(**view).split("\n")
    cells = [
        [" ".join(cell.split()).replace("\ufdd0", "|") for cell in line.split("|")]
        for line in lines
        if line.strip()
    ]
    heads, rule, *rows = cells
    uneven = next((row for row in cells if len(row) != len(heads)), None)
    if uneven:
        message = f"text/{template}.md.j2: {len(heads)} heads, and a row {' | '.join(uneven)}"
        raise ValueError(message)
    found = DataFrame(rows, columns=heads)
    whole = [head for head, line in zip(heads, rule, strict=True) if line.endswith(":")]
    return found.astype(dict.fromkeys(whole, int))
