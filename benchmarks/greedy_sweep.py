"""The greedy list of 100 out of 5,000 programs, against a bare sweep over the same arithmetic.

Run it from the project root: `python benchmarks/greedy_sweep.py`. The bare sweep holds the two
multiplications of each step over arrays that lie ready, with no order to look up, no stop rule and
no ties. Prints seconds and their ratio for 1, 32 and 96 states, and checks that both take the same
programs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from analysis.model.correlation import scenarios
from analysis.model.portfolio import greedy

PROGRAMS, PLACES, REPEATS = 5000, 100, 7
MIXES: dict[str, float | list[float]] = {
    "1 state": 0.0,
    "32 states": 0.4,
    "96 states": [0.1, 0.2, 0.4],
}


def bare_sweep(weighed: np.ndarray, offers: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """Gains of all programs, the best one, two slice updates; PLACES times."""
    worth = worth.copy()
    taken = np.zeros(len(worth), dtype=bool)
    picked = np.empty(PLACES, dtype=np.int64)
    for step in range(PLACES):
        gains = np.einsum("ps,ps->p", weighed, worth)
        gains[taken] = -1
        best = int(gains.argmax())
        taken[best] = True
        picked[step] = best
        offer = offers[best]
        worth[:best] -= offer * worth[best]
        worth[best:] *= 1 - offer
    return picked


def quickest(run: Callable[[], Any]) -> float:
    """Seconds of the quickest of some runs."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main() -> list[dict[str, Any]]:
    """One row a number of states."""
    dice = np.random.default_rng(20260106)
    # Low chances, so that the hundredth program still adds something at every correlation.
    chance = dice.uniform(0.005, 0.08, PROGRAMS)
    utility = np.sort(dice.uniform(0.7, 1, PROGRAMS))[::-1].copy()
    rows = []
    for name, rho in MIXES.items():
        market = scenarios(chance, 0.5, rho)
        weighed = market.chance * market.weight
        worth = np.repeat(utility[:, None], market.weight.size, axis=1)
        same = np.array_equal(
            bare_sweep(weighed, market.chance, worth), greedy(market, utility, PLACES)
        )
        if not same:
            raise SystemExit(f"greedy_sweep: other programs taken with {name}")
        bare = quickest(partial(bare_sweep, weighed, market.chance, worth))
        ours = quickest(partial(greedy, market, utility, PLACES))
        rows.append(
            {
                "what": f"greedy list of {PLACES} out of {PROGRAMS} programs, {name}",
                "ours": ours,
                "stock": bare,
                "ratio": ours / bare,
                "asked": "at most 1.5x a bare sweep",
            }
        )
    return rows


if __name__ == "__main__":
    for row in main():
        print(
            f"{row['what']}: {1000 * row['ours']:.1f} ms, bare {1000 * row['stock']:.1f} ms, "
            f"ratio {row['ratio']:.2f} ({row['asked']})"
        )
