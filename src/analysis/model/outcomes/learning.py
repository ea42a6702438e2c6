"""A set of assumptions moved by the office's own graduates, as far as they can tell.

Each number that is learned carries how many graduates stand behind it, its interval, and what it
was before; each that is not says why (docs/methods-graduates.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, logsumexp, ndtr, ndtri

from analysis.arrays import Floats
from analysis.assumptions import Assumptions, Entry
from analysis.errors import ModelError
from analysis.model.correlation import answers_at, hermite
from analysis.model.outcomes.graduates import CLOSED, RELIEF, SLOPES
from analysis.model.outcomes.posterior import (
    SPARSE,
    Applicants,
    Estimate,
    Posterior,
    Prior,
    design_effect,
    estimate_of,
    most_probable,
    on_a_grid,
    posterior,
    prior_sample_size,
)
from analysis.model.parameters import CLASSES, FLAGS, chance_parameters, heaviest_first
from analysis.model.parameters import RELIEF as CLASS_OF
from analysis.model.profile import LEAVE
from analysis.vocabulary import EXAM_FAILURES

TOO_FEW = "too few to tell"
# Better evidence never counts against anyone: a slope stays above nought.
LEAST_SLOPE = 0.02
MOST_RELIEF = 0.95
ONE, SEVERAL = "course_failure_remediated", "preclinical_failures_multiple"
# A set is refused where a leave takes nothing off, and, with anchors over all programs, where
# screens alone explain an anchor.
ROOM = 1e-6
# Correlations of ranking decisions that r is averaged over: graduates say little of it.
RANKING_RHO = np.array([0.0, 0.2, 0.4, 0.6])
RATE_GRID = np.linspace(0.01, 0.99, 15)
# Columns before the flags: the level, the slopes, the reliefs.
SHARED = ("level", *SLOPES, *RELIEF)
OWN_KINDS = ["level"] + ["slope"] * len(SLOPES) + ["relief"] * len(RELIEF) + ["flag"] * len(FLAGS)
SLOPE, SHARE = slice(1, 1 + len(SLOPES)), slice(1 + len(SLOPES), len(SHARED))
# How far a share may lie from the assumed one where the model's lines are taken.
FARTHEST_SHARE = 0.35
# What else strays, each around its mean, and the column that tells it.
NUISANCES = {
    "type": "program_type",
    "specialty": "specialty",
    "degree": "degree",
    "signal": "signal",
}


@dataclass(frozen=True)
class Fit:
    """Draws of all shifts, and the lines in them that stand for the model."""

    near: Assumptions  # where the lines touch the model
    shift: Floats  # shape (c,): That point, in shifts of ``names``
    draws: Floats  # shape (draws, c + d): Shifts of ``names``, then of what strays by itself
    rows: pd.Index  # applications learned from
    others: Floats  # shape (rows, d): Indicators of what strays by itself
    names = (*SHARED, *FLAGS)

    def straightened(self, exposures: Floats) -> Floats:
        """Exposures taken at ``near`` as slopes in the shifts, shares of the old slopes."""
        own = exposures.copy()
        own[:, SLOPE] /= 1 + self.shift[SLOPE]
        return own


@dataclass(frozen=True)
class Learned:
    """What the graduates' outcomes say."""

    assumptions: Assumptions  # the old set with what was learned in place
    changes: pd.DataFrame  # one row a number: key, old, new, low, high, n, learned, why
    # rho, prior_sample_size: Correlation of one graduate's answers; how many applications the
    # survey is worth.
    rho: Estimate | None = None
    prior_sample_size: Estimate | None = None
    # Indexed by number: value, low, high of what a reader asks: log-odds of ten points of Step 2
    # CK, of each other component from worst to best, and the counter-signal, the log-odds by which
    # twenty points from 235 to 255 do more for graduates with a flag of that class than for those
    # without. A draw is not bounded, so an interval may hold numbers below 0.
    slopes: pd.DataFrame | None = None
    fit: Fit | None = None


def learned_assumptions(
    chances_under: Callable[[Assumptions], pd.DataFrame],
    assumptions: Assumptions,
    form: str = "applications",
) -> Learned:
    """Slopes, anchors, relief, level, correlation and match given interview, learned."""
    # The survey's log-odds are the offset; shifts of level, of the slope of each component, of the
    # relief of each class of flags, of flags, kinds of program, specialties, degrees and signals
    # are what is learned. Under the sizes of ``graduates.least_*`` a number stays as it was, and
    # says so. ``chances_under`` gives the same rows each time. Of `analysis.vocabulary.FORMS`,
    # interviews alone teach only what follows them; of matched graduates the likelihood is that
    # given a match.
    chances = chances_under(assumptions)
    rows = chances[chances["left_out"] == ""]
    if form == "matched":
        rows = rows[~rows["graduate_id"].isin(in_doubt(chances))]
    people = int(rows["graduate_id"].nunique())
    least = int(assumptions.value("graduates.least_learned"))
    table = _Changes(assumptions, _years(rows))
    said = ""
    if people < least:
        said = f"{_counted(people, table.least)} graduates with a chance to compare"
        said += f"; {TOO_FEW} under {least}"
    elif form == "interviews":
        said = "a file of interviews alone does not tell what wins one"
    elif rows["interviewed"].nunique() < 2:
        answered = "every" if rows["interviewed"].iloc[0] == 1 else "no"
        said = f"{answered} application led to an interview; there is nothing to compare"
    if said:
        keys = [f"anchors.{flag}" for flag in FLAGS]
        keys += [_level_key(rows), *(f"weights.{name}" for name in SLOPES), "latent_correlation"]
        for key in keys:
            table.kept(key, people, said)
        if people < least or form != "interviews":
            table.kept("match_given_interview", people, said)
        else:
            table.placement(chances)
        return Learned(table.assumptions(), table.frame())

    others, kinds, cell = _nuisances(rows, assumptions)
    kinds = [*OWN_KINDS, *kinds]
    priors = _priors(assumptions)

    def applicants_at(moved: Assumptions, shift: Floats) -> Applicants:
        """Outcomes with log-odds that are straight lines in the shifts, touching the model."""
        # Slopes, flags, relief and the level they leave a program work together; a line touching at
        # what was believed would be off where the graduates say something else.
        there = chances_under(moved).loc[rows.index]
        own = there[[f"exposure_{name}" for name in (*SHARED, *FLAGS)]].to_numpy(dtype=np.float64)
        own[:, SLOPE] /= 1 + shift[SLOPE]
        return Applicants.of(
            rows["interviewed"],
            there["logit"] - own @ shift,
            np.hstack([own, others]),
            rows["graduate_id"],
            opening=rows["gate"],
            highest=assumptions.value("highest_chance"),
            places=_places(assumptions) if form == "matched" else None,
        )

    begun = applicants_at(assumptions, np.zeros(len(OWN_KINDS)))
    top = most_probable(begun, kinds, priors)
    near, shift = _moved(assumptions, top[: len(OWN_KINDS)])
    applicants = applicants_at(near, shift)
    found = posterior(
        applicants,
        kinds,
        priors,
        sparse=_sparse(rows, kinds.index("flag")),
        seed=int(assumptions.value("graduates.seed")),
        begin=top,
    )
    table.correlation(found.rho)
    table.level(_level_key(rows), found.draws[:, 0], people)
    table.slopes(found.draws[:, 1 : 1 + len(SLOPES)], people)
    for column, flag in enumerate(FLAGS, start=len(SHARED)):
        having = rows.loc[rows["red_flags"].map(lambda own, f=flag: f in own), "graduate_id"]
        table.anchor(flag, found, column, int(having.nunique()), article=_article(rows))
    table.reliefs(found.draws, rows)
    table.several_after_one()
    if form == "matched":
        why = "a file of matched graduates alone does not tell how many match"
        table.kept("match_given_interview", people, why)
    else:
        table.placement(chances)
    worth = _survey_worth(rows, cell, applicants, found, assumptions)
    slopes = _slopes(found, rows, assumptions, near, people)
    fit = Fit(near, shift, found.draws, rows.index, others)
    return Learned(table.assumptions(), table.frame(), found.rho, worth, slopes, fit)


def in_doubt(chances: pd.DataFrame) -> set[str]:
    """Graduates who may have matched at an application that is left out."""
    # Those of whom it is known how likely a match was, sent none whose chance is not known. A
    # program that closed its gate took nobody.
    unknown = (chances["left_out"] != "") & (
        (chances["left_out"] != CLOSED) | (chances["interviewed"] == 1)
    )
    return set(chances.loc[unknown, "graduate_id"])


def _moved(assumptions: Assumptions, shift: Floats) -> tuple[Assumptions, Floats]:
    """Assumptions with slopes, flags and relief shifted, and the shift that it came to."""
    # Only to take the model's lines from: the level, which is a line anyway, stays.
    at = np.zeros_like(shift)
    at[SLOPE] = np.maximum(shift[SLOPE], LEAST_SLOPE - 1)
    at[SHARE] = np.clip(shift[SHARE], -FARTHEST_SHARE, FARTHEST_SHARE)
    before = chance_parameters(assumptions)
    gamma = np.array([before.gamma[flag] for flag in FLAGS])
    at[len(SHARED) :] = np.minimum(gamma + shift[len(SHARED) :], -LEAST_SLOPE) - gamma
    weights = assumptions.weights
    slopes = np.array([weights[name] for name in SLOPES]) * (1 + at[SLOPE])
    rest = 1 - weights["red_flags"]
    values: dict[str, float] = {"logit_scale": before.logit_scale * slopes.sum() / rest}
    values |= {f"weights.{n}": rest * s / slopes.sum() for n, s in zip(SLOPES, slopes, strict=True)}
    for severity, moved in zip(RELIEF.values(), at[SHARE], strict=True):
        keys = _shares(severity)
        values |= {key: assumptions.value(key) + moved for key in keys}
    for flag, own in zip(FLAGS, gamma + at[len(SHARED) :], strict=True):
        values[f"anchors.{flag}"] = expit(before.spotless + own) * _read_share(flag, assumptions)
    entries = {
        key: assumptions.entries[key].model_copy(update={"value": float(value)})
        for key, value in values.items()
    }
    return Assumptions({**assumptions.entries, **entries}, assumptions.season), at


def _read_share(flag: str, assumptions: Assumptions) -> float:
    """Share of programs that do not screen the flag out, where anchors are over all of them."""
    if assumptions.text("anchor_basis") != "population" or flag not in EXAM_FAILURES:
        return 1.0
    return 1 - assumptions.value("auto_screen_share")


def _nuisances(
    rows: pd.DataFrame, assumptions: Assumptions
) -> tuple[Floats, list[str], NDArray[np.intp]]:
    """Indicators of what strays by itself, the kind of each, and the cell of each row."""
    # An office may stand better in one specialty than its season says; left out, that would pass
    # for graduates whose answers fall together, and flatten the slopes.
    columns, kinds = [], []
    for kind, name in NUISANCES.items():
        words = rows[name].fillna("none")
        known = np.array(sorted(words.unique()), dtype=object)
        at = (words.to_numpy(dtype=object)[:, None] == known).astype(np.float64)
        # Around their means: the level, which is written down, stands for all.
        columns.append(at - at.mean(axis=0))
        kinds += [kind] * len(known)
    cell = _cells(rows, assumptions)
    columns.append((cell[:, None] == np.arange(cell.max() + 1)).astype(np.float64))
    return np.hstack(columns), kinds + ["cell"] * columns[-1].shape[1], cell


def _priors(assumptions: Assumptions) -> dict[str, Prior]:
    spread = Prior(assumptions.value("graduates.effect_sd"), pooled=True)
    return {
        "level": Prior(assumptions.value("graduates.level_sd")),
        "slope": Prior(assumptions.value("graduates.slope_sd")),
        "relief": Prior(assumptions.value("graduates.relief_sd")),
        # A cell of flag and kind of program may stray by itself; left out, its straying would
        # pass for graduates whose answers fall together.
        "cell": Prior(assumptions.value("graduates.cell_sd"), pooled=True),
        **dict.fromkeys(("flag", *NUISANCES), spread),
    }


def _sparse(rows: pd.DataFrame, first: int) -> list[int]:
    """Columns of flags with hardly an interview, or hardly a refusal."""
    found = []
    for column, flag in enumerate(FLAGS, start=first):
        got = rows.loc[rows["red_flags"].map(lambda own, f=flag: f in own), "interviewed"]
        if len(got) and min(got.sum(), len(got) - got.sum()) < SPARSE:
            found.append(column)
    return found


def _cells(rows: pd.DataFrame, assumptions: Assumptions) -> NDArray[np.intp]:
    """Cell of each row: the heaviest of the graduate's flags, by kind of program."""
    anchors = assumptions.group("anchors")
    flag = [(*heaviest_first(flags, anchors), "none")[0] for flags in rows["red_flags"]]
    words = pd.Series(flag, dtype="str") + " at " + rows["program_type"].astype(str).to_numpy()
    return np.asarray(pd.factorize(words, sort=True)[0])


def _slopes(
    found: Posterior, rows: pd.DataFrame, assumptions: Assumptions, near: Assumptions, people: int
) -> pd.DataFrame:
    """Slopes and counter-signal in log-odds, whatever a set of assumptions can hold."""
    width = assumptions.value("scale.step2_best") - assumptions.value("scale.step2_worst")
    estimates: dict[str, Estimate] = {}
    for column, name in enumerate(SLOPES, start=1):
        full = assumptions.value("logit_scale") * assumptions.weights[name]
        part = 10 / width if name == "step2_ck" else 1.0
        estimates[name] = estimate_of(full * part * (1 + found.draws[:, column]), people)
    for name, severity in RELIEF.items():
        having = int(rows.loc[_has(rows, severity), "graduate_id"].nunique())
        if having >= assumptions.value("graduates.smallest_cell"):
            gain = _counter_signal(found.draws, rows, severity, assumptions, near)
            estimates[f"counter_signal_{name.removeprefix('relief_')}"] = estimate_of(gain, having)
    rows_of = [(e.value, e.low, e.high, e.n) for e in estimates.values()]
    return pd.DataFrame(rows_of, index=list(estimates), columns=["value", "low", "high", "n"])


def _shares(*severities: str) -> list[str]:
    return [f"relief.{kind}.{severity}" for severity in severities for kind in CLASSES]


def _flags_of(severity: str) -> list[str]:
    return [flag for flag in FLAGS if CLASS_OF[flag] == severity]


def _has(rows: pd.DataFrame, severity: str) -> pd.Series:
    those = set(_flags_of(severity))
    return rows["red_flags"].map(lambda own: bool(those & set(own))).astype(bool)


def _counter_signal(
    draws: Floats, rows: pd.DataFrame, severity: str, assumptions: Assumptions, near: Assumptions
) -> Floats:
    """Log-odds that a full score takes off a flag of a class, beyond what it does without one."""
    # Linear in the draws about ``near``, as the likelihood is; over the flags that someone has.
    key = f"relief.moderate.{severity}"
    old, new = chance_parameters(assumptions).gamma, chance_parameters(near).gamma
    seen = {flag for own in rows["red_flags"] for flag in own}
    flags = [flag for flag in _flags_of(severity) if flag in seen]
    columns = [len(SHARED) + FLAGS.index(flag) for flag in flags]
    weight = -np.mean([old[flag] for flag in flags]) - draws[:, columns].mean(axis=1)
    share = assumptions.value(key) + draws[:, SHARED.index(f"relief_{severity}")]
    at, weight_at = near.value(key), -np.mean([new[flag] for flag in flags])
    return np.asarray(weight * at / (1 - at) + weight_at * (share - at) / (1 - at) ** 2)


def _places(assumptions: Assumptions) -> tuple[Floats, Floats]:
    """Log-weights and chances of a match after an interview, as strewn between graduates."""
    rate, rho = assumptions.value("match_given_interview"), float(RANKING_RHO.mean())
    nodes, weights = hermite(7)
    return np.log(weights), answers_at(np.asarray(ndtri(rate)), rho, nodes)


def _survey_worth(
    rows: pd.DataFrame,
    cell: NDArray[np.intp],
    applicants: Applicants,
    found: Posterior,
    assumptions: Assumptions,
) -> Estimate | None:
    """Worth of the survey over cells of flag and kind of program."""
    fitted = np.empty(len(rows))
    fitted[applicants.order] = applicants.shifted(found.shift)[0]
    effect = design_effect(fitted, rows["graduate_id"], cell, found.rho.value)
    trials = np.bincount(cell)
    said = np.bincount(cell, rows["interview_chance"].to_numpy()) / trials
    got = np.bincount(cell, rows["interviewed"].to_numpy(dtype=np.float64))
    try:
        cap = assumptions.value("graduates.survey_worth_cap")
        return prior_sample_size(got / effect, trials / effect, said, cap)
    except ModelError:
        return None


def _article(rows: pd.DataFrame) -> bool:
    return bool((rows["chance_basis"] == "article").all())


def _level_key(rows: pd.DataFrame) -> str:
    """What carries the level: a shift of all levels; in the article's bases an anchor or odds."""
    if len(rows) and bool((rows["chance_basis"] == "identity").all()):
        return "level.shift"
    return "anchors.none" if _article(rows) else "base_rate.group_odds"


def _years(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "no year"
    first, last = int(rows["year"].min()), int(rows["year"].max())
    return str(first) if first == last else f"{first} to {last}"


class _Changes:
    """Numbers old and new, filled in one after the other."""

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

    def kept(self, key: str, n: int, why: str, low: float = np.nan, high: float = np.nan) -> None:
        """Leave a number as it was, and say why; a count that might tell who is not shown."""
        shown = n if n == 0 or n >= self._old.value("graduates.smallest_cell") else pd.NA
        self._row(key, self._before(key), low, high, shown, why)

    def _before(self, key: str) -> float:
        return float(np.mean(self._old.values(key)))

    def _row(
        self, key: str, new: float, low: float, high: float, n: Any, why: str, learned: bool = False
    ) -> None:
        numbers = {"old": self._before(key), "new": new, "low": low, "high": high, "n": n}
        self._rows.append({"key": key, **numbers, "learned": learned, "why": why})

    def _put(
        self, key: str, found: Estimate, whose: str, values: tuple[float, ...] | None = None
    ) -> None:
        why = (
            f"Learned from {found.n} {whose}, {self._years}; 90% interval {found.low:.3g} to "
            f"{found.high:.3g}; it was {self._before(key):.3g} ({self._old.entries[key].basis})."
        )
        self._enter(key, found.value if values is None else values, why)
        self._row(key, found.value, found.low, found.high, found.n, why, learned=True)

    def _enter(self, key: str, content: float | tuple[float, ...], why: str) -> None:
        self._new[key] = Entry.of(content, "office", why, "the office's own graduates")

    def _range(self, key: str, found: Estimate, of: str) -> None:
        """Let the range of a chance know what is now known of a number."""
        why = f"90% interval of {of}, learned from {found.n} graduates, {self._years}."
        self._enter(key, (found.low, found.high), why)

    def correlation(self, rho: Estimate) -> None:
        """Take the correlation over, as three equal parts that keep its uncertainty."""
        key = "latent_correlation"
        if rho.at_bound:
            why = f"the graduates say only that it is at most {rho.high:.2g}; {TOO_FEW}"
            if rho.low > 1 - rho.high:
                why = f"the graduates say only that it is at least {rho.low:.2g}; {TOO_FEW}"
            self.kept(key, rho.n, why, low=rho.low, high=rho.high)
            return
        # Three equal parts at 1.22 standard deviations have the mean and spread of a normal.
        reach = (rho.high - rho.low) / 2 / float(ndtri(0.95)) * 1.5**0.5
        thirds = np.clip([rho.value - reach, rho.value, rho.value + reach], 0.0, 0.9)
        # Three decimals are more than anyone knows, and can be read on a chart.
        self._put(key, rho, "graduates", tuple(round(float(x), 3) for x in thirds))

    def level(self, key: str, shift: Floats, people: int) -> None:
        """Take the level over: as the anchor without a flag, odds of the group, or a shift."""
        old = self._old.value(key)
        if key == "base_rate.group_odds":
            found = estimate_of(old * np.exp(shift), people)
            self._range("uncertainty.group_odds", found, "the group's odds")
        elif key == "level.shift":
            found = estimate_of(old + shift, people)
        else:
            found = estimate_of(expit(logit(old) + shift), people)
        self._put(key, found, "graduates")

    def slopes(self, shift: Floats, people: int) -> None:
        """Take the slope of each component over, as weights and the scale that goes with them."""
        # The red flags' weight stays: anchors say what a flag does.
        scale, weights = self._old.value("logit_scale"), self._old.weights
        rest = 1 - weights["red_flags"]
        old = scale * np.array([weights[name] for name in SLOPES])
        drawn = old * np.maximum(1 + shift, LEAST_SLOPE)
        middle = np.median(drawn, axis=0)
        together = float(middle.sum())
        found = estimate_of(drawn.sum(axis=1) / rest, people)
        scale_found = Estimate(together / rest, found.low, found.high, people)
        self._put("logit_scale", scale_found, "graduates")
        shares = (rest * drawn / drawn.sum(axis=1, keepdims=True)).T
        for name, own, value in zip(SLOPES, shares, middle, strict=True):
            ends, share = estimate_of(own, people), rest * float(value) / together
            low, high = min(ends.low, share), max(ends.high, share)
            self._put(f"weights.{name}", Estimate(share, low, high, people), "graduates")

    def reliefs(self, draws: Floats, rows: pd.DataFrame) -> None:
        """Take over what share of a flag's weight a high score takes off, class by class."""
        least = self.least
        for severity in RELIEF.values():
            having = int(rows.loc[_has(rows, severity), "graduate_id"].nunique())
            keys = _shares(severity)
            if having < least:
                why = f"{_counted(having, least)} graduates with such a flag; {TOO_FEW}"
                for key in keys:
                    self._relief_kept(key, severity, having, f"{why} under {least}")
                continue
            before = self._old.value(f"relief.moderate.{severity}")
            moved = estimate_of(draws[:, SHARED.index(f"relief_{severity}")], having)
            if not 0 < before + moved.value < MOST_RELIEF:
                share = f"{before + moved.low:.2g} to {before + moved.high:.2g}"
                why = f"the graduates say {share}, and no share of a weight is known; {TOO_FEW}"
                for key in keys:
                    self._relief_kept(key, severity, having, why)
                continue
            for key in keys:
                self._relief(key, severity, moved)

    def _relief(self, key: str, severity: str, moved: Estimate) -> None:
        """Move one share by what its class moved, within what a share can be."""
        old, most = self._old.value(key), self._most_relief(key, severity)
        raw = old + moved.value
        value = float(np.clip(raw, 0, most))
        low, high = (float(np.clip(old + end, 0, MOST_RELIEF)) for end in (moved.low, moved.high))
        if value == raw:
            found = Estimate(value, low, high, moved.n)
            self._put(key, found, "graduates with such a flag")
            return
        why = f"Follows its class as far as it can ({raw:.2g} wanted), {self._years}."
        self._enter(key, value, why)
        self._row(key, value, low, high, moved.n, why)

    def _most_relief(self, key: str, severity: str) -> float:
        """What a share can be: a high score never takes more off a heavier class."""
        if severity == "minor":
            return MOST_RELIEF
        return self._now(key.replace(severity, "minor" if severity == "major" else "major"))

    def _relief_kept(self, key: str, severity: str, n: int, why: str) -> None:
        """Leave one share as it was, or where the lighter class now is if that is less."""
        self.kept(key, n, why)
        most = self._most_relief(key, severity)
        if most < self._old.value(key):
            self._follows(key, most, f"No more than a lighter class: {why}")

    def _follows(self, key: str, value: float, why: str) -> None:
        """Let the number of the last row that has the key follow others, which is not learned."""
        self._enter(key, value, f"{why}, {self._years}.")
        row = next(row for row in reversed(self._rows) if row["key"] == key)
        row |= {"new": value, "why": why}

    def anchor(self, flag: str, found: Posterior, column: int, n: int, *, article: bool) -> None:
        """Take a flag's anchor over; in the article's basis the level moves it too."""
        key = f"anchors.{flag}"
        # A flag never raises a chance, whatever a few graduates' luck says.
        read = _read_share(flag, self._old)
        most = self._now("anchors.none") - ROOM * (read < 1 or flag == LEAVE)
        old = float(logit(self._old.value(key) / read))
        level = found.draws[:, 0] * float(article)

        def chance(shift: Floats) -> Floats:
            return np.minimum(expit(old + shift), most) * read

        least = self.least
        if n >= least:
            drawn = chance(level + found.draws[:, column])
            self._put(key, estimate_of(drawn, n), "graduates with this flag")
            return
        why = f"{_counted(n, least)} graduates with this flag; {TOO_FEW} under {least}"
        self.kept(key, n, why)
        if article:
            value = float(np.median(chance(level)))
            why = f"Takes off what it did, from the office's level: {why}, {self._years}."
            self._enter(key, value, why)
            self._rows[-1] |= {"new": value, "why": why}

    def several_after_one(self) -> None:
        """Let several failures be no better than one at any score, whatever was learned."""
        key, one = f"anchors.{SEVERAL}", f"anchors.{ONE}"
        spotless = float(logit(self._now("anchors.none")))
        ours, theirs = (CLASS_OF[flag] for flag in (ONE, SEVERAL))

        def stays(kind: str, severity: str, reached: int) -> float:
            own, anchored = (self._now(f"relief.{k}.{severity}") for k in (kind, "moderate"))
            return (1 - own * reached) / (1 - anchored)

        # What stays of a flag is a straight line in the score, so the ends tell.
        farthest = max(stays(k, ours, t) / stays(k, theirs, t) for k in CLASSES for t in (0, 1))
        most = float(expit(spotless + farthest * (logit(self._now(one)) - spotless)))
        most = min(most, self._now(one))
        row = next(row for row in self._rows if row["key"] == key)
        if self._now(key) <= most or not self._new.keys() & {key, one, *_shares(ours, theirs)}:
            return
        if row["learned"]:
            value, low, high = (min(float(str(row[end])), most) for end in ("new", "low", "high"))
            at, n = self._rows.index(row), int(str(row["n"]))
            self._put(key, Estimate(value, low, high, n), "graduates with this flag")
            self._rows[at] = self._rows.pop()
        else:
            self._follows(key, most, f"No better than one failure: {row['why']}")

    @property
    def least(self) -> int:
        """Fewest graduates with a flag of whom anything is said."""
        names = ("least_flagged", "smallest_cell")
        return int(max(self._old.value(f"graduates.{name}") for name in names))

    def _now(self, key: str) -> float:
        """Value as it stands after what was learned so far."""
        return float(str(self._new.get(key, self._old.entries[key]).content))

    def placement(self, rows: pd.DataFrame) -> None:
        """Take match given interview over, if enough were interviewed and some matched."""
        # From every application, one without a chance too: whoever matched there is not unmatched.
        applicants = Applicants.of(
            rows["interviewed"], np.zeros(len(rows)), np.ones((len(rows), 1)), rows["graduate_id"]
        )
        matched = rows["matched"]
        key = "match_given_interview"
        least = int(self._old.value("graduates.least_interviewed"))
        per_person = np.add.reduceat(applicants.outcome, applicants.start)
        interviewed = int((per_person > 0).sum())
        if interviewed < least:
            shown = _counted(interviewed, int(self._old.value("graduates.smallest_cell")))
            why = f"{shown} interviewed graduates; {TOO_FEW} under {least}"
            self.kept(key, interviewed, why)
            return
        if not (matched == 1).any():
            why = f"of {interviewed} interviewed graduates none is known to have matched; {TOO_FEW}"
            self.kept(key, interviewed, why)
            return
        rate = match_given_interview(applicants, matched)
        if rate.at_bound:
            self.kept(key, interviewed, f"no number fits better than the last one; {TOO_FEW}")
            return
        self._put(key, rate, "interviewed graduates")
        self._range(f"uncertainty.{key}", rate, "match given interview")


def match_given_interview(applicants: Applicants, matched: ArrayLike) -> Estimate:
    """Chance, in [.01, .99], that an interview ends in a place, from who of them matched."""
    # A graduate with n interviews stays unmatched if every one said no. Ranking decisions about one
    # graduate come together by a factor of their own, not by the one that wins interviews, and how
    # far is averaged over. ``matched`` has a 1 for each row matched there; n counts graduates with
    # an interview.
    there = np.asarray(matched, dtype=np.float64)[applicants.order]
    interviews = np.add.reduceat(applicants.outcome, applicants.start)
    placed = np.add.reduceat(np.nan_to_num(there), applicants.start) > 0
    seen = interviews > 0
    if not seen.any():
        message = "no graduate was interviewed: match given interview cannot be learned"
        raise ModelError(message)
    count, cases = np.unique(
        np.column_stack([interviews[seen], placed[seen]]), axis=0, return_counts=True
    )
    nodes, weights = hermite(40)
    log_weights = np.log(weights)

    def log_likelihood(rate: float) -> float:
        each = []
        for rho in RANKING_RHO:
            given = ndtr((ndtri(rate) + np.sqrt(rho) * nodes) / np.sqrt(1 - rho))
            refused = np.log1p(-np.minimum(given, 1 - 1e-12))[:, None] * count[:, 0]
            none = np.minimum(logsumexp(refused + log_weights[:, None], axis=0), -1e-12)
            some = np.log(-np.expm1(none))
            each.append(float(cases @ np.where(count[:, 1] > 0, some, none)))
        return float(logsumexp(each))

    return on_a_grid(log_likelihood, RATE_GRID, int(seen.sum()))


def _counted(n: int, least: int) -> str:
    """Say a number, unless it is so small that someone might be recognized."""
    return str(n) if n == 0 or n >= least else f"fewer than {least}"
