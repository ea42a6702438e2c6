"""Limits, fees, signals and quotas that a list must keep (section 5)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import Floats
from analysis.errors import ModelError
from analysis.model.choice.value import checked_positions

OPTIONS = ("none", "silver", "gold")


@dataclass(frozen=True)
class Fees:
    """Application fees of one specialty: steps that rise, after a flat block where there is one."""

    # first_usd, further_usd: Price of each application up to ``first_number``, and of each further
    # one.
    first_usd: float
    first_number: int  # the last application at the first price
    further_usd: float
    # block_usd, block_number: A flat price for the first so many applications, due with the first
    # of them.
    block_usd: float = 0.0
    block_number: int = 0
    # Further steps: after so many applications each costs so much.
    later: tuple[tuple[int, float], ...] = ()

    def __post_init__(self) -> None:
        starts, prices = zip(*self.steps, strict=True)
        if min(prices) < 0 or sorted(prices) != list(prices) or self.block_usd < 0:
            message = "fees must not fall with the number of applications"
            raise ModelError(message)
        if sorted(set(starts)) != list(starts):
            message = "the steps of a fee must begin at rising numbers"
            raise ModelError(message)

    @classmethod
    def from_steps(cls, steps: Sequence[tuple[int | None, float, bool]]) -> Fees:
        """Fees from the steps of a season file.

        Examples
        --------
        >>> Fees.from_steps([(18, 99, True), (30, 18, False), (None, 23, False)]).of(46)
        683.0
        """
        block_usd, block_number = 0.0, 0
        rest = [(last, usd) for last, usd, _ in steps]
        if steps and steps[0][2]:
            block_number, block_usd = int(steps[0][0] or 0), steps[0][1]
            rest = rest[1:]
        if any(flat for _, _, flat in steps[1:]) or not rest:
            message = "fees: only the first step may be flat, and another must follow"
            raise ModelError(message)
        prices = [usd for _, usd in rest]
        ends = [int(last) for last, _ in rest if last is not None]
        if len(rest) == 1:
            return cls(prices[0], 2**31, prices[0], block_usd, block_number)
        later = tuple(zip(ends[1:], prices[2:], strict=False))
        return cls(prices[0], ends[0], prices[1], block_usd, block_number, later)

    @property
    def steps(self) -> tuple[tuple[int, float], ...]:
        """After how many applications each price begins, and the price."""
        return (
            (self.block_number, self.first_usd),
            (self.first_number, self.further_usd),
            *self.later,
        )

    @property
    def pieces(self) -> tuple[tuple[float, float], ...]:
        """Slope and intercept of each piece beyond the block; that fee is the largest of them."""
        found = [(0.0, 0.0)] if self.block_number else []
        slope = level = 0.0
        for start, price in self.steps:
            level += (slope - price) * start
            slope = price
            found.append((slope, level))
        return tuple(found)

    def of(self, number: int) -> float:
        """Fee of a number of applications in one specialty.

        Examples
        --------
        >>> Fees(11, 30, 30).of(30), Fees(11, 30, 30).of(43)
        (330.0, 720.0)
        >>> Fees(18, 30, 23, block_usd=99, block_number=18).of(1)
        99.0
        """
        if number == 0:
            return 0.0
        return float(self.block_usd + max(slope * number + level for slope, level in self.pieces))


def affordable(fees: Sequence[Fees], budget: float) -> int:
    """Most applications that a budget pays for, spread over specialties as is cheapest.

    Examples
    --------
    >>> affordable([Fees(11, 30, 30)], 360), affordable([Fees(11, 30, 30)] * 2, 360)
    (31, 32)
    """
    most = 0
    for size in range(1, len(fees) + 1):
        for opened in combinations(fees, size):
            left = budget - sum(one.block_usd for one in opened)
            if left < 0:
                continue
            number = 0
            prices = []
            for one in opened:
                number += one.block_number
                ends = [start for start, _ in one.steps[1:]] + [2**31]
                prices += [
                    (price, end - start)
                    for (start, price), end in zip(one.steps, ends, strict=True)
                ]
            # Prices rise within a specialty: the cheapest first is a possible order.
            for price, places in sorted(prices):
                taken = places if price == 0 else min(places, int(left / price + 1e-9))
                number += taken
                left -= taken * price
                if taken < places:
                    break
            most = max(most, number)
    return min(most, 2**31)


def fee_usd(fees: Fees | Sequence[Fees], numbers: Sequence[int]) -> float:
    """Fee of applications in several specialties; each starts anew at the first price.

    Parameters
    ----------
    fees : Fees or sequence of Fees
        Prices, the same ones or those of each specialty.
    numbers : sequence of int
        Applications in each specialty.

    Returns
    -------
    float
        US dollars.

    Examples
    --------
    >>> fee_usd(Fees(11, 30, 30), [43, 7]), fee_usd(Fees(11, 30, 30), [32, 32])
    (797.0, 780.0)
    """
    each = [fees] * len(numbers) if isinstance(fees, Fees) else fees
    return float(sum(one.of(number) for one, number in zip(each, numbers, strict=False)))


@dataclass(frozen=True)
class Price:
    """What an application costs, in units of value."""

    # What a certain match is worth, > 0: an application that costs so much must bring it.
    worth_usd: float
    effort_usd: float = 0.0  # cost of the work on one more application, beside its fee

    def __post_init__(self) -> None:
        if not (self.worth_usd > 0 and self.effort_usd >= 0):
            message = "a price needs the worth of a match, above 0, and no negative effort"
            raise ModelError(message)


@dataclass(frozen=True)
class Quota:
    """At least or at most so many programs of a kind."""

    name: str
    members: tuple[int, ...]
    at_least: int = 0
    at_most: int | None = None


@dataclass(frozen=True)
class Constraints:
    """Everything a list must keep to.

    Parameters
    ----------
    limit : int, optional
        Most programs; None for no limit of its own.
    must, never : tuple of int
        Positions of programs that are listed, or not.
    specialty : tuple of int, optional
        Specialty of each program as a number from 0; all the same one if it is left out.
    gold, silver : tuple of int
        Signals at hand in each specialty.
    budget_usd : float, optional
        Most to spend on fees.
    fees : Fees or tuple of Fees, optional
        Prices, one for all specialties or one for each; needed with a budget.
    quotas : tuple of Quota
        By tier or state.
    fixed_signal : mapping of int to str
        Programs whose signal is already decided, by position: ``none``, ``silver`` or ``gold``.
    names : tuple of str
        Name of each program, for messages; its position without one.
    price : Price, optional
        What an application costs in units of value; without it only number and budget bind.
    barred : mapping of str to tuple of int
        By signal, programs that are not listed with it, such as those under the least chance.
    apart : tuple of (int, int)
        Pairs of programs of which at most one is listed.
    """

    limit: int | None = None
    must: tuple[int, ...] = ()
    never: tuple[int, ...] = ()
    specialty: tuple[int, ...] | None = None
    gold: tuple[int, ...] = ()
    silver: tuple[int, ...] = ()
    budget_usd: float | None = None
    fees: Fees | tuple[Fees, ...] | None = None
    quotas: tuple[Quota, ...] = ()
    fixed_signal: Mapping[int, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    price: Price | None = None
    barred: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    apart: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if self.limit is not None and self.limit < 0:
            message = f"a limit of {self.limit} applications"
            raise ModelError(message)
        if self.budget_usd is not None and (
            self.fees is None or not 0 <= self.budget_usd < math.inf
        ):
            message = "a budget needs an amount of at least 0 and the fees"
            raise ModelError(message)

    def specialties(self, programs: int) -> NDArray[np.int64]:
        """Specialty of each program as a number from 0, shape (programs,)."""
        if self.specialty is None:
            return np.zeros(programs, dtype=np.int64)
        found = np.asarray(self.specialty, dtype=np.int64)
        if found.shape != (programs,) or (found.size and found.min() < 0):
            message = f"{found.size} specialties for {programs} programs"
            raise ModelError(message)
        return found

    def fees_of(self, specialties: int) -> tuple[Fees, ...]:
        """Prices of each specialty; free where none are given."""
        if self.fees is None:
            return (Fees(0, 1, 0),) * specialties
        each = self.fees if isinstance(self.fees, tuple) else (self.fees,) * specialties
        return each[:specialties]

    def cost(self, numbers: Sequence[int]) -> float:
        """What applications in each specialty cost in units of value; 0 without a price."""
        if self.price is None:
            return 0.0
        usd = fee_usd(self.fees_of(len(numbers)), numbers)
        usd += self.price.effort_usd * float(sum(numbers))
        return usd / self.price.worth_usd

    def cost_of(self, chosen: ArrayLike, programs: int) -> float:
        """What a list of positions costs in units of value; 0 without a price."""
        return self.cost(self.counts(chosen, programs))

    def saved(self, chosen: ArrayLike, programs: int) -> Floats:
        """What a list saves without each of its programs, in units of value."""
        counts = np.asarray(self.counts(chosen, programs))
        now = self.cost(counts.tolist())
        held = self.specialties(programs)[np.asarray(chosen, dtype=np.int64)]
        # One less of a specialty saves the same whichever program it is.
        less = np.maximum(counts - np.eye(counts.size, dtype=np.int64), 0)
        return np.array([now - self.cost(row.tolist()) for row in less])[held]

    def of(self, positions: NDArray[np.int64]) -> Constraints:
        """The same among some of the programs, whose positions then count from 0."""
        place = {int(at): new for new, at in enumerate(positions)}

        def some(asked: Iterable[int]) -> tuple[int, ...]:
            return tuple(place[at] for at in asked if at in place)

        return replace(
            self,
            must=some(self.must),
            never=some(self.never),
            specialty=None
            if self.specialty is None
            else tuple(np.asarray(self.specialty)[positions].tolist()),
            quotas=tuple(replace(quota, members=some(quota.members)) for quota in self.quotas),
            fixed_signal={place[at]: o for at, o in self.fixed_signal.items() if at in place},
            names=tuple(self.names[at] for at in positions) if self.names else (),
            barred={option: some(barred) for option, barred in self.barred.items()},
            apart=tuple(pair for pair in map(some, self.apart) if len(pair) == 2),
        )

    def counts(self, chosen: ArrayLike, programs: int) -> list[int]:
        """Programs of a list in each specialty."""
        kinds = self.specialties(programs)
        listed = kinds[np.asarray(chosen, dtype=np.int64)]
        return np.bincount(listed, minlength=int(kinds.max(initial=0)) + 1).tolist()

    def cells(self, programs: int, *own: ArrayLike) -> NDArray[Any]:
        """What must be equal for a program to take another's place by every rule, a row each."""
        everything = np.arange(programs)
        inside = [
            np.isin(everything, np.asarray(quota.members, dtype=np.int64)) for quota in self.quotas
        ]
        return np.column_stack([self.specialties(programs), *own, *inside])

    def unlike(self, programs: int, *others: int) -> NDArray[np.int64]:
        """A number for each program that shuts out another, or that is named; -1 for others."""
        bound = [*others, *(at for pair in self.apart for at in pair)]
        everything = np.arange(programs)
        return np.where(np.isin(everything, bound), everything, -1)

    def signals(self, option: str, specialties: int) -> NDArray[np.int64]:
        """Signals of a kind at hand in each specialty."""
        given = self.gold if option == "gold" else self.silver
        found = np.zeros(specialties, dtype=np.int64)
        found[: len(given)] = given[:specialties]
        return found

    def checked(self, programs: int) -> None:
        """Refuse positions that are no program."""
        checked_positions(self.must, programs, "must")
        checked_positions(self.never, programs, "never")
        checked_positions(list(self.fixed_signal), programs, "decided signals")
        for positions in self.barred.values():
            checked_positions(positions, programs, "barred")
        for pair in self.apart:
            checked_positions(pair, programs, "apart")
        if not set(self.fixed_signal.values()) <= set(OPTIONS):
            message = f"a decided signal is none of {', '.join(OPTIONS)}"
            raise ModelError(message)
        for quota in self.quotas:
            checked_positions(quota.members, programs, quota.name)

    def name(self, position: int) -> str:
        """Name of a program for a message, else its position."""
        return self.names[position] if self.names else f"program {position}"

    def most_affordable(self) -> int | None:
        """Most programs of one specialty that limit and budget allow; None without either."""
        ends = [] if self.limit is None else [self.limit]
        if self.budget_usd is not None and self.fees is not None:
            each = (self.fees,) if isinstance(self.fees, Fees) else self.fees
            ends.append(max(affordable([one], self.budget_usd) for one in each))
        return min(ends) if ends else None

    @property
    def binds(self) -> bool:
        """Whether there is more to keep to than a number, musts and nevers."""
        signals = any(self.gold) or any(self.silver)
        blocks = self.price is not None and any(one.block_usd for one in self.fees_of(2))
        ruled = signals or self.quotas or self.apart or blocks
        return bool(ruled or self.budget_usd is not None)


def members_of(kinds: ArrayLike, kind: str) -> tuple[int, ...]:
    """Positions of the programs of a kind."""
    return tuple(int(at) for at in np.flatnonzero(np.asarray(kinds, dtype=object) == kind))
