"""Limits, fees, signals and quotas that a list must keep (section 5)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import ModelError
from analysis.model.choice.value import checked_positions

__all__ = ["OPTIONS", "Constraints", "Fees", "Quota", "fee_usd", "members_of"]

OPTIONS = ("none", "silver", "gold")


@dataclass(frozen=True)
class Fees:
    """Application fees of one specialty: so much each up to a number, more from there.

    Parameters
    ----------
    first_usd, further_usd : float
        Price of each of the first applications, and of each further one.
    first_number : int
        How many cost the first price.
    """

    first_usd: float
    first_number: int
    further_usd: float

    def __post_init__(self) -> None:
        if not 0 <= self.first_usd <= self.further_usd:
            message = "fees must not fall with the number of applications"
            raise ModelError(message)

    @property
    def pieces(self) -> tuple[tuple[float, float], ...]:
        """Slope and intercept of each piece; the fee is the largest of them."""
        jump = self.first_number * (self.first_usd - self.further_usd)
        return (self.first_usd, 0.0), (self.further_usd, jump)

    def of(self, number: int) -> float:
        """Fee of a number of applications in one specialty.

        Parameters
        ----------
        number : int
            How many, >= 0.

        Returns
        -------
        float
            US dollars.

        Examples
        --------
        >>> Fees(11, 30, 30).of(30), Fees(11, 30, 30).of(43)
        (330.0, 720.0)
        """
        return float(max(slope * number + intercept for slope, intercept in self.pieces))

    def affordable(self, budget: float, specialties: int = 1) -> int:
        """Most applications that a budget pays for."""
        if self.further_usd == 0:
            return 2**31
        cheap = specialties * self.first_number
        number = 2**31 if self.first_usd == 0 else int(budget / self.first_usd)
        if number > cheap:
            number = cheap + int((budget - cheap * self.first_usd) / self.further_usd)
        return number


def fee_usd(fees: Fees, numbers: Sequence[int]) -> float:
    """Fee of applications in several specialties; each starts anew at the first price.

    Parameters
    ----------
    fees : Fees
        Prices.
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
    return float(sum(fees.of(number) for number in numbers))


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
    fees : Fees, optional
        Prices; needed with a budget.
    quotas : tuple of Quota
        By tier or state.
    fixed_signal : mapping of int to str
        Programs whose signal is already decided, by position: ``none``, ``silver`` or ``gold``.
    names : tuple of str
        Name of each program, for messages; its position without one.
    """

    limit: int | None = None
    must: tuple[int, ...] = ()
    never: tuple[int, ...] = ()
    specialty: tuple[int, ...] | None = None
    gold: tuple[int, ...] = ()
    silver: tuple[int, ...] = ()
    budget_usd: float | None = None
    fees: Fees | None = None
    quotas: tuple[Quota, ...] = ()
    fixed_signal: Mapping[int, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()

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
        """Specialty of each program, shape (programs,).

        Parameters
        ----------
        programs : int
            How many programs there are.

        Returns
        -------
        ndarray of int
            Numbers from 0.

        Raises
        ------
        ModelError
            If the number of programs is another one.
        """
        if self.specialty is None:
            return np.zeros(programs, dtype=np.int64)
        found = np.asarray(self.specialty, dtype=np.int64)
        if found.shape != (programs,) or (found.size and found.min() < 0):
            message = f"{found.size} specialties for {programs} programs"
            raise ModelError(message)
        return found

    def signals(self, option: str, specialties: int) -> NDArray[np.int64]:
        """Signals of a kind at hand in each specialty.

        Parameters
        ----------
        option : {"gold", "silver"}
            Kind.
        specialties : int
            How many specialties there are.

        Returns
        -------
        ndarray of int, shape (specialties,)
            0 where none are given.
        """
        given = self.gold if option == "gold" else self.silver
        found = np.zeros(specialties, dtype=np.int64)
        found[: len(given)] = given[:specialties]
        return found

    def checked(self, programs: int) -> None:
        """Refuse positions that are no program.

        Parameters
        ----------
        programs : int
            How many there are.

        Raises
        ------
        ModelError
            If a position is out of range or given twice.
        """
        checked_positions(self.must, programs, "must")
        checked_positions(self.never, programs, "never")
        checked_positions(list(self.fixed_signal), programs, "decided signals")
        if not set(self.fixed_signal.values()) <= set(OPTIONS):
            message = f"a decided signal is none of {', '.join(OPTIONS)}"
            raise ModelError(message)
        for quota in self.quotas:
            checked_positions(quota.members, programs, quota.name)

    def name(self, position: int) -> str:
        """Name of a program for a message.

        Parameters
        ----------
        position : int
            Its position.

        Returns
        -------
        str
            The name given, else the position.
        """
        return self.names[position] if self.names else f"program {position}"

    def most_affordable(self) -> int | None:
        """Most programs of one specialty that limit and budget allow; None without either."""
        ends = [] if self.limit is None else [self.limit]
        if self.budget_usd is not None and self.fees is not None:
            ends.append(self.fees.affordable(self.budget_usd))
        return min(ends) if ends else None

    @property
    def binds(self) -> bool:
        """Whether there is more to keep to than a number, musts and nevers."""
        signals = any(self.gold) or any(self.silver)
        return bool(signals or self.quotas or self.budget_usd is not None)


def members_of(kinds: ArrayLike, kind: str) -> tuple[int, ...]:
    """Positions of the programs of a kind."""
    return tuple(int(at) for at in np.flatnonzero(np.asarray(kinds, dtype=object) == kind))
