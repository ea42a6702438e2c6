"""Round numbers for an axis that begins at nought."""

from __future__ import annotations

from math import ceil, floor, log10

__all__ = ["PERCENT_TICKS", "round_ticks"]

# Of an axis of shares, in percent.
PERCENT_TICKS = ([0, 0.2, 0.4, 0.6, 0.8, 1], ["0", "20", "40", "60", "80", "100"])

ROUND = (0.2, 0.5, 1, 2, 5, 10)
FLAT = 1e-9  # of a step; what is lost to rounding is no further step


def round_ticks(largest: float, most_steps: int = 6) -> list[float]:
    """Ticks from 0 to the first round number that is not below the largest value."""
    if largest <= 0:
        return [0, 1]
    power = 10.0 ** floor(log10(largest))
    step = next(power * number for number in ROUND if largest <= most_steps * power * number)
    count = max(ceil(largest / step - FLAT), 1)
    ticks = [round(step * number, 12) for number in range(count + 1)]
    return [int(tick) if tick == int(tick) else tick for tick in ticks]
