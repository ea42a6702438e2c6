"""One number with what must be said about it, and one specialty's season."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["COMPONENTS", "Basis", "Content", "Entry", "Season"]

COMPONENTS = ("step2_ck", "clerkships", "letters", "red_flags", "research")
Basis = Literal["article", "published", "office", "assumption"]
Content = float | str | tuple[float, ...]
# Whole numbers are numbers, but yes and no are not.
Number = Annotated[float, Field(strict=True)]


class Entry(BaseModel):
    """One number with what must be said about it.

    Parameters
    ----------
    value, values : float, str or list of float
        One of the two.
    basis : {"article", "published", "office", "assumption"}
        Whose number it is.
    why, source : str
        Why it is what it is, and where it is from ("none" where it is from nowhere).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: Number | str | None = None
    values: tuple[Number, ...] | None = None
    basis: Basis
    why: str = Field(min_length=1)
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _one_of_two(self) -> Entry:
        if (self.value is None) == (self.values is None):
            message = "either value or values"
            raise ValueError(message)
        return self

    @property
    def content(self) -> Content:
        """The value, or the values."""
        content = self.value if self.values is None else self.values
        assert content is not None  # noqa: S101 - the validator has seen to it
        return content


class Season(BaseModel):
    """What is given for a specialty and season.

    Parameters
    ----------
    competitiveness : {"ultra", "moderate", "less"}
        Class of the specialty.
    gold_signals, silver_signals : int
        Signals a student has.
    season, basis, source : str
        Which season, and whose numbers.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    competitiveness: Literal["ultra", "moderate", "less"]
    gold_signals: int = Field(ge=0)
    silver_signals: int = Field(ge=0)
    season: str
    basis: str
    source: str
