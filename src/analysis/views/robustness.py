"""One student's sensitivity analysis, from files; results are kept between runs."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import __version__
from analysis.arrays import Floats
from analysis.assumptions import FACTORS, Assumptions, factor_components, read_assumptions
from analysis.model.choice.application_list import application_list
from analysis.model.profile import specialties_of
from analysis.model.sensitivity import (
    Case,
    SensitivityAnalysis,
    sensitivity_analysis,
    student_case,
    surveyed_weights,
)
from analysis.model.sensitivity.smaa import unheard
from analysis.model.survey import WAYS, component_weights, factor_ratings, survey_assumptions
from analysis.paths import FilePath, from_root, project_root
from analysis.tables import (
    read_pd_responses,
    read_programs,
    read_programs_and_wishes,
    read_student,
)
from analysis.tables.codes import specialty_name
from analysis.text import sentence, sentences
from analysis.text.labels import RESAMPLED, drawn_from, input_label
from analysis.workers.host import code_hash


def cache_path(options: Sequence[Any], files: Sequence[FilePath]) -> Path:
    """Where a result is kept: below ``data/private/cache``, outside of git."""
    question = [__version__, list(options), [file_hash(path) for path in files], code_hash()]
    key = hashlib.sha256(json.dumps(question).encode()).hexdigest()[:32]
    return project_root() / "data" / "private" / "cache" / f"{key}.json"


def cached_result(path: Path) -> dict[str, Any] | None:
    """A result that was kept, or None."""
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return answer if isinstance(answer, dict) else None


def keep_result(path: Path, answer: dict[str, Any]) -> None:
    """Leave a result for next time; a folder that cannot be written is no reason to fail."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.chmod(0o700)
        part = path.with_suffix(f".{os.getpid()}.part")
        part.touch(mode=0o600)
        part.write_text(json.dumps(answer, allow_nan=False), encoding="utf-8")
        part.replace(path)


def file_hash(path: FilePath) -> str:
    """Hash of a file's bytes; "" for a file that is not given or not there."""
    if not str(path) or not Path(path).is_file():
        return ""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


@dataclass(frozen=True)
class SurveyWeights:
    """A survey's weights and what they rest on."""

    assumptions: Assumptions
    weights: pd.DataFrame
    way: str
    source: str

    def sentences(self) -> list[str]:
        """What was made of the survey, and what was left out of it."""
        return sentences(
            "findings/survey_weights",
            source=self.source,
            way=self.way,
            ways=WAYS,
            rows=self.weights.to_dict("records"),
            **self.weights.attrs,
        )


def survey_weights(
    survey_csv: FilePath,
    assumptions: Assumptions,
    specialty: str = "",
    way: str = WAYS[0],
) -> SurveyWeights:
    """Weights of a survey (docs/methods.md, section 2), all other assumptions as they are."""
    responses = read_pd_responses(survey_csv)
    name = specialty_name(specialty)[0] or specialty
    ratings = factor_ratings(responses, assumptions, name or None)
    weights = component_weights(ratings, factor_components())
    count = int(ratings["n"].iloc[0])
    file = Path(survey_csv).name
    source = sentence("findings/survey_source", file=file, count=count, specialty=name)
    if "source" in responses:
        told = sorted({str(one) for one in responses["source"].dropna()})
        source = "; ".join([source, *told])
    own = survey_assumptions(assumptions, weights, source, way)
    return SurveyWeights(own, weights, way, source)


# A Monte Carlo share is given as far as 10,000 draws tell it, an index as far as it is known.
DIGITS = 6


def case_of(
    student: pd.DataFrame,
    programs: pd.DataFrame,
    preferences: pd.DataFrame | None,
    assumptions: Assumptions,
    surveyed: Floats | None = None,
) -> Case:
    """One student's row as a case for the analysis."""
    found = application_list(student, programs, assumptions, preferences, with_range=False)
    return student_case(found, assumptions, surveyed)


def robustness(
    student_id: str,
    students_csv: FilePath,
    programs_csv: FilePath,
    preferences_csv: FilePath = "",
    assumptions_toml: FilePath | None = None,
    overrides: Sequence[str] = (),
    draws: int | None = None,
    seed: int | None = None,
    progress: Callable[[int], object] = unheard,
    responses_csv: FilePath = "",
    *,
    cached: bool = True,
) -> dict[str, Any]:
    """What of a student's list holds when the assumptions are drawn, moved and searched.

    Parameters
    ----------
    student_id, students_csv, programs_csv, preferences_csv, assumptions_toml, overrides
        As for `pick`.
    draws, seed : int, optional
        As the assumptions say without.
    progress : callable
        Is told how many lists are made again.
    responses_csv : str or path-like
        Raw responses of program directors, whose weights are drawn; "" for none.
    cached : bool
        Whether an answer to the same question is taken from ``data/private/cache`` and left there.
        The key is a hash over the files' bytes, the assumptions, the options and the code.

    Returns
    -------
    dict
        JSON-ready: student_id, fingerprint, draws, seed, base_list (in the order taken),
        match_chance, selection_acceptability {program_id: share}, sampling_error
        {program_id: [low, high]}, sobol, tornado, flips, order_flips, overlap, smaa {firsts,
        contests}, signals (share of the draws in which a program gets which), findings (sentences).

    Raises
    ------
    TableError, RowError, AssumptionError, ModelError
        As for `pick`.
    """
    assumptions = read_assumptions(assumptions_toml, overrides)
    factors = from_root(FACTORS) if responses_csv else ""
    files = (students_csv, programs_csv, preferences_csv, responses_csv, factors)
    kept = cache_path([student_id, assumptions.fingerprint, draws, seed], files)
    before = cached_result(kept) if cached else None
    if before is not None:
        return before
    student = read_student(students_csv, student_id)
    drawn = None
    if str(responses_csv):
        surveyed = surveyed_weights(
            read_pd_responses(responses_csv),
            factor_components(),
            assumptions,
            f"survey {Path(responses_csv).name}",
            tuple(specialties_of(student.iloc[0], assumptions)),
        )
        assumptions, drawn = surveyed.assumptions, surveyed.drawn
    programs, preferences = read_programs_and_wishes(students_csv, programs_csv, preferences_csv)
    case = case_of(student, programs, preferences, assumptions, drawn)
    found = sensitivity_analysis(case, assumptions, draws=draws, seed=seed, progress=progress)
    answer = {"student_id": student_id, **_content(found)}
    if cached:
        keep_result(kept, answer)
    return answer


def _content(found: SensitivityAnalysis) -> dict[str, Any]:
    lists = found.lists
    names = lists.programs["program_id"]
    shares = lists.programs["selection_acceptability"]
    return {
        "fingerprint": found.fingerprint,
        "draws": found.draws,
        "seed": found.seed,
        "base_list": [str(names.iloc[position]) for position in lists.base],
        "match_chance": rounded(found.match_chance),
        "selection_acceptability": dict(zip(names, map(rounded, shares), strict=True)),
        "sampling_error": {
            name: [rounded(low), rounded(high)]
            for name, low, high in lists.programs[["program_id", "low", "high"]].itertuples(
                index=False
            )
        },
        "sobol": [
            {
                "input": row["input"],
                "first": rounded(row["first"]),
                "first_ci": [rounded(row["first_low"]), rounded(row["first_high"])],
                "total": rounded(row["total"]),
                "total_ci": [rounded(row["total_low"]), rounded(row["total_high"])],
            }
            for row in found.variance.to_dict("records")
        ],
        "tornado": _records(found.tornado),
        "flips": _records(found.flips),
        "order_flips": _records(found.order_flips),
        "smaa": {"firsts": _records(found.firsts), "contests": _records(found.close_calls)},
        "overlap": {
            "list_length": int(lists.base.size),
            "mean_kept": rounded(lists.draws["kept"].mean()),
            "kept_in_95_percent": lists.least_kept,
            "mean_overlap": rounded(lists.draws["overlap"].mean()),
            "mean_beyond_chance": rounded(lists.draws["beyond_chance"].mean()),
            "mean_kendall_tau": rounded(lists.draws["kendall_tau"].mean()),
        },
        "regret": {
            "mean": rounded(lists.draws["regret"].mean()),
            "in_95_percent_at_most": rounded(lists.draws["regret"].quantile(0.95)),
        },
        "signals": _records(lists.signals),
        "findings": findings(found),
    }


def findings(found: SensitivityAnalysis) -> list[str]:
    """The findings of an analysis, one clause each, in the order of the charts."""
    lists = found.lists
    return [
        sentence(
            "findings/acceptability",
            least=lists.least_kept,
            listed=int(lists.base.size),
            draws=len(lists.draws),
        ),
        sentence("findings/variance", shares=found.variance.to_dict("records")),
        sentence("findings/tornado", bars=found.tornado.to_dict("records")),
        sentence("findings/flips", flips=found.flips.to_dict("records")),
        sentence("findings/firsts", firsts=found.firsts.to_dict("records")),
        sentence("findings/close_calls", close_calls=found.close_calls.to_dict("records")),
    ]


def charted(
    rows: pd.DataFrame, programs_csv: FilePath, assumptions_toml: FilePath | None = None
) -> pd.DataFrame:
    """Rows of an analysis as a chart wants them: plain words, and what they rest on."""
    programs = read_programs(programs_csv)
    sources = programs["source"] if "source" in programs else pd.Series(dtype="str")
    made_up = bool(sources.str.contains("synthetic").any())
    fingerprint = read_assumptions(assumptions_toml).fingerprint
    if "input" in rows:
        words = map(input_label, rows["input"])
        rows = rows.assign(label=[word[0].upper() + word[1:] for word in words])
    return rows.assign(
        source=drawn_from(fingerprint),
        basis="synthetic" if made_up else "assumption",
        interval=RESAMPLED,
    )


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{name: plain(cell) for name, cell in row.items()} for row in rows.to_dict("records")]


def plain(cell: Any) -> Any:
    """A cell as JSON has it: tuples as lists, numbers rounded, unknown as null."""
    if isinstance(cell, tuple):
        return list(cell)
    if isinstance(cell, float | np.floating):
        return rounded(float(cell))
    return int(cell) if isinstance(cell, np.integer) else cell


def rounded(number: float) -> float | None:
    """A number to `DIGITS` digits, None where it is not known."""
    return round(float(number), DIGITS) if math.isfinite(number) else None


def robustness_rows(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """An answer as a row a program, the most often chosen first; those never chosen left out."""
    shares = answer["selection_acceptability"]
    listed = set(answer["base_list"])
    often: Iterable[str] = sorted(shares, key=lambda name: (-shares[name], name))
    return [
        {
            "student_id": answer["student_id"],
            "program_id": name,
            "selection_acceptability": shares[name],
            "low": answer["sampling_error"][name][0],
            "high": answer["sampling_error"][name][1],
            "in_base_list": name in listed,
            "fingerprint": answer["fingerprint"],
        }
        for name in often
        if shares[name] > 0 or name in listed
    ]
