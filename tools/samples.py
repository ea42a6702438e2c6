"""The made-up sample data: seeded, the same bytes each time, labeled synthetic in every row.

``python tools/samples.py`` writes ``data/sample/`` and the dictionary ``data/README.md``.
Names of places, people and programs are invented; resemblance to real ones is chance.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np

from analysis.paths import from_root
from analysis.tables.codes import PROGRAM_TYPES
from analysis.tables.schemas import SCHEMAS
from analysis.tables.template import column_sheet

HEAD = """\
# The data dictionary

Generated from the schemas by `make samples`; do not edit. **Unknown is empty, never 0.** A missing
optional column counts as empty.

| folder | what lies there |
|---|---|
| `article/` | the source article's figures, exact; illustrative by its own words |
| `sample/` | a made-up class, programs, survey and graduates; synthetic, seeded |
| `assumptions/` | every number of the model, with basis, reason and source |
| `private/` | your own files; ignored by git, as are working copies and caches |

CSV in UTF-8 is best. Workbooks (.xlsx, .xls, .ods), Windows-1252, UTF-16, semicolons, tabs, titles
above the header, totals, percent signs and other spellings of headers, flags and specialties are
understood. `countersignal check FILE` says what was done and counts what became of every cell. A
spare column that resembles one of these stops the run until it is mapped or ignored by name; for an
export with other names, `countersignal map FILE` proposes a mapping. The three chart tables also
take the article's own `Category,Value`; `factor_importance.csv` also takes a survey as it is
published (factor, percent citing, mean importance), without `importance`.
"""
SEED = 20260915
SOURCE = "synthetic sample, made up"
AS_OF = "2026-09-15"
# programs of each specialty: how many, and their mix by type (in the order of PROGRAM_TYPES)
SPECIALTIES = {
    "Internal Medicine": (60, (0.20, 0.30, 0.35, 0.0, 0.15)),
    "Family Medicine": (50, (0.06, 0.20, 0.34, 0.24, 0.16)),
    "Psychiatry": (40, (0.20, 0.30, 0.35, 0.0, 0.15)),
    "Emergency Medicine": (35, (0.20, 0.35, 0.30, 0.0, 0.15)),
    "General Surgery": (30, (0.25, 0.35, 0.30, 0.0, 0.10)),
    "Orthopaedic Surgery": (25, (0.35, 0.40, 0.20, 0.0, 0.05)),
}
INITIALS = {
    "Internal Medicine": "IM",
    "Family Medicine": "FM",
    "Psychiatry": "PSY",
    "Emergency Medicine": "EM",
    "General Surgery": "GS",
    "Orthopaedic Surgery": "ORT",
}
# Interviews per application and mean Step 2 CK of applicants: invented, of the size that is real.
RATE = {
    "Internal Medicine": 0.15,
    "Family Medicine": 0.17,
    "Psychiatry": 0.14,
    "Emergency Medicine": 0.18,
    "General Surgery": 0.11,
    "Orthopaedic Surgery": 0.085,
}
MEAN_STEP2 = {
    "Internal Medicine": 249,
    "Family Medicine": 243,
    "Psychiatry": 245,
    "Emergency Medicine": 248,
    "General Surgery": 251,
    "Orthopaedic Surgery": 256,
}
TYPICAL = {  # prestige, tolerance: the article's points
    "high_tier_academic": (9, 3),
    "mid_tier_academic": (6, 5),
    "community": (4, 7),
    "rural_fm": (2, 8),
    "do_friendly": (3, 7),
}
KIND = {
    "high_tier_academic": ("University Hospital", "School of Medicine", "Academic Medical Center"),
    "mid_tier_academic": ("Medical Center", "University Affiliate", "Teaching Hospital"),
    "community": ("Community Hospital", "Regional Medical Center", "Memorial Hospital"),
    "rural_fm": ("Rural Track", "County Health Center", "Valley Clinic"),
    "do_friendly": ("Osteopathic Hospital", "Health System", "Community Health"),
}
FIRST = "Quill Bracken Alder Thistle Marl Fen Harrow Lark Wren Cobble Ember Sorrel Tarn Hazel Drift Pell Ash Corrow Vesper Juniper".split()  # noqa: E501, SIM905
SECOND = "haven moor ridge ford mere wick stead brook dale hollow crest field gate holm low".split()  # noqa: SIM905
STATES = ("OH", "PA", "NY", "TX", "CA", "MI", "IL", "FL", "NC", "GA", "WA", "CO", "MN", "AZ", "KY")
FACTORS = {  # survey factor: (chance of being cited, mean importance)
    "USMLE Step 2 CK score": (0.89, 4.2),
    "Grades in required clerkships": (0.83, 4.1),
    "Letters of recommendation in the specialty": (0.86, 4.2),
    "Any failed attempt in USMLE or COMLEX": (0.78, 4.4),
    "Leave of absence or failed course": (0.55, 4.0),
    "Research experience": (0.41, 3.2),
    "Personal statement": (0.77, 3.8),
    "Away rotation in the department": (0.38, 4.0),
}
# The truth behind graduates.csv, for tests: log-odds.
TRUTH: dict[str, float] = {
    "intercept": 0.3,
    "per_10_points_of_step2": 0.6,
    "per_point_of_tolerance": 0.10,
    "per_point_of_prestige": -0.22,
    "gold": 1.6,
    "silver": 1.0,
    "match_given_interview": 0.16,
    "latent_correlation": 0.3,
    "course_failure_remediated": -0.5,
    "preclinical_failures_multiple": -1.6,
    "step1_failure": -1.3,
    "step2_failure": -1.4,
    "loa_academic": -1.9,
    "clerkship_chronic_low": -1.5,
    "professionalism": -3.0,
    "mspe_concern": -1.2,
}

Rows = list[dict[str, Any]]
CLASS = "data/sample/students.csv"


def sample_class() -> Rows:
    """The invented students, which are written by hand in their CSV."""
    # The first three are the article's stories; every flag, every class of specialty and every kind
    # of gap comes after.
    with Path(from_root(CLASS)).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    real = [row["student_id"] for row in rows if row["source"] != SOURCE]
    if real:
        message = f"{CLASS}: {', '.join(real)} without the source {SOURCE!r}"
        raise ValueError(message)
    return rows


def _csv_text(rows: Sequence[Mapping[str, Any]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _number(value: float, digits: int = 1) -> str:
    return f"{round(value, digits):g}"


def _between(low: float, high: float, value: float) -> str:
    return _number(min(max(value, low), high), 2)


def _programs(random: np.random.Generator) -> Rows:
    places = [first + second for second in SECOND for first in FIRST]
    random.shuffle(places)
    rows: Rows = []
    for specialty, (count, mix) in SPECIALTIES.items():
        types = random.choice(PROGRAM_TYPES, count, p=mix)
        for number, kind in enumerate(types, start=1):
            prestige = float(np.clip(TYPICAL[kind][0] + random.normal(0, 0.9), 0, 10))
            tolerance = float(np.clip(TYPICAL[kind][1] + random.normal(0, 1.1), 0, 10))
            received = int(random.integers(500, 2600))
            usual = RATE[specialty]
            rate = usual * float(np.clip(random.normal(1, 0.3), 0.3, 2.5))
            offered = int(received * rate)
            screens = bool(random.random() < 0.12 + 0.04 * prestige)
            stricter = _number(max(0.0, tolerance - 4)) if random.random() < 0.3 else ""
            cutoff = 5 * round((212 + 2.6 * prestige + random.normal(0, 4)) / 5)
            closed_to_do = kind == "high_tier_academic" and random.random() < 0.3
            row: dict[str, Any] = {
                "program_id": f"{INITIALS[specialty]}{number:03d}",
                "program_name": f"{places.pop()} {random.choice(KIND[kind])}",
                "specialty": specialty,
                "program_type": str(kind),
                "state": str(random.choice(STATES)),
                "prestige": _number(prestige),
                "red_flag_tolerance": _number(tolerance),
                "tolerance_professionalism": stricter,
                "step2_cutoff": str(cutoff),
                "auto_screen_any_failure": "yes" if screens else "no",
                "interviews_offered": str(offered),
                "applications_received": str(received),
                "applicant_step2": str(
                    round(MEAN_STEP2[specialty] + 3 * (prestige - 6) + random.normal(0, 2))
                ),
                "veto_professionalism": "yes" if random.random() < 0.5 else "no",
                "accepts_do": "no" if closed_to_do else "yes",
                "visa": str(random.choice(["j1", "h1b", "both", "none"], p=[0.4, 0.05, 0.25, 0.3])),
                "positions": str(int(random.integers(4, 30))),
            }
            for name in list(row)[8:]:  # a quarter of what listings say is not to be had
                if row[name] and random.random() < 0.25:
                    row[name] = ""
            if not row["interviews_offered"] or not row["applications_received"]:
                row["interviews_offered"] = row["applications_received"] = ""
            rows.append({**row, "as_of": AS_OF, "source": SOURCE})
    return rows


def _responses(random: np.random.Generator) -> Rows:
    rows: Rows = []
    names = list(SPECIALTIES)
    shares = np.array([count for count, _ in SPECIALTIES.values()], dtype=float)
    for number in range(1, 301):
        row: dict[str, Any] = {
            "respondent_id": f"R{number:03d}",
            "specialty": names[int(random.choice(len(names), p=shares / shares.sum()))],
        }
        for factor, (cited, mean) in FACTORS.items():
            importance = int(np.clip(round(random.normal(mean, 0.8)), 1, 5))
            row[factor] = str(importance) if random.random() < cited else ""
        rows.append({**row, "source": SOURCE})
    return rows


def _preferences(random: np.random.Generator, programs: Rows, students: Rows) -> Rows:
    rows: Rows = []
    for student in students:
        own = [p for p in programs if p["specialty"] in student["specialty"].split(";")]
        if student["student_id"] not in {"S001", "S004", "S009", "S015", "S022", "S030"}:
            continue
        for at in sorted(random.choice(len(own), 6, replace=False)):
            tie = str(random.choice(["", "", "home", "rotation", "contact"]))
            row = {"student_id": student["student_id"], "program_id": own[at]["program_id"]}
            row |= {"preference": _number(random.random(), 2), "tie": tie, "signal": ""}
            rows.append({**row, "source": SOURCE})
    return rows


def _graduates(random: np.random.Generator, students: Rows) -> Rows:
    rows: Rows = []
    normal = NormalDist()
    rho = TRUTH["latent_correlation"]
    flags = [
        name for name in TRUTH if name in {f for s in students for f in s["red_flags"].split(";")}
    ]
    for year in range(2020, 2026):
        for number in range(1, 26):
            specialty = str(random.choice(list(SPECIALTIES)))
            chosen = [f for f in flags if random.random() < 0.07]
            score = int(np.clip(random.normal(248, 13), 216, 284))
            common, matched = random.normal(), False
            student: dict[str, Any] = {
                "graduate_id": f"G{year}{number:02d}",
                "year": str(year),
                "specialty": specialty,
                "step2_ck": str(score),
                "step1_result": "fail_then_pass" if "step1_failure" in chosen else "pass",
                "red_flags": ";".join(chosen),
                "degree": str(random.choice(["us_md", "us_md", "us_md", "us_do"])),
                "clerkship_honors_fraction": _number(
                    float(np.clip(random.normal(0.5, 0.2), 0, 1)), 2
                ),
                "letters": _between(0, 1, random.normal(0.6, 0.15)),
                "research_items": str(int(random.poisson(4))),
            }
            for _ in range(int(random.integers(14, 24))):
                kinds = [
                    k for k in PROGRAM_TYPES if k != "rural_fm" or specialty == "Family Medicine"
                ]
                kind = str(random.choice(kinds))
                signal = str(random.choice(["", "gold", "silver"], p=[0.8, 0.1, 0.1]))
                prestige, tolerance = TYPICAL[kind]
                logit = (
                    TRUTH["intercept"]
                    + TRUTH["per_10_points_of_step2"] * (score - 250) / 10
                    + TRUTH["per_point_of_tolerance"] * (tolerance - 5)
                    + TRUTH["per_point_of_prestige"] * (prestige - 6)
                    + TRUTH.get(signal, 0.0)
                    + sum(TRUTH[flag] for flag in chosen)
                )
                threshold = normal.inv_cdf(1 / (1 + math.exp(-logit)))
                given = (threshold + math.sqrt(rho) * common) / math.sqrt(1 - rho)
                interviewed = bool(random.random() < normal.cdf(given))
                lands = (
                    interviewed and not matched and random.random() < TRUTH["match_given_interview"]
                )
                matched = matched or lands
                rows.append(
                    {**student, "program_type": kind, "signal": signal}
                    | {"interviewed": str(int(interviewed)), "matched": str(int(lands))}
                    | {"source": SOURCE}
                )
    return rows


def _applicants(random: np.random.Generator) -> list[dict[str, str]]:
    """A log of applicants with offers by date, such as students keep for each other."""
    rows = []
    for number in range(1, 61):
        specialty = ("Internal Medicine", "Family Medicine", "Psychiatry")[number % 3]
        flag = ("course_failure_remediated", "loa_academic")[number % 2] if number % 5 == 0 else ""
        applications = int(random.integers(18, 61))
        interviews = int(random.binomial(applications, 0.9 * RATE[specialty] if flag else 0.25))
        early = int(random.binomial(interviews, 0.5))
        later = early + int(random.binomial(interviews - early, 0.7))
        rows.append(
            {
                "applicant_id": f"A{number:03d}",
                "year": "2025",
                "specialty": specialty,
                "degree": "us_do" if number % 4 == 0 else "us_md",
                "step2_ck": str(int(random.integers(228, 268))),
                "step1_result": "pass",
                "red_flags": flag,
                "explanation": "Explained in the personal statement (made up)." if flag else "",
                "applications": str(applications),
                "interviews": str(interviews),
                "offers_by_2025_10_15": str(early),
                "offers_by_2025_11_15": str(later),
                "offers_by_2026_01_15": str(interviews),
                "matched": str(int(random.random() < min(0.95, 0.3 + 0.08 * interviews))),
                "source": SOURCE,
            }
        )
    return rows


def _truth_toml() -> str:
    lines = [
        "# What data/sample/graduates.csv was drawn from (log-odds of an interview); for tests."
    ]
    return "\n".join([*lines, *(f"{name} = {value}" for name, value in TRUTH.items())]) + "\n"


def dictionary_markdown() -> str:
    """Write the data dictionary."""
    parts = [HEAD]
    for table, schema in SCHEMAS.items():
        parts.append(f"## {table}.csv\n\n{schema.description}\n")
        lines = ["| column | | a cell holds | it says |", "|---|---|---|---|"]
        for name, needed, holds, says in column_sheet(table):
            shown = holds.replace("|", "\\|")
            lines.append(f"| `{name}` | {needed} | {shown} | {says} |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def sample_files() -> dict[str, str]:
    """Every sample file and the dictionary, as text."""

    def random(part: int) -> np.random.Generator:
        return np.random.default_rng([SEED, part])

    programs, students = _programs(random(1)), sample_class()
    tables: Iterable[tuple[str, Sequence[Mapping[str, Any]]]] = (
        ("students", students),
        ("programs", programs),
        ("pd_responses", _responses(random(2))),
        ("preferences", _preferences(random(3), programs, students)),
        ("graduates", _graduates(random(4), students)),
        ("applicants", _applicants(random(5))),
    )
    files = {f"data/sample/{name}.csv": _csv_text(rows) for name, rows in tables}
    files["data/sample/graduates_truth.toml"] = _truth_toml()
    files["data/README.md"] = dictionary_markdown()
    return files


def main() -> None:
    """Write the sample files and the dictionary into the checkout."""
    for name, content in sample_files().items():
        path = Path(from_root(name))
        path.write_bytes(content.encode())
        print(f"{name}: {content.count(chr(10)):,} lines")


if __name__ == "__main__":
    main()
