"""Small classes, and what becomes of them by enumeration or by the book."""

from itertools import product

import numpy as np

from analysis.model.choice.value import match_chance
from analysis.model.cohort import Assumed, Member, Room
from analysis.model.correlation import match_thresholds, scenarios


def member(name: str, programs: str, chance: list[float], rate: float = 0.5, rho: float = 0.0):
    """A student whose list stands as given, e.g. "A B", in order."""
    chances = np.array(chance, dtype=float)
    alone = match_chance(scenarios(chances, rate, rho), range(chances.size))
    signal = ("none",) * chances.size
    return Member(name, tuple(programs.split()), chances, chances[None], alone, signal)


def assumed(members, rate=0.5, rho=0.0, shared=0.0, most=1) -> Assumed:
    """One state."""
    chance = np.concatenate([m.chance for m in members])
    threshold = match_thresholds(chance, rate, rho)
    return Assumed(
        chance[None], threshold[None], np.array([rho]), np.array([shared]), np.array([most])
    )


def room(members, positions=None, home=()) -> Room:
    ids = tuple(sorted({one for m in members for one in m.programs}))
    places = np.array([(positions or {}).get(one, np.inf) for one in ids])
    return Room(ids, places, np.array([one in home for one in ids]))


def stable_by_the_book(margin, program, most) -> list[int]:
    """Rank at which each student ends, by proposing one at a time (Gale and Shapley)."""
    students = len(margin)
    asks = [0] * students
    held: dict[int, list[int]] = {}
    free = list(range(students))
    while free:
        student = free.pop()
        while asks[student] < len(margin[student]):
            rank = asks[student]
            asks[student] += 1
            if margin[student][rank] <= 0:
                continue
            at = program[student][rank]
            here = [*held.get(at, []), student]
            here.sort(key=lambda s: -margin[s][list(program[s]).index(at)])
            kept, out = here[: most[at]], here[most[at] :]
            held[at] = kept
            if out:
                asks_again = out[0]
                if asks_again == student:
                    continue
                free.append(asks_again)
            break
    ends = [-1] * students
    for at, here in held.items():
        for student in here:
            ends[student] = list(program[student]).index(at)
    return ends


def enumerated(members, rate=0.5, most=1, steps=20) -> np.ndarray:
    """Match chances in company by summing over a grid of luck, for two students and one program.

    The luck of each is uniform; who is further over the bar gets the place.
    """
    luck = (np.arange(steps) + 0.5) / steps
    offers = [m.chance[0] * rate for m in members]
    placed = np.zeros(len(members))
    for point in product(luck, repeat=len(members)):
        margin = np.array(offers) - np.array(point)
        order = np.argsort(-margin)
        for student in order[:most]:
            placed[student] += margin[student] > 0
    return placed / steps ** len(members)
