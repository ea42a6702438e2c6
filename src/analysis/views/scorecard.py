"""Typical applicants beside what is published of them: where the numbers are right, and where off.

``python -m analysis.views.scorecard`` writes docs/scorecard.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.assumptions import GROUPS, Assumptions, read_assumptions
from analysis.model.chance import interview_chance
from analysis.model.correlation import hermite
from analysis.model.match_stage import (
    all_specialties,
    curve_by_interviews,
    typical_applicant,
)
from analysis.model.parameters import chance_parameters
from analysis.model.pool import conditional_odds, evidence_of, pool_of, typical_penalty
from analysis.paths import from_root
from analysis.text import render, sentence

PAGE = "docs/scorecard.md"
# Match chance by the number of interviews, as published.
CURVE = {1: 0.55, 3: 0.78, 5: 0.86, 10: 0.93, 15: 0.95}
CURVE_SOURCE = "US MD seniors, all specialties (secondary, rounded)"
IM = "Internal Medicine"
IM_CURVE = {5: 0.85, 12: 0.99}
IM_CURVE_SOURCE = "US MD seniors, Internal Medicine (secondary, rounded)"
# Headline rates over all specialties, which no calibration uses.
HEADLINES = {
    "us_md": (0.935, "NRMP, 2025 Match"),
    "us_do": (0.926, "NRMP, 2025 Match"),
    "us_img": (0.678, "NRMP, 2025 Match (secondary)"),
    "non_us_img": (0.58, "NRMP, 2025 Match"),
}
LEAVE_SOURCE = "Nguyen et al., JAMA 2024 (press summary)"
# Share placed in graduate training by cell of flags: without and with a leave of absence.
LEAVE = {0: 0.963, 2: 0.797}
# Interviews per application with a signal and without, and the tier of the signal.
PAIRS = {
    "Orthopaedic Surgery": (2, 0.240, 0.009, "PMC10241500"),
    "Dermatology": (1, 0.211, 0.037, "secondary"),
}
INTERVIEWS = {"Orthopaedic Surgery": (10.8, "PMC12366994: 10.8 to 12 from 61 to 90 applications")}
OFF_FROM = 3.0  # points: a raw difference from here on is told with its reason at the top


def scorecard(
    path: Path | None = None, overrides: Sequence[str] = ()
) -> list[dict[str, str | float | None]]:
    """Every figure of the scorecard, one a row.

    Parameters
    ----------
    path : Path, optional
        An assumptions file; the project's own without.
    overrides : sequence of str
        ``--set key=value``.

    Returns
    -------
    list of dict
        part (typical, headline, leave, curve, pair, interviews, order), what, model, calibrated,
        published (shares or numbers, None where there is none), difference (of the raw model, in
        points or interviews), difference_calibrated, source, fingerprint. Match rates are of those
        with any interview, as published ones count.
    """
    assumptions = read_assumptions(path, overrides)
    rows = [*_typical(assumptions), *_headlines(assumptions), *_leave(assumptions)]
    rows += [*_curve(assumptions), *_pairs(assumptions), *_interviews(assumptions)]
    rows += _orders(assumptions)
    return [row | {"fingerprint": assumptions.fingerprint} for row in rows]


def _row(
    part: str,
    about: dict[str, Any],
    model: float,
    published: float | None = None,
    source: str = "",
    calibrated: float | None = None,
    **more: Any,
) -> dict[str, Any]:
    def points(found: float | None) -> float | None:
        if published is None or found is None:
            return None
        return round(100 * (found - published), 1)

    return {
        "part": part,
        "what": sentence("scorecard/what", part=part, **about),
        "model": model,
        "calibrated": calibrated,
        "published": published,
        "difference": points(model),
        "difference_calibrated": points(calibrated),
        "source": source,
        **more,
    }


def _typical(assumptions: Assumptions) -> list[dict[str, Any]]:
    rows = []
    for name, season in assumptions.season.items():
        for group in GROUPS:
            found = typical_applicant(name, season.competitiveness, group, assumptions)
            own = asdict(found)
            rows.append(
                _row(
                    "typical",
                    {"specialty": name, "group": group},
                    found.rate_raw,
                    found.published,
                    season.citations.get(f"match_rate_{group}", ""),
                    found.rate if found.shift else None,
                    **{
                        key: own[key]
                        for key in (
                            "specialty", "group", "applications", "interview_chance", "interviews",
                            "at_least_one", "match",
                        )
                    },
                )
            )  # fmt: skip
    return rows


def _headlines(assumptions: Assumptions) -> list[dict[str, Any]]:
    """Rates over all specialties; for other groups than US MD seniors also with their curve."""
    alike = assumptions.with_set(f"match_odds.{group}=1" for group in GROUPS[1:])
    rows = []
    for group, (published, source) in HEADLINES.items():
        found = all_specialties(group, assumptions)
        rows.append(
            _row(
                "headline",
                {"group": group},
                all_specialties(group, alike).rate,
                published,
                source,
                found.rate,
                **asdict(found),
            )
        )
    return rows


def _leave(assumptions: Assumptions) -> list[dict[str, Any]]:
    found = all_specialties(GROUPS[0], assumptions)
    return [
        _row("leave", {"cell": cell}, found.preferred_by_flag[cell], said, LEAVE_SOURCE)
        for cell, said in LEAVE.items()
    ]


def _curve(assumptions: Assumptions) -> list[dict[str, Any]]:
    cited = {"": (CURVE, CURVE_SOURCE), IM: (IM_CURVE, IM_CURVE_SOURCE)}
    return [
        _row(
            "curve",
            {"interviews": n, "specialty": name},
            curve_by_interviews((n,), assumptions)[n],
            said,
            source,
        )
        for name, (curve, source) in cited.items()
        for n, said in curve.items()
    ]


def _pairs(assumptions: Assumptions) -> list[dict[str, Any]]:
    """Interviews per application with and without a signal, over the whole pool."""
    rows = []
    for name, (tier, *published, source) in PAIRS.items():
        rates = _rates_by_signal(name, assumptions)
        rows += [
            _row("pair", {"specialty": name, "tier": at}, float(rates[at]), said, source)
            for at, said in zip((tier, 0), published, strict=True)
        ]
    return rows


def _rates_by_signal(name: str, assumptions: Assumptions) -> Any:
    """Interviews per application by tier of the signal, shape (3,)."""
    kind = assumptions.season_of(name).competitiveness
    pool = pool_of(name, kind, assumptions)
    penalty = typical_penalty(pool, kind, assumptions)
    evidence = evidence_of(pool, chance_parameters(assumptions), assumptions)
    odds = conditional_odds(pool, evidence.tau, penalty, assumptions)
    x, weight = hermite(40)
    eta = odds.level[0] + odds.group[0][:, None] + odds.signal[0]
    place = np.log(pool.place_odds)[:, None] + penalty
    eta = eta[:, :, None, None, None] + place[:, :, None] + odds.tau[0] * x
    read = np.minimum(1 / (1 + np.exp(-eta)), assumptions.value("highest_chance"))
    opening = np.array([1.0, 1 - assumptions.value("auto_screen_share"), 1.0])
    cells = np.einsum("gtpfj,p,f,j->gt", read, pool.place, pool.flag * opening, weight)
    sent = pool.group[:, None] * pool.signal
    return (cells * sent).sum(axis=0) / np.maximum(sent.sum(axis=0), 1e-12)


def _interviews(assumptions: Assumptions) -> list[dict[str, Any]]:
    rows = []
    for name, (published, source) in INTERVIEWS.items():
        kind = assumptions.season_of(name).competitiveness
        found = typical_applicant(name, kind, GROUPS[0], assumptions)
        about = {"specialty": name, "group": GROUPS[0]}
        row = _row("interviews", about, found.interviews, published, source)
        rows.append(row | {"difference": round(found.interviews - published, 1)})
    return rows


def _orders(assumptions: Assumptions) -> list[dict[str, Any]]:
    """One file at one program of each class: mean chance over its specialties."""
    rows = []
    for kind in ("less", "moderate", "ultra"):
        names = [n for n, row in assumptions.season.items() if row.competitiveness == kind]
        programs = pd.DataFrame(
            {
                "program_id": [f"P{at}" for at in range(len(names))],
                "specialty": names,
                "program_type": "mid_tier_academic",
                "step2_cutoff": np.nan,
            }
        )
        students = pd.DataFrame(
            {
                "student_id": [f"S{at}" for at in range(len(names))],
                "specialty": names,
                "step2_ck": 250.0,
                "red_flags": "",
            }
        )
        found = interview_chance(students, programs, assumptions, with_range=False)
        rows.append(_row("order", {"kind": kind}, float(found["interview_chance"].mean())))
    return rows


def scorecard_markdown(rows: Sequence[dict[str, Any]]) -> str:
    """Scorecard as a page of docs."""
    parts: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        parts.setdefault(row["part"], []).append(row)
    ordered = [row["model"] for row in parts["order"]]
    page = render(
        "scorecard/page",
        parts=parts,
        off=[row for row in rows if abs(row["difference"] or 0.0) >= OFF_FROM],
        off_from=OFF_FROM,
        holds=ordered == sorted(ordered, reverse=True),
        groups=GROUPS,
    )
    return f"{page}\n"


def main() -> None:
    """Write docs/scorecard.md."""
    text = scorecard_markdown(scorecard())
    Path(from_root(PAGE)).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
