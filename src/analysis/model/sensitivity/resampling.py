"""Many lists under many assumptions, fast, and the close calls among them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logit

from analysis.arrays import Floats
from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.chance import wilson_interval
from analysis.model.choice.application_list import ApplicationList
from analysis.model.parameters import ChanceParameters
from analysis.model.sensitivity.influence import MATCH, order_flip, parameters_at, uncertain_inputs
from analysis.model.sensitivity.inputs import Values
from analysis.model.sensitivity.smaa import (
    Case,
    Floor,
    Resampled,
    central_weights,
    list_flips,
    list_tornado,
    match_variance,
    pairwise_wins,
    resampled,
    unheard,
)

Chosen = NDArray[np.int64]


def student_case(
    found: ApplicationList,
    assumptions: Assumptions,
    surveyed: Floats | None = None,
) -> Case:
    """One student's list as a function of the uncertain assumptions (docs/methods.md, section 6).

    A draw has the problem of the list itself: its number, budget, price and least chance, signals
    to be given away, and a match rate for each program.

    Parameters
    ----------
    found : ApplicationList
        The student's list, made under the assumptions.
    assumptions : Assumptions
        The base of every input and its spread.
    surveyed : ndarray of float, shape (surveys, 5), optional
        Weights of a survey drawn again (`surveyed_weights`), where there is one.

    Returns
    -------
    Case
        Ready for a sensitivity analysis.

    Raises
    ------
    ModelError
        Without room for a single program. (A rule that asks for "at least" so many is refused once
        lists are made.)
    """
    offers = found.offers
    problem = offers.whole
    if problem.most < 1:
        raise ModelError("neither number nor budget leaves room for a single program")
    options = tuple(offers.if_sent)
    ready: dict[bytes, Callable[[ChanceParameters], dict[str, Floats]]] = {}

    def chance(values: Values, programs: Chosen) -> dict[str, Floats]:
        key = programs.tobytes()
        if key not in ready:
            every = programs.size == problem.utility.size
            # Programs stand in rising order there, and are asked for in any.
            own = offers.own if every else offers.own.of(np.sort(programs))
            ready[key] = own.if_sent(options)
        place = np.argsort(np.argsort(programs))
        sent = ready[key](parameters_at(values, assumptions))
        return {option: each[..., place] for option, each in sent.items()}

    floor = Floor(assumptions.value("list.least_chance"), problem.kept_anyway)
    return Case(
        program_id=tuple(problem.programs["program_id"].astype(str)),
        utility=problem.utility,
        rules=problem.constraints,
        inputs=uncertain_inputs(assumptions, offers.own.red_flags, surveyed=surveyed),
        chance=chance,
        how=offers.how,
        held=dict(zip(found.choice.chosen.tolist(), found.choice.option, strict=True)),
        added=logit(offers.rate) - logit(assumptions.value("match_given_interview")),
        expected=offers.own.expected,
        floor=None if found.filled else floor,
        few=offers.short,
    )


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
    progress: Callable[[int], object] = unheard,
) -> SensitivityAnalysis:
    """Run the whole sensitivity analysis for one student."""
    count = int(assumptions.value("robustness.draws")) if draws is None else draws
    start = int(assumptions.value("robustness.seed")) if seed is None else seed
    if count < 1 or start < 0:
        raise ModelError("a sensitivity analysis needs at least 1 draw, and a seed of at least 0")
    case = case.settled()
    (chance,) = case.match_chances(case.inputs.base())
    drawn = case.inputs.drawn(count, start)
    return SensitivityAnalysis(
        lists=resampled(case, drawn, progress),
        variance=match_variance(case, int(assumptions.value("robustness.variance_sample")), start),
        tornado=list_tornado(case),
        flips=list_flips(case, int(assumptions.value("robustness.flip_steps"))),
        order_flips=order_flips(case),
        firsts=first_places(case, drawn),
        close_calls=close_calls(case, drawn),
        match_chance=float(chance),
        draws=count,
        seed=start,
        fingerprint=assumptions.fingerprint,
    )


def report_lists(found: ApplicationList, assumptions: Assumptions) -> Resampled:
    """The student's own list against a few seeded draws, for a report."""
    case = student_case(found, assumptions)
    draws = int(assumptions.value("robustness.report_draws"))
    return resampled(case, case.inputs.drawn(draws, int(assumptions.value("robustness.seed"))))


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


# A program whose log-odds bend by more than this along a moving weight is screened or capped.
STRAIGHT = 1e-9


def first_places(case: Case, values: Values) -> pd.DataFrame:
    """Programs that are worth most by themselves in some draw, and the weights under which."""
    names, draws = case.inputs.weight_names, len(values[MATCH])
    first = np.zeros((draws, case.utility.size), dtype=bool)
    for own, worths in case.worths(values):
        first[own, worths["none"].argmax(axis=1)] = True
    share = first.mean(axis=0)
    low, high = wilson_interval(share * draws, draws, 0.95)
    central = central_weights(first, np.stack([values[name] for name in names], axis=1))
    rows = pd.DataFrame({"program_id": case.program_id, "first": share, "low": low, "high": high})
    rows[list(names)] = central
    ever = rows[rows["first"] > 0]
    return ever.sort_values(["first", "program_id"], ascending=[False, True], ignore_index=True)


def close_calls(case: Case, values: Values) -> pd.DataFrame:
    """For each program of a list, the one off it that it beats least often with its signal."""
    listed = np.setdiff1d(case.base_list(), case.rules.must)
    off = np.setdiff1d(np.arange(len(case.program_id)), [*case.base, *case.rules.never])
    columns = ["program_id", "against", "wins", "low", "high"]
    if not (listed.size and off.size):
        return pd.DataFrame(columns=columns)
    names, draws = np.asarray(case.program_id, dtype=object), len(values[MATCH])
    signal = np.array([case.base[at] for at in listed.tolist()], dtype=object)
    wins = np.zeros((listed.size, off.size))
    for block, worths in case.worths(values):
        for option in set(signal):
            own, worth = signal == option, worths[option]
            wins[own] += block.size * pairwise_wins(worth[:, listed[own]], worth[:, off])
    rival, share = wins.argmin(axis=1), wins.min(axis=1) / draws
    low, high = wilson_interval(share * draws, draws, 0.95)
    rows = pd.DataFrame(
        dict(zip(columns, (names[listed], names[off[rival]], share, low, high), strict=True))
    )
    return rows.sort_values(["wins", "program_id"], ignore_index=True)


def order_flips(case: Case) -> pd.DataFrame:
    """Nearest share of each weight at which two programs of a list change places in chance.

    While one weight moves and the others are rescaled, log-odds are additive: ``t a + (1 - t) b``.
    So the closed form of `order_flip` holds. A program behind a gate that may be closed, or at the
    highest chance, is not additive and is left out.

    Parameters
    ----------
    case : Case
        The student's list problem.

    Returns
    -------
    DataFrame
        One row a weight: input, base, low, high, flip_value (NaN = no change within its range),
        falls, rises (program_id; "" where nothing flips), compared (how many programs).
    """
    rows, base = [], case.base_list()
    for name, (low, middle, high) in case.inputs.ranges().items():
        if name not in case.inputs.weight_names or low == high:
            continue
        shares = np.array([low, (low + high) / 2, high])
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = logit(case.signalled(case.inputs.with_one(name, shares), case.base, base))
            bend = np.abs(odds[0] + odds[2] - 2 * odds[1])
        open_to_all = (bend < STRAIGHT) & (odds[0] != odds[2])
        start, _, end = odds[:, open_to_all]
        slope = (end - start) / (high - low)
        nothing = start - slope * low
        flip = order_flip(np.c_[nothing + slope, nothing], [middle, 1 - middle], 0)
        names = np.asarray(case.program_id, dtype=object)[base][open_to_all]
        inside = low <= flip.value <= high
        rows.append(
            {
                "input": name,
                "base": middle,
                "low": low,
                "high": high,
                "flip_value": flip.value if inside else float("nan"),
                "falls": str(names[flip.outcome[0]]) if inside else "",
                "rises": str(names[flip.outcome[1]]) if inside else "",
                "compared": int(open_to_all.sum()),
            }
        )
    return pd.DataFrame(rows)
