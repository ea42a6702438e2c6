"""The whole bench for one student: what holds, what moves it, and what would change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.chance import chance_by_parameters
from analysis.model.list_problem import ListProblem
from analysis.model.profile import profile_levels
from analysis.model.robustness.case import (
    Case,
    Redrawn,
    list_flips,
    list_tornado,
    match_variance,
    redrawn,
)
from analysis.model.robustness.contests import close_contests, first_places, order_flips
from analysis.model.robustness.inputs import Values
from analysis.model.robustness.redraws import unheard
from analysis.model.robustness.uncertain import parameters_at, uncertain_inputs

__all__ = ["Bench", "acceptability_changes", "report_lists", "robustness_bench", "student_case"]

Chosen = NDArray[np.int64]


def student_case(
    student: pd.DataFrame,
    problem: ListProblem,
    assumptions: Assumptions,
    preferences: pd.DataFrame | None = None,
    surveyed: NDArray[np.float64] | None = None,
) -> Case:
    """One student's list as a function of the uncertain assumptions (docs/methods.md, section 6).

    Of the constraints it keeps number, budget (as a number), must and never. Signals are those
    already in `preferences`: a list with signals to give away, or quotas, is made by another
    method, which takes too long to run thousands of times.

    Parameters
    ----------
    student : DataFrame
        One row of students, with a Step 2 CK score.
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
        Ready for the bench.

    Raises
    ------
    ModelError
        Without a score, or without room for a single program.
    """
    levels = profile_levels(student, assumptions).iloc[0]
    if np.isnan(levels["score"]):
        raise ModelError("without a Step 2 CK score there is no chance, and no list to vary")
    if problem.most < 1:
        raise ModelError("neither number nor budget leaves room for a single program")
    chances_at = chance_by_parameters(student, problem.programs, assumptions, preferences)

    def chance(values: Values) -> NDArray[np.float64]:
        return chances_at(parameters_at(values, assumptions))

    return Case(
        program_id=tuple(problem.programs["program_id"].astype(str)),
        utility=problem.utility,
        limit=problem.most,
        inputs=uncertain_inputs(assumptions, levels["red_flags"], surveyed=surveyed),
        chance=chance,
        must=problem.constraints.must,
        never=problem.constraints.never,
    )


@dataclass(frozen=True)
class Bench:
    """Everything the bench says of one student's list.

    Attributes
    ----------
    lists : Redrawn
        Lists made again under joint draws of all inputs.
    variance : DataFrame
        Sobol indices of the match chance, the largest total first.
    tornado : DataFrame
        One row an input, the widest first.
    flips : DataFrame
        One row an input, the nearest flip first.
    order_flips : DataFrame
        One row a weight: where two programs of the list change places in chance.
    firsts, contests : DataFrame
        Which weights put a program first, and which programs of the list are hardly better or
        worse than one that is not on it.
    match_chance : float
        Of the base list, with every input at its base.
    draws, seed : int
        Behind `lists`.
    fingerprint : str
        Of the assumptions at the base.
    """

    lists: Redrawn
    variance: pd.DataFrame
    tornado: pd.DataFrame
    flips: pd.DataFrame
    order_flips: pd.DataFrame
    firsts: pd.DataFrame
    contests: pd.DataFrame
    match_chance: float
    draws: int
    seed: int
    fingerprint: str


def robustness_bench(
    case: Case,
    assumptions: Assumptions,
    *,
    draws: int | None = None,
    seed: int | None = None,
    base: Chosen | None = None,
    progress: Callable[[int], object] = unheard,
) -> Bench:
    """Run the whole bench for one student.

    Parameters
    ----------
    case : Case
        From `student_case`.
    assumptions : Assumptions
        Sizes of the runs, under ``robustness``.
    draws, seed : int, optional
        By default ``robustness.draws`` and ``robustness.seed``.
    base : ndarray of int, optional
        The list given to the student; by default the greedy list at the base of every input.
    progress : callable, optional
        Is told how many lists were made again.

    Returns
    -------
    Bench
        Same seed, same bytes.

    Raises
    ------
    ModelError
        If there is no list, or fewer than one draw is asked for.
    """
    count = int(assumptions.value("robustness.draws")) if draws is None else draws
    start = int(assumptions.value("robustness.seed")) if seed is None else seed
    if count < 1 or start < 0:
        raise ModelError("a bench needs at least 1 draw, and a seed of at least 0")
    held = case.base_list() if base is None else base
    (chance,) = case.match_chances(case.inputs.base(), held)
    drawn = case.inputs.drawn(count, start)
    return Bench(
        lists=redrawn(case, drawn, held, progress),
        variance=match_variance(
            case, int(assumptions.value("robustness.variance_sample")), start, held
        ),
        tornado=list_tornado(case, held),
        flips=list_flips(case, int(assumptions.value("robustness.flip_steps"))),
        order_flips=order_flips(case, held),
        firsts=first_places(case, drawn),
        contests=close_contests(case, drawn, held),
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
) -> Redrawn:
    """The bench's share in a report: the student's own list against a few seeded draws.

    Parameters
    ----------
    student, problem, assumptions, preferences
        As for `student_case`.
    base : sequence of int
        The list that the report prints, as positions in the problem's programs; at least one.

    Returns
    -------
    Redrawn
        Over ``robustness.report_draws`` draws. `Redrawn.doubtful` names the programs to mark.

    Raises
    ------
    ModelError
        As for `student_case`, or if the list is empty.
    """
    case = student_case(student, problem, assumptions, preferences)
    draws = int(assumptions.value("robustness.report_draws"))
    values = case.inputs.drawn(draws, int(assumptions.value("robustness.seed")))
    return redrawn(case, values, np.asarray(base, dtype=np.int64))


def acceptability_changes(before: Redrawn, after: Redrawn) -> pd.DataFrame:
    """How often each program is chosen under two sets of assumptions.

    Parameters
    ----------
    before, after : Redrawn
        Of the same student and programs.

    Returns
    -------
    DataFrame
        One row a program that either set ever chooses, the largest change first: program_id,
        before, after, change, in_list_before, in_list_after.

    Raises
    ------
    ModelError
        If the programs are not the same.
    """
    first, second = before.programs, after.programs
    if not first["program_id"].equals(second["program_id"]):
        raise ModelError("two benches can be compared over the same programs only")
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
