"""Old and new numbers of a set of assumptions, each with what it was learned from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from analysis.assumptions import Assumptions, Entry
from analysis.model.flags import EXAM_FAILURES
from analysis.model.graduates.clusters import Applicants
from analysis.model.graduates.overdispersion import Estimate
from analysis.model.graduates.placement import match_given_interview
from analysis.model.graduates.pooling import Pooled

__all__ = ["TOO_FEW", "Changes"]

TOO_FEW = "too few to tell"
Z_90 = 1.6448536269514722
# Three equal parts at this many standard deviations have the mean and spread of a normal.
THIRDS = 1.5**0.5
# Better evidence never counts against anyone: the scale stays above nought.
LEAST_SCALE = 0.05
SEVERAL, SEVERAL_AFTER = "preclinical_failures_multiple", "anchors.course_failure_remediated"
# A set whose anchors are over all programs is refused where screens alone explain an anchor.
ROOM = 1e-6


class Changes:
    """Numbers old and new, filled in one after the other.

    Parameters
    ----------
    assumptions : Assumptions
        What was believed before.
    years : str
        Years of the graduates, in words.
    """

    def __init__(self, assumptions: Assumptions, years: str) -> None:
        self._old = assumptions
        self._years = years
        self._new: dict[str, Entry] = {}
        self._rows: list[dict[str, object]] = []

    def frame(self) -> pd.DataFrame:
        """One row a number: key, old, new, low, high, n, learned, why."""
        columns = ["key", "old", "new", "low", "high", "n", "learned", "why"]
        return pd.DataFrame(self._rows, columns=columns).astype({"n": "Int64"})

    def assumptions(self) -> Assumptions:
        """The old set with what was learned in place."""
        return Assumptions({**self._old.entries, **self._new}, self._old.season)

    def kept(self, key: str, n: int, why: str) -> None:
        """Leave a number as it was, and say why; a count that might tell who is not shown."""
        old = float(np.mean(self._old.values(key)))
        row: dict[str, object] = {"key": key, "old": old, "new": old, "low": np.nan, "high": np.nan}
        row["n"] = n if n == 0 or n >= self._old.value("graduates.smallest_cell") else pd.NA
        self._rows.append(row | {"learned": False, "why": why})

    def _put(
        self, key: str, found: Estimate, whose: str, values: tuple[float, ...] | None = None
    ) -> None:
        old = self._old.entries[key]
        before = float(np.mean(self._old.values(key)))
        why = (
            f"Learned from {found.n} {whose}, {self._years}; 90 % interval {found.low:.3g} to "
            f"{found.high:.3g}{' (an end of the search)' if found.at_bound else ''}; it was "
            f"{before:.3g} ({old.basis})."
        )
        content = {"value": found.value} if values is None else {"values": values}
        self._new[key] = Entry.model_validate(
            {**content, "basis": "office", "why": why, "source": "the office's own graduates"}
        )
        row = {"key": key, "old": before, "new": found.value, "low": found.low, "high": found.high}
        self._rows.append(row | {"n": found.n, "learned": True, "why": why})

    def _range(self, key: str, found: Estimate, of: str) -> None:
        """Let the range of a chance know what is now known of a number."""
        self._new[key] = Entry.model_validate(
            {
                "values": (found.low, found.high),
                "basis": "office",
                "why": f"90 % interval of {of}, learned from {found.n} graduates, {self._years}.",
                "source": "the office's own graduates",
            }
        )

    def correlation(self, rho: Estimate) -> None:
        """Take the correlation over, as three equal parts that keep its uncertainty."""
        reach = (rho.high - rho.low) / 2 / Z_90 * THIRDS
        thirds = np.clip([rho.value - reach, rho.value, rho.value + reach], 0.0, 0.9)
        # Three decimals are more than anyone knows, and can be read on a chart.
        self._put("latent_correlation", rho, "graduates", tuple(round(float(x), 3) for x in thirds))

    def level(self, key: str, pooled: Pooled, people: int) -> None:
        """Take the level over: as the anchor without a flag, or as the odds of the group."""
        old = self._old.value(key)
        if key == "base_rate.group_odds":
            found = _moved(pooled, {0: 1.0}, people, lambda x: old * float(np.exp(x)))
            self._range("uncertainty.group_odds", found, "the group's odds")
        elif key == "level.shift":
            found = _moved(pooled, {0: 1.0}, people, lambda x: old + x)
        else:
            found = _moved(pooled, {0: 1.0}, people, lambda x: float(expit(logit(old) + x)))
        self._put(key, found, "graduates")

    def scale(self, pooled: Pooled, people: int) -> None:
        """Take over how much the log-odds move with score, grades, letters and research."""
        old = self._old.value("logit_scale")
        found = _moved(pooled, {1: 1.0}, people, lambda x: old * max(1 + x, LEAST_SCALE))
        self._put("logit_scale", found, "graduates")

    def anchor(self, flag: str, pooled: Pooled, column: int, n: int, *, article: bool) -> None:
        """Take a flag's anchor over; in the article's basis the level moves it too."""
        key = f"anchors.{flag}"
        # A flag never raises a chance, nor are several failures better than one, whatever a few
        # graduates' luck says.
        heavier_than = SEVERAL_AFTER if flag == SEVERAL else "anchors.none"
        most = self._now(heavier_than)
        read = self._share_that_reads(flag)
        old = float(logit(self._old.value(key) / read))

        def chance(shift: float) -> float:
            return min(float(expit(old + shift)), most - ROOM * (read < 1)) * read

        least = int(
            max(
                self._old.value("graduates.least_flagged"),
                self._old.value("graduates.smallest_cell"),
            )
        )
        if n >= least:
            found = _moved(pooled, {0: float(article), column: 1.0}, n, chance)
            self._put(key, found, "graduates with this flag")
            return
        why = f"{_counted(n, least)} graduates with this flag; {TOO_FEW} under {least}"
        self.kept(key, n, why)
        if article:
            content = {"value": chance(float(pooled.shift[0])), "basis": "office"}
            why = f"Takes off what it did, from the office's level: {why}, {self._years}."
            self._new[key] = Entry.model_validate(
                content | {"why": why, "source": self._old.entries[key].source}
            )
            self._rows[-1] |= {"new": content["value"], "why": why}

    def _now(self, key: str) -> float:
        """Value as it stands after what was learned so far."""
        entry = self._new.get(key, self._old.entries[key])
        return float(str(entry.content))

    def _share_that_reads(self, flag: str) -> float:
        """Share of programs that do not screen the flag out, where anchors are over all of them."""
        if self._old.text("anchor_basis") != "population" or flag not in EXAM_FAILURES:
            return 1.0
        return 1 - self._old.value("auto_screen_share")

    def placement(
        self, applicants: Applicants, pooled: Pooled, rho: float, matched: pd.Series
    ) -> None:
        """Take match given interview over, if enough were interviewed and some matched."""
        key = "match_given_interview"
        least = int(self._old.value("graduates.least_interviewed"))
        per_person = np.add.reduceat(applicants.outcome, applicants.start)
        interviewed = int((per_person > 0).sum())
        if interviewed < least or not (matched == 1).any():
            self.kept(key, interviewed, f"{interviewed} interviewed graduates; {TOO_FEW}")
            return
        found = match_given_interview(applicants, pooled.shift, rho, matched)
        self._put(key, found, "interviewed graduates")
        self._range(f"uncertainty.{key}", found, "match given interview")


def _moved(
    pooled: Pooled, unit: dict[int, float], n: int, number: Callable[[float], float]
) -> Estimate:
    """Estimate of a number that a sum of shifts moves."""
    weight = np.zeros(len(pooled.shift))
    weight[list(unit)] = list(unit.values())
    moved = float(weight @ pooled.shift)
    reach = Z_90 * float(np.sqrt(weight @ pooled.covariance @ weight))
    return Estimate(number(moved), number(moved - reach), number(moved + reach), n)


def _counted(n: int, least: int) -> str:
    """Say a number, unless it is so small that someone might be recognised."""
    return str(n) if n == 0 or n >= least else f"fewer than {least}"
