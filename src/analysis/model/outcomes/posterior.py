"""What graduates' outcomes say of shifts of the log-odds: likelihood, posterior, simulation.

An applicant's applications fall together: p_i(z) = Phi((Phi^-1(p_i) + sqrt(rho) z)/sqrt(1-rho)),
z standard normal, one per applicant (docs/methods.md, section 4). The mean over z is p_i, so
effects keep their meaning for the chance that is printed, whatever the correlation.
Shifts of one kind come from N(0, s^2); s is not plugged in but averaged over, on a grid of equally
likely values of a half-normal. Everything reported is read from draws of the posterior.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator
from scipy.special import betaln, expit, logit, logsumexp, ndtr, ndtri

from analysis.arrays import Floats
from analysis.errors import ModelError
from analysis.model.correlation import answers_at

# The latent factor is summed over an even grid to here; steps are this share of the integrand's
# least width, at which an even sum over a bell is off by less than one part in a million.
FARTHEST_NODE, NODE_STEP, MOST_NODES = 5.0, 1.1, 61
LARGEST_LOGIT = 30.0
# Sharpness, in log-odds, of the corner at the highest chance.
CORNER = 14.0
# Rows of one block: what is worked out for it stays in the processor's cache. Multiplications of
# one product: no more than are shared among threads, whose waiting costs more (timed).
BLOCK_ROWS = 1024
BLOCK_PRODUCTS = 250_000
LOG_ROOT_TWO_PI = 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True, slots=True)
class Applicants:
    """Outcomes in order of applicants, those with few applications first.

    The chance of an application is that of an open gate times that of whoever is read: ``opening *
    min(expit(logit + design @ effects), highest)``, as everywhere in the model. Without the last,
    what good files cannot gain any more would pass for slopes that are too low.
    ``places``, of a file that holds who matched and no one else: log-weights and chances of a match
    after an interview; each graduate's likelihood is then that given a match.
    """

    outcome: Floats
    logit: Floats
    design: Floats
    start: NDArray[np.intp]
    order: NDArray[np.intp]
    opening: Floats
    highest: float
    places: tuple[Floats, Floats] | None = None

    @classmethod
    def of(
        cls,
        outcome: ArrayLike,
        logit: ArrayLike,
        design: ArrayLike,
        applicant: ArrayLike,
        *,
        opening: ArrayLike = 1.0,
        highest: float = 1.0,
        places: tuple[Floats, Floats] | None = None,
    ) -> Applicants:
        """Rows checked and put in order of applicants."""
        happened = np.asarray(outcome, dtype=np.float64)
        base = np.asarray(logit, dtype=np.float64)
        effects = np.asarray(design, dtype=np.float64)
        code = np.unique(np.asarray(applicant), return_inverse=True)[1]
        if happened.size == 0:
            message = "there is no application to learn from"
            raise ModelError(message)
        if not (np.isfinite(base).all() and np.isfinite(effects).all()):
            message = "a row without log-odds: leave out applications behind a closed gate"
            raise ModelError(message)
        if not np.isin(happened, (0.0, 1.0)).all():
            message = "an outcome is neither 0 nor 1"
            raise ModelError(message)
        order = np.lexsort([code, np.bincount(code)[code]])
        start = np.flatnonzero(np.diff(code[order], prepend=-1))
        doors = np.broadcast_to(np.asarray(opening, dtype=np.float64), happened.shape)
        rows = happened[order], base[order], effects[order], start, order, doors[order]
        return cls(*rows, highest, places)

    def shifted(self, effects: ArrayLike) -> tuple[Floats, Floats, Floats]:
        """Chance of each application, its slope in the log-odds, and how the slope bends."""
        log_odds = self.logit + self.design @ np.asarray(effects, dtype=np.float64)
        log_odds = np.clip(log_odds, -LARGEST_LOGIT, LARGEST_LOGIT)
        passed, curve = np.ones_like(log_odds), np.zeros_like(log_odds)
        if self.highest < 1:
            # A corner would stop Newton's method; rounded, it takes .05 off the log-odds there.
            ceiling = float(logit(self.highest))
            room = CORNER * (ceiling - log_odds)
            log_odds = ceiling - np.logaddexp(0, room) / CORNER
            passed = expit(room)
            curve = -CORNER * passed * (1 - passed)
        read = expit(log_odds)
        rising = read * (1 - read)
        slope = rising * passed
        bend = rising * ((1 - 2 * read) * passed**2 + curve)
        return self.opening * read, self.opening * slope, self.opening * bend

    def blocks(self) -> Iterator[tuple[int, int, int]]:
        """First row, applicants and applications each, of short runs of who sent as many."""
        sent = np.diff(np.append(self.start, self.outcome.size))
        for each in np.unique(sent):
            people = self.start[sent == each]
            most = max(1, BLOCK_ROWS // int(each))
            for at in range(0, len(people), most):
                yield int(people[at]), len(people[at : at + most]), int(each)


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Log-likelihood at one point."""

    value: float
    gradient: Floats
    hessian: Floats


@cache
def latent_nodes(sent: int, rho: float) -> tuple[Floats, Floats]:
    """Values of the latent factor and their log-weights for who sent so many applications."""
    # Each answer bends the log of the integrand by rho/(1-rho) at most; many answers make it
    # narrow.
    step = NODE_STEP / np.sqrt(1 + sent * rho / (1 - rho))
    count = min(int(np.ceil(FARTHEST_NODE / step)), MOST_NODES // 2)
    nodes = np.linspace(-FARTHEST_NODE, FARTHEST_NODE, 2 * count + 1)
    return nodes, -0.5 * nodes**2 - logsumexp(-0.5 * nodes**2)


def _gram(left: Floats, right: Floats) -> Floats:
    """``left.T @ right`` in products small enough for one thread."""
    rows = max(1, BLOCK_PRODUCTS // (left.shape[1] * right.shape[1]))
    parts = (slice(at, at + rows) for at in range(0, len(left), rows))
    return np.asarray(sum(left[part].T @ right[part] for part in parts))


def likelihood(
    applicants: Applicants, effects: ArrayLike, rho: float, *, curved: bool = True
) -> Likelihood:
    """Log-likelihood of effects and correlation; with ``curved``, its slope and curvature too."""
    chance, slope, bend = applicants.shifted(effects)
    threshold = ndtri(chance)
    # Slope and curvature in the threshold become, by the chain rule, those in the log-odds.
    wide = np.exp(0.5 * threshold**2 + LOG_ROOT_TWO_PI)
    steep = slope * wide
    bend = bend * wide + threshold * steep**2
    toward = (2 * applicants.outcome - 1) / np.sqrt(1 - rho)
    columns = applicants.design.shape[1]
    value, gradient, hessian = 0.0, np.zeros(columns), np.zeros((columns, columns))
    for begin, people, each in applicants.blocks():
        rows = slice(begin, begin + people * each)
        shape = (people, each)
        nodes, log_weights = latent_nodes(each, rho)
        shifted = threshold[rows].reshape(*shape, 1) + np.sqrt(rho) * nodes
        sign = toward[rows].reshape(shape)
        inside = sign[:, :, None] * shifted
        # Log-odds of at most 30 keep this above 1e-220: its logarithm needs no tail formula.
        passed = ndtr(inside)
        mills = np.exp(-0.5 * inside**2 - LOG_ROOT_TWO_PI) / passed if curved else None
        total, own, together = _mixture(np.log(passed), mills, inside, sign, log_weights)
        if applicants.places is not None:
            # Only who matched is in the file: given that, what they say is said by so much more.
            log_place_weights, place = applicants.places
            inside = np.repeat(shifted / np.sqrt(1 - rho), place.size, axis=2)
            lost = np.tile(place, nodes.size) * ndtr(inside)
            both = (log_weights[:, None] + log_place_weights).ravel()
            mills = None
            if curved:
                lean = np.exp(-0.5 * inside**2 - LOG_ROOT_TWO_PI)
                mills = -np.tile(place, nodes.size) * lean / (1 - lost)
            scale = np.full(shape, 1 / np.sqrt(1 - rho))
            none, of_none, bent = _mixture(np.log1p(-lost), mills, inside, scale, both)
            # Rounding leaves nothing of a match that is all but impossible.
            none = np.minimum(none, -1e-12)
            total = total - np.log(-np.expm1(none))
            if curved:
                odds = 1 / np.expm1(-none)
                outer = of_none[:, :, None] * of_none[:, None, :]
                own = own + odds[:, None] * of_none
                together = together + odds[:, None, None] * (
                    bent + (1 + odds)[:, None, None] * outer
                )
        value += float(total.sum())
        if not curved:
            continue
        factor = steep[rows].reshape(shape)
        together = together * factor[:, :, None] * factor[:, None, :]
        diagonal = np.arange(each)
        together[:, diagonal, diagonal] += bend[rows].reshape(shape) * own
        design = applicants.design[rows]
        gradient += (factor * own).ravel() @ design
        curving = together @ design.reshape(people, each, -1)
        hessian += _gram(design, curving.reshape(-1, columns))
    return Likelihood(value, gradient, hessian)


def _mixture(
    log_each: Floats, mills: Floats | None, inside: Floats, scale: Floats, log_weights: Floats
) -> tuple[Floats, Floats, Floats]:
    """Log of the mean over nodes of products, with slopes and curvatures in the thresholds."""
    # ``mills`` is the slope of ``log_each`` in ``inside``, which moves by ``scale`` as the
    # threshold does; of what is made of a normal distribution the curvature is ``-mills (inside +
    # mills)``.
    joint = log_each.sum(axis=1) + log_weights
    top = joint.max(axis=1, keepdims=True)
    likely = np.exp(joint - top)
    whole = likely.sum(axis=1, keepdims=True)
    total = (np.log(whole) + top)[:, 0]
    if mills is None:
        return total, np.empty(0), np.empty(0)
    weighted = (likely / whole)[:, None, :] * mills
    mean = weighted.sum(axis=2)
    # How one applicant's slopes vary together over the latent factor, and each one's bend.
    together = weighted @ mills.transpose(0, 2, 1) - mean[:, :, None] * mean[:, None, :]
    diagonal = np.arange(scale.shape[1])
    together[:, diagonal, diagonal] -= (weighted * (inside + mills)).sum(axis=2)
    together *= scale[:, :, None] * scale[:, None, :]
    return total, scale * mean, together


NEWTON_STEPS = 40
# Log-likelihood still to be gained, under which a search ends: a step of .04 standard errors.
DONE = 1e-3
INTERVAL = 0.9
# Equally likely values of a scale, the middles of so many parts of its half-normal.
# Quantiles of a half-normal.
SCALES = ndtri((1 + (np.arange(7) + 0.5) / 7) / 2)
RHO_GRID = np.array([0.0, 0.1, 0.25, 0.45, 0.65, 0.85])
FIRST_RHO = 0.2
DRAWS = 2000
# With fewer interviews, or refusals, than this a shift's posterior is not bell-shaped.
SPARSE = 10
PATH = np.linspace(-7.0, 7.0, 29)
LEAST_WEIGHT = 0.01


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number learned from the office's outcomes."""

    value: float  # posterior median
    # low, high: Ends of the 90% interval.
    low: float
    high: float
    n: int  # how many graduates, or cells, it rests on
    # Whether the most probable value is an end of what was searched: the outcomes do not settle it,
    # and nothing is called learned.
    at_bound: bool = False


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of shifts of one kind."""

    spread: float  # the standard deviation, or the scale of its half-normal
    pooled: bool = False  # whether the standard deviation itself is unknown


@dataclass(frozen=True, slots=True)
class Gaussian:
    """Top of a posterior under fixed spreads, the curvature there, and the evidence.

    ``near`` and ``likelihood``: a point next to the top, and what the outcomes say there.
    """

    shift: Floats
    covariance: Floats
    spread: Floats
    log_evidence: float
    near: Floats
    likelihood: Likelihood

    def under(self, spread: Floats) -> Gaussian | None:
        """The same under other spreads, the log-likelihood taken for its parabola here."""
        # Costs no look at the outcomes; None where the parabola has no top.
        precision = spread**-2.0
        slope = self.likelihood.gradient - precision * self.near
        try:
            root = np.linalg.inv(np.linalg.cholesky(np.diag(precision) - self.likelihood.hessian))
        except np.linalg.LinAlgError:
            return None
        covariance = np.asarray(root.T @ root, dtype=np.float64)
        step = covariance @ slope
        height = self.likelihood.value - 0.5 * float(precision @ self.near**2 - slope @ step)
        volume = float(2 * np.log(np.diag(root)).sum() + np.log(precision).sum())
        evidence = height + 0.5 * volume
        return replace(
            self,
            shift=self.near + step,
            covariance=covariance,
            spread=spread,
            log_evidence=evidence,
        )


@dataclass(frozen=True, slots=True)
class Posterior:
    """What outcomes say of all shifts."""

    draws: Floats  # shape (draws, d): Draws of the shifts
    rho: Estimate  # correlation of one graduate's answers

    @property
    def shift(self) -> Floats:
        """Middle of each shift, shape (d,)."""
        return np.asarray(np.median(self.draws, axis=0))


def estimate_of(draws: ArrayLike, n: int) -> Estimate:
    """Median and 90% interval of draws."""
    low, value, high = np.quantile(
        np.asarray(draws, dtype=np.float64), [0.5 - INTERVAL / 2, 0.5, 0.5 + INTERVAL / 2]
    )
    return Estimate(float(value), float(low), float(high), n)


def on_a_grid(log_density: Callable[[float], float], grid: ArrayLike, n: int) -> Estimate:
    """Posterior of one number under an even prior between the ends of a grid."""
    # The density is worked out at the grid and, twice, between its highest point and the neighbors;
    # between those points its logarithm is a cubic spline.
    heights = {float(x): log_density(float(x)) for x in np.asarray(grid, dtype=np.float64)}
    for _ in range(2):
        points = sorted(heights)
        top = points.index(max(heights, key=heights.__getitem__))
        around = points[max(top - 1, 0) : top + 2]
        for left, right in pairwise(around):
            heights[(left + right) / 2] = log_density((left + right) / 2)
    points = sorted(heights)
    fine = np.linspace(points[0], points[-1], 2001)
    height = CubicSpline(points, [heights[x] for x in points])(fine)
    density = np.exp(height - height.max())
    share = np.cumsum((density[1:] + density[:-1]) / 2)
    share = np.concatenate([[0.0], share / share[-1]])
    values = np.interp((np.arange(DRAWS) + 0.5) / DRAWS, share, fine)
    found = estimate_of(values, n)
    top = int(height.argmax())
    ended = top in (0, len(fine) - 1)
    return Estimate(found.value, found.low, found.high, n, ended)


def gaussian(applicants: Applicants, spread: Floats, rho: float, begin: ArrayLike) -> Gaussian:
    """Most probable shifts under fixed spreads, by Newton's method, and the curvature there."""
    precision = spread**-2.0
    shift = np.asarray(begin, dtype=np.float64)
    here = likelihood(applicants, shift, rho)
    for _ in range(NEWTON_STEPS):
        found = Gaussian(shift, np.empty(0), spread, 0.0, shift, here).under(spread)
        slope = here.gradient - precision * shift
        if found is None:
            # Far from the top the mixture is not concave; a ridge keeps the step uphill.
            bowl = np.diag(precision) - here.hessian
            ridge = 1.0 - float(np.linalg.eigvalsh(bowl)[0])
            step = np.linalg.solve(bowl + np.eye(len(shift)) * ridge, slope)
        else:
            step = found.shift - shift
            if 0.5 * float(slope @ step) < DONE:
                # So near the top, the last step and its rise are those of a parabola.
                return found
        height = here.value - 0.5 * float(precision @ shift**2)
        for halving in range(20):
            there = shift + step * 0.5**halving
            ahead = likelihood(applicants, there, rho)
            if ahead.value - 0.5 * float(precision @ there**2) >= height - DONE:
                break
        shift, here = there, ahead
    message = "the effects of the graduates' outcomes could not be found: no step goes uphill"
    raise ModelError(message)


def most_probable(
    applicants: Applicants, kinds: Sequence[str], priors: Mapping[str, Prior]
) -> Floats:
    """Where to begin: the shifts that are most probable under middling scales and correlation."""
    spread = _middle_spread(kinds, priors)
    return gaussian(applicants, spread, FIRST_RHO, np.zeros(len(kinds))).shift


def _middle_spread(kinds: Sequence[str], priors: Mapping[str, Prior]) -> Floats:
    middle = {kind: p.spread * (SCALES[3] if p.pooled else 1) for kind, p in priors.items()}
    return np.array([middle[kind] for kind in kinds])


def posterior(
    applicants: Applicants,
    kinds: Sequence[str],
    priors: Mapping[str, Prior],
    *,
    sparse: Sequence[int] = (),
    seed: int = 0,
    begin: Floats | None = None,
) -> Posterior:
    """Posterior of all shifts (``priors`` by ``kinds``) and of the correlation, by simulation."""
    # The scale of ``flag`` is averaged over with the draws; the other unknown scales, which no one
    # reads, are set to their posterior means. ``sparse`` columns have so few interviews or refusals
    # that a bell would mislead: their draws follow the likelihood along the ridge.
    if len(kinds) != applicants.design.shape[1] or not set(kinds) <= set(priors):
        message = f"kinds {sorted(set(kinds))} do not fit the design or its priors"
        raise ModelError(message)
    if not all(priors[kind].spread > 0 for kind in kinds):
        message = "the standard deviation of a shift must be more than 0"
        raise ModelError(message)
    kind_of = np.asarray(kinds)
    spread = _middle_spread(kinds, priors)
    top = gaussian(applicants, spread, FIRST_RHO, np.zeros(len(kinds)) if begin is None else begin)

    def at_scales(kind: str) -> tuple[list[Gaussian], Floats]:
        """Fits about the top at each scale of a kind, and how likely each is."""
        fits = []
        for scale in priors[kind].spread * SCALES:
            there = np.where(kind_of == kind, scale, spread)
            fit = top.under(there)
            fits.append(fit or gaussian(applicants, there, rho_now, top.shift))
        evidence = np.array([fit.log_evidence for fit in fits])
        return fits, np.exp(evidence - logsumexp(evidence))

    rho_now = FIRST_RHO
    for kind in sorted({k for k in kinds if priors[k].pooled}, key=lambda k: (k == "flag", k)):
        _, weight = at_scales(kind)
        spread[kind_of == kind] = float(weight @ (priors[kind].spread * SCALES))
    tops = {FIRST_RHO: top}

    def evidence_of(rho: float) -> float:
        nearest = tops[min(tops, key=lambda x: abs(x - rho))]
        tops[rho] = gaussian(applicants, spread, rho, nearest.shift)
        return tops[rho].log_evidence

    rho = on_a_grid(evidence_of, RHO_GRID, len(applicants.start))
    rho_now = rho.value
    top = gaussian(
        applicants, spread, rho_now, tops[min(tops, key=lambda x: abs(x - rho_now))].shift
    )
    fits, weight = [top], np.ones(1)
    if "flag" in kinds and priors["flag"].pooled:
        fits, weight = at_scales("flag")
        fits = [
            gaussian(applicants, fit.spread, rho_now, fit.shift)
            for fit, likely in zip(fits, weight, strict=True)
            if likely > LEAST_WEIGHT
        ]
        evidence = np.array([fit.log_evidence for fit in fits])
        weight = np.exp(evidence - logsumexp(evidence))
    generator = np.random.default_rng(seed)
    parts = [
        _draws(applicants, fit, rho.value, sparse, int(count), generator)
        for fit, count in zip(fits, generator.multinomial(DRAWS, weight), strict=True)
        if count
    ]
    return Posterior(np.concatenate(parts), rho)


def _draws(
    applicants: Applicants,
    fit: Gaussian,
    rho: float,
    sparse: Sequence[int],
    count: int,
    generator: np.random.Generator,
) -> Floats:
    """Draws around one top; sparse shifts by their own marginals, tied to the rest by ranks."""
    drawn = generator.multivariate_normal(fit.shift, fit.covariance, count, method="cholesky")
    precision = fit.spread**-2.0
    for column in sparse:
        deviation = float(np.sqrt(fit.covariance[column, column]))
        # As one shift moves, the others follow by their regression on it.
        along = fit.covariance[:, column] / deviation

        def height(step: float, along: Floats = along) -> float:
            there = fit.shift + step * along
            value = likelihood(applicants, there, rho, curved=False).value
            return value - 0.5 * float(precision @ there**2)

        heights = np.array([height(step) for step in PATH])
        fine = np.linspace(PATH[0], PATH[-1], 2001)
        density = np.exp(PchipInterpolator(PATH, heights - heights.max())(fine))
        share = np.cumsum(density) / density.sum()
        unit = (drawn[:, column] - fit.shift[column]) / deviation
        moved = np.interp(ndtr(unit), share, fine)
        drawn = drawn + (moved - unit)[:, None] * along
    return drawn


SMALLEST_WORTH = 0.5


def prior_sample_size(
    successes: ArrayLike, trials: ArrayLike, prior: ArrayLike, cap: float
) -> Estimate:
    """How many applications the survey is worth, by how far cells stray from its chances."""
    got, tried, believed = (np.asarray(one, dtype=np.float64) for one in (successes, trials, prior))
    if not ((got >= 0) & (got <= tried)).all():
        message = "more interviews than applications"
        raise ModelError(message)
    if not ((believed >= 0) & (believed <= 1)).all():
        message = "a survey chance is unknown or outside 0 to 1"
        raise ModelError(message)
    used = (tried > 0) & (believed > 0) & (believed < 1)
    if not (tried[used] > 1).any():
        message = "no cell has two applications: how far cells stray cannot be seen"
        raise ModelError(message)
    got, tried, believed = got[used], tried[used], believed[used]

    def log_marginal(log_worth: float) -> float:
        for_it, against = np.exp(log_worth) * believed, np.exp(log_worth) * (1 - believed)
        gain = betaln(got + for_it, tried - got + against) - betaln(for_it, against)
        return float(gain.sum())

    ends = np.linspace(np.log(SMALLEST_WORTH), np.log(cap), 21)
    found = on_a_grid(log_marginal, ends, int(used.sum()))
    value, low, high = (float(np.exp(x)) for x in (found.value, found.low, found.high))
    return Estimate(value, low, high, found.n, found.at_bound)


def design_effect(chances: ArrayLike, applicant: ArrayLike, cell: ArrayLike, rho: float) -> Floats:
    """By how much counts of a cell vary more than coin throws of its mean chance would."""
    chance = np.asarray(chances, dtype=np.float64)
    cell_of = np.asarray(cell, dtype=np.intp)
    cells = int(cell_of.max()) + 1
    who = np.unique(np.asarray(applicant), return_inverse=True)[1]
    pair, start_of = np.unique(who * cells + cell_of, return_inverse=True)
    nodes, log_weights = latent_nodes(1, rho)
    given = answers_at(ndtri(chance)[:, None], rho, nodes)
    mean = np.zeros((len(pair), len(nodes)))
    spread = np.zeros_like(mean)
    np.add.at(mean, start_of, given)
    np.add.at(spread, start_of, given * (1 - given))
    expected = np.bincount(start_of, chance, len(pair))
    variance = (mean**2 + spread) @ np.exp(log_weights) - expected**2
    trials = np.bincount(cell_of, minlength=cells)
    average = np.bincount(cell_of, chance, cells) / np.maximum(trials, 1)
    coin = trials * average * (1 - average)
    total = np.bincount(pair % cells, variance, cells)
    return np.divide(total, coin, out=np.ones(cells), where=coin > 0)
