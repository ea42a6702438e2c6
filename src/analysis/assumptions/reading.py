"""Reading a set of assumptions."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from analysis.assumptions.checks import refuse_contradictions
from analysis.assumptions.effective import Assumptions
from analysis.assumptions.files import (
    DEFAULT,
    default_entries,
    default_season,
    entries_of,
    season_of,
    toml_content,
)
from analysis.paths import from_root

__all__ = ["read_assumptions"]


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
    else:
        # As the user typed it; a notebook's path starts at the project root.
        file = Path(path) if Path(path).is_file() else from_root(path)
        content = toml_content(file)
        own_season = content.pop("season", None)
        entries = {**default_entries(), **entries_of(file.name, content)}
        season = default_season() if own_season is None else season_of(file.name, own_season)
    refuse_contradictions(file.name, entries)
    return Assumptions(entries, season).with_set(overrides)
