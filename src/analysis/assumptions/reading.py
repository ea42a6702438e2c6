"""Reading a set of assumptions, writing a new one, and how two differ."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from analysis.assumptions.effective import Assumptions, refuse_contradictions
from analysis.assumptions.files import (
    DEFAULT,
    Entry,
    Season,
    default_entries,
    default_season,
    entries_of,
    season_of,
    toml_content,
)
from analysis.errors import AssumptionError
from analysis.paths import from_root

__all__ = ["difference", "read_assumptions", "read_calendar", "toml_text", "write_new"]

CALENDAR = "data/assumptions/calendar.toml"
DATES = ("submission", "interviews", "rank_list", "soap")


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
    if path is None:
        file, entries, season = Path(DEFAULT), dict(default_entries()), default_season()
        refuse_contradictions(file.name, entries)
        return Assumptions(entries, season).with_set(overrides)
    # As the user typed it; a notebook's path starts at the project root.
    file = Path(path) if Path(path).is_file() else from_root(path)
    try:
        state = file.stat()
    except OSError:
        return _of_file(file, None).with_set(overrides)  # which says what is wrong with the path
    known = (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns)
    return _of_file(file, known).with_set(overrides)


@lru_cache(maxsize=4)
def _of_file(file: Path, known: tuple[int, ...] | None) -> Assumptions:
    """The set of a file in the state that is known of it: read once by all reports of a worker."""
    del known
    content = toml_content(file)
    own_season = content.pop("season", None)
    entries = {**default_entries(), **entries_of(file.name, content)}
    season = default_season() if own_season is None else season_of(file.name, own_season)
    refuse_contradictions(file.name, entries)
    return Assumptions(entries, season)


def toml_text(assumptions: Assumptions) -> str:
    """Write a set out whole, the season among it, so that one file reproduces it."""
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
            for field, value in row.model_dump(exclude_none=True).items()
        ]
        lines.append("")
    return "\n".join(lines)


def write_new(path: Path, assumptions: Assumptions) -> None:
    """Write a set out whole to a new file."""
    text = toml_text(assumptions)
    try:
        stream = path.open("x", encoding="utf-8", newline="\n")
    except FileExistsError:
        message = f"{path}: is there already; choose another name"
        raise AssumptionError(message) from None
    except OSError as error:
        raise _unwritten(path, error) from None
    try:
        with stream:
            stream.write(text)
    except OSError as error:
        path.unlink()  # whole or not at all
        raise _unwritten(path, error) from None


def _unwritten(path: Path, error: OSError) -> AssumptionError:
    return AssumptionError(f"{path}: cannot be written ({error.strerror})")


def difference(old: Assumptions, new: Assumptions) -> list[tuple[str, str, str]]:
    """Key, old content and new content wherever two sets differ."""

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
    own = row.model_dump(exclude={"season", "basis", "source"}, exclude_none=True)
    return ", ".join(f"{name} {value}" for name, value in own.items() if value != "")


def read_calendar(
    path: str | os.PathLike[str] = CALENDAR,
) -> dict[str, str]:
    """Dates of the season as a page says them: submission, interviews, rank_list, soap."""
    file = from_root(path)
    content = toml_content(file)
    dates: dict[str, str] = {}
    for name in DATES:
        entry = content.get(name)
        if not isinstance(entry, dict) or not {"value", "basis", "why", "source"} <= entry.keys():
            message = f"{file.name}: expected a table [{name}] with value, basis, why and source"
            raise AssumptionError(message)
        dates[name] = str(entry["value"])
    return dates
