"""Bytes on their way: a log, an error or a dashboard shows their size and nothing of them."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Parcel"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """Bytes that only their receiver opens.

    Parameters
    ----------
    content : bytes
        Sealed by `analysis.workers.work.sealed`, or files.
    """

    content: bytes = field(repr=False)

    def __repr__(self) -> str:
        return f"Parcel({len(self.content)} bytes)"

    def __sizeof__(self) -> int:
        return len(self.content)
