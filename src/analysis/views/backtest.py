"""The office's own graduates against the chances, from files and options."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.assumptions import Assumptions, read_assumptions, write_new
from analysis.errors import AssumptionError, ModelError
from analysis.model.outcomes import (
    RIVALS,
    Backtest,
    Estimate,
    chance_by_score,
    commonest_flag,
    run_backtest,
)
from analysis.paths import FilePath, from_root
from analysis.tables import read_if_given
from analysis.tables.check import read_graduate_files
from analysis.tables.graduate_files import inclusion_form
from analysis.text import sentence, table
from analysis.text.labels import BACKTEST_FIGURES, drawn_from, learned_label
from analysis.vocabulary import FORMS


@dataclass(frozen=True)
class BacktestAnswer:
    """A back-test, and the sets of assumptions it began and ended with."""

    result: Backtest
    fingerprint: str
    made_up: bool
    assumptions: Assumptions
    graduates: pd.DataFrame
    programs: pd.DataFrame | None
    form: str = "applications"
    refused: str = ""

    def record(self) -> dict[str, Any]:
        """Everything for JSON: unknown numbers are None."""
        found = self.result
        statistics = found.statistics

        def value(name: str) -> float | None:
            return _number(statistics.at[name, "value"]) if name in statistics.index else None

        against = [f"{what}_vs_{name}" for what in ("skill", "log_loss_gain") for name in RIVALS]
        of_earlier = found.earlier or found.learned
        return {
            "verdict": found.verdict,
            "reasons": list(found.reasons),
            "form": self.form,
            "n_applicants": found.n_applicants,
            "n_applications": found.n_applications,
            "n_learned_from": found.n_learned_from,
            "years": list(found.years),
            "brier": value("brier"),
            "brier_parts": None if found.parts is None else asdict(found.parts),
            "log_loss": value("log_loss"),
            **{name: value(name) for name in (*against, "skill_vs_selection")},
            "yardstick": _records(found.yardstick),
            "calibration_in_the_large": value("calibration_in_the_large"),
            "calibration_slope": value("calibration_slope"),
            "calibration_intercept": value("calibration_intercept"),
            "ece": value("ece"),
            "ece_null": _number(found.calibration_error_by_luck),
            "prior_sample_size": _estimate(of_earlier.prior_sample_size),
            "rho": _estimate(of_earlier.rho),
            "intervals": {
                str(name): {"low": _number(row["low"]), "high": _number(row["high"])}
                for name, row in statistics.iterrows()
            },
            "reliability": _records(found.bins),
            "lists": _records(found.lists),
            "learned": _records(found.learned.changes),
            "not_written": self.refused,
            "fingerprint": self.fingerprint,
            "fingerprint_learned": found.learned.assumptions.fingerprint,
        }

    def verdict(self) -> str:
        """The verdict in one sentence."""
        found = self.result
        return sentence(
            "findings/verdict",
            verdict=found.verdict,
            n_applicants=found.n_applicants,
            years=found.years,
        )

    def figures(self) -> list[dict[str, Any]]:
        """One row a figure, for a table or a CSV file."""
        record = self.record()
        rows = []
        for name, value in record.items():
            ends = record["intervals"].get(name) or {"low": None, "high": None}
            if name in ("rho", "prior_sample_size") and value is not None:
                value, ends = value["value"], value
            if value is None or isinstance(value, int | float | str):
                row = {"figure": name, "meaning": BACKTEST_FIGURES.get(name, ""), "value": value}
                rows.append(row | {"low": ends["low"], "high": ends["high"]})
        return rows

    def reliability(self) -> pd.DataFrame:
        """Reliability diagram as its chart wants it: with what it rests on."""
        return self.result.bins.assign(**self._provenance())

    def _provenance(self) -> dict[str, str]:
        return {
            "source": drawn_from(self.fingerprint),
            "basis": "synthetic" if self.made_up else "office",
        }

    def flag_shown(self, flag: str = "") -> str:
        """The flag asked for, else the one that most graduates have; "" if none has ten."""
        return flag or commonest_flag(
            self.graduates, int(self.assumptions.value("graduates.smallest_cell"))
        )

    def by_score(self, flag: str) -> pd.DataFrame:
        """Chance by Step 2 CK with and without a flag; no row where too few graduates have it."""
        try:
            found = chance_by_score(
                self.graduates, self.result.learned, self.assumptions, flag, self.programs
            )
        except ModelError:
            return pd.DataFrame()
        return found.assign(**self._provenance())

    def yardstick(self) -> pd.DataFrame:
        """Brier score, log loss and calibration of four ways to predict, with their intervals."""
        return table("findings/yardstick_table", rows=_records(self.result.yardstick))

    def old_and_new(self) -> pd.DataFrame:
        """`changes` as a frame: assumption, old, new, low, high, graduates, learned."""
        return pd.DataFrame(self.changes()).drop(columns="why").astype({"graduates": "Int64"})

    def changes(self) -> list[dict[str, Any]]:
        """Old beside new, one row an assumption, in plain words."""
        renamed = self.result.learned.changes.rename(columns={"n": "graduates"})
        renamed.insert(0, "assumption", [learned_label(key) for key in renamed.pop("key")])
        return _records(renamed)


def backtest(
    graduates_csv: FilePath | Sequence[FilePath],
    programs_csv: FilePath = "",
    mapping_toml: FilePath = "",
    assumptions_toml: FilePath | None = None,
    overrides: Sequence[str] = (),
    learned_toml: FilePath = "",
    form: str = "",
    insist: bool = False,
) -> BacktestAnswer:
    """Score the last year's chances by what became of them, and learn from all years.

    Parameters
    ----------
    graduates_csv : path, or sequence of paths
        The office's own outcomes; several years may be several files.
    programs_csv : str or path-like
        The programs, or "": then each is a typical one of its type.
    mapping_toml : str or path-like
        A column mapping for the office's own export, or "".
    assumptions_toml : str or path-like, optional
        What is believed beforehand; the project's own without.
    overrides : sequence of str
        ``--set key=value``.
    learned_toml : str or path-like
        Where to write the learned set, which every command then takes with ``--assumptions``; ""
        writes nothing. A file that is there is not overwritten.
    form : str
        What the file holds, one of `analysis.vocabulary.FORMS`; "" looks at it.
    insist : bool
        Write the learned set even where it predicted worse than a rival, or nothing tested it. The
        set says so in ``graduates.verdict``.

    Returns
    -------
    BacktestAnswer
        ``refused`` says why the learned set was not written.

    Raises
    ------
    TableError
        If a file or the mapping cannot be used.
    RowError
        With every bad row.
    AssumptionError
        If an assumption is not understood, or the learned set cannot be written.
    """
    if str(learned_toml) and Path(learned_toml).exists():
        message = (
            f"{learned_toml} is there already; choose another name for the learned assumptions"
        )
        raise AssumptionError(message)
    many = [graduates_csv] if isinstance(graduates_csv, (str, os.PathLike)) else graduates_csv
    assumptions = read_assumptions(assumptions_toml, overrides)
    mapping = from_root(mapping_toml) if str(mapping_toml) else None
    graduates = read_graduate_files([from_root(path) for path in many], mapping)
    programs = read_if_given("programs", programs_csv)
    form = form or inclusion_form(graduates)
    if form not in FORMS:
        message = f"form {form!r}; expected one of {', '.join(FORMS)}"
        raise AssumptionError(message)
    result = run_backtest(graduates, assumptions, programs, form)
    refused = ""
    if str(learned_toml):
        name = Path(learned_toml).name
        refused = "" if insist else sentence("findings/not_written", result=result, file=name)
        if not refused:
            write_new(Path(learned_toml), result.learned.assumptions)
    sources = graduates["source"] if "source" in graduates else pd.Series(dtype="str")
    made_up = bool(sources.astype(str).str.contains("synthetic").any())
    return BacktestAnswer(
        result, assumptions.fingerprint, made_up, assumptions, graduates, programs, form, refused
    )


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _estimate(found: Estimate | None) -> dict[str, Any] | None:
    return None if found is None else asdict(found)


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    plain: list[dict[str, Any]] = rows.astype(object).where(rows.notna(), None).to_dict("records")
    return plain
