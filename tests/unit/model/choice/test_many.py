"""Many draws side by side are each what the plain functions say of it alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.model.choice.many import ManyLists, ManyOffers, list_values, sure_offers
from analysis.model.choice.value import expected_utility
from analysis.model.correlation import Scenarios

DRAWS, PROGRAMS = 3, 6


@st.composite
def lists(draw):
    """Offers in two times three states, and a list of three of six programs in each draw."""
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    offers = ManyOffers(
        np.tile(np.arange(PROGRAMS), (DRAWS, 1)),
        *np.ones((2, 3, DRAWS, PROGRAMS), dtype=bool),
        random.uniform(0, 1, (2, 3, DRAWS, PROGRAMS)),
        random.uniform(0, 0.9, (3, DRAWS, PROGRAMS)),
        np.array([0.4, 0.6]),
        np.array([0.2, 0.5, 0.3]),
    )
    taken = random.permuted(offers.program, axis=1)[:, :3]
    option = random.integers(0, 3, (DRAWS, PROGRAMS))
    utility = np.sort(random.uniform(0.3, 1, PROGRAMS))[::-1]
    return offers, ManyLists(taken, option, np.zeros(DRAWS)), utility


def alone(offers, found, draw):
    """Offers of one draw with the signals of its list."""
    states = offers.sent(found.option)[:, :, draw].reshape(-1, PROGRAMS)
    return Scenarios(states.T, offers.weight.ravel())


@given(lists())
@settings(max_examples=40, derandomize=True, deadline=None)
def test_a_list_is_worth_what_it_is_worth_alone(world):
    offers, found, utility = world
    for draw, value in enumerate(list_values(offers, found, utility)):
        own = expected_utility(alone(offers, found, draw), utility, found.taken[draw])
        assert value == pytest.approx(own, abs=1e-12)


@given(lists())
@settings(max_examples=20, derandomize=True, deadline=None)
def test_a_sure_offer_adds_what_it_adds_beside_the_others_alone(world):
    offers, found, utility = world
    worth = np.broadcast_to(utility, (DRAWS, PROGRAMS))
    added = sure_offers(offers.sent(found.option), found.listed(), worth)
    added = np.einsum("zwbm,zw->bm", added, offers.weight)
    for draw, program in np.ndindex(DRAWS, PROGRAMS):
        market = alone(offers, found, draw)
        others = np.setdiff1d(found.taken[draw], [program])
        sure = market.chance.copy()
        sure[program] = 1.0
        more = expected_utility(Scenarios(sure, market.weight), utility, [*others, program])
        more -= expected_utility(market, utility, others)
        assert added[draw, program] == pytest.approx(more, abs=1e-9)
