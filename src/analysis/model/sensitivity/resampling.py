"""Many lists under many assumptions, fast, and the close calls among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.chance import chance_by_parameters, wilson_interval
from analysis.model.choice.problem import ListProblem, with_least_chance
from analysis.model.correlation import mechanism, scenarios
from analysis.model.portfolio import best_list
from analysis.model.profile import has_score, profile_levels
from analysis.model.sensitivity.influence import MATCH, order_flip, parameters_at, uncertain_inputs
from analysis.model.sensitivity.inputs import Values
from analysis.model.sensitivity.smaa import (
    Case,
    Resampled,
    central_weights,
    list_flips,
    list_tornado,
    match_variance,
    pairwise_wins,
    rank_acceptability,
    resampled,
    unheard,
)

Chosen = NDArray[np.int64]


def student_case(
    student: pd.DataFrame,
    problem: ListProblem,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
    surveyed: NDArray[np.float64] | None = None,
) -> Case:
    """One student's list as a function of the uncertain assumptions (docs/methods.md, section 6).

    Of the constraints it keeps must and never, and the number of programs that are recommended at
    the base within number, budget and price. Signals are those already in `preferences`: a list
    with signals to give away, or quotas, is made by another method, which takes too long to run
    thousands of times.

    Parameters
    ----------
    student : DataFrame
        One row of students, with a Step 2 CK score or an estimate, over which chances are means.
    problem : ListProblem
        That student's list problem.
    assumptions : Assumptions
        The base of every input and its spread.
    preferences : DataFrame, optional
        Ties and signals, certain in every draw.
    surveyed : ndarray of float, shape (surveys, 5), optional
        Weights of a survey drawn again (`surveyed_weights`), where there is one.

    Returns
    -------
    Case
        Ready for a sensitivity analysis.

    Raises
    ------
    ModelError
        Without a score, or without room for a single program.
    """
    levels = profile_levels(student, assumptions).iloc[0]
    if not has_score(student.iloc[0]):
        raise ModelError("without a Step 2 CK score there is no chance, and no list to vary")
    if problem.most < 1:
        raise ModelError("neither number nor budget leaves room for a single program")
    chances_at = chance_by_parameters(student, problem.programs, assumptions, preferences)

    def chance(values: Values) -> NDArray[np.float64]:
        return chances_at(parameters_at(values, assumptions))

    inputs = uncertain_inputs(assumptions, levels["red_flags"], surveyed=surveyed)
    (base,) = chance(inputs.base())
    return Case(
        program_id=tuple(problem.programs["program_id"].astype(str)),
        utility=problem.utility,
        limit=_recommended_number(problem, base, assumptions),
        inputs=inputs,
        chance=chance,
        must=problem.constraints.must,
        never=problem.constraints.never,
        how=mechanism(assumptions),
    )


def _recommended_number(
    problem: ListProblem, chance: NDArray[np.float64], assumptions: Assumptions
) -> int:
    """How many programs are worth their price at the base, without signals still to be given."""
    least, fewest = assumptions.value("list.least_chance"), int(assumptions.value("list.fewest"))
    rules = replace(
        problem.constraints, gold=(), silver=(), quotas=(), fixed_signal={}, apart=(), barred={}
    )
    asked, _ = with_least_chance(
        replace(problem, constraints=rules), {"none": chance}, least, fewest
    )
    rate, rho = assumptions.value("match_given_interview"), assumptions.values("latent_correlation")
    found = best_list(scenarios(chance, rate, rho), problem.utility, asked.constraints, "greedy")
    return int(found.chosen.size) or min(fewest, problem.most)


@dataclass(frozen=True)
class SensitivityAnalysis:
    """Everything a sensitivity analysis says of one student's list."""

    lists: Resampled  # lists made again under joint draws of all inputs
    variance: pd.DataFrame  # sobol indices of the match chance, the largest total first
    tornado: pd.DataFrame  # one row an input, the widest first
    flips: pd.DataFrame  # one row an input, the nearest flip first
    # One row a weight: where two programs of the list change places in chance.
    order_flips: pd.DataFrame
    # firsts, close_calls: Which weights put a program first, and which programs of the list are
    # hardly better or worse than one that is not on it.
    firsts: pd.DataFrame
    close_calls: pd.DataFrame
    match_chance: float  # of the base list, with every input at its base
    # draws, seed: Behind `lists`.
    draws: int
    seed: int
    fingerprint: str  # of the assumptions at the base


def sensitivity_analysis(
    case: Case,
    assumptions: Assumptions,
    *,
    draws: int | None = None,
    seed: int | None = None,
    base: Chosen | None = None,
    progress: Callable[[int], object] = unheard,
) -> SensitivityAnalysis:
    """Run the whole sensitivity analysis for one student."""
    count = int(assumptions.value("robustness.draws")) if draws is None else draws
    start = int(assumptions.value("robustness.seed")) if seed is None else seed
    if count < 1 or start < 0:
        raise ModelError("a sensitivity analysis needs at least 1 draw, and a seed of at least 0")
    held = case.base_list() if base is None else base
    (chance,) = case.match_chances(case.inputs.base(), held)
    drawn = case.inputs.drawn(count, start)
    return SensitivityAnalysis(
        lists=resampled(case, drawn, held, progress),
        variance=match_variance(
            case, int(assumptions.value("robustness.variance_sample")), start, held
        ),
        tornado=list_tornado(case, held),
        flips=list_flips(case, int(assumptions.value("robustness.flip_steps"))),
        order_flips=order_flips(case, held),
        firsts=first_places(case, drawn),
        close_calls=close_calls(case, drawn, held),
        match_chance=float(chance),
        draws=count,
        seed=start,
        fingerprint=assumptions.fingerprint,
    )


def report_lists(
    student: pd.DataFrame,
    problem: ListProblem,
    assumptions: Assumptions,
    base: Sequence[int],
    preferences: pd.DataFrame | None = None,
) -> Resampled:
    """The student's own list against a few seeded draws, for a report."""
    case = student_case(student, problem, assumptions, preferences)
    # As many as were given to the student, who may have signals or a wish to fill the limit.
    case = replace(case, limit=len(base))
    draws = int(assumptions.value("robustness.report_draws"))
    values = case.inputs.drawn(draws, int(assumptions.value("robustness.seed")))
    return resampled(case, values, np.asarray(base, dtype=np.int64))


def acceptability_changes(before: Resampled, after: Resampled) -> pd.DataFrame:
    """How often each program is chosen under two sets; the largest change first."""
    first, second = before.programs, after.programs
    if not first["program_id"].equals(second["program_id"]):
        raise ModelError("two sensitivity analyses can be compared over the same programs only")
    changes = pd.DataFrame(
        {
            "program_id": first["program_id"],
            "before": first["selection_acceptability"],
            "after": second["selection_acceptability"],
            "change": second["selection_acceptability"] - first["selection_acceptability"],
            "in_list_before": first["in_base_list"],
            "in_list_after": second["in_base_list"],
        }
    )
    ever = changes[(changes["before"] > 0) | (changes["after"] > 0)]
    order = ever.assign(size=-ever["change"].abs()).sort_values(["size", "program_id"]).index
    return ever.loc[order].reset_index(drop=True)


Floats = NDArray[np.float64]
# A program whose log-odds bend by more than this along a moving weight is screened or capped.
STRAIGHT = 1e-9


def worth(case: Case, values: Values) -> Floats:
    """Worth of each application by itself, shape (draws, programs)."""
    return case.chance(values) * values[MATCH][:, None] * case.utility


def first_places(case: Case, values: Values) -> pd.DataFrame:
    """Programs that are worth most by themselves in some draw, and the weights under which."""
    worths = worth(case, values)
    first = rank_acceptability(worths)[:, 0]
    low, high = wilson_interval(first * len(worths), len(worths), 0.95)
    names = case.inputs.weight_names
    central = central_weights(worths, np.stack([values[name] for name in names], axis=1))
    rows = pd.DataFrame({"program_id": case.program_id, "first": first, "low": low, "high": high})
    rows[list(names)] = central
    ever = rows[rows["first"] > 0]
    return ever.sort_values(["first", "program_id"], ascending=[False, True], ignore_index=True)


def close_calls(case: Case, values: Values, base: ArrayLike) -> pd.DataFrame:
    """For each program of a list, the one off it that it beats least often."""
    listed = np.setdiff1d(np.asarray(base, dtype=np.int64), case.must)
    off = np.setdiff1d(np.arange(len(case.program_id)), [*np.asarray(base), *case.never])
    columns = ["program_id", "against", "wins", "low", "high"]
    if not (listed.size and off.size):
        return pd.DataFrame(columns=columns)
    among = np.concatenate([listed, off])
    wins = pairwise_wins(worth(case, values)[:, among])[: listed.size, listed.size :]
    rival, share = wins.argmin(axis=1), wins.min(axis=1)
    draws = len(values[MATCH])
    low, high = wilson_interval(share * draws, draws, 0.95)
    names = np.asarray(case.program_id, dtype=object)
    rows = pd.DataFrame(
        dict(zip(columns, (names[listed], names[off[rival]], share, low, high), strict=True))
    )
    return rows.sort_values(["wins", "program_id"], ignore_index=True)


def order_flips(case: Case, base: ArrayLike) -> pd.DataFrame:
    """Nearest share of each weight at which two programs of a list change places in chance.

    While one weight moves and the others are rescaled, log-odds are additive: ``t a + (1 - t) b``.
    So the closed form of `order_flip` holds. A program behind a gate that may be closed, or at the
    highest chance, is not additive and is left out.

    Parameters
    ----------
    case : Case
        The student's list problem.
    base : array_like of int
        Positions of the programs on the list.

    Returns
    -------
    DataFrame
        One row a weight: input, base, low, high, flip_value (NaN = no change within its range),
        falls, rises (program_id; "" where nothing flips), compared (how many programs).
    """
    rows = []
    for name, (low, middle, high) in case.inputs.ranges().items():
        if name not in case.inputs.weight_names or low == high:
            continue
        shares = np.array([low, (low + high) / 2, high])
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = logit(case.chance(case.inputs.with_one(name, shares))[:, np.asarray(base)])
            bend = np.abs(odds[0] + odds[2] - 2 * odds[1])
        open_to_all = (bend < STRAIGHT) & (odds[0] != odds[2])
        slope = ((odds[2] - odds[0]) / (high - low))[open_to_all]
        nothing = odds[0][open_to_all] - slope * low
        flip = order_flip(np.c_[nothing + slope, nothing], [middle, 1 - middle], 0)
        pair = flip.outcome if isinstance(flip.outcome, tuple) else ()
        names = np.asarray(case.program_id, dtype=object)[np.asarray(base)][open_to_all]
        inside = bool(pair) and low <= flip.value <= high
        rows.append(
            {
                "input": name,
                "base": middle,
                "low": low,
                "high": high,
                "flip_value": flip.value if inside else float("nan"),
                "falls": str(names[pair[0]]) if inside else "",
                "rises": str(names[pair[1]]) if inside else "",
                "compared": int(open_to_all.sum()),
            }
        )
    return pd.DataFrame(rows)
