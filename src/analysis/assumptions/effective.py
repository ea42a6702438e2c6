"""The assumptions in force: frozen, and told apart by a fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from analysis.assumptions.checks import refuse_contradictions
from analysis.assumptions.entries import COMPONENTS, Basis, Content, Entry, Season
from analysis.assumptions.overrides import overridden_entries
from analysis.errors import AssumptionError

__all__ = ["Assumptions"]

FINGERPRINT_LENGTH = 12


@dataclass(frozen=True, eq=False)
class Assumptions:
    """A frozen set of assumptions; two are equal if their fingerprints are.

    Parameters
    ----------
    entries : mapping of str to Entry
        By dotted key, such as ``weights.step2_ck``.
    season : mapping of str to Season
        By specialty.
    """

    entries: Mapping[str, Entry]
    season: Mapping[str, Season]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Assumptions) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def value(self, key: str) -> float:
        """Number of a key.

        Parameters
        ----------
        key : str
            A dotted key with one number.

        Returns
        -------
        float
            The number.
        """
        content = self.entry(key).content
        if not isinstance(content, float):
            message = f"{key} is not a single number"
            raise AssumptionError(message)
        return content

    def values(self, key: str) -> tuple[float, ...]:
        """Numbers of a key; a single number is a tuple of one.

        Parameters
        ----------
        key : str
            A dotted key.

        Returns
        -------
        tuple of float
            The numbers.
        """
        content = self.entry(key).content
        return content if isinstance(content, tuple) else (self.value(key),)

    def text(self, key: str) -> str:
        """Word of a key, such as ``anchor_basis``.

        Parameters
        ----------
        key : str
            A dotted key.

        Returns
        -------
        str
            The word.
        """
        return str(self.entry(key).content)

    def group(self, prefix: str) -> dict[str, float]:
        """Numbers below a key.

        Parameters
        ----------
        prefix : str
            Such as ``weights``.

        Returns
        -------
        dict of str to float
            By what follows the prefix.
        """
        start = f"{prefix}."
        return {k.removeprefix(start): self.value(k) for k in self.entries if k.startswith(start)}

    @cached_property
    def weights(self) -> dict[str, float]:
        """Weights of the five components, which sum to 1."""
        given = self.group("weights")
        total = sum(given.values())
        return {name: given[name] / total for name in COMPONENTS}

    @cached_property
    def fingerprint(self) -> str:
        """Hash over every value, the season's among them; equal sets have equal ones."""
        content = {
            "entries": {key: self.entries[key].content for key in sorted(self.entries)},
            "season": {
                name: [row.competitiveness, row.gold_signals, row.silver_signals]
                for name, row in sorted(self.season.items())
            },
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT_LENGTH]

    def entry(self, key: str) -> Entry:
        """One assumption with its basis, why and source.

        Parameters
        ----------
        key : str
            A dotted key.

        Returns
        -------
        Entry
            The entry.

        Raises
        ------
        AssumptionError
            If there is none; the nearest key is named.
        """
        if key not in self.entries:
            near = get_close_matches(key, self.entries, n=1, cutoff=0.0)
            message = f"there is no assumption {key}; the nearest is {near[0]}"
            raise AssumptionError(message)
        return self.entries[key]

    def with_set(self, overrides: Iterable[str]) -> Assumptions:
        """Copy with some values set on the command line.

        Set weights keep the share they are given, and the others are rescaled to the rest.

        Parameters
        ----------
        overrides : iterable of str
            ``key=value``; several values are separated by ``;``.

        Returns
        -------
        Assumptions
            The new set.

        Raises
        ------
        AssumptionError
            If a key is unknown, a value not understood or out of range, or set weights leave no
            share to the others.
        """
        if not (given := tuple(overrides)):
            return self
        entries = overridden_entries(self.entries, given)
        refuse_contradictions("--set", entries)
        return Assumptions(entries, self.season)

    def with_values(
        self, values: Mapping[str, Content], *, basis: Basis, why: str, source: str
    ) -> Assumptions:
        """Copy with some values replaced, and nothing rescaled.

        Parameters
        ----------
        values : mapping of str to float, str or tuple of float
            By dotted key.
        basis, why, source : str
            Recorded with each of them.

        Returns
        -------
        Assumptions
            The new set.

        Raises
        ------
        AssumptionError
            For an unknown key or a value out of range.
        """
        entries = dict(self.entries)
        for key, value in values.items():
            self.entry(key)
            entries[key] = (
                Entry(values=value, basis=basis, why=why, source=source)
                if isinstance(value, tuple)
                else Entry(value=value, basis=basis, why=why, source=source)
            )
        refuse_contradictions(source, entries)
        return Assumptions(entries, self.season)
