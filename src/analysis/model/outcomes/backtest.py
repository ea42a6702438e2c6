"""The whole back-test: learn from earlier years, score the last, and say what it is worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import expit

from analysis.arrays import Floats
from analysis.assumptions import Assumptions, Entry
from analysis.errors import ModelError
from analysis.model.choice.greedy import greedy
from analysis.model.correlation import mechanism, scenarios
from analysis.model.outcomes.calibration import (
    BrierParts,
    applicant_intervals,
    brier,
    brier_parts,
    calibration_in_the_large,
    calibration_line,
    ece,
    ece_null,
    knowing_columns,
    log_loss,
    reliability,
    skill,
    temporal_split,
)
from analysis.model.outcomes.graduates import application_chances
from analysis.model.outcomes.learning import TOO_FEW, Learned, in_doubt, learned_assumptions
from analysis.model.parameters import FLAGS, listed

# Other ways to predict the year held back, as a sentence names them.
RIVALS = {
    "survey": "the old numbers",
    "regression": "a plain logistic regression",
    "base_rate": "the earlier years' rate",
}
BETTER, WORSE, TOO_FEW_TO_TELL = "better", "worse", "too_few_to_tell"
# Why a file that leaves refusals or unmatched graduates out cannot score chances.
UNSCORED = {
    "interviews": "a file of interviews alone teaches match given interview; without refusals "
    "the chance of an interview cannot be scored",
    "matched": "a file of matched graduates alone cannot score chances, which are those of all "
    "who apply; what it teaches is learned given a match",
}
NOT_FEATURES = frozenset(
    {
        "graduate_id",
        "year",
        "program_id",
        "interviewed",
        "matched",
        "source",
        "name",
        "advisor_note",
    }
)
BY_LIST, BY_CHANCE = "list", "sort_by_chance"
LENGTHS = (3, 5, 8, 10, 15, 20, 30)


@dataclass(frozen=True)
class Backtest:
    """What the graduates' outcomes say about the chances."""

    # {"better", "worse", "too_few_to_tell"}: Learned set on the year held back: better than the
    # survey by the interval of the skill, or worse than the survey, a regression or the earlier
    # rate by that of the log loss.
    verdict: str
    # Why, and warnings. The learned set carries verdict and first reason (``graduates.verdict``).
    reasons: tuple[str, ...]
    # n_applicants, n_applications: Scored: graduates and applications of the last year that have a
    # chance; 0 where nothing could be scored.
    n_applicants: int
    n_applications: int
    n_learned_from: int  # graduates of the earlier years
    years: tuple[int, ...]  # every year of the file; the last is the one scored
    learned: Learned  # what all years teach: this is what to use from now on
    # What was learned from the earlier years: this is what is scored.
    earlier: Learned | None = None
    # Indexed by statistic: value, low, high; empty where there is nothing to score.
    statistics: pd.DataFrame = field(default_factory=pd.DataFrame)
    parts: BrierParts | None = None  # Murphy's parts of the Brier score
    calibration_error_by_luck: float = float("nan")  # `ece_null`
    bins: pd.DataFrame = field(default_factory=pd.DataFrame)  # reliability diagram
    lists: pd.DataFrame = field(default_factory=pd.DataFrame)  # hit rates by list length
    # One row a way to predict the same applications (learned, survey, regression, base_rate): Brier
    # score, log loss and calibration with their intervals.
    yardstick: pd.DataFrame = field(default_factory=pd.DataFrame)


def run_backtest(
    applications: pd.DataFrame,
    assumptions: Assumptions,
    programs: pd.DataFrame | None = None,
    form: str = "applications",
) -> Backtest:
    """Learn from all years but the last, score the last (docs/methods.md, section 7)."""

    @cache
    def under(some: Assumptions) -> pd.DataFrame:
        # Of all programs of the file, each time: the basis and medians hang on which there are.
        return application_chances(applications, some, programs)

    survey = under(assumptions)
    everything = learned_assumptions(under, assumptions, form)
    years = tuple(int(year) for year in sorted(applications["year"].unique()))
    warnings = _warnings(applications, survey, assumptions)
    if everything.rho is not None:
        warnings += _one_sided(survey, assumptions)
    if form == "matched" and in_doubt(survey):
        warnings.append(
            "graduates with an application that has no chance are not learned from: they may have "
            "matched there"
        )
    smallest = int(assumptions.value("graduates.smallest_cell"))
    in_last = applications["year"] == years[-1]
    learn, score = in_last.to_numpy() & False, in_last.to_numpy()
    if (
        len(years) > 1
        and not applications.loc[~in_last, "graduate_id"]
        .isin(applications.loc[in_last, "graduate_id"])
        .all()
    ):
        learn, score = temporal_split(applications["year"], applications["graduate_id"])
    scored = score & survey["interview_chance"].notna().to_numpy()
    people = int(applications.loc[scored, "graduate_id"].nunique())
    teachers = int(applications.loc[learn, "graduate_id"].nunique())
    counts = (people, int(scored.sum()), teachers, years)
    why = UNSCORED.get(form, "")
    if teachers == 0:
        why = why or "one year of graduates; a back-test takes two"
    if people < smallest:
        enough = applications.loc[score, "graduate_id"].nunique() >= smallest
        why = why or f"fewer than {smallest} graduates in {years[-1]}" + (
            " with a chance to compare" if enough else ""
        )
    if why:
        everything = _marked(everything, TOO_FEW_TO_TELL, why)
        return Backtest(TOO_FEW_TO_TELL, (why, *warnings), 0, 0, teachers, years, everything)

    earlier = learned_assumptions(lambda some: under(some)[learn], assumptions)
    ours = under(earlier.assumptions)[scored]
    base_rate = float(applications.loc[learn, "interviewed"].mean())
    ways = {
        "learned": ours["interview_chance"].to_numpy(dtype=np.float64),
        "survey": survey.loc[scored, "interview_chance"].to_numpy(dtype=np.float64),
        "regression": regression_chances(applications[learn], applications[scored]),
        "base_rate": np.full(int(scored.sum()), base_rate),
    }
    selected = selected_chances(survey[learn], survey[scored], assumptions)
    seed = int(assumptions.value("graduates.seed"))
    everyone = applicant_intervals(
        _statistics(ours["interviewed"].to_numpy(dtype=np.float64), ways, selected),
        ours["graduate_id"],
        draws=int(assumptions.value("graduates.bootstrap_draws")),
        seed=seed,
    )
    statistics = everyone[~everyone.index.str.contains(":")]
    said = ours["interview_chance"]
    rho = float(np.mean(earlier.assumptions.values("latent_correlation")))
    verdict, reasons = _verdict(everyone, people, assumptions, earlier)
    losses = _said_losses(everyone, people, years[-1])
    everything = _marked(everything, verdict, "; ".join([*reasons, losses]))
    lengths = [length for length in LENGTHS if _longer(ours, length) >= smallest]
    return Backtest(
        verdict,
        (*reasons, *warnings),
        *counts,
        everything,
        earlier,
        statistics,
        brier_parts(ours["interviewed"], said),
        ece_null(said, ours["graduate_id"], rho, seed=seed),
        reliability(
            ours["interviewed"], said, ours["graduate_id"], rho, smallest_cell=smallest, seed=seed
        ),
        list_hit_rates(
            ours["interviewed"],
            ours["graduate_id"],
            list_orders(ours, earlier.assumptions),
            lengths,
            smallest,
        )
        if lengths
        else pd.DataFrame(),
        _yardstick(everyone),
    )


def _statistics(
    happened: Floats,
    ways: Mapping[str, Floats],
    selected: Floats,
) -> Callable[[Floats], dict[str, Any]]:
    """All statistics of the scored applications, as a function of their weights."""
    # Those of the learned set by their own name, those of a rival as ``rival:name``.

    def statistics(weight: Floats) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, said in ways.items():
            own = "" if name == "learned" else f"{name}:"
            found[f"{own}brier"] = brier(happened, said, weight)
            found[f"{own}log_loss"] = log_loss(happened, said, weight)
            found[f"{own}calibration_in_the_large"] = calibration_in_the_large(
                happened, said, weight
            )
            if name == "base_rate":
                continue
            slope, intercept = calibration_line(happened, said, weight)
            found[f"{own}calibration_slope"] = slope
            if name == "learned":
                found["calibration_intercept"] = intercept
                found["ece"] = ece(happened, said, weight)
        for name in RIVALS:
            found[f"skill_vs_{name}"] = skill(found["brier"], found[f"{name}:brier"])
            found[f"log_loss_gain_vs_{name}"] = found[f"{name}:log_loss"] - found["log_loss"]
        found["skill_vs_selection"] = skill(found["brier"], brier(happened, selected, weight))
        return found

    return statistics


def _yardstick(everyone: pd.DataFrame) -> pd.DataFrame:
    """One row a way to predict: scores and calibration with their intervals."""
    rows = []
    for name in ("learned", *RIVALS):
        own = "" if name == "learned" else f"{name}:"
        row: dict[str, object] = {"method": name}
        for score in ("brier", "log_loss", "calibration_in_the_large", "calibration_slope"):
            if f"{own}{score}" in everyone.index:
                value = everyone.loc[f"{own}{score}"]
                row |= {score: value["value"], f"{score}_low": value["low"]}
                row |= {f"{score}_high": value["high"]}
        rows.append(row)
    return pd.DataFrame(rows)


def _verdict(
    everyone: pd.DataFrame, people: int, assumptions: Assumptions, earlier: Learned
) -> tuple[str, list[str]]:
    if earlier.rho is None:
        why = str(earlier.changes["why"].iloc[0])
        if TOO_FEW in why:
            return TOO_FEW_TO_TELL, ["too few graduates in the earlier years to learn from"]
        return TOO_FEW_TO_TELL, [f"the earlier years teach nothing: {why}"]
    # Graduates are drawn once for all ways to predict: these intervals are of paired differences.
    gains = {name: everyone.loc[f"log_loss_gain_vs_{name}"] for name in RIVALS}
    ahead = [name for name, gain in gains.items() if gain["high"] < 0]
    if ahead:
        best = min(ahead, key=lambda name: gains[name]["value"])
        return WORSE, [f"{RIVALS[best]} predicted them better: the learned numbers are not for use"]
    least = int(assumptions.value("graduates.least_tested"))
    if people < least:
        return TOO_FEW_TO_TELL, [f"{people} graduates scored, under {least}"]
    if not everyone.at["skill_vs_survey", "low"] > 0:
        return TOO_FEW_TO_TELL, ["they predicted no better than the old numbers by more than luck"]
    if not everyone.at["skill_vs_selection", "low"] > 0:
        strength = assumptions.value("graduates.unseen_strength")
        return TOO_FEW_TO_TELL, [
            "they predicted better than the old numbers, but no better than the old numbers would "
            f"if advisors see up to {strength:g} log-odds more than the files say and send "
            "stronger files to harder programs"
        ]
    return BETTER, []


def _said_losses(everyone: pd.DataFrame, people: int, year: int) -> str:
    """Log loss of each way to predict, in words."""
    names = {"": "learned numbers"} | {f"{name}:": words for name, words in RIVALS.items()}
    each = [f"{words} {everyone.at[f'{n}log_loss', 'value']:.3f}" for n, words in names.items()]
    return f"log loss on {people} graduates of {year}: {', '.join(each)}"


def _marked(found: Learned, verdict: str, why: str) -> Learned:
    """The learned set with its verdict, for whoever reads it later."""
    if not found.changes["learned"].any():
        return found
    mark = Entry.of(verdict, "office", f"{why}.", "the office's own graduates")
    old = found.assumptions
    return replace(
        found, assumptions=Assumptions({**old.entries, "graduates.verdict": mark}, old.season)
    )


def _warnings(
    applications: pd.DataFrame, survey: pd.DataFrame, assumptions: Assumptions
) -> list[str]:
    features = applications[[c for c in applications if c not in NOT_FEATURES]]
    knowing = knowing_columns(
        features,
        applications["interviewed"],
        applications["graduate_id"],
        assumptions.value("graduates.knowing_auc"),
    )
    found = [
        f"column {name} knows the outcome: was it filled in afterwards? Leave it out"
        for name in knowing
    ]
    behind = int(((survey["gate"] == 0) & (survey["interviewed"] == 1)).sum())
    if behind:
        found.append(
            f"{behind} interviews came from programs whose gate the file says is closed: check "
            "step2_cutoff, auto_screen_any_failure and override"
        )
    left_out = survey.loc[survey["left_out"] != "", "left_out"].value_counts()
    found += [f"{count} applications not learned from: {why}" for why, count in left_out.items()]
    return found


def _one_sided(survey: pd.DataFrame, assumptions: Assumptions) -> list[str]:
    """What a learned set does to students of whose kind the file has nobody."""
    rows, found = survey[survey["left_out"] == ""], []
    specialties = rows["specialty"].dropna().unique()
    if len(specialties) == 1:
        found.append(
            f"every application was in {specialties[0]}; chances in other specialties are moved "
            "by as much, and no graduate tells whether they should be"
        )
    smallest = int(assumptions.value("graduates.smallest_cell"))
    spotless = ~rows["red_flags"].map(bool).astype(bool)
    if rows.loc[spotless, "graduate_id"].nunique() < smallest:
        found.append(
            f"fewer than {smallest} graduates have no red flag; how much of what is learned is "
            "the flags' and how much everyone's, the file does not tell"
        )
    return found


def _longer(rows: pd.DataFrame, length: int) -> int:
    return int((rows["graduate_id"].value_counts() > length).sum())


def list_orders(chances: pd.DataFrame, assumptions: Assumptions) -> dict[str, Floats]:
    """Order of each graduate's own applications: as the list would pick them, and by chance."""
    rate = assumptions.value("match_given_interview")
    rho = mechanism(assumptions)
    chance = chances["interview_chance"].to_numpy(dtype=np.float64)
    # Nobody's wishes are in the file: every match counts alike.
    utility = np.ones(len(chances))
    places = np.zeros(len(chances))
    by_chance = np.zeros(len(chances))
    for own in chances.reset_index(drop=True).groupby(["graduate_id", "year"]).indices.values():
        falling = own[np.argsort(-chance[own], kind="stable")]
        by_chance[falling] = np.arange(1, len(own) + 1)
        picked = greedy(scenarios(chance[own], rate, rho), utility[own], len(own))
        rest = np.setdiff1d(falling, own[picked], assume_unique=True)
        places[np.concatenate([own[picked], rest])] = np.arange(1, len(own) + 1)
    return {BY_LIST: places, BY_CHANCE: by_chance}


def list_hit_rates(
    outcome: ArrayLike,
    applicant: ArrayLike,
    orders: Mapping[str, ArrayLike],
    lengths: Sequence[int],
    smallest_cell: int,
) -> pd.DataFrame:
    """Share of graduates with the outcome among the first k of their own applications."""
    happened = np.asarray(outcome, dtype=np.float64)
    who = pd.Series(np.unique(np.asarray(applicant), return_inverse=True)[1])
    sent = who.map(who.value_counts()).to_numpy()
    rows = []
    for length in lengths:
        longer = sent > length
        people = int(who[longer].nunique())
        if people < smallest_cell:
            continue
        for name, order in orders.items():
            place = pd.Series(np.asarray(order, dtype=np.float64)).groupby(who).rank(method="first")
            kept = longer & (place.to_numpy() <= length)
            hits = pd.Series(happened[kept]).groupby(who[kept].to_numpy()).sum()
            rows.append((length, name, float((hits > 0).mean()), float(hits.mean()), people))
    if not rows:
        message = f"fewer than {smallest_cell} graduates sent more applications than any length"
        raise ModelError(message)
    return pd.DataFrame(rows, columns=["length", "order", "hit_rate", "mean_hits", "n_applicants"])


NUMBERS = ("step2_ck", "clerkship_honors_fraction", "letters", "research_items")
WORDS = ("program_type", "degree", "signal")
LEAST_CHANCE = 1e-6


def regression_chances(learn: pd.DataFrame, score: pd.DataFrame) -> Floats:
    """Chances by a logistic regression on what the file says, as anyone would fit one."""
    # Scikit-learn's own penalty (ridge, C = 1) on standardized columns: numbers, with the mean for
    # what is unknown; kind of program, degree, signal and specialty; each flag, and ten points of
    # Step 2 CK for who has one.
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    happened = learn["interviewed"].to_numpy(dtype=np.float64)
    if happened.min() == happened.max():
        return np.full(len(score), happened.mean())
    both = _features(pd.concat([learn, score], keys=["learn", "score"]), len(learn))
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    model.fit(both[: len(learn)], happened)
    return np.asarray(model.predict_proba(both[len(learn) :])[:, 1], dtype=np.float64)


def _features(rows: pd.DataFrame, learned_from: int) -> Floats:
    columns: list[Floats] = []
    for name in NUMBERS:
        if name in rows:
            number = rows[name].to_numpy(dtype=np.float64)
            known = number[:learned_from][~np.isnan(number[:learned_from])]
            columns.append(np.where(np.isnan(number), known.mean() if known.size else 0.0, number))
    words = [rows[name] for name in WORDS if name in rows]
    words.append(rows["specialty"].map(lambda own: (listed(own) or ("",))[0]))
    for word in words:
        cells = word.astype(object).where(word.notna(), "").to_numpy()
        columns += [(cells == one).astype(np.float64) for one in sorted(set(cells))]
    flags = rows["red_flags"].map(listed)
    columns += [flags.map(lambda own, f=f: f in own).to_numpy(dtype=np.float64) for f in FLAGS]
    columns.append(np.where(flags.map(bool), columns[0], columns[0][:learned_from].mean()))
    return np.column_stack(columns)


def selected_chances(learn: pd.DataFrame, score: pd.DataFrame, assumptions: Assumptions) -> Floats:
    """Chances as believed, seen through advisors who send stronger files to harder programs."""
    # A graduate's file may be stronger or weaker than it says by ``graduates.unseen_strength``
    # log-odds (standard deviation), and who is sent where may follow it. That moves the level of
    # each kind of program by at most as much up or down, and flattens chances by the factor that
    # goes with so much unseen; nothing else. What of this fits the earlier years best is taken.
    most = assumptions.value("graduates.unseen_strength")
    highest = assumptions.value("highest_chance")
    kinds = sorted(set(learn["program_type"].dropna()))

    def parts(rows: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
        at = rows["program_type"].to_numpy(dtype=object)[:, None] == np.array(kinds, dtype=object)
        doors = rows["gate"].to_numpy(dtype=np.float64)
        return at.astype(np.float64), rows["logit"].to_numpy(dtype=np.float64), doors

    def chances(numbers: Floats, known: tuple[Floats, Floats, Floats]) -> Floats:
        at, log_odds, doors = known
        return doors * np.minimum(expit(numbers[0] * (log_odds + at @ numbers[1:])), highest)

    used = learn[learn["left_out"] == ""]
    known, happened = parts(used), used["interviewed"].to_numpy(dtype=np.float64)

    def loss(numbers: Floats) -> float:
        said = np.clip(chances(numbers, known), LEAST_CHANCE, 1 - LEAST_CHANCE)
        return float(-np.mean(np.where(happened == 1, np.log(said), np.log1p(-said))))

    # A logistic curve seen through normal noise is one flatter by this (16 sqrt(3) / (15 pi)).
    flattest = 1 / np.sqrt(1 + (most * 16 * np.sqrt(3) / (15 * np.pi)) ** 2)
    bounds = [(flattest, 1.0), *[(-most, most)] * len(kinds)]
    begin = np.array([1.0, *np.zeros(len(kinds))])
    found = minimize(loss, begin, method="L-BFGS-B", bounds=bounds)
    return chances(np.asarray(found.x), parts(score))


SCORES = np.arange(220.0, 271.0, 5.0)
WIDTH = 10.0
# Applications and draws behind a band: more would move it by about a point.
MOST_ROWS, DRAWS = 500, 200


def chance_by_score(
    applications: pd.DataFrame,
    learned: Learned,
    assumptions: Assumptions,
    flag: str,
    programs: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Chance of an interview by Step 2 CK with and without a flag: learned, assumed, observed."""
    # The applications that the office's graduates sent, as if all had this score and this flag, or
    # none; everything else as it was.
    smallest = int(assumptions.value("graduates.smallest_cell"))
    has = applications["red_flags"].map(lambda own: flag in listed(own)).astype(bool)
    if learned.fit is None or applications.loc[has, "graduate_id"].nunique() < smallest:
        message = f"fewer than {smallest} graduates with this flag, or too few to learn from"
        raise ModelError(message)
    fit = learned.fit
    at = np.unique(np.linspace(0, len(fit.rows) - 1, MOST_ROWS).astype(int))
    sent = applications.loc[fit.rows[at]]
    cases = [(flagged, score) for flagged in (False, True) for score in SCORES]
    copies = pd.concat(
        [
            sent.assign(
                graduate_id=[f"{number}-{case}" for number in range(len(sent))],
                step2_ck=score,
                step1_result="fail_then_pass" if flagged and flag == "step1_failure" else "pass",
                red_flags=[(flag,) if flagged else ()] * len(sent),
            )
            for case, (flagged, score) in enumerate(cases)
        ],
        ignore_index=True,
    )
    near = application_chances(copies, fit.near, programs)
    own = near[[f"exposure_{name}" for name in fit.names]].to_numpy(dtype=np.float64)
    own = fit.straightened(own)
    draws = fit.draws[:: max(1, len(fit.draws) // DRAWS)]
    columns = len(fit.names)
    log_odds = (near["logit"].to_numpy() - own @ fit.shift)[:, None] + own @ draws[:, :columns].T
    log_odds += np.tile(fit.others[at] @ draws[:, columns:].T, (len(cases), 1))
    highest = assumptions.value("highest_chance")
    chances = near["gate"].to_numpy()[:, None] * np.minimum(expit(log_odds), highest)
    drawn = chances.reshape(len(cases), len(sent), -1).mean(axis=1)
    assumed = application_chances(copies, assumptions, programs)["interview_chance"].to_numpy()
    low, middle, high = np.quantile(drawn, [0.05, 0.5, 0.95], axis=1)
    found = pd.DataFrame(cases, columns=["flagged", "step2_ck"]).assign(
        chance=middle,
        low=low,
        high=high,
        assumed=assumed.reshape(len(cases), len(sent)).mean(axis=1),
    )
    without = applications["red_flags"].map(lambda own: not listed(own)).astype(bool)
    seen = [_observed(applications[has if f else without], s, smallest) for f, s in cases]
    return found.assign(
        observed=[rate for rate, _ in seen], n=pd.array([n for _, n in seen], dtype="Int64")
    )


def _observed(rows: pd.DataFrame, score: float, smallest: int) -> tuple[float, int | None]:
    """Interviews an application around every second score, and of how many graduates."""
    if (score - SCORES[0]) % WIDTH:
        return np.nan, None
    near = rows[(rows["step2_ck"] - score).between(-WIDTH / 2, WIDTH / 2, inclusive="left")]
    people = int(near["graduate_id"].nunique())
    return (float(near["interviewed"].mean()), people) if people >= smallest else (np.nan, None)
