"""One input at a time from its low to its high end, the others held: the tornado."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import ModelError

__all__ = ["tornado"]

Floats = NDArray[np.float64]


def tornado(
    answer: Callable[[str, Floats], Floats],
    ends: Mapping[str, tuple[float, float, float]],
) -> pd.DataFrame:
    """How far an answer moves when one input goes through its range alone.

    docs/methods.md, section 6. Ends are usually the 5 % and 95 % points of an input; a weight that
    moves rescales the others, which is the business of `answer`.

    Parameters
    ----------
    answer : callable
        Takes the name of an input and its values, shape (v,), all other inputs at their base;
        gives answers, shape (v,).
    ends : mapping of str to (low, base, high)
        Range of each input, low <= base <= high.

    Returns
    -------
    DataFrame
        One row an input, the widest swing first, ties by name: input, low, base, high,
        answer_low, answer_base, answer_high, swing. `answer_low` belongs to the low end of the
        input and may be the higher of the two; swing is the distance between them.

    Raises
    ------
    ModelError
        If a base lies outside its range or an answer is not finite.

    Examples
    --------
    >>> tornado(lambda name, x: 2 * x, {"a": (0, 1, 3)})[["answer_low", "swing"]].values.tolist()
    [[0.0, 6.0]]
    """
    rows = []
    for name, (low, base, high) in ends.items():
        if not low <= base <= high:
            raise ModelError(f"{name}: the base {base:g} lies outside its range {low:g}-{high:g}")
        answers = answer(name, np.array([low, base, high], dtype=np.float64))
        if not np.all(np.isfinite(answers)):
            raise ModelError(f"{name}: the answer at an end of its range is not a number")
        rows.append(
            {
                "input": name,
                "low": float(low),
                "base": float(base),
                "high": float(high),
                "answer_low": float(answers[0]),
                "answer_base": float(answers[1]),
                "answer_high": float(answers[2]),
                "swing": float(abs(answers[2] - answers[0])),
            }
        )
    inputs = pd.DataFrame(rows)
    return inputs.sort_values(["swing", "input"], ascending=[False, True], ignore_index=True)
