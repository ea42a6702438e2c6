"""How many past graduates matched, all and by red flag, in groups in which no one is recognised."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.model.chance import wilson_interval
from analysis.model.flags import listed

__all__ = ["ALL", "FLAGGED", "SPOTLESS", "groups_of_flags", "matched_by_flag"]

ALL, SPOTLESS, FLAGGED = "all", "none", "any"


def groups_of_flags(red_flags: pd.Series) -> dict[str, pd.Series]:
    """Who belongs to which group."""
    flags = red_flags.map(listed)
    groups = {ALL: flags.map(lambda _: True), SPOTLESS: ~flags.map(bool), FLAGGED: flags.map(bool)}
    for name in sorted({flag for own in flags for flag in own}):
        groups[name] = flags.map(lambda own, name=name: name in own)
    return {name: members.astype(bool) for name, members in groups.items()}


def matched_by_flag(graduates: pd.DataFrame, smallest_cell: int) -> pd.DataFrame:
    """Share of past graduates who matched, by group."""
    known = graduates[graduates["matched"].notna()]
    people = known.drop_duplicates("graduate_id", keep="last").set_index("graduate_id")
    matched = known.groupby("graduate_id")["matched"].max().reindex(people.index)
    rows: list[dict[str, object]] = []
    shown: list[pd.Series] = []
    for group, members in groups_of_flags(people["red_flags"]).items():
        n = int(members.sum())
        if n < smallest_cell or any(0 < rest < smallest_cell for rest in _rests(members, shown)):
            rows.append({"group": group})
            continue
        shown.append(members)
        count = float(matched[members].sum())
        low, high = map(float, wilson_interval(count, n, 0.9))
        rows.append({"group": group, "n": n, "matched": count / n, "low": low, "high": high})
    return pd.DataFrame(rows, columns=["group", "n", "matched", "low", "high"])


def _rests(members: pd.Series, shown: list[pd.Series]) -> Iterator[int]:
    """Sizes of what is left of each group shown when a group inside it, or it in one, is known."""
    for larger in shown:
        if not (members & ~larger).any():
            yield int((larger & ~members).sum())
        elif not (larger & ~members).any():
            yield int((members & ~larger).sum())
