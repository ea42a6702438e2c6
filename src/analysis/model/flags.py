"""Red flags: their codes in order, their class of relief, and which are failed exams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from analysis import vocabulary
from analysis.errors import ModelError
from analysis.vocabulary import EXAM_FAILURES

__all__ = ["CLASSES", "EXAM_FAILURES", "FLAGS", "RELIEF", "heaviest_first", "listed"]

FLAGS = tuple(vocabulary.FLAGS)
RELIEF = MappingProxyType({code: flag.relief for code, flag in vocabulary.FLAGS.items()})
CLASSES = tuple(vocabulary.COMPETITIVENESS)


def listed(cell: Any) -> tuple[str, ...]:
    """Read a list cell of a frame, whoever built the frame.

    Examples
    --------
    >>> listed("loa_academic; step1_failure"), listed(float("nan"))
    (('loa_academic', 'step1_failure'), ())
    """
    if type(cell) is tuple:
        return cell
    if isinstance(cell, str):
        return tuple(entry.strip() for entry in cell.split(";") if entry.strip())
    if isinstance(cell, Iterable):
        return tuple(str(entry) for entry in cell)
    if cell is None or cell != cell:
        return ()
    message = f"a list cell holds {cell!r}; expected entries separated by semicolons"
    raise ModelError(message)


def heaviest_first(flags: Iterable[str], anchors: Mapping[str, float]) -> tuple[str, ...]:
    """Flags in the order of their weight.

    Examples
    --------
    >>> chances = {"step1_failure": 0.45, "loa_academic": 0.3}
    >>> heaviest_first(["step1_failure", "loa_academic"], chances)
    ('loa_academic', 'step1_failure')
    """
    return tuple(sorted(flags, key=lambda flag: (anchors[flag], flag)))
