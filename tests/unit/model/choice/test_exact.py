from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.model.choice.columns import columns_of, options_of, undominated
from analysis.model.choice.constraints import affordable
from analysis.model.correlation import Scenarios, scenarios
from analysis.model.portfolio import (
    Constraints,
    Fees,
    Price,
    Quota,
    best_list,
    exact,
    expected_utility,
    fee_usd,
    greedy,
    swap,
)
from tests.unit.model.list_oracles import (
    brute_force,
    dp_common_score,
    dp_independent,
    random_market,
    signal_scenarios,
)

FEES = Fees(11, 4, 30)
RHOS = (0.0, 0.4, [0.1, 0.4], 0.9)


def drawn_problem(seed, most=7):
    """A small market with signals, fees, quotas, musts and nevers, from a seed."""
    random = np.random.default_rng([seed, 6])
    programs = int(random.integers(3, most + 1))
    ties = bool(random.integers(2))
    by_option, utility = signal_scenarios(seed, programs, RHOS[seed % 4], ties=ties)
    order = random.permutation(programs)
    quotas = ()
    if random.integers(2):
        members = tuple(np.flatnonzero(random.integers(2, size=programs)).tolist())
        # Without zero chances an at-least is about places alone, as the brute force has it.
        least = 0 if ties else int(random.integers(0, 3))
        quotas = (Quota("some of a kind", members, least, int(random.integers(2, 4))),)
    return (
        by_option,
        utility,
        Constraints(
            limit=int(random.integers(1, 5)),
            must=tuple(order[: random.integers(0, 2)].tolist()),
            never=tuple(order[2 : 2 + random.integers(0, 2)].tolist()),
            specialty=tuple(random.integers(0, 2, programs).tolist()),
            gold=(1, 1),
            silver=(1, 0),
            budget_usd=float(random.integers(20, 150)) if random.integers(2) else None,
            fees=FEES,
            quotas=quotas,
        ),
    )


def held_against_brute_force(problem, seed):
    """The exact list of a problem, as good as the best by enumeration; None where none can be."""
    best = brute_force(*problem)
    if np.isinf(best):
        with pytest.raises(ModelError):
            exact(*problem)
        return None
    found = exact(*problem)
    assert found.net == pytest.approx(best, abs=1e-9), seed
    assert found.upper_bound >= best - 1e-12, seed
    gap = (found.upper_bound - found.net) / max(found.value, 1e-9)
    assert found.certified_gap == pytest.approx(gap, abs=1e-12)
    return found


def check_against_brute_force(seeds, most=7):
    for seed in seeds:
        held_against_brute_force(drawn_problem(seed, most), seed)


def test_exact_equals_brute_force_with_signals_fees_quotas_and_ties():
    check_against_brute_force(range(40), most=6)


def test_a_coarse_search_that_misses_the_optimum_has_a_bound_above_it():
    missed = 0
    for seed in range(12):
        by_option, utility = signal_scenarios(seed, 10, 0.4)
        constraints = Constraints(limit=4, gold=(1,), silver=(1,))
        best = exact(by_option, utility, constraints).value
        rough = exact(by_option, utility, constraints, gap=0.5)
        assert rough.upper_bound >= best - 1e-12
        assert rough.certified_gap <= 0.5
        missed += rough.value < best - 1e-9
    assert missed


def test_not_even_a_coarse_search_leaves_an_exchange_that_helps():
    for seed in range(12):
        by_option, utility = signal_scenarios(seed, 10, 0.4)
        found = exact(by_option, utility, Constraints(limit=4, gold=(1,), silver=(1,)), gap=0.5)
        offers = by_option["none"].chance.copy()
        for position, option in zip(found.chosen, found.option, strict=True):
            offers[position] = by_option[option].chance[position]
        for at, option in enumerate(found.option):
            for coming in np.setdiff1d(np.arange(10), found.chosen):
                exchanged, listed = offers.copy(), found.chosen.copy()
                exchanged[coming], listed[at] = by_option[option].chance[coming], coming
                market = Scenarios(exchanged, by_option["none"].weight)
                assert expected_utility(market, utility, listed) <= found.value * (1 + 1e-9)


@pytest.mark.soak
def test_exact_equals_brute_force_at_length():
    check_against_brute_force(range(40, 400))


@pytest.mark.soak
def test_exact_equals_brute_force_up_to_13_programs():
    for seed in range(40):
        market, utility = random_market(seed, 9 + seed % 5, RHOS[seed % 4], ties=seed % 2 == 0)
        constraints = Constraints(limit=4 + seed % 3)
        best = brute_force({"none": market}, utility, constraints)
        found = exact(market, utility, constraints)
        assert found.value == pytest.approx(best, abs=1e-9)
        assert found.upper_bound >= best - 1e-12


def check_pruning(seeds):
    for seed in seeds:
        by_option, utility, constraints = drawn_problem(seed)
        try:
            pruned = exact(by_option, utility, constraints)
        except ModelError:
            with pytest.raises(ModelError):
                exact(by_option, utility, constraints, prune=False)
            continue
        whole = exact(by_option, utility, constraints, prune=False)
        assert pruned.value == pytest.approx(whole.value, abs=1e-9), seed


def test_leaving_out_dominated_programs_does_not_change_the_optimum():
    check_pruning(range(1000, 1040))


def test_programs_of_another_match_rate_or_with_decided_signals_are_pruned_rightly():
    # Twelve programs and four places, so that most of the columns can be left out.
    for seed in range(30):
        random = np.random.default_rng([seed, 7])
        chance = random.uniform(0.05, 0.9, 12).round(1)
        rate = np.where(random.random(12) < 0.3, 0.8, 0.5)
        by_option = {
            option: scenarios(1 - (1 - chance) ** odds, rate, [0.1, 0.4])
            for option, odds in (("none", 1), ("silver", 1.5), ("gold", 3))
        }
        decided = {int(at): "gold" for at in random.permutation(12)[: random.integers(0, 3)]}
        rules = Constraints(
            limit=4, gold=(2,), silver=(1,), fixed_signal=decided, price=Price(200.0, 1.0)
        )
        utility = random.choice([0.7, 0.85, 1.0], 12)
        whole = exact(by_option, utility, rules, prune=False, gap=1e-9)
        pruned = exact(by_option, utility, rules, gap=1e-9)
        left, every = (columns_of(by_option, utility, rules, prune=p) for p in (True, False))
        assert left.program.size < every.program.size
        assert pruned.net == pytest.approx(whole.net, rel=1e-8), seed


@pytest.mark.soak
def test_leaving_out_dominated_programs_does_not_change_the_optimum_on_300_markets():
    check_pruning(range(2000, 2300))


def test_pruning_leaves_out_what_a_better_one_always_replaces():
    offers = np.array([[0.5, 0.6], [0.4, 0.5], [0.3, 0.7], [0.2, 0.2]])
    one_cell, alike = np.zeros((4, 1)), np.ones(4)
    assert undominated(offers, alike, one_cell, 1).tolist() == [True, False, True, False]
    assert undominated(offers, alike, one_cell, 2).tolist() == [True, True, True, False]
    apart = np.array([[0], [1], [0], [1]])
    assert undominated(offers, alike, apart, 1).tolist() == [True, True, True, False]
    wanted = np.array([0.7, 1.0, 0.7, 0.7])
    assert undominated(offers, wanted, one_cell, 1).tolist() == [True, True, True, False]
    assert undominated(offers[::-1], alike, one_cell, 1).tolist() == [False, True, False, True]


def test_nothing_is_pruned_without_a_number():
    market = scenarios([0.5, 0.4, 0.3], 0.5, 0.2)
    options = options_of({"none": market, "gold": market})
    worth = [1.0, 0.9, 0.8]
    for constraints, left in (
        (Constraints(limit=1), 1),
        (Constraints(), 3),
        (Constraints(limit=1, must=(2,)), 2),
        (Constraints(limit=1, gold=(1,), fixed_signal={1: "gold"}), 1),
    ):
        columns = columns_of(options, worth, constraints)
        assert np.unique(columns.program).size == left


def test_at_rho_0_exact_equals_dynamic_programming_over_places_and_signals():
    for seed in range(12):
        by_option, utility = signal_scenarios(seed, 12, 0.0, ties=seed % 2 == 0)
        offers = np.column_stack([by_option[o].chance[:, 0] for o in ("none", "silver", "gold")])
        found = exact(by_option, utility, Constraints(limit=5, gold=(1,), silver=(2,)))
        assert found.value == pytest.approx(dp_independent(offers, utility, 5, 2, 1), rel=1e-9)


def test_as_rho_goes_to_1_the_optimum_is_that_of_one_common_score():
    # One state for each level of the score: the limit itself, not an approach to it.
    for seed in range(10):
        random = np.random.default_rng(seed)
        offers, utility = random.uniform(0, 0.9, 9), random.uniform(0.7, 1, 9)
        edges = np.concatenate([[0.0], np.sort(offers), [1.0]])
        middles = (edges[1:] + edges[:-1]) / 2
        states = Scenarios((middles[None, :] < offers[:, None]).astype(float), np.diff(edges))
        found = exact(states, utility, Constraints(limit=3))
        assert found.value == pytest.approx(dp_common_score(offers, utility, 3), abs=1e-9)


def test_at_a_high_rho_the_optimum_is_near_that_of_one_common_score():
    random = np.random.default_rng(4)
    chance, utility = random.uniform(0, 0.95, 9), random.uniform(0.7, 1, 9)
    market = scenarios(chance, 0.5, 0.95)
    found = exact(market, utility, Constraints(limit=3))
    assert found.value == pytest.approx(dp_common_score(market.marginal, utility, 3), rel=0.15)
    assert found.value >= dp_common_score(market.marginal, utility, 3)


def test_more_budget_places_or_signals_never_hurt():
    by_option, utility = signal_scenarios(7, 10, [0.1, 0.4])
    base = Constraints(limit=4, gold=(1,), silver=(1,), budget_usd=55, fees=FEES)
    value = exact(by_option, utility, base).value
    for more in (
        replace(base, limit=6),
        replace(base, budget_usd=120.0),
        replace(base, gold=(2,)),
        replace(base, silver=(3,)),
    ):
        assert exact(by_option, utility, more).value >= value - 1e-9


def test_exact_is_never_under_greedy_and_exchanges():
    for seed in range(8):
        market, utility = random_market(seed, 25, 0.4)
        near = swap(market, utility, greedy(market, utility, 6))
        found = exact(market, utility, Constraints(limit=6))
        assert found.upper_bound >= expected_utility(market, utility, near) - 1e-12
        assert found.value >= expected_utility(market, utility, near) * (1 - 1e-4)


def test_signals_go_where_they_help_and_no_more_than_are_at_hand():
    by_option, utility = signal_scenarios(3, 12, 0.2)
    found = exact(by_option, utility, Constraints(limit=8, gold=(2,), silver=(3,)))
    assert found.option.count("gold") == 2
    assert found.option.count("silver") == 3
    assert (np.diff(utility[found.chosen]) <= 0).all()


def test_a_decided_signal_is_kept():
    by_option, utility = signal_scenarios(3, 6, 0.2)
    constraints = Constraints(limit=6, gold=(1,), silver=(1,), fixed_signal={2: "silver"})
    found = exact(by_option, utility, constraints)
    assert found.option[found.chosen.tolist().index(2)] == "silver"


def test_no_program_of_chance_0_is_listed_unless_it_must_be():
    market = scenarios([0.0, 0.5, 0.0, 0.3], 0.5, 0.3)
    worth = [1.0, 0.9, 0.95, 0.8]
    assert exact(market, worth, Constraints(limit=4)).chosen.tolist() == [1, 3]
    assert exact(market, worth, Constraints(limit=4, must=(2,))).chosen.tolist() == [2, 1, 3]


def test_a_program_without_a_chance_counts_for_no_at_least():
    market = scenarios([0.0, 0.5, 0.3], 0.5, 0.3)
    constraints = Constraints(limit=3, quotas=(Quota("at least 1 in OH", (0,), 1),))
    with pytest.raises(ModelError, match="at least 1 in OH"):
        exact(market, [1.0, 0.9, 0.8], constraints)


def test_a_market_without_chances_has_an_empty_list_and_no_gap():
    market = scenarios([0.0, 0.0], 0.5, 0.3)
    found = exact(market, [1.0, 0.9], Constraints(limit=2))
    assert found.chosen.size == 0
    assert (found.value, found.upper_bound, found.certified_gap) == (0.0, 0.0, 0.0)


def test_the_same_problem_has_the_same_bytes():
    by_option, utility = signal_scenarios(9, 30, [0.1, 0.2, 0.4])
    constraints = Constraints(limit=12, gold=(2,), silver=(4,))
    first, second = (exact(by_option, utility, constraints) for _ in range(2))
    assert first.chosen.tobytes() == second.chosen.tobytes()
    assert first.option == second.option
    assert (first.value, first.upper_bound) == (second.value, second.upper_bound)


def test_a_report_sized_problem_is_solved_to_a_hundredth_of_a_percent():
    by_option, utility = signal_scenarios(1, 60, [0.1, 0.2, 0.4])
    constraints = Constraints(
        limit=30, gold=(3,), silver=(12,), budget_usd=330, fees=Fees(11, 30, 30)
    )
    found = exact(by_option, utility, constraints)
    assert found.chosen.size <= 30
    assert 0 <= found.certified_gap <= 1e-4


def test_fees_step_up_after_30_and_start_anew_in_each_specialty():
    eras = Fees(11, 30, 30)
    assert fee_usd(eras, [43, 7]) == 797
    assert fee_usd(eras, [32, 32]) == 780
    assert fee_usd(eras, [30]) == 330
    assert fee_usd(eras, [0, 0]) == 0


@pytest.mark.parametrize("budget", [0, 10, 11, 329, 330, 359, 360, 1000])
def test_a_budget_pays_for_as_many_as_the_fees_say(budget):
    eras = Fees(11, 30, 30)
    number = affordable([eras], budget)
    assert eras.of(number) <= budget < eras.of(number + 1)


RESIDENCYCAS = Fees(18, 30, 23, block_usd=99, block_number=18)


def test_fees_in_steps_with_a_flat_block_are_those_published():
    """SAEM RAMS: $99 flat for 1-18, $18 each 19-30, $23 each from 31; 46 applications $683."""
    assert [RESIDENCYCAS.of(n) for n in (0, 1, 18, 19, 30, 31, 46)] == [
        0,
        99,
        99,
        117,
        315,
        338,
        683,
    ]
    assert Fees.from_steps([(18, 99, True), (30, 18, False), (None, 23, False)]) == RESIDENCYCAS
    assert Fees.from_steps([(30, 11, False), (None, 30, False)]) == Fees(11, 30, 30)
    four = Fees.from_steps([(10, 1, False), (20, 2, False), (30, 3, False), (None, 4, False)])
    assert [four.of(n) for n in (10, 20, 30, 31)] == [10, 30, 60, 64]


@pytest.mark.parametrize("budget", [0, 98, 99, 117, 120, 330, 700])
def test_a_budget_over_a_flat_block_and_steps_pays_for_the_most_that_any_split_can(budget):
    both = [RESIDENCYCAS, Fees(11, 30, 30)]
    counts = [(n, m) for n in range(70) for m in range(70)]
    within = [n + m for n, m in counts if fee_usd(both, [n, m]) <= budget]
    assert affordable(both, budget) == max(within)


@pytest.mark.parametrize(
    "steps",
    [[(18, 99, True)], [(5, 3, False), (None, 9, True)], [(5, 9, False), (None, 3, False)]],
)
def test_fees_that_fall_or_end_are_refused(steps):
    with pytest.raises(ModelError, match="fees"):
        Fees.from_steps(steps)


def priced_problem(seed):
    """A small market whose applications cost something, some programs barred, some apart."""
    random = np.random.default_rng([seed, 18])
    by_option, utility, constraints = drawn_problem(seed, 5)
    programs = utility.size
    if seed % 3 == 0:
        utility = np.ones(programs)
    few = tuple(int(at) for at in random.permutation(programs)[: random.integers(0, 3)])
    barred = {"none": tuple(at for at in few if at not in constraints.must)}
    pair = random.permutation(programs)[:2].tolist()
    apart = (tuple(pair),) if seed % 4 == 1 and set(pair) != set(constraints.must) else ()
    block = Fees(3, 3, 9, block_usd=float(random.integers(5, 40)), block_number=2)
    return (
        by_option,
        utility,
        replace(
            constraints,
            fees=(FEES, block) if seed % 2 else FEES,
            price=Price(
                float(random.choice([100, 400, 2000, 20000])), float(random.integers(0, 30))
            ),
            barred=barred,
            apart=apart,
            quotas=() if seed % 5 else constraints.quotas,
        ),
    )


@pytest.mark.parametrize("markets", [25, pytest.param(300, marks=pytest.mark.soak)])
def test_the_priced_list_equals_brute_force_on_small_markets(markets):
    shorter = 0
    for seed in range(markets):
        by_option, utility, constraints = priced_problem(seed)
        found = held_against_brute_force((by_option, utility, constraints), seed)
        if found is None:
            continue
        free = exact(by_option, utility, replace(constraints, price=None))
        assert free.value >= found.value - 1e-9
        shorter += found.chosen.size < free.chosen.size
    assert shorter > markets / 5


def test_a_priced_list_built_by_exchanges_is_seldom_far_from_the_best():
    missed = []
    for seed in range(0, 120, 2):
        market, utility = random_market(seed, 9, RHOS[seed % 3], ties=seed % 4 == 0)
        fees = Fees(3, 3, 9, 20, 2) if seed % 3 == 0 else FEES
        constraints = Constraints(limit=6, fees=fees, price=Price(600, 10))
        best = brute_force({"none": market}, utility, constraints)
        found = best_list(market, utility, constraints, "swap")
        assert found.net <= best + 1e-12
        missed.append(best - found.net)
    assert max(missed) < 2e-3
    assert np.mean(np.array(missed) > 1e-9) < 0.05


def test_a_price_of_nothing_changes_no_list():
    by_option, utility = signal_scenarios(4, 9, 0.4)
    plain = Constraints(limit=4, gold=(1,), silver=(1,))
    priced = exact(by_option, utility, replace(plain, price=Price(20000, 0)))
    assert priced.chosen.tolist() == exact(by_option, utility, plain).chosen.tolist()


def test_a_dearer_application_never_makes_the_list_longer_or_worth_more():
    by_option, utility = signal_scenarios(7, 9, 0.4)
    plain = Constraints(limit=7, gold=(1,), silver=(1,))
    found = [
        exact(by_option, utility, replace(plain, price=Price(1000, effort)))
        for effort in (0, 20, 60, 200, 2000)
    ]
    assert all(b.value <= a.value + 1e-9 for a, b in pairwise(found))
    assert found[-1].chosen.size == 0 < found[0].chosen.size


@pytest.mark.parametrize("budget", [0, 11, 33, 55, 90, 120, 121])
def test_a_budget_over_two_specialties_pays_for_the_most_that_any_split_can(budget):
    splits = [(n, m) for n in range(12) for m in range(12) if fee_usd(FEES, [n, m]) <= budget]
    assert affordable([FEES, FEES], budget) == max(n + m for n, m in splits)


def test_a_budget_is_kept_over_two_specialties():
    by_option, utility = signal_scenarios(5, 12, 0.2)
    constraints = Constraints(specialty=(0, 1) * 6, budget_usd=90, fees=FEES)
    found = exact({"none": by_option["none"]}, utility, constraints)
    counts = np.bincount(np.array(constraints.specialty)[found.chosen], minlength=2)
    assert fee_usd(FEES, counts.tolist()) <= 90
    assert counts.sum() == 8


NAMES = ("A1", "B2", "C3", "D4")


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"limit": 2, "must": (0,), "never": (0,)}, "both the must and the never list: A1"),
        (
            {"limit": 1, "must": (0, 1)},
            r"2 programs must be listed \(.*\), and the limit is 1 application$",
        ),
        (
            {"limit": 3, "quotas": (Quota("at least 3 in OH", (0, 1), 3),)},
            r"no list can meet this rule: at least 3 in OH \(programs",
        ),
        (
            {"limit": 3, "never": (0, 1), "quotas": (Quota("at least 1 in OH", (0, 1), 1),)},
            "never list or offer no chance do not count",
        ),
        (
            {"limit": 2, "quotas": (Quota("at least 3 in OH", (0, 1, 2), 3),)},
            "together: at most 2 applications; at least 3 in OH",
        ),
        (
            {"must": (0, 1, 2), "budget_usd": 25.0, "fees": FEES},
            "together: a budget of \\$25; A1 must be listed; B2 must be listed; C3 must be listed",
        ),
        (
            {"limit": 4, "must": (1,), "quotas": (Quota("at most 0 in TX", (1, 3), 0, 0),)},
            "together: B2 must be listed; at most 0 in TX",
        ),
        (
            {
                "limit": 4,
                "must": (0,),
                "quotas": (Quota("at least 2 in OH", (1, 2), 2),),
                "budget_usd": 25.0,
                "fees": FEES,
            },
            "together: a budget of \\$25; A1 must be listed; at least 2 in OH",
        ),
    ],
)
def test_wishes_that_contradict_each_other_are_named_before_solving(wishes, words):
    market = scenarios([0.5, 0.4, 0.3, 0.2], 0.5, 0.2)
    with pytest.raises(ModelError, match=words):
        exact(market, [1.0, 0.9, 0.8, 0.7], Constraints(names=NAMES, **wishes))


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: Constraints(limit=-1), "a limit of -1"),
        (lambda: Constraints(budget_usd=10), "the fees"),
        (lambda: Constraints(budget_usd=float("inf"), fees=FEES), "an amount"),
        (lambda: Fees(30, 30, 11), "must not fall"),
        (lambda: Constraints(specialty=(0,)).specialties(2), "1 specialties for 2 programs"),
        (lambda: Constraints(must=(5,)).checked(2), "must: a position outside"),
        (lambda: Constraints(fixed_signal={0: "bronze"}).checked(2), "none of none, silver, gold"),
        (lambda: options_of({"gold": scenarios([0.5], 0.5, 0)}), "expected none"),
        (
            lambda: options_of(
                {"none": scenarios([0.5], 0.5, 0), "gold": scenarios([0.5], 0.5, 0.2)}
            ),
            "other programs or states",
        ),
    ],
)
def test_constraints_that_make_no_sense_are_refused_in_words(build, words):
    with pytest.raises(ModelError, match=words):
        build()
