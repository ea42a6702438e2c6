import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from analysis.errors import ModelError
from analysis.model.outcomes.learning import match_given_interview
from analysis.model.outcomes.posterior import Applicants
from tests.parallel import on_every_core


def simulated(seed, rate, ranking_rho, people=250, sent=12):
    """Interviews by a coin of .4, and matches by the second of two factors."""
    generator = np.random.default_rng(seed)
    who = np.repeat(np.arange(people), sent)
    interviewed = (generator.random(who.size) < 0.4).astype(float)
    factor = generator.standard_normal(people)[who]
    lands = ndtr((ndtri(rate) + np.sqrt(ranking_rho) * factor) / np.sqrt(1 - ranking_rho))
    would = (interviewed == 1) & (generator.random(who.size) < lands)
    matched = np.zeros(who.size)
    for person in range(people):
        matched[np.flatnonzero(would & (who == person))[:1]] = 1
    zero = np.zeros(who.size)
    return Applicants.of(interviewed, zero, np.ones((who.size, 1)), who), matched


@pytest.mark.parametrize("ranking_rho", [0.0, 0.5])
@pytest.mark.parametrize("rate", [0.16, 0.5])
def test_the_rate_that_graduates_matched_by_is_found(rate, ranking_rho):
    found = match_given_interview(*simulated(1, rate, ranking_rho))
    assert found.low <= rate <= found.high
    assert found.high - found.low < 0.3


def holds(seed):
    found = match_given_interview(*simulated(seed, 0.3, [0.0, 0.2, 0.4, 0.6][seed % 4]))
    return found.low <= 0.3 <= found.high


@pytest.mark.soak
def test_intervals_of_match_given_interview_hold_nine_of_ten_truths():
    assert 0.84 <= np.mean(on_every_core(holds, range(200))) <= 0.96


def test_without_an_interview_there_is_nothing_to_learn():
    rows = Applicants.of([0, 0], [0.0, 0.0], np.ones((2, 1)), [0, 1])
    with pytest.raises(ModelError, match="no graduate was interviewed"):
        match_given_interview(rows, [0, 0])
