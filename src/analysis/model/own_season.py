"""Numbers of the season from an office's own tables: shares of programs, and an applicants' log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pandas as pd

from analysis.assumptions import GROUPS, Assumptions
from analysis.model.pool import pool_of

LEAST_APPLICANTS = 10  # fewer say nothing about a season, and may be recognized
SAME_STATE = "place.same_state_share"


def with_own_season(
    assumptions: Assumptions,
    programs: pd.DataFrame | None = None,
    applicants: pd.DataFrame | None = None,
    *,
    programs_source: str = "programs.csv",
    applicants_source: str = "applicants.csv",
) -> tuple[Assumptions, list[str]]:
    """Assumptions whose season has an office's own numbers where its tables say enough.

    Parameters
    ----------
    assumptions : Assumptions
        What else holds.
    programs : DataFrame, optional
        As `analysis.tables.read_programs` gives them: ``share_us_md`` and the like become the
        specialty's shares of applications, ``share_gold`` and ``share_silver`` the share of
        signals that is used, ``share_in_state`` the share of applications in the own state. Each
        program counts by its applications. A share is taken where at least as many programs have
        it as ``base_rate.share_needed`` says.
    applicants : DataFrame, optional
        As `analysis.tables.read_applicants` gives them: mean applications, interviews an
        application and match rates, of at least ten applicants each.
    programs_source, applicants_source : str
        Names for the record.

    Returns
    -------
    Assumptions
        A copy; basis and source say whose the new numbers are.
    list of str
        A sentence for each specialty, and what was left as it was.
    """
    own: dict[str, dict[str, float]] = {}
    sources: dict[str, dict[str, str]] = {}
    said: list[str] = []
    if applicants is not None:
        for specialty, rows in applicants.groupby("specialty", sort=True):
            numbers = dict(_of_applicants(rows))
            own[str(specialty)] = numbers
            sources[str(specialty)] = dict.fromkeys(numbers, applicants_source)
            if not numbers:
                said.append(
                    f"{specialty}: {len(rows)} applicants; fewer than {LEAST_APPLICANTS} say "
                    "nothing about a season, so nothing was taken"
                )
    if programs is not None:
        for specialty, rows in programs.groupby("specialty", sort=True):
            name, before = str(specialty), own.get(str(specialty), {})
            numbers = dict(_group_shares(rows, assumptions))
            # How many signals a share of applications stands for hangs on the other numbers.
            so_far = _with_season(assumptions, {name: before | numbers}, {name: {}})
            numbers |= _signals_used(rows, so_far)
            own[name] = {**before, **numbers}
            sources[name] = sources.get(name, {}) | dict.fromkeys(numbers, programs_source)
    own = {name: numbers for name, numbers in own.items() if numbers}
    said += [
        f"{name}: {', '.join(f'{key} {value:.3g}' for key, value in numbers.items())}"
        for name, numbers in own.items()
    ]
    found = _with_season(assumptions, own, sources)
    in_state = None if programs is None else _weighted(programs, "share_in_state", assumptions)
    if in_state is not None:
        why = "Share of applications in the state of the applicant's school."
        values = {SAME_STATE: in_state}
        found = found.with_values(values, basis="office", why=why, source=programs_source)
        said.append(f"all specialties: {SAME_STATE} {in_state:.3g}")
    return found, said


def offers_by_date(applicants: pd.DataFrame) -> pd.DataFrame:
    """Percent of all interviews offered by each date, as bars; ``n`` who have a count for it."""
    rows = []
    for name in sorted(name for name in applicants if str(name).startswith("offers_by_")):
        known = applicants[applicants[name].notna() & (applicants["interviews"] > 0)]
        if known.empty:
            continue
        day = datetime.strptime(str(name), "offers_by_%Y_%m_%d")
        rows.append(
            {
                "factor": f"{day:%B} {day.day}, {day.year}",
                "importance": 100 * known[name].sum() / known["interviews"].sum(),
                "n": len(known),
                "source": known["source"].iloc[0] if "source" in known else np.nan,
            }
        )
    return pd.DataFrame(rows, columns=["factor", "importance", "n", "source"])


def _with_season(
    assumptions: Assumptions,
    own: dict[str, dict[str, float]],
    sources: dict[str, dict[str, str]],
) -> Assumptions:
    season = dict(assumptions.season)
    for name, numbers in own.items():
        before = assumptions.season_of(name)
        by_source: dict[str, list[str]] = {}
        for column, source in {**before.citations, **sources[name]}.items():
            by_source.setdefault(source, []).append(column)
        cited = " | ".join(f"{', '.join(cols)}: {source}" for source, cols in by_source.items())
        season[name] = before.model_copy(
            update={**numbers, "basis": "office", "source": cited or before.source}
        )
    return Assumptions(assumptions.entries, season)


def _of_applicants(rows: pd.DataFrame) -> Iterator[tuple[str, float]]:
    """Numbers of one specialty's applicants."""
    if len(rows) < LEAST_APPLICANTS:
        return
    rate = rows["interviews"].sum() / rows["applications"].sum()
    if 0 < rate < 1:
        yield "interview_rate", float(rate)
    for group in GROUPS:
        # One rule for small groups, whatever is counted.
        of_group = rows[rows["degree"] == group] if "degree" in rows else rows.iloc[:0]
        if len(of_group) >= LEAST_APPLICANTS:
            yield f"mean_applications_{group}", float(of_group["applications"].mean())
        known = of_group["matched"].dropna() if "matched" in of_group else of_group.iloc[:0, 0]
        if len(known) >= LEAST_APPLICANTS and 0 < known.mean() < 1:
            yield f"match_rate_{group}", float(known.mean())


def _group_shares(rows: pd.DataFrame, assumptions: Assumptions) -> Iterator[tuple[str, float]]:
    """Shares of applications by group, of one specialty's programs."""
    shares = {group: _weighted(rows, f"share_{group}", assumptions) for group in GROUPS}
    given = {group: share for group, share in shares.items() if share is not None and share > 0}
    total = sum(given.values())
    if given and (total < 1 or len(given) == len(GROUPS)):
        # Figures printed as whole percents may sum to a little more or less than the whole.
        whole = total if len(given) == len(GROUPS) else 1.0
        for group, share in given.items():
            yield f"share_{group}", share / whole


def _signals_used(rows: pd.DataFrame, assumptions: Assumptions) -> dict[str, float]:
    """Share of the signals that is used, of one specialty's programs."""
    specialty = str(rows["specialty"].iloc[0])
    signals = assumptions.season_of(specialty)
    sent = {
        kind: _weighted(rows, f"share_{kind}", assumptions)
        for kind in ("gold", "silver")
        if getattr(signals, f"{kind}_signals")
    }
    known = {kind: share for kind, share in sent.items() if share is not None}
    if not known:
        return {}
    pool = pool_of(specialty, signals.competitiveness, assumptions)
    at_most = sum(getattr(signals, f"{kind}_signals") for kind in known)
    per_application = at_most * float(np.sum(pool.group / pool.applications))
    return {"signals_used": min(1.0, sum(known.values()) / per_application)}


def _weighted(rows: pd.DataFrame, column: str, assumptions: Assumptions) -> float | None:
    """Mean of a share over programs, by their applications; None where too few have it."""
    if column not in rows:
        return None
    known = rows[column].notna()
    if not known.any() or known.mean() < assumptions.value("base_rate.share_needed"):
        return None
    weights = rows.loc[known, "applications_received"]
    weights = weights.fillna(weights.mean() if weights.notna().any() else 1.0)
    return float(np.average(rows.loc[known, column], weights=weights))
