"""The level of a program: how selective it is among its own applicants (section 3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.flags import FLAGS
from analysis.model.parameters import Number

__all__ = ["ProgramLevels", "base_rate_level", "program_levels"]


@dataclass(frozen=True)
class ProgramLevels:
    """What the chance needs to know of programs; arrays of shape (programs,)."""

    prestige: NDArray[np.float64]
    tolerance: NDArray[np.float64]
    flag_tolerance: dict[str, NDArray[np.float64]]
    own_conduct_tolerance: NDArray[np.bool_]
    applicant_step2: dict[str, NDArray[np.float64]]
    rate: NDArray[np.float64] | None
    imputed: NDArray[Any]

    def at(self, programs: NDArray[np.int64]) -> ProgramLevels:
        """Levels of some of the programs, still in the basis of all."""
        shared = {id(values): values[programs] for values in self.flag_tolerance.values()}
        return ProgramLevels(
            prestige=self.prestige[programs],
            tolerance=self.tolerance[programs],
            flag_tolerance={flag: shared[id(v)] for flag, v in self.flag_tolerance.items()},
            own_conduct_tolerance=self.own_conduct_tolerance[programs],
            applicant_step2={kind: v[programs] for kind, v in self.applicant_step2.items()},
            rate=None if self.rate is None else self.rate[programs],
            imputed=self.imputed[programs],
        )

    @property
    def basis(self) -> str:
        """``article`` or ``base_rate``."""
        return "article" if self.rate is None else "base_rate"


def program_levels(programs: pd.DataFrame, assumptions: Assumptions) -> ProgramLevels:
    """Levels of the programs of one list, all in one basis."""
    count = len(programs)
    imputed: list[list[str]] = [[] for _ in range(count)]

    def column(name: str) -> NDArray[np.float64]:
        if name not in programs:
            return np.full(count, np.nan)
        return programs[name].to_numpy(dtype=float)

    def filled(values: NDArray[np.float64], fill: NDArray[np.float64], name: str) -> Any:
        for at in np.flatnonzero(np.isnan(values)):
            imputed[at].append(name)
        return np.where(np.isnan(values), fill, values)

    usual_of_type = assumptions.group("program_types")
    types = programs["program_type"].to_numpy(dtype=object)
    unknown = sorted({str(kind) for kind in types if f"{kind}.prestige" not in usual_of_type})
    if unknown:
        message = f"unknown program_type {unknown[0]!r}"
        raise ModelError(message)

    def of_type(name: str) -> NDArray[np.float64]:
        return np.array([usual_of_type[f"{kind}.{name}"] for kind in types], dtype=float)

    prestige = filled(column("prestige"), of_type("prestige"), "prestige")
    tolerance = filled(column("red_flag_tolerance"), of_type("tolerance"), "red_flag_tolerance")
    own = {flag: column(f"tolerance_{flag}") for flag in FLAGS}
    general = assumptions.group("applicants")
    reference = assumptions.value("reference.prestige")
    usual = general["step2_mean"] + general["per_prestige"] * (prestige - reference)
    given = column("applicant_step2")
    rate = _rates(programs, column, imputed, assumptions)
    return ProgramLevels(
        prestige=prestige,
        tolerance=tolerance,
        # One array for all flags without a tolerance of their own: the penalty tells by that.
        flag_tolerance={
            flag: tolerance if np.isnan(v).all() else np.where(np.isnan(v), tolerance, v)
            for flag, v in own.items()
        },
        own_conduct_tolerance=~np.isnan(own["professionalism"]),
        applicant_step2={
            kind: np.where(np.isnan(given), usual + general[kind], given)
            for kind in ("ultra", "moderate", "less")
        },
        rate=rate,
        imputed=np.array([";".join(names) for names in imputed], dtype=object),
    )


def _rates(
    programs: pd.DataFrame, column: Any, imputed: list[list[str]], assumptions: Assumptions
) -> NDArray[np.float64] | None:
    offered, received = column("interviews_offered"), column("applications_received")
    if np.any(received <= 0) or np.any(offered > received) or np.any(offered < 0):
        message = "interviews_offered must lie between 0 and applications_received, which is over 0"
        raise ModelError(message)
    least, most = assumptions.value("base_rate.least"), assumptions.value("base_rate.most")
    rates = pd.Series(np.clip(offered / received, least, most), index=programs.index)
    known = rates.notna()
    if not known.any() or known.mean() < assumptions.value("base_rate.share_needed"):
        return None
    for at in np.flatnonzero(~known.to_numpy()):
        imputed[at].append("interviews_offered")
    by_type = rates.groupby([programs["specialty"], programs["program_type"]]).transform("median")
    by_specialty = rates.groupby(programs["specialty"]).transform("median")
    filled = rates.fillna(by_type).fillna(by_specialty).fillna(rates.median())
    return np.asarray(filled, dtype=float)


def base_rate_level(
    rate: ArrayLike, group_odds: Number, spotless: Number, assumptions: Assumptions
) -> NDArray[np.float64]:
    """Log-odds by which a program's counts move its level (section 3.3)."""
    rates = np.asarray(rate, dtype=float)
    slope, cap = assumptions.value("base_rate.pool_slope"), assumptions.value("base_rate.pool_cap")
    level = logit(rates) + slope * np.minimum(rates, cap) + np.log(group_odds) - spotless
    return np.asarray(level, dtype=float)
