import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from analysis.errors import ModelError
from analysis.model.correlation import Scenarios, interview_states, scenarios
from analysis.model.portfolio import (
    Constraints,
    Fees,
    Quota,
    best_list,
    exact,
    expected_utility,
    fee_usd,
    gains_beside,
    gains_without,
    greedy,
    interchangeable,
    match_chance,
    match_shares,
    program_order,
    swap,
)
from tests.unit.model.list_oracles import (
    best_subset,
    plain_value,
    random_market,
    signal_scenarios,
)

LONG = settings(max_examples=2000)


@st.composite
def markets(draw, most=7):
    """Chances with ties and zeros among them, utilities, a correlation."""
    chance = st.one_of(st.floats(0, 0.95), st.sampled_from([0.0, 0.2, 0.5]))
    utility = st.one_of(st.floats(0, 1), st.sampled_from([0.7, 0.9]))
    programs = draw(st.lists(st.tuples(chance, utility), min_size=1, max_size=most))
    rho = draw(st.sampled_from([0.0, 0.1, 0.4, 0.8]))
    p, u = np.array(programs).T
    return p, u, rho


def states_of(p, rho):
    """Offers that come together: what a list's value is about, whatever they are made of."""
    return Scenarios(*interview_states(p, rho))


def at_length(test, *strategies):
    """The same property with four times the examples of the soak's others."""
    return pytest.mark.soak(LONG(given(*strategies)(test.hypothesis.inner_test)))


def test_the_printed_example_of_kapur_and_hong_comes_back():
    market = Scenarios(np.array([[0.2], [0.5], [0.1], [0.6], [0.1]]), np.ones(1))
    utility = [1, 4, 9, 1, 8]
    picked = greedy(market, utility, 5)
    values = [expected_utility(market, utility, picked[:k]) for k in range(1, 6)]
    np.testing.assert_allclose(values, [2, 2.7, 3.24, 3.483, 3.5154], atol=1e-12)


@given(markets())
def test_the_value_is_that_of_the_best_program_that_would_take_the_applicant(case):
    p, u, rho = case
    market = states_of(p, rho)
    order = program_order(u)
    by_hand = plain_value(market.chance[order], market.weight, u[order].tolist())
    assert expected_utility(market, u, np.arange(p.size)) == pytest.approx(by_hand, abs=1e-12)


@given(markets(), st.integers(0, 6))
def test_a_further_program_never_lowers_value_or_match_chance(case, left):
    p, u, rho = case
    market = states_of(p, rho)
    everything = np.arange(p.size)
    fewer = np.delete(everything, left % p.size)
    assert expected_utility(market, u, everything) >= expected_utility(market, u, fewer) - 1e-12
    assert match_chance(market, everything) >= match_chance(market, fewer) - 1e-12


test_a_further_program_at_length = at_length(
    test_a_further_program_never_lowers_value_or_match_chance, markets(), st.integers(0, 6)
)


@given(markets())
def test_value_and_match_chance_of_a_list_fall_as_answers_come_together(case):
    p, u, _ = case
    everything = np.arange(p.size)
    curve = [scenarios(p, 0.5, rho) for rho in (0.0, 0.1, 0.2, 0.4, 0.6, 0.8)]
    values = [expected_utility(market, u, everything) for market in curve]
    matches = [match_chance(market, everything) for market in curve]
    assert (np.diff(values) <= 1e-9).all()
    assert (np.diff(matches) <= 1e-9).all()


test_falling_with_rho_at_length = at_length(
    test_value_and_match_chance_of_a_list_fall_as_answers_come_together, markets()
)


@given(markets(), st.randoms(use_true_random=False))
def test_the_order_in_which_programs_are_given_changes_no_value(case, shuffler):
    p, u, rho = case
    market = states_of(p, rho)
    mixed = np.arange(p.size)
    shuffler.shuffle(mixed)
    again = states_of(p[mixed], rho)
    limit = max(1, p.size // 2)
    first, second = greedy(market, u, limit), greedy(again, u[mixed], limit)
    assert expected_utility(market, u, first) == pytest.approx(
        expected_utility(again, u[mixed], second), abs=1e-10
    )
    everything = np.arange(p.size)
    assert match_chance(market, everything) == pytest.approx(
        match_chance(again, everything), abs=1e-12
    )


test_permutations_at_length = at_length(
    test_the_order_in_which_programs_are_given_changes_no_value,
    markets(),
    st.randoms(use_true_random=False),
)


@given(markets())
def test_gains_of_the_value_fall_along_the_greedy_list_and_shorter_lists_begin_longer_ones(case):
    p, u, rho = case
    market = states_of(p, rho)
    whole = greedy(market, u, p.size)
    values = [0.0] + [expected_utility(market, u, whole[:k]) for k in range(1, whole.size + 1)]
    assert (np.diff(np.diff(values)) <= 1e-12).all()
    for limit in range(p.size + 1):
        np.testing.assert_array_equal(greedy(market, u, limit), whole[:limit])


test_falling_gains_at_length = at_length(
    test_gains_of_the_value_fall_along_the_greedy_list_and_shorter_lists_begin_longer_ones,
    markets(),
)


@given(markets(), st.integers(1, 4))
def test_greedy_keeps_the_bound_of_submodular_functions(case, limit):
    p, u, rho = case
    market = states_of(p, rho)
    found = expected_utility(market, u, greedy(market, u, limit))
    assert found >= (1 - np.exp(-1)) * best_subset(market, u, limit) - 1e-9


@given(markets(), st.integers(1, 4))
def test_a_program_without_a_chance_is_never_listed_unless_it_must_be(case, limit):
    p, u, rho = case
    p = np.append(p, 0.0)
    u = np.append(u, 1.0)
    market = states_of(p, rho)
    assert (p[greedy(market, u, limit)] > 0).all()
    assert p.size - 1 in greedy(market, u, limit, must=[p.size - 1])


def independent_markets(count, start=0):
    return [
        random_market(seed, 3 + seed % 7, 0.0, ties=seed % 2 == 0)
        for seed in range(start, start + count)
    ]


def test_greedy_equals_brute_force_where_answers_are_independent_on_200_markets():
    for market, utility in independent_markets(200):
        limit = 1 + len(utility) % 4
        found = expected_utility(market, utility, greedy(market, utility, limit))
        assert found == pytest.approx(best_subset(market, utility, limit), abs=1e-9)


def gaps(seeds, rho, *, exchanged):
    for seed in seeds:
        market, utility = random_market(seed, 8, rho, ties=seed % 3 == 0)
        limit = 2 + seed % 3
        best = best_subset(market, utility, limit)
        picked = greedy(market, utility, limit)
        if exchanged:
            picked = swap(market, utility, picked)
        yield 1 - expected_utility(market, utility, picked) / best if best else 0.0


@pytest.mark.parametrize("rho", [0.2, 0.4, 0.6])
def test_greedy_stays_within_85_hundredths_of_a_percent(rho):
    assert max(gaps(range(12), rho, exchanged=False)) <= 0.0085


@pytest.mark.parametrize("rho", [0.2, 0.4, 0.6, 0.8])
def test_greedy_and_exchanges_stay_within_5_hundredths_of_a_percent(rho):
    assert max(gaps(range(12), rho, exchanged=True)) <= 0.0005


@pytest.mark.soak
@pytest.mark.parametrize("rho", [0.2, 0.4, 0.6])
def test_both_bounds_hold_at_length(rho):
    assert max(gaps(range(250), rho, exchanged=False)) <= 0.0085
    assert max(gaps(range(250), rho, exchanged=True)) <= 0.0005


@given(markets(), st.integers(1, 4))
def test_an_exchange_never_lowers_the_value_and_keeps_the_musts(case, limit):
    p, u, rho = case
    market = states_of(p, rho)
    must, never = [0], [p.size - 1] if p.size > 1 else []
    start = greedy(market, u, limit, must=must, never=never)
    after = swap(market, u, start, must=must, never=never)
    assert after.size == start.size
    assert set(must) <= set(after.tolist())
    assert not set(never) & set(after.tolist())
    assert expected_utility(market, u, after) >= expected_utility(market, u, start) - 1e-12


@given(markets(), st.integers(0, 4))
def test_gains_beside_a_list_are_the_differences_of_its_values(case, size):
    p, u, rho = case
    market = states_of(p, rho)
    chosen = np.arange(p.size)[:size]
    gains = gains_beside(market, u, chosen)
    before = expected_utility(market, u, chosen)
    for program in range(chosen.size, p.size):
        after = expected_utility(market, u, np.append(chosen, program))
        assert gains[program] == pytest.approx(after - before, abs=1e-12)


def test_the_match_chance_alone_would_take_the_safest_programs():
    market, _ = random_market(3, 9, 0.4)
    flat = np.ones(9)
    assert set(greedy(market, flat, 4).tolist()) == set(np.argsort(-market.marginal)[:4].tolist())


def test_shares_of_where_the_list_ends_sum_to_its_match_chance():
    market, utility = random_market(11, 8, [0.1, 0.4])
    chosen = [6, 1, 3]
    shares = match_shares(market, utility, chosen)
    assert shares.sum() == pytest.approx(match_chance(market, chosen), abs=1e-12)


def test_equally_good_programs_are_named_beside_the_one_chosen():
    market = scenarios([0.4, 0.4, 0.4, 0.2], 0.5, 0.2)
    picked = greedy(market, np.ones(4), 2)
    assert picked.tolist() == [0, 1]
    assert interchangeable(market, np.ones(4), picked) == {0: (2,), 1: (2,)}


def test_ties_go_to_the_program_that_is_wanted_more_then_to_the_one_given_first():
    market = Scenarios(np.full((3, 1), 0.5), np.ones(1))
    assert greedy(market, [0.8, 0.9, 0.9], 3).tolist() == [1, 2, 0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda m: greedy(m, [1, 1], 1, must=[0], never=[0]), "both the must and the never"),
        (lambda m: greedy(m, [1, 1], 1, must=[0, 1]), "limit is 1"),
        (lambda m: greedy(m, [1], 1), "1 utilities for 2 programs"),
        (lambda m: greedy(m, [1, -1], 1), "negative"),
        (lambda m: expected_utility(m, [1, 1], [2]), "outside 0 to 1"),
        (lambda m: match_chance(m, [0, 0]), "named twice"),
        (lambda m: match_chance(m, [0.5]), "positions"),
        (lambda m: best_list(m, [1, 1], Constraints(limit=1), "fast"), "no method 'fast'"),
        (
            lambda m: best_list(
                m, [1, 1], Constraints(limit=2, quotas=(Quota("two", (0, 1), 2),)), "swap"
            ),
            "an 'at least' needs --method exact or auto",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_words(call, words):
    with pytest.raises(ModelError, match=words):
        call(Scenarios(np.full((2, 1), 0.5), np.ones(1)))


def test_auto_takes_greedy_and_exchanges_without_further_rules_and_exact_with_them():
    market, utility = random_market(5, 9, 0.4)
    plain = best_list(market, utility, Constraints(limit=3, must=(4,)))
    assert np.isnan(plain.certified_gap)
    assert np.isinf(plain.upper_bound)
    assert 4 in plain.chosen
    ruled = best_list({"none": market, "gold": market}, utility, Constraints(limit=3, gold=(1,)))
    assert ruled.certified_gap <= 1e-4
    assert (np.diff(utility[plain.chosen]) <= 0).all()


@pytest.mark.parametrize("seed", range(6))
def test_greedy_and_exchanges_keep_signals_fees_and_upper_quotas_and_stay_near_the_optimum(seed):
    by_option, utility = signal_scenarios(seed, 14, 0.3, ties=seed % 2 == 0)
    constraints = Constraints(
        limit=7,
        must=(3,),
        never=(4,),
        specialty=(0, 1) * 7,
        gold=(1, 0),
        silver=(1, 2),
        budget_usd=90,
        fees=Fees(11, 4, 30),
        quotas=(Quota("at most 2", (0, 1, 2, 3, 5), 0, 2),),
    )
    best = exact(by_option, utility, constraints)
    quick = best_list(by_option, utility, constraints, "greedy")
    better = best_list(by_option, utility, constraints, "swap")
    assert quick.value <= better.value + 1e-12 <= best.value + 2e-9
    assert quick.value >= 0.93 * best.value
    for found in (quick, better):
        assert 3 in found.chosen
        assert 4 not in found.chosen
        assert np.isin(found.chosen, [0, 1, 2, 3, 5]).sum() <= 2
        counts = np.bincount(found.chosen % 2, minlength=2)
        assert fee_usd(Fees(11, 4, 30), counts.tolist()) <= 90
        for group, silver in ((0, 1), (1, 2)):
            sent = [o for p, o in zip(found.chosen, found.option, strict=True) if p % 2 == group]
            assert sent.count("silver") <= silver
            assert sent.count("gold") <= 1 - group
        assert np.isnan(found.certified_gap)


def test_gains_without_a_program_are_the_same_few_rows_at_a_time(monkeypatch):
    market, utility = random_market(8, 30, 0.2)
    chosen = greedy(market, utility, 12)
    whole = gains_without(market, utility, chosen)
    monkeypatch.setattr("analysis.model.choice.greedy.MOST_CELLS", 5 * 12 * market.weight.size)
    assert gains_without(market, utility, chosen) == pytest.approx(whole, rel=1e-12, abs=1e-15)


@given(markets(), st.integers(1, 4))
def test_gains_without_a_program_are_those_beside_the_rest_of_the_list(case, size):
    p, u, rho = case
    market = states_of(p, rho)
    chosen = np.arange(p.size)[::-1][:size]
    for at, gains in enumerate(gains_without(market, u, chosen)):
        beside = gains_beside(market, u, np.delete(chosen, at))
        np.testing.assert_allclose(gains, beside, atol=1e-14)
