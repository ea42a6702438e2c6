"""One student's list as a function of every uncertain input."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import ModelError
from analysis.model.correlation import Mechanism
from analysis.model.sensitivity.influence import (
    ALL_WEIGHTS,
    CORRELATION,
    MATCH,
    flip_in_range,
    sobol_indices,
    sobol_sample,
    tornado,
)
from analysis.model.sensitivity.inputs import Inputs, Values
from analysis.model.sensitivity.smaa import (
    Draws,
    kendall_tau,
    kept_beyond_chance,
    list_places,
    list_regret,
    match_chances,
    overlap_at,
    place_acceptability,
    resampled_lists,
    selection_acceptability,
    unheard,
)

__all__ = ["Case", "Resampled", "list_flips", "list_tornado", "match_variance", "resampled"]

Floats = NDArray[np.float64]
Chosen = NDArray[np.int64]


@dataclass(frozen=True)
class Case:
    """The list problem of one student."""

    program_id: tuple[str, ...]  # programs that may be chosen
    utility: Floats  # shape (programs,): The student's own; certain
    limit: int
    inputs: Inputs
    # From values of the inputs, each of shape (n,), to interview chances, (n, programs).
    chance: Callable[[Values], Floats]
    # must, never: Positions of programs that every list takes, or none.
    must: tuple[int, ...] = ()
    never: tuple[int, ...] = ()
    # What happens after the interviews; one factor behind all answers without.
    how: Mechanism | None = None

    def drawn(self, values: Values) -> Draws:
        """What lists rest on at given values of the inputs."""
        return Draws(self.chance(values), values[MATCH], values[CORRELATION], self.how)

    def lists(self, values: Values, progress: Callable[[int], object] = unheard) -> list[Chosen]:
        """The list at each of the values, in the order taken."""
        return resampled_lists(
            self.drawn(values), self.utility, self.limit, self.must, self.never, progress
        )

    def best_at_base(self) -> Chosen:
        """The list with every input at its base; empty if no program has a chance."""
        (chosen,) = self.lists(self.inputs.base())
        return chosen

    def base_list(self) -> Chosen:
        """The list with every input at its base."""
        chosen = self.best_at_base()
        if chosen.size == 0:
            raise ModelError("no program has a chance above 0: there is no list to vary")
        return chosen

    def match_chances(self, values: Values, chosen: Chosen) -> Floats:
        """Match chance of one list at each of the values."""
        # Only the chances of the list itself are asked for in the scenarios.
        return match_chances(self.drawn(values), chosen)


@dataclass(frozen=True)
class Resampled:
    """Lists made again under drawn inputs, held against a base list."""

    programs: pd.DataFrame
    places: pd.DataFrame
    draws: pd.DataFrame
    base: Chosen

    @property
    def least_kept(self) -> int:
        """How many programs of the base list stay in all but the worst twentieth of the draws."""
        return int(self.draws["kept"].sort_values().iloc[int(0.05 * len(self.draws))])

    def unstable(self, kept_share: float) -> tuple[str, ...]:
        """Programs of the base list that fewer draws than a share choose, the rarest first."""
        rare = self.programs["selection_acceptability"] < kept_share
        rows = self.programs[self.programs["in_base_list"] & rare]
        return tuple(rows.sort_values(["selection_acceptability", "program_id"])["program_id"])

    def often_chosen(self, most: int) -> pd.DataFrame:
        """Places of the programs that are chosen most often, for a heat map."""
        places = self.places.rename(columns={"program_id": "program"})
        weighed = places.assign(taken=places["place"] * places["acceptability"])
        sums = weighed.groupby("program")[["acceptability", "taken"]].sum().reset_index()
        sums = sums[sums["acceptability"] > 0]
        sums["early"] = sums["taken"] / sums["acceptability"]
        sums["often"] = -sums["acceptability"].round(9)
        order = sums.sort_values(["often", "early", "program"])["program"].head(most).tolist()
        rank = {program: at for at, program in enumerate(order)}
        kept = places[places["program"].isin(order)]
        return kept.sort_values(
            ["program", "place"],
            key=lambda column: column.map(rank) if column.name == "program" else column,
            ignore_index=True,
        )


def resampled(
    case: Case,
    values: Values,
    base: Chosen | None = None,
    progress: Callable[[int], object] = unheard,
) -> Resampled:
    """Make the list again for every draw, and count what stays.

    docs/methods.md, section 6.

    Parameters
    ----------
    case : Case
        The student's list problem.
    values : dict of str to ndarray of float, shape (draws,)
        From `Inputs.drawn`.
    base : ndarray of int, optional
        The list that was given to the student; `Case.base_list` by default.
    progress : callable, optional
        Is told how many draws are done.

    Returns
    -------
    Resampled
        Shares with their sampling error; of each draw, how many programs stay (``kept``, also as a
        share and beyond what chance alone keeps), what the list gives up (``regret``, in units of
        utility) and how far the order stays (``kendall_tau``).
    """
    held = case.base_list() if base is None else base
    lists = case.lists(values, progress)
    places = list_places(lists, len(case.program_id))
    names = np.asarray(case.program_id, dtype=object)
    programs, at = selection_acceptability(places, held), place_acceptability(places)
    for frame in (programs, at):
        frame.insert(0, "program_id", names[frame.pop("program").to_numpy()])
    overlap = overlap_at(np.where(places < len(names), 0, len(names)), held, held.size)
    kept = np.rint(overlap * held.size).astype(np.int64)
    open_to_choice = len(names) - len(set(case.never))
    draws = pd.DataFrame(
        {
            "kept": kept,
            "overlap": overlap,
            "beyond_chance": kept_beyond_chance(kept, held.size, open_to_choice),
            "regret": list_regret(case.drawn(values), case.utility, lists, held),
            "kendall_tau": kendall_tau(places, held),
        }
    )
    return Resampled(programs, at, draws, held)


def list_tornado(case: Case, base: Chosen | None = None) -> pd.DataFrame:
    """How far each input alone moves the match chance of the list, and how much of the list stays.

    Parameters
    ----------
    case : Case
        The student's list problem.
    base : ndarray of int, optional
        The list; `Case.base_list` by default.

    Returns
    -------
    DataFrame
        As `tornado`, the answers being match chances of the unchanged list, with kept_low and
        kept_high: programs of the base list that a list made at that end still holds.
    """
    held = case.base_list() if base is None else base
    ends = case.inputs.ranges()
    bars = tornado(
        lambda name, values: case.match_chances(case.inputs.with_one(name, values), held), ends
    )
    kept = [
        [
            np.isin(held, again).sum()
            for again in case.lists(case.inputs.with_one(name, [low, high]))
        ]
        for name, low, high in bars[["input", "low", "high"]].itertuples(index=False)
    ]
    bars[["kept_low", "kept_high"]] = np.asarray(kept, dtype=np.int64)
    return bars


def list_flips(case: Case, steps: int) -> pd.DataFrame:
    """For each input, the nearest value at which the list is another one."""
    rows = []
    base = frozenset(case.base_list().tolist())

    def sets(name: str) -> Callable[[Floats], list[Hashable]]:
        return lambda values: [
            frozenset(chosen.tolist()) for chosen in case.lists(case.inputs.with_one(name, values))
        ]

    for name, (low, middle, high) in case.inputs.ranges().items():
        flip = flip_in_range(sets(name), middle, low, high, steps)
        after = flip.outcome if isinstance(flip.outcome, frozenset) else base
        rows.append(
            {
                "input": name,
                "base": middle,
                "low": low,
                "high": high,
                "flip_value": flip.value,
                "share_of_range": flip.distance / (high - low) if high > low else float("nan"),
                "leaves": named(case.program_id, base - after),
                "enters": named(case.program_id, after - base),
            }
        )
    flips = pd.DataFrame(rows)
    return flips.sort_values(["share_of_range", "input"], ignore_index=True)


def named(program_id: Sequence[str], positions: frozenset[int]) -> tuple[str, ...]:
    """Ids at some positions, sorted."""
    return tuple(sorted(program_id[position] for position in positions))


def match_variance(case: Case, n: int, seed: int, base: Chosen | None = None) -> pd.DataFrame:
    """Which inputs the uncertainty of the match chance comes from: Sobol indices."""
    held = case.base_list() if base is None else base
    inputs = case.inputs
    sample = sobol_sample(inputs.columns({ALL_WEIGHTS: inputs.weight_names}), n, seed)
    shares = sobol_indices(lambda points: case.match_chances(inputs.at(points), held), sample, seed)
    return shares.sort_values(["total", "input"], ascending=[False, True], ignore_index=True)
