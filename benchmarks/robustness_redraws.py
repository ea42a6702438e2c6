"""10,000 lists made again: 60 programs, list of 20, one correlation a draw, 32 states.

Ours: `analysis.model.sensitivity.Case.lists`. Bare: the same arithmetic draw by draw in plain
numpy, without checks, names or stop rules.
"""

from __future__ import annotations

import time

import numpy as np
from scipy.special import ndtr, ndtri

from analysis.model.choice.constraints import Constraints
from analysis.model.correlation import Mechanism
from analysis.model.sensitivity.influence import CORRELATION, MATCH
from analysis.model.sensitivity.inputs import Inputs, between, one_of
from analysis.model.sensitivity.smaa import Case

DRAWS, PROGRAMS, LIMIT, STATES = 10_000, 60, 20, 32
ASKED_SECONDS, ASKED_RATIO = 20.0, 1.5


def case(draws=DRAWS, programs=PROGRAMS, seed=20260915, limit=LIMIT):
    """Chances that scatter jointly around a base, and utilities: a case, and its draws."""
    random = np.random.default_rng(seed)
    log_odds = random.normal(-0.8, 1.0, programs) + random.normal(0, 0.5, (draws, 1))
    log_odds = log_odds + random.normal(0, 0.3, (draws, 1)) * random.normal(0, 1, programs)
    chance = np.minimum(1 / (1 + np.exp(-log_odds)), 0.95)
    values = {
        "draw": np.arange(draws, dtype=float),
        MATCH: random.uniform(0.3, 0.6, draws),
        CORRELATION: random.choice([0.1, 0.2, 0.4], draws),
    }
    inputs = Inputs(
        ("weights.step2_ck",),
        (1.0,),
        50.0,
        (
            between("draw", 0.0, 0.0, draws - 1.0),
            between(MATCH, 0.45, 0.3, 0.6),
            one_of(CORRELATION, 0.7 / 3, [0.1, 0.2, 0.4]),
        ),
    )
    return (
        Case(
            program_id=tuple(f"P{at}" for at in range(programs)),
            utility=0.7 + 0.3 * random.random(programs),
            rules=Constraints(limit=limit),
            inputs=inputs,
            chance=lambda v, at: {"none": chance[v["draw"].astype(int)][:, None, at]},
            how=Mechanism((0.1, 0.2, 0.4)),
            coarse=False,
        ),
        values,
    )


def by_draw(what, values):
    """Chances, match rate and correlation of each draw, as a loop over draws wants them."""
    chance = what.chance(values, np.arange(what.utility.size))["none"][:, 0]
    return list(zip(chance, values[MATCH], values[CORRELATION], strict=True))


def nodes():
    points, weights = np.polynomial.hermite.hermgauss(STATES)
    return points * np.sqrt(2), weights / np.sqrt(np.pi)


def bare_offers(chance, match_given_interview, rho, z, weight):
    """Offer chances of one draw, programs x states."""
    spread = np.sqrt(1 - rho)
    shared = np.sqrt(rho) * z / spread
    interview = ndtr(ndtri(chance)[:, None] / spread + shared)
    share = weight * interview
    wanted = match_given_interview * share.sum(1)
    threshold = np.zeros(chance.size)
    for _ in range(60):
        at = shared - threshold[:, None]
        reached = (share * ndtr(at)).sum(1)
        slope = (share * np.exp(-0.5 * at**2)).sum(1) / np.sqrt(2 * np.pi)
        step = reached * np.log(reached / wanted) / slope
        threshold += step
        if np.abs(step).max() < 1e-12:
            break
    return interview * ndtr(shared - threshold[:, None])


def bare_list(offers, weight, utility, limit):
    """Greedy list of one draw, programs already in the order of their utility."""
    value = np.repeat(utility[:, None], weight.size, axis=1)
    weighed = offers * weight
    chosen = []
    free = np.ones(utility.size, dtype=bool)
    for _ in range(limit):
        gain = np.where(free, np.einsum("js,js->j", weighed, value), -1.0)
        best = int(gain.argmax())
        chosen.append(best)
        free[best] = False
        offer, own = offers[best], value[best].copy()
        value[best:] *= 1 - offer
        value[:best] -= offer * own
    return chosen


def bare_lists(draws, utility, limit):
    z, weight = nodes()
    order = np.argsort(-utility, kind="stable")
    ordered = utility[order]
    return [
        order[bare_list(bare_offers(chance[order], rate, rho, z, weight), weight, ordered, limit)]
        for chance, rate, rho in draws
    ]


def seconds(run, repeats):
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = run()
        taken.append(time.perf_counter() - start)
    return float(np.median(taken)), result


def main(repeats=1):
    what, values = case()
    draws = by_draw(what, values)
    what.lists({name: column[:64] for name, column in values.items()})
    bare, plain = seconds(lambda: bare_lists(draws, what.utility, LIMIT), repeats)
    ours, lists = seconds(lambda: what.lists(values), repeats)
    same = np.mean([set(a) == set(b) for a, b in zip(lists, plain, strict=True)])
    return [
        {
            "what": f"{DRAWS:,} lists made again, {PROGRAMS} programs, list of {LIMIT}, "
            f"{STATES} states; same list in {same:.2%} of the draws",
            "ours": ours,
            "stock": bare,
            "ratio": ours / bare,
            "asked": f"at most {ASKED_SECONDS:.0f} s, at most {ASKED_RATIO}x a bare numpy loop",
        }
    ]


if __name__ == "__main__":
    for row in main():
        print(row)
