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
from analysis.model.match_stage import curve_by_interviews, typical_applicant
from analysis.model.parameters import chance_parameters
from analysis.model.pool import conditional_odds, evidence_of, nodes_of, pool_of, typical_penalty
from analysis.paths import from_root

__all__ = ["main", "scorecard", "scorecard_markdown"]

PAGE = "docs/scorecard.md"
CURVE = {1: 0.55, 3: 0.78, 5: 0.86, 10: 0.93, 15: 0.95}
CURVE_SOURCE = "US MD seniors, all specialties (secondary, rounded)"
# Headline rates over all specialties, which no calibration uses.
HEADLINES = {"us_md": 0.935, "us_do": 0.926, "non_us_img": 0.58}
HEADLINE_SOURCE = "NRMP headline, 2025 Match, all specialties together"
PAIR = {"with a signal": 0.240, "without": 0.009}
PAIR_SOURCE = "PMC10241500"
ORTHOPAEDICS = "Orthopaedic Surgery"
# One program of each class for the orders: the article's mid-tier one, 13% of applications.

WORDS = {
    "us_md": "US MD senior",
    "us_do": "US DO senior",
    "us_img": "US IMG",
    "non_us_img": "non-US IMG",
}


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
        part (typical, headline, curve, pair, order), what, model, calibrated, published (shares or
        numbers, None where there is none), difference (of the raw model, in points), difference
        after calibration, source, fingerprint.
    """
    assumptions = read_assumptions(path, overrides)
    rows = [*_typical(assumptions), *_headlines(assumptions), *_curve(assumptions)]
    rows += [*_pair(assumptions), *_orders(assumptions)]
    return [row | {"fingerprint": assumptions.fingerprint} for row in rows]


def _row(
    part: str,
    what: str,
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
        "what": what,
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
                    f"{name}, {WORDS[group]}",
                    found.match_raw,
                    found.published,
                    season.citations.get(f"match_rate_{group}", ""),
                    found.match if found.shift else None,
                    **{
                        key: own[key]
                        for key in (
                            "specialty", "group", "applications", "interview_chance", "interviews",
                            "at_least_one",
                        )
                    },
                )
            )  # fmt: skip
    return rows


def _headlines(assumptions: Assumptions) -> list[dict[str, Any]]:
    """Headline rates beside the plain mean over the specialties that are not ultra-competitive."""
    open_to_most = [n for n, row in assumptions.season.items() if row.competitiveness != "ultra"]
    return [
        _row(
            "headline",
            f"{WORDS[group]}, mean over {len(open_to_most)} specialties",
            float(
                np.mean(
                    [
                        typical_applicant(
                            name, assumptions.season[name].competitiveness, group, assumptions
                        ).match_raw
                        for name in open_to_most
                    ]
                )
            ),
            published,
            HEADLINE_SOURCE,
        )
        for group, published in HEADLINES.items()
    ]


def _curve(assumptions: Assumptions) -> list[dict[str, Any]]:
    found = curve_by_interviews(tuple(CURVE), assumptions)
    return [
        _row("curve", f"match given {n} interviews", found[n], said, CURVE_SOURCE)
        for n, said in CURVE.items()
    ]


def _pair(assumptions: Assumptions) -> list[dict[str, Any]]:
    """Interview rates of orthopaedics with and without a signal, over its whole pool."""
    pool = pool_of(ORTHOPAEDICS, "ultra", assumptions)
    penalty = typical_penalty(pool, "ultra", assumptions)
    evidence = evidence_of(pool, chance_parameters(assumptions), assumptions)
    odds = conditional_odds(pool, evidence.tau, penalty, assumptions)
    x, weight = nodes_of(40)
    eta = odds.level[0] + odds.group[0][:, None] + odds.signal[0]
    place = np.log(pool.place_odds)[:, None] + penalty
    eta = eta[:, :, None, None, None] + place[:, :, None] + odds.tau[0] * x
    read = np.minimum(1 / (1 + np.exp(-eta)), assumptions.value("highest_chance"))
    opening = np.array([1.0, 1 - assumptions.value("auto_screen_share"), 1.0])
    cells = np.einsum("gtpfj,p,f,j->gt", read, pool.place, pool.flag * opening, weight)
    sent = pool.group[:, None] * pool.signal
    rates = (cells * sent).sum(axis=0)[[2, 0]] / sent.sum(axis=0)[[2, 0]]
    return [
        _row("pair", f"orthopaedics, {what}", float(rate), said, PAIR_SOURCE)
        for (what, said), rate in zip(PAIR.items(), rates, strict=True)
    ]


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
        rows.append(
            _row("order", f"{kind} competitive: a US MD senior at 250, one application",
                 float(found["interview_chance"].mean()))
        )  # fmt: skip
    return rows


def scorecard_markdown(rows: Sequence[dict[str, Any]]) -> str:
    """Scorecard as a page of docs.

    Parameters
    ----------
    rows : sequence of dict
        From `scorecard`.

    Returns
    -------
    str
        Markdown.
    """

    def share(value: float | None) -> str:
        return "" if value is None else f"{100 * value:.1f}%"

    def points(value: float | None) -> str:
        return "" if value is None else f"{value:+.1f}"

    def table(part: str, heading: str) -> list[str]:
        lines = [
            f"| {heading} | model | published | difference, points | source |",
            "|---|---|---|---|---|",
        ]
        return lines + [
            f"| {r['what']} | {share(r['model'])} | {share(r['published'])} | "
            f"{points(r['difference'])} | {r['source']} |"
            for r in rows
            if r["part"] == part
        ]

    typical = [r for r in rows if r["part"] == "typical"]
    cited = [r for r in typical if r["published"] is not None]
    ordered = [r["model"] for r in rows if r["part"] == "order"]
    holds = ordered == sorted(ordered, reverse=True)
    lines = [
        "# Scorecard: the model beside published figures",
        "",
        "Typical applicants by specialty and degree, each figure beside the published one where "
        "a single source can be cited. `make scorecard` writes this page; "
        "`countersignal scorecard` prints it for any assumptions.",
        "",
        "**Read the raw difference.** It is what the model says before any calibration. Where a "
        "specialty has a cited match rate for a degree, the chance of a match after an interview "
        "is moved so that the rate comes back; where the rate lies above or close to the share of "
        "applicants with any interview, nothing is moved and the difference stays.",
        "",
        "## Cited match rates of one specialty",
        "",
        "| applicants | model, raw | calibrated | published | raw difference, points | "
        "after calibration | source |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {r['what']} | {share(r['model'])} | {share(r['calibrated']) or 'none possible'} | "
            f"{share(r['published'])} | {points(r['difference'])} | "
            f"{points(r['difference_calibrated'])} | {r['source']} |"
            for r in cited
        ),
        "",
        "## Headline rates, all specialties together",
        "",
        "The headline counts a match in any specialty, back-up specialties among them. The model's "
        "figure is the plain mean over single specialties, so it should lie below.",
        "",
        *table("headline", "applicants"),
        "",
        "## From interviews to a match",
        "",
        *table("curve", "US MD seniors"),
        "",
        "## A signal in orthopaedics",
        "",
        *table("pair", "interviews per application"),
        "",
        "## Order of the classes",
        "",
        "One file, one program without counts in every specialty of a class, less competitive "
        "ones first. "
        f"The order {'holds' if holds else '**does not hold**'}.",
        "",
        *table("order", "class"),
        "",
        "## Typical applicants of every specialty",
        "",
        "No figure of this table is published; each rests on assumptions in "
        "`data/assumptions/default.toml` and on the season file.",
        "",
        "| applicants | applications | interviews per application | interviews | any interview "
        "| match |",
        "|---|---|---|---|---|---|",
        *(
            f"| {r['what']} | {r['applications']:.0f} | {share(r['interview_chance'])} | "
            f"{r['interviews']:.1f} | {share(r['at_least_one'])} | "
            f"{share(r['model'] if r['calibrated'] is None else r['calibrated'])} |"
            for r in typical
        ),
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    """Write docs/scorecard.md."""
    text = scorecard_markdown(scorecard())
    Path(from_root(PAGE)).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
