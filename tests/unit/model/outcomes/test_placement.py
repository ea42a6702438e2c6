import numpy as np
import pytest
from scipy.special import logit, ndtr, ndtri

from analysis.errors import ModelError
from analysis.model.outcomes.posterior import LOG_WEIGHTS, NODES, Applicants
from analysis.model.outcomes.learning import match_given_interview, placed_given_interview
from tests.parallel import on_every_core


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
def test_the_rate_holds_on_average_over_those_interviewed(rho):
    chance = np.array([0.05, 0.4, 0.9])
    placed = placed_given_interview(chance, 0.3, rho)
    interviewed = ndtr((ndtri(chance)[:, None] + np.sqrt(rho) * NODES) / np.sqrt(1 - rho))
    # The threshold is solved over the whole factor; the grid ends five deviations out.
    joint = (interviewed * placed) @ np.exp(LOG_WEIGHTS)
    assert joint / (interviewed @ np.exp(LOG_WEIGHTS)) == pytest.approx([0.3] * 3, abs=1e-5)


def simulated(seed, rate, rho=0.3, people=150, sent=12):
    generator = np.random.default_rng(seed)
    who = np.repeat(np.arange(people), sent)
    chance = generator.uniform(0.1, 0.8, who.size).round(2)
    factor = generator.choice(len(NODES), people, p=np.exp(LOG_WEIGHTS))[who]
    given = ndtr((ndtri(chance) + np.sqrt(rho) * NODES[factor]) / np.sqrt(1 - rho))
    interviewed = (generator.random(who.size) < given).astype(float)
    place = placed_given_interview(chance, rate, rho)[np.arange(who.size), factor]
    would = (interviewed == 1) & (generator.random(who.size) < place)
    first = np.zeros(who.size)
    for person in range(people):
        rows = np.flatnonzero(would & (who == person))
        first[rows[:1]] = 1
    return Applicants.of(interviewed, logit(chance), np.ones((who.size, 1)), who), first


@pytest.mark.parametrize("rate", [0.15, 0.4])
def test_the_rate_that_graduates_matched_by_is_found(rate):
    rows, matched = simulated(1, rate)
    found = match_given_interview(rows, np.zeros(1), 0.3, matched)
    assert found.low <= rate <= found.high
    assert found.high - found.low < 0.25


def holds(seed):
    rows, matched = simulated(seed, 0.2)
    found = match_given_interview(rows, np.zeros(1), 0.3, matched)
    return found.low <= 0.2 <= found.high


@pytest.mark.soak
def test_intervals_of_match_given_interview_hold_nine_of_ten_truths():
    assert 0.85 <= np.mean(on_every_core(holds, range(200))) <= 0.95


def test_without_an_interview_there_is_nothing_to_learn():
    rows = Applicants.of([0, 0], [0.0, 0.0], np.ones((2, 1)), [0, 1])
    with pytest.raises(ModelError, match="no graduate was interviewed"):
        match_given_interview(rows, np.zeros(1), 0.3, [0, 0])
