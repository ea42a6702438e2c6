"""Every number of the model, whose it is and why: read, override, freeze, fingerprint."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from analysis.errors import AssumptionError, Problem
from analysis.paths import from_root

__all__ = [
    "COMPONENTS",
    "Assumptions",
    "Entry",
    "Season",
    "difference",
    "factor_components",
    "read_assumptions",
    "toml_text",
]

DEFAULT = "data/assumptions/default.toml"
SEASON = "data/assumptions/season.csv"
FACTORS = "data/assumptions/factors.toml"
COMPONENTS = ("step2_ck", "clerkships", "letters", "red_flags", "research")
SHARES = (
    "weights.", "anchors.", "relief.ultra.", "relief.moderate.", "relief.less.", "override.",
    "several_flags.", "reference.clerkships", "reference.letters", "reference.research",
    "scale.clerkships", "auto_screen_share", "highest_chance", "match_given_interview",
    "latent_correlation", "match_utility", "groups.", "base_rate.pool_cap", "base_rate.least",
    "base_rate.most", "base_rate.share_needed", "uncertainty.low", "uncertainty.high",
    "uncertainty.kappa_spread", "uncertainty.match_given_interview",
)  # fmt: skip
FINGERPRINT_LENGTH = 12
Basis = Literal["article", "published", "office", "assumption"]


class Entry(BaseModel):
    """One number with what must be said about it.

    Parameters
    ----------
    value, values : float, str or list of float
        One of the two.
    basis : {"article", "published", "office", "assumption"}
        Whose number it is.
    why, source : str
        Why it is what it is, and where it is from ("none" where it is from nowhere).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float | str | None = None
    values: tuple[float, ...] | None = None
    basis: Basis
    why: str = Field(min_length=1)
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _one_of_two(self) -> Entry:
        if (self.value is None) == (self.values is None):
            message = "either value or values"
            raise ValueError(message)
        return self

    @property
    def content(self) -> float | str | tuple[float, ...]:
        """The value, or the values."""
        content = self.value if self.values is None else self.values
        assert content is not None  # noqa: S101 - the validator has seen to it
        return content


class Season(BaseModel):
    """What is given for a specialty and season.

    Parameters
    ----------
    competitiveness : {"ultra", "moderate", "less"}
        Class of the specialty.
    gold_signals, silver_signals : int
        Signals a student has.
    season, basis, source : str
        Which season, and whose numbers.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    competitiveness: Literal["ultra", "moderate", "less"]
    gold_signals: int = Field(ge=0)
    silver_signals: int = Field(ge=0)
    season: str
    basis: str
    source: str


@dataclass(frozen=True, eq=False)
class Assumptions:
    """A frozen set of assumptions; two are equal if their fingerprints are.

    Parameters
    ----------
    entries : mapping of str to Entry
        By dotted key, such as ``weights.step2_ck``.
    season : mapping of str to Season
        By specialty.
    """

    entries: Mapping[str, Entry]
    season: Mapping[str, Season]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Assumptions) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def value(self, key: str) -> float:
        """Number of a key.

        Parameters
        ----------
        key : str
            A dotted key with one number.

        Returns
        -------
        float
            The number.
        """
        content = self.entries[key].content
        if not isinstance(content, float):
            message = f"{key} is not a single number"
            raise AssumptionError(message)
        return content

    def values(self, key: str) -> tuple[float, ...]:
        """Numbers of a key; a single number is a tuple of one.

        Parameters
        ----------
        key : str
            A dotted key.

        Returns
        -------
        tuple of float
            The numbers.
        """
        content = self.entries[key].content
        return content if isinstance(content, tuple) else (self.value(key),)

    def text(self, key: str) -> str:
        """Word of a key, such as ``anchor_basis``.

        Parameters
        ----------
        key : str
            A dotted key.

        Returns
        -------
        str
            The word.
        """
        return str(self.entries[key].content)

    def group(self, prefix: str) -> dict[str, float]:
        """Numbers below a key.

        Parameters
        ----------
        prefix : str
            Such as ``weights``.

        Returns
        -------
        dict of str to float
            By what follows the prefix.
        """
        start = f"{prefix}."
        return {k.removeprefix(start): self.value(k) for k in self.entries if k.startswith(start)}

    @cached_property
    def weights(self) -> dict[str, float]:
        """Weights of the five components, which sum to 1."""
        given = self.group("weights")
        total = sum(given.values())
        return {name: given[name] / total for name in COMPONENTS}

    @cached_property
    def fingerprint(self) -> str:
        """Hash over every value, the season's among them; equal sets have equal ones."""
        content = {
            "entries": {key: self.entries[key].content for key in sorted(self.entries)},
            "season": {
                name: [row.competitiveness, row.gold_signals, row.silver_signals]
                for name, row in sorted(self.season.items())
            },
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT_LENGTH]

    def with_set(self, overrides: Iterable[str]) -> Assumptions:
        """Copy with some values set on the command line.

        Set weights keep the share they are given, and the others are rescaled to the rest.

        Parameters
        ----------
        overrides : iterable of str
            ``key=value``; several values are separated by ``;``.

        Returns
        -------
        Assumptions
            The new set.

        Raises
        ------
        AssumptionError
            If a key is unknown, a value not understood or out of range, or set weights leave no
            share to the others.
        """
        entries = dict(self.entries)
        set_keys: list[str] = []
        for override in overrides:
            key, _, text = override.partition("=")
            key = key.strip()
            _check_known("--set", key)
            entries[key] = _overridden(key, entries[key], text.strip())
            set_keys.append(key)
        _rescale_weights(entries, [key for key in set_keys if key.startswith("weights.")])
        return _checked("--set", entries, self.season)


def _overridden(key: str, entry: Entry, text: str) -> Entry:
    why = "set on the command line"
    basis: Basis = "assumption"
    content = entry.content
    try:
        if isinstance(content, tuple) or ";" in text:
            numbers = tuple(float(part) for part in text.split(";"))
            return Entry(values=numbers, basis=basis, why=why, source="none")
        value: float | str = text if isinstance(content, str) else float(text)
    except ValueError:
        raise AssumptionError(str(Problem("--set", "a number", column=key, value=text))) from None
    return Entry(value=value, basis=basis, why=why, source="none")


def _rescale_weights(entries: dict[str, Entry], fixed: Sequence[str]) -> None:
    if not fixed:
        return
    weights = [key for key in entries if key.startswith("weights.")]
    free = [key for key in weights if key not in fixed]
    taken = sum(float(str(entries[key].value)) for key in fixed)
    if not (0 < taken < 1 and free) or min(float(str(entries[k].value)) for k in fixed) <= 0:
        message = "--set: weights that are set must each be over 0 and sum to less than 1"
        raise AssumptionError(message)
    rest = sum(float(str(entries[key].value)) for key in free)
    for key in free:
        share = float(str(entries[key].value)) / rest * (1 - taken)
        note = f"{entries[key].why} Rescaled: {', '.join(fixed)} set on the command line."
        entries[key] = entries[key].model_copy(update={"value": share, "why": note})


def read_assumptions(
    path: str | os.PathLike[str] | None = None, overrides: Iterable[str] = ()
) -> Assumptions:
    """Read a set of assumptions.

    Parameters
    ----------
    path : str or path-like, optional
        A TOML file; what it leaves out is taken from ``data/assumptions/default.toml``, and the
        season, unless it holds one, from ``season.csv``. The default set without a path.
    overrides : iterable of str
        As for `Assumptions.with_set`.

    Returns
    -------
    Assumptions
        Checked and frozen.

    Raises
    ------
    AssumptionError
        If the file cannot be read, or a key or value is not understood; every one is named.
    """
    entries, season = dict(_default_entries()), _default_season()
    if path is not None:
        name = Path(path).name
        content = _toml(from_root(path))
        own_season = content.pop("season", None)
        entries |= _entries(name, content)
        if own_season is not None:
            season = _season_of_toml(name, own_season)
        checked = _checked(name, entries, season)
    else:
        checked = _checked(Path(DEFAULT).name, entries, season)
    return checked.with_set(overrides)


@cache
def _default_entries() -> Mapping[str, Entry]:
    return _entries(Path(DEFAULT).name, _toml(from_root(DEFAULT)), all_known=True)


@cache
def _default_season() -> Mapping[str, Season]:
    with from_root(SEASON).open(encoding="utf-8", newline="") as stream:
        rows = {row.pop("specialty"): row for row in csv.DictReader(stream)}
    for row in rows.values():
        row.pop("aliases")
    return _season_of_toml(Path(SEASON).name, rows)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror})"
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path.name}: not a TOML file in UTF-8 ({error})"
    raise AssumptionError(message) from None


def _leaves(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, part in content.items():
        key = f"{prefix}{name}"
        if isinstance(part, dict) and not {"value", "values", "basis"} & set(part):
            yield from _leaves(part, f"{key}.")
        else:
            yield key, part


def _check_known(file: str, key: str) -> None:
    known = _default_entries()
    if key not in known:
        near = get_close_matches(key, known, n=1, cutoff=0.0)
        raise AssumptionError(str(Problem(file, f"a known key, such as {near[0]}", value=key)))


def _entries(file: str, content: Mapping[str, Any], *, all_known: bool = False) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    problems: list[str] = []
    for key, part in _leaves(content):
        try:
            if not all_known:
                _check_known(file, key)
            found[key] = Entry.model_validate(part)
        except AssumptionError as error:
            problems.append(str(error))
        except ValidationError as error:
            for case in error.errors():
                where = ".".join([key, *(str(place) for place in case["loc"][:1])])
                problems.append(
                    str(Problem(file, case["msg"].lower(), column=where, value=str(case["input"])))
                )
    if problems:
        raise AssumptionError("\n".join(problems))
    return found


def _season_of_toml(file: str, rows: Mapping[str, Any]) -> dict[str, Season]:
    season: dict[str, Season] = {}
    for name, row in rows.items():
        try:
            season[name] = Season.model_validate(row)
        except ValidationError as error:
            case = error.errors()[0]
            column = ".".join(("season", name, *(str(place) for place in case["loc"])))
            problem = Problem(file, case["msg"].lower(), column=column, value=str(case["input"]))
            raise AssumptionError(str(problem)) from None
    return season


def _checked(file: str, entries: Mapping[str, Entry], season: Mapping[str, Season]) -> Assumptions:
    """Refuse values that would make the model contradict itself."""
    problems = [
        Problem(file, expected, column=key, value=str(entry.content))
        for key, entry in entries.items()
        if (expected := _expected(key, entry))
    ]

    def number(key: str) -> float:
        content = entries[key].content
        return content if isinstance(content, float) else math.nan

    def order(low: str, high: str) -> None:
        if not problems and number(low) >= number(high):
            problems.append(Problem(file, f"less than {high}", column=low, value=str(number(low))))

    order("scale.step2_worst", "scale.step2_best")
    order("relief.from", "relief.full")
    order("groups.reach_below", "groups.safer_above")
    order("uncertainty.low", "uncertainty.high")
    order("base_rate.least", "base_rate.most")
    for key in entries:
        if key.startswith("anchors.") and number(key) > number("anchors.none"):
            expected = "at most anchors.none: a flag never raises a chance"
            problems.append(Problem(file, expected, column=key, value=str(number(key))))
    if not problems and entries["anchor_basis"].content == "population":
        for key in ("anchors.step1_failure", "anchors.step2_failure"):
            most = 1 - number(key) / number("anchors.none")
            if number("auto_screen_share") >= most:
                expected = f"less than {most:.3g} with anchor_basis population, because of {key}"
                given = str(number("auto_screen_share"))
                problems.append(Problem(file, expected, column="auto_screen_share", value=given))
    if problems:
        raise AssumptionError("\n".join(str(problem) for problem in problems))
    return Assumptions(dict(entries), dict(season))


def _expected(key: str, entry: Entry) -> str:
    """What an entry's content should have been, or "" if it is fine."""
    content = entry.content
    default = _default_entries()[key].content
    if key == "anchor_basis":
        return "" if content in {"reader", "population"} else "reader or population"
    if isinstance(content, str):
        return "a number"
    numbers = content if isinstance(content, tuple) else (content,)
    if isinstance(content, tuple) != isinstance(default, tuple) and key != "latent_correlation":
        return "one number" if isinstance(content, tuple) else "several numbers"
    if not numbers or not all(map(math.isfinite, numbers)):
        return "finite numbers"
    low, high, open_ends = -1e9, 1e9, False
    if key == "latent_correlation":
        low, high = 0.0, 0.95
    elif key.startswith("anchors.") or key in {"highest_chance", "match_given_interview"}:
        low, high, open_ends = 0.0, 1.0, True
    elif key.startswith(("relief.ultra", "relief.moderate", "relief.less")):
        return "" if all(0 <= n < 1 for n in numbers) else "a number from 0 to under 1"
    elif key.startswith(SHARES):
        low, high = 0.0, 1.0
    elif not key.startswith("applicants."):
        low = 0.0
    fine = all(low < n < high if open_ends else low <= n <= high for n in numbers)
    if key.startswith("weights.") and fine:
        fine = numbers[0] > 0
    return "" if fine else f"a number from {low:g} to {high:g}"


@cache
def factor_components() -> Mapping[str, str]:
    """Which factor of a survey belongs to which component of the profile.

    Returns
    -------
    mapping of str to str
        Component by factor, in lower case, of ``data/assumptions/factors.toml``. A factor that is
        not in it is shown and left out of the weights.
    """
    content = _toml(from_root(FACTORS))["components"]
    return {factor.casefold(): name for name, factors in content.items() for factor in factors}


def toml_text(assumptions: Assumptions) -> str:
    """Write a set out whole, the season among it, so that one file reproduces it.

    Parameters
    ----------
    assumptions : Assumptions
        The set.

    Returns
    -------
    str
        TOML that `read_assumptions` reads back to the same fingerprint.
    """
    lines = [f"# The effective assumptions; fingerprint {assumptions.fingerprint}.", ""]
    for key, entry in assumptions.entries.items():
        lines.append(f"[{key}]")
        content = entry.content
        if isinstance(content, tuple):
            lines.append(f"values = [{', '.join(map(repr, content))}]")
        else:
            lines.append(f"value = {json.dumps(content)}")
        lines += [
            f"{name} = {json.dumps(getattr(entry, name), ensure_ascii=False)}"
            for name in ("basis", "why", "source")
        ]
        lines.append("")
    for name, row in assumptions.season.items():
        lines.append(f"[season.{json.dumps(name, ensure_ascii=False)}]")
        lines += [
            f"{field} = {json.dumps(value, ensure_ascii=False)}"
            for field, value in row.model_dump().items()
        ]
        lines.append("")
    return "\n".join(lines)


def difference(old: Assumptions, new: Assumptions) -> list[tuple[str, str, str]]:
    """Keys whose content differs between two sets.

    Parameters
    ----------
    old, new : Assumptions
        The sets.

    Returns
    -------
    list of tuple of str
        Key, old content, new content.
    """

    def shown(entry: Entry) -> str:
        content = entry.content
        return (
            ";".join(f"{n:g}" for n in content)
            if isinstance(content, tuple)
            else (f"{content:g}" if isinstance(content, float) else content)
        )

    changed = [
        (key, shown(old.entries[key]), shown(new.entries[key]))
        for key in old.entries
        if old.entries[key].content != new.entries[key].content
    ]
    for name in sorted({*old.season, *new.season}):
        before, after = old.season.get(name), new.season.get(name)
        if before != after:
            changed.append((f"season.{name}", _season_shown(before), _season_shown(after)))
    return changed


def _season_shown(row: Season | None) -> str:
    if row is None:
        return "not given"
    return f"{row.competitiveness}, {row.gold_signals} gold, {row.silver_signals} silver"
