"""What is taken to hold while a class applies: as assumed, or varied together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.assumptions import Assumptions
from analysis.errors import ModelError
from analysis.model.classmates.members import Member
from analysis.model.correlation import match_thresholds

__all__ = ["Assumed", "as_assumed", "as_varied"]

PAIRS_AT_A_TIME = 50_000  # what a solver holds at once, whatever the class
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Assumed:
    """States of the assumptions; each holds for the whole class at once.

    Parameters
    ----------
    chance : ndarray of float, shape (states, pairs)
        Chances of an interview; pairs are the members' programs, one member after the other.
    threshold : ndarray of float, shape (states, pairs)
        Where each program draws the line after an interview (section 4).
    rho : ndarray of float, shape (states,)
        How far a program's answers to one student come together.
    shared : ndarray of float, shape (states,)
        Share of what they have in common that classmates have in common too, 0-1.
    most : ndarray of int, shape (states,)
        How many of one class a program takes.
    """

    chance: Floats
    threshold: Floats
    rho: Floats
    shared: Floats
    most: NDArray[np.int64]


def as_assumed(members: Sequence[Member], assumptions: Assumptions) -> Assumed:
    """One state for each correlation that is mixed; everything else as assumed.

    Parameters
    ----------
    members : sequence of Member
        At least one.
    assumptions : Assumptions
        ``latent_correlation``, ``match_given_interview`` and ``classmates``.

    Returns
    -------
    Assumed
    """
    mix = assumptions.values("latent_correlation")
    chance = np.concatenate([member.chance for member in members])
    rate = assumptions.value("match_given_interview")
    threshold = np.stack([match_thresholds(chance, rate, rho) for rho in mix])
    states = len(mix)
    return Assumed(
        np.broadcast_to(chance, threshold.shape),
        threshold,
        np.array(mix),
        np.full(states, assumptions.value("classmates.shared_factor")),
        np.full(states, int(assumptions.value("classmates.most_at_a_program"))),
    )


def as_varied(members: Sequence[Member], assumptions: Assumptions) -> Assumed:
    """One state for each joint draw of the assumptions (sections 3.6 and 8).

    Parameters
    ----------
    members : sequence of Member
        At least one, with as many draws each.
    assumptions : Assumptions
        ``latent_correlation``, ``uncertainty`` and ``classmates``.

    Returns
    -------
    Assumed
        A draw's weights, anchors, relief and rate of matches are those of the same draw in each
        student's range.

    Raises
    ------
    ModelError
        If members have no draws, or not equally many.
    """
    counts = {len(member.drawn) for member in members}
    if len(counts) != 1 or counts == {0}:
        message = "members of a class need equally many joint draws, at least one"
        raise ModelError(message)
    (draws,) = counts
    chance = np.concatenate([member.drawn for member in members], axis=1)
    seed = int(assumptions.value("uncertainty.seed"))
    rates = _between(assumptions.values("uncertainty.match_given_interview"), draws, seed, 1)
    mix = assumptions.values("latent_correlation")
    rho = np.resize(np.array(mix), draws)
    threshold = np.empty_like(chance)
    at_a_time = max(1, PAIRS_AT_A_TIME // chance.shape[1])
    for one in dict.fromkeys(mix):
        alike = np.flatnonzero(rho == one)
        for begin in range(0, alike.size, at_a_time):
            own = alike[begin : begin + at_a_time]
            rate = np.repeat(rates[own], chance.shape[1])
            found = match_thresholds(chance[own].ravel(), rate, one, coarse=True)
            threshold[own] = found.reshape(own.size, -1)
    ends = assumptions.values("classmates.most_at_a_program_range")
    random = np.random.default_rng([seed, 3])
    return Assumed(
        chance,
        threshold,
        rho,
        _between(assumptions.values("classmates.shared_factor_range"), draws, seed, 2),
        random.integers(int(min(ends)), int(max(ends)), draws, endpoint=True),
    )


def _between(ends: Sequence[float], draws: int, seed: int, stream: int) -> Floats:
    return np.random.default_rng([seed, stream]).uniform(min(ends), max(ends), draws)
