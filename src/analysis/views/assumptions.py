"""What the numbers rest on: all assumptions, what differs between two sets, a copy to edit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analysis.assumptions import Entry, difference, read_assumptions, write_new
from analysis.errors import AssumptionError
from analysis.model.own_season import with_own_season
from analysis.model.survey import WAYS
from analysis.paths import FilePath
from analysis.tables import read_if_given
from analysis.text import sentence
from analysis.views.robustness import survey_weights


def _text(entry: Entry) -> str:
    content = entry.content
    numbers = content if isinstance(content, tuple) else (content,)
    return ";".join(n if isinstance(n, str) else f"{n:.12g}" for n in numbers)


def assumptions_show(
    path: FilePath | None = None, overrides: Sequence[str] = ()
) -> list[dict[str, str]]:
    """Every assumption in force, with whose it is and why; the season's rows last."""
    assumptions = read_assumptions(path, overrides)
    mark = {"fingerprint": assumptions.fingerprint}
    rows = [
        {
            "key": key,
            "value": _text(entry),
            "basis": entry.basis,
            "why": entry.why,
            "source": entry.source,
        }
        | mark
        for key, entry in assumptions.entries.items()
    ]
    for name, row in assumptions.season.items():
        rows += [
            {
                "key": f"season.{name}.{field}",
                "value": str(value),
                "basis": "published"
                if field in row.citations
                else ("office" if row.basis == "office" else "assumption"),
                "why": sentence("findings/season_why", season=row.season),
                "source": row.citations.get(field, "none"),
            }
            | mark
            for field, value in row.model_dump(exclude_none=True).items()
            if field not in {"season", "basis", "source"} and value != ""
        ]
    return rows


def assumptions_diff(first: FilePath | None, second: FilePath | None) -> list[dict[str, str]]:
    """Key and both contents wherever two assumptions files differ; None is the project's own."""
    return [
        {"key": key, "first": before, "second": after}
        for key, before, after in difference(read_assumptions(first), read_assumptions(second))
    ]


def assumptions_new(
    path: FilePath,
    start: FilePath | None = None,
    overrides: Sequence[str] = (),
    survey_csv: FilePath = "",
    specialty: str = "",
    way: str = WAYS[0],
    programs_csv: FilePath = "",
    applicants_csv: FilePath = "",
) -> tuple[Path, list[str]]:
    """Write a whole set of assumptions, the season among it, to edit.

    Parameters
    ----------
    path : str or path-like
        The file to make; it must not be there yet.
    start : str or path-like, optional
        What to start from; the project's own without.
    overrides : sequence of str
        ``--set key=value``.
    survey_csv : str or path-like
        Raw responses of program directors, whose weights the set takes; "" for none.
    specialty, way : str
        As for `survey_weights`.
    programs_csv, applicants_csv : str or path-like
        Tables whose shares and rates become the season's (`with_own_season`); "" for none.

    Returns
    -------
    Path
        The file.
    list of str
        What was made of the survey and the tables.

    Raises
    ------
    AssumptionError
        If the file is there, or cannot be written, or a weight is set beside a survey.
    TableError, ModelError
        If the survey cannot be used.
    """
    target = Path(path)
    assumptions = read_assumptions(start, overrides)
    said: list[str] = []
    if str(survey_csv):
        if any(override.strip().startswith("weights.") for override in overrides):
            message = "the weights are the survey's: leave out --set weights, or the survey"
            raise AssumptionError(message)
        found = survey_weights(survey_csv, assumptions, specialty, way)
        assumptions, said = found.assumptions, found.sentences()
    if str(programs_csv) or str(applicants_csv):
        assumptions, taken = with_own_season(
            assumptions,
            read_if_given("programs", programs_csv),
            read_if_given("applicants", applicants_csv),
            programs_source=Path(programs_csv).name,
            applicants_source=Path(applicants_csv).name,
        )
        said += taken
    write_new(target, assumptions)
    return target, said
